//! What a lead says in a CRM's fields, and which of the two sides changed something since they last agreed.
//!
//! Of each field what it last said here and there is kept, hashed. What is sent sets both, and what comes back sets both: so what we
//! sent is no change when we find it there, and what came back is none to be sent. Neither can set off the other without end,
//! also where one side writes a value in another form than it was given.

use std::collections::BTreeMap;

use chrono::{SecondsFormat, TimeDelta};
use kernel::crypto::{hex, sha256};
use serde_json::{Map, Value as Json};

use crate::{
    domain::crm_connections::{
        mapping::{MappedField, Mapping, Mappings},
        remote::Remote,
    },
    store::{
        crm_syncs::record::{Agreed, AgreedFields},
        leads::lead::{LeadScore, LeadSource, LeadStatus, Model as Lead},
    },
};

/// How often it is tried to bring a lead.
pub const MOST_TRIES: i32 = 8;

/// How long it is waited after so many failures: 30 s, 1 min, 2 min … 6 h at the most, with up to a quarter more at random.
pub fn spacing(failures: i32, random: [u8; 2]) -> TimeDelta {
    let base = (30_000_i64 << failures.clamp(1, 12).saturating_sub(1)).min(6 * 3_600_000);
    TimeDelta::milliseconds(base + base / 4 * i64::from(u16::from_be_bytes(random)) / i64::from(u16::MAX))
}

/// First and last name of a name. Where a name ends is not written in it: it ends where the CRM last said so, and else before the last
/// word.
fn parts<'a>(name: &'a str, mappings: &Mappings, agreed: Option<&AgreedFields>) -> (&'a str, &'a str) {
    let name = name.trim();
    let there = |field, part: &str| {
        let mapping = mappings.0.iter().find(|mapping| mapping.lead == field)?;
        let theirs = agreed?.0.get(&mapping.crm)?.theirs.as_str();
        let part = Some(part).filter(|part| !part.is_empty()).or(mapping.fallback.as_deref());
        Some(theirs == hashed(part))
    };
    // How much of this is what the CRM said; an empty part alone says nothing.
    let fits = |(first, last): (&str, &str)| {
        let (same_first, same_last) = (there(MappedField::FirstName, first), there(MappedField::LastName, last));
        let one = |same: Option<bool>, part: &str| same == Some(true) && !part.is_empty();
        match (same_first, same_last) {
            (Some(true), Some(true)) => 3,
            _ if one(same_last, last) => 2,
            _ if one(same_first, first) => 1,
            _ => 0,
        }
    };
    let ends = name.match_indices(' ').map(|(at, _)| (name[..at].trim(), name[at..].trim()));
    let usual = name.rsplit_once(' ').map_or(("", name), |(first, last)| (first.trim(), last));
    // Of several that fit alike the last: the usual one, where it is among them.
    [(name, ""), ("", name)].into_iter().chain(ends).chain([usual]).max_by_key(|parts| fits(*parts)).unwrap_or(usual)
}

/// What a lead says, as text; none where it has nothing.
fn said(lead: &Lead, field: MappedField, mappings: &Mappings, agreed: Option<&AgreedFields>) -> Option<String> {
    let name = lead.name.trim();
    let parts = || parts(name, mappings, agreed);
    let text = match field {
        MappedField::Name => name.to_owned(),
        MappedField::FirstName => parts().0.to_owned(),
        MappedField::LastName => parts().1.to_owned(),
        MappedField::Email => lead.email.clone().unwrap_or_default(),
        MappedField::Phone => lead.phone.clone().unwrap_or_default(),
        MappedField::Company => lead.company.clone().unwrap_or_default(),
        MappedField::Notes => lead.notes.clone(),
        MappedField::Status => status(lead.status).to_owned(),
        MappedField::Score => lead.score.map(score).unwrap_or_default().to_owned(),
        MappedField::Source => source(lead.source_kind).to_owned(),
        MappedField::CreatedAt => lead.created_at.to_rfc3339_opts(SecondsFormat::Secs, true),
    };
    Some(text).filter(|text| !text.is_empty())
}

fn status(status: LeadStatus) -> &'static str {
    match status {
        LeadStatus::New => "NEW",
        LeadStatus::Contacted => "CONTACTED",
        LeadStatus::Qualified => "QUALIFIED",
        LeadStatus::Converted => "CONVERTED",
        LeadStatus::Lost => "LOST",
    }
}

fn score(score: LeadScore) -> &'static str {
    match score {
        LeadScore::Hot => "HOT",
        LeadScore::Warm => "WARM",
        LeadScore::Cold => "COLD",
    }
}

fn source(source: LeadSource) -> &'static str {
    match source {
        LeadSource::Conversation => "CONVERSATION",
        LeadSource::Message => "MESSAGE",
        LeadSource::Chat => "CHAT",
        LeadSource::Consultation => "CONSULTATION",
        LeadSource::Import => "IMPORT",
        LeadSource::Api => "API",
        LeadSource::Manual => "MANUAL",
    }
}

/// What is to stand in a CRM's field, of which that was agreed before.
fn wanted(lead: &Lead, mapping: &Mapping, mappings: &Mappings, agreed: Option<&AgreedFields>) -> Option<String> {
    said(lead, mapping.lead, mappings, agreed).or_else(|| mapping.fallback.clone())
}

/// What is kept of a value.
fn hashed(value: Option<&str>) -> String {
    value.map(|text| hex(&sha256(text.as_bytes())[..12])).unwrap_or_default()
}

/// What a lead takes over of what was agreed of another, whose record becomes its own: where it says something itself, that is sent.
pub fn taken_over(lead: &Lead, mappings: &Mappings, mut agreed: AgreedFields) -> AgreedFields {
    for mapping in &mappings.0 {
        if wanted(lead, mapping, mappings, None).is_some() {
            agreed.0.remove(&mapping.crm);
        }
    }
    agreed
}

/// What of a lead is to be sent: everything where nothing was, else what changed here since.
pub fn to_send(lead: &Lead, mappings: &Mappings, agreed: Option<&AgreedFields>) -> Map<String, Json> {
    let here = mappings.0.iter().map(|mapping| (mapping, wanted(lead, mapping, mappings, agreed)));
    let differs = |(mapping, wanted): &(&Mapping, Option<String>)| match agreed {
        None => wanted.is_some(),
        Some(agreed) => {
            let now = hashed(wanted.as_deref());
            agreed.0.get(&mapping.crm).is_none_or(|agreed| agreed.ours != now)
        }
    };
    here.filter(differs).map(|(mapping, wanted)| (mapping.crm.clone(), wanted.into())).collect()
}

/// What both sides say once this was sent.
pub fn sent(mappings: &Mappings, values: &Map<String, Json>, before: Option<&AgreedFields>) -> AgreedFields {
    let mut agreed = before.cloned().unwrap_or_default();
    for mapping in &mappings.0 {
        let sent = values.get(&mapping.crm);
        if sent.is_some() || before.is_none() {
            let ours = hashed(sent.and_then(Json::as_str));
            agreed.0.insert(mapping.crm.clone(), Agreed { ours: ours.clone(), theirs: ours });
        }
    }
    agreed
}

/// What is to be taken over from a CRM, by our names; blank clears.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The whole name.
    pub name: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The company.
    pub company: Option<String>,
    /// The notes.
    pub notes: Option<String>,
}

impl Taken {
    /// Whether it is nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What changed there since the two sides agreed and counts. Where both changed a field the later change wins, by the times at
/// which record and lead were last changed; of the same instant the CRM's.
pub fn to_take(lead: &Lead, mappings: &Mappings, agreed: &AgreedFields, remote: &Remote) -> Taken {
    let there: BTreeMap<_, _> = remote.values.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
    let here = |mapping: &Mapping| wanted(lead, mapping, mappings, Some(agreed));
    let changed = |mapping: &&Mapping| {
        let (Some(value), Some(agreed)) = (there.get(mapping.crm.as_str()), agreed.0.get(&mapping.crm)) else {
            return false;
        };
        let changed_there = hashed(*value) != agreed.theirs;
        let changed_here = hashed(here(mapping).as_deref()) != agreed.ours;
        let stands_in = value.is_some() && *value == mapping.fallback.as_deref();
        mapping.lead.comes_back()
            && changed_there
            && !stands_in
            && (!changed_here || remote.modified_at >= lead.updated_at)
    };
    let (mut taken, mut first, mut last) = (Taken::default(), None, None);
    for mapping in mappings.0.iter().filter(changed) {
        let value = there.get(mapping.crm.as_str()).copied().flatten().unwrap_or_default().to_owned();
        match mapping.lead {
            MappedField::Name => taken.name = Some(value),
            MappedField::FirstName => first = Some(value),
            MappedField::LastName => last = Some(value),
            MappedField::Email => taken.email = Some(value),
            MappedField::Phone => taken.phone = Some(value),
            MappedField::Company => taken.company = Some(value),
            MappedField::Notes => taken.notes = Some(value),
            MappedField::Status | MappedField::Score | MappedField::Source | MappedField::CreatedAt => {}
        }
    }
    if first.is_some() || last.is_some() {
        let part = |given: Option<String>, field| {
            given.or_else(|| said(lead, field, mappings, Some(agreed))).unwrap_or_default()
        };
        let (first, last) = (part(first, MappedField::FirstName), part(last, MappedField::LastName));
        taken.name = Some(format!("{first} {last}").trim().to_owned());
    }
    taken
}

/// What both sides say once changes there were looked at and `lead` is what came of it: what counts there is agreed; what changed
/// here and counts more stays to be sent.
pub fn looked_at(
    lead: &Lead,
    mappings: &Mappings,
    before: &AgreedFields,
    remote: &Remote,
    kept: &[String],
) -> AgreedFields {
    let (mut agreed, mut changed) = (before.clone(), Vec::new());
    for (name, value) in &remote.values {
        let Some(mapping) = mappings.0.iter().find(|mapping| mapping.crm == *name) else { continue };
        let now = hashed(value.as_deref());
        let entry = agreed.0.entry(name.clone()).or_default();
        if entry.theirs != now {
            entry.theirs = now;
            changed.push(mapping);
        }
    }
    // Where a name ends is as the CRM says now: of its parts that did not change there nothing changed here either.
    let is_name = |mapping: &Mapping| matches!(mapping.lead, MappedField::FirstName | MappedField::LastName);
    if changed.iter().any(|mapping| is_name(mapping)) {
        let unchanged = mappings.0.iter().filter(|mapping| is_name(mapping) && !changed.contains(mapping));
        changed.extend(unchanged.collect::<Vec<_>>());
    }
    for mapping in changed.into_iter().filter(|mapping| !kept.contains(&mapping.crm)) {
        let ours = hashed(wanted(lead, mapping, mappings, Some(&agreed)).as_deref());
        agreed.0.entry(mapping.crm.clone()).or_default().ours = ours;
    }
    agreed
}

/// The fields of which what is here counts, by the CRM's names: changed here, later than there, or never taken back.
pub fn kept(lead: &Lead, mappings: &Mappings, agreed: &AgreedFields, remote: &Remote) -> Vec<String> {
    let here = |mapping: &&Mapping| {
        let now = hashed(wanted(lead, mapping, mappings, Some(agreed)).as_deref());
        let changed_here = agreed.0.get(&mapping.crm).is_none_or(|agreed| agreed.ours != now);
        changed_here && (lead.updated_at > remote.modified_at || !mapping.lead.comes_back())
    };
    mappings.0.iter().filter(here).map(|mapping| mapping.crm.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::leads::lead::tests::lead, store::crm_connections::connection::CrmProvider};

    #[test]
    fn a_name_ends_where_the_crm_says_and_else_before_its_last_word() {
        let mappings = CrmProvider::Hubspot.usual_mappings();
        let mut lead = Lead { name: "Ana Garcia".into(), ..lead(1) };
        let first = to_send(&lead, &mappings, None);
        assert_eq!((&first["firstname"], &first["lastname"]), (&Json::from("Ana"), &Json::from("Garcia")));
        let mut agreed = sent(&mappings, &first, None);
        // Somebody there gives her another surname, twice.
        for (surname, name) in [("Garcia Lopez", "Ana Garcia Lopez"), ("Garcia Perez", "Ana Garcia Perez")] {
            let remote = Remote {
                external_id: "1".into(),
                lead: lead.id.to_string(),
                modified_at: lead.updated_at,
                values: vec![
                    ("firstname".into(), Some("Ana".into())),
                    ("lastname".into(), Some(surname.into())),
                    ("email".into(), lead.email.clone()),
                ],
            };
            let stays = kept(&lead, &mappings, &agreed, &remote);
            let taken = to_take(&lead, &mappings, &agreed, &remote);
            assert_eq!(taken, Taken { name: Some(name.into()), ..Taken::default() });
            lead.name = name.into();
            agreed = looked_at(&lead, &mappings, &agreed, &remote, &stays);
            assert!(to_send(&lead, &mappings, Some(&agreed)).is_empty(), "what came back is not sent");
        }
        // And here a second first name: the surname is still one.
        lead.name = "Ana Maria Garcia Perez".into();
        let values = to_send(&lead, &mappings, Some(&agreed));
        assert_eq!(Json::Object(values.clone()), serde_json::json!({ "firstname": "Ana Maria" }));
        agreed = sent(&mappings, &values, Some(&agreed));
        assert!(to_send(&lead, &mappings, Some(&agreed)).is_empty());
    }

    #[test]
    fn it_is_waited_twice_as_long_each_time_up_to_six_hours() {
        assert_eq!(spacing(1, [0, 0]).num_seconds(), 30);
        assert_eq!(spacing(2, [0, 0]).num_seconds(), 60);
        assert_eq!(spacing(MOST_TRIES, [0, 0]).num_seconds(), 3840);
        assert_eq!(spacing(i32::MAX, [0, 0]).num_hours(), 6);
        assert!(spacing(1, [255, 255]).num_seconds() <= 38);
    }
}
