//! Saved replies: their shortcuts, their variables, and what is told of them.

use kernel::{
    ProblemCode,
    events::{Event, Resource},
    id::SavedReplyId,
    record::Told,
    text::{
        Check,
        fill::{Fault, Piece, fill, pieces},
    },
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{entity::Entity, events::TOPIC};
use crate::{
    kinds::Contact,
    store::saved_reply::{Column, Entity as SavedReplies},
};

/// The longest title, category and shortcut, in characters.
pub const TITLE: usize = 255;
/// See [`TITLE`].
pub const CATEGORY: usize = 100;
/// See [`TITLE`].
pub const SHORTCUT: usize = 50;

/// A place in a saved reply that is filled when it is used: its name between `{{` and `}}`, and what stands there.
pub const VARIABLES: [(&str, &str); 6] = [
    ("name", "the visitor's name"),
    ("email", "the visitor's address"),
    ("visitorCompany", "the visitor's company"),
    ("service", "the service that they ask for"),
    ("agent", "the name of the colleague who uses it"),
    ("company", "the company's name"),
];

/// What stands in the places of the variables.
#[derive(Debug)]
pub struct Values {
    /// Whom it is for.
    pub contact: Contact,
    /// Who uses it.
    pub agent: Option<String>,
    /// The company's name.
    pub company: String,
}

impl Values {
    fn of(&self, name: &str) -> &str {
        let value = match name {
            "name" => self.contact.name.as_deref(),
            "email" => self.contact.email.as_deref(),
            "visitorCompany" => self.contact.company.as_deref(),
            "service" => self.contact.service.as_deref(),
            "agent" => self.agent.as_deref(),
            "company" => Some(self.company.as_str()),
            _ => None,
        };
        value.unwrap_or_default()
    }

    /// The text with its variables filled, and the names of those for which nothing is known.
    ///
    /// # Errors
    /// A text that was never checked.
    pub fn fill(&self, text: &str) -> Result<(String, Vec<&'static str>), Fault> {
        let used: Vec<_> = pieces(text)?;
        let missing = |name: &&str| {
            self.of(name).is_empty()
                && used.iter().any(|piece| matches!(piece, Piece::Variable(found, _) if found == name))
        };
        let missing = VARIABLES.into_iter().map(|(name, _)| name).filter(missing).collect();
        Ok((fill(text, |name| self.of(name).to_owned())?, missing))
    }
}

/// Checks that every variable of a text is known.
pub fn check_variables(check: &mut Check, field: &str, text: &str) {
    let unknown = |text: &str| -> Result<(), Fault> {
        for piece in pieces(text)? {
            let Piece::Variable(name, at) = piece else { continue };
            if VARIABLES.iter().all(|(known, _)| *known != name) {
                let shown: String = name.chars().take(40).collect();
                let all = VARIABLES.map(|(name, _)| name).join(", ");
                return Err(Fault::at(text, at, format!("there is no variable {{{{{shown}}}}} here; there are {all}")));
            }
        }
        Ok(())
    };
    if let Err(fault) = unknown(text) {
        check.problem(field, ProblemCode::InvalidFormat, fault.to_string());
    }
}

/// Checks a shortcut: `/`, then letters, digits, `-` and `_`.
pub fn check_shortcut(check: &mut Check, field: &str, text: Option<&str>) -> Option<String> {
    let shortcut = check.optional_line(field, text, SHORTCUT)?;
    let is_one = shortcut
        .strip_prefix('/')
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')));
    if !is_one {
        let problem = "must be / and then letters, digits, - and _, such as /hello";
        check.problem(field, ProblemCode::InvalidFormat, problem);
    }
    Some(shortcut)
}

impl Told for SavedReplies {
    const KIND: &'static str = "saved_reply.saved";
    const TOPIC: &'static str = TOPIC;
    const VALUES: &'static [Column] =
        &[Column::Title, Column::Content, Column::Category, Column::Shortcut, Column::IsGlobal, Column::ArchivedAt];
}

/// A saved reply was used.
#[derive(Debug, Serialize)]
pub struct SavedReplyUsed {
    /// The reply.
    pub saved_reply: SavedReplyId,
    /// For what.
    pub entity: Entity,
}

impl Event for SavedReplyUsed {
    const KIND: &'static str = "saved_reply.used";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("SavedReply", self.saved_reply)
    }
    fn details(&self) -> Option<Json> {
        Some(json!({ "entityId": self.entity }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_once_and_what_is_not_known_is_named() {
        let contact = Contact { name: Some("{{agent}}".into()), ..Contact::default() };
        let values = Values { contact, agent: Some("Bea".into()), company: "Harbour".into() };
        let filled = values.fill("Dear {{ name }}, {{service}}, {{agent}} of {{company}}").unwrap();
        assert_eq!(filled, ("Dear {{agent}}, , Bea of Harbour".into(), vec!["service"]));
        let wrong = |text: &str| {
            let mut check = Check::default();
            check_variables(&mut check, "content", text);
            check.done().is_err()
        };
        assert!(wrong("{{nmae}}") && wrong("{{name") && wrong("{{}}"));
        let all = VARIABLES.map(|(name, _)| format!("{{{{{name}}}}}")).concat();
        assert!(!wrong(&all) && !wrong("{ name } }}"));
    }

    #[test]
    fn a_shortcut_is_a_slash_and_a_word() {
        let taken = |text: &str| {
            let mut check = Check::default();
            let shortcut = check_shortcut(&mut check, "shortcut", Some(text));
            check.done().map(|()| shortcut)
        };
        assert_eq!(taken(" /Grüße-2_b ").unwrap(), Some("/Grüße-2_b".into()));
        assert_eq!(taken("  ").unwrap(), None);
        for wrong in ["hello", "/", "/a b", "//a", "/a/b", "/a.", "/\u{200b}", &format!("/{}", "x".repeat(50))] {
            assert!(taken(wrong).is_err(), "{wrong}");
        }
    }
}
