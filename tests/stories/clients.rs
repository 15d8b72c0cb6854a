//! Clients sign in like colleagues, and see what is theirs.

use serde_json::{Value, json};

use super::desk::{Desk, SIGN_IN, credentials};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, both};

both! {
    /// A client who has not shown yet that mail reaches them is as unknown as anybody, whatever the password.
    async fn a_client_signs_in_once_mail_reaches_them(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let message = desk.message("Ada", "Hello").await;
        let sql = desk.sql().await;
        let id = if sql.is_sqlite() { "x'0190a5f0000070008000000000000002'" } else { "'0190a5f0000070008000000000000002'::uuid" };
        // With the administrator's password.
        sql.run(&format!(
            "INSERT INTO users (id, kind, email, name, password_hash, role_id, is_active, token_version, created_at, updated_at) \
             SELECT {id}, 'client', 'cleo@example.com', 'Cleo', u.password_hash, r.id, u.is_active, 1, u.created_at, u.updated_at \
             FROM users u, roles r WHERE u.email = '{ADMIN_EMAIL}' AND r.name = 'CLIENT'"
        ))
        .await;
        let wrong = desk.web.run(SIGN_IN, credentials("cleo@example.com", "not the password")).await;
        let unknown = desk.web.run(SIGN_IN, credentials("nobody@example.com", "not the password")).await;
        assert_eq!(wrong.json, unknown.json);
        let early = desk.web.run(SIGN_IN, credentials("cleo@example.com", ADMIN_PASSWORD)).await;
        assert_eq!(early.json, unknown.json);
        assert_eq!(early.data("signIn.session"), &Value::Null);

        sql.run("UPDATE users SET email_verified_at = created_at WHERE email = 'cleo@example.com'").await;
        let cleo = desk.sign_in("cleo@example.com", ADMIN_PASSWORD).await;
        assert_eq!(cleo.id, "cli_0190a5f0000070008000000000000002");
        let own = cleo.client.run("query($id: ID!) { viewer { permissions user { __typename } sessions { totalCount } } node(id: $id) { id } }", json!({ "id": cleo.id })).await.ok();
        assert_eq!(own.data("viewer"), &json!({ "permissions": [], "user": { "__typename": "Client" }, "sessions": { "totalCount": 1 } }));
        assert_eq!(own.string("node.id"), cleo.id);
        for list in ["messages", "visitors", "staffMembers", "clients", "auditLogs"] {
            let answer = cleo.client.run(&format!("{{ {list} {{ totalCount }} }}"), json!({})).await;
            assert_eq!(answer.error_code(), "FORBIDDEN", "{list}");
        }
        let ids = json!({ "ids": [message, admin.id], "staff": admin.id });
        let seen = cleo.client.run("query($ids: [ID!]!, $staff: ID!) { nodes(ids: $ids) { id } staff(id: $staff) { id } }", ids).await.ok();
        assert_eq!(seen.json["data"], json!({ "nodes": [null, null], "staff": null }));
        let sessions = cleo.client.run("query($id: ID!) { sessions(userId: $id) { totalCount } }", json!({ "id": admin.id })).await;
        assert_eq!(sessions.error_code(), "FORBIDDEN");

        let no = if sql.is_sqlite() { "0" } else { "false" };
        sql.run(&format!("UPDATE users SET is_active = {no} WHERE email = 'cleo@example.com'")).await;
        let gone = desk.web.run(SIGN_IN, credentials("cleo@example.com", ADMIN_PASSWORD)).await;
        assert_eq!(gone.json, unknown.json, "who was let go is as unknown as anybody");
    }
}
