//! `{{variables}}` in a text: of a mail's wording, of a saved reply.

/// What is wrong with a wording, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, as a part of a sentence.
    pub what: String,
    /// In which line, from 1.
    pub line: usize,
    /// At which character of it, from 1.
    pub column: usize,
}

impl Fault {
    /// Something wrong at a byte of a text.
    pub fn at(text: &str, byte: usize, what: impl Into<String>) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Self {
            what: what.into(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (line {}, column {})", self.what, self.line, self.column)
    }
}

/// A part of a wording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Stands as it is.
    Text(&'a str),
    /// Is filled; with the byte at which it begins.
    Variable(&'a str, usize),
}

/// Cuts a text at its variables.
///
/// # Errors
/// A `{{` that nothing closes.
pub fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Fault> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    while let Some(open) = text[at..].find("{{").map(|found| at + found) {
        let inside = open + 2;
        let close = text[inside..].find("}}").map(|found| inside + found);
        let close = close.ok_or_else(|| Fault::at(text, open, "{{ is never closed by }}"))?;
        if at < open {
            pieces.push(Piece::Text(&text[at..open]));
        }
        pieces.push(Piece::Variable(text[inside..close].trim(), open));
        at = close + 2;
    }
    if at < text.len() {
        pieces.push(Piece::Text(&text[at..]));
    }
    Ok(pieces)
}

/// Puts values in the places of variables, once: what a value contains is never read as a variable.
///
/// # Errors
/// A `{{` that nothing closes.
pub fn fill(text: &str, value: impl Fn(&str) -> String) -> Result<String, Fault> {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text)? {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Variable(name, _) => filled.push_str(&value(name)),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_variables() {
        let cut = pieces("Hé {{ name }}, {x} }} {{link}}").unwrap();
        let expected =
            [Piece::Text("Hé "), Piece::Variable("name", 4), Piece::Text(", {x} }} "), Piece::Variable("link", 23)];
        assert_eq!(cut, expected);
        let fault = pieces("one\ntwo é{{name").unwrap_err();
        assert_eq!((fault.line, fault.column), (2, 6));
    }

    #[test]
    fn what_a_value_contains_is_not_filled_again() {
        let value = |name: &str| if name == "a" { "{{b}}".to_owned() } else { "never".to_owned() };
        assert_eq!(fill("<{{a}}>", value).unwrap(), "<{{b}}>");
    }
}
