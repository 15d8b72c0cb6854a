//! What is published about the help centre.

use kernel::{
    events::{Event, Resource},
    id::{FileId, HelpDocumentId},
    record::Told,
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::store::help::{
    category::{Column as Category, Entity as GuideCategories},
    document::{Column as Document, Entity as HelpDocuments, ExtractionState},
    guide::{Column as Guide, Entity as Guides},
};

/// The topic of the help centre.
pub const HELP: &str = "help";

impl Told for GuideCategories {
    const KIND: &'static str = "guide_category.saved";
    const TOPIC: &'static str = HELP;
    const VALUES: &'static [Category] =
        &[Category::Name, Category::Description, Category::DisplayOrder, Category::IsActive];
}

impl Told for Guides {
    const KIND: &'static str = "guide.saved";
    const TOPIC: &'static str = HELP;
    const VALUES: &'static [Guide] = &[
        Guide::Title,
        Guide::Description,
        Guide::CategoryId,
        Guide::Type,
        Guide::Content,
        Guide::ScribehowUrl,
        Guide::VideoUrl,
        Guide::IsPublished,
        Guide::DisplayOrder,
    ];
}

impl Told for HelpDocuments {
    const KIND: &'static str = "help_document.saved";
    const TOPIC: &'static str = HELP;
    const VALUES: &'static [Document] =
        &[Document::Title, Document::CategoryId, Document::Audience, Document::FileId, Document::IsPublished];
}

/// A document was taken away, and its file with it.
#[derive(Debug, Serialize)]
pub struct HelpDocumentRemoved {
    /// The document.
    pub document: HelpDocumentId,
    /// What it was called.
    pub title: String,
}

impl Event for HelpDocumentRemoved {
    const KIND: &'static str = "help_document.removed";
    const TOPIC: &'static str = HELP;
    fn resource(&self) -> Resource {
        Resource::new("HelpDocument", self.document)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "title": self.title })), None)
    }
}

/// The text of a document was taken out of its file, or there is none in it.
#[derive(Debug, Serialize)]
pub struct HelpDocumentExtracted {
    /// The document.
    pub document: HelpDocumentId,
    /// The file.
    pub file: FileId,
    /// Where its text stands now.
    pub state: ExtractionState,
    /// Why there is none.
    pub error: Option<String>,
    /// How many characters there are.
    pub characters: usize,
}

impl Event for HelpDocumentExtracted {
    const KIND: &'static str = "help_document.extracted";
    const TOPIC: &'static str = HELP;
    fn resource(&self) -> Resource {
        Resource::new("HelpDocument", self.document)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (
            None,
            Some(
                json!({ "extractionState": self.state, "characters": self.characters, "extractionError": self.error }),
            ),
        )
    }
}
