//! Who may be one person: names and companies that are nearly the same.

use kernel::text::fold;

use crate::store::leads::lead::Model as Lead;

/// So like are names of what may be one person; and so much more where nothing else speaks for it.
const LIKE: f64 = 0.9;
/// Words that say of what form a company is, and not which.
const FORMS: &[&str] =
    &["gmbh", "ag", "inc", "ltd", "llc", "kg", "co", "corp", "se", "sa", "bv", "ug", "ohg", "plc", "srl", "the"];

/// The words of a text, folded, and in one spelling where German has two: Mueller is Müller, as whoever lacks the key writes it.
fn words(text: &str) -> Vec<String> {
    let folded = fold(text).replace("ae", "a").replace("oe", "o").replace("ue", "u");
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The words of a company without what says its form, as one text.
fn company_text(company: &str) -> String {
    let all = words(company);
    let own: Vec<_> = all.iter().filter(|word| !FORMS.contains(&word.as_str())).cloned().collect();
    if own.is_empty() { all.join(" ") } else { own.join(" ") }
}

/// The name's words in the order of the alphabet: Lovelace, Ada is Ada Lovelace.
fn name_text(name: &str) -> String {
    let mut all = words(name);
    all.sort_unstable();
    all.join(" ")
}

/// The mailbox that an address is of: what stands behind a plus sign is a tag of its owner's.
pub fn email_key(email: &str) -> String {
    let tagged = email.rsplit_once('@').and_then(|(local, domain)| Some((local.split_once('+')?.0, domain)));
    match tagged {
        Some((mailbox, domain)) if !mailbox.is_empty() => format!("{mailbox}@{domain}"),
        _ => email.to_owned(),
    }
}

/// What names have in common that are nearly one another: the first letter of the first word and three of the last, whichever
/// comes first.
pub fn name_key(name: &str) -> Option<String> {
    let mut all = words(name);
    all.sort_unstable();
    let (first, last) = (all.first()?, all.last()?);
    Some(first.chars().take(1).chain(last.chars().take(3)).collect())
}

/// What companies have in common that are nearly one another: four letters.
pub fn company_key(company: &str) -> Option<String> {
    let text = company_text(company);
    (!text.is_empty()).then(|| text.chars().take(4).collect())
}

/// Why two leads may be one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alike {
    /// They have one e-mail address, or addresses of one mailbox.
    Email,
    /// They have one telephone number.
    Phone,
    /// Their names are nearly the same, and their companies, where both have one.
    Name,
}

/// Why two leads may be one person and how sure that is, from 0 to 1; `None` where they are hardly.
pub fn alike(one: &Lead, other: &Lead) -> Option<(Alike, f64)> {
    let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    if same(&one.email, &other.email) {
        return Some((Alike::Email, 1.0));
    }
    if same(&one.phone, &other.phone) {
        return Some((Alike::Phone, 0.95));
    }
    let mailbox = |lead: &Lead| lead.email.as_deref().map(email_key);
    if mailbox(one).is_some_and(|own| Some(own) == mailbox(other)) {
        return Some((Alike::Email, 0.9));
    }
    let (a, b) = (name_text(&one.name), name_text(&other.name));
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let name = strsim::jaro_winkler(&a, &b);
    let companies = one.company.as_deref().zip(other.company.as_deref());
    let likeness = match companies {
        Some((one, other)) => {
            let company = strsim::jaro_winkler(&company_text(one), &company_text(other));
            if company < LIKE { 0.0 } else { (name * 2.0 + company) / 3.0 }
        }
        // Of a name alone there are many: it is one in full or none.
        None => {
            if name >= 0.97 && a.contains(' ') {
                name * 0.9
            } else {
                0.0
            }
        }
    };
    (name >= LIKE && likeness >= 0.85).then_some((Alike::Name, likeness.min(0.94)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::leads::lead::tests::lead;

    fn of(name: &str, company: Option<&str>) -> Lead {
        Lead { name: name.into(), company: company.map(str::to_owned), email: None, ..lead(1) }
    }

    #[test]
    fn names_that_are_nearly_the_same_are_found() {
        for (one, other, found) in [
            (of("Ada Lovelace", Some("Acme GmbH")), of("Lovelace, Ada", Some("ACME")), true),
            (of("Ada Lovelace", Some("Acme")), of("Ada Lovelase", Some("Acme Inc.")), true),
            (of("Jürgen Groß", None), of("Juergen Gross", None), true),
            (of("Jürgen Groß", None), of("jürgen gross", None), true),
            (of("Öznur Müller", Some("Bäcker AG")), of("Oznur Muller", Some("Baecker")), true),
            (of("Ada Lovelace", Some("Acme")), of("Ada Lovelace", Some("Umbrella")), false),
            (of("Ada", None), of("Ada", None), false),
            (of("Ada Lovelace", None), of("Alan Turing", None), false),
            (of("", None), of("", None), false),
        ] {
            assert_eq!(alike(&one, &other).is_some(), found, "{} {}", one.name, other.name);
            if found {
                assert_eq!(name_key(&one.name), name_key(&other.name), "{} {}", one.name, other.name);
            }
        }
        let one = lead(1);
        assert_eq!(alike(&one, &Lead { name: "Somebody".into(), ..lead(2) }).map(|(why, _)| why), Some(Alike::Email));
        let at = |email: &str| Lead { name: String::new(), email: Some(email.into()), ..lead(3) };
        let mailbox = alike(&at("anna@example.com"), &at("anna+fair@example.com"));
        assert_eq!(mailbox, Some((Alike::Email, 0.9)));
        assert_eq!(alike(&at("anna+x@example.com"), &at("anna+x@example.org")), None);
        assert_eq!(
            (email_key("+x@example.com"), email_key("no address")),
            ("+x@example.com".into(), "no address".into())
        );
        assert_eq!(company_key("GmbH"), Some("gmbh".into()));
        assert_eq!((name_key(" - "), company_key("…")), (None, None));
    }
}
