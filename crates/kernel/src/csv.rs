//! Files that spreadsheets open: comma-separated values as RFC 4180 has them.

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A file being written.
#[derive(Debug, Clone)]
pub struct Csv(String);

impl Csv {
    /// With the names of its columns.
    pub fn new(columns: &[&str]) -> Self {
        let mut file = Self(String::new());
        file.row(columns.iter().copied());
        file
    }

    /// Adds a row.
    pub fn row<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) {
        for (number, value) in values.into_iter().enumerate() {
            if number > 0 {
                self.0.push(',');
            }
            self.value(value);
        }
        self.0.push_str("\r\n");
    }

    fn value(&mut self, value: &str) {
        text(&mut self.0, value);
    }

    /// The file.
    pub fn finish(self) -> String {
        self.0
    }
}

/// Adds a text as one value, for a file that is written in parts.
///
/// A text that would be taken for a formula gets an apostrophe, which makes it a text for every spreadsheet: what visitors
/// wrote is never worked out on a colleague's machine. So does a telephone number that begins with a plus.
pub fn text(out: &mut String, value: &str) {
    let quoted = value.contains([',', '"', '\r', '\n']);
    if quoted {
        out.push('"');
    }
    if value.starts_with(FORMULA) {
        out.push('\'');
    }
    if value.contains('"') {
        out.push_str(&value.replace('"', "\"\""));
    } else {
        out.push_str(value);
    }
    if quoted {
        out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::Csv;

    /// B45.
    #[test]
    fn what_looks_like_a_formula_is_a_text_and_what_holds_a_quote_is_quoted() {
        let mut csv = Csv::new(&["name", "note"]);
        for (name, note) in [
            ("=1+1", "+49 30 1"),
            ("-2+3", "@x"),
            ("\tx", "a \"b\", c"),
            ("two\r\nlines", "plain = 1"),
            ("=HYPERLINK(\"http://evil.example\",\"x\")", ""),
        ] {
            csv.row([name, note]);
        }
        assert_eq!(
            csv.finish(),
            "name,note\r\n'=1+1,'+49 30 1\r\n'-2+3,'@x\r\n'\tx,\"a \"\"b\"\", c\"\r\n\"two\r\nlines\",plain = 1\r\n\
             \"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\",\r\n"
        );
    }
}
