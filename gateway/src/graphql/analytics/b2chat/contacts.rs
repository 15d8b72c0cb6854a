//! Contacts that B2Chat tells of.

use analytics_sync::{b2chat, records::B2chatContacts};
use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::{id::B2chatContactId, page::PageArgs};

use super::chats::B2ChatChatConnection;
use crate::{
    connection,
    graphql::{errors::Result, identity::IntoId, loaders::By, records::nested, scalars::Json, scope::scope},
};

/// Something that a company keeps of somebody in B2Chat beside the rest.
#[derive(Debug, Clone, SimpleObject)]
pub struct B2ChatAttribute {
    /// Its name.
    pub name: String,
    /// Its value, as B2Chat has it.
    pub value: Option<Json>,
}

/// The attributes, by name.
pub fn attributes(all: analytics_sync::Attributes) -> Vec<B2ChatAttribute> {
    let one = |(name, value): (String, serde_json::Value)| B2ChatAttribute {
        name,
        value: Some(value).filter(|value| !value.is_null()).map(Json),
    };
    all.0.into_iter().map(one).collect()
}

/// Somebody who wrote, as B2Chat knows them.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct B2ChatContact {
    /// Their id, `bct_…`.
    pub id: ID,
    /// As B2Chat knows them.
    #[graphql(name = "b2chatId")]
    pub b2chat_id: String,
    /// Their name; null where B2Chat has none.
    pub full_name: Option<String>,
    /// Their mobile telephone, as B2Chat has it.
    pub mobile: Option<String>,
    /// Their landline, as B2Chat has it.
    pub phone_number: Option<String>,
    /// Their address for mail.
    pub email: Option<String>,
    /// A national id, passport or the like.
    pub identification: Option<String>,
    /// Where they live.
    pub address: Option<String>,
    /// In which city.
    pub city: Option<String>,
    /// In which country.
    pub country: Option<String>,
    /// The company that they are of.
    pub company: Option<String>,
    /// What the company keeps of them beside that, by name.
    pub custom_attributes: Vec<B2ChatAttribute>,
    /// Their tags, as B2Chat writes them.
    pub tags: Vec<String>,
    /// When B2Chat first knew them.
    pub source_created_at: Option<DateTime<Utc>>,
    /// When they last changed at B2Chat.
    pub last_modified_at: Option<DateTime<Utc>>,
    /// Whether they count as deleted: what they wrote stays.
    pub is_deleted: bool,
    /// Since when.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Why.
    pub deletion_reason: Option<String>,
    /// When a synchronisation last wrote them; what is told just so once more is not written.
    pub last_sync_at: Option<DateTime<Utc>>,
    /// When they were first told of.
    pub created_at: DateTime<Utc>,
    /// When they were last changed here.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    key: B2chatContactId,
}

impl From<analytics_sync::B2chatContact> for B2ChatContact {
    fn from(row: analytics_sync::B2chatContact) -> Self {
        Self {
            id: row.id.into_id(),
            b2chat_id: row.b2chat_id,
            full_name: Some(row.full_name).filter(|name| !name.is_empty()),
            mobile: row.mobile,
            phone_number: row.phone_number,
            email: row.email,
            identification: row.identification,
            address: row.address,
            city: row.city,
            country: row.country,
            company: row.company,
            custom_attributes: attributes(row.custom_attributes),
            tags: row.tags.0,
            source_created_at: row.source_created_at,
            last_modified_at: row.last_modified_at,
            is_deleted: row.is_deleted,
            deleted_at: row.deleted_at,
            deletion_reason: row.deletion_reason,
            last_sync_at: row.last_sync_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            key: row.id,
        }
    }
}

connection!(
    B2ChatContactConnection,
    B2ChatContactEdge,
    B2ChatContact,
    analytics_sync::B2chatContact,
    "contacts of B2Chat"
);

/// A contact, where the viewer may see them.
pub async fn contact(ctx: &Context<'_>, id: Option<B2chatContactId>) -> Result<Option<B2ChatContact>> {
    let Some(id) = id else { return Ok(None) };
    Ok(scope(ctx).loaders.load_one(By::<B2chatContacts>(id)).await?.map(|row| row.as_ref().clone().into()))
}

#[ComplexObject]
impl B2ChatContact {
    /// Their chats that do not count as deleted, newest first.
    async fn chats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<B2ChatChatConnection> {
        Box::pin(async move {
            let page = PageArgs { first, after, last, before };
            Ok(nested(ctx, b2chat::chats::OfContact, self.key, page).await?.into())
        })
        .await
    }
}
