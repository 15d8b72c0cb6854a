//! Days on which nothing can be booked are made and changed. None is ever deleted: one that is not kept is deactivated.

use chrono::NaiveDate;
use kernel::{
    Cx, Result,
    db::Emit,
    id::HolidayId,
    record::{self, Records},
    text::Check,
};

use crate::{
    limits,
    policy::MANAGE_SERVICES,
    store::booking::holiday::{Entity as Holidays, Model as Holiday},
};

/// A holiday to be made.
#[derive(Debug, Clone)]
pub struct CreateHoliday {
    /// The day; no other is on it.
    pub date: NaiveDate,
    /// What it is called.
    pub name: String,
}

/// What is to be changed of a holiday; what is absent stays.
#[derive(Debug, Clone)]
pub struct UpdateHoliday {
    /// The holiday.
    pub id: HolidayId,
    /// The day; no other is on it.
    pub date: Option<NaiveDate>,
    /// What it is called.
    pub name: Option<String>,
    /// Whether it is kept.
    pub is_active: Option<bool>,
}

/// Makes a holiday. What is booked on it stays.
///
/// # Errors
/// [`kernel::Error::Invalid`] for a bad name or a day that is one already.
pub async fn create_holiday<S: Records<Holidays> + Emit>(s: &S, cx: &Cx, cmd: &CreateHoliday) -> Result<Holiday> {
    cx.require(MANAGE_SERVICES)?;
    let mut check = Check::default();
    let name = check.line("name", &cmd.name, limits::LINE);
    check.done()?;
    let holiday =
        Holiday { id: cx.new_id(), date: cmd.date, name, is_active: true, created_at: cx.now, updated_at: cx.now };
    record::add::<Holidays, _>(s, cx, holiday).await
}

/// Changes a holiday.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] for a bad name or a day that is one already.
pub async fn update_holiday<S: Records<Holidays> + Emit>(s: &S, cx: &Cx, cmd: &UpdateHoliday) -> Result<Holiday> {
    cx.require(MANAGE_SERVICES)?;
    let before = s.lock(cx, cmd.id).await?;
    let mut check = Check::default();
    let mut after = before.clone();
    if let Some(name) = &cmd.name {
        after.name = check.line("name", name, limits::LINE);
    }
    check.done()?;
    after.date = cmd.date.unwrap_or(after.date);
    after.is_active = cmd.is_active.unwrap_or(after.is_active);
    record::save::<Holidays, _>(s, cx, before, after).await
}
