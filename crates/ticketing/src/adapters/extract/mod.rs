//! The text of files. What reads them believes what stands in them and may panic, so whoever calls this does so in a process that
//! may end: it is bounded here by what is unpacked, and there by time and memory.

mod docx;
mod markdown;
mod pdf;

use crate::domain::help::documents::Format;

/// So many bytes of text are enough.
const ENOUGH: usize = 8 << 20;

/// The text of a file, or why there is none, as a sentence for whoever uploaded it.
///
/// # Errors
/// The sentence.
pub fn text_of(format: Format, bytes: &[u8]) -> Result<String, String> {
    match format {
        Format::Pdf => pdf::text(bytes),
        Format::Docx => docx::text(bytes),
        Format::Html => {
            let text = html2text::config::plain_no_decorate().raw_mode(true).string_from_read(bytes, 400);
            text.map_err(|_| "The web page cannot be read".to_owned())
        }
        Format::Markdown => Ok(markdown::text(utf8(bytes)?)),
        Format::Text => utf8(bytes).map(str::to_owned),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "The text is not in UTF-8")?;
    Ok(text.trim_start_matches('\u{feff}'))
}
