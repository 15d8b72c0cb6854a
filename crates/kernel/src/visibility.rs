//! Whose work a person sees: one predicate for everything that somebody can have.
//!
//! Whatever somebody can have (a message now, chats, tickets, conversations and leads later) is seen by permissions that
//! are the same for all of it. A thing has an *assignee* (a colleague), or a *team*, or waits in the *queue* of a
//! department, or nobody has it; and it may have an *owner*, the client whose it is:
//!
//! | permission | sees |
//! |---|---|
//! | [`SEE_ALL`] | everything |
//! | [`SEE_TEAM`] | what colleagues of the own teams and department have; what the own teams have; what waits in the queue of the own department or of one below it |
//! | [`SEE_ASSIGNED`] | what one has oneself |
//! | [`SEE_UNASSIGNED`] | what neither a colleague nor a team has and no department's queue holds |
//! | none | a client sees what is theirs |
//!
//! A context names the columns of its table ([`Work`]) and nothing else. Each finder starts from [`Sees`]; lists, `node`,
//! search, counts, loaders and subscriptions all go through the finders, and [`rule`] says for one thing why it is seen.

use sea_orm::{
    ColumnTrait, Condition, DbBackend,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    Cx, Permission,
    cx::UserKind,
    db::any_of,
    id::{ClientId, DepartmentId, StaffId, TeamId},
};

/// Seeing everybody's work.
pub const SEE_ALL: Permission =
    Permission { name: "SEE_ALL", description: "See everybody's work: whatever has an assignee, and what has none." };
/// Seeing the work of one's own teams and department.
pub const SEE_TEAM: Permission = Permission {
    name: "SEE_TEAM",
    description: "See the work that is assigned to colleagues of the own teams and department.",
};
/// Seeing one's own work.
pub const SEE_ASSIGNED: Permission =
    Permission { name: "SEE_ASSIGNED", description: "See the work that is assigned to oneself." };
/// Seeing what nobody has yet.
pub const SEE_UNASSIGNED: Permission =
    Permission { name: "SEE_UNASSIGNED", description: "See the work that nobody has yet." };

/// The permissions of visibility.
pub const PERMISSIONS: &[Permission] = &[SEE_ALL, SEE_TEAM, SEE_ASSIGNED, SEE_UNASSIGNED];

/// What says whose work something is: of a table its columns, of one thing its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work<Assignee, Team = Assignee, Queue = Assignee, Owner = Assignee> {
    /// The colleague who has it.
    pub assignee: Option<Assignee>,
    /// The team that has it.
    pub team: Option<Team>,
    /// The department in whose queue it waits.
    pub queue: Option<Queue>,
    /// The client whose it is.
    pub owner: Option<Owner>,
}

impl<Assignee, Team, Queue, Owner> Default for Work<Assignee, Team, Queue, Owner> {
    /// Nobody's.
    fn default() -> Self {
        Self { assignee: None, team: None, queue: None, owner: None }
    }
}

/// Whose work one thing is.
pub type Holder = Work<StaffId, TeamId, DepartmentId, ClientId>;

impl<Assignee, Team, Queue, Owner> Work<Assignee, Team, Queue, Owner> {
    /// What only a colleague can have.
    pub const fn of(assignee: Assignee) -> Self {
        Self { assignee: Some(assignee), team: None, queue: None, owner: None }
    }

    /// Whether anybody can have it, so that nobody having it means something.
    fn held(&self) -> bool {
        self.assignee.is_some() || self.team.is_some() || self.queue.is_some()
    }
}

/// The work that an actor sees, by who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sees {
    /// All of it.
    All,
    /// Some of it, or none.
    Some(Reach),
}

/// Whose work is seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// What nobody has.
    pub unassigned: bool,
    /// What these colleagues have.
    pub colleagues: Vec<StaffId>,
    /// What these teams have.
    pub teams: Vec<TeamId>,
    /// What waits in the queues of these departments.
    pub queues: Vec<DepartmentId>,
    /// What is this client's.
    pub client: Option<ClientId>,
}

impl Sees {
    /// What the actor sees.
    pub fn of(cx: &Cx) -> Self {
        if cx.can(SEE_ALL) {
            return Self::All;
        }
        let mut reach = Reach { unassigned: cx.can(SEE_UNASSIGNED), ..Reach::default() };
        if let Ok(user) = cx.user() {
            if cx.can(SEE_TEAM) {
                let own = &user.team;
                reach.colleagues.extend(&own.colleagues);
                reach.teams.extend(&own.teams);
                reach.queues.extend(&own.departments);
            }
            if cx.can(SEE_ASSIGNED) {
                reach.colleagues.extend(user.staff_id());
            }
            reach.client = (user.kind == UserKind::Client).then_some(ClientId(user.id.0));
        }
        Self::Some(reach)
    }

    /// Whether there is nothing at all to see of work with these columns.
    pub fn nothing<C>(&self, of: &Work<C>) -> bool {
        let Self::Some(reach) = self else { return false };
        !(reach.unassigned && of.held()
            || of.assignee.is_some() && !reach.colleagues.is_empty()
            || of.team.is_some() && !reach.teams.is_empty()
            || of.queue.is_some() && !reach.queues.is_empty()
            || of.owner.is_some() && reach.client.is_some())
    }

    /// The rows that are seen, by the columns that say whose work they are; each of them may be null.
    pub fn condition<C: ColumnTrait>(&self, backend: DbBackend, of: &Work<C>) -> Condition {
        let Self::Some(reach) = self else { return Condition::all() };
        let mut any = Condition::any();
        if self.nothing(of) {
            return any.add(Expr::val(1).eq(0));
        }
        if reach.unassigned && of.held() {
            let holders = [of.assignee, of.team, of.queue].into_iter().flatten();
            any = any.add(holders.fold(Condition::all(), |all, holder| all.add(holder.is_null())));
        }
        if let Some(assignee) = of.assignee.filter(|_| !reach.colleagues.is_empty()) {
            any = any.add(any_of(backend, assignee, &reach.colleagues));
        }
        if let Some(team) = of.team.filter(|_| !reach.teams.is_empty()) {
            any = any.add(any_of(backend, team, &reach.teams));
        }
        if let Some(queue) = of.queue.filter(|_| !reach.queues.is_empty()) {
            any = any.add(any_of(backend, queue, &reach.queues));
        }
        if let (Some(owner), Some(client)) = (of.owner, reach.client) {
            any = any.add(owner.eq(client));
        }
        any
    }
}

/// Why somebody sees a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// They see everything ([`SEE_ALL`]).
    All,
    /// A colleague of their teams or department has it ([`SEE_TEAM`]).
    Colleague,
    /// A team of theirs has it ([`SEE_TEAM`]).
    Team,
    /// It waits in the queue of their department or of one below it ([`SEE_TEAM`]).
    Queue,
    /// They have it ([`SEE_ASSIGNED`]).
    Assigned,
    /// Nobody has it ([`SEE_UNASSIGNED`]).
    Unassigned,
    /// They are the client whose it is.
    Owner,
}

/// Why the actor sees a thing that is this work, the widest reason first; `None` where they do not. [`Sees`] for one thing.
pub fn rule(cx: &Cx, of: &Holder) -> Option<Rule> {
    if cx.can(SEE_ALL) {
        return Some(Rule::All);
    }
    let user = cx.user().ok();
    if let Some(own) = user.map(|user| &user.team).filter(|_| cx.can(SEE_TEAM)) {
        if of.team.is_some_and(|team| own.teams.contains(&team)) {
            return Some(Rule::Team);
        }
        if of.queue.is_some_and(|queue| own.departments.contains(&queue)) {
            return Some(Rule::Queue);
        }
        if of.assignee.is_some_and(|assignee| own.colleagues.contains(&assignee)) {
            return Some(Rule::Colleague);
        }
    }
    if cx.can(SEE_ASSIGNED) && of.assignee.is_some() && of.assignee == user.and_then(|user| user.staff_id()) {
        return Some(Rule::Assigned);
    }
    if cx.can(SEE_UNASSIGNED) && of.assignee.is_none() && of.team.is_none() && of.queue.is_none() {
        return Some(Rule::Unassigned);
    }
    let client = user.filter(|user| user.kind == UserKind::Client).map(|user| ClientId(user.id.0));
    (client.is_some() && of.owner == client).then_some(Rule::Owner)
}
