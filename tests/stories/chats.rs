//! Live chats: what a visitor without an account and those at the desk do, one step after the other.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::roles::{colleague, make_role, run};
use crate::support::{Answer, Client, Options, Smtp, both, until};

pub const START: &str = "mutation Start($input: StartChatInput!) { startChat(input: $input) {
    receipt { chatId chatToken visitorToken nobodyAvailable } errors { code message path } } }";
pub const SEND: &str = "mutation Send($input: SendChatMessageInput!) { sendChatMessage(input: $input) {
    message { id sender content authorName } errors { code message path } } }";
pub const CLAIM: &str = "mutation Claim($input: ClaimChatInput!) { claimChat(input: $input) {
    chat { id status assignee { id } } errors { code message path } } }";
pub const TRANSFER: &str = "mutation Transfer($input: TransferChatInput!) { transferChat(input: $input) {
    chat { id status assignee { id } department { id } } errors { code message path } } }";
const END: &str =
    "mutation End($input: ChatInput!) { endChat(input: $input) { endedAt errors { code message path } } }";
const RATE: &str =
    "mutation Rate($input: RateChatInput!) { rateChat(input: $input) { rating errors { code message path } } }";
const READ: &str =
    "mutation Read($input: ChatInput!) { markChatRead(input: $input) { unreadCount errors { code message path } } }";
const TRANSCRIPT: &str = "mutation Transcript($input: ChatInput!) { requestChatTranscript(input: $input) { isQueued
    errors { code message path } } }";
const OPENED: &str =
    "query Opened($chatId: ID!, $chatToken: String!) { visitorChat(chatId: $chatId, chatToken: $chatToken) {
    id status startedAt endedAt endedBy rating unreadCount assigneeName departmentName queuePosition nobodyAvailable
    messages(first: 100) { totalCount nodes { sender content authorName author { id } chat { id } } } } }";
const SEEN: &str =
    "query Seen($id: ID!) { chat(id: $id) { id status startedAt endedAt endedBy unreadCount unreadByVisitor
    rating feedback visitorLineCount staffLineCount firstAnswerAt lastMessage { content } assignee { id }
    messages(first: 100) { nodes { sender content author { id name } } } } }";

/// A chat as its visitor has it.
pub struct Chat {
    pub id: String,
    pub token: String,
    web: Client,
}

/// A visitor begins a chat.
pub async fn start(web: &Client, input: Value) -> (Chat, Answer) {
    let answer = web.run(START, json!({ "input": input })).await.ok();
    let (id, token) = (answer.string("startChat.receipt.chatId"), answer.string("startChat.receipt.chatToken"));
    (Chat { id, token, web: web.clone() }, answer)
}

/// The same, of somebody of this name.
pub async fn begin(desk: &Desk, name: &str, content: &str) -> Chat {
    let email = format!("{}@visitors.example", name.to_lowercase());
    start(&desk.web, json!({ "name": name, "email": email, "content": content })).await.0
}

impl Chat {
    /// The variables that open it.
    pub fn key(&self) -> Value {
        json!({ "chatId": self.id, "chatToken": self.token })
    }

    /// The input of the visitor's mutations, with more.
    fn with(&self, more: Value) -> Value {
        let mut input = self.key();
        input.as_object_mut().expect("fields").extend(more.as_object().cloned().unwrap_or_default());
        json!({ "input": input })
    }

    pub async fn write(&self, content: &str) -> Answer {
        self.web.run(SEND, self.with(json!({ "content": content }))).await
    }

    async fn opened(&self) -> Value {
        self.web.run(OPENED, self.key()).await.ok().data("visitorChat").clone()
    }

    async fn does(&self, document: &str, more: Value) -> Answer {
        self.web.run(document, self.with(more)).await
    }
}

pub async fn claim(who: &Person, chat: &str) -> Answer {
    who.client.run(CLAIM, json!({ "input": { "chatId": chat } })).await
}

pub async fn answer(who: &Person, chat: &str, content: &str) -> Answer {
    who.client.run(SEND, json!({ "input": { "chatId": chat, "content": content } })).await
}

async fn seen(who: &Person, chat: &str) -> Value {
    run(who, SEEN, json!({ "id": chat })).await.data("chat").clone()
}

/// The ids of a list of chats.
fn ids(answer: &Answer, list: &str) -> Vec<String> {
    let nodes = answer.list(&format!("{list}.nodes"));
    nodes.iter().map(|node| node["id"].as_str().expect("an id").to_owned()).collect()
}

/// The one thing that was refused: code, field, words.
#[track_caller]
fn refusal(answer: &Answer, mutation: &str) -> (String, String, String) {
    let errors = answer.user_errors(mutation);
    let [error] = errors.as_slice() else { panic!("one error expected: {answer}") };
    (error.code.clone(), error.path.clone(), error.message.clone())
}

/// The texts of the lines that one side wrote.
fn said(chat: &Value, sender: &str) -> Vec<String> {
    let lines = chat["messages"]["nodes"].as_array().expect("lines");
    let own = lines.iter().filter(|line| line["sender"] == sender);
    own.map(|line| line["content"].as_str().expect("a text").to_owned()).collect()
}

async fn department(admin: &Person, name: &str) -> String {
    let create = "mutation($name: String!) { createDepartment(input: { name: $name }) { department { id } errors { message } } }";
    run(admin, create, json!({ "name": name })).await.string("createDepartment.department.id")
}

both! {
    /// From the first word to the rating, and everything is there when somebody looks afterwards: each step has its line,
    /// and what was counted. Neither the events nor the trail repeat what was said.
    async fn a_whole_conversation(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let chat = begin(&desk, "Vera", "The boiler makes a zanzibarian noise.").await;
        let opened = chat.opened().await;
        assert_eq!((&opened["status"], &opened["queuePosition"], &opened["assigneeName"]), (&json!("WAITING"), &json!(1), &Value::Null));
        assert_eq!(refusal(&answer(&admin, &chat.id, "Hello").await, "sendChatMessage").0, "NOT_ALLOWED", "claimed first");
        claim(&admin, &chat.id).await.ok();
        claim(&admin, &chat.id).await.ok();
        let name = run(&admin, "{ viewer { user { name } } }", Value::Null).await.string("viewer.user.name");
        let sent = answer(&admin, &chat.id, "Since when?").await.ok();
        assert_eq!(sent.data("sendChatMessage.message.authorName"), &json!(name));
        chat.write("Since\r\nyesterday.").await.ok();
        let refused = answer(&admin, &chat.id, "  ").await;
        assert_eq!(refusal(&refused, "sendChatMessage").1, "input.content");
        assert_eq!(refusal(&chat.write(&"x".repeat(5001)).await, "sendChatMessage").0, "TOO_LONG");
        run(&admin, END, json!({ "input": { "chatId": chat.id } })).await;
        chat.does(RATE, json!({ "rating": 4, "feedback": "Quick as a quagga." })).await.ok();

        let all = seen(&admin, &chat.id).await;
        assert_eq!(said(&all, "VISITOR"), ["The boiler makes a zanzibarian noise.", "Since\nyesterday."]);
        assert_eq!(said(&all, "STAFF"), ["Since when?"]);
        let steps = said(&all, "SYSTEM");
        assert_eq!(steps[1..], [format!("{name} joined the chat."), format!("{name} ended the chat."), "Vera rated the chat 4 of 5.".into()]);
        for (field, value) in [("status", json!("ENDED")), ("endedBy", json!("STAFF")), ("rating", json!(4)), ("visitorLineCount", json!(2)),
            ("staffLineCount", json!(1)), ("feedback", json!("Quick as a quagga.")), ("unreadCount", json!(2))] {
            assert_eq!(all[field], value, "{field}: {all}");
        }
        assert!(all["firstAnswerAt"].is_string());
        let opened = chat.opened().await;
        assert_eq!(said(&opened, "SYSTEM"), steps);
        assert_eq!(opened["messages"]["totalCount"], 7);
        let line = &opened["messages"]["nodes"][3];
        assert_eq!((&line["authorName"], &line["author"], &line["chat"]), (&json!(name), &Value::Null, &Value::Null), "{line}");

        for (filter, found) in [(json!({ "text": "vera@visitors.example" }), 1), (json!({ "text": "QUAGGA" }), 1), (json!({ "text": "zanzibarian" }), 0),
            (json!({ "said": "noise zanzibarian" }), 1), (json!({ "said": "zanzibarian yesterday" }), 0), (json!({ "status": { "eq": "ENDED" }, "isRated": true }), 1),
            (json!({ "assigneeId": { "eq": "me" } }), 1), (json!({ "assigneeId": { "eq": "none" } }), 0), (json!({ "startedAt": { "gt": "2100-01-01T00:00:00Z" } }), 0)] {
            let list = run(&admin, "query($f: ChatFilter) { chats(filter: $f) { totalCount nodes { id visitor { chats { totalCount } } } } }", json!({ "f": filter })).await;
            assert_eq!((ids(&list, "chats").len(), list.data("chats.totalCount")), (found, &json!(found)), "{filter}");
        }
        let sql = desk.sql().await;
        for place in ["outbox WHERE CAST(payload AS text)", "audit_logs WHERE CAST(new_values AS text)", "jobs WHERE CAST(payload AS text)"] {
            for words in ["zanzibarian", "quagga", "visitors.example"] {
                assert_eq!(sql.number(&format!("SELECT count(*) FROM {place} LIKE '%{words}%'")).await, 0, "{place}");
            }
        }
        assert!(desk.cli_ok(&["audit", "verify"], "").starts_with("whole: "));
    }

    /// B9, B12, B60. While nobody is at the desk a visitor is told so and stays in the queue; that line is still there after a
    /// reload. Five wait in their order, and those of another department do not count.
    async fn who_waits_is_told_and_keeps_their_place(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (sales, care) = (department(&admin, "Sales").await, department(&admin, "Care").await);
        let (first, begun) = start(&desk.web, json!({ "name": "Vera", "content": "Hello?", "departmentId": sales })).await;
        assert_eq!(begun.data("startChat.receipt.nobodyAvailable"), &json!(true));
        let opened = first.opened().await;
        assert_eq!((&opened["nobodyAvailable"], &opened["departmentName"]), (&json!(true), &json!("Sales")));
        assert!(said(&opened, "SYSTEM")[0].starts_with("Nobody is here at the moment. The chat stays in the queue of Sales"), "{opened}");

        let mut live = crate::support::Socket::connect(desk.server.base(), Some(&admin.access)).await;
        live.subscribe("queue", "subscription { chatQueueEvents(after: \"0\") { change chatId } }", json!({})).await;
        assert_eq!(live.next(SOON).await.data("chatQueueEvents"), &json!({ "change": "ENTERED", "chatId": first.id }));
        until("somebody is there", SOON, async || (first.opened().await["nobodyAvailable"] == false).then_some(())).await;
        let (elsewhere, begun) = start(&desk.web, json!({ "name": "Otto", "content": "Hello?", "departmentId": care })).await;
        assert_eq!(begun.data("startChat.receipt.nobodyAvailable"), &json!(false));
        assert_eq!(said(&elsewhere.opened().await, "SYSTEM"), ["The chat is in the queue of Care."]);
        let mut waiting = vec![first];
        for n in 0..4 {
            waiting.push(start(&desk.web, json!({ "name": format!("Visitor {n}"), "content": "Hello?", "departmentId": sales })).await.0);
        }
        for (n, chat) in waiting.iter().enumerate() {
            assert_eq!(chat.opened().await["queuePosition"], json!(n + 1));
        }
        assert_eq!(elsewhere.opened().await["queuePosition"], json!(1));
        claim(&admin, &waiting[0].id).await.ok();
        assert_eq!(waiting[0].opened().await["queuePosition"], Value::Null);
        assert_eq!(waiting[4].opened().await["queuePosition"], json!(4));
        // Who transfers a chat back does not send it to the end.
        let back = json!({ "input": { "chatId": waiting[0].id, "departmentId": sales } });
        run(&admin, TRANSFER, back).await;
        assert_eq!(waiting[0].opened().await["queuePosition"], json!(1));

        // B10: who opens the queue now sees what those saw who were there.
        let queue = "query($d: ID) { chatQueue(departmentId: $d) { totalCount nodes { id } } }";
        let late = run(&admin, queue, json!({ "d": sales })).await;
        assert_eq!(ids(&late, "chatQueue"), waiting.iter().map(|chat| chat.id.clone()).collect::<Vec<_>>());
        let mut told = std::collections::BTreeSet::from([waiting[0].id.clone()]);
        for _ in 0..7 {
            let event = live.next(SOON).await.data("chatQueueEvents").clone();
            let id = event["chatId"].as_str().expect("an id").to_owned();
            if event["change"] == "CLAIMED" { told.remove(&id) } else { told.insert(id) };
        }
        assert_eq!(told, ids(&run(&admin, queue, json!({})).await, "chatQueue").into_iter().collect());
        for department in ["dep_0190a5f0000070008000000000000000"] {
            let input = json!({ "name": "Eve", "content": "Hello?", "departmentId": department });
            let refused = desk.web.run(START, json!({ "input": input })).await;
            assert_eq!(refusal(&refused, "startChat").1, "input.departmentId");
        }
        let trapped = start(&desk.web, json!({ "name": "Bot", "content": "Buy!", "website": "https://spam.example" })).await.0;
        assert_eq!(trapped.web.run(OPENED, trapped.key()).await.error_code(), "BAD_USER_INPUT", "nothing was stored");
    }

    /// B14. Fifty windows claim one chat at once: one colleague gets it, and everybody else is told who, also those who do not
    /// see it any more.
    async fn one_claim_wins(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Desk", &["VIEW_CHATS", "MANAGE_CHATS", "SEE_UNASSIGNED", "SEE_ASSIGNED"]).await;
        let mut people = Vec::new();
        for n in 0..5 {
            people.push(colleague(&desk, &admin, &format!("colleague{n}"), &role, json!({})).await);
        }
        let chat = begin(&desk, "Vera", "Hello?").await;
        let claims = join_all((0..50).map(|n| claim(&people[n % 5], &chat.id))).await;
        let has = seen(&admin, &chat.id).await["assignee"]["id"].clone();
        let winner = people.iter().position(|person| json!(person.id) == has).expect("one of them");
        for (n, answer) in claims.iter().enumerate() {
            if n % 5 == winner {
                assert_eq!(answer.data("claimChat.chat.assignee.id"), &has, "{answer}");
            } else {
                let (code, path, words) = refusal(answer, "claimChat");
                assert_eq!((code.as_str(), path.as_str()), ("NOT_AVAILABLE", "input.chatId"));
                assert_eq!(words, format!("colleague{winner} was faster and has the chat"));
            }
        }
        let joined = said(&seen(&admin, &chat.id).await, "SYSTEM");
        assert_eq!(joined.iter().filter(|line| line.ends_with("joined the chat.")).count(), 1, "{joined:?}");
        let trail = "{ auditLogs(filter: { eventType: { eq: \"chat.claimed\" } }) { totalCount } }";
        assert_eq!(run(&admin, trail, Value::Null).await.data("auditLogs.totalCount"), &json!(1));
        // What somebody never saw in the queue is not there for them.
        let blind = make_role(&admin, "Own", &["VIEW_CHATS", "MANAGE_CHATS", "SEE_ASSIGNED"]).await;
        let blind = colleague(&desk, &admin, "blind", &blind, json!({})).await;
        assert_eq!(claim(&blind, &chat.id).await.error_code(), "NOT_FOUND");
    }

    /// B13: the colleague writes two lines, the visitor one; the visitor reads, the colleague does not.
    async fn each_side_counts_only_the_others_lines(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let chat = begin(&desk, "Vera", "Hello?").await;
        claim(&admin, &chat.id).await.ok();
        let read = json!({ "input": { "chatId": chat.id } });
        run(&admin, READ, read.clone()).await;
        answer(&admin, &chat.id, "One").await.ok();
        answer(&admin, &chat.id, "Two").await.ok();
        chat.write("Three").await.ok();
        assert_eq!(chat.opened().await["unreadCount"], 2);
        chat.does(READ, json!({})).await.ok();
        let now = seen(&admin, &chat.id).await;
        assert_eq!((&now["unreadByVisitor"], &now["unreadCount"]), (&json!(0), &json!(1)), "{now}");
        // Nothing more to read is no change.
        let trail = "{ auditLogs(filter: { eventType: { eq: \"chat.read\" } }) { totalCount } }";
        let count = async || run(&admin, trail, Value::Null).await.data("auditLogs.totalCount").clone();
        assert_eq!(count().await, 2);
        chat.does(READ, json!({})).await.ok();
        assert_eq!(count().await, 2);
        run(&admin, READ, read).await;
        assert_eq!(seen(&admin, &chat.id).await["unreadCount"], 0);
    }

    /// A token opens its own chat. With another chat's, with one of another company, with none that is, and for a chat that
    /// there is not, everything is refused in the same words, and nothing is written.
    async fn a_token_opens_one_chat(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        desk.cli_ok(&["tenant", "create", "other", "--name", "Other", "--admin-email", crate::support::ADMIN_EMAIL], crate::support::ADMIN_PASSWORD);
        let web = desk.web.tenant("main");
        let (own, other) = (start(&web, json!({ "name": "Vera", "content": "Hello?" })).await.0, start(&web, json!({ "name": "Otto", "content": "Hello?" })).await.0);
        let foreign = start(&desk.web.tenant("other"), json!({ "name": "Vera", "content": "Hello?" })).await.0;
        let sql = desk.sql().await;
        let before = (sql.count("chat_messages").await, sql.count("audit_logs").await);
        let missing = "cht_0190a5f0000070008000000000000000".to_owned();
        let mut all = std::collections::BTreeSet::new();
        for (id, token) in [(&own.id, &other.token), (&own.id, &foreign.token), (&foreign.id, &foreign.token), (&missing, &own.token), (&own.id, &String::new())] {
            let input = |more: Value| {
                let mut input = json!({ "chatId": id, "chatToken": token });
                input.as_object_mut().expect("fields").extend(more.as_object().cloned().expect("fields"));
                json!({ "input": input })
            };
            for (document, mutation, more) in [(SEND, "sendChatMessage", json!({ "content": "Hello" })), (END, "endChat", json!({})),
                (RATE, "rateChat", json!({ "rating": 5 })), (READ, "markChatRead", json!({})), (TRANSCRIPT, "requestChatTranscript", json!({}))] {
                all.insert(refusal(&web.run(document, input(more)).await, mutation));
            }
            let typing = "mutation($input: SetTypingInput!) { setTyping(input: $input) { errors { code message path } } }";
            all.insert(refusal(&web.run(typing, input(json!({ "typing": true }))).await, "setTyping"));
            let query = web.run(OPENED, json!({ "chatId": id, "chatToken": token })).await;
            assert_eq!((query.error_code(), &query.errors()[0]["extensions"]["fields"]), ("BAD_USER_INPUT", &json!(["chatToken"])));
        }
        let words = "does not open this chat".to_owned();
        assert_eq!(all.into_iter().collect::<Vec<_>>(), [("INVALID_TOKEN".to_owned(), "input.chatToken".to_owned(), words)]);
        assert_eq!((sql.count("chat_messages").await, sql.count("audit_logs").await), before);
        // Without a token somebody must be signed in, and take chats.
        assert_eq!(web.run(SEND, json!({ "input": { "chatId": own.id, "content": "Hello" } })).await.error_code(), "UNAUTHENTICATED");
        let viewer = desk.web.tenant("main");
        desk.cli_ok(&["staff", "add", "viewer@example.com", "--name", "Viewer", "--role", "VIEWER", "--tenant", "main"], super::desk::PASSWORD);
        let signed_in = viewer.run(super::desk::SIGN_IN, super::desk::credentials("viewer@example.com", super::desk::PASSWORD)).await.ok();
        let viewer = viewer.bearer(&signed_in.string("signIn.session.accessToken"));
        assert_eq!(viewer.run(SEND, json!({ "input": { "chatId": own.id, "content": "Hello" } })).await.error_code(), "FORBIDDEN");
        drop(admin);
    }

    /// B61, and the rules of a rating: whoever comes back to an ended chat begins another one, and the times of the old one stay.
    async fn an_ended_chat_stays_ended(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (chat, begun) = start(&desk.web, json!({ "name": "Vera", "content": "Hello?" })).await;
        assert_eq!(refusal(&chat.does(RATE, json!({ "rating": 5 })).await, "rateChat").0, "NOT_ALLOWED", "nobody answered");
        claim(&admin, &chat.id).await.ok();
        chat.does(END, json!({})).await.ok();
        let ended = chat.opened().await;
        assert_eq!((&ended["status"], &ended["endedBy"]), (&json!("ENDED"), &json!("VISITOR")));
        for rating in [0, 6, -1] {
            let (code, path, _) = refusal(&chat.does(RATE, json!({ "rating": rating })).await, "rateChat");
            assert_eq!((code.as_str(), path.as_str()), ("INVALID_FORMAT", "input.rating"));
        }
        chat.does(RATE, json!({ "rating": 1 })).await.ok();
        assert_eq!(refusal(&chat.does(RATE, json!({ "rating": 5 })).await, "rateChat").0, "NOT_ALLOWED", "once");
        for (answer, mutation) in [(chat.write("Wait!").await, "sendChatMessage"), (answer(&admin, &chat.id, "Yes?").await, "sendChatMessage"), (claim(&admin, &chat.id).await, "claimChat"),
            (admin.client.run(TRANSFER, json!({ "input": { "chatId": chat.id, "assigneeId": admin.id } })).await, "transferChat")] {
            let (code, path, _) = refusal(&answer, mutation);
            assert_eq!((code.as_str(), path.as_str()), ("NOT_ALLOWED", "input.chatId"), "{answer}");
        }
        // Ending it again changes nothing.
        assert_eq!(chat.does(END, json!({})).await.ok().data("endChat.endedAt"), &ended["endedAt"]);
        let token = begun.string("startChat.receipt.visitorToken");
        let again = start(&desk.web, json!({ "name": "Vera", "content": "One more thing", "visitorToken": token })).await.0;
        assert_ne!(again.id, chat.id);
        let now = chat.opened().await;
        assert_eq!((&now["endedAt"], &now["startedAt"], &now["rating"]), (&ended["endedAt"], &ended["startedAt"], &json!(1)));
        let of = run(&admin, "query($id: ID!) { chat(id: $id) { visitor { chats { totalCount nodes { id } } } } }", json!({ "id": again.id })).await;
        assert_eq!(of.data("chat.visitor.chats.nodes"), &json!([{ "id": again.id }, { "id": chat.id }]));
    }

    /// Nothing was said for longer than the company lets a chat rest: it ends by itself, and says so. What waits stays. Lines
    /// go after a year, and what was counted of them stays.
    async fn silence_ends_a_chat_and_a_year_its_lines(backend) {
        let often = Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s").env("FRONTDESK_SWEEP_INTERVAL", "1s");
        let desk = Desk::open_with(backend, often).await;
        let admin = desk.admin().await;
        let set = "mutation { setSetting(input: { key: \"chat.end_after_minutes\", value: 5 }) { errors { message } } }";
        run(&admin, set, Value::Null).await;
        let (silent, waiting, lively) = (begin(&desk, "Vera", "Hello?").await, begin(&desk, "Otto", "Hello?").await, begin(&desk, "Ann", "Hello?").await);
        for chat in [&silent, &lively] {
            claim(&admin, &chat.id).await.ok();
        }
        answer(&admin, &silent.id, "Yes?").await.ok();
        let sql = desk.sql().await;
        let of = |chat: &Chat| {
            let hex = chat.id.trim_start_matches("cht_");
            if sql.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
        };
        let ago = |days: i64, minutes: i64| match sql.is_sqlite() {
            true => format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-{days} days', '-{minutes} minutes')"),
            false => format!("now() - interval '{days} days {minutes} minutes'"),
        };
        for chat in [&silent, &waiting] {
            sql.run(&format!("UPDATE chat_sessions SET last_message_at = {} WHERE id = {}", ago(0, 6), of(chat))).await;
        }
        // Its minute is over.
        sql.run(&format!("UPDATE jobs SET run_at = {} WHERE kind = 'inbox.end_silent_chat'", ago(0, 1))).await;
        let ended = until("it ends", SOON, async || Some(silent.opened().await).filter(|chat| chat["status"] == "ENDED")).await;
        assert_eq!(ended["endedBy"], "SYSTEM");
        assert_eq!(said(&ended, "SYSTEM").last().map(String::as_str), Some("The chat ended after 5 minutes of silence."));
        assert_eq!((&waiting.opened().await["status"], &lively.opened().await["status"]), (&json!("WAITING"), &json!("ACTIVE")));
        let trail = "{ auditLogs(filter: { eventType: { eq: \"chat.ended\" } }) { nodes { actorKind newValues } } }";
        let trail = run(&admin, trail, Value::Null).await;
        assert_eq!(trail.data("auditLogs.nodes"), &json!([{ "actorKind": "SYSTEM", "newValues": { "status": "ended", "endedBy": "system" } }]));

        sql.run(&format!("UPDATE chat_messages SET created_at = {} WHERE session_id = {}", ago(366, 0), of(&silent))).await;
        sql.run(&format!("UPDATE chat_messages SET created_at = {} WHERE session_id = {}", ago(364, 0), of(&waiting))).await;
        // A query that asks while they go may have the chat as it was before and its lines as they are after.
        let is_gone = |chat: &Value| chat["messages"]["nodes"] == json!([]) && chat["lastMessage"].is_null();
        let gone = until("its lines go", SOON, async || Some(seen(&admin, &silent.id).await).filter(is_gone)).await;
        assert_eq!((&gone["visitorLineCount"], &gone["staffLineCount"]), (&json!(1), &json!(1)), "{gone}");
        assert_eq!(said(&waiting.opened().await, "VISITOR"), ["Hello?"], "younger ones stay");
        let lost = run(&admin, "{ chats(filter: { said: \"Yes\" }) { totalCount } }", Value::Null).await;
        assert_eq!(lost.data("chats.totalCount"), &json!(0), "and their words with them");
    }

    /// Where a company lets a colleague have one chat of a department at a time, five visitors who begin at once are one who is
    /// answered and four who wait, in their order; chats of another department do not count. Whoever claims two at once gets one.
    async fn a_colleague_has_no_more_chats_than_the_company_says(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let set = "mutation { setSetting(input: { key: \"chat.most_at_once\", value: 1 }) { errors { message } } }";
        run(&admin, set, Value::Null).await;
        let (repairs, sales) = (department(&admin, "Repairs").await, department(&admin, "Sales").await);
        let of = async |name: &str, department: &str| {
            start(&desk.web, json!({ "name": name, "content": "Hello?", "departmentId": department })).await.0
        };
        let mut five = Vec::new();
        for name in ["Ada", "Bob", "Cyd", "Dot", "Eve"] {
            five.push(of(name, &repairs).await);
        }
        let claims = join_all(five.iter().map(|chat| claim(&admin, &chat.id))).await;
        let won: Vec<_> = claims.iter().map(|claim| claim.user_errors("claimChat").is_empty()).collect();
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
        let lost = won.iter().position(|won| !won).expect("four lost");
        let (code, path, _) = refusal(&claims[lost], "claimChat");
        assert_eq!((code.as_str(), path.as_str()), ("NOT_ALLOWED", "input.chatId"));
        let queue = run(&admin, "query($id: ID!) { chatQueue(departmentId: $id) { nodes { id } } }", json!({ "id": repairs })).await;
        let waiting: Vec<_> = five.iter().zip(&won).filter(|(_, won)| !**won).map(|(chat, _)| chat.id.clone()).collect();
        assert_eq!(ids(&queue, "chatQueue"), waiting, "in the order in which they came");
        let other = of("Fay", &sales).await;
        claim(&admin, &other.id).await.ok();
        // Neither by handing it to oneself.
        let taken = admin.client.run(TRANSFER, json!({ "input": { "chatId": waiting[0], "assigneeId": admin.id } })).await;
        let (code, path, _) = refusal(&taken, "transferChat");
        assert_eq!((code.as_str(), path.as_str()), ("NOT_ALLOWED", "input.assigneeId"));
        let has = won.iter().position(|won| *won).expect("one won");
        run(&admin, END, json!({ "input": { "chatId": five[has].id } })).await;
        claim(&admin, &waiting[0]).await.ok();
    }

    /// A transcript goes to whoever asks: to the visitor once somebody answered, to a colleague at their own address. Nobody writes
    /// in it what looks like another's line.
    async fn a_transcript_goes_by_mail(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
        let admin = desk.admin().await;
        let chat = begin(&desk, "Vera", "The boiler is <cold>.").await;
        let nameless = start(&desk.web, json!({ "name": "Nobody", "content": "Hello?" })).await.0;
        assert_eq!(refusal(&chat.does(TRANSCRIPT, json!({})).await, "requestChatTranscript").0, "NOT_ALLOWED", "nobody answered");
        for chat in [&chat, &nameless] {
            claim(&admin, &chat.id).await.ok();
            answer(&admin, &chat.id, "We come\ntomorrow.").await.ok();
        }
        assert_eq!(refusal(&nameless.does(TRANSCRIPT, json!({})).await, "requestChatTranscript").0, "NOT_ALLOWED", "no address");
        chat.write("Fine\n12:00 Administrator: It is for free.").await.ok();
        chat.does(TRANSCRIPT, json!({})).await.ok();
        let mail = smtp.next_mail(SOON).await;
        assert!(mail.header("To").is_some_and(|to| to.contains("vera@visitors.example")), "{mail:?}");
        assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated".into()));
        let (text, html) = (mail.text(), mail.html().expect("HTML"));
        for words in ["Vera: The boiler is <cold>.", "joined the chat.", "We come\n      tomorrow.", "Vera: Fine\n      12:00 Adm"] {
            assert!(text.replace('\r', "").contains(words), "{words}: {text}");
        }
        assert!(html.contains("&lt;cold&gt;") && !html.contains("<cold>"), "{html}");
        run(&admin, TRANSCRIPT, json!({ "input": { "chatId": chat.id } })).await;
        let mail = smtp.next_mail(SOON).await;
        assert!(mail.header("To").is_some_and(|to| to.contains(crate::support::ADMIN_EMAIL)), "{mail:?}");
    }
}
