//! An answer that may be sent, by the built-in provider: the company's own words, where some fit, else a polite few of ours.

use super::{
    material::Material,
    output::{Intent, Replied},
    words::{Folded, classify, hundredths},
};

/// How much of a ready answer's own words must be asked for.
const FITS: f64 = 0.34;

/// An answer.
pub fn reply(material: &Material) -> Option<Replied> {
    let asked = material.lines.iter().rev().find(|line| line.theirs)?;
    let said = classify(&asked.text);
    if said.intent == Intent::Spam {
        return None;
    }
    let asked = Folded::of(&asked.text);
    let sought = asked.telling();
    let longest = material.longest_answer();
    let short = material.answers.iter().filter(|answer| answer.content.chars().count() <= longest);
    let fits = short.filter_map(|answer| {
        let title = Folded::of(&answer.title);
        let named = title.telling();
        let hit = named.intersection(&sought).count();
        let content = Folded::of(&answer.content);
        let also = content.telling().intersection(&sought).count().min(4);
        let share = hit as f64 / named.len().max(1) as f64 * 0.7 + also as f64 / 4.0 * 0.3;
        (hit > 0 && share >= FITS).then_some((share, answer))
    });
    let best = fits.max_by(|(one, _), (other, _)| one.total_cmp(other));
    if let Some((share, answer)) = best {
        let reasoning = format!("The ready answer “{}” is about it.", answer.title);
        return Some(Replied { content: answer.content.clone(), confidence: hundredths(share.min(0.95)), reasoning });
    }
    let content = greeting(material.name.as_deref(), said.language.as_deref().unwrap_or("en"), said.intent);
    Some(Replied { content, confidence: 0.3, reasoning: "No ready answer is about it.".into() })
}

fn greeting(name: Option<&str>, language: &str, intent: Intent) -> String {
    let name = name.map(|name| format!(" {name}")).unwrap_or_default();
    let sells = intent == Intent::Sales;
    match language {
        "de" if sells => format!(
            "Hallo{name}, vielen Dank für Ihr Interesse! Wir melden uns in Kürze mit einem Angebot. Für wie viele Personen soll es sein?"
        ),
        "de" => format!("Hallo{name}, vielen Dank für Ihre Nachricht. Wir sehen uns das an und melden uns in Kürze."),
        "fr" if sells => format!(
            "Bonjour{name}, merci de votre intérêt ! Nous revenons vers vous avec une offre. Pour combien de personnes ?"
        ),
        "fr" => format!("Bonjour{name}, merci de votre message. Nous regardons cela et revenons vers vous rapidement."),
        "es" if sells => format!(
            "Hola{name}, ¡gracias por su interés! Le enviaremos una oferta en breve. ¿Para cuántas personas sería?"
        ),
        "es" => format!("Hola{name}, gracias por su mensaje. Lo revisamos y le respondemos en breve."),
        _ if sells => format!(
            "Hello{name}, thank you for your interest! We will get back to you with an offer shortly. For how many people would it be?"
        ),
        _ => {
            format!("Hello{name}, thank you for your message. We are looking into it and will get back to you shortly.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::material::{Line, ReadyAnswer};
    use super::*;

    fn asked(text: &str) -> Material {
        let answer = |title: &str, content: &str| ReadyAnswer { title: title.into(), content: content.into() };
        Material {
            lines: vec![Line { theirs: true, text: text.into() }],
            name: Some("Ada".into()),
            answers: vec![
                answer("Opening hours", "We are open from nine to five, Monday to Friday."),
                answer("Refund of a payment", "A refund takes five working days."),
            ],
            ..Material::default()
        }
    }

    #[test]
    fn the_companys_own_words_come_first() {
        let said = reply(&asked("When are your opening hours on Friday?")).unwrap();
        assert_eq!(said.content, "We are open from nine to five, Monday to Friday.");
        assert!(said.confidence > 0.7, "{}", said.confidence);
        let said = reply(&asked("Wir hätten gern ein Angebot, was kostet das für uns?")).unwrap();
        assert!(said.content.starts_with("Hallo Ada, vielen Dank für Ihr Interesse!"), "{}", said.content);
        assert_eq!(said.confidence, 0.3);
        let short = Material { longest: Some(20), ..asked("When are your opening hours on Friday?") };
        let said = reply(&short).unwrap();
        assert!(
            said.content.starts_with("Hello Ada"),
            "what is too long to be sent is not suggested: {}",
            said.content
        );
        assert_eq!(reply(&asked("casino viagra backlinks click here")), None);
        assert_eq!(reply(&Material::default()), None);
    }
}
