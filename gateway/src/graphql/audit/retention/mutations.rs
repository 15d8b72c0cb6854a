//! Deciding how long rows are kept, and having it carried out.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use audit::{RequestRetention, SetRetentionPolicy};
use kernel::{Cx, Error, ProblemCode, Tx, id::RetentionRunId};

use super::types::{RetentionAction, RetentionPolicy, RetentionRun};
use crate::{
    graphql::{directives::requires, errors::Result, identity::Permission, records::write, scalars::id, scope::scope},
    payload,
    wiring::retention::Contexts,
};

/// The most policies that may be named.
const POLICIES: usize = 100;

/// How long rows are to be kept. What is left out stays.
#[derive(Debug, Clone, InputObject)]
pub struct SetRetentionPolicyInput {
    /// The policy, by its name.
    pub policy: String,
    /// How many days rows are kept in the database.
    pub hot_days: Option<i32>,
    /// How many days in all; null keeps archives.
    pub total_days: MaybeUndefined<i32>,
    /// What happens then.
    pub action: Option<RetentionAction>,
    /// Whether it is carried out.
    pub is_enabled: Option<bool>,
}

/// Policies are to be counted.
#[derive(Debug, Clone, InputObject)]
pub struct PreviewRetentionInput {
    /// Which, by their names; all of them unless given.
    pub policies: Option<Vec<String>>,
}

/// Policies are to be carried out.
#[derive(Debug, Clone, InputObject)]
pub struct RunRetentionInput {
    /// Which, by their names; all of them unless given. One that is off is counted and not carried out.
    pub policies: Option<Vec<String>>,
}

/// A run is to be stopped for a while.
#[derive(Debug, Clone, InputObject)]
pub struct PauseRetentionInput {
    /// `rtn_…`
    pub run_id: ID,
}

/// A run is to go on.
#[derive(Debug, Clone, InputObject)]
pub struct ResumeRetentionInput {
    /// `rtn_…`
    pub run_id: ID,
}

/// A run is to be ended.
#[derive(Debug, Clone, InputObject)]
pub struct CancelRetentionInput {
    /// `rtn_…`
    pub run_id: ID,
}

payload! {
    /// What came of deciding how long rows are kept.
    SetRetentionPolicyPayload {
        /// The policy.
        policy: RetentionPolicy as audit::RetentionPolicy
    }
    /// What came of having policies counted.
    PreviewRetentionPayload {
        /// The run that counts, in the background.
        run: RetentionRun as audit::RetentionRun
    }
    /// What came of having policies carried out.
    RunRetentionPayload {
        /// The run, in the background.
        run: RetentionRun as audit::RetentionRun
    }
    /// What came of stopping a run for a while.
    PauseRetentionPayload {
        /// The run.
        run: RetentionRun as audit::RetentionRun
    }
    /// What came of letting a run go on.
    ResumeRetentionPayload {
        /// The run.
        run: RetentionRun as audit::RetentionRun
    }
    /// What came of ending a run.
    CancelRetentionPayload {
        /// The run.
        run: RetentionRun as audit::RetentionRun
    }
}

/// What a run is asked for; too many names are the use case's to refuse, after it has seen who asks.
fn wanted(policies: Option<Vec<String>>, is_dry: bool) -> kernel::Result<RequestRetention> {
    let policies = policies.unwrap_or_default();
    if policies.len() > POLICIES {
        let why = format!("may name at most {POLICIES} policies");
        return Err(Error::invalid("policies", ProblemCode::TooLong, why));
    }
    Ok(RequestRetention { policies, is_dry })
}

async fn request(
    ctx: &Context<'_>,
    action: &'static str,
    cmd: kernel::Result<RequestRetention>,
) -> Result<(Option<audit::RetentionRun>, Vec<crate::graphql::errors::UserError>)> {
    let desk = &Contexts(&scope(ctx).app);
    write(ctx, action, cmd, |tx, cx, cmd| async move {
        cx.require(audit::MANAGE_RETENTION)?;
        let cmd = cmd.as_ref().as_ref().map_err(Clone::clone)?;
        audit::request_retention(&tx, desk, &cx, cmd).await
    })
    .await
}

/// Deciding how long rows are kept, and having it carried out.
#[derive(Default)]
pub struct RetentionMutation;

#[Object]
impl RetentionMutation {
    /// Decides how long rows are kept. What the law asks for and days that are a setting's are refused.
    #[graphql(directive = requires::apply(Permission::ManageRetention))]
    async fn set_retention_policy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetRetentionPolicyInput,
    ) -> Result<SetRetentionPolicyPayload> {
        let desk = &Contexts(&scope(ctx).app);
        let cmd = SetRetentionPolicy {
            name: input.policy,
            hot_days: input.hot_days.map(i64::from),
            total_days: match input.total_days {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(days) => Some(Some(days.into())),
            },
            action: input.action.map(Into::into),
            is_enabled: input.is_enabled,
        };
        let work = |tx: Tx, cx: Arc<Cx>, cmd: Arc<SetRetentionPolicy>| async move {
            cx.require(audit::MANAGE_RETENTION)?;
            let policy = audit::policy_to_set(desk, &cx, &cmd).await?;
            audit::set_retention_policy(&tx, &cx, &policy, &cmd).await
        };
        Ok(write(ctx, "retention_policy.change", cmd, work).await?.into())
    }

    /// Counts in the background what would be archived and removed, and changes nothing; one at a time.
    #[graphql(directive = requires::apply(Permission::ManageRetention))]
    async fn preview_retention(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: PreviewRetentionInput,
    ) -> Result<PreviewRetentionPayload> {
        Ok(request(ctx, "retention_run.request", wanted(input.policies, true)).await?.into())
    }

    /// Archives and removes in the background what is older than it is kept; one at a time. Have it counted first: `previewRetention`.
    #[graphql(directive = requires::apply(Permission::ManageRetention))]
    async fn run_retention(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RunRetentionInput,
    ) -> Result<RunRetentionPayload> {
        Ok(request(ctx, "retention_run.request", wanted(input.policies, false)).await?.into())
    }

    /// Stops a run for a while; what it has done is done.
    #[graphql(directive = requires::apply(Permission::ManageRetention))]
    async fn pause_retention(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: PauseRetentionInput,
    ) -> Result<PauseRetentionPayload> {
        let run: RetentionRunId = id("input.runId", &input.run_id)?;
        let work =
            |tx: Tx, cx: Arc<Cx>, run: Arc<RetentionRunId>| async move { audit::pause_retention(&tx, &cx, *run).await };
        Ok(write(ctx, "retention_run.pause", run, work).await?.into())
    }

    /// Lets a run go on that was stopped, or that broke off.
    #[graphql(directive = requires::apply(Permission::ManageRetention))]
    async fn resume_retention(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ResumeRetentionInput,
    ) -> Result<ResumeRetentionPayload> {
        let run: RetentionRunId = id("input.runId", &input.run_id)?;
        let work = |tx: Tx, cx: Arc<Cx>, run: Arc<RetentionRunId>| async move {
            audit::resume_retention(&tx, &cx, *run).await
        };
        Ok(write(ctx, "retention_run.resume", run, work).await?.into())
    }

    /// Ends a run before it is done; what it has done is done.
    #[graphql(directive = requires::apply(Permission::ManageRetention))]
    async fn cancel_retention(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CancelRetentionInput,
    ) -> Result<CancelRetentionPayload> {
        let run: RetentionRunId = id("input.runId", &input.run_id)?;
        let work = |tx: Tx, cx: Arc<Cx>, run: Arc<RetentionRunId>| async move {
            audit::cancel_retention(&tx, &cx, *run).await
        };
        Ok(write(ctx, "retention_run.cancel", run, work).await?.into())
    }
}
