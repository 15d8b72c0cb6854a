//! How people sign in: second factors, recovery codes, passwords that must be changed, passwords from elsewhere.

use serde_json::{Value, json};

use super::desk::{Desk, FOLLOW, PASSWORD, Person, SIGN_IN, SIGN_OUT, SOON, credentials};
use super::organisation::change;
use super::roles::role;
use crate::support::totp::Authenticator;
use crate::support::{ADMIN_PASSWORD, Answer, Options, both};

const BEGIN: &str = "mutation Begin($password: String) { beginTotpEnrolment(input: { password: $password }) {
    enrolment { secret uri } errors { code path } } }";
const CONFIRM: &str = "mutation Confirm($code: String!) { confirmTotp(input: { code: $code }) {
    recoveryCodes viewer { duty user { ... on Staff { hasTotp } } } errors { code path } } }";
const DISABLE: &str = "mutation Disable($input: SecondFactorInput!) { disableTotp(input: $input) {
    viewer { duty user { ... on Staff { hasTotp } } } errors { code path } } }";
const REGENERATE: &str = "mutation Again($input: SecondFactorInput!) { regenerateRecoveryCodes(input: $input) {
    recoveryCodes errors { code path } } }";
const RESET: &str = "mutation Reset($id: ID!) { resetTotp(input: { userId: $id }) {
    user { ... on Staff { id hasTotp } } errors { code path } } }";
const CHANGE: &str = "mutation Change($input: ChangePasswordInput!) { changePassword(input: $input) {
    viewer { duty } errors { code path } } }";
const DUTY: &str = "query Duty { viewer { duty user { id } sessions { totalCount } } }";
const INBOX: &str = "query Inbox { messages { totalCount } }";
const ANOTHER: &str = "a quite different password 8";

both! {
    /// Bea sets up her app, signs in with its codes, each good once, with a recovery code when the telephone is lost, and
    /// gives the second factor up again.
    async fn a_second_factor_from_beginning_to_end(backend) {
        let desk = Desk::open(backend).await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        refused(&bea.client.run(BEGIN, json!({ "password": "not hers at all" })).await, "beginTotpEnrolment", "INVALID_CREDENTIALS", "input.password");
        refused(&bea.client.run(CONFIRM, json!({ "code": "123456" })).await, "confirmTotp", "NOT_ALLOWED", "input.code");
        let begun = bea.client.run(BEGIN, json!({ "password": PASSWORD })).await.ok();
        let secret = begun.string("beginTotpEnrolment.enrolment.secret");
        let uri = begun.string("beginTotpEnrolment.enrolment.uri");
        assert!(uri.starts_with("otpauth://totp/") && uri.contains(":bea%40example.com?") && uri.contains(&secret), "{uri}");
        desk.sign_in("bea@example.com", PASSWORD).await;

        let app = Authenticator::new(&secret);
        refused(&bea.client.run(CONFIRM, json!({ "code": app.code(5) })).await, "confirmTotp", "INVALID_CREDENTIALS", "input.code");
        let confirmed = bea.client.run(CONFIRM, json!({ "code": app.code(0) })).await.ok();
        assert_eq!(confirmed.data("confirmTotp.viewer.user.hasTotp"), &json!(true));
        let recovery = codes(&confirmed, "confirmTotp");
        refused(&bea.client.run(BEGIN, json!({ "password": PASSWORD })).await, "beginTotpEnrolment", "NOT_ALLOWED", "input");

        refused(&enter(&desk, None).await, "signIn", "TOTP_REQUIRED", "input.totpCode");
        refused(&enter(&desk, Some(" ")).await, "signIn", "TOTP_REQUIRED", "input.totpCode");
        let wrong = credentials_with("bea@example.com", "not her password", Some(&app.code(1)));
        let unknown = credentials_with("nobody@example.com", PASSWORD, Some(&app.code(1)));
        let wrong = desk.web.run(SIGN_IN, wrong).await;
        assert_eq!(wrong.json, desk.web.run(SIGN_IN, unknown).await.json, "without the password the code tells nothing");
        refused(&wrong, "signIn", "INVALID_CREDENTIALS", "input");
        for code in [&app.code(0), &app.code(7), "12345", "1234567", "nonsense", "\u{0}", &"9".repeat(9000)] {
            refused(&enter(&desk, Some(code)).await, "signIn", "INVALID_CREDENTIALS", "input.totpCode");
        }
        let spaced = format!("{} {}", &app.code(1)[..3], &app.code(1)[3..]);
        enter(&desk, Some(&spaced)).await.ok();
        refused(&enter(&desk, Some(&app.code(1))).await, "signIn", "INVALID_CREDENTIALS", "input.totpCode");
        enter(&desk, Some(&recovery[0].to_uppercase())).await.ok();
        refused(&enter(&desk, Some(&recovery[0])).await, "signIn", "INVALID_CREDENTIALS", "input.totpCode");

        let prove = |password: &str, code: &str| json!({ "input": { "password": password, "code": code } });
        refused(&bea.client.run(REGENERATE, prove("wrong", &recovery[1])).await, "regenerateRecoveryCodes", "INVALID_CREDENTIALS", "input.password");
        let again = codes(&bea.client.run(REGENERATE, prove(PASSWORD, &recovery[1])).await.ok(), "regenerateRecoveryCodes");
        assert!(again.iter().all(|code| !recovery.contains(code)));
        refused(&enter(&desk, Some(&recovery[2])).await, "signIn", "INVALID_CREDENTIALS", "input.totpCode");

        let everything = desk.sql().await.everything().await.to_lowercase();
        for kept in [&secret, &again[0], &again[0].replace('-', ""), &recovery[0]] {
            assert!(!everything.contains(&kept.to_lowercase()), "a secret is stored as it is");
        }
        refused(&bea.client.run(DISABLE, prove("wrong", &again[0])).await, "disableTotp", "INVALID_CREDENTIALS", "input.password");
        refused(&bea.client.run(DISABLE, prove(PASSWORD, &recovery[3])).await, "disableTotp", "INVALID_CREDENTIALS", "input.code");
        let disabled = bea.client.run(DISABLE, prove(PASSWORD, &again[0])).await.ok();
        assert_eq!(disabled.data("disableTotp.viewer.user.hasTotp"), &json!(false));
        enter(&desk, None).await.ok();
    }

    /// A role requires a second factor: who holds it sets one up before anything else, and then goes on at once.
    async fn a_role_may_require_a_second_factor(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let input = json!({ "roleId": role(&admin, "STAFF").await, "requiresTotp": true });
        let required = change(&admin.client, "updateRole", input, "role { requiresTotp }").await.ok();
        assert_eq!(required.data("updateRole.role.requiresTotp"), &json!(true));
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let duty = bea.client.run(DUTY, json!({})).await.ok();
        assert_eq!(duty.data("viewer"), &json!({ "duty": "ENROL_SECOND_FACTOR", "user": { "id": bea.id }, "sessions": null }));
        let input = json!({ "input": { "password": PASSWORD, "code": "123456" } });
        for (document, variables) in [(INBOX, json!({})), (DISABLE, input.clone()), (REGENERATE, input), (RESET, json!({ "id": bea.id }))] {
            assert_eq!(bea.client.run(document, variables).await.error_code(), "SECOND_FACTOR_REQUIRED", "{document}");
        }
        let mut socket = desk.follow(&bea, json!({})).await;
        let frame = socket.next(SOON).await;
        assert!(frame.payload.to_string().contains("SECOND_FACTOR_REQUIRED"), "{frame:?}");

        let secret = bea.client.run(BEGIN, json!({ "password": PASSWORD })).await.ok().string("beginTotpEnrolment.enrolment.secret");
        let app = Authenticator::new(&secret);
        let confirmed = bea.client.run(CONFIRM, json!({ "code": app.code(0) })).await.ok();
        assert_eq!(confirmed.data("confirmTotp.viewer.duty"), &Value::Null);
        bea.client.run(INBOX, json!({})).await.ok();

        let input = json!({ "input": { "password": PASSWORD, "code": app.code(1) } });
        let disabled = bea.client.run(DISABLE, input).await.ok();
        assert_eq!(disabled.data("disableTotp.viewer.duty"), "ENROL_SECOND_FACTOR", "the role has not changed its mind");
        bea.client.run(SIGN_OUT, json!({})).await.ok();
    }

    /// A telephone lies in the lake, the recovery codes with it: somebody who may helps. Not somebody who may less.
    async fn a_lost_second_factor_is_reset(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let helper = helper(&desk).await;
        enrol(&bea, PASSWORD).await;
        enrol(&admin, ADMIN_PASSWORD).await;
        refused(&enter(&desk, None).await, "signIn", "TOTP_REQUIRED", "input.totpCode");
        refused(&helper.client.run(RESET, json!({ "id": admin.id })).await, "resetTotp", "NOT_ALLOWED", "input.userId");
        refused(&admin.client.run(RESET, json!({ "id": admin.id })).await, "resetTotp", "NOT_ALLOWED", "input.userId");
        assert_eq!(bea.client.run(RESET, json!({ "id": admin.id })).await.error_code(), "FORBIDDEN");
        let reset = admin.client.run(RESET, json!({ "id": bea.id })).await.ok();
        assert_eq!(reset.data("resetTotp.user"), &json!({ "id": bea.id, "hasTotp": false }));
        enter(&desk, None).await.ok();
    }

    /// Whoever was given a password chooses another one before anything else; then their other sessions are over, and the
    /// old password with them.
    async fn a_password_that_must_be_changed(backend) {
        let desk = Desk::open(backend).await;
        desk.cli_ok(&["staff", "add", "bea@example.com", "--name", "Bea", "--must-change-password"], PASSWORD);
        let (bea, other) = (desk.sign_in("bea@example.com", PASSWORD).await, desk.sign_in("bea@example.com", PASSWORD).await);
        assert_eq!(bea.client.run(DUTY, json!({})).await.ok().data("viewer.duty"), "CHANGE_PASSWORD");
        for (document, variables) in [(INBOX, json!({})), (BEGIN, json!({ "password": PASSWORD })), (CONFIRM, json!({ "code": "123456" }))] {
            assert_eq!(bea.client.run(document, variables).await.error_code(), "PASSWORD_CHANGE_REQUIRED", "{document}");
        }
        let event = bea.client.stream(FOLLOW, json!({ "after": "0" })).await.next(SOON).await.expect("an answer");
        assert!(event.json().to_string().contains("PASSWORD_CHANGE_REQUIRED"), "{event:?}");

        let change = async |current: &str, new: &str| {
            bea.client.run(CHANGE, json!({ "input": { "currentPassword": current, "newPassword": new } })).await
        };
        refused(&change("not hers at all", ANOTHER).await, "changePassword", "INVALID_CREDENTIALS", "input.currentPassword");
        refused(&change("not hers at all", "short").await, "changePassword", "INVALID_CREDENTIALS", "input.currentPassword");
        refused(&change(PASSWORD, PASSWORD).await, "changePassword", "NOT_ALLOWED", "input.newPassword");
        refused(&change(PASSWORD, "eleven char").await, "changePassword", "INVALID_FORMAT", "input.newPassword");
        refused(&change(PASSWORD, &"long".repeat(300)).await, "changePassword", "TOO_LONG", "input.newPassword");
        let changed = change(PASSWORD, ANOTHER).await.ok();
        assert_eq!(changed.data("changePassword.viewer.duty"), &Value::Null);
        bea.client.run(INBOX, json!({})).await.ok();
        assert!(bea.is_in().await && !other.is_in().await);
        let old = desk.web.run(SIGN_IN, credentials("bea@example.com", PASSWORD)).await;
        refused(&old, "signIn", "INVALID_CREDENTIALS", "input");
        desk.sign_in("bea@example.com", ANOTHER).await;
    }

    /// Wrong codes and wrong passwords are counted, whoever types them: at the door by account, inside by person.
    async fn proofs_cannot_be_tried_in_bulk(backend) {
        let desk = Desk::limited(backend, Options::new()).await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let cleo = desk.colleague("cleo@example.com", "Cleo", "STAFF").await;
        let app = enrol(&bea, PASSWORD).await;
        for n in 0..10 {
            let answer = enter(&desk, Some(&format!("00000{n}"))).await;
            refused(&answer, "signIn", "INVALID_CREDENTIALS", "input.totpCode");
        }
        assert_eq!(enter(&desk, Some(&app.code(1))).await.error_code(), "RATE_LIMITED", "the right code is not even tried");

        let mut document = "mutation Try {".to_owned();
        for n in 0..10 {
            document += &format!(r#" a{n}: changePassword(input: {{ currentPassword: "guess {n} guess", newPassword: "{ANOTHER}" }}) {{ errors {{ code }} }}"#);
        }
        let tried = cleo.client.run(&(document + " }"), json!({})).await;
        assert_eq!(tried.user_errors("a9")[0].code, "INVALID_CREDENTIALS");
        let right = json!({ "input": { "currentPassword": PASSWORD, "newPassword": ANOTHER } });
        assert_eq!(cleo.client.run(CHANGE, right).await.error_code(), "RATE_LIMITED");
        assert_eq!(cleo.client.run(BEGIN, json!({ "password": PASSWORD })).await.error_code(), "RATE_LIMITED");
    }

    /// A person came from another product with a hash of bcrypt. They sign in with the password that they know, and from
    /// then on it is stored as ours are.
    async fn a_password_from_elsewhere_is_taken_over(backend) {
        let desk = Desk::open(backend).await;
        let sql = desk.sql().await;
        desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let stored = "SELECT password_hash FROM users WHERE email = 'bea@example.com'";
        // The test vector of the original implementation: the password is U*U.
        for version in ["2a", "2b", "2y"] {
            let hash = format!("${version}$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
            sql.run(&format!("UPDATE users SET password_hash = '{hash}' WHERE email = 'bea@example.com'")).await;
            let wrong = desk.web.run(SIGN_IN, credentials("bea@example.com", "U*V")).await;
            refused(&wrong, "signIn", "INVALID_CREDENTIALS", "input");
            assert_eq!(sql.texts(stored).await, [hash]);
            desk.sign_in("bea@example.com", "U*U").await;
            let ours = sql.texts(stored).await;
            assert!(ours[0].starts_with("$argon2id$"), "{ours:?}");
            desk.sign_in("bea@example.com", "U*U").await;
            assert_eq!(sql.texts(stored).await, ours, "once");
        }
    }

    /// A password is the same however a keyboard puts its letters together. One that was stored in another form than now
    /// still opens, and is stored anew then (B81).
    async fn a_password_is_the_same_on_every_keyboard(backend) {
        let desk = Desk::open(backend).await;
        let sql = desk.sql().await;
        let (whole, apart) = ("caf\u{e9} cr\u{e8}me br\u{fb}l\u{e9}e 7", "cafe\u{301} cre\u{300}me bru\u{302}le\u{301}e 7");
        for (email, chosen, typed) in [("bea@example.com", whole, apart), ("cem@example.com", apart, whole)] {
            desk.cli_ok(&["staff", "add", email, "--name", "Bea", "--role", "STAFF"], chosen);
            for password in [typed, chosen] {
                desk.sign_in(email, password).await;
            }
        }
        let stored = "SELECT password_hash FROM users WHERE email = 'bea@example.com'";
        // Of the second form, as it was typed and stored before there was one form.
        let before = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$guga9v6LKNo7FhkI7WGMoyDM4UWTyEWU13KzUkJ/pmc";
        for typed in [whole, apart] {
            sql.run(&format!("UPDATE users SET password_hash = '{before}' WHERE email = 'bea@example.com'")).await;
            let wrong = desk.web.run(SIGN_IN, credentials("bea@example.com", "cafe creme brulee 7")).await;
            refused(&wrong, "signIn", "INVALID_CREDENTIALS", "input");
            assert_eq!(sql.texts(stored).await, [before]);
            desk.sign_in("bea@example.com", typed).await;
            let anew = sql.texts(stored).await;
            assert!(anew[0].starts_with("$argon2id$") && anew[0] != before, "{anew:?}");
            for password in [whole, apart] {
                desk.sign_in("bea@example.com", password).await;
            }
            assert_eq!(sql.texts(stored).await, anew, "once");
        }
    }
}

/// The whole of a refusal: the code and where.
#[track_caller]
fn refused(answer: &Answer, mutation: &str, code: &str, path: &str) {
    let errors = answer.user_errors(mutation);
    assert_eq!(
        errors.iter().map(|error| (error.code.as_str(), error.path.as_str())).collect::<Vec<_>>(),
        [(code, path)],
        "{answer}"
    );
}

fn credentials_with(email: &str, password: &str, code: Option<&str>) -> Value {
    json!({ "input": { "email": email, "password": password, "totpCode": code } })
}

/// Bea signs in.
async fn enter(desk: &Desk, code: Option<&str>) -> Answer {
    desk.web.run(SIGN_IN, credentials_with("bea@example.com", PASSWORD, code)).await
}

/// Somebody sets up an app; its first code is used.
pub async fn enrol(person: &Person, password: &str) -> Authenticator {
    let begun = person.client.run(BEGIN, json!({ "password": password })).await.ok();
    let app = Authenticator::new(&begun.string("beginTotpEnrolment.enrolment.secret"));
    person.client.run(CONFIRM, json!({ "code": app.code(0) })).await.ok();
    app
}

/// Somebody who manages staff and may nothing else.
async fn helper(desk: &Desk) -> Person {
    let sql = desk.sql().await;
    let (id, no) = if sql.is_sqlite() {
        ("x'0190a5f0000070008000000000000001'", "0")
    } else {
        ("'0190a5f0000070008000000000000001'::uuid", "false")
    };
    sql.run(&format!(
        "INSERT INTO roles (id, name, built_in, permissions, created_at, updated_at) VALUES ({id}, 'HELPER', {no}, \
         '[\"MANAGE_STAFF\", \"VIEW_STAFF\"]', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')"
    ))
    .await;
    desk.colleague("helper@example.com", "Helper", "HELPER").await
}

/// Ten recovery codes, each another.
#[track_caller]
fn codes(answer: &Answer, mutation: &str) -> Vec<String> {
    let codes = answer.list(&format!("{mutation}.recoveryCodes"));
    let mut codes: Vec<_> = codes.iter().map(|code| code.as_str().expect("a code").to_owned()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), 10, "{answer}");
    codes
}
