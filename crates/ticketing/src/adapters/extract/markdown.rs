//! Markdown.

use pulldown_cmark::{Event, Parser, TagEnd};

/// What it says.
pub fn text(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    for event in Parser::new(markdown) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak | Event::Rule => text.push('\n'),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::CodeBlock) => text.push('\n'),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn marks_are_no_words() {
        let said = text("# Seals\n\nA **pump** has `two`:\n\n- one [here](https://example.com)\n- <b>two</b>\n");
        assert_eq!(said.split_whitespace().collect::<Vec<_>>().join(" "), "Seals A pump has two: one here two");
    }
}
