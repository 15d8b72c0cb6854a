//! Work that goes on in the background is watched as it goes on.

use std::time::Duration;

use serde_json::{Value, json};

use super::b2chat_sync::Company;
use crate::support::{Client, PATIENCE, both};

const WATCH: &str = "subscription($id: ID!) { progress(id: $id) { isOver node { id \
    ... on SyncRun { status daysDone dayCount recordCount remainingSeconds } ... on Export { status rowsWritten recordCount } } } }";

both! {
    /// A run of days is watched: how it stands at once, then further and further, that it was paused and went on, and its end,
    /// after which nothing comes.
    async fn a_run_is_watched_to_its_end(backend) {
        let company = Company::open(backend).await;
        company.b2chat.fill(&company.days(5, 1), 8);
        company.b2chat.slow(Duration::from_millis(300));
        let begun = company
            .start(json!({ "entity": "CHATS", "operation": "MANUAL", "from": company.day(5), "to": company.day(1) }))
            .await
            .ok()
            .string("startSync.syncRun.id");
        let mut watched = company.admin.client.stream(WATCH, json!({ "id": begun })).await;
        let mut next = async || watched.next(PATIENCE).await.expect("news").json()["data"]["progress"].clone();
        let first = next().await;
        assert_eq!((&first["isOver"], &first["node"]["status"]), (&json!(false), &json!("IN_PROGRESS")));
        assert_eq!((&first["node"]["id"], &first["node"]["dayCount"]), (&json!(begun), &json!(5)));
        company.turn("pauseSync", &begun).await.ok();
        let mut last = first;
        while last["node"]["status"] != "PAUSED" {
            last = next().await;
        }
        assert_eq!(last["isOver"], false, "it may go on");
        company.turn("resumeSync", &begun).await.ok();
        let mut told = 0;
        while last["isOver"] == false {
            let news = next().await;
            assert!(news["node"]["daysDone"].as_i64() >= last["node"]["daysDone"].as_i64(), "{news} after {last}");
            (last, told) = (news, told + 1);
        }
        assert!(told > 1, "it was told on the way, too");
        assert_eq!(last["node"]["status"], "SUCCESS");
        assert_eq!((&last["node"]["recordCount"], &last["node"]["daysDone"]), (&json!(40), &json!(5)));
        assert_eq!(watched.next(PATIENCE).await.expect("the end").event, "complete", "nothing comes after the end");
    }

    /// Only work that one may see is watched; what goes not on is named; what is over is told once.
    async fn who_may_not_see_it_watches_nothing(backend) {
        let company = Company::open(backend).await;
        let ask = "mutation { requestExport(input: { type: LEADS, format: CSV }) { export { id } errors { message } } }";
        let export = company.admin.client.run(ask, Value::Null).await.ok().string("requestExport.export.id");
        let mut watched = company.admin.client.stream(WATCH, json!({ "id": export })).await;
        loop {
            let news = watched.next(PATIENCE).await.expect("news").json()["data"]["progress"].clone();
            if news["isOver"] == true {
                assert_eq!((&news["node"]["status"], &news["node"]["recordCount"]), (&json!("COMPLETED"), &json!(0)));
                break;
            }
        }
        assert_eq!(watched.next(PATIENCE).await.expect("the end").event, "complete");
        let colleague = company.desk.colleague("mo@example.com", "Mo", "STAFF").await;
        let refused = async |client: &Client, id: &str| {
            let mut watched = client.stream(WATCH, json!({ "id": id })).await;
            watched.next(PATIENCE).await.expect("an answer").json()["errors"][0]["extensions"]["code"].clone()
        };
        assert_eq!(refused(&colleague.client, &export).await, "NOT_FOUND", "whose it is not sees none");
        let admin = &company.admin.client;
        assert_eq!(refused(admin, "syr_0190a5f0000070008000000000000000").await, "NOT_FOUND");
        assert_eq!(refused(admin, "msg_0190a5f0000070008000000000000000").await, "BAD_USER_INPUT");
        assert_eq!(refused(admin, "syr_nonsense").await, "BAD_USER_INPUT");
    }
}
