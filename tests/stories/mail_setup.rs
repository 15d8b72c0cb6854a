//! A company sends mail through a server of its own and in words of its own.

use serde_json::{Value, json};

use super::desk::{Desk, SOON};
use crate::support::smtp::{AUTHORITY, Guard};
use crate::support::{ADMIN_EMAIL, Backend, Client, Options, Smtp, both};

const SMTP: &str = "query Smtp { smtpSettings { host port encryption username hasPassword fromEmail fromName isActive updatedBy { name } } }";
const UPDATE_SMTP: &str = "mutation Smtp($input: UpdateSmtpSettingsInput!) { updateSmtpSettings(input: $input) {
    smtpSettings { host port encryption username hasPassword fromEmail fromName isActive } errors { code message path } } }";
const TEST: &str = "mutation Test($to: EmailAddress!) { testSmtp(input: { to: $to }) { delivered steps { command ok reply } errors { code path } } }";
const TEMPLATES: &str = "query Templates { emailTemplates { key description subject html text isCustomized variables { name sample isLink } } }";
const UPDATE: &str = "mutation Update($input: UpdateEmailTemplateInput!) { updateEmailTemplate(input: $input) {
    emailTemplate { subject html text isCustomized } errors { code message path } } }";
const RESET: &str = "mutation Reset { resetEmailTemplate(input: { key: TEST_MAIL }) { emailTemplate { subject isCustomized } errors { code } } }";
const PREVIEW: &str = "query Preview($html: String, $subject: String) { previewEmailTemplate(key: TEST_MAIL, html: $html, subject: $subject) { subject html text } }";

/// What must never be seen again.
const PASSWORD: &str = "the mail server's own secret 5";

/// A desk that may send to this machine.
async fn local(backend: Backend) -> Desk {
    Desk::open_with(backend, Options::new().env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on")).await
}

/// The same, which trusts the test server's certificate.
fn trusting() -> Options {
    Options::new().env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on").env("FRONTDESK_MAIL_AUTHORITIES", AUTHORITY)
}

/// Makes a test server the company's own.
async fn own_server(admin: &Client, smtp: &Smtp) {
    let input = json!({ "host": "127.0.0.1", "port": smtp.address().port(), "encryption": "NONE",
        "fromEmail": "desk@harbour.example", "fromName": "Harbour \"&\" Läne" });
    admin.run(UPDATE_SMTP, json!({ "input": input })).await.ok();
}

both! {
    /// A test mail is a real one, and what the server says to each step is told, also when it says no.
    async fn a_test_tells_what_the_server_said(backend) {
        let smtp = Smtp::start().await;
        let desk = local(backend).await;
        let admin = desk.admin().await.client;
        let none = admin.run(TEST, json!({ "to": "ada@example.com" })).await;
        assert_eq!(none.user_errors("testSmtp")[0].code, "NOT_AVAILABLE");
        own_server(&admin, &smtp).await;
        let told = admin.run(TEST, json!({ "to": "Ada@example.com" })).await.ok();
        assert_eq!(told.data("testSmtp.delivered"), &json!(true), "{told}");
        let steps: Vec<_> = told.list("testSmtp.steps").iter().map(|step| (step["command"].clone(), step["reply"].clone())).collect();
        let commands: Vec<_> = steps.iter().map(|(command, _)| command.as_str().unwrap_or_default()).collect();
        assert_eq!(commands, ["connect", "EHLO", "MAIL FROM", "RCPT TO", "DATA", "message"]);
        assert_eq!(steps[5].1, "250 taken", "the server's own words");
        let mail = smtp.next_mail(SOON).await;
        assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("desk@harbour.example", ["ada@example.com".to_owned()].as_slice()));
        assert_eq!(mail.subject(), "A test from Main");
        assert!(mail.header("From").is_some_and(|from| from.contains("Läne")), "{:?}", mail.header("From"));

        smtp.refuse_next(1, 550);
        let refused = admin.run(TEST, json!({ "to": "nobody@example.com" })).await.ok();
        assert_eq!(refused.data("testSmtp.delivered"), &json!(false));
        let last = refused.list("testSmtp.steps").last().expect("a step").clone();
        assert_eq!(last["command"], "RCPT TO");
        let words = last["reply"].as_str().expect("words");
        assert!(words.contains("550") && words.contains("refused as the test wants it"), "{words}");

        let port = smtp.address().port();
        drop(smtp);
        let input = json!({ "host": "127.0.0.1", "port": port, "encryption": "TLS", "fromEmail": "desk@harbour.example" });
        admin.run(UPDATE_SMTP, json!({ "input": input })).await.ok();
        let away = admin.run(TEST, json!({ "to": "ada@example.com" })).await.ok();
        assert_eq!(away.data("testSmtp.steps.0.ok"), &json!(false), "{away}");
    }

    /// The password is stored encrypted, never shown, never logged, and goes to no other server than the one it was given for.
    async fn a_password_is_seen_by_nobody(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await.client;
        let input = json!({ "host": "mail.example.com", "port": 587, "encryption": "TLS", "username": "desk", "password": PASSWORD,
            "fromEmail": "desk@example.com", "isActive": false });
        let set = admin.run(UPDATE_SMTP, json!({ "input": input })).await.ok();
        assert_eq!(set.data("updateSmtpSettings.smtpSettings.hasPassword"), &json!(true));
        let cleared = admin.run(UPDATE_SMTP, json!({ "input": { "password": null } })).await.ok();
        assert_eq!(cleared.data("updateSmtpSettings.smtpSettings.hasPassword"), &json!(false));
        admin.run(UPDATE_SMTP, json!({ "input": { "password": PASSWORD } })).await.ok();
        let kept = admin.run(UPDATE_SMTP, json!({ "input": { "fromName": "Desk" } })).await.ok();
        assert_eq!(kept.data("updateSmtpSettings.smtpSettings.hasPassword"), &json!(true), "absent keeps");
        for elsewhere in [json!({ "host": "evil.example.com" }), json!({ "port": 25 }), json!({ "encryption": "SSL" })] {
            let refused = admin.run(UPDATE_SMTP, json!({ "input": elsewhere })).await;
            assert_eq!(refused.user_errors("updateSmtpSettings")[0].path, "input.password", "{elsewhere}");
        }
        let clear = admin.run(UPDATE_SMTP, json!({ "input": { "encryption": "NONE", "password": PASSWORD } })).await;
        assert_eq!(clear.user_errors("updateSmtpSettings")[0].path, "input.encryption");
        let bad = json!({ "host": "2130706433", "port": 22, "fromEmail": "x@y.example\r\nBcc: z@y.example", "fromName": "a\nb" });
        let refused = admin.run(UPDATE_SMTP, json!({ "input": bad })).await;
        let fields: Vec<_> = refused.user_errors("updateSmtpSettings").into_iter().map(|error| error.path).collect();
        for field in ["host", "port", "fromEmail", "fromName"] {
            assert!(fields.contains(&format!("input.{field}")), "{field}: {refused}");
        }
        let shown = admin.run(SMTP, json!({})).await.ok();
        assert!(!shown.text.contains(PASSWORD) && shown.string("smtpSettings.updatedBy.name") == "Administrator");
        let trail = admin.run("{ auditLogs(first: 50) { nodes { oldValues newValues } } }", json!({})).await.ok();
        assert!(trail.text.contains("mail.example.com") && !trail.text.contains(PASSWORD), "{trail}");
        // It is still stored: when the server goes, its rows, its files and its output are searched for it.
    }

    /// A company's password opens its mail server over an encrypted connection, by STARTTLS and from the first byte on; a
    /// wrong one is answered with the server's words. A certificate of nobody known is refused before the password is said.
    async fn a_password_opens_the_companys_server(backend) {
        let user = Some(("desk", PASSWORD));
        let mut desk = Desk::open_with(backend, trusting()).await;
        for (implicit, encryption) in [(false, "TLS"), (true, "SSL")] {
            let smtp = Smtp::guarded(Guard { implicit, user, ..Guard::default() }).await;
            let admin = desk.admin().await;
            let mut input = json!({ "host": "127.0.0.1", "port": smtp.address().port(), "encryption": encryption, "username": "desk",
                "password": "not the password", "fromEmail": "desk@harbour.example", "isActive": true });
            admin.client.run(UPDATE_SMTP, json!({ "input": input })).await.ok();
            let refused = admin.client.run(TEST, json!({ "to": "ada@example.com" })).await.ok();
            assert_eq!(refused.data("testSmtp.delivered"), &json!(false), "{refused}");
            let last = refused.list("testSmtp.steps").last().expect("a step").clone();
            assert_eq!((&last["command"], &last["ok"]), (&json!("AUTH"), &json!(false)), "{refused}");
            assert!(last["reply"].as_str().is_some_and(|words| words.contains("this password is wrong")), "{last}");

            input["password"] = json!(PASSWORD);
            admin.client.run(UPDATE_SMTP, json!({ "input": input })).await.ok();
            let told = admin.client.run(TEST, json!({ "to": "ada@example.com" })).await.ok();
            assert_eq!(told.data("testSmtp.delivered"), &json!(true), "{told}");
            assert_eq!(smtp.next_mail(SOON).await.to, ["ada@example.com"]);
            // What is mailed in the background opens the stored password, too.
            let message = desk.message("Ann", "Hello?").await;
            admin.reply(&message, "Hello!").await;
            assert_eq!(smtp.next_mail(SOON).await.from, "desk@harbour.example");
        }
        let smtp = Smtp::guarded(Guard { user, ..Guard::default() }).await;
        let own = json!({ "port": smtp.address().port(), "encryption": "TLS", "password": PASSWORD });
        desk.admin().await.client.run(UPDATE_SMTP, json!({ "input": own })).await.ok();
        desk.server.restart_with(Options::new().without("FRONTDESK_MAIL_AUTHORITIES")).await;
        let unknown = desk.admin().await.client.run(TEST, json!({ "to": "ada@example.com" })).await.ok();
        let last = unknown.list("testSmtp.steps").last().expect("a step").clone();
        assert_eq!((&last["command"], &last["ok"]), (&json!("STARTTLS"), &json!(false)), "{unknown}");
        assert_eq!(desk.server.places_of(PASSWORD), Vec::<String>::new());
    }

    /// A tenant cannot have the server look at what only the server can reach.
    async fn a_private_mail_server_is_refused(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await.client;
        let server = |host: &str, port: u16| json!({ "input": { "host": host, "port": port, "encryption": "NONE", "fromEmail": "desk@example.com" } });
        let odd = admin.run(UPDATE_SMTP, server("127.0.0.1", smtp.address().port())).await;
        assert_eq!(odd.user_errors("updateSmtpSettings")[0].path, "input.port");
        for host in ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "::1", "[::ffff:127.0.0.1]", "0.0.0.0"] {
            admin.run(UPDATE_SMTP, server(host, 25)).await.ok();
            let told = admin.run(TEST, json!({ "to": "ada@example.com" })).await.ok();
            assert_eq!(told.data("testSmtp.steps"), &json!([{ "command": "resolve", "ok": false, "reply": "this host is not on the public internet" }]), "{host}");
        }
        assert_eq!(smtp.attempts(), 0);
    }

    /// Replies to visitors go through the company's own server, too, under its own name; switched off, through the usual one.
    async fn replies_go_through_the_companys_own_server(backend) {
        let (usual, own) = (Smtp::start().await, Smtp::start().await);
        let options = Options::new().smtp(&usual).env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on");
        let desk = Desk::open_with(backend, options).await;
        let admin = desk.admin().await;
        own_server(&admin.client, &own).await;
        let message = desk.message("Ann", "Hello?").await;
        admin.reply(&message, "Hello!").await;
        assert_eq!(own.next_mail(SOON).await.from, "desk@harbour.example");
        admin.client.run(UPDATE_SMTP, json!({ "input": { "isActive": false } })).await.ok();
        admin.reply(&message, "Still there?").await;
        assert_ne!(usual.next_mail(SOON).await.from, "desk@harbour.example");
        assert_eq!((own.mails().len(), usual.mails().len()), (1, 1));
    }

    /// Who keeps the mail server reads what goes through it. What lets in somebody who may more than they do goes through
    /// the usual one, until somebody answers for theirs who may everything; and no wording takes a link elsewhere.
    async fn a_way_in_for_those_above_goes_another_way(backend) {
        let (usual, own) = (Smtp::start().await, Smtp::start().await);
        let options = Options::new().smtp(&usual).env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on");
        let desk = Desk::open_with(backend, options).await;
        let admin = desk.admin().await;
        let clerk = desk.colleague("clerk@example.com", "Clerk", "ADMIN").await;
        own_server(&clerk.client, &own).await;
        let ceiling = admin.client.run("{ smtpSettings { ceiling } }", json!({})).await.ok();
        let ceiling = ceiling.list("smtpSettings.ceiling").to_vec();
        assert!(ceiling.contains(&json!("MANAGE_SETTINGS")) && !ceiling.contains(&json!("MANAGE_SIGN_IN")));
        let forgot = "mutation($to: EmailAddress!) { requestPasswordReset(input: { email: $to }) { errors { code } } }";
        desk.web.run(forgot, json!({ "to": ADMIN_EMAIL })).await.ok();
        assert!(usual.next_mail(SOON).await.text().contains("#token="));
        desk.web.run(forgot, json!({ "to": "clerk@example.com" })).await.ok();
        assert!(own.next_mail(SOON).await.text().contains("#token="), "their own is theirs to read");
        let roles = admin.client.run("{ roles(first: 100) { nodes { id name } } }", json!({})).await.ok();
        let role = roles.list("roles.nodes").iter().find(|role| role["name"] == "SUPER_ADMIN").expect("a role")["id"].clone();
        let invite = "mutation($role: ID!) { inviteStaff(input: { email: \"new@example.com\", roleId: $role }) { errors { code } } }";
        admin.client.run(invite, json!({ "role": role })).await.ok();
        assert_eq!(usual.next_mail(SOON).await.to, ["new@example.com"]);

        own_server(&admin.client, &own).await;
        desk.web.run(forgot, json!({ "to": ADMIN_EMAIL })).await.ok();
        assert_eq!(own.next_mail(SOON).await.to, [ADMIN_EMAIL]);
        assert_eq!((own.mails().len(), usual.mails().len()), (2, 2));
        for (field, text) in [("text", "https://evil.example/?{{link}}"), ("html", "<p>https://evil.example/?{{link}}</p>"), ("html", "<a href=\"https://evil.example/?{{link}}\">x</a>")] {
            let mut input = json!({ "key": "RESET_PASSWORD" });
            input[field] = json!(text);
            let refused = clerk.client.run(UPDATE, json!({ "input": input })).await;
            assert_eq!(refused.user_errors("updateEmailTemplate")[0].path, format!("input.{field}"), "{text}");
        }
    }

    /// Every mail has a wording to begin with; the company's own is previewed as it is then sent, and goes back.
    async fn a_company_words_its_mails(backend) {
        let smtp = Smtp::start().await;
        let desk = local(backend).await;
        let admin = desk.admin().await.client;
        own_server(&admin, &smtp).await;
        let all = admin.run(TEMPLATES, json!({})).await.ok();
        assert!(all.list("emailTemplates").len() >= 11);
        for template in all.list("emailTemplates") {
            assert_eq!(template["isCustomized"], json!(false));
            for variable in template["variables"].as_array().expect("variables") {
                assert!(!variable["sample"].as_str().expect("a sample").is_empty(), "{template}");
            }
        }
        let html = "<h1>{{company}}</h1>\n<p style=\"color: #0a1b2c\">Ça marche &amp; <a href=\"https://example.com/?a=1&amp;b=2\">so on</a></p>";
        let previewed = admin.run(PREVIEW, json!({ "html": html, "subject": "Testing {{company}}" })).await.ok();
        let untouched = admin.run(TEMPLATES, json!({})).await.ok();
        assert_eq!(untouched.json, all.json, "a preview stores nothing");
        let input = json!({ "key": "TEST_MAIL", "html": html, "subject": "Testing {{company}}", "text": "From {{company}} to {{name}}" });
        let updated = admin.run(UPDATE, json!({ "input": input })).await.ok();
        assert_eq!(updated.string("updateEmailTemplate.emailTemplate.html"), html);
        admin.run(TEST, json!({ "to": "ada@example.com" })).await.ok();
        let mail = smtp.next_mail(SOON).await;
        assert_eq!(mail.subject(), previewed.string("previewEmailTemplate.subject"));
        let sent = mail.html().expect("an HTML part").replace("\r\n", "\n");
        assert_eq!(sent.trim(), previewed.string("previewEmailTemplate.html").trim());
        assert_eq!(mail.text().trim(), "From Main to ada@example.com");
        let back = admin.run(RESET, json!({})).await.ok();
        assert_eq!(back.data("resetEmailTemplate.emailTemplate"), &json!({ "subject": "A test from {{company}}", "isCustomized": false }));

        // A reply to a visitor is a mail like the others.
        let input = json!({ "key": "MESSAGE_REPLY", "subject": "{{company}} on {{service}}",
            "html": "<p>{{content}}</p><p>{{company}}</p>", "text": "{{content}}\n\nYours, {{company}}" });
        admin.run(UPDATE, json!({ "input": input })).await.ok();
        let message = desk.message("Ann", "Hello?").await;
        desk.admin().await.reply(&message, "Two lines,\none <mast>").await;
        let mail = smtp.next_mail(SOON).await;
        assert_eq!(mail.subject(), "Main on your message");
        assert_eq!(mail.text().replace("\r\n", "\n").trim(), "Two lines,\none <mast>\n\nYours, Main");
        assert!(mail.html().expect("an HTML part").replace("\r\n", "\n").contains("<p>Two lines,<br>\none &lt;mast&gt;</p><p>Main</p>"));
    }

    /// What is wrong with a wording is named with its place, and nothing that could run reaches a mail.
    async fn broken_and_harmful_wordings_are_refused(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await.client;
        for (field, text, says) in [
            ("subject", "Hi {{nmae}}", "{{nmae}} here; there are name, company (line 1, column 4)"),
            ("text", "one\ntwo {{link}}", "{{link}} here; there are name, company (line 2, column 5)"),
            ("text", "Hi {{name", "never closed by }} (line 1, column 4)"),
            ("html", "<p>Hi\n<b>you</p>", "</p> stands where </b> is due (line 2, column 7)"),
            ("html", "<p>Hi", "<p> is never closed (line 1, column 1)"),
            ("html", "<p>{{ company }} {{x}}</p>", "{{x}} here"),
            ("html", "<script>alert(1)</script>", "<script> is not allowed"),
            ("html", "<img src=\"https://example.com/a.png\" onerror=\"alert(1)\">", "onerror"),
            ("html", "<a href=\"javascript:alert(1)\">x</a>", "href"),
            ("html", "<a href=\"{{name}}\">x</a>", "href"),
            ("html", "<svg onload=\"alert(1)\"></svg>", "not allowed"),
            ("html", "<style>p { background: url(https://example.com) }</style>", "not allowed"),
            ("subject", "Hi\r\nBcc: eve@example.com", "control characters"),
        ] {
            let mut input = json!({ "key": "TEST_MAIL" });
            input[field] = json!(text);
            let refused = admin.run(UPDATE, json!({ "input": input })).await;
            let errors = refused.user_errors("updateEmailTemplate");
            assert_eq!(errors[0].path, format!("input.{field}"), "{text}: {refused}");
            assert!(errors[0].message.contains(says), "{text}: {refused}");
            if field != "text" {
                let preview = admin.run(PREVIEW, json!({ field: text })).await;
                assert_eq!(preview.error_code(), "BAD_USER_INPUT", "{text}");
            }
        }
        // A value that looks like markup is text: the company's name is in every mail.
        let name = "<img src=x onerror=alert(1)>\"'&";
        let profile = "mutation($name: String) { updateCompanyProfile(input: { name: $name }) { errors { code } } }";
        admin.run(profile, json!({ "name": name })).await.ok();
        let preview = admin.run(PREVIEW, json!({ "html": "<p>{{company}}</p>" })).await.ok();
        let html = preview.string("previewEmailTemplate.html");
        assert!(html.contains("<p>&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;</p>") && !html.contains("<img"), "{html}");
        let templates = admin.run(TEMPLATES, Value::Null).await.ok();
        assert!(templates.list("emailTemplates").iter().all(|template| template["isCustomized"] == json!(false)));
    }
}
