//! Documents are uploaded, changed and taken away. Their text is taken out of the file by a job, so a file that cannot be read is
//! there, and says why it is not found by what is in it.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{FileId, GuideCategoryId, HelpDocumentId},
    jobs::Enqueue,
    record::{self, Records},
    text::Check,
};

use super::{extract::ExtractHelpDocument, guides::in_category};
use crate::{
    domain::help::{documents::Format, events::HelpDocumentRemoved, thing::HelpThing},
    limits,
    policy::MANAGE_HELP,
    ports::help::HelpShelf,
    store::help::document::{Entity as HelpDocuments, ExtractionState, HelpAudience, Model as HelpDocument},
};

/// What a document is to be; what is absent stays, or is as usual.
#[derive(Debug, Clone, Default)]
pub struct SaveHelpDocument {
    /// What it is called.
    pub title: Option<String>,
    /// What it is sorted under; `Some(None)` for nothing.
    pub category: Option<Option<GuideCategoryId>>,
    /// Who may read it once it is published.
    pub audience: Option<HelpAudience>,
    /// Its file: one that the actor uploaded and that waits to be used.
    pub file: Option<FileId>,
    /// Whether its audience sees it.
    pub is_published: Option<bool>,
}

impl SaveHelpDocument {
    /// All but the file.
    async fn apply(&self, s: &impl HelpShelf, cx: &Cx, document: &mut HelpDocument) -> Result<()> {
        let mut check = Check::default();
        if let Some(title) = &self.title {
            document.title = check.line("title", title, limits::HELP_TITLE);
        }
        if let Some(category) = self.category {
            if let Some(category) = category {
                in_category(s, &mut check, category).await?;
            }
            document.category_id = category;
        }
        document.audience = self.audience.unwrap_or(document.audience);
        if let Some(published) = self.is_published.filter(|published| *published != document.is_published) {
            document.is_published = published;
            document.published_at = published.then_some(cx.now);
        }
        check.done()
    }
}

/// Keeps a file with a document, and asks for its text.
async fn take_file<S: HelpShelf + Enqueue>(s: &S, cx: &Cx, document: &mut HelpDocument, id: FileId) -> Result<()> {
    let file = s.keep_file(cx, id, document.id).await?;
    if Format::of(&file).is_none() {
        let what = "must be a PDF, a Word document (.docx), a web page, Markdown or plain text";
        return Err(Error::invalid("fileId", ProblemCode::InvalidFormat, what));
    }
    if file.bytes() > limits::DOCUMENT_BYTES {
        let most = limits::DOCUMENT_BYTES >> 20;
        return Err(Error::invalid("fileId", ProblemCode::TooLong, format!("may have at most {most} MiB")));
    }
    document.file_id = Some(id);
    document.extraction_state = ExtractionState::Pending;
    document.extraction_error = None;
    s.enqueue(cx, &ExtractHelpDocument { document: document.id, file: id }).await.map(drop)
}

/// Makes a document of a file that was uploaded.
///
/// # Errors
/// [`Error::Invalid`] for a bad title, a category that is not there, and a file that is none or no document.
pub async fn create_help_document<S>(s: &S, cx: &Cx, cmd: &SaveHelpDocument) -> Result<HelpDocument>
where
    S: Records<HelpDocuments> + HelpShelf + Enqueue + Emit,
{
    cx.require(MANAGE_HELP)?;
    let file = cmd.file.ok_or(Error::NotFound { what: "File" })?;
    let mut document = HelpDocument {
        id: cx.new_id(),
        title: String::new(),
        category_id: None,
        audience: HelpAudience::Staff,
        file_id: None,
        extraction_state: ExtractionState::Pending,
        extraction_error: None,
        is_published: false,
        published_at: None,
        created_by_id: cx.user().ok().map(|user| user.id),
        removed_at: None,
        created_at: cx.now,
        updated_at: cx.now,
    };
    let cmd = SaveHelpDocument { title: Some(cmd.title.clone().unwrap_or_default()), ..cmd.clone() };
    cmd.apply(s, cx, &mut document).await?;
    take_file(s, cx, &mut document, file).await?;
    let document = record::add::<HelpDocuments, _>(s, cx, document).await?;
    s.index(HelpThing::Document(document.id), &document.title, Some("")).await?;
    Ok(document)
}

/// Changes a document. A file that takes the place of another is read anew, and the other is given up.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] as when it is made.
pub async fn update_help_document<S>(s: &S, cx: &Cx, id: HelpDocumentId, cmd: &SaveHelpDocument) -> Result<HelpDocument>
where
    S: Records<HelpDocuments> + HelpShelf + Enqueue + Emit,
{
    cx.require(MANAGE_HELP)?;
    let before = s.lock(cx, id).await?;
    let mut after = before.clone();
    cmd.apply(s, cx, &mut after).await?;
    if let Some(file) = cmd.file {
        take_file(s, cx, &mut after, file).await?;
        if let Some(old) = before.file_id {
            s.give_up_file(cx, old).await?;
        }
    }
    let (titled, filed) = (before.title.clone(), before.file_id);
    let after = record::save::<HelpDocuments, _>(s, cx, before, after).await?;
    if after.file_id != filed {
        // What the old file said is found no more.
        s.index(HelpThing::Document(id), &after.title, Some("")).await?;
    } else if after.title != titled {
        s.index(HelpThing::Document(id), &after.title, None).await?;
    }
    Ok(after)
}

/// Takes a document away, with its file and its text; it is shown to nobody then.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn remove_help_document<S>(s: &S, cx: &Cx, id: HelpDocumentId) -> Result<HelpDocument>
where
    S: Records<HelpDocuments> + HelpShelf + Emit,
{
    cx.require(MANAGE_HELP)?;
    let before = s.lock(cx, id).await?;
    let mut after = before.clone();
    after.is_published = false;
    after.published_at = None;
    after.removed_at = Some(cx.now);
    if let Some(file) = after.file_id.take() {
        s.give_up_file(cx, file).await?;
    }
    let after = record::change::<HelpDocuments, S>(s, cx, &before, after).await?;
    s.forget(HelpThing::Document(id)).await?;
    s.emit(cx, &HelpDocumentRemoved { document: id, title: before.title });
    Ok(after)
}
