//! A person changes what is known of themselves.

use kernel::{Cx, Error, ProblemCode, Result, db::Emit, id::UserId, text::Check};

use super::details::Details;
use crate::{domain::people::events::PersonUpdated, policy::in_session, ports::People, store::people::user::Kind};

/// Changes one's own details; returns whose they are.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Duty`]; [`Error::Invalid`] naming every field that is wrong.
pub async fn update_profile<S: People + Emit>(s: &S, cx: &Cx, details: &Details) -> Result<UserId> {
    let id = in_session(cx, &[])?.id;
    let before = s.person(cx, id).await?.ok_or(Error::Unauthenticated)?;
    let mut person = before.clone();
    let mut check = Check::default();
    if details.company.is_some() && person.kind == Kind::Staff {
        check.problem("company", ProblemCode::NotAllowed, "only clients have a company");
    }
    details.apply(&mut check, &mut person, details.region(s).await?);
    check.done()?;
    if person.company != before.company {
        person.company_confirmed = false;
    }
    if person != before {
        person.updated_at = cx.now;
        s.save(&person).await?;
        s.emit(cx, &PersonUpdated::of(&before, &person, None));
    }
    Ok(id)
}
