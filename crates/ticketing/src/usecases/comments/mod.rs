//! What may be done with comments and with the files of tickets.

pub mod add_ticket_comment;
pub mod attach_to_ticket;
pub mod deliver_comment;
pub mod edit_ticket_comment;
pub mod forget_words;
