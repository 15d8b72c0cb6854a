//! What people are told of tickets: of what they get, what is said, and where they are mentioned. Nobody is told of what they
//! do not see, nor of what they did themselves.

use std::collections::BTreeSet;

use identity::{Notice, NotificationType, Withdrawal};
use kernel::{
    Conn, Cx, Result,
    events::{Event, Stored},
    id::{StaffId, TeamId, TicketCommentId, TicketId, UserId},
    record::{Record, by_ids, visible_ids},
};
use serde_json::json;
use ticketing::{
    ClockKind, MANAGE_SERVICE_LEVELS, ServiceLevelBreached, ServiceLevelWarned, TicketAssigned, TicketCommentAdded,
    TicketCreated, TicketDue,
    records::{TicketComments, Tickets},
};

use crate::wiring::{app::App, standing::as_active};

/// What an event tells to whom.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn notices(app: &App, cx: &Cx, event: &Stored) -> Result<Vec<Notice>> {
    match event.kind.as_str() {
        TicketCreated::KIND => {
            let TicketCreated { ticket, assignee, team, .. } = event.decode()?;
            assigned(app, cx, event, ticket, assignee, team).await
        }
        TicketAssigned::KIND => {
            let TicketAssigned { ticket, to, to_team, .. } = event.decode()?;
            assigned(app, cx, event, ticket, to, to_team).await
        }
        TicketCommentAdded::KIND => commented(app, cx, event, &event.decode()?).await,
        TicketDue::KIND => {
            let TicketDue { ticket, is_over, .. } = event.decode()?;
            let body = if is_over { "A ticket is past its due date." } else { "A ticket is due soon." };
            timed(app, cx, event, NotificationType::TicketDue, ticket, body).await
        }
        ServiceLevelWarned::KIND => {
            let ServiceLevelWarned { ticket, kind, .. } = event.decode()?;
            let body = format!("The {} of a ticket is nearly over.", time_of(kind));
            timed(app, cx, event, NotificationType::ServiceLevelWarned, ticket, &body).await
        }
        ServiceLevelBreached::KIND => {
            let ServiceLevelBreached { ticket, kind, .. } = event.decode()?;
            let body = format!("The {} of a ticket is over.", time_of(kind));
            timed(app, cx, event, NotificationType::ServiceLevelBreached, ticket, &body).await
        }
        _ => Ok(Vec::new()),
    }
}

async fn assigned(
    app: &App,
    cx: &Cx,
    event: &Stored,
    ticket: TicketId,
    to: Option<StaffId>,
    team: Option<TeamId>,
) -> Result<Vec<Notice>> {
    let conn = app.db.reader(cx).await?;
    let to = holders(&conn, to, team).await?;
    let to = who_see::<Tickets>(app, &conn, cx, event, to, ticket).await?;
    let body = "A ticket was assigned by a colleague.".to_owned();
    Ok(notice(event, NotificationType::TicketAssigned, to, body, ticket, None))
}

/// What a clock measures, in words.
fn time_of(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::FirstResponse => "first response time",
        ClockKind::NextResponse => "next response time",
        ClockKind::Resolution => "resolution time",
        ClockKind::Due => "time",
    }
}

/// That time runs out is told to the colleagues who have a ticket or watch it; where nobody has it, to those who keep service
/// levels. Clients are told nothing of it.
async fn timed(
    app: &App,
    cx: &Cx,
    event: &Stored,
    kind: NotificationType,
    ticket: TicketId,
    body: &str,
) -> Result<Vec<Notice>> {
    let conn = app.db.reader(cx).await?;
    let Some(row) = by_ids::<Tickets>(&conn, cx, &[ticket]).await?.remove(&ticket) else { return Ok(Vec::new()) };
    let mut to = holders(&conn, row.assignee_id, row.team_id).await?;
    // Who has it and does not see it any more, after another role, has it as good as not.
    if see::<Tickets>(app, &conn, cx, to.iter().copied(), ticket).await?.is_empty() {
        to.extend(identity::holders(&conn, &app.catalog, MANAGE_SERVICE_LEVELS).await?);
    }
    to.extend(ticketing::watchers_of_each(&conn, &[ticket]).await?.into_values().flatten());
    let clients = identity::clients_among(&conn, &to.iter().copied().collect::<Vec<_>>()).await?;
    to.retain(|who| !clients.contains(who));
    let to = who_see::<Tickets>(app, &conn, cx, event, to, ticket).await?;
    Ok(notice(event, kind, to, body.to_owned(), ticket, None))
}

async fn commented(app: &App, cx: &Cx, event: &Stored, said: &TicketCommentAdded) -> Result<Vec<Notice>> {
    let conn = app.db.reader(cx).await?;
    let (ticket, comment) = (said.ticket, said.comment);
    let mut mentioned: BTreeSet<UserId> = said.people.iter().copied().collect();
    for team in &said.teams {
        mentioned.extend(identity::active_members(&conn, *team).await?.into_iter().map(UserId::from));
    }
    let mut others = BTreeSet::new();
    if let Some(row) = by_ids::<Tickets>(&conn, cx, &[ticket]).await?.remove(&ticket) {
        others = holders(&conn, row.assignee_id, row.team_id).await?;
        others.extend(row.requester_id.map(UserId::from));
    }
    let watchers = ticketing::watchers_of_each(&conn, &[ticket]).await?;
    others.extend(watchers.into_values().flatten());
    others.retain(|who| !mentioned.contains(who));
    let mentioned = who_see::<TicketComments>(app, &conn, cx, event, mentioned, comment).await?;
    let others = who_see::<TicketComments>(app, &conn, cx, event, others, comment).await?;
    let body = "You were mentioned in a comment on a ticket.".to_owned();
    let mut told = notice(event, NotificationType::TicketMentioned, mentioned, body, ticket, Some(comment));
    let body = "Somebody commented on a ticket.".to_owned();
    told.extend(notice(event, NotificationType::TicketCommented, others, body, ticket, Some(comment)));
    Ok(told)
}

/// Who has a ticket: the colleague, or the members of the team.
async fn holders(conn: &Conn, assignee: Option<StaffId>, team: Option<TeamId>) -> Result<BTreeSet<UserId>> {
    let mut holders: BTreeSet<UserId> = assignee.map(UserId::from).into_iter().collect();
    if let Some(team) = team {
        holders.extend(identity::active_members(conn, team).await?.into_iter().map(UserId::from));
    }
    Ok(holders)
}

/// Those of these people who are active and see a thing, without who did it.
async fn who_see<R: Record>(
    app: &App,
    conn: &Conn,
    cx: &Cx,
    event: &Stored,
    people: BTreeSet<UserId>,
    id: R::Id,
) -> Result<Vec<UserId>> {
    see::<R>(app, conn, cx, people.into_iter().filter(|who| Some(*who) != event.actor_id), id).await
}

/// Those of these people who are active and see a thing.
async fn see<R: Record>(
    app: &App,
    conn: &Conn,
    cx: &Cx,
    people: impl Iterator<Item = UserId>,
    id: R::Id,
) -> Result<Vec<UserId>> {
    let mut see = Vec::new();
    for who in people {
        let Some(theirs) = as_active(conn, cx, &app.catalog, who).await? else { continue };
        if !visible_ids::<R>(conn, &theirs, &[id]).await?.is_empty() {
            see.push(who);
        }
    }
    Ok(see)
}

/// The notice for these people; none where there is nobody.
fn notice(
    event: &Stored,
    kind: NotificationType,
    to: Vec<UserId>,
    body: String,
    ticket: TicketId,
    comment: Option<TicketCommentId>,
) -> Vec<Notice> {
    if to.is_empty() {
        return Vec::new();
    }
    let resource = comment.map_or_else(|| ticket.to_string(), |comment| comment.to_string());
    vec![Notice {
        sequence: event.sequence.unwrap_or_default(),
        event: event.id,
        correlation: event.correlation_id.clone(),
        kind,
        to,
        actor: event.actor_id,
        body,
        resource: Some(resource),
        metadata: Some(json!({ "ticketId": ticket, "commentId": comment })),
        letter: None,
    }]
}

/// What an event took out of people's sight who may have been told of it.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn withdrawals(app: &App, cx: &Cx, event: &Stored) -> Result<Vec<Withdrawal>> {
    if event.kind != TicketAssigned::KIND {
        return Ok(Vec::new());
    }
    let TicketAssigned { ticket, from, from_team, .. } = event.decode()?;
    let conn = app.db.reader(cx).await?;
    let mut gone = Vec::new();
    for user in holders(&conn, from, from_team).await? {
        let theirs = as_active(&conn, cx, &app.catalog, user).await?;
        let sees = match theirs {
            Some(theirs) => !visible_ids::<Tickets>(&conn, &theirs, &[ticket]).await?.is_empty(),
            None => true,
        };
        if !sees {
            let comments = ticketing::comment_ids(&conn, ticket).await?;
            let resources = comments.iter().map(ToString::to_string).chain([ticket.to_string()]).collect();
            gone.push(Withdrawal { sequence: event.sequence.unwrap_or_default(), user, resources });
        }
    }
    Ok(gone)
}
