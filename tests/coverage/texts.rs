//! What people type is found in every list alike: texts that are hard to find, in whatever a text filter or a search of the API
//! looks through, and for each thing that is typed whom it finds. A filter or a search that is added is missed here.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::sdl::{Sdl, named};
use crate::stories::b2chat_rows::{AT, B2ChatRows, text as quoted};
use crate::stories::bookings::{BOOK, daily, day, open, service, slots};
use crate::stories::chats::start;
use crate::stories::conversations::Social;
use crate::stories::desk::PASSWORD;
use crate::stories::files::send;
use crate::stories::help_centre::category;
use crate::stories::roles::role;
use crate::support::told::written;
use crate::support::{Answer, both};

/// What is looked through, each with the letter that stands for it.
const TEXTS: [(char, &str); 16] = [
    ('A', "C++ question"),
    ('B', "Visual .NET #4711"),
    ('C', "C# 100% sure"),
    ('D', "under_score and back\\slash"),
    ('E', "Thanks 👍🏽 ❤️ team"),
    ('F', "call +44 (0)20 7946 0958"),
    ('G', "Büchelberg Straße"),
    ('H', "Buechelberg Café"),
    ('I', "İstanbul Iğdır"),
    ('J', "認証システム"),
    ('K', "שָׁלוֹם עולם"),
    ('L', "مُحَمَّد العربية"),
    ('M', "Bild\u{ad}schirm zero\u{200b}width"),
    ('N', "Sinéad O’Connor-Byrne"),
    ('O', "\"quoted\" it's -5 [x]"),
    ('P', "Rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetzesvorlagen"),
];
/// All of them.
const ALL: &str = "ABCDEFGHIJKLMNOP";

/// What is typed, and what it finds in lists that keep words, and in those that look for parts.
const TYPED: &[(&str, &str, &str)] = &[
    ("C++", "A", "A"),
    ("c++ question", "A", "A"),
    ("c#", "C", "C"),
    (".net", "B", "B"),
    ("#4711", "B", "B"),
    ("4711", "B", "B"),
    ("100%", "C", "C"),
    ("%", "C", "C"),
    ("99%", "", ""),
    ("under_score", "D", "D"),
    ("underXscore", "", ""),
    ("_", "", "D"),
    ("back\\slash", "D", "D"),
    ("\\", "", "D"),
    ("👍", "E", "E"),
    ("👍🏿", "E", "E"),
    ("👎", "", ""),
    ("❤ team", "E", "E"),
    ("❤️ TEAM", "E", "E"),
    ("020 7946 0958", "F", "F"),
    ("02079460958", "F", "F"),
    ("+44 20 7946 0958", "F", "F"),
    ("(020) 7946-0958", "F", "F"),
    ("020 7946 0959", "", ""),
    ("Büchelberg", "GH", "GH"),
    ("bu\u{308}chelberg", "GH", "GH"),
    ("BUECHELBERG", "GH", "GH"),
    ("buchelberg", "G", "G"),
    ("strasse", "G", "G"),
    ("STRAẞE", "G", "G"),
    ("cafe", "H", "H"),
    ("CAFÉ", "H", "H"),
    ("cafe\u{301}", "H", "H"),
    ("istanbul", "I", "I"),
    ("ISTANBUL", "I", "I"),
    ("ıstanbul igdir", "I", "I"),
    ("認証", "J", "J"),
    ("証シ", "J", "J"),
    ("ｼｽﾃﾑ", "J", "J"),
    ("証認", "", ""),
    ("שלום", "K", "K"),
    ("שָׁלוֹם", "K", "K"),
    ("محمد", "L", "L"),
    ("مُحَمَّد", "L", "L"),
    ("bildschirm", "M", "M"),
    ("Bild\u{ad}schirm", "M", "M"),
    ("zerowidth", "M", "M"),
    ("ＺＥＲＯ", "M", "M"),
    ("O'Connor", "N", "N"),
    ("oconnor", "N", "N"),
    ("o´connor-byrne", "N", "N"),
    ("connor byrne", "N", "N"),
    ("sinead", "N", "N"),
    ("\"quoted\"", "O", "O"),
    ("it’s", "O", "O"),
    ("[x]", "O", "O"),
    ("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzesvorlagen", "P", "P"),
    ("rindfleisch", "P", "P"),
    ("fleischetikettierung", "", "P"),
    ("quest", "A", "A"),
    ("uestion", "", "A"),
    ("' OR '1'='1", "", ""),
    ("%' OR 1=1 --", "", ""),
    ("'; DROP TABLE users; --", "", ""),
    (".*", "", ""),
    ("^", "", ""),
    ("", ALL, ALL),
    ("  ", ALL, ALL),
    ("\u{200b}", ALL, ALL),
    ("\u{0}", ALL, ALL),
];

/// A filter or search: its input and the field of it, and the list that it is of.
struct Place {
    filter: &'static str,
    field: &'static str,
    list: &'static str,
    /// Whether parts of words are found.
    parts: bool,
}

const fn words(filter: &'static str, list: &'static str) -> Place {
    Place { filter, field: "text", list, parts: false }
}

const fn parts(filter: &'static str, list: &'static str) -> Place {
    Place { filter, field: "text", list, parts: true }
}

const PLACES: &[Place] = &[
    parts("B2ChatAgentFilter", "b2chatAgents"),
    words("B2ChatContactFilter", "b2chatContacts"),
    parts("B2ChatDepartmentFilter", "b2chatDepartments"),
    Place { filter: "ChatFilter", field: "said", list: "chats", parts: false },
    words("ChatFilter", "chats"),
    parts("ClientFilter", "clients"),
    words("ConsultationFilter", "consultations"),
    words("ConversationFilter", "conversations"),
    parts("DepartmentFilter", "departments"),
    parts("GuideCategoryFilter", "guideCategories"),
    words("GuideFilter", "guides"),
    words("HelpDocumentFilter", "helpDocuments"),
    words("LeadFilter", "leads"),
    words("MessageFilter", "messages"),
    parts("ProjectFilter", "projects"),
    parts("SavedReplyFilter", "savedReplies"),
    parts("ServiceFilter", "services"),
    parts("ServiceLevelPolicyFilter", "serviceLevelPolicies"),
    parts("SocialAccountFilter", "socialAccounts"),
    parts("StaffFilter", "staffMembers"),
    parts("TagFilter", "tags"),
    parts("TeamFilter", "teams"),
    words("TicketFilter", "tickets"),
    words("VisitorFilter", "visitors"),
];

/// The texts of a query that are no search.
const NO_SEARCH: &[&str] = &["previewEmailTemplate"];

#[test]
fn every_text_filter_and_search_is_here() {
    let schema = Sdl::exported();
    let mut found = BTreeSet::new();
    for input in schema.types().iter().filter(|name| name.ends_with("Filter")) {
        let fields = schema.input_fields(input);
        let texts =
            fields.iter().filter(|field| ["text", "said", "search", "query"].contains(&field.name.node.as_str()));
        found.extend(texts.map(|field| format!("{input}.{}", field.name.node)));
    }
    for root in schema.roots().iter().filter(|root| root.operation == "query") {
        let text = |name: &str, ty: &str| ["text", "search", "query"].contains(&name) && ty == "String";
        if root.arguments.iter().any(|argument| text(argument.name.node.as_str(), named(&argument.ty.node))) {
            found.insert(root.name.clone());
        }
    }
    let mut known: BTreeSet<_> = PLACES.iter().map(|place| format!("{}.{}", place.filter, place.field)).collect();
    known.extend(NO_SEARCH.iter().chain(&["helpSearch"]).map(|name| (*name).to_owned()));
    assert_eq!(found, known);
}

/// A company with something of each text in every list.
struct Scene {
    social: Social,
    role: String,
    category: String,
    advice: String,
    times: Vec<Value>,
}

impl Scene {
    async fn create(&self, mutation: &str, thing: &str, input: Value) -> String {
        let ty = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let document = format!(
            "mutation($input: {ty}!) {{ {mutation}(input: $input) {{ {thing} {{ id }} errors {{ path message }} }} }}"
        );
        let made = self.social.admin.client.run(&document, json!({ "input": input })).await.ok();
        made.string(&format!("{mutation}.{thing}.id"))
    }

    /// A message of somebody; its id and the visitor's.
    async fn message(&self, name: &str, email: String, content: &str) -> (String, String) {
        let input = json!({ "name": name, "email": email, "content": content });
        let id = self.social.desk.submit(input).await.string("submitMessage.receipt.messageId");
        let ask = "query($id: ID!) { message(id: $id) { visitor { id } } }";
        let seen = self.social.admin.client.run(ask, json!({ "id": id })).await.ok();
        (id, seen.string("message.visitor.id"))
    }

    /// Puts the text with this number where a filter looks; returns the id of what it is found as.
    async fn put(&self, place: &Place, n: usize, text: &str) -> String {
        let (admin, web, rows) = (&self.social.admin, &self.social.desk.web, B2ChatRows(&self.social.sql));
        let email = |of: &str| format!("{of}{n}@people.example");
        match (place.filter, place.field) {
            ("B2ChatAgentFilter", _) => rows.agent(text, &[]).await.id,
            ("B2ChatContactFilter", _) => rows.contact(text, &[], &[]).await.id,
            ("B2ChatDepartmentFilter", _) => rows.department(text, &[], &[]).await.id,
            ("ChatFilter", "said") => start(web, json!({ "name": "Zoe", "content": text })).await.0.id,
            ("ChatFilter", _) => start(web, json!({ "name": text, "content": "Hello" })).await.0.id,
            ("ClientFilter", _) => {
                self.create("createClient", "client", json!({ "email": email("client"), "name": text })).await
            }
            ("ConsultationFilter", _) => {
                let input = json!({ "serviceId": self.advice, "startsAt": self.times[n]["startsAt"], "name": text, "email": email("booker") });
                web.run(BOOK, json!({ "input": input })).await.ok().string("bookConsultation.receipt.consultationId")
            }
            ("ConversationFilter", _) => {
                let before = self.social.all().await.len();
                self.social
                    .told(&[written(
                        "page1",
                        text,
                        &format!("m{n}"),
                        "Hello",
                        self.social.at(60 + i64::try_from(n).expect("a few")),
                    )])
                    .await;
                let all = self.social.all().await;
                assert_eq!(all.len(), before + 1, "{text:?}");
                all[0]["id"].as_str().expect("an id").to_owned()
            }
            ("DepartmentFilter", _) => self.create("createDepartment", "department", json!({ "name": text })).await,
            ("GuideCategoryFilter", _) => {
                self.create("createGuideCategory", "guideCategory", json!({ "name": text })).await
            }
            ("GuideFilter", _) => {
                let input =
                    json!({ "title": text, "categoryId": self.category, "type": "HTML", "content": "<p>Plain</p>" });
                let id = self.create("createGuide", "guide", input).await;
                let publish = "mutation($id: ID!) { publishGuide(input: { guideId: $id }) { errors { message } } }";
                admin.client.run(publish, json!({ "id": id })).await.ok();
                id
            }
            ("HelpDocumentFilter", _) => {
                let file = send(&admin.client, "plain.txt", "Plain").await.ok().string("uploadFile.file.id");
                self.create("createHelpDocument", "helpDocument", json!({ "title": text, "fileId": file })).await
            }
            ("LeadFilter", _) => self.create("createLead", "lead", json!({ "name": text })).await,
            ("MessageFilter", _) => self.message("Zoe", email("zoe"), text).await.0,
            ("ProjectFilter", _) => {
                let client =
                    self.create("createClient", "client", json!({ "email": email("owner"), "name": "Zoe" })).await;
                self.create("createProject", "project", json!({ "title": text, "type": "OTHER", "clientId": client }))
                    .await
            }
            ("SavedReplyFilter", _) => {
                let input = json!({ "title": format!("Reply {n}"), "content": format!("Hello\n{text}\nBye"), "isGlobal": true });
                self.create("createSavedReply", "savedReply", input).await
            }
            ("ServiceFilter", _) => self.create("createService", "service", json!({ "name": text })).await,
            ("ServiceLevelPolicyFilter", _) => {
                self.create(
                    "createServiceLevelPolicy",
                    "serviceLevelPolicy",
                    json!({ "name": text, "resolutionMinutes": 60 }),
                )
                .await
            }
            ("SocialAccountFilter", _) => self.account(n, text).await,
            ("StaffFilter", _) => {
                let input = json!({ "email": email("staff"), "name": text, "roleId": self.role, "password": PASSWORD });
                self.create("createStaff", "staff", input).await
            }
            ("TagFilter", _) => self.create("createTag", "tag", json!({ "name": text, "color": "#336699" })).await,
            ("TeamFilter", _) => self.create("createTeam", "team", json!({ "name": text })).await,
            ("TicketFilter", _) => {
                self.create("createTicket", "ticket", json!({ "title": text, "description": "In full" })).await
            }
            ("VisitorFilter", _) => self.message(text, email("visitor"), "Hello").await.1,
            other => panic!("nothing is put where {other:?} looks"),
        }
    }

    /// An account on a social platform of this name.
    async fn account(&self, n: usize, name: &str) -> String {
        let hex = format!("0190a5f00000700080000000000001{n:02x}");
        let (id, name) = (B2ChatRows(&self.social.sql).key(&hex), quoted(name));
        self.social
            .sql
            .run(&format!(
                "INSERT INTO social_accounts (id, platform, account_id, account_name, status, metadata, connected_at, active, version, updated_at)
                 VALUES ({id}, 'facebook', 'account-{n}', {name}, 'connected', '{{}}', {AT}, TRUE, 1, {AT})"
            ))
            .await;
        format!("sac_{hex}")
    }

    async fn ask(&self, place: &Place, filter: Value) -> Answer {
        let Place { list, filter: ty, .. } = place;
        let document = format!("query($f: {ty}) {{ {list}(filter: $f, first: 100) {{ totalCount nodes {{ id }} }} }}");
        self.social.admin.client.run(&document, json!({ "f": filter })).await
    }

    /// The letters of what a filter leaves of these.
    async fn found(&self, place: &Place, ids: &[String], filter: Value) -> String {
        let answer = self.ask(place, filter).await.ok();
        let nodes = answer.list(&format!("{}.nodes", place.list));
        assert_eq!(answer.data(&format!("{}.totalCount", place.list)), &json!(nodes.len()), "{}", place.list);
        letters(ids, nodes.iter().map(|node| &node["id"]))
    }
}

/// The letters of those of the ids that are ours.
fn letters<'a>(ids: &[String], found: impl Iterator<Item = &'a Value>) -> String {
    let found: BTreeSet<_> = found.filter_map(Value::as_str).collect();
    let ours = TEXTS.iter().zip(ids).filter(|(_, id)| found.contains(id.as_str()));
    ours.map(|((letter, _), _)| *letter).collect()
}

/// All but these.
fn others(letters: &str) -> String {
    ALL.chars().filter(|letter| !letters.contains(*letter)).collect()
}

both! {
    /// Whatever is typed finds the same in every list: signs, emoji, telephone numbers, umlauts, scripts, quotes, what attackers
    /// type, and what nobody sees. So it does as one of several, and its opposite finds the others.
    async fn what_is_typed_is_found_in_every_list(backend) {
        let social = Social::open(backend).await;
        let admin = &social.admin;
        open(admin, None, daily("00:00", "24:00")).await.ok();
        let advice = service(admin, json!({ "name": "Advice" })).await;
        let date = day(admin, 3).await;
        let times = slots(&social.desk.web, &advice, date, date).await;
        let (role, category) = (role(admin, "STAFF").await, category(admin, "Guides", 1).await);
        let scene = Scene { role, category, advice, times, social };
        let mut wrong = Vec::new();
        let mut guides = Vec::new();
        for place in PLACES {
            let mut ids = Vec::new();
            for (n, (_, text)) in TEXTS.iter().enumerate() {
                ids.push(scene.put(place, n, text).await);
            }
            let at = format!("{}.{}", place.filter, place.field);
            for (typed, words, parts) in TYPED {
                let expected = if place.parts { parts } else { words };
                let by = |typed: &str| json!({ place.field: typed });
                let asked = [
                    (by(typed), (*expected).to_owned()),
                    (json!({ "not": by(typed) }), others(expected)),
                    (json!({ "or": [by(typed), by("nothing like it")] }), (*expected).to_owned()),
                ];
                let found = join_all(asked.iter().map(|(filter, _)| scene.found(place, &ids, filter.clone()))).await;
                for ((filter, expected), found) in asked.iter().zip(found) {
                    if found != *expected {
                        wrong.push(format!("{at}: {filter} finds {found:?} instead of {expected:?}"));
                    }
                }
            }
            let long = scene.ask(place, json!({ place.field: "é".repeat(201) })).await;
            if !matches!(long.error_code(), "BAD_USER_INPUT" | "GRAPHQL_VALIDATION_FAILED") {
                wrong.push(format!("{at}: takes 201 characters"));
            }
            if place.filter == "GuideFilter" {
                guides = ids;
            }
        }
        for (typed, expected, _) in TYPED.iter().filter(|(_, expected, _)| *expected != ALL) {
            let search = "query($t: String!) { helpSearch(text: $t, limit: 50) { guide { id } } }";
            let answer = scene.social.desk.web.run(search, json!({ "t": typed })).await.ok();
            let found = letters(&guides, answer.list("helpSearch").iter().map(|hit| &hit["guide"]["id"]));
            if found != *expected {
                wrong.push(format!("helpSearch: {typed:?} finds {found:?} instead of {expected:?}"));
            }
        }
        assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    }
}
