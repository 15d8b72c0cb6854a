//! When something can be booked: by the clock on the company's wall, without holidays.

use chrono::{DateTime, Days, NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::bookings::{book, clocks, daily, day, open, service, slots, zone};
use super::desk::Desk;
use crate::support::both;

/// The first day from `from` on at whose end the clocks of a zone go otherwise than at its beginning.
fn change(zone: Tz, from: NaiveDate) -> NaiveDate {
    let ahead = |date: NaiveDate| {
        let noon = Utc.from_utc_datetime(&date.and_hms_opt(12, 0, 0).expect("noon"));
        noon.with_timezone(&zone).offset().fix().local_minus_utc()
    };
    (0..366)
        .map(|days| from + Days::new(days))
        .find(|date| ahead(*date) != ahead(*date + Days::new(1)))
        .expect("a change")
        + Days::new(1)
}

both! {
    /// Around the day on which New York's clocks change, 09:00 is 09:00: in the times that are offered, in what is booked, in
    /// the list, and for a visitor in Kathmandu by their own clock (B15, B16, B17).
    async fn a_time_is_what_the_clock_on_the_wall_says(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        zone(&admin, "America/New_York").await;
        open(&admin, None, daily("09:00", "10:00")).await;
        let advice = service(&admin, json!({ "name": "Advice", "daysAhead": 365 })).await;
        let changes = change(chrono_tz::America::New_York, day(&admin, 5).await);
        let days = [changes - Days::new(1), changes, changes + Days::new(1)];
        let found = slots(&desk.web, &advice, days[0], days[2]).await;
        assert_eq!(clocks(&found), ["09:00"; 3]);
        let dates: Vec<_> = found.iter().map(|slot| slot["date"].clone()).collect();
        assert_eq!(dates, days.map(|date| json!(date.to_string())));
        let offsets: Vec<_> = found.iter().map(|slot| slot["offset"].as_str().expect("an offset")).collect();
        assert!(offsets[0] != offsets[1] && offsets[1] == offsets[2], "{offsets:?}");
        for slot in &found {
            let at: DateTime<Utc> = slot["startsAt"].as_str().expect("an instant").parse().expect("an instant");
            let there = at.with_timezone(&chrono_tz::Asia::Kathmandu);
            assert_eq!(slot["visitorTime"], json!(there.format("%H:%M").to_string()));
            let name = format!("On{}", slot["date"].as_str().expect("a day").replace('-', ""));
            let booked = book(&desk.web, &advice, &slot["startsAt"], &name, json!({ "timeZone": "Asia/Kathmandu" })).await;
            assert_eq!(booked.data("bookConsultation.receipt.bookingTime"), "09:00");
            assert_eq!(booked.data("bookConsultation.receipt.bookingDate"), &slot["date"]);
        }
        let list = "{ consultations { nodes { bookingTime timeZone visitorTimeZone visitorTime } } }";
        let list = admin.client.run(list, Value::Null).await.ok();
        for one in list.list("consultations.nodes") {
            assert_eq!((&one["bookingTime"], &one["timeZone"]), (&json!("09:00"), &json!("America/New_York")));
            assert_eq!(one["visitorTimeZone"], "Asia/Kathmandu");
        }
    }

    /// In the hour that comes twice each time is offered and booked twice, told apart by its offset (B20).
    async fn the_hour_that_comes_twice_is_booked_twice(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        zone(&admin, "Europe/Berlin").await;
        open(&admin, None, daily("01:00", "04:00")).await;
        let advice = service(&admin, json!({ "name": "Advice", "durationMinutes": 30, "daysAhead": 365 })).await;
        let (mut spring, mut autumn) = (None, None);
        let mut from = day(&admin, 2).await;
        while spring.is_none() || autumn.is_none() {
            let date = change(chrono_tz::Europe::Berlin, from);
            from = date;
            let found = slots(&desk.web, &advice, date, date).await;
            if found.len() == 4 { spring = Some(found) } else { autumn = Some(found) }
        }
        assert_eq!(clocks(&spring.expect("a spring")), ["01:00", "01:30", "03:00", "03:30"]);
        let autumn = autumn.expect("an autumn");
        assert_eq!(clocks(&autumn), ["01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30"]);
        assert_eq!((&autumn[2]["offset"], &autumn[4]["offset"]), (&json!("+02:00"), &json!("+01:00")));
        for (slot, name) in [(&autumn[2], "Ann"), (&autumn[4], "Ben")] {
            let booked = book(&desk.web, &advice, &slot["startsAt"], name, json!({})).await;
            assert_eq!(booked.data("bookConsultation.receipt.startsAt"), &slot["startsAt"]);
        }
        let date = autumn[0]["date"].as_str().expect("a day").parse().expect("a day");
        assert_eq!(clocks(&slots(&desk.web, &advice, date, date).await), ["01:00", "01:30", "02:30", "02:30", "03:00", "03:30"]);
    }

    /// Hours pass midnight and end at 24:00; people have their own; on a holiday nothing begins, until it is not kept any more;
    /// hours that overlap or are none are refused, and so is a name or a day that another has (B63).
    async fn hours_and_holidays_are_kept(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        zone(&admin, "Europe/Berlin").await;
        open(&admin, None, daily("22:30", "02:00")).await;
        let input = json!({ "name": "Advice", "stepMinutes": 30, "staffIds": [admin.id] });
        let advice = service(&admin, input).await;
        let (date, next) = (day(&admin, 5).await, day(&admin, 6).await);
        let both = slots(&desk.web, &advice, date, next).await;
        let on = |date: NaiveDate, all: &[Value]| all.iter().filter(|slot| slot["date"] == json!(date.to_string())).cloned().collect::<Vec<_>>();
        assert_eq!(clocks(&on(next, &both)), ["00:00", "00:30", "01:00", "22:30", "23:00", "23:30"]);
        let create = "mutation($date: Date!) { createHoliday(input: { date: $date, name: \"Regatta\" }) { holiday { id date } errors { code message path } } }";
        let made = admin.client.run(create, json!({ "date": date.to_string() })).await.ok();
        let left = slots(&desk.web, &advice, date, next).await;
        assert!(on(date, &left).is_empty());
        assert_eq!(clocks(&left), ["22:30", "23:00", "23:30"], "the night of the holiday is closed, too");
        let again = admin.client.run(create, json!({ "date": date.to_string() })).await;
        assert_eq!(again.user_errors("createHoliday")[0].path, "input.date");
        let end = "mutation($id: ID!) { updateHoliday(input: { holidayId: $id, isActive: false }) { errors { message } } }";
        admin.client.run(end, json!({ "id": made.string("createHoliday.holiday.id") })).await.ok();
        assert_eq!(slots(&desk.web, &advice, date, next).await, both);

        open(&admin, None, daily("22:30", "24:00")).await;
        assert_eq!(clocks(&slots(&desk.web, &advice, date, date).await), ["22:30", "23:00"]);
        open(&admin, Some(&admin), daily("08:00", "09:00")).await;
        assert_eq!(clocks(&slots(&desk.web, &advice, date, date).await), ["08:00"], "one's own hours, and no others");
        let add = "mutation($id: ID!, $staff: [ID!]!) { updateService(input: { serviceId: $id, staffIds: $staff }) { service { staff { id } } errors { message } } }";
        admin.client.run(add, json!({ "id": advice, "staff": [admin.id, bea.id] })).await.ok();
        assert_eq!(clocks(&slots(&desk.web, &advice, date, date).await), ["08:00", "22:30", "23:00"]);
        let back = open(&admin, Some(&admin), json!([])).await;
        assert_eq!(back.data("setOpeningHours.openingHours"), &json!([]));
        assert_eq!(clocks(&slots(&desk.web, &advice, date, date).await), ["22:30", "23:00"]);

        let span = |from: &str, to: &str| json!({ "weekday": "MONDAY", "from": from, "to": to });
        for bad in [
            json!([span("09:00", "12:00"), span("11:00", "13:00")]),
            json!([span("22:00", "02:00"), span("23:00", "23:30")]),
            json!([span("22:00", "03:00"), { "weekday": "TUESDAY", "from": "02:00", "to": "04:00" }]),
            json!([{ "weekday": "SUNDAY", "from": "22:00", "to": "03:00" }, span("02:00", "04:00")]),
            json!([span("09:00", "09:00")]),
            json!([span("09:03", "10:00")]),
            json!([span("24:00", "01:00")]),
        ] {
            assert_eq!(open(&admin, None, bad.clone()).await.user_errors("setOpeningHours")[0].path, "input.hours", "{bad}");
        }
        let set = "mutation($hours: [OpeningHoursInput!]!) { setOpeningHours(input: { hours: $hours }) { errors { message } } }";
        for bad in ["25:00", "9:00", "09:60", "", "24:05", "٠٩:٠٠"] {
            let refused = admin.client.run(set, json!({ "hours": [span("08:00", bad)] })).await;
            assert_eq!(refused.errors()[0]["extensions"]["fields"], json!(["input.hours.to"]), "{bad}: {refused}");
        }
        let kept = admin.client.run("{ openingHours { weekday from to } }", Value::Null).await.ok();
        assert_eq!(kept.list("openingHours").len(), 7);
        assert_eq!(kept.data("openingHours.0"), &json!({ "weekday": "MONDAY", "from": "22:30", "to": "24:00" }));

        let make = "mutation($input: CreateServiceInput!) { createService(input: $input) { service { id } errors { code path } } }";
        for (input, field) in [
            (json!({ "name": "ADVICE" }), "name"),
            (json!({ "name": "Tour", "durationMinutes": 0 }), "durationMinutes"),
            (json!({ "name": "Tour", "durationMinutes": 7 }), "durationMinutes"),
            (json!({ "name": "Tour", "bufferAfterMinutes": -5 }), "bufferAfterMinutes"),
            (json!({ "name": "Tour", "daysAhead": 366 }), "daysAhead"),
            (json!({ "name": "Tour", "staffIds": ["stf_0190a5f0000070008000000000000000"] }), "staffIds"),
        ] {
            let refused = admin.client.run(make, json!({ "input": input })).await;
            assert_eq!(refused.user_errors("createService")[0].path, format!("input.{field}"), "{input}");
        }
        let end = "mutation($id: ID!) { updateService(input: { serviceId: $id, isActive: false }) { errors { message } } }";
        admin.client.run(end, json!({ "id": advice })).await.ok();
        let gone = desk.web.run("query($id: ID!) { bookableServices { serviceId } availableSlots(serviceId: $id, from: \"2031-01-01\", to: \"2031-01-01\") { time } }",
            json!({ "id": advice })).await;
        assert_eq!(gone.error_code(), "NOT_FOUND");
    }
}
