//! What is in an archive, and how it is proved.

use std::io::{Read, Write};

use chrono::{DateTime, Utc};
use kernel::{
    crypto::hex,
    db::rows::ColumnOf,
    id::{ArchiveId, TenantId},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::hash::link;
use crate::store::log;

/// The format of what is written, which its readers ask for.
pub const FORMAT: &str = "frontdesk archive v1: JSON Lines, zstd";
/// The longest that the rows of one object are, in bytes, before they are packed.
pub const TEXT: usize = 16 * 1024 * 1024;

/// The object beside an archive: what is in it, for who has the storage alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Written {
    /// See [`FORMAT`].
    pub format: String,
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub archive: ArchiveId,
    /// Where it is.
    pub key: String,
    /// The table that its rows were of.
    pub table: String,
    /// And its columns then.
    pub columns: Vec<ColumnOf>,
    /// How many rows it has.
    pub rows: i32,
    /// The age of the first is counted from here.
    pub first_at: DateTime<Utc>,
    /// And of the last.
    pub last_at: DateTime<Utc>,
    /// How long it is, compressed.
    pub bytes: i64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// Of rows of the audit trail.
    pub chain: Option<Linked>,
}

/// Where rows of the audit trail stand in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Linked {
    /// The number of the first.
    pub first: i64,
    /// And of the last.
    pub last: i64,
    /// The hash before the first, in hexadecimal; without where that was removed unarchived: then the first is believed.
    pub before: Option<String>,
    /// The hash of the last.
    pub end: String,
    /// The place behind which they went.
    pub checkpoint: Signed,
}

/// A place that was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signed {
    /// Its number.
    pub sequence: i64,
    /// How many rows there had been up to there.
    pub rows: i64,
    /// The hash there, in hexadecimal.
    pub hash: String,
    /// When it was signed.
    pub at: DateTime<Utc>,
    /// By which key.
    pub key_id: String,
    /// Ed25519, in hexadecimal.
    pub signature: String,
}

/// A row of the audit trail, as it is in an archive: with its number and its hash, and without what it was found by.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TrailLine {
    /// The number.
    pub sequence: i64,
    /// The hash, in hexadecimal.
    pub hash: String,
    /// The row. What is sealed in it is sealed.
    pub row: log::Model,
}

/// Rows as they are in the object: lines, packed one by one.
pub struct Packing(zstd::Encoder<'static, Vec<u8>>);

impl Packing {
    /// Begins an object.
    ///
    /// # Errors
    /// What the packer says.
    pub fn begin() -> std::io::Result<Self> {
        let mut packing = zstd::Encoder::new(Vec::new(), 3)?;
        packing.include_checksum(true)?;
        Ok(Self(packing))
    }

    /// Adds a line.
    ///
    /// # Errors
    /// What the packer says.
    pub fn add(&mut self, line: &str) -> std::io::Result<()> {
        self.0.write_all(line.as_bytes())?;
        self.0.write_all(b"\n")
    }

    /// The object.
    ///
    /// # Errors
    /// What the packer says.
    pub fn end(self) -> std::io::Result<Vec<u8>> {
        self.0.finish()
    }
}

/// The lines in an object.
///
/// # Errors
/// What the packer says, also of an object that claims to be longer than any that is written.
pub fn unpacked(object: &[u8]) -> std::io::Result<Vec<String>> {
    let mut text = String::new();
    // One row may be longer than all are to be.
    zstd::Decoder::new(object)?.take(16 * TEXT as u64).read_to_string(&mut text)?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// Whether rows of the trail follow one another as they did.
///
/// # Errors
/// Which does not, as a sentence.
pub fn check_chain(chain: &Linked, lines: &[String]) -> Result<(), String> {
    let mut before = chain.before.clone();
    let mut sequence = chain.first;
    for text in lines {
        let line: TrailLine = serde_json::from_str(text).map_err(|_| format!("row {sequence} cannot be read"))?;
        if line.sequence != sequence {
            return Err(format!("row {sequence} of the trail is missing"));
        }
        let known = before.as_deref().map(unhex).unwrap_or_default();
        if before.is_some() && hex(&link(&known, sequence, &line.row)) != line.hash {
            return Err(format!("row {sequence} of the trail was altered"));
        }
        before = Some(line.hash);
        sequence += 1;
    }
    match before == Some(chain.end.clone()) && sequence == chain.last + 1 {
        true => Ok(()),
        false => Err("the chain ends elsewhere".into()),
    }
}

/// Bytes that are written in hexadecimal.
pub fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits
        .chunks(2)
        .filter_map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit)).ok())
        .collect()
}

/// JSON of bytes: in hexadecimal, as everything that reads an archive reads them.
pub mod bytes {
    use kernel::crypto::hex;
    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes them.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(bytes: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
        match bytes {
            Some(bytes) => to.serialize_some(&hex(bytes)),
            None => to.serialize_none(),
        }
    }

    /// Reads them.
    ///
    /// # Errors
    /// The deserializer's.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map(|text| super::unhex(&text)))
    }
}

/// The rows as they are kept, for a manifest.
pub fn columns(of: &[ColumnOf]) -> Json {
    serde_json::to_value(of).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_packed_and_unpacked() {
        let lines: Vec<_> = ["{\"a\":1}", "{\"b\":\"ü\"}"].map(str::to_owned).into();
        let mut packing = Packing::begin().unwrap();
        lines.iter().for_each(|line| packing.add(line).unwrap());
        let object = packing.end().unwrap();
        assert_eq!(unpacked(&object).unwrap(), lines);
        assert!(unpacked(&Packing::begin().unwrap().end().unwrap()).unwrap().is_empty());
        // One byte elsewhere is refused, or, where it is the packer's own affair, changes nothing: never are they other lines.
        let mut refused = 0;
        for at in 0..object.len() {
            let mut wrong = object.clone();
            wrong[at] ^= 1;
            match unpacked(&wrong) {
                Ok(read) => assert_eq!(read, lines, "{at}"),
                Err(_) => refused += 1,
            }
        }
        assert!(refused > object.len() / 2, "{refused} of {}", object.len());
    }

    #[test]
    fn bytes_are_read_as_they_were_written() {
        assert_eq!(unhex(&hex(&[0, 1, 254, 255])), [0, 1, 254, 255]);
        assert!(unhex("").is_empty());
    }
}
