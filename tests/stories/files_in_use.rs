//! Files as contexts use them: kept with a thing, shown with it, given up.

use std::sync::Arc;

use kernel::crypto::Keyring;
use kernel::cx::{UserActor, UserKind};
use kernel::db::TenantKey;
use kernel::events::Outbox;
use kernel::files::{self, Owner};
use kernel::id::{FileId, MessageId, StaffId};
use kernel::{Actor, Cx, Db, ProblemCode, Result, Source};

use serde_json::json;

use super::desk::{Desk, Person, SOON};
use super::files::{NODE, kept, path, send, used};
use crate::support::{Options, both, until};

/// What a use case of a context does, beside a server on its database.
struct Context {
    db: Db,
    source: Arc<Source>,
}

impl Context {
    async fn open(desk: &Desk) -> Self {
        let setting = |name: &str| desk.server.setting(name).expect("a setting of the server");
        let keyring = Keyring::parse(setting("FRONTDESK_SECRET_KEY")).expect("keys");
        let outbox = Outbox::new(vec![Box::new(audit::AuditSink)], Box::new(audit::AuditChain));
        let db = Db::open(setting("FRONTDESK_DATABASE_URL"), &kernel::db::Options::default(), keyring).await;
        Self { db: db.expect("the server's database").with_outbox(outbox), source: Arc::new(Source::system()) }
    }

    async fn cx(&self, person: &Person) -> Cx {
        let tenant = self.db.tenant(TenantKey::Only).await.expect("the registry").expect("a tenant");
        let id: StaffId = person.id.parse().expect("a colleague");
        let actor = UserActor {
            id: id.into(),
            kind: UserKind::Staff,
            session: None,
            api_key: None,
            email: "somebody@example.com".into(),
            permissions: Default::default(),
            team: Arc::default(),
            duty: None,
        };
        Cx::new(self.source.clone(), tenant, Actor::User(Arc::new(actor)), "in use")
    }

    async fn keep(&self, person: &Person, file: &str, with: &str) -> Result<FileId> {
        let cx = &self.cx(person).await;
        let (file, with): (FileId, MessageId) = (file.parse().expect("a file"), with.parse().expect("a message"));
        let work = |tx| async move { files::keep(&tx, cx, "fileIds", file, Owner::of(with)).await.map(|file| file.id) };
        self.db.transact(cx, "test.keep", work).await
    }

    async fn remove(&self, person: &Person, file: &str) -> Result<bool> {
        let (cx, file): (&Cx, FileId) = (&self.cx(person).await, file.parse().expect("a file"));
        self.db.transact(cx, "test.remove", |tx| async move { files::remove(&tx, cx, file).await }).await
    }
}

both! {
    /// Whoever sent a file may use it, once; its id is worth nothing to anybody else. Given up it is gone, counts no more, and
    /// its bytes are swept.
    async fn only_who_sent_a_file_can_use_it(backend) {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let admin = desk.admin().await;
        let ben = desk.colleague("ben@example.com", "Ben", "STAFF").await;
        let sent = send(&admin.client, "offer.pdf", "%PDF-1.7 offer").await.ok();
        let (file, link) = (sent.string("uploadFile.file.id"), path(&sent.string("uploadFile.file.link.url")));
        let message = desk.message("Vera", "Do you have an offer?").await;
        let context = Context::open(&desk).await;

        let none = format!("fil_{}", "0".repeat(32));
        for refused in [context.keep(&ben, &file, &message).await, context.keep(&admin, &none, &message).await] {
            let Err(kernel::Error::Invalid(problems)) = refused else { panic!("{refused:?}") };
            assert_eq!((problems[0].code, problems[0].path.as_slice()), (ProblemCode::NotAvailable, ["fileIds".to_owned()].as_slice()));
        }
        assert_eq!(context.keep(&admin, &file, &message).await.expect("kept").to_string(), file);
        assert!(context.keep(&admin, &file, &message).await.is_err(), "once");
        let seen = admin.client.run(NODE, json!({ "id": file })).await.ok();
        assert!(seen.data("node.expiresAt").is_null(), "it stays");
        let conn = context.db.reader(&context.cx(&admin).await).await.expect("a connection");
        let message: MessageId = message.parse().expect("a message");
        let of = files::of_owners(&conn, &[message]).await.expect("files");
        assert_eq!(of[&message].iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["offer.pdf"]);

        assert_eq!(used(&admin).await, 14.0);
        assert!(context.remove(&admin, &file).await.expect("removed") && !context.remove(&admin, &file).await.expect("nothing"));
        assert_eq!(used(&admin).await, 0.0);
        assert!(admin.client.run(NODE, json!({ "id": file })).await.ok().data("node").is_null());
        assert_eq!(desk.web.get(&path(&link)).await.status, 404, "its links too");
        until("the sweep", SOON, async || kept(&desk.server).is_empty().then_some(())).await;
    }
}
