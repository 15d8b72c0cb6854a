//! Comments of tickets and files of both, as coverage needs them.

use serde_json::{Value, json};

use super::fixtures::put;
use super::harness::{Home, Things};
use super::sdl::Root;
use crate::support::{chance, upload};

/// What is on the fixtures' ticket; all the administrator's.
pub struct OfComments {
    /// A comment, which only colleagues see.
    pub comment: String,
    /// A file of the ticket.
    pub file: String,
}

/// A file that the administrator sent and that waits.
pub async fn sent(home: &Home) -> String {
    let send = "mutation($file: Upload!) { uploadFile(input: { file: $file }) { file { id } errors { message } } }";
    let sent = home.admin.run(send, json!({ "file": upload("note.txt", "Hello") })).await.ok();
    sent.string("uploadFile.file.id")
}

/// A file of a ticket.
pub async fn attached(home: &Home, ticket: &str) -> String {
    let file = sent(home).await;
    let attach = "mutation($id: ID!, $file: ID!) { attachToTicket(input: { ticketId: $id, fileIds: [$file] }) { errors { message } } }";
    home.admin.run(attach, json!({ "id": ticket, "file": file })).await.ok();
    file
}

impl OfComments {
    /// Makes them.
    pub async fn make(home: &Home, ticket: &str) -> Self {
        let add = "mutation($id: ID!) { addTicketComment(input: { ticketId: $id, content: \"Own comment\", visibility: INTERNAL }) { comment { id } errors { message } } }";
        let made = home.admin.run(add, json!({ "id": ticket })).await.ok();
        Self { comment: made.string("addTicketComment.comment.id"), file: attached(home, ticket).await }
    }
}

/// Valid arguments of an operation on comments; `None` for any other.
pub fn arguments(root: &Root, own: &Things) -> Option<Value> {
    let (ticket, comments) = (&own.tickets.ticket, &own.comments);
    let input = match root.name.as_str() {
        "ticketEvents" => return Some(json!({ "after": "0" })),
        "addTicketComment" => json!({ "ticketId": ticket, "content": "New", "visibility": "INTERNAL" }),
        "editTicketComment" => json!({ "commentId": comments.comment, "content": chance::name("comment") }),
        "attachToTicket" => json!({ "ticketId": ticket, "fileIds": [own.file] }),
        "removeTicketAttachment" => json!({ "ticketId": ticket, "fileId": comments.file }),
        _ => return None,
    };
    Some(json!({ "input": input }))
}

/// The prefixes of the ids that an argument of an operation on comments takes; `None` for any other.
pub fn kinds(root: &Root, place: &str) -> Option<&'static [&'static str]> {
    let all = ["ticketEvents", "addTicketComment", "editTicketComment", "attachToTicket", "removeTicketAttachment"];
    if !all.contains(&root.name.as_str()) {
        return None;
    }
    Some(match place {
        "input.mentionIds" => &["stf", "cli", "tem"],
        "input.fileIds" | "input.fileId" => &["fil"],
        "input.commentId" => &["tcm"],
        _ => &["tkt"],
    })
}

/// A comment of each ticket with all that a comment can have, and a file of the ticket: rows of this id, by the colleague of
/// that id, for the client of that one.
pub async fn rows(home: &Home, hex: &str, client: &str) {
    let id = |hex: &str| if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let (row, client, at) = (id(hex), id(client), "'2026-01-01T00:00:00+00:00'");
    let (other, hash) = (format!("1{}", &hex[1..]), super::harness::bytes(home, b"hash"));
    let mut sql = Vec::new();
    for (n, ticket) in [hex, other.as_str()].into_iter().enumerate() {
        let (ticket, comment) = (id(ticket), id(&format!("{}{}", 2 + n, &hex[1..])));
        let (of_ticket, of_comment) = (id(&format!("{}{}", 4 + n, &hex[1..])), id(&format!("{}{}", 6 + n, &hex[1..])));
        sql.extend([
            format!(
                "INSERT INTO ticket_comments (id, ticket_id, author_id, sender, visibility, content, edited_at, created_at, updated_at) \
                 VALUES ({comment}, {ticket}, {row}, 'staff', 'public', 'x', {at}, {at}, {at})"
            ),
            format!("INSERT INTO ticket_comment_edits (comment_id, number, content, created_at) VALUES ({comment}, 1, 'y', {at})"),
            format!("INSERT INTO ticket_mentions (comment_id, number, user_id) VALUES ({comment}, 1, {client})"),
            format!("INSERT INTO ticket_mentions (comment_id, number, team_id) VALUES ({comment}, 2, {row})"),
            format!(
                "INSERT INTO ticket_comment_mails (comment_id, user_id, status, created_at) VALUES ({comment}, {client}, 'sent', {at})"
            ),
        ]);
        for (file, kind, owner) in [(of_ticket, "tkt", &ticket), (of_comment, "tcm", &comment)] {
            sql.push(format!(
                "INSERT INTO files (id, storage_key, name, size, content_type, sha256, stored_at, uploaded_by, owner_kind, owner_id, created_at) \
                 VALUES ({file}, '{kind}{other}{n}', 'x', 0, 'text/plain', {hash}, {at}, {row}, '{kind}', {owner}, {at})"
            ));
        }
    }
    for sql in sql {
        home.sql.run(&sql).await;
    }
}

/// Arguments with which a mutation of these goes well; `None` where that needs nothing special.
pub async fn going_well(root: &Root, home: &Home, own: &Things) -> Option<Value> {
    let with = |place: &str, value: Value| arguments(root, own).map(|all| put(all, place, value));
    match root.name.as_str() {
        // What is used is used up.
        "attachToTicket" => with("input.fileIds", json!([sent(home).await])),
        "removeTicketAttachment" => with("input.fileId", json!(attached(home, &own.tickets.ticket).await)),
        _ => None,
    }
}

/// Arguments with which a mutation of these is refused to a signed-in person; `None` for any other.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let with = |field: &str, value: Value| arguments(root, own).map(|all| put(all, field, value));
    let missing = |kind: &str| json!(format!("{kind}_0190a5f0000070008000000000000000"));
    let refused = match root.name.as_str() {
        "addTicketComment" => vec![
            with("input.ticketId", missing("tkt")),
            with("input.ticketId", json!(own.tickets.merged)),
            with("input.content", json!(" ")),
            with("input.mentionIds", json!([missing("stf")])),
            with("input.fileIds", json!([missing("fil")])),
        ],
        "editTicketComment" => vec![with("input.commentId", missing("tcm")), with("input.content", json!(" "))],
        "attachToTicket" => vec![
            with("input.ticketId", missing("tkt")),
            with("input.fileIds", json!([])),
            with("input.fileIds", json!([missing("fil")])),
        ],
        "removeTicketAttachment" => vec![with("input.ticketId", missing("tkt")), with("input.fileId", missing("fil"))],
        _ => return None,
    };
    Some(refused.into_iter().flatten().collect())
}
