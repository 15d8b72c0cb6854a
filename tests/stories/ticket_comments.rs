//! What client and staff say on a ticket, and what staff say among themselves.

use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::notifications::told;
use super::roles::{colleague, make_role, run};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Client, both, until};

pub const COMMENT: &str = "mutation Comment($input: AddTicketCommentInput!) { addTicketComment(input: $input) {
    comment { id content sender visibility isOwn viewerCanEdit authorName mentions { name user { id } team { id } } attachments { id name } }
    ticket { id number status commentCount lastRepliedAt } errors { code path message } } }";
pub const EDIT: &str = "mutation Edit($input: EditTicketCommentInput!) { editTicketComment(input: $input) {
    comment { id content editedAt edits { content } } errors { code path message } } }";
const TALK: &str =
    "query Talk($id: ID!) { ticket(id: $id) { status commentCount lastComment { content } comments { totalCount nodes {
    id content sender visibility authorName author { id } edits { content } mails { status } } } } }";
pub const NODE: &str =
    "query($id: ID!) { node(id: $id) { id ... on TicketComment { content ticket { id } } } nodes(ids: [$id]) { id } }";

/// A client who signed in.
pub async fn buyer(desk: &Desk, admin: &Person, name: &str) -> Person {
    let email = format!("{name}@clients.example");
    let create =
        "mutation($input: CreateClientInput!) { createClient(input: $input) { client { id } errors { message } } }";
    run(admin, create, json!({ "input": { "email": email, "name": name } })).await;
    // With the administrator's password.
    let password = format!("(SELECT password_hash FROM users WHERE email = '{ADMIN_EMAIL}')");
    let sql =
        format!("UPDATE users SET password_hash = {password}, email_verified_at = created_at WHERE email = '{email}'");
    desk.sql().await.run(&sql).await;
    desk.sign_in(&email, ADMIN_PASSWORD).await
}

/// A ticket of somebody's making; returns its id.
pub async fn ticket(by: &Person, title: &str) -> String {
    let make =
        "mutation($input: CreateTicketInput!) { createTicket(input: $input) { ticket { id } errors { message } } }";
    let input = json!({ "title": title, "description": "In full" });
    run(by, make, json!({ "input": input })).await.string("createTicket.ticket.id")
}

/// A comment, however it goes.
pub async fn comment(by: &Client, ticket: &str, content: &str, more: Value) -> Answer {
    let mut input = json!({ "ticketId": ticket, "content": content });
    for (name, value) in more.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    by.run(COMMENT, json!({ "input": input })).await
}

/// A comment that is taken; returns its id.
pub async fn said(by: &Person, ticket: &str, content: &str, more: Value) -> String {
    let answer = comment(&by.client, ticket, content, more).await.ok();
    assert!(answer.user_errors("addTicketComment").is_empty(), "{answer}");
    answer.string("addTicketComment.comment.id")
}

/// Code and path of each problem of a mutation.
pub fn problems(answer: &Answer, mutation: &str) -> Vec<(String, String)> {
    answer.user_errors(mutation).into_iter().map(|error| (error.code, error.path)).collect()
}

fn at(code: &str, field: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), format!("input.{field}"))]
}

async fn talk(who: &Person, ticket: &str) -> Value {
    run(who, TALK, json!({ "id": ticket })).await.data("ticket").clone()
}

fn texts(talk: &Value) -> Vec<&str> {
    talk["comments"]["nodes"].as_array().into_iter().flatten().filter_map(|one| one["content"].as_str()).collect()
}

both! {
    /// A client asks, staff answer and talk among themselves: who sees what, how it is counted, what it does to the ticket; an
    /// edit keeps what was said before; and a ticket is found by what is said on it in public.
    async fn client_and_staff_talk_on_a_ticket(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let ann = buyer(&desk, &admin, "ann").await;
        let ticket = ticket(&ann, "The mast creaks").await;

        said(&bea, &ticket, "Ann is in a hurry", json!({ "visibility": "INTERNAL" })).await;
        assert_eq!(talk(&ann, &ticket).await["status"], "OPEN", "an internal comment is no answer");
        let first = comment(&bea.client, &ticket, "  Which mast?\r\n", json!({})).await.ok();
        assert_eq!(first.data("addTicketComment.comment.content"), "Which mast?");
        assert_eq!(first.data("addTicketComment.ticket.status"), "IN_PROGRESS");
        assert_eq!(first.data("addTicketComment.comment.sender"), "STAFF");
        let first = first.string("addTicketComment.comment.id");
        said(&ann, &ticket, "The mizzenmast", json!({})).await;

        let theirs = talk(&bea, &ticket).await;
        assert_eq!((texts(&theirs), &theirs["commentCount"]), (vec!["Ann is in a hurry", "Which mast?", "The mizzenmast"], &json!(3)));
        assert_eq!(theirs["lastComment"]["content"], "The mizzenmast");
        let own = talk(&ann, &ticket).await;
        assert_eq!((texts(&own), &own["commentCount"], &own["comments"]["totalCount"]), (vec!["Which mast?", "The mizzenmast"], &json!(2), &json!(2)));
        let answer = &own["comments"]["nodes"][0];
        assert_eq!((&answer["authorName"], &answer["author"], &answer["mails"]), (&json!("Bea"), &Value::Null, &json!([])));

        // Its author changes a comment; colleagues see what it said before.
        let edited = run(&bea, EDIT, json!({ "input": { "commentId": first, "content": "Which of the masts?" } })).await;
        assert_eq!(edited.data("editTicketComment.comment.edits"), &json!([{ "content": "Which mast?" }]));
        run(&bea, EDIT, json!({ "input": { "commentId": first, "content": "Which one, please?" } })).await;
        run(&bea, EDIT, json!({ "input": { "commentId": first, "content": "Which one, please?" } })).await;
        let theirs = talk(&admin, &ticket).await;
        assert_eq!(theirs["comments"]["nodes"][1]["edits"], json!([{ "content": "Which mast?" }, { "content": "Which of the masts?" }]));
        let own = talk(&ann, &ticket).await;
        assert_eq!((&own["comments"]["nodes"][0]["content"], &own["comments"]["nodes"][0]["edits"]), (&json!("Which one, please?"), &json!([])));
        for (person, id) in [(&admin, &first), (&ann, &first)] {
            let refused = person.client.run(EDIT, json!({ "input": { "commentId": id, "content": "Mine" } })).await;
            assert_eq!(problems(&refused, "editTicketComment"), at("NOT_ALLOWED", "commentId"));
        }
        let set = "mutation { setSetting(input: { key: \"ticketing.edit_comment_minutes\", value: 0 }) { errors { message } } }";
        run(&admin, set, Value::Null).await;
        let late = bea.client.run(EDIT, json!({ "input": { "commentId": first, "content": "Later" } })).await;
        assert_eq!(problems(&late, "editTicketComment"), at("NOT_ALLOWED", "commentId"));

        // By words of public comments, as they are now.
        let found = async |who: &Person, text: &str| {
            let list = "query($text: String!) { tickets(filter: { text: $text }) { totalCount } }";
            run(who, list, json!({ "text": text })).await.data("tickets.totalCount").clone()
        };
        for (text, count) in [("mizzenmast", 1), ("please", 1), ("masts", 0), ("hurry", 0), ("creaks", 1)] {
            assert_eq!((found(&ann, text).await, found(&bea, text).await), (json!(count), json!(count)), "{text}");
        }
        let rename = "mutation($id: ID!) { updateTicket(input: { ticketId: $id, title: \"The mast sings\" }) { errors { message } } }";
        run(&bea, rename, json!({ "id": ticket })).await;
        for (text, count) in [("mizzenmast", 1), ("sings", 1), ("creaks", 0)] {
            assert_eq!(found(&ann, text).await, json!(count), "{text}");
        }
        // A client's answer to what is resolved opens it again.
        let resolve = "mutation($id: ID!) { setTicketStatus(input: { ticketId: $id, status: RESOLVED }) { errors { message } } }";
        run(&bea, resolve, json!({ "id": ticket })).await;
        let again = comment(&ann.client, &ticket, "It still does", json!({})).await.ok();
        assert_eq!((again.data("addTicketComment.ticket.id"), again.data("addTicketComment.ticket.status")), (&json!(ticket), &json!("OPEN")));
    }

    /// An internal comment is nothing for a client, by no path there is; nor is anything of it for a stranger.
    async fn no_client_finds_an_internal_comment(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (ann, bob) = (buyer(&desk, &admin, "ann").await, buyer(&desk, &admin, "bob").await);
        let ticket = ticket(&ann, "Help").await;
        let file = super::files::send(&admin.client, "secret.txt", "of ours").await.ok().string("uploadFile.file.id");
        let hidden = said(&admin, &ticket, "The password is xyzzy", json!({ "visibility": "INTERNAL", "fileIds": [file] })).await;
        let shown = said(&admin, &ticket, "We look at it", json!({})).await;

        for (person, sees) in [(&ann, true), (&bob, false)] {
            for (id, sees) in [(&hidden, false), (&file, false), (&shown, sees), (&ticket, sees)] {
                let found = run(person, NODE, json!({ "id": id })).await;
                assert_eq!((found.data("node").is_null(), found.data("nodes.0").is_null()), (!sees, !sees), "{id}");
            }
        }
        let own = talk(&ann, &ticket).await;
        assert_eq!((texts(&own), &own["commentCount"], &own["lastComment"]["content"]), (vec!["We look at it"], &json!(1), &json!("We look at it")));
        let pages = "query($id: ID!) { ticket(id: $id) { comments(last: 10) { totalCount edges { cursor node { content } } } attachments { id } history(first: 50) { nodes { field newValue } } } }";
        let pages = run(&ann, pages, json!({ "id": ticket })).await;
        assert_eq!((pages.data("ticket.comments.totalCount"), pages.list("ticket.comments.edges").len()), (&json!(1), 1));
        assert!(!pages.to_string().contains("xyzzy"));
        let search = "{ tickets(filter: { text: \"xyzzy\" }) { totalCount } }";
        assert_eq!(run(&ann, search, Value::Null).await.data("tickets.totalCount"), &json!(0));
        for (person, code) in [(&ann, "NOT_FOUND"), (&bob, "NOT_FOUND")] {
            let edit = person.client.run(EDIT, json!({ "input": { "commentId": hidden, "content": "x" } })).await;
            assert_eq!(edit.error_code(), code);
        }
        let remove = "mutation($id: ID!, $file: ID!) { removeTicketAttachment(input: { ticketId: $id, fileId: $file }) { errors { code path } } }";
        let refused = ann.client.run(remove, json!({ "id": ticket, "file": file })).await;
        assert_eq!(problems(&refused, "removeTicketAttachment"), at("NOT_AVAILABLE", "fileId"));
        let internal = comment(&ann.client, &ticket, "Among us", json!({ "visibility": "INTERNAL" })).await;
        assert_eq!(problems(&internal, "addTicketComment"), at("NOT_ALLOWED", "visibility"));
        assert_eq!(comment(&bob.client, &ticket, "Hello", json!({})).await.error_code(), "NOT_FOUND");
        assert_eq!(comment(&desk.web, &ticket, "Hello", json!({})).await.error_code(), "UNAUTHENTICATED");

        // What the feed tells is what one sees.
        assert_eq!(told(&ann, "TICKET_COMMENTED", 1).await.iter().map(|row| &row["resourceId"]).collect::<Vec<_>>(), [&json!(shown)]);
        let feed = run(&bob, super::notifications::FEED, json!({})).await;
        assert_eq!(feed.data("notifications.totalCount"), &json!(0));
        // The trail and the events hold no text of it.
        let sql = desk.sql().await;
        assert_eq!(sql.number("SELECT count(*) FROM outbox WHERE CAST(payload AS text) LIKE '%xyzzy%'").await, 0);
        let rows = "SELECT count(*) FROM audit_logs WHERE CAST(new_values AS text) LIKE '%xyzzy%' OR CAST(old_values AS text) LIKE '%xyzzy%'";
        assert_eq!(sql.number(rows).await, 0);
    }

    /// Who is mentioned sees the ticket, watches it from then on and is told, once; who may not see it cannot be mentioned, and
    /// an internal comment mentions no client. Assigned, commented, mentioned: each is told to whom it concerns, and to nobody
    /// of what they did themselves.
    async fn who_is_mentioned_watches_and_is_told(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let role = make_role(&admin, "Own", &["VIEW_TICKETS", "MANAGE_TICKETS", "SEE_ASSIGNED"]).await;
        let cal = colleague(&desk, &admin, "cal", &role, json!({})).await;
        let (ann, bob) = (buyer(&desk, &admin, "ann").await, buyer(&desk, &admin, "bob").await);
        let ticket = ticket(&ann, "Help").await;
        let team = "mutation { createTeam(input: { name: \"Care\" }) { team { id } } }";
        let team = run(&admin, team, Value::Null).await.string("createTeam.team.id");
        let join = "mutation($t: ID!, $s: ID!) { addTeamMember(input: { teamId: $t, staffId: $s }) { errors { message } } }";
        let empty = run(&admin, "mutation { createTeam(input: { name: \"Nobody\" }) { team { id } } }", Value::Null).await.string("createTeam.team.id");
        run(&admin, join, json!({ "t": team, "s": bea.id })).await;

        for (who, more) in [(&cal.id, json!({})), (&bob.id, json!({})), (&empty, json!({})), (&ann.id, json!({ "visibility": "INTERNAL" })),
            (&"stf_0190a5f0000070008000000000000000".to_owned(), json!({})), (&"tem_0190a5f0000070008000000000000000".to_owned(), json!({}))] {
            let mut more = more;
            more["mentionIds"] = json!([bea.id, who]);
            let refused = comment(&admin.client, &ticket, "See this", more).await;
            assert_eq!(problems(&refused, "addTicketComment"), at("NOT_AVAILABLE", "mentionIds"), "{who}");
        }
        let many = comment(&admin.client, &ticket, "All", json!({ "mentionIds": vec![&bea.id; 21] })).await;
        assert_eq!(problems(&many, "addTicketComment"), at("TOO_LONG", "mentionIds"));
        let team_by_client = comment(&ann.client, &ticket, "You", json!({ "mentionIds": [team] })).await;
        assert_eq!(problems(&team_by_client, "addTicketComment"), at("NOT_AVAILABLE", "mentionIds"));
        assert_eq!(talk(&admin, &ticket).await["commentCount"], json!(0), "nothing was written");

        let mentions = json!({ "mentionIds": [ann.id, bea.id, admin.id, team, bea.id] });
        let made = comment(&admin.client, &ticket, "See this", mentions).await.ok();
        let names = made.list("addTicketComment.comment.mentions").iter().map(|one| one["name"].clone()).collect::<Vec<_>>();
        assert_eq!(names.iter().filter(|name| **name == json!("Care") || **name == json!("Bea") || **name == json!("ann")).count(), 3, "{names:?}");
        assert_eq!(names.len(), 4, "each once");
        let id = made.string("addTicketComment.comment.id");
        for person in [&bea, &ann] {
            let rows = told(person, "TICKET_MENTIONED", 1).await;
            assert_eq!((rows.len(), &rows[0]["resourceId"]), (1, &json!(id)));
            assert!(!rows[0].to_string().contains("See this"));
        }
        assert_eq!(run(&ann, NODE, json!({ "id": id })).await.data("node.content"), "See this");

        // Bea watches it now, and Cal gets it: both hear of what Ann says.
        let assign = "mutation($t: ID!, $s: ID) { assignTicket(input: { ticketId: $t, assigneeId: $s }) { errors { message } } }";
        run(&admin, assign, json!({ "t": ticket, "s": cal.id })).await;
        assert_eq!(told(&cal, "TICKET_ASSIGNED", 1).await[0]["resourceId"], json!(ticket));
        let answer = said(&ann, &ticket, "I see", json!({})).await;
        for person in [&bea, &cal] {
            assert_eq!(told(person, "TICKET_COMMENTED", 1).await[0]["resourceId"], json!(answer));
        }
        let inner = said(&cal, &ticket, "Do you?", json!({ "visibility": "INTERNAL" })).await;
        assert_eq!(told(&bea, "TICKET_COMMENTED", 2).await[0]["resourceId"], json!(inner));
        assert_eq!(told(&cal, "TICKET_COMMENTED", 1).await.len(), 1, "not of their own");
        let hers = told(&ann, "TICKET_MENTIONED", 1).await.len() + run(&ann, super::notifications::FEED,
            json!({ "filter": { "type": { "eq": "TICKET_COMMENTED" } } })).await.list("notifications.nodes").len();
        assert_eq!(hers, 1, "she said the one herself, and does not see the other");
        // It leaves Cal's sight, and what he was told of it counts as unread no more.
        run(&admin, assign, json!({ "t": ticket, "s": bea.id })).await;
        let unread = async || run(&cal, "{ unreadNotificationCount }", Value::Null).await.data("unreadNotificationCount").clone();
        until("nothing is unread", SOON, async || (unread().await == json!(0)).then_some(())).await;
    }
}
