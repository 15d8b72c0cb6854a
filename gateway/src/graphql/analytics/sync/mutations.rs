//! Connecting B2Chat, and driving the synchronisation.

use analytics_sync::{
    StartSync, SyncFault as Fault, cancel_sync, connect_b2chat, disconnect_b2chat, pause_sync, rebuild_from_raw,
    resume_sync, start_sync, test_b2chat,
};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use kernel::id::SyncRunId;

use super::types::{ConnectedB2Chat, SyncEntity, SyncOperation, SyncRun};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError, payload},
        identity::Permission,
        records::write,
        scalars::{Date, id},
        scope::scope,
    },
    payload,
    wiring::sync::settings,
};

/// B2Chat is to be connected.
#[derive(Clone, InputObject)]
#[graphql(name = "ConnectB2ChatInput")]
pub struct ConnectB2ChatInput {
    /// The user name of the API, from B2Chat's settings; 1–500 bytes.
    pub username: String,
    /// Its password; 1–500 bytes. It is never shown again.
    pub password: String,
}

/// What does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Fault")]
pub enum SyncFault {
    /// B2Chat does not take the credentials.
    Credentials,
    /// There is nobody at the address (`b2chat.api_url`), or somebody else.
    Address,
    /// It answers something else than records.
    Answer,
}

/// Whether B2Chat lets us in and answers.
#[derive(SimpleObject)]
#[graphql(name = "TestB2ChatPayload")]
pub struct TestB2ChatPayload {
    /// Whether it does.
    pub is_working: Option<bool>,
    /// What does not work; null where all does.
    pub fault: Option<SyncFault>,
    /// The same in a sentence.
    pub message: Option<String>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// A run is to be begun.
#[derive(Clone, InputObject)]
pub struct StartSyncInput {
    /// Of what.
    pub entity: SyncEntity,
    /// Which days it reads: FULL, INCREMENTAL or MANUAL.
    pub operation: SyncOperation,
    /// The first day of a manual run, in the time zone of B2Chat.
    pub from: Option<Date>,
    /// The last one, at most 1,097 days later; today unless given.
    pub to: Option<Date>,
}

/// A run is to be paused.
#[derive(Clone, InputObject)]
pub struct PauseSyncInput {
    /// Which, `syr_…`.
    pub sync_run_id: ID,
}

/// A run is to go on.
#[derive(Clone, InputObject)]
pub struct ResumeSyncInput {
    /// Which, `syr_…`.
    pub sync_run_id: ID,
}

/// A run is to end.
#[derive(Clone, InputObject)]
pub struct CancelSyncInput {
    /// Which, `syr_…`.
    pub sync_run_id: ID,
}

/// Days are to be read once more.
#[derive(Clone, InputObject)]
pub struct RefetchSyncDaysInput {
    /// Of what.
    pub entity: SyncEntity,
    /// The first day, in the time zone of B2Chat.
    pub from: Date,
    /// The last one; the same unless given.
    pub to: Option<Date>,
}

/// Records are to be made again from stored answers.
#[derive(Clone, InputObject)]
pub struct RebuildFromRawInput {
    /// The run whose answers are read again, `syr_…`.
    pub sync_run_id: ID,
}

payload! {
    /// What came of connecting B2Chat.
    ConnectB2ChatPayload {
        /// How it is connected.
        connection: ConnectedB2Chat as analytics_sync::B2chatAccess
    }
    /// What came of ending the connection.
    DisconnectB2ChatPayload {
        /// How it was connected.
        connection: ConnectedB2Chat as analytics_sync::B2chatAccess
    }
    /// What came of beginning a run.
    StartSyncPayload {
        /// The run.
        sync_run: SyncRun as analytics_sync::SyncRun
    }
    /// What came of pausing a run.
    PauseSyncPayload {
        /// The run.
        sync_run: SyncRun as analytics_sync::SyncRun
    }
    /// What came of resuming a run.
    ResumeSyncPayload {
        /// The run.
        sync_run: SyncRun as analytics_sync::SyncRun
    }
    /// What came of ending a run.
    CancelSyncPayload {
        /// The run.
        sync_run: SyncRun as analytics_sync::SyncRun
    }
    /// What came of reading days once more.
    RefetchSyncDaysPayload {
        /// The run.
        sync_run: SyncRun as analytics_sync::SyncRun
    }
    /// What came of making records again.
    RebuildFromRawPayload {
        /// The run.
        sync_run: SyncRun as analytics_sync::SyncRun
    }
}

/// Driving the synchronisation.
#[derive(Default)]
pub struct SyncMutation;

#[Object]
impl SyncMutation {
    /// Connects B2Chat, once it takes the credentials. What is connected already gets these.
    #[graphql(name = "connectB2Chat", directive = requires::apply(Permission::ManageSync))]
    async fn connect_b2chat(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ConnectB2ChatInput,
    ) -> Result<ConnectB2ChatPayload> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).mutation(ctx));
        let settings = settings(app, &cx).await?;
        let source = app.b2chat.as_ref();
        let came = connect_b2chat(&app.db, source, &settings, &cx, &input.username, &input.password).await;
        Ok(payload(came)?.into())
    }

    /// Ends the connection with B2Chat: the credentials are forgotten and runs are cancelled; what was read is kept.
    #[graphql(name = "disconnectB2Chat", directive = requires::apply(Permission::ManageSync))]
    async fn disconnect_b2chat(&self, ctx: &Context<'_>) -> Result<DisconnectB2ChatPayload> {
        let app = &scope(ctx).app;
        let settings = &settings(app, &scope(ctx).cx()).await?;
        Ok(write(ctx, "b2chat_access.disconnect", (), move |tx, cx, _| async move {
            disconnect_b2chat(&tx, app.b2chat.as_ref(), settings, app.db.keyring(), &cx).await
        })
        .await?
        .into())
    }

    /// Tries whether B2Chat lets us in and answers.
    #[graphql(name = "testB2Chat", directive = requires::apply(Permission::ManageSync))]
    async fn test_b2chat(&self, ctx: &Context<'_>) -> Result<TestB2ChatPayload> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).mutation(ctx));
        let settings = settings(app, &cx).await?;
        let (came, errors) = payload(test_b2chat(&app.db, app.b2chat.as_ref(), &settings, &cx).await)?;
        let is_working = came.as_ref().map(Option::is_none);
        let (fault, message) = came.flatten().unzip();
        Ok(TestB2ChatPayload { is_working, fault: fault.map(Into::into), message, errors })
    }

    /// Begins a run, which is worked on in the background. Of each kind there is one at a time.
    #[graphql(directive = requires::apply(Permission::ManageSync))]
    async fn start_sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: StartSyncInput,
    ) -> Result<StartSyncPayload> {
        let settings = &settings(&scope(ctx).app, &scope(ctx).cx()).await?;
        let day = |field: &str, day: &Option<Date>| day.as_ref().map(|day| day.read(field)).transpose();
        let cmd = StartSync {
            entity: input.entity.into(),
            operation: input.operation.into(),
            from: day("input.from", &input.from)?,
            to: day("input.to", &input.to)?,
        };
        Ok(write(ctx, "sync.start", cmd, move |tx, cx, cmd| async move { start_sync(&tx, settings, &cx, &cmd).await })
            .await?
            .into())
    }

    /// Pauses a run. It goes on at the same page once it is resumed.
    #[graphql(directive = requires::apply(Permission::ManageSync))]
    async fn pause_sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: PauseSyncInput,
    ) -> Result<PauseSyncPayload> {
        let run: SyncRunId = id("input.syncRunId", &input.sync_run_id)?;
        Ok(write(ctx, "sync.pause", (), move |tx, cx, _| async move { pause_sync(&tx, &cx, run).await }).await?.into())
    }

    /// Resumes a run that is paused.
    #[graphql(directive = requires::apply(Permission::ManageSync))]
    async fn resume_sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ResumeSyncInput,
    ) -> Result<ResumeSyncPayload> {
        let run: SyncRunId = id("input.syncRunId", &input.sync_run_id)?;
        Ok(write(ctx, "sync.resume", (), move |tx, cx, _| async move { resume_sync(&tx, &cx, run).await })
            .await?
            .into())
    }

    /// Cancels a run. What was read stays.
    #[graphql(directive = requires::apply(Permission::ManageSync))]
    async fn cancel_sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CancelSyncInput,
    ) -> Result<CancelSyncPayload> {
        let run: SyncRunId = id("input.syncRunId", &input.sync_run_id)?;
        Ok(write(ctx, "sync.cancel", (), move |tx, cx, _| async move { cancel_sync(&tx, &cx, run).await })
            .await?
            .into())
    }

    /// Reads days once more, such as those that are not complete.
    #[graphql(directive = requires::apply(Permission::ManageSync))]
    async fn refetch_sync_days(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RefetchSyncDaysInput,
    ) -> Result<RefetchSyncDaysPayload> {
        let settings = &settings(&scope(ctx).app, &scope(ctx).cx()).await?;
        let from = input.from.read("input.from")?;
        let to = input.to.as_ref().map(|to| to.read("input.to")).transpose()?.unwrap_or(from);
        let operation = analytics_sync::SyncOperation::Manual;
        let cmd = StartSync { entity: input.entity.into(), operation, from: Some(from), to: Some(to) };
        Ok(write(
            ctx,
            "sync.refetch",
            cmd,
            move |tx, cx, cmd| async move { start_sync(&tx, settings, &cx, &cmd).await },
        )
        .await?
        .into())
    }

    /// Makes records again from the stored answers of a run, in the background; previewRebuild says what would come of it. What
    /// was told of later stays as it is.
    #[graphql(directive = requires::apply(Permission::ManageSync))]
    async fn rebuild_from_raw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RebuildFromRawInput,
    ) -> Result<RebuildFromRawPayload> {
        let settings = &settings(&scope(ctx).app, &scope(ctx).cx()).await?;
        let run: SyncRunId = id("input.syncRunId", &input.sync_run_id)?;
        Ok(write(
            ctx,
            "sync.rebuild",
            (),
            move |tx, cx, _| async move { rebuild_from_raw(&tx, settings, &cx, run).await },
        )
        .await?
        .into())
    }
}
