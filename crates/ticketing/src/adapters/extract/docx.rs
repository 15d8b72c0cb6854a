//! A word processor's document: a ZIP archive with XML in it.

use std::io::{BufReader, Cursor, Read};

use quick_xml::{Reader, events::Event};
use zip::ZipArchive;

use super::ENOUGH;

/// So much is unpacked: the text of a book has less than a tenth of it.
const UNPACKED: u64 = 64 << 20;
/// Where the text is.
const BODY: &str = "word/document.xml";

/// What it says.
pub fn text(bytes: &[u8]) -> Result<String, String> {
    let broken = "The file is broken, or no Word document";
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken)?;
    let body = archive.by_name(BODY).map_err(|_| broken)?;
    if body.encrypted() {
        return Err("The document is encrypted".into());
    }
    let too_large = || format!("The document has more than {} MiB when it is unpacked", UNPACKED >> 20);
    if body.size() > UNPACKED {
        return Err(too_large());
    }
    // What it says of its size is not believed.
    let mut reader = Reader::from_reader(BufReader::new(body.take(UNPACKED + 1)));
    let (mut text, mut buffer, mut inside) = (String::new(), Vec::new(), false);
    loop {
        let event = reader.read_event_into(&mut buffer);
        if reader.buffer_position() > UNPACKED {
            return Err(too_large());
        }
        match event.map_err(|_| broken)? {
            Event::Start(tag) if tag.local_name().as_ref() == b"t" => inside = true,
            Event::End(tag) => match tag.local_name().as_ref() {
                b"t" => inside = false,
                b"p" => text.push('\n'),
                b"tc" => text.push(' '),
                _ => {}
            },
            Event::Empty(tag) => match tag.local_name().as_ref() {
                b"tab" => text.push('\t'),
                b"br" | b"cr" => text.push('\n'),
                _ => {}
            },
            Event::Text(part) if inside => text.push_str(&part.decode().map_err(|_| broken)?),
            Event::CData(part) if inside => text.push_str(&part.decode().map_err(|_| broken)?),
            Event::GeneralRef(part) if inside => {
                let name = part.decode().map_err(|_| broken)?;
                match part.resolve_char_ref() {
                    Ok(Some(c)) => text.push(c),
                    _ => text.push_str(quick_xml::escape::resolve_predefined_entity(&name).unwrap_or_default()),
                }
            }
            Event::Eof => return Ok(text),
            _ => {}
        }
        if text.len() > ENOUGH {
            return Ok(text);
        }
        buffer.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn packed(name: &str, body: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        for part in body {
            archive.write_all(&part).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn paragraphs_are_lines() {
        let body = b"<w:document><w:p><w:r><w:t>Seals &amp; pum</w:t></w:r><w:r><w:t>ps&#33;</w:t></w:r></w:p>\
            <w:p><w:instrText>PAGE</w:instrText><w:r><w:t>Two</w:t><w:br/><w:t>lines</w:t></w:r></w:p></w:document>";
        assert_eq!(text(&packed(BODY, [body.to_vec()])).unwrap(), "Seals & pumps!\nTwo\nlines\n");
    }

    #[test]
    fn what_is_none_says_so() {
        assert!(text(&packed("other.xml", [b"<x/>".to_vec()])).unwrap_err().contains("no Word document"));
        assert!(text(&packed(BODY, [b"<w:p><w:t>a</w:p>".to_vec()])).is_err());
        for bytes in [&b""[..], b"PK\x03\x04", b"nonsense"] {
            assert!(text(bytes).is_err());
        }
        let whole = packed(BODY, [b"<w:p><w:t>a</w:t></w:p>".to_vec()]);
        assert!(text(&whole[..whole.len() / 2]).is_err());
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let blanks = || (0..66).map(|_| vec![b' '; 1 << 20]);
        let body = [b"<w:document>".to_vec()].into_iter().chain(blanks()).chain([b"</w:document>".to_vec()]);
        let bomb = packed(BODY, body);
        assert!(bomb.len() < 1 << 20, "{}", bomb.len());
        assert!(text(&bomb).unwrap_err().contains("64 MiB"));
    }
}
