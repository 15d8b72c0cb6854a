//! Telephone numbers in one form, however people write them.

use phonenumber::{Mode, country::Id, parse};
use unicode_normalization::UnicodeNormalization;

/// The longest telephone number as people write it, in characters: those of E.164 have 15 digits, people write spaces and
/// extensions.
pub const PHONE: usize = 40;

/// A country or territory whose numbers need no country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region(Id);

impl Region {
    /// By its two letters (ISO 3166-1), in any case.
    pub fn of(code: &str) -> Option<Self> {
        code.to_ascii_uppercase().parse().ok().map(Self)
    }

    /// Its two letters.
    pub fn code(&self) -> &str {
        self.0.as_ref()
    }
}

/// A number as it is stored: `+`, country code and digits (E.164). What is written without a country code is one of the
/// region's. `None` for what no telephone has.
pub fn number(typed: &str, region: Option<Region>) -> Option<String> {
    let typed: String = typed.nfkc().collect();
    // Abroad is dialled with 00 nearly everywhere; where it is not, the region knows.
    let abroad = typed.strip_prefix("00").filter(|_| region.is_none());
    let mut typed = abroad.map_or_else(|| typed.trim().to_owned(), |rest| format!("+{rest}"));
    // The zero in brackets is dialled within the country only.
    if typed.starts_with('+') {
        typed = typed.replacen("(0)", " ", 1);
    }
    let number = parse(region.map(|region| region.0), typed.trim()).ok()?;
    number.is_valid().then(|| number.format().mode(Mode::E164).to_string())
}

/// The same of a text that a form sends, where the region is two letters or empty. Why not, where it is none.
///
/// # Errors
/// The end of a sentence about the number.
pub fn telephone(typed: &str, region: &str) -> Result<String, &'static str> {
    let region = Region::of(region);
    let short = typed.chars().count() <= PHONE;
    number(typed, region).filter(|_| short).ok_or(match region {
        Some(_) => "is no telephone number",
        None => "is no telephone number; it begins with + and a country code, such as +49 30 12345678",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_form() {
        let (germany, nowhere) = (Region::of("de"), None);
        assert_eq!(germany.unwrap().code(), "DE");
        for (typed, region) in [
            ("+49 (0)30 12345678", nowhere),
            ("+49 (0)30 12345678", Region::of("US")),
            ("0049 30 12345678", germany),
            ("0049 30 12345678", nowhere),
            ("030 12345678", germany),
            ("030/123 456-78", germany),
            ("(030) 12345678 ext. 5", germany),
            ("＋４９ ３０ １２３４５６７８", nowhere),
        ] {
            assert_eq!(number(typed, region).as_deref(), Some("+493012345678"), "{typed}");
        }
        assert_eq!(number("020 7946 0958", Region::of("GB")).as_deref(), Some("+442079460958"));
        assert_eq!(number("011 44 20 7946 0958", Region::of("US")).as_deref(), Some("+442079460958"));
        for (none, region) in [
            ("abc", germany),
            ("1", germany),
            ("030 12345678", nowhere),
            ("+49", nowhere),
            ("+999 12345678", nowhere),
            ("+49 30 123456789012345678", nowhere),
            ("", germany),
        ] {
            assert_eq!(number(none, region), None, "{none}");
        }
        for none in ["", "D", "DEU", "ZZ", "49"] {
            assert_eq!(Region::of(none), None, "{none}");
        }
    }
}
