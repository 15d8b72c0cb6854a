//! Images and files that B2Chat points at are copied to our storage.

use serde_json::{Value, json};

use super::desk::{Desk, Person};
use super::files::{kept, limit, path, used};
use crate::coverage::sql::Sql;
use crate::stories::b2chat_rows::{B2ChatRows, Row};
use crate::support::media_host::{Gives, MediaHost};
use crate::support::{Backend, Options, PATIENCE, both, until};

const BACK_UP: &str =
    "mutation($chat: ID) { backUpB2ChatMedia(input: { chatId: $chat }) { waiting errors { code message path } } }";
const RETRY: &str =
    "mutation($chat: ID) { retryB2ChatMedia(input: { chatId: $chat }) { retried errors { code message path } } }";
const STANDS: &str = "{ b2chatMediaBackup { waiting copied failed bytes stoppedBy fullSince } }";
const SEE: &str = "query($id: ID!) { b2chatMessage(id: $id) { mediaState mediaAttempts mediaError mediaSize mediaMimeType mediaNextAt \
    file { name size contentType link { url } } } }";
const SET: &str =
    "mutation($key: String!, $value: JSON!) { setSetting(input: { key: $key, value: $value }) { errors { message } } }";

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";

/// A company with a chat whose media are on a server that does as it is told.
struct Studio {
    desk: Desk,
    admin: Person,
    sql: Sql,
    host: MediaHost,
    chat: Row,
}

impl Studio {
    async fn open(backend: Backend) -> Self {
        let options = Options::new().env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on").env("FRONTDESK_JOB_LEASE", "2s");
        Self::open_with(backend, options).await
    }

    async fn open_with(backend: Backend, options: Options) -> Self {
        let desk = Desk::open_with(backend, options).await;
        let (admin, sql) = (desk.admin().await, desk.sql().await);
        let chat = B2ChatRows(&sql).chat(&[], &[]).await;
        Self { desk, admin, sql, host: MediaHost::start().await, chat }
    }

    /// A message whose image or file waits.
    async fn media(&self, kind: &str, url: &str) -> String {
        B2ChatRows(&self.sql).media(&self.chat, kind, url).await.id
    }

    /// A message whose image or file is at a path, which gives these.
    async fn given(&self, kind: &str, path: &str, gives: impl IntoIterator<Item = Gives>) -> String {
        let url = self.host.gives(path, gives);
        self.media(kind, &url).await
    }

    async fn back_up(&self) -> i64 {
        let asked = self.admin.client.run(BACK_UP, json!({})).await.ok();
        asked.data("backUpB2ChatMedia.waiting").as_i64().expect("a number")
    }

    async fn see(&self, message: &str) -> Value {
        self.admin.client.run(SEE, json!({ "id": message })).await.ok().data("b2chatMessage").clone()
    }

    async fn stands(&self) -> Value {
        self.admin.client.run(STANDS, Value::Null).await.ok().data("b2chatMediaBackup").clone()
    }

    /// Waits until a message's copy stands like this.
    async fn is(&self, message: &str, state: &str) -> Value {
        until(&format!("{message} is {state}"), PATIENCE, async || {
            let seen = self.see(message).await;
            (seen["mediaState"] == state).then_some(seen)
        })
        .await
    }

    /// Waits until a try of a message failed.
    async fn failed_once(&self, message: &str) -> Value {
        until(&format!("a try of {message} failed"), PATIENCE, async || {
            let seen = self.see(message).await;
            seen["mediaError"].is_string().then_some(seen)
        })
        .await
    }

    async fn set(&self, key: &str, value: Value) {
        let set = self.admin.client.run(SET, json!({ "key": key, "value": value })).await.ok();
        assert!(set.list("setSetting.errors").is_empty(), "{set}");
    }
}

both! {
    /// What waits is copied: each is what its content says and not what the server calls it, counts, is read by a link, and by those
    /// who see its message.
    async fn images_and_files_are_copied(backend) {
        let studio = Studio::open(backend).await;
        let image = studio.given("image", "/photos/cat.png", [Gives::Bytes("text/html", PNG.to_vec())]).await;
        let led = studio.host.gives("/behind.pdf", [Gives::Bytes("image/png", b"%PDF-1.7 a bill".to_vec())]);
        let file = studio.given("file", "/bill", [Gives::LeadsTo("/next".into())]).await;
        studio.host.gives("/next", [Gives::LeadsTo(led)]);
        let page = studio.given("file", "/page.png", [Gives::Bytes("image/png", b"<script>alert(1)</script>".to_vec())]).await;
        assert_eq!(studio.back_up().await, 3);
        let image = studio.is(&image, "COPIED").await;
        assert_eq!((&image["mediaMimeType"], &image["mediaSize"]), (&json!("image/png"), &json!(PNG.len() as f64)));
        assert_eq!((&image["file"]["contentType"], &image["file"]["name"]), (&json!("image/png"), &json!("cat.png")));
        assert!(image["mediaNextAt"].is_null() && image["mediaError"].is_null(), "{image}");
        let url = image["file"]["link"]["url"].as_str().expect("a link").to_owned();
        let read = studio.desk.web.get(&path(&url)).await;
        assert_eq!((read.status, read.header("content-type")), (200, "image/png"));
        assert_eq!(studio.is(&file, "COPIED").await["mediaMimeType"], "application/pdf");
        // A page is kept as what it is, and no browser runs it.
        let page = studio.is(&page, "COPIED").await;
        assert_eq!(page["mediaMimeType"], "text/html");
        let url = page["file"]["link"]["url"].as_str().expect("a link").to_owned();
        assert_eq!(studio.desk.web.get(&path(&url)).await.header("content-type"), "application/octet-stream");
        let bytes = (PNG.len() + 15 + 25) as f64;
        let stands = json!({ "waiting": 0, "copied": 3, "failed": 0, "bytes": bytes, "stoppedBy": null, "fullSince": null });
        assert_eq!(studio.stands().await, stands);
        assert_eq!(used(&studio.admin).await, bytes);
        assert_eq!(kept(&studio.desk.server).len(), 3);
        // Asked again nothing is fetched again.
        assert_eq!(studio.back_up().await, 0);
        assert_eq!(studio.host.asked("/photos/cat.png"), 1);
    }

    /// What is no copy of what the message says, or may not be fetched, is given up at once and says why; nothing of it is kept.
    async fn what_is_hostile_is_given_up(backend) {
        let studio = Studio::open(backend).await;
        studio.set("b2chat.media_max_bytes", json!(1024)).await;
        let mut wrong = Vec::new();
        for (kind, path, gives, why) in [
            ("image", "/login.png", Gives::Bytes("image/png", b"<!DOCTYPE html><form>Sign in".to_vec()), "text/html, and no image"),
            ("image", "/program.png", Gives::Bytes("image/png", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff".to_vec()), "and no image"),
            ("image", "/nothing.png", Gives::Bytes("image/png", Vec::new()), "empty"),
            ("file", "/large.bin", Gives::Bytes("application/pdf", vec![7; 1025]), "more than 1024 bytes"),
            ("file", "/endless.bin", Gives::Endless, "more than 1024 bytes"),
            ("file", "/gone.bin", Gives::Status(404), "it answered 404"),
            ("file", "/no.bin", Gives::Status(403), "it answered 403"),
            ("file", "/inside.bin", Gives::LeadsTo("http://169.254.169.254/latest/meta-data/".into()), "not on the public internet"),
            ("file", "/any.bin", Gives::LeadsTo("http://0.0.0.0/".into()), "not on the public internet"),
            ("file", "/disk.bin", Gives::LeadsTo("file:///etc/passwd".into()), "none of the web"),
            ("file", "/round.bin", Gives::LeadsTo("/round.bin".into()), "from one address to the next"),
        ] {
            wrong.push((studio.given(kind, path, [gives]).await, why));
        }
        for (url, why) in [
            ("ftp://media.invalid/a", "none of the web"),
            ("data:text/plain,x", "none of the web"),
            ("no address", "is none"),
            ("http://169.254.169.254/", "not on the public internet"),
            ("http://[::ffff:169.254.169.254]/", "not on the public internet"),
        ] {
            wrong.push((studio.media("file", url).await, why));
        }
        let largest = studio.given("file", "/largest.bin", [Gives::Bytes("application/pdf", vec![7; 1024])]).await;
        studio.back_up().await;
        for (message, why) in &wrong {
            let seen = studio.is(message, "FAILED").await;
            assert!(seen["mediaError"].as_str().is_some_and(|said| said.contains(why)), "{why}: {seen}");
            assert!(seen["file"].is_null() && seen["mediaAttempts"] == 1, "{seen}");
        }
        studio.is(&largest, "COPIED").await;
        let stands = studio.stands().await;
        assert_eq!((&stands["failed"], &stands["copied"], &stands["bytes"]), (&json!(wrong.len()), &json!(1), &json!(1024.0)));
        assert_eq!((used(&studio.admin).await, kept(&studio.desk.server).len()), (1024.0, 1));

        // Tried again when it may go better: what is there by then is copied.
        studio.host.gives("/gone.bin", [Gives::Bytes("text/plain", b"here".to_vec())]);
        let again = studio.admin.client.run(RETRY, json!({ "chat": studio.chat.id })).await.ok();
        assert_eq!(again.data("retryB2ChatMedia.retried"), &json!(wrong.len()));
        studio.is(&wrong[5].0, "COPIED").await;
        studio.is(&wrong[0].0, "FAILED").await;
    }

    /// Where private hosts are not allowed, nothing on the machine or without TLS is asked.
    async fn what_only_we_can_reach_is_not_asked(backend) {
        let studio = Studio::open_with(backend, Options::new()).await;
        let image = studio.given("image", "/a.png", [Gives::Bytes("image/png", PNG.to_vec())]).await;
        let named = studio.media("image", "https://localhost/a.png").await;
        let plain = studio.media("image", "http://93.184.216.34/a.png").await;
        studio.back_up().await;
        for (message, why) in [(image, "public internet"), (named, "public internet"), (plain, "without TLS")] {
            let seen = studio.is(&message, "FAILED").await;
            assert!(seen["mediaError"].as_str().is_some_and(|said| said.contains(why)), "{seen}");
        }
        assert_eq!(studio.host.asked("/a.png"), 0);
    }

    /// What may go better later waits, says why, and is copied then; after the last of its tries it is given up. One that is slow holds
    /// up no other that was begun with it.
    async fn what_may_go_better_is_tried_again(backend) {
        let studio = Studio::open(backend).await;
        let good = || Gives::Bytes("image/png", PNG.to_vec());
        let busy = studio.given("image", "/busy.png", [Gives::Status(503), good()]).await;
        let cut = studio.given("image", "/cut.png", [Gives::BreaksOff, good()]).await;
        let broken = studio.given("image", "/broken.png", [Gives::Status(500)]).await;
        let slow = studio.given("image", "/slow.png", [Gives::Silence, good()]).await;
        studio.back_up().await;
        for (message, why) in [(&busy, "503"), (&cut, "broke off"), (&broken, "500")] {
            let seen = studio.failed_once(message).await;
            assert!(seen["mediaState"] == "WAITING" && seen["mediaNextAt"].is_string(), "{seen}");
            assert!(seen["mediaError"].as_str().is_some_and(|said| said.contains(why)), "{seen}");
        }
        assert_eq!(studio.see(&slow).await["mediaState"], "WAITING");
        // The last of its tries.
        studio.sql.run("UPDATE b2chat_messages SET media_attempts = 7 WHERE image_url LIKE '%broken.png'").await;
        assert_eq!(studio.back_up().await, 4);
        let copied = studio.is(&busy, "COPIED").await;
        assert_eq!((&copied["mediaAttempts"], &copied["mediaError"]), (&json!(2), &Value::Null));
        studio.is(&cut, "COPIED").await;
        assert_eq!(studio.is(&broken, "FAILED").await["mediaAttempts"], 8);
        studio.is(&slow, "COPIED").await;
        assert_eq!(studio.stands().await["copied"], 3);
        assert_eq!(kept(&studio.desk.server).len(), 3, "each is here once");
    }

    /// The process is killed while it fetches: what was begun is fetched anew and is here once, and what was here stays.
    async fn a_killed_process_goes_on_where_it_was(backend) {
        let mut studio = Studio::open(backend).await;
        let good = || Gives::Bytes("image/png", PNG.to_vec());
        let first = studio.given("image", "/first.png", [good()]).await;
        studio.back_up().await;
        studio.is(&first, "COPIED").await;
        let begun = studio.given("image", "/begun.png", [Gives::Silence, good()]).await;
        studio.back_up().await;
        until("it is asked for", PATIENCE, async || (studio.host.asked("/begun.png") == 1).then_some(())).await;
        studio.desk.server.kill9().await;
        studio.desk.server.restart().await;
        let seen = studio.is(&begun, "COPIED").await;
        assert_eq!(seen["mediaAttempts"], 2, "{seen}");
        assert_eq!((studio.host.asked("/first.png"), studio.host.asked("/begun.png")), (1, 2));
        let bytes = (PNG.len() * 2) as f64;
        assert_eq!((studio.stands().await["bytes"].clone(), used(&studio.admin).await), (json!(bytes), bytes));
        assert_eq!(kept(&studio.desk.server).len(), 2);
    }

    /// Where there is no room left it stops, which is seen and told once to those who keep the synchronisation; what waits goes on
    /// waiting, and is copied when there is room.
    async fn it_stops_where_there_is_no_room(backend) {
        let studio = Studio::open(backend).await;
        limit(&studio.desk, 40).await;
        until("the limit", PATIENCE, async || {
            let usage = "{ viewer { tenant { limits { storageBytes } } } }";
            let seen = studio.admin.client.run(usage, Value::Null).await.ok();
            (seen.data("viewer.tenant.limits.storageBytes") == &json!(40.0)).then_some(())
        })
        .await;
        let mut all = Vec::new();
        for n in 0..3 {
            all.push(studio.given("image", &format!("/{n}.png"), [Gives::Bytes("image/png", PNG.to_vec())]).await);
        }
        studio.back_up().await;
        let stopped = async || {
            until("it stopped", PATIENCE, async || {
                let stands = studio.stands().await;
                (stands["stoppedBy"] == "NO_ROOM").then_some(stands)
            })
            .await
        };
        let stands = stopped().await;
        assert_eq!((&stands["copied"], &stands["waiting"], &stands["failed"]), (&json!(1), &json!(2), &json!(0)), "{stands}");
        assert!(stands["fullSince"].is_string(), "{stands}");
        let told = async || {
            let told = studio.admin.client.run("{ notifications(first: 50) { nodes { type } } }", Value::Null).await.ok();
            told.list("notifications.nodes").iter().filter(|it| it["type"] == "B2CHAT_MEDIA_STOPPED").count()
        };
        until("who keeps the synchronisation is told", PATIENCE, async || (told().await == 1).then_some(())).await;
        assert_eq!((used(&studio.admin).await, kept(&studio.desk.server).len()), (PNG.len() as f64, 1), "nothing of the others is left");
        let rows = "SELECT count(*) FROM audit_logs WHERE kind = 'b2chat_media.stopped'";
        assert_eq!(studio.sql.number(rows).await, 1);

        limit(&studio.desk, 1_000_000).await;
        until("all are here", PATIENCE, async || {
            studio.back_up().await;
            (studio.stands().await["copied"] == 3).then_some(())
        })
        .await;
        for message in &all {
            studio.is(message, "COPIED").await;
        }
        let stands = studio.stands().await;
        assert!(stands["stoppedBy"].is_null() && stands["fullSince"].is_null(), "{stands}");
    }

    /// Where the company does not want copies there are none, and who asks for them is told why.
    async fn it_is_switched_off_and_on(backend) {
        let studio = Studio::open(backend).await;
        studio.set("b2chat.media_backup", json!(false)).await;
        let image = studio.given("image", "/a.png", [Gives::Bytes("image/png", PNG.to_vec())]).await;
        for (document, mutation) in [(BACK_UP, "backUpB2ChatMedia"), (RETRY, "retryB2ChatMedia")] {
            let refused = studio.admin.client.run(document, json!({})).await;
            let error = refused.user_errors(mutation).pop().expect("an error");
            assert_eq!(error.code, "NOT_ALLOWED", "{refused}");
            assert!(error.message.contains("b2chat.media_backup"), "{refused}");
        }
        assert_eq!(studio.stands().await["stoppedBy"], "SWITCHED_OFF");
        assert_eq!((studio.see(&image).await["mediaState"].clone(), studio.host.asked("/a.png")), (json!("WAITING"), 0));
        studio.set("b2chat.media_backup", json!(true)).await;
        assert_eq!(studio.back_up().await, 1);
        studio.is(&image, "COPIED").await;
        let nowhere = studio.admin.client.run(BACK_UP, json!({ "chat": "bch_0190a5f0000070008000000000000000" })).await;
        assert_eq!(nowhere.error_code(), "NOT_FOUND");
    }
}
