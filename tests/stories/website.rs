//! What visitors do on the website, and how it is counted.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use crate::support::{Answer, Client, Options, both, until};

const RECORD: &str = "mutation Record($input: RecordEventsInput!) { recordEvents(input: $input) { recorded errors { code message path } } }";
const DAILY: &str = "query Daily($from: Date!, $to: Date!, $by: [AnalyticsDimension!], $filter: AnalyticsDailyFilter) {
    analyticsDaily(from: $from, to: $to, groupBy: $by, filter: $filter) { day type page source count } }";
const EVENTS: &str =
    "query Events($filter: AnalyticsEventFilter) { analyticsEvents(filter: $filter) { totalCount nodes {
    type pageUrl referrer sessionId data address agent createdAt visitor { id name } } } }";

async fn record(client: &Client, events: Value, token: Option<&str>) -> Answer {
    client.run(RECORD, json!({ "input": { "events": events, "visitorToken": token } })).await
}

/// All counts there are, told apart by these.
async fn counts(who: &Person, by: Value, filter: Value) -> Value {
    #[expect(clippy::disallowed_methods, reason = "days are told apart by the wall's clock")]
    let (now, days) = (Utc::now().date_naive(), TimeDelta::days(3));
    let variables = json!({ "from": now - days, "to": now + days, "by": by, "filter": filter });
    who.client.run(DAILY, variables).await.ok().data("analyticsDaily").clone()
}

both! {
    /// A visitor who wrote looks at pages: they are theirs, and counted by type, page and source. Who wrote nothing is nobody, and
    /// a program that says so is not there at all.
    async fn what_visitors_do_is_theirs_and_counted(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let wrote = desk.submit(json!({ "name": "Ann", "email": "ann@example.com", "content": "Hello" })).await;
        let token = wrote.string("submitMessage.receipt.visitorToken");
        let browser = desk.web.header("user-agent", "Mozilla/5.0 Firefox/124.0");
        let page = |url: &str| json!({ "type": "page_view", "pageUrl": url, "referrer": "https://www.search.example/?q=1", "sessionId": "s1" });
        let cart = json!({ "type": "cart.add", "pageUrl": "https://shop.example/prices?x=2", "data": { "sku": "a\u{0}b", "n": 2 }, "secondsAgo": 60 });
        let events = json!([page("https://shop.example/prices?x=1#top"), page("https://shop.example/prices"), cart]);
        let done = record(&browser, events, Some(&token)).await.ok();
        assert_eq!(done.data("recordEvents.recorded"), 3);
        let nobody = json!([{ "type": "page_view", "pageUrl": "https://shop.example/?utm_source=Letter" }]);
        record(&browser, nobody, Some("fdv_nobody")).await.ok();
        let bot = desk.web.header("user-agent", "Googlebot/2.1");
        assert_eq!(record(&bot, json!([page("/")]), None).await.ok().data("recordEvents.recorded"), 0);

        let all = counts(&admin, json!(["TYPE", "PAGE", "SOURCE"]), Value::Null).await;
        let count = |ty: &str, page: &str, source: &str, count: i32| json!({ "day": null, "type": ty, "page": page, "source": source, "count": count });
        assert_eq!(all, json!([
            count("page_view", "shop.example/prices", "search.example", 2),
            count("cart.add", "shop.example/prices", "direct", 1),
            count("page_view", "shop.example/", "letter", 1),
        ]));
        let sum = counts(&admin, json!([]), json!({ "type": { "eq": "page_view" }, "source": { "ne": "letter" } })).await;
        assert_eq!(sum, json!([{ "day": null, "type": null, "page": null, "source": null, "count": 2 }]));
        assert_eq!(counts(&admin, json!([]), json!({ "page": { "in": ["nowhere"] } })).await, json!([]));

        let seen = admin.client.run("{ visitors { nodes { id pageViews lastVisitAt firstVisitAt } } }", Value::Null).await.ok();
        assert_eq!(seen.list("visitors.nodes").len(), 1, "nobody is made a visitor by what they look at");
        assert_eq!(seen.data("visitors.nodes.0.pageViews"), 3);
        assert!(seen.string("visitors.nodes.0.lastVisitAt") > seen.string("visitors.nodes.0.firstVisitAt"));
        let theirs = json!({ "filter": { "visitorId": { "eq": seen.string("visitors.nodes.0.id") } } });
        let listed = admin.client.run(EVENTS, theirs.clone()).await.ok();
        assert_eq!(listed.data("analyticsEvents.totalCount"), 3);
        let last = listed.data("analyticsEvents.nodes.2");
        assert_eq!((&last["type"], &last["data"]), (&json!("cart.add"), &json!({ "sku": "a\u{0}b", "n": 2 })));
        let first = listed.data("analyticsEvents.nodes.0");
        assert_eq!((&first["visitor"]["name"], &first["sessionId"]), (&json!("Ann"), &json!("s1")));
        assert_eq!((&first["address"], &first["agent"]), (&json!("127.0.0.1"), &json!("Mozilla/5.0 Firefox/124.0")));

        // Who sees numbers sees neither who it was nor from where.
        let analyst = desk.colleague("ana@example.com", "Ana", "ANALYST").await;
        let listed = analyst.client.run(EVENTS, theirs).await.ok();
        let first = listed.data("analyticsEvents.nodes.0");
        assert_eq!((&first["visitor"], &first["address"], &first["agent"]), (&Value::Null, &Value::Null, &Value::Null));
        let staff = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        assert_eq!(staff.client.run(EVENTS, json!({})).await.error_code(), "FORBIDDEN");
        // None of it is a change of anything at the desk.
        let trail = "{ auditLogs(filter: { resourceType: { eq: \"AnalyticsEvent\" } }) { totalCount } }";
        assert_eq!(admin.client.run(trail, Value::Null).await.ok().data("auditLogs.totalCount"), 0);
    }

    /// Of a batch in which anything is wrong nothing is recorded, and what is wrong is named.
    async fn a_bad_batch_is_refused_whole(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let good = json!({ "type": "page_view" });
        for (events, path, code) in [
            (json!([]), "input.events", "BLANK"),
            (json!(vec![good.clone(); 51]), "input.events", "TOO_LONG"),
            (json!([good, { "type": "Page View" }]), "input.events.1.type", "INVALID_FORMAT"),
            (json!([good, { "type": "x".repeat(65) }]), "input.events.1.type", "TOO_LONG"),
            (json!([good, { "type": "x", "data": "y".repeat(4_095) }]), "input.events.1.data", "TOO_LONG"),
            (json!([good, { "type": "x", "data": "y".repeat(1_000_000) }]), "input.events.1.data", "TOO_LONG"),
            (json!([good, { "type": "x", "pageUrl": "javascript:alert(1)" }]), "input.events.1.pageUrl", "INVALID_FORMAT"),
            (json!([good, { "type": "x", "referrer": "data:x" }]), "input.events.1.referrer", "INVALID_FORMAT"),
            (json!([good, { "type": "x", "sessionId": "y".repeat(101) }]), "input.events.1.sessionId", "TOO_LONG"),
            (json!([good, { "type": "x", "secondsAgo": -1 }]), "input.events.1.secondsAgo", "INVALID_FORMAT"),
            (json!([good, { "type": "x", "secondsAgo": 86_401 }]), "input.events.1.secondsAgo", "INVALID_FORMAT"),
        ] {
            let refused = record(&desk.web, events, None).await;
            let errors: Vec<_> = refused.user_errors("recordEvents").into_iter().map(|e| (e.path, e.code)).collect();
            assert_eq!(errors, [(path.to_owned(), code.to_owned())]);
            assert_eq!(refused.data("recordEvents.recorded"), &Value::Null);
        }
        assert_eq!(admin.client.run(EVENTS, json!({})).await.ok().data("analyticsEvents.totalCount"), 0);
        assert_eq!(counts(&admin, json!(["TYPE"]), Value::Null).await, json!([]));
        for (from, to, field) in [("2026-02-01", "2026-01-01", "to"), ("2025-01-01", "2026-01-02", "from")] {
            let refused = admin.client.run(DAILY, json!({ "from": from, "to": to })).await;
            assert_eq!(refused.errors()[0]["extensions"]["fields"], json!([field]), "{refused}");
        }
        let refused = admin.client.run(DAILY, json!({ "from": "2026-02-30", "to": "2026-03-01" })).await;
        assert!(!refused.errors().is_empty(), "{refused}");
        let most = json!(vec![json!({ "type": "x", "data": "y".repeat(4_094) }); 50]);
        assert_eq!(record(&desk.web, most, None).await.ok().data("recordEvents.recorded"), 50);
    }

    /// However many write at once, in one browser too, each event is counted once.
    async fn what_many_record_at_once_adds_up(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let wrote = desk.submit(json!({ "name": "Ann", "email": "ann@example.com", "content": "Hello" })).await;
        let token = wrote.string("submitMessage.receipt.visitorToken");
        let batch = |n: usize| {
            let page = |m: usize| json!({ "type": "page_view", "pageUrl": format!("/{}", (n + m) % 3) });
            let mut events: Vec<_> = (0..9).map(page).collect();
            events.push(json!({ "type": "click", "pageUrl": "/0" }));
            json!(events)
        };
        let all = join_all((0..24).map(|n| {
            let token = (n % 2 == 0).then_some(token.as_str());
            record(&desk.web, batch(n), token)
        }));
        for answer in all.await {
            assert_eq!(answer.ok().data("recordEvents.recorded"), 10);
        }
        let of = |ty: &str, page: &str, count: i32| json!({ "day": null, "type": ty, "page": page, "source": null, "count": count });
        let counted = counts(&admin, json!(["PAGE", "TYPE"]), Value::Null).await;
        assert_eq!(counted, json!([of("page_view", "/0", 72), of("page_view", "/1", 72), of("page_view", "/2", 72), of("click", "/0", 24)]));
        let seen = admin.client.run("{ visitors { nodes { pageViews } } analyticsEvents { totalCount } }", Value::Null).await.ok();
        assert_eq!(seen.data("visitors.nodes.0.pageViews"), 1 + 12 * 9);
        assert_eq!(seen.data("analyticsEvents.totalCount"), 240);
    }

    /// A day is one of the company's. What happened longer than a year ago goes, and what it counted for stays.
    async fn events_go_and_counts_stay(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let admin = desk.admin().await;
        let zone = "mutation { setSetting(input: { key: \"company.time_zone\", value: \"Pacific/Kiritimati\" }) { errors { message } } }";
        admin.client.run(zone, Value::Null).await.ok();
        record(&desk.web, json!([{ "type": "page_view" }]), None).await.ok();
        let at = admin.client.run(EVENTS, json!({})).await.ok().string("analyticsEvents.nodes.0.createdAt");
        let at: DateTime<Utc> = at.parse().expect("an instant");
        // Fourteen hours before the others, and no daylight saving.
        let day = (at + TimeDelta::hours(14)).format("%Y-%m-%d").to_string();
        let counted = counts(&admin, json!(["DAY"]), Value::Null).await;
        assert_eq!(counted, json!([{ "day": day, "type": null, "page": null, "source": null, "count": 1 }]));
        let sql = desk.sql().await;
        sql.run("UPDATE analytics_events SET created_at = '2020-01-01T00:00:00+00:00'").await;
        record(&desk.web, json!([{ "type": "page_view" }]), None).await.ok();
        until("the old one is gone", SOON, async || (sql.count("analytics_events").await == 1).then_some(())).await;
        assert_eq!(counts(&admin, json!([]), Value::Null).await[0]["count"], 2);
    }

    /// A website that sends too much is told so, and nothing else waits for it.
    async fn recording_is_limited_by_address(backend) {
        let desk = Desk::limited(backend, Options::new()).await;
        let sql = desk.sql().await;
        record(&desk.web, json!([{ "type": "x" }]), None).await.ok();
        sql.run("UPDATE rate_limits SET attempts = 600").await;
        let refused = record(&desk.web, json!([{ "type": "x" }]), None).await;
        assert_eq!(refused.error_code(), "RATE_LIMITED");
        assert_eq!(sql.count("analytics_events").await, 1);
    }
}
