//! A lead is scored: a pure function of rules and facts.

use std::collections::HashSet;

use kernel::text::{fold, words::words};
use serde::{Deserialize, Serialize};

use super::{
    facts::Facts,
    rules::{Asked, Rule, Thresholds},
};
use crate::store::leads::lead::{LeadScore, LeadSource};

/// Something that speaks for a score, or against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// What it is.
    pub name: String,
    /// How much it counts.
    pub weight: i32,
    /// The id of the row that shows it, with its prefix.
    pub evidence: Option<String>,
}

/// How a lead is scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    /// 0 to 100.
    pub value: i32,
    /// What that means.
    pub score: LeadScore,
    /// What counted.
    pub signals: Vec<Signal>,
}

impl LeadScore {
    /// What a number means.
    pub const fn of(value: i32, from: Thresholds) -> Self {
        if value >= from.hot {
            Self::Hot
        } else if value >= from.warm {
            Self::Warm
        } else {
            Self::Cold
        }
    }
}

/// The id of what shows that one of `wanted` was written; `None` where it was not.
fn spoken<'a>(said: &'a [(String, HashSet<String>, String)], wanted: &[String]) -> Option<&'a str> {
    let has = |(_, found, text): &&(String, HashSet<String>, String)| {
        wanted.iter().any(|wanted| {
            let folded = fold(wanted);
            match folded.strip_suffix('*') {
                Some(beginning) => found.iter().any(|word| word.starts_with(beginning)),
                // Several words, and scripts without blanks, are looked for as they stand.
                None if folded.contains(' ') || !folded.is_ascii() => text.contains(&folded),
                None => found.contains(&folded),
            }
        })
    };
    said.iter().find(has).map(|(id, _, _)| id.as_str())
}

/// Scores a lead.
pub fn score(rules: &[Rule], thresholds: Thresholds, facts: &Facts) -> Scored {
    let heard = &facts.heard;
    let said: Vec<_> = heard
        .said
        .iter()
        .map(|said| (said.id.clone(), words([said.text.as_str()]).into_iter().collect(), fold(&said.text)))
        .collect();
    let newest = || heard.said.first().map_or(facts.lead.as_str(), |said| said.id.as_str());
    let lead = facts.lead.as_str();
    let holds = |asked: &Asked| -> Option<String> {
        let so = |is: bool, evidence: &str| is.then(|| evidence.to_owned());
        match asked {
            Asked::Source { source } => {
                let from = |source: LeadSource| source == facts.source || heard.also_from.contains(&source);
                so(source.is_some_and(from), lead)
            }
            Asked::OwnDomain => so(facts.free_address == Some(false), lead),
            Asked::FreeDomain => so(facts.free_address == Some(true), lead),
            Asked::HasPhone => so(facts.has_phone, lead),
            Asked::HasCompany => so(facts.has_company, lead),
            Asked::Words { words } => spoken(&said, words).map(str::to_owned),
            Asked::Messages { at_least } => so(heard.messages >= *at_least, newest()),
            Asked::AnsweredWithin { minutes } => {
                so(heard.answered_within.is_some_and(|took| took <= i64::from(*minutes)), newest())
            }
            Asked::PageViews { at_least } => so(heard.page_views >= *at_least, lead),
        }
    };
    let counted = rules.iter().filter_map(|rule| {
        let evidence = holds(&rule.asked)?;
        Some(Signal { name: rule.name.clone(), weight: rule.weight, evidence: Some(evidence) })
    });
    let signals: Vec<_> = counted.collect();
    let sum: i64 = signals.iter().map(|signal| i64::from(signal.weight)).sum();
    let value = i32::try_from(sum.clamp(0, 100)).unwrap_or_default();
    Scored { value, score: LeadScore::of(value, thresholds), signals }
}

/// A scoring in words.
pub fn reasoning(scored: &Scored) -> String {
    if scored.signals.is_empty() {
        return "Nothing speaks for it yet.".into();
    }
    let one = |signal: &Signal| format!("{} ({:+})", signal.name, signal.weight);
    format!("{}: {}.", scored.value, scored.signals.iter().map(one).collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            leads::lead::tests::lead,
            scores::{
                facts::{Heard, Said},
                rules::built_in,
            },
        },
        store::leads::lead::{LeadSource, Model as Lead},
    };

    fn facts(lead: &Lead, texts: &[&str]) -> Facts {
        let said = (1..).zip(texts).map(|(n, text)| Said { id: format!("msg_{n}"), text: (*text).to_owned() });
        let said: Vec<_> = said.collect();
        let messages = i32::try_from(said.len()).unwrap();
        Facts::of(lead, Heard { said, messages, answered_within: Some(30), page_views: 2, also_from: Vec::new() })
    }

    /// By hand: what is built in, on leads that a person would call hot, warm and cold.
    #[test]
    fn leads_are_scored_as_a_person_would() {
        let known = Lead { company: Some("Acme".into()), phone: Some("+493012345678".into()), ..lead(1) };
        let private = Lead { email: Some("ada@gmail.com".into()), ..lead(2) };
        for (lead, texts, value, meant) in [
            // 30 price + 15 urgent + 15 budget + 15 domain + 10 phone + 10 company + 10 wrote = 105, and no more than 100.
            (&known, &["What is your price? It is urgent, we have a budget."][..], 100, LeadScore::Hot),
            // 30 + 15 + 10 + 10 + 10 = 75.
            (&known, &["Bitte um ein Angebot für 20 Plätze"][..], 75, LeadScore::Hot),
            // 15 + 10 + 10 + 10 = 45.
            (&known, &["Hello"][..], 45, LeadScore::Warm),
            // 30 − 5 + 10 = 35.
            (&private, &["how much? any quotes"][..], 35, LeadScore::Warm),
            // −30 − 5 + 10 = −25, and no less than 0.
            (&private, &["We sell SEO and backlinks"][..], 0, LeadScore::Cold),
            // 30 − 5 + 10 + 10.
            (&private, &["見て", "価格を教えて", "x"][..], 45, LeadScore::Warm),
        ] {
            let scored = score(&built_in(), Thresholds::default(), &facts(lead, texts));
            assert_eq!((scored.value, scored.score), (value, meant), "{texts:?}: {:?}", scored.signals);
        }
    }

    #[test]
    fn each_signal_names_the_row_that_shows_it() {
        let rules = [
            Rule { name: "price".into(), asked: Asked::Words { words: vec!["price*".into()] }, weight: 40 },
            Rule { name: "soon".into(), asked: Asked::AnsweredWithin { minutes: 30 }, weight: 2 },
            Rule { name: "late".into(), asked: Asked::AnsweredWithin { minutes: 29 }, weight: 7 },
            Rule { name: "by hand".into(), asked: Asked::Source { source: Some(LeadSource::Manual) }, weight: 1 },
            Rule { name: "two words".into(), asked: Asked::Words { words: vec!["as soon".into()] }, weight: -3 },
        ];
        let lead = lead(1);
        let scored =
            score(&rules, Thresholds { warm: 40, hot: 41 }, &facts(&lead, &["hi", "Prices? As soon as you can."]));
        let of =
            |name: &str| scored.signals.iter().find(|signal| signal.name == name).and_then(|one| one.evidence.clone());
        assert_eq!((of("price").as_deref(), of("soon").as_deref()), (Some("msg_2"), Some("msg_1")));
        assert_eq!((of("late"), of("by hand")), (None, Some(lead.id.to_string())));
        assert_eq!((scored.value, scored.score), (40, LeadScore::Warm));
        assert_eq!(reasoning(&scored), "40: price (+40); soon (+2); by hand (+1); two words (-3).");
        let none = score(&[], Thresholds::default(), &facts(&lead, &[]));
        assert_eq!((none.value, none.score), (0, LeadScore::Cold));
        assert_eq!(reasoning(&none), "Nothing speaks for it yet.");
    }
}
