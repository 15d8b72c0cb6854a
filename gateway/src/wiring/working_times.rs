//! When the company works, as service levels count it: the inbox's opening hours and holidays, in the company's zone.

use chrono_tz::Tz;
use identity::{COMPANY_TIME_ZONE, company_setting};
use inbox::{Hours, Weekday, company_calendar};
use kernel::{Conn, Cx, Error, Result, Tx};
use ticketing::{Calendar, Open};

/// The time zone that the company works in.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn zone(conn: &Conn) -> Result<Tz> {
    let zone = company_setting(conn, COMPANY_TIME_ZONE).await?;
    let zone = zone.as_str().and_then(|zone| zone.parse().ok());
    zone.ok_or_else(|| Error::internal("the company's time zone is none"))
}

fn open(hours: Hours) -> Open {
    let weekday = match hours.weekday {
        Weekday::Monday => chrono::Weekday::Mon,
        Weekday::Tuesday => chrono::Weekday::Tue,
        Weekday::Wednesday => chrono::Weekday::Wed,
        Weekday::Thursday => chrono::Weekday::Thu,
        Weekday::Friday => chrono::Weekday::Fri,
        Weekday::Saturday => chrono::Weekday::Sat,
        Weekday::Sunday => chrono::Weekday::Sun,
    };
    Open { weekday, from: hours.from, to: hours.to }
}

/// When the company works.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn working_times(conn: &Conn) -> Result<Calendar> {
    let (hours, holidays) = company_calendar(conn).await?;
    let hours = hours.into_iter().map(open).collect();
    Ok(Calendar { zone: zone(conn).await?, hours, holidays: holidays.into_iter().collect() })
}

/// Notes, in the transaction that changes it, that the company works at other times: service levels are counted anew.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn changed(tx: &Tx, cx: &Cx) -> Result<()> {
    ticketing::recount(tx, cx).await
}

/// The same, where that setting is what it depends on.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn changed_with(tx: &Tx, cx: &Cx, key: &str) -> Result<()> {
    if key == COMPANY_TIME_ZONE { changed(tx, cx).await } else { Ok(()) }
}
