//! Teams are made and changed, colleagues come and go. No team is ever deleted: one that is not in use is deactivated.

use kernel::{
    Cx, Error, ProblemCode, Result,
    db::Emit,
    id::{StaffId, TeamId},
    record::{self, Records},
    text::{Check, rename, same_name},
};

use crate::{
    domain::organisation::team::{MAX_MEMBERS, MAX_TEAMS, Membership, Team, TeamMemberChanged, TeamRole, Teams},
    policy::MANAGE_DEPARTMENTS,
    ports::{Work, organisation::teams::Memberships},
};

/// The longest name and description, in characters.
const NAME: usize = 200;
const DESCRIPTION: usize = 2000;

/// A team to be made.
#[derive(Debug, Clone, Default)]
pub struct CreateTeam {
    /// Its name, unique.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
}

/// What is to be changed of a team; what is absent stays.
#[derive(Debug, Clone)]
pub struct UpdateTeam {
    /// The team.
    pub id: TeamId,
    /// Its name, unique.
    pub name: Option<String>,
    /// What it is for; empty clears it.
    pub description: Option<String>,
    /// Whether it is in use.
    pub is_active: Option<bool>,
}

/// A colleague in a team.
#[derive(Debug, Clone, Copy)]
pub struct InTeam {
    /// The team.
    pub team: TeamId,
    /// The colleague.
    pub staff: StaffId,
}

/// Who may change a team how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hand {
    /// Everything: with [`MANAGE_DEPARTMENTS`].
    Free,
    /// Its description and its plain members: as one of its admins.
    Admin,
}

impl Hand {
    fn free(self) -> Result<()> {
        match self {
            Self::Free => Ok(()),
            Self::Admin => Err(Error::Forbidden { permission: MANAGE_DEPARTMENTS.name }),
        }
    }
}

/// The team and what the actor may do with it: with the permission everything, as one of its admins a part.
async fn managed<S: Records<Teams> + Memberships>(s: &S, cx: &Cx, id: TeamId) -> Result<(Team, Hand)> {
    let hand = match cx.require(MANAGE_DEPARTMENTS) {
        Ok(()) => Hand::Free,
        Err(refusal @ Error::Forbidden { .. }) => {
            // A key may what it was given, and nobody gave it to be one of the team's admins.
            let own = match cx.staff_id().filter(|_| cx.in_session().is_ok()) {
                Some(staff) => s.membership(id, staff).await?,
                None => None,
            };
            // Who is no admin of it is told the same of a team that is not there.
            own.filter(|own| own.role == TeamRole::Admin).map(|_| Hand::Admin).ok_or(refusal)?
        }
        Err(error) => return Err(error),
    };
    let team = s.lock(cx, id).await?;
    if !team.is_active {
        hand.free()?;
    }
    Ok((team, hand))
}

/// Makes a team, with nobody in it.
///
/// # Errors
/// [`Error::Invalid`] for a bad or taken name.
pub async fn create_team<S: Records<Teams> + Emit>(s: &S, cx: &Cx, cmd: &CreateTeam) -> Result<Team> {
    cx.require(MANAGE_DEPARTMENTS)?;
    let mut check = Check::default();
    let name = check.line("name", &cmd.name, NAME);
    let description = check.optional_body("description", cmd.description.as_deref(), DESCRIPTION);
    check.done()?;
    let created_by = cx.person().ok().map(|person| person.id);
    let team = Team {
        id: cx.new_id(),
        name_folded: Some(same_name(&name)),
        name,
        description,
        is_active: true,
        created_by,
        created_at: cx.now,
        updated_at: cx.now,
    };
    record::add::<Teams, _>(s, cx, team).await
}

/// Changes a team. One of its admins may change its description.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`]; [`Error::Invalid`] for a bad or taken name, and where it is to be in use no more
/// and has open work, which nobody would be told of.
pub async fn update_team<S: Records<Teams> + Memberships + Emit>(
    s: &S,
    work: &impl Work,
    cx: &Cx,
    cmd: &UpdateTeam,
) -> Result<Team> {
    let (before, hand) = managed(s, cx, cmd.id).await?;
    if cmd.name.is_some() || cmd.is_active.is_some() {
        hand.free()?;
    }
    let mut after = before.clone();
    let mut check = Check::default();
    if let Some(name) = &cmd.name {
        rename(&mut after.name, &mut after.name_folded, check.line("name", name, NAME));
    }
    if let Some(description) = &cmd.description {
        after.description = check.optional_body("description", Some(description), DESCRIPTION);
    }
    check.done()?;
    after.is_active = cmd.is_active.unwrap_or(before.is_active);
    // Whoever gives it work holds it as in use, and this waits for them.
    if before.is_active && !after.is_active && work.has_work(cmd.id).await? {
        let message = "has open tickets: give them to a colleague or another team first";
        return Err(Error::invalid("isActive", ProblemCode::NotAllowed, message));
    }
    record::save::<Teams, _>(s, cx, before, after).await
}

/// Puts a colleague into a team. One of its admins may add plain members. Who is in it already stays as they are.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`]; [`Error::Invalid`] for a colleague who is not there or not active, a team
/// that is not active, and where the team or the colleague's list of teams is full.
pub async fn add_team_member<S: Records<Teams> + Memberships + Emit>(
    s: &S,
    cx: &Cx,
    cmd: InTeam,
    role: TeamRole,
) -> Result<Membership> {
    let (team, hand) = managed(s, cx, cmd.team).await?;
    if role == TeamRole::Admin {
        hand.free()?;
    }
    if !team.is_active {
        return Err(Error::invalid("teamId", ProblemCode::NotAvailable, "this team is not active"));
    }
    if !s.is_active_colleague(cmd.staff).await? {
        return Err(Error::invalid("staffId", ProblemCode::NotAvailable, "there is no such active colleague"));
    }
    if let Some(known) = s.membership(cmd.team, cmd.staff).await? {
        return Ok(known);
    }
    let (teams, members) = s.sizes(cmd.team, cmd.staff).await?;
    let full = |field, sentence: String| Err(Error::invalid(field, ProblemCode::NotAllowed, sentence));
    if teams >= MAX_TEAMS {
        return full("staffId", format!("a colleague may belong to at most {MAX_TEAMS} teams"));
    }
    if members >= MAX_MEMBERS {
        return full("teamId", format!("a team may have at most {MAX_MEMBERS} members"));
    }
    let member = Membership { team_id: cmd.team, user_id: cmd.staff.into(), role, created_at: cx.now };
    s.save_member(&member).await?;
    s.emit(cx, &TeamMemberChanged { team: cmd.team, staff: cmd.staff, before: None, after: Some((&member).into()) });
    Ok(member)
}

/// Makes a member an admin of the team or a plain member again.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`]; [`Error::Invalid`] for somebody who is not in the team.
pub async fn set_team_member_role<S: Records<Teams> + Memberships + Emit>(
    s: &S,
    cx: &Cx,
    cmd: InTeam,
    role: TeamRole,
) -> Result<Membership> {
    let (_, hand) = managed(s, cx, cmd.team).await?;
    hand.free()?;
    let before = s.membership(cmd.team, cmd.staff).await?.ok_or_else(no_member)?;
    let after = Membership { role, ..before.clone() };
    if after != before {
        s.save_member(&after).await?;
        let (before, now) = (Some((&before).into()), Some((&after).into()));
        s.emit(cx, &TeamMemberChanged { team: cmd.team, staff: cmd.staff, before, after: now });
    }
    Ok(after)
}

/// Takes a colleague out of a team. One of its admins may take out plain members, and go themselves.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`]; [`Error::Invalid`] for somebody who is not in the team.
pub async fn remove_team_member<S: Records<Teams> + Memberships + Emit>(s: &S, cx: &Cx, cmd: InTeam) -> Result<Team> {
    let (team, hand) = managed(s, cx, cmd.team).await?;
    let before = s.membership(cmd.team, cmd.staff).await?.ok_or_else(no_member)?;
    if before.role == TeamRole::Admin && cx.staff_id() != Some(cmd.staff) {
        hand.free()?;
    }
    s.remove_member(cmd.team, cmd.staff).await?;
    s.emit(cx, &TeamMemberChanged { team: cmd.team, staff: cmd.staff, before: Some((&before).into()), after: None });
    Ok(team)
}

fn no_member() -> Error {
    Error::invalid("staffId", ProblemCode::NotAvailable, "they are not in this team")
}
