//! Resolving errors.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use audit::{reopen_error_group, resolve_error_group};
use kernel::{Cx, Tx, id::ErrorGroupId};

use super::types::ErrorGroup;
use crate::{
    graphql::{directives::requires, errors::Result, identity::Permission, records::write, scalars::id},
    payload,
};

/// Errors of one kind do not happen any more.
#[derive(Clone, InputObject)]
pub struct ResolveErrorGroupInput {
    /// Which kind, `erg_…`.
    pub group_id: ID,
}

/// Errors of one kind will happen again.
#[derive(Clone, InputObject)]
pub struct ReopenErrorGroupInput {
    /// Which kind, `erg_…`.
    pub group_id: ID,
}

payload! {
    /// What came of resolving errors.
    ResolveErrorGroupPayload {
        /// The group.
        group: ErrorGroup as audit::ErrorGroup
    }
    /// What came of reopening them.
    ReopenErrorGroupPayload {
        /// The group.
        group: ErrorGroup as audit::ErrorGroup
    }
}

/// Resolving errors.
#[derive(Default)]
pub struct ErrorMutation;

#[Object]
impl ErrorMutation {
    /// Says that errors of one kind do not happen any more. Where one happens after that, the group is reopened, and those are told who
    /// see it.
    #[graphql(directive = requires::apply(Permission::ManageErrorLog))]
    async fn resolve_error_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ResolveErrorGroupInput,
    ) -> Result<ResolveErrorGroupPayload> {
        let group: ErrorGroupId = id("input.groupId", &input.group_id)?;
        let work =
            |tx: Tx, cx: Arc<Cx>, group: Arc<ErrorGroupId>| async move { resolve_error_group(&tx, &cx, *group).await };
        Ok(write(ctx, "error_group.resolve", group, work).await?.into())
    }

    /// Takes back that errors of one kind do not happen any more.
    #[graphql(directive = requires::apply(Permission::ManageErrorLog))]
    async fn reopen_error_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ReopenErrorGroupInput,
    ) -> Result<ReopenErrorGroupPayload> {
        let group: ErrorGroupId = id("input.groupId", &input.group_id)?;
        let work =
            |tx: Tx, cx: Arc<Cx>, group: Arc<ErrorGroupId>| async move { reopen_error_group(&tx, &cx, *group).await };
        Ok(write(ctx, "error_group.reopen", group, work).await?.into())
    }
}
