//! Visitors book, one time is given once, and staff keep what was booked.

use chrono::{DateTime, Days, NaiveDate};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::roles::{colleague, make_role};
use crate::support::{Answer, Client, Options, Socket, both};

pub const BOOK: &str = "mutation Book($input: BookConsultationInput!) { bookConsultation(input: $input) { visitorToken
    receipt { consultationId serviceName status startsAt endsAt bookingDate bookingTime timeZone token } errors { code message path } } }";
pub const MOVE: &str = "mutation Move($token: String!, $at: DateTime!) {
    rescheduleConsultationByToken(input: { token: $token, startsAt: $at }) { receipt { consultationId status startsAt } errors { code message path } } }";
pub const CANCEL: &str = "mutation Cancel($token: String!) {
    cancelConsultationByToken(input: { token: $token }) { receipt { status } errors { code message path } } }";
const ALL: &str = "query All($filter: ConsultationFilter) { consultations(filter: $filter, first: 100) { totalCount nodes { id status name
    email phone notes startsAt bookingDate bookingTime timeZone visitorDate visitorTime serviceName service { id } assignee { id } visitor { id } } } }";

/// Every day of the week, from and until when.
pub fn daily(from: &str, to: &str) -> Value {
    let days = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
    days.iter().map(|day| json!({ "weekday": day, "from": from, "to": to })).collect()
}

/// Makes a service; returns its id.
pub async fn service(admin: &Person, input: Value) -> String {
    let make = "mutation($input: CreateServiceInput!) { createService(input: $input) { service { id } errors { message path } } }";
    admin.client.run(make, json!({ "input": input })).await.ok().string("createService.service.id")
}

/// Sets the hours of the company, or of somebody.
pub async fn open(admin: &Person, staff: Option<&Person>, hours: Value) -> Answer {
    let set = "mutation($input: SetOpeningHoursInput!) { setOpeningHours(input: $input) { openingHours { weekday from to } errors { code message path } } }";
    admin.client.run(set, json!({ "input": { "staffId": staff.map(|staff| &staff.id), "hours": hours } })).await
}

/// Puts the company into a zone.
pub async fn zone(admin: &Person, zone: &str) {
    let set = "mutation($zone: String!) { updateCompanyProfile(input: { timeZone: $zone }) { errors { message } } }";
    admin.client.run(set, json!({ "zone": zone })).await.ok();
}

/// Today, as the server's clock has it, and so many days later.
pub async fn day(admin: &Person, later: u64) -> NaiveDate {
    let seen = admin.client.run("{ auditLogs(first: 1) { nodes { at } } }", Value::Null).await.ok();
    let now = DateTime::parse_from_rfc3339(&seen.string("auditLogs.nodes.0.at")).expect("an instant");
    now.date_naive() + Days::new(later)
}

/// The times of a service on a day.
pub async fn slots(web: &Client, service: &str, from: NaiveDate, to: NaiveDate) -> Vec<Value> {
    let ask = "query Slots($id: ID!, $from: Date!, $to: Date!) { availableSlots(serviceId: $id, from: $from, to: $to,
        timeZone: \"Asia/Kathmandu\") { startsAt endsAt date time offset visitorDate visitorTime } }";
    let found = web.run(ask, json!({ "id": service, "from": from.to_string(), "to": to.to_string() })).await.ok();
    found.list("availableSlots").to_vec()
}

/// What the clock says at the beginning of each.
pub fn clocks(slots: &[Value]) -> Vec<&str> {
    slots.iter().map(|slot| slot["time"].as_str().expect("a time")).collect()
}

/// Tries to book.
pub async fn book(web: &Client, service: &str, at: &Value, name: &str, more: Value) -> Answer {
    let email = format!("{}@visitors.example", name.to_lowercase());
    let mut input = json!({ "serviceId": service, "startsAt": at, "name": name, "email": email });
    input.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
    web.run(BOOK, json!({ "input": input })).await
}

/// What of a payload can be corrected: where, and how it goes on.
#[track_caller]
fn wrong(answer: &Answer, mutation: &str) -> (String, String) {
    let found = answer.user_errors(mutation);
    assert_eq!(found.len(), 1, "{answer}");
    (found[0].path.clone(), found[0].message.clone())
}

async fn all(who: &Person, filter: Value) -> Vec<Value> {
    who.client.run(ALL, json!({ "filter": filter })).await.ok().list("consultations.nodes").to_vec()
}

both! {
    /// Fifty try for one time of two people at once: two get it, one with each, and all others are told that it is taken.
    async fn one_time_is_given_once_to_each(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        open(&admin, None, daily("09:00", "17:00")).await;
        let advice = service(&admin, json!({ "name": "Advice", "bufferBeforeMinutes": 15, "staffIds": [admin.id, bea.id] })).await;
        let date = day(&admin, 3).await;
        let free = slots(&desk.web, &advice, date, date).await;
        let at = free[2]["startsAt"].clone();
        let names: Vec<_> = (0..50).map(|n| format!("Visitor{n}")).collect();
        let tries = join_all(names.iter().map(|name| book(&desk.web, &advice, &at, name, json!({})))).await;
        let (booked, refused): (Vec<_>, Vec<_>) =
            tries.iter().partition(|answer| !answer.data("bookConsultation.receipt").is_null());
        assert_eq!((booked.len(), refused.len()), (2, 48));
        for answer in refused {
            assert_eq!(wrong(answer, "bookConsultation"), ("input.startsAt".into(), "is taken".into()));
        }
        let kept = all(&admin, json!({})).await;
        let mut holders: Vec<_> = kept.iter().map(|one| one["assignee"]["id"].as_str().expect("somebody").to_owned()).collect();
        holders.sort();
        let mut both = vec![admin.id.clone(), bea.id.clone()];
        both.sort();
        assert_eq!(holders, both);
        // What is kept free before a booking is kept free, too; and of what was refused nothing is left.
        let later = slots(&desk.web, &advice, date, date).await;
        assert!(!later.iter().any(|slot| slot["startsAt"] == at || slot["startsAt"] == free[3]["startsAt"]), "{later:?}");
        let counted = "{ visitors { totalCount } auditLogs(filter: { eventType: { eq: \"consultation.booked\" } }) { totalCount } }";
        let counted = admin.client.run(counted, Value::Null).await.ok();
        assert_eq!(counted.data(""), &json!({ "visitors": { "totalCount": 2 }, "auditLogs": { "totalCount": 2 } }));
    }

    /// Two who move into one time at once do not both get there.
    async fn two_do_not_move_to_one_time(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        open(&admin, None, daily("09:00", "17:00")).await;
        let advice = service(&admin, json!({ "name": "Advice" })).await;
        let date = day(&admin, 3).await;
        let free = slots(&desk.web, &advice, date, date).await;
        let mut tokens = Vec::new();
        for (n, slot) in free.iter().take(6).enumerate() {
            let booked = book(&desk.web, &advice, &slot["startsAt"], &format!("Visitor{n}"), json!({})).await;
            tokens.push(booked.string("bookConsultation.receipt.token"));
        }
        let to = &free[7]["startsAt"];
        let moves = join_all(tokens.iter().map(|token| desk.web.run(MOVE, json!({ "token": token, "at": to })))).await;
        let moved = moves.iter().filter(|answer| !answer.data("rescheduleConsultationByToken.receipt").is_null()).count();
        assert_eq!(moved, 1, "{moves:?}");
        let there = all(&admin, json!({ "startsAt": { "gte": to, "lte": to } })).await;
        assert_eq!(there.len(), 1);
        assert_eq!(slots(&desk.web, &advice, date, date).await.len(), 8 - 6, "who did not get there kept what they had");
    }

    /// What is past, closed, between the times, taken, too far, in a zone that is none, or nobody's: refused by name (B65).
    async fn what_cannot_be_booked_is_refused_by_name(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        open(&admin, None, daily("09:00", "12:00")).await;
        let input = json!({ "name": "Advice", "staffIds": [admin.id], "noticeMinutes": 60, "daysAhead": 30 });
        let advice = service(&admin, input).await;
        let date = day(&admin, 3).await;
        let at = |clock: &str| json!(format!("{date}T{clock}:00Z"));
        book(&desk.web, &advice, &at("09:00"), "Ann", json!({})).await.string("bookConsultation.receipt.token");
        let (soon, far) = (day(&admin, 0).await, day(&admin, 40).await);
        for (when, why) in [
            (json!("2020-01-06T09:00:00Z"), "is past"),
            (json!("0001-01-01T00:00:00Z"), "is past"),
            (json!(format!("{soon}T00:00:00Z")), "is past"),
            (at("09:00"), "is taken"),
            (at("08:00"), "is outside of the opening hours"),
            (at("11:30"), "is outside of the opening hours"),
            (at("09:30"), "is between the times at which it can begin"),
            (json!(format!("{far}T09:00:00Z")), "is too far ahead"),
            (json!("9999-12-31T09:00:00Z"), "is too far ahead"),
        ] {
            let refused = book(&desk.web, &advice, &when, "Ben", json!({})).await;
            assert_eq!(wrong(&refused, "bookConsultation"), ("input.startsAt".into(), why.into()), "{when}");
        }
        for (field, bad) in [
            ("timeZone", json!("Mars/Olympus")),
            ("timeZone", json!("GMT+2")),
            ("timeZone", json!("Eastern Standard Time")),
            ("phone", json!("abc")),
            ("phone", json!("030 12345678")),
            ("staffId", json!(bea.id)),
            ("serviceId", json!("svc_0190a5f0000070008000000000000000")),
            ("notes", json!("x".repeat(2001))),
            ("name", json!(" ")),
            ("email", json!("ben")),
        ] {
            let refused = book(&desk.web, &advice, &at("10:00"), "Ben", json!({ field: bad })).await;
            assert_eq!(wrong(&refused, "bookConsultation").0, format!("input.{field}"), "{bad}");
        }
        // Nothing of all that was written; and the right one is kept in its one form.
        assert_eq!(all(&admin, json!({})).await.len(), 1);
        let more = json!({ "timeZone": "america/NEW_york", "phone": "+49 (0)30 12345678", "notes": "Masts" });
        book(&desk.web, &advice, &at("10:00"), "Ben", more).await.string("bookConsultation.receipt.token");
        let kept = all(&admin, json!({ "text": "masts" })).await;
        assert_eq!((&kept[0]["phone"], &kept[0]["visitorTime"]), (&json!("+493012345678"), &kept[0]["visitorTime"]));
        assert_eq!(kept[0]["visitorDate"], json!(date.to_string()));
        for (ask, field) in [
            (json!({ "from": "2026-02-30", "to": "2026-03-01" }), "from"),
            (json!({ "from": "2026-03-02", "to": "2026-03-01" }), "to"),
            (json!({ "from": "2026-03-01", "to": "2026-04-01" }), "to"),
        ] {
            let query = "query($id: ID!, $from: Date!, $to: Date!) { availableSlots(serviceId: $id, from: $from, to: $to) { time } }";
            let mut variables = ask.clone();
            variables["id"] = json!(advice);
            let refused = desk.web.run(query, variables).await;
            assert_eq!(refused.errors()[0]["extensions"]["fields"], json!([field]), "{ask}: {refused}");
        }
    }

    /// Nobody is named for a service who would not see what they are to hold; who was named before stays.
    async fn who_holds_a_service_sees_consultations(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Writers", &["VIEW_MESSAGES", "SEE_ASSIGNED"]).await;
        let holders = make_role(&admin, "Holders", &["VIEW_CONSULTATIONS", "SEE_ASSIGNED"]).await;
        let dan = colleague(&desk, &admin, "dan", &role, json!({})).await;
        let eva = colleague(&desk, &admin, "eva", &holders, json!({})).await;
        let make = "mutation($staff: [ID!]) { createService(input: { name: \"Advice\", staffIds: $staff }) { service { id } errors { code message path } } }";
        let refused = admin.client.run(make, json!({ "staff": [eva.id, dan.id] })).await;
        assert_eq!(wrong(&refused, "createService").0, "input.staffIds");
        let advice = admin.client.run(make, json!({ "staff": [eva.id] })).await.ok().string("createService.service.id");
        let change = "mutation($id: ID!, $staff: [ID!]!) { updateService(input: { serviceId: $id, staffIds: $staff }) { service { staff { id } } errors { code message path } } }";
        let refused = admin.client.run(change, json!({ "id": advice, "staff": [eva.id, dan.id] })).await;
        assert_eq!(wrong(&refused, "updateService").0, "input.staffIds");
        let moved = "mutation($id: ID!, $role: ID!) { updateStaff(input: { staffId: $id, roleId: $role }) { errors { message } } }";
        admin.client.run(moved, json!({ "id": eva.id, "role": role })).await.ok();
        let both = admin.client.run(change, json!({ "id": advice, "staff": [eva.id, admin.id] })).await.ok();
        assert_eq!(both.list("updateService.service.staff").len(), 2);
    }

    /// Staff see the bookings that are their work, find them by their words, hand them on, and note how they ended; what
    /// ended does not come back.
    async fn staff_keep_what_was_booked(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let cleo = desk.colleague("cleo@example.com", "Cleo", "VIEWER").await;
        let ana = desk.colleague("ana@example.com", "Ana", "ANALYST").await;
        open(&admin, None, daily("09:00", "17:00")).await;
        let advice = service(&admin, json!({ "name": "Advice", "staffIds": [bea.id] })).await;
        let tour = service(&admin, json!({ "name": "Tour", "staffIds": [admin.id] })).await;
        let date = day(&admin, 3).await;
        let free = slots(&desk.web, &advice, date, date).await;
        let (nine, ten, eleven) = (&free[0]["startsAt"], &free[1]["startsAt"], &free[2]["startsAt"]);
        let booked = async |service: &str, at: &Value, name: &str| {
            let answer = book(&desk.web, service, at, name, json!({ "notes": format!("{name} wants sails") })).await;
            answer.string("bookConsultation.receipt.consultationId")
        };
        let (ann, ben, carl) = (booked(&advice, nine, "Ann").await, booked(&tour, nine, "Ben").await, booked(&tour, ten, "Carl").await);
        assert_eq!(all(&bea, json!({})).await.len(), 3, "STAFF see everybody's work");
        let forbidden = ana.client.run(ALL, Value::Null).await;
        assert_eq!(forbidden.error_code(), "FORBIDDEN");
        let found = async |filter: Value| all(&admin, filter).await.into_iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
        assert_eq!(found(json!({ "text": "carl SAILS" })).await, [json!(carl)]);
        assert_eq!(found(json!({ "serviceId": { "eq": tour }, "startsAt": { "lt": ten } })).await, [json!(ben)]);
        assert_eq!(found(json!({ "assigneeId": { "eq": bea.id } })).await, [json!(ann)]);

        let act = async |who: &Person, what: &str, input: Value| {
            let ty = match what {
                "assignConsultation" => "AssignConsultationInput",
                "rescheduleConsultation" => "RescheduleConsultationInput",
                _ => "ConsultationInput",
            };
            let document = format!("mutation($input: {ty}!) {{ {what}(input: $input) {{ consultation {{ status startsAt assignee {{ id }} }} \
                errors {{ code message path }} }} }}");
            who.client.run(&document, json!({ "input": input })).await
        };
        let forbidden = act(&cleo, "cancelConsultation", json!({ "consultationId": ann })).await;
        assert_eq!(forbidden.error_code(), "FORBIDDEN");
        // Bea has Ann at nine and cannot have Ben then, but Carl at ten.
        let both = act(&admin, "assignConsultation", json!({ "consultationId": ben, "assigneeId": bea.id })).await;
        assert_eq!(wrong(&both, "assignConsultation").0, "input.assigneeId");
        let given = act(&admin, "assignConsultation", json!({ "consultationId": carl, "assigneeId": bea.id })).await.ok();
        assert_eq!(given.string("assignConsultation.consultation.assignee.id"), bea.id);
        let taken = act(&bea, "rescheduleConsultation", json!({ "consultationId": ann, "startsAt": ten })).await;
        assert_eq!(wrong(&taken, "rescheduleConsultation"), ("input.startsAt".into(), "is taken".into()));
        let moved = act(&bea, "rescheduleConsultation", json!({ "consultationId": ann, "startsAt": eleven })).await.ok();
        assert_eq!(moved.data("rescheduleConsultation.consultation.startsAt"), eleven);
        let own = make_role(&admin, "Own", &["VIEW_CONSULTATIONS", "MANAGE_CONSULTATIONS", "SEE_ASSIGNED"]).await;
        let dee = colleague(&desk, &admin, "dee", &own, json!({})).await;
        for holder in [&dee, &admin] {
            act(&admin, "assignConsultation", json!({ "consultationId": ben, "assigneeId": holder.id })).await.ok();
        }
        for what in ["completeConsultation", "markNoShow"] {
            let early = act(&bea, what, json!({ "consultationId": ann })).await;
            assert_eq!(wrong(&early, what), ("input.consultationId".into(), "the consultation has not begun".into()));
        }
        desk.sql().await.run("UPDATE consultations SET starts_at = created_at").await;
        let blind = make_role(&admin, "Blind", &["VIEW_MESSAGES", "SEE_ALL"]).await;
        let eve = colleague(&desk, &admin, "eve", &blind, json!({})).await;
        let unseen = act(&admin, "assignConsultation", json!({ "consultationId": ben, "assigneeId": eve.id })).await;
        assert_eq!(wrong(&unseen, "assignConsultation"), ("input.assigneeId".into(), "may not see it".into()));
        for (what, one, status) in
            [("completeConsultation", &ann, "COMPLETED"), ("markNoShow", &ben, "NO_SHOW"), ("cancelConsultation", &carl, "CANCELLED")]
        {
            let done = act(&bea, what, json!({ "consultationId": one })).await.ok();
            assert_eq!(done.string(&format!("{what}.consultation.status")), status);
            for other in ["completeConsultation", "markNoShow", "cancelConsultation"].iter().filter(|other| **other != what) {
                let refused = act(&bea, other, json!({ "consultationId": one })).await;
                assert_eq!(wrong(&refused, other).0, "input.consultationId", "{what} {other}");
            }
            let refused = act(&bea, "rescheduleConsultation", json!({ "consultationId": one, "startsAt": free[6]["startsAt"] })).await;
            assert_eq!(wrong(&refused, "rescheduleConsultation").0, "input.consultationId");
        }
        // Whoever follows it hears all of that, also from the beginning; whoever sees one no more hears that it left.
        let heard = async |who: &Person, count: usize| {
            let mut live = Socket::connect(desk.server.base(), Some(&who.access)).await;
            let follow = "subscription { consultationEvents(after: \"0\") { change consultationId consultation { id } } }";
            live.subscribe("all", follow, Value::Null).await;
            let mut events = Vec::new();
            for _ in 0..count {
                let event = live.next(SOON).await.data("consultationEvents").clone();
                events.push((event["change"].as_str().expect("a change").to_owned(), event["consultationId"].clone(), event["consultation"].clone()));
            }
            events
        };
        let all = heard(&admin, 10).await;
        let told: Vec<_> = all.iter().map(|(change, id, _)| (change.as_str(), id.as_str().expect("an id"))).collect();
        let expected = [
            ("BOOKED", &ann), ("BOOKED", &ben), ("BOOKED", &carl), ("ASSIGNED", &carl), ("RESCHEDULED", &ann), ("ASSIGNED", &ben),
            ("ASSIGNED", &ben), ("COMPLETED", &ann), ("NO_SHOW", &ben), ("CANCELLED", &carl),
        ];
        assert_eq!(told, expected.map(|(change, id)| (change, id.as_str())));
        assert_eq!(heard(&dee, 1).await, [("LEFT".to_owned(), json!(ben), Value::Null)]);
        let of = "query($id: ID!) { visitors(filter: { email: { eq: \"ann@visitors.example\" } }) { nodes { consultations { totalCount nodes { id } } } }
            node(id: $id) { ... on Consultation { viewerCan { assign update } } } }";
        let of = admin.client.run(of, json!({ "id": ann })).await.ok();
        assert_eq!(of.data("visitors.nodes.0.consultations"), &json!({ "totalCount": 1, "nodes": [{ "id": ann }] }));
        assert_eq!(of.data("node.viewerCan"), &json!({ "assign": true, "update": false }));
    }

    /// When a colleague leaves, what they were to hold goes to who takes over where they are free, else to nobody; and they
    /// hold no service any more.
    async fn who_leaves_leaves_no_booking_behind(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        open(&admin, None, daily("09:00", "17:00")).await;
        let advice = service(&admin, json!({ "name": "Advice", "staffIds": [bea.id] })).await;
        let tour = service(&admin, json!({ "name": "Tour", "staffIds": [admin.id] })).await;
        let date = day(&admin, 3).await;
        let free = slots(&desk.web, &advice, date, date).await;
        for (service, at, name) in [(&advice, 0, "Ann"), (&advice, 1, "Ben"), (&tour, 1, "Carl")] {
            book(&desk.web, service, &free[at]["startsAt"], name, json!({})).await.string("bookConsultation.receipt.token");
        }
        let leave = "mutation($who: ID!, $to: ID!) { deactivateStaff(input: { staffId: $who, handOverTo: $to }) { errors { message } } }";
        admin.client.run(leave, json!({ "who": bea.id, "to": admin.id })).await.ok();
        let kept = all(&admin, json!({})).await;
        let holder = |name: &str| kept.iter().find(|one| one["name"] == name).map(|one| one["assignee"]["id"].clone());
        assert_eq!(holder("Ann"), Some(json!(admin.id)));
        assert_eq!(holder("Ben"), Some(Value::Null), "who takes over has Carl at that time");
        assert!(slots(&desk.web, &advice, date, date).await.is_empty(), "nobody holds it");
    }

    /// A program fills what people do not see, and gets what looks like a booking; whoever books again and again is stopped.
    async fn programs_and_many_tries_are_kept_out(backend) {
        let desk = Desk::limited(backend, Options::new()).await;
        let admin = desk.admin().await;
        open(&admin, None, daily("00:00", "24:00")).await;
        let advice = service(&admin, json!({ "name": "Advice" })).await;
        let date = day(&admin, 3).await;
        let free = slots(&desk.web, &advice, date, date).await;
        let fake = book(&desk.web, &advice, &free[0]["startsAt"], "Bot", json!({ "website": "https://spam.example" })).await;
        let real = book(&desk.web, &advice, &free[0]["startsAt"], "Ann", json!({})).await;
        let shape = |answer: &Answer| (answer.string("bookConsultation.receipt.token").len(), answer.string("bookConsultation.visitorToken").len());
        assert_eq!(shape(&fake), shape(&real));
        for field in ["serviceName", "status", "startsAt", "endsAt", "bookingDate", "bookingTime", "timeZone"] {
            let field = format!("bookConsultation.receipt.{field}");
            assert_eq!(fake.data(&field), real.data(&field), "{field}");
        }
        let token = fake.string("bookConsultation.receipt.token");
        let moved = desk.web.run(MOVE, json!({ "token": token, "at": free[1]["startsAt"] })).await;
        assert_eq!(moved.user_errors("rescheduleConsultationByToken")[0].code, "INVALID_TOKEN");
        for (n, slot) in free.iter().enumerate().take(10).skip(2) {
            book(&desk.web, &advice, &slot["startsAt"], &format!("Visitor{n}"), json!({})).await.string("bookConsultation.receipt.token");
        }
        let input = json!({ "serviceId": advice, "startsAt": free[12]["startsAt"], "name": "Ann", "email": "ann@example.com" });
        let stopped = desk.web.run(BOOK, json!({ "input": input })).await;
        assert_eq!(stopped.error_code(), "RATE_LIMITED");
        assert_eq!(all(&admin, json!({})).await.len(), 9);
    }
}
