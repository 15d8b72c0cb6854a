//! Finding messages: every filter alone and together, in words that people and attackers type.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::desk::{ASSIGN, CONVERT, Desk, Person, SET_STATUS};
use crate::support::{Answer, Backend, both, until};

const LIST: &str = "query List($filter: MessageFilter, $orderBy: [MessageOrder!]) {
    messages(filter: $filter, orderBy: $orderBy, first: 100) { totalCount nodes { id name } } }";

/// Five messages, oldest first: Ada (new), Ben (in progress, the administrator's), Cem (archived, Bea's), Dora
/// (converted), Eva (new, Bea's); the times they came at, and who is there.
struct Scene {
    _desk: Desk,
    admin: Person,
    bea: Person,
    times: Vec<String>,
    changes: Vec<String>,
    visitors: Vec<String>,
}

impl Scene {
    async fn set(backend: Backend) -> Self {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let mut ids = Vec::new();
        for (name, content) in [
            ("Ada", "The kitchen tap is leaking"),
            ("Ben", "100% of_the \"quotes\" it's (a+)+$ leaky"),
            ("Cem", "Müllers Straße: Öl läuft aus"),
            ("Dora", "kitchen and bathroom, <b>tagged</b>, see /docs/2.14/plan.pdf at -5 degrees"),
            ("Eva", "nothing leaks"),
        ] {
            ids.push(desk.message(name, content).await);
        }
        let change = async |query: &str, input: Value| admin.client.run(query, json!({ "input": input })).await.ok();
        change(SET_STATUS, json!({ "messageId": ids[1], "status": "IN_PROGRESS" })).await;
        change(SET_STATUS, json!({ "messageId": ids[2], "status": "ARCHIVED" })).await;
        let create =
            "mutation($input: CreateClientInput!) { createClient(input: $input) { client { id } errors { message } } }";
        let client = change(create, json!({ "email": "dora@clients.example", "name": "Dora" })).await;
        change(CONVERT, json!({ "messageId": ids[3], "targetId": client.data("createClient.client.id") })).await;
        change(ASSIGN, json!({ "messageId": ids[4], "assigneeId": bea.id })).await;
        change(ASSIGN, json!({ "messageId": ids[2], "assigneeId": bea.id })).await;
        change(ASSIGN, json!({ "messageId": ids[1], "assigneeId": admin.id })).await;
        let all =
            admin.client.run("{ messages { nodes { createdAt updatedAt visitor { id } } } }", json!({})).await.ok();
        let column = |path: &str| {
            let cells = all.list("messages.nodes").iter().rev().filter_map(|node| node.pointer(path)?.as_str());
            cells.map(str::to_owned).collect::<Vec<_>>()
        };
        let (times, changes, visitors) = (column("/createdAt"), column("/updatedAt"), column("/visitor/id"));
        Self { _desk: desk, admin, bea, times, changes, visitors }
    }

    async fn ask(&self, filter: &Value) -> Answer {
        self.admin.client.run(LIST, json!({ "filter": filter })).await
    }

    /// The initials of whom the filter leaves, oldest first.
    async fn found(&self, filter: Value) -> String {
        initials(&self.ask(&filter).await.ok())
    }
}

both! {
    /// By status, by who has them, by when they came, and by all of these with and, or and not.
    async fn filters_leave_what_they_say(backend) {
        let scene = Scene::set(backend).await;
        let (t, bea, admin) = (&scene.times, scene.bea.id.clone(), scene.admin.id.clone());
        for (filter, expected) in [
            (json!(null), "ABCDE"), (json!({}), "ABCDE"),
            (json!({ "status": { "eq": "NEW" } }), "AE"), (json!({ "status": { "ne": "NEW" } }), "BCD"),
            (json!({ "status": { "in": ["ARCHIVED", "CONVERTED"] } }), "CD"), (json!({ "status": { "in": [] } }), ""),
            (json!({ "status": { "in": ["NEW", "ARCHIVED"], "ne": "NEW" } }), "C"),
            (json!({ "assigneeId": { "eq": bea } }), "CE"), (json!({ "assigneeId": { "eq": "me" } }), "B"),
            (json!({ "assigneeId": { "eq": "none" } }), "AD"), (json!({ "assigneeId": { "isNull": true } }), "AD"),
            (json!({ "assigneeId": { "isNull": false } }), "BCE"), (json!({ "assigneeId": { "in": ["me", bea] } }), "BCE"),
            (json!({ "assigneeId": { "in": ["none", "me"] } }), "ABD"),
            (json!({ "assigneeId": { "in": [admin] } }), "B"), (json!({ "assigneeId": { "in": [] } }), ""),
            (json!({ "createdAt": { "gt": t[1] } }), "CDE"), (json!({ "createdAt": { "gte": t[1] } }), "BCDE"),
            (json!({ "createdAt": { "lt": t[1] } }), "A"), (json!({ "createdAt": { "lte": t[1] } }), "AB"),
            (json!({ "createdAt": { "gt": t[0], "lt": t[3] } }), "BC"), (json!({ "createdAt": { "gt": t[3], "lt": t[0] } }), ""),
            (json!({ "createdAt": { "gte": "2000-01-01T01:00:00+01:00", "lt": "2999-12-31T23:59:59.999999Z" } }), "ABCDE"),
            // Changed in this order: Ada, Dora, Eva, Cem, Ben.
            (json!({ "updatedAt": { "gt": scene.changes[4] } }), "BC"),
            (json!({ "updatedAt": { "lte": scene.changes[4] } }), "ADE"),
            (json!({ "visitorId": { "eq": scene.visitors[3] } }), "D"),
            (json!({ "visitorId": { "in": [scene.visitors[0], scene.visitors[2]] } }), "AC"),
            (json!({ "visitorId": { "isNull": true } }), ""),
            (json!({ "not": { "status": { "eq": "NEW" } } }), "BCD"), (json!({ "not": { "assigneeId": { "eq": bea } } }), "ABD"),
            (json!({ "and": [{ "status": { "eq": "NEW" } }, { "assigneeId": { "isNull": true } }] }), "A"),
            (json!({ "or": [{ "status": { "eq": "ARCHIVED" } }, { "text": "bathroom" }] }), "CD"),
            (json!({ "or": [] }), ""), (json!({ "and": [] }), "ABCDE"),
            (json!({ "status": { "ne": "NEW" }, "or": [{ "assigneeId": { "eq": "me" } }, { "not": { "assigneeId": { "isNull": false } } }] }), "BD"),
        ] {
            assert_eq!(scene.found(filter.clone()).await, expected, "{filter}");
        }
        let hers = scene.bea.client.run(LIST, json!({ "filter": { "assigneeId": { "eq": "me" } } })).await.ok();
        assert_eq!(initials(&hers), "CE", "me is who asks");
    }

    /// Words as people type them: parts, several, in any case, with umlauts, an address; beside other filters and more words.
    async fn words_are_found(backend) {
        let scene = Scene::set(backend).await;
        for (text, expected) in [
            ("kitchen", "AD"), ("KITCHEN", "AD"), ("kitch", "AD"), ("leak", "ABE"), ("kitchen leak", "A"), ("tap   kitchen", "A"),
            ("straße", "C"), ("MÜLLER", "C"), ("öl", "C"), ("muller", "C"), ("STRASSE", "C"), ("Ol lauft", "C"), ("ada", "A"), ("Eva nothing", "E"),
            ("dora@visitors.example", "D"), ("visitors.example", "ABCDE"), ("kitch leak", ""), ("kitch ", ""), ("kitchen ", "AD"), ("\"leak\"", ""), ("itchen", ""), ("tagged", "D"), ("docs plan", "D"), ("14", "D"), ("2.14", "D"), ("-5", "D"), ("kitchen nowhere", ""),
        ] {
            assert_eq!(scene.found(json!({ "text": text })).await, expected, "{text}");
        }
        for (filter, expected) in [
            (json!({ "text": "kitchen", "and": [{ "text": "tap" }] }), "A"), (json!({ "text": "leak", "status": { "eq": "NEW" } }), "AE"),
            (json!({ "text": "leak", "and": [{ "not": { "text": "kitchen" } }] }), "BE"), (json!({ "or": [{ "text": "bathroom" }, { "text": "leak" }] }), "ABDE"),
            (json!({ "and": [{ "or": [{ "text": "bathroom", "and": [{ "text": "tap" }] }, { "text": "leaky" }] }] }), "B"),
        ] {
            assert_eq!(scene.found(filter.clone()).await, expected, "{filter}");
        }
    }

    /// Every spelling of a word finds it, and every script: with its marks or without, in any case and width, a part where
    /// there are no blanks, a name with its signs or without.
    async fn words_are_found_however_they_are_spelt(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        for (name, content) in [
            ("Ada", "A café in the Straße, ｆｕｌｌｗｉｄｔｈ and naïve; ﬁnance, Bild\u{ad}schirm"),
            ("Ben", "认证系统使用JWT令牌"),
            ("Cem", "東京都に住んでいます"),
            ("Dan", "인증아키텍처"),
            ("Eva", "สวัสดีครับ"),
            ("Flo O’Connor-Byrne", "ΟΔΟΣ İstanbul Łódź Rene\u{301}"),
            ("Gus", "OConnor Byrne, cafe"),
        ] {
            desk.message(name, content).await;
        }
        let found = async |text: &str| initials(&admin.client.run(LIST, json!({ "filter": { "text": text } })).await.ok());
        for (text, expected) in [
            ("cafe", "AG"), ("café", "AG"), ("CAFE\u{301}", "AG"), ("naive", "A"), ("strasse", "A"), ("STRASSE", "A"), ("straße", "A"), ("fullwidth", "A"),
            ("finance", "A"), ("bildschirm", "A"), ("schirm", ""), ("令牌", "B"), ("jwt", "B"), ("ＪＷＴ", "B"), ("统使用", "B"), ("牌令", ""), ("住んで", "C"),
            ("京都", "C"), ("す", "C"), ("아키텍처", "D"), ("키", "D"), ("ครับ", "E"), ("ดีค", "E"), ("οδός", "F"), ("istanbul", "F"), ("lodz", "F"), ("rene", "F"),
            ("O'Connor", "FG"), ("oconnor", "FG"), ("o’connor", "FG"), ("connor", "F"), ("OConnor-Byrne", "FG"), ("connor byrne", "F"), ("oconnor byrne", "FG"),
        ] {
            assert_eq!(found(text).await, expected, "{text}");
        }
    }

    /// Signs that make a word another one, signs alone, and telephone numbers in any spelling.
    async fn signs_and_numbers_are_found(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        for (name, content) in [
            ("Ada", "First C++ question, call +44 (0)20 7946 0958"),
            ("Ben", "C# on .NET, invoice #4711"),
            ("Cem", "👍"),
            ("Dora", "Thanks 👍🏽 that was 020 7946 0958 & 100 €"),
            ("Eva", "0207-946 0958 or c"),
        ] {
            desk.message(name, content).await;
        }
        let found = async |text: &str| initials(&admin.client.run(LIST, json!({ "filter": { "text": text } })).await.ok());
        for (text, expected) in [
            ("C++", "A"), ("c++", "A"), ("C#", "B"), (".NET", "B"), ("net", "B"), ("#4711", "B"), ("4711", "B"), ("+44", "A"), ("👍", "CD"), ("👍🏿", "CD"), ("👎", ""),
            ("&", "D"), ("€", "D"), ("100€", "D"), ("020 7946 0958", "ADE"), ("02079460958", "ADE"), ("(020) 7946-0958", "ADE"), ("7946 0958", "ADE"),
            ("2079460958", "ADE"), ("+44 20 7946 0958", "ADE"), ("0044 (0)20 79460958", "ADE"), ("call 020 7946 0958", "A"), ("020 7946 0959", ""), ("c", "ABCE"),
        ] {
            assert_eq!(found(text).await, expected, "{text}");
        }
        // A text without a word leaves nothing out, wherever it stands.
        for filter in [json!({ "text": " " }), json!({ "and": [{ "text": "\u{200b}" }] }), json!({ "or": [{ "text": "" }, { "text": "c++" }] })] {
            let all = admin.client.run(LIST, json!({ "filter": filter })).await.ok();
            assert_eq!(initials(&all), "ABCDE", "{filter}");
        }
        let none = admin.client.run(LIST, json!({ "filter": { "not": { "text": " " } } })).await.ok();
        assert_eq!(initials(&none), "");
        let all_but = admin.client.run(LIST, json!({ "filter": { "not": { "text": "👍" }, "or": [{ "text": "c" }, { "text": "€" }] } })).await.ok();
        assert_eq!(initials(&all_but), "ABE");
    }

    /// Pages of a search follow one another in the list's order and miss nothing, also where more is looked through than is
    /// looked at one by one; counting stops where one says, and who only counts reads no rows.
    async fn a_search_is_paged_like_a_list(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        desk.message("Ada", "the oldest has a needle").await;
        for n in 0..7 {
            desk.message("Ben", &format!("hay and a nail {n}")).await;
        }
        desk.message("Cem", "the next has a needle too").await;
        copies(&desk, 2_100).await;
        desk.message("Dora", "the newest has a needle").await;
        let page = "query Page($text: String!, $first: Int, $after: String, $last: Int, $before: String, $by: [MessageOrder!]) {
            messages(filter: { text: $text }, first: $first, after: $after, last: $last, before: $before, orderBy: $by) {
            totalCount edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage } } }";
        let ask = async |variables: Value| admin.client.run(page, variables).await.ok();
        let names = |answer: &Answer| {
            answer.list("messages.edges").iter().filter_map(|edge| edge["node"]["name"].as_str()?.chars().next()).collect::<String>()
        };
        let cursor = |answer: &Answer, n: usize| answer.list("messages.edges")[n]["cursor"].clone();
        let one = ask(json!({ "text": "needle", "first": 1 })).await;
        assert_eq!((names(&one).as_str(), one.data("messages.pageInfo.hasNextPage")), ("D", &json!(true)));
        let two = ask(json!({ "text": "needle", "first": 2, "after": cursor(&one, 0) })).await;
        assert_eq!((names(&two).as_str(), two.data("messages.pageInfo.hasNextPage")), ("CA", &json!(false)));
        let back = ask(json!({ "text": "needle", "last": 2, "before": cursor(&two, 1) })).await;
        assert_eq!((names(&back).as_str(), back.data("messages.pageInfo.hasPreviousPage")), ("DC", &json!(false)));
        let by = |direction: &str| json!([{ "field": "UPDATED_AT", "direction": direction }, { "field": "CREATED_AT", "direction": "DESC" }]);
        assert_eq!(names(&ask(json!({ "text": "needle", "first": 5, "by": by("ASC") })).await), "ACD");
        assert_eq!(names(&ask(json!({ "text": "needle", "first": 5, "by": by("DESC") })).await), "DCA");
        assert_eq!(names(&ask(json!({ "text": "needle newest", "first": 5 })).await), "D");
        assert_eq!(names(&ask(json!({ "text": "nail", "first": 3 })).await), "BBB");
        assert_eq!(ask(json!({ "text": "hay", "first": 3 })).await.data("messages.totalCount"), &json!(2_107));

        let count = "query Count($text: String!, $limit: Int!) { messages(filter: { text: $text }) { totalCountUpTo(limit: $limit) } }";
        for (text, limit, expected) in [("needle", 2, 2), ("needle", 3, 3), ("needle", 10_000, 3), ("hay", 50, 50), ("hay", 2_107, 2_107), ("hay", 5_000, 2_107), ("", 7, 7), ("nobody", 1, 0)] {
            let counted = admin.client.run(count, json!({ "text": text, "limit": limit })).await.ok();
            assert_eq!(counted.data("messages.totalCountUpTo"), &json!(expected), "{text} {limit}");
        }
        for limit in [0, -1, 10_001] {
            let refused = admin.client.run(count, json!({ "text": "", "limit": limit })).await;
            assert_eq!(refused.error_code(), "BAD_USER_INPUT", "{limit}");
        }
    }

    /// What was written before the words of today is found by its old ones, and by today's as soon as a worker has made them.
    async fn old_messages_get_todays_words(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let id = desk.message("Ada", "a café in Kraków").await;
        let sql = desk.sql().await;
        sql.run(match backend {
            Backend::Postgres => "UPDATE messages SET search_vector = to_tsvector('simple', 'ada a café in kraków')",
            Backend::Sqlite => "UPDATE messages SET search_words = ' ada a café in kraków '",
        }).await;
        let found = async |text: &str| initials(&admin.client.run(LIST, json!({ "filter": { "text": text } })).await.ok());
        assert_eq!((found("ada").await.as_str(), found("cafe").await.as_str()), ("A", ""));
        sql.run(match backend {
            Backend::Postgres => "INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at) SELECT gen_random_uuid(), 'inbox.index_messages', '{\"before\": null}', 'queued', now(), 0, now()",
            Backend::Sqlite => "INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at) SELECT randomblob(16), 'inbox.index_messages', '{\"before\": null}', 'queued', max(created_at), 0, max(created_at) FROM messages",
        }).await;
        // Whoever looks for other work finds this, too.
        admin.reply(&id, "A good choice.").await;
        let nodes = "query Found { messages(filter: { text: \"cafe krakow\" }) { nodes { id } } }";
        until("the words are made", Duration::from_secs(30), async || {
            let now = admin.client.run(nodes, json!({})).await.ok();
            (now.list("messages.nodes").len() == 1).then_some(())
        }).await;
        assert_eq!(sql.number("SELECT count(*) FROM jobs WHERE kind = 'inbox.index_messages'").await, 0);
    }

    /// What attackers type is text like any other: nothing breaks, nothing is a pattern, nothing takes long.
    async fn no_text_is_a_program(backend) {
        let scene = Scene::set(backend).await;
        for (text, expected) in [
            ("%", "B"), ("_", ""), ("100%", "B"), ("of_the", "B"), ("\"quotes\"", "B"), ("it's", "B"), ("(a+)+$", "B"), ("\\", ""), ("", "ABCDE"),
            ("   ", "ABCDE"), ("\u{0}", "ABCDE"), ("\u{200b}", "ABCDE"), ("\\'", ""), ("''", ""), ("\"", ""), ("kit\u{0}chen", ""), ("' OR '1'='1", ""), ("'; DROP TABLE messages; --", ""), ("kitchen & ! | <-> :*", "AD"),
            ("NEAR(kitchen tap)", ""), ("name:Ada", ""), ("kitchen OR öl", ""), ("*", ""), ("🦀", ""), ("\u{202e}kitchen", "AD"),
        ] {
            let since = Instant::now();
            assert_eq!(scene.found(json!({ "text": text })).await, expected, "{text:?}");
            assert!(since.elapsed() < Duration::from_secs(2), "{text:?} took {:?}", since.elapsed());
        }
        assert_eq!(scene.found(json!({ "text": "a ".repeat(100) })).await, "B", "200 characters are a search");
        for text in ["a".repeat(201), "a".repeat(10_000), "(a+)+$".repeat(1700)] {
            let refused = scene.ask(&json!({ "text": text })).await;
            assert_eq!(refused.error_code(), "BAD_USER_INPUT");
        }
        for filter in [
            json!({ "assigneeId": { "eq": "' OR 1=1 --" } }), json!({ "assigneeId": { "eq": "msg_01890a5d-ac96-774b-bcce-b302099a8057" } }),
            json!({ "assigneeId": { "in": vec!["me"; 101] } }), json!({ "createdAt": { "gt": "yesterday" } }), json!({ "status": { "eq": "new" } }),
            json!({ "and": vec![json!({ "text": "a" }); 41] }), json!({ "not": { "not": { "not": { "not": { "text": "a" } } } } }), json!({ "nosuch": 1 }),
        ] {
            let refused = scene.ask(&filter).await;
            assert!(matches!(refused.error_code(), "BAD_USER_INPUT" | "GRAPHQL_VALIDATION_FAILED"), "{refused}");
        }
        assert_eq!(scene.found(json!({})).await, "ABCDE");
    }

    /// Both fields, both directions, and one after the other.
    async fn lists_come_in_the_order_asked_for(backend) {
        let scene = Scene::set(backend).await;
        let order = |field: &str, direction: &str| json!({ "field": field, "direction": direction });
        // Changed last: the assigned ones, in that order; before them the one whose status was set.
        for (order_by, expected) in [
            (json!(null), "EDCBA"), (json!([]), "EDCBA"), (json!([{ "field": "CREATED_AT" }]), "EDCBA"),
            (json!([order("CREATED_AT", "ASC")]), "ABCDE"), (json!([order("CREATED_AT", "DESC")]), "EDCBA"),
            (json!([order("UPDATED_AT", "ASC")]), "ADECB"), (json!([order("UPDATED_AT", "DESC")]), "BCEDA"),
            (json!([order("UPDATED_AT", "ASC"), order("CREATED_AT", "DESC")]), "ADECB"),
        ] {
            let answer = scene.admin.client.run(LIST, json!({ "orderBy": order_by })).await.ok();
            let names: String = answer.list("messages.nodes").iter().filter_map(|node| node["name"].as_str()?.chars().next()).collect();
            assert_eq!(names, expected, "{order_by}");
        }
    }
}

/// So many messages more that are all Ben's first, as new as Cem's.
async fn copies(desk: &Desk, count: usize) {
    let sql = desk.sql().await;
    let (id, words) =
        if sql.is_sqlite() { ("randomblob(16)", "search_words") } else { ("gen_random_uuid()", "search_vector") };
    sql.run(&format!(
        "INSERT INTO messages (id, visitor_id, name, email, content, status, version, created_at, updated_at, {words}) \
         WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) \
         SELECT {id}, m.visitor_id, m.name, m.email, m.content, m.status, 1, c.created_at, c.created_at, m.{words} \
         FROM messages m, messages c, s WHERE m.content = 'hay and a nail 0' AND c.name = 'Cem'"
    ))
    .await;
}

/// The first letters of the names, in alphabetical order, which is that of their coming; as many as are counted.
#[track_caller]
fn initials(answer: &Answer) -> String {
    let mut names: Vec<_> =
        answer.list("messages.nodes").iter().filter_map(|node| node["name"].as_str()?.chars().next()).collect();
    names.sort_unstable();
    assert_eq!(answer.data("messages.totalCount"), &json!(names.len()), "{answer}");
    names.into_iter().collect()
}
