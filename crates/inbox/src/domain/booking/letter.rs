//! The mails of a booking.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use kernel::{
    crypto::Keyring,
    id::{ConsultationId, TenantId},
};

use super::{
    calendar::{self, Method},
    link,
};
use crate::{domain::mail::Address, store::booking::consultation::Model as Consultation};

/// What a mail of a booking tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// That it was booked.
    Booked,
    /// That it was moved.
    Rescheduled,
    /// That it was called off.
    Cancelled,
    /// That it comes soon.
    Reminder,
}

/// A mail of a booking. It holds nothing that whoever booked wrote: anybody can book under any address, and may have
/// written it for the eyes of the address's owner.
#[derive(Debug, Clone)]
pub struct ConsultationLetter {
    /// What it tells.
    pub occasion: Occasion,
    /// Of which consultation.
    pub consultation: ConsultationId,
    /// To which address.
    pub to: String,
    /// What was booked.
    pub service: String,
    /// When it is, in words: as booked, and in the visitor's zone too where that is another.
    pub when: String,
    /// The token of the link by which the visitor changes it.
    pub token: String,
    /// The calendar file.
    pub calendar: String,
    /// What a calendar program is to do with it.
    pub method: Method,
}

/// What bookings must know of the company.
#[derive(Clone)]
pub struct Company {
    /// Its id.
    pub tenant: TenantId,
    /// Its name.
    pub name: String,
    /// The zone that it works in.
    pub zone: Tz,
    /// From whom its invitations are.
    pub organizer: Address,
    /// The domain of the ids that calendar programs know bookings by; never taken from a request.
    pub domain: String,
    /// How many minutes before a consultation visitors are reminded of it; 0 for not at all.
    pub reminder_minutes: i64,
    /// What signs the links.
    pub keyring: Keyring,
}

impl ConsultationLetter {
    /// The mail that tells this of a consultation as it is now.
    pub fn of(occasion: Occasion, consultation: &Consultation, company: &Company, now: DateTime<Utc>) -> Self {
        let method = if occasion == Occasion::Cancelled { Method::Cancel } else { Method::Request };
        Self {
            occasion,
            consultation: consultation.id,
            to: consultation.email.clone(),
            service: consultation.service.clone(),
            when: when(consultation),
            token: link::token(&company.keyring, company.tenant, consultation.id),
            calendar: calendar::file(consultation, company, method, now),
            method,
        }
    }
}

/// When it is, in words.
fn when(consultation: &Consultation) -> String {
    let at = consultation.booking_date.and_time(consultation.booking_time);
    let said = format!("{} ({})", at.format("%A, %-d %B %Y, %H:%M"), consultation.time_zone);
    let theirs = consultation.visitor_time_zone.as_deref().filter(|zone| *zone != consultation.time_zone);
    match theirs.and_then(|zone| zone.parse::<Tz>().ok()) {
        Some(zone) => {
            let there = consultation.starts_at.with_timezone(&zone);
            format!("{said}; where you are {} ({zone})", there.format("%A, %-d %B %Y, %H:%M"))
        }
        None => said,
    }
}
