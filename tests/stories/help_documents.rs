//! Help documents: files whose text is found, for those who may read them; and files that mean harm.

use std::io::{Cursor, Write};

use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::desk::{Desk, Person, SOON};
use super::files::{path, send, used};
use super::help_centre::category;
use super::roles::run;
use super::tickets::client;
use crate::support::{Client, both, until};

const CREATE: &str = "mutation($input: CreateHelpDocumentInput!) { createHelpDocument(input: $input) {
    helpDocument { id title audience extractionState extractionError isPublished file { id name contentType } createdBy { ... on Staff { id } } }
    errors { code path message } } }";
const UPDATE: &str = "mutation($input: UpdateHelpDocumentInput!) { updateHelpDocument(input: $input) {
    helpDocument { title audience extractionState isPublished publishedAt category { name } file { id } } errors { code path message } } }";
const REMOVE: &str =
    "mutation($id: ID!) { removeHelpDocument(input: { helpDocumentId: $id }) { removedId errors { code path } } }";
const STATE: &str = "query($id: ID!) { node(id: $id) { ... on HelpDocument { extractionState extractionError file { id link { url } } } } }";
const ONE: &str = "query($id: ID!) { publishedHelpDocument(id: $id) { title viewCount file { name link { url } } } }";
const SEARCH: &str = "query($t: String!) { helpSearch(text: $t) { score title { text isMatch } excerpt { text isMatch } \
    guide { title } document { title } } }";
const LIST: &str = "query($f: HelpDocumentFilter) { helpDocuments(filter: $f) { totalCount nodes { title } } }";

/// A PDF of one page with this text, as small as one can be.
fn pdf(text: &str, more: &str) -> Vec<u8> {
    let stream = format!("BT /F1 12 Tf 72 700 Td ({text}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{stream}\nendstream", stream.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let (mut file, mut places) = (b"%PDF-1.4\n".to_vec(), Vec::new());
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", number + 1).as_bytes());
    }
    let table = file.len();
    file.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    for place in places {
        file.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    let trailer = format!("trailer\n<< /Size {} /Root 1 0 R {more} >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    file.extend_from_slice(trailer.as_bytes());
    file
}

/// A word processor's document with this in its body.
fn docx(body: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"),
        ("_rels/.rels", "<Relationships/>"),
    ] {
        archive.start_file(name, SimpleFileOptions::default()).expect("a file");
        archive.write_all(text.as_bytes()).expect("written");
    }
    archive.start_file("word/document.xml", SimpleFileOptions::default()).expect("a file");
    for part in body {
        archive.write_all(&part).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

fn paragraph(text: &str) -> Vec<u8> {
    format!("<w:document xmlns:w=\"x\"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>")
        .into_bytes()
}

/// Sends a file and makes a document of it; returns its id.
async fn document(admin: &Person, title: &str, name: &str, bytes: impl AsRef<[u8]>, more: Value) -> String {
    let file = send(&admin.client, name, bytes).await.ok().string("uploadFile.file.id");
    let mut input = json!({ "title": title, "fileId": file });
    input.as_object_mut().expect("fields").extend(more.as_object().cloned().expect("fields"));
    let made = run(admin, CREATE, json!({ "input": input })).await;
    assert_eq!(made.data("createHelpDocument.helpDocument.extractionState"), "PENDING", "{made}");
    made.string("createHelpDocument.helpDocument.id")
}

/// What came of reading a document's file.
async fn read(admin: &Person, id: &str) -> (String, Option<String>) {
    until("the document's text", 3 * SOON, async || {
        let seen = run(admin, STATE, json!({ "id": id })).await;
        let state = seen.string("node.extractionState");
        (state != "PENDING").then(|| (state, seen.data("node.extractionError").as_str().map(str::to_owned)))
    })
    .await
}

fn whole(parts: &Value) -> String {
    parts.as_array().expect("parts").iter().map(|part| part["text"].as_str().expect("a text")).collect()
}

/// The titles of what is found, the best first.
async fn found(client: &Client, text: &str) -> Vec<String> {
    let found = client.run(SEARCH, json!({ "t": text })).await.ok();
    found.list("helpSearch").iter().map(|hit| whole(&hit["title"])).collect()
}

both! {
    /// A file of each format is found by what is in it, the best first, with the words marked; it is read by who it is for, signed out
    /// by a link; it gets another file, and goes with it.
    async fn a_document_is_found_by_what_is_in_its_file(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let pumps = category(&admin, "Pumps", 0).await;
        let open = json!({ "audience": "EVERYONE", "isPublished": true, "categoryId": pumps });
        let made = [
            document(&admin, "Handbook", "handbook.pdf", pdf("The impeller turns left. Grease the impeller.", ""), open.clone()).await,
            document(&admin, "Letter", "letter.docx", docx([paragraph("An impeller &amp; a seal, na\u{ef}ve.")]), open.clone()).await,
            document(&admin, "Page", "page.html", "<!doctype html><title>x</title><script>var impeller</script><h1>About</h1><p>One impeller.</p>", open.clone()).await,
            document(&admin, "Impeller notes", "notes.md", "# Notes\n\nSee *below*.\n", open.clone()).await,
            document(&admin, "Plain", "plain.txt", format!("{}the impeller <b>is not bold</b> here", "Nothing of use. ".repeat(100)), open).await,
        ];
        for id in &made {
            assert_eq!(read(&admin, id).await, ("DONE".into(), None));
        }
        // Parts of a page, and one that is XML, are pages.
        let part = "<h2>Gaskets</h2><section class='care'><p>A <b>gasket</b> wears.</p></section>";
        let xml = "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body><p>A gasket fits.</p></body></html>";
        for (title, name, text) in [("Part", "part.HTM", part), ("Whole", "whole.xhtml", xml)] {
            let id = document(&admin, title, name, text, json!({ "audience": "EVERYONE", "isPublished": true })).await;
            assert_eq!(read(&admin, &id).await, ("DONE".into(), None), "{name}");
        }
        let hits = desk.web.run(SEARCH, json!({ "t": "gasket" })).await.ok();
        let texts: Vec<_> = hits.list("helpSearch").iter().map(|hit| whole(&hit["excerpt"])).collect();
        assert!(texts.len() == 2 && texts.iter().all(|text| !text.contains(['<', '>'])), "{texts:?}");
        assert_eq!(found(&desk.web, "care").await, Vec::<String>::new(), "what a tag says is no word of the page");
        // What stands in its title first, then what says it more often.
        let hits = desk.web.run(SEARCH, json!({ "t": "impell" })).await.ok();
        let titles: Vec<_> = hits.list("helpSearch").iter().map(|hit| whole(&hit["title"])).collect();
        assert_eq!((titles[0].as_str(), titles[1].as_str(), titles.len()), ("Impeller notes", "Handbook", 5), "{titles:?}");
        assert_eq!(hits.data("helpSearch.0.title.0"), &json!({ "text": "Impeller", "isMatch": true }));
        assert_eq!(hits.data("helpSearch.1.document.title"), "Handbook");
        let plain = hits.list("helpSearch").iter().find(|hit| whole(&hit["title"]) == "Plain").expect("a hit").clone();
        assert!(whole(&plain["excerpt"]).contains("the impeller <b>is not bold</b> here"), "{plain}");
        let marked: Vec<_> = plain["excerpt"].as_array().expect("parts").iter().filter(|part| part["isMatch"] == true).map(|part| part["text"].clone()).collect();
        assert_eq!(marked, ["impeller"]);
        assert_eq!(found(&desk.web, "naive seal").await, ["Letter"], "in any spelling");
        assert_eq!(found(&desk.web, "impeller seal boat").await, Vec::<String>::new(), "all of the words");
        assert_eq!(found(&desk.web, "var").await, Vec::<String>::new(), "no script is read");
        for nothing in ["", " ", "…"] {
            assert_eq!(found(&desk.web, nothing).await, Vec::<String>::new());
        }
        assert_eq!(desk.web.run(SEARCH, json!({ "t": "x".repeat(201) })).await.error_code(), "BAD_USER_INPUT");
        assert_eq!(run(&admin, LIST, json!({ "f": { "text": "grease" } })).await.data("helpDocuments.nodes"), &json!([{ "title": "Handbook" }]));

        // Signed out, by a link.
        let one = desk.web.run(ONE, json!({ "id": made[4] })).await.ok();
        let link = path(&one.string("publishedHelpDocument.file.link.url"));
        assert!(desk.web.get(&link).await.text.ends_with("here"));
        let centre = "{ helpCenter { documents { nodes { title } } } }";
        assert_eq!(desk.web.run(centre, Value::Null).await.ok().list("helpCenter.0.documents.nodes").len(), 5);
        // A link is for one who asks: nobody keeps it.
        let query = format!("{{ publishedHelpDocument(id: \"{}\") {{ file {{ link {{ url }} }} }} }}", made[4]);
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let kept = desk.web.get(&format!("/graphql?query={query}")).await;
        assert_eq!((kept.header("cache-control"), kept.header("etag")), ("no-store, no-transform", ""));

        // Another file: the old one goes, and what it said is found no more.
        let before = used(&admin).await;
        let new = send(&admin.client, "new.txt", "Only a valve.").await.ok().string("uploadFile.file.id");
        let changed = run(&admin, UPDATE, json!({ "input": { "helpDocumentId": made[4], "fileId": new, "title": "Valves" } })).await;
        assert_eq!(changed.data("updateHelpDocument.helpDocument.file.id"), &json!(new));
        assert_eq!(read(&admin, &made[4]).await.0, "DONE");
        assert_eq!((found(&desk.web, "valve").await, found(&desk.web, "bold").await), (vec!["Valves".to_owned()], vec![]));
        assert_eq!(desk.web.get(&link).await.status, 404);
        assert!(used(&admin).await < before);
        // Taken away it is nothing for anybody, and its room is free.
        let file = run(&admin, STATE, json!({ "id": made[4] })).await;
        let link = path(&file.string("node.file.link.url"));
        assert_eq!(run(&admin, REMOVE, json!({ "id": made[4] })).await.data("removeHelpDocument.removedId"), &json!(made[4]));
        assert!(run(&admin, STATE, json!({ "id": made[4] })).await.data("node").is_null());
        assert!(run(&admin, STATE, json!({ "id": file.string("node.file.id") })).await.data("node").is_null());
        assert_eq!((desk.web.get(&link).await.status, found(&admin.client, "valve").await), (404, vec![]));
        assert_eq!(admin.client.run(REMOVE, json!({ "id": made[4] })).await.error_code(), "NOT_FOUND");
        let told = run(&admin, "{ auditLogs(filter: { eventType: { eq: \"help_document.removed\" } }) { nodes { action oldValues } } }", Value::Null).await;
        assert_eq!(told.data("auditLogs.nodes.0"), &json!({ "action": "DELETE", "oldValues": { "title": "Valves" } }));
    }

    /// A document is read by whom it is for, once it is published, by every path; its file too.
    async fn a_document_is_read_by_its_audience(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let mut made = Vec::new();
        for (title, audience, published) in [("For staff", "STAFF", true), ("For clients", "CLIENTS", true), ("For all", "EVERYONE", true), ("A draft", "EVERYONE", false)] {
            let more = json!({ "audience": audience, "isPublished": published });
            let id = document(&admin, title, "a.txt", format!("The kettle. {title}"), more).await;
            assert_eq!(read(&admin, &id).await.0, "DONE");
            made.push(id);
        }
        let ada = client(&desk, &admin, "ada").await;
        let bea = desk.colleague("bea@example.com", "Bea", "STAFF").await;
        for (who, reader, sees) in [("signed out", &desk.web, [false, false, true, false]), ("a client", &ada.client, [false, true, true, false]), ("staff", &bea.client, [true, true, true, true])] {
            let expected: Vec<_> = ["A draft", "For all", "For clients", "For staff"].into_iter().zip([sees[3], sees[2], sees[1], sees[0]]).filter(|(_, sees)| *sees).map(|(title, _)| title.to_owned()).collect();
            let mut titles = found(reader, "kettle").await;
            titles.sort();
            assert_eq!(titles, expected, "{who}");
            for (id, sees) in made.iter().zip(sees) {
                let is_published = *id != made[3];
                let one = reader.run(ONE, json!({ "id": id })).await.ok();
                assert_eq!(one.data("publishedHelpDocument").is_null(), !(sees && is_published), "{who} {id}");
                if who == "signed out" {
                    continue;
                }
                let seen = reader.run(STATE, json!({ "id": id })).await.ok();
                assert_eq!(seen.data("node").is_null(), !sees, "{who} {id}");
                let file = run(&admin, STATE, json!({ "id": id })).await.string("node.file.id");
                let node = reader.run("query($id: ID!) { node(id: $id) { id } }", json!({ "id": file })).await.ok();
                assert_eq!(node.data("node").is_null(), !sees, "{who}, the file of {id}");
            }
            if who != "signed out" {
                let list = reader.run(LIST, Value::Null).await.ok();
                assert_eq!(list.data("helpDocuments.totalCount"), expected.len(), "{who}");
            }
        }
        // Its audience is changed, and it is taken back.
        run(&admin, UPDATE, json!({ "input": { "helpDocumentId": made[1], "audience": "EVERYONE" } })).await;
        assert_eq!(found(&desk.web, "kettle clients").await, ["For clients"]);
        let taken = run(&admin, UPDATE, json!({ "input": { "helpDocumentId": made[1], "isPublished": false } })).await;
        assert_eq!(taken.data("updateHelpDocument.helpDocument.publishedAt"), &Value::Null);
        assert_eq!(found(&desk.web, "kettle clients").await, Vec::<String>::new());
    }

    /// What is no document is refused by name; what only looks like one is there, says what is wrong with it, and holds up nothing.
    async fn files_that_mean_harm_end_as_a_visible_failure(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let blanks = || std::iter::repeat_with(|| vec![b' '; 1 << 20]).take(66);
        let open = || [b"<w:document xmlns:w=\"x\"><w:body><w:p><w:r><w:t>".to_vec()];
        let close = || [b"</w:t></w:r></w:p></w:body></w:document>".to_vec()];
        let good = pdf("The impeller turns left.", "");
        let deep = format!("%PDF-1.4\n1 0 obj\n{}\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF", "[".repeat(200_000));
        let garbage: Vec<u8> = good.iter().enumerate().map(|(at, byte)| if at > 20 && at % 3 == 0 { byte ^ 0x55 } else { *byte }).collect();
        let hostile: Vec<(&str, &str, Vec<u8>, &str)> = vec![
            ("a bomb", "bomb.docx", docx(open().into_iter().chain(blanks()).chain(close())), "64 MiB"),
            ("a huge tag", "tag.docx", docx([b"<w:document a=\"".to_vec()].into_iter().chain(blanks()).chain(close())), "64 MiB"),
            ("a document cut off", "cut.docx", { let whole = docx([paragraph("x")]); whole[..whole.len() / 2].to_vec() }, "no Word document"),
            ("another archive", "other.docx", { let mut zip = ZipWriter::new(Cursor::new(Vec::new())); zip.start_file("a.txt", SimpleFileOptions::default()).expect("a file"); zip.finish().expect("an archive").into_inner() }, "no Word document"),
            ("broken XML", "xml.docx", docx([b"<w:document><w:p></w:document>".to_vec()]), "no Word document"),
            ("a PDF cut off", "cut.pdf", good[..good.len() / 3].to_vec(), "broken"),
            ("a PDF of garbage", "garbage.pdf", garbage, ""),
            ("a deep PDF", "deep.pdf", deep.into_bytes(), "broken"),
            ("an encrypted PDF", "secret.pdf", pdf("x", "/Encrypt << /Filter /Standard /V 1 /R 2 /O (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) /U (bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb) /P -4 >> /ID [(a) (a)]"), ""),
            ("a PDF without text", "empty.pdf", pdf("", ""), "no text"),
            ("a text in another encoding", "latin.txt", b"Gr\xfc\xdfe ".repeat(3).to_vec(), ""),
            ("blanks", "blank.md", b" \n\t\n".to_vec(), "no text"),
            ("a polyglot", "both.pdf", [b"%PDF-1.4\n<html><script>alert(1)</script></html>\n".to_vec(), docx([paragraph("x")])].concat(), "broken"),
        ];
        let mut made = Vec::new();
        for (what, name, bytes, why) in hostile {
            let sent = send(&admin.client, name, &bytes).await.ok();
            let file = sent.string("uploadFile.file.id");
            let answer = admin.client.run(CREATE, json!({ "input": { "title": what, "fileId": file, "isPublished": true, "audience": "EVERYONE" } })).await;
            if let Some(refused) = answer.user_errors("createHelpDocument").first() {
                assert_eq!((refused.code.as_str(), refused.path.as_str()), ("INVALID_FORMAT", "input.fileId"), "{what}");
                assert_eq!(what, "a text in another encoding", "{answer}");
                continue;
            }
            made.push((what, answer.string("createHelpDocument.helpDocument.id"), why));
        }
        let after = document(&admin, "After", "after.pdf", &good, json!({})).await;
        for (what, id, why) in made {
            let (state, error) = read(&admin, &id).await;
            assert_eq!(state, "FAILED", "{what}");
            assert!(error.as_deref().is_some_and(|error| error.contains(why)), "{what}: {error:?}");
            assert_eq!(found(&desk.web, what).await, [what], "its title is there");
        }
        assert_eq!(read(&admin, &after).await, ("DONE".into(), None), "the worker goes on");
        let sql = desk.sql().await;
        assert_eq!(sql.number("SELECT count(*) FROM jobs WHERE kind = 'ticketing.extract_help_document'").await, 0, "nothing is tried again");
        assert!(desk.server.is_running(), "and the server is there");

        // What is no document, whatever it is called.
        let before = sql.number("SELECT count(*) FROM help_documents").await;
        for (name, bytes) in [("picture.pdf", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()), ("program.docx", b"\x7fELF\x02\x01\x01\0".to_vec()), ("drawing.html", b"<svg onload='alert(1)'/>".to_vec()), ("archive.zip", docx([paragraph("x")])[..60].to_vec())] {
            let file = send(&admin.client, name, bytes).await.ok().string("uploadFile.file.id");
            let refused = admin.client.run(CREATE, json!({ "input": { "title": "x", "fileId": file } })).await;
            let errors = refused.user_errors("createHelpDocument");
            assert_eq!((errors[0].code.as_str(), errors[0].path.as_str()), ("INVALID_FORMAT", "input.fileId"), "{name}: {refused}");
        }
        let bea = desk.colleague("bea@example.com", "Bea", "MANAGER").await;
        let theirs = send(&bea.client, "a.txt", "x").await.ok().string("uploadFile.file.id");
        for (input, code, path) in [
            (json!({ "title": "x", "fileId": theirs }), "NOT_AVAILABLE", "fileId"),
            (json!({ "title": "x", "fileId": "fil_0190a5f0000070008000000000000000" }), "NOT_AVAILABLE", "fileId"),
            (json!({ "title": " ", "fileId": theirs }), "BLANK", "title"),
            (json!({ "title": "x", "fileId": theirs, "categoryId": "gct_0190a5f0000070008000000000000000" }), "NOT_AVAILABLE", "categoryId"),
        ] {
            let refused = admin.client.run(CREATE, json!({ "input": input })).await;
            let errors = refused.user_errors("createHelpDocument");
            assert_eq!((errors[0].code.as_str(), errors[0].path.as_str()), (code, format!("input.{path}").as_str()), "{refused}");
        }
        assert_eq!(sql.number("SELECT count(*) FROM help_documents").await, before);
    }
}
