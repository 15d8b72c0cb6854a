//! Our copies of images and files that B2Chat points at.

use analytics_sync::{back_up_media, media_backup, retry_media};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{Cx, id::B2chatChatId};

use crate::{
    background::media,
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        identity::{Permission, tenants::usage::bytes},
        records::write,
        scalars::id,
        scope::scope,
    },
    wiring::app::App,
};

/// Why nothing is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum B2ChatMediaStop {
    /// The company switched it off, by the setting `b2chat.media_backup`.
    SwitchedOff,
    /// There is no room left for files. It is looked for again each hour.
    NoRoom,
}

/// How the copying of images and files stands that B2Chat points at.
#[derive(Debug, Clone, SimpleObject)]
pub struct B2ChatMediaBackup {
    /// How many wait to be copied.
    pub waiting: i32,
    /// How many are here.
    pub copied: i32,
    /// How many were given up.
    pub failed: i32,
    /// Bytes of those that are here; a whole number.
    pub bytes: f64,
    /// Why nothing is copied; null where that goes on.
    pub stopped_by: Option<B2ChatMediaStop>,
    /// Since when there is no room left.
    pub full_since: Option<DateTime<Utc>>,
}

/// What waits is to be copied now.
#[derive(Clone, InputObject)]
pub struct BackUpB2ChatMediaInput {
    /// Of which chat, `bch_…`; of all unless given.
    pub chat_id: Option<ID>,
}

/// What comes of having copied what waits.
#[derive(SimpleObject)]
pub struct BackUpB2ChatMediaPayload {
    /// How many wait; they are copied in the background.
    pub waiting: Option<i32>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// What was given up is to be tried again.
#[derive(Clone, InputObject)]
pub struct RetryB2ChatMediaInput {
    /// Of which chat, `bch_…`; of all unless given.
    pub chat_id: Option<ID>,
}

/// What comes of trying again.
#[derive(SimpleObject)]
pub struct RetryB2ChatMediaPayload {
    /// How many wait again, at most 10,000 at a time.
    pub retried: Option<i32>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

fn count(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

async fn is_on(app: &App, cx: &Cx) -> kernel::Result<bool> {
    app.settings.boolean(cx, identity::B2CHAT_MEDIA_BACKUP).await
}

/// How the copying stands.
#[derive(Default)]
pub struct B2ChatMediaQuery;

#[Object]
impl B2ChatMediaQuery {
    /// How the copying of images and files stands that B2Chat points at.
    #[graphql(name = "b2chatMediaBackup", directive = requires::apply(Permission::ViewB2chat))]
    async fn backup(&self, ctx: &Context<'_>) -> Result<B2ChatMediaBackup> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        let all = media_backup(&app.db.reader(&cx).await?, &cx).await?;
        let stopped_by = match (is_on(app, &cx).await?, all.full_since) {
            (false, _) => Some(B2ChatMediaStop::SwitchedOff),
            (true, Some(_)) => Some(B2ChatMediaStop::NoRoom),
            (true, None) => None,
        };
        Ok(B2ChatMediaBackup {
            waiting: count(all.waiting),
            copied: count(all.copied),
            failed: count(all.failed),
            bytes: bytes(u64::try_from(all.bytes).unwrap_or_default()),
            stopped_by,
            full_since: all.full_since,
        })
    }
}

/// Having images and files copied.
#[derive(Default)]
pub struct B2ChatMediaMutation;

#[Object]
impl B2ChatMediaMutation {
    /// Has copied now what waits, also what waits for another try. It is copied in the background anyhow.
    #[graphql(name = "backUpB2ChatMedia", directive = requires::apply(Permission::ManageSync))]
    async fn back_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: BackUpB2ChatMediaInput,
    ) -> Result<BackUpB2ChatMediaPayload> {
        let chat = chat(input.chat_id.as_ref())?;
        let rules = media::rules(&scope(ctx).app, &scope(ctx).cx()).await?;
        let (waiting, errors) = write(ctx, "b2chat_media.request", (), move |tx, cx, _| async move {
            back_up_media(&tx, &cx, rules, chat).await
        })
        .await?;
        Ok(BackUpB2ChatMediaPayload { waiting: waiting.map(count), errors })
    }

    /// Lets images and files wait again whose copying was given up.
    #[graphql(name = "retryB2ChatMedia", directive = requires::apply(Permission::ManageSync))]
    async fn retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RetryB2ChatMediaInput,
    ) -> Result<RetryB2ChatMediaPayload> {
        let chat = chat(input.chat_id.as_ref())?;
        let rules = media::rules(&scope(ctx).app, &scope(ctx).cx()).await?;
        let (retried, errors) =
            write(
                ctx,
                "b2chat_media.retry",
                (),
                move |tx, cx, _| async move { retry_media(&tx, &cx, rules, chat).await },
            )
            .await?;
        Ok(RetryB2ChatMediaPayload { retried: retried.map(count), errors })
    }
}

fn chat(text: Option<&ID>) -> kernel::Result<Option<B2chatChatId>> {
    text.map(|text| id("input.chatId", text)).transpose()
}
