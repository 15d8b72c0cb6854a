//! What can be booked, and a consultation that was.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things};
use super::sdl::Root;
use crate::support::{ADMIN_EMAIL, until};

/// What can be booked, and a consultation that was.
pub struct Bookings {
    /// A service that the administrator holds, around the clock.
    pub service: String,
    /// The consultation, by the visitor who wrote.
    pub consultation: String,
    /// Its visitor's token.
    pub token: String,
    /// A holiday.
    pub holiday: String,
    /// Times that nothing was booked at.
    pub free: Vec<String>,
    /// Two days around these times.
    pub days: [String; 2],
}

impl Bookings {
    /// Makes them.
    pub async fn make(home: &Home, staff: &str) -> Self {
        let days = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
        let hours: Vec<_> = days.iter().map(|day| json!({ "weekday": day, "from": "00:00", "to": "24:00" })).collect();
        let make = "mutation($staff: [ID!]!, $whose: ID!, $hours: [OpeningHoursInput!]!) { \
            createService(input: { name: \"Own service\", durationMinutes: 5, staffIds: $staff }) { service { id } errors { message } } \
            company: setOpeningHours(input: { hours: $hours }) { errors { message } } \
            own: setOpeningHours(input: { staffId: $whose, hours: $hours }) { errors { message } } \
            createHoliday(input: { date: \"2031-12-25\", name: \"Own holiday\" }) { holiday { id } errors { message } } }";
        let made = home.admin.run(make, json!({ "staff": [staff], "whose": staff, "hours": hours })).await.ok();
        let (service, holiday) = (made.string("createService.service.id"), made.string("createHoliday.holiday.id"));
        let (days, mut free) = slots(home, &service).await;
        let input = json!({ "serviceId": service, "startsAt": free.remove(0), "name": "Ada Lovelace", "email": "ada@example.com" });
        let book = "mutation($input: BookConsultationInput!) { bookConsultation(input: $input) { receipt { consultationId token } \
            errors { message } } }";
        let booked = home.visitor.run(book, json!({ "input": input })).await.ok();
        let consultation = booked.string("bookConsultation.receipt.consultationId");
        let token = booked.string("bookConsultation.receipt.token");
        // The mail about it would come in between whatever a test counts.
        until("the mail is out", crate::support::PATIENCE, async || {
            let waiting = "SELECT count(*) FROM jobs WHERE kind = 'identity.deliver_mail'";
            (home.sql.number(waiting).await == 0).then_some(())
        })
        .await;
        Self { service, consultation, token, holiday, free, days }
    }
}

/// Some times to come at which a service can be booked, and the days that they are on.
async fn slots(home: &Home, service: &str) -> ([String; 2], Vec<String>) {
    let today = chrono::DateTime::parse_from_rfc3339(
        &home
            .admin
            .run("{ auditLogs(first: 1) { nodes { at } } }", Value::Null)
            .await
            .ok()
            .string("auditLogs.nodes.0.at"),
    )
    .expect("an instant")
    .date_naive();
    let day = |days| (today + chrono::Days::new(days)).to_string();
    let days = [day(3), day(4)];
    let ask = "query($id: ID!, $from: Date!, $to: Date!) { availableSlots(serviceId: $id, from: $from, to: $to) { startsAt } }";
    let found = home.visitor.run(ask, json!({ "id": service, "from": days[0], "to": days[1] })).await.ok();
    let at = |slot: &Value| slot["startsAt"].as_str().expect("an instant").to_owned();
    // An hour apart.
    (days, found.list("availableSlots").iter().step_by(12).map(at).collect())
}

/// One row more of each: a service, a holiday and a consultation of a visitor's, which the person of this id has.
pub async fn rows(home: &Home, hex: &str, n: usize, visitor: &str) {
    let id = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let (at, yes) = ("'2026-01-01T00:00:00+00:00'", if home.is_sqlite() { "1" } else { "true" });
    for sql in [
        format!(
            "INSERT INTO services (id, name, duration_minutes, buffer_before_minutes, buffer_after_minutes, step_minutes, \
                notice_minutes, days_ahead, is_active, created_at, updated_at) \
             VALUES ({id}, 'Service {n}', 60, 0, 0, 60, 0, 60, {yes}, {at}, {at})"
        ),
        format!("INSERT INTO service_staff (service_id, staff_id, is_active) VALUES ({id}, {id}, {yes})"),
        format!(
            "INSERT INTO service_staff (service_id, staff_id, is_active) \
             SELECT {id}, id, {yes} FROM users WHERE email = '{ADMIN_EMAIL}'"
        ),
        format!(
            "INSERT INTO holidays (id, date, name, is_active, created_at, updated_at) \
             VALUES ({id}, '2031-01-{:02}', 'Holiday', {yes}, {at}, {at})",
            n + 1
        ),
        format!(
            "INSERT INTO consultations (id, visitor_id, service_id, service, name, email, booking_date, booking_time, time_zone, \
                starts_at, ends_at, blocked_from, blocked_until, status, assignee_id, ics_uid, ics_sequence, version, created_at, \
                updated_at) \
             SELECT {id}, id, {id}, 'Service', 'Somebody', email, '2026-01-01', '09:00:00', 'UTC', {at}, {at}, {at}, {at}, \
                'scheduled', {id}, 'x', 0, 1, {at}, {at} FROM visitors WHERE email = '{visitor}'"
        ),
    ] {
        home.sql.run(&sql).await;
    }
}

/// Arguments with which a change of a consultation goes well; none for what is no such change.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    match root.name.as_str() {
        // It is the administrator's already.
        "assignConsultation" => Some(put(arguments(root, own), "input.assigneeId", Value::Null)),
        // What was called off comes back for nobody.
        "cancelConsultation"
        | "cancelConsultationByToken"
        | "completeConsultation"
        | "markNoShow"
        | "rescheduleConsultation"
        | "rescheduleConsultationByToken" => {
            // What is noted afterwards is noted of one that has begun.
            let begins = if root.name.starts_with("complete") || root.name == "markNoShow" {
                "created_at"
            } else {
                "blocked_from"
            };
            home.sql.run(&format!("UPDATE consultations SET status = 'scheduled', starts_at = {begins}")).await;
            Some(arguments(root, own))
        }
        _ => None,
    }
}

/// Arguments with which a change around bookings is refused; none for what is no such change.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let missing = |kind: &str| json!(format!("{kind}_0190a5f0000070008000000000000000"));
    let (place, value) = match root.name.as_str() {
        "createService" | "createHoliday" => ("input.name", json!("  ")),
        "updateService" => ("input.serviceId", missing("svc")),
        "setOpeningHours" => ("input.staffId", missing("stf")),
        "updateHoliday" => ("input.holidayId", missing("hol")),
        "assignConsultation"
        | "cancelConsultation"
        | "completeConsultation"
        | "markNoShow"
        | "rescheduleConsultation" => ("input.consultationId", missing("con")),
        _ => return None,
    };
    Some(vec![put(arguments(root, own), place, value)])
}
