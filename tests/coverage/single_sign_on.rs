//! An identity provider of a tenant's, with the administrator's account there and a client who came from there.

use serde_json::{Value, json};

use super::harness::Home;
use crate::support::idp::{CLIENT_ID, Idp};
use crate::support::svix::{Sent, saved, secret};
use crate::support::{ADMIN_EMAIL, chance};

/// What belongs to signing in elsewhere.
pub struct SingleSignOn {
    /// The provider itself.
    pub idp: Idp,
    /// Its id.
    pub provider: String,
    /// The administrator's account there.
    pub identity: String,
    /// The id of the role STAFF.
    pub role: String,
}

impl SingleSignOn {
    /// Makes it.
    pub async fn make(home: &Home) -> Self {
        let (idp, secret) = (Idp::start().await, secret());
        let (clients, role) = (role(home, "CLIENT").await, role(home, "STAFF").await);
        let create = "mutation($input: CreateIdentityProviderInput!) { createIdentityProvider(input: $input) { \
            identityProvider { id webhookPath } errors { code path message } } }";
        let input = json!({ "name": chance::name("provider"), "issuer": idp.issuer, "clientId": CLIENT_ID,
            "clientSecret": idp.secret, "redirectUris": ["https://desk.example.com/"], "webhookSecret": secret,
            "creates": "CLIENT", "createsWith": clients });
        let made = home.admin.run(create, json!({ "input": input })).await.ok();
        let provider = made.string("createIdentityProvider.identityProvider.id");
        let path = made.string("createIdentityProvider.identityProvider.webhookPath");
        // Otherwise the administrator's password would end when they are found.
        let shown = "UPDATE users SET email_verified_at = '2026-01-01T00:00:00+00:00'";
        home.sql.run(&format!("{shown} WHERE email = '{ADMIN_EMAIL}'")).await;
        for (subject, email) in [("admin", ADMIN_EMAIL), ("client", "client@example.com")] {
            let told = Sent::new(&secret, &saved("user.created", subject, email, 1, json!({})));
            assert_eq!(told.to(&home.visitor, &path).await.status, 204);
        }
        // Not by the viewer, who is believed for two seconds after.
        let known = "{ staffMembers { nodes { email externalIdentities { id } } } }";
        let known = home.admin.run(known, Value::Null).await.ok();
        let admin = known.list("staffMembers.nodes").iter().find(|staff| staff["email"] == ADMIN_EMAIL);
        let identity =
            admin.expect("the administrator")["externalIdentities"][0]["id"].as_str().expect("an id").to_owned();
        Self { idp, provider, identity, role }
    }

    /// What the administrator comes back with, to complete a sign-in.
    pub async fn back(&self, home: &Home) -> Value {
        let begin = "mutation($id: ID!) { beginOidcSignIn(input: { providerId: $id }) { authorizationUrl flowToken \
            errors { code } } }";
        let begun = home.visitor.run(begin, json!({ "id": self.provider })).await.ok();
        let back = self.idp.visit(&begun.string("beginOidcSignIn.authorizationUrl"), json!({ "sub": "admin" }));
        json!({ "flowToken": begun.string("beginOidcSignIn.flowToken"), "state": back.state, "code": back.code })
    }
}

/// The id of a built-in role.
async fn role(home: &Home, name: &str) -> String {
    let hex = if home.is_sqlite() { "lower(hex(id))" } else { "replace(id::text, '-', '')" };
    format!("rol_{}", home.sql.texts(&format!("SELECT {hex} FROM roles WHERE name = '{name}'")).await[0])
}
