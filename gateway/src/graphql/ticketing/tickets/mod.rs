//! Tickets.

pub mod around;
pub mod filters;
pub mod history;
pub mod mutations;
pub mod prime;
pub mod queries;
pub mod several;
pub mod types;

pub use around::TicketAroundMutation;
pub use mutations::TicketMutation;
pub use queries::TicketQuery;
pub use several::SeveralTicketsMutation;
pub use types::{Ticket, TicketConnection};
