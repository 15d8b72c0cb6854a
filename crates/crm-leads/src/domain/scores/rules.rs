//! The rules: what is asked of a lead, and how much it counts.

use kernel::{ProblemCode, text::Check};
use serde::{Deserialize, Serialize};

use crate::store::leads::lead::LeadSource;

/// The most rules of a set.
pub const RULES: usize = 100;
/// The most words of a rule.
pub const WORDS: usize = 100;
/// The longest word, and the longest name of a rule.
pub const WORD: usize = 60;
/// The most that one rule counts, for or against.
pub const WEIGHT: i32 = 100;
/// The most that something is counted to.
pub const AT_LEAST: i32 = 10_000;
/// The longest description of a set.
pub const DESCRIPTION: usize = 500;

/// What is asked of a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Asked {
    /// Whether it came from there.
    Source {
        /// Where; a rule without it is refused.
        source: Option<LeadSource>,
    },
    /// Whether their address is of a domain of their own.
    OwnDomain,
    /// Whether it is of one where everybody gets an address.
    FreeDomain,
    /// Whether they gave a telephone number.
    HasPhone,
    /// Whether they named a company.
    HasCompany,
    /// Whether they wrote one of these words.
    Words {
        /// The words, or beginnings of some that end with `*`.
        words: Vec<String>,
    },
    /// Whether they wrote so often.
    Messages {
        /// How often at least.
        at_least: i32,
    },
    /// Whether they were answered so soon.
    AnsweredWithin {
        /// Within how many minutes.
        minutes: i32,
    },
    /// Whether they looked at so many pages.
    PageViews {
        /// How many at least.
        at_least: i32,
    },
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// What it is called where it counts.
    pub name: String,
    /// What is asked.
    pub asked: Asked,
    /// How much it counts where that is so: −100 to 100.
    pub weight: i32,
}

/// From where on a lead is warm, and hot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// From here on warm.
    pub warm: i32,
    /// From here on hot.
    pub hot: i32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { warm: 35, hot: 65 }
    }
}

impl Thresholds {
    /// Notes what is wrong with them.
    pub fn check(self, check: &mut Check) {
        for (field, value) in [("warmFrom", self.warm), ("hotFrom", self.hot)] {
            if !(1..=100).contains(&value) {
                check.problem(field, ProblemCode::InvalidFormat, "must be from 1 to 100");
            }
        }
        if !check.found() && self.warm >= self.hot {
            check.problem("warmFrom", ProblemCode::NotAllowed, "must be below hotFrom");
        }
    }
}

fn counted(check: &mut Check, field: &str, n: i32) {
    if !(1..=AT_LEAST).contains(&n) {
        check.problem(field, ProblemCode::InvalidFormat, format!("must be from 1 to {AT_LEAST}"));
    }
}

/// The rules of a set, as they are stored; notes what is wrong with each, by its number.
pub fn checked(check: &mut Check, rules: Vec<Rule>) -> Vec<Rule> {
    if rules.is_empty() {
        check.problem("rules", ProblemCode::Blank, "must hold at least one rule");
    }
    if rules.len() > RULES {
        check.problem("rules", ProblemCode::TooLong, format!("may hold at most {RULES} rules"));
        return Vec::new();
    }
    let mut all = Vec::with_capacity(rules.len());
    for (n, mut rule) in rules.into_iter().enumerate() {
        let at = |field: &str| format!("rules.{n}.{field}");
        rule.name = check.line(&at("name"), &rule.name, WORD);
        if !(-WEIGHT..=WEIGHT).contains(&rule.weight) || rule.weight == 0 {
            let why = format!("must be from -{WEIGHT} to {WEIGHT}, and not 0");
            check.problem(&at("weight"), ProblemCode::InvalidFormat, why);
        }
        match &mut rule.asked {
            Asked::Words { words } => {
                if words.is_empty() || words.len() > WORDS {
                    let why = format!("must be 1 to {WORDS} words");
                    check.problem(&at("words"), ProblemCode::InvalidFormat, why);
                }
                words.truncate(WORDS);
                for word in words {
                    *word = check.line(&at("words"), word, WORD);
                }
            }
            Asked::Source { source: None } => {
                check.problem(&at("source"), ProblemCode::Blank, "must be given with SOURCE")
            }
            Asked::Messages { at_least: n } | Asked::PageViews { at_least: n } => counted(check, &at("atLeast"), *n),
            Asked::AnsweredWithin { minutes } => counted(check, &at("withinMinutes"), *minutes),
            _ => {}
        }
        all.push(rule);
    }
    all
}

/// The rules that are built in: what most companies would say.
pub fn built_in() -> Vec<Rule> {
    let rule = |name: &str, asked, weight| Rule { name: name.into(), asked, weight };
    let words = |all: &[&str]| Asked::Words { words: all.iter().map(|word| (*word).to_owned()).collect() };
    let wants = [
        "price*",
        "pricing",
        "quote*",
        "offer",
        "cost*",
        "demo",
        "trial",
        "buy*",
        "order*",
        "purchase*",
        "preis*",
        "angebot*",
        "kosten",
        "kaufen",
        "bestell*",
        "vorführung",
        "prix",
        "devis",
        "acheter",
        "commande*",
        "precio*",
        "presupuesto*",
        "comprar",
        "prezzo",
        "preventivo",
        "comprare",
        "cena",
        "цена",
        "価格",
        "见积",
    ];
    let soon = [
        "urgent*",
        "asap",
        "immediately",
        "today",
        "tomorrow",
        "deadline",
        "dringend*",
        "sofort",
        "eilig*",
        "urgence",
        "urgente*",
        "срочно",
        "至急",
    ];
    let money =
        ["budget*", "contract*", "invoice*", "vertrag*", "rechnung*", "contrat*", "contrato*", "бюджет", "予算"];
    let nothing =
        ["unsubscribe*", "seo", "backlink*", "crypto*", "casino*", "abmelden", "bewerbung*", "internship*", "resume"];
    vec![
        rule("asks for a price or an offer", words(&wants), 30),
        rule("is in a hurry", words(&soon), 15),
        rule("speaks of money or a contract", words(&money), 15),
        rule("wants something else", words(&nothing), -30),
        rule("has an address of a domain of their own", Asked::OwnDomain, 15),
        rule("has an address that everybody can have", Asked::FreeDomain, -5),
        rule("gave a telephone number", Asked::HasPhone, 10),
        rule("named a company", Asked::HasCompany, 10),
        rule("booked a consultation", Asked::Source { source: Some(LeadSource::Consultation) }, 25),
        rule("came through a chat", Asked::Source { source: Some(LeadSource::Chat) }, 10),
        rule("wrote", Asked::Messages { at_least: 1 }, 10),
        rule("wrote again and again", Asked::Messages { at_least: 3 }, 10),
        rule("looked around", Asked::PageViews { at_least: 5 }, 5),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_rules_is_named_by_their_number() {
        let mut check = Check::default();
        assert_eq!(checked(&mut check, built_in()).len(), built_in().len());
        assert!(!check.found(), "what is built in may be taken as a beginning");
        let bad = |asked, weight| Rule { name: "x".into(), asked, weight };
        for (rules, field) in [
            (vec![], "rules"),
            (vec![bad(Asked::HasPhone, 101)], "weight"),
            (vec![bad(Asked::HasPhone, 0)], "weight"),
            (vec![bad(Asked::Words { words: vec![] }, 1)], "words"),
            (vec![bad(Asked::Messages { at_least: 0 }, 1)], "atLeast"),
            (vec![bad(Asked::AnsweredWithin { minutes: -1 }, 1)], "withinMinutes"),
            (vec![bad(Asked::Source { source: None }, 1)], "source"),
            (vec![Rule { name: " ".into(), asked: Asked::HasPhone, weight: 1 }], "name"),
        ] {
            let mut check = Check::default();
            checked(&mut check, rules);
            let Err(kernel::Error::Invalid(problems)) = check.done() else { panic!("{field}") };
            assert!(problems.iter().all(|problem| problem.path.iter().any(|part| part == field)), "{problems:?}");
        }
        for (warm, hot) in [(0, 50), (50, 101), (50, 50), (60, 50)] {
            let mut check = Check::default();
            Thresholds { warm, hot }.check(&mut check);
            assert!(check.found(), "{warm} {hot}");
        }
    }
}
