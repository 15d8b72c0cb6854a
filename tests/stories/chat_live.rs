//! Live chats, live: both sides hear everything once and in order, also after having been away, and across processes.

use serde_json::{Value, json};

use super::chats::{CLAIM, Chat, SEND, TRANSFER, answer, begin, claim};
use super::desk::{Desk, Person, SOON, number};
use super::processes::beside;
use super::roles::{colleague, make_role, run};
use crate::support::{Backend, Client, Socket, both, until};

const EVENTS: &str = "subscription Events($chatId: ID!, $chatToken: String, $after: String) {
    chatEvents(chatId: $chatId, chatToken: $chatToken, after: $after) { __typename sequence chatId
      ... on ChatStarted { lines { sender content author { id } chat { id } } }
      ... on ChatClaimed { lines { content } staffName chat { id name email assignee { id email } } }
      ... on ChatTransferred { lines { content } staffName }
      ... on ChatMessageSent { sender lines { id content authorName author { id } } }
      ... on ChatEnded { endedBy lines { content } }
      ... on ChatRated { rating }
      ... on ChatRead { readBy } } }";
const PRESENCE: &str = "subscription Presence($chatId: ID!, $chatToken: String) {
    chatPresence(chatId: $chatId, chatToken: $chatToken) { visitorIsPresent visitorIsTyping staffIsPresent staffIsTyping } }";
const TYPING: &str = "mutation Typing($input: SetTypingInput!) { setTyping(input: $input) { typing errors { code } } }";
const READ: &str = "mutation Read($input: ChatInput!) { markChatRead(input: $input) { errors { code } } }";
const END: &str = "mutation End($input: ChatInput!) { endChat(input: $input) { errors { code } } }";
const RATE: &str = "mutation Rate($input: RateChatInput!) { rateChat(input: $input) { errors { code } } }";

/// A socket of the visitor's, who has no account, that follows the chat.
async fn visitor(base: &str, chat: &Chat, after: &str) -> Socket {
    let mut socket = Socket::connect(base, None).await;
    let mut variables = chat.key();
    variables["after"] = json!(after);
    socket.subscribe("live", EVENTS, variables).await;
    socket
}

/// A socket of a colleague's that follows the chat.
async fn staff(base: &str, who: &Person, chat: &Chat, after: &str) -> Socket {
    let mut socket = Socket::connect(base, Some(&who.access)).await;
    socket.subscribe("live", EVENTS, json!({ "chatId": chat.id, "after": after })).await;
    socket
}

async fn next(socket: &mut Socket) -> Value {
    let frame = socket.next(SOON).await;
    assert_eq!(frame.kind, "next", "{frame:?}");
    frame.data("chatEvents").clone()
}

/// What the chat's people are, once it is this.
async fn presence(socket: &mut Socket, what: &str, is: impl Fn(&Value) -> bool) {
    let mut seen = Vec::new();
    while seen.len() < 30 {
        let now = socket.next(SOON).await.data("chatPresence").clone();
        if is(&now) {
            return;
        }
        seen.push(now);
    }
    panic!("never {what}: {seen:?}");
}

both! {
    /// A visitor without an account and a colleague talk over WebSockets. Both hear the same under the same numbers; the visitor
    /// hears nobody's address and no id of a person; who was away gets what they missed, once.
    async fn both_sides_hear_the_same(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (chat, other) = (begin(&desk, "Vera", "Hello?").await, begin(&desk, "Otto", "Hello, too?").await);
        let base = desk.server.base();
        let (mut theirs, mut ours) = (visitor(base, &chat, "0").await, staff(base, &admin, &chat, "0").await);
        claim(&admin, &chat.id).await.ok();
        claim(&admin, &other.id).await.ok();
        answer(&admin, &chat.id, "Good morning").await.ok();
        answer(&admin, &other.id, "Not for Vera").await.ok();
        chat.write("The boiler").await.ok();
        let input = json!({ "input": { "chatId": chat.id, "chatToken": chat.token } });
        desk.web.run(READ, input.clone()).await.ok();

        let mut heard: Vec<Value> = Vec::new();
        for kind in ["ChatStarted", "ChatClaimed", "ChatMessageSent", "ChatMessageSent", "ChatRead"] {
            let (mine, mut yours) = (next(&mut theirs).await, next(&mut ours).await);
            assert_eq!(mine["__typename"], kind);
            assert_eq!((&mine["chatId"], &mine["sequence"]), (&json!(chat.id), &yours["sequence"]));
            assert!(heard.last().is_none_or(|last| number(&last["sequence"]) < number(&mine["sequence"])));
            let text = mine.to_string();
            assert!(!text.contains("stf_") && !text.contains(crate::support::ADMIN_EMAIL) && !text.contains("vera@"), "{text}");
            if kind == "ChatClaimed" {
                assert_eq!((&mine["chat"], &yours["chat"]["assignee"]["id"]), (&Value::Null, &json!(admin.id)));
                assert!(mine["staffName"].is_string());
            }
            if kind == "ChatMessageSent" {
                let author = yours["lines"][0].as_object_mut().expect("a line").insert("author".into(), Value::Null);
                assert_eq!(author.is_some_and(|author| !author.is_null()), yours["sender"] == "STAFF");
                assert_eq!(mine, yours);
            }
            heard.push(mine);
        }
        let lines: Vec<_> = heard[0]["lines"].as_array().expect("lines").iter().map(|line| line["sender"].clone()).collect();
        assert_eq!(lines, ["VISITOR", "SYSTEM"]);
        assert_eq!((&heard[2]["lines"][0]["content"], &heard[3]["lines"][0]["content"]), (&json!("Good morning"), &json!("The boiler")));

        // The visitor goes into a tunnel, and comes out where they were.
        theirs.close().await;
        for n in 0..20 {
            answer(&admin, &chat.id, &format!("Line {n}")).await.ok();
        }
        let after = heard[3]["sequence"].as_str().expect("a number");
        let mut theirs = visitor(base, &chat, after).await;
        assert_eq!(next(&mut theirs).await["__typename"], "ChatRead");
        for n in 0..20 {
            assert_eq!(next(&mut theirs).await["lines"][0]["content"], json!(format!("Line {n}")));
        }
        desk.web.run(END, input.clone()).await.ok();
        assert_eq!(next(&mut theirs).await["endedBy"], "VISITOR");
        let rate = json!({ "input": { "chatId": chat.id, "chatToken": chat.token, "rating": 5 } });
        desk.web.run(RATE, rate).await.ok();
        assert_eq!(next(&mut theirs).await["rating"], 5);
        // Server-sent events tell the same.
        let mut variables = chat.key();
        variables["after"] = json!("0");
        let mut stream = desk.web.stream(EVENTS, variables.clone()).await;
        assert_eq!(stream.next(SOON).await.expect("an event").json()["data"]["chatEvents"]["__typename"], "ChatStarted");
        // "0" is all that is kept, also where the company's first events are gone; another number is one that was seen.
        let claimed = number(&heard[1]["sequence"]);
        desk.sql().await.run(&format!("DELETE FROM outbox WHERE sequence < {claimed}")).await;
        let mut stream = desk.web.stream(EVENTS, variables.clone()).await;
        assert_eq!(stream.next(SOON).await.expect("an event").json()["data"]["chatEvents"]["__typename"], "ChatClaimed");
        variables["after"] = json!("1");
        let mut stream = desk.web.stream(EVENTS, variables).await;
        assert_eq!(stream.next(SOON).await.expect("an answer").json()["errors"][0]["extensions"]["code"], "EVENTS_EXPIRED");
    }

    /// Nobody listens with the token of another chat, and none who may not see chats without one.
    async fn not_everybody_may_listen(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (chat, other) = (begin(&desk, "Vera", "Hello?").await, begin(&desk, "Otto", "Hello?").await);
        let role = make_role(&admin, "Other", &["VIEW_MESSAGES", "SEE_ALL"]).await;
        let eve = colleague(&desk, &admin, "eve", &role, json!({})).await;
        for (document, field) in [(EVENTS, "chatEvents"), (PRESENCE, "chatPresence")] {
            for (token, key, code) in [(None, json!({ "chatId": chat.id, "chatToken": other.token }), "BAD_USER_INPUT"),
                (None, json!({ "chatId": chat.id }), "UNAUTHENTICATED"), (Some(&eve), json!({ "chatId": chat.id }), "FORBIDDEN"),
                (Some(&admin), json!({ "chatId": "cht_0190a5f0000070008000000000000000" }), "NOT_FOUND")] {
                let mut socket = Socket::connect(desk.server.base(), token.map(|person: &Person| person.access.as_str())).await;
                socket.subscribe("1", document, key).await;
                let frame = socket.next(SOON).await;
                let errors = if frame.kind == "error" { &frame.payload } else { &frame.payload["errors"] };
                assert_eq!(errors[0]["extensions"]["code"], code, "{field}: {frame:?}");
            }
        }
    }

    /// A chat goes to a person, to a department, to somebody who leaves. Only those see it whose it is; whoever sees it no more
    /// is told that it left, and nothing else of it.
    async fn a_chat_is_handed_on(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let create = "mutation($name: String!) { createDepartment(input: { name: $name }) { department { id } errors { message } } }";
        let sales = run(&admin, create, json!({ "name": "Sales" })).await.string("createDepartment.department.id");
        let role = make_role(&admin, "Desk", &["VIEW_CHATS", "MANAGE_CHATS", "SEE_TEAM", "SEE_ASSIGNED", "SEE_UNASSIGNED"]).await;
        let ann = colleague(&desk, &admin, "ann", &role, json!({})).await;
        let sal = colleague(&desk, &admin, "sal", &role, json!({ "departmentId": sales })).await;
        let looks = make_role(&admin, "Looks", &["VIEW_CHATS", "SEE_ALL"]).await;
        let looker = colleague(&desk, &admin, "looker", &looks, json!({})).await;
        let chat = begin(&desk, "Vera", "Hello?").await;
        let sees = async |who: &Person| {
            let one = run(who, "query($id: ID!) { chat(id: $id) { id } node(id: $id) { id } }", json!({ "id": chat.id })).await;
            let list = run(who, "{ chats { totalCount } chatQueue { totalCount } }", Value::Null).await;
            assert_eq!(one.data("chat"), one.data("node"));
            assert_eq!(!one.data("chat").is_null(), list.data("chats.totalCount") == &json!(1));
            (!one.data("chat").is_null(), list.data("chatQueue.totalCount").clone())
        };
        let to = async |who: &Person, input: Value| {
            let mut all = json!({ "chatId": chat.id });
            all.as_object_mut().expect("fields").extend(input.as_object().cloned().expect("fields"));
            who.client.run(TRANSFER, json!({ "input": all })).await
        };
        assert_eq!((sees(&ann).await, sees(&sal).await), ((true, json!(1)), (true, json!(1))));
        let mut anns = staff(desk.server.base(), &ann, &chat, "0").await;
        claim(&ann, &chat.id).await.ok();
        assert_eq!((sees(&ann).await, sees(&sal).await), ((true, json!(0)), (false, json!(0))));
        let why = "query($who: ID!, $id: ID!) { explainAccess(userId: $who, permission: VIEW_CHATS, id: $id) { allowed rule } }";
        let said = run(&admin, why, json!({ "who": ann.id, "id": chat.id })).await;
        assert_eq!(said.data("explainAccess"), &json!({ "allowed": true, "rule": "SEE_ASSIGNED" }));
        let said = run(&admin, why, json!({ "who": sal.id, "id": chat.id })).await;
        assert_eq!(said.data("explainAccess.allowed"), &json!(false));
        // To nobody, to both, to somebody who takes no chats, to no department.
        for (input, field) in [(json!({}), "assigneeId"), (json!({ "assigneeId": sal.id, "departmentId": sales }), "assigneeId"), (json!({ "assigneeId": looker.id }), "assigneeId"),
            (json!({ "departmentId": "dep_0190a5f0000070008000000000000000" }), "departmentId")] {
            let refused = to(&ann, input).await;
            assert_eq!(refused.user_errors("transferChat")[0].path, format!("input.{field}"), "{refused}");
        }
        assert_eq!(to(&sal, json!({ "assigneeId": sal.id })).await.error_code(), "NOT_FOUND");
        let moved = to(&ann, json!({ "departmentId": sales })).await.ok();
        assert_eq!((moved.data("transferChat.chat.status"), moved.data("transferChat.chat.assignee")), (&json!("WAITING"), &Value::Null));
        assert_eq!((sees(&ann).await, sees(&sal).await), ((false, json!(0)), (true, json!(1))));
        let mut kinds = Vec::new();
        while kinds.last() != Some(&json!("ChatLeft")) {
            let event = next(&mut anns).await;
            kinds.push(event["__typename"].clone());
        }
        assert_eq!(kinds.len(), 3, "{kinds:?}");
        claim(&sal, &chat.id).await.ok();
        // A colleague who does not have it does not write in it; whoever takes it over does.
        let other = admin.client.run(SEND, json!({ "input": { "chatId": chat.id, "content": "Let me" } })).await;
        assert_eq!(other.user_errors("sendChatMessage")[0].message, "sal has the chat; transfer it to yourself first");
        to(&admin, json!({ "assigneeId": admin.id })).await.ok();
        answer(&admin, &chat.id, "Let me").await.ok();
        to(&admin, json!({ "assigneeId": ann.id })).await.ok();
        // Ann leaves, and what she has goes back into the queue that it came from.
        let leaves = "mutation($id: ID!) { deactivateStaff(input: { staffId: $id }) { errors { code } } }";
        run(&admin, leaves, json!({ "id": ann.id })).await;
        assert_eq!(sees(&sal).await, (true, json!(1)));
        let lines = run(&admin, "query($id: ID!) { chat(id: $id) { lastMessage { content } messages(last: 1) { nodes { content } } } }", json!({ "id": chat.id })).await;
        assert_eq!(lines.data("chat.lastMessage.content"), "Let me", "what the system says is no answer");
        assert_eq!(lines.data("chat.messages.nodes.0.content"), "The chat is in the queue of Sales.");
    }

    /// Who is in a chat and who types is told to the other side as it changes, and nothing of it is kept.
    async fn presence_and_typing_are_told(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let chat = begin(&desk, "Vera", "Hello?").await;
        let base = desk.server.base();
        let mut theirs = Socket::connect(base, None).await;
        theirs.subscribe("1", PRESENCE, chat.key()).await;
        let alone = json!({ "visitorIsPresent": true, "visitorIsTyping": false, "staffIsPresent": false, "staffIsTyping": false });
        presence(&mut theirs, "alone", |now| *now == alone).await;
        let mut ours = staff(base, &admin, &chat, "0").await;
        // That a colleague was told how the chat began is on record as a read: it is to be there before the rows are counted.
        assert_eq!(next(&mut ours).await["__typename"], "ChatStarted");
        presence(&mut theirs, "a colleague", |now| now["staffIsPresent"] == true).await;
        let sql = desk.sql().await;
        let rows = async || (sql.count("audit_logs").await, sql.count("outbox").await, sql.count("chat_messages").await);
        super::super::running::on_record(&desk.server).await;
        let before = rows().await;
        let typing = |typing: bool| json!({ "input": { "chatId": chat.id, "typing": typing } });
        run(&admin, TYPING, typing(true)).await;
        presence(&mut theirs, "typing", |now| now["staffIsTyping"] == true).await;
        run(&admin, TYPING, typing(false)).await;
        presence(&mut theirs, "not typing", |now| now["staffIsTyping"] == false).await;
        let own = json!({ "input": { "chatId": chat.id, "chatToken": chat.token, "typing": true } });
        desk.web.run(TYPING, own).await.ok();
        presence(&mut theirs, "the visitor types", |now| now["visitorIsTyping"] == true).await;
        // Who says nothing more has stopped.
        presence(&mut theirs, "the visitor stopped", |now| now["visitorIsTyping"] == false).await;
        assert_eq!(rows().await, before);
        ours.close().await;
        presence(&mut theirs, "alone again", |now| *now == alone).await;
    }
}

/// A colleague sits at one process and the visitor at another: what is sent on one is heard on the other, who is there and who
/// types too. Then the colleague's process is killed: they are away within the limit, the visitor is told that nobody is there,
/// and goes on where they were (B11).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_are_one_chat() {
    let desk = Desk::open(Backend::Postgres).await;
    let other = beside(&desk).await;
    let admin = desk.admin().await;
    let there = Person { client: Client::new(other.base()).bearer(&admin.access), ..admin.clone() };
    let chat = begin(&desk, "Vera", "Hello?").await;
    let mut theirs = visitor(desk.server.base(), &chat, "0").await;
    theirs.subscribe("presence", PRESENCE, chat.key()).await;
    let mut ours = staff(other.base(), &there, &chat, "0").await;
    ours.subscribe("queue", "subscription { chatQueueEvents { change } }", json!({})).await;
    let opened = "query($chatId: ID!, $chatToken: String!) { visitorChat(chatId: $chatId, chatToken: $chatToken) { nobodyAvailable } }";
    let nobody = async || desk.web.run(opened, chat.key()).await.ok().data("visitorChat.nobodyAvailable").clone();
    until("somebody is at the desk of the other process", SOON, async || {
        (nobody().await == json!(false)).then_some(())
    })
    .await;

    there.client.run(CLAIM, json!({ "input": { "chatId": chat.id } })).await.ok();
    there.client.run(SEND, json!({ "input": { "chatId": chat.id, "content": "From there" } })).await.ok();
    chat.write("From here").await.ok();
    there.client.run(TYPING, json!({ "input": { "chatId": chat.id, "typing": true } })).await.ok();
    let (mut heard, mut typed, mut last) = (Vec::new(), false, Value::Null);
    while heard.len() < 2 || !typed {
        let frame = theirs.next(SOON).await;
        if frame.id == "presence" {
            typed |= frame.data("chatPresence.staffIsTyping") == &json!(true);
            continue;
        }
        let event = frame.data("chatEvents");
        if event["__typename"] == "ChatMessageSent" {
            heard.push(event["lines"][0]["content"].clone());
            last = event["sequence"].clone();
        }
    }
    assert_eq!(heard, ["From there", "From here"]);
    let mut away = Vec::new();
    while away.len() < 2 {
        let frame = ours.next(SOON).await;
        if frame.id == "queue" {
            continue;
        }
        let event = frame.data("chatEvents");
        if event["__typename"] == "ChatMessageSent" {
            away.push(event["lines"][0]["content"].clone());
        }
    }
    assert_eq!(away, heard, "the same order there");

    other.kill9().await;
    until("nobody is at the desk", SOON, async || (nobody().await == json!(true)).then_some(())).await;
    presence_of(&mut theirs).await;
    chat.write("Still here").await.ok();
    let mut again = visitor(desk.server.base(), &chat, last.as_str().expect("a number")).await;
    assert_eq!(next(&mut again).await["lines"][0]["content"], "Still here");
}

/// Until no colleague is in the chat.
async fn presence_of(socket: &mut Socket) {
    loop {
        let frame = socket.next(SOON).await;
        if frame.id == "presence" && frame.data("chatPresence.staffIsPresent") == &json!(false) {
            return;
        }
    }
}
