//! What can be done with tickets.

pub mod answered;
pub mod assign_ticket;
pub mod create_ticket;
pub mod hand_over;
pub mod keep;
pub mod link_tickets;
pub mod merge_tickets;
pub mod set_ticket_status;
pub mod several_tickets;
pub mod tag_ticket;
pub mod update_ticket;
pub mod watch_ticket;
