//! Leads are made, changed, given to somebody and moved.

pub mod assign_lead;
pub mod create_lead;
pub mod create_lead_from;
pub mod hand_over;
pub mod keep;
pub mod merge_leads;
pub mod set_lead_status;
pub mod several_leads;
pub mod update_lead;
