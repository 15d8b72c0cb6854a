//! Whoever tries many passwords, or sends many messages, is slowed down, however they are packed.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::desk::{Desk, SIGN_IN, SOON, SUBMIT, credentials};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Options, Socket, both};

/// What a script may try on one account, and from one address.
const BY_ACCOUNT: usize = 10;
const BY_ADDRESS: usize = 100;
const MESSAGES: usize = 20;

both! {
    /// A script tries passwords on three accounts: by aliases in one document, in one document after the other, and over
    /// one WebSocket. Each account gets its ten attempts and no more; then the address has used up its own.
    async fn passwords_cannot_be_tried_in_bulk(backend) {
        let desk = Desk::limited(backend, Options::new()).await;
        let admin = desk.admin().await;

        // Two hundred in one document, and in one batch, are not even begun; twenty are twenty.
        let aliased = |count: usize| {
            let guess = |n| format!(r#" a{n}: signIn(input: {{ email: "aliased@example.com", password: "guess {n} guess" }}) {{ errors {{ code }} }}"#);
            format!("mutation Try {{{} }}", (0..count).map(guess).collect::<String>())
        };
        assert_eq!(desk.web.run(&aliased(200), json!({})).await.error_code(), "QUERY_TOO_COMPLEX");
        let one = json!({ "query": aliased(1) });
        assert_eq!(desk.web.post(json!(vec![one; 200])).await.status, 400);
        limited(&desk.web.run(&aliased(20), json!({})).await.json);

        for n in 0..=BY_ACCOUNT {
            let answer = desk.web.run(SIGN_IN, credentials("single@example.com", &format!("guess {n} guess"))).await;
            if n < BY_ACCOUNT {
                assert_eq!(answer.user_errors("signIn")[0].code, "INVALID_CREDENTIALS");
            } else {
                limited(&answer.json);
                assert_eq!(answer.error_code(), "RATE_LIMITED");
            }
        }

        let mut socket = Socket::connect(desk.server.base(), None).await;
        for n in 0..=BY_ACCOUNT {
            socket.subscribe(&n.to_string(), SIGN_IN, credentials("socket@example.com", "guess guess guess")).await;
            let frame = socket.next(SOON).await;
            assert_eq!(frame.kind, "next", "{frame:?}");
            if n == BY_ACCOUNT {
                limited(&frame.payload);
            } else {
                assert_eq!(frame.data("signIn.errors.0.code"), "INVALID_CREDENTIALS");
            }
            assert_eq!(socket.next(SOON).await.kind, "complete");
        }

        // 1 + 11 + 11 + 11 are used up, or more where all aliases were run; different accounts do not help.
        let mut answered = 0;
        let last = loop {
            let answer = desk.web.run(SIGN_IN, credentials(&format!("victim{answered}@example.com"), "guess guess guess")).await;
            if !answer.errors().is_empty() {
                break answer;
            }
            answered += 1;
            assert!(answered < BY_ADDRESS, "the address is not limited");
        };
        limited(&last.json);
        assert_eq!(last.error_code(), "RATE_LIMITED");
        assert!(answered >= BY_ADDRESS - 1 - 20 - 2 * (BY_ACCOUNT + 1), "too early: {answered}");
        let right = desk.web.run(SIGN_IN, credentials(ADMIN_EMAIL, ADMIN_PASSWORD)).await;
        assert_eq!(right.error_code(), "RATE_LIMITED", "the right password is not even tried");

        let query = "query Refused($after: String) { auditLogs(first: 100, after: $after, filter: { eventType: { eq: \"session.refused\" } }) {
            nodes { newValues } pageInfo { hasNextPage endCursor } } }";
        let trail = admin.client.run(query, json!({})).await.ok();
        assert_eq!(trail.data("auditLogs.pageInfo.hasNextPage"), &json!(false));
        let mut tried: HashMap<String, usize> = HashMap::new();
        for row in trail.list("auditLogs.nodes") {
            *tried.entry(row["newValues"]["email"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        for account in ["aliased@example.com", "single@example.com", "socket@example.com"] {
            assert_eq!(tried.get(account), Some(&BY_ACCOUNT), "{account} in {tried:?}");
        }
    }

    /// Somebody mistypes a few times and then gets it right: the count begins anew.
    async fn who_gets_in_starts_anew(backend) {
        let desk = Desk::limited(backend, Options::new()).await;
        for _ in 0..3 {
            for _ in 0..BY_ACCOUNT - 1 {
                let answer = desk.web.run(SIGN_IN, credentials(ADMIN_EMAIL, "mistyped mistyped")).await;
                assert_eq!(answer.user_errors("signIn")[0].code, "INVALID_CREDENTIALS");
            }
            desk.admin().await;
        }
    }

    /// A whole office comes from one address in the morning: those who get in use up nothing of what may be tried from it.
    async fn who_gets_in_uses_up_no_attempt(backend) {
        let desk = Desk::limited(backend, Options::new()).await;
        for _ in 0..=BY_ADDRESS {
            desk.admin().await;
        }
        let wrong = desk.web.run(SIGN_IN, credentials("nobody@example.com", "guess guess guess")).await;
        assert_eq!(wrong.user_errors("signIn")[0].code, "INVALID_CREDENTIALS");
    }

    /// A form that is filled in by a script stops being taken, and says when to come back. Filled-in traps count too.
    async fn messages_are_limited_by_address(backend) {
        let desk = Desk::limited(backend, Options::new()).await;
        for n in 0..MESSAGES {
            let trap = (n % 2 == 0).then_some("https://spam.example");
            desk.submit(json!({ "name": "Bot", "email": format!("bot{n}@bots.example"), "content": "Buy", "website": trap })).await;
        }
        let input = json!({ "name": "Bot", "email": "bot@bots.example", "content": "Buy" });
        let refused = desk.web.run(SUBMIT, json!({ "input": input })).await;
        assert_eq!(refused.error_code(), "RATE_LIMITED");
        limited(&refused.json);
        let admin = desk.admin().await;
        let all = admin.client.run("{ messages { totalCount } }", json!({})).await.ok();
        assert_eq!(all.data("messages.totalCount"), &json!(MESSAGES / 2));
    }
}

/// Among the answer's errors is one that says to come back later, and when.
#[track_caller]
fn limited(answer: &Value) {
    let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("no errors in {answer}"));
    let extensions = &errors[0]["extensions"];
    assert_eq!(extensions["code"], "RATE_LIMITED", "{answer}");
    assert!(extensions["retryAfterSeconds"].as_u64().is_some_and(|wait| (1..=900).contains(&wait)), "{answer}");
    assert!(errors.iter().all(|error| error["extensions"]["code"] == "RATE_LIMITED"), "{answer}");
}
