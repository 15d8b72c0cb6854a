//! Leads come from a file: tried first, then for real, and once whatever dies meanwhile.

use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::leads::{make, wrong};
use crate::support::{Answer, both, until, upload};

const IMPORT: &str = "mutation Import($input: ImportLeadsInput!) { importLeads(input: $input) { plan { encoding delimiter columns { column field } \
    rowCount newCount duplicateCount errorCount rowErrors { row column message } } leadImport { id state rowCount } \
    errors { code message path } } }";
pub const STATE: &str = "query($id: ID!) { leadImport(id: $id) { state rowsRead createdCount duplicateCount errorCount failure finishedAt fileName \
    rowErrors { row column } createdBy { id } } }";

pub async fn send(who: &Person, text: &str) -> String {
    let send = "mutation($file: Upload!) { uploadFile(input: { file: $file }) { file { id } errors { message } } }";
    who.client.run(send, json!({ "file": upload("leads.csv", text) })).await.ok().string("uploadFile.file.id")
}

pub async fn import(who: &Person, input: Value) -> Answer {
    who.client.run(IMPORT, json!({ "input": input })).await
}

/// Waits until an import ended.
async fn ended(who: &Person, id: &str) -> Value {
    until("the import ended", SOON, async || {
        let found = who.client.run(STATE, json!({ "id": id })).await.ok().data("leadImport").clone();
        (!found["finishedAt"].is_null()).then_some(found)
    })
    .await
}

both! {
    /// The trial says what would come of each row and writes nothing; the import does just that.
    async fn a_file_is_tried_and_then_imported(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        make(&admin, json!({ "name": "Ada", "email": "ada@example.com" })).await;
        let text = "Vorname;Nachname;E-Mail;Telefon;Firma;Egal\n\
            Grace;Hopper;grace@navy.example;+1 212 736 5000;Navy;x\n\
            Ada;Lovelace;ADA@example.com;;;\n\
            Alan;Turing;no address;;;\n\
            ;;twice@example.com;none;;\n\
            ;;;;Only a company;\n\
            =cmd|' /C calc'!A0;X;formula@example.com;;=1+1;\n\
            Grace;Again;other@navy.example;0012127365000;;\n";
        let file = send(&admin, text).await;
        let tried = import(&admin, json!({ "fileId": file, "dryRun": true })).await.ok();
        let plan = tried.data("importLeads.plan");
        assert_eq!(
            (&plan["encoding"], &plan["delimiter"], &plan["rowCount"], &plan["newCount"], &plan["duplicateCount"], &plan["errorCount"]),
            (&json!("UTF_8"), &json!(";"), &json!(7), &json!(2), &json!(2), &json!(3)),
            "{plan}"
        );
        let fields: Vec<_> = plan["columns"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["FIRST_NAME", "LAST_NAME", "EMAIL", "PHONE", "COMPANY"]);
        let errors: Vec<_> = plan["rowErrors"].as_array().unwrap().iter()
            .map(|one| (one["row"].as_i64().unwrap(), one["column"].as_str().unwrap().to_owned())).collect();
        assert_eq!(errors, [(4, "email".to_owned()), (5, "phone".to_owned()), (6, "name".to_owned())]);
        let sql = desk.sql().await;
        assert_eq!(sql.number("SELECT (SELECT count(*) FROM leads) + (SELECT count(*) FROM lead_imports)").await, 1);

        let begun = import(&admin, json!({ "fileId": file })).await.ok();
        let id = begun.string("importLeads.leadImport.id");
        let done = ended(&admin, &id).await;
        assert_eq!(done["state"], "DONE");
        assert_eq!((&done["rowsRead"], &done["createdCount"], &done["duplicateCount"], &done["errorCount"]),
            (&json!(7), &json!(2), &json!(2), &json!(3)));
        assert_eq!(done["rowErrors"], json!([{ "row": 4, "column": "email" }, { "row": 5, "column": "phone" }, { "row": 6, "column": "name" }]));
        assert_eq!(done["createdBy"]["id"], json!(admin.id));
        let all = "{ leads(filter: { source: { eq: IMPORT } }, orderBy: [{ field: NAME, direction: ASC }]) { nodes { name email company phone } } }";
        let all = admin.client.run(all, Value::Null).await.ok();
        assert_eq!(
            all.data("leads.nodes"),
            &json!([
                { "name": "=cmd|' /C calc'!A0 X", "email": "formula@example.com", "company": "=1+1", "phone": null },
                { "name": "Grace Hopper", "email": "grace@navy.example", "company": "Navy", "phone": "+12127365000" }
            ])
        );
        assert_eq!(sql.number("SELECT count(*) FROM audit_logs WHERE kind = 'lead_import.finished'").await, 1);
        assert_eq!(sql.number("SELECT count(*) FROM audit_logs WHERE kind = 'lead.created'").await, 3);
        // The file, full of people, is given up; and used once.
        assert_eq!(wrong(&import(&admin, json!({ "fileId": file })).await, "importLeads").0, "input.fileId");
        // Once more: all are there.
        let file = send(&admin, text).await;
        let keyed = admin.client.idempotency_key("once-more");
        let again = keyed.run(IMPORT, json!({ "input": { "fileId": file } })).await.ok();
        let done = ended(&admin, &again.string("importLeads.leadImport.id")).await;
        // The answer got lost, and it is asked for again: it is the same, though the file is used and gone.
        let lost = keyed.run(IMPORT, json!({ "input": { "fileId": file } })).await.ok();
        let id_of = |answer: &Answer| answer.string("importLeads.leadImport.id");
        assert_eq!((id_of(&lost), lost.data("importLeads.errors")), (id_of(&again), &json!([])));
        assert_eq!((&done["createdCount"], &done["duplicateCount"]), (&json!(0), &json!(4)));
        // Nobody else's.
        let viewer = desk.colleague("vera@example.com", "Vera", "VIEWER").await;
        assert_eq!(viewer.client.run(STATE, json!({ "id": id })).await.error_code(), "FORBIDDEN");
        assert_eq!(import(&viewer, json!({ "fileId": file })).await.error_code(), "FORBIDDEN");
    }
}

both! {
    /// A row that is none is an error at its line and nothing of it is written; a file with two columns of one name is refused; and the
    /// import does what the trial said, however far apart rows of one person are.
    async fn a_row_that_is_none_is_named_by_its_line(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let file = send(&admin, "Name,Email,email\nAda,a@example.com,b@example.com\n").await;
        assert_eq!(wrong(&import(&admin, json!({ "fileId": file, "dryRun": true })).await, "importLeads").0, "input.fileId");
        let filler: String = (0..120).map(|n| format!("Person {n},person{n}@example.com,\n")).collect();
        let text = format!(
            "Name,Email,Phone\nAda,ada@example.com,+493012345678\n\nToo,few@example.com\nToo,many@example.com,,x\n\
            Ada,ada@example.com,+493087654321\n{filler}Other,,+493087654321\nOpen,open@example.com,\"+493011111111\nLost,lost@example.com,\n"
        );
        let file = send(&admin, &text).await;
        let tried = import(&admin, json!({ "fileId": file, "dryRun": true })).await.ok();
        let plan = tried.data("importLeads.plan");
        let rows: Vec<_> = plan["rowErrors"].as_array().expect("a list").iter().map(|one| one["row"].clone()).collect();
        assert_eq!(rows, [json!(4), json!(5), json!(128)], "{plan}");
        assert_eq!((&plan["newCount"], &plan["duplicateCount"], &plan["errorCount"]), (&json!(122), &json!(1), &json!(3)));
        let begun = import(&admin, json!({ "fileId": file })).await.ok();
        let done = ended(&admin, &begun.string("importLeads.leadImport.id")).await;
        assert_eq!((&done["createdCount"], &done["duplicateCount"], &done["errorCount"]), (&json!(122), &json!(1), &json!(3)), "{done}");
        let lost = "{ leads(filter: { text: \"lost\" }) { totalCount } }";
        assert_eq!(admin.client.run(lost, Value::Null).await.ok().data("leads.totalCount"), 0);
    }
}

both! {
    /// What is no such file, and what cannot be mapped, is refused and named.
    async fn a_file_that_cannot_be_read_says_why(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        for (text, path, code) in [
            ("name,email\n", "input.fileId", "BLANK"),
            ("Company,Egal\nAcme,x\n", "input.mapping", "BLANK"),
        ] {
            let file = send(&admin, text).await;
            for dry in [true, false] {
                let refused = import(&admin, json!({ "fileId": file, "dryRun": dry })).await;
                assert_eq!(wrong(&refused, "importLeads"), (path.into(), code.into()), "{text}");
            }
        }
        let file = send(&admin, "A,B\nAda,ada@example.com\n").await;
        let column = |column: &str, field: &str| json!({ "column": column, "field": field });
        for mapping in [
            json!([]),
            json!([column("C", "NAME")]),
            json!([column("A", "COMPANY")]),
            json!([column("A", "NAME"), column("B", "NAME")]),
        ] {
            let refused = import(&admin, json!({ "fileId": file, "mapping": mapping })).await;
            assert!(wrong(&refused, "importLeads").0.starts_with("input.mapping"), "{mapping}");
        }
        let mapped = json!({ "fileId": file, "mapping": [column("a", "NAME"), column("B", "EMAIL")] });
        let begun = import(&admin, mapped).await.ok();
        let done = ended(&admin, &begun.string("importLeads.leadImport.id")).await;
        assert_eq!(done["createdCount"], json!(1));
        // Somebody else's file is none.
        let sam = desk.colleague("sam@example.com", "Sam", "STAFF").await;
        let file = send(&sam, "name\nx\n").await;
        assert_eq!(wrong(&import(&admin, json!({ "fileId": file })).await, "importLeads").1, "NOT_AVAILABLE");
        // Many rows are read over several transactions and jobs.
        let rows: String = (0..1_250).map(|n| format!("Person {n},person{n}@example.com\n")).collect();
        let file = send(&admin, &format!("name,email\n{rows}")).await;
        let begun = import(&admin, json!({ "fileId": file })).await.ok();
        let done = ended(&admin, &begun.string("importLeads.leadImport.id")).await;
        assert_eq!((&done["state"], &done["createdCount"], &done["errorCount"]), (&json!("DONE"), &json!(1_250), &json!(0)), "{done}");
    }
}
