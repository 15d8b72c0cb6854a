//! The search itself: it learns what is secret, and finds it.

use std::panic::catch_unwind;

use serde_json::json;

use super::{expect_none, serves, told};

const BASE: &str = "http://127.0.0.1:1";
const DATABASE: &str = "sqlite:///nowhere/secrets.db";

fn found(text: &str) -> bool {
    let places = [("a place".to_owned(), text.as_bytes().to_vec())];
    catch_unwind(|| expect_none(DATABASE, places)).is_err()
}

#[test]
fn what_is_told_is_found() {
    serves(BASE, DATABASE);
    told(
        BASE,
        &json!({
            "query": "mutation { signIn(input: { email: \"a@example.com\", password: \"inside a document\" }) { session { id } } }",
            "variables": { "input": { "newPassword": "in a variable, so", "note": "said to everybody" } },
        }),
    );
    told(
        BASE,
        &json!({
            "enrolTotp": { "secret": "GEZDGNBVGY3TQOJQ", "recoveryCodes": ["abcde-fghij-klmno"] },
            "createApiKey": { "key": "fd_live_0123456789", "apiKey": { "id": "key_01a1ffb0f6d37000825b1abc7b92fb00" } },
            "setting": { "key": "registration.open", "code": "NOT_AVAILABLE_NOW" },
        }),
    );
    for secret in [
        "in a variable, so",
        "inside a document",
        "GEZDGNBVGY3TQOJQ",
        "abcde-fghij-klmno",
        "fd_live_0123456789",
        "66645f6c6976655f30313233343536373839",
    ] {
        assert!(found(&format!("before {secret} after")), "{secret}");
    }
    for harmless in ["said to everybody", "a@example.com", "registration.open", "NOT_AVAILABLE_NOW"] {
        assert!(!found(harmless), "{harmless}");
    }
}
