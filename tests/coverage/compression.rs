//! What is large comes in fewer bytes to whoever asks for it, unless it could carry a secret.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::sdl::{Sdl, TEXT, named};
use crate::running::{Site, enter, submission, submit};
use crate::support::secrets::SECRET;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Client, Options, Server, both, upload};

const UPLOAD: &str =
    "mutation Up($file: Upload!) { uploadFile(input: { file: $file }) { file { id } errors { code } } }";
const LIST: &str = "query List { messages(first: 50) { nodes { id content } } }";
/// Answers more than a kilobyte to a mutation.
const LONG: &str =
    "mutation Long($input: SubmitMessageInput!) { submitMessage(input: $input) { a: __typename %s errors { code } } }";

/// The bytes and the encoding of an answer to a client that takes these encodings.
async fn asked(client: &Client, method: Method, path: &str, body: String, takes: &str) -> (String, Vec<u8>) {
    let sent =
        client.header("accept-encoding", takes).request(method, path).body(body).send().await.expect("an answer");
    let encoding = sent.headers().get("content-encoding").map(|value| value.to_str().expect("a word").to_owned());
    (encoding.unwrap_or_default(), sent.bytes().await.expect("a whole answer").to_vec())
}

fn unpacked(bytes: &[u8]) -> String {
    let mut plain = Vec::new();
    brotli::BrotliDecompress(&mut &bytes[..], &mut plain).expect("Brotli");
    String::from_utf8(plain).expect("a text")
}

both! {
    /// What a query found is compressed as asked for. What is small, what answers a mutation, refusals and streams are not.
    async fn large_answers_are_compressed_and_secrets_never(backend) {
        let site = Site::new(backend);
        let server = site.serve().await;
        let nobody = Client::new(server.base());
        let staff = enter(&nobody, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        for number in 0..20 {
            submit(&nobody, &format!("message {number} {}", "of many words ".repeat(10))).await;
        }
        let post = async |query: &str, variables: Value, takes: &str| {
            asked(&staff, Method::POST, "/graphql", json!({ "query": query, "variables": variables }).to_string(), takes).await
        };
        let (none, plain) = post(LIST, Value::Null, "identity").await;
        assert_eq!((none.as_str(), plain.len() > 2000), ("", true));
        for (takes, encoding) in [("br", "br"), ("gzip", "gzip"), ("zstd", "zstd"), ("gzip;q=0, br", "br")] {
            let (found, packed) = post(LIST, Value::Null, takes).await;
            assert_eq!(found, encoding, "{takes}");
            assert!(packed.len() * 3 < plain.len(), "{takes}: {} of {}", packed.len(), plain.len());
            if encoding == "br" {
                assert_eq!(unpacked(&packed), String::from_utf8_lossy(&plain));
            }
        }
        let all = "gzip, br, zstd";
        assert_eq!(post("{ viewer { permissions } __typename }", Value::Null, "identity").await.0, "");
        assert_eq!(post("{ __typename }", Value::Null, all).await.0, "", "small");
        let many: String = (0..30).map(|number| format!("a{number:0>60}: __typename ")).collect();
        let (encoding, answer) = post(&LONG.replace("%s", &many), submission("hello"), all).await;
        assert!(answer.len() > 2000 && encoding.is_empty(), "{encoding} {}", String::from_utf8_lossy(&answer));
        let wrong: String = (0..100).map(|number| format!("nothing{number} ")).collect();
        assert_eq!(post(&format!("{{ {wrong} }}"), Value::Null, all).await.0, "", "a refusal");
        let stream = staff.header("accept", "text/event-stream");
        let query = json!({ "query": LIST }).to_string();
        assert_eq!(asked(&stream, Method::POST, "/graphql", query, all).await.0, "", "a stream");

        // Whoever has the link has the file.
        let sent = staff.run(UPLOAD, json!({ "file": upload("hello.txt", "Hello") })).await.ok();
        let id = sent.string("uploadFile.file.id");
        for (link, packed) in [("", "zstd"), ("link { url }", "")] {
            let file = format!("query Of($id: ID!) {{ node(id: $id) {{ ... on File {{ id {many} {link} }} }} }}");
            let answer = post(&file, json!({ "id": id }), "zstd").await;
            assert_eq!((answer.0.as_str(), answer.1.len() > 2000), (packed, packed.is_empty()), "{link}");
        }
    }
}

/// The page at the printed address says where everything is, and loads what is there. The schema is served as it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_front_page_leads_on() {
    let server = Server::start(Backend::Sqlite, Default::default()).await;
    let nobody = Client::new(server.base());
    let page = nobody.get("/").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let linked = page.text.split("href=\"").chain(page.text.split("src=\"")).filter_map(|part| part.split_once('"'));
    let linked: BTreeSet<_> = linked.map(|(link, _)| link).filter(|link| link.starts_with('/')).collect();
    assert!(
        linked.contains("/graphiql") && linked.contains("/schema.graphql") && linked.contains("/healthz"),
        "{linked:?}"
    );
    for link in linked {
        assert_eq!(nobody.get(link).await.status, 200, "{link}");
    }
    assert!(!page.text.contains("<!--"), "{}", page.text);
    let schema = nobody.get("/schema.graphql").await;
    assert!(schema.text == TEXT, "not what is checked in");
    let (encoding, packed) = asked(&nobody, Method::GET, "/schema.graphql", String::new(), "br").await;
    assert_eq!((encoding.as_str(), unpacked(&packed).as_str()), ("br", TEXT));

    // The playground's own files and npm's, in whichever way they are embedded.
    for file in ["/graphiql", "/graphiql/app.js", "/graphiql/graphiql.min.js"] {
        let (none, plain) = asked(&nobody, Method::GET, file, String::new(), "identity").await;
        let (encoding, packed) = asked(&nobody, Method::GET, file, String::new(), "gzip, br").await;
        assert_eq!((none.as_str(), encoding.as_str()), ("", "br"), "{file}");
        assert_eq!(unpacked(&packed), String::from_utf8(plain).expect("a text"), "{file}");
    }
}

/// Whoever may not ask the API for its schema does not get it as text either, and is not led there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_schema_is_text_only_where_everybody_may_ask_for_it() {
    for setting in ["signed_in", "off"] {
        let server = Server::start(Backend::Sqlite, Options::new().env("FRONTDESK_INTROSPECTION", setting)).await;
        let nobody = Client::new(server.base());
        let page = nobody.get("/").await;
        assert!(page.status == 200 && page.text.contains("/graphiql"), "{}", page.text);
        assert!(!page.text.contains("schema") && !page.text.contains("<!--"), "{}", page.text);
        let schema = nobody.get("/schema.graphql").await;
        assert_eq!((schema.status, schema.error_code()), (404, "NOT_FOUND"), "{setting}");
    }
}

/// Nothing that a query can answer is a token or a secret: that is why what it answers may be compressed.
#[test]
fn no_query_answers_with_a_secret() {
    // Names of settings and templates, the state of a delivery, an answer and a service level, and the link to a file, with which nothing is compressed.
    const INNOCENT: [(&str, &str); 13] = [
        ("Setting", "key"),
        ("EmailTemplate", "key"),
        ("NotificationDelivery", "state"),
        ("AssistantMessage", "state"),
        ("ServiceLevel", "state"),
        ("LeadImport", "state"),
        ("ErrorGroup", "code"),
        ("ErrorLog", "code"),
        ("ScoreRuleSet", "state"),
        ("FileLink", "url"),
        ("Export", "downloadUrl"),
        ("PersonExport", "downloadUrl"),
        ("MetricGroup", "key"),
    ];
    let sdl = Sdl::exported();
    let (mut seen, mut next) = (BTreeSet::new(), vec!["Query".to_owned()]);
    while let Some(ty) = next.pop() {
        if !seen.insert(ty.clone()) {
            continue;
        }
        for field in sdl.fields(&ty) {
            let name = field.name.node.as_str();
            assert!(!SECRET.contains(&name) || INNOCENT.contains(&(&ty, name)), "{ty}.{name}");
            next.push(named(&field.ty.node).to_owned());
        }
        next.extend(sdl.implementors(&ty));
    }
    assert!(seen.len() > 60, "{}", seen.len());
}
