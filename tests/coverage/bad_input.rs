//! What nobody should send: each is refused with a code and the name of the field, quickly, and nothing is written.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::fixtures::{arguments, is_public, put};
use super::harness::{Harness, Home, Things};
use super::sdl::{Root, Sdl};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Answer, Client, Socket, both, secrets};

/// How long a refusal may take on a loaded machine.
const SOON: Duration = Duration::from_secs(20);

/// Texts that have meant something to a database, a shell or a template once.
const INJECTIONS: &[&str] = &[
    "'; DROP TABLE messages; --",
    "' OR '1'='1",
    "' OR pg_sleep(60)--",
    "\"; SELECT pg_sleep(60); --",
    "1); SELECT randomblob(1000000000); --",
    "%' AND 1=(SELECT count(*) FROM users) AND '%'='",
    "\\' UNION SELECT password_hash FROM users --",
    "$1 ? :name @x #{y} ${z} {{7*7}} %s%n",
    "a & | ! ( ) <-> :* \\ 'b",
    "NEAR(a b, 5) AND content:* OR \"unclosed",
    "(a+)+$",
    "%%%___\\\\%",
];

/// Texts that may be left out, and so may be blank.
const OPTIONAL: &[&str] = &[
    "company",
    "service",
    "source",
    "notes",
    "pageUrl",
    "referrer",
    "sessionId",
    "visitorToken",
    "website",
    "totpCode",
    "category",
    "shortcut",
    "firstName",
    "lastName",
    "phone",
    "description",
    "teamId",
    "teamName",
    "channelId",
    "channelName",
    "number",
    "feedback",
    "requirements",
    "scribehowUrl",
    "videoUrl",
];

/// What must stay as it is when everything is refused.
async fn written(home: &Home) -> Vec<i64> {
    let mut counts = Vec::new();
    for sql in [
        "SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM message_replies)",
        "SELECT count(*) FROM visitors",
        "SELECT (SELECT count(*) FROM consultations) + (SELECT count(*) FROM services)",
        "SELECT (SELECT count(*) FROM opening_hours) + (SELECT count(*) FROM holidays)",
        "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM roles)",
        "SELECT (SELECT count(*) FROM jobs WHERE kind <> 'analytics.count_metric_days') + (SELECT count(*) FROM exports)",
        "SELECT count(*) FROM audit_logs WHERE success AND kind NOT LIKE 'data.%'",
        "SELECT count(*) FROM outbox WHERE topic IS NOT NULL AND kind <> 'session.refused'",
        "SELECT (SELECT count(*) FROM chat_sessions) + (SELECT count(*) FROM chat_messages)",
        "SELECT (SELECT count(*) FROM crm_connections) + (SELECT count(*) FROM crm_syncs) + (SELECT count(*) FROM ai_tasks) + (SELECT count(*) FROM sync_runs) + (SELECT count(*) FROM b2chat_access) + (SELECT count(*) FROM effectiveness_analyses)",
        "SELECT (SELECT count(*) FROM conversations) + (SELECT count(*) FROM conversation_messages)",
        "SELECT (SELECT count(*) FROM social_connecting) + (SELECT count(*) FROM conversation_replies) + (SELECT count(*) FROM social_accounts)",
        "SELECT (SELECT count(*) FROM projects) + (SELECT count(*) FROM service_level_policies) + (SELECT count(*) FROM ticket_clocks)",
        "SELECT (SELECT count(*) FROM guides) + (SELECT count(*) FROM help_documents) + (SELECT count(*) FROM tickets)",
        "SELECT (SELECT count(*) FROM leads) + (SELECT count(*) FROM lead_history) + (SELECT count(*) FROM lead_scores)",
    ] {
        counts.push(home.sql.number(sql).await);
    }
    counts
}

/// The codes of an answer, top-level and of the payload, and the fields that they name.
fn said(root: &Root, answer: &Answer) -> (Vec<String>, Vec<String>) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (mut codes, mut fields) = (Vec::new(), Vec::new());
    for error in answer.errors() {
        codes.push(text(&error["extensions"]["code"]));
        fields.extend(error["extensions"]["fields"].as_array().into_iter().flatten().map(text));
        // The executor's own words name what they are about.
        fields.push(text(&error["message"]));
    }
    for error in answer.json["data"][&root.name]["errors"].as_array().into_iter().flatten() {
        codes.push(text(&error["code"]));
        fields.push(error["path"].as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join("."));
    }
    (codes, fields)
}

/// Sends it and sees it refused, with a name of the field where there is one.
async fn refused(client: &Client, sdl: &Sdl, root: &Root, variables: Value, field: &str) {
    let asked = Instant::now();
    let what = format!("{} {:.200}", root.name, variables.to_string());
    let answer = client.run(&sdl.document("Bad", root, 1, 2), variables).await;
    let (codes, fields) = said(root, &answer);
    assert!(!codes.is_empty(), "{what} was taken: {answer}");
    for code in &codes {
        let known = [
            "BAD_USER_INPUT",
            "GRAPHQL_VALIDATION_FAILED",
            "QUERY_TOO_COMPLEX",
            "BLANK",
            "TOO_LONG",
            "INVALID_FORMAT",
            "INVALID_CREDENTIALS",
            "INVALID_TOKEN",
            "NOT_ALLOWED",
            "NOT_AVAILABLE",
        ];
        assert!(known.contains(&code.as_str()), "{what}: {answer}");
    }
    assert!(fields.iter().any(|found| found.contains(field)), "{what} does not name {field}: {answer}");
    assert!(asked.elapsed() < SOON, "{what} took {:?}", asked.elapsed());
}

fn last(place: &str) -> &str {
    place.rsplit('.').next().unwrap_or(place)
}

/// Arguments in which everything is right.
fn right(root: &Root, own: &Things) -> Value {
    if root.name == "submitMessage" {
        let all = json!({ "name": "Eve", "email": "eve@example.com", "content": "Hello?", "company": "E", "service": "s",
            "source": "s", "pageUrl": "https://example.com/" });
        return json!({ "input": all });
    }
    // What comes after the password is looked at only when that is right.
    match root.name.as_str() {
        "changePassword" => put(arguments(root, own), "input.currentPassword", json!(ADMIN_PASSWORD)),
        "disableTotp" | "regenerateRecoveryCodes" => put(arguments(root, own), "input.password", json!(ADMIN_PASSWORD)),
        _ => arguments(root, own),
    }
}

both! {
    /// Each text of each mutation: empty, too long, with control characters, with NUL. What a field may not hold is said
    /// with the field's name.
    async fn bad_texts_are_refused_by_name(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let sdl = Sdl::exported();
        super::harness::allow_registration(&home).await;
        let before = written(&home).await;
        let mut tried = 0;
        for root in sdl.roots().iter().filter(|root| root.operation == "mutation") {
            for place in sdl.places_for(root, &["String", "EmailAddress", "Date", "LocalTime", "Decimal"]) {
                let client = if is_public(root) { &home.visitor } else { &home.admin };
                // Of a pair of credentials it is not said which one is wrong; before a token is good nothing else is said.
                let together = ["signIn", "completeOidcSignIn", "completeCrmConnection", "resetPassword", "acceptInvitation", "verifyEmail"].contains(&root.name.as_str());
                let name = if together { "input" } else { last(&place) };
                let optional = OPTIONAL.contains(&last(&place))
                    || [("inviteStaff", "input.name"), ("saveDraft", "input.subject"), ("setCrmFieldMappings", "input.fieldMappings.fallback")].contains(&(&root.name, &place));
                // A guide is as long as a chapter.
                let guide = root.name.ends_with("Guide") && last(&place) == "content";
                let mut bad = vec![
                    "x".repeat(if guide { 110_000 } else { 30_000 }),
                    "null\u{0}byte".to_owned(),
                    "bell\u{7}".to_owned(),
                    "escape\u{1b}[31m".to_owned(),
                ];
                if !optional {
                    bad.extend([String::new(), " \t\n ".to_owned()]);
                }
                // What is one line is no other by turning the direction of writing, and shows something (B55).
                if matches!(last(&place), "name" | "title" | "firstName" | "lastName") {
                    bad.push("exe\u{202e}fdp".to_owned());
                    bad.extend((!optional).then(|| "\u{200b}".to_owned()));
                }
                // A token that is unknown starts anew, a form's trap swallows what it catches, and no one has a second factor.
                if matches!(last(&place), "visitorToken" | "website" | "totpCode") {
                    continue;
                }
                if last(&place) == "email" && root.name == "submitMessage" {
                    let wrong = ["ada", "@example.com", "ada@", "a b@example.com", "ada@example.com\nBcc: eve@example.com",
                        "ada@example.com,eve@example.com", "<ada@example.com>"];
                    bad.extend(wrong.map(str::to_owned));
                }
                for text in bad {
                    refused(client, &sdl, root, put(right(root, &own), &place, json!(text)), name).await;
                    tried += 1;
                }
            }
        }
        assert!(tried > 50, "{tried} texts");
        assert_eq!(written(&home).await, before);
    }

    /// Each id: empty, of another kind, cut, in capitals, a number, absurdly long. Each enum: unknown. Each instant: none.
    async fn bad_ids_enums_and_times_are_refused_by_name(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let sdl = Sdl::exported();
        let before = written(&home).await;
        let enums = ["MessageStatus", "ProjectStatus", "ProjectType", "ChatStatus", "ChatOrderField", "ConversationStatus", "SocialPlatform", "ConversationOrderField", "InvitationStatus", "MessageOrderField", "VisitorOrderField", "StaffOrderField", "AuditLogOrderField"];
        for root in sdl.roots().iter().filter(|root| root.operation != "subscription") {
            let listed = |place: &str, value: Value| if sdl.is_list(root, place) { json!([value]) } else { value };
            for place in sdl.places_for(root, &["ID"]) {
                // This one takes ids of every kind.
                let any = place == "filter.resourceId";
                let mut bad = vec![
                    json!(""),
                    json!("nothing"),
                    json!(7),
                    json!(own.message[..30]),
                    json!("x".repeat(100_000)),
                    json!(INJECTIONS[0]),
                    json!("msg_\u{0}"),
                ];
                if !any {
                    bad.extend([
                        json!("xxx_0190a5f0000070008000000000000000"),
                        json!(own.message.replace('_', "-")),
                        json!(format!("{} ", own.message)),
                    ]);
                }
                for value in bad {
                    let field = place.trim_end_matches(".eq").trim_end_matches(".in");
                    refused(
                        &home.admin,
                        &sdl,
                        root,
                        put(arguments(root, &own), &place, listed(&place, value)),
                        last(field),
                    )
                    .await;
                }
            }
            for place in sdl.places_for(root, &enums) {
                for value in [json!("UNHEARD_OF"), json!("new"), json!(""), json!(1)] {
                    // An order needs its field beside a direction; the list takes a single one too.
                    let at = place.replacen("orderBy.", "orderBy.0.", 1);
                    let variables = if at == place {
                        put(arguments(root, &own), &place, listed(&place, value))
                    } else {
                        json!({ "orderBy": [{ last(&place): value }] })
                    };
                    refused(&home.admin, &sdl, root, variables, "").await;
                }
            }
            for place in sdl.places_for(root, &["DateTime"]) {
                for value in
                    [json!("yesterday"), json!(""), json!("2026-13-45T00:00:00Z"), json!(1), json!("2026-01-01")]
                {
                    refused(&home.admin, &sdl, root, put(arguments(root, &own), &place, value), &place).await;
                }
            }
        }
        assert_eq!(written(&home).await, before);
    }

    /// Pages of no rows, of too many, of fewer than none, both ways at once, and numbers that are none.
    async fn impossible_pages_are_refused_by_name(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let sdl = Sdl::exported();
        let lists: Vec<_> =
            sdl.roots().into_iter().filter(|root| root.arguments.iter().any(|a| a.name.node == "first")).collect();
        assert!(lists.len() >= 4);
        for root in &lists {
            for number in [
                json!(0),
                json!(1000),
                json!(-1),
                json!(2_147_483_647),
                json!(2_147_483_648_u64),
                json!(1.5),
                json!("10"),
                json!(true),
            ] {
                for argument in ["first", "last"] {
                    // What costs too much, or is no Int, is refused before anybody looks at the argument.
                    let named = matches!(number.as_i64(), Some(0 | -1));
                    refused(
                        &home.admin,
                        &sdl,
                        root,
                        put(json!({}), argument, number.clone()),
                        if named { argument } else { "" },
                    )
                    .await;
                }
            }
            for variables in [
                json!({ "first": 1, "last": 1 }),
                json!({ "first": 1, "before": "x" }),
                json!({ "after": "x", "last": 1 }),
            ] {
                refused(&home.admin, &sdl, root, variables, "").await;
            }
            // Numbers that JSON can write and no program can hold.
            for number in ["1e400", "-1e400", "99999999999999999999999999", "1e9"] {
                let body = format!(
                    r#"{{"query":"query($n: Int) {{ {}(first: $n) {{ nodes {{ __typename }} }} }}","variables":{{"n":{number}}}}}"#,
                    root.name
                );
                let answer = home.admin.send(Method::POST, "/graphql", body).await;
                assert!(matches!(answer.status, 200 | 400) && !answer.errors().is_empty(), "{answer}");
                assert!(
                    ["BAD_REQUEST", "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"].contains(&answer.error_code()),
                    "{answer}"
                );
            }
        }
        for (below, argument) in [
            ("replies", "first: 0"),
            ("replies", "first: 101"),
            ("replies", "last: -1"),
            ("replies", "first: 1, last: 1"),
        ] {
            let document =
                format!("query($id: ID!) {{ message(id: $id) {{ {below}({argument}) {{ nodes {{ id }} }} }} }}");
            let answer = home.admin.run(&document, json!({ "id": own.message })).await;
            assert_eq!(answer.error_code(), "BAD_USER_INPUT", "{answer}");
        }
    }

    /// A filter may nest four levels and hold forty comparisons, and a hundred values in one list.
    async fn filters_are_bounded(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        Things::make(&home).await;
        let sdl = Sdl::exported();
        for (list, leaf) in [
            ("messages", json!({ "status": { "eq": "NEW" } })),
            ("visitors", json!({ "source": { "eq": "search" } })),
            ("analyticsEvents", json!({ "type": { "eq": "page_view" } })),
            ("newsletterSubscriptions", json!({ "status": { "eq": "PENDING" } })),
            ("chats", json!({ "status": { "eq": "WAITING" } })),
            ("conversations", json!({ "status": { "eq": "ACTIVE" } })),
            ("staffMembers", json!({ "isActive": true })),
            ("auditLogs", json!({ "success": true })),
            ("tickets", json!({ "status": { "eq": "OPEN" } })),
            ("leads", json!({ "status": { "eq": "NEW" } })),
            ("departments", json!({ "isActive": true })),
            ("teams", json!({ "isActive": true })),
            ("projects", json!({ "status": { "eq": "PENDING" } })),
            ("serviceLevelPolicies", json!({ "isActive": true })),
            ("aiTasks", json!({ "status": { "eq": "COMPLETED" } })),
            ("crmConnections", json!({ "status": { "eq": "CONNECTED" } })),
            ("crmSyncs", json!({ "status": { "eq": "PENDING" } })),
            ("tags", json!({ "text": "own" })),
            ("savedReplies", json!({ "isGlobal": true })),
            ("apiKeys", json!({ "isActive": true })),
            ("guides", json!({ "isPublished": true })),
            ("helpDocuments", json!({ "text": "kettle" })),
        ].into_iter().chain(super::b2chat::filters()) {
            let root = sdl.roots().into_iter().find(|root| root.name == list).expect("a list");
            let document = sdl.document("Good", &root, 1, 2);
            for key in ["and", "or", "not"] {
                let nest = |levels: usize| {
                    (1..levels).fold(leaf.clone(), |inner, _| {
                        if key == "not" { json!({ "not": inner }) } else { json!({ key: [inner] }) }
                    })
                };
                home.admin.run(&document, json!({ "filter": nest(4) })).await.ok();
                for levels in [5, 15] {
                    refused(&home.admin, &sdl, &root, json!({ "filter": nest(levels) }), "filter").await;
                }
            }
            let wide = |leaves: usize| json!({ "filter": { "or": vec![leaf.clone(); leaves] } });
            home.admin.run(&document, wide(40)).await.ok();
            for leaves in [41, 1000] {
                refused(&home.admin, &sdl, &root, wide(leaves), "filter").await;
            }
        }
        let root = sdl.roots().into_iter().find(|root| root.name == "auditLogs").expect("a list");
        refused(
            &home.admin,
            &sdl,
            &root,
            json!({ "filter": { "eventType": { "in": vec!["a"; 101] } } }),
            "eventType.in",
        )
        .await;
        let deep = format!(
            "{{ messages(filter: {}{}) {{ nodes {{ id }} }} }}",
            "{not: ".repeat(60),
            "{}".to_owned() + &"}".repeat(60)
        );
        let answer = home.admin.run(&deep, Value::Null).await;
        assert!(["QUERY_TOO_COMPLEX", "BAD_USER_INPUT"].contains(&answer.error_code()), "{answer}");
        let root = sdl.roots().into_iter().find(|root| root.name == "messages").expect("a list");
        let deep = (0..100).fold(json!({}), |inner, _| json!({ "not": inner }));
        refused(&home.admin, &sdl, &root, json!({ "filter": deep }), "filter").await;
    }

    /// Text that means something to a database means nothing here: it is stored and found, or refused,
    /// and never slow.
    async fn injections_are_only_text(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let own = Things::make(&home).await;
        let sdl = Sdl::exported();
        for root in sdl.roots().iter().filter(|root| root.operation != "subscription") {
            for place in sdl.places_for(root, &["String", "EmailAddress", "ID"]) {
                for text in INJECTIONS {
                    let value = if sdl.is_list(root, &place) { json!([text]) } else { json!(text) };
                    let asked = Instant::now();
                    let client = if is_public(root) { &home.visitor } else { &home.admin };
                    let answer =
                        client.run(&sdl.document("Inject", root, 1, 2), put(right(root, &own), &place, value)).await;
                    assert!(
                        !answer.text.contains("INTERNAL_SERVER_ERROR") && !answer.text.contains("UNAVAILABLE"),
                        "{} {place}: {answer}",
                        root.name
                    );
                    assert!(asked.elapsed() < SOON, "{} {place} {text}: {:?}", root.name, asked.elapsed());
                }
            }
        }
        for text in INJECTIONS {
            let found = home
                .admin
                .run(
                    "query($f: MessageFilter) { messages(filter: $f) { nodes { id } } }",
                    json!({ "f": { "text": text } }),
                )
                .await
                .ok();
            assert!(found.list("messages.nodes").len() < 100);
        }
        let wrote = super::harness::write(&home, INJECTIONS[0], "robert@example.com", INJECTIONS[6]).await;
        let read =
            home.admin.run("query($id: ID!) { message(id: $id) { name content } }", json!({ "id": wrote })).await.ok();
        assert_eq!(read.data("message"), &json!({ "name": INJECTIONS[0], "content": INJECTIONS[6] }));
        // They were passwords and tokens too.
        INJECTIONS.iter().for_each(|text| secrets::shown(stand.server.base(), text));
    }

    /// A subscription that cannot be is refused at once, and the socket goes on.
    async fn impossible_subscriptions_are_refused(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        Things::make(&home).await;
        let signed_in = super::harness::session(&home.visitor, ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let token = signed_in.string("signIn.session.accessToken");
        let mut socket = Socket::connect(stand.server.base(), Some(&token)).await;
        let follow = "subscription($after: String, $filter: InboxEventFilter) { inboxEvents(after: $after, filter: $filter) \
            { sequence } }";
        let after = ["", "x", "-1", "1e3", "1.5", "999999999", "9223372036854775808", INJECTIONS[1]];
        let mut bad: Vec<_> = after.iter().map(|after| json!({ "after": after })).collect();
        bad.extend(["", "x", "stf_0190a5f0000070008000000000000000"].map(|id| json!({ "filter": { "messageId": id } })));
        bad.push(json!({ "filter": { "types": ["UNHEARD_OF"] } }));
        for (n, variables) in bad.into_iter().enumerate() {
            socket.subscribe(&n.to_string(), follow, variables.clone()).await;
            let frame = socket.next(Duration::from_secs(30)).await;
            let errors = if frame.kind == "error" { &frame.payload } else { &frame.payload["errors"] };
            assert_eq!(errors[0]["extensions"]["code"], "BAD_USER_INPUT", "{variables}: {frame:?}");
            if frame.kind == "next" {
                assert_eq!(socket.next(Duration::from_secs(30)).await.kind, "complete");
            }
        }
        socket.subscribe("good", follow, json!({ "after": "0" })).await;
        assert!(socket.next(Duration::from_secs(30)).await.data("inboxEvents.sequence").is_string());
    }

    /// JSON that is no Unicode, and text that PostgreSQL cannot hold: refused, on both databases alike.
    async fn lone_surrogates_and_bytes_are_refused(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let before = written(&home).await;
        for bytes in [br"\ud800".as_slice(), br"\udc00\ud800", b"\xff\xfe", b"\xed\xa0\x80", br"\u0000"] {
            for field in ["name", "content", "company", "visitorToken", "pageUrl"] {
                let mut body = br#"{"query":"mutation($i: SubmitMessageInput!) { submitMessage(input: $i) { receipt { messageId } errors { code path } } }","variables":{"i":{"name":"Eve","email":"eve@example.com","content":"Hello","#.to_vec();
                // The last of two keys counts.
                body.extend_from_slice(format!("\"{field}\":\"").as_bytes());
                body.extend_from_slice(bytes);
                body.extend_from_slice(br#""}}}"#);
                let answer = home.visitor.send(Method::POST, "/graphql", body).await;
                let taken = answer.json["data"]["submitMessage"]["receipt"].is_object();
                // A token that means nothing is as good as none.
                assert_eq!(taken, field == "visitorToken" && bytes == br"\u0000", "{field}: {answer}");
                assert!(!answer.text.contains("INTERNAL_SERVER_ERROR"), "{answer}");
            }
        }
        assert_eq!(
            written(&home).await.iter().zip(&before).map(|(after, before)| after - before).collect::<Vec<_>>(),
            [1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]
        );
    }
}
