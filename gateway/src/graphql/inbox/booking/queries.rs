//! Reading what can be booked and what is.

use async_graphql::{Context, ID, Object};
use inbox::{
    AvailableSlots, available_slots, bookable_services,
    entities::{consultation, holiday, service},
    opening_hours, own_consultation,
    records::{Consultations, Services},
};
use kernel::{
    Error, ProblemCode,
    id::{ConsultationId, ServiceId},
    page::PageArgs,
    text::time_zone,
};

use super::{
    filters::{ConsultationFilter, ConsultationOrder, HolidayFilter, HolidayOrder, ServiceFilter, ServiceOrder},
    types::{
        AvailableSlot, BookableService, Consultation, ConsultationConnection, HolidayConnection, OpeningHours, Service,
        ServiceConnection, VisitorConsultation,
    },
};
use crate::{
    graphql::{
        directives::requires,
        errors::Result,
        identity::Permission,
        loaders::By,
        records::{list, ordered},
        scalars::{Date, id},
        scope::scope,
    },
    wiring::bookings::company_of,
};

/// Reading what can be booked and what is.
#[derive(Default)]
pub struct BookingQuery;

#[Object]
impl BookingQuery {
    /// Public: what visitors can book, by name; at most 100.
    async fn bookable_services(&self, ctx: &Context<'_>) -> Result<Vec<BookableService>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let found = bookable_services(&scope.app.db.reader(&cx).await?).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// Public: the times at which a service can be booked, in their order, on at most 31 days.
    async fn available_slots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what, `svc_…`.")] service_id: ID,
        #[graphql(desc = "From which day, in the company's zone.")] from: Date,
        #[graphql(desc = "To which day, in the company's zone.")] to: Date,
        #[graphql(desc = "Only with this colleague, `stf_…`.")] staff_id: Option<ID>,
        #[graphql(desc = "The visitor's zone, as an IANA name, to be told the times there too.")] time_zone: Option<
            String,
        >,
    ) -> Result<Vec<AvailableSlot>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let asked = AvailableSlots {
            service: id("serviceId", &service_id)?,
            from: from.read("from")?,
            to: to.read("to")?,
            staff: staff_id.as_ref().map(|staff| id("staffId", staff)).transpose()?,
        };
        let zone = time_zone.as_deref().map(zone_of).transpose()?;
        let company = company_of(&scope.app, &cx).await?;
        let found = available_slots(&scope.app.db.reader(&cx).await?, &company, &cx, &asked).await?;
        Ok(found.into_iter().map(|offer| AvailableSlot::of(offer, zone)).collect())
    }

    /// Public: the consultation of a token, for the visitor who has it; null where there is none.
    async fn consultation_by_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token of a receipt, or of the link in a mail.")] token: String,
    ) -> Result<Option<VisitorConsultation>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        let company = company_of(&scope.app, &cx).await?;
        match own_consultation(&scope.app.db.reader(&cx).await?, &company, &token).await {
            Ok(found) => Ok(Some(found.into())),
            Err(Error::Invalid(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A consultation; null where there is none that the viewer may see.
    #[graphql(directive = requires::apply(Permission::ViewConsultations))]
    async fn consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`con_…`")] id: ID,
    ) -> Result<Option<Consultation>> {
        let scope = scope(ctx);
        scope.cx().require(inbox::VIEW_CONSULTATIONS)?;
        let id: ConsultationId = crate::graphql::scalars::id("id", &id)?;
        let found = scope.loaders.load_one(By::<Consultations>(id)).await?;
        Ok(found.map(|found| found.as_ref().clone().into()))
    }

    /// Consultations, the latest first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewConsultations))]
    async fn consultations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<ConsultationFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<ConsultationOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ConsultationConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (consultation::Column::StartsAt, true));
        Ok(list(ctx, "consultations", filter, order, page).await?.into())
    }

    /// A service; null where there is none.
    #[graphql(directive = requires::apply(Permission::ViewConsultations))]
    async fn service(&self, ctx: &Context<'_>, #[graphql(desc = "`svc_…`")] id: ID) -> Result<Option<Service>> {
        let scope = scope(ctx);
        scope.cx().require(inbox::VIEW_CONSULTATIONS)?;
        let id: ServiceId = crate::graphql::scalars::id("id", &id)?;
        let found = scope.loaders.load_one(By::<Services>(id)).await?;
        Ok(found.map(|found| found.as_ref().clone().into()))
    }

    /// Services, by name unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewConsultations))]
    async fn services(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<ServiceFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<ServiceOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<ServiceConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (service::Column::Name, false));
        Ok(list(ctx, "services", filter, order, page).await?.into())
    }

    /// The company's opening hours, or a colleague's own, by day and time. A colleague without any has the company's.
    #[graphql(directive = requires::apply(Permission::ViewConsultations))]
    async fn opening_hours(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose, `stf_…`; the company's without it.")] staff_id: Option<ID>,
    ) -> Result<Vec<OpeningHours>> {
        let scope = scope(ctx);
        let cx = scope.cx();
        cx.require(inbox::VIEW_CONSULTATIONS)?;
        let staff = staff_id.as_ref().map(|staff| id("staffId", staff)).transpose()?;
        let found = opening_hours(&scope.app.db.reader(&cx).await?, &cx, staff).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// Holidays, by day.
    #[graphql(directive = requires::apply(Permission::ViewConsultations))]
    async fn holidays(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<HolidayFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<Vec<HolidayOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<HolidayConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (holiday::Column::Date, false));
        Ok(list(ctx, "holidays", filter, order, page).await?.into())
    }
}

/// A zone as the IANA spells it.
fn zone_of(text: &str) -> kernel::Result<&'static str> {
    time_zone(text).ok_or_else(|| {
        let what = "must be the IANA name of a time zone, such as Europe/Berlin";
        Error::invalid("timeZone", ProblemCode::InvalidFormat, what)
    })
}
