//! Numbers without a gap, and none twice.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::Desk;
use super::tickets::{change, client, make, refused};
use crate::support::both;

/// The number that the next ticket gets.
pub const NEXT: &str = "SELECT CAST(coalesce(min(number), 0) AS bigint) FROM ticket_numbers";

both! {
    /// Fifty at once get fifty numbers, one after the other, whoever makes them; what is refused takes none; and after four
    /// digits there are five.
    async fn fifty_at_once_get_fifty_numbers(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let ann = client(&desk, &admin, "ann").await;
        let one = |n: usize| {
            let person = if n.is_multiple_of(2) { &admin } else { &ann };
            let client = person.client.idempotency_key(&format!("ticket-{n}"));
            let title = if n % 10 == 9 { " " } else { "Ticket" };
            async move { change(&client, "createTicket", json!({ "title": title, "description": "D" })).await }
        };
        let (mut numbers, mut refusals) = (Vec::new(), 0);
        for answer in join_all((0..55).map(one)).await {
            match &answer.json["data"]["createTicket"]["ticket"]["number"] {
                Value::String(number) => numbers.push(number.clone()),
                _ => refusals += 1,
            }
        }
        numbers.sort_unstable();
        let year = &numbers[0][..9];
        let all: Vec<_> = (1..=50).map(|n| format!("{year}{n:04}")).collect();
        assert_eq!((numbers.clone(), refusals), (all, 5));
        // Under its key the same again is the same ticket.
        let again = one(0).await.ok();
        assert!(numbers.contains(&again.string("createTicket.ticket.number")));
        let sql = desk.sql().await;
        assert_eq!((sql.count("tickets").await, sql.number(NEXT).await), (50, 51));

        sql.run("DELETE FROM ticket_numbers").await;
        sql.run("UPDATE ticket_years SET last = 9998").await;
        let mut last = Vec::new();
        for _ in 0..3 {
            last.push(make(&admin.client, json!({ "title": "T", "description": "D" })).await["number"].clone());
        }
        assert_eq!(json!(last), json!([format!("{year}9999"), format!("{year}10000"), format!("{year}10001")]));
        let list = "{ tickets(first: 4, orderBy: [{ field: NUMBER }]) { nodes { number } } }";
        let list = admin.client.run(list, Value::Null).await.ok();
        let listed: Vec<_> = list.list("tickets.nodes").iter().map(|node| node["number"].clone()).collect();
        assert_eq!(json!(listed), json!([last[2], last[1], last[0], format!("{year}0050")]));
        refused(&change(&admin.client, "createTicket", json!({ "title": "", "description": "D" })).await, "createTicket", "BLANK", "title");
        assert_eq!(sql.number(NEXT).await, 10_002);

        // A year is the company's: at its end it is another one already where the clocks are ahead.
        let zone = "mutation { setSetting(input: { key: \"company.time_zone\", value: \"Pacific/Kiritimati\" }) { errors { message } } }";
        admin.client.run(zone, Value::Null).await.ok();
        let there = make(&admin.client, json!({ "title": "T", "description": "D" })).await;
        assert!(there["number"].as_str().is_some_and(|number| number.starts_with("TKT-")), "{there}");
    }
}
