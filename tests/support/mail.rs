//! A received mail, read well enough to assert on it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A mail as the server took it.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The envelope's sender, without angle brackets.
    pub from: String,
    /// The envelope's recipients, without angle brackets.
    pub to: Vec<String>,
    /// Everything between DATA and the final dot, with the dots unstuffed and CRLF line ends.
    pub raw: String,
    /// Headers and body.
    pub content: Part,
}

/// A mail's content, or one part of a multipart body.
#[derive(Clone, Debug)]
pub struct Part {
    /// Names as written and values unfolded, in order.
    pub headers: Vec<(String, String)>,
    /// The body, still encoded.
    pub body: String,
}

impl Mail {
    /// Reads what came in.
    pub fn new(from: String, to: Vec<String>, raw: String) -> Self {
        let content = Part::parse(&raw);
        Self { from, to, raw, content }
    }

    /// A header's decoded value; the first of its name, in any case.
    pub fn header(&self, name: &str) -> Option<String> {
        self.content.header(name)
    }

    /// The decoded subject; empty where there is none.
    pub fn subject(&self) -> String {
        self.header("subject").unwrap_or_default()
    }

    /// The decoded plain text; panics where there is none.
    #[track_caller]
    pub fn text(&self) -> String {
        self.content_of("text/plain").unwrap_or_else(|| panic!("no plain text in this mail:\n{}", self.raw))
    }

    /// The decoded HTML, where there is some.
    pub fn html(&self) -> Option<String> {
        self.content_of("text/html")
    }

    fn content_of(&self, kind: &str) -> Option<String> {
        self.content.leaves().into_iter().find(|part| part.kind() == kind).map(|part| part.decoded())
    }
}

impl Part {
    fn parse(raw: &str) -> Self {
        // Without headers the blank line comes first.
        let (head, body) = match raw.strip_prefix("\r\n") {
            Some(body) => ("", body),
            None => raw.split_once("\r\n\r\n").unwrap_or((raw, "")),
        };
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in head.split("\r\n") {
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = headers.last_mut() {
                    value.push_str(line);
                }
            } else if let Some((name, value)) = line.split_once(':') {
                headers.push((name.to_owned(), value.trim().to_owned()));
            }
        }
        Self { headers, body: body.to_owned() }
    }

    /// A header's decoded value; the first of its name, in any case.
    pub fn header(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| words(value))
    }

    /// The media type in lower case, without parameters.
    pub fn kind(&self) -> String {
        let kind = self.header("content-type").unwrap_or_else(|| "text/plain".to_owned());
        kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The body with its transfer encoding taken off.
    pub fn decoded(&self) -> String {
        let bytes = match self.header("content-transfer-encoding").unwrap_or_default().to_ascii_lowercase().as_str() {
            "base64" => base64(&self.body),
            "quoted-printable" => quoted_printable(&self.body, false),
            _ => return self.body.clone(),
        };
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The parts that are not multipart themselves, in order.
    pub fn leaves(&self) -> Vec<Self> {
        let kind = self.header("content-type").unwrap_or_default();
        let boundary = kind.split(';').find_map(|p| p.trim().strip_prefix("boundary=")).map(|b| b.trim_matches('"'));
        let Some(boundary) = boundary.filter(|_| self.kind().starts_with("multipart/")) else {
            return vec![self.clone()];
        };
        let body = format!("\r\n{}", self.body);
        let delimiter = format!("\r\n--{boundary}");
        let parts = body.split(&delimiter).skip(1).take_while(|part| !part.starts_with("--"));
        // What follows a boundary on its line is blank.
        parts.filter_map(|part| part.split_once("\r\n")).flat_map(|(_, part)| Self::parse(part).leaves()).collect()
    }
}

/// Decodes the encoded words (RFC 2047) of a header; the space between two of them does not count.
fn words(value: &str) -> String {
    let mut decoded = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some((before, from)) = rest.split_once("=?") {
        let mut fields = from.splitn(4, '?');
        let (_, Some(encoding), Some(text), Some(tail)) = (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            break;
        };
        let Some(tail) = tail.strip_prefix('=') else { break };
        if !(after_word && before.trim().is_empty()) {
            decoded.push_str(before);
        }
        let bytes = if encoding.eq_ignore_ascii_case("b") { base64(text) } else { quoted_printable(text, true) };
        write!(decoded, "{}", String::from_utf8_lossy(&bytes)).expect("memory");
        rest = tail;
        after_word = true;
    }
    decoded + rest
}

fn base64(text: &str) -> Vec<u8> {
    let compact: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    LENIENT.decode(compact).unwrap_or_else(|e| panic!("not base64 ({e}):\n{text}"))
}

fn quoted_printable(text: &str, in_header: bool) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('=') {
        bytes.extend(before.bytes());
        rest = if let Some(next_line) = from.strip_prefix("\r\n") {
            next_line
        } else if let Some(byte) = from.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            &from[2..]
        } else {
            bytes.push(b'=');
            from
        };
    }
    bytes.extend(rest.bytes());
    if in_header {
        bytes.iter_mut().filter(|b| **b == b'_').for_each(|b| *b = b' ');
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{Mail, words};

    #[test]
    fn headers_are_unfolded_and_decoded() {
        let raw = "Subject: =?utf-8?b?w4ljb2xl?=\r\n =?utf-8?Q?_d=C3=A9j=C3=A0?= vue\r\nX-Empty:\r\n\r\nHi";
        let mail = Mail::new(String::new(), Vec::new(), raw.to_owned());
        assert_eq!(mail.subject(), "École déjà vue");
        assert_eq!(mail.header("x-empty").as_deref(), Some(""));
        assert_eq!(mail.header("x-none"), None);
        assert_eq!(mail.text(), "Hi");
        assert_eq!(words("a =? b"), "a =? b");
    }

    #[test]
    fn a_multipart_mail_has_its_text_and_html() {
        let raw = "Content-Type: multipart/alternative;\r\n boundary=\"b\"\r\n\r\nfor old readers\r\n--b\r\n\
            Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            caf=C3=A9 is so=\r\nft, 1=3D1\r\n--b\r\n\
            Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+\r\nw6k8L2I+\r\n--b--\r\n";
        let mail = Mail::new(String::new(), Vec::new(), raw.to_owned());
        assert_eq!(mail.text(), "café is soft, 1=1");
        assert_eq!(mail.html().as_deref(), Some("<b>é</b>"));
    }
}
