//! What the use cases of the help centre need of the open transaction, and of the world outside.

use kernel::{
    Cx, Result,
    files::{Content, File},
    id::{FileId, GuideCategoryId, HelpDocumentId},
};

use crate::{
    domain::help::{documents::Format, thing::HelpThing},
    store::help::document::Model as HelpDocument,
};

/// The help centre, beside its records.
pub trait HelpShelf {
    /// Whether there is such a category; it stays until the transaction ends.
    ///
    /// # Errors
    /// What the database says, as for all of these.
    async fn has_category(&self, id: GuideCategoryId) -> Result<bool>;
    /// Makes a thing found by its title and its text; where no text is given, by the one that it has.
    async fn index(&self, thing: HelpThing, title: &str, text: Option<&str>) -> Result<()>;
    /// Lets a thing be found no more, and forgets how often it was opened.
    async fn forget(&self, thing: HelpThing) -> Result<()>;
    /// Counts that somebody opened a thing, in a part of its count.
    async fn count_view(&self, thing: HelpThing, part: i32) -> Result<()>;
    /// Keeps a file that the actor uploaded with a document.
    ///
    /// # Errors
    /// [`kernel::Error::Invalid`] at `fileId` for what is none.
    async fn keep_file(&self, cx: &Cx, id: FileId, of: HelpDocumentId) -> Result<File>;
    /// Gives a file up.
    async fn give_up_file(&self, cx: &Cx, id: FileId) -> Result<()>;
    /// The document whose text is to be taken out of this file, which nobody else changes until the transaction ends; `None` where
    /// that was done, or it has another file by now.
    async fn waiting(&self, id: HelpDocumentId, file: FileId) -> Result<Option<HelpDocument>>;
}

/// Takes the text out of files.
#[async_trait::async_trait]
pub trait Extractor: Send + Sync {
    /// The text of a file, or why there is none, as a sentence for whoever uploaded it.
    ///
    /// # Errors
    /// What says nothing of the file: it is tried again.
    async fn text(&self, format: Format, content: Content) -> Result<std::result::Result<String, String>>;
}
