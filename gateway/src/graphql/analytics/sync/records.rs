//! Records of B2Chat are marked as deleted.

use analytics_sync::{B2chatRecord, mark_b2chat_record};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use kernel::{Error, ProblemCode, id::prefix};

use crate::graphql::{
    directives::requires,
    errors::{Result, UserError},
    identity::Permission,
    records::write,
    scalars::id,
};

/// A record is to be marked as deleted.
#[derive(Clone, InputObject)]
#[graphql(name = "DeleteB2ChatRecordInput")]
pub struct DeleteB2ChatRecordInput {
    /// A chat `bch_…`, a contact `bct_…` or an agent `bag_…`.
    pub id: ID,
    /// Why, 1–500 characters.
    pub reason: String,
}

/// A record is to be marked as deleted no more.
#[derive(Clone, InputObject)]
#[graphql(name = "UndeleteB2ChatRecordInput")]
pub struct UndeleteB2ChatRecordInput {
    /// A chat `bch_…`, a contact `bct_…` or an agent `bag_…`.
    pub id: ID,
}

/// What came of marking a record as deleted.
#[derive(SimpleObject)]
#[graphql(name = "DeleteB2ChatRecordPayload")]
pub struct DeleteB2ChatRecordPayload {
    /// The record.
    pub id: Option<ID>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// What came of taking that back.
#[derive(SimpleObject)]
#[graphql(name = "UndeleteB2ChatRecordPayload")]
pub struct UndeleteB2ChatRecordPayload {
    /// The record.
    pub id: Option<ID>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

fn record(of: &ID) -> kernel::Result<B2chatRecord> {
    Ok(match prefix(of) {
        Some("bct") => B2chatRecord::Contact(id("input.id", of)?),
        Some("bag") => B2chatRecord::Agent(id("input.id", of)?),
        Some("bch") => B2chatRecord::Chat(id("input.id", of)?),
        _ => {
            let how = "must be the id of a chat, a contact or an agent of B2Chat";
            return Err(Error::invalid("input.id", ProblemCode::InvalidFormat, how));
        }
    })
}

/// Marking records of B2Chat.
#[derive(Default)]
pub struct SyncRecordMutation;

#[Object]
impl SyncRecordMutation {
    /// Marks a record of B2Chat as deleted. It is kept and goes on being synchronised; it counts in no number.
    #[graphql(name = "deleteB2ChatRecord", directive = requires::apply(Permission::ManageSync))]
    async fn delete_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: DeleteB2ChatRecordInput,
    ) -> Result<DeleteB2ChatRecordPayload> {
        let of = record(&input.id)?;
        let (done, errors) = write(ctx, "b2chat_record.delete", input.reason, move |tx, cx, reason| async move {
            mark_b2chat_record(&tx, &cx, of, Some(&reason)).await
        })
        .await?;
        Ok(DeleteB2ChatRecordPayload { id: done.map(|()| input.id), errors })
    }

    /// Marks a record of B2Chat as deleted no more.
    #[graphql(name = "undeleteB2ChatRecord", directive = requires::apply(Permission::ManageSync))]
    async fn undelete_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UndeleteB2ChatRecordInput,
    ) -> Result<UndeleteB2ChatRecordPayload> {
        let of = record(&input.id)?;
        let (done, errors) = write(ctx, "b2chat_record.undelete", (), move |tx, cx, _| async move {
            mark_b2chat_record(&tx, &cx, of, None).await
        })
        .await?;
        Ok(UndeleteB2ChatRecordPayload { id: done.map(|()| input.id), errors })
    }
}
