//! Who counts as being at the desk: whoever takes chats, for those that they see and follow, as long as they may.

use serde_json::{Value, json};

use super::chats::{Chat, claim, start};
use super::desk::{Desk, Person, SOON};
use super::roles::{colleague, make_role, run};
use crate::support::{Socket, both, until};

const AVAILABLE: &str = "query($chatId: ID!, $chatToken: String!) { visitorChat(chatId: $chatId, chatToken: $chatToken) { nobodyAvailable } }";
const LESS: &str = "mutation($id: ID!, $may: [Permission!]!) { updateRole(input: { roleId: $id, permissions: $may }) { errors { message } } }";

async fn department(admin: &Person, name: &str) -> String {
    let create = "mutation($name: String!) { createDepartment(input: { name: $name }) { department { id } errors { message } } }";
    run(admin, create, json!({ "name": name })).await.string("createDepartment.department.id")
}

/// A visitor waits for a department.
async fn waits(desk: &Desk, department: &str) -> Chat {
    start(&desk.web, json!({ "name": "Vera", "content": "Hello?", "departmentId": department })).await.0
}

/// Whether the visitor is told that nobody is there.
async fn is_alone(desk: &Desk, chat: &Chat) -> bool {
    desk.web.run(AVAILABLE, chat.key()).await.ok().data("visitorChat.nobodyAvailable") == &json!(true)
}

/// Somebody follows a queue, or all that they see.
async fn follows(desk: &Desk, who: &Person, department: Option<&str>) -> Socket {
    let mut socket = Socket::connect(desk.server.base(), Some(&who.access)).await;
    let follow = "subscription($of: ID) { chatQueueEvents(departmentId: $of, after: \"0\") { change } }";
    socket.subscribe("queue", follow, json!({ "of": department })).await;
    socket
}

/// Until the visitor sees that a colleague is in the chat, or is not.
async fn presence(socket: &mut Socket, is: bool) {
    loop {
        if socket.next(SOON).await.data("chatPresence.staffIsPresent") == &json!(is) {
            return;
        }
    }
}

both! {
    /// Who follows one queue is there for that alone, and who follows all for those that they see. The desk is empty for
    /// whoever waits elsewhere.
    async fn the_desk_is_of_the_chats_that_are_seen_there(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (sales, care) = (department(&admin, "Sales").await, department(&admin, "Care").await);
        let (bought, broken) = (waits(&desk, &sales).await, waits(&desk, &care).await);
        let all = make_role(&admin, "All", &["VIEW_CHATS", "MANAGE_CHATS", "SEE_ALL"]).await;
        let team = make_role(&admin, "Team", &["VIEW_CHATS", "MANAGE_CHATS", "SEE_TEAM"]).await;
        let ann = colleague(&desk, &admin, "ann", &all, json!({})).await;
        let sal = colleague(&desk, &admin, "sal", &team, json!({ "departmentId": sales })).await;
        for (who, queue) in [(&ann, Some(sales.as_str())), (&sal, None)] {
            let socket = follows(&desk, who, queue).await;
            until("somebody is there", SOON, async || (!is_alone(&desk, &bought).await).then_some(())).await;
            assert!(is_alone(&desk, &broken).await, "nobody sees what waits for Care");
            let begun = start(&desk.web, json!({ "name": "Otto", "content": "Hello?", "departmentId": care })).await.1;
            assert_eq!(begun.data("startChat.receipt.nobodyAvailable"), &json!(true));
            socket.close().await;
            until("nobody is there", SOON, async || is_alone(&desk, &bought).await.then_some(())).await;
        }
    }

    /// Who may take chats no more is at the desk and in the chat no more, though they go on listening.
    async fn who_takes_chats_no_more_is_not_there(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let sales = department(&admin, "Sales").await;
        let chat = waits(&desk, &sales).await;
        let role = make_role(&admin, "Desk", &["VIEW_CHATS", "MANAGE_CHATS", "SEE_ALL"]).await;
        let ann = colleague(&desk, &admin, "ann", &role, json!({})).await;
        let mut theirs = Socket::connect(desk.server.base(), None).await;
        let watch = "subscription($chatId: ID!, $chatToken: String) { chatPresence(chatId: $chatId, chatToken: $chatToken) { staffIsPresent } }";
        theirs.subscribe("presence", watch, chat.key()).await;
        let _queue = follows(&desk, &ann, None).await;
        claim(&ann, &chat.id).await.ok();
        let mut open = Socket::connect(desk.server.base(), Some(&ann.access)).await;
        let listen = "subscription($id: ID!) { chatEvents(chatId: $id, after: \"0\") { __typename } }";
        open.subscribe("chat", listen, json!({ "id": chat.id })).await;
        presence(&mut theirs, true).await;
        until("somebody is there", SOON, async || (!is_alone(&desk, &chat).await).then_some(())).await;
        run(&admin, LESS, json!({ "id": role, "may": ["VIEW_CHATS", "SEE_ALL"] })).await;
        until("nobody is there", SOON, async || is_alone(&desk, &chat).await.then_some(())).await;
        presence(&mut theirs, false).await;
        // She sees it still.
        let seen = run(&ann, "query($id: ID!) { chat(id: $id) { id } }", json!({ "id": chat.id })).await;
        assert_ne!(seen.data("chat"), &Value::Null);
    }
}
