//! Replies in conversations: they go out once, within the platform's window and its limits, and what became of them is seen.

use serde_json::{Value, json};

use super::ai_tasks::set;
use super::conversations::{LIST, texts};
use super::desk::{Desk, Person, SOON};
use super::social_accounts::connect;
use crate::coverage::sql::Sql;
use crate::support::platforms::{Platforms, Play};
use crate::support::told::{comment, direct, echo, page, taken_back, tell, written};
use crate::support::{Backend, Options, both, until};

pub const REPLY: &str = "mutation Reply($input: ReplyToConversationInput!) { replyToConversation(input: $input) {
    conversationReply { id status source content author { id } } errors { code path message } } }";
pub const APPROVE: &str =
    "mutation Approve($input: ApproveConversationReplyInput!) { approveConversationReply(input: $input) {
    conversationReply { id status content suggestedContent approvedBy { id } } errors { code path message } } }";
pub const REJECT: &str =
    "mutation Reject($input: RejectConversationReplyInput!) { rejectConversationReply(input: $input) {
    conversationReply { id status } errors { code path } } }";
pub const RETRY: &str = "mutation Retry($input: RetryConversationReplyInput!) { retryConversationReply(input: $input) {
    conversationReply { id status } errors { code path message } } }";
const ONE: &str =
    "query One($id: ID!) { conversationReply(id: $id) { status isAutomatic attempts errorMessage isOutcomeUnknown nextAttemptAt
    platformMessageId sentMessage { content direction } message { content } conversation { id } } }";

/// A desk with an account on each platform, and what is written there.
pub struct Talk {
    pub desk: Desk,
    pub admin: Person,
    pub platforms: Platforms,
    pub sql: Sql,
}

impl Talk {
    pub async fn open(backend: Backend) -> Self {
        Self::open_with(backend, Options::new()).await
    }

    /// The same with other settings.
    pub async fn open_with(backend: Backend, options: Options) -> Self {
        let platforms = Platforms::start().await;
        platforms.pages(&[("page1", "Shop")]);
        let desk = Desk::open_with(backend, platforms.settings(options)).await;
        let admin = desk.admin().await;
        for platform in ["FACEBOOK", "X", "LINKEDIN"] {
            connect(&platforms, &admin, platform).await;
        }
        let sql = desk.sql().await;
        Self { desk, admin, platforms, sql }
    }

    /// So many hours ago, in milliseconds.
    pub fn ago(hours: i64) -> i64 {
        (kernel::Source::system().now().timestamp() - hours * 3600) * 1000
    }

    /// Ann wrote to the page so many hours ago; the conversation's id.
    pub async fn ann(&self, hours: i64) -> String {
        let told = page("page1", &[written("page1", "ann", "m1", "Price?", Self::ago(hours))]);
        assert_eq!(tell(&self.desk.web, "facebook", &told).await, 200);
        self.conversation("FACEBOOK").await["id"].as_str().expect("an id").to_owned()
    }

    pub async fn conversation(&self, platform: &str) -> Value {
        let filter = json!({ "filter": { "platform": { "eq": platform } } });
        self.admin.client.run(LIST, filter).await.ok().list("conversations.nodes")[0].clone()
    }

    /// Replies; the reply's id.
    pub async fn reply(&self, conversation: &str, text: &str) -> String {
        let input = json!({ "input": { "conversationId": conversation, "content": text } });
        let done = self.admin.client.run(REPLY, input).await.ok();
        assert_eq!(done.data("replyToConversation.errors"), &json!([]));
        assert_eq!(done.data("replyToConversation.conversationReply.status"), &json!("APPROVED"));
        done.string("replyToConversation.conversationReply.id")
    }

    pub async fn look(&self, reply: &str) -> Value {
        self.admin.client.run(ONE, json!({ "id": reply })).await.ok().data("conversationReply").clone()
    }

    pub async fn becomes(&self, reply: &str, status: &str) -> Value {
        until(status, SOON, async || Some(self.look(reply).await).filter(|reply| reply["status"] == status)).await
    }

    /// The time has passed in which the echoes are waited for of what was begun to be sent.
    pub async fn echoes_are_late(&self) {
        let old = match self.sql.is_sqlite() {
            true => "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-3 minutes')",
            false => "now() - interval '3 minutes'",
        };
        let begun = "status = 'approved' AND attempted_at IS NOT NULL";
        self.sql.run(&format!("UPDATE conversation_replies SET attempted_at = {old} WHERE {begun}")).await;
    }

    /// Suggestions go out by themselves from so sure on, at any hour.
    async fn may_go_out(&self, from: i64) {
        set(&self.admin, "conversation.automatic_replies_in_hours", json!(false)).await;
        set(&self.admin, "conversation.automatic_replies_from", json!(from)).await;
    }

    /// A suggestion for the first message of a conversation; its id.
    async fn suggestion(&self, number: u8, automatic: bool) -> String {
        let uuid = format!("0190a5f0-0000-7000-8000-0000000001{number:02x}");
        let (id, now) = match self.sql.is_sqlite() {
            true => (format!("x'{}'", uuid.replace('-', "")), "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')"),
            false => (format!("'{uuid}'::uuid"), "now()"),
        };
        let (status, approved) = if automatic { ("approved", "m.received_at") } else { ("pending", "NULL") };
        self.sql
            .run(&format!(
                "INSERT INTO conversation_replies (id, conversation_id, message_id, message_received_at, source, status, content, confidence,
                    is_automatic, generated_at, approved_at, attempts, version, updated_at)
                 SELECT {id}, m.conversation_id, m.id, m.received_at, 'suggestion', '{status}', 'It is 5.', 0.5, {automatic}, {now},
                    {approved}, 0, 1, {now} FROM conversation_messages m WHERE m.direction = 'inbound' ORDER BY m.received_at LIMIT 1"
            ))
            .await;
        let id = format!("crp_{}", uuid.replace('-', ""));
        if automatic {
            let job = if self.sql.is_sqlite() { "randomblob(16)" } else { "gen_random_uuid()" };
            let payload = format!("{{\"reply\": \"{id}\"}}");
            self.sql
                .run(&format!(
                    "INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at)
                     VALUES ({job}, 'inbox.send_conversation_reply', '{payload}', 'queued', {now}, 0, {now})"
                ))
                .await;
        }
        id
    }
}

both! {
    /// A reply goes out on each platform as it wants it, and is one message of the conversation, whether its echo comes before,
    /// after or not at all.
    async fn a_reply_goes_out_once_on_each_platform(backend) {
        let talk = Talk::open(backend).await;
        let ann = talk.ann(1).await;
        let input = json!({ "input": { "conversationId": ann, "content": "x".repeat(2001) } });
        let long = talk.admin.client.run(REPLY, input).await;
        assert_eq!(long.data("replyToConversation.errors.0.path"), &json!(["input", "content"]));
        let reply = talk.reply(&ann, "It is 5.").await;
        let sent = talk.becomes(&reply, "SENT").await;
        assert_eq!((&sent["sentMessage"]["content"], &sent["message"]["content"]), (&json!("It is 5."), &json!("Price?")));
        let told = page("page1", &[echo("page1", "ann", "sent-1", "It is 5.", Talk::ago(0))]);
        assert_eq!(tell(&talk.desk.web, "facebook", &told).await, 200);
        assert_eq!(texts(&talk.conversation("FACEBOOK").await), ["Price?", "It is 5."]);

        tell(&talk.desk.web, "x", &direct("100", ("200", "Bob"), "100", "d1", "Hello", Talk::ago(2))).await;
        let bob = talk.conversation("X").await;
        let reply = talk.reply(bob["id"].as_str().expect("an id"), "Good day").await;
        talk.becomes(&reply, "SENT").await;
        tell(&talk.desk.web, "linkedin", &comment("urn:li:organization:7", "COMMENT", "urn:li:person:p", "2", Some("Nice"), Talk::ago(3))).await;
        let eve = talk.conversation("LINKEDIN").await;
        let reply = talk.reply(eve["id"].as_str().expect("an id"), "Thank you").await;
        talk.becomes(&reply, "SENT").await;
        let sent = talk.platforms.sent();
        let seen: Vec<_> = sent.iter().map(|sent| (sent.from.as_str(), sent.to.as_str(), sent.text.as_str())).collect();
        let urn = "urn:li:comment:(urn:li:activity:1,2)";
        let wanted = [("page1", "ann", "It is 5."), ("100", "200", "Good day"), ("urn:li:organization:7", urn, "Thank you")];
        assert_eq!(seen, wanted);
        assert_eq!((&sent[0].body["messaging_type"], &sent[2].body["parentComment"]), (&json!("RESPONSE"), &json!(urn)));
        assert_eq!(sent[2].body["object"], "urn:li:activity:1");
    }

    /// After a day only a person may answer, after a week nobody; a conversation that is closed or whose account is not connected
    /// takes none. The error says which.
    async fn the_window_of_the_platform_holds(backend) {
        let talk = Talk::open(backend).await;
        let ann = talk.ann(48).await;
        talk.platforms.outside("ann");
        let reply = talk.reply(&ann, "Late, sorry").await;
        talk.becomes(&reply, "SENT").await;
        assert_eq!(talk.platforms.sent()[0].body["tag"], "HUMAN_AGENT");
        let refused = async |why: &str| {
            let input = json!({ "input": { "conversationId": ann, "content": "Hello?" } });
            let refused = talk.admin.client.run(REPLY, input).await;
            assert_eq!(refused.data("replyToConversation.errors.0.path"), &json!(["input", "conversationId"]));
            assert!(refused.string("replyToConversation.errors.0.message").contains(why), "{why}");
        };
        let days = if talk.sql.is_sqlite() { "'2026-01-01T00:00:00+00:00'" } else { "now() - interval '8 days'" };
        talk.sql.run(&format!("UPDATE conversations SET last_inbound_at = {days}")).await;
        refused("168 h").await;
        talk.sql.run("UPDATE social_accounts SET status = 'revoked'").await;
        refused("not connected").await;
        talk.sql.run("UPDATE conversations SET status = 'closed'").await;
        refused("closed").await;
        assert_eq!(talk.platforms.sent().len(), 1);
        assert_eq!(talk.sql.count("conversation_replies").await, 1, "nothing was written");
    }

    /// What the platform refuses for a time is tried again when it wants it; what it refuses for good is given up, shown, told, and
    /// tried again by hand; a token that it takes no more is renewed first.
    async fn what_was_not_taken_is_tried_again(backend) {
        let talk = Talk::open(backend).await;
        tell(&talk.desk.web, "x", &direct("100", ("200", "Bob"), "100", "d1", "Hello", Talk::ago(2))).await;
        let bob = talk.conversation("X").await["id"].as_str().expect("an id").to_owned();
        let reset = kernel::Source::system().now().timestamp() + 3;
        let limit = json!({ "errors": [{ "code": 88, "message": "Rate limit exceeded" }] });
        talk.platforms.script([Play::Refuses(429, vec![("x-rate-limit-reset", reset.to_string())], limit)]);
        let reply = talk.reply(&bob, "One").await;
        until("it waits", SOON, async || Some(talk.look(&reply).await).filter(|reply| reply["nextAttemptAt"].is_string())).await;
        // Another one waits with it, and does not ask.
        let second = talk.reply(&bob, "Two").await;
        talk.becomes(&reply, "SENT").await;
        talk.becomes(&second, "SENT").await;
        assert_eq!(talk.look(&reply).await["attempts"], 2);
        assert!(kernel::Source::system().now().timestamp() >= reset);

        talk.platforms.expire_all();
        let third = talk.reply(&bob, "Three").await;
        talk.becomes(&third, "SENT").await;
        assert_eq!(talk.platforms.renewals(), 1);

        let never = json!({ "title": "Forbidden", "detail": "You cannot send messages to this user.", "status": 403 });
        talk.platforms.script([Play::Refuses(403, Vec::new(), never)]);
        let fourth = talk.reply(&bob, "Four").await;
        let failed = talk.becomes(&fourth, "FAILED").await;
        assert!(failed["errorMessage"].as_str().expect("why").contains("cannot send messages"));
        let told = "{ notifications { nodes { type } } }";
        until("they are told", SOON, async || {
            let told = talk.admin.client.run(told, Value::Null).await.ok();
            told.list("notifications.nodes").iter().any(|one| one["type"] == "CONVERSATION_REPLY_FAILED").then_some(())
        })
        .await;
        let again = talk.admin.client.run(RETRY, json!({ "input": { "conversationReplyId": fourth } })).await.ok();
        assert_eq!(again.data("retryConversationReply.conversationReply.status"), &json!("APPROVED"));
        talk.becomes(&fourth, "SENT").await;
        let said: Vec<_> = talk.platforms.sent().into_iter().map(|sent| sent.text).collect();
        assert_eq!(said, ["One", "Two", "Three", "Four"]);
        talk.platforms.revoke_all();
        let fifth = talk.reply(&bob, "Five").await;
        talk.becomes(&fifth, "FAILED").await;
        let revoked = talk.sql.number("SELECT count(*) FROM social_accounts WHERE status = 'revoked'").await;
        assert_eq!(revoked, 1);
    }

    /// The platform took a reply and the answer was lost: it is not sent again. Its echo tells that it was; where none comes, it is
    /// given up for a person to look.
    async fn a_reply_whose_answer_was_lost_is_not_sent_again(backend) {
        let talk = Talk::open(backend).await;
        let ann = talk.ann(1).await;
        talk.platforms.script([Play::Loses]);
        let first = talk.reply(&ann, "Once").await;
        until("nobody knows", SOON, async || Some(talk.look(&first).await).filter(|it| it["isOutcomeUnknown"] == true)).await;
        let told = page("page1", &[echo("page1", "ann", "sent-1", "Once", Talk::ago(0))]);
        assert_eq!(tell(&talk.desk.web, "facebook", &told).await, 200);
        let sent = talk.becomes(&first, "SENT").await;
        assert_eq!((&sent["platformMessageId"], &sent["sentMessage"]["content"]), (&json!("sent-1"), &json!("Once")));

        talk.platforms.script([Play::Loses]);
        let second = talk.reply(&ann, "Twice?").await;
        until("nobody knows", SOON, async || Some(talk.look(&second).await).filter(|it| it["isOutcomeUnknown"] == true)).await;
        talk.echoes_are_late().await;
        let failed = talk.becomes(&second, "FAILED").await;
        assert!(failed["errorMessage"].as_str().expect("why").contains("not known"));
        assert_eq!(talk.platforms.sent().len(), 2, "each was sent once");
        // The echo comes after all: trying again sends nothing.
        let told = page("page1", &[echo("page1", "ann", "sent-2", "Twice?", Talk::ago(0))]);
        assert_eq!(tell(&talk.desk.web, "facebook", &told).await, 200);
        let again = talk.admin.client.run(RETRY, json!({ "input": { "conversationReplyId": second } })).await.ok();
        assert_eq!(again.data("retryConversationReply.conversationReply.status"), &json!("SENT"));
        assert_eq!((talk.platforms.sent().len(), texts(&talk.conversation("FACEBOOK").await)), (2, vec!["Price?", "Once", "Twice?"]));
    }

    /// A suggestion is changed and sent, with what was suggested kept; another one for the same message is not, nor one that was
    /// rejected; and none goes out by itself after somebody answered.
    async fn a_suggestion_is_sent_when_somebody_says_so(backend) {
        let talk = Talk::open(backend).await;
        let ann = talk.ann(1).await;
        let staff = talk.desk.colleague("vera@example.com", "Vera", "VIEWER").await;
        let (first, second, third) = (talk.suggestion(1, false).await, talk.suggestion(2, false).await, talk.suggestion(3, false).await);
        let of = |id: &str| json!({ "input": { "conversationReplyId": id } });
        assert_eq!(staff.client.run(APPROVE, of(&first)).await.error_code(), "FORBIDDEN");
        let rejected = talk.admin.client.run(REJECT, of(&third)).await.ok();
        assert_eq!(rejected.data("rejectConversationReply.conversationReply.status"), &json!("REJECTED"));
        let again = talk.admin.client.run(APPROVE, of(&third)).await;
        assert_eq!(again.data("approveConversationReply.errors.0.code"), &json!("NOT_ALLOWED"));
        let input = json!({ "input": { "conversationReplyId": first, "content": "It is 6." } });
        let approved = talk.admin.client.run(APPROVE, input).await.ok();
        let reply = approved.data("approveConversationReply.conversationReply");
        assert_eq!((&reply["content"], &reply["suggestedContent"]), (&json!("It is 6."), &json!("It is 5.")));
        talk.becomes(&first, "SENT").await;
        let twice = talk.admin.client.run(APPROVE, of(&second)).await;
        assert_eq!(twice.data("approveConversationReply.errors.0.path"), &json!(["input", "conversationReplyId"]));
        let said: Vec<_> = talk.platforms.sent().into_iter().map(|sent| sent.text).collect();
        assert_eq!(said, ["It is 6."]);
        // One that is to go out by itself finds that somebody answered.
        talk.may_go_out(50).await;
        talk.sql.run("UPDATE conversation_replies SET status = 'failed' WHERE status = 'sent'").await;
        let automatic = talk.suggestion(4, true).await;
        let left = talk.becomes(&automatic, "REJECTED").await;
        assert!(left["errorMessage"].as_str().expect("why").contains("answered"));
        assert_eq!(talk.platforms.sent().len(), 1);
        let pending = "{ conversationReplies(filter: { status: { eq: PENDING } }) { totalCount nodes { id conversation { id } } } }";
        let pending = talk.admin.client.run(pending, Value::Null).await.ok();
        assert_eq!(pending.list("conversationReplies.nodes")[0]["conversation"]["id"], json!(ann));
    }

    /// One that nobody answered before goes out by itself.
    async fn an_automatic_reply_goes_out(backend) {
        let talk = Talk::open(backend).await;
        talk.ann(1).await;
        talk.may_go_out(50).await;
        let automatic = talk.suggestion(1, true).await;
        talk.becomes(&automatic, "SENT").await;
        assert_eq!(talk.platforms.sent()[0].text, "It is 5.");
        let conversation = talk.conversation("FACEBOOK").await;
        assert_eq!(texts(&conversation), ["Price?", "It is 5."]);
    }

    /// One that had to wait is looked at like a new one: it waits for a person where the company lets none go out any more, and is
    /// rejected where somebody closed the conversation or the message was taken back.
    async fn an_automatic_reply_that_waited_is_looked_at_again(backend) {
        let talk = Talk::open(backend).await;
        let ann = talk.ann(1).await;
        talk.may_go_out(51).await;
        let unsure = talk.suggestion(1, true).await;
        let waits = talk.becomes(&unsure, "PENDING").await;
        assert_eq!((&waits["isAutomatic"], &waits["errorMessage"]), (&json!(false), &Value::Null));
        talk.may_go_out(50).await;
        let turn = async |status: &str| {
            let set = "mutation($input: SetConversationStatusInput!) { setConversationStatus(input: $input) { conversation { status } errors { message } } }";
            talk.admin.client.run(set, json!({ "input": { "conversationId": ann, "status": status } })).await.ok();
        };
        turn("CLOSED").await;
        let closed = talk.suggestion(2, true).await;
        assert_eq!(talk.becomes(&closed, "REJECTED").await["errorMessage"], "the conversation was closed meanwhile");
        turn("ACTIVE").await;
        let gone = page("page1", &[taken_back("page1", "ann", "m1", Talk::ago(0))]);
        assert_eq!(tell(&talk.desk.web, "facebook", &gone).await, 200);
        let of_nothing = talk.suggestion(3, true).await;
        assert_eq!(talk.becomes(&of_nothing, "REJECTED").await["errorMessage"], "what it answers was taken back");
        assert!(talk.platforms.sent().is_empty());
        // A person says that the first is sent all the same.
        let approve = json!({ "input": { "conversationReplyId": unsure } });
        talk.admin.client.run(APPROVE, approve).await.ok();
        talk.becomes(&unsure, "SENT").await;
        assert_eq!(talk.platforms.sent().len(), 1);
    }
}
