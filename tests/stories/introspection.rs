//! Who may ask what the API is like, and who is helped with its names.

use serde_json::{Value, json};

use super::desk::{Desk, Person, VIEWER};
use crate::support::{Answer, Backend, Options, both};

const SCHEMA: &str = "{ __schema { queryType { name } } }";

async fn open(backend: Backend, setting: &str) -> (Desk, Person) {
    let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_INTROSPECTION", setting)).await;
    let admin = desk.admin().await;
    (desk, admin)
}

fn is_told(answer: &Answer) -> bool {
    answer.errors().is_empty() && answer.data("__schema.queryType.name") == &json!("Query")
}

both! {
    /// Everybody, those who are signed in, or nobody asks for the schema; what else is asked is answered as ever.
    async fn who_may_ask_for_the_schema_is_a_setting(backend) {
        for (setting, stranger, known) in [
            ("open", None, None), ("signed_in", Some("UNAUTHENTICATED"), None), ("off", Some("FORBIDDEN"), Some("FORBIDDEN")),
        ] {
            let (desk, admin) = open(backend, setting).await;
            for document in [SCHEMA, "{ ...f } fragment f on Query { a: __schema { queryType { name } } }", "{ __type(name: \"Query\") { name } }"] {
                for (client, refusal) in [(&desk.web, stranger), (&admin.client, known)] {
                    let answer = client.run(document, Value::Null).await;
                    match refusal {
                        Some(code) => assert_eq!(answer.error_code(), code, "{setting} {document}"),
                        None => assert!(answer.errors().is_empty(), "{setting} {document}: {answer}"),
                    }
                }
            }
            assert_eq!(is_told(&admin.client.run(SCHEMA, Value::Null).await), known.is_none());
            let named = admin.client.run("{ __typename viewer { __typename } }", Value::Null).await.ok();
            assert_eq!(named.data("__typename"), "Query");
            assert!(admin.client.run(VIEWER, Value::Null).await.errors().is_empty());
        }
    }

    /// Who mistypes a name is shown the nearest ones when they are signed in; a stranger, who could read the schema by
    /// guessing, is not.
    async fn the_nearest_names_are_suggested_to_those_who_are_signed_in(backend) {
        let (desk, admin) = open(backend, "signed_in").await;
        for (document, nearest) in [
            ("{ mesages { totalCount } }", "\"messages\""), ("{ messages { totalCuont } }", "\"totalCount\""),
            ("{ messages(fist: 1) { totalCount } }", "\"first\""),
        ] {
            let told = admin.client.run(document, Value::Null).await;
            let message = told.errors()[0]["message"].as_str().expect("a text").to_owned();
            assert_eq!(told.error_code(), "GRAPHQL_VALIDATION_FAILED");
            let (plain, suggested) = message.split_once(" Did you mean ").expect("a suggestion");
            assert!(suggested.starts_with(nearest) && suggested.split(", ").count() <= 3, "{message}");
            let stranger = desk.web.run(document, Value::Null).await;
            assert_eq!(stranger.errors()[0]["message"], plain, "{stranger}");
        }
        let far = admin.client.run("{ zzzzzzzzzz }", Value::Null).await;
        assert!(!far.text.contains("Did you mean"), "{far}");
    }
}
