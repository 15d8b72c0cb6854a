//! Contacts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::{id::B2chatContactId, record::ByPlace};
use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

/// What a company keeps of its contacts beside the rest, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Attributes(pub BTreeMap<String, serde_json::Value>);

/// Texts in the order of the source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Texts(pub Vec<String>);

/// Somebody who wrote, as B2Chat knows them.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(schema_name = "~tenant", table_name = "b2chat_contacts")]
pub struct Model {
    /// Their id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: B2chatContactId,
    /// As B2Chat knows them.
    pub b2chat_id: String,
    /// Their name; empty where B2Chat has none.
    pub full_name: String,
    /// The same, to be ordered by.
    pub name_order: String,
    /// Their mobile telephone, as B2Chat has it.
    pub mobile: Option<String>,
    /// Their landline.
    pub phone_number: Option<String>,
    /// Their address, in the form that is stored where it is one, else as B2Chat has it.
    pub email: Option<String>,
    /// National id, passport or the like.
    pub identification: Option<String>,
    /// Where they live.
    pub address: Option<String>,
    /// Which city.
    pub city: Option<String>,
    /// Which country.
    pub country: Option<String>,
    /// Which company they are of.
    pub company: Option<String>,
    /// What the company keeps beside that.
    pub custom_attributes: Attributes,
    /// Their tags.
    pub tags: Texts,
    /// When B2Chat first knew them.
    pub source_created_at: Option<DateTime<Utc>>,
    /// When B2Chat last changed them.
    pub last_modified_at: Option<DateTime<Utc>>,
    /// Whether they count as deleted.
    pub is_deleted: bool,
    /// Since when.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Why.
    pub deletion_reason: Option<String>,
    /// SHA-256 of what the source says.
    pub digest: Vec<u8>,
    /// When a synchronisation last told of them.
    pub last_sync_at: Option<DateTime<Utc>>,
    /// When they were first told of.
    pub created_at: DateTime<Utc>,
    /// When they last changed here.
    pub updated_at: DateTime<Utc>,
}

/// The columns by whose words a contact is found.
pub const TEXTS: [Column; 7] = [
    Column::FullName,
    Column::Mobile,
    Column::PhoneNumber,
    Column::Email,
    Column::Identification,
    Column::City,
    Column::Company,
];

impl Model {
    /// The texts by whose words they are found.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let more = [&self.mobile, &self.phone_number, &self.email, &self.identification, &self.city, &self.company];
        std::iter::once(self.full_name.as_str()).chain(more.into_iter().flatten().map(String::as_str))
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
