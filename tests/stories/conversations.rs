//! What people write on social platforms becomes conversations: each message once, whatever order it comes in.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use crate::coverage::sql::Sql;
use crate::support::told::{apps, echo, edited, page, taken_back, tell, written};
use crate::support::{Backend, Options, both, until};

pub const LIST: &str = "query List($filter: ConversationFilter, $orderBy: [ConversationOrder!]) {
    conversations(filter: $filter, orderBy: $orderBy) { totalCount nodes { id platform accountId accountName participantId participantName status
      startedAt lastMessageAt lastInboundAt messageCount closedAt version assignee { id } lastMessage { content direction }
      messages { totalCount nodes { id platformMessageId direction content senderId receivedAt editedAt deletedAt metadata } } } } }";
pub const STATUS: &str = "mutation Status($input: SetConversationStatusInput!) { setConversationStatus(input: $input) {
    conversation { id status closedAt version } errors { code path } } }";
pub const ASSIGN: &str = "mutation Assign($input: AssignConversationInput!) { assignConversation(input: $input) {
    conversation { id assignee { id } } errors { code path } } }";

/// A day ago, in milliseconds, at a whole second.
fn a_day_ago() -> i64 {
    (kernel::Source::system().now().timestamp() - 86_400) * 1000
}

/// A desk whose company has connected accounts.
pub struct Social {
    pub desk: Desk,
    pub admin: Person,
    pub sql: Sql,
    began: i64,
}

impl Social {
    pub async fn open(backend: Backend) -> Self {
        Self::open_with(backend, Options::new()).await
    }

    pub async fn open_with(backend: Backend, options: Options) -> Self {
        let desk = Desk::open_with(backend, apps(options)).await;
        let admin = desk.admin().await;
        let sql = desk.sql().await;
        let social = Self { desk, admin, sql, began: a_day_ago() };
        for (n, platform, account) in
            [(1, "facebook", "page1"), (2, "x", "100"), (3, "linkedin", "urn:li:organization:7")]
        {
            social.connect(&social.sql, "main", n, platform, account).await;
        }
        social
    }

    /// Some seconds after the story began, in milliseconds.
    pub fn at(&self, second: i64) -> i64 {
        self.began + second * 1000
    }

    /// An account that a company has connected, as the one with this number; its id.
    pub async fn connect(&self, sql: &Sql, slug: &str, number: u8, platform: &str, account: &str) -> String {
        let uuid = format!("0190a5f0-0000-7000-8000-0000000000{number:02x}");
        let (id, now, no) = match sql.is_sqlite() {
            true => (format!("x'{}'", uuid.replace('-', "")), "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')", "NULL"),
            false => (format!("'{uuid}'"), "now()", "NULL"),
        };
        sql.run(&format!(
            "INSERT INTO social_accounts (id, platform, account_id, account_name, status, metadata, connected_by_id, connected_at, active, version, updated_at)
             VALUES ({id}, '{platform}', '{account}', 'Shop', 'connected', '{{}}', {no}, {now}, TRUE, 1, {now})"
        ))
        .await;
        let registry = Sql::open(self.desk.server.setting("FRONTDESK_DATABASE_URL").expect("a setting"), None).await;
        registry
            .run(&format!(
                "INSERT INTO social_account_routes (platform, account_id, tenant_id, created_at)
                 SELECT '{platform}', '{account}', id, {now} FROM tenants WHERE slug = '{slug}'"
            ))
            .await;
        format!("sac_{}", uuid.replace('-', ""))
    }

    /// Facebook tells this of the page.
    pub async fn told(&self, events: &[Value]) {
        assert_eq!(tell(&self.desk.web, "facebook", &page("page1", events)).await, 200, "{events:?}");
    }

    /// All conversations, as the administrator sees them.
    pub async fn all(&self) -> Vec<Value> {
        self.list(json!({})).await
    }

    pub async fn list(&self, filter: Value) -> Vec<Value> {
        let found = self.admin.client.run(LIST, json!({ "filter": filter })).await.ok();
        found.list("conversations.nodes").to_vec()
    }

    /// The only one.
    pub async fn one(&self) -> Value {
        let all = self.all().await;
        assert_eq!(all.len(), 1, "{all:?}");
        all[0].clone()
    }

    pub async fn set_status(&self, id: &Value, status: &str) {
        let input = json!({ "input": { "conversationId": id, "status": status } });
        let set = self.admin.client.run(STATUS, input).await.ok();
        assert_eq!(set.data("setConversationStatus.conversation.status"), &json!(status));
    }
}

pub fn texts(conversation: &Value) -> Vec<&str> {
    let messages = conversation["messages"]["nodes"].as_array().expect("messages");
    messages.iter().map(|message| message["content"].as_str().expect("a text")).collect()
}

both! {
    /// One message, told three times one after the other and eight times at once, is one message; so is the answer's echo.
    async fn a_message_is_taken_once(backend) {
        let social = Social::open(backend).await;
        let first = written("page1", "ann", "m1", "Hello", social.at(1));
        for _ in 0..3 {
            social.told(std::slice::from_ref(&first)).await;
        }
        let again = written("page1", "ann", "m2", "Anybody there?", social.at(2));
        join_all((0..8).map(|_| social.told(std::slice::from_ref(&again)))).await;
        let answer = echo("page1", "ann", "m3", "Yes", social.at(3));
        join_all((0..4).map(|_| social.told(std::slice::from_ref(&answer)))).await;
        let one = social.one().await;
        assert_eq!(texts(&one), ["Hello", "Anybody there?", "Yes"]);
        assert_eq!((&one["messageCount"], &one["status"], &one["platform"]), (&json!(3), &json!("ACTIVE"), &json!("FACEBOOK")));
        assert_eq!((&one["lastMessage"]["content"], &one["lastMessage"]["direction"]), (&json!("Yes"), &json!("OUTBOUND")));
        assert_eq!(one["accountName"], "Shop");
        assert!(one["startedAt"].as_str() < one["lastInboundAt"].as_str());
        assert!(one["lastInboundAt"].as_str() < one["lastMessageAt"].as_str());
        let trail = "{ auditLogs(filter: { eventType: { eq: \"conversation.message_added\" } }) { totalCount } }";
        let trail = social.admin.client.run(trail, Value::Null).await.ok();
        assert_eq!(trail.data("auditLogs.totalCount"), &json!(3), "one event each");
    }

    /// The later message comes first, an edit and a deletion come before what they change, and old ones after newer: in the end it
    /// is as if everything had come in order.
    async fn the_order_of_deliveries_does_not_matter(backend) {
        let social = Social::open(backend).await;
        social.told(&[edited("page1", "ann", "m1", "Hello, edited", social.at(5))]).await;
        social.told(&[taken_back("page1", "ann", "m2", social.at(6))]).await;
        assert_eq!(social.all().await.len(), 0, "what is not there is no conversation");
        social.told(&[written("page1", "ann", "m3", "Last", social.at(9))]).await;
        social.told(&[written("page1", "ann", "m2", "Secret", social.at(2)), written("page1", "ann", "m1", "Hello", social.at(1))]).await;
        let one = social.one().await;
        assert_eq!(texts(&one), ["Hello, edited", "", "Last"]);
        assert_eq!((&one["messageCount"], &one["lastMessage"]["content"]), (&json!(3), &json!("Last")));
        assert!(one["messages"]["nodes"][1]["deletedAt"].is_string() && one["messages"]["nodes"][0]["editedAt"].is_string());
        // An edit that is older than the one that holds, and one of what was taken back.
        social.told(&[edited("page1", "ann", "m1", "Too old", social.at(4)), edited("page1", "ann", "m2", "Back", social.at(8))]).await;
        // Of several at once the newest holds, and what is taken back is gone.
        let edits = (0..8).map(|n| edited("page1", "ann", "m3", &format!("Edit {n}"), social.at(20 + n))).collect::<Vec<_>>();
        join_all(edits.iter().map(|edit| social.told(std::slice::from_ref(edit)))).await;
        assert_eq!(texts(&social.one().await), ["Hello, edited", "", "Edit 7"]);
        // What was said first is kept, in whatever order it is told that it changed.
        let kept = "{ conversations { nodes { messages { nodes { metadata } } } } }";
        let kept = async || social.admin.client.run(kept, Value::Null).await.ok().data("conversations.nodes.0.messages.nodes").clone();
        let first: Vec<_> = kept().await.as_array().expect("a list").iter().map(|one| one["metadata"]["original"].clone()).collect();
        assert_eq!(first, [json!("Hello"), Value::Null, json!("Last")]);
        social.told(&[taken_back("page1", "ann", "m3", social.at(30))]).await;
        assert_eq!(texts(&social.one().await), ["Hello, edited", "", ""]);
        let secret = social.sql.everything().await;
        assert!(!secret.contains("Secret"), "what was taken back is nowhere");
        assert_eq!(kept().await[2]["metadata"], json!({}), "nor what it said first");
    }

    /// Sixteen senders write at once in two conversations, each message twice: every one is there once, and the numbers are right.
    async fn many_at_once_are_counted_right(backend) {
        let social = Social::open(backend).await;
        let deliveries = (0..16).flat_map(|sender| (0..2).map(move |time| (sender, time)));
        join_all(deliveries.map(|(sender, _)| {
            let social = &social;
            async move {
                for n in 0..6 {
                    let person = if sender % 2 == 0 { "ann" } else { "bob" };
                    let mid = format!("m{sender}-{n}");
                    social.told(&[written("page1", person, &mid, &mid, social.at(sender * 10 + n))]).await;
                }
            }
        }))
        .await;
        let all = social.all().await;
        assert_eq!(all.len(), 2);
        for conversation in &all {
            assert_eq!((&conversation["messageCount"], &conversation["messages"]["totalCount"]), (&json!(48), &json!(48)));
        }
        let last = |person: &str| all.iter().find(|one| one["participantId"] == person).expect("one")["lastMessage"]["content"].clone();
        assert_eq!((last("ann"), last("bob")), (json!("m14-5"), json!("m15-5")));
    }

    /// A closed conversation is opened by what the participant writes, and not by an echo, nor by what is told again.
    async fn the_participant_opens_a_closed_conversation(backend) {
        let social = Social::open(backend).await;
        let first = written("page1", "ann", "m1", "Hello", social.at(1));
        social.told(std::slice::from_ref(&first)).await;
        let id = social.one().await["id"].clone();
        social.set_status(&id, "CLOSED").await;
        assert!(social.one().await["closedAt"].is_string());
        social.told(&[first, echo("page1", "ann", "m2", "Bye", social.at(2))]).await;
        assert_eq!(social.one().await["status"], "CLOSED");
        social.told(&[written("page1", "ann", "m3", "One more thing", social.at(3))]).await;
        let one = social.one().await;
        assert_eq!((&one["status"], &one["closedAt"], &one["id"]), (&json!("ACTIVE"), &Value::Null, &id));
        // And somebody closes and opens it by hand.
        social.set_status(&id, "CLOSED").await;
        social.set_status(&id, "ACTIVE").await;
    }

    /// What is edited after the conversation was closed opens nothing: the message says the new text and is marked, what it said
    /// at first is kept, an older edit that comes late is ignored, and what is taken back leaves neither (B72).
    async fn an_edit_opens_no_closed_conversation(backend) {
        let social = Social::open(backend).await;
        social.told(&[written("page1", "ann", "m1", "Is it broken?", social.at(1))]).await;
        let id = social.one().await["id"].clone();
        social.set_status(&id, "CLOSED").await;
        for (text, second) in [("It is broken", 10), ("It was broken", 20), ("Too late", 15)] {
            social.told(&[edited("page1", "ann", "m1", text, social.at(second))]).await;
        }
        let one = social.one().await;
        assert_eq!((&one["status"], &one["messageCount"]), (&json!("CLOSED"), &json!(1)));
        let message = &one["messages"]["nodes"][0];
        assert!(message["editedAt"].is_string());
        assert_eq!((&message["content"], &message["metadata"]["original"]), (&json!("It was broken"), &json!("Is it broken?")));
        social.told(&[taken_back("page1", "ann", "m1", social.at(30))]).await;
        let one = social.one().await;
        let message = &one["messages"]["nodes"][0];
        assert_eq!((&message["content"], &message["metadata"], &one["status"]), (&json!(""), &json!({}), &json!("CLOSED")));
    }

    /// Who has a conversation is told of it, and of what is written in it; who leaves hands it on.
    async fn who_has_it_is_told(backend) {
        let social = Social::open(backend).await;
        let bea = social.desk.colleague("bea@example.com", "Bea", "MANAGER").await;
        social.told(&[written("page1", "ann", "m1", "Hello", social.at(1))]).await;
        let id = social.one().await["id"].clone();
        let input = json!({ "input": { "conversationId": id, "assigneeId": bea.id } });
        social.admin.client.run(ASSIGN, input).await.ok();
        social.told(&[written("page1", "ann", "m2", "Still here", social.at(2))]).await;
        let told = "{ notifications(first: 10) { nodes { type resourceId } } }";
        let told = async || {
            let found = bea.client.run(told, Value::Null).await.ok();
            let mut kinds: Vec<_> = found.list("notifications.nodes").iter().map(|node| node["type"].clone()).collect();
            kinds.sort_by_key(Value::to_string);
            (kinds == [json!("CONVERSATION_ASSIGNED"), json!("CONVERSATION_MESSAGE")]).then_some(())
        };
        until("told", SOON, told).await;
        let nobody = json!({ "input": { "conversationId": id, "assigneeId": "stf_0190a5f0000070008000000000000000" } });
        let refused = social.admin.client.run(ASSIGN, nobody).await;
        assert_eq!(refused.user_errors("assignConversation")[0].code, "NOT_AVAILABLE");
        let leave = "mutation Leave($input: DeactivateStaffInput!) { deactivateStaff(input: $input) { staff { isActive } errors { code } } }";
        let left = social.admin.client.run(leave, json!({ "input": { "staffId": bea.id, "handOverTo": social.admin.id } })).await.ok();
        assert_eq!(left.data("deactivateStaff.staff.isActive"), &json!(false));
        assert_eq!(social.one().await["assignee"]["id"], json!(social.admin.id));
    }
}
