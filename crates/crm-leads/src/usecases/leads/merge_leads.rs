//! A lead goes into another, and comes out again.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{LeadId, StaffId, TagId, VisitorId},
    record::Records,
};
use serde::{Deserialize, Serialize};

use super::keep::{actor, disown, keep, tell_owner};
use crate::{
    domain::leads::events::{LeadField, LeadMerged, LeadUnmerged, changed},
    policy::MANAGE_LEADS,
    ports::{
        leads::{LeadBook, People, Tags},
        scores::{Hearing, ScoreBook},
    },
    store::leads::{
        change::LeadAction,
        lead::{Entity as Leads, Model as Lead},
        merge::Model as LeadMerge,
    },
    usecases::scores::score_lead::score_lead,
};

/// A lead goes into another.
#[derive(Debug, Clone, Copy)]
pub struct MergeLeads {
    /// The lead, which points at the other then.
    pub from: LeadId,
    /// The other, which goes on.
    pub into: LeadId,
}

/// What the lead that goes on took over: what it had not, and gives back where it still has it.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Kept {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    company: Option<String>,
    notes: Option<String>,
    owner: Option<StaffId>,
    visitor: Option<VisitorId>,
    tags: Vec<TagId>,
}

/// Fills what `into` has not with what `from` has, and says what that was.
fn fill(into: &mut Lead, from: &Lead) -> Kept {
    fn take<T: Clone>(into: &mut Option<T>, from: &Option<T>) -> Option<T> {
        if into.is_some() {
            return None;
        }
        into.clone_from(from);
        from.clone()
    }
    fn take_text(into: &mut String, from: &str) -> Option<String> {
        if !into.is_empty() || from.is_empty() {
            return None;
        }
        from.clone_into(into);
        Some(from.to_owned())
    }
    Kept {
        name: take_text(&mut into.name, &from.name),
        email: take(&mut into.email, &from.email),
        phone: take(&mut into.phone, &from.phone),
        company: take(&mut into.company, &from.company),
        notes: take_text(&mut into.notes, &from.notes),
        owner: take(&mut into.owner_id, &from.owner_id),
        visitor: take(&mut into.visitor_id, &from.visitor_id),
        tags: Vec::new(),
    }
}

/// Takes back what was filled in, where it is still that.
fn empty(into: &mut Lead, kept: &Kept) {
    fn give<T: PartialEq>(into: &mut Option<T>, kept: &Option<T>) {
        if kept.is_some() && into == kept {
            *into = None;
        }
    }
    fn give_text(into: &mut String, kept: &Option<String>) {
        if kept.as_ref() == Some(into) {
            into.clear();
        }
    }
    give_text(&mut into.name, &kept.name);
    give(&mut into.email, &kept.email);
    give(&mut into.phone, &kept.phone);
    give(&mut into.company, &kept.company);
    give_text(&mut into.notes, &kept.notes);
    give(&mut into.owner_id, &kept.owner);
    give(&mut into.visitor_id, &kept.visitor);
}

/// Both leads, locked in the order of their ids.
async fn both<S: Records<Leads>>(s: &S, cx: &Cx, from: LeadId, into: LeadId) -> Result<(Lead, Lead)> {
    if from == into {
        return Err(Error::invalid("intoId", ProblemCode::NotAllowed, "is the lead itself"));
    }
    let (first, second) = (s.lock(cx, from.min(into)).await?, s.lock(cx, from.max(into)).await?);
    Ok(if first.id == from { (first, second) } else { (second, first) })
}

/// Scores a lead anew that is scored, or is to be: what is known of the person is more now, or less.
async fn again<S: Records<Leads> + ScoreBook + Emit>(
    s: &S,
    hearing: &impl Hearing,
    cx: &Cx,
    lead: Lead,
    is_scored: bool,
) -> Result<Lead> {
    if !is_scored {
        return Ok(lead);
    }
    score_lead(s, hearing, cx, lead.id).await.map(|(lead, _)| lead)
}

/// Lets a lead go into another, which takes over what it had not: name, address, number, company, notes, owner, tags. Where one of them
/// is scored, the other is scored anew, by what is known of both. Returns the other.
///
/// # Errors
/// [`Error::NotFound`] for either; [`Error::Invalid`] for a lead and itself, and for one that went into another already.
pub async fn merge_leads<S: Records<Leads> + LeadBook + ScoreBook + Emit>(
    s: &S,
    house: &(impl Tags + People + Hearing),
    cx: &Cx,
    cmd: &MergeLeads,
) -> Result<Lead> {
    cx.require(MANAGE_LEADS)?;
    let (from, into) = both(s, cx, cmd.from, cmd.into).await?;
    from.whole("fromId")?;
    into.whole("intoId")?;
    let mut after = into.clone();
    let mut kept = fill(&mut after, &from);
    if kept.owner.is_some() {
        disown(house, cx, &mut after).await?;
        kept.owner = after.owner_id;
    }
    kept.tags = house.copy_tags(cx, from.id, into.id).await?;
    let merge = LeadMerge {
        lead_id: from.id,
        into_id: into.id,
        kept: serde_json::to_value(&kept).map_err(Error::internal)?,
        merged_by_id: actor(cx),
        created_at: cx.now,
    };
    s.note_lead_merge(&merge).await?;
    let gone = Lead { merged_into_id: Some(into.id), ..from.clone() };
    keep(s, cx, &from, gone, LeadAction::Merged, (None, Some(into.id.to_string()))).await?;
    let fields = changed(&into, &after);
    let after = keep(s, cx, &into, after, LeadAction::Merged, (Some(from.id.to_string()), None)).await?;
    s.emit(cx, &LeadMerged { lead: from.id, into: into.id, fields });
    tell_owner(s, cx, &into, &after).await?;
    again(s, house, cx, after, from.score.is_some() || into.score.is_some()).await
}

/// Takes a merge back: the lead stands by itself again, and the other gives back what it took over and still has. Those that are
/// scored are scored anew. Returns the lead.
///
/// # Errors
/// [`Error::NotFound`] for either; [`Error::Invalid`] where it went into none, and where the other went into another since.
pub async fn unmerge_lead<S: Records<Leads> + LeadBook + ScoreBook + Emit>(
    s: &S,
    house: &(impl Tags + People + Hearing),
    cx: &Cx,
    lead: LeadId,
) -> Result<Lead> {
    cx.require(MANAGE_LEADS)?;
    let refused = || Error::invalid("leadId", ProblemCode::NotAllowed, "went into no other lead");
    // Read without a lock first, so that both are locked in the order of their ids.
    let Some(merge) = s.merge_of_lead(lead).await? else {
        s.lock(cx, lead).await?;
        return Err(refused());
    };
    let (before, into) = both(s, cx, lead, merge.into_id).await?;
    if before.merged_into_id != Some(into.id) {
        return Err(refused());
    }
    if into.merged_into_id.is_some() {
        let why = "what it went into went into another since: unmerge that first";
        return Err(Error::invalid("leadId", ProblemCode::NotAllowed, why));
    }
    let kept: Kept = serde_json::from_value(merge.kept).map_err(Error::internal)?;
    let mut lighter = into.clone();
    empty(&mut lighter, &kept);
    house.drop_tags(cx, into.id, &kept.tags).await?;
    s.forget_lead_merge(lead).await?;
    let fields: Vec<LeadField> = changed(&into, &lighter);
    let lighter = keep(s, cx, &into, lighter, LeadAction::Unmerged, (Some(lead.to_string()), None)).await?;
    let mut after = Lead { merged_into_id: None, ..before.clone() };
    disown(house, cx, &mut after).await?;
    let after = keep(s, cx, &before, after, LeadAction::Unmerged, (None, Some(into.id.to_string()))).await?;
    s.emit(cx, &LeadUnmerged { lead, from: into.id, fields });
    tell_owner(s, cx, &into, &lighter).await?;
    tell_owner(s, cx, &before, &after).await?;
    let is_scored = lighter.score.is_some();
    again(s, house, cx, lighter, is_scored).await?;
    let is_scored = after.score.is_some();
    again(s, house, cx, after, is_scored).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::leads::lead::tests::lead;

    #[test]
    fn what_was_filled_in_is_given_back_where_it_is_still_there() {
        let into = Lead { email: None, notes: "own".into(), ..lead(1) };
        let from = Lead {
            name: "Countess".into(),
            phone: Some("+493012345678".into()),
            company: Some("Acme".into()),
            notes: "other".into(),
            ..lead(2)
        };
        let mut after = into.clone();
        let kept = fill(&mut after, &from);
        assert_eq!((after.name.as_str(), after.notes.as_str()), ("Ada Lovelace", "own"), "nothing is overwritten");
        assert_eq!(after.email, from.email);
        assert_eq!(after.phone, from.phone);
        let mut back = after.clone();
        empty(&mut back, &kept);
        assert_eq!(back, into);
        // What was changed since stays.
        after.company = Some("Umbrella".into());
        empty(&mut after, &kept);
        assert_eq!((after.company.as_deref(), after.phone), (Some("Umbrella"), None));
    }
}
