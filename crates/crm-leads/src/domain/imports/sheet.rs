//! A file of comma-separated values, in whichever of a few encodings and with whichever sign between the values.

use csv::{ReaderBuilder, StringRecord};
use kernel::{Error, ProblemCode, Result};

/// The largest file, in bytes.
pub const BYTES: u64 = 10 << 20;
/// The most rows.
pub const ROWS: usize = 50_000;
/// The most columns.
pub const COLUMNS: usize = 100;

/// In which encoding a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, either way round.
    Utf16,
    /// Windows-1252, which Excel writes in the west.
    Windows1252,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file on which it begins, from 1.
    pub number: i32,
    /// Its values.
    pub values: Vec<String>,
    /// Why it is no row, where it is none: what it says is not to be trusted then.
    pub broken: Option<&'static str>,
}

/// What is in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// In which encoding it was.
    pub encoding: Encoding,
    /// What stood between the values.
    pub delimiter: char,
    /// The names of its columns.
    pub head: Vec<String>,
    /// Its rows, without those that are blank.
    pub rows: Vec<Row>,
}

/// The signs of Windows-1252 from 0x80 to 0x9F; five are none.
const SIGNS: [Option<char>; 32] = [
    Some('€'),
    None,
    Some('‚'),
    Some('ƒ'),
    Some('„'),
    Some('…'),
    Some('†'),
    Some('‡'),
    Some('ˆ'),
    Some('‰'),
    Some('Š'),
    Some('‹'),
    Some('Œ'),
    None,
    Some('Ž'),
    None,
    None,
    Some('‘'),
    Some('’'),
    Some('“'),
    Some('”'),
    Some('•'),
    Some('–'),
    Some('—'),
    Some('˜'),
    Some('™'),
    Some('š'),
    Some('›'),
    Some('œ'),
    None,
    Some('ž'),
    Some('Ÿ'),
];

fn refused(code: ProblemCode, why: impl Into<String>) -> Error {
    Error::invalid("fileId", code, why)
}

fn windows_1252(bytes: &[u8]) -> Option<String> {
    let sign = |byte: &u8| match byte {
        0x80..=0x9f => SIGNS.get(usize::from(byte - 0x80)).copied().flatten(),
        byte => Some(char::from(*byte)),
    };
    bytes.iter().map(sign).collect()
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<std::result::Result<String, _>>().ok()
}

/// The text of a file.
fn text(bytes: &[u8]) -> Option<(Encoding, String)> {
    let found = match bytes {
        [0xff, 0xfe, rest @ ..] => (Encoding::Utf16, utf_16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => (Encoding::Utf16, utf_16(rest, u16::from_be_bytes)?),
        [0xef, 0xbb, 0xbf, rest @ ..] => (Encoding::Utf8, std::str::from_utf8(rest).ok()?.to_owned()),
        bytes => match std::str::from_utf8(bytes) {
            Ok(text) => (Encoding::Utf8, text.to_owned()),
            Err(_) => (Encoding::Windows1252, windows_1252(bytes)?),
        },
    };
    // A picture or a program is a text in some encoding too.
    let binary = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    (!found.1.contains(binary)).then_some(found)
}

/// What stands between the values of the first line: what is most often there outside of quotation marks.
fn delimiter(head: &str) -> char {
    let mut quoted = false;
    let mut counts = [(',', 0), (';', 0), ('\t', 0)];
    for c in head.chars() {
        if c == '"' {
            quoted = !quoted;
        }
        for (sign, count) in &mut counts {
            *count += usize::from(!quoted && c == *sign);
        }
    }
    // The first of those that are there equally often.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(',', |(sign, _)| sign)
}

/// A value: trimmed, and without the apostrophe by which spreadsheets are told that it is no formula.
fn value(text: &str) -> String {
    let text = text.trim();
    let bare = text.strip_prefix('\'').filter(|bare| bare.starts_with(['=', '+', '-', '@']));
    bare.unwrap_or(text).to_owned()
}

/// How many lines end there in a text: by a line feed, a carriage return, or both.
fn ends_of_lines(text: &str, within: std::ops::Range<usize>) -> usize {
    let bytes = text.as_bytes();
    let ends = |at: &usize| match bytes.get(*at) {
        Some(b'\r') => true,
        Some(b'\n') => *at == 0 || bytes.get(at - 1) != Some(&b'\r'),
        _ => false,
    };
    within.filter(ends).count()
}

/// Whether a quotation mark is left open in what stands for a row, or closed in the middle of a value, as one is that was open before.
fn is_left_open(row: &str, delimiter: char) -> bool {
    let (mut quoted, mut begins) = (false, true);
    let mut signs = row.chars().peekable();
    while let Some(c) = signs.next() {
        match c {
            '"' if quoted && signs.peek() == Some(&'"') => {
                signs.next();
            }
            '"' if quoted => {
                quoted = false;
                if signs.peek().is_some_and(|next| *next != delimiter && !next.is_whitespace()) {
                    return true;
                }
            }
            '"' if begins => quoted = true,
            _ => {}
        }
        begins = !quoted && (c == delimiter || (begins && matches!(c, '\r' | '\n')));
    }
    quoted
}

/// Why what stands for a row is none.
fn broken(row: &str, delimiter: char, values: &[String], columns: usize) -> Option<&'static str> {
    if is_left_open(row, delimiter) {
        return Some("a quotation mark is not closed");
    }
    if values.len() < columns {
        return Some("has fewer values than there are columns");
    }
    // Nothing after the last delimiter is no value.
    let more = values.iter().skip(columns).any(|value| !value.is_empty());
    more.then_some("has more values than there are columns")
}

impl Sheet {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `fileId` for one that is too large, in no encoding that is known, or without rows.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        if bytes.len() as u64 > BYTES {
            return Err(refused(ProblemCode::TooLong, format!("may have at most {} MiB", BYTES >> 20)));
        }
        let unknown = "is no text in UTF-8, UTF-16 or Windows-1252";
        let (encoding, text) = text(bytes).ok_or_else(|| refused(ProblemCode::InvalidFormat, unknown))?;
        let mut text = text.as_str();
        let (mut stated, mut line) = (None, 1);
        // Excel's own word for it.
        if let Some(rest) = text.strip_prefix("sep=")
            && let Some(sign) = rest.chars().next()
        {
            stated = [',', ';', '\t'].into_iter().find(|known| *known == sign);
            text = rest.split_once('\n').map_or("", |(_, rest)| rest);
            line += 1;
        }
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let delimiter = stated.unwrap_or_else(|| delimiter(first));
        let byte = u8::try_from(delimiter).unwrap_or(b',');
        let mut reader =
            ReaderBuilder::new().delimiter(byte).flexible(true).has_headers(false).from_reader(text.as_bytes());
        let mut head: Option<Vec<String>> = None;
        let mut rows = Vec::new();
        let mut record = StringRecord::new();
        let unread = |error: csv::Error| refused(ProblemCode::InvalidFormat, format!("cannot be read: {error}"));
        let mut at = 0;
        while reader.read_record(&mut record).map_err(unread)? {
            let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).min(text.len());
            // Line ends before it are no part of it: that of the row before, and blank lines.
            let whole = text.get(at..end).unwrap_or_default();
            let row = whole.trim_start_matches(['\r', '\n']);
            let start = end - row.len();
            line += ends_of_lines(text, at..start);
            let number = i32::try_from(line).unwrap_or(i32::MAX);
            line += ends_of_lines(text, start..end);
            at = end;
            if record.len() > COLUMNS {
                return Err(refused(ProblemCode::TooLong, format!("may have at most {COLUMNS} columns")));
            }
            let values: Vec<_> = record.iter().map(value).collect();
            let Some(head) = &head else {
                head = Some(values);
                continue;
            };
            if values.iter().any(|value| !value.is_empty()) {
                let broken = broken(row, delimiter, &values, head.len());
                rows.push(Row { number, values, broken });
            }
            if rows.len() > ROWS {
                return Err(refused(ProblemCode::TooLong, format!("may have at most {ROWS} rows")));
            }
        }
        let head = head.filter(|_| !rows.is_empty());
        let head = head.ok_or_else(|| refused(ProblemCode::Blank, "has no rows below the names of its columns"))?;
        Ok(Self { encoding, delimiter, head, rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Sheet {
        Sheet::read(bytes).unwrap_or_else(|error| panic!("{error:?}"))
    }

    #[test]
    fn a_file_is_read_however_it_was_written() {
        let text = "Name;E-Mail\r\nJürgen Groß;j@example.com\r\n";
        let utf_16 = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.into_iter().chain(text.encode_utf16().flat_map(unit)).collect()
        };
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let marked = [&[0xef, 0xbb, 0xbf], text.as_bytes()].concat();
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            (marked, Encoding::Utf8),
            (utf_16([0xff, 0xfe], u16::to_le_bytes), Encoding::Utf16),
            (utf_16([0xfe, 0xff], u16::to_be_bytes), Encoding::Utf16),
            (latin, Encoding::Windows1252),
        ] {
            let sheet = read(&bytes);
            assert_eq!((sheet.encoding, sheet.delimiter), (encoding, ';'));
            assert_eq!(sheet.head, ["Name", "E-Mail"]);
            let values = vec!["Jürgen Groß".into(), "j@example.com".into()];
            assert_eq!(sheet.rows, [Row { number: 2, values, broken: None }]);
        }
        assert_eq!(read(b"a\n\x80 5").rows[0].values, ["€ 5"]);
    }

    #[test]
    fn what_stands_between_values_is_found() {
        assert_eq!(read(b"a\tb\n1\t2").delimiter, '\t');
        assert_eq!(read(b"a,b\n1,2").delimiter, ',');
        assert_eq!(read(b"\"a,b,c\";d\n1;2").head, ["a,b,c", "d"]);
        let named = read(b"sep=;\na,b;c\n1;2");
        assert_eq!((named.delimiter, named.head), (';', vec!["a,b".to_owned(), "c".to_owned()]));
        let sheet = read(b"name,note\n\n\"two\nlines\",\"say \"\"hi\"\"\"\n,\n'+49 30 1,=1+1,more\nshort\n");
        let rows: Vec<_> = sheet.rows.iter().map(|row| (row.number, row.values.join("|"))).collect();
        assert_eq!(
            rows,
            [(3, "two\nlines|say \"hi\"".to_owned()), (6, "+49 30 1|=1+1|more".to_owned()), (7, "short".to_owned())]
        );
    }

    #[test]
    fn what_is_no_row_is_named_by_the_line_on_which_it_begins() {
        let of = |text: &str| -> Vec<(i32, bool)> {
            read(text.as_bytes()).rows.iter().map(|row| (row.number, row.broken.is_some())).collect()
        };
        assert_eq!(
            of("a,b\n1,2\n1\n1,2,3\n1,2,\n\n5\",2\n"),
            [(2, false), (3, true), (4, true), (5, false), (7, false)]
        );
        assert_eq!(of("sep=;\r\na;b\r\n\"1\r\n1\";2\r\n\r\n1;2\r\n"), [(3, false), (6, false)]);
        assert_eq!(of("a,b\n1,\"2\n1,2\n"), [(2, true)], "it is left open");
        assert_eq!(of("a,b\n1,\"2\n1,\"2\"\n1,2\n"), [(2, true), (4, false)]);
        assert_eq!(of("a,b\n\"1\" ,\"2 \"\"x\"\"\"\n"), [(2, false)]);
    }

    #[test]
    fn what_is_no_such_file_says_why() {
        for (bytes, code) in [
            (&b""[..], ProblemCode::Blank),
            (b"name\n", ProblemCode::Blank),
            (b"\x89PNG\r\n\x1a\n\0\0", ProblemCode::InvalidFormat),
            (b"name\n\x81\xff", ProblemCode::InvalidFormat),
            (b"\xff\xfea", ProblemCode::InvalidFormat),
            (b"a\nb\0c", ProblemCode::InvalidFormat),
        ] {
            let Err(Error::Invalid(problems)) = Sheet::read(bytes) else { panic!("{bytes:?}") };
            assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), [code], "{bytes:?}");
        }
        let wide = format!("{}\n1", ",".repeat(COLUMNS));
        assert!(Sheet::read(wide.as_bytes()).is_err());
        assert!(Sheet::read("a\n1\n".repeat(ROWS).as_bytes()).is_err());
        assert!(Sheet::read(&vec![b'a'; usize::try_from(BYTES).unwrap() + 1]).is_err());
    }
}
