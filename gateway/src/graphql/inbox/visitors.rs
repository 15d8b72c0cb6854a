//! Visitors who are one person.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use inbox::{MergeVisitors, Merged, merge_visitors, records::Visitors, unmerge_visitor};
use kernel::id::VisitorId;

use super::types::Visitor;
use crate::{
    graphql::{
        directives::requires,
        errors::Result,
        identity::{IntoId, Permission},
        loaders::{By, SurvivorOf},
        records::write,
        scalars::{EmailAddress, id},
        scope::scope,
    },
    payload,
};

/// A visitor who was merged into another. Their id finds the other.
#[derive(Debug, Clone, SimpleObject)]
pub struct MergedVisitor {
    /// Their id, `vis_…`.
    pub visitor_id: ID,
    /// The name they gave.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<EmailAddress>,
}

impl From<Merged> for MergedVisitor {
    fn from(merged: Merged) -> Self {
        Self { visitor_id: merged.id.into_id(), name: merged.name, email: merged.email.map(EmailAddress) }
    }
}

/// A visitor, where the viewer may see them: of one who was merged, whom they became.
pub async fn visitor(ctx: &Context<'_>, id: VisitorId) -> Result<Option<Visitor>> {
    let loaders = &scope(ctx).loaders;
    let mut found = loaders.load_one(By::<Visitors>(id)).await?;
    if found.is_none()
        && let Some(into) = loaders.load_one(SurvivorOf(id)).await?
    {
        found = loaders.load_one(By::<Visitors>(into)).await?;
    }
    Ok(found.map(|visitor| visitor.as_ref().clone().into()))
}

/// Two visitors are one person.
#[derive(Clone, InputObject)]
pub struct MergeVisitorsInput {
    /// Who is merged, `vis_…`: their id finds the other from now on.
    pub from_id: ID,
    /// Who stays, `vis_…`.
    pub into_id: ID,
}

/// A merge is taken back.
#[derive(Clone, InputObject)]
pub struct UnmergeVisitorInput {
    /// Who was merged, `vis_…`.
    pub visitor_id: ID,
}

payload! {
    /// What came of merging.
    MergeVisitorsPayload {
        /// Who stays.
        visitor: Visitor as inbox::Visitor
    }
    /// What came of taking it back.
    UnmergeVisitorPayload {
        /// Who had been merged.
        visitor: Visitor as inbox::Visitor
    }
}

/// Visitors who are one person.
#[derive(Default)]
pub struct VisitorMutation;

#[Object]
impl VisitorMutation {
    /// Merges a visitor into another who is the same person: whatever belongs to the one belongs to the other then, and the
    /// one's id, token and address lead to the other.
    #[graphql(directive = requires::apply(Permission::ManageVisitors))]
    async fn merge_visitors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: MergeVisitorsInput,
    ) -> Result<MergeVisitorsPayload> {
        let cmd =
            MergeVisitors { from: id("input.fromId", &input.from_id)?, into: id("input.intoId", &input.into_id)? };
        let done = write(ctx, "visitor.merge", cmd, |tx, cx, cmd| async move { merge_visitors(&tx, &cx, &cmd).await });
        Ok(done.await?.into())
    }

    /// Takes a merge back: what moved with the visitor is theirs again, what came since stays where it is. Later merges of
    /// either are taken back first.
    #[graphql(directive = requires::apply(Permission::ManageVisitors))]
    async fn unmerge_visitor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UnmergeVisitorInput,
    ) -> Result<UnmergeVisitorPayload> {
        let visitor: VisitorId = id("input.visitorId", &input.visitor_id)?;
        let work = |tx, cx: std::sync::Arc<_>, visitor: std::sync::Arc<VisitorId>| async move {
            unmerge_visitor(&tx, &cx, *visitor).await
        };
        Ok(write(ctx, "visitor.unmerge", visitor, work).await?.into())
    }
}
