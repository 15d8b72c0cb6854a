//! Bringing leads into a CRM by hand, and driving the queue.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use crm_leads::{SyncLead, cancel_crm_sync, retry_crm_sync, sync_all_leads, sync_lead};

use super::types::{ConnectedCrm, CrmSync};
use crate::{
    graphql::{
        directives::requires,
        errors::{Result, UserError},
        identity::Permission,
        records::write,
        scalars::id,
    },
    payload,
};

/// A lead is to be brought into a CRM.
#[derive(Clone, InputObject)]
pub struct SyncLeadInput {
    /// The lead.
    pub lead_id: ID,
    /// Where to, `crc_…`; into all that are connected where none is given.
    pub crm_connection_id: Option<ID>,
}

/// What came of asking for a lead to be brought.
#[derive(SimpleObject)]
pub struct SyncLeadPayload {
    /// What is to be brought, one for each CRM; what waited already is there once.
    pub crm_syncs: Option<Vec<CrmSync>>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// All leads are to be brought into a CRM.
#[derive(Clone, InputObject)]
pub struct SyncAllLeadsInput {
    /// Where to, `crc_…`.
    pub crm_connection_id: ID,
}

/// What was given up is to be tried again.
#[derive(Clone, InputObject)]
pub struct RetryCrmSyncInput {
    /// Which.
    pub crm_sync_id: ID,
}

/// What waits is to be taken back.
#[derive(Clone, InputObject)]
pub struct CancelCrmSyncInput {
    /// Which.
    pub crm_sync_id: ID,
}

payload! {
    /// What came of asking for all leads to be brought.
    SyncAllLeadsPayload {
        /// The connection.
        crm_connection: ConnectedCrm as crm_leads::CrmConnection
    }
    /// What came of trying again.
    RetryCrmSyncPayload {
        /// What is brought.
        crm_sync: CrmSync as crm_leads::CrmSync
    }
    /// What came of taking it back.
    CancelCrmSyncPayload {
        /// What was to be brought.
        crm_sync: CrmSync as crm_leads::CrmSync
    }
}

/// Bringing leads into a CRM.
#[derive(Default)]
pub struct CrmSyncMutation;

#[Object]
impl CrmSyncMutation {
    /// Brings a lead into a CRM a moment later, whether the connection brings leads by itself or not.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn sync_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SyncLeadInput,
    ) -> Result<SyncLeadPayload> {
        let connection = input.crm_connection_id.as_ref().map(|it| id("input.crmConnectionId", it)).transpose()?;
        let cmd = SyncLead { lead: id("input.leadId", &input.lead_id)?, connection };
        let asked = write(ctx, "crm_sync.request", cmd, |tx, cx, cmd| async move { sync_lead(&tx, &cx, &cmd).await });
        let (asked, errors) = asked.await?;
        let crm_syncs = asked.map(|asked: Vec<crm_leads::CrmSync>| asked.into_iter().map(Into::into).collect());
        Ok(SyncLeadPayload { crm_syncs, errors })
    }

    /// Brings all leads into a CRM, in the background: also those that were there before it was connected, or before its fields were
    /// mapped as they are now. What is there and the same is left alone; `crmSyncs` shows what waits.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn sync_all_leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SyncAllLeadsInput,
    ) -> Result<SyncAllLeadsPayload> {
        let to = id("input.crmConnectionId", &input.crm_connection_id)?;
        Ok(write(
            ctx,
            "crm_connection.sync_all",
            (),
            move |tx, cx, _| async move { sync_all_leads(&tx, &cx, to).await },
        )
        .await?
        .into())
    }

    /// Tries again what was given up or taken back, and now what waits for another try.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn retry_crm_sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RetryCrmSyncInput,
    ) -> Result<RetryCrmSyncPayload> {
        let sync = id("input.crmSyncId", &input.crm_sync_id)?;
        Ok(write(ctx, "crm_sync.retry", (), move |tx, cx, _| async move { retry_crm_sync(&tx, &cx, sync).await })
            .await?
            .into())
    }

    /// Takes back what waits to be brought.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn cancel_crm_sync(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CancelCrmSyncInput,
    ) -> Result<CancelCrmSyncPayload> {
        let sync = id("input.crmSyncId", &input.crm_sync_id)?;
        Ok(write(ctx, "crm_sync.cancel", (), move |tx, cx, _| async move { cancel_crm_sync(&tx, &cx, sync).await })
            .await?
            .into())
    }
}
