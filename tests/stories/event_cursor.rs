//! Where the events stand, for whoever reads a list and then follows it.

use serde_json::{Value, json};

use super::desk::{Desk, FOLLOW, SOON};
use crate::support::{Socket, both};

both! {
    /// Who asks for the newest number, then reads the list, then follows after that number misses nothing that came in between.
    async fn between_the_list_and_the_events_nothing_is_missed(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        desk.message("Ann", "Before").await;
        let cursor = admin.client.run("{ eventCursor }", Value::Null).await.ok().string("eventCursor");
        let list = admin.client.run("{ messages { totalCount } }", Value::Null).await.ok();
        assert_eq!(list.data("messages.totalCount"), &json!(1));
        let between = desk.message("Ben", "Between").await;
        let mut live = Socket::connect(desk.server.base(), Some(&admin.access)).await;
        live.subscribe("live", FOLLOW, json!({ "after": cursor })).await;
        // What was before may be told again, where its number was not given yet; what came since is told.
        loop {
            let event = live.next(SOON).await.data("inboxEvents").clone();
            if event["message"]["id"] == json!(between) {
                break;
            }
        }
        assert_eq!(desk.web.run("{ eventCursor }", Value::Null).await.error_code(), "UNAUTHENTICATED");
    }
}
