//! Services, opening hours, holidays and consultations.

use async_graphql::{ComplexObject, Context, Enum, ID, SimpleObject};
use chrono::{DateTime, NaiveDateTime, Utc};
use inbox::records::{Services, Visitors};
use kernel::{
    id::{ConsultationId, ServiceId, StaffId, VisitorId},
    page::PageArgs,
};

use crate::{
    connection,
    graphql::{
        errors::Result,
        identity::{IntoId, Staff, staff},
        inbox::{
            Visitor,
            drafts::{Draft, draft_for},
            notes::InternalNoteConnection,
            tags::{Tag, tags_of},
        },
        loaders::{By, HoldersOf},
        records::nested,
        scalars::{Date, EmailAddress, LocalTime},
        scope::scope,
    },
};

/// Where a consultation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inbox::ConsultationStatus")]
pub enum ConsultationStatus {
    /// It is to come.
    Scheduled,
    /// It was held.
    Completed,
    /// It was called off.
    Cancelled,
    /// The visitor did not come.
    NoShow,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "inbox::Weekday")]
pub enum Weekday {
    /// The first day of the week (ISO 8601).
    Monday,
    /// The second.
    Tuesday,
    /// The third.
    Wednesday,
    /// The fourth.
    Thursday,
    /// The fifth.
    Friday,
    /// The sixth.
    Saturday,
    /// The last.
    Sunday,
}

/// Something that visitors book.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Service {
    /// Its id, `svc_…`.
    pub id: ID,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// How long it takes.
    pub duration_minutes: i32,
    /// How long whoever holds it must be free before.
    pub buffer_before_minutes: i32,
    /// How long whoever holds it must be free after.
    pub buffer_after_minutes: i32,
    /// How far apart the times are at which it can begin.
    pub step_minutes: i32,
    /// How long before its beginning it must be booked.
    pub notice_minutes: i32,
    /// How many days ahead it can be booked.
    pub days_ahead: i32,
    /// Whether it can be booked.
    pub is_active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: ServiceId,
}

impl From<inbox::Service> for Service {
    fn from(service: inbox::Service) -> Self {
        Self {
            id: service.id.into_id(),
            name: service.name,
            description: service.description,
            duration_minutes: service.duration_minutes,
            buffer_before_minutes: service.buffer_before_minutes,
            buffer_after_minutes: service.buffer_after_minutes,
            step_minutes: service.step_minutes,
            notice_minutes: service.notice_minutes,
            days_ahead: service.days_ahead,
            is_active: service.is_active,
            created_at: service.created_at,
            updated_at: service.updated_at,
            key: service.id,
        }
    }
}

#[ComplexObject]
impl Service {
    /// Who holds it. Where nobody is named it is held once at a time, by whoever takes the booking; none without the permission
    /// to see colleagues.
    async fn staff(&self, ctx: &Context<'_>) -> Result<Vec<Staff>> {
        Box::pin(async move {
            let ids = scope(ctx).loaders.load_one(HoldersOf(self.key)).await?.unwrap_or_default();
            let found = ids.iter().map(|id| staff(ctx, Some(*id)));
            Ok(futures_util::future::try_join_all(found).await?.into_iter().flatten().collect())
        })
        .await
    }
}

connection!(ServiceConnection, ServiceEdge, Service, inbox::Service, "services");

/// What a visitor can book, as the website shows it.
#[derive(Debug, Clone, SimpleObject)]
pub struct BookableService {
    /// The service, `svc_…`.
    pub service_id: ID,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// How long it takes.
    pub duration_minutes: i32,
}

impl From<inbox::Service> for BookableService {
    fn from(service: inbox::Service) -> Self {
        Self {
            service_id: service.id.into_id(),
            name: service.name,
            description: service.description,
            duration_minutes: service.duration_minutes,
        }
    }
}

/// From when until when something can be booked on a day of the week, in the company's zone. What ends at or before its
/// beginning ends on the next day.
#[derive(Debug, Clone, SimpleObject)]
pub struct OpeningHours {
    /// On which day.
    pub weekday: Weekday,
    /// From when.
    pub from: LocalTime,
    /// Until when.
    pub to: LocalTime,
}

impl From<inbox::OpeningHours> for OpeningHours {
    fn from(hours: inbox::OpeningHours) -> Self {
        Self {
            weekday: hours.weekday.into(),
            from: LocalTime::of_minutes(hours.from_minute),
            to: LocalTime::of_minutes(hours.to_minute),
        }
    }
}

/// A day on which nothing can be booked.
#[derive(Debug, Clone, SimpleObject)]
pub struct Holiday {
    /// Its id, `hol_…`.
    pub id: ID,
    /// The day, in the company's zone.
    pub date: Date,
    /// What it is called.
    pub name: String,
    /// Whether it is kept.
    pub is_active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<inbox::Holiday> for Holiday {
    fn from(holiday: inbox::Holiday) -> Self {
        Self {
            id: holiday.id.into_id(),
            date: holiday.date.into(),
            name: holiday.name,
            is_active: holiday.is_active,
            created_at: holiday.created_at,
            updated_at: holiday.updated_at,
        }
    }
}

connection!(HolidayConnection, HolidayEdge, Holiday, inbox::Holiday, "holidays");

/// What a visitor booked.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Consultation {
    /// Its id, `con_…`.
    pub id: ID,
    /// What the service was called when it was booked.
    pub service_name: String,
    /// The name given.
    pub name: String,
    /// The address given; mails about it go there.
    pub email: EmailAddress,
    /// The company given.
    pub company: Option<String>,
    /// The telephone number given: `+`, country code and digits (E.164).
    pub phone: Option<String>,
    /// What the visitor wants to talk about.
    pub notes: Option<String>,
    /// The day, as booked in `timeZone`.
    pub booking_date: Date,
    /// The time of day, as booked in `timeZone`.
    pub booking_time: LocalTime,
    /// The zone in which it was booked: the company's.
    pub time_zone: String,
    /// The visitor's zone, where they gave it.
    pub visitor_time_zone: Option<String>,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Where it stands.
    pub status: ConsultationStatus,
    /// When it was booked.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: ConsultationId,
    #[graphql(skip)]
    visitor_id: VisitorId,
    #[graphql(skip)]
    service_id: ServiceId,
    #[graphql(skip)]
    assignee_id: Option<StaffId>,
}

impl From<inbox::Consultation> for Consultation {
    fn from(consultation: inbox::Consultation) -> Self {
        Self {
            id: consultation.id.into_id(),
            service_name: consultation.service,
            name: consultation.name,
            email: EmailAddress(consultation.email),
            company: consultation.company,
            phone: consultation.phone,
            notes: consultation.notes,
            booking_date: consultation.booking_date.into(),
            booking_time: consultation.booking_time.into(),
            time_zone: consultation.time_zone,
            visitor_time_zone: consultation.visitor_time_zone,
            starts_at: consultation.starts_at,
            ends_at: consultation.ends_at,
            status: consultation.status.into(),
            created_at: consultation.created_at,
            updated_at: consultation.updated_at,
            key: consultation.id,
            visitor_id: consultation.visitor_id,
            service_id: consultation.service_id,
            assignee_id: consultation.assignee_id,
        }
    }
}

/// What the viewer may do with a consultation.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct ConsultationViewerCan {
    /// Hand it to somebody, or back to nobody.
    pub assign: bool,
    /// Move, cancel and complete it, and note that nobody came.
    pub update: bool,
}

/// What the clock on the wall of a zone says at an instant; none where there is no such zone.
pub fn clock(zone: Option<&str>, at: DateTime<Utc>) -> Option<NaiveDateTime> {
    zone.and_then(|zone| zone.parse().ok()).map(|zone| inbox::local(zone, at).0)
}

#[ComplexObject]
impl Consultation {
    /// Who booked it; null without the permission to see visitors.
    async fn visitor(&self, ctx: &Context<'_>) -> Result<Option<Visitor>> {
        Box::pin(async move {
            let found = scope(ctx).loaders.load_one(By::<Visitors>(self.visitor_id)).await?;
            Ok(found.map(|visitor| visitor.as_ref().clone().into()))
        })
        .await
    }

    /// What was booked, as it is now.
    async fn service(&self, ctx: &Context<'_>) -> Result<Option<Service>> {
        Box::pin(async move {
            let found = scope(ctx).loaders.load_one(By::<Services>(self.service_id)).await?;
            Ok(found.map(|service| service.as_ref().clone().into()))
        })
        .await
    }

    /// Who has it; null where nobody has, or without the permission to see colleagues.
    async fn assignee(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        Box::pin(async move { staff(ctx, self.assignee_id).await }).await
    }

    /// Its tags, by name.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<Tag>> {
        Box::pin(tags_of(ctx, self.key)).await
    }

    /// The answer to it that the viewer is writing; nobody else sees it.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<Draft>> {
        Box::pin(draft_for(ctx, self.key)).await
    }

    /// What colleagues noted of it, the pinned notes first, then the newest.
    async fn internal_notes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<InternalNoteConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, inbox::NotesOf::default(), self.key, page).await?.into())
        })
        .await
    }

    /// The day in the visitor's zone; null where they gave none.
    async fn visitor_date(&self) -> Option<Date> {
        clock(self.visitor_time_zone.as_deref(), self.starts_at).map(|there| there.date().into())
    }

    /// The time of day in the visitor's zone; null where they gave none.
    async fn visitor_time(&self) -> Option<LocalTime> {
        clock(self.visitor_time_zone.as_deref(), self.starts_at).map(|there| there.time().into())
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ConsultationViewerCan {
        let manage = scope(ctx).cx().can(inbox::MANAGE_CONSULTATIONS);
        ConsultationViewerCan { assign: manage, update: manage && self.status == ConsultationStatus::Scheduled }
    }
}

connection!(ConsultationConnection, ConsultationEdge, Consultation, inbox::Consultation, "consultations");

/// A time at which something can be booked.
#[derive(Debug, Clone, SimpleObject)]
pub struct AvailableSlot {
    /// When it begins; `bookConsultation` takes it.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// The day, in the company's zone.
    pub date: Date,
    /// The time of day, in the company's zone.
    pub time: LocalTime,
    /// How far that is ahead of UTC, such as `+02:00`. In the hour that comes twice when clocks are put back, it tells the two
    /// apart.
    pub offset: String,
    /// The day in the zone that was asked with.
    pub visitor_date: Option<Date>,
    /// The time of day in the zone that was asked with.
    pub visitor_time: Option<LocalTime>,
}

impl AvailableSlot {
    /// An offer, with its time in a visitor's zone.
    pub fn of(offer: inbox::Offer, zone: Option<&str>) -> Self {
        let inbox::Slot { starts_at, ends_at, local, offset } = offer.slot;
        let there = clock(zone, starts_at);
        let (sign, minutes) = if offset < 0 { ('-', -offset / 60) } else { ('+', offset / 60) };
        Self {
            starts_at,
            ends_at,
            date: local.date().into(),
            time: local.time().into(),
            offset: format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60),
            visitor_date: there.map(|there| there.date().into()),
            visitor_time: there.map(|there| there.time().into()),
        }
    }
}

/// A consultation, as the visitor who booked it sees it.
#[derive(Debug, Clone, SimpleObject)]
pub struct VisitorConsultation {
    /// The consultation, `con_…`.
    pub consultation_id: ID,
    /// What was booked.
    pub service_name: String,
    /// Where it stands.
    pub status: ConsultationStatus,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// The day, as booked in `timeZone`.
    pub booking_date: Date,
    /// The time of day, as booked in `timeZone`.
    pub booking_time: LocalTime,
    /// The zone in which it was booked: the company's.
    pub time_zone: String,
}

impl From<inbox::Consultation> for VisitorConsultation {
    fn from(consultation: inbox::Consultation) -> Self {
        Self {
            consultation_id: consultation.id.into_id(),
            service_name: consultation.service,
            status: consultation.status.into(),
            starts_at: consultation.starts_at,
            ends_at: consultation.ends_at,
            booking_date: consultation.booking_date.into(),
            booking_time: consultation.booking_time.into(),
            time_zone: consultation.time_zone,
        }
    }
}

/// What a visitor gets for a booking.
#[derive(Debug, Clone, SimpleObject)]
pub struct ConsultationReceipt {
    #[graphql(flatten)]
    consultation: VisitorConsultation,
    /// By which the visitor moves and cancels it, as by the link in their mails.
    pub token: String,
}

impl ConsultationReceipt {
    /// Of a consultation and its token.
    pub fn of(consultation: inbox::Consultation, token: String) -> Self {
        Self { consultation: consultation.into(), token }
    }
}
