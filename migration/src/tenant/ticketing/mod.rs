//! Tables of ticketing.

pub mod m0030_tickets;
pub mod m0031_comments;
pub mod m0032_projects;
pub mod m0034_help;
pub mod m0035_assistant;
pub mod m0036_service_levels;
pub mod m0046_client_tiers;
pub mod m0063_kept_hours;
pub mod m0064_attachments_in_history;
pub mod m0070_shown_tickets;
