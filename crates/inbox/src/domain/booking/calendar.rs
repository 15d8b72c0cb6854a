//! The calendar file of a booking, as RFC 5545 says, to be mailed as RFC 6047 does.

use chrono::{DateTime, Utc};
use icalendar::{Calendar, Component, Event, Property};
use kernel::text::on_the_wire;

use super::letter::Company;
use crate::{
    domain::mail::Address,
    store::booking::consultation::{ConsultationStatus, Model as Consultation},
};

/// What a calendar program is to do with a file (RFC 5546).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Note it, or note it anew.
    Request,
    /// Take it out.
    Cancel,
}

impl Method {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// The file of a consultation as it is at `now`: the same id at every change, and a higher number. As in the mail that
/// takes it along, nothing of it was written by whoever booked.
pub fn file(consultation: &Consultation, company: &Company, method: Method, now: DateTime<Utc>) -> String {
    let stamp = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
    let confirmed = consultation.status != ConsultationStatus::Cancelled;
    let visitor = Address { name: String::new(), email: consultation.email.clone() };
    let mut event = Event::new();
    event
        .uid(&consultation.ics_uid)
        .summary(&format!("{} – {}", consultation.service, company.name))
        .add_property("DTSTAMP", stamp(now))
        .add_property("CREATED", stamp(consultation.created_at))
        .add_property("LAST-MODIFIED", stamp(consultation.updated_at))
        .add_property("DTSTART", stamp(consultation.starts_at))
        .add_property("DTEND", stamp(consultation.ends_at))
        .add_property("SEQUENCE", consultation.ics_sequence.to_string())
        .add_property("STATUS", if confirmed { "CONFIRMED" } else { "CANCELLED" })
        .append_property(person("ORGANIZER", &company.organizer).done())
        .append_property(
            person("ATTENDEE", &visitor)
                .add_parameter("CUTYPE", "INDIVIDUAL")
                .add_parameter("PARTSTAT", "ACCEPTED")
                .add_parameter("ROLE", "REQ-PARTICIPANT")
                .add_parameter("RSVP", "FALSE")
                .done(),
        );
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("PRODID", "-//Frontdesk//Bookings//EN"))
        .append_property(("VERSION", "2.0"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .append_property(("METHOD", method.name()))
        .push(event.done());
    folded(&calendar.to_string().replace("\r\n ", ""))
}

/// Lines of at most 75 octets (RFC 5545, section 3.1). The library's own have one more now and then.
fn folded(text: &str) -> String {
    let mut lines = String::with_capacity(text.len() + text.len() / 25);
    for line in text.split_inclusive("\r\n") {
        let mut octets = 0;
        for c in line.chars() {
            if octets + c.len_utf8() > 75 && !matches!(c, '\r' | '\n') {
                lines.push_str("\r\n ");
                octets = 1;
            }
            octets += c.len_utf8();
            lines.push(c);
        }
    }
    lines
}

/// Somebody with a name, as a property.
fn person(key: &str, who: &Address) -> Property {
    let mut property = Property::new(key, format!("mailto:{}", on_the_wire(&who.email)));
    if !who.name.is_empty() {
        // A parameter holds no quotation mark, however it is written (RFC 5545, section 3.1).
        property.add_parameter("CN", &who.name.replace('"', "'"));
    }
    property
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use kernel::{
        crypto::Keyring,
        id::{ConsultationId, ServiceId, TenantId, VisitorId},
    };

    use super::*;

    fn company() -> Company {
        Company {
            tenant: TenantId(uuid::Uuid::from_u128(1)),
            name: "Harbour, Lane; & \"Co\"".into(),
            zone: chrono_tz::Europe::Berlin,
            organizer: Address { name: "Harbour, Lane; & \"Co\"".into(), email: "desk@example.com".into() },
            domain: "example.com".into(),
            reminder_minutes: 1440,
            keyring: Keyring::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap(),
        }
    }

    fn consultation() -> Consultation {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        Consultation {
            id: ConsultationId(uuid::Uuid::from_u128(7)),
            visitor_id: VisitorId(uuid::Uuid::from_u128(8)),
            service_id: ServiceId(uuid::Uuid::from_u128(9)),
            service: "Beratung über Masten, Segel und alles, was ein Boot sonst noch braucht, bevor es ins Wasser geht"
                .into(),
            name: "Zoë \"Z\" O'Hara; X:Y, Ltd".into(),
            email: "zoe@bücher.example".into(),
            company: None,
            phone: None,
            notes: Some("Two lines,\nand a; semicolon\\".into()),
            booking_date: NaiveDate::from_ymd_opt(2026, 6, 10).unwrap(),
            booking_time: chrono::NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
            time_zone: "Europe/Berlin".into(),
            visitor_time_zone: None,
            starts_at: at("2026-06-10T07:00:00Z"),
            ends_at: at("2026-06-10T08:00:00Z"),
            blocked_from: at("2026-06-10T07:00:00Z"),
            blocked_until: at("2026-06-10T08:00:00Z"),
            status: ConsultationStatus::Scheduled,
            assignee_id: None,
            ics_uid: "con_1@example.com".into(),
            ics_sequence: 3,
            version: 4,
            created_at: at("2026-06-01T07:00:00Z"),
            updated_at: at("2026-06-02T07:00:00Z"),
        }
    }

    #[test]
    fn no_line_is_longer_than_75_octets_and_each_ends_as_it_should() {
        let text = file(&consultation(), &company(), Method::Request, DateTime::UNIX_EPOCH);
        assert!(text.ends_with("END:VCALENDAR\r\n"), "{text}");
        for line in text.split("\r\n") {
            assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{} octets: {line}", line.len());
        }
        let unfolded = text.replace("\r\n ", "");
        for line in [
            "METHOD:REQUEST",
            "UID:con_1@example.com",
            "SEQUENCE:3",
            "DTSTART:20260610T070000Z",
            "DTEND:20260610T080000Z",
            "STATUS:CONFIRMED",
            "ORGANIZER;CN=\"Harbour, Lane; & 'Co'\":mailto:desk@example.com",
        ] {
            assert_eq!(unfolded.split("\r\n").filter(|found| *found == line).count(), 1, "{line}\n{unfolded}");
        }
        assert!(!unfolded.contains("Zoë") && !unfolded.contains("Two lines"), "{unfolded}");
        assert!(unfolded.contains(" – Harbour\\, Lane\\; & \"Co\"\r\n"), "{unfolded}");
        assert!(unfolded.contains(":mailto:zoe@xn--bcher-kva.example\r\n"), "{unfolded}");
    }

    #[test]
    fn what_is_called_off_is_taken_out_under_the_same_id() {
        let cancelled = Consultation { status: ConsultationStatus::Cancelled, ics_sequence: 4, ..consultation() };
        let text = file(&cancelled, &company(), Method::Cancel, DateTime::UNIX_EPOCH);
        for line in ["METHOD:CANCEL", "UID:con_1@example.com", "SEQUENCE:4", "STATUS:CANCELLED"] {
            assert!(text.contains(&format!("\r\n{line}\r\n")), "{line}");
        }
    }
}
