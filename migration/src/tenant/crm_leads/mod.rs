//! Tables of leads and what becomes of them in a CRM.

pub mod m0041_leads;
pub mod m0042_lead_scores;
pub mod m0043_crm_connections;
pub mod m0044_crm_syncs;
pub mod m0045_ai_tasks;
pub mod m0062_crm_accounts;
pub mod m0067_lead_addresses;
