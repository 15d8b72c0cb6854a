//! What B2Chat tells of, in the schema.

pub mod agents;
pub mod chats;
pub mod contacts;
pub mod departments;
pub mod filters;
pub mod media;
pub mod messages;
pub mod queries;

pub use agents::B2ChatAgent;
pub use chats::B2ChatChat;
pub use contacts::B2ChatContact;
pub use departments::B2ChatDepartment;
pub use media::{B2ChatMediaMutation, B2ChatMediaQuery};
pub use messages::B2ChatMessage;
pub use queries::B2ChatQuery;
