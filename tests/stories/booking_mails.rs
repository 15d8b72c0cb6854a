//! What visitors hear of their bookings, and what their calendars make of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::bookings::{CANCEL, MOVE, book, daily, day, open, service, slots, zone};
use super::desk::{Desk, SOON};
use crate::support::{Mail, Options, Smtp, both, until};

/// What a calendar program reads in a mail: of the file and of its one event, by the names of their properties.
fn calendar(mail: &Mail) -> BTreeMap<String, String> {
    let parts = mail.content.leaves();
    let part = parts.iter().find(|part| part.kind() == "text/calendar").expect("an invitation");
    let kind = part.header("content-type").expect("a type");
    let text = part.decoded();
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    let read: Vec<_> = ical::IcalParser::new(text.as_bytes()).collect();
    let [Ok(file)] = &read[..] else { panic!("one file: {read:?}\n{text}") };
    let [event] = &file.events[..] else { panic!("one event: {text}") };
    let mut found = BTreeMap::new();
    for property in file.properties.iter().chain(&event.properties) {
        let value = property.value.clone().unwrap_or_default();
        assert_eq!(found.insert(property.name.clone(), value), None, "{} twice: {text}", property.name);
    }
    assert!(kind.contains(&format!("method={}", found["METHOD"])), "{kind}");
    let kept: Vec<_> = parts
        .iter()
        .filter(|part| part.header("content-disposition").is_some_and(|how| how.contains("consultation.ics")))
        .map(|part| (part.header("content-type"), part.decoded()))
        .collect();
    assert_eq!(kept, [(Some(kind), text)], "the same as a file");
    found
}

/// The token of the link in a mail.
fn token(mail: &Mail) -> String {
    let text = mail.text();
    let (_, rest) = text.split_once("/consultation?tenant=main#token=").unwrap_or_else(|| panic!("a link: {text}"));
    rest.split_whitespace().next().expect("a token").to_owned()
}

both! {
    /// A visitor books, follows the link in the mail to move it, follows it again, and cancels: one booking all the while, whose
    /// calendar entry changes under one id with a number that rises, and is taken out in the end. What the visitor typed is in
    /// no mail (B64).
    async fn a_visitor_books_moves_and_cancels_by_the_link_in_the_mail(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp).env("FRONTDESK_MAIL_FROM", "Desk <desk@acme.example>")).await;
        let admin = desk.admin().await;
        zone(&admin, "Europe/Berlin").await;
        open(&admin, None, daily("09:00", "17:00")).await;
        let advice = service(&admin, json!({ "name": "Masts, sails; & more", "staffIds": [admin.id] })).await;
        let date = day(&admin, 10).await;
        let free = slots(&desk.web, &advice, date, date).await;
        let more = json!({ "notes": "Click here", "company": "Spam Ltd", "timeZone": "America/New_York" });
        let booked = book(&desk.web, &advice, &free[0]["startsAt"], "Zoe", more).await;
        let id = booked.string("bookConsultation.receipt.consultationId");

        let first = smtp.next_mail(SOON).await;
        assert_eq!(first.to, ["zoe@visitors.example"]);
        assert_eq!(first.header("Auto-Submitted"), Some("auto-generated".into()));
        for said in ["Masts, sails; & more", "09:00 (Europe/Berlin)", "03:00 (America/New_York)"] {
            assert!(first.text().contains(said), "{said}: {}", first.text());
        }
        assert!(!first.raw.contains("Zoe") && !first.text().contains("Click") && !first.raw.contains("Spam"), "{}", first.raw);
        let token = token(&first);
        assert_eq!(token, booked.string("bookConsultation.receipt.token"));
        let entry = calendar(&first);
        let utc = |at: &Value| at.as_str().expect("an instant").replace("+00:00", "Z").replace(['-', ':'], "");
        assert_eq!((entry["METHOD"].as_str(), entry["SEQUENCE"].as_str(), entry["STATUS"].as_str()), ("REQUEST", "0", "CONFIRMED"));
        assert_eq!((&entry["DTSTART"], &entry["DTEND"]), (&utc(&free[0]["startsAt"]), &utc(&free[0]["endsAt"])));
        assert_eq!((&entry["UID"], &entry["ATTENDEE"]), (&format!("{id}@acme.example"), &"mailto:zoe@visitors.example".to_owned()));
        assert_eq!(entry["ORGANIZER"], "mailto:desk@acme.example");
        assert!(entry["DTSTAMP"].ends_with('Z') && entry["VERSION"] == "2.0" && entry.contains_key("PRODID"));

        let shown = "query Own($token: String!) { consultationByToken(token: $token) { consultationId status startsAt bookingTime } }";
        let own = desk.web.run(shown, json!({ "token": token })).await.ok();
        assert_eq!(own.data("consultationByToken.bookingTime"), "09:00");
        // The link is used, and used again.
        for (n, sequence) in [(3, "1"), (5, "2")] {
            let moved = desk.web.run(MOVE, json!({ "token": token, "at": free[n]["startsAt"] })).await.ok();
            assert_eq!(moved.data("rescheduleConsultationByToken.receipt.consultationId"), &json!(id));
            let mail = smtp.next_mail(SOON).await;
            let entry = calendar(&mail);
            assert_eq!((&entry["UID"], entry["SEQUENCE"].as_str()), (&format!("{id}@acme.example"), sequence));
            assert_eq!((entry["METHOD"].as_str(), &entry["DTSTART"]), ("REQUEST", &utc(&free[n]["startsAt"])));
            assert_eq!(self::token(&mail), token, "the link stays");
        }
        // To where it is already: nothing happens.
        desk.web.run(MOVE, json!({ "token": token, "at": free[5]["startsAt"] })).await.ok();
        let active = "{ consultations(filter: { status: { eq: SCHEDULED } }) { nodes { id } } }";
        assert_eq!(admin.client.run(active, Value::Null).await.ok().data("consultations.nodes"), &json!([{ "id": id }]));
        assert_eq!(slots(&desk.web, &advice, date, date).await.len(), 7, "what it took before is free again");

        for _ in 0..2 {
            let cancelled = desk.web.run(CANCEL, json!({ "token": token })).await.ok();
            assert_eq!(cancelled.data("cancelConsultationByToken.receipt.status"), "CANCELLED");
        }
        let last = smtp.next_mail(SOON).await;
        let entry = calendar(&last);
        assert_eq!((entry["METHOD"].as_str(), entry["SEQUENCE"].as_str(), entry["STATUS"].as_str()), ("CANCEL", "3", "CANCELLED"));
        assert_eq!(entry["UID"], format!("{id}@acme.example"));
        assert_eq!(slots(&desk.web, &advice, date, date).await.len(), 8);
        let again = desk.web.run(MOVE, json!({ "token": token, "at": free[6]["startsAt"] })).await;
        assert_eq!(again.user_errors("rescheduleConsultationByToken")[0].path, "input.token");
        for wrong in ["", "fdb_nothing", &token[..token.len() - 2], &token.to_uppercase(), &format!("{token}A"), &"x".repeat(100_000)] {
            let refused = desk.web.run(CANCEL, json!({ "token": wrong })).await;
            assert_eq!(refused.user_errors("cancelConsultationByToken")[0].code, "INVALID_TOKEN");
            assert!(desk.web.run(shown, json!({ "token": wrong })).await.ok().data("consultationByToken").is_null());
        }
        assert_eq!(smtp.mails().len(), 4, "nothing was told that did not happen");
        let trail = "{ auditLogs(filter: { resourceType: { eq: \"Consultation\" } }) { nodes { eventType actorKind } } }";
        let trail = admin.client.run(trail, Value::Null).await.ok();
        let told: Vec<_> = trail.list("auditLogs.nodes").iter().map(|row| row["eventType"].as_str().expect("a name")).collect();
        let expected = ["consultation.cancelled", "consultation.rescheduled", "consultation.rescheduled", "consultation.booked"];
        assert_eq!(told, expected);
        assert!(!trail.text.contains("Zoe") && !trail.text.contains("Click"));
    }

    /// A booking is cancelled while its confirmation waits for the mail server: the confirmation arrives first, and what the mailbox
    /// knows of last is that it is cancelled.
    async fn a_cancellation_does_not_overtake_the_confirmation(backend) {
        let smtp = Smtp::start().await;
        smtp.refuse_next(2, 451);
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
        let admin = desk.admin().await;
        open(&admin, None, daily("09:00", "17:00")).await;
        let advice = service(&admin, json!({ "name": "Advice", "staffIds": [admin.id] })).await;
        let date = day(&admin, 10).await;
        let free = slots(&desk.web, &advice, date, date).await;
        let token = book(&desk.web, &advice, &free[0]["startsAt"], "Zoe", json!({})).await.string("bookConsultation.receipt.token");
        smtp.attempted(2, SOON).await;
        // The next try is four seconds away.
        desk.web.run(CANCEL, json!({ "token": token })).await.ok();
        for (method, sequence) in [("REQUEST", "0"), ("CANCEL", "1")] {
            let entry = calendar(&smtp.next_mail(SOON).await);
            assert_eq!((entry["METHOD"].as_str(), entry["SEQUENCE"].as_str()), (method, sequence));
        }
        assert_eq!(smtp.attempts(), 4, "who waits does not try");
    }

    /// A visitor is reminded once, of the time that it has by then; not of what was cancelled, and not at all where the company
    /// wants it so.
    async fn visitors_are_reminded_of_what_is_still_to_come(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
        let admin = desk.admin().await;
        open(&admin, None, daily("09:00", "17:00")).await;
        let advice = service(&admin, json!({ "name": "Advice", "staffIds": [admin.id] })).await;
        let date = day(&admin, 10).await;
        let free = slots(&desk.web, &advice, date, date).await;
        let sql = desk.sql().await;
        let waiting = "SELECT count(*) FROM jobs WHERE kind = 'inbox.remind_of_consultation'";
        let remind = "mutation($n: JSON!) { setSetting(input: { key: \"consultations.reminder_minutes\", value: $n }) { errors { message } } }";
        let mut tokens = Vec::new();
        for (n, name) in ["Ann", "Ben", "Carl"].iter().enumerate() {
            tokens.push(book(&desk.web, &advice, &free[n]["startsAt"], name, json!({})).await.string("bookConsultation.receipt.token"));
        }
        assert_eq!(sql.number(waiting).await, 3);
        desk.web.run(MOVE, json!({ "token": tokens[1], "at": free[6]["startsAt"] })).await.ok();
        desk.web.run(CANCEL, json!({ "token": tokens[2] })).await.ok();
        smtp.texts(5, SOON).await;
        // Not yet: they are for the day before.
        assert_eq!(sql.number(waiting).await, 4);
        sql.run("UPDATE jobs SET run_at = created_at WHERE kind = 'inbox.remind_of_consultation'").await;
        // Somebody else's mail wakes who does the work. Of Dan nobody is reminded.
        admin.client.run(remind, json!({ "n": 0 })).await.ok();
        book(&desk.web, &advice, &free[3]["startsAt"], "Dan", json!({})).await.string("bookConsultation.receipt.token");
        until("all reminders are done", SOON, async || (sql.number(waiting).await == 0).then_some(())).await;
        let soon = || smtp.mails().into_iter().filter(|mail| mail.subject().starts_with("Soon:")).collect::<Vec<_>>();
        let mut reminders = until("both are reminded", SOON, async || Some(soon()).filter(|soon| soon.len() >= 2)).await;
        reminders.sort_by(|a, b| a.to.cmp(&b.to));
        let told: Vec<_> = reminders.iter().map(|mail| (mail.to[0].as_str(), calendar(mail)["SEQUENCE"].clone())).collect();
        assert_eq!(told, [("ann@visitors.example", "0".to_owned()), ("ben@visitors.example", "1".to_owned())]);
        assert!(reminders[1].text().contains("15:00"), "{}", reminders[1].text());
        // What is told twice on a slow machine is the same mail; there are eight.
        let all = || smtp.mails().iter().map(|mail| (mail.to.clone(), mail.subject())).collect::<BTreeSet<_>>();
        until("all have come", SOON, async || (all().len() >= 8).then_some(())).await;
        assert_eq!(all().len(), 8, "{:?}", all());
    }

    /// Who moves away and back is reminded once; of another colleague at the same time the visitor is told nothing, for whom
    /// nothing was moved.
    async fn one_visit_is_one_reminder(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        open(&admin, None, daily("09:00", "17:00")).await;
        let advice = service(&admin, json!({ "name": "Advice", "staffIds": [admin.id, bea.id] })).await;
        let date = day(&admin, 10).await;
        let free = slots(&desk.web, &advice, date, date).await;
        let booked = book(&desk.web, &advice, &free[0]["startsAt"], "Ann", json!({ "staffId": admin.id })).await;
        let (id, token) = (booked.string("bookConsultation.receipt.consultationId"), booked.string("bookConsultation.receipt.token"));
        for n in [4, 0] {
            desk.web.run(MOVE, json!({ "token": token, "at": free[n]["startsAt"] })).await.ok();
        }
        let hand = "mutation($id: ID!, $at: DateTime!, $to: ID!) { rescheduleConsultation(input: { consultationId: $id, startsAt: $at, staffId: $to }) \
            { consultation { assignee { id } } errors { message } } }";
        let handed = admin.client.run(hand, json!({ "id": id, "at": free[0]["startsAt"], "to": bea.id })).await.ok();
        assert_eq!(handed.data("rescheduleConsultation.consultation.assignee.id"), &json!(bea.id));
        let sql = desk.sql().await;
        let jobs = async |kind: &str| sql.number(&format!("SELECT count(*) FROM jobs WHERE kind = '{kind}'")).await;
        assert_eq!(jobs("inbox.remind_of_consultation").await, 3);
        sql.run("UPDATE jobs SET run_at = created_at WHERE kind = 'inbox.remind_of_consultation'").await;
        // Somebody else's mail wakes who does the work.
        let tomorrow = "mutation { setSetting(input: { key: \"consultations.reminder_minutes\", value: 0 }) { errors { message } } }";
        admin.client.run(tomorrow, Value::Null).await.ok();
        book(&desk.web, &advice, &free[2]["startsAt"], "Dan", json!({})).await.string("bookConsultation.receipt.token");
        for kind in ["inbox.remind_of_consultation", "identity.deliver_mail"] {
            until("all is done", SOON, async || (jobs(kind).await == 0).then_some(())).await;
        }
        let mails = smtp.mails().into_iter().filter(|mail| mail.to == ["ann@visitors.example"]);
        let told: BTreeSet<_> = mails.map(|mail| (mail.header("Message-ID"), calendar(&mail)["SEQUENCE"].clone())).collect();
        let mut sequences: Vec<_> = told.iter().map(|(_, sequence)| sequence.as_str()).collect();
        sequences.sort_unstable();
        assert_eq!(sequences, ["0", "1", "2", "2"], "booked, moved, moved back, reminded once");
    }

    /// Whoever holds the link moves a consultation a few times, and no more for an hour: each time is a mail to an address that
    /// anybody may have typed. So many changes come from one place as bookings do.
    async fn a_link_sends_no_mails_without_end(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::limited(backend, Options::new().smtp(&smtp)).await;
        let admin = desk.admin().await;
        open(&admin, None, daily("00:00", "24:00")).await;
        let advice = service(&admin, json!({ "name": "Advice" })).await;
        let date = day(&admin, 3).await;
        let free = slots(&desk.web, &advice, date, date).await;
        let booked = async |n: usize| {
            book(&desk.web, &advice, &free[n]["startsAt"], "Ann", json!({})).await.string("bookConsultation.receipt.token")
        };
        let moved = async |token: &str, n: usize| desk.web.run(MOVE, json!({ "token": token, "at": free[n]["startsAt"] })).await;
        let token = booked(0).await;
        for n in 1..=5 {
            moved(&token, n).await.ok();
        }
        assert_eq!(moved(&token, 6).await.error_code(), "RATE_LIMITED");
        desk.web.run(CANCEL, json!({ "token": token })).await.ok();
        let other = booked(0).await;
        moved(&other, 1).await.ok();
        moved(&other, 2).await.ok();
        assert_eq!(moved(&other, 3).await.error_code(), "RATE_LIMITED", "ten from one place");
        assert_eq!(desk.web.run(CANCEL, json!({ "token": other })).await.error_code(), "RATE_LIMITED");
    }
}
