//! A database that is restored from a copy of before somebody was erased is not served until they are erased again.

use std::path::Path;

use serde_json::{Value, json};

use super::keys::program;
use super::site::finish;
use super::{Done, Site, enter, submit};
use crate::support::{
    ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Client, Cluster, Database, Options, PATIENCE, Server, both, until,
};

const PLAN: &str =
    "mutation($of: ID!) { planErasure(input: { of: $of }) { erasure { id records } errors { message } } }";
const CONFIRM: &str = "mutation($id: ID!) { confirmErasure(input: { erasureId: $id }) { errors { message } } }";
const SEE: &str = "query($id: ID!) { erasure(id: $id) { status completedAt counts { table rows } kept { table } } }";
const ONE: &str = "mutation { setSetting(input: { key: \"privacy.erasure_needs_second\", scope: SYSTEM, value: false }) { errors { message } } }";
const HOLD: &str = "mutation($id: ID!) { placeLegalHold(input: { subjectId: $id, reason: \"Court case 12\" }) { legalHold { id } errors { message } } }";
const WRITE: &str = "mutation($input: SubmitMessageInput!) { submitMessage(input: $input) { receipt { messageId } errors { message } } }";

/// Settings of a server whose files are here.
fn options(site: &Site, files: &Path) -> Options {
    site.options().env("FRONTDESK_FILES_DIR", files.to_str().expect("a path"))
}

async fn command(site: &Site, files: &Path, args: &[&str]) -> Done {
    let mut command = site.command(args.iter().copied());
    command.env("FRONTDESK_FILES_DIR", files);
    finish(command, "").await
}

/// Erases somebody; returns the erasure's id.
async fn erase(admin: &Client, email: &str, end: &str) -> String {
    let erasure = until("the plan is good", PATIENCE, async || {
        let planned = admin.run(PLAN, json!({ "of": email })).await.ok().string("planErasure.erasure.id");
        let said = admin.run(CONFIRM, json!({ "id": planned })).await.ok();
        said.user_errors("confirmErasure").is_empty().then_some(planned)
    })
    .await;
    until("it is over", PATIENCE, async || {
        (admin.run(SEE, json!({ "id": erasure })).await.ok().string("erasure.status") == end).then_some(())
    })
    .await;
    erasure
}

async fn writes(web: &Client, name: &str, content: &str) -> String {
    let input = json!({ "name": name, "email": format!("{name}@example.com"), "content": content });
    web.run(WRITE, json!({ "input": input })).await.ok().string("submitMessage.receipt.messageId")
}

/// A copy of the database as it is now, put back elsewhere, with what it lives in.
async fn copied(site: &Site) -> (Site, Option<(Database, Cluster)>) {
    if site.backend() == Backend::Sqlite {
        let to = site.dir().join("copy");
        site.run(["backup", to.to_str().expect("a path")]).await.ok();
        return (site.moved_to(format!("sqlite://{}", to.join("frontdesk.db").display())), None);
    }
    let file = site.dir().join("frontdesk.dump");
    let dump = program("pg_dump").args(["--format=custom", "--no-owner", "--file"]).arg(&file).arg(site.url()).status();
    assert!(dump.expect("pg_dump").success());
    let cluster = Cluster::private(false);
    let database = cluster.database();
    let mut restore = program("pg_restore");
    restore.args(["--no-owner", "--exit-on-error", "--dbname"]).arg(database.url()).arg(&file);
    assert!(restore.status().expect("pg_restore").success());
    (site.moved_to(database.url()), Some((database, cluster)))
}

async fn contents(site: &Site) -> Vec<String> {
    site.look(Some("main"), "SELECT content FROM messages ORDER BY content").await
}

both! {
    /// Who was erased after the copy was made is in the restored database, which says so and is not served; one command erases them
    /// again, by their records and by their address, with the proof in its trail. What was held then is held again. Repeated, it does
    /// nothing.
    async fn whoever_was_erased_is_erased_again(backend) {
        let site = Site::new(backend);
        let files = site.dir().join("files");
        let server = site.serve_with(options(&site, &files)).await;
        let web = Client::new(server.base());
        let admin = enter(&web, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        admin.run(ONE, Value::Null).await.ok();
        for name in ["ada", "bob", "cleo", "dan"] {
            writes(&web, name, &format!("{name}'s first")).await;
        }
        let evidence = writes(&web, "cleo", "cleo's evidence").await;
        let (restored, lives_in) = copied(&site).await;

        let hold = admin.run(HOLD, json!({ "id": evidence })).await.ok().string("placeLegalHold.legalHold.id");
        let ada = erase(&admin, "ada@example.com", "DONE").await;
        let cleo = erase(&admin, "cleo@example.com", "HELD").await;
        let dan = erase(&admin, "dan@example.com", "DONE").await;
        assert_eq!(contents(&site).await, ["bob's first", "cleo's evidence"]);
        let known = command(&site, &files, &["erasures", "list"]).await.ok();
        assert_eq!((known.out.lines().count(), known.out.contains("NOT DONE HERE")), (3, false), "{known}");
        drop(server);

        assert_eq!(contents(&restored).await.len(), 5, "all are there again");
        let mut serve = restored.command(["serve"]);
        serve.env("FRONTDESK_FILES_DIR", &files);
        let refused = finish(serve, "").await.refused();
        assert!(refused.err.contains("3 of main") && refused.err.contains("frontdesk erasures repeat"), "{refused}");
        let listed = command(&restored, &files, &["erasures", "list"]).await.ok();
        assert_eq!(listed.out.matches("NOT DONE HERE").count(), 3, "{listed}");
        let repeated = command(&restored, &files, &["erasures", "repeat"]).await.ok();
        assert!(repeated.out.contains("3 erasures were done again"), "{repeated}");
        assert_eq!(contents(&restored).await, ["bob's first", "cleo's evidence"]);
        let again = command(&restored, &files, &["erasures", "repeat"]).await.ok();
        assert!(again.out.contains("0 erasures were done again"), "{again}");

        let server: Server = restored.serve_with(options(&restored, &files)).await;
        let admin = enter(&Client::new(server.base()), ADMIN_EMAIL, ADMIN_PASSWORD).await;
        for (id, status) in [(&ada, "DONE"), (&cleo, "HELD"), (&dan, "DONE")] {
            // A worker looks once more at what the command has left to it.
            until("it stands as it stood", PATIENCE, async || {
                let now = admin.run(SEE, json!({ "id": id })).await.ok().string("erasure.status");
                (now == status).then_some(())
            })
            .await;
        }
        let rows = "{ auditLogs(filter: { eventType: { in: [\"erasure.repeated\", \"person.erased\"] } }) { nodes { eventType resourceId } } }";
        let rows = admin.run(rows, Value::Null).await.ok();
        let of = |kind: &str| rows.list("auditLogs.nodes").iter().filter(|row| row["eventType"] == kind).count();
        assert_eq!((of("erasure.repeated"), of("person.erased")), (3, 2), "{rows}");
        let release = "mutation($id: ID!) { releaseLegalHold(input: { holdId: $id, reason: \"Over\" }) { errors { message } } }";
        admin.run(release, json!({ "id": hold })).await.ok();
        until("what was held goes too", PATIENCE, async || (contents(&restored).await == ["bob's first"]).then_some(())).await;
        let verified = restored.run(["audit", "verify", "--tenant", "main"]).await.ok();
        assert!(verified.out.starts_with("whole: "), "{verified}");
        submit(&Client::new(server.base()), "life goes on").await;
        drop((server, lives_in));
    }
}
