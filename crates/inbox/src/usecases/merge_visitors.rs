//! Two visitors are one person.

use kernel::{Cx, Error, ProblemCode, Result, db::Emit, id::VisitorId, record::Records};

use crate::{
    domain::visitor_events::{VisitorMerged, VisitorUnmerged},
    policy::{MANAGE_VISITORS, visible_visitors},
    ports::{Merges, Visitors as Kept},
    store::visitor::{Entity as Visitors, Model as Visitor},
};

/// Who is the same person as whom.
#[derive(Debug, Clone)]
pub struct MergeVisitors {
    /// Who is shown no more.
    pub from: VisitorId,
    /// Who stays.
    pub into: VisitorId,
}

/// Moves whatever belongs to one visitor to another, who is returned. The one who moved is found as the other from then on, by
/// their id, their token and their address; so an id of somebody who was merged before is that of whom they became.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for one and the same.
pub async fn merge_visitors<S>(s: &S, cx: &Cx, cmd: &MergeVisitors) -> Result<Visitor>
where
    S: Records<Visitors> + Merges + Kept + Emit,
{
    cx.require(MANAGE_VISITORS)?;
    let (from, into) = (s.now(cmd.from).await?, s.now(cmd.into).await?);
    // In the order of their ids, so that no two merges wait for each other.
    let first = s.lock(cx, from.min(into)).await?;
    let second = s.lock(cx, from.max(into)).await?;
    let (mut from, mut into) = if from < into { (first, second) } else { (second, first) };
    let merge = into.take_in(cx, &mut from)?;
    s.merge(&merge).await?;
    s.save(&from).await?;
    s.save(&into).await?;
    s.emit(cx, &VisitorMerged { visitor: from.id, into: into.id });
    Ok(into)
}

/// Takes a merge back, and returns who had been merged: with what moved then and is still with the other. What came since stays
/// there.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a visitor who was not merged, and where a later merge is to be taken back first.
pub async fn unmerge_visitor<S>(s: &S, cx: &Cx, visitor: VisitorId) -> Result<Visitor>
where
    S: Merges + Kept + Emit,
{
    cx.require(MANAGE_VISITORS)?;
    let missing = || Error::NotFound { what: "Visitor" };
    let refused = |why: &str| Err(Error::invalid("visitorId", ProblemCode::NotAllowed, why));
    visible_visitors(cx).ok_or_else(missing)?;
    // Who stays is locked together with who was merged, in the order of their ids as a merge does it.
    let known = s.merge_of(visitor).await?;
    let others = known.iter().map(|merge| merge.into_id);
    let mut ids: Vec<_> = others.chain([visitor]).collect();
    ids.sort_unstable();
    let mut found = Vec::new();
    for id in ids {
        found.push(s.anybody(id).await?.ok_or_else(missing)?);
    }
    let Some(merge) = s.merge_of(visitor).await? else { return refused("was not merged") };
    let later = "was merged with others since: take that back first";
    let (Some(mut into), Some(mut from)) = (take(&mut found, merge.into_id), take(&mut found, visitor)) else {
        return Err(Error::lost_race("Visitor"));
    };
    if from.merged_into != Some(into.id) || s.merged_later(into.id, merge.merged_at).await? {
        return refused(later);
    }
    into.let_go(&merge, &mut from);
    s.unmerge(&merge).await?;
    s.save(&from).await?;
    s.save(&into).await?;
    s.emit(cx, &VisitorUnmerged { visitor: from.id, from: into.id });
    Ok(from)
}

fn take(found: &mut Vec<Visitor>, id: VisitorId) -> Option<Visitor> {
    let at = found.iter().position(|visitor| visitor.id == id)?;
    Some(found.swap_remove(at))
}
