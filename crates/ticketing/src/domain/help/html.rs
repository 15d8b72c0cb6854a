//! HTML that people write: nothing is kept of it that could run, load a frame, or look like another page.

use std::{collections::HashSet, sync::LazyLock};

use ammonia::Builder;

/// So many tags a text may have: of more, reading them would take longer than anybody's text is worth.
const TAGS: usize = 10_000;
/// So wide is a line of plain text before it is broken; what is looked for in it sees no line ends.
const WIDTH: usize = 400;

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .url_schemes(HashSet::from(["https", "http", "mailto", "tel"]))
        .link_rel(Some("noopener noreferrer nofollow"))
        // What an editor or a word processor leaves behind has words in it that nobody wrote.
        .clean_content_tags(HashSet::from([
            "script",
            "style",
            "title",
            "noscript",
            "template",
            "iframe",
            "object",
            "svg",
            "math",
            "xmp",
            "noembed",
            "noframes",
            "plaintext",
            "textarea",
            "select",
        ]));
    builder
});

/// The text without what could run; `None` where it has more tags than are read.
pub fn sanitised(html: &str) -> Option<String> {
    (html.bytes().filter(|byte| *byte == b'<').count() <= TAGS)
        .then(|| CLEANER.clean(html).to_string().trim().to_owned())
}

/// What it says, without tags.
pub fn plain(html: &str) -> Option<String> {
    let text = html2text::config::plain_no_decorate().raw_mode(true).string_from_read(html.as_bytes(), WIDTH).ok()?;
    Some(text.trim().to_owned())
}

/// Whether it shows anything: a letter or a picture.
pub fn shows_something(html: &str) -> bool {
    html.contains("<img ") || plain(html).is_some_and(|text| text.chars().any(|c| !c.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_gone_and_the_rest_stays() {
        let kept = "<h2>Ketchup</h2><p>Shake <b>well</b>, <a href=\"https://example.com/\" rel=\"noopener noreferrer nofollow\">see</a>.</p>";
        assert_eq!(sanitised(kept).as_deref(), Some(kept));
        let cleaned = sanitised("<p onclick=alert(1)>Hi<script>alert(1)</script><a href=javascript:alert(1)>x</a></p>");
        assert_eq!(cleaned.as_deref(), Some("<p>Hi<a rel=\"noopener noreferrer nofollow\">x</a></p>"));
        assert_eq!(sanitised(&"<b>".repeat(TAGS + 1)), None);
        for nothing in ["<script>alert(1)</script>", "<p> </p>", "<iframe src=https://example.com></iframe>"] {
            assert!(!shows_something(&sanitised(nothing).unwrap()), "{nothing}");
        }
        assert!(shows_something("<img src=\"https://example.com/a.png\">"));
    }

    #[test]
    fn words_of_neighbours_stay_apart() {
        let text = plain("<h1>One</h1><p>Two<br>three &amp; <i>four</i></p><ul><li>five<li>six</ul>").unwrap();
        let words: Vec<_> = text.split_whitespace().collect();
        for word in ["One", "Two", "three", "four", "five", "six"] {
            assert!(words.contains(&word), "{text}");
        }
    }
}
