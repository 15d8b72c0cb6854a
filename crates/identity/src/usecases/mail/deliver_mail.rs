//! A letter goes out.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Db, Result, Tx,
    crypto::Keyring,
    db::Emit,
    id::{NotificationId, UserId},
    jobs::{self, Job, Verdict},
};
use sea_orm::{PaginatorTrait, QuerySelect, entity::prelude::*};

use super::queue_mail::{Content, Opens, open};
use crate::{
    domain::mail::{
        template::{COMPANY, NAME, Template},
        wording::{Rendered, Wording, line},
    },
    ports::mail::{Mail, MailTransport, TransportError},
};
use crate::{
    domain::{
        mail::events::{MailDelivered, MailFailed, MailWithheld},
        sign_in::one_time::{INVITATION, hash_of},
    },
    queries::{
        access::actor::permissions_of,
        access::roles::roles_by_ids,
        mail::{server::trusted_mail_server, wordings::wording},
        settings::company::company_name,
        sign_in::invited,
    },
    store::{
        invitations::invitation::InvitationStatus,
        notifications::{notification, notification_delivery::DeliveryState},
        people::user,
    },
};

/// A mail of a template in the tenant's own wording or the one that it comes with; `None` where it is switched off.
pub(crate) async fn render(
    conn: &Conn,
    cx: &Cx,
    template: Template,
    name: &str,
    variables: &[(&str, &str)],
) -> Result<Option<Rendered>> {
    let worded = wording(conn, template).await?;
    if !worded.is_active && template.can_be_off() {
        return Ok(None);
    }
    render_wording(conn, cx, &worded.wording, name, variables).await.map(Some)
}

/// A mail in this wording.
pub(crate) async fn render_wording(
    conn: &Conn,
    cx: &Cx,
    wording: &Wording,
    name: &str,
    variables: &[(&str, &str)],
) -> Result<Rendered> {
    let company = company_name(conn, cx).await?;
    let mut values: HashMap<&str, &str> = variables.iter().copied().collect();
    values.insert(NAME, name);
    values.insert(COMPANY, &company);
    wording.render(&values)
}

/// A colleague's reply to a visitor of this name, in the company's wording; `None` where it sends none.
///
/// # Errors
/// As reading does.
pub async fn worded_reply(conn: &Conn, cx: &Cx, name: &str, variables: &[(&str, &str)]) -> Result<Option<Rendered>> {
    render(conn, cx, Template::MessageReply, &line(name, 200), variables).await
}

/// A comment on a ticket to a client of this name, in the company's wording; `None` where it sends none.
///
/// # Errors
/// As reading does.
pub async fn worded_comment(conn: &Conn, cx: &Cx, name: &str, variables: &[(&str, &str)]) -> Result<Option<Rendered>> {
    render(conn, cx, Template::TicketComment, &line(name, 200), variables).await
}

/// What somebody may who gets in by a letter.
async fn opened(conn: &Conn, opens: Opens, catalog: &[&str]) -> Result<Vec<String>> {
    match opens {
        Opens::Nothing => Ok(Vec::new()),
        Opens::Account(id) => permissions_of(conn, id, catalog).await,
        Opens::Role(id) => {
            let role = roles_by_ids(conn, &[id], catalog).await?.remove(&id);
            Ok(role.map(|role| role.gives()).unwrap_or_default())
        }
    }
}

/// Whether what a letter is about has gone since it was queued: the access of whom it is to, the notification that it tells of, the
/// invitation that it takes.
async fn is_gone(
    conn: &Conn,
    cx: &Cx,
    template: Template,
    letter: &Content,
    notification: Option<NotificationId>,
) -> Result<bool> {
    if template == Template::Invitation {
        let link = letter.variables.iter().find(|(name, _)| name == "link");
        let token = link.and_then(|(_, link)| link.rsplit_once("#token="));
        let invited = match token.and_then(|(_, token)| hash_of(token, INVITATION)) {
            Some(hash) => invited(conn, &hash).await?,
            None => None,
        };
        return Ok(invited.is_none_or(|invited| invited.status(cx.now) != InvitationStatus::Pending));
    }
    let to = match (letter.opens, notification) {
        (Opens::Account(user), _) => user,
        (_, Some(id)) => {
            let told = notification::Entity::find_by_id(id).select_only().column(notification::Column::UserId);
            let Some(to) = told.into_tuple().one(conn).await? else { return Ok(true) };
            to
        }
        _ => return Ok(false),
    };
    let inactive = user::Entity::find_by_id::<UserId>(to).filter(user::Column::IsActive.eq(false));
    Ok(inactive.count(conn).await? > 0)
}

/// Delivers the letter of a job and notes what came of it.
///
/// The mail goes out between two transactions, so a crash after the server took it and before that was noted sends it
/// again, under the same Message-ID. What fails is tried again with backoff; what never can go out, or has failed too
/// often, is given up with an event and a dead job.
///
/// A letter that the company has switched off is not sent, nor one to somebody who was deactivated while it waited, nor an
/// invitation that was revoked, accepted or sent again with another link; that is noted.
///
/// What lets in somebody who may more than whoever set the company's mail server goes through the installation's own, so
/// that nobody reads it who set that server for it.
pub async fn deliver_mail(
    db: &Db,
    post: &dyn MailTransport,
    keyring: &Keyring,
    cx: &Cx,
    catalog: &[&str],
    job: &Job,
) -> Result<()> {
    let (template, letter, notification) = open(cx, keyring, job)?;
    let conn = db.reader(cx).await?;
    let name = line(letter.name.as_deref().unwrap_or_default(), 200);
    let variables: Vec<_> = letter.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let shown = if name.is_empty() { &letter.to } else { &name };
    let rendered = match is_gone(&conn, cx, template, &letter, notification).await? {
        true => None,
        false => render(&conn, cx, template, shown, &variables).await?,
    };
    let Some(rendered) = rendered else {
        drop(conn);
        let to = &letter.to;
        let withhold = |tx: Tx| async move {
            jobs::finish(&tx, job).await?;
            note(&tx, notification, None, None).await?;
            tx.emit(cx, &MailWithheld { letter: job.id, template, to: to.clone() });
            Ok(())
        };
        return db.transact(cx, "letter.deliver", withhold).await;
    };
    let opens = if template.lets_in() { opened(&conn, letter.opens, catalog).await? } else { Vec::new() };
    let server = trusted_mail_server(&conn, cx, keyring, &opens).await?;
    drop(conn);
    let ended_at = template.ended_by().and_then(|by| letter.variables.iter().find(|(name, _)| name == by));
    let ended_at = ended_at.map(|(_, link)| link.clone());
    let mail = Mail { name, to: letter.to, rendered, id: job.id.to_string(), attachment: letter.attachment, ended_at };
    let sent = &post.send(server.as_ref(), &mail).await;
    let to = &mail.to;
    db.transact(cx, "letter.deliver", |tx| async move {
        match sent {
            Ok(()) => {
                jobs::finish(&tx, job).await?;
                note(&tx, notification, Some(DeliveryState::Sent), None).await?;
                tx.emit(cx, &MailDelivered { letter: job.id, template, to: to.clone() });
            }
            Err(error) => {
                let why: String = error.to_string().chars().take(500).collect();
                let verdict = jobs::fail(&tx, cx, job, &why, matches!(error, TransportError::Never(_))).await?;
                let state = if verdict == Verdict::Dead { DeliveryState::Failed } else { DeliveryState::Pending };
                note(&tx, notification, Some(state), Some(&why)).await?;
                if verdict == Verdict::Dead {
                    tx.emit(cx, &MailFailed { letter: job.id, template, to: to.clone(), error: why });
                }
            }
        }
        Ok(())
    })
    .await
}

/// Notes with a notification where its mail stands, or that there is none.
async fn note(tx: &Tx, id: Option<NotificationId>, state: Option<DeliveryState>, error: Option<&str>) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    // One that was read and removed meanwhile has nobody to show it to.
    notification::Entity::update_many()
        .col_expr(notification::Column::MailState, Expr::value(state))
        .col_expr(notification::Column::MailError, Expr::value(error))
        .filter(notification::Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}
