//! People who change how they sign in, for the test that each change leaves its row.

use serde_json::{Value, json};

use super::harness::{Harness, Home, PASSWORD};
use super::sdl::Root;
use crate::support::Client;
use crate::support::totp::Authenticator;

/// Somebody new with the arguments that change how they sign in, or whom to reset.
pub async fn own_access(root: &Root, stand: &Harness, home: &Home) -> Option<(Client, Value)> {
    let email = format!("{}@example.com", root.name.to_lowercase());
    let enrolled = match root.name.as_str() {
        "changePassword" | "beginTotpEnrolment" => 0,
        "confirmTotp" | "resetTotp" => 1,
        "disableTotp" | "regenerateRecoveryCodes" => 2,
        _ => return None,
    };
    let client = stand.colleague(home, &email, "STAFF").await;
    let (mut code, mut recovery) = (String::new(), String::new());
    if enrolled > 0 {
        let begin = "mutation($p: String!) { beginTotpEnrolment(input: { password: $p }) { enrolment { secret } errors { code } } }";
        let begun = client.run(begin, json!({ "p": PASSWORD })).await.ok();
        code = Authenticator::new(&begun.string("beginTotpEnrolment.enrolment.secret")).code(0);
    }
    if enrolled > 1 {
        let confirm = "mutation($c: String!) { confirmTotp(input: { code: $c }) { recoveryCodes errors { code } } }";
        let confirmed = client.run(confirm, json!({ "c": code })).await.ok();
        recovery = confirmed.string("confirmTotp.recoveryCodes.0");
    }
    let input = match root.name.as_str() {
        "changePassword" => json!({ "currentPassword": PASSWORD, "newPassword": "something else entirely 4" }),
        "beginTotpEnrolment" => json!({ "password": PASSWORD }),
        "confirmTotp" => json!({ "code": code }),
        "resetTotp" => {
            let user = client.run("{ viewer { user { id } } }", Value::Null).await.ok().string("viewer.user.id");
            return Some((home.admin.clone(), json!({ "input": { "userId": user } })));
        }
        _ => json!({ "password": PASSWORD, "code": recovery }),
    };
    Some((client, json!({ "input": input })))
}
