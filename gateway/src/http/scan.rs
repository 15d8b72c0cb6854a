//! The gate's look at the bare text: length, tokens and brackets, in one pass, so that the recursive parser only ever
//! sees what it can take.

use async_graphql::ServerError;

use super::{
    errors,
    limits::{Limits, too_complex},
};

/// Checks the text without parsing it.
///
/// # Errors
/// `QUERY_TOO_COMPLEX` over a limit, `GRAPHQL_PARSE_FAILED` for a string that does not end: the parser would read what
/// follows in another way than this scan does.
pub(super) fn check(text: &str, limits: &Limits) -> Result<(), ServerError> {
    if text.len() > limits.bytes {
        return Err(too_complex("bytes", limits.bytes, None));
    }
    let bytes = text.as_bytes();
    let (mut at, mut tokens, mut brackets) = (0, 0_usize, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b',' | b'\t' | b'\r' | b'\n' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = skip(bytes, at, |byte| byte != b'\n' && byte != b'\r');
                continue;
            }
            b'"' => at = string(bytes, at)?,
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {
                at = skip(bytes, at, |byte| byte == b'_' || byte.is_ascii_alphanumeric());
            }
            b'{' | b'[' | b'(' => {
                brackets += 1;
                if brackets > limits.brackets {
                    return Err(too_complex("levels of brackets", limits.brackets, None));
                }
                at += 1;
            }
            b'}' | b']' | b')' => {
                brackets = brackets.saturating_sub(1);
                at += 1;
            }
            _ => at += 1,
        }
        tokens += 1;
        if tokens > limits.tokens {
            return Err(too_complex("tokens", limits.tokens, None));
        }
    }
    Ok(())
}

fn skip(bytes: &[u8], from: usize, wanted: impl Fn(u8) -> bool) -> usize {
    bytes[from..].iter().position(|&byte| !wanted(byte)).map_or(bytes.len(), |length| from + length)
}

/// Where the string that begins at `from` ends.
fn string(bytes: &[u8], from: usize) -> Result<usize, ServerError> {
    if bytes[from..].starts_with(b"\"\"\"") {
        let mut at = from + 3;
        while at < bytes.len() {
            if bytes[at..].starts_with(b"\\\"\"\"") {
                at += 4;
            } else if bytes[at..].starts_with(b"\"\"\"") {
                return Ok(at + 3);
            } else {
                at += 1;
            }
        }
    } else {
        let mut at = from + 1;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' => return Ok(at + 1),
                b'\\' => at += 2,
                b'\n' | b'\r' => break,
                _ => at += 1,
            }
        }
    }
    Err(errors::coded("GRAPHQL_PARSE_FAILED", "Syntax error: unterminated string".to_owned(), None))
}
