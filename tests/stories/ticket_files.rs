//! Files of tickets and of comments: sent by client and staff, seen by who sees what they belong to.

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use super::files::{path, send, used};
use super::roles::run;
use super::ticket_comments::{buyer, comment, problems, said, ticket};
use crate::support::both;

const ATTACH: &str = "mutation($input: AttachToTicketInput!) { attachToTicket(input: $input) { ticket { attachments { id name size } } errors { code path message } } }";
const REMOVE: &str = "mutation($input: RemoveTicketAttachmentInput!) { removeTicketAttachment(input: $input) { ticket { attachments { id } } errors { code path message } } }";
const FILES: &str = "query($id: ID!) { ticket(id: $id) { attachments { id name contentType link { url } } comments { nodes { attachments { id name contentType link { url } } } } } }";
const HISTORY: &str =
    "query($id: ID!) { ticket(id: $id) { history { nodes { actor { name } field oldValue newValue } } } }";
const NODE: &str = "query($id: ID!) { node(id: $id) { id } }";

async fn file(who: &Person, name: &str, bytes: &[u8]) -> String {
    send(&who.client, name, bytes).await.ok().string("uploadFile.file.id")
}

async fn sees(who: &Person, id: &str) -> bool {
    !run(who, NODE, json!({ "id": id })).await.data("node").is_null()
}

async fn attach(who: &Person, ticket: &str, files: &[&str]) -> crate::support::Answer {
    who.client.run(ATTACH, json!({ "input": { "ticketId": ticket, "fileIds": files } })).await
}

both! {
    /// A client and a colleague attach files to a ticket and to comments: each file is seen by who sees what it belongs to, used
    /// once, and counted until it is taken away; a client takes away what they sent, a colleague any.
    async fn files_belong_to_tickets_and_comments(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (ann, bob) = (buyer(&desk, &admin, "ann").await, buyer(&desk, &admin, "bob").await);
        let ticket = ticket(&ann, "Help").await;
        let (hers, ours) = (file(&ann, "photo.txt", b"A mast").await, file(&admin, "offer.pdf", b"%PDF-1.7 offer").await);
        assert!(sees(&ann, &hers).await && !sees(&admin, &hers).await, "until it is used it is who sent it");

        let attached = attach(&ann, &ticket, &[&hers, &hers]).await.ok();
        assert_eq!(attached.data("attachToTicket.ticket.attachments"), &json!([{ "id": hers, "name": "photo.txt", "size": 6.0 }]));
        let answer = said(&admin, &ticket, "Our offer", json!({ "fileIds": [ours] })).await;
        let inner = file(&admin, "costs.txt", b"42").await;
        said(&admin, &ticket, "Our costs", json!({ "visibility": "INTERNAL", "fileIds": [inner] })).await;
        for (id, client, colleague) in [(&hers, true, true), (&ours, true, true), (&inner, false, true)] {
            assert_eq!((sees(&ann, id).await, sees(&admin, id).await, sees(&bob, id).await), (client, colleague, false), "{id}");
        }
        let seen = run(&ann, FILES, json!({ "id": ticket })).await;
        assert_eq!((seen.list("ticket.attachments").len(), seen.list("ticket.comments.nodes").len()), (1, 1));
        let link = path(&seen.string("ticket.comments.nodes.0.attachments.0.link.url"));
        let read = desk.web.get(&link).await;
        assert_eq!((read.status, read.text.as_str(), read.header("x-content-type-options")), (200, "%PDF-1.7 offer", "nosniff"));
        assert!(read.header("content-disposition").starts_with("attachment"));

        // What is used, somebody else's, or none is refused by name, and nothing is written.
        let bobs = file(&bob, "bob.txt", b"Bob").await;
        let none = format!("fil_{}", "0".repeat(32));
        for wrong in [&ours, &bobs, &none] {
            let fresh = file(&ann, "fresh.txt", b"x").await;
            let refused = attach(&ann, &ticket, &[&fresh, wrong]).await;
            assert_eq!(problems(&refused, "attachToTicket"), [("NOT_AVAILABLE".to_owned(), "input.fileIds".to_owned())]);
            let refused = comment(&ann.client, &ticket, "With it", json!({ "fileIds": [fresh, wrong] })).await;
            assert_eq!(problems(&refused, "addTicketComment"), [("NOT_AVAILABLE".to_owned(), "input.fileIds".to_owned())]);
            assert!(sees(&ann, &fresh).await, "it waits still");
        }
        assert_eq!(problems(&attach(&ann, &ticket, &[]).await, "attachToTicket"), [("BLANK".to_owned(), "input.fileIds".to_owned())]);
        assert_eq!(attach(&bob, &ticket, &[&bobs]).await.error_code(), "NOT_FOUND");
        let eleven = comment(&ann.client, &ticket, "Many", json!({ "fileIds": vec![&bobs; 11] })).await;
        assert_eq!(problems(&eleven, "addTicketComment"), [("TOO_LONG".to_owned(), "input.fileIds".to_owned())]);
        let sql = desk.sql().await;
        let row = super::files::id(&sql, &ticket);
        let hash = if sql.is_sqlite() { "x'00'" } else { "decode('00', 'hex')" };
        let full = async |count: i64| {
            for n in 0..count {
                let id = super::files::id(&sql, &format!("fil_{n:032x}"));
                sql.run(&format!(
                    "INSERT INTO files (id, storage_key, name, size, content_type, sha256, owner_kind, owner_id, created_at, stored_at) \
                     SELECT {id}, 'none{n}', 'x', 0, 'text/plain', {hash}, 'tkt', {row}, created_at, created_at FROM tickets WHERE id = {row}"
                )).await;
            }
        };
        full(99).await;
        let last = file(&ann, "last.txt", b"x").await;
        assert_eq!(problems(&attach(&ann, &ticket, &[&last]).await, "attachToTicket"), [("TOO_LONG".to_owned(), "input.fileIds".to_owned())]);
        sql.run("DELETE FROM files WHERE name = 'x'").await;

        let remove = async |who: &Person, id: &str| who.client.run(REMOVE, json!({ "input": { "ticketId": ticket, "fileId": id } })).await;
        let before = used(&admin).await;
        assert_eq!(problems(&remove(&ann, &ours).await, "removeTicketAttachment"), [("NOT_ALLOWED".to_owned(), "input.fileId".to_owned())]);
        assert_eq!(problems(&remove(&admin, &bobs).await, "removeTicketAttachment"), [("NOT_AVAILABLE".to_owned(), "input.fileId".to_owned())]);
        assert_eq!(remove(&bob, &hers).await.error_code(), "NOT_FOUND");
        assert!(remove(&ann, &hers).await.ok().user_errors("removeTicketAttachment").is_empty());
        assert!(remove(&admin, &ours).await.ok().user_errors("removeTicketAttachment").is_empty());
        assert_eq!(before - used(&admin).await, 20.0);
        assert!(!sees(&ann, &hers).await && !sees(&admin, &ours).await);
        assert_eq!(desk.web.get(&link).await.status, 404);
        assert_eq!(run(&ann, "query($id: ID!) { node(id: $id) { ... on TicketComment { attachments { id } } } }", json!({ "id": answer })).await.data("node.attachments"), &json!([]));
        // Colleagues read in the history what came and went.
        let told = async |who: &Person| {
            let seen = run(who, HISTORY, json!({ "id": ticket })).await.list("ticket.history.nodes").to_vec();
            let files = seen.into_iter().filter(|one| one["field"] == "ATTACHMENT");
            files.map(|one| format!("{} {} {}", one["actor"]["name"], one["oldValue"], one["newValue"])).collect::<Vec<_>>().join(", ").replace('"', "")
        };
        assert_eq!(told(&admin).await, "ann null photo.txt, ann photo.txt null, Administrator offer.pdf null");
        assert_eq!(told(&ann).await, "");
        // What waits for a client is open again when they attach what it waits for; a colleague's file is none of that.
        let stand = "mutation($id: ID!, $to: TicketStatus!) { setTicketStatus(input: { ticketId: $id, status: $to }) { errors { message } } }";
        let status = async || run(&admin, "query($id: ID!) { ticket(id: $id) { status } }", json!({ "id": ticket })).await.string("ticket.status");
        run(&admin, stand, json!({ "id": ticket, "to": "PENDING" })).await;
        let ours = file(&admin, "ours.txt", b"x").await;
        attach(&admin, &ticket, &[&ours]).await.ok();
        assert_eq!(status().await, "PENDING");
        let hers = file(&ann, "hers.txt", b"x").await;
        attach(&ann, &ticket, &[&hers]).await.ok();
        assert_eq!(status().await, "OPEN");
        // A client says nothing more on what is closed until it is open again; a colleague puts files there.
        run(&admin, stand, json!({ "id": ticket, "to": "CLOSED" })).await;
        assert_eq!(problems(&attach(&ann, &ticket, &[&last]).await, "attachToTicket"), [("NOT_ALLOWED".to_owned(), "input.ticketId".to_owned())]);
        assert!(sees(&ann, &last).await, "it waits still");
        let late = file(&admin, "late.txt", b"x").await;
        assert!(attach(&admin, &ticket, &[&late]).await.ok().user_errors("attachToTicket").is_empty());
    }

    /// What somebody means ill with is kept as it is, told to be bytes, and saved under a harmless name.
    async fn hostile_files_do_no_harm(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let ann = buyer(&desk, &admin, "ann").await;
        let ticket = ticket(&ann, "Help").await;
        let polyglot = b"GIF89a/*<script>alert(1)</script>*/=1;";
        for (name, bytes, kind) in [
            ("picture.svg", &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..], "image/svg+xml"),
            ("../../etc/passwd", b"root", "text/plain"),
            ("C:\\windows\\a.exe", b"MZ\x90\0", "application/vnd.microsoft.portable-executable"),
            ("image.gif", polyglot, "image/gif"),
            ("invoice.pdf", b"<!DOCTYPE html><script>alert(1)</script>", "text/html"),
        ] {
            let sent = send(&ann.client, name, bytes).await.ok();
            let id = sent.string("uploadFile.file.id");
            let made = said(&ann, &ticket, name, json!({ "fileIds": [id] })).await;
            let seen = run(&admin, "query($id: ID!) { node(id: $id) { ... on TicketComment { attachments { name contentType link { url } } } } }", json!({ "id": made })).await;
            let file = seen.data("node.attachments.0");
            if kind != "application/vnd.microsoft.portable-executable" {
                assert_eq!(file["contentType"], json!(kind), "{name}");
            }
            assert!(!file["name"].as_str().is_some_and(|name| name.contains(['/', '\\'])), "{file}");
            let read = desk.web.get(&path(file["link"]["url"].as_str().expect("a link"))).await;
            assert_eq!((read.status, read.text.len()), (200, String::from_utf8_lossy(bytes).len()), "{name}");
            assert!(read.header("content-disposition").starts_with("attachment"), "{name}");
            assert_eq!((read.header("x-content-type-options"), read.header("content-security-policy")), ("nosniff", "default-src 'none'; sandbox"));
            let told = read.header("content-type").to_owned();
            assert!(!["html", "svg", "xml", "script"].iter().any(|runs| told.contains(runs)), "{name} is told to be {told}");
        }
        let text = run(&ann, FILES, json!({ "id": ticket })).await;
        assert_eq!(text.data("ticket.attachments"), &Value::Array(Vec::new()));
    }
}
