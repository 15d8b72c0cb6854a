//! JSON as platforms write it, which may hold what is no text: half a character of UTF-16.

use serde_json::Value as Json;

/// The object that a body is. Half characters become U+FFFD, and so do bytes that are no UTF-8.
pub fn parse(body: &[u8]) -> Option<Json> {
    let parsed = match serde_json::from_slice(body) {
        Ok(parsed) => parsed,
        Err(_) => serde_json::from_str(&whole(&String::from_utf8_lossy(body))).ok()?,
    };
    Some(parsed).filter(Json::is_object)
}

/// The same text in which no escape is half a character.
fn whole(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let (mut at, mut kept) = (0, 0);
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        let Some(unit) = escaped(bytes, at) else {
            // Another escape, of two signs.
            at += 2;
            continue;
        };
        let pair = (0xd800..0xdc00).contains(&unit)
            && escaped(bytes, at + 6).is_some_and(|low| (0xdc00..0xe000).contains(&low));
        if pair {
            at += 12;
        } else {
            if (0xd800..0xe000).contains(&unit) {
                out.push_str(&text[kept..at]);
                out.push_str("\\ufffd");
                kept = at + 6;
            }
            at += 6;
        }
    }
    out.push_str(text.get(kept..).unwrap_or_default());
    out
}

/// The UTF-16 unit that is escaped here.
fn escaped(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_character_is_no_reason_to_lose_the_rest() {
        for (written, read) in [
            (r#"{"a":"x\ud83dy"}"#, "x\u{fffd}y"),
            (r#"{"a":"\udc00"}"#, "\u{fffd}"),
            (r#"{"a":"\ud83d\ude00\ud83d"}"#, "😀\u{fffd}"),
            (r#"{"a":"\\ud83d"}"#, r"\ud83d"),
            (r#"{"a":"\ud83d\ud83d\ude00"}"#, "\u{fffd}😀"),
        ] {
            assert_eq!(parse(written.as_bytes()).unwrap()["a"], read, "{written}");
        }
        assert_eq!(parse(b"{\"a\":\"\xff\"}").unwrap()["a"], "\u{fffd}");
        for none in ["", "[]", "1", "{", r#"{"a":"\u12"#, "\\", &"[".repeat(10_000)] {
            assert_eq!(parse(none.as_bytes()), None, "{none}");
        }
    }
}
