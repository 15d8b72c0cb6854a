//! What becomes of a reply's mail when the mail server has a bad day.

use std::time::Duration;

use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::roles::make_role;
use super::trail::trail;
use crate::support::smtp::Guard;
use crate::support::{ADMIN_EMAIL, Fault, Mail, Options, Smtp, both, until};

const STATE: &str =
    "query State($id: ID!) { node(id: $id) { ... on MessageReply { emailStatus emailError emailSentAt } } }";

both! {
    /// A server that is busy is asked again; the visitor gets the mail once, and staff can see meanwhile why not yet.
    async fn a_busy_mail_server_is_asked_again(backend) {
        let smtp = Smtp::start().await;
        smtp.script([Fault::RefuseRecipients(451), Fault::RefuseData(452)]);
        let (desk, admin, reply) = replied(backend, &smtp).await;
        smtp.attempted(1, SOON).await;
        let waiting = until("the refusal is shown", SOON, async || {
            let state = state(&admin, &reply).await;
            (!state["emailError"].is_null()).then_some(state)
        }).await;
        assert_eq!((&waiting["emailStatus"], &waiting["emailSentAt"]), (&json!("QUEUED"), &Value::Null));
        assert!(waiting["emailError"].as_str().is_some_and(|why| why.contains("451")), "{waiting}");
        let mail = smtp.next_mail(SOON).await;
        assert_eq!(mail.header("Message-ID"), Some(format!("<{reply}@acme.example>")));
        let sent = over(&desk, &admin, "ReplyDelivered").await;
        assert_eq!(sent["reply"]["id"], json!(reply));
        let state = state(&admin, &reply).await;
        assert_eq!((&state["emailStatus"], &state["emailError"]), (&json!("SENT"), &Value::Null));
        assert!(state["emailSentAt"].is_string());
        assert_eq!((smtp.mails().len(), smtp.attempts()), (1, 3));
    }

    /// What is written while an earlier reply to the same message waits, waits too: they arrive in their order. Other mails do not wait.
    async fn replies_to_one_message_arrive_in_their_order(backend) {
        let smtp = Smtp::start().await;
        smtp.refuse_next(2, 451);
        let (desk, admin, first) = replied(backend, &smtp).await;
        smtp.attempted(2, SOON).await;
        let query = "query Of($id: ID!) { node(id: $id) { ... on MessageReply { message { id } } } }";
        let message = admin.client.run(query, json!({ "id": first })).await.ok().string("node.message.id");
        // The next try of the first is four seconds away.
        let second = admin.reply(&message, "And another thing.").await;
        let other = admin.reply(&desk.message("Ben", "Hello?").await, "Hello, Ben!").await;
        let mut came = Vec::new();
        for _ in 0..3 {
            came.extend(smtp.next_mail(SOON).await.header("Message-ID"));
        }
        let at = |reply: &str| came.iter().position(|id| *id == format!("<{reply}@acme.example>")).unwrap_or_else(|| panic!("{came:?}"));
        assert!(at(&first) < at(&second), "{came:?}");
        assert!(came.contains(&format!("<{other}@acme.example>")), "{came:?}");
        assert_eq!(smtp.attempts(), 5, "who waits does not try");
    }

    /// A mailbox that is not there is final: no second try, and the reply says why.
    async fn a_refused_mailbox_is_given_up(backend) {
        let smtp = Smtp::start().await;
        smtp.refuse_next(1, 550);
        let (desk, admin, reply) = replied(backend, &smtp).await;
        let failed = over(&desk, &admin, "ReplyFailed").await;
        assert_eq!((&failed["reply"]["id"], &failed["actor"]), (&json!(reply), &Value::Null));
        let state = state(&admin, &reply).await;
        assert_eq!(state["emailStatus"], json!("FAILED"));
        assert!(state["emailError"].as_str().is_some_and(|why| why.contains("550")), "{state}");
        // The next mail goes out at once, and the given-up one neither with it nor before it.
        let query = "query Of($id: ID!) { node(id: $id) { ... on MessageReply { message { id } } } }";
        let message = admin.client.run(query, json!({ "id": reply })).await.ok().string("node.message.id");
        let next = admin.reply(&message, "Is this address right?").await;
        let mail = smtp.next_mail(SOON).await;
        assert_eq!(mail.header("Message-ID"), Some(format!("<{next}@acme.example>")));
        let thread = Some(format!("<{message}@acme.example>"));
        assert_eq!((mail.header("In-Reply-To"), mail.header("References")), (thread.clone(), thread));
        let metrics = desk.web.get("/metrics").await.text;
        assert!(metrics.lines().any(|line| line == "frontdesk_jobs_dead 1"), "{metrics}");
        assert_eq!(smtp.attempts(), 2);
    }

    /// The server takes the mail and hangs up before it says so. Nobody can know, so it may come twice, but as the same
    /// mail: its Message-ID is the same.
    async fn a_mail_that_may_have_been_taken_comes_again_as_the_same_mail(backend) {
        let smtp = Smtp::start().await;
        smtp.script([Fault::DropAfterAccepting]);
        let (desk, admin, reply) = replied(backend, &smtp).await;
        over(&desk, &admin, "ReplyDelivered").await;
        assert_eq!(state(&admin, &reply).await["emailStatus"], json!("SENT"));
        let ids: Vec<_> = smtp.mails().iter().map(|mail| mail.header("Message-ID").unwrap_or_default()).collect();
        assert!(matches!(ids.len(), 1 | 2), "{ids:?}");
        assert!(ids.iter().all(|id| *id == format!("<{reply}@acme.example>")), "{ids:?}");
    }

    /// The server hangs up before it took the mail: it comes once, a little later.
    async fn a_dropped_connection_loses_no_mail(backend) {
        let smtp = Smtp::start().await;
        smtp.script([Fault::DropBeforeAccepting]);
        let (desk, admin, _) = replied(backend, &smtp).await;
        over(&desk, &admin, "ReplyDelivered").await;
        assert_eq!((smtp.mails().len(), smtp.attempts()), (1, 2));
    }

    /// Without a mail server the mail is a file that any mail program opens.
    async fn without_a_mail_server_mail_is_a_file(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let message = desk.message("Ann", "Hello?").await;
        let reply = admin.reply(&message, "Hello!").await;
        over(&desk, &admin, "ReplyDelivered").await;
        let files: Vec<_> = std::fs::read_dir(desk.server.dir().join("data/mail")).expect("the folder").flatten().map(|f| f.path()).collect();
        let [file] = files.as_slice() else { panic!("one mail, not {files:?}") };
        assert!(file.extension().is_some_and(|kind| kind == "eml"), "{file:?}");
        let text = std::fs::read_to_string(file).expect("a readable mail");
        for part in [format!("Message-ID: <{reply}@"), "To: Ann <ann@visitors.example>".to_owned(), "Hello!".to_owned()] {
            assert!(text.contains(&part), "{part} in\n{text}");
        }
    }

    /// A reply says what it answers: its subject is what the visitor asked about, and under it stands what they wrote. The
    /// conversation keeps its subject, also where the wording changes (B1).
    async fn a_reply_says_what_it_answers(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
        let admin = desk.admin().await;
        let message = desk.message("Ann", "Water under the bath since Monday\n\nIt is <warm>.").await;
        admin.reply(&message, "We come tomorrow.").await;
        let mail = smtp.next_mail(SOON).await;
        assert_eq!(mail.subject(), "Re: Water under the bath since Monday It is <warm>.");
        let text = mail.text().replace("\r\n", "\n");
        let (answer, quoted) = text.trim_end().split_once("\n\n").expect("two parts");
        assert_eq!(answer, "We come tomorrow.");
        let (when, said) = quoted.split_once('\n').expect("a line that says when");
        assert!(when.ends_with(" UTC, Ann:") && when.starts_with(|c: char| c.is_ascii_digit()), "{when}");
        assert_eq!(said, "> Water under the bath since Monday\n>\n> It is <warm>.");
        assert!(mail.html().expect("an HTML part").contains("&gt; It is &lt;warm&gt;."));

        let long = desk.message("Ann", "Our boiler makes a noise like a steam engine that goes uphill with many waggons").await;
        admin.reply(&long, "Does it move?").await;
        assert_eq!(smtp.next_mail(SOON).await.subject(), "Re: Our boiler makes a noise like a steam engine that goes");
        let form = json!({ "name": "Ann", "email": "ann@example.com", "content": "Hello", "service": "Bathroom refit" });
        let asked = desk.submit(form).await.string("submitMessage.receipt.messageId");
        admin.reply(&asked, "With pleasure.").await;
        assert_eq!(smtp.next_mail(SOON).await.subject(), "Re: Bathroom refit");

        let update = "mutation($input: UpdateEmailTemplateInput!) { updateEmailTemplate(input: $input) { errors { message } } }";
        let own = json!({ "key": "MESSAGE_REPLY", "subject": "{{company}}: {{subject}}",
            "html": "<p>{{content}}</p><blockquote>{{quotedMessage}}</blockquote>", "text": "{{quotedMessage}}\n--\n{{content}}" });
        admin.client.run(update, json!({ "input": own })).await.ok();
        admin.reply(&message, "Are you in at nine?").await;
        let second = smtp.next_mail(SOON).await;
        assert_eq!(second.subject(), "Re: Water under the bath since Monday It is <warm>.", "as the conversation began");
        assert!(second.text().replace("\r\n", "\n").trim_end().ends_with("> It is <warm>.\n--\nAre you in at nine?"), "{}", second.text());
        let new = desk.message("Ben", "Leak").await;
        admin.reply(&new, "Where?").await;
        assert_eq!(smtp.next_mail(SOON).await.subject(), "Main: Leak");
    }

    /// The domain of an address travels in its ASCII form. A mailbox with letters that the server does not take is given up
    /// at once and says why; a server that takes them gets them (B51).
    async fn an_international_address_gets_its_mail_or_says_why_not(backend) {
        for ascii in [true, false] {
            let smtp = Smtp::guarded(Guard { ascii, ..Guard::default() }).await;
            let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
            let admin = desk.admin().await;
            let write = async |email: &str| {
                let form = json!({ "name": "Anna", "email": email, "content": "Hello" });
                desk.submit(form).await.string("submitMessage.receipt.messageId")
            };
            admin.reply(&write("anna@exämple.com").await, "Hello!").await;
            let mail = smtp.next_mail(SOON).await;
            assert_eq!(mail.to, ["anna@xn--exmple-cua.com"]);
            assert_eq!(mail.header("To"), Some("Anna <anna@xn--exmple-cua.com>".to_owned()));
            let reply = admin.reply(&write("ännä@exämple.com").await, "Hello!").await;
            let done = until("it is over", SOON, async || {
                let state = state(&admin, &reply).await;
                (state["emailStatus"] != "QUEUED").then_some(state)
            }).await;
            if ascii {
                assert_eq!(done["emailStatus"], "FAILED");
                assert!(done["emailError"].as_str().is_some_and(|why| why.contains("before the @")), "{done}");
                // So it is with a letter.
                let role = make_role(&admin, "Desk", &["VIEW_MESSAGES"]).await;
                let invite = "mutation($role: ID!) { inviteStaff(input: { email: \"ännä@example.com\", roleId: $role }) { errors { message } } }";
                admin.client.run(invite, json!({ "role": role })).await.ok();
                let failed = until("the letter is given up", SOON, async || {
                    trail(&admin, json!({ "eventType": { "eq": "letter.failed" } })).await.first().cloned()
                }).await;
                assert!(failed.to_string().contains("before the @"), "{failed}");
                assert_eq!(smtp.attempts(), 1, "the server was not asked");
            } else {
                assert_eq!(done["emailStatus"], "SENT");
                assert_eq!(smtp.next_mail(SOON).await.to, ["ännä@xn--exmple-cua.com"]);
            }
        }
    }

    /// What no person wrote says so, and what answers by itself leaves it alone; a colleague's reply is a person's (B54).
    async fn what_no_person_wrote_says_so(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
        let admin = desk.admin().await;
        let marks = |mail: &Mail| (mail.header("Auto-Submitted"), mail.header("X-Auto-Response-Suppress"));
        admin.reply(&desk.message("Ann", "Hello?").await, "Hello!").await;
        assert_eq!(marks(&smtp.next_mail(SOON).await), (None, None));
        let forgotten = "mutation($email: EmailAddress!) { requestPasswordReset(input: { email: $email }) { errors { code } } }";
        desk.web.run(forgotten, json!({ "email": ADMIN_EMAIL })).await.ok();
        let letter = smtp.next_mail(SOON).await;
        assert_eq!(letter.subject(), "Choose another password");
        assert_eq!(marks(&letter), (Some("auto-generated".to_owned()), Some("All".to_owned())));
    }

    /// A reply that is not to be mailed is not mailed, and says so.
    async fn a_reply_may_stay_inside(backend) {
        let smtp = Smtp::start().await;
        let (_desk, admin, _) = replied(backend, &smtp).await;
        smtp.next_mail(SOON).await;
        let message = _desk.message("Quiet", "Call me").await;
        let input = json!({ "messageId": message, "content": "Called.", "sendEmail": false });
        let quiet = admin.client.run(super::desk::REPLY, json!({ "input": input })).await.ok();
        assert_eq!(quiet.string("replyToMessage.reply.emailStatus"), "NOT_REQUESTED");
        let loud = admin.reply(&message, "As I said on the phone").await;
        let mail = smtp.next_mail(SOON).await;
        assert_eq!(mail.header("Message-ID"), Some(format!("<{loud}@acme.example>")));
        // The thread leads to mails that the visitor has, not to what stayed inside.
        assert_eq!(mail.header("References"), Some(format!("<{message}@acme.example>")));
        assert_eq!(smtp.attempts(), 2);
    }
}

/// A desk with this mail server, where the administrator has just replied to a message.
async fn replied(backend: crate::support::Backend, smtp: &Smtp) -> (Desk, Person, String) {
    let options = Options::new().smtp(smtp).env("FRONTDESK_MAIL_FROM", "desk@acme.example");
    let desk = Desk::open_with(backend, options).await;
    let admin = desk.admin().await;
    let message = desk.message("Ann", "Hello?").await;
    let reply = admin.reply(&message, "Hello!").await;
    (desk, admin, reply)
}

/// Waits for the event that a delivery is over with.
async fn over(desk: &Desk, admin: &Person, kind: &str) -> Value {
    let filter = json!({ "types": ["REPLY_DELIVERED", "REPLY_FAILED"] });
    let mut live = desk.follow(admin, json!({ "after": "0", "filter": filter })).await;
    let event = live.next(Duration::from_secs(40)).await.data("inboxEvents").clone();
    assert_eq!(event["__typename"], json!(kind), "{event}");
    event
}

async fn state(admin: &Person, reply: &str) -> Value {
    admin.client.run(STATE, json!({ "id": reply })).await.ok().data("node").clone()
}
