//! Keeping what can be booked: services, opening hours and holidays.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use inbox::{
    CreateHoliday, Hours, ServiceSettings, SetOpeningHours, UpdateHoliday, create_holiday, create_service,
    set_opening_hours, update_holiday, update_service,
};
use kernel::id::StaffId;

use super::types::{Holiday, OpeningHours, Service, Weekday};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        identity::Permission,
        records::write,
        scalars::{Date, LocalTime, id},
    },
    payload,
    wiring::{bridges::InTransaction, working_times},
};

/// A service is to be made.
#[derive(Clone, InputObject)]
pub struct CreateServiceInput {
    /// Its name, 1–200 characters, unique.
    pub name: String,
    /// What it is, at most 2,000 characters.
    pub description: Option<String>,
    /// How long it takes: 5–480, in steps of five.
    #[graphql(default = 60)]
    pub duration_minutes: i32,
    /// How long whoever holds it must be free before: 0–240, in steps of five.
    pub buffer_before_minutes: Option<i32>,
    /// How long whoever holds it must be free after: 0–240, in steps of five.
    pub buffer_after_minutes: Option<i32>,
    /// How far apart the times are at which it can begin: 5–480, in steps of five; as long as it takes unless given.
    pub step_minutes: Option<i32>,
    /// How long before its beginning it must be booked: 0–86,400.
    pub notice_minutes: Option<i32>,
    /// How many days ahead it can be booked: 1–365, 60 unless given.
    pub days_ahead: Option<i32>,
    /// Who holds it, at most 100. Where nobody is named it is held once at a time, by whoever takes the booking.
    pub staff_ids: Option<Vec<ID>>,
}

payload! {
    /// What came of making a service.
    CreateServicePayload {
        /// The service.
        service: Service as inbox::Service
    }
}

/// A service is to be changed. What is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateServiceInput {
    /// The service.
    pub service_id: ID,
    /// Its name, 1–200 characters, unique.
    pub name: Option<String>,
    /// What it is, at most 2,000 characters; null clears it.
    pub description: MaybeUndefined<String>,
    /// How long it takes: 5–480, in steps of five.
    pub duration_minutes: Option<i32>,
    /// How long whoever holds it must be free before: 0–240, in steps of five.
    pub buffer_before_minutes: Option<i32>,
    /// How long whoever holds it must be free after: 0–240, in steps of five.
    pub buffer_after_minutes: Option<i32>,
    /// How far apart the times are at which it can begin: 5–480, in steps of five.
    pub step_minutes: Option<i32>,
    /// How long before its beginning it must be booked: 0–86,400.
    pub notice_minutes: Option<i32>,
    /// How many days ahead it can be booked: 1–365.
    pub days_ahead: Option<i32>,
    /// Whether it can be booked.
    pub is_active: Option<bool>,
    /// Who holds it, at most 100, instead of those who do.
    pub staff_ids: Option<Vec<ID>>,
}

payload! {
    /// What came of changing a service.
    UpdateServicePayload {
        /// The service.
        service: Service as inbox::Service
    }
}

/// From when until when something can be booked on a day of the week.
#[derive(Clone, InputObject)]
pub struct OpeningHoursInput {
    /// On which day.
    pub weekday: Weekday,
    /// From when, in steps of five minutes.
    pub from: LocalTime,
    /// Until when, in steps of five minutes, up to 24:00; what ends at or before its beginning ends on the next day.
    pub to: LocalTime,
}

/// The hours of a week are to be set.
#[derive(Clone, InputObject)]
pub struct SetOpeningHoursInput {
    /// Whose, `stf_…`; the company's without it.
    pub staff_id: Option<ID>,
    /// All of them, at most 70, instead of those that are. A colleague without any has the company's.
    pub hours: Vec<OpeningHoursInput>,
}

/// What came of setting hours.
#[derive(SimpleObject)]
pub struct SetOpeningHoursPayload {
    /// The hours, by day and time.
    pub opening_hours: Option<Vec<OpeningHours>>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A holiday is to be made.
#[derive(Clone, InputObject)]
pub struct CreateHolidayInput {
    /// The day, in the company's zone; no other is on it.
    pub date: Date,
    /// What it is called, 1–200 characters.
    pub name: String,
}

payload! {
    /// What came of making a holiday.
    CreateHolidayPayload {
        /// The holiday.
        holiday: Holiday as inbox::Holiday
    }
}

/// A holiday is to be changed. What is absent stays.
#[derive(Clone, InputObject)]
pub struct UpdateHolidayInput {
    /// The holiday.
    pub holiday_id: ID,
    /// The day, in the company's zone; no other is on it.
    pub date: Option<Date>,
    /// What it is called, 1–200 characters.
    pub name: Option<String>,
    /// Whether it is kept.
    pub is_active: Option<bool>,
}

payload! {
    /// What came of changing a holiday.
    UpdateHolidayPayload {
        /// The holiday.
        holiday: Holiday as inbox::Holiday
    }
}

/// The people of a service.
fn people(ids: Option<&Vec<ID>>) -> kernel::Result<Option<Vec<StaffId>>> {
    ids.map(|ids| ids.iter().map(|person| id("input.staffIds", person)).collect()).transpose()
}

/// Keeping what can be booked.
#[derive(Default)]
pub struct BookingSetupMutation;

#[Object]
impl BookingSetupMutation {
    /// Makes a service that visitors can book.
    #[graphql(directive = requires::apply(Permission::ManageServices))]
    async fn create_service(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateServiceInput,
    ) -> Result<CreateServicePayload> {
        let cmd = ServiceSettings {
            staff: people(input.staff_ids.as_ref())?,
            name: Some(input.name),
            description: input.description,
            duration_minutes: Some(input.duration_minutes),
            buffer_before_minutes: input.buffer_before_minutes,
            buffer_after_minutes: input.buffer_after_minutes,
            step_minutes: input.step_minutes,
            notice_minutes: input.notice_minutes,
            days_ahead: input.days_ahead,
            is_active: None,
        };
        Ok(write(ctx, "service.create", cmd, |tx, cx, cmd| async move {
            create_service(&tx, &InTransaction(&tx), &cx, &cmd).await
        })
        .await?
        .into())
    }

    /// Changes a service. What is booked already stays as it is. None is ever deleted; one that is not to be booked any more is
    /// deactivated.
    #[graphql(directive = requires::apply(Permission::ManageServices))]
    async fn update_service(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateServiceInput,
    ) -> Result<UpdateServicePayload> {
        let service = id("input.serviceId", &input.service_id)?;
        let cmd = ServiceSettings {
            staff: people(input.staff_ids.as_ref())?,
            name: input.name,
            description: crate::graphql::identity::cleared(input.description),
            duration_minutes: input.duration_minutes,
            buffer_before_minutes: input.buffer_before_minutes,
            buffer_after_minutes: input.buffer_after_minutes,
            step_minutes: input.step_minutes,
            notice_minutes: input.notice_minutes,
            days_ahead: input.days_ahead,
            is_active: input.is_active,
        };
        Ok(write(ctx, "service.update", cmd, move |tx, cx, cmd| async move {
            update_service(&tx, &InTransaction(&tx), &cx, service, &cmd).await
        })
        .await?
        .into())
    }

    /// Sets the opening hours of the company, or the hours of a colleague, for all days of the week at once. What is booked
    /// already stays as it is.
    #[graphql(directive = requires::apply(Permission::ManageServices))]
    async fn set_opening_hours(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetOpeningHoursInput,
    ) -> Result<SetOpeningHoursPayload> {
        let staff = input.staff_id.as_ref().map(|staff| id("input.staffId", staff)).transpose()?;
        let hours = input.hours.into_iter().map(|hours| {
            let (from, to) = (hours.from.minutes("input.hours.from")?, hours.to.minutes("input.hours.to")?);
            Ok(Hours { weekday: hours.weekday.into(), from, to })
        });
        let cmd = SetOpeningHours { staff, hours: hours.collect::<kernel::Result<_>>()? };
        let (set, errors) = write(ctx, "opening_hours.set", cmd, |tx, cx, cmd| async move {
            let set = set_opening_hours(&tx, &InTransaction(&tx), &cx, &cmd).await?;
            if cmd.staff.is_none() {
                working_times::changed(&tx, &cx).await?;
            }
            Ok(set)
        })
        .await?;
        let opening_hours = set.map(|set| set.into_iter().map(Into::into).collect());
        Ok(SetOpeningHoursPayload { opening_hours, errors })
    }

    /// Makes a day on which nothing can be booked. What is booked on it already stays as it is.
    #[graphql(directive = requires::apply(Permission::ManageServices))]
    async fn create_holiday(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CreateHolidayInput,
    ) -> Result<CreateHolidayPayload> {
        let cmd = CreateHoliday { date: input.date.read("input.date")?, name: input.name };
        Ok(write(ctx, "holiday.create", cmd, |tx, cx, cmd| async move {
            let made = create_holiday(&tx, &cx, &cmd).await?;
            working_times::changed(&tx, &cx).await?;
            Ok(made)
        })
        .await?
        .into())
    }

    /// Changes a holiday. None is ever deleted; one that is not kept is deactivated.
    #[graphql(directive = requires::apply(Permission::ManageServices))]
    async fn update_holiday(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateHolidayInput,
    ) -> Result<UpdateHolidayPayload> {
        let cmd = UpdateHoliday {
            id: id("input.holidayId", &input.holiday_id)?,
            date: input.date.map(|date| date.read("input.date")).transpose()?,
            name: input.name,
            is_active: input.is_active,
        };
        Ok(write(ctx, "holiday.update", cmd, |tx, cx, cmd| async move {
            let saved = update_holiday(&tx, &cx, &cmd).await?;
            working_times::changed(&tx, &cx).await?;
            Ok(saved)
        })
        .await?
        .into())
    }
}
