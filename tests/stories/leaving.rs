//! Who leaves takes along what acted for them, and nobody is made to leave by those who may less.

use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, SIGN_IN, SOON, credentials};
use super::self_service::{allow_registration, code, options, token_of};
use crate::support::totp::Authenticator;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Options, Smtp, both, until};

const INVITE: &str =
    "mutation($email: EmailAddress!, $role: ID!) { inviteStaff(input: { email: $email, roleId: $role }) {
    invitation { id } errors { code message path } } }";
const ACCEPT: &str = "mutation($token: String!, $password: String!) { acceptInvitation(input: { token: $token, name: \"Nia\", password: $password }) {
    email errors { code message path } } }";
const FORGOT: &str =
    "mutation($email: EmailAddress!) { requestPasswordReset(input: { email: $email }) { errors { code } } }";
const RESET: &str =
    "mutation($token: String!, $password: String!) { resetPassword(input: { token: $token, newPassword: $password }) {
    errors { code message path } } }";
const KEY: &str = "mutation($held: [Permission!]!) { createApiKey(input: { name: \"Script\", permissions: $held }) {
    key apiKey { id } errors { code path } } }";
const CHANGE_PASSWORD: &str =
    "mutation($old: String!, $new: String!) { changePassword(input: { currentPassword: $old, newPassword: $new }) {
    errors { code path } } }";
const NEXT: &str = "violet harbour seven kettles";

/// The id of a role.
async fn role(desk: &Desk, name: &str) -> String {
    let all = desk.admin().await.client.run("{ roles(first: 100) { nodes { id name } } }", Value::Null).await.ok();
    let found = all.list("roles.nodes").iter().find(|role| role["name"] == name).expect("a role").clone();
    found["id"].as_str().expect("an id").to_owned()
}

both! {
    /// Bea made a key, asked for a link and invited somebody. She is deactivated and comes back; none of that does.
    async fn what_acted_for_somebody_does_not_come_back(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let admin = desk.admin().await.client;
        let (bea, staff) = (desk.colleague("bea@example.com", "Bea", "ADMIN").await, role(&desk, "STAFF").await);
        let key = bea.client.run(KEY, json!({ "held": ["VIEW_MESSAGES", "SEE_ALL"] })).await.ok().string("createApiKey.key");
        assert!(smtp.next_mail(SOON).await.text().contains("An API key was made"), "she is told");
        let program = desk.web.bearer(&key);
        program.run("{ messages { totalCount } }", Value::Null).await.ok();
        desk.web.run(FORGOT, json!({ "email": "bea@example.com" })).await.ok();
        let link = token_of(&smtp.next_mail(SOON).await, "reset-password");
        bea.client.run(INVITE, json!({ "email": "nia@example.com", "role": staff })).await.ok();
        let invitation = token_of(&smtp.next_mail(SOON).await, "accept-invitation");
        for way in ["deactivateStaff", "reactivateStaff"] {
            let document = format!("mutation($id: ID!) {{ {way}(input: {{ staffId: $id }}) {{ errors {{ code }} }} }}");
            admin.run(&document, json!({ "id": bea.id })).await.ok();
        }
        desk.sign_in("bea@example.com", PASSWORD).await;
        until("the key is dead", SOON, async || {
            (!program.run("{ messages { totalCount } }", Value::Null).await.errors().is_empty()).then_some(())
        }).await;
        let reset = desk.web.run(RESET, json!({ "token": link, "password": NEXT })).await;
        assert_eq!(code(&reset, "resetPassword"), "INVALID_TOKEN");
        let accepted = desk.web.run(ACCEPT, json!({ "token": invitation, "password": NEXT })).await;
        assert_eq!(code(&accepted, "acceptInvitation"), "INVALID_TOKEN");
        let trail = "{ auditLogs(filter: { eventType: { eq: \"invitation.revoked\" } }) { totalCount } }";
        assert_eq!(admin.run(trail, Value::Null).await.ok().data("auditLogs.totalCount"), &json!(1));
    }

    /// Mail that waits for Bea, because the mail server did not take it yet, is not sent when she is deactivated, which is on record.
    async fn mail_that_waits_goes_with_them(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let admin = desk.admin().await.client;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        smtp.refuse_next(6, 451);
        desk.web.run(FORGOT, json!({ "email": "bea@example.com" })).await.ok();
        until("it is tried", SOON, async || (smtp.attempts() > 0).then_some(())).await;
        let leaves = "mutation($id: ID!) { deactivateStaff(input: { staffId: $id }) { errors { code } } }";
        admin.run(leaves, json!({ "id": bea.id })).await.ok();

        let trail = "{ auditLogs(filter: { eventType: { eq: \"letter.withheld\" } }) { nodes { newValues } } }";
        let kept = until("it is on record", SOON, async || {
            admin.run(trail, Value::Null).await.ok().list("auditLogs.nodes").first().cloned()
        }).await;
        assert_eq!(kept["newValues"], json!({ "template": "reset_password", "to": "bea@example.com" }));
        assert!(smtp.mails().is_empty());
    }

    /// An administrator ends neither sessions nor keys of somebody who may more; and the last who may everything stays so,
    /// although administrators are left.
    async fn nobody_above_is_made_to_leave(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let clerk = desk.colleague("clerk@example.com", "Clerk", "ADMIN").await;
        let made = admin.client.run(KEY, json!({ "held": ["VIEW_MESSAGES"] })).await.ok();
        let all = "mutation($id: ID!) { revokeAllSessions(input: { userId: $id }) { revoked errors { code path } } }";
        let refused = clerk.client.run(all, json!({ "id": admin.id })).await;
        assert_eq!(code(&refused, "revokeAllSessions"), "NOT_ALLOWED");
        let theirs = clerk.client.run("query($id: ID!) { sessions(userId: $id) { nodes { id } } }", json!({ "id": admin.id })).await.ok();
        let one = "mutation($id: ID!) { revokeSession(input: { sessionId: $id }) { errors { code path } } }";
        let refused = clerk.client.run(one, json!({ "id": theirs.string("sessions.nodes.0.id") })).await;
        assert_eq!(code(&refused, "revokeSession"), "NOT_ALLOWED");
        let key = "mutation($id: ID!) { revokeApiKey(input: { apiKeyId: $id }) { errors { code path } } }";
        let refused = clerk.client.run(key, json!({ "id": made.string("createApiKey.apiKey.id") })).await;
        assert_eq!(code(&refused, "revokeApiKey"), "NOT_ALLOWED");
        assert!(admin.is_in().await);
        assert_eq!(admin.client.run(all, json!({ "id": clerk.id })).await.ok().data("revokeAllSessions.revoked"), &json!(1));

        let demote = "mutation($id: ID!, $role: ID!) { updateStaff(input: { staffId: $id, roleId: $role }) { errors { code path } } }";
        let as_admin = json!({ "id": admin.id, "role": role(&desk, "ADMIN").await });
        let refused = admin.client.run(demote, as_admin.clone()).await;
        assert_eq!(refused.user_errors("updateStaff")[0].path, "input.roleId");
        assert!(!desk.cli(&["staff", "deactivate", ADMIN_EMAIL], "").status.success());
        desk.colleague("root@example.com", "Root", "SUPER_ADMIN").await;
        admin.client.run(demote, as_admin).await.ok();
    }

    /// Who changes their password is told by mail, and a link that was mailed before is dead.
    async fn another_password_ends_links(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let admin = desk.admin().await;
        desk.web.run(FORGOT, json!({ "email": ADMIN_EMAIL })).await.ok();
        let link = token_of(&smtp.next_mail(SOON).await, "reset-password");
        admin.client.run(CHANGE_PASSWORD, json!({ "old": ADMIN_PASSWORD, "new": NEXT })).await.ok();
        assert!(smtp.next_mail(SOON).await.subject().contains("changed"));
        let reset = desk.web.run(RESET, json!({ "token": link, "password": PASSWORD })).await;
        assert_eq!(code(&reset, "resetPassword"), "INVALID_TOKEN");
    }

    /// Who has somebody's session and password tries no more codes of the second factor by changing the password in between.
    async fn codes_are_counted_by_themselves(backend) {
        let desk = Desk::limited(backend, Options::new()).await;
        let admin = desk.admin().await.client;
        let begin = "mutation($p: String) { beginTotpEnrolment(input: { password: $p }) { enrolment { secret } errors { code } } }";
        let begun = admin.run(begin, json!({ "p": ADMIN_PASSWORD })).await.ok();
        let app = Authenticator::new(&begun.string("beginTotpEnrolment.enrolment.secret"));
        let confirm = "mutation($c: String!) { confirmTotp(input: { code: $c }) { errors { code } } }";
        admin.run(confirm, json!({ "c": app.code(0) })).await.ok();
        let disable = "mutation($p: String!) { disableTotp(input: { password: $p, code: \"000000\" }) { errors { code path } } }";
        let mut passwords = [ADMIN_PASSWORD, NEXT];
        for n in 0..=10 {
            let tried = admin.run(disable, json!({ "p": passwords[0] })).await;
            if n == 10 {
                assert_eq!(tried.error_code(), "RATE_LIMITED");
                break;
            }
            assert_eq!(tried.user_errors("disableTotp")[0].path, "input.code", "{n}: {tried}");
            admin.run(CHANGE_PASSWORD, json!({ "old": passwords[0], "new": passwords[1] })).await.ok();
            passwords.reverse();
        }
    }

    /// A stranger registers with the addresses of people who are about to come: they come all the same, and what the
    /// stranger set up is nothing.
    async fn a_registration_keeps_nobody_out(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        allow_registration(&desk).await;
        let (admin, staff) = (desk.admin().await.client, role(&desk, "STAFF").await);
        let register = "mutation($email: EmailAddress!, $p: String!) { registerClient(input: { email: $email, name: \"Eve\", password: $p }) { errors { code } } }";
        let mut tokens = Vec::new();
        for email in ["nia@example.com", "max@example.com"] {
            desk.web.run(register, json!({ "email": email, "p": PASSWORD })).await.ok();
            tokens.push(token_of(&smtp.next_mail(SOON).await, "verify-email"));
        }
        admin.run(INVITE, json!({ "email": "nia@example.com", "role": staff })).await.ok();
        let invitation = token_of(&smtp.next_mail(SOON).await, "accept-invitation");
        desk.web.run(ACCEPT, json!({ "token": invitation, "password": NEXT })).await.ok();
        assert!(desk.sign_in("nia@example.com", NEXT).await.id.starts_with("stf_"));
        let create = "mutation($role: ID!, $p: String!) { createStaff(input: { email: \"max@example.com\", name: \"Max\", roleId: $role, password: $p }) {
            staff { id email role { name } } errors { code message path } } }";
        let weak = admin.run(create, json!({ "role": staff, "p": "password1234" })).await;
        assert_eq!(weak.user_errors("createStaff")[0].path, "input.password");
        let max = admin.run(create, json!({ "role": staff, "p": NEXT })).await.ok();
        assert_eq!(max.string("createStaff.staff.role.name"), "STAFF");
        let verify = "mutation($token: String!, $p: String!) { verifyEmail(input: { token: $token, password: $p }) { errors { code } } }";
        for token in tokens {
            let dead = desk.web.run(verify, json!({ "token": token, "p": PASSWORD })).await;
            assert_eq!(code(&dead, "verifyEmail"), "INVALID_TOKEN");
        }
        for email in ["nia@example.com", "max@example.com"] {
            let stranger = desk.web.run(SIGN_IN, credentials(email, PASSWORD)).await;
            assert_eq!(code(&stranger, "signIn"), "INVALID_CREDENTIALS");
        }
        // Who has shown that the address is theirs is not overrun.
        let again = admin.run(INVITE, json!({ "email": "nia@example.com", "role": staff })).await;
        assert_eq!(code(&again, "inviteStaff"), "NOT_AVAILABLE");
    }
}
