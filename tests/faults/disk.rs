//! The disk is full, and then it is not.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::running::{SUBMIT, Site, enter, messages, submission, submit};
use crate::support::shim::Shim;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Client, PATIENCE, both, until, upload};

/// The log goes into a file on a disk that is full: no line of it is written, and everybody is served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_takes_nothing_stops_nobody() {
    let site = Site::new(Backend::Sqlite);
    let mut command = site.command(["serve"]);
    command.env("FRONTDESK_LISTEN", "127.0.0.1:0").env("FRONTDESK_ADMIN_EMAIL", ADMIN_EMAIL);
    command.env("FRONTDESK_ADMIN_PASSWORD", ADMIN_PASSWORD).stdout(Stdio::piped());
    command.stderr(OpenOptions::new().write(true).open("/dev/full").expect("a full disk"));
    let mut server = Killed(command.spawn().expect("it starts"));
    let output = server.0.stdout.take().expect("a pipe");
    let line = BufReader::new(output).lines().next().expect("a line").expect("a text");
    let web = Client::new(line.strip_prefix("listening on ").expect("where it listens"));
    let staff = enter(&web, ADMIN_EMAIL, ADMIN_PASSWORD).await;
    submit(&web, "nobody writes that down").await;
    assert_eq!(messages(&staff).await, ["nobody writes that down"]);
    assert!(server.0.try_wait().expect("a process").is_none(), "it runs");
}

/// A process that does not outlive its test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = (self.0.kill(), self.0.wait());
    }
}

both! {
    /// No file takes a byte any more: what is uploaded is refused, and on SQLite what is written, each with the advice to come again and
    /// without a word about the disk; who reads is served. Nothing half done is left, and when there is room everything goes on.
    async fn a_full_disk_is_told_and_outlived(backend) {
        let (site, shim) = (Site::new(backend), Shim::new());
        let options = shim.options(site.options()).env("FRONTDESK_FILES_DIR", site.dir().join("files").to_str().expect("a path"));
        let server = site.serve_with(options).await;
        let nobody = Client::new(server.base());
        let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        submit(&nobody, "before").await;
        let up = "mutation($file: Upload!) { uploadFile(input: { file: $file }) { file { id name } errors { message } } }";
        let send = async || staff.run(up, json!({ "file": upload("plan.txt", "a plan of ours") })).await;
        let whole = send().await.ok();
        assert_eq!(whole.string("uploadFile.file.name"), "plan.txt");

        shim.disk_full(true);
        let refused = send().await;
        assert_eq!(refused.error_code(), "UNAVAILABLE", "{refused}");
        assert_eq!(refused.json["errors"][0]["extensions"]["retryable"], Value::Bool(true), "{refused}");
        assert!(!refused.text.contains("space") && !refused.text.contains("disk"), "{refused}");
        let keyed = nobody.idempotency_key("once");
        if backend == Backend::Sqlite {
            let refused = keyed.run(SUBMIT, submission("full")).await;
            assert_eq!(refused.error_code(), "UNAVAILABLE", "{refused}");
            assert_eq!(refused.json["errors"][0]["extensions"]["retryable"], Value::Bool(true), "{refused}");
            assert!(!refused.text.contains("disk"), "{refused}");
        }
        assert_eq!(messages(&staff).await, ["before"]);
        assert_eq!(nobody.get("/healthz").await.status, 200);

        shim.disk_full(false);
        let write = async || keyed.run(SUBMIT, submission("full")).await.errors().is_empty().then_some(());
        until("writes go on", PATIENCE, write).await;
        let whole = send().await.ok();
        assert_eq!(whole.string("uploadFile.file.name"), "plan.txt");
        assert_eq!(messages(&staff).await, ["full", "before"]);
        let stored = "SELECT count(*) FROM files WHERE stored_at IS NOT NULL";
        assert_eq!(site.count("main", stored).await, 2);
        let counted = "SELECT storage_bytes FROM tenant_usage";
        assert_eq!(site.count("main", counted).await, 28, "what was refused does not count");
        if backend == Backend::Sqlite {
            assert_eq!(site.look(Some("main"), "PRAGMA integrity_check").await, ["ok"]);
        }
        until("all is sealed", PATIENCE, async || {
            (site.count("main", "SELECT count(*) FROM outbox WHERE sequence IS NULL").await == 0).then_some(())
        })
        .await;
        let verified = site.run(["audit", "verify"]).await.ok();
        assert!(verified.out.starts_with("whole: "), "{verified}");
    }
}
