//! Guides and help documents as things that tags, notes and drafts hang on.

use futures_util::FutureExt;
use inbox::{
    EntityType,
    kinds::{Contact, Found, Kind},
};
use kernel::{
    Conn, Cx,
    id::{GuideId, HelpDocumentId},
};
use ticketing::{
    HelpThing, MANAGE_HELP, VIEW_HELP,
    records::{Guides, HelpDocuments},
    sees_help,
};
use uuid::Uuid;

/// Guides.
pub const GUIDES: Kind = Kind::of_others::<Guides>(EntityType::Guide, VIEW_HELP, MANAGE_HELP, guide);
/// Help documents.
pub const DOCUMENTS: Kind =
    Kind::of_others::<HelpDocuments>(EntityType::HelpDocument, VIEW_HELP, MANAGE_HELP, document);

fn guide<'a>(conn: &'a Conn, cx: &'a Cx, id: Uuid) -> Found<'a> {
    about_nobody(conn, cx, HelpThing::Guide(GuideId(id)))
}

fn document<'a>(conn: &'a Conn, cx: &'a Cx, id: Uuid) -> Found<'a> {
    about_nobody(conn, cx, HelpThing::Document(HelpDocumentId(id)))
}

fn about_nobody<'a>(conn: &'a Conn, cx: &'a Cx, thing: HelpThing) -> Found<'a> {
    async move { Ok(sees_help(conn, cx, thing).await?.then(Contact::default)) }.boxed()
}
