//! By what clock things are counted: zones, opening hours; and what cannot be counted.

use serde_json::{Value, json};

use super::desk::Desk;
use super::metrics::{Chat, ask, by, chat, hex, instant, one, put, recount, rows, with};
use crate::support::{PATIENCE, both, until};

both! {
    /// A part of time is compared with as many days, as far before it as the period is long: what the parts say of the period before is
    /// together what the period says.
    async fn parts_of_time_are_compared_with_as_many_days(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        let began = ["2026-01-30 12:00:00", "2026-02-10 12:00:00", "2026-02-28 23:00:00", "2026-03-05 12:00:00", "2026-03-31 12:00:00"];
        let all: Vec<_> = (1..).zip(began).map(|(number, began)| chat(number, began)).collect();
        put(&sql, &all).await;
        recount(&admin, &sql).await;
        let before = async |filter: &Value, grouping: &str| {
            let fields = format!(
                "values(only: [VOLUME]) {{ previous {{ count }} }} \
                 groups(by: {grouping}) {{ groups {{ key values(only: [VOLUME, OPEN_BACKLOG]) {{ previous {{ count }} }} }} }}"
            );
            let found = ask(&admin, filter, &fields).await.ok();
            let count = |value: &Value| value["previous"]["count"].as_i64().expect("a count");
            let parts: Vec<_> = found.list("metrics.groups.groups").iter().map(|part| count(&part["values"][0])).collect();
            let open: Vec<_> = found.list("metrics.groups.groups").iter().map(|part| count(&part["values"][1])).collect();
            (count(found.data("metrics.values.0")), parts, open)
        };
        // The 31 days before March begin on 29 January.
        let march = json!({ "from": "2026-03-01", "to": "2026-03-31" });
        assert_eq!(before(&march, "MONTH").await, (3, vec![3], vec![3]));
        // 30 days from a Monday on: four weeks and two days, compared with as many from 31 January on.
        let weeks = json!({ "from": "2026-03-02", "to": "2026-03-31" });
        assert_eq!(before(&weeks, "WEEK").await, (2, vec![0, 1, 0, 0, 1], vec![1, 2, 2, 2, 3]));
        let (all, days, _) = before(&weeks, "DAY").await;
        assert_eq!((all, days.len(), days.iter().sum::<i64>()), (2, 30, 2));
    }

    /// Days are those of the company's zone, or of the one that is asked for, also where clocks change.
    async fn days_are_those_of_the_zone(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        put(&sql, &[
            chat(1, "2026-03-28 22:59:59"),
            chat(2, "2026-03-28 23:00:00"),
            chat(3, "2026-03-29 00:59:59"),
            chat(4, "2026-03-29 01:00:00"),
            chat(5, "2026-03-29 21:59:59"),
            chat(6, "2026-03-29 22:00:00"),
        ])
        .await;
        recount(&admin, &sql).await;
        let filter = json!({ "from": "2026-03-28", "to": "2026-03-30", "timeZone": "Europe/Berlin" });
        let counts = |found: Vec<(Value, Value)>| found.into_iter().map(|(_, count)| count.as_i64().unwrap()).collect::<Vec<_>>();
        assert_eq!(counts(by(&admin, &filter, "DAY", "VOLUME", "count").await), [1, 4, 1]);
        let day = json!({ "from": "2026-03-29", "to": "2026-03-29", "timeZone": "Europe/Berlin" });
        let hours = counts(by(&admin, &day, "HOUR", "VOLUME", "count").await);
        assert_eq!((hours[0], hours[1], hours[2], hours[3], hours[23]), (1, 1, 0, 1, 1));
        let ends = ask(&admin, &day, "from until timeZone").await.ok();
        assert_eq!(ends.data("metrics"), &json!({ "from": "2026-03-28T23:00:00+00:00", "until": "2026-03-29T22:00:00+00:00", "timeZone": "Europe/Berlin" }));
        let utc = json!({ "from": "2026-03-28", "to": "2026-03-30" });
        assert_eq!(counts(by(&admin, &utc, "DAY", "VOLUME", "count").await), [2, 4, 0]);
        let set = "mutation { setSetting(input: { key: \"company.time_zone\", value: \"Europe/Berlin\" }) { errors { message } } }";
        admin.client.run(set, Value::Null).await.ok();
        until("the company's zone", PATIENCE, async || {
            (counts(by(&admin, &utc, "DAY", "VOLUME", "count").await) == [1, 4, 1]).then_some(())
        })
        .await;
    }

    /// Only while the company is at work, where that is asked for: opening hours and holidays.
    async fn only_opening_hours_count_where_that_is_asked_for(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        let hours = json!(["MONDAY", "TUESDAY", "WEDNESDAY"].map(|day| json!({ "weekday": day, "from": "09:00", "to": "17:00" })));
        let set = "mutation($input: SetOpeningHoursInput!) { setOpeningHours(input: $input) { errors { message } } }";
        admin.client.run(set, json!({ "input": { "hours": hours } })).await.ok();
        let holiday = "mutation { createHoliday(input: { date: \"2026-03-03\", name: \"Day off\" }) { errors { message } } }";
        admin.client.run(holiday, Value::Null).await.ok();
        let at = |time: &str| Some(instant(time));
        put(&sql, &[
            // Monday 16:58 to Wednesday 09:01: three minutes at work.
            Chat { opened: at("2026-03-02 16:58:00"), answered: at("2026-03-04 09:01:00"), ..chat(1, "2026-03-02 16:58:00") },
            // Half an hour at work.
            Chat { opened: at("2026-03-02 10:00:00"), answered: at("2026-03-02 10:30:00"), ..chat(2, "2026-03-02 10:00:00") },
            // Answered before anybody was at work.
            Chat { opened: at("2026-03-02 07:00:00"), answered: at("2026-03-02 08:00:00"), ..chat(3, "2026-03-02 07:00:00") },
        ])
        .await;
        recount(&admin, &sql).await;
        let filter = json!({ "from": "2026-03-02", "to": "2026-03-02", "businessHours": true });
        let found = one(&admin, &filter, "FIRST_RESPONSE_TIME").await;
        assert_eq!((&found["count"], &found["average"], &found["longest"], &found["shortest"]), (&json!(3), &json!(660.0), &json!(1800.0), &json!(0.0)));
        assert_eq!(one(&admin, &filter, "SLA_BREACHES").await["count"], json!(1));
        let late = rows(&admin, &filter, "SLA_BREACHES").await.ok();
        assert_eq!(late.data("metricRows.totalCount"), &json!(1));
        assert_eq!(late.data("metricRows.nodes.0.thingId"), &json!(format!("bch_{}", hex(2))));
        let wall = json!({ "from": "2026-03-02", "to": "2026-03-02" });
        assert_eq!(one(&admin, &wall, "SLA_BREACHES").await["count"], json!(3));
    }

    /// What is wrong is refused, and named.
    async fn what_cannot_be_counted_is_refused(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let days = |from: &str, to: &str| json!({ "from": from, "to": to });
        let march = days("2026-03-01", "2026-03-31");
        for (filter, field) in [
            (days("2016-01-01", "2026-01-01"), "filter.from"),
            (days("2026-01-02", "2026-01-01"), "filter.to"),
            (days("2026-02-30", "2026-03-01"), "filter.from"),
            (days("0001-01-01", "0001-01-01"), "filter.from"),
            (days("2026-01-01", "9999-01-01"), "filter.to"),
            (with(&march, json!({ "timeZone": "Mars/Olympus" })), "filter.timeZone"),
            (with(&march, json!({ "timeZone": "" })), "filter.timeZone"),
            (with(&march, json!({ "departmentId": "tem_1" })), "filter.departmentId"),
            (with(&march, json!({ "staffId": "nobody" })), "filter.staffId"),
            (with(&march, json!({ "agentId": admin.id })), "filter.agentId"),
            (with(&march, json!({ "channel": "x".repeat(201) })), "filter.channel"),
            (with(&march, json!({ "tag": "x".repeat(201) })), "filter.tag"),
        ] {
            for refused in [ask(&admin, &filter, "timeZone").await, rows(&admin, &filter, "VOLUME").await] {
                assert_eq!(refused.error_code(), "BAD_USER_INPUT", "{filter} {refused}");
                assert_eq!(refused.errors()[0]["extensions"]["fields"], json!([field]), "{filter} {refused}");
            }
        }
        for limit in [0, -1, 1001] {
            let refused = ask(&admin, &march, &format!("groups(by: TAG, limit: {limit}) {{ leftOut }}")).await;
            assert_eq!(refused.errors()[0]["extensions"]["fields"], json!(["limit"]), "{refused}");
        }
        let odd = with(&march, json!({ "tag": "a\u{0}b", "channel": "\u{0}" }));
        assert_eq!(one(&admin, &odd, "VOLUME").await["count"], json!(0));
        rows(&admin, &odd, "VOLUME").await.ok();
        assert_eq!(desk.web.run("mutation { recountMetrics { queued } }", Value::Null).await.error_code(), "UNAUTHENTICATED");
    }
}
