//! Proving an exported trail, with the file and a public key and nothing else.

use std::io::{BufRead, Read};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::NaiveDate;
use kernel::{
    crypto::{hex, signed_by},
    id::TenantId,
};
use uuid::Uuid;

use super::{
    heads,
    lines::{AnyLine, FORMAT, LineType, RowLine, SignedLine, TrailLine},
};

/// The longest line, in bytes.
const LONGEST: u64 = 64 << 20;
/// What stands before the 32 bytes of an Ed25519 key in a public key of X.509.
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A file that proves what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileVerified {
    /// Whose trail.
    pub tenant: Uuid,
    /// The number before the first row.
    pub after: i64,
    /// The number of the last.
    pub sequence: i64,
    /// How many days' ends were signed in it.
    pub heads: u64,
    /// How many checkpoints.
    pub checkpoints: u64,
    /// The hash of the end, in hexadecimal.
    pub hash: String,
}

/// Why a file proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileRefused {
    /// It is no such file.
    #[error("line {line} is no line of an exported audit trail: {why}")]
    NotATrail {
        /// Which line.
        line: u64,
        /// Why not.
        why: String,
    },
    /// It cannot be read.
    #[error("the file cannot be read at line {line}: {why}")]
    Unreadable {
        /// Which line.
        line: u64,
        /// Why not.
        why: String,
    },
    /// It is signed by a key that was not given.
    #[error("line {line}: {what} is signed by the key {key}, which is not among the public keys that were given")]
    WrongKey {
        /// Which line.
        line: u64,
        /// What is signed.
        what: String,
        /// The short id of the key.
        key: String,
    },
    /// A row or a signature does not fit.
    #[error("BROKEN at sequence {sequence} (line {line}{}): {why}", row.map(|row| format!(", audit row aud_{}", row.simple())).unwrap_or_default())]
    Broken {
        /// The number of the row.
        sequence: i64,
        /// Which line.
        line: u64,
        /// The row that stands there.
        row: Option<Uuid>,
        /// What is wrong.
        why: String,
    },
}

/// A public key: 32 bytes in base64, alone or behind a short id and a colon, or as PEM.
pub fn public_key(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix("-----BEGIN PUBLIC KEY-----") {
        let inner: String = inner.split("-----END").next()?.split_whitespace().collect();
        return STANDARD.decode(inner).ok()?.strip_prefix(&SPKI)?.try_into().ok();
    }
    let bytes = STANDARD.decode(text.rsplit(':').next()?).ok()?;
    bytes.try_into().ok()
}

/// A public key as PEM.
pub fn pem(key: &[u8; 32]) -> String {
    let inner = STANDARD.encode([SPKI.as_slice(), key].concat());
    format!("-----BEGIN PUBLIC KEY-----\n{inner}\n-----END PUBLIC KEY-----\n")
}

/// What has been read.
struct Reader<'k> {
    keys: &'k [[u8; 32]],
    head: TrailLine,
    line: u64,
    sequence: i64,
    hash: Vec<u8>,
    heads: u64,
    checkpoints: u64,
    day: Option<NaiveDate>,
}

impl Reader<'_> {
    fn broken(&self, sequence: i64, row: Option<Uuid>, why: impl Into<String>) -> FileRefused {
        FileRefused::Broken { sequence, line: self.line, row, why: why.into() }
    }

    fn no_line(&self, why: impl ToString) -> FileRefused {
        FileRefused::NotATrail { line: self.line, why: why.to_string() }
    }

    fn row(&mut self, text: &str) -> Result<(), FileRefused> {
        let line: RowLine<'_> = serde_json::from_str(text).map_err(|error| self.no_line(error))?;
        let (expected, row) = (self.sequence + 1, Some(line.row.id()));
        if line.sequence > expected {
            let why =
                format!("this row was removed, or stands elsewhere: here is the one with sequence {}", line.sequence);
            return Err(self.broken(expected, row, why));
        }
        if line.sequence < expected {
            return Err(self.broken(line.sequence, row, "this row was inserted, or stood elsewhere"));
        }
        let hashed = line.row.hashed().ok_or_else(|| self.no_line("a sealed value is not base64"))?;
        let hash = hashed.link(&self.hash, expected);
        if hex(&hash) != line.hash {
            return Err(self.broken(expected, row, "this row was altered, inserted or stood elsewhere"));
        }
        (self.sequence, self.hash) = (expected, hash.to_vec());
        Ok(())
    }

    /// Whether one of the keys signed these bytes.
    fn signed(&self, what: &str, line: &SignedLine, bytes: &[u8]) -> Result<(), FileRefused> {
        let signature = STANDARD.decode(&line.signature).unwrap_or_default();
        if self.keys.iter().any(|key| signed_by(key, bytes, &signature)) {
            return Ok(());
        }
        // Where the file says that a key signed it that is here, it was altered; else the wrong keys are here.
        let named = self.head.keys.iter().find(|key| key.id == line.key).and_then(|key| public_key(&key.public_key));
        if named.is_some_and(|named| self.keys.contains(&named)) {
            return Err(self.broken(
                line.sequence,
                None,
                format!("{what} was altered, or is not signed by the key {}", line.key),
            ));
        }
        Err(FileRefused::WrongKey { line: self.line, what: what.to_owned(), key: line.key.clone() })
    }

    /// Proves a signed line; says whether it is the last.
    fn seal(&mut self, text: &str) -> Result<bool, FileRefused> {
        let line: SignedLine = serde_json::from_str(text).map_err(|error| self.no_line(error))?;
        let tenant = TenantId(self.head.tenant);
        let (what, bytes) = match (line.kind, line.day, line.rows, line.after) {
            (LineType::Head, Some(day), Some(rows), None) => {
                let bytes = heads::head(tenant, day, line.sequence, rows, line.at, &self.hash);
                (format!("the head of {day}"), bytes)
            }
            (LineType::Checkpoint, None, Some(rows), None) => {
                let bytes = heads::checkpoint(tenant, line.sequence, rows, line.at, &self.hash);
                ("the checkpoint".to_owned(), bytes)
            }
            (LineType::End, None, None, Some(after)) => {
                ("the end".to_owned(), heads::export_end(tenant, after, line.sequence, line.at, &self.hash))
            }
            _ => return Err(self.no_line("it lacks what such a line has")),
        };
        if line.sequence > self.sequence {
            let why = format!("this row was removed: {what} signs the rows up to sequence {}", line.sequence);
            return Err(self.broken(self.sequence + 1, None, why));
        }
        if line.sequence < self.sequence {
            let why = format!("this row was inserted, or {what} stood elsewhere");
            return Err(self.broken(line.sequence + 1, None, why));
        }
        if line.after.is_some_and(|after| after != self.head.after) {
            return Err(self.broken(self.head.after + 1, None, "the file was signed with another beginning"));
        }
        if line.hash != hex(&self.hash) {
            let why =
                format!("{what} signs other rows than those up to here: one of them was altered, or the head was");
            return Err(self.broken(line.sequence, None, why));
        }
        self.signed(&what, &line, &bytes)?;
        match line.kind {
            LineType::Head => {
                if self.day >= line.day {
                    return Err(self.broken(line.sequence, None, format!("{what} stands behind a later one")));
                }
                self.day = line.day;
                self.heads += 1;
            }
            LineType::Checkpoint => self.checkpoints += 1,
            _ => return Ok(true),
        }
        Ok(false)
    }
}

/// One line without its end; none after the last.
fn next<'b>(from: &mut impl BufRead, into: &'b mut Vec<u8>, line: u64) -> Result<Option<&'b str>, FileRefused> {
    into.clear();
    let unreadable = |why: String| FileRefused::Unreadable { line, why };
    let read = from.by_ref().take(LONGEST).read_until(b'\n', into).map_err(|error| unreadable(error.to_string()))?;
    if read == 0 {
        return Ok(None);
    }
    if into.pop_if(|last| *last == b'\n').is_none() {
        return Err(FileRefused::NotATrail { line, why: "it is cut off, or too long".to_owned() });
    }
    let text =
        std::str::from_utf8(into).map_err(|_| FileRefused::NotATrail { line, why: "it is no UTF-8".to_owned() })?;
    Ok(Some(text))
}

/// Proves an exported trail by the public keys of the installation.
///
/// # Errors
/// [`FileRefused`] that names the first row or signature that does not fit, or the key that is missing.
pub fn verify_file(mut from: impl BufRead, keys: &[[u8; 32]]) -> Result<FileVerified, FileRefused> {
    let mut text = Vec::new();
    let not = |why: String| FileRefused::NotATrail { line: 1, why };
    let first = next(&mut from, &mut text, 1)?.ok_or_else(|| not("the file is empty".to_owned()))?;
    let head: TrailLine = serde_json::from_str(first).map_err(|error| not(error.to_string()))?;
    if head.kind != LineType::Trail || head.format != FORMAT {
        return Err(not(format!("it does not say that it is a {FORMAT}")));
    }
    let hash = unhex(&head.hash).ok_or_else(|| not("the hash is none".to_owned()))?;
    let sequence = head.after;
    let mut reader = Reader { keys, head, line: 1, sequence, hash, heads: 0, checkpoints: 0, day: None };
    loop {
        reader.line += 1;
        let Some(line) = next(&mut from, &mut text, reader.line)? else {
            let why = "the file ends before its signed end: rows were cut off";
            return Err(reader.broken(reader.sequence + 1, None, why));
        };
        // What is by far the most is not parsed twice.
        let kind = match line.starts_with("{\"type\":\"row\",") {
            true => LineType::Row,
            false => serde_json::from_str::<AnyLine>(line).map_err(|error| reader.no_line(error))?.kind,
        };
        match kind {
            LineType::Row => reader.row(line)?,
            LineType::Trail => return Err(reader.no_line("a second beginning")),
            LineType::Head | LineType::Checkpoint | LineType::End => {
                if reader.seal(line)? {
                    break;
                }
            }
        }
    }
    reader.line += 1;
    if next(&mut from, &mut text, reader.line)?.is_some() {
        return Err(reader.broken(reader.sequence + 1, None, "something was put behind the signed end"));
    }
    Ok(FileVerified {
        tenant: reader.head.tenant,
        after: reader.head.after,
        sequence: reader.sequence,
        heads: reader.heads,
        checkpoints: reader.checkpoints,
        hash: hex(&reader.hash),
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |at: u8| char::from(at).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect::<Option<Vec<u8>>>()?;
    (rest.is_empty() && bytes.len() == 32).then_some(bytes)
}
