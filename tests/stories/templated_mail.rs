//! What becomes of a letter that Frontdesk writes to a person.

use std::sync::Arc;

use gateway::{config::Config, wiring::app::App};
use identity::{Template, TemplatedMail, mail::Opens, queue_mail};
use kernel::{Cx, Error, Source};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use super::desk::{Desk, SOON};
use crate::support::{Backend, Fault, Options, Smtp, both, until};

/// A link that only the person who gets the letter may see.
const LINK: &str = "https://desk.example.com/reset?token=fdo_7f3c2a9d8e1b4f6a";

/// The application beside the server, on its database, to queue letters as use cases do.
async fn beside(desk: &Desk) -> (Arc<App>, Cx) {
    let setting = |name: &str| desk.server.setting(name).expect("a setting").to_owned();
    let config = Config {
        database_url: setting("FRONTDESK_DATABASE_URL"),
        secret_key: Some(setting("FRONTDESK_SECRET_KEY")),
        mail_dir: desk.server.dir().join("beside"),
        ..Config::default()
    };
    let app = App::new(&config, Arc::new(Source::system())).await.expect("an application");
    let tenant = app.db.tenants().await.expect("tenants").remove(0);
    let cx = app.system(Arc::new(tenant));
    (app, cx)
}

fn reset_password(to: &str, name: &str) -> TemplatedMail {
    TemplatedMail {
        to: to.into(),
        name: Some(name.into()),
        template: Template::ResetPassword,
        variables: vec![("link", LINK.into()), ("expires", "1 hour".into())],
        opens: Opens::Nothing,
    }
}

async fn queue(app: &App, cx: &Cx, letter: &TemplatedMail) -> kernel::Result<()> {
    let keyring = app.db.keyring();
    app.db.transact(cx, "test.letter", |tx| async move { queue_mail(&tx, cx, keyring, letter).await }).await
}

/// A desk whose letters wait, with this mail server.
async fn closed(backend: Backend, smtp: &Smtp) -> Desk {
    let options = Options::new()
        .smtp(smtp)
        .env("FRONTDESK_MAIL_FROM", "Desk <desk@acme.example>")
        .env("FRONTDESK_WORKERS", "off");
    Desk::open_with(backend, options).await
}

both! {
    /// A letter lies in the queue encrypted, goes out once the server takes it, under one Message-ID, and is on record
    /// without what is in it.
    async fn a_letter_is_read_by_nobody_but_its_reader(backend) {
        let smtp = Smtp::start().await;
        let mut desk = closed(backend, &smtp).await;
        let (app, cx) = beside(&desk).await;
        queue(&app, &cx, &reset_password("ada@example.com", "Ada <b>\r\nBcc: eve@example.com")).await.expect("queued");
        let jobs = kernel::jobs::Entity::find().all(&app.db.reader(&cx).await.expect("a connection")).await.expect("jobs");
        let [job] = jobs.as_slice() else { panic!("one job, not {jobs:?}") };
        let payload = job.payload.to_string();
        assert!(payload.contains("reset_password"), "{payload}");
        for secret in ["fdo_", "ada@example.com", "Ada", "desk.example.com"] {
            assert!(!payload.contains(secret), "{secret} in {payload}");
        }

        smtp.script([Fault::RefuseRecipients(451), Fault::DropBeforeAccepting]);
        desk.server.restart_with(Options::new().env("FRONTDESK_WORKERS", "on")).await;
        let mail = smtp.next_mail(SOON).await;
        assert_eq!(smtp.attempts(), 3, "asked again until it was taken");
        assert_eq!(mail.header("Message-ID"), Some(format!("<{}@acme.example>", job.id)));
        assert_eq!((mail.to.as_slice(), mail.subject().as_str()), (["ada@example.com".to_owned()].as_slice(), "Choose another password"));
        assert_eq!(mail.header("Bcc"), None);
        assert!(mail.text().contains(LINK) && mail.text().contains("Hello Ada <b> Bcc: eve@example.com,"), "{}", mail.text());
        let html = mail.html().expect("an HTML part");
        assert!(html.contains(&format!("<a href=\"{LINK}\">")) && html.contains("Ada &lt;b&gt;"), "{html}");

        let admin = desk.admin().await.client;
        let query = "{ auditLogs(first: 20, filter: { eventType: { eq: \"letter.delivered\" } }) { nodes { newValues } } }";
        let trail = until("the delivery is on record", SOON, async || {
            let trail = admin.run(query, Value::Null).await.ok();
            (!trail.list("auditLogs.nodes").is_empty()).then_some(trail)
        }).await;
        assert_eq!(trail.data("auditLogs.nodes.0.newValues"), &json!({ "template": "reset_password", "to": "ada@example.com" }));
        assert_eq!(desk.server.places_of("fdo_7f3c2a9d8e1b4f6a"), Vec::<String>::new());
    }

    /// A letter that no server will ever take is given up where everybody sees it.
    async fn a_letter_that_cannot_go_out_is_given_up(backend) {
        let smtp = Smtp::start().await;
        let mut desk = closed(backend, &smtp).await;
        let (app, cx) = beside(&desk).await;
        queue(&app, &cx, &reset_password("gone@example.com", "Gone")).await.expect("queued");
        smtp.refuse_next(1, 550);
        desk.server.restart_with(Options::new().env("FRONTDESK_WORKERS", "on")).await;
        let admin = desk.admin().await.client;
        let query = "{ auditLogs(first: 20, filter: { eventType: { eq: \"letter.failed\" } }) { nodes { newValues success severity } } }";
        let row = until("the letter is given up", SOON, async || {
            let trail = admin.run(query, Value::Null).await.ok();
            trail.list("auditLogs.nodes").first().cloned()
        }).await;
        assert_eq!((&row["success"], &row["severity"]), (&json!(false), &json!("MEDIUM")));
        assert!(row["newValues"]["error"].as_str().is_some_and(|why| why.contains("550")), "{row}");
        assert_eq!(smtp.attempts(), 1);
        let metrics = until("the dead job is counted", SOON, async || {
            let metrics = desk.web.get("/metrics").await.text;
            metrics.lines().any(|line| line == "frontdesk_jobs_dead 1").then_some(metrics)
        }).await;
        assert!(!metrics.contains("gone@example.com"));
    }

    /// A letter that lacks a variable, has one too many, or a link that is none is never queued.
    async fn a_letter_has_the_variables_of_its_template(backend) {
        let smtp = Smtp::start().await;
        let desk = closed(backend, &smtp).await;
        let (app, cx) = beside(&desk).await;
        let good = reset_password("ada@example.com", "Ada");
        let lacking = TemplatedMail { variables: good.variables[..1].to_vec(), ..good.clone() };
        let more = TemplatedMail { variables: [good.variables.clone(), vec![("role", "x".into())]].concat(), ..good.clone() };
        let no_link = TemplatedMail { variables: vec![("link", "javascript:alert(1)".into()), ("expires", "1 h".into())], ..good };
        for letter in [lacking, more, no_link] {
            assert!(matches!(queue(&app, &cx, &letter).await, Err(Error::Internal { .. })));
        }
        assert_eq!(kernel::jobs::Entity::find().all(&app.db.reader(&cx).await.expect("a connection")).await.expect("jobs"), []);
    }
}

both! {
    /// A company does without a mail, and none of that kind goes out, which is on record; it cannot do without those that let
    /// somebody in, or without the one by which people subscribe. Its own wording outlives that, and going back to the first one does not switch it on.
    async fn a_mail_can_be_switched_off(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp).env("FRONTDESK_PUBLIC_URL", "https://desk.example.com")).await;
        let admin = desk.admin().await.client;
        let all = "{ emailTemplates { key isActive canBeSwitchedOff isCustomized } }";
        let all = admin.run(all, Value::Null).await.ok();
        let update = "mutation($input: UpdateEmailTemplateInput!) { updateEmailTemplate(input: $input) {
            emailTemplate { key isActive isCustomized subject } errors { code path } } }";
        let lets_in =
            ["VERIFY_EMAIL", "RESET_PASSWORD", "CHANGE_EMAIL_OLD", "CHANGE_EMAIL_NEW", "INVITATION", "NEWSLETTER_CONFIRM"];
        for template in all.list("emailTemplates") {
            let key = template["key"].as_str().expect("a key");
            assert_eq!((&template["isActive"], &template["isCustomized"]), (&json!(true), &json!(false)));
            assert_eq!(template["canBeSwitchedOff"], json!(!lets_in.contains(&key)), "{key}");
            if lets_in.contains(&key) {
                let refused = admin.run(update, json!({ "input": { "key": key, "isActive": false } })).await;
                let [error] = refused.user_errors("updateEmailTemplate").try_into().expect("one error");
                assert_eq!((error.code.as_str(), error.path.as_str()), ("NOT_ALLOWED", "input.isActive"), "{key}");
            }
        }
        let off = admin.run(update, json!({ "input": { "key": "PASSWORD_CHANGED", "isActive": false } })).await.ok();
        assert_eq!(off.data("updateEmailTemplate.emailTemplate"), &json!({ "key": "PASSWORD_CHANGED", "isActive": false, "isCustomized": false,
            "subject": "Your password was changed" }));
        admin.run(update, json!({ "input": { "key": "MESSAGE_REPLY", "isActive": false } })).await.ok();

        // A changed password is told to nobody, a reply goes nowhere, and whoever wrote it sees that.
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let change = "mutation($old: String!, $new: String!) { changePassword(input: { currentPassword: $old, newPassword: $new }) { errors { code } } }";
        bea.client.run(change, json!({ "old": super::desk::PASSWORD, "new": "another password of hers 8" })).await.ok();
        let trail = "{ auditLogs(first: 5, filter: { eventType: { eq: \"letter.withheld\" } }) { nodes { newValues } } }";
        let row = until("it is on record", SOON, async || {
            let trail = admin.run(trail, Value::Null).await.ok();
            trail.list("auditLogs.nodes").first().cloned()
        }).await;
        assert_eq!(row["newValues"], json!({ "template": "password_changed", "to": "bea@example.com" }));
        let message = desk.message("Ann", "Hello").await;
        let reply = bea.reply(&message, "Hello yourself").await;
        let state = "query($id: ID!) { node(id: $id) { ... on MessageReply { emailStatus emailError } } }";
        let state = until("the reply says so", SOON, async || {
            let state = bea.client.run(state, json!({ "id": reply })).await.ok().data("node").clone();
            (state["emailStatus"] == "FAILED").then_some(state)
        }).await;
        assert!(state["emailError"].as_str().is_some_and(|why| why.contains("switched")), "{state}");
        assert_eq!(smtp.attempts(), 0, "no mail went anywhere");

        // Its wording is kept while it is off, and goes back without switching it on.
        let worded = json!({ "input": { "key": "PASSWORD_CHANGED", "subject": "Mind your password" } });
        let worded = admin.run(update, worded).await.ok();
        assert_eq!(worded.data("updateEmailTemplate.emailTemplate"), &json!({ "key": "PASSWORD_CHANGED", "isActive": false, "isCustomized": true,
            "subject": "Mind your password" }));
        let reset = "mutation { resetEmailTemplate(input: { key: PASSWORD_CHANGED }) { emailTemplate { isActive isCustomized } errors { code } } }";
        let reset = admin.run(reset, Value::Null).await.ok();
        assert_eq!(reset.data("resetEmailTemplate.emailTemplate"), &json!({ "isActive": false, "isCustomized": false }));
        let on = admin.run(update, json!({ "input": { "key": "MESSAGE_REPLY", "isActive": true } })).await.ok();
        assert_eq!(on.data("updateEmailTemplate.emailTemplate.isActive"), &json!(true));
        bea.reply(&message, "Now it goes").await;
        assert!(smtp.next_mail(SOON).await.text().contains("Now it goes"));
    }
}
