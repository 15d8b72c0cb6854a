//! What is in exported files, as programs read it that others wrote: Rust's `csv` and `pdf-extract`, Python's `csv`, `zipfile` and XML.

use std::io::Write;
use std::process::{Command, Stdio};

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, Person};
use super::exports::{asked, exported, link, over};
use super::leads::make;
use crate::coverage::sql::Sql;
use crate::stories::export_rows::Rows;
use crate::support::{Options, both};

/// What spreadsheets would work out, or stumble over.
const EVIL: &[&str] = &[
    "=1+1",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\tx",
    "\rx",
    "＝1",
    "a,b",
    "say \"x\"",
    "two\nlines",
    "' or 1=1",
    "Zoë 😀 田中",
    "-",
];

/// Runs a program in Python on some bytes; what it prints is JSON.
fn python(program: &str, bytes: &[u8]) -> Value {
    let mut child = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python is there");
    child.stdin.take().expect("a pipe").write_all(bytes).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

const READ_CSV: &str = "import csv, io, json, sys; text = sys.stdin.buffer.read().decode('utf-8-sig'); \
    print(json.dumps(list(csv.reader(io.StringIO(text, newline='')))))";

/// The cells of the first sheet as [kind, value], whether any is a formula, what stays where it is, and the format of each date.
const READ_XLSX: &str = r#"
import io, json, sys, zipfile
import xml.etree.ElementTree as ET
book = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))
assert book.testzip() is None
ns = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
shared = []
if "xl/sharedStrings.xml" in book.namelist():
    for one in ET.fromstring(book.read("xl/sharedStrings.xml")).findall("m:si", ns):
        shared.append("".join(t.text or "" for t in one.iter("{%s}t" % ns["m"])))
styles = ET.fromstring(book.read("xl/styles.xml"))
formats = {f.get("numFmtId"): f.get("formatCode") for f in styles.iter("{%s}numFmt" % ns["m"])}
cells = [x.get("numFmtId") for x in styles.find("m:cellXfs", ns)]
sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
rows = []
for row in sheet.find("m:sheetData", ns):
    line = []
    for cell in row:
        kind, value = cell.get("t"), cell.find("m:v", ns)
        if kind == "inlineStr":
            line.append(["s", "".join(t.text or "" for t in cell.iter("{%s}t" % ns["m"]))])
        elif kind == "s":
            line.append(["s", shared[int(value.text)]])
        elif kind == "b":
            line.append(["b", value.text])
        else:
            line.append([formats.get(cells[int(cell.get("s") or 0)], "n"), float(value.text)])
    rows.append(line)
pane = sheet.find(".//m:pane", ns)
print(json.dumps({"rows": rows, "formulas": len(list(sheet.iter("{%s}f" % ns["m"]))), "pane": [pane.get("ySplit"), pane.get("state")]}))
"#;

async fn bytes(desk: &Desk, who: &Person, input: Value) -> Vec<u8> {
    let done = over(who, &asked(who, input).await).await;
    assert_eq!(done["status"], "COMPLETED", "{done}");
    let answer = desk.web.request(Method::GET, &link(&done)).send().await.expect("an answer");
    answer.bytes().await.expect("bytes").to_vec()
}

/// A desk with a few chats: three of the first day, of which two are answered and one is not, and one of a year that has long gone.
async fn chats(backend: crate::support::Backend) -> (Desk, Person, Sql) {
    let desk = Desk::open_with(backend, Options::new()).await;
    let admin = desk.admin().await;
    let zone = "mutation { setSetting(input: { key: \"company.time_zone\", scope: SYSTEM, value: \"Europe/Berlin\" }) { errors { message } } }";
    admin.client.run(zone, Value::Null).await.ok();
    let sql = desk.sql().await;
    let rows = Rows(&sql);
    rows.people("Zoë 😀 田中 =1+1").await;
    // Answered after 100 s, 40 of them in the queue; closed after 1,000.
    rows.chat(11, (2, 1), "Delivery", [None, Some(60), Some(100), Some(1_000)]).await;
    // After 200 s, 140 in the queue; open.
    rows.chat(12, (1, 1), "=cmd|' /C calc'!A0", [None, Some(60), Some(200), None]).await;
    // The clocks change between its beginning and its end; answered before it began, which is no time.
    rows.chat(13, (0, 0), "Nobody's", [Some(1_860), None, Some(1_800), Some(5_460)]).await;
    rows.message(21, 11, "=1+1").await;
    rows.message(22, 12, "Grüße,\r\n\"Zoë\"").await;
    (desk, admin, sql)
}

both! {
    /// Whatever somebody wrote is read back as they wrote it, by two programs, and is no formula in any.
    async fn a_csv_is_read_back_by_others(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let mut names = Vec::new();
        for (n, evil) in EVIL.iter().enumerate() {
            let lead = json!({ "name": format!("Lead {n}"), "email": format!("lead{n}@example.com"), "notes": evil });
            let id = make(&admin, lead).await;
            let kept = admin.client.run("query($id: ID!) { lead(id: $id) { notes } }", json!({ "id": id })).await.ok();
            names.push(kept.string("lead.notes"));
        }
        let input = json!({ "type": "LEADS", "format": "CSV", "options": { "columns": ["name", "notes", "score_value"], "byteOrderMark": true } });
        let file = bytes(&desk, &admin, input).await;
        assert!(file.starts_with(b"\xef\xbb\xbfname,notes,score_value\r\n"), "{file:?}");
        let text = std::str::from_utf8(&file[3..]).expect("UTF-8");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rust: Vec<Vec<String>> = reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
        let python = python(READ_CSV, &file);
        let theirs: Vec<Vec<String>> = serde_json::from_value(python).expect("rows");
        assert_eq!(rust, theirs[1..], "both read the same");
        assert_eq!(rust.len(), EVIL.len());
        for (row, name) in rust.iter().zip(&names) {
            let value = &row[1];
            let formula = |text: &str| text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
            assert!(!formula(value), "{value:?}");
            let plain = if formula(name) { value.strip_prefix('\'').expect("an apostrophe") } else { value };
            assert_eq!(plain, name);
        }
        // Without the mark unless asked for.
        assert!(exported(&desk, &admin, json!({ "type": "LEADS", "format": "CSV" })).await.starts_with("id,name,"));
    }

    /// All seven kinds, with their names, times in the company's zone across the change of the clocks, and filters.
    async fn all_kinds_of_rows_are_exported(backend) {
        let (desk, admin, _) = chats(backend).await;
        let csv = async |kind: &str, columns: &[&str], filter: Value| {
            let input = json!({ "type": kind, "format": "CSV", "filter": filter, "options": { "columns": columns } });
            exported(&desk, &admin, input).await
        };
        assert_eq!(
            csv("AGENTS", &["b2chat_id", "name", "email", "department", "is_active"], Value::Null).await,
            "b2chat_id,name,email,department,is_active\r\nbea,Bea,bea@example.com,North,true\r\ncid,Cid,,,true\r\n"
        );
        assert_eq!(
            csv("CONTACTS", &["b2chat_id", "full_name", "mobile", "tags"], Value::Null).await,
            "b2chat_id,full_name,mobile,tags\r\nc1,Zoë 😀 田中 =1+1,'+4915112345678,vip; new\r\n"
        );
        let columns = ["b2chat_id", "agent", "department", "topic", "created_at", "closed_at", "response_seconds", "first_response_seconds",
            "resolution_seconds"];
        let all = csv("CHATS", &columns, Value::Null).await;
        let lines: Vec<_> = all.lines().collect();
        assert_eq!(lines[1..], [
            "11,Bea,North,Delivery,2026-03-29T01:30:00+01:00,2026-03-29T01:46:40+01:00,100,40,1000",
            "12,Bea,Sales,'=cmd|' /C calc'!A0,2026-03-29T01:30:00+01:00,,200,140,",
            "13,,,Nobody's,2026-03-29T03:01:00+02:00,2026-03-29T04:01:00+02:00,,,3600",
        ]);
        for (filter, found) in [
            (json!({ "departmentId": "bdp_0190a5f0000070008000000000000001" }), vec!["11", "12"]),
            (json!({ "departmentId": "bdp_0190a5f0000070008000000000000002" }), vec!["11"]),
            (json!({ "agentId": "bag_0190a5f0000070008000000000000001", "status": "OPEN" }), vec!["12"]),
            (json!({ "from": "2026-03-29T01:00:00Z" }), vec!["13"]),
            (json!({ "until": "2026-03-29T01:00:00Z", "provider": "WHATSAPP", "priority": "NORMAL" }), vec!["11", "12"]),
            (json!({ "provider": "TELEGRAM" }), vec![]),
        ] {
            let text = csv("CHATS", &["b2chat_id"], filter.clone()).await;
            assert_eq!(text.lines().skip(1).collect::<Vec<_>>(), found, "{filter}");
        }
        assert_eq!(
            csv("MESSAGES", &["b2chat_chat_id", "text", "incoming"], Value::Null).await,
            "b2chat_chat_id,text,incoming\r\n11,'=1+1,true\r\n12,\"Grüße,\r\n\"\"Zoë\"\"\",true\r\n"
        );
        let some = csv("MESSAGES", &["b2chat_chat_id"], json!({ "departmentId": "bdp_0190a5f0000070008000000000000002" })).await;
        assert_eq!(some, "b2chat_chat_id\r\n11\r\n");
        make(&admin, json!({ "name": "Ada", "email": "ada@example.com", "ownerId": admin.id })).await;
        let lead = csv("LEADS", &["name", "status", "owner", "source"], Value::Null).await;
        assert!(lead.starts_with("name,status,owner,source\r\nAda,new,") && lead.ends_with(",manual\r\n"), "{lead}");
        let ticket = "mutation { createTicket(input: { title: \"@home\", description: \"In full\", priority: HIGH }) { ticket { id } errors { message path } } }";
        admin.client.run(ticket, Value::Null).await.ok();
        assert_eq!(
            csv("TICKETS", &["title", "description", "status", "priority"], Value::Null).await,
            "title,description,status,priority\r\n'@home,In full,open,high\r\n"
        );
        assert_eq!(csv("TICKETS", &["title"], json!({ "until": "2026-01-01T00:00:00Z" })).await, "title\r\n");
        // Averages of what is there; what is not is no 0.
        let input = |by: &str, columns: Value| json!({ "type": "CUSTOM_REPORT", "format": "CSV", "options": { "groupBy": by, "columns": columns } });
        let columns = json!(["group", "chats", "open", "closed", "unassigned", "avg_response_seconds", "avg_first_response_seconds", "avg_resolution_seconds"]);
        assert_eq!(
            exported(&desk, &admin, input("AGENT", columns)).await.lines().skip(1).collect::<Vec<_>>(),
            ["(none),1,0,1,1,,,3600.000", "Bea,2,1,1,0,150.000,90.000,1000.000"]
        );
        assert_eq!(exported(&desk, &admin, input("DAY", json!(["group", "chats"]))).await, "group,chats\r\n2026-03-29,3\r\n");
        let chosen = json!({ "type": "CUSTOM_REPORT", "format": "CSV", "options": { "columns": ["topic", "response_seconds"] } });
        assert_eq!(exported(&desk, &admin, chosen).await.lines().nth(1), Some("Delivery,100"));
    }

    /// Two agents who are called the same are two groups, each with its own averages; and what ends before it begins is in none.
    async fn a_report_tells_apart_who_is_called_the_same(backend) {
        let (desk, admin, sql) = chats(backend).await;
        sql.run("UPDATE b2chat_agents SET name = 'Bea', name_order = 'bea'").await;
        let rows = Rows(&sql);
        rows.chat(14, (0, 2), "Theirs", [Some(0), None, Some(400), Some(500)]).await;
        rows.chat(15, (0, 2), "Backwards", [Some(0), None, None, Some(-3_600)]).await;
        // As the synchronisation notes it.
        sql.run("UPDATE b2chat_chats SET duration_seconds = 500 WHERE b2chat_id = '14'").await;
        sql.run("UPDATE b2chat_chats SET duration_seconds = -3600 WHERE b2chat_id = '15'").await;
        let columns = ["group", "chats", "avg_response_seconds", "avg_resolution_seconds", "avg_duration_seconds"];
        let input = json!({ "type": "CUSTOM_REPORT", "format": "CSV", "options": { "groupBy": "AGENT", "columns": columns } });
        let report = exported(&desk, &admin, input).await;
        let lines: Vec<_> = report.lines().skip(1).collect();
        assert_eq!(lines, ["(none),1,,3600.000,", "Bea,2,150.000,1000.000,", "Bea,2,400.000,500.000,500.000"]);
        let chats = json!({ "type": "CHATS", "format": "CSV", "options": { "columns": ["b2chat_id", "duration_seconds"] } });
        let of_each = exported(&desk, &admin, chats).await;
        assert!(of_each.contains("14,500\r\n") && of_each.contains("15,\r\n"), "{of_each}");
    }

    /// A workbook opens: texts are texts, numbers numbers, dates dates in the company's zone; its head stays, and no cell is a formula.
    async fn a_workbook_is_read_back_by_others(backend) {
        let (desk, admin, sql) = chats(backend).await;
        let input = json!({ "type": "CHATS", "format": "XLSX", "options": { "columns": ["b2chat_id", "topic", "created_at", "response_seconds", "is_deleted"] } });
        let read = python(READ_XLSX, &bytes(&desk, &admin, input.clone()).await);
        assert_eq!((&read["formulas"], &read["pane"]), (&json!(0), &json!(["1", "frozen"])), "{read}");
        let date = "yyyy\\-mm\\-dd\\ hh:mm:ss";
        let day = 46_110.0 + 1.5 / 24.0;
        let rows = read["rows"].as_array().expect("rows");
        let head: Vec<_> = rows[0].as_array().expect("cells").iter().map(|cell| cell[1].as_str().expect("a name")).collect();
        assert_eq!(head, ["b2chat_id", "topic", "created_at", "response_seconds", "is_deleted"]);
        assert_eq!((&rows[1][0], &rows[1][1], &rows[2][1]), (&json!(["s", "11"]), &json!(["s", "Delivery"]), &json!(["s", "=cmd|' /C calc'!A0"])));
        assert_eq!((&rows[1][3], &rows[1][4]), (&json!(["n", 100.0]), &json!(["b", "0"])));
        let kind = rows[1][2][0].as_str().expect("a format").replace('\\', "");
        assert_eq!(kind, date.replace('\\', ""));
        assert!((rows[1][2][1].as_f64().expect("days") - day).abs() < 1e-6, "{read}");
        // Of nothing, and of more rows than are read at a time.
        let mut nothing = input.clone();
        nothing["filter"] = json!({ "provider": "FACEBOOK" });
        let read = python(READ_XLSX, &bytes(&desk, &admin, nothing).await);
        assert_eq!(read["rows"].as_array().map(Vec::len), Some(1));
        Rows(&sql).many(2_500).await;
        let read = python(READ_XLSX, &bytes(&desk, &admin, input).await);
        assert_eq!(read["rows"].as_array().map(Vec::len), Some(2_504));
    }

    /// A report says whose it is, of when and what, with its head on every page, whatever people are called.
    async fn a_report_is_read_back_by_others(backend) {
        let (desk, admin, sql) = chats(backend).await;
        let name = "mutation { setSetting(input: { key: \"company.name\", scope: SYSTEM, value: \"Kettle & Co\" }) { errors { message } } }";
        admin.client.run(name, Value::Null).await.ok();
        Rows(&sql).many(200).await;
        let input = json!({ "type": "CHATS", "format": "PDF", "filter": { "from": "2026-01-01T00:00:00Z", "until": "2026-05-01T00:00:00Z" } });
        let file = bytes(&desk, &admin, input).await;
        assert!(file.starts_with(b"%PDF-"), "a PDF");
        let pages = pdf_extract::extract_text_from_mem_by_pages(&file).expect("text");
        let first: String = pages[0].split_whitespace().collect::<Vec<_>>().join(" ");
        for words in ["Kettle & Co", "Chats", "Rows: 203", "2026-01-01 01:00", "2026-05-01 02:00", "Chats by day", "first response"] {
            assert!(first.contains(words), "{words}: {first}");
        }
        assert!(pages.len() >= 5, "{} pages", pages.len());
        for page in &pages[1..] {
            assert!(page.contains("b2chat id") && page.contains("created at"), "{page}");
        }
        assert!(pages.iter().any(|page| page.contains("Bea") && page.contains("North")));
        let report = json!({ "type": "CUSTOM_REPORT", "format": "PDF", "options": { "groupBy": "AGENT" } });
        let text = pdf_extract::extract_text_from_mem(&bytes(&desk, &admin, report).await).expect("text");
        assert!(text.contains("Report of chats") && text.contains("(none)") && text.contains("90.0"), "{text}");
        let nothing = json!({ "type": "LEADS", "format": "PDF" });
        let text = pdf_extract::extract_text_from_mem(&bytes(&desk, &admin, nothing).await).expect("text");
        assert!(text.contains("There is nothing to show"), "{text}");
    }
}
