//! Services are made and changed. None is ever deleted: one that is not to be booked any more is deactivated.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{ServiceId, StaffId},
    record::{self, Records},
    text::{Check, rename, same_name},
};

use crate::{
    domain::booking::events::ServiceSaved,
    limits,
    policy::{MANAGE_SERVICES, VIEW_CONSULTATIONS},
    ports::{Colleagues, Services as ServiceStaff},
    store::booking::service::{Entity as Services, Model as Service},
};

/// How many people may hold a service.
const STAFF: usize = 100;

/// What a service is to be; what is absent stays, or is as usual.
#[derive(Debug, Clone, Default)]
pub struct ServiceSettings {
    /// Its name, unique.
    pub name: Option<String>,
    /// What it is; empty clears it.
    pub description: Option<String>,
    /// How long it takes.
    pub duration_minutes: Option<i32>,
    /// How long whoever holds it must be free before.
    pub buffer_before_minutes: Option<i32>,
    /// How long whoever holds it must be free after.
    pub buffer_after_minutes: Option<i32>,
    /// How far apart the times are at which it can begin.
    pub step_minutes: Option<i32>,
    /// How long before its beginning it must be booked.
    pub notice_minutes: Option<i32>,
    /// How many days ahead it can be booked.
    pub days_ahead: Option<i32>,
    /// Whether it can be booked.
    pub is_active: Option<bool>,
    /// Who holds it.
    pub staff: Option<Vec<StaffId>>,
}

impl ServiceSettings {
    fn apply(&self, check: &mut Check, service: &mut Service) {
        if let Some(name) = &self.name {
            let name = check.line("name", name, limits::LINE);
            rename(&mut service.name, &mut service.name_folded, name);
        }
        if let Some(description) = &self.description {
            service.description = check.optional_body("description", Some(description), limits::NOTES);
        }
        for (given, own) in [
            (self.duration_minutes, &mut service.duration_minutes),
            (self.buffer_before_minutes, &mut service.buffer_before_minutes),
            (self.buffer_after_minutes, &mut service.buffer_after_minutes),
            (self.step_minutes, &mut service.step_minutes),
            (self.notice_minutes, &mut service.notice_minutes),
            (self.days_ahead, &mut service.days_ahead),
        ] {
            *own = given.unwrap_or(*own);
        }
        service.is_active = self.is_active.unwrap_or(service.is_active);
        service.check(check);
    }
}

/// Whoever of these is not there or not active is a problem, and so is whoever is new among them and would not see what they are
/// to hold.
async fn people(colleagues: &impl Colleagues, cx: &Cx, staff: &[StaffId], held: &[StaffId]) -> Result<Vec<StaffId>> {
    let mut staff = staff.to_vec();
    staff.sort_unstable();
    staff.dedup();
    if staff.len() > STAFF {
        return Err(Error::invalid("staffIds", ProblemCode::TooLong, format!("may hold at most {STAFF} people")));
    }
    for person in &staff {
        if !colleagues.is_active(*person).await? {
            return Err(Error::invalid(
                "staffIds",
                ProblemCode::NotAvailable,
                "holds somebody who is not an active staff member",
            ));
        }
        if !held.contains(person) && !colleagues.would_see(cx, *person, VIEW_CONSULTATIONS).await? {
            let why = "holds somebody who may not see consultations of their own";
            return Err(Error::invalid("staffIds", ProblemCode::NotAvailable, why));
        }
    }
    Ok(staff)
}

/// Makes a service.
///
/// # Errors
/// [`Error::Invalid`] for a bad or taken name, times that cannot be, people who are not there.
pub async fn create_service<S: Records<Services> + ServiceStaff + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    cmd: &ServiceSettings,
) -> Result<Service> {
    cx.require(MANAGE_SERVICES)?;
    let mut check = Check::default();
    let name = cmd.name.clone().unwrap_or_default();
    let duration = cmd.duration_minutes.unwrap_or(60);
    let mut service = Service {
        id: cx.new_id(),
        name_folded: Some(same_name(&name)),
        name: String::new(),
        description: None,
        duration_minutes: duration,
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        step_minutes: duration,
        notice_minutes: 0,
        days_ahead: 60,
        is_active: true,
        created_at: cx.now,
        updated_at: cx.now,
    };
    ServiceSettings { name: Some(name), ..cmd.clone() }.apply(&mut check, &mut service);
    check.done()?;
    let staff = people(colleagues, cx, cmd.staff.as_deref().unwrap_or_default(), &[]).await?;
    Records::<Services>::insert(s, &service).await?;
    s.set_staff(service.id, &staff).await?;
    s.emit(cx, &ServiceSaved { service: service.id, before: None, after: ServiceSaved::values(&service, &staff) });
    Ok(service)
}

/// Changes a service. What is booked already stays as it is.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a bad or taken name, times that cannot be, people who are not there.
pub async fn update_service<S: Records<Services> + ServiceStaff + Emit>(
    s: &S,
    colleagues: &impl Colleagues,
    cx: &Cx,
    id: ServiceId,
    cmd: &ServiceSettings,
) -> Result<Service> {
    cx.require(MANAGE_SERVICES)?;
    let before = Records::<Services>::lock(s, cx, id).await?;
    let mut check = Check::default();
    let mut after = before.clone();
    cmd.apply(&mut check, &mut after);
    check.done()?;
    let held = s.staff_of(id).await?;
    let holds = match &cmd.staff {
        Some(staff) => people(colleagues, cx, staff, &held).await?,
        None => held.clone(),
    };
    if before == after && held == holds {
        return Ok(after);
    }
    let after = record::change::<Services, S>(s, cx, &before, after).await?;
    if held != holds {
        s.set_staff(id, &holds).await?;
    }
    let values = (ServiceSaved::values(&before, &held), ServiceSaved::values(&after, &holds));
    s.emit(cx, &ServiceSaved { service: id, before: Some(values.0), after: values.1 });
    Ok(after)
}
