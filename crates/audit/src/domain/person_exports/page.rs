//! The page that a person reads first: what is in the archive, in plain words. It loads nothing and runs nothing; whatever somebody
//! wrote stands in it as text.

use std::fmt::Write;

use chrono::{DateTime, Utc};

use crate::domain::persons::{Found, Why};

/// What the archive has of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Whose table it is.
    pub context: &'static str,
    /// The table.
    pub table: &'static str,
    /// What its rows are.
    pub about: &'static str,
    /// How many there are.
    pub rows: u64,
    /// How many of them only name the person.
    pub named: u64,
}

/// A file in the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Where it is in the archive; nothing where its bytes are gone.
    pub path: Option<String>,
    /// What it was called.
    pub name: String,
}

/// What the page says.
#[derive(Debug)]
pub struct Page<'a> {
    /// Who gives it out.
    pub company: &'a str,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// The person's records.
    pub records: &'a [Found],
    /// The tables, also those with nothing.
    pub parts: &'a [Part],
    /// The first files.
    pub files: &'a [Attached],
    /// How many files there are.
    pub file_count: usize,
    /// Whether what colleagues keep among themselves was left out.
    pub is_own: bool,
}

/// A text that stands for itself in HTML.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn why(found: &Found) -> String {
    let by = found.by.as_deref().unwrap_or_default();
    match found.why {
        Why::Given => "It was asked for.".into(),
        Why::Email => format!("It has the e-mail address {by}."),
        Why::Link if by.is_empty() => "It is tied to another.".into(),
        Why::Link => format!("It is tied to {by}."),
        Why::Participant => format!("It is of the same participant as {by}."),
        Why::Telephone => format!("It has the telephone number {by}."),
    }
}

impl Page<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let mut out = String::from(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>What is held on you</title>\
             <style>body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
             table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;text-align:left;padding:.3rem}\
             td.n{text-align:right}</style></head><body>\n",
        );
        let company = escaped(self.company);
        let at = self.at.format("%Y-%m-%d %H:%M UTC");
        let _ = write!(out, "<h1>What {company} holds on you</h1>\n<p>Made {at}. ");
        out.push_str(
            "Each row below is a file of this archive: a list of entries, in a form that other programs read as well. \
             Passwords, and what proves who somebody is, are nobody's to read and are left out.",
        );
        if self.is_own {
            out.push_str(" What colleagues note among themselves is left out too; ask for it.");
        }
        out.push_str("</p>\n<h2>Who you are here</h2>\n<table><tr><th>Record</th><th>Name</th><th>Address</th><th>Why</th></tr>\n");
        for found in self.records {
            let of = [Some(found.shown.as_str()), found.name.as_deref(), found.email.as_deref(), Some(&why(found))];
            out.push_str("<tr>");
            for value in of {
                let _ = write!(out, "<td>{}</td>", escaped(value.unwrap_or_default()));
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</table>\n<h2>What is held</h2>\n<table><tr><th>What</th><th>Entries</th><th>Of which only name you</th><th>File</th></tr>\n");
        for part in self.parts.iter().filter(|part| part.rows > 0) {
            let path = format!("data/{}/{}.json", part.context, part.table);
            let _ = writeln!(
                out,
                "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td><a href=\"{path}\">{path}</a></td></tr>",
                escaped(part.about),
                part.rows,
                part.named
            );
        }
        out.push_str("</table>\n");
        self.attached(&mut out);
        out.push_str("<h2>Where nothing is held</h2>\n<ul>\n");
        for part in self.parts.iter().filter(|part| part.rows == 0) {
            let _ = writeln!(out, "<li>{}</li>", escaped(part.about));
        }
        out.push_str("</ul>\n</body></html>\n");
        out
    }

    fn attached(&self, out: &mut String) {
        let _ = write!(out, "<h2>Files</h2>\n<p>{} in all.</p>\n<ul>\n", self.file_count);
        for file in self.files {
            let name = escaped(&file.name);
            let _ = match &file.path {
                Some(path) => writeln!(out, "<li><a href=\"{}\">{name}</a></li>", escaped(path)),
                None => writeln!(out, "<li>{name} (it is not there any more)</li>"),
            };
        }
        out.push_str("</ul>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::held::Kind;

    #[test]
    fn what_somebody_wrote_stands_as_text() {
        let found = Found {
            kind: Kind::Visitor,
            id: uuid::Uuid::nil(),
            shown: "vis_0".into(),
            name: Some("<script>alert(1)</script>".into()),
            email: Some("\"a'&b\"@example.com".into()),
            why: Why::Email,
            by: Some("<b>".into()),
        };
        let files = [Attached { path: Some("files/a\"b".into()), name: "<i>\u{0}".into() }];
        let parts = [Part { context: "inbox", table: "messages", about: "a < b", rows: 2, named: 1 }];
        let page = Page {
            company: "A & B",
            at: DateTime::UNIX_EPOCH,
            records: &[found],
            parts: &parts,
            files: &files,
            file_count: 1,
            is_own: false,
        };
        let html = page.html();
        for text in ["<script", "<b>", "<i>", "a\"b", "A & B<", "a < b"] {
            assert!(!html.contains(text), "{text} in {html}");
        }
        assert!(html.contains("href=\"data/inbox/messages.json\"") && html.contains("&lt;script&gt;"));
    }
}
