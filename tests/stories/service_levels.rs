//! Service levels: what is promised of tickets, when that is due, and what happens where it is not kept.

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Timelike, Utc};
use serde_json::{Value, json};

use super::bookings::{daily, day, open, zone};
use super::desk::{Desk, Person, SOON};
use super::roles::{colleague, make_role};
use super::ticket_comments::said;
use super::tickets::{change, client, id, make, refused, team};
use crate::support::{Answer, PATIENCE, Socket, both, until};

const CREATE: &str = "mutation($input: CreateServiceLevelPolicyInput!) { createServiceLevelPolicy(input: $input) { \
    serviceLevelPolicy { id name position categories priorities severities team { id } firstResponseMinutes nextResponseMinutes \
    resolutionMinutes businessHoursOnly warnPercent isActive } errors { code message path } } }";
const UPDATE: &str = "mutation($input: UpdateServiceLevelPolicyInput!) { updateServiceLevelPolicy(input: $input) { \
    serviceLevelPolicy { id priorities firstResponseMinutes resolutionMinutes isActive } errors { code message path } } }";
const SEE: &str = "query($id: ID!) { ticket(id: $id) { createdAt updatedAt serviceLevels { kind state startedAt targetMinutes dueAt \
    warnAt pausedSince metAt breachedAt policy { name } } slaTrace { kind from until counts rule } } }";
const LIST: &str = "query($filter: TicketFilter) { tickets(filter: $filter) { nodes { id } } }";
const TOLD: &str = "{ notifications(first: 50) { nodes { type level body resourceId } } }";
const FOLLOW: &str = "subscription { ticketEvents { __typename ticketId at ... on TicketDue { dueAt isOver } \
    ... on ServiceLevelWarned { kind dueAt } ... on ServiceLevelBreached { kind dueAt } } }";

#[expect(clippy::disallowed_methods, reason = "what runs out runs out by the wall's clock")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Makes a policy; returns its id.
async fn policy(admin: &Person, input: Value) -> String {
    let made = admin.client.run(CREATE, json!({ "input": input })).await.ok();
    made.string("createServiceLevelPolicy.serviceLevelPolicy.id")
}

/// A ticket and its service levels.
async fn see(who: &Person, ticket: &str) -> Value {
    who.client.run(SEE, json!({ "id": ticket })).await.ok().data("ticket").clone()
}

#[track_caller]
fn at(value: &Value) -> DateTime<Utc> {
    let text = value.as_str().unwrap_or_else(|| panic!("no instant: {value}"));
    DateTime::parse_from_rfc3339(text).expect("an instant").to_utc()
}

/// The newest service level of a kind.
#[track_caller]
fn level(seen: &Value, kind: &str) -> Value {
    let all = seen["serviceLevels"].as_array().expect("a list");
    all.iter().find(|level| level["kind"] == kind).unwrap_or_else(|| panic!("no {kind}: {seen}")).clone()
}

#[track_caller]
fn state(seen: &Value, kind: &str) -> String {
    level(seen, kind)["state"].as_str().expect("a state").to_owned()
}

async fn stand(who: &Person, ticket: &str, status: &str) {
    change(&who.client, "setTicketStatus", json!({ "ticketId": ticket, "status": status })).await.ok();
}

async fn found(who: &Person, filter: Value) -> Vec<String> {
    let found = who.client.run(LIST, json!({ "filter": filter })).await.ok();
    found.list("tickets.nodes").iter().map(|node| node["id"].as_str().expect("an id").to_owned()).collect()
}

/// What somebody was told of a thing, the newest first: the types.
async fn told(who: &Person, ticket: &str) -> Vec<String> {
    let all = who.client.run(TOLD, Value::Null).await.ok();
    let of = all.list("notifications.nodes").iter().filter(|one| one["resourceId"] == ticket);
    of.map(|one| one["type"].as_str().expect("a type").to_owned()).collect()
}

/// The next event of a type.
async fn next(live: &mut Socket, kind: &str) -> Value {
    loop {
        let event = live.next(SOON).await.data("ticketEvents").clone();
        if event["__typename"] == kind {
            return event;
        }
    }
}

async fn follow(desk: &Desk, who: &Person) -> Socket {
    let mut live = Socket::connect(desk.server.base(), Some(&who.access)).await;
    live.subscribe("live", FOLLOW, json!({})).await;
    live
}

/// When so many minutes are over, of days from 09:00 to 17:00 in Kathmandu, which is always 5:45 ahead.
fn in_kathmandu(start: DateTime<Utc>, minutes: i64, holidays: &[NaiveDate]) -> DateTime<Utc> {
    let ahead = TimeDelta::minutes(345);
    let (mut left, mut date) = (TimeDelta::minutes(minutes), (start + ahead).date_naive());
    loop {
        let hour = |hour| date.and_hms_opt(hour, 0, 0).expect("an hour").and_utc() - ahead;
        let (from, until) = (hour(9).max(start), hour(17));
        if !holidays.contains(&date) && from < until {
            if until - from >= left {
                return from + left;
            }
            left -= until - from;
        }
        date = date.succ_opt().expect("a day");
    }
}

fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}

#[track_caller]
fn wrong(answer: &Answer, mutation: &str) -> (String, String) {
    let found = answer.user_errors(mutation);
    assert_eq!(found.len(), 1, "{answer}");
    (found[0].path.clone(), found[0].code.clone())
}

both! {
    /// Policies by priority; first and next response, resolution; pauses, opening again, merging: when each is due is right after
    /// every change, and the trace says which time counted and why. Clients see nothing of it by any path.
    async fn what_is_promised_follows_the_ticket(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let cleo = client(&desk, &admin, "cleo").await;
        policy(&admin, json!({ "name": "Urgent", "position": 1, "priorities": ["URGENT"], "firstResponseMinutes": 30,
            "resolutionMinutes": 240, "businessHoursOnly": false })).await;
        policy(&admin, json!({ "name": "All", "position": 2, "firstResponseMinutes": 120, "nextResponseMinutes": 60,
            "resolutionMinutes": 1440, "businessHoursOnly": false, "warnPercent": 75 })).await;
        let ticket = id(&make(&cleo.client, json!({ "title": "Help", "description": "Please" })).await);
        let seen = see(&admin, &ticket).await;
        let made = at(&seen["createdAt"]);
        let first = level(&seen, "FIRST_RESPONSE");
        assert_eq!(at(&first["dueAt"]), made + minutes(120));
        assert_eq!(at(&first["warnAt"]), made + minutes(90));
        assert_eq!((&first["state"], &first["policy"]["name"], &first["targetMinutes"]), (&json!("RUNNING"), &json!("All"), &json!(120)));
        assert_eq!(at(&level(&seen, "RESOLUTION")["dueAt"]), made + minutes(1440));
        // Another policy is its own, and then this one again.
        for (priority, first, resolution) in [("URGENT", 30, 240), ("LOW", 120, 1440)] {
            change(&admin.client, "updateTicket", json!({ "ticketId": ticket, "priority": priority })).await.ok();
            let seen = see(&admin, &ticket).await;
            assert_eq!(at(&level(&seen, "FIRST_RESPONSE")["dueAt"]), made + minutes(first), "{priority}");
            assert_eq!(at(&level(&seen, "RESOLUTION")["dueAt"]), made + minutes(resolution), "{priority}");
        }
        // It stands still while it waits for the client.
        stand(&admin, &ticket, "PENDING").await;
        let seen = see(&admin, &ticket).await;
        let began = at(&seen["updatedAt"]);
        for kind in ["FIRST_RESPONSE", "RESOLUTION"] {
            let level = level(&seen, kind);
            assert_eq!((&level["state"], &level["dueAt"]), (&json!("PAUSED"), &Value::Null));
            assert_eq!(at(&level["pausedSince"]), began);
        }
        stand(&admin, &ticket, "OPEN").await;
        let seen = see(&admin, &ticket).await;
        let mut paused = at(&seen["updatedAt"]) - began;
        assert_eq!(at(&level(&seen, "FIRST_RESPONSE")["dueAt"]), made + minutes(120) + paused);

        // Among colleagues nobody is answered; in public they are.
        said(&admin, &ticket, "Who takes it?", json!({ "visibility": "INTERNAL" })).await;
        assert_eq!(state(&see(&admin, &ticket).await, "FIRST_RESPONSE"), "RUNNING");
        said(&admin, &ticket, "We look at it", json!({})).await;
        let seen = see(&admin, &ticket).await;
        assert_eq!(state(&seen, "FIRST_RESPONSE"), "MET");
        assert_eq!(seen["serviceLevels"].as_array().map(Vec::len), Some(2), "nobody waits for the next answer: {seen}");
        said(&cleo, &ticket, "And?", json!({})).await;
        said(&cleo, &ticket, "Hello?", json!({})).await;
        let next_one = level(&see(&admin, &ticket).await, "NEXT_RESPONSE");
        assert_eq!(at(&next_one["dueAt"]), at(&next_one["startedAt"]) + minutes(60));
        said(&admin, &ticket, "Tomorrow", json!({})).await;
        assert_eq!(state(&see(&admin, &ticket).await, "NEXT_RESPONSE"), "MET");

        // From hold straight to its end, and opened again: what was neither worked nor owed counts in nothing.
        stand(&admin, &ticket, "ON_HOLD").await;
        let began = at(&see(&admin, &ticket).await["updatedAt"]);
        stand(&admin, &ticket, "RESOLVED").await;
        assert_eq!(state(&see(&admin, &ticket).await, "RESOLUTION"), "MET");
        stand(&admin, &ticket, "OPEN").await;
        let seen = see(&admin, &ticket).await;
        paused += at(&seen["updatedAt"]) - began;
        let resolution = level(&seen, "RESOLUTION");
        assert_eq!((&resolution["state"], &resolution["metAt"]), (&json!("RUNNING"), &Value::Null));
        assert_eq!(at(&resolution["dueAt"]), made + minutes(1440) + paused);
        let trace: Vec<_> = seen["slaTrace"].as_array().expect("a list").iter().filter(|part| part["kind"] == "RESOLUTION").collect();
        assert_eq!(at(&trace[0]["from"]), made);
        for pair in trace.windows(2) {
            assert_eq!(pair[0]["until"], pair[1]["from"], "no time is left out: {seen}");
        }
        let of = |rule: &str| -> TimeDelta {
            let over = trace.iter().filter(|part| part["rule"] == rule && !part["until"].is_null());
            over.map(|part| at(&part["until"]) - at(&part["from"])).sum()
        };
        assert_eq!(trace.iter().position(|part| part["until"].is_null()), Some(trace.len() - 1), "the last one goes on: {seen}");
        assert!(trace.iter().all(|part| part["counts"] == json!(part["rule"] == "AROUND_THE_CLOCK")), "{seen}");
        assert_eq!(of("PENDING") + of("ON_HOLD") + of("OVER"), paused);
        assert!([of("PENDING"), of("ON_HOLD"), of("OVER"), of("AROUND_THE_CLOCK")].iter().all(|part| *part > TimeDelta::zero()), "{seen}");

        // What went into another is owed by that one, and comes back.
        let other = id(&make(&admin.client, json!({ "title": "Other", "description": "In full" })).await);
        let merge = json!({ "input": { "fromId": other, "intoId": ticket } });
        admin.client.run("mutation($input: MergeTicketsInput!) { mergeTickets(input: $input) { errors { message } } }", merge).await.ok();
        assert_eq!(see(&admin, &other).await["serviceLevels"], json!([]));
        let out = "mutation($id: ID!) { unmergeTicket(input: { ticketId: $id }) { errors { message } } }";
        admin.client.run(out, json!({ "id": other })).await.ok();
        assert_eq!(state(&see(&admin, &other).await, "RESOLUTION"), "RUNNING");

        // What is due is found; by a client nothing.
        let soon = json!({ "serviceLevelDueAt": { "lt": made + minutes(1440) + paused + minutes(10) } });
        let mut all = found(&admin, soon.clone()).await;
        all.sort();
        let mut both = vec![ticket.clone(), other.clone()];
        both.sort();
        assert_eq!(all, both);
        assert_eq!(found(&admin, json!({ "serviceLevelDueAt": { "lt": made } })).await, [""; 0]);
        assert_eq!(found(&admin, json!({ "isBreached": true })).await, [""; 0]);
        let hers = see(&cleo, &ticket).await;
        assert_eq!((&hers["serviceLevels"], &hers["slaTrace"]), (&json!([]), &json!([])));
        assert_eq!(found(&cleo, soon).await, [""; 0]);
        assert_eq!(found(&cleo, json!({ "isBreached": false })).await, [ticket]);
    }

    /// Opening hours, holidays and the company's zone: whatever of them changes, open tickets are due at other times a moment later.
    async fn when_the_company_works_says_what_is_due(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        policy(&admin, json!({ "name": "All", "resolutionMinutes": 72 * 60 })).await;
        let ticket = id(&make(&admin.client, json!({ "title": "Help", "description": "Please" })).await);
        let made = at(&see(&admin, &ticket).await["createdAt"]);
        let due = async || at(&level(&see(&admin, &ticket).await, "RESOLUTION")["dueAt"]);
        let becomes = async |what: &str, expected: DateTime<Utc>| {
            until(what, PATIENCE, async || (due().await == expected).then_some(())).await;
        };
        assert_eq!(due().await, made + minutes(72 * 60), "without opening hours it is always open");
        open(&admin, None, daily("00:00", "24:00")).await.ok();
        let tomorrow = day(&admin, 1).await;
        let holiday = "mutation($date: Date!) { createHoliday(input: { date: $date, name: \"Free\" }) { holiday { id } errors { message } } }";
        let holiday = admin.client.run(holiday, json!({ "date": tomorrow.to_string() })).await.ok().string("createHoliday.holiday.id");
        becomes("a holiday is a day later", made + minutes(96 * 60)).await;
        let keep = "mutation($id: ID!, $kept: Boolean!) { updateHoliday(input: { holidayId: $id, isActive: $kept }) { errors { message } } }";
        admin.client.run(keep, json!({ "id": holiday, "kept": false })).await.ok();
        becomes("one that is not kept is none", made + minutes(72 * 60)).await;
        open(&admin, None, daily("09:00", "17:00")).await.ok();
        zone(&admin, "Asia/Kathmandu").await;
        becomes("by the clock on the wall", in_kathmandu(made, 72 * 60, &[])).await;
        admin.client.run(keep, json!({ "id": holiday, "kept": true })).await.ok();
        becomes("without the holiday", in_kathmandu(made, 72 * 60, &[tomorrow])).await;
        // What is over keeps what it was measured by.
        let trace = async || see(&admin, &ticket).await["slaTrace"].clone();
        open(&admin, None, daily("00:00", "24:00")).await.ok();
        becomes("open all day", made + minutes(96 * 60)).await;
        stand(&admin, &ticket, "RESOLVED").await;
        let ended = trace().await;
        assert!(ended.as_array().is_some_and(|all| all.iter().all(|part| part["rule"] == "WITHIN_BUSINESS_HOURS")), "{ended}");
        let hour = (now() + TimeDelta::minutes(345 + 6 * 60)).hour();
        open(&admin, None, daily(&format!("{hour:02}:00"), &format!("{hour:02}:30"))).await.ok();
        assert_eq!(trace().await, ended);
        open(&admin, None, daily("09:00", "17:00")).await.ok();
        // A new one is due by the same at once, and every part of the time says why.
        let new = id(&make(&admin.client, json!({ "title": "New", "description": "Please" })).await);
        let seen = see(&admin, &new).await;
        assert_eq!(at(&level(&seen, "RESOLUTION")["dueAt"]), in_kathmandu(at(&seen["createdAt"]), 72 * 60, &[tomorrow]));
        let rules: Vec<_> = seen["slaTrace"].as_array().expect("a list").iter().map(|part| part["rule"].clone()).collect();
        let works = in_kathmandu(at(&seen["createdAt"]), 0, &[tomorrow]) <= at(&seen["createdAt"]);
        let rule = if works { "WITHIN_BUSINESS_HOURS" } else { "OUTSIDE_BUSINESS_HOURS" };
        assert_eq!(rules.first(), Some(&json!(rule)));
    }

    /// What is near and what is over is told once, within seconds, to those who have it or else keep service levels, also where the
    /// time came while nobody ran; clients are told nothing.
    async fn what_runs_out_is_told(backend) {
        let mut desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let cleo = client(&desk, &admin, "cleo").await;
        let mut live = follow(&desk, &admin).await;
        let due = now() + TimeDelta::seconds(3);
        let hers = json!({ "title": "Hers", "description": "In full", "assigneeId": bea.id, "requesterId": cleo.id,
            "dueAt": due.to_rfc3339_opts(SecondsFormat::Micros, true) });
        let hers = id(&make(&admin.client, hers).await);
        let event = next(&mut live, "TicketDue").await;
        assert_eq!((&event["ticketId"], &event["isOver"]), (&json!(hers), &json!(true)));
        let late = at(&event["at"]) - due;
        // Soon, also where the machine has much else to do.
        assert!(late >= TimeDelta::zero() && late < TimeDelta::seconds(20), "{late}");
        until("Bea is told", PATIENCE, async || told(&bea, &hers).await.contains(&"TICKET_DUE".to_owned()).then_some(())).await;

        // The next two come while nobody runs: one is over, one nearly.
        policy(&admin, json!({ "name": "All", "firstResponseMinutes": 60, "resolutionMinutes": 60, "businessHoursOnly": false })).await;
        let over = json!({ "title": "Over", "description": "In full", "requesterId": cleo.id });
        let over = id(&make(&admin.client, over).await);
        let near = id(&make(&admin.client, json!({ "title": "Near", "description": "In full", "assigneeId": bea.id })).await);
        desk.server.kill9().await;
        let sql = desk.sql().await;
        let ago = |minutes: i64| (now() - TimeDelta::minutes(minutes)).format("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string();
        for (ticket, kinds, minutes) in [(&over, "'first_response', 'resolution'", 61), (&near, "'resolution'", 50)] {
            let hex = ticket.trim_start_matches("tkt_");
            let row = if sql.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
            let since = ago(minutes);
            sql.run(&format!("UPDATE ticket_clocks SET started_at = '{since}', next_at = '{since}' WHERE ticket_id = {row} AND kind IN ({kinds})")).await;
        }
        desk.server.restart().await;
        let mut types = Vec::new();
        until("all is told", PATIENCE, async || {
            types = told(&admin, &over).await;
            (types.len() == 2 && told(&bea, &near).await.contains(&"SERVICE_LEVEL_WARNED".to_owned())).then_some(())
        }).await;
        assert_eq!(types, ["SERVICE_LEVEL_BREACHED"; 2]);
        let seen = see(&admin, &over).await;
        assert_eq!((state(&seen, "FIRST_RESPONSE"), state(&seen, "RESOLUTION")), ("BREACHED".into(), "BREACHED".into()));
        let seen = see(&admin, &near).await;
        assert_eq!((state(&seen, "FIRST_RESPONSE"), state(&seen, "RESOLUTION")), ("RUNNING".into(), "NEARLY_OVER".into()));
        assert_eq!(found(&admin, json!({ "isBreached": true })).await, std::slice::from_ref(&over));

        // What comes after the time stays breached; a further alarm shows that nothing was told twice.
        let mut live = follow(&desk, &admin).await;
        said(&admin, &over, "At last", json!({})).await;
        let first = level(&see(&admin, &over).await, "FIRST_RESPONSE");
        assert_eq!((&first["state"], first["metAt"].is_null()), (&json!("BREACHED"), false));
        let due = (now() + TimeDelta::seconds(2)).to_rfc3339_opts(SecondsFormat::Micros, true);
        change(&admin.client, "updateTicket", json!({ "ticketId": near, "dueAt": due })).await.ok();
        assert_eq!(next(&mut live, "TicketDue").await["ticketId"], json!(near));
        for (kind, count) in [("ticket.service_level_breached", 2), ("ticket.service_level_warned", 1), ("ticket.due", 2)] {
            assert_eq!(sql.number(&format!("SELECT count(*) FROM outbox WHERE kind = '{kind}'")).await, count, "{kind}");
        }
        for ticket in [&hers, &over] {
            let clients: Vec<_> = told(&cleo, ticket).await;
            assert!(clients.iter().all(|kind| kind == "TICKET_COMMENTED"), "{clients:?}");
        }
    }

    /// Somebody who has a ticket and sees none any more, since their role holds less, is told nothing: those are who keep service
    /// levels.
    async fn what_its_holder_does_not_see_is_told_to_others(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own", &["VIEW_TICKETS", "SEE_ASSIGNED"]).await;
        let bea = colleague(&desk, &admin, "bea", &role, json!({})).await;
        let hers = id(&make(&admin.client, json!({ "title": "Hers", "description": "In full", "assigneeId": bea.id })).await);
        let less = "mutation($id: ID!) { updateRole(input: { roleId: $id, permissions: [VIEW_MESSAGES] }) { errors { message } } }";
        admin.client.run(less, json!({ "id": role })).await.ok();
        let due = (now() + TimeDelta::seconds(1)).to_rfc3339_opts(SecondsFormat::Micros, true);
        change(&admin.client, "updateTicket", json!({ "ticketId": hers, "dueAt": due })).await.ok();
        until("the administrator is told", PATIENCE, async || told(&admin, &hers).await.contains(&"TICKET_DUE".to_owned()).then_some(())).await;
        assert!(!told(&bea, &hers).await.contains(&"TICKET_DUE".to_owned()));
    }

    /// A client of a higher tier is promised more; when they come into another tier, their open tickets follow.
    async fn a_tier_is_promised_more(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let all = json!({ "name": "All", "position": 9, "firstResponseMinutes": 600, "businessHoursOnly": false });
        policy(&admin, all).await;
        let premium = json!({ "name": "Premium", "position": 1, "tiers": ["PREMIUM", "ENTERPRISE", "PREMIUM"], "firstResponseMinutes": 30, "businessHoursOnly": false });
        policy(&admin, premium).await;
        let cleo = client(&desk, &admin, "cleo").await;
        let ticket = id(&make(&admin.client, json!({ "title": "The boiler", "description": "It is cold.", "requesterId": cleo.id })).await);
        let promised = async || {
            let seen = see(&admin, &ticket).await;
            let first = level(&seen, "FIRST_RESPONSE");
            (first["policy"]["name"].as_str().expect("a name").to_owned(), first["targetMinutes"].as_i64().expect("minutes"))
        };
        assert_eq!(promised().await, ("All".to_owned(), 600));
        let tier = "mutation($id: ID!, $tier: ClientTier) { updateClient(input: { clientId: $id, tier: $tier }) { client { tier } errors { message } } }";
        for (tier_now, expected) in [(json!("PREMIUM"), ("Premium", 30)), (json!("BASIC"), ("All", 600)), (json!("ENTERPRISE"), ("Premium", 30)), (Value::Null, ("All", 600))] {
            let set = admin.client.run(tier, json!({ "id": cleo.id, "tier": tier_now })).await.ok();
            assert_eq!(set.data("updateClient.client.tier"), &tier_now);
            until("the ticket follows", SOON, async || (promised().await == (expected.0.to_owned(), expected.1)).then_some(())).await;
        }
        // One's own tier is nobody's to choose.
        admin.client.run(tier, json!({ "id": cleo.id, "tier": "PREMIUM" })).await.ok();
        let refused = cleo.client.run(tier, json!({ "id": cleo.id, "tier": "ENTERPRISE" })).await;
        let shown = "{ viewer { user { ... on Client { tier } } } }";
        assert_eq!(cleo.client.run(shown, Value::Null).await.ok().data("viewer.user.tier"), &Value::Null, "nor to see");
        assert_eq!(refused.error_code(), "FORBIDDEN");
        // A ticket of nobody is in no tier.
        let own = id(&make(&admin.client, json!({ "title": "Ours", "description": "For us." })).await);
        assert_eq!(level(&see(&admin, &own).await, "FIRST_RESPONSE")["policy"]["name"], "All");
    }

    /// Who keeps policies makes and changes them; who sees tickets reads them; what cannot be is refused by name. One for tickets that
    /// are there already is theirs a moment later, and tells nobody what was over by then.
    async fn policies_are_kept_and_bind_open_tickets(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let cleo = client(&desk, &admin, "cleo").await;
        let boss = desk.colleague("max@example.com", "Max", "MANAGER").await;
        let old = id(&make(&admin.client, json!({ "title": "Old", "description": "In full", "category": "INCIDENT" })).await);
        desk.sql().await.run("UPDATE tickets SET created_at = '2026-01-01T00:00:00+00:00'").await;
        let squad = team(&admin, "Squad").await;
        let input = json!({ "name": " Incidents ", "position": 3, "categories": ["INCIDENT", "INCIDENT", "BUG"], "severities": [],
            "resolutionMinutes": 240, "businessHoursOnly": false });
        let made = boss.client.run(CREATE, json!({ "input": input })).await.ok();
        let one = made.string("createServiceLevelPolicy.serviceLevelPolicy.id");
        assert_eq!(made.data("createServiceLevelPolicy.serviceLevelPolicy"), &json!({ "id": one, "name": "Incidents", "position": 3,
            "categories": ["INCIDENT", "BUG"], "priorities": null, "severities": null, "team": null, "firstResponseMinutes": null,
            "nextResponseMinutes": null, "resolutionMinutes": 240, "businessHoursOnly": false, "warnPercent": 80, "isActive": true }));
        let levels = async || see(&admin, &old).await["serviceLevels"].as_array().map(Vec::len).unwrap_or_default();
        until("it binds what is there", PATIENCE, async || (levels().await == 1).then_some(())).await;
        assert_eq!(state(&see(&admin, &old).await, "RESOLUTION"), "BREACHED");
        assert_eq!(found(&admin, json!({ "isBreached": true })).await, std::slice::from_ref(&old));
        assert_eq!(desk.sql().await.number("SELECT count(*) FROM outbox WHERE kind LIKE 'ticket.service_level%'").await, 0);
        // What is in use no more promises nothing.
        let change_it = async |who: &Person, input: Value| {
            let mut all = json!({ "serviceLevelPolicyId": one });
            all.as_object_mut().expect("an object").extend(input.as_object().cloned().unwrap_or_default());
            who.client.run(UPDATE, json!({ "input": all })).await
        };
        change_it(&boss, json!({ "isActive": false })).await.ok();
        until("it promises nothing", PATIENCE, async || (levels().await == 0).then_some(())).await;
        change_it(&boss, json!({ "isActive": true, "priorities": ["HIGH"] })).await.ok();
        let back = change_it(&boss, json!({ "priorities": null, "firstResponseMinutes": 60 })).await.ok();
        assert_eq!(back.data("updateServiceLevelPolicy.serviceLevelPolicy"), &json!({ "id": one, "priorities": null,
            "firstResponseMinutes": 60, "resolutionMinutes": 240, "isActive": true }));
        until("it promises both", PATIENCE, async || (levels().await == 2).then_some(())).await;

        for (input, path, code) in [
            (json!({ "name": " " }), "name", "BLANK"),
            (json!({ "name": "iNCIDENTS" }), "name", "NOT_AVAILABLE"),
            (json!({ "resolutionMinutes": 0 }), "resolutionMinutes", "INVALID_FORMAT"),
            (json!({ "firstResponseMinutes": 527_041 }), "firstResponseMinutes", "INVALID_FORMAT"),
            (json!({ "resolutionMinutes": null }), "resolutionMinutes", "BLANK"),
            (json!({ "warnPercent": 100 }), "warnPercent", "INVALID_FORMAT"),
            (json!({ "position": -1 }), "position", "INVALID_FORMAT"),
            (json!({ "teamId": "tem_0190a5f0000070008000000000000000" }), "teamId", "NOT_AVAILABLE"),
        ] {
            let mut all = json!({ "name": "Another", "resolutionMinutes": 60, "teamId": squad });
            all.as_object_mut().expect("an object").extend(input.as_object().cloned().expect("an object"));
            let answer = admin.client.run(CREATE, json!({ "input": all })).await;
            assert_eq!(wrong(&answer, "createServiceLevelPolicy").0, format!("input.{path}"), "{input}");
            refused(&answer, "createServiceLevelPolicy", code, path);
        }
        assert_eq!(change_it(&bea, json!({ "position": 1 })).await.error_code(), "FORBIDDEN");
        policy(&admin, json!({ "name": "Squad", "position": 1, "teamId": squad, "resolutionMinutes": 60 })).await;
        let list = "{ serviceLevelPolicies { totalCount nodes { name } } }";
        let names = json!({ "totalCount": 2, "nodes": [{ "name": "Squad" }, { "name": "Incidents" }] });
        assert_eq!(bea.client.run(list, Value::Null).await.ok().data("serviceLevelPolicies"), &names);
        assert_eq!(cleo.client.run(list, Value::Null).await.error_code(), "FORBIDDEN");
        assert_eq!(desk.web.run(list, Value::Null).await.error_code(), "UNAUTHENTICATED");
        let node = cleo.client.run("query($id: ID!) { node(id: $id) { id } }", json!({ "id": one })).await.ok();
        assert_eq!(node.data("node"), &Value::Null);
    }
}
