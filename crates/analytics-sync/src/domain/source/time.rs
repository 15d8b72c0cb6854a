//! Times that name no zone, and spans of days, hours, minutes and seconds.

use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// A time of the source in `zone`. One that comes twice, when clocks go back, is the first of the two; one that never was, when
/// they go forward, is as long after the leap as it says. A time that names its own zone is taken at its word. `None` for what
/// is no time.
pub fn time(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let found = match DateTime::parse_from_rfc3339(text) {
        Ok(whole) => whole.with_timezone(&Utc),
        Err(_) => at(local(text)?, zone)?,
    };
    // No year of ours has five digits, whatever the zone makes of the last evening.
    Some(found).filter(|at| (1..=9999).contains(&at.year()))
}

fn local(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f"))
        .ok()
}

/// What the source writes, whatever its zone is; in UTC where it names a zone. `None` for what is no time.
pub fn as_written(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    DateTime::parse_from_rfc3339(text).map(|whole| whole.naive_utc()).ok().or_else(|| local(text))
}

fn at(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
        // No leap is longer than a day: what was before it says how long it is.
        LocalResult::None => {
            let before = local.checked_sub_signed(TimeDelta::days(1))?;
            let at = zone.from_local_datetime(&before).earliest()?.with_timezone(&Utc);
            at.checked_add_signed(TimeDelta::days(1))
        }
    }
}

/// A day as it is kept and sent: `YYYY-MM-DD`.
pub fn day(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

/// The seconds of a span that is written as `DD:HH:MM:SS`; `None` for what is none.
pub fn seconds(text: &str) -> Option<i32> {
    let parts: Option<Vec<i64>> =
        text.trim().split(':').map(|part| part.parse().ok().filter(|part| (0..=100_000).contains(part))).collect();
    let [days, hours, minutes, seconds] = parts?[..] else { return None };
    i32::try_from(((days * 24 + hours) * 60 + minutes) * 60 + seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str, zone: &str) -> Option<String> {
        time(text, zone.parse().unwrap()).map(|at| at.format("%Y-%m-%dT%H:%M:%SZ").to_string())
    }

    #[test]
    fn times_are_read_in_the_zone_of_the_source() {
        assert_eq!(utc("2026-01-31 23:30:00", "America/Bogota").as_deref(), Some("2026-02-01T04:30:00Z"));
        assert_eq!(utc("2026-01-31T23:30:00", "UTC").as_deref(), Some("2026-01-31T23:30:00Z"));
        assert_eq!(utc("2026-01-31T23:30:00-02:00", "UTC").as_deref(), Some("2026-02-01T01:30:00Z"));
        // Twice: the first one, in summer time. Never: as long after the leap as it says.
        assert_eq!(utc("2025-10-26 02:30:00", "Europe/Berlin").as_deref(), Some("2025-10-26T00:30:00Z"));
        assert_eq!(utc("2025-03-30 02:30:00", "Europe/Berlin").as_deref(), Some("2025-03-30T01:30:00Z"));
        for none in ["", "yesterday", "2026-13-01 00:00:00", "2026-01-31", "31/01/2026 10:00:00"] {
            assert_eq!(utc(none, "UTC"), None, "{none}");
        }
        assert_eq!(utc("9999-12-31 23:30:00", "America/Bogota"), None);
        assert_eq!(utc("9999-12-31 23:30:00", "UTC").as_deref(), Some("9999-12-31T23:30:00Z"));
    }

    #[test]
    fn spans_begin_with_days() {
        assert_eq!(seconds("08:05:16:07"), Some(((8 * 24 + 5) * 60 + 16) * 60 + 7));
        assert_eq!(seconds("00:00:00:00"), Some(0));
        for none in ["", "05:16:07", "a:b:c:d", "1:2:3:4:5", "-1:00:00:00", "99999:00:00:00"] {
            assert_eq!(seconds(none), None, "{none}");
        }
    }
}
