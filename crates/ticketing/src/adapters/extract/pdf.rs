//! PDF.

use std::io::Write;

use pdf_extract::{Document, PlainTextOutput, output_doc};

use super::ENOUGH;

/// So many pages are read.
const PAGES: usize = 5_000;

/// What it says.
pub fn text(bytes: &[u8]) -> Result<String, String> {
    let broken = |_| "The PDF is broken".to_owned();
    let mut document = Document::load_mem(bytes).map_err(broken)?;
    // One that anybody may open, but not change, is encrypted with no password.
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err("The PDF is encrypted".into());
    }
    if document.get_pages().len() > PAGES {
        return Err(format!("The PDF has more than {PAGES} pages"));
    }
    let mut text = Bounded(Vec::new());
    let read = output_doc(&document, &mut PlainTextOutput::new(&mut text as &mut dyn Write));
    if read.is_err() && text.0.len() <= ENOUGH {
        return Err("The PDF is broken".into());
    }
    Ok(String::from_utf8_lossy(&text.0).into_owned())
}

/// Text that ends when there is enough.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        if self.0.len() > ENOUGH {
            return Err(std::io::ErrorKind::WriteZero.into());
        }
        self.0.extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
