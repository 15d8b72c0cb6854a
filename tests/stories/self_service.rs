//! What people do with their own accounts: register, verify, reset, change their address and their profile.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, Person, REFRESH, SIGN_IN, SOON, credentials};
use crate::coverage::sql::Sql;
use crate::support::timing::expect_alike;
use crate::support::{ADMIN_EMAIL, Answer, Backend, Mail, Options, Smtp, both, chance, until};

/// What links must begin with, whatever a request says.
pub const PUBLIC: &str = "https://desk.acme.example/app";
const NEXT: &str = "violet harbour seven kettles";

const REGISTER: &str = "mutation Register($input: RegisterClientInput!) { registerClient(input: $input) {
    errors { code message path } } }";
const VERIFY: &str = "mutation Verify($input: VerifyEmailInput!) { verifyEmail(input: $input) {
    email errors { code message path } } }";
const ANOTHER: &str =
    "mutation Another($input: RequestEmailVerificationInput!) { requestEmailVerification(input: $input) {
    errors { code message path } } }";
const FORGOT: &str = "mutation Forgot($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) {
    errors { code message path } } }";
const RESET: &str = "mutation Reset($input: ResetPasswordInput!) { resetPassword(input: $input) {
    errors { code message path } } }";
const CHANGE: &str = "mutation Change($input: RequestEmailChangeInput!) { requestEmailChange(input: $input) {
    errors { code message path } } }";
const CONFIRM: &str = "mutation Confirm($input: ConfirmEmailChangeInput!) { confirmEmailChange(input: $input) {
    isChanged errors { code message path } } }";
const PROFILE: &str = "mutation Profile($input: UpdateProfileInput!) { updateProfile(input: $input) {
    user { name firstName lastName phone ... on Client { company } } errors { code message path } } }";

/// The variables of a question about an address.
type Variables = fn(&str) -> Value;

both! {
    /// Register, verify, sign in; forget the password and set another one. The links come from the settings, whatever
    /// the request says of its host.
    async fn register_verify_reset(backend) {
        let (desk, smtp) = open(backend).await;
        let web = desk.web.header("host", "evil.example").header("x-forwarded-host", "evil.example");
        web.run(REGISTER, registration("Ada@Example.com", PASSWORD)).await.ok();
        let mail = smtp.next_mail(SOON).await;
        assert_eq!(mail.to, ["ada@example.com"]);
        let token = token_of(&mail, "verify-email");
        assert!(!mail.text().contains("Ada L."), "nothing that the stranger wrote is mailed to the owner");
        refuses_sign_in(&desk, "ada@example.com", PASSWORD).await;

        let verified = desk.web.run(VERIFY, proof(&token, PASSWORD)).await.ok();
        assert_eq!(verified.string("verifyEmail.email"), "ada@example.com");
        assert_eq!(code(&desk.web.run(VERIFY, proof(&token, PASSWORD)).await, "verifyEmail"), "INVALID_TOKEN");
        let ada = desk.sign_in("ada@example.com", PASSWORD).await;
        assert!(ada.id.starts_with("cli_"), "{}", ada.id);

        web.run(FORGOT, address("ADA@example.com")).await.ok();
        let reset = token_of(&smtp.next_mail(SOON).await, "reset-password");
        let weak = desk.web.run(RESET, new_password(&reset, "ada@example.com!")).await;
        let [error] = weak.user_errors("resetPassword").try_into().expect("one error");
        assert_eq!((error.code.as_str(), error.path.as_str()), ("NOT_ALLOWED", "input.newPassword"));
        desk.web.run(RESET, new_password(&reset, NEXT)).await.ok();
        assert!(smtp.next_mail(SOON).await.subject().contains("changed"), "and they are told");
        until("the session ends", Duration::from_secs(5), async || (!ada.is_in().await).then_some(())).await;
        let refreshed = desk.web.run(REFRESH, json!({ "input": { "refreshToken": ada.refresh } })).await;
        assert_eq!(code(&refreshed, "refreshSession"), "INVALID_TOKEN");
        refuses_sign_in(&desk, "ada@example.com", PASSWORD).await;
        assert!(desk.sign_in("ada@example.com", NEXT).await.is_in().await);
        let again = desk.web.run(RESET, new_password(&reset, PASSWORD)).await;
        assert_eq!(code(&again, "resetPassword"), "INVALID_TOKEN");
    }

    /// Where the company does not allow it nobody registers; who fills the trap is thanked, and nothing happens.
    async fn registration_is_closed_until_it_is_opened(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let closed = desk.web.run(REGISTER, registration("ada@example.com", PASSWORD)).await;
        assert_eq!(code(&closed, "registerClient"), "NOT_ALLOWED");
        allow_registration(&desk).await;
        let mut trapped = registration("bot@example.com", PASSWORD);
        trapped["input"]["website"] = json!("https://spam.example");
        desk.web.run(REGISTER, trapped).await.ok();
        desk.web.run(REGISTER, registration("ada@example.com", PASSWORD)).await.ok();
        assert_eq!(smtp.next_mail(SOON).await.to, ["ada@example.com"]);
        let rows = desk.sql().await;
        assert_eq!(rows.number("SELECT count(*) FROM users WHERE kind = 'client'").await, 1);
    }

    /// A weak password, a bad address, control characters: each is named, and nothing happens.
    async fn bad_registrations_are_refused_by_name(backend) {
        let (desk, smtp) = open(backend).await;
        for (field, value) in [
            ("password", "short"), ("password", "password1234"), ("password", "ada@example.com"), ("password", ""),
            ("email", "ada"), ("email", "ada@example.com\u{0}"), ("name", " "), ("name", "a\u{0}b"), ("phone", "1\r\n2"),
        ] {
            let mut input = registration("ada@example.com", PASSWORD);
            input["input"][field] = json!(value);
            let refused = desk.web.run(REGISTER, input).await;
            assert_eq!(refused.user_errors("registerClient")[0].path, format!("input.{field}"), "{value:?}: {refused}");
            assert!(value.len() < 6 || !refused.text.contains(value), "what was typed is not repeated");
        }
        assert!(smtp.mails().is_empty());
    }

    /// Of everything that somebody signed out can ask about an address, neither answer nor time tells whether it is known.
    async fn nobody_learns_who_is_known(backend) {
        // What is mailed is mailed by another process: who asks next is not to wait for it, whoever that is about.
        let smtp = Smtp::start().await;
        let mut desk = Desk::open_with(backend, options(&smtp).env("FRONTDESK_WORKERS", "off")).await;
        allow_registration(&desk).await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        // Where a password is hashed, a sample costs as much as fifty of the others.
        let asks: [(&str, &str, &str, Variables, usize); 4] = [
            ("registerClient", "in.example", REGISTER, |email| registration(email, PASSWORD), 40),
            ("requestPasswordReset", "on.example", FORGOT, address, 200),
            ("requestEmailVerification", "on.example", ANOTHER, address, 200),
            ("requestEmailChange", "at.example", CHANGE, |email| json!({ "input": { "newEmail": email, "password": PASSWORD } }), 40),
        ];
        for (name, domain, document, variables, samples) in asks {
            let client = if name == "requestEmailChange" { &bea.client } else { &desk.web };
            let known = client.run(document, variables(ADMIN_EMAIL)).await;
            assert!(known.user_errors(name).is_empty(), "{known}");
            expect_alike(domain, samples, ADMIN_EMAIL, async |email: &str| {
                let answer = client.run(document, variables(email)).await;
                assert_eq!((answer.status, &answer.json), (known.status, &known.json), "{name}");
            })
            .await;
        }
        // What was mailed to people who asked for a link goes to those who are known alone.
        desk.server.restart_with(Options::new().env("FRONTDESK_WORKERS", "on")).await;
        desk.web.run(FORGOT, address("bea@example.com")).await.ok();
        loop {
            let mail = smtp.next_mail(SOON).await;
            let to = mail.to[0].as_str();
            assert!(!to.ends_with("@on.example"), "{to}");
            if to == "bea@example.com" && mail.text().contains("/reset-password?") {
                break;
            }
        }
    }

    /// A token that is empty, cut, of another purpose, in another case, used, expired or replaced is no token, and all of
    /// these get the same answer (CVE-2026-41902 elsewhere).
    async fn a_token_is_good_once_for_its_own_purpose(backend) {
        let (desk, smtp) = open(backend).await;
        desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let forgot = async || {
            desk.web.run(FORGOT, address("bea@example.com")).await.ok();
            token_of(&smtp.next_mail(SOON).await, "reset-password")
        };
        let replaced = forgot().await;
        let newest = forgot().await;
        assert_ne!(replaced, newest);
        let refused = desk.web.run(RESET, new_password("fdo_unknown", NEXT)).await;
        assert_eq!(code(&refused, "resetPassword"), "INVALID_TOKEN");
        let swapped: String =
            newest.chars().map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect();
        for bad in [
            "", " ", "null", "fdo_", &replaced, &swapped, &newest[4..], &newest[..46], &format!("{newest} "),
            &format!("{newest}\u{0}"), &newest.replace("fdo", "fdi"), &"x".repeat(300_000),
        ] {
            let answer = desk.web.run(RESET, new_password(bad, NEXT)).await;
            assert_eq!((answer.status, &answer.json), (refused.status, &refused.json), "{bad:.60}");
        }
        for (document, name) in [(VERIFY, "verifyEmail"), (CONFIRM, "confirmEmailChange")] {
            assert_eq!(code(&desk.web.run(document, with_token(&newest)).await, name), "INVALID_TOKEN", "another purpose");
        }
        let rows = desk.sql().await;
        let hex: String = chance_hex(&kernel::crypto::token_hash(&newest));
        let hash = if rows.is_sqlite() { format!("x'{hex}'") } else { format!("'\\x{hex}'::bytea") };
        let one = async || rows.number(&format!("SELECT count(*) FROM one_time_tokens WHERE hash = {hash}")).await;
        assert_eq!(one().await, 1, "only its hash is stored");
        let keep = rows.texts("SELECT CAST(expires_at AS text) FROM one_time_tokens").await;
        rows.run("UPDATE one_time_tokens SET expires_at = '2026-01-01T00:00:00+00:00'").await;
        assert_eq!(code(&desk.web.run(RESET, new_password(&newest, NEXT)).await, "resetPassword"), "INVALID_TOKEN", "expired");
        rows.run(&format!("UPDATE one_time_tokens SET expires_at = '{}'", keep[0])).await;

        let racing = join_all((0..4).map(|_| desk.web.run(RESET, new_password(&newest, NEXT)))).await;
        let won = racing.iter().filter(|answer| answer.user_errors("resetPassword").is_empty()).count();
        assert_eq!(won, 1, "{racing:?}");
        assert!(desk.sign_in("bea@example.com", NEXT).await.is_in().await);
    }

    /// Whoever registers with somebody else's address has chosen no password for them, however the owner shows later that
    /// the address is theirs (CVE-2026-44707 elsewhere).
    async fn a_registration_chooses_no_password_for_another(backend) {
        let (desk, smtp) = open(backend).await;
        let theirs = "the password of a thief 9";
        // The owner asks for another password: the thief's link and password are dead.
        desk.web.run(REGISTER, registration("ada@example.com", theirs)).await.ok();
        let stale = token_of(&smtp.next_mail(SOON).await, "verify-email");
        desk.web.run(FORGOT, address("ada@example.com")).await.ok();
        let reset = token_of(&smtp.next_mail(SOON).await, "reset-password");
        desk.web.run(RESET, new_password(&reset, NEXT)).await.ok();
        assert_eq!(code(&desk.web.run(VERIFY, proof(&stale, theirs)).await, "verifyEmail"), "INVALID_TOKEN");
        refuses_sign_in(&desk, "ada@example.com", theirs).await;
        assert!(desk.sign_in("ada@example.com", NEXT).await.is_in().await, "the link verified the address too");
        assert!(smtp.next_mail(SOON).await.subject().contains("changed"));

        // The owner registers, too: theirs is what counts.
        desk.web.run(REGISTER, registration("eve@example.com", theirs)).await.ok();
        let stale = token_of(&smtp.next_mail(SOON).await, "verify-email");
        desk.web.run(REGISTER, registration("eve@example.com", PASSWORD)).await.ok();
        let own = token_of(&smtp.next_mail(SOON).await, "verify-email");
        assert_eq!(code(&desk.web.run(VERIFY, proof(&stale, theirs)).await, "verifyEmail"), "INVALID_TOKEN");
        // And another link to verify with, for the same registration.
        desk.web.run(ANOTHER, address("eve@example.com")).await.ok();
        token_of(&smtp.next_mail(SOON).await, "verify-email");
        assert_eq!(code(&desk.web.run(VERIFY, proof(&own, PASSWORD)).await, "verifyEmail"), "INVALID_TOKEN");
        // Whoever registered last may be the thief; the owner, who follows the link, does not let them in.
        desk.web.run(REGISTER, registration("eve@example.com", theirs)).await.ok();
        let thiefs = token_of(&smtp.next_mail(SOON).await, "verify-email");
        for input in [proof(&thiefs, PASSWORD), with_token(&thiefs)] {
            let refused = desk.web.run(VERIFY, input).await;
            assert_eq!(code(&refused, "verifyEmail"), "INVALID_CREDENTIALS");
            assert_eq!(refused.user_errors("verifyEmail")[0].path, "input.password");
        }
        refuses_sign_in(&desk, "eve@example.com", theirs).await;
        desk.web.run(REGISTER, registration("eve@example.com", PASSWORD)).await.ok();
        let newest = token_of(&smtp.next_mail(SOON).await, "verify-email");
        desk.web.run(VERIFY, proof(&newest, PASSWORD)).await.ok();
        refuses_sign_in(&desk, "eve@example.com", theirs).await;
        assert!(desk.sign_in("eve@example.com", PASSWORD).await.is_in().await);
        // From now on registering changes nothing.
        desk.web.run(REGISTER, registration("eve@example.com", theirs)).await.ok();
        assert!(!smtp.next_mail(SOON).await.text().contains("#token="));
        refuses_sign_in(&desk, "eve@example.com", theirs).await;
    }

    /// What a stranger says of themselves reaches nobody by the company's mail: not whose address they register with, nor
    /// whose they want to have.
    async fn a_strangers_words_are_mailed_to_nobody(backend) {
        let (desk, smtp) = open(backend).await;
        let words = "You won, see example.org";
        let mut input = registration("ada@example.com", PASSWORD);
        input["input"]["name"] = json!(words);
        let mut reset = String::new();
        for (document, variables, page) in [
            (REGISTER, input, "verify-email"),
            (ANOTHER, address("ada@example.com"), "verify-email"),
            (FORGOT, address("ada@example.com"), "reset-password"),
        ] {
            desk.web.run(document, variables).await.ok();
            let mail = smtp.next_mail(SOON).await;
            assert!(mail.to == ["ada@example.com"] && !mail.raw.contains("example.org"), "{}", mail.raw);
            reset = token_of(&mail, page);
        }
        desk.web.run(RESET, new_password(&reset, NEXT)).await.ok();
        let told = smtp.next_mail(SOON).await;
        assert!(told.subject().contains("changed") && !told.raw.contains("example.org"), "{}", told.raw);
        // From here on the address is theirs, and what they are called is theirs to say.
        let ada = desk.sign_in("ada@example.com", NEXT).await;
        let [old, new] = asked_with(&ada, &smtp, "eve@example.com", NEXT).await;
        assert!(old.text().contains(words), "{}", old.text());
        assert!(!new.raw.contains("example.org"), "{}", new.raw);
    }

    /// However an address is written (in capitals, full-width, composed or not) it is the same person's.
    async fn addresses_are_one_in_every_form(backend) {
        let (desk, smtp) = open(backend).await;
        for email in ["\u{e9}ve@example.com", "e\u{301}ve@example.com", "\u{c9}VE@EXAMPLE.COM", "\u{ff25}\u{301}ve@example.com"] {
            desk.web.run(REGISTER, registration(email, PASSWORD)).await.ok();
            assert_eq!(smtp.next_mail(SOON).await.to, ["\u{e9}ve@example.com"], "{email}");
        }
        let rows = desk.sql().await;
        assert_eq!(rows.number("SELECT count(*) FROM users WHERE kind = 'client'").await, 1);
    }

    /// An address changes when the old one and the new one have both agreed, in whichever order.
    async fn an_address_changes_when_both_agree(backend) {
        let (desk, smtp) = open(backend).await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let wrong = bea.client.run(CHANGE, change("new@example.com", "not her password")).await;
        assert_eq!(code(&wrong, "requestEmailChange"), "INVALID_CREDENTIALS");
        assert_eq!(desk.web.run(CHANGE, change("new@example.com", PASSWORD)).await.error_code(), "UNAUTHENTICATED");

        let [old, new] = asked(&bea, &smtp, "New@Example.com").await;
        let (old, new) = (token_of(&old, "confirm-email"), token_of(&new, "confirm-email"));
        let first = desk.web.run(CONFIRM, with_token(&new)).await.ok();
        assert_eq!(first.data("confirmEmailChange.isChanged"), &json!(false));
        assert_eq!(code(&desk.web.run(CONFIRM, with_token(&new)).await, "confirmEmailChange"), "INVALID_TOKEN");
        assert!(desk.sign_in("bea@example.com", PASSWORD).await.is_in().await);
        let second = desk.web.run(CONFIRM, with_token(&old)).await.ok();
        assert_eq!(second.data("confirmEmailChange.isChanged"), &json!(true));
        let told = smtp.next_mail(SOON).await;
        assert_eq!(told.to, ["bea@example.com"]);
        assert!(told.text().contains("new@example.com"));
        refuses_sign_in(&desk, "bea@example.com", PASSWORD).await;
        let bea = desk.sign_in("new@example.com", PASSWORD).await;

        // Both at the same moment: it changes once, never half.
        let [old, new] = asked(&bea, &smtp, "third@example.com").await;
        let (old, new) = (token_of(&old, "confirm-email"), token_of(&new, "confirm-email"));
        let both = join_all([&old, &new].map(|token| desk.web.run(CONFIRM, with_token(token)))).await;
        let changed: Vec<_> = both.into_iter().map(|a| a.ok().data("confirmEmailChange.isChanged").clone()).collect();
        assert!(changed.contains(&json!(true)) && changed.contains(&json!(false)), "{changed:?}");
        assert!(desk.sign_in("third@example.com", PASSWORD).await.is_in().await);
        assert_eq!(smtp.next_mail(SOON).await.to, ["new@example.com"]);
    }

    /// Asking for an address that somebody has is answered like any other; its owner is told, and gets no link
    /// (CVE-2026-39851 elsewhere).
    async fn a_taken_address_is_not_given_away(backend) {
        let (desk, smtp) = open(backend).await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let [old, taken] = asked(&bea, &smtp, ADMIN_EMAIL).await;
        assert!(!taken.text().contains("#token="), "{}", taken.text());
        let half = desk.web.run(CONFIRM, with_token(&token_of(&old, "confirm-email"))).await.ok();
        assert_eq!(half.data("confirmEmailChange.isChanged"), &json!(false));
        assert!(desk.sign_in("bea@example.com", PASSWORD).await.is_in().await);
    }

    /// A stranger registers with an address that somebody is about to have: they get it all the same, and nothing is left of what the
    /// stranger said.
    async fn a_registration_keeps_nobody_from_an_address(backend) {
        let (desk, smtp) = open(backend).await;
        allow_registration(&desk).await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let register = "mutation($p: String!) { registerClient(input: { email: \"new@example.com\", name: \"Eve\", password: $p }) { errors { code } } }";
        desk.web.run(register, json!({ "p": PASSWORD })).await.ok();
        let strangers = token_of(&smtp.next_mail(SOON).await, "verify-email");
        let links = asked(&bea, &smtp, "new@example.com").await.map(|mail| token_of(&mail, "confirm-email"));
        for (link, changed) in links.iter().zip([false, true]) {
            let confirmed = desk.web.run(CONFIRM, with_token(link)).await.ok();
            assert_eq!(confirmed.data("confirmEmailChange.isChanged"), &json!(changed));
        }
        assert_eq!(desk.sign_in("new@example.com", PASSWORD).await.id, bea.id);
        let verify = "mutation($token: String!, $p: String!) { verifyEmail(input: { token: $token, password: $p }) { errors { code } } }";
        let dead = desk.web.run(verify, json!({ "token": strangers, "p": PASSWORD })).await;
        assert_eq!(code(&dead, "verifyEmail"), "INVALID_TOKEN");
        let left = desk.admin().await.client.run("{ clients { nodes { name isActive } } }", Value::Null).await.ok();
        assert_eq!(left.data("clients.nodes"), &json!([{ "name": "erased person", "isActive": false }]));
    }

    /// People keep their own names and numbers; what changed is on record with what it was.
    async fn people_keep_their_own_profile(backend) {
        let (desk, smtp) = open(backend).await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let input = json!({ "input": { "name": "Bea B.", "firstName": "Bea", "lastName": "Be\u{301}", "phone": "+49 30 1234567" } });
        let saved = bea.client.run(PROFILE, input).await.ok();
        let all = json!({ "name": "Bea B.", "firstName": "Bea", "lastName": "B\u{e9}", "phone": "+49301234567" });
        assert_eq!(saved.data("updateProfile.user"), &all);
        let cleared = bea.client.run(PROFILE, json!({ "input": { "phone": null } })).await.ok();
        assert_eq!(cleared.data("updateProfile.user.phone"), &Value::Null);
        assert_eq!(cleared.data("updateProfile.user.firstName"), &json!("Bea"), "what is left out stays");
        let company = bea.client.run(PROFILE, json!({ "input": { "company": "B Ltd", "name": "" } })).await;
        let paths: Vec<_> = company.user_errors("updateProfile").into_iter().map(|error| error.path).collect();
        assert_eq!(paths, ["input.company", "input.name"]);
        let trail = desk.admin().await.client.run(
            "{ auditLogs(first: 1, filter: { eventType: { eq: \"person.updated\" } }) { nodes { oldValues newValues } } }",
            json!({}),
        ).await.ok();
        assert_eq!(trail.data("auditLogs.nodes.0"), &json!({
            "oldValues": { "phone": "+49301234567", "phone_typed": "+49 30 1234567" }, "newValues": { "phone": null, "phone_typed": null },
        }));

        desk.web.run(REGISTER, registration("ada@example.com", PASSWORD)).await.ok();
        desk.web.run(VERIFY, proof(&token_of(&smtp.next_mail(SOON).await, "verify-email"), PASSWORD)).await.ok();
        let ada = desk.sign_in("ada@example.com", PASSWORD).await;
        let saved = ada.client.run(PROFILE, json!({ "input": { "company": "Engines" } })).await.ok();
        assert_eq!(saved.data("updateProfile.user.company"), &json!("Engines"));
    }
}

/// A mail server, and how a desk uses it and is reached.
pub fn options(smtp: &Smtp) -> Options {
    Options::new().smtp(smtp).env("FRONTDESK_PUBLIC_URL", format!("{PUBLIC}/"))
}

/// A desk where clients may register, and its mails.
async fn open(backend: Backend) -> (Desk, Smtp) {
    let smtp = Smtp::start().await;
    let desk = Desk::open_with(backend, options(&smtp)).await;
    allow_registration(&desk).await;
    (desk, smtp)
}

pub async fn allow_registration(desk: &Desk) {
    let open = "mutation { setSetting(input: { key: \"registration.open\", value: true }) { errors { code } } }";
    desk.admin().await.client.run(open, Value::Null).await.ok();
}

/// A new id as the database writes it.
pub fn random_id(rows: &Sql) -> String {
    let hex = chance_hex(&chance::bytes::<16>());
    if rows.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
}

fn chance_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// The token in a mail's link, which must lead to a page of the public address and name the company.
#[track_caller]
pub fn token_of(mail: &Mail, page: &str) -> String {
    let (text, begins) = (mail.text(), format!("{PUBLIC}/{page}?tenant=main#token="));
    assert!(!text.contains("evil") && !mail.raw.contains("evil"), "{text}");
    let (_, rest) = text.split_once(&begins).unwrap_or_else(|| panic!("no {begins} in:\n{text}"));
    rest.split_whitespace().next().expect("a token").to_owned()
}

/// Asks for another address; the mails to the old one and the new one, in this order.
async fn asked(person: &Person, smtp: &Smtp, email: &str) -> [Mail; 2] {
    asked_with(person, smtp, email, PASSWORD).await
}

async fn asked_with(person: &Person, smtp: &Smtp, email: &str, password: &str) -> [Mail; 2] {
    person.client.run(CHANGE, change(email, password)).await.ok();
    let mut mails = [smtp.next_mail(SOON).await, smtp.next_mail(SOON).await];
    mails.sort_by_key(|mail| mail.to == [email.to_lowercase()]);
    assert_eq!(mails[1].to, [email.to_lowercase()]);
    mails
}

fn registration(email: &str, password: &str) -> Value {
    json!({ "input": { "email": email, "password": password, "name": "Ada L.", "company": "Engines", "phone": "+44 20 7946 0958" } })
}

fn address(email: &str) -> Value {
    json!({ "input": { "email": email } })
}

/// What somebody shows to verify an address that they registered with.
fn proof(token: &str, password: &str) -> Value {
    json!({ "input": { "token": token, "password": password } })
}

fn with_token(token: &str) -> Value {
    json!({ "input": { "token": token } })
}

fn new_password(token: &str, password: &str) -> Value {
    json!({ "input": { "token": token, "newPassword": password } })
}

fn change(email: &str, password: &str) -> Value {
    json!({ "input": { "newEmail": email, "password": password } })
}

/// The code of the one error of a payload.
#[track_caller]
pub fn code(answer: &Answer, mutation: &str) -> String {
    let [error] = answer.user_errors(mutation).try_into().unwrap_or_else(|_| panic!("one error expected: {answer}"));
    error.code
}

async fn refuses_sign_in(desk: &Desk, email: &str, password: &str) {
    let answer = desk.web.run(SIGN_IN, credentials(email, password)).await;
    assert_eq!(code(&answer, "signIn"), "INVALID_CREDENTIALS");
}
