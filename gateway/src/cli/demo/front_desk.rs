//! What the desk of Harbour & Lane works with beside its messages: tags, notes, saved replies, bookings, chats, and what
//! visitors did on its website.

use std::sync::Arc;

use analytics_sync::{NewEvent, RecordEvents};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use inbox::{
    AddInternalNote, Address, AvailableSlots, BookConsultation, ClaimChat, Company, ConsultationLetter, CreateHoliday,
    CreateSavedReply, CreateTag, EndChat, Hours, Letters, Phone, RateChat, SaveDraft, SendChatMessage, ServiceSettings,
    SetOpeningHours, StartChat, TagEntity, Weekday,
};
use kernel::{
    Actor, Cx, Db, Error, Result,
    cx::UserActor,
    id::{MessageId, ServiceId, StaffId},
};

use super::{at, by, names, web};
use crate::wiring::bridges::{InTransaction, SeenByOthers};

const BEN: usize = 1;
const CHIDI: usize = 2;
const DANA: usize = 3;
const EMRE: usize = 4;

/// The tags with their colours, and which of the newest messages have them.
const TAGS: [(&str, &str, &[usize]); 3] =
    [("Urgent", "#d64545", &[0, 4]), ("Warranty", "#3e7bfa", &[8, 14]), ("Landlord", "#2e9e6b", &[5])];

/// The ready answers: title, category, shortcut, text.
const REPLIES: [(&str, &str, &str, &str); 3] = [
    (
        "Hello",
        "Greetings",
        "/hello",
        "Hello {{name}},\n\nthank you for writing to us. I am looking into it.\n\n{{agent}}",
    ),
    (
        "Quote",
        "Offers",
        "/quote",
        "Hello {{name}},\n\nhere is our quote for {{service}}. It holds for thirty days.\n\n{{agent}}",
    ),
    (
        "Water off",
        "Emergencies",
        "/water",
        "Please close the main valve; it is mostly beside the meter. We are on our way.",
    ),
];

/// Who books what, on which of the days that are offered, and at which of the times of that day.
const BOOKINGS: [(&str, &str, usize, usize, usize); 4] = [
    ("Tom Egan", "tom.egan@example.net", 0, 0, 1),
    ("Rosa Duarte", "rosa@duarte-bakery.example", 0, 1, 0),
    ("Lucía Herrera", "lucia@example.org", 1, 1, 3),
    ("Grace Young", "grace.young@example.com", 1, 2, 2),
];

/// Keeps no letter: no mail is sent for the demo.
struct NoLetters;

impl Letters for NoLetters {
    async fn queue(&self, _: &Cx, _: &ConsultationLetter) -> Result<()> {
        Ok(())
    }
}

/// Fills the desk. `messages` are the newest last.
///
/// # Errors
/// What the use cases fail with.
pub async fn fill(db: &Db, cx: &Cx, staff: &[Arc<UserActor>], messages: &[MessageId]) -> Result<()> {
    tools(db, cx, staff, messages).await?;
    bookings(db, cx, staff).await?;
    chats(db, cx, staff).await?;
    visits(db, cx).await
}

/// Tags, notes, saved replies and a draft.
async fn tools(db: &Db, cx: &Cx, staff: &[Arc<UserActor>], messages: &[MessageId]) -> Result<()> {
    let newest = |n: usize| messages.iter().rev().nth(n).copied().ok_or_else(|| Error::internal("too few messages"));
    let ben = &by(cx, cx.now - TimeDelta::hours(1), &staff[BEN]);
    for (name, color, on) in TAGS {
        let things = on.iter().map(|n| newest(*n)).collect::<Result<Vec<_>>>()?;
        let create = &CreateTag { name: name.into(), color: color.into() };
        let things = &things;
        db.transact(ben, "tag.create", |tx| async move {
            let tag = inbox::create_tag(&tx, ben, create).await?.id;
            for thing in things {
                inbox::add_tags(&tx, ben, &TagEntity { entity: (*thing).into(), tags: vec![tag] }).await?;
            }
            Ok(())
        })
        .await?;
    }
    for (title, category, shortcut, content) in REPLIES {
        let create = &CreateSavedReply {
            title: title.into(),
            content: content.into(),
            category: Some(category.into()),
            shortcut: Some(shortcut.into()),
            is_global: true,
        };
        db.transact(ben, "saved_reply.create", |tx| async move {
            inbox::create_saved_reply(&tx, &InTransaction(&tx), ben, create).await
        })
        .await?;
    }
    let dana = &by(cx, cx.now - TimeDelta::minutes(50), &staff[DANA]);
    let note = &AddInternalNote {
        entity: newest(5)?.into(),
        content: "Scaffolding only if the landing windows cannot be reached from inside. Ask for the plans.".into(),
        is_pinned: true,
        mentions: Vec::new(),
    };
    let draft = &SaveDraft {
        entity: newest(5)?.into(),
        subject: None,
        content: "Dear Wei Zhang,\n\nthank you for asking us. Could you send us the plans of the stairwell".into(),
        seen: None,
    };
    let names = &names();
    db.transact(dana, "internal_note.add", |tx| async move {
        inbox::add_internal_note(&tx, &SeenByOthers(&tx, names), dana, note).await?;
        inbox::save_draft(&tx, dana, draft).await
    })
    .await?;
    Ok(())
}

/// Services, opening hours, a holiday, and what is booked.
async fn bookings(db: &Db, cx: &Cx, staff: &[Arc<UserActor>]) -> Result<()> {
    let ids = |who: &[usize]| who.iter().filter_map(|n| staff[*n].staff_id()).collect::<Vec<StaffId>>();
    let service = |name: &str, what: &str, minutes, who: &[usize]| ServiceSettings {
        name: Some(name.into()),
        description: Some(what.into()),
        duration_minutes: Some(minutes),
        step_minutes: Some(30),
        staff: Some(ids(who)),
        ..ServiceSettings::default()
    };
    let services = &[
        service("Boiler check", "We look at your boiler and tell you what it needs.", 60, &[CHIDI, EMRE]),
        service("Garden visit", "We walk through your garden with you.", 90, &[DANA]),
    ];
    let weekdays = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    let hours = weekdays.map(|weekday| Hours { weekday, from: 8 * 60, to: 17 * 60 });
    let hours = &SetOpeningHours { staff: None, hours: hours.into() };
    let christmas = NaiveDate::from_ymd_opt(cx.now.year(), 12, 25).ok_or_else(|| Error::internal("no such day"))?;
    let holiday = &CreateHoliday { date: christmas, name: "Christmas Day".into() };
    let ben = &by(cx, cx.now - TimeDelta::days(30), &staff[BEN]);
    let made: Vec<ServiceId> = db
        .transact(ben, "service.create", |tx| async move {
            inbox::set_opening_hours(&tx, &InTransaction(&tx), ben, hours).await?;
            inbox::create_holiday(&tx, ben, holiday).await?;
            let mut made = Vec::new();
            for service in services {
                made.push(inbox::create_service(&tx, &InTransaction(&tx), ben, service).await?.id);
            }
            Ok(made)
        })
        .await?;
    let company = &Company {
        tenant: cx.tenant.id,
        name: "Harbour & Lane".into(),
        zone: "UTC".parse().map_err(|_| Error::internal("UTC is no zone"))?,
        organizer: Address { name: "Harbour & Lane".into(), email: "desk@demo.frontdesk.example".into() },
        domain: "demo.frontdesk.example".into(),
        reminder_minutes: 0,
        keyring: db.keyring().clone(),
    };
    let (from, to) = (cx.now.date_naive(), (cx.now + TimeDelta::days(14)).date_naive());
    for (name, email, service, day, time) in BOOKINGS {
        let visitor = &web(cx, cx.now - TimeDelta::hours(20), 40 + service);
        let asked = AvailableSlots { service: made[service], from, to, staff: None };
        let offers = inbox::available_slots(&db.reader(visitor).await?, company, visitor, &asked).await?;
        let Some(starts_at) = nth_of_day(offers.iter().map(|offer| offer.slot.starts_at), day, time) else { continue };
        let book = &BookConsultation {
            service: made[service],
            starts_at,
            name: name.into(),
            email: email.into(),
            staff: None,
            company: None,
            phone: Phone::None,
            notes: None,
            time_zone: Some("Europe/London".into()),
            source: None,
            visitor_token: None,
            honeypot: None,
            limited: false,
        };
        db.transact(visitor, "consultation.book", |tx| async move {
            inbox::book_consultation(&tx, &NoLetters, company, visitor, book).await
        })
        .await?;
    }
    Ok(())
}

/// One of the times of one of the days.
fn nth_of_day(times: impl Iterator<Item = DateTime<Utc>>, day: usize, time: usize) -> Option<DateTime<Utc>> {
    let times: Vec<_> = times.collect();
    let mut days: Vec<_> = times.iter().map(DateTime::date_naive).collect();
    days.dedup();
    let day = days.get(day)?;
    times.iter().filter(|at| at.date_naive() == *day).nth(time).copied()
}

/// A chat of yesterday that was rated, one that goes on, and one that waits.
async fn chats(db: &Db, cx: &Cx, staff: &[Arc<UserActor>]) -> Result<()> {
    let minutes_ago = |minutes| cx.now - TimeDelta::minutes(minutes);
    let begin = |name: &'static str, email: &'static str, content: &'static str, ago: i64, from| async move {
        let visitor = &web(cx, minutes_ago(ago), from);
        let start = &StartChat {
            name: name.into(),
            email: Some(email.into()),
            content: content.into(),
            ..StartChat::default()
        };
        db.transact(visitor, "chat.start", |tx| async move {
            inbox::start_chat(&tx, &InTransaction(&tx), visitor, start).await
        })
        .await
    };
    let say = |who: Cx, chat, token: Option<&str>, content: &'static str| {
        let line = SendChatMessage { chat, token: token.map(str::to_owned), content: content.into() };
        async move {
            let (who, line) = (&who, &line);
            db.transact(who, "chat.send_message", |tx| async move {
                inbox::send_chat_message(&tx, &InTransaction(&tx), who, line).await
            })
            .await
        }
    };
    let claim = |who: Cx, chat| async move {
        let who = &who;
        let claim = &ClaimChat { chat, most_at_once: 0 };
        db.transact(
            who,
            "chat.claim",
            |tx| async move { inbox::claim_chat(&tx, &InTransaction(&tx), who, claim).await },
        )
        .await
    };

    let over = begin("Hana Novak", "hana.novak@example.net", "Hello, do you paint on Saturdays too?", 1500, 41).await?;
    claim(by(cx, minutes_ago(1498), &staff[DANA]), over.chat).await?;
    say(
        by(cx, minutes_ago(1497), &staff[DANA]),
        over.chat,
        None,
        "Hello Hana, we do, once a month. The next one is the 14th.",
    )
    .await?;
    let hana = |ago| web(cx, minutes_ago(ago), 41);
    say(hana(1495), over.chat, Some(&over.chat_token), "Perfect, please put me down for it.").await?;
    let end = &EndChat { chat: over.chat, token: None };
    let dana = &by(cx, minutes_ago(1490), &staff[DANA]);
    db.transact(dana, "chat.end", |tx| async move { inbox::end_chat(&tx, &InTransaction(&tx), dana, end).await })
        .await?;
    let rate =
        &RateChat { chat: over.chat, token: over.chat_token, rating: 5, feedback: Some("Quick and friendly.".into()) };
    let happy = &hana(1489);
    db.transact(happy, "chat.rate", |tx| async move { inbox::rate_chat(&tx, happy, rate).await }).await?;

    let open = begin("Kofi Grant", "kofi.grant@example.net", "It drips again, in the same place.", 6, 42).await?;
    claim(by(cx, minutes_ago(5), &staff[CHIDI]), open.chat).await?;
    say(by(cx, minutes_ago(4), &staff[CHIDI]), open.chat, None, "I am sorry to hear that. Only when somebody showers?")
        .await?;
    say(web(cx, minutes_ago(3), 42), open.chat, Some(&open.chat_token), "No, all the time now.").await?;

    begin("Yara Moreau", "yara.moreau@example.com", "Is the workshop open this afternoon?", 2, 43).await?;
    Ok(())
}

/// What visitors did on the website in the last week.
async fn visits(db: &Db, cx: &Cx) -> Result<()> {
    const PAGES: [&str; 5] = ["", "services/boiler-check", "services/garden-visit", "prices", "contact"];
    const SOURCES: [Option<&str>; 3] =
        [Some("https://www.google.com/"), None, Some("https://news.example.org/harbour")];
    for day in 0..7_i64 {
        let visitor = &at(&cx.acting_as(Actor::Anonymous), cx.now - TimeDelta::hours(24 * day + 2));
        let views = (0..4 + (day * 5) % 9).map(|n| {
            let page = |n: i64| PAGES[usize::try_from(n).unwrap_or_default() % PAGES.len()];
            NewEvent {
                event_type: analytics_sync::PAGE_VIEW.into(),
                page_url: Some(format!("https://www.harbour-and-lane.example/{}", page(n * 3 + day))),
                referrer: SOURCES[usize::try_from(n + day).unwrap_or_default() % SOURCES.len()].map(Into::into),
                session_id: Some(format!("visit-{day}-{}", n / 2)),
                data: None,
                seconds_ago: None,
            }
        });
        let record = &RecordEvents { events: views.collect(), visitor_token: None, zone: "UTC".into() };
        db.transact(visitor, "events.record", |tx| async move {
            analytics_sync::record_events(&tx, &InTransaction(&tx), visitor, record).await
        })
        .await?;
    }
    Ok(())
}
