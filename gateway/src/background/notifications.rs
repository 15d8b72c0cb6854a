//! Events become notifications: the tenant's events are followed, and whom they concern is told.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use identity::{
    MANAGE_NOTIFICATIONS, Notice, NotificationChannelSwitchedOff, NotificationType, Notifier, Template, Withdrawal,
    records::Invitations,
};
use inbox::{
    ConversationReplyChanged, ConversationReplyStatus, InternalNoteChanged, MessageAssigned, ReplyFailed,
    SocialAccountRefused,
    records::{ConversationReplies, Conversations, MessageReplies, Messages},
};
use kernel::{
    Actor, Conn, Cx, Result, Tenant,
    events::{Event, Outbox, Stored},
    id::{ApiKeyId, InvitationId, RoleId, SessionId, StaffId, TenantId, UserId},
    record::{by_ids, visible_ids},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    background::{
        ai_tasks, conversation_notices, crm, desk_notices, effectiveness, error_notices, exports, lead_notices, media,
        metric_facts, person_exports, retention_notices, sync, ticket_notices,
    },
    wiring::app::App,
};

/// How many events are read at a time.
const READ: u64 = 200;
/// How far this process may be ahead of the stored position without having had anything to tell.
const AHEAD: i64 = 1000;

/// How far this process has looked, tenant by tenant.
#[derive(Default)]
pub struct Positions(Mutex<HashMap<TenantId, i64>>);

impl Positions {
    fn get(&self, tenant: TenantId) -> Option<i64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).copied()
    }

    fn put(&self, tenant: TenantId, position: i64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, position);
    }
}

/// Tells what happened in a tenant since this process last looked. Several processes may do so at a time: the one that
/// stores the position has told, the others find that there is nothing left.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away; then nothing is lost.
pub async fn notify_new(app: &App, tenant: Arc<Tenant>, positions: &Positions) -> Result<()> {
    let cx = &app.system(tenant);
    let id = cx.tenant.id;
    let stored = identity::notified_up_to(&app.db.reader(cx).await?).await?;
    let from = positions.get(id).unwrap_or_default().max(stored);
    positions.put(id, notify_from(app, cx, from, stored, AHEAD).await?);
    Ok(())
}

/// Tells what happened in the tenant of `cx`, and stores the position even where there was nothing to tell: what lies
/// before it can be forgotten.
///
/// # Errors
/// [`kernel::Error::Unavailable`] where the database is away.
pub async fn catch_up(app: &App, cx: &Cx) -> Result<()> {
    let stored = identity::notified_up_to(&app.db.reader(cx).await?).await?;
    notify_from(app, cx, stored, stored, 0).await.map(drop)
}

/// Tells what happened after the event number `from`, with the position stored once it is more than `ahead` before the
/// one that is `stored`; returns how far it came.
async fn notify_from(app: &App, cx: &Cx, mut from: i64, stored: i64, ahead: i64) -> Result<i64> {
    loop {
        let events = Outbox::read(&app.db, cx, from, READ).await?;
        let Some(last) = events.last().and_then(|event| event.sequence) else { return Ok(from) };
        let (mut found, mut gone) = (Vec::new(), Vec::new());
        let tasks = ai_tasks::wanted_of(app, cx, &events).await?;
        for event in &events {
            found.extend(notice(app, cx, event).await?);
            gone.extend(withdrawal(app, cx, event).await?);
            found.extend(conversation_notices::notice(event)?);
            gone.extend(conversation_notices::withdrawal(app, cx, event).await?);
            found.extend(desk_notices::notice(app, cx, event).await?);
            gone.extend(desk_notices::withdrawal(app, cx, event).await?);
            found.extend(ticket_notices::notices(app, cx, event).await?);
            gone.extend(ticket_notices::withdrawals(app, cx, event).await?);
            found.extend(lead_notices::notices(app, cx, event).await?);
            gone.extend(lead_notices::withdrawals(app, cx, event).await?);
            found.extend(crm::notices(app, cx, event).await?);
            found.extend(sync::notices(app, cx, event).await?);
            found.extend(media::notices(app, cx, event).await?);
            found.extend(exports::notice(event)?);
            found.extend(person_exports::notice(event)?);
            found.extend(effectiveness::notice(event)?);
            found.extend(error_notices::notice(app, cx, event).await?);
            found.extend(retention_notices::notice(app, cx, event).await?);
        }
        let leads = &crm::told(&events);
        let counted = &metric_facts::changed(&events)?;
        let failed = &error_notices::errors(&events)?;
        let decided = ai_tasks::decides(&events);
        let something = !found.is_empty() || !gone.is_empty() || !tasks.is_empty() || !leads.is_empty() || decided;
        let something = something || !counted.is_empty() || !failed.is_empty();
        if something || last - stored > ahead {
            let links = app.links_of(cx).await?;
            let (desk, found, gone, tasks) =
                (Notifier { keyring: app.db.keyring(), links: &links }, &found, &gone, &tasks);
            let (usual, events) = (app.ai.usual, &events);
            let told = |tx| async move {
                // Whoever stores the position queues them; those who come later find that they are queued.
                for task in tasks {
                    crm_leads::queue_ai_task(&tx, cx, *task, usual).await?;
                }
                ai_tasks::note_decisions(&tx, cx, events).await?;
                // Told twice, it is noted once.
                crm::note(&tx, cx, leads).await?;
                metric_facts::note(&tx, cx, counted).await?;
                let before = identity::notify(&tx, desk, cx, last, found, gone).await?;
                // Another process may have told some of it meanwhile, and noted it.
                let new: Vec<_> =
                    failed.iter().filter(|(number, _)| *number > before).map(|(_, error)| error.clone()).collect();
                audit::record_errors(&tx, cx, &new).await
            };
            app.db.transact(cx, "notification.create", told).await?;
        }
        from = last;
        if (events.len() as u64) < READ {
            return Ok(from);
        }
    }
}

/// A session was opened, as far as it is of interest here.
#[derive(Deserialize)]
struct SessionOpened {
    session: SessionId,
    user: UserId,
}

/// A person was changed.
#[derive(Deserialize)]
struct PersonUpdated {
    user: UserId,
    new: serde_json::Value,
}

/// A person was changed because they were changed at their provider.
#[derive(Deserialize)]
struct PersonSynced {
    user: UserId,
    /// Events that were there before it was said lack it.
    #[serde(default)]
    role: Option<RoleId>,
}

/// Something happened to how somebody signs in.
#[derive(Deserialize)]
struct OfUser {
    user: UserId,
}

/// An API key was made.
#[derive(Deserialize)]
struct KeyMade {
    key: Key,
}

/// An API key, as far as it is of interest here.
#[derive(Deserialize)]
struct Key {
    id: ApiKeyId,
    user_id: UserId,
}

/// A permission was granted to a colleague, or taken back.
#[derive(Deserialize)]
struct Permitted {
    staff: StaffId,
    permission: String,
}

/// An invitation was accepted.
#[derive(Deserialize)]
struct InvitationAccepted {
    invitation: InvitationId,
    staff: StaffId,
}

/// A role was made or changed.
#[derive(Deserialize)]
struct RoleSaved {
    role: RoleId,
    before: Option<Role>,
    after: Role,
}

/// What a role holds.
#[derive(Deserialize)]
struct Role {
    name: String,
    permissions: Vec<String>,
}

/// What an event tells to whom; `None` where it concerns nobody in particular.
async fn notice(app: &App, cx: &Cx, event: &Stored) -> Result<Option<Notice>> {
    let told = |kind, to: Vec<UserId>, body: String, resource: Option<String>, about: serde_json::Value| {
        let actor = event.actor_id;
        let sequence = event.sequence.unwrap_or_default();
        let correlation = event.correlation_id.clone();
        let metadata = Some(about).filter(|about| !about.is_null());
        Some(Notice { sequence, event: event.id, correlation, kind, to, actor, body, resource, metadata, letter: None })
    };
    Ok(match event.kind.as_str() {
        MessageAssigned::KIND => {
            let MessageAssigned { message, to, .. } = event.decode()?;
            // Who takes a message needs no telling.
            let to = to.map(UserId::from).filter(|to| Some(*to) != event.actor_id);
            let body = "A message was assigned by a colleague.".to_owned();
            let about = json!({ "messageId": message });
            to.and_then(|to| told(NotificationType::MessageAssigned, vec![to], body, Some(message.to_string()), about))
        }
        InternalNoteChanged::KIND => {
            let InternalNoteChanged { note, entity, mentions, .. } = event.decode()?;
            let to: Vec<_> = mentions.into_iter().map(UserId::from).filter(|to| Some(*to) != event.actor_id).collect();
            if to.is_empty() {
                return Ok(None);
            }
            let body = "A colleague mentioned you in an internal note.".to_owned();
            let about = json!({ "internalNoteId": note, "entityId": entity });
            told(NotificationType::Mentioned, to, body, Some(note.to_string()), about)
        }
        ReplyFailed::KIND => {
            let ReplyFailed { message, reply, .. } = event.decode()?;
            let conn = app.db.reader(cx).await?;
            let author =
                by_ids::<MessageReplies>(&conn, cx, &[reply]).await?.remove(&reply).and_then(|it| it.author_id);
            let assignee = by_ids::<Messages>(&conn, cx, &[message]).await?.remove(&message);
            let assignee = assignee.and_then(|it| it.assignee_id).map(UserId::from);
            let to = author.map(UserId::from).into_iter().chain(assignee).collect();
            // What the mail server said often repeats the visitor's address; it stands with the reply, for who may read that.
            let body = "The mail of a reply was given up. The reply says why.".to_owned();
            let about = json!({ "replyId": reply, "messageId": message });
            told(NotificationType::ReplyFailed, to, body, Some(reply.to_string()), about)
        }
        ConversationReplyChanged::KIND => {
            let ConversationReplyChanged { conversation, reply, to, .. } = event.decode()?;
            if to != ConversationReplyStatus::Failed {
                return Ok(None);
            }
            let conn = app.db.reader(cx).await?;
            let found = by_ids::<ConversationReplies>(&conn, cx, &[reply]).await?.remove(&reply);
            let author = found.and_then(|reply| reply.author_id.or(reply.approved_by_id));
            let assignee = by_ids::<Conversations>(&conn, cx, &[conversation]).await?.remove(&conversation);
            let assignee = assignee.and_then(|conversation| conversation.assignee_id);
            let to = author.into_iter().chain(assignee).map(UserId::from).collect();
            let body = "A reply on a social platform was given up. The reply says why.".to_owned();
            let about = json!({ "conversationReplyId": reply, "conversationId": conversation });
            told(NotificationType::ConversationReplyFailed, to, body, Some(reply.to_string()), about)
        }
        SocialAccountRefused::KIND => {
            let SocialAccountRefused { account, status, soon } = event.decode()?;
            let to = identity::holders(&app.db.reader(cx).await?, &app.catalog, inbox::MANAGE_SOCIAL_ACCOUNTS).await?;
            let body = match soon {
                true => "The token of an account on a social platform ends soon. Connect the account again.",
                false => "A social platform takes the company no more. Connect the account again.",
            };
            let about = json!({ "socialAccountId": account, "status": status });
            let kind = NotificationType::SocialAccountRefused;
            told(kind, to, body.to_owned(), Some(account.to_string()), about)
        }
        "person.updated" => {
            let PersonUpdated { user, new } = event.decode()?;
            let body = "Your role was changed.".to_owned();
            let about = |role| json!({ "roleId": role });
            new.get("role_id")
                .and_then(|role| told(NotificationType::AccessChanged, vec![user], body, None, about(role)))
        }
        "external_user.changed" => {
            let PersonSynced { user, role } = event.decode()?;
            let body = "Your role was changed, as your identity provider told.".to_owned();
            role.and_then(|role| {
                told(NotificationType::AccessChanged, vec![user], body, None, json!({ "roleId": role }))
            })
        }
        kind @ ("totp.disabled" | "totp.reset") => {
            let OfUser { user } = event.decode()?;
            let body = match kind {
                "totp.reset" => "Your second factor was taken away by a colleague. Set up another.",
                _ => "Your second factor was given up. If it was not you, choose another password at once.",
            };
            told(NotificationType::AccessChanged, vec![user], body.to_owned(), None, json!({ "hasTotp": false }))
        }
        "api_key.created" => {
            let KeyMade { key: Key { id, user_id } } = event.decode()?;
            let body = "An API key was made that acts for you. If it was not you, revoke it and choose another password at once.";
            let about = json!({ "apiKeyId": id });
            told(NotificationType::AccessChanged, vec![user_id], body.to_owned(), None, about)
        }
        kind @ ("permission.granted" | "permission.revoked") => {
            let Permitted { staff, permission } = event.decode()?;
            let body = match kind {
                "permission.granted" => format!("You were granted the permission {permission}."),
                _ => format!("The permission {permission} was taken back from you."),
            };
            let about = json!({ "permission": permission, "granted": kind == "permission.granted" });
            told(NotificationType::AccessChanged, vec![staff.into()], body, None, about)
        }
        "role.saved" => {
            let RoleSaved { role, before, after } = event.decode()?;
            let changed = before.is_some_and(|before| before.permissions != after.permissions);
            if !changed {
                return Ok(None);
            }
            let to = identity::role_members(&app.db.reader(cx).await?, role).await?;
            let body = format!("The permissions of your role {} were changed.", after.name);
            told(NotificationType::AccessChanged, to, body, Some(role.to_string()), json!({ "roleId": role }))
        }
        "invitation.accepted" => {
            let InvitationAccepted { invitation, staff } = event.decode()?;
            let conn = app.db.reader(cx).await?;
            let found = by_ids::<Invitations>(&conn, cx, &[invitation]).await?.remove(&invitation);
            let to = found.and_then(|found| found.invited_by).into_iter().collect();
            let body = "Somebody whom you invited is a colleague now.".to_owned();
            let about = json!({ "invitationId": invitation, "staffId": staff });
            told(NotificationType::InvitationAccepted, to, body, Some(staff.to_string()), about)
        }
        "session.opened" => signed_in(&app.db.reader(cx).await?, event).await?,
        NotificationChannelSwitchedOff::KIND => {
            let NotificationChannelSwitchedOff { channel, owner } = event.decode()?;
            let to = match owner {
                Some(owner) => vec![owner],
                None => identity::holders(&app.db.reader(cx).await?, &app.catalog, MANAGE_NOTIFICATIONS).await?,
            };
            let body =
                "Deliveries through a channel were given up one after the other. It was switched off; see what its \
                        last deliveries say, correct its address and switch it on again."
                    .to_owned();
            told(
                NotificationType::ChannelSwitchedOff,
                to,
                body,
                Some(channel.to_string()),
                json!({ "channelId": channel }),
            )
        }
        _ => None,
    })
}

/// What an event took out of somebody's sight who may have been told of it; `None` where it took nothing.
async fn withdrawal(app: &App, cx: &Cx, event: &Stored) -> Result<Option<Withdrawal>> {
    if event.kind != MessageAssigned::KIND {
        return Ok(None);
    }
    let MessageAssigned { message, from: Some(from), .. } = event.decode()? else { return Ok(None) };
    let conn = app.db.reader(cx).await?;
    let Some(standing) = identity::standing(&conn, cx, &app.catalog, from.into()).await? else { return Ok(None) };
    let theirs = cx.acting_as(Actor::User(Arc::new(standing.actor)));
    if !visible_ids::<Messages>(&conn, &theirs, &[message]).await?.is_empty() {
        return Ok(None);
    }
    let replies = inbox::reply_ids(&conn, message).await?;
    let notes = inbox::note_ids(&conn, message).await?;
    let within = replies.iter().map(ToString::to_string).chain(notes.iter().map(ToString::to_string));
    let resources = within.chain([message.to_string()]).collect();
    Ok(Some(Withdrawal { sequence: event.sequence.unwrap_or_default(), user: from.into(), resources }))
}

/// A sign-in with a program that the person had not used before.
async fn signed_in(conn: &Conn, event: &Stored) -> Result<Option<Notice>> {
    let SessionOpened { session, user } = event.decode()?;
    let Some((address, agent)) = identity::new_program(conn, session).await? else { return Ok(None) };
    let unknown = || "an unknown place".to_owned();
    let (address, agent) = (address.unwrap_or_else(unknown), agent.unwrap_or_else(|| "an unknown program".to_owned()));
    let at = event.at.format("%-d %B %Y, %H:%M UTC").to_string();
    Ok(Some(Notice {
        sequence: event.sequence.unwrap_or_default(),
        event: event.id,
        correlation: event.correlation_id.clone(),
        kind: NotificationType::NewSignIn,
        to: vec![user],
        actor: None,
        body: format!(
            "Somebody signed in from {address} with {agent}. If it was not you, choose another password at once."
        ),
        resource: Some(session.to_string()),
        metadata: Some(json!({ "sessionId": session, "address": address, "agent": agent })),
        letter: Some((Template::NewSignIn, vec![("at", at), ("address", address), ("agent", agent)])),
    }))
}
