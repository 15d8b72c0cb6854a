//! A list of twenty costs as many SQL statements as a list of one, whatever is asked of its rows.

use serde_json::{Value, json};

use super::harness::{Harness, Home, answer_chat, begin_chat, sign_in, write};
use super::sdl::{Root, Sdl, named};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Client, both};

/// As long as the inbox's page in the design.
const INBOX: &str = "query Inbox($first: Int) { messages(first: $first) { pageInfo { hasNextPage endCursor } nodes { \
    id name \
    content status createdAt replyCount visitor { id name } assignee { id name } \
    replies(last: 1) { nodes { id content author { id name } } } } } }";

/// Statements that this process has counted under an operation's name.
async fn counted(client: &Client, operation: &str) -> Option<u64> {
    let line = format!("frontdesk_sql_statements_total{{operation=\"{operation}\"}} ");
    let text = client.get("/metrics").await.text;
    text.lines().find_map(|found| found.strip_prefix(&line)?.parse().ok())
}

/// What one run costs: the least of a few, as the viewer's rights and everybody's names are read again after two seconds.
async fn cost(client: &Client, operation: &str, document: &str, variables: &Value) -> (u64, Value) {
    least(client, operation, document, variables, None).await
}

/// The least of a few runs, or where `expected` is given of as many as it takes to see that: twenty people who were read at
/// twenty moments are read again at as many, and for a while each run may meet one of them.
async fn least(
    client: &Client,
    operation: &str,
    document: &str,
    variables: &Value,
    expected: Option<u64>,
) -> (u64, Value) {
    // A name is counted from its first success on.
    client.run(document, variables.clone()).await.ok();
    let (mut least, mut data) = (u64::MAX, Value::Null);
    for run in 0.. {
        let enough = expected.map_or(run == 6, |expected| least <= expected || run == 100);
        if enough {
            break;
        }
        let before = counted(client, operation).await.unwrap_or_default();
        data = client.run(document, variables.clone()).await.ok().json["data"].clone();
        least = least.min(counted(client, operation).await.expect("a count") - before);
    }
    (least, data)
}

/// `rows` colleagues, visitors, messages and replies, each message with a visitor, an assignee and an author of its own.
async fn fill(home: &Home, rows: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..rows {
        let hex = format!("{:032x}", 0x0190_a5f0_0000_7000_8000_0000_0000_0000_u128 + n as u128);
        let id = if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
        let (at, email) = ("'2026-01-01T00:00:00+00:00'", format!("colleague{n}@example.com"));
        let department = format!(
            "INSERT INTO departments (id, name, path, created_at, updated_at) \
             VALUES ({id}, 'Department {n}', '{hex}/', {at}, {at})"
        );
        home.sql.run(&department).await;
        home.sql.run(&format!("UPDATE users SET department_id = {id} WHERE email = '{ADMIN_EMAIL}'")).await;
        // Everybody has the administrator's role and password.
        home.sql.run(&format!(
            "INSERT INTO users (id, kind, email, name, password_hash, role_id, department_id, is_active, \
                token_version, created_at, updated_at) \
             SELECT {id}, kind, '{email}', 'Colleague {n}', password_hash, role_id, {id}, is_active, token_version, {at}, {at} \
             FROM users WHERE email = '{ADMIN_EMAIL}'"
        )).await;
        let more = format!("{:032x}", 0x0190_a5f0_0000_7000_9000_0000_0000_0000_u128 + n as u128);
        let more = if home.is_sqlite() { format!("x'{more}'") } else { format!("'{more}'::uuid") };
        let no = if home.is_sqlite() { "0" } else { "false" };
        home.sql
            .run(&format!(
                "INSERT INTO roles (id, name, built_in, permissions, created_at, updated_at) \
             VALUES ({more}, 'Role {n}', {no}, '[]', {at}, {at})"
            ))
            .await;
        home.sql.run(&format!(
            "INSERT INTO users (id, kind, email, name, password_hash, role_id, created_by, is_active, token_version, created_at, \
                updated_at) \
             SELECT {more}, 'client', 'client{n}@example.com', 'Client {n}', '*', {more}, {id}, is_active, 1, {at}, {at} \
             FROM users WHERE email = '{ADMIN_EMAIL}'"
        )).await;
        super::projects::rows(home, &hex, &more).await;
        for sql in [
            format!(
                "INSERT INTO teams (id, name, created_by, created_at, updated_at) VALUES ({id}, 'Team {n}', {id}, {at}, {at})"
            ),
            format!("INSERT INTO team_members (team_id, user_id, role, created_at) VALUES ({id}, {id}, 'admin', {at})"),
            format!(
                "INSERT INTO team_members (team_id, user_id, role, created_at) \
                 SELECT {id}, id, 'member', {at} FROM users WHERE email = '{ADMIN_EMAIL}'"
            ),
            format!(
                "INSERT INTO api_keys (id, user_id, name, prefix, hash, permissions, revoked_by, created_at) \
                 SELECT {id}, {id}, 'Key {n}', 'prefix', {}, '[]', {id}, {at}",
                if home.is_sqlite() { id.clone() } else { format!("'\\x{hex}'::bytea") }
            ),
        ] {
            home.sql.run(&sql).await;
        }
        home.sql
            .run(&format!(
                "INSERT INTO invitations (id, email, role_id, department_id, hash, invited_by, created_at, expires_at) \
             SELECT id, 'invited{n}@example.com', {more}, department_id, {}, id, {at}, {at} FROM users WHERE id = {id}",
                super::harness::bytes(home, hex.as_bytes())
            ))
            .await;
        super::notified::rows(home, &hex, None).await;
        let colleague = sign_in(&home.visitor, &email, ADMIN_PASSWORD).await;
        let message = write(home, "Somebody", &format!("visitor{n}@example.com"), "Hello?").await;
        super::bookings::rows(home, &hex, n, &format!("visitor{n}@example.com")).await;
        let work = "mutation($id: ID!, $staff: ID!) { assignMessage(input: { messageId: $id, assigneeId: $staff }) { \
            errors { code } } \
            a: replyToMessage(input: { messageId: $id, content: \"Yes.\", sendEmail: false }) { reply { id } errors { \
            code } } \
            b: replyToMessage(input: { messageId: $id, content: \"No.\", sendEmail: false }) { reply { id } errors { \
            code } } signOut { errors { code } } }";
        let worked = colleague.run(work, json!({ "id": message, "staff": format!("stf_{hex}") })).await.ok();
        let row = message.trim_start_matches("msg_");
        let row = if home.is_sqlite() { format!("x'{row}'") } else { format!("'{row}'::uuid") };
        super::website::rows(home, &hex, &format!("(SELECT visitor_id FROM messages WHERE id = {row})")).await;
        super::desk::rows(home, &hex, &message).await;
        super::help::rows(home, &hex).await;
        super::tickets::rows(
            home,
            &hex,
            &format!("{:032x}", 0x0190_a5f0_0000_7000_9000_0000_0000_0000_u128 + n as u128),
            n,
        )
        .await;
        super::leads::rows(home, &hex, n).await;
        super::service_levels::rows(home, &hex, n).await;
        super::ai_tasks::rows(home, &hex).await;
        super::conversations::rows(home, &hex, &id).await;
        super::social::rows(home, &hex).await;
        super::crm::rows(home, &hex, n).await;
        super::sync::rows(home, &hex).await;
        super::b2chat::rows(home, &hex, n).await;
        super::effectiveness::rows(home, &hex).await;
        super::exports::rows(home, &hex).await;
        super::retention::rows(home, &hex).await;
        super::errors::rows(home, &hex).await;
        super::erasures::rows(home, &hex).await;
        super::person_exports::rows(home, &hex).await;
        let client = format!("{:032x}", 0x0190_a5f0_0000_7000_9000_0000_0000_0000_u128 + n as u128);
        super::comments::rows(home, &hex, &client).await;
        let client = format!("cli_{:032x}", 0x0190_a5f0_0000_7000_9000_0000_0000_0000_u128 + n as u128);
        ids.extend([message, worked.string("a.reply.id"), format!("stf_{hex}"), client]);
    }
    // A chat of each visitor waits, and then each has one that a colleague has: the newest have all that a chat can have.
    for claimed in [false, true] {
        for n in 0..rows {
            let chat = begin_chat(home, "Somebody", &format!("visitor{n}@example.com")).await.id;
            let hex = format!("{:032x}", 0x0190_a5f0_0000_7000_8000_0000_0000_0000_u128 + n as u128);
            let row = |hex: &str| if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
            let (colleague, id) = (row(&hex), row(chat.trim_start_matches("cht_")));
            home.sql.run(&format!("UPDATE chat_sessions SET department_id = {colleague} WHERE id = {id}")).await;
            if claimed {
                answer_chat(home, &chat).await;
                home.sql.run(&format!("UPDATE chat_sessions SET assignee_id = {colleague} WHERE id = {id}")).await;
                let own = format!(
                    "UPDATE chat_messages SET staff_id = {colleague} WHERE session_id = {id} AND staff_id IS NOT NULL"
                );
                home.sql.run(&own).await;
            }
        }
    }
    for _ in 0..rows {
        super::assistant::Assistant::make(home).await;
    }
    // One session each, with the one that is there.
    for _ in 1..rows {
        sign_in(&home.visitor, ADMIN_EMAIL, ADMIN_PASSWORD).await;
    }
    let visitors = home.admin.run("{ visitors(first: 100) { nodes { id } } }", Value::Null).await.ok();
    ids.extend(visitors.list("visitors.nodes").iter().map(|node| node["id"].as_str().expect("an id").to_owned()));
    ids
}

/// A list with all that its rows link to, in as many documents as it takes for each to cost no more than it may.
async fn affordable(sdl: &Sdl, list: &Root, client: &Client) -> Vec<(String, String)> {
    for (parts, below) in [(1, 2), (2, 2), (4, 2), (8, 2), (16, 2), (16, 1), (32, 1), (64, 1)] {
        // One name for both shapes: a server counts so many names, and there are many lists.
        let name = |part| format!("Budget_{}_{part}", list.name);
        let document = |part| (name(part), sdl.document_part(&name(part), list, 2, below, (part, parts)));
        let documents: Vec<_> = (0..parts).map(document).collect();
        let mut fit = true;
        for (_, document) in &documents {
            for shape in [document.clone(), as_edges(document)] {
                let answer = client.run(&shape, json!({ "first": 20 })).await;
                fit &= answer.json["errors"][0]["extensions"]["code"] != "QUERY_TOO_COMPLEX";
            }
        }
        if fit {
            return documents;
        }
    }
    panic!("{} costs too much, however it is asked", list.name)
}

fn is_list(sdl: &Sdl, root: &Root) -> bool {
    root.operation == "query" && sdl.fields(named(&root.ty)).iter().any(|field| field.name.node == "pageInfo")
}

both! {
    /// Every list at the root of the schema, with all that its rows link to, two objects deep, lists and counts included.
    async fn lists_cost_the_same_for_one_row_and_for_twenty(backend) {
        let stand = Harness::start(backend).await;
        let (one, twenty) = (stand.tenant("one").await, stand.tenant("twenty").await);
        fill(&one, 1).await;
        fill(&twenty, 20).await;
        let sdl = Sdl::exported();
        let lists: Vec<_> = sdl.roots().into_iter().filter(|root| is_list(&sdl, root)).collect();
        assert!(lists.len() >= 4);
        let mut report = Vec::new();
        for list in lists {
            for shape in ["nodes", "edges"] {
                for (operation, mut document) in affordable(&sdl, &list, &twenty.admin).await {
                    if shape == "edges" {
                        document = as_edges(&document);
                    }
                    let (few, small) = cost(&one.admin, &operation, &document, &json!({ "first": 1 })).await;
                    let (many, large) =
                        least(&twenty.admin, &operation, &document, &json!({ "first": 20 }), Some(few)).await;
                    let rows = |data: &Value| data[&list.name][shape].as_array().map(Vec::len);
                    assert_eq!((rows(&small), rows(&large)), (Some(1), Some(20)), "{operation}");
                    report.push((operation, few, many));
                }
            }
        }
        assert!(report.iter().all(|(_, few, many)| few == many && *few > 0), "{report:#?}");
    }

    /// `nodes(ids:)` with things of every kind costs the same for few and for many.
    async fn things_by_their_ids_are_fetched_in_waves(backend) {
        let stand = Harness::start(backend).await;
        let (one, twenty) = (stand.tenant("one").await, stand.tenant("twenty").await);
        let (few, many) = (fill(&one, 1).await, fill(&twenty, 2).await);
        let (few, many) = (&few[..4], &many[..6]);
        let sdl = Sdl::exported();
        // All kinds that there are would cost more than one operation may.
        let kinds = sdl.beside_one_another(&["Message", "MessageReply", "Staff", "Client"]);
        let document = format!("query Budget_ids($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename id {kinds} }} }}");
        let (small, _) = cost(&one.admin, "Budget_ids", &document, &json!({ "ids": few })).await;
        let (large, data) = least(&twenty.admin, "Budget_ids", &document, &json!({ "ids": many }), Some(small)).await;
        assert!(
            data["nodes"].as_array().is_some_and(|nodes| nodes.len() == 6 && nodes.iter().all(|node| !node.is_null()))
        );
        assert_eq!(small, large, "{small} for 4 ids, {large} for 6");
    }

    /// Who somebody is and what they may do is known for a few seconds: asking costs no statement.
    async fn the_viewer_costs_nothing(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.main().await;
        let who = "query Who { viewer { user { id name email } permissions duty tenant { name } } }";
        let (statements, data) = cost(&home.admin, "Who", who, &Value::Null).await;
        assert!(data["viewer"]["user"]["name"].is_string(), "{data}");
        assert_eq!(statements, 0);
        let make = "mutation { createApiKey(input: { name: \"Report\", permissions: [VIEW_MESSAGES] }) { key errors { code } } }";
        let key = home.admin.run(make, Value::Null).await.ok().string("createApiKey.key");
        let ask = "query Machine { viewer { user { id } permissions } }";
        let (statements, data) = cost(&home.visitor.bearer(&key), "Machine", ask, &Value::Null).await;
        assert_eq!(data["viewer"]["permissions"], json!(["VIEW_MESSAGES"]));
        assert_eq!(statements, 0, "for a key as for a person");
    }

    /// The page that people look at all day.
    async fn the_inbox_costs_five_statements(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.tenant("twenty").await;
        fill(&home, 20).await;
        let (statements, data) = cost(&home.admin, "Inbox", INBOX, &json!({ "first": 20 })).await;
        let last = &data["messages"]["nodes"][19];
        assert!(
            last["visitor"]["name"].is_string() && last["replies"]["nodes"][0]["author"]["name"].is_string(),
            "{last}"
        );
        assert!(statements <= 5, "{statements} statements");
    }

    /// When something can be booked is known in three statements, however many people and bookings there are.
    async fn available_slots_cost_three_statements(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.tenant("twenty").await;
        let own = super::harness::Things::make(&home).await;
        fill(&home, 20).await;
        let document = "query Slots($id: ID!, $from: Date!, $to: Date!) { availableSlots(serviceId: $id, from: $from, to: $to) { \
            startsAt date time offset } }";
        let variables = json!({ "id": own.bookings.service, "from": own.bookings.days[0], "to": own.bookings.days[1] });
        let (statements, data) = cost(&home.visitor, "Slots", document, &variables).await;
        assert!(data["availableSlots"].as_array().is_some_and(|slots| slots.len() > 500), "{data}");
        assert_eq!(statements, 3);
    }

    /// Who asks how many there are asks one statement of the database: no row is read, also below another thing.
    async fn who_only_counts_reads_no_rows(backend) {
        let stand = Harness::start(backend).await;
        let home = stand.tenant("twenty").await;
        fill(&home, 20).await;
        for (n, list) in ["messages", "visitors", "staffMembers", "clients", "departments", "teams", "auditLogs"].iter().enumerate() {
            for (ask, counted) in [("totalCount", 20), ("totalCountUpTo(limit: 5)", 5)] {
                let operation = format!("Count{n}_{counted}");
                let document = format!("query {operation} {{ {list} {{ {ask} }} }}");
                let (statements, data) = cost(&home.admin, &operation, &document, &Value::Null).await;
                assert_eq!(statements, 1, "{list} {ask}: {data}");
                if *list == "messages" {
                    assert_eq!(data["messages"].as_object().and_then(|list| list.values().next()), Some(&json!(counted)));
                }
            }
        }
        let below = "query Below { messages(first: 20) { nodes { replies { totalCount } } } }";
        let (statements, data) = cost(&home.admin, "Below", below, &Value::Null).await;
        assert_eq!(data["messages"]["nodes"][19]["replies"]["totalCount"], 2, "{data}");
        assert_eq!(statements, 2);
    }
}

/// The same question through `edges`.
fn as_edges(document: &str) -> String {
    // Every `nodes { … }` becomes `edges { cursor node { … } }`: the brace that closes it is found by counting.
    let mut text = document.to_owned();
    let mut from = 0;
    while let Some(at) = text[from..].find(" nodes {").map(|at| from + at) {
        let open = at + " nodes ".len();
        let mut depth = 0;
        let end = text[open..].find(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0
        });
        text.insert(open + end.expect("a closing brace"), '}');
        text.replace_range(at..open, " edges { cursor node ");
        from = at + " edges { cursor node ".len();
    }
    text
}
