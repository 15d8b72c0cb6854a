//! Large files: sent by links of their own.

use reqwest::Method;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::desk::{Desk, SOON};
use super::erasures::{confirmed, over, second};
use super::files::{NODE, id, kept, limit, path, send, used};
use super::ticket_comments::buyer;
use crate::support::{Answer, Backend, Client, Options, both, until};

pub const BEGIN: &str =
    "mutation Begin($name: String!, $size: Float!) { beginUpload(input: { name: $name, size: $size }) {
    upload { fileId url expiresAt } errors { code message path } } }";

pub async fn begin(person: &Client, name: &str, size: usize) -> (String, String) {
    let begun = person.run(BEGIN, json!({ "name": name, "size": size })).await.ok();
    (begun.string("beginUpload.upload.fileId"), path(&begun.string("beginUpload.upload.url")))
}

/// Sends the beginning of a body that never comes whole.
async fn half(desk: &Desk, link: &str, whole: usize, sent: &[u8]) -> TcpStream {
    let mut socket = TcpStream::connect(("127.0.0.1", desk.server.port())).await.expect("a connection");
    let head = format!("PUT {link} HTTP/1.1\r\nHost: desk\r\nContent-Length: {whole}\r\n\r\n");
    socket.write_all(head.as_bytes()).await.expect("sent");
    socket.write_all(sent).await.expect("sent");
    socket
}

both! {
    /// A large file is begun, sent as it is by its own link, and then a file like others; the link is good once and for those
    /// bytes.
    async fn a_large_file_is_sent_by_its_own_link(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_DIRECT_UPLOAD_BYTES", "20000000")).await;
        let admin = desk.admin().await;
        let put = async |link: &str, bytes: &[u8]| desk.web.send(Method::PUT, link, bytes.to_vec()).await;
        let film: Vec<u8> = (0..12_000_000_u32).map(|n| (n % 251) as u8).collect();
        let (file, link) = begin(&admin.client, "../film.bin", film.len()).await;
        assert!(admin.client.run(NODE, json!({ "id": file })).await.ok().data("node").is_null(), "not there yet");
        assert_eq!(used(&admin).await, 0.0);

        // Other bytes than were said, and other links than were made; none of them uses it up.
        for wrong in [&film[..11], &film[..film.len() - 1], &[film.as_slice(), b"x"].concat()] {
            let refused = put(&link, wrong).await;
            assert_eq!((refused.status, refused.error_code()), (400, "BAD_USER_INPUT"), "{refused}");
        }
        let packed = desk.web.header("content-encoding", "gzip").send(Method::PUT, &link, film.clone()).await;
        assert_eq!(packed.status, 400);
        for at in [20, 45, 60, link.len() - 2] {
            let letter = if link.as_bytes()[at] == b'A' { "B" } else { "A" };
            let edited = format!("{}{letter}{}", &link[..at], &link[at + 1..]);
            assert_eq!(put(&edited, &film[..10]).await.status, 404, "{at}");
        }
        assert_eq!(desk.web.get(&link.replace("/uploads/", "/files/")).await.status, 404, "not for reading");
        assert_eq!(kept(&desk.server).len(), 0);

        let sent = put(&link, &film).await;
        assert_eq!((sent.status, &sent.json["id"], &sent.json["name"]), (201, &json!(file), &json!("film.bin")), "{sent}");
        assert_eq!(sent.json["size"], json!(film.len()));
        assert_eq!(put(&link, &film).await.status, 409, "once");
        let seen = admin.client.run(NODE, json!({ "id": file })).await.ok();
        assert_eq!(seen.data("node.sha256"), &sent.json["sha256"]);
        let read = desk.web.request(Method::GET, &path(&seen.string("node.link.url"))).send().await.expect("an answer");
        assert!(read.bytes().await.expect("bytes") == film, "the same bytes");
        assert_eq!((used(&admin).await, kept(&desk.server).len()), (film.len() as f64, 1));

        // Of two at the same time one is taken.
        let (_, link) = begin(&admin.client, "twice.bin", film.len()).await;
        let (one, two) = tokio::join!(put(&link, &film), put(&link, &film));
        let mut both = [one.status, two.status];
        both.sort_unstable();
        assert_eq!(both, [201, 409]);
        assert_eq!((used(&admin).await, kept(&desk.server).len()), (2.0 * film.len() as f64, 2));

        // What cannot be one is not begun.
        let field = |answer: &Answer| answer.user_errors("beginUpload")[0].path.clone();
        for size in [json!(-1), json!(1.5), json!(20_000_001)] {
            let refused = admin.client.run(BEGIN, json!({ "name": "x", "size": size })).await;
            assert_eq!(field(&refused), "input.size", "{size}");
        }
        assert_eq!(field(&admin.client.run(BEGIN, json!({ "name": " ", "size": 1 })).await), "input.name");
        assert_eq!(desk.web.run(BEGIN, json!({ "name": "x", "size": 1 })).await.error_code(), "UNAUTHENTICATED");
    }

    /// Where it does not fit it is not begun; and where it does not fit any more it is not taken.
    async fn a_large_file_needs_room_too(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (_, link) = begin(&admin.client, "a.bin", 1000).await;
        limit(&desk, 999).await;
        until("the limit", SOON, async || {
            let begun = admin.client.run(BEGIN, json!({ "name": "b.bin", "size": 1000 })).await;
            begun.user_errors("beginUpload").pop().filter(|error| error.code == "NOT_ALLOWED" && error.path == "input.size")
        }).await;
        let refused = desk.web.send(Method::PUT, &link, vec![1; 1000]).await;
        assert_eq!(refused.status, 400, "{refused}");
        assert_eq!((used(&admin).await, kept(&desk.server).len()), (0.0, 0));
        limit(&desk, 1000).await;
        until("the limit", SOON, async || {
            (desk.web.send(Method::PUT, &link, vec![1; 1000]).await.status == 201).then_some(())
        }).await;
        assert_eq!(used(&admin).await, 1000.0);
        let empty = admin.client.run(BEGIN, json!({ "name": "empty", "size": 0 })).await.user_errors("beginUpload");
        assert_eq!(empty.iter().map(|error| (error.code.as_str(), error.path.as_str())).collect::<Vec<_>>(), [("BLANK", "input.size")]);
    }

    /// Who is deactivated or erased sends nothing more, and what they sent and nobody uses goes with them.
    async fn what_waits_goes_with_its_sender(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let (_, link) = begin(&bea.client, "a.bin", 1000).await;
        let sent = send(&bea.client, "b.txt", "four").await.ok();
        assert_eq!(used(&admin).await, 4.0);
        let leaves = "mutation($id: ID!) { deactivateStaff(input: { staffId: $id }) { errors { code } } }";
        admin.client.run(leaves, json!({ "id": bea.id })).await.ok();
        assert_eq!(used(&admin).await, 0.0);
        assert_eq!(desk.web.get(&path(&sent.string("uploadFile.file.link.url"))).await.status, 404);
        assert_eq!(desk.web.send(Method::PUT, &link, vec![1; 1000]).await.status, 404);
        // What others sent stays; a client who is erased takes theirs along.
        let (sam, ann) = (second(&desk, &admin, "sam").await, buyer(&desk, &admin, "ann").await);
        send(&ann.client, "passport.txt", "private").await.ok();
        send(&admin.client, "c.txt", "fours").await.ok();
        let erasure = confirmed((&admin, &sam), &ann.id, "PERSON").await;
        assert_eq!(over(&admin, &erasure["id"]).await["status"], "DONE");
        assert_eq!(desk.sql().await.texts("SELECT name FROM files WHERE uploaded_by IS NOT NULL OR name = 'passport.txt' ORDER BY name").await, ["a.bin", "c.txt"]);
        assert_eq!((used(&admin).await, kept(&desk.server).len()), (5.0, 1));
    }

    /// A connection that breaks off leaves nothing, and the link is good for another try. What a process leaves that dies over
    /// it is swept.
    async fn an_upload_that_breaks_off_leaves_nothing(backend) {
        let settings = Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s");
        let mut desk = Desk::open_with(backend, settings).await;
        let admin = desk.admin().await;
        let bytes = vec![7; 3_000_000];
        let (file, link) = begin(&admin.client, "a.bin", bytes.len()).await;
        let socket = half(&desk, &link, bytes.len(), &bytes[..2_000_000]).await;
        until("the first bytes", SOON, async || (kept(&desk.server).len() == 1).then_some(())).await;
        let other = desk.web.send(Method::PUT, &link, bytes.clone()).await;
        assert_eq!(other.status, 409, "one at a time");
        drop(socket);
        until("nothing", SOON, async || kept(&desk.server).is_empty().then_some(())).await;
        until("another try", SOON, async || {
            (desk.web.send(Method::PUT, &link, bytes.clone()).await.status == 201).then_some(())
        }).await;
        assert_eq!((used(&admin).await, kept(&desk.server).len()), (3_000_000.0, 1));

        let (second, link) = begin(&admin.client, "b.bin", bytes.len()).await;
        let _socket = half(&desk, &link, bytes.len(), &bytes[..2_000_000]).await;
        until("the first bytes", SOON, async || (kept(&desk.server).len() == 2).then_some(())).await;
        desk.server.kill9().await;
        assert_eq!(kept(&desk.server).len(), 2, "it could not clean up");
        let sql = desk.sql().await;
        let past = "'2026-01-01T00:00:00+00:00'";
        sql.run(&format!("UPDATE files SET expires_at = {past} WHERE id = {}", id(&sql, &second))).await;
        drop(sql);
        desk.server.restart().await;
        until("the sweep", SOON, async || (kept(&desk.server).len() == 1).then_some(())).await;
        let admin = desk.admin().await;
        assert_eq!(used(&admin).await, 3_000_000.0);
        assert_eq!(admin.client.run(NODE, json!({ "id": file })).await.ok().string("node.name"), "a.bin");
    }
}

/// The link of an upload ends with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_ends() {
    let desk = Desk::open_with(Backend::Sqlite, Options::new().env("FRONTDESK_UPLOADS_KEPT", "1s")).await;
    let admin = desk.admin().await;
    let (_, link) = begin(&admin.client, "a.bin", 10).await;
    until("its end", SOON, async || {
        let refused = desk.web.send(Method::PUT, &link, vec![1; 9]).await;
        (refused.status == 404).then_some(())
    })
    .await;
    assert_eq!(desk.web.send(Method::PUT, &link, vec![1; 10]).await.status, 404);
    assert!(kept(&desk.server).is_empty());
}
