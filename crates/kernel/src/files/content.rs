//! What a file is, by its first bytes and nothing that anybody says of it.

/// Bytes that are looked at.
pub(super) const HEAD: usize = 8192;

/// What a file that begins with these bytes is, as a media type. What no other rule knows is text where it is UTF-8
/// without controls, else `application/octet-stream`.
pub fn type_of(head: &[u8]) -> &'static str {
    let head = &head[..head.len().min(HEAD)];
    let text = text(head);
    // Before all else: what a browser would run.
    if let Some(kind) = text.and_then(markup) {
        return kind;
    }
    match infer::get(head) {
        Some(kind) => kind.mime_type(),
        None if text.is_some() => "text/plain",
        None => "application/octet-stream",
    }
}

/// Whether a browser may be told what it is: it shows it, and runs nothing in it. All else is told to be bytes.
pub fn is_shown(content_type: &str) -> bool {
    matches!(
        content_type,
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif" | "application/pdf" | "text/plain"
    ) || content_type.starts_with("audio/")
        || content_type.starts_with("video/")
}

/// The beginning as text; it may end inside of a character.
fn text(head: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    (!text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'))).then_some(text)
}

/// HTML, SVG or XML, where a text begins so.
fn markup(text: &str) -> Option<&'static str> {
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let mut xml = false;
    loop {
        let skipped = if rest.starts_with("<!--") {
            rest.split_once("-->")
        } else if rest.starts_with("<?") {
            xml = true;
            rest.split_once("?>")
        } else if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) {
            let kind = rest[9..].trim_start().get(..4).unwrap_or_default().to_ascii_lowercase();
            match kind.as_str() {
                "html" => return Some("text/html"),
                kind if kind.starts_with("svg") => return Some("image/svg+xml"),
                _ => xml = true,
            }
            rest.split_once('>')
        } else {
            break;
        };
        let Some((_, behind)) = skipped else { break };
        rest = behind.trim_start();
    }
    let tag: String = rest.strip_prefix('<').map(name).unwrap_or_default();
    match tag.as_str() {
        "svg" => Some("image/svg+xml"),
        _ if xml => Some("text/xml"),
        "html" | "head" | "body" | "script" | "iframe" | "style" | "title" | "meta" | "link" | "base" | "form"
        | "img" | "div" | "table" | "a" | "p" | "h1" | "font" | "br" | "b" | "object" | "embed" | "video" | "audio"
        | "details" | "input" | "math" => Some("text/html"),
        _ => None,
    }
}

fn name(tag: &str) -> String {
    tag.chars().take_while(|c| c.is_ascii_alphanumeric()).take(12).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{is_shown, type_of};

    #[test]
    fn content_says_what_a_file_is() {
        for (head, kind) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
            (b"GIF89a\x01\0", "image/gif"),
            (b"%PDF-1.7", "application/pdf"),
            (b"PK\x03\x04\x14\0\0\0", "application/zip"),
            (b"Hello, Ada.\n", "text/plain"),
            ("Grüße".as_bytes(), "text/plain"),
            (b"", "text/plain"),
            (b"\0\x01\x02", "application/octet-stream"),
            (b"<!DOCTYPE html><p>", "text/html"),
            (b"\xef\xbb\xbf \n<!-- x --><HTML>", "text/html"),
            (b"<script>alert(1)</script>", "text/html"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
            (b"<?xml version='1.0'?>\n<!-- x --><svg/>", "image/svg+xml"),
            (b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN'><svg/>", "image/svg+xml"),
            (b"<?xml version='1.0'?><rss/>", "text/xml"),
            (b"<3 you", "text/plain"),
        ] {
            assert_eq!(type_of(head), kind, "{:?}", String::from_utf8_lossy(head));
        }
        // A character that the end of the beginning cuts.
        assert_eq!(type_of(&[b"x".repeat(8191).as_slice(), "ü".as_bytes()].concat()), "text/plain");
    }

    #[test]
    fn what_runs_is_never_shown() {
        for kind in
            ["text/html", "image/svg+xml", "text/xml", "application/xhtml+xml", "text/javascript", "application/zip"]
        {
            assert!(!is_shown(kind), "{kind}");
        }
        assert!(is_shown("image/png") && is_shown("video/mp4"));
    }
}
