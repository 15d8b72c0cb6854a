//! Planning erasures, confirming them and taking them back.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use audit::{PlanErasure, cancel_erasure, complete_erasure_task, confirm_erasure, plan_erasure};
use kernel::{Cx, Tx, id::ErasureId};

use super::types::{Erasure, ErasureScope};
use crate::{
    graphql::{
        audit::persons::start, directives::requires, errors::Result, identity::Permission, records::write, scalars::id,
        scope::scope,
    },
    payload,
    wiring::erasures::{Contexts, house, rules},
};

/// It is to be said what an erasure would do.
#[derive(Debug, Clone, InputObject)]
pub struct PlanErasureInput {
    /// The id of a record of theirs (`stf_…`, `cli_…`, `vis_…`, `led_…`, `bct_…`, `bag_…`, `cnv_…`, `nws_…`, `inv_…`), or their
    /// e-mail address.
    pub of: ID,
    /// How much.
    #[graphql(default_with = "ErasureScope::Person")]
    pub scope: ErasureScope,
}

/// An erasure is to be done.
#[derive(Debug, Clone, InputObject)]
pub struct ConfirmErasureInput {
    /// `era_…`
    pub erasure_id: ID,
}

/// An erasure is not to be done.
#[derive(Debug, Clone, InputObject)]
pub struct CancelErasureInput {
    /// `era_…`
    pub erasure_id: ID,
}

/// Something was done by hand.
#[derive(Debug, Clone, InputObject)]
pub struct CompleteErasureTaskInput {
    /// `era_…`
    pub erasure_id: ID,
    /// Which of its `externalTasks`: its `number`.
    pub task: i32,
}

payload! {
    /// What came of planning an erasure.
    PlanErasurePayload {
        /// The erasure: nothing is done yet.
        erasure: Erasure as audit::Erasure
    }
    /// What came of confirming an erasure.
    ConfirmErasurePayload {
        /// The erasure. It is done in the background.
        erasure: Erasure as audit::Erasure
    }
    /// What came of taking an erasure back.
    CancelErasurePayload {
        /// The erasure.
        erasure: Erasure as audit::Erasure
    }
    /// What came of noting that something was done.
    CompleteErasureTaskPayload {
        /// The erasure.
        erasure: Erasure as audit::Erasure
    }
}

/// Erasing people.
#[derive(Default)]
pub struct ErasureMutation;

#[Object]
impl ErasureMutation {
    /// Says what erasing a person would do: what goes, what is made anonymous, and what is kept and why. Nothing is done.
    #[graphql(directive = requires::apply(Permission::ManagePersonalData))]
    async fn plan_erasure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of whom, and how much.")] input: PlanErasureInput,
    ) -> Result<PlanErasurePayload> {
        let app = &scope(ctx).app;
        let desk = &Contexts(app);
        let work = |tx: Tx, cx: Arc<Cx>, input: Arc<PlanErasureInput>| async move {
            cx.require(audit::MANAGE_PERSONAL_DATA)?;
            let cmd = PlanErasure { of: start("of", &input.of)?, scope: input.scope.into() };
            plan_erasure(house(app, desk), &tx, &cx, &cmd).await
        };
        Ok(write(ctx, "erasure.plan", input, work).await?.into())
    }

    /// Has an erasure done, as it was planned: at once, or after `privacy.erasure_after_days`. Another than who planned it has to
    /// do this, unless `privacy.erasure_needs_second` says otherwise. There is no way back.
    #[graphql(directive = requires::apply(Permission::ManagePersonalData))]
    async fn confirm_erasure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ConfirmErasureInput,
    ) -> Result<ConfirmErasurePayload> {
        let erasure: ErasureId = id("input.erasureId", &input.erasure_id)?;
        let app = &scope(ctx).app;
        let desk = &Contexts(app);
        let rules = rules(app, &scope(ctx).cx()).await?;
        let work = |tx: Tx, cx: Arc<Cx>, id: Arc<ErasureId>| async move {
            confirm_erasure(house(app, desk), &tx, &cx, rules, *id).await
        };
        Ok(write(ctx, "erasure.confirm", erasure, work).await?.into())
    }

    /// Takes an erasure back that has not begun.
    #[graphql(directive = requires::apply(Permission::ManagePersonalData))]
    async fn cancel_erasure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: CancelErasureInput,
    ) -> Result<CancelErasurePayload> {
        let erasure: ErasureId = id("input.erasureId", &input.erasure_id)?;
        let work = |tx: Tx, cx: Arc<Cx>, id: Arc<ErasureId>| async move { cancel_erasure(&tx, &cx, *id).await };
        Ok(write(ctx, "erasure.cancel", erasure, work).await?.into())
    }

    /// Notes that something was done by hand that an erasure asks for.
    #[graphql(directive = requires::apply(Permission::ManagePersonalData))]
    async fn complete_erasure_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was done.")] input: CompleteErasureTaskInput,
    ) -> Result<CompleteErasureTaskPayload> {
        let erasure: ErasureId = id("input.erasureId", &input.erasure_id)?;
        let work = |tx: Tx, cx: Arc<Cx>, of: Arc<(ErasureId, i32)>| async move {
            complete_erasure_task(&tx, &cx, of.0, of.1).await
        };
        Ok(write(ctx, "erasure.complete_task", (erasure, input.task), work).await?.into())
    }
}
