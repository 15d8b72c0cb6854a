//! Texts of errors without what is nobody's to read: secrets, and personal data as far as they can be told by their form.
//!
//! What is hidden: the value of whatever is called a password, a secret, a token, a key or the like; what follows `Bearer` or
//! `Basic`; of an address on the web all but its host; e-mail addresses and telephone numbers; long words of letters and digits that
//! are no ids of ours; and values in double quotes that are more than one plain word.

/// What stands for something hidden.
pub const HIDDEN: &str = "<hidden>";
/// How much of a text is looked at, in characters.
const READ: usize = 16_000;
/// Of what is called like one of these the value is hidden.
const SECRET: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "authorization",
    "cookie",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "private_key",
    "signature",
    "credential",
    "otp",
    "pin_code",
];
/// The longest word in double quotes that stays.
const QUOTED: usize = 64;
/// From how many characters on a word of letters and digits is a secret, unless it is an id.
const OPAQUE: usize = 24;

/// A text without what is nobody's to read; at most so many characters.
pub fn cleaned(text: &str, most: usize) -> String {
    let chars: Vec<char> = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).take(READ).collect();
    let mut cleaner = Cleaner { chars: &chars, at: 0, out: String::with_capacity(chars.len()) };
    while cleaner.at < chars.len() {
        cleaner.step();
    }
    cleaner.out.chars().take(most).collect::<String>().trim().to_owned()
}

struct Cleaner<'a> {
    chars: &'a [char],
    at: usize,
    out: String,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '%' | '@' | '=')
}

fn ends_value(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '&' | ')' | '}' | ']' | '"' | '\'' | '>')
}

impl Cleaner<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// From here to the first character that ends it.
    fn until(&self, from: usize, ends: impl Fn(char) -> bool) -> usize {
        self.chars[from..].iter().position(|c| ends(*c)).map_or(self.chars.len(), |length| from + length)
    }

    fn step(&mut self) {
        let Some(c) = self.peek(0) else { return };
        match c {
            '"' => self.quoted(),
            // What PostgreSQL says of a row: `Key (email)=(ada@example.com)`.
            ')' if self.peek(1) == Some('=') && self.peek(2) == Some('(') => {
                self.out.push_str(")=(");
                self.out.push_str(HIDDEN);
                self.at = self.until(self.at + 3, |c| c == ')');
            }
            c if is_word(c) => self.word(),
            c => {
                self.out.push(c);
                self.at += 1;
            }
        }
    }

    /// A value in double quotes: a plain word stays, as the name of a table does.
    fn quoted(&mut self) {
        let from = self.at + 1;
        let end = self.until(from, |c| c == '"');
        let inside: String = self.chars[from..end].iter().collect();
        let inside = inside.trim_end_matches('\\');
        // The name of a field, whose value may be a secret, is told as a word.
        let named = self.chars.get(end + 1) == Some(&':');
        let plain = inside.chars().count() <= QUOTED
            && inside.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
        self.out.push('"');
        if named && is_secret(inside) {
            self.out.push_str(inside);
            self.out.push('"');
            self.at = (end + 1).min(self.chars.len());
            self.value();
            return;
        }
        self.out.push_str(if plain && !is_opaque(inside) { inside } else { HIDDEN });
        if end < self.chars.len() {
            self.out.push('"');
        }
        self.at = (end + 1).min(self.chars.len());
    }

    fn word(&mut self) {
        let end = self.until(self.at, |c| !is_word(c));
        let word: String = self.chars[self.at..end].iter().collect();
        if self.chars[end..].starts_with(&[':', '/', '/']) {
            self.address(&word, end + 3);
            return;
        }
        // `name=value` is one word so far.
        if let Some((name, _)) = word.split_once('=')
            && is_secret(name)
        {
            self.out.push_str(name);
            self.at += name.chars().count();
            self.value();
            return;
        }
        self.at = end;
        let lower = word.to_lowercase();
        if matches!(lower.as_str(), "bearer" | "basic") && self.peek(0) == Some(' ') {
            self.out.push_str(&word);
            self.out.push(' ');
            self.out.push_str(HIDDEN);
            self.at = self.until(self.at + 1, ends_value);
        } else if is_secret(&word) {
            self.out.push_str(&word);
            self.value();
        } else {
            self.out.push_str(&shown(&word));
        }
    }

    /// Of an address the scheme and the host: paths of webhooks are secrets, and so is what stands before the host.
    fn address(&mut self, scheme: &str, from: usize) {
        let stop = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>' | ')' | '`' | ',');
        let end = self.until(from, stop);
        let whole: String = self.chars[from..end].iter().collect();
        let authority = whole.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let more = whole.chars().count() > authority.chars().count() + 1;
        self.out.push_str(scheme);
        self.out.push_str("://");
        self.out.push_str(host);
        if more {
            self.out.push_str("/…");
        }
        self.at = end;
    }

    /// Hides the value that belongs to a secret's name, where one follows: `: x`, `=x`, `": "x y"`.
    fn value(&mut self) {
        let mut at = self.at;
        let skip = |at: usize, what: &dyn Fn(char) -> bool| self.until(at, |c| !what(c));
        at = skip(at, &|c| matches!(c, '"' | '\'' | '\\' | '`'));
        at = skip(at, &|c| c == ' ');
        // `kernel::secret::Thing` is a path, and `token was refused` a sentence.
        if !matches!(self.chars.get(at), Some(':' | '=')) || self.chars.get(at + 1) == Some(&':') {
            return;
        }
        at = skip(at, &|c| matches!(c, ':' | '='));
        at = skip(at, &|c| c == ' ');
        for scheme in ["bearer ", "basic ", "some("] {
            let next: String = self.chars[at..].iter().take(scheme.len()).collect();
            if next.to_lowercase() == scheme {
                at += scheme.len();
            }
        }
        at = skip(at, &|c| c == '\\');
        let end = match self.chars.get(at) {
            Some(quote @ ('"' | '\'' | '`')) => (self.until(at + 1, |c| c == *quote) + 1).min(self.chars.len()),
            _ => self.until(at, ends_value),
        };
        self.out.push_str(": ");
        self.out.push_str(HIDDEN);
        self.at = end;
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    SECRET.iter().any(|secret| name.contains(secret))
}

/// A word as it may be shown.
fn shown(word: &str) -> String {
    let core = word.trim_matches(|c: char| matches!(c, '.' | '-' | '%' | '='));
    let is_email = core.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let digits = core.chars().filter(char::is_ascii_digit).count();
    if is_email {
        return word.replace(core, "<email>");
    }
    if core.starts_with('+') && digits >= 7 && digits + 1 == core.chars().count() {
        return word.replace(core, "<phone>");
    }
    if is_opaque(core) { word.replace(core, HIDDEN) } else { word.to_owned() }
}

/// Whether a word is one that only a machine reads, and no id of a row.
fn is_opaque(word: &str) -> bool {
    let is_id = |text: &str| {
        let hex = text.rsplit_once('_').map_or(text, |(_, hex)| hex);
        (hex.len() == 32 || hex.len() == 36) && uuid::Uuid::try_parse(hex).is_ok()
    };
    word.split('.').any(|part| {
        let count = |of: fn(&char) -> bool| part.chars().filter(of).count();
        let mixed = count(char::is_ascii_digit) >= 3 && count(char::is_ascii_alphabetic) >= 3;
        part.starts_with("eyJ") || part.chars().count() >= OPAQUE && mixed && !is_id(part)
    })
}

/// A cleaned text without its numbers, ids and quoted values: what is the same of errors of one kind.
pub fn shape(text: &str) -> String {
    let chars: Vec<char> = text.chars().take(READ).collect();
    let mut shape = String::with_capacity(chars.len());
    let mut at = 0;
    while let Some(c) = chars.get(at).copied() {
        let opens = matches!(c, '"' | '`')
            || c == '\'' && at.checked_sub(1).is_none_or(|before| !chars[before].is_alphanumeric());
        if opens && let Some(length) = chars[at + 1..].iter().position(|other| *other == c) {
            shape.push('?');
            at += length + 2;
        } else if is_word(c) {
            let end = chars[at..].iter().position(|c| !is_word(*c)).map_or(chars.len(), |length| at + length);
            word_shape(&chars[at..end], &mut shape);
            at = end;
        } else {
            // However it is laid out.
            if !c.is_whitespace() {
                shape.push(c);
            } else if !shape.ends_with(' ') {
                shape.push(' ');
            }
            at += 1;
        }
    }
    shape.to_lowercase()
}

fn word_shape(word: &[char], shape: &mut String) {
    let text: String = word.iter().collect();
    let hex = text.rsplit_once('_').map_or(text.as_str(), |(_, hex)| hex);
    let digits = text.chars().any(|c| c.is_ascii_digit());
    if hex.len() >= 8 && digits && hex.chars().all(|c| c.is_ascii_hexdigit() || c == '-') {
        shape.push('#');
        return;
    }
    for c in word {
        if !c.is_ascii_digit() {
            shape.push(*c);
        } else if !shape.ends_with('#') {
            shape.push('#');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden() {
        for text in [
            "password=hunter2",
            "password = hunter2, and more",
            "Password: \"hunter2 and more\"",
            r#"{"password":"hunter2"}"#,
            r#"{"client_secret": "hunter2"}"#,
            r#"Internal { detail: "{\"apiKey\":\"hunter2\"}" }"#,
            "Authorization: Bearer hunter2",
            "sent with bearer hunter2",
            "authorization: Basic hunter2",
            "https://ada:hunter2@example.com/",
            "https://example.com/hooks/hunter2?a=b",
            "https://example.com?code=hunter2",
            "postgres://frontdesk:hunter2@127.0.0.1:5432/frontdesk failed",
            "Key (email)=(hunter2) already exists",
            "invalid type: string \"hunter2 is mine\", expected u32",
            "cookie='hunter2'",
            "refresh_token=Some(\"hunter2\")",
        ] {
            let said = cleaned(text, 1000);
            assert!(!said.contains("hunter2"), "{text} became {said}");
        }
        for secret in [
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
            "AKIA1234567890abcdefghijkl",
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        ] {
            assert!(!cleaned(&format!("it said {secret}."), 1000).contains(&secret[..12]), "{secret}");
        }
    }

    #[test]
    fn people_are_hidden() {
        let said = cleaned("550 <ada.lovelace+x@example.com> unknown; call +4915112345678", 1000);
        assert_eq!(said, "550 <<email>> unknown; call <phone>");
    }

    #[test]
    fn what_helps_stays() {
        for text in [
            "relation \"tickets\" does not exist",
            "no such table: tickets",
            "event aud_0190a5f0000070008000000000000001: missing field `why` at line 1 column 17",
            "crates/kernel/src/db/tx.rs:200: the token was refused",
            "at kernel::secret::Thing, a password is needed",
            "row 0190a5f0-0000-7000-8000-000000000001 of 12",
            "took too long",
        ] {
            assert_eq!(cleaned(text, 1000), text);
        }
        assert_eq!(cleaned("https://b2chat.io/v2/chats?x=1 answered 500", 1000), "https://b2chat.io/… answered 500");
        assert_eq!(cleaned("a\u{0}b\tc", 1000), "a b c");
    }

    #[test]
    fn anything_is_read_to_its_end() {
        for text in [
            "",
            "\"",
            "password",
            "password=",
            "password: \"",
            "bearer ",
            "a://",
            ")=(",
            "'",
            "@",
            "=",
            "x=\"",
            "🦀@🦀.🦀",
        ] {
            cleaned(text, 1000);
            shape(text);
        }
        cleaned(&"\"=:@/".repeat(10_000), 1000);
    }
}
