//! Legal holds.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use audit::{
    PlaceLegalHold, ReleaseLegalHold, entities::legal_hold, place_legal_hold, records::LegalHolds, release_legal_hold,
    resume_erasures,
};
use chrono::{DateTime, Utc};
use kernel::{
    Cx, Error, ProblemCode, Tx,
    id::{LegalHoldId, UserId, prefix},
    page::PageArgs,
};

use crate::{
    connection, filter,
    graphql::{
        directives::requires,
        errors::Result,
        filters::OrderDirection,
        identity::{IntoId, Permission, User, user},
        node,
        records::{list, ordered, write},
        scalars::id,
        scope::scope,
    },
    order, payload,
};

/// Something that no policy passes and no erasure, until it is released.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct LegalHold {
    /// Its id, `hld_…`.
    pub id: ID,
    /// The kind of thing that is held, such as `Visitor`.
    pub subject_type: String,
    /// The UUID of what is held, as `AuditLog.resourceId` shows it.
    pub subject_id: ID,
    /// Why.
    pub reason: String,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// When it was released; null while it holds.
    pub released_at: Option<DateTime<Utc>>,
    /// Why it was released.
    pub release_reason: Option<String>,
    #[graphql(skip)]
    placed_by_id: Option<UserId>,
    #[graphql(skip)]
    released_by_id: Option<UserId>,
}

impl From<audit::LegalHold> for LegalHold {
    fn from(hold: audit::LegalHold) -> Self {
        Self {
            id: hold.id.into_id(),
            subject_type: hold.subject_kind,
            subject_id: ID(hold.subject_id.simple().to_string()),
            reason: hold.reason,
            placed_at: hold.placed_at,
            released_at: hold.released_at,
            release_reason: hold.release_reason,
            placed_by_id: hold.placed_by_id,
            released_by_id: hold.released_by_id,
        }
    }
}

#[ComplexObject]
impl LegalHold {
    /// Who placed it; null without the permission to see them.
    async fn placed_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.placed_by_id).await
    }

    /// Who released it; null while it holds, and without the permission to see them.
    async fn released_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.released_by_id).await
    }
}

connection!(LegalHoldConnection, LegalHoldEdge, LegalHold, audit::LegalHold, "legal holds");

filter! {
    /// Which holds. All parts given must hold; at most 4 levels and 40 comparisons.
    LegalHoldFilter of LegalHolds {
        /// Whether it was released.
        is_released: bool,
    }
    |level, leaves| {
        leaves.is_set(audit::HOLDS_BY_RELEASED, level.is_released);
    }
}

order! {
    "legal holds": LegalHoldOrder, LegalHoldOrderField of LegalHolds, descending {
        /// By when they were placed.
        PlacedAt,
    }
}

/// Something is to be held.
#[derive(Debug, Clone, InputObject)]
pub struct PlaceLegalHoldInput {
    /// What: any id, of a person (`stf_…`, `cli_…`, `vis_…`, `led_…`, `bct_…` …) or of a thing (`tkt_…`, `cnv_…`, `cht_…` …).
    pub subject_id: ID,
    /// Why; at most 1,000 characters.
    pub reason: String,
}

/// It is to be held no more.
#[derive(Debug, Clone, InputObject)]
pub struct ReleaseLegalHoldInput {
    /// `hld_…`
    pub hold_id: ID,
    /// Why; at most 1,000 characters.
    pub reason: String,
}

payload! {
    /// What came of placing a hold.
    PlaceLegalHoldPayload {
        /// The hold.
        legal_hold: LegalHold as audit::LegalHold
    }
    /// What came of releasing one.
    ReleaseLegalHoldPayload {
        /// The hold.
        legal_hold: LegalHold as audit::LegalHold
    }
}

/// What an id is of: its UUID, and the kind of thing.
fn named(argument: &str, text: &ID) -> kernel::Result<(uuid::Uuid, &'static str)> {
    let wrong = || Error::invalid(argument, ProblemCode::InvalidFormat, "is not the id of anything here");
    let noun = node::NOUNS.iter().find(|noun| prefix(text) == Some(noun.prefix)).ok_or_else(wrong)?;
    let hex = text.rsplit_once('_').map_or("", |(_, hex)| hex);
    Ok((uuid::Uuid::try_parse(hex).map_err(|_| wrong())?, noun.name))
}

/// Reading legal holds.
#[derive(Default)]
pub struct LegalHoldQuery;

#[Object]
impl LegalHoldQuery {
    /// Legal holds, newest first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ViewRetention))]
    async fn legal_holds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<LegalHoldFilter>,
        #[graphql(desc = "In which order; ties are broken by id.")] order_by: Option<Vec<LegalHoldOrder>>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<LegalHoldConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (legal_hold::Column::PlacedAt, true));
        Ok(list(ctx, "legal holds", filter, order, page).await?.into())
    }
}

/// Placing and releasing legal holds.
#[derive(Default)]
pub struct LegalHoldMutation;

#[Object]
impl LegalHoldMutation {
    /// Holds a person or a thing that the viewer sees: no policy archives or removes what is about it, until it is released.
    #[graphql(directive = requires::apply(Permission::ManageRetention))]
    async fn place_legal_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: PlaceLegalHoldInput,
    ) -> Result<PlaceLegalHoldPayload> {
        let (subject, name) = named("input.subjectId", &input.subject_id)?;
        let (app, id) = (&scope(ctx).app, &input.subject_id.clone());
        let cmd = PlaceLegalHold { kind: name.into(), subject, reason: input.reason };
        let work = |tx: Tx, cx: Arc<Cx>, cmd: Arc<PlaceLegalHold>| async move {
            cx.require(audit::MANAGE_RETENTION)?;
            if !node::sees(app, &cx, "input.subjectId", id).await? {
                return Err(Error::NotFound { what: name });
            }
            place_legal_hold(&tx, &cx, &cmd).await
        };
        Ok(write(ctx, "legal_hold.create", cmd, work).await?.into())
    }

    /// Releases a hold. What was held goes with the next run, unless another hold is on it; erasures that waited for it go on.
    #[graphql(directive = requires::apply(Permission::ManageRetention))]
    async fn release_legal_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ReleaseLegalHoldInput,
    ) -> Result<ReleaseLegalHoldPayload> {
        let hold: LegalHoldId = id("input.holdId", &input.hold_id)?;
        let cmd = ReleaseLegalHold { id: hold, reason: input.reason };
        let work = |tx: Tx, cx: Arc<Cx>, cmd: Arc<ReleaseLegalHold>| async move {
            let released = release_legal_hold(&tx, &cx, &cmd).await?;
            resume_erasures(&tx, &cx).await?;
            Ok(released)
        };
        Ok(write(ctx, "legal_hold.end", cmd, work).await?.into())
    }
}
