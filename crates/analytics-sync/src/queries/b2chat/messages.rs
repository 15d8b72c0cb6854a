//! Messages as those see them who may.

use kernel::{
    Cx, Result,
    id::{B2chatChatId, B2chatMessageId},
    record::{Field, Nested, Record},
};
use sea_orm::{Condition, DbBackend};

use crate::{
    policy::{VIEW_B2CHAT, sees_b2chat},
    store::b2chat::message::{Column, Entity, Model as B2chatMessage},
};

impl Record for Entity {
    type Id = B2chatMessageId;
    type Row = B2chatMessage;
    const WHAT: &'static str = "B2ChatMessage";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_B2CHAT)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        sees_b2chat(cx).then(Condition::all)
    }
}

/// By the chat that they are of.
pub const BY_CHAT: Field<Column> = Field::new("chatId", &[Column::ChatId]);

/// By what they are.
pub const BY_TYPE: Field<Column> = Field::new("type", &[Column::Type]);

/// By which way they went.
pub const BY_INCOMING: Field<Column> = Field::new("incoming", &[Column::Incoming]);

/// By when they were sent.
pub const BY_SENT_AT: Field<Column> = Field::new("sentAt", &[Column::SentAt]);

/// The messages of a chat, as they were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OfChat;

impl Nested for OfChat {
    type Parent = B2chatChatId;
    type Of = Entity;
    const NAME: &'static str = "b2chat messages of";
    const PARENT: Column = Column::ChatId;
    const ORDER: Column = Column::SentAt;
}
