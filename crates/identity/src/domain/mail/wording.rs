//! How a mail is worded, and what becomes of it when its variables are filled.

use std::collections::HashMap;

use kernel::{
    ProblemCode, Result,
    text::{
        Check,
        fill::{Fault, Piece, fill, pieces},
        one_kind_of_break, one_line,
    },
};
use serde::{Deserialize, Serialize};

use super::{markup, template::Template};

/// The longest parts of a wording, in characters, as the SDL states them.
pub mod limits {
    /// A subject.
    pub const SUBJECT: usize = 200;
    /// The HTML part.
    pub const HTML: usize = 25_000;
    /// The plain text.
    pub const TEXT: usize = 20_000;
}

/// The wording of a mail, with `{{variables}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// The subject, one line.
    pub subject: String,
    /// What goes between `<body>` and `</body>` of the HTML part.
    pub html: String,
    /// The plain text.
    pub text: String,
}

/// A mail as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject, one line.
    pub subject: String,
    /// The HTML part, a whole document.
    pub html: String,
    /// The plain text.
    pub text: String,
}

impl Wording {
    /// Checks that every variable is one of the template's, that no link is the tail of another address, and that the HTML
    /// is harmless and well formed.
    ///
    /// # Errors
    /// The field and what is wrong in it, for the first thing found.
    pub fn check(&self, template: Template) -> std::result::Result<(), (&'static str, Fault)> {
        let known = |name: &str| template.variables().find(|variable| variable.name == name);
        let is_link = |name: &str| known(name).is_some_and(|variable| variable.is_link);
        for (field, text) in [("subject", &self.subject), ("html", &self.html), ("text", &self.text)] {
            for piece in pieces(text).map_err(|fault| (field, fault))? {
                let Piece::Variable(name, at) = piece else { continue };
                if known(name).is_none() {
                    let all: Vec<_> = template.variables().map(|variable| variable.name).collect();
                    let shown: String = name.chars().take(40).collect();
                    let what = format!("there is no variable {{{{{shown}}}}} here; there are {}", all.join(", "));
                    return Err((field, Fault::at(text, at, what)));
                }
                if is_link(name) && !text[..at].chars().next_back().is_none_or(ends_an_address) {
                    let what =
                        format!("{{{{{name}}}}} is an address of its own: a space or a bracket < must stand before it");
                    return Err((field, Fault::at(text, at, what)));
                }
            }
        }
        markup::check(&self.html, is_link).map_err(|fault| ("html", fault))
    }

    /// Makes it fit to store: lengths, control characters, and [`Wording::check`].
    ///
    /// # Errors
    /// [`kernel::Error::Invalid`] at `subject`, `html` or `text`.
    pub fn checked(&self, template: Template) -> Result<Self> {
        let mut check = Check::default();
        let wording = Self {
            subject: check.line("subject", &self.subject, limits::SUBJECT),
            html: check.body("html", &self.html, limits::HTML),
            text: check.body("text", &self.text, limits::TEXT),
        };
        check.done()?;
        wording
            .check(template)
            .map_err(|(field, fault)| kernel::Error::invalid(field, ProblemCode::InvalidFormat, fault.to_string()))?;
        Ok(wording)
    }

    /// The mail with these values. Values are put in once; in the HTML they are text and nothing else, in the subject
    /// they are one line.
    ///
    /// # Errors
    /// [`kernel::Error::Internal`] for a wording that was never checked.
    pub fn render(&self, values: &HashMap<&str, &str>) -> Result<Rendered> {
        let value = |name: &str| values.get(name).copied().unwrap_or_default();
        let fault = |fault: Fault| kernel::Error::internal(format!("a wording is broken: {fault}"));
        let body = fill(&self.html, |name| escaped(value(name))).map_err(fault)?;
        let subject = line(&fill(&self.subject, |name| value(name).to_owned()).map_err(fault)?, 2 * limits::SUBJECT);
        Ok(Rendered {
            html: format!(
                "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n{body}\n</body></html>\n",
                escaped(&subject)
            ),
            text: fill(&self.text, |name| plain(value(name))).map_err(fault)?,
            subject,
        })
    }
}

/// Whether no address goes on behind a character (RFC 3986, appendix C): what a link holds is a secret, and mail programs
/// make a link to elsewhere of `https://elsewhere.example/?{{link}}`.
fn ends_an_address(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, '<' | '>' | '"')
}

/// One line of at most `max` characters: everything that could begin another header becomes a space.
pub(crate) fn line(text: &str, max: usize) -> String {
    one_line(text).chars().take(max).collect()
}

fn plain(text: &str) -> String {
    one_kind_of_break(text).chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Text as HTML, its line ends as breaks. Safe between tags and in a quoted attribute.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in plain(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push_str("<br>\n"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The HTML of a wording that comes with Frontdesk: a paragraph for each of its text; one that is only a link is one.
pub(crate) fn html_of(text: &str) -> String {
    let paragraph = |part: &str| match part {
        "{{link}}" => r#"<p><a href="{{link}}">{{link}}</a></p>"#.to_owned(),
        part => format!("<p>{part}</p>"),
    };
    text.split("\n\n").map(paragraph).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(subject: &str, html: &str, text: &str) -> Wording {
        Wording { subject: subject.into(), html: html.into(), text: text.into() }
    }

    #[test]
    fn an_unknown_variable_is_named_with_its_place() {
        let bad = wording("Hi", "<p>Hi</p>", "Hi\n{{ nmae }}");
        let (field, fault) = bad.check(Template::TestMail).unwrap_err();
        assert_eq!((field, fault.line, fault.column), ("text", 2, 1));
        assert!(fault.what.contains("{{nmae}}") && fault.what.contains("name, company"), "{fault}");
        let foreign = wording("{{link}}", "x", "x");
        assert_eq!(foreign.check(Template::TestMail).unwrap_err().0, "subject", "a variable of other mails");
        assert!(wording("x", "{{name", "x").check(Template::TestMail).is_err());
    }

    #[test]
    fn a_link_is_never_the_tail_of_another_address() {
        let check =
            |html: &str, text: &str| wording("x", html, text).check(Template::ResetPassword).map_err(|(at, _)| at);
        assert_eq!(
            check(r#"<p>Go:<br>{{link}} <a href="{{ link }}">here</a></p>"#, "Go: {{link}}\n<{{link}}>"),
            Ok(())
        );
        for tail in
            ["https://x.example/?t={{link}}", "{{name}}{{link}}", "//x.example/&#8203;{{link}}", "x\u{a0}{{link}}"]
        {
            assert_eq!(check("x", tail), Err("text"), "{tail}");
            assert_eq!(check(&format!("<p>{tail}</p>"), "x"), Err("html"), "{tail}");
        }
    }

    #[test]
    fn values_are_text_and_nothing_else() {
        let sent = wording("Re: {{name}}", "<p>{{name}}</p>", "{{name}}");
        let name = "<img src=x onerror=\"alert('1')\">&\r\nBcc: eve@example.com\u{0}";
        let rendered = sent.render(&HashMap::from([("name", name)])).unwrap();
        assert_eq!(rendered.subject, "Re: <img src=x onerror=\"alert('1')\">& Bcc: eve@example.com");
        assert!(
            rendered.html.contains(
                "<p>&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;<br>\nBcc: eve@example.com</p>"
            ),
            "{}",
            rendered.html
        );
        assert_eq!(rendered.text, "<img src=x onerror=\"alert('1')\">&\nBcc: eve@example.com");
        let nested = sent.render(&HashMap::from([("name", "{{company}}"), ("company", "never")])).unwrap();
        assert_eq!(nested.text, "{{company}}");
    }
}
