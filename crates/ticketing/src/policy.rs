//! Who may see and do what with the work that we owe.

use kernel::{
    Cx, Error, Permission, Result,
    cx::UserKind,
    db::any_of,
    id::{ClientId, UserId},
    visibility::{Holder, Sees, Work, rule},
};
use sea_orm::{ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::store::{
    help::{
        category,
        document::{self, HelpAudience},
        guide,
    },
    projects::project,
    ticket::{Column, Model as Ticket},
};

/// Seeing tickets.
pub const VIEW_TICKETS: Permission =
    Permission { name: "VIEW_TICKETS", description: "See tickets, what is said on them and what happens to them." };
/// Working on tickets.
pub const MANAGE_TICKETS: Permission =
    Permission { name: "MANAGE_TICKETS", description: "Make tickets, change, assign, merge and answer them." };
/// Seeing projects.
pub const VIEW_PROJECTS: Permission =
    Permission { name: "VIEW_PROJECTS", description: "See the projects of all clients." };
/// Keeping projects.
pub const MANAGE_PROJECTS: Permission =
    Permission { name: "MANAGE_PROJECTS", description: "Keep projects: make, approve, change and move them." };

/// Keeping service levels.
pub const MANAGE_SERVICE_LEVELS: Permission = Permission {
    name: "MANAGE_SERVICE_LEVELS",
    description: "Keep service levels: within what time tickets are answered and resolved.",
};

/// Asking the assistant.
pub const USE_ASSISTANT: Permission = Permission {
    name: "USE_ASSISTANT",
    description: "Ask the assistant, which answers from the guides and help documents that one may see.",
};
/// Seeing what the help centre does not show yet, or shows colleagues only.
pub const VIEW_HELP: Permission = Permission {
    name: "VIEW_HELP",
    description: "See drafts of guides and all help documents, also those for colleagues.",
};
/// Keeping the help centre.
pub const MANAGE_HELP: Permission =
    Permission { name: "MANAGE_HELP", description: "Keep the help centre: categories, guides and help documents." };

/// The permissions of this context.
pub const PERMISSIONS: &[Permission] = &[
    VIEW_TICKETS,
    MANAGE_TICKETS,
    MANAGE_SERVICE_LEVELS,
    VIEW_PROJECTS,
    MANAGE_PROJECTS,
    VIEW_HELP,
    MANAGE_HELP,
    USE_ASSISTANT,
];

/// What says whose work a ticket is.
const WORK: Work<Column> = Work {
    assignee: Some(Column::AssigneeId),
    team: Some(Column::TeamId),
    queue: None,
    owner: Some(Column::RequesterId),
};

/// Whether the actor is a client, who sees what is theirs and needs no permission for it.
pub fn is_client(cx: &Cx) -> bool {
    cx.user().is_ok_and(|user| user.kind == UserKind::Client)
}

/// The clients of the actor's company whose tickets they see too.
fn of_company(cx: &Cx) -> &[ClientId] {
    cx.user().map(|user| user.team.company.as_slice()).unwrap_or_default()
}

/// What the actor sees of all tickets; `None` where that is nothing.
pub fn sees_tickets(cx: &Cx) -> Option<Sees> {
    if !is_client(cx) && !cx.can(VIEW_TICKETS) {
        return None;
    }
    Some(Sees::of(cx)).filter(|sees| !sees.nothing(&WORK))
}

/// The tickets that the actor may see, as a condition that every finder starts from; `None` where there are none.
pub fn visible_tickets(cx: &Cx, backend: DbBackend) -> Option<Condition> {
    let sees = sees_tickets(cx)?;
    let own = sees.condition(backend, &WORK);
    let company = of_company(cx);
    if company.is_empty() {
        return Some(own);
    }
    Some(Condition::any().add(own).add(any_of(backend, Column::RequesterId, company)))
}

/// Whether the actor would see a ticket that is such work.
pub fn would_see(cx: &Cx, ticket: &Holder) -> bool {
    let company = || ticket.owner.is_some_and(|owner| of_company(cx).contains(&owner));
    (is_client(cx) || cx.can(VIEW_TICKETS)) && (rule(cx, ticket).is_some() || company())
}

/// The client who acts, if one does.
pub fn client(cx: &Cx) -> Option<ClientId> {
    cx.user().ok().filter(|user| user.kind == UserKind::Client).map(|user| ClientId(user.id.0))
}

/// Refuses who may change no ticket, and returns the client who acts where it is one: they change their own.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Forbidden`] without [`MANAGE_TICKETS`].
pub(crate) fn writes_tickets(cx: &Cx) -> Result<Option<ClientId>> {
    match client(cx) {
        None => cx.require(MANAGE_TICKETS).map(|()| None),
        client => Ok(client),
    }
}

/// Refuses a client what is another's, though they may see it.
///
/// # Errors
/// [`Error::Forbidden`].
pub(crate) fn is_theirs(client: Option<ClientId>, ticket: &Ticket) -> Result<()> {
    if client.is_none() || ticket.requester_id == client {
        return Ok(());
    }
    Err(Error::Forbidden { permission: MANAGE_TICKETS.name })
}

/// Refuses whoever may neither keep projects nor is a client, who asks for their own.
pub(crate) fn works_on_projects(cx: &Cx) -> Result<()> {
    if is_client(cx) { Ok(()) } else { cx.require(MANAGE_PROJECTS) }
}

/// Whether the actor sees the policies of service levels: colleagues who see tickets, and who keep policies.
pub(crate) fn sees_policies(cx: &Cx) -> bool {
    !is_client(cx) && (cx.can(VIEW_TICKETS) || cx.can(MANAGE_SERVICE_LEVELS))
}

/// The projects that the actor may see; `None` where there are none. A client sees their own and no other, whatever they hold.
pub fn visible_projects(cx: &Cx) -> Option<Condition> {
    match client(cx) {
        Some(own) => Some(Condition::all().add(project::Column::ClientId.eq(own))),
        None => cx.can(VIEW_PROJECTS).then(Condition::all),
    }
}

/// Whose conversations with the assistant the actor sees: their own. No permission shows anybody else's, and a key sees none.
pub fn own_conversations(cx: &Cx) -> Option<UserId> {
    cx.user().ok().filter(|user| user.api_key.is_none()).map(|user| user.id)
}

/// Refuses who does not speak with the assistant for themselves, in a session of their own.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Duty`]; [`Error::Forbidden`] for an API key.
pub fn asks_for_themselves(cx: &Cx) -> Result<UserId> {
    let user = cx.user()?;
    cx.in_session()?;
    Ok(user.id)
}

/// Refuses who may not ask the assistant: a colleague takes [`USE_ASSISTANT`], a client a company that lets clients ask.
///
/// # Errors
/// As [`asks_for_themselves`]; [`Error::Forbidden`].
pub fn asks(cx: &Cx, for_clients: bool) -> Result<UserId> {
    let asker = asks_for_themselves(cx)?;
    match still_asks(cx, for_clients) {
        true => Ok(asker),
        false => Err(Error::Forbidden { permission: USE_ASSISTANT.name }),
    }
}

/// Whether somebody whose question was taken may still get an answer.
pub fn still_asks(cx: &Cx, for_clients: bool) -> bool {
    if is_client(cx) { for_clients } else { cx.can(USE_ASSISTANT) }
}

/// Whether the actor keeps the help centre.
pub(crate) fn keeps_help(cx: &Cx) -> bool {
    !is_client(cx) && cx.can(MANAGE_HELP)
}

/// Whether the actor sees the help centre as those do who keep it: drafts, and what is for colleagues.
pub(crate) fn sees_all_help(cx: &Cx) -> bool {
    keeps_help(cx) || !is_client(cx) && cx.can(VIEW_HELP)
}

/// The categories that are shown.
fn shown_categories() -> sea_orm::sea_query::SelectStatement {
    let active = category::Entity::find().select_only().column(category::Column::Id);
    active.filter(category::Column::IsActive.eq(true)).into_query()
}

/// The guides that the actor may see: what is published under a category that is shown, and everything to who keeps them.
pub fn visible_guides(cx: &Cx) -> Condition {
    if sees_all_help(cx) {
        return Condition::all();
    }
    let published = guide::Column::IsPublished.eq(true);
    Condition::all().add(published).add(guide::Column::CategoryId.in_subquery(shown_categories()))
}

/// The documents that the actor may see: what is published for such as they, and everything to who keeps them. What was removed
/// nobody sees.
pub fn visible_documents(cx: &Cx) -> Condition {
    let there = Condition::all().add(document::Column::RemovedAt.is_null());
    if sees_all_help(cx) {
        return there;
    }
    let audience =
        if is_client(cx) { &[HelpAudience::Clients, HelpAudience::Everyone][..] } else { &[HelpAudience::Everyone] };
    let category = document::Column::CategoryId;
    there
        .add(document::Column::IsPublished.eq(true))
        .add(document::Column::Audience.is_in(audience.iter().copied()))
        .add(Condition::any().add(category.is_null()).add(category.in_subquery(shown_categories())))
}
