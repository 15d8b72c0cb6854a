//! What HTML a wording may hold: a small language of which every sentence is harmless. What is not in it is refused
//! with its place, never repaired: there is no second reading of a text that a mail program could see differently.

use kernel::text::fill::Fault;

const TAGS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "br",
    "center",
    "code",
    "div",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];
/// Tags that hold nothing and are not closed.
const VOID: &[&str] = &["br", "hr", "img"];
/// Attributes whose value is a plain word, number or text.
const ATTRIBUTES: &[&str] = &[
    "align",
    "alt",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "class",
    "colspan",
    "dir",
    "height",
    "lang",
    "role",
    "rowspan",
    "title",
    "valign",
    "width",
];
/// How deep tags may lie in each other.
const DEPTH: usize = 100;

/// Checks the markup of a wording; `is_link` tells whether a variable may be where a link leads.
///
/// # Errors
/// The first thing that is not allowed, and where.
pub(crate) fn check(html: &str, is_link: impl Fn(&str) -> bool) -> Result<(), Fault> {
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut at = 0;
    while let Some(begin) = html[at..].find('<').map(|found| at + found) {
        let fault = |what: String| Fault::at(html, begin, what);
        // A quoted value holds no angle bracket, so the next one ends the tag.
        let end = html[begin..].find('>').map(|found| begin + found);
        let end = end.ok_or_else(|| fault("< begins a tag that never ends; a plain < is written &lt;".into()))?;
        let inside = &html[begin + 1..end];
        at = end + 1;
        if let Some(name) = inside.strip_prefix('/') {
            match open.pop() {
                Some((expected, _)) if expected.eq_ignore_ascii_case(name.trim_end()) => {}
                Some((expected, _)) => return Err(fault(format!("<{inside}> stands where </{expected}> is due"))),
                None => return Err(fault(format!("<{inside}> closes what was not opened"))),
            }
            continue;
        }
        let inside = inside.strip_suffix('/').unwrap_or(inside);
        let name_end = inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(name_end);
        let lower = name.to_ascii_lowercase();
        let Some(tag) = TAGS.iter().find(|tag| **tag == lower) else {
            let shown: String = inside.chars().take(40).collect();
            return Err(fault(format!("<{shown}> is not allowed in a mail")));
        };
        check_attributes(tag, attributes, &is_link).map_err(fault)?;
        if !VOID.contains(tag) {
            open.push((tag, begin));
            if open.len() > DEPTH {
                return Err(fault(format!("tags lie more than {DEPTH} deep")));
            }
        }
    }
    match open.pop() {
        Some((name, begin)) => Err(Fault::at(html, begin, format!("<{name}> is never closed"))),
        None => Ok(()),
    }
}

fn check_attributes(tag: &str, attributes: &str, is_link: impl Fn(&str) -> bool) -> Result<(), String> {
    let mut rest = attributes;
    loop {
        let trimmed = rest.trim_start();
        if trimmed.is_empty() {
            return Ok(());
        }
        let broken = || format!("the attributes of <{tag}> must look like name=\"value\", with a space between");
        if trimmed.len() == rest.len() {
            return Err(broken());
        }
        let (name, after) = trimmed.split_once("=\"").ok_or_else(broken)?;
        let (value, after) = after.split_once('"').ok_or_else(broken)?;
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(broken());
        }
        let lower = name.to_ascii_lowercase();
        let fine = match (tag, lower.as_str()) {
            ("a", "href") => is_target(value, is_link_variable(value, &is_link), &["https://", "http://", "mailto:"]),
            ("img", "src") => is_target(value, false, &["https://"]),
            (_, "style") => is_style(value),
            (_, name) if ATTRIBUTES.contains(&name) => !value.contains("{{") && !value.contains('<'),
            _ => return Err(format!("the attribute {name} of <{tag}> is not allowed in a mail")),
        };
        if !fine {
            return Err(format!("the value of the attribute {name} of <{tag}> is not allowed in a mail"));
        }
        rest = after;
    }
}

/// Whether a value is one variable and nothing else, and that one is an address.
fn is_link_variable(value: &str, is_link: impl Fn(&str) -> bool) -> bool {
    let inside = value.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    inside.is_some_and(|name| is_link(name.trim()))
}

fn is_target(value: &str, is_variable: bool, schemes: &[&str]) -> bool {
    is_variable
        || schemes.iter().any(|scheme| value.starts_with(scheme) && value.len() > scheme.len())
            && !value.contains("{{")
            && value.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>`'\\".contains(c))
}

/// Declarations without parentheses: no `url(…)`, no `expression(…)`; without `@` and backslashes.
fn is_style(value: &str) -> bool {
    value.chars().all(|c| c.is_ascii_alphanumeric() || " #%.,:;!'_-".contains(c))
        && !["behavior", "binding", "javascript"].iter().any(|word| value.to_ascii_lowercase().contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(html: &str) -> Result<(), Fault> {
        check(html, |name| name == "link")
    }

    #[test]
    fn everyday_markup_is_fine() {
        for html in [
            "plain &amp; simple",
            "<p>Hello <b>you</b><br>there<br/></p>",
            r#"<P STYLE="color: #ff0000; font-size: 12px">x</p>"#,
            r#"<a href="{{ link }}">go</a> <a href="mailto:a@example.com?subject=x" title="a b">write</a>"#,
            r#"<table width="100%" cellpadding="0"><tr><td align="center"><img src="https://example.com/a.png" alt="us"></td></tr></table>"#,
        ] {
            assert_eq!(verdict(html), Ok(()), "{html}");
        }
    }

    #[test]
    fn what_is_broken_is_named_with_its_place() {
        for (html, what, line, column) in [
            ("<p>\n <b>x</p>", "</p> stands where </b> is due", 2, 6),
            ("a\n<p>", "<p> is never closed", 2, 1),
            ("x</p>", "</p> closes what was not opened", 1, 2),
            ("1 < 2", "< begins a tag that never ends; a plain < is written &lt;", 1, 3),
            ("<script>x</script>", "<script> is not allowed in a mail", 1, 1),
        ] {
            assert_eq!(verdict(html), Err(Fault { what: what.into(), line, column }), "{html}");
        }
    }

    #[test]
    fn what_could_run_or_leak_is_refused() {
        for html in [
            "<script>alert(1)</script>",
            "<SCRIPT SRC=//x.example/a.js></SCRIPT>",
            r#"<img src="x" onerror="alert(1)">"#,
            r#"<img src=x onerror=alert(1)>"#,
            r#"<img src="https://x.example/a.png"onerror="alert(1)">"#,
            r#"<img src="https://x.example/{{name}}">"#,
            r#"<a href="javascript:alert(1)">x</a>"#,
            r#"<a href=" javascript:alert(1)">x</a>"#,
            r#"<a href="java&#115;cript:alert(1)">x</a>"#,
            r#"<a href="jav&#x09;ascript:alert(1)">x</a>"#,
            r#"<a href="data:text/html,<script>alert(1)</script>">x</a>"#,
            r#"<a href="https://ok.example" href="javascript:alert(1)">x</a>"#,
            r#"<a href="{{name}}">x</a>"#,
            r#"<a href="{{link}}{{name}}">x</a>"#,
            r#"<a href="https://x.example/?{{link}}">x</a>"#,
            r#"<a href='https://x.example'>x</a>"#,
            r#"<p style="background: url(https://x.example/a.png)">x</p>"#,
            r#"<p style="width: expression(alert(1))">x</p>"#,
            r#"<p style="behavior: x">x</p>"#,
            r#"<p onclick="alert(1)">x</p>"#,
            r#"<p/onclick="alert(1)">x</p>"#,
            "<style>@import 'https://x.example'</style>",
            "<link rel=\"stylesheet\" href=\"https://x.example\">",
            "<meta http-equiv=\"refresh\" content=\"0\">",
            "<base href=\"https://x.example/\">",
            "<iframe src=\"https://x.example\"></iframe>",
            "<object data=\"x\"></object>",
            "<embed src=\"x\">",
            "<form action=\"https://x.example\"><input></form>",
            "<svg onload=\"alert(1)\"></svg>",
            "<svg><script>alert(1)</script></svg>",
            "<math><mtext></mtext></math>",
            "<!-- hidden -->",
            "<!--[if mso]><script></script><![endif]-->",
            "<!doctype html>",
            "<?php echo 1 ?>",
            "<{{name}}>",
            "<p {{name}}>x</p>",
            "<<p>x</p>",
            "<p\u{0}>x</p>",
            "<textarea></textarea>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></p></noscript>",
        ] {
            assert!(verdict(html).is_err(), "{html}");
        }
    }
}
