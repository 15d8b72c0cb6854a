//! A contact as the source has it: whole, or as a chat names it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value as Json};

use super::fields::{Unread, clean_json, digest, instant, key_of, line, names, text};

/// A contact that can be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceContact {
    /// As B2Chat knows them.
    pub id: String,
    /// Their name; empty where there is none.
    pub name: String,
    /// Their mobile telephone.
    pub mobile: Option<String>,
    /// Their landline.
    pub phone: Option<String>,
    /// Their address, in the form that is stored where it is one.
    pub email: Option<String>,
    /// National id, passport or the like.
    pub identification: Option<String>,
    /// Where they live.
    pub address: Option<String>,
    /// Which city.
    pub city: Option<String>,
    /// Which country.
    pub country: Option<String>,
    /// Which company.
    pub company: Option<String>,
    /// What else is kept of them, by name.
    pub attributes: BTreeMap<String, Json>,
    /// Their tags.
    pub tags: Vec<String>,
    /// When B2Chat first knew them.
    pub created_at: Option<DateTime<Utc>>,
    /// When it last changed them.
    pub updated_at: Option<DateTime<Utc>>,
    /// Whether all of this is said, or only what stands in a chat.
    pub is_whole: bool,
    /// What it is as a whole.
    pub digest: Vec<u8>,
}

fn email(of: &Map<String, Json>) -> Option<String> {
    line(of, "email").map(|text| kernel::text::email(&text).unwrap_or(text))
}

/// Attributes: a list of names and values, or an object.
fn attributes(of: &Map<String, Json>) -> BTreeMap<String, Json> {
    match of.get("custom_attributes").map(clean_json) {
        Some(Json::Object(all)) => all.into_iter().collect(),
        Some(Json::Array(all)) => {
            all.iter().filter_map(|one| Some((line(one.as_object()?, "name")?, one["value"].clone()))).collect()
        }
        _ => BTreeMap::new(),
    }
}

/// Reads a contact of the export of contacts.
///
/// # Errors
/// What is wrong with it.
pub fn contact(value: &Json, zone: Tz) -> Result<SourceContact, Unread> {
    let none = Map::new();
    let of = value.as_object().unwrap_or(&none);
    let id = line(of, "contact_id");
    let unread = |message: String| Unread { id: id.clone(), key: id.clone().unwrap_or_else(|| key_of(value)), message };
    let known = id.clone().ok_or_else(|| unread("the contact has no contact_id".into()))?;
    Ok(SourceContact {
        id: known,
        name: line(of, "fullname").unwrap_or_default(),
        mobile: line(of, "mobile"),
        phone: line(of, "landline"),
        email: email(of),
        identification: line(of, "identification"),
        address: text(of, "address"),
        city: line(of, "city"),
        country: line(of, "country"),
        company: line(of, "company"),
        attributes: attributes(of),
        tags: names(of, "tags"),
        created_at: instant(of, "created", zone).map_err(&unread)?,
        updated_at: instant(of, "updated", zone).map_err(&unread)?,
        is_whole: true,
        digest: {
            let mut said = of.clone();
            // Where it stands in this answer is nothing of the contact's.
            said.remove("row_index");
            digest(zone, &Json::Object(said))
        },
    })
}

/// Reads the contact of a chat; `None` where it names none.
pub fn named_in_chat(value: &Json, zone: Tz) -> Option<SourceContact> {
    let of = value.as_object()?;
    Some(SourceContact {
        id: line(of, "id")?,
        name: line(of, "name").unwrap_or_default(),
        mobile: line(of, "mobile_number"),
        phone: line(of, "phone_number"),
        email: email(of),
        identification: line(of, "identification"),
        address: None,
        city: None,
        country: None,
        company: None,
        attributes: attributes(of),
        tags: names(of, "tags"),
        created_at: None,
        updated_at: None,
        is_whole: false,
        digest: digest(zone, &Json::Array(vec![Json::from("chat"), value.clone()])),
    })
}
