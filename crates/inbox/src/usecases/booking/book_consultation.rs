//! A visitor books a consultation.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Cx, Db, Error, ProblemCode, Result,
    crypto::token as fresh,
    db::Emit,
    id::{ConsultationId, ServiceId, StaffId},
    jobs::Enqueue,
    limit::Limit,
    text::{Check, time_zone},
};
use serde::{Deserialize, Serialize};

use super::remind::tell;
use crate::{
    domain::booking::{
        events::ConsultationBooked,
        letter::{Company, Occasion},
        link,
        plan::{Holder, Offer, Plan},
        slots::{Slot, local},
    },
    limits,
    ports::{Bookings, Letters, Visitors},
    queries::booking::plans::plan,
    store::booking::{
        consultation::{ConsultationStatus, Model as Consultation},
        service::Model as Service,
    },
    usecases::recognise::{Seen, recognise},
};

/// Bookings from one address, and what visitors change there in theirs.
pub(super) const BY_ADDRESS: Limit =
    Limit { name: "bookings by address", attempts: 10, window: Duration::from_secs(10 * 60) };

/// A telephone number, as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Phone {
    /// None was given.
    #[default]
    None,
    /// A number (E.164).
    Number(String),
    /// What was given is none, and why.
    Wrong(&'static str),
}

/// What the booking form sends.
#[derive(Debug, Clone)]
pub struct BookConsultation {
    /// What.
    pub service: ServiceId,
    /// When.
    pub starts_at: DateTime<Utc>,
    /// With whom; whoever is free where absent.
    pub staff: Option<StaffId>,
    /// The visitor's name.
    pub name: String,
    /// The visitor's address.
    pub email: String,
    /// Their company.
    pub company: Option<String>,
    /// Their telephone number.
    pub phone: Phone,
    /// What they want to talk about.
    pub notes: Option<String>,
    /// Their time zone.
    pub time_zone: Option<String>,
    /// What brought them here.
    pub source: Option<String>,
    /// The token from an earlier receipt.
    pub visitor_token: Option<String>,
    /// A field that people do not see: whoever fills it is a program.
    pub honeypot: Option<String>,
    /// Whether bookings are limited by address.
    pub limited: bool,
}

/// What the visitor gets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Booked {
    /// The consultation.
    pub consultation: Consultation,
    /// By which the visitor changes it.
    pub token: String,
    /// By which the visitor is known again.
    pub visitor_token: String,
}

/// Counts a booking of an address before it is made, and answers by itself whoever fills what people do not see: they get
/// what looks like a booking, and nothing is stored.
///
/// # Errors
/// [`Error::RateLimited`].
pub async fn admit_booking(db: &Db, company: &Company, cx: &Cx, cmd: &BookConsultation) -> Result<Option<Booked>> {
    if cmd.limited {
        BY_ADDRESS.count(&db.bookkeeping(cx).await?, cx, &cx.origin.limit_key()).await?;
    }
    if cmd.honeypot.as_ref().is_some_and(|text| !text.is_empty()) {
        tracing::info!(request_id = %cx.request_id, "a filled honeypot was discarded");
        let date = local(company.zone, cmd.starts_at).0.date();
        let plan = plan(&db.reader(cx).await?, cmd.service, (date, date), None).await?;
        return Ok(Some(nothing(company, cx, cmd, plan.map(|plan| plan.service))));
    }
    Ok(None)
}

/// What is known of a service around an instant; `None` where there is no such service that can be booked.
pub(super) async fn plan_at<S: Bookings>(
    s: &S,
    company: &Company,
    cx: &Cx,
    (service, starts_at): (ServiceId, DateTime<Utc>),
    but: Option<ConsultationId>,
) -> Result<Option<Plan>> {
    let near = starts_at.clamp(cx.now - TimeDelta::days(1), cx.now + TimeDelta::days(367));
    let date = local(company.zone, near).0.date();
    s.plan(service, (date, date), but).await
}

/// The offer at an instant.
///
/// # Errors
/// [`Error::Invalid`] at `startsAt`, which says why there is none.
pub(super) fn offer(
    plan: &Plan,
    company: &Company,
    cx: &Cx,
    starts_at: DateTime<Utc>,
    staff: Option<StaffId>,
) -> Result<Offer> {
    let refused = |why: &str| Error::invalid("startsAt", ProblemCode::NotAvailable, why);
    if starts_at > cx.now + TimeDelta::days(366) {
        return Err(refused("is too far ahead"));
    }
    if starts_at < cx.now {
        return Err(refused("is past"));
    }
    plan.offer_at(company.zone, starts_at, staff, cx.now)
        .ok_or_else(|| refused(plan.refusal(company.zone, starts_at, staff, cx.now)))
}

/// Books a time for a visitor with somebody who is free then, and queues the mails. Two who want the same time of the same
/// person never both get it: the database refuses the second.
///
/// # Errors
/// [`Error::Invalid`] with everything that the visitor can correct.
pub async fn book_consultation<S: Bookings + Visitors + Emit + Enqueue>(
    s: &S,
    letters: &impl Letters,
    company: &Company,
    cx: &Cx,
    cmd: &BookConsultation,
) -> Result<Booked> {
    let plan = plan_at(s, company, cx, (cmd.service, cmd.starts_at), None).await?;
    let mut check = Check::default();
    let name = check.line("name", &cmd.name, limits::LINE);
    let email = check.email("email", &cmd.email);
    let visitors_company = check.optional_line("company", cmd.company.as_deref(), limits::LINE);
    let notes = check.optional_body("notes", cmd.notes.as_deref(), limits::NOTES);
    let source = check.optional_line("source", cmd.source.as_deref(), limits::LINE);
    let phone = match &cmd.phone {
        Phone::None => None,
        Phone::Number(number) => Some(number.clone()),
        Phone::Wrong(why) => {
            check.problem("phone", ProblemCode::InvalidFormat, *why);
            None
        }
    };
    let visitor_time_zone = cmd.time_zone.as_deref().and_then(|given| {
        let known = time_zone(given);
        if known.is_none() {
            check.problem(
                "timeZone",
                ProblemCode::InvalidFormat,
                "must be the IANA name of a time zone, such as Europe/Berlin",
            );
        }
        known
    });
    if plan.is_none() {
        check.problem("serviceId", ProblemCode::NotAvailable, "there is no such service that can be booked");
    }
    if let (Some(plan), Some(staff)) = (&plan, cmd.staff)
        && !plan.holders.iter().any(|holder| holder.staff() == Some(staff))
    {
        check.problem("staffId", ProblemCode::NotAvailable, "does not hold this service");
    }
    check.done()?;
    let Some(plan) = plan else { return Err(Error::NotFound { what: "Service" }) };
    let Offer { slot, holders } = offer(&plan, company, cx, cmd.starts_at, cmd.staff)?;

    let seen = Seen { token: cmd.visitor_token.as_deref(), name: Some(&name), email: Some(&email), source };
    let (visitor, visitor_token) = recognise(s, cx, seen).await?;
    let id: ConsultationId = cx.new_id();
    let mut consultation = Consultation {
        id,
        visitor_id: visitor.id,
        service_id: plan.service.id,
        service: plan.service.name.clone(),
        name,
        email,
        company: visitors_company,
        phone,
        notes,
        booking_date: slot.local.date(),
        booking_time: slot.local.time(),
        time_zone: company.zone.name().to_owned(),
        visitor_time_zone: visitor_time_zone.map(str::to_owned),
        starts_at: slot.starts_at,
        ends_at: slot.ends_at,
        blocked_from: slot.starts_at,
        blocked_until: slot.ends_at,
        status: ConsultationStatus::Scheduled,
        assignee_id: None,
        ics_uid: format!("{id}@{}", company.domain),
        ics_sequence: 0,
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
    };
    seat(s, company, &plan, &slot, &holders, &mut consultation).await?;
    Bookings::add(s, &consultation).await?;
    tell(s, letters, company, cx, Occasion::Booked, &consultation).await?;
    s.emit(
        cx,
        &ConsultationBooked {
            consultation: id,
            visitor: visitor.id,
            service: plan.service.id,
            starts_at: consultation.starts_at,
            assignee: consultation.assignee_id,
        },
    );
    Ok(Booked { token: link::token(&company.keyring, company.tenant, id), consultation, visitor_token })
}

/// Puts a consultation at a time with the first of these who is free, and takes their time.
///
/// # Errors
/// [`Error::Invalid`] at `startsAt` where none of them is any more.
pub(super) async fn seat<S: Bookings>(
    s: &S,
    company: &Company,
    plan: &Plan,
    slot: &Slot,
    holders: &[Holder],
    consultation: &mut Consultation,
) -> Result<()> {
    for holder in holders {
        consultation.put_at(&plan.service, company.zone.name(), slot, *holder);
        if s.occupy(holder.key(), consultation).await? {
            return Ok(());
        }
    }
    Err(Error::invalid("startsAt", ProblemCode::NotAvailable, "is taken"))
}

/// What a program gets that fills what people do not see.
fn nothing(company: &Company, cx: &Cx, cmd: &BookConsultation, service: Option<Service>) -> Booked {
    let id = cx.new_id();
    let lasts = service.as_ref().map_or(TimeDelta::hours(1), |service| service.rules().duration);
    let ends_at = cmd.starts_at.checked_add_signed(lasts).unwrap_or(cmd.starts_at);
    let (there, _) = local(company.zone, cmd.starts_at);
    let consultation = Consultation {
        id,
        visitor_id: cx.new_id(),
        service_id: cmd.service,
        service: service.map(|service| service.name).unwrap_or_default(),
        name: cmd.name.clone(),
        email: cmd.email.clone(),
        company: None,
        phone: None,
        notes: None,
        booking_date: there.date(),
        booking_time: there.time(),
        time_zone: company.zone.name().to_owned(),
        visitor_time_zone: None,
        starts_at: cmd.starts_at,
        ends_at,
        blocked_from: cmd.starts_at,
        blocked_until: ends_at,
        status: ConsultationStatus::Scheduled,
        assignee_id: None,
        ics_uid: String::new(),
        ics_sequence: 0,
        version: 1,
        created_at: cx.now,
        updated_at: cx.now,
    };
    // Nothing is behind it: a token of another company, which none of its operations takes.
    let token = link::token(&company.keyring, cx.new_id(), id);
    Booked { consultation, token, visitor_token: fresh(cx.source(), "fdv") }
}
