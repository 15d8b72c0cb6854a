//! Data to look around in, and a lot of it.

use serde_json::{Value, json};

use super::{Site, enter};
use crate::support::{Backend, Client, PATIENCE, both, secrets, until};

const PAGE: &str = "query Page { messages(first: 100, orderBy: [{ field: CREATED_AT }]) { totalCount \
     nodes { id name email content status createdAt assignee { id name } visitor { id } replies(first: 5) { nodes { id content } } } } \
     visitors(first: 50) { totalCount nodes { id email } } staffMembers(first: 20) { totalCount nodes { id email role { name } } } }";

const SIZE: [&str; 7] = ["seed", "--messages", "2000", "--visitors", "500", "--staff", "10"];

/// A seeded site's first page, as somebody sees it who was there before.
async fn seeded(backend: Backend) -> Value {
    let site = Site::new(backend);
    site.tenant("main", "a password for main 1").await;
    site.run(SIZE).await.ok();
    let server = site.serve().await;
    let boss = enter(&Client::new(server.base()), "boss@example.com", "a password for main 1").await;
    let mut page = boss.run(PAGE, Value::Null).await.ok().json["data"].take();
    // The administrator was added by hand, under an id of that moment.
    let staff = page["staffMembers"]["nodes"].as_array_mut().expect("a list");
    staff.retain(|person| person["email"] != "boss@example.com");
    let again = site.run(SIZE).await.refused();
    assert!(again.err.contains("messages already"), "{again}");
    let verified = site.run(["audit", "verify"]).await.ok();
    assert!(verified.out.starts_with("whole: "), "{verified}");
    page
}

both! {
    /// The same arguments make the same data, ids and times included, whenever and wherever; and it is never mixed with
    /// data that is there.
    async fn seeds_are_always_the_same(backend) {
        let (one, other) = tokio::join!(seeded(backend), seeded(backend));
        assert_eq!(one["messages"]["totalCount"], 2000);
        assert_eq!(one["visitors"]["totalCount"], 500);
        assert_eq!(one["staffMembers"]["totalCount"], 11);
        assert_eq!(one["messages"]["nodes"].as_array().expect("a list").len(), 100);
        assert!(one == other, "two seeds differ");
    }

    /// `FRONTDESK_DEMO=1` needs nothing else: it makes a key of its own and prints a sign-in that works. A second start
    /// finds everything as it was.
    async fn a_demo_can_be_signed_in_to(backend) {
        let site = Site::new(backend);
        let demo = site.options().without("FRONTDESK_SECRET_KEY").without("FRONTDESK_ADMIN_EMAIL").without("FRONTDESK_ADMIN_PASSWORD");
        let mut server = site.serve_with(demo.env("FRONTDESK_DEMO", "1")).await;
        server.said("password   ").await;
        let output = server.output();
        let word = |name: &str| {
            let line = output.lines().find_map(|line| line.trim().strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name}:\n{output}")).trim().to_owned()
        };
        let (email, password) = (word("sign in "), word("password "));
        let nobody = Client::new(server.base());
        let staff = enter(&nobody, &email, &password).await;
        // Something of everything.
        let lists = [
            "messages", "staffMembers", "chats", "consultations", "newsletterSubscriptions", "tags", "savedReplies", "visitors", "clients",
            "tickets", "projects", "guides", "helpDocuments", "serviceLevelPolicies",
            "effectivenessBatches",
        ];
        let count = format!("query Count {{ {} }}", lists.map(|list| format!("{list} {{ totalCount }} ")).concat());
        let counted = async || {
            let found = staff.run(&count, json!({})).await.ok();
            lists.map(|list| (list, found.data(&format!("{list}.totalCount")).as_i64().expect("a number")))
        };
        let before = counted().await;
        assert!(before.iter().all(|(_, number)| *number >= 2), "{before:?}");

        // The last days come from the demo's own B2Chat, each chat and each line once.
        let run = "{ syncRuns(first: 1) { nodes { status createdCount failedCount incompleteDays dayCount errorMessage } } }";
        let run = until("B2Chat is read", PATIENCE, async || {
            let found = staff.run(run, json!({})).await.ok().list("syncRuns.nodes")[0].clone();
            (found["status"] != "IN_PROGRESS").then_some(found)
        })
        .await;
        let said = |field: &str| run[field].as_i64();
        assert_eq!((&run["status"], said("failedCount"), said("incompleteDays"), said("dayCount")), (&json!("SUCCESS"), Some(0), Some(0), Some(10)), "{run}");
        let both = "{ b2chatChats(first: 40, orderBy: { field: CREATED_AT, direction: DESC }) { totalCount nodes { messageCount messages(first: 20) { nodes { text sentAt } } } } }";
        let both = staff.run(both, json!({})).await.ok();
        for chat in both.list("b2chatChats.nodes") {
            let lines = chat["messages"]["nodes"].as_array().expect("lines");
            let different: std::collections::BTreeSet<_> = lines.iter().map(|line| line["text"].to_string()).collect();
            assert_eq!((different.len(), json!(lines.len())), (lines.len(), chat["messageCount"].clone()), "{chat}");
        }

        let length = output.len();
        server.restart().await;
        assert_eq!(counted().await, before);
        assert!(!server.output()[length..].contains("password"), "it is not known any more");
        enter(&nobody, &email, &password).await;
        // A client sees what is theirs, and is answered from what is published.
        let address = word("or as ");
        let client = enter(&nobody, address.trim_end_matches(", a client"), &password).await;
        let theirs = "{ tickets { totalCount nodes { comments { nodes { visibility } } } } projects { totalCount } helpCenter { guides { totalCount } } }";
        let theirs = client.run(theirs, json!({})).await.ok();
        assert_eq!((theirs.data("tickets.totalCount"), theirs.data("projects.totalCount")), (&json!(4), &json!(2)), "{theirs}");
        assert!(!theirs.text.contains("INTERNAL"), "{theirs}");
        assert_eq!(theirs.data("helpCenter.0.guides.totalCount"), &json!(2), "{theirs}");
        assert_eq!(theirs.list("helpCenter").len(), 2, "what is for colleagues alone has no heading either: {theirs}");
        assert_eq!(server.places_of(&password), ["output"], "it is printed once");
        secrets::shown(server.base(), &password);
        assert_eq!(site.files_with(&password), Vec::<std::path::PathBuf>::new(), "and kept nowhere");
    }
}
