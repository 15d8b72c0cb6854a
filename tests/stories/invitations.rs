//! Colleagues are invited.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, Person, REFRESH, SIGN_IN, SOON, credentials};
use super::own_access;
use super::self_service::{code, options, random_id, token_of};
use crate::support::{ADMIN_EMAIL, Smtp, both};

const INVITE: &str = "mutation Invite($input: InviteStaffInput!) { inviteStaff(input: $input) {
    invitation { id email name status role { name } department { name } invitedBy { id } } errors { code message path } } }";
const RESEND: &str = "mutation Resend($input: ResendInvitationInput!) { resendInvitation(input: $input) {
    invitation { id status } errors { code message path } } }";
const REVOKE: &str = "mutation Revoke($input: RevokeInvitationInput!) { revokeInvitation(input: $input) {
    invitation { id status } errors { code message path } } }";
const ACCEPT: &str = "mutation Accept($input: AcceptInvitationInput!) { acceptInvitation(input: $input) {
    email errors { code message path } } }";
const LIST: &str = "query List($filter: InvitationFilter) { invitations(filter: $filter) { totalCount nodes {
    email status acceptedAs { email } } } }";

both! {
    /// Invite, accept, sign in; the link is good once, and comes from the settings.
    async fn invite_accept_sign_in(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let admin = desk.admin().await;
        let staff = role(&desk, &admin, "STAFF").await;
        let evil = admin.client.header("x-forwarded-host", "evil.example").header("host", "evil.example");
        let input = json!({ "input": { "email": "Bea@Example.com", "name": "Bea", "roleId": staff } });
        let invited = evil.run(INVITE, input.clone()).await.ok();
        assert_eq!(invited.data("inviteStaff.invitation.status"), &json!("PENDING"));
        assert_eq!(invited.data("inviteStaff.invitation.invitedBy.id"), &json!(admin.id));
        assert_eq!(code(&admin.client.run(INVITE, input.clone()).await, "inviteStaff"), "NOT_AVAILABLE", "invited already");
        let mail = smtp.next_mail(SOON).await;
        assert_eq!(mail.to, ["bea@example.com"]);
        assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated".into()));
        let token = token_of(&mail, "accept-invitation");
        assert!(token.starts_with("fdi_"));

        let weak = desk.web.run(ACCEPT, acceptance(&token, "password1234")).await;
        assert_eq!(weak.user_errors("acceptInvitation")[0].path, "input.password");
        let swapped: String =
            token.chars().map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect();
        let other_case = format!("fdi_{}", &swapped[4..]);
        for bad in ["", " ", "fdi_", "null", &other_case, &token[..46], &format!("{token}\u{0}"), &token.replace("fdi", "fdo")] {
            assert_eq!(code(&desk.web.run(ACCEPT, acceptance(bad, PASSWORD)).await, "acceptInvitation"), "INVALID_TOKEN");
        }
        let null = json!({ "input": { "token": null, "name": "Bea", "password": PASSWORD } });
        assert_eq!(desk.web.run(ACCEPT, null).await.error_code(), "BAD_USER_INPUT");
        let racing = join_all((0..3).map(|_| desk.web.run(ACCEPT, acceptance(&token, PASSWORD)))).await;
        let won: Vec<_> = racing.iter().filter(|answer| answer.user_errors("acceptInvitation").is_empty()).collect();
        assert_eq!(won.len(), 1, "{racing:?}");
        assert_eq!(won[0].string("acceptInvitation.email"), "bea@example.com");
        assert_eq!(code(&desk.web.run(ACCEPT, acceptance(&token, PASSWORD)).await, "acceptInvitation"), "INVALID_TOKEN");
        let bea = desk.sign_in("bea@example.com", PASSWORD).await;
        assert!(bea.id.starts_with("stf_"));
        let listed = admin.client.run(LIST, json!({ "filter": { "status": { "eq": "ACCEPTED" } } })).await.ok();
        let one = json!([{ "email": "bea@example.com", "status": "ACCEPTED", "acceptedAs": { "email": "bea@example.com" } }]);
        assert_eq!(listed.data("invitations.nodes"), &one);
        assert_eq!(code(&admin.client.run(INVITE, input).await, "inviteStaff"), "NOT_AVAILABLE", "a colleague already");
        assert_eq!(bea.client.run(LIST, json!({})).await.error_code(), "FORBIDDEN");
    }

    /// A colleague's whole way: invited into a role and a department, she accepts, must set up a second factor before
    /// anything else, signs in with it; then she is let go of everywhere, and nothing that she held is good any more.
    async fn from_the_invitation_to_the_end_of_access(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let admin = desk.admin().await;
        let create = "mutation { createRole(input: { name: \"DESK\", permissions: [VIEW_MESSAGES, SEE_ALL, VIEW_STAFF], \
            requiresTotp: true }) { role { id requiresTotp } errors { code } } createDepartment(input: { name: \"Hall\" }) { \
            department { id } errors { code } } }";
        let made = admin.client.run(create, json!({})).await.ok();
        assert_eq!(made.data("createRole.role.requiresTotp"), &json!(true));
        let (role, department) = (made.string("createRole.role.id"), made.string("createDepartment.department.id"));
        let input = json!({ "email": "bea@example.com", "name": "Bea", "roleId": role, "departmentId": department });
        admin.client.run(INVITE, json!({ "input": input })).await.ok();
        let token = token_of(&smtp.next_mail(SOON).await, "accept-invitation");
        desk.web.run(ACCEPT, acceptance(&token, PASSWORD)).await.ok();

        let bea = desk.sign_in("bea@example.com", PASSWORD).await;
        let who = "{ viewer { duty user { ... on Staff { role { name } department { name } hasTotp } } } }";
        let seen = bea.client.run(who, json!({})).await.ok();
        assert_eq!(seen.data("viewer.duty"), &json!("ENROL_SECOND_FACTOR"));
        assert_eq!(bea.client.run("{ messages { totalCount } }", json!({})).await.error_code(), "SECOND_FACTOR_REQUIRED");
        let app = own_access::enrol(&bea, PASSWORD).await;
        let seen = bea.client.run(who, json!({})).await.ok();
        let person = json!({ "role": { "name": "DESK" }, "department": { "name": "Hall" }, "hasTotp": true });
        assert_eq!(seen.data("viewer"), &json!({ "duty": null, "user": person }));
        bea.client.run("{ messages { totalCount } }", json!({})).await.ok();

        let without = desk.web.run(SIGN_IN, credentials("bea@example.com", PASSWORD)).await;
        assert_eq!(code(&without, "signIn"), "TOTP_REQUIRED");
        let mut with = credentials("bea@example.com", PASSWORD);
        with["input"]["totpCode"] = json!(app.code(1));
        let second = desk.web.run(SIGN_IN, with).await.ok();
        let (access, refresh) =
            (second.string("signIn.session.accessToken"), second.string("signIn.session.refreshToken"));
        let phone = desk.web.bearer(&access);
        phone.run("{ messages { totalCount } }", json!({})).await.ok();

        let revoke = "mutation($id: ID!) { revokeAllSessions(input: { userId: $id }) { revoked errors { code } } }";
        let revoked = admin.client.run(revoke, json!({ "id": bea.id })).await.ok();
        assert_eq!(revoked.data("revokeAllSessions.revoked"), &json!(2));
        for client in [&bea.client, &phone] {
            assert_eq!(client.run("{ messages { totalCount } }", json!({})).await.error_code(), "UNAUTHENTICATED");
        }
        let renewed = desk.web.run(REFRESH, json!({ "input": { "refreshToken": refresh } })).await;
        assert_eq!(code(&renewed, "refreshSession"), "INVALID_TOKEN");
    }

    /// A resent invitation has another link; a revoked or expired one has none that is good.
    async fn resend_revoke_expire(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let admin = desk.admin().await;
        let staff = role(&desk, &admin, "STAFF").await;
        let input = json!({ "input": { "email": "bea@example.com", "roleId": staff } });
        let id = admin.client.run(INVITE, input.clone()).await.ok().string("inviteStaff.invitation.id");
        let first = token_of(&smtp.next_mail(SOON).await, "accept-invitation");
        let refused = async |token: &str| code(&desk.web.run(ACCEPT, acceptance(token, PASSWORD)).await, "acceptInvitation");
        let of = json!({ "input": { "invitationId": id } });
        let status = async |expected: &str| {
            for status in ["PENDING", "ACCEPTED", "EXPIRED", "REVOKED"] {
                let found = admin.client.run(LIST, json!({ "filter": { "status": { "in": [status] } } })).await.ok();
                assert_eq!(found.data("invitations.totalCount"), &json!(i32::from(status == expected)), "{status}");
            }
        };

        admin.client.run(RESEND, of.clone()).await.ok();
        let second = token_of(&smtp.next_mail(SOON).await, "accept-invitation");
        assert_eq!(refused(&first).await, "INVALID_TOKEN", "the earlier link is dead");
        status("PENDING").await;

        let rows = desk.sql().await;
        rows.run("UPDATE invitations SET expires_at = '2026-01-01T00:00:00+00:00'").await;
        assert_eq!(refused(&second).await, "INVALID_TOKEN");
        status("EXPIRED").await;
        admin.client.run(RESEND, of.clone()).await.ok();
        let third = token_of(&smtp.next_mail(SOON).await, "accept-invitation");
        status("PENDING").await;

        let revoked = admin.client.run(REVOKE, of.clone()).await.ok();
        assert_eq!(revoked.data("revokeInvitation.invitation.status"), &json!("REVOKED"));
        assert_eq!(refused(&third).await, "INVALID_TOKEN");
        status("REVOKED").await;
        for (document, name) in [(RESEND, "resendInvitation"), (REVOKE, "revokeInvitation")] {
            assert_eq!(code(&admin.client.run(document, of.clone()).await, name), "NOT_ALLOWED");
        }
        admin.client.run(INVITE, input).await.ok();
        let fresh = token_of(&smtp.next_mail(SOON).await, "accept-invitation");
        desk.web.run(ACCEPT, acceptance(&fresh, PASSWORD)).await.ok();

        // Whoever is added meanwhile has no use for it any more.
        let input = json!({ "input": { "email": "cal@example.com", "roleId": staff } });
        let id = admin.client.run(INVITE, input).await.ok().string("inviteStaff.invitation.id");
        let late = token_of(&smtp.next_mail(SOON).await, "accept-invitation");
        let add = "mutation($role: ID!) { createStaff(input: { email: \"cal@example.com\", name: \"Cal\", roleId: $role }) { staff { id } errors { message } } }";
        admin.client.run(add, json!({ "role": staff })).await.ok();
        assert_eq!(refused(&late).await, "INVALID_TOKEN");
        let gone = admin.client.run("query($id: ID!) { node(id: $id) { ... on Invitation { status } } }", json!({ "id": id })).await.ok();
        assert_eq!(gone.data("node.status"), &json!("REVOKED"));
    }

    /// Nobody invites into a role that can do what they cannot; and an inviter who may not see clients learns nothing of
    /// who is one.
    async fn an_invitation_gives_and_tells_no_more_than_its_inviter_may(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let admin = desk.admin().await;
        let staff = role(&desk, &admin, "STAFF").await;
        let rows = desk.sql().await;
        let super_admin = role(&desk, &admin, "SUPER_ADMIN").await;
        let at = "'2026-01-01T00:00:00+00:00'";
        let (narrow, none) = (random_id(&rows), random_id(&rows));
        let no = if rows.is_sqlite() { "0" } else { "false" };
        for (id, name, permissions) in [(&narrow, "INVITER", r#"["MANAGE_STAFF"]"#), (&none, "NOTHING", "[]")] {
            rows.run(&format!(
                "INSERT INTO roles (id, name, built_in, permissions, created_at, updated_at) \
                 VALUES ({id}, '{name}', {no}, '{permissions}', {at}, {at})"
            )).await;
        }
        let inviter = desk.colleague("inviter@example.com", "Ivo", "INVITER").await;
        let nothing = role(&desk, &admin, "NOTHING").await;
        let invite = async |who: &Person, email: &str, role: &str| {
            who.client.run(INVITE, json!({ "input": { "email": email, "roleId": role } })).await
        };
        let refused = invite(&inviter, "bea@example.com", &staff).await;
        let [error] = refused.user_errors("inviteStaff").try_into().expect("one error");
        assert_eq!((error.code.as_str(), error.path.as_str()), ("NOT_ALLOWED", "input.roleId"));
        let lesser = desk.colleague("second@example.com", "Second", "ADMIN").await;
        assert_eq!(code(&invite(&lesser, "bea@example.com", &super_admin).await, "inviteStaff"), "NOT_ALLOWED");

        // A client, as the database has them.
        rows.run(&format!(
            "INSERT INTO users (id, kind, email, name, password_hash, role_id, is_active, token_version, email_verified_at, created_at, updated_at) \
             SELECT {}, 'client', 'client@example.com', 'C', '*', id, {}, 1, {at}, {at}, {at} FROM roles WHERE name = 'CLIENT'",
            random_id(&rows), if rows.is_sqlite() { "1" } else { "true" },
        )).await;
        assert_eq!(code(&invite(&admin, "client@example.com", &nothing).await, "inviteStaff"), "NOT_AVAILABLE");
        let like = async |email: &str| {
            let mut data = invite(&inviter, email, &nothing).await.ok().json["data"]["inviteStaff"].clone();
            for part in ["id", "email"] {
                data["invitation"][part] = Value::Null;
            }
            data
        };
        assert_eq!(like("client@example.com").await, like("stranger@example.com").await);
        let mut mails = [smtp.next_mail(SOON).await, smtp.next_mail(SOON).await];
        mails.sort_by_key(|mail| mail.to[0] != "client@example.com");
        let token = token_of(&mails[0], "accept-invitation");
        let taken = desk.web.run(ACCEPT, acceptance(&token, PASSWORD)).await;
        assert_eq!(code(&taken, "acceptInvitation"), "NOT_AVAILABLE", "who has the mailbox may know");
        assert_eq!(code(&invite(&inviter, ADMIN_EMAIL, &nothing).await, "inviteStaff"), "NOT_AVAILABLE");
    }
}

fn acceptance(token: &str, password: &str) -> Value {
    json!({ "input": { "token": token, "name": "Bea B.", "password": password } })
}

/// The id of a role, as a colleague who has it shows it.
async fn role(desk: &Desk, admin: &Person, name: &str) -> String {
    if name != "SUPER_ADMIN" {
        let email = format!("{}.role@example.com", name.to_lowercase());
        desk.cli_ok(&["staff", "add", &email, "--name", name, "--role", name], PASSWORD);
    }
    let found = admin.client.run("{ staffMembers(first: 100) { nodes { role { id name } } } }", json!({})).await.ok();
    let of = |node: &Value| (node["role"]["name"] == name).then(|| node["role"]["id"].as_str().map(str::to_owned))?;
    found.list("staffMembers.nodes").iter().find_map(of).expect("a role")
}

both! {
    /// Who invites says what they know of the names, and who accepts says better; what they leave out is what was said.
    async fn names_come_with_the_invitation(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let admin = desk.admin().await;
        let staff = role(&desk, &admin, "STAFF").await;
        let names = "query($email: String!) { staffMembers(filter: { text: $email }) { nodes { name firstName lastName } } }";
        for (email, said, corrected, expected) in [
            ("bea", json!({ "firstName": "Bea", "lastName": "Lane" }), json!({}), ["Bea Lane", "Bea", "Lane"]),
            ("cal", json!({ "name": "Cal", "firstName": "Calvin" }), json!({}), ["Cal", "Calvin", ""]),
            ("dan", json!({ "name": "D.", "firstName": "Dan", "lastName": "Lane" }), json!({ "lastName": "Harbour" }), ["Dan Harbour", "Dan", "Harbour"]),
            ("eve", json!({}), json!({ "name": "Eve", "firstName": "Eva", "lastName": "E." }), ["Eve", "Eva", "E."]),
        ] {
            let mut input = json!({ "email": format!("{email}@example.com"), "roleId": staff });
            input.as_object_mut().expect("fields").extend(said.as_object().cloned().unwrap_or_default());
            let document = "mutation Invite($input: InviteStaffInput!) { inviteStaff(input: $input) { invitation { name firstName lastName }
                errors { code } } }";
            let invited = admin.client.run(document, json!({ "input": input })).await.ok();
            assert_eq!(invited.data("inviteStaff.invitation.firstName"), &said["firstName"], "{email}");
            let token = token_of(&smtp.next_mail(SOON).await, "accept-invitation");
            let mut input = json!({ "token": token, "password": PASSWORD });
            input.as_object_mut().expect("fields").extend(corrected.as_object().cloned().unwrap_or_default());
            if email == "eve" {
                let nameless = json!({ "input": { "token": token, "password": PASSWORD } });
                assert_eq!(code(&desk.web.run(ACCEPT, nameless).await, "acceptInvitation"), "BLANK", "somebody must say it");
            }
            desk.web.run(ACCEPT, json!({ "input": input })).await.ok();
            let seen = admin.client.run(names, json!({ "email": format!("{email}@example.com") })).await.ok();
            let [name, first, last] = expected;
            let last = if last.is_empty() { Value::Null } else { json!(last) };
            assert_eq!(seen.data("staffMembers.nodes.0"), &json!({ "name": name, "firstName": first, "lastName": last }), "{email}");
        }
        let long = json!({ "email": "fay@example.com", "roleId": staff, "firstName": "x".repeat(201) });
        let refused = admin.client.run(INVITE, json!({ "input": long })).await;
        assert_eq!(refused.user_errors("inviteStaff")[0].path, "input.firstName");
    }

    /// Who wants to invite or add somebody who was let go is told so, and whom to bring back; the address of somebody who
    /// works here tells no more than before.
    async fn who_was_deactivated_is_brought_back(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let staff = role(&desk, &admin, "STAFF").await;
        let bea = desk.colleague("bea@example.com", "Bea Lane", "STAFF").await;
        let document = "mutation($email: EmailAddress!, $role: ID!) {
            invite: inviteStaff(input: { email: $email, roleId: $role }) { invitation { id } deactivated { id name } errors { code message path } }
            create: createStaff(input: { email: $email, name: \"Bea\", roleId: $role }) { staff { id } deactivated { id name } errors { code message path } } }";
        let ask = async |who: &Person| {
            who.client.run(document, json!({ "email": "BEA@example.com", "role": staff })).await
        };
        let taken = ask(&admin).await;
        for name in ["invite", "create"] {
            assert_eq!(taken.data(&format!("{name}.deactivated")), &Value::Null);
            assert_eq!(taken.data(&format!("{name}.errors.0.message")), "somebody has this address already");
        }
        desk.cli_ok(&["staff", "deactivate", "bea@example.com"], "");
        let told = ask(&admin).await;
        for name in ["invite", "create"] {
            assert_eq!(told.data(&format!("{name}.deactivated")), &json!({ "id": bea.id, "name": "Bea Lane" }));
            let error = told.data(&format!("{name}.errors.0"));
            assert_eq!((&error["code"], &error["path"]), (&json!("NOT_AVAILABLE"), &json!(["input", "email"])));
            let message = error["message"].as_str().unwrap_or_default();
            assert!(message.contains("Bea Lane") && message.contains(&bea.id) && message.contains("reactivate"), "{message}");
        }
        let reactivate = "mutation($id: ID!) { reactivateStaff(input: { staffId: $id }) { staff { isActive } errors { code } } }";
        admin.client.run(reactivate, json!({ "id": bea.id })).await.ok();
        desk.sign_in("bea@example.com", PASSWORD).await;
    }
}
