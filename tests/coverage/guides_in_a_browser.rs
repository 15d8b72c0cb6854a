//! What people write into guides, as a browser shows it.

use serde_json::{Value, json};

use super::{clients::node, graphiql::chromium};
use crate::stories::desk::Desk;
use crate::support::Backend;

/// What has meant something to a browser once, a line each. Whatever of it would run calls `alert`.
const CORPUS: &str = include_str!("../support/xss.txt");

/// Each line of the corpus becomes a guide, alone and inside of a text; the guides are read signed out, shown in a real browser,
/// and nothing of them runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guides_run_no_script_in_a_browser() {
    let desk = Desk::open(Backend::Sqlite).await;
    let admin = desk.admin().await;
    let make = "mutation { createGuideCategory(input: { name: \"Corpus\" }) { guideCategory { id } } }";
    let made = admin.client.run(make, Value::Null).await.ok();
    let category = made.string("createGuideCategory.guideCategory.id");
    let create = "mutation($input: CreateGuideInput!) { createGuide(input: $input) { guide { id content } errors { code path } } }";
    let publish = "mutation($id: ID!) { publishGuide(input: { guideId: $id }) { errors { message } } }";
    let (mut lines, mut shown) = (0, 0);
    for (number, line) in CORPUS.lines().enumerate() {
        lines += 1;
        for text in [line.to_owned(), format!("<h2>Before</h2><p>so {line} far</p><ul><li>after</ul>")] {
            let input = json!({ "title": format!("Line {}", number + 1), "categoryId": category, "type": "HTML", "content": text });
            let made = admin.client.run(create, json!({ "input": input })).await;
            let errors = made.user_errors("createGuide");
            if let Some(error) = errors.first() {
                // Nothing of it is left.
                assert_eq!((error.code.as_str(), error.path.as_str()), ("BLANK", "input.content"), "{text}");
                assert!(!text.contains("Before") || text.contains("plaintext"), "{text}");
                continue;
            }
            let id = made.string("createGuide.guide.id");
            admin.client.run(publish, json!({ "id": id })).await.ok();
            shown += 1;
        }
    }
    assert!(lines >= 60 && shown >= lines, "{lines} lines, {shown} guides");
    let (base, chromium) = (desk.server.base().to_owned(), chromium());
    let said = tokio::task::spawn_blocking(move || node("browser", &["guides.mjs", &base, &chromium]));
    let said: Value = serde_json::from_str(said.await.expect("the script ends").trim()).expect("a line of JSON");
    assert_eq!(said["shown"], shown);
}
