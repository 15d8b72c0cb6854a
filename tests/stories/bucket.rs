//! Files in a bucket instead of a folder.

use reqwest::Method;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::desk::{Desk, SOON};
use super::direct_uploads::begin;
use super::files::{NODE, id, path, send, used};
use crate::support::{Options, S3, both, until};

both! {
    /// The same files, by the same operations and links; every request to the bucket is signed.
    async fn files_are_kept_in_a_bucket(backend) {
        let s3 = S3::start().await;
        let desk = Desk::open_with(backend, s3.options(Options::new()).env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let admin = desk.admin().await;
        let small = send(&admin.client, "a.txt", "Hello, bucket").await.ok();
        let link = path(&small.string("uploadFile.file.link.url"));
        assert_eq!(desk.web.get(&link).await.text, "Hello, bucket");
        assert_eq!(desk.web.header("range", "bytes=7-").get(&link).await.text, "bucket");
        let empty = send(&admin.client, "empty.txt", "").await;
        assert_eq!(empty.user_errors("uploadFile")[0].code, "BLANK", "nothing is no file");

        // In parts.
        let film: Vec<u8> = (0..12_000_000_u32).map(|n| (n % 251) as u8).collect();
        let (file, link) = begin(&admin.client, "film.bin", film.len()).await;
        let sent = desk.web.send(Method::PUT, &link, film.clone()).await;
        assert_eq!(sent.status, 201, "{sent}");
        let seen = admin.client.run(NODE, json!({ "id": file })).await.ok();
        let link = path(&seen.string("node.link.url"));
        let read = desk.web.request(Method::GET, &link).send().await.expect("an answer");
        assert!(read.bytes().await.expect("bytes") == film, "the same bytes");
        let part = desk.web.header("range", "bytes=5242870-5242889").request(Method::GET, &link).send().await.expect("an answer");
        assert_eq!(part.bytes().await.expect("bytes"), film[5_242_870..5_242_890], "over the end of a part");
        let tenant = admin.client.run("{ viewer { tenant { id } } }", json!({})).await.ok().string("viewer.tenant.id");
        assert_eq!(s3.objects().len(), 2);
        assert!(s3.objects().keys().all(|key| key.starts_with(&format!("{tenant}/"))), "each company's apart");

        // One that breaks off leaves no parts.
        let (_, link) = begin(&admin.client, "broken.bin", film.len()).await;
        let mut socket = TcpStream::connect(("127.0.0.1", desk.server.port())).await.expect("a connection");
        let head = format!("PUT {link} HTTP/1.1\r\nHost: desk\r\nContent-Length: {}\r\n\r\n", film.len());
        socket.write_all(head.as_bytes()).await.expect("sent");
        socket.write_all(&film[..11_000_000]).await.expect("sent");
        until("the first parts", SOON, async || (s3.unfinished() == 1).then_some(())).await;
        drop(socket);
        until("no parts", SOON, async || (s3.unfinished() == 0).then_some(())).await;
        assert_eq!((s3.objects().len(), used(&admin).await), (2, 12_000_013.0));

        let (_, link) = begin(&admin.client, "later.bin", film.len()).await;
        // A bucket that does not answer as it should is no fault of the sender's, and nothing is half there.
        s3.down(true);
        let refused = send(&admin.client, "b.txt", "later").await;
        assert_eq!(refused.error_code(), "UNAVAILABLE", "{refused}");
        assert_eq!(desk.web.send(Method::PUT, &link, film.clone()).await.status, 503);
        assert_eq!(desk.web.get(&path(&small.string("uploadFile.file.link.url"))).await.status, 503);
        s3.down(false);
        assert_eq!(used(&admin).await, 12_000_013.0);

        let sql = desk.sql().await;
        let past = "'2026-01-01T00:00:00+00:00'";
        sql.run(&format!("UPDATE files SET expires_at = {past} WHERE id = {}", id(&sql, &file))).await;
        until("the sweep", SOON, async || (s3.objects().len() == 1).then_some(())).await;
        until("the count", SOON, async || (used(&admin).await == 13.0).then_some(())).await;
        let (signed, unsigned) = s3.counts();
        assert!(signed > 10 && unsigned == 0, "{signed} requests signed rightly, {unsigned} not");
    }
}

/// With another secret nothing is read and nothing written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_secret_opens_no_bucket() {
    let s3 = S3::start().await;
    let options = s3.options(Options::new()).env("FRONTDESK_FILES_SECRET_KEY", "not the secret of the bucket");
    let desk = Desk::open_with(crate::support::Backend::Sqlite, options).await;
    let admin = desk.admin().await;
    assert_eq!(send(&admin.client, "a.txt", "x").await.error_code(), "UNAVAILABLE");
    assert!(s3.objects().is_empty() && s3.counts().0 == 0 && s3.counts().1 > 0);
}
