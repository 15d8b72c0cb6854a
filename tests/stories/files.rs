//! Files: sent with a request, read by links, seen by who sees what they belong to.

use std::path::PathBuf;

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{ASSIGN, Desk, Person, SOON};
use super::roles::{colleague, make_role};
use crate::coverage::sql::Sql;
use crate::support::form::{File, TYPE, body, end, part};
use crate::support::secrets::files_below;
use crate::support::{Answer, Client, Options, Server, both, until, upload};

pub const UPLOAD: &str =
    "mutation Up($file: Upload!) { uploadFile(input: { file: $file }) { file { id name size contentType sha256
    createdAt expiresAt link { url expiresAt } } errors { code message path } } }";
pub const NODE: &str =
    "query Of($id: ID!) { node(id: $id) { id ... on File { name size contentType sha256 expiresAt link { url } } } }";
const USED: &str = "{ viewer { tenant { usage { storageBytes } } } }";

/// The path of an address of this server's.
pub fn path(url: &str) -> String {
    let at = url.find("/files/").or_else(|| url.find("/uploads/")).unwrap_or_else(|| panic!("{url}"));
    url[at..].to_owned()
}

/// The files that a server keeps, unfinished ones too, but for the notes of who was erased.
pub fn kept(server: &Server) -> Vec<PathBuf> {
    let files = server.dir().join("data/files");
    files_below(&files).into_iter().filter(|file| !file.starts_with(files.join("erased"))).collect()
}

/// An id in the words of the database.
pub fn id(sql: &Sql, id: &str) -> String {
    let hex = id.rsplit_once('_').map_or(id, |(_, hex)| hex);
    if sql.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
}

pub async fn send(person: &Client, name: &str, bytes: impl AsRef<[u8]>) -> Answer {
    person.run(UPLOAD, json!({ "file": upload(name, bytes) })).await
}

/// Bytes that count against what the company may store.
pub async fn used(person: &Person) -> f64 {
    let usage = person.client.run(USED, Value::Null).await.ok();
    usage.data("viewer.tenant.usage.storageBytes").as_f64().expect("a number")
}

both! {
    /// A file comes with a request, says what it is, counts, and is read by a link of which every character matters.
    async fn a_file_is_sent_with_a_request_and_read_by_a_link(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let text = "Grüße\n".repeat(20_000);
        let sent = send(&admin.client, "Grüße an Ada.txt", &text).await.ok();
        let file = sent.data("uploadFile.file");
        assert_eq!((&file["name"], &file["contentType"]), (&json!("Grüße an Ada.txt"), &json!("text/plain")));
        assert_eq!(file["size"], json!(text.len() as f64));
        let sha256 = file["sha256"].as_str().expect("a hash").to_owned();
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
        assert_eq!(sha256, hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        assert!(file["expiresAt"].is_string());
        assert_eq!(used(&admin).await, text.len() as f64);
        assert_eq!(kept(&desk.server).len(), 1);

        // Nobody who has the link need sign in.
        let link = path(file["link"]["url"].as_str().expect("an address"));
        let read = desk.web.get(&link).await;
        assert_eq!((read.status, &read.text), (200, &text));
        for (name, value) in [
            ("content-type", "text/plain; charset=utf-8"),
            ("content-length", &text.len().to_string()),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("content-disposition", "attachment; filename=\"Gr__e_an_Ada.txt\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20an%20Ada.txt"),
            ("etag", &format!("\"{sha256}\"")),
            ("accept-ranges", "bytes"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(read.header(name), value, "{name}");
        }
        let cache = read.header("cache-control");
        assert!(cache.starts_with("private, max-age=8") || cache.starts_with("private, max-age=900"), "{cache}");

        // Parts of it, and nothing of it where it is known.
        let asking = async |name: &str, value: &str| desk.web.header(name, value).get(&link).await;
        let some = asking("range", "bytes=0-3").await;
        assert_eq!((some.status, some.text.as_str(), some.header("content-range")), (206, "Grü", format!("bytes 0-3/{}", text.len()).as_str()));
        assert_eq!(asking("range", "bytes=-8").await.text, "Grüße\n");
        assert_eq!(asking("range", "bytes=9999999-").await.status, 416);
        assert_eq!(asking("range", "bytes=0-1,3-4").await.status, 200);
        assert_eq!(asking("if-none-match", &format!("\"{sha256}\"")).await.status, 304);

        // Edited, cut, made longer, of another use, or none.
        let token = link.strip_prefix("/files/").expect("a link");
        for at in 0..token.len() {
            let letter = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
            let edited = desk.web.get(&format!("/files/{}{letter}{}", &token[..at], &token[at + 1..])).await;
            // The last character holds bits that are no part of what is signed: those that are not zero are refused too.
            assert_eq!((edited.status, edited.error_code()), (404, "NOT_FOUND"), "character {at}");
        }
        for none in [&token[1..], &format!("{token}A"), "x", "%00", "..%2f..%2fetc%2fpasswd"] {
            assert_eq!(desk.web.get(&format!("/files/{none}")).await.status, 404, "{none}");
        }
        assert_eq!(desk.web.send(Method::PUT, &format!("/uploads/{token}"), "x").await.status, 404, "not for sending");
        assert_eq!(desk.web.send(Method::POST, &link, "x").await.status, 405);
        assert!(!desk.server.output().contains(token), "links are not written down");
    }

    /// A link ends, whoever has it; whoever sees the file makes another.
    async fn a_link_ends(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_FILE_LINK_LIFETIME", "1s")).await;
        let admin = desk.admin().await;
        let sent = send(&admin.client, "a.txt", "x").await.ok();
        let link = path(&sent.string("uploadFile.file.link.url"));
        until("the end of the link", SOON, async || (desk.web.get(&link).await.status == 404).then_some(())).await;
        let again = admin.client.run(NODE, json!({ "id": sent.string("uploadFile.file.id") })).await.ok();
        assert_ne!(path(&again.string("node.link.url")), link);
    }

    /// Until it belongs to something a file is its sender's; then whoever sees that sees the file, and nobody else.
    async fn who_sees_what_it_belongs_to_sees_the_file(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let role = make_role(&admin, "Own", &["VIEW_MESSAGES", "SEE_ASSIGNED"]).await;
        let ben = colleague(&desk, &admin, "ben", &role, json!({})).await;
        let file = send(&admin.client, "offer.pdf", "%PDF-1.7 offer").await.ok().string("uploadFile.file.id");
        let seen = async |person: &Person, id: &str| {
            !person.client.run(NODE, json!({ "id": id })).await.ok().data("node").is_null()
        };
        assert!(seen(&admin, &file).await && !seen(&ben, &file).await);
        assert_eq!(desk.web.run(NODE, json!({ "id": file })).await.error_code(), "UNAUTHENTICATED");

        let message = desk.message("Vera", "Do you have an offer?").await;
        let assign = json!({ "input": { "messageId": message, "assigneeId": admin.id } });
        admin.client.run(ASSIGN, assign).await.ok();
        let sql = desk.sql().await;
        sql.run(&format!(
            "UPDATE files SET owner_kind = 'msg', owner_id = {}, expires_at = NULL WHERE id = {}",
            id(&sql, &message), id(&sql, &file)
        )).await;
        assert!(seen(&admin, &message).await && seen(&admin, &file).await);
        assert!(!seen(&ben, &message).await && !seen(&ben, &file).await, "a colleague's work");
        admin.client.run(ASSIGN, json!({ "input": { "messageId": message, "assigneeId": ben.id } })).await.ok();
        assert!(seen(&ben, &message).await && seen(&ben, &file).await, "now it is theirs");
        let link = ben.client.run(NODE, json!({ "id": file })).await.ok().string("node.link.url");
        assert_eq!(desk.web.get(&path(&link)).await.text, "%PDF-1.7 offer");

        // Of what is gone nothing is left to read.
        sql.run(&format!("DELETE FROM files WHERE id = {}", id(&sql, &file))).await;
        assert!(!seen(&ben, &file).await);
        assert_eq!(desk.web.get(&path(&link)).await.status, 404);
    }

    /// What a file is its content says, whatever it is called; what could run is bytes to every browser; and a name is no path.
    async fn a_name_changes_nothing(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
        for (name, bytes, kind, told) in [
            ("photo.png", &b"<!doctype html><script>alert(1)</script>"[..], "text/html", "application/octet-stream"),
            ("photo.png", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml", "application/octet-stream"),
            ("page.html", png, "image/png", "image/png"),
            ("bomb.txt", b"PK\x03\x04\x14\0\x08\0\x08\0", "application/zip", "application/octet-stream"),
            ("x.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0<script>", "image/jpeg", "image/jpeg"),
        ] {
            let sent = send(&admin.client, name, bytes).await.ok();
            assert_eq!((sent.string("uploadFile.file.contentType").as_str(), sent.string("uploadFile.file.name").as_str()), (kind, name));
            let read = desk.web.get(&path(&sent.string("uploadFile.file.link.url"))).await;
            assert_eq!((read.status, read.header("content-type")), (200, told), "{name} of {kind}");
            assert!(read.header("content-disposition").starts_with("attachment"), "{name}");
            assert_eq!(read.header("x-content-type-options"), "nosniff");
        }
        // Of nothing there is nothing to keep.
        let (before, empty) = (kept(&desk.server).len(), send(&admin.client, "empty.png", "").await);
        let refused = empty.user_errors("uploadFile").pop().expect("a problem");
        assert_eq!((refused.code.as_str(), refused.path.as_str(), kept(&desk.server).len()), ("BLANK", "input.file", before));
        for (name, shown) in [
            ("../../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            (".htaccess", "htaccess"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\u{200b}.txt", "a.txt"),
            ("", "file"),
        ] {
            let sent = send(&admin.client, name, "x").await.ok();
            assert_eq!(sent.string("uploadFile.file.name"), shown, "{name:?}");
        }
        let folder = desk.server.dir().join("data/files");
        for file in files_below(desk.server.dir()) {
            let name = file.file_name().expect("a name").to_string_lossy().into_owned();
            assert!(!["passwd", "boot.ini", "htaccess", "photo.png"].contains(&name.as_str()), "{}", file.display());
            if file.starts_with(&folder) {
                assert!(name.len() == 32 && name.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
            }
        }
    }

    /// A multipart request is taken of whoever may send files, asked first, in its order, and within bounds. Else nothing of it
    /// is left.
    async fn multipart_requests_are_bounded(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_UPLOAD_BYTES", "100000")).await;
        let admin = desk.admin().await;
        let (ours, one) = (&admin.client, json!({ "query": UPLOAD, "variables": { "file": null } }).to_string());
        let file = |path: &str, bytes: &[u8]| File { path: path.into(), name: "a.txt".into(), bytes: bytes.into() };
        let good = body(&one, &[file("variables.file", b"Hello")]);
        let post = async |client: &Client, body: Vec<u8>| client.finish(client.form(body)).await;

        // Signed out; by a page of another site, which cannot send our headers; and by one that we do not know.
        let stranger = post(&desk.web, good.clone()).await;
        assert_eq!((stranger.status, stranger.error_code()), (401, "UNAUTHENTICATED"));
        let unasked = ours.header("content-type", TYPE);
        let unasked = unasked.finish(unasked.request(Method::POST, "/graphql").body(good.clone())).await;
        assert_eq!((unasked.status, unasked.error_code()), (400, "PREFLIGHT_REQUIRED"));
        for header in ["apollo-require-preflight", "x-apollo-operation-name"] {
            let asked = ours.header("content-type", TYPE).header(header, "true");
            asked.finish(asked.request(Method::POST, "/graphql").body(good.clone())).await.ok();
        }
        let elsewhere = post(&ours.header("origin", "https://evil.example"), good.clone()).await;
        assert_eq!((elsewhere.status, elsewhere.error_code()), (403, "FORBIDDEN"));
        let before = (used(&admin).await, kept(&desk.server).len());
        assert_eq!(before, (10.0, 2));

        let operations = part("operations", None, one.as_bytes());
        let map = |map: &str| part("map", None, map.as_bytes());
        let there = map(r#"{"0":["variables.file"]}"#);
        let bytes = part("0", Some("a.txt"), b"Hello");
        let many = (0..11).map(|n| format!("\"{n}\":[]")).collect::<Vec<_>>().join(",");
        for (why, parts) in [
            ("a map before the operation", vec![there.clone(), operations.clone(), bytes.clone()]),
            ("no map", vec![operations.clone(), bytes.clone()]),
            ("a file before the map", vec![operations.clone(), bytes.clone(), there.clone()]),
            ("no file", vec![operations.clone(), there.clone()]),
            ("another file", vec![operations.clone(), there.clone(), part("1", Some("a.txt"), b"Hello")]),
            ("a map that is none", vec![operations.clone(), map("[]"), bytes.clone()]),
            ("a map that is no JSON", vec![operations.clone(), map("{"), bytes.clone()]),
            ("a place that is not there", vec![operations.clone(), map(r#"{"0":["variables.other"]}"#), bytes.clone()]),
            ("a place that is no variable", vec![operations.clone(), map(r#"{"0":["query"]}"#), bytes.clone()]),
            ("a place in a place", vec![operations.clone(), map(r#"{"0":["variables.file.0.x"]}"#), bytes.clone()]),
            ("a place twice", vec![operations.clone(), map(r#"{"0":["variables.file","variables.file"]}"#), bytes.clone()]),
            ("too many files", vec![operations.clone(), map(&format!("{{{many}}}"))]),
            ("a batch", vec![part("operations", None, format!("[{one}]").as_bytes()), there.clone(), bytes.clone()]),
        ] {
            let refused = post(ours, [parts.concat(), end()].concat()).await;
            assert_eq!((refused.status, refused.error_code()), (400, "BAD_REQUEST"), "{why}: {refused}");
        }
        for cut in [good.len() / 4, good.len() / 2, good.len() - 3] {
            let refused = post(ours, good[..cut].to_vec()).await;
            assert_eq!((refused.status, refused.error_code()), (400, "BAD_REQUEST"), "cut at {cut}: {refused}");
        }
        let bomb = post(&ours.header("content-encoding", "gzip"), good.clone()).await;
        assert_eq!((bomb.status, bomb.error_code()), (415, "UNSUPPORTED_MEDIA_TYPE"));
        let large = post(ours, body(&one, &[file("variables.file", &[b'x'; 100_001])])).await;
        assert_eq!((large.status, large.error_code()), (413, "PAYLOAD_TOO_LARGE"));
        // A mark is worth nothing without its file.
        for mark in ["#file:0", "#file:99999999999999999999", "x"] {
            let refused = ours.run(UPLOAD, json!({ "file": mark })).await;
            assert_eq!(refused.user_errors("uploadFile")[0].path, "input.file", "{refused}");
        }
        assert_eq!((used(&admin).await, kept(&desk.server).len()), before, "nothing is left of all that");

        // The same key and the same file is the same upload; another file is another request.
        let keyed = ours.idempotency_key("once");
        let first = send(&keyed, "a.txt", "one").await.ok().string("uploadFile.file.id");
        assert_eq!(send(&keyed, "a.txt", "one").await.ok().string("uploadFile.file.id"), first);
        assert_eq!(send(&keyed, "a.txt", "two").await.error_code(), "CONFLICT");
        until("two that were taken back", SOON, async || (kept(&desk.server).len() == 3).then_some(())).await;
        assert_eq!(used(&admin).await, 13.0);
        send(ours, "most.bin", vec![b'x'; 100_000]).await.ok();
    }

    /// Where there is no room left a file is refused, and nothing of it stays.
    async fn there_is_as_much_room_as_there_is(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        send(&admin.client, "a.txt", "12345").await.ok();
        limit(&desk, 8).await;
        let full = until("the limit", SOON, async || {
            let answer = send(&admin.client, "b.txt", "1234").await;
            answer.user_errors("uploadFile").pop().filter(|error| error.code == "NOT_ALLOWED")
        }).await;
        assert_eq!(full.message, "there is no room left for files of this size");
        let (bytes, files) = (used(&admin).await, kept(&desk.server).len());
        assert_eq!(bytes as usize, 5 + 4 * (files - 1), "what was taken before the limit was known");
        let more = send(&admin.client, "b.txt", "1234").await;
        assert_eq!(more.user_errors("uploadFile")[0].code, "NOT_ALLOWED");
        assert_eq!((used(&admin).await, kept(&desk.server).len()), (bytes, files));
    }

    /// What nobody used in time is removed, its bytes first, and counts no more.
    async fn what_nobody_used_is_swept(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let admin = desk.admin().await;
        let old = send(&admin.client, "old.txt", "old").await.ok();
        let new = send(&admin.client, "new.txt", "new one").await.ok().string("uploadFile.file.id");
        let sql = desk.sql().await;
        let (past, old_id) = ("'2026-01-01T00:00:00+00:00'", id(&sql, &old.string("uploadFile.file.id")));
        sql.run(&format!("UPDATE files SET expires_at = {past} WHERE id = {old_id}")).await;
        assert_eq!(desk.web.get(&path(&old.string("uploadFile.file.link.url"))).await.status, 404, "it has ended");
        until("one row less", SOON, async || (sql.count("files").await == 1).then_some(())).await;
        assert_eq!((used(&admin).await, kept(&desk.server).len()), (7.0, 1));
        assert_eq!(admin.client.run(NODE, json!({ "id": new })).await.ok().string("node.name"), "new.txt");
    }
}

/// Lets the company store so many bytes.
pub async fn limit(desk: &Desk, bytes: u64) {
    let url = desk.server.setting("FRONTDESK_DATABASE_URL").expect("a setting of the server");
    let registry = Sql::open(url, None).await;
    registry.run(&format!("UPDATE tenants SET settings = '{{\"limits\":{{\"storage_bytes\":{bytes}}}}}'")).await;
}
