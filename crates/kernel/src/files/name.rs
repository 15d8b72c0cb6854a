//! What a file is called.

use unicode_normalization::UnicodeNormalization;

/// Most characters of a name.
const MOST: usize = 200;

/// A name that can be shown and saved under: what somebody sent without folders, without what controls a terminal or turns
/// the direction of writing, without what shows nothing; at most 200 characters, of which its ending is kept. It is never
/// part of where the bytes are.
pub fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let seen: String =
        last.nfc().filter(|c| !hidden(*c)).map(|c| if ":*?\"<>|".contains(c) { '_' } else { c }).collect();
    // Neither a file that hides itself nor one that Windows calls otherwise.
    let seen = seen.trim_matches(|c: char| c.is_whitespace() || c == '.');
    if seen.is_empty() {
        return "file".to_owned();
    }
    let count = seen.chars().count();
    if count <= MOST {
        return seen.to_owned();
    }
    let ending: String = match seen.rsplit_once('.') {
        Some((_, ending)) if ending.chars().count() <= 16 => format!(".{ending}"),
        _ => String::new(),
    };
    let head: String = seen.chars().take(MOST - ending.chars().count()).collect();
    head.trim_end().to_owned() + &ending
}

/// Controls, marks of direction, and what has no width.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn a_name_is_one_step_of_a_path_and_shows_what_it_is() {
        for (sent, name) in [
            ("Angebot für Ada.pdf", "Angebot für Ada.pdf"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("/", "file"),
            ("", "file"),
            ("..", "file"),
            (".htaccess", "htaccess"),
            (".htaccess\u{200b}", "htaccess"),
            ("a\0b\r\nc.txt", "abc.txt"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("bill.pdf.", "bill.pdf"),
            ("a/b/", "b"),
            ("C:\\x\\con<1>.txt", "con_1_.txt"),
            ("u\u{308}.txt", "\u{fc}.txt"),
            ("\u{feff} \u{200b}", "file"),
        ] {
            assert_eq!(clean(sent), name, "{sent:?}");
        }
        let long = clean(&format!("{}.tar.gz", "x".repeat(4000)));
        assert!(long.chars().count() == 200 && long.ends_with("x.gz"), "{long}");
        assert_eq!(clean(&"é".repeat(500)).chars().count(), 200);
    }
}
