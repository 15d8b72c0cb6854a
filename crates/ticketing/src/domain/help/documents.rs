//! What files documents may be, and what is taken out of them.

use kernel::files::File;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A PDF.
    Pdf,
    /// A document of a word processor (Office Open XML).
    Docx,
    /// A web page.
    Html,
    /// Markdown.
    Markdown,
    /// Plain text.
    Text,
}

/// All of them.
pub const FORMATS: [Format; 5] = [Format::Pdf, Format::Docx, Format::Html, Format::Markdown, Format::Text];

/// What a word processor's document is called; one whose first bytes do not tell is a ZIP archive.
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

impl Format {
    /// How a file is read: by its content, and by its name where that says no more than text, XML or an archive. `None` for a
    /// file that is no document.
    pub fn of(file: &File) -> Option<Self> {
        let name = file.name.to_lowercase();
        let is_called = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        match file.content_type.as_deref()? {
            "application/pdf" => Some(Self::Pdf),
            DOCX => Some(Self::Docx),
            "application/zip" if is_called(&[".docx"]) => Some(Self::Docx),
            "text/html" => Some(Self::Html),
            // A part of a page, or one that is XML, begins like any text.
            "text/plain" | "text/xml" if is_called(&[".html", ".htm", ".xhtml"]) => Some(Self::Html),
            "text/plain" if is_called(&[".md", ".markdown"]) => Some(Self::Markdown),
            "text/plain" => Some(Self::Text),
            _ => None,
        }
    }

    /// Its word on a command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Text => "text",
        }
    }

    /// The format of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        FORMATS.into_iter().find(|format| format.word() == word)
    }
}

/// The text as it is kept: no controls, at most so many characters, no rows of empty lines.
pub fn kept(text: &str, most: usize) -> String {
    let mut kept = String::with_capacity(text.len().min(most * 4));
    let mut left = most;
    let mut empty = 0;
    for line in text.lines() {
        let line = line.trim_end();
        empty = if line.trim().is_empty() { empty + 1 } else { 0 };
        if empty > 1 || (empty == 1 && kept.is_empty()) {
            continue;
        }
        for c in line.chars().filter(|c| !c.is_control() || *c == '\t').chain(['\n']) {
            if left == 0 {
                return kept;
            }
            left -= 1;
            kept.push(c);
        }
    }
    kept.truncate(kept.trim_end().len());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_without_what_nobody_reads() {
        assert_eq!(kept("\n\n a\u{0}b \n\n\n\nc\u{1b}[31m\n\n", 100), " ab\n\nc[31m");
        assert_eq!(kept("äöü", 2), "äö");
        assert_eq!(kept(" \n\t\n", 9), "");
    }

    #[test]
    fn words_are_read_back() {
        assert!(FORMATS.iter().all(|format| Format::of_word(format.word()) == Some(*format)));
    }
}
