//! The filters and the orders of CRM connections and syncs.

use crm_leads::{
    crm_connections, crm_syncs,
    records::{CrmConnections, CrmSyncs},
};
use kernel::id::{CrmConnectionId, LeadId};

use super::types::{CrmConnectionStatus, CrmProvider, CrmSyncAction, CrmSyncStatus};
use crate::{
    comparator, filter,
    graphql::filters::{DateTimeComparator, IdComparator, OrderDirection},
    order,
};

comparator!(
    /// Comparisons with a kind of CRM.
    CrmProviderComparator of CrmProvider as crm_leads::CrmProvider
);

comparator!(
    /// Comparisons with how it stands between a CRM and us.
    CrmConnectionStatusComparator of CrmConnectionStatus as crm_leads::CrmStatus
);

comparator!(
    /// Comparisons with where a sync stands.
    CrmSyncStatusComparator of CrmSyncStatus as crm_leads::CrmSyncStatus
);

comparator!(
    /// Comparisons with what is done.
    CrmSyncActionComparator of CrmSyncAction as crm_leads::CrmAction
);

filter! {
    /// Which connections. All parts given must hold.
    CrmConnectionFilter of CrmConnections {
        /// Which CRM.
        provider: CrmProviderComparator,
        /// How they stand.
        status: CrmConnectionStatusComparator,
    }
    |level, leaves| {
        leaves.value::<crm_leads::CrmProvider>(crm_connections::BY_PROVIDER, level.provider)?;
        leaves.value::<crm_leads::CrmStatus>(crm_connections::BY_STATUS, level.status)?;
    }
}

order! {
    "CRM connections": CrmConnectionOrder, CrmConnectionOrderField of CrmConnections, ascending {
        /// By name.
        Name,
        /// By when they were first connected.
        CreatedAt,
    }
}

filter! {
    /// Which syncs. All parts given must hold.
    CrmSyncFilter of CrmSyncs {
        /// Where they stand.
        status: CrmSyncStatusComparator,
        /// What is done.
        action: CrmSyncActionComparator,
        /// Where to.
        connection_id: IdComparator,
        /// Of which leads.
        lead_id: IdComparator,
        /// When they were asked for.
        created_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.value::<crm_leads::CrmSyncStatus>(crm_syncs::BY_STATUS, level.status)?;
        leaves.value::<crm_leads::CrmAction>(crm_syncs::BY_ACTION, level.action)?;
        leaves.id::<CrmConnectionId>(crm_syncs::BY_CONNECTION, level.connection_id)?;
        leaves.id::<LeadId>(crm_syncs::BY_LEAD, level.lead_id)?;
        leaves.time(crm_syncs::BY_CREATED_AT, level.created_at)?;
    }
}

order! {
    "CRM syncs": CrmSyncOrder, CrmSyncOrderField of CrmSyncs, descending {
        /// By when they were asked for.
        CreatedAt,
    }
}
