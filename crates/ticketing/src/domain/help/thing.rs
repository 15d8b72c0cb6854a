//! A guide or a document.

use kernel::{
    Error, ProblemCode, Result,
    events::Resource,
    id::{GuideId, HelpDocumentId, TypedId},
};
use uuid::Uuid;

/// What the help centre shows: a guide or a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HelpThing {
    /// A guide.
    Guide(GuideId),
    /// A document.
    Document(HelpDocumentId),
}

impl HelpThing {
    /// The thing whose id a text is, at the field of that name.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the id of anything else.
    pub fn read(field: &str, text: &str) -> Result<Self> {
        let found = text.parse().ok().map(Self::Guide).or_else(|| text.parse().ok().map(Self::Document));
        let wrong = "must be the id of a guide, `gui_…`, or of a help document, `hlp_…`";
        found.ok_or_else(|| Error::invalid(field, ProblemCode::InvalidFormat, wrong))
    }

    /// Its id without its kind.
    pub fn uuid(self) -> Uuid {
        match self {
            Self::Guide(id) => id.uuid(),
            Self::Document(id) => id.uuid(),
        }
    }

    /// As the audit trail knows it.
    pub fn resource(self) -> Resource {
        match self {
            Self::Guide(id) => Resource::new("Guide", id),
            Self::Document(id) => Resource::new("HelpDocument", id),
        }
    }
}
