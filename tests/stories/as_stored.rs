//! What people type, as it is stored.

use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, SOON, SUBMIT};
use super::organisation::change;
use crate::support::{Answer, Client, Options, Smtp, both, svix};

const READ: &str = "query Read($id: ID!) { message(id: $id) { name company service content pageUrl } }";
const ADD: &str = "mutation Add($input: CreateStaffInput!) { createStaff(input: $input) {
    staff { id name phone } errors { code message path } } }";
const PHONE: &str = "mutation Phone($input: UpdateProfileInput!) { updateProfile(input: $input) {
    user { phone phoneTyped } errors { code message path } } }";
const REGION: &str = "mutation Region($region: String) { updateCompanyProfile(input: { region: $region }) {
    companyProfile { region } errors { code path } } }";
const VISITORS: &str = "query Visitors($filter: VisitorFilter) { visitors(filter: $filter) { nodes { name email } } }";

both! {
    /// A name shows what it is: what shows nothing is none, nothing turns the letters of others, and what nobody sees is
    /// left out but where a script or an emoji needs it (B55).
    async fn a_name_is_what_one_sees(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await.client;
        let refused = async |field: &str, text: &str| {
            let mut input = json!({ "name": "Ann", "email": "ann@example.com", "content": "Hello" });
            input[field] = json!(text);
            let answer = desk.web.run(SUBMIT, json!({ "input": input })).await;
            let errors = answer.user_errors("submitMessage");
            assert_eq!(errors[0].path, format!("input.{field}"), "{text:?}");
            errors[0].code.clone()
        };
        for nothing in ["\u{200b}", "\u{2066}\u{ad}\u{2069}", "\u{3164}", "\u{2800}"] {
            assert_eq!(refused("name", nothing).await, "BLANK", "{nothing:?}");
            assert_eq!(refused("content", nothing).await, "BLANK", "{nothing:?}");
        }
        for field in ["name", "company", "service"] {
            assert_eq!(refused(field, "Ann\u{202e}gnp.exe").await, "INVALID_FORMAT");
        }
        let family = "Ann 👩\u{200d}👩\u{200d}👧";
        let input = json!({ "name": family, "email": "ann@example.com", "content": "\u{2067}שלום\u{2069}",
            "company": "Be\u{200b}t\u{200e}a\u{ad}", "service": "علی\u{200c}رضا" });
        let id = desk.submit(input).await.string("submitMessage.receipt.messageId");
        let read = admin.run(READ, json!({ "id": id })).await.ok();
        let stored = json!({ "name": family, "company": "Beta", "service": "علی\u{200c}رضا", "content": "\u{2067}שלום\u{2069}", "pageUrl": null });
        assert_eq!(read.data("message"), &stored);
        let role = staff_role(&admin).await;
        for (name, code) in [("\u{200b}", "BLANK"), ("Bea\u{202e}", "INVALID_FORMAT")] {
            let input = json!({ "email": "bea@example.com", "name": name, "roleId": role });
            let answer = admin.run(ADD, json!({ "input": input })).await;
            assert_eq!(answer.user_errors("createStaff")[0].code, code, "{answer}");
        }
    }

    /// The page that somebody writes on can be clicked by staff, so it is an address of the web or a path, and nothing
    /// that runs (B56).
    async fn a_page_is_an_address(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await.client;
        let form = |page: &str| json!({ "name": "Ann", "email": "ann@example.com", "content": "Hello", "pageUrl": page });
        for bad in ["javascript:alert(1)", "data:text/html,x", "JAVASCRIPT:alert(1)//https://", "//evil.example/", "/\\evil.example", "mailto:a@b.example", "https://"] {
            let answer = desk.web.run(SUBMIT, json!({ "input": form(bad) })).await;
            let errors: Vec<_> = answer.user_errors("submitMessage").into_iter().map(|error| (error.path, error.code)).collect();
            assert_eq!(errors, [("input.pageUrl".to_owned(), "INVALID_FORMAT".to_owned())], "{bad}");
        }
        for good in ["https://acme.example/kontakt?a=b#c", "http://localhost:8080/", "/kontakt"] {
            let id = desk.submit(form(good)).await.string("submitMessage.receipt.messageId");
            assert_eq!(admin.run(READ, json!({ "id": id })).await.ok().string("message.pageUrl"), good);
        }
        let none = desk.submit(form(" ")).await.string("submitMessage.receipt.messageId");
        assert_eq!(admin.run(READ, json!({ "id": none })).await.ok().data("message.pageUrl"), &Value::Null);
    }

    /// Line breaks are of one kind, whatever they were typed on, and none joins two words in a mail.
    async fn a_line_ends_where_it_ended(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, Options::new().smtp(&smtp)).await;
        let admin = desk.admin().await;
        let id = desk.message("Ann", "one\rtwo\r\nthree\u{85}four\u{2028}five\u{2029}six").await;
        let read = admin.client.run(READ, json!({ "id": id })).await.ok();
        assert_eq!(read.string("message.content"), "one\ntwo\nthree\nfour\nfive\nsix");
        admin.reply(&id, "yes\rno\u{2028}perhaps").await;
        let text = smtp.next_mail(SOON).await.text();
        assert!(text.replace("\r\n", "\n").contains("yes\nno\nperhaps"), "{text:?}");
    }

    /// A telephone number is one that there is, in one form, beside what was typed; without a country code it is one of the
    /// country that the company is in (B74).
    async fn a_telephone_number_has_one_form(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await.client;
        let call = async |typed: &str| admin.run(PHONE, json!({ "input": { "phone": typed } })).await;
        let stored = async |typed: &str| {
            let user = call(typed).await.ok().data("updateProfile.user").clone();
            assert_eq!(user["phoneTyped"], json!(typed));
            user["phone"].clone()
        };
        for typed in ["+49 (0)30 12345678", "0049 30 12345678"] {
            assert_eq!(stored(typed).await, "+493012345678", "{typed}");
        }
        let refused = |answer: Answer| answer.user_errors("updateProfile").into_iter().map(|error| (error.path, error.code)).collect::<Vec<_>>();
        let wrong = [("input.phone".to_owned(), "INVALID_FORMAT".to_owned())];
        for typed in ["030 12345678", "abc", "1", "+49", "030 12345678\u{202e}"] {
            assert_eq!(refused(call(typed).await), wrong, "{typed}");
        }
        let region = async |code: &str| admin.run(REGION, json!({ "region": code })).await;
        assert_eq!(region("de").await.ok().string("updateCompanyProfile.companyProfile.region"), "DE");
        assert_eq!(region("Germany").await.user_errors("updateCompanyProfile")[0].path, "input.region");
        for typed in ["030 12345678", "+49 (0)30 12345678", "0049 30 12345678", "(030) 123 45 678"] {
            assert_eq!(stored(typed).await, "+493012345678", "{typed}");
        }
        assert_eq!(stored("+44 20 7946 0958").await, "+442079460958", "another country's");
        assert_eq!(refused(call("abc").await), wrong);
        assert_eq!(call("").await.ok().data("updateProfile.user"), &json!({ "phone": null, "phoneTyped": null }));
        let role = staff_role(&admin).await;
        for (phone, code) in [("030 12345678", None), ("abc", Some("INVALID_FORMAT"))] {
            let email = format!("{}@example.com", code.unwrap_or("bea").to_lowercase());
            let input = json!({ "email": email, "name": "Bea", "roleId": role, "phone": phone });
            let answer = admin.run(ADD, json!({ "input": input })).await;
            match code {
                None => assert_eq!(answer.ok().string("createStaff.staff.phone"), "+493012345678"),
                Some(code) => assert_eq!(answer.user_errors("createStaff")[0].code, code),
            }
        }
    }

    /// A name is one thing's of its kind, whatever its case and what nobody sees in it. What is renamed gives its name up,
    /// a revoked key too (B83).
    async fn a_name_is_one_things(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await.client;
        let make = async |mutation: &str, thing: &str, input: Value| change(&admin, mutation, input, &format!("{thing} {{ id }}")).await;
        let staff_role = &staff_role(&admin).await;
        let taken = |answer: Answer, mutation: &str| {
            let errors: Vec<_> = answer.user_errors(mutation).into_iter().map(|error| (error.code, error.path)).collect();
            assert_eq!(errors, [("NOT_AVAILABLE".to_owned(), "input.name".to_owned())], "{answer}");
        };
        for name in ["Admin", "s\u{ad}taff", "ＳＴＡＦＦ"] {
            taken(make("createRole", "role", json!({ "name": name, "permissions": [] })).await, "createRole");
        }
        for (create, thing, update, id) in [
            ("createRole", "role", "updateRole", "roleId"),
            ("createDepartment", "department", "updateDepartment", "departmentId"),
            ("createTeam", "team", "updateTeam", "teamId"),
            ("createNotificationChannel", "channel", "updateNotificationChannel", "channelId"),
            ("createIdentityProvider", "identityProvider", "updateIdentityProvider", "identityProviderId"),
        ] {
            let named = |name: &str| match thing {
                "role" => json!({ "name": name, "permissions": [] }),
                "channel" => json!({ "name": name, "webhookUrl": "https://prod-1.westeurope.logic.azure.com/workflows/1?sig=x" }),
                "identityProvider" => json!({ "name": name, "webhookSecret": svix::secret(), "creates": "STAFF", "createsWith": staff_role }),
                _ => json!({ "name": name }),
            };
            let first = make(create, thing, named("Straße")).await.ok().string(&format!("{create}.{thing}.id"));
            for same in ["straße", "STRASSE", "Stra\u{200b}ße", " Straße "] {
                taken(make(create, thing, named(same)).await, create);
            }
            make(create, thing, named("Strase")).await.ok();
            // A thing may write its own name otherwise, and what it was called is free when it is called otherwise.
            for name in ["STRASSE", "Gasse"] {
                make(update, thing, json!({ id: first, "name": name })).await.ok();
            }
            let second = make(create, thing, named("strasse")).await.ok().string(&format!("{create}.{thing}.id"));
            taken(make(update, thing, json!({ id: second, "name": "GASSE" })).await, update);
        }
        let key = async |name: &str| make("createApiKey", "apiKey", json!({ "name": name, "permissions": ["VIEW_STAFF"] })).await;
        let first = key("Nightly").await.ok().string("createApiKey.apiKey.id");
        taken(key("NIGHTLY").await, "createApiKey");
        make("revokeApiKey", "apiKey", json!({ "apiKeyId": first })).await.ok();
        key("nightly").await.ok();
        let bea = desk.colleague("bea@example.com", "Bea", "ADMIN").await.client;
        let input = json!({ "name": "Nightly", "permissions": ["VIEW_STAFF"] });
        change(&bea, "createApiKey", input, "apiKey { id }").await.ok();

        // A department's name is its own among those beside it, wherever it is moved to.
        let department = async |name: &str, parent: Option<&str>| {
            let input = json!({ "name": name, "parentId": parent });
            make("createDepartment", "department", input).await.ok().string("createDepartment.department.id")
        };
        let north = department("North", None).await;
        let care = department("Care", Some(&north)).await;
        department("CARE", None).await;
        let moved = make("moveDepartment", "department", json!({ "departmentId": care, "parentId": null })).await;
        assert_eq!(moved.user_errors("moveDepartment")[0].path, "input.parentId");

        // Of many at once one has it.
        let names = ["Night shift", "NIGHT SHIFT", "night shift", "Night\u{a0}shift", "ＮＩＧＨＴ shift"];
        let made = futures_util::future::join_all(names.map(|name| make("createTeam", "team", json!({ "name": name })))).await;
        let (some, none): (Vec<_>, Vec<_>) = made.into_iter().partition(|answer| answer.user_errors("createTeam").is_empty());
        assert_eq!(some.len(), 1);
        some[0].string("createTeam.team.id");
        none.into_iter().for_each(|answer| taken(answer, "createTeam"));
    }

    /// An address is looked for in any case and with its domain in letters or in ASCII, as it is when somebody signs in
    /// (B51).
    async fn an_address_is_found_however_it_is_written(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await.client;
        desk.submit(json!({ "name": "Anna", "email": "Anna@XN--exmple-cua.com", "content": "Hello" })).await;
        desk.submit(json!({ "name": "Ben", "email": "ben@example.com", "content": "Hello" })).await;
        for written in ["anna@exämple.com", "anna@xn--exmple-cua.com", "Anna@EXÄMPLE.com", " anna@exa\u{308}mple.com"] {
            for filter in [json!({ "eq": written }), json!({ "in": [written, "nobody@example.com"] })] {
                let found = admin.run(VISITORS, json!({ "filter": { "email": filter } })).await.ok();
                assert_eq!(found.data("visitors.nodes"), &json!([{ "name": "Anna", "email": "anna@exämple.com" }]), "{written}");
            }
            let others = admin.run(VISITORS, json!({ "filter": { "email": { "ne": written } } })).await.ok();
            assert_eq!(others.data("visitors.nodes.0.name"), "Ben", "{written}");
            let searched = "query($text: String!) { messages(filter: { text: $text }) { nodes { name } } }";
            let found = admin.run(searched, json!({ "text": written })).await.ok();
            assert_eq!(found.data("messages.nodes"), &json!([{ "name": "Anna" }]), "{written}");
        }
        desk.colleague("bea@exämple.com", "Bea", "STAFF").await;
        for written in ["Bea@exämple.com", "bea@xn--exmple-cua.com"] {
            desk.sign_in(written, PASSWORD).await;
            let searched = "query($text: String!) { staffMembers(filter: { text: $text }) { nodes { name } } }";
            let found = admin.run(searched, json!({ "text": written })).await.ok();
            assert_eq!(found.data("staffMembers.nodes"), &json!([{ "name": "Bea" }]), "{written}");
        }
    }
}

async fn staff_role(admin: &Client) -> Value {
    let roles = admin.run("{ roles(first: 20) { nodes { id name } } }", json!({})).await.ok();
    roles.list("roles.nodes").iter().find(|role| role["name"] == "STAFF").expect("STAFF")["id"].clone()
}
