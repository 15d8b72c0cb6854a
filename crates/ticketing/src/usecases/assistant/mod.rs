//! Asking the assistant, answering, and forgetting what was said.

pub mod answer_question;
pub mod ask_assistant;
pub mod delete_assistant_session;
