//! People are told what happened: events become notifications, and these letters and cards.

use std::collections::{HashMap, HashSet};

use kernel::{
    Cx, Error, Result, Tx,
    crypto::Keyring,
    db::{Emit, any_of},
    id::{NotificationDeliveryId, NotificationId, UserId},
    jobs::Enqueue,
};
use sea_orm::{
    ActiveValue::Set, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, entity::prelude::*,
    sea_query::OnConflict,
};

use super::deliver_notification::DeliverNotification;
use crate::{
    domain::{
        mail::links::Links,
        notifications::{
            events::{NotificationCreated, NotificationsRead},
            notification::{BODY, Notice, Withdrawal},
        },
        people::person::Person,
    },
    mail::{Opens, Template, TemplatedMail, queue_mail_of},
    queries::notifications::{channels::Channel, feed::Preference},
    store::{
        notifications::{
            notification, notification_channel as channel, notification_delivery as delivery,
            notification_position as position, notification_preference as preference,
        },
        people::user,
    },
};

/// What telling needs beside the transaction.
#[derive(Clone, Copy)]
pub struct Notifier<'a> {
    /// The keys for letters.
    pub keyring: &'a Keyring,
    /// What a letter leads to.
    pub links: &'a Links,
}

/// Up to where the events were turned into notifications.
pub async fn notified_up_to(conn: &kernel::Conn) -> Result<i64> {
    let row = position::Entity::find_by_id(1).one(conn).await?;
    row.map(|row| row.sequence).ok_or_else(|| Error::internal("notification_position has no row"))
}

/// Tells people what happened up to the event number `upto`, and takes back what they may see no more. Of several processes that follow the events, whoever comes
/// first tells; the position is stored with what was told, so a crash leaves nothing out and repeats nothing. Returns up to which event it was
/// told before.
///
/// For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn notify(
    tx: &Tx,
    post: Notifier<'_>,
    cx: &Cx,
    upto: i64,
    notices: &[Notice],
    withdrawals: &[Withdrawal],
) -> Result<i64> {
    let held = position::Entity::find_by_id(1)
        .lock_exclusive()
        .one(tx.conn())
        .await?
        .ok_or_else(|| Error::internal("notification_position has no row"))?;
    if held.sequence >= upto {
        return Ok(held.sequence);
    }
    for notice in notices.iter().filter(|notice| notice.sequence > held.sequence) {
        // What comes of an event is a part of what the event came of.
        let cx = &cx.clone().correlated(notice.correlation.as_deref());
        notify_one(tx, post, cx, notice).await?;
    }
    // After what was told: a thing may come and go between two looks.
    for withdrawal in withdrawals.iter().filter(|withdrawal| withdrawal.sequence > held.sequence) {
        withdraw(tx, cx, withdrawal).await?;
    }
    position::Entity::update(position::ActiveModel { id: Set(1), sequence: Set(upto) }).exec(tx.conn()).await?;
    Ok(held.sequence)
}

/// Marks as read what somebody was told of things that they may see no more.
async fn withdraw(tx: &Tx, cx: &Cx, withdrawal: &Withdrawal) -> Result<()> {
    let unread = notification::Entity::find()
        .select_only()
        .column(notification::Column::Id)
        .filter(notification::Column::UserId.eq(withdrawal.user))
        .filter(notification::Column::ReadAt.is_null())
        .filter(notification::Column::Resource.is_in(&withdrawal.resources));
    let ids: Vec<NotificationId> = unread.into_tuple().all(tx.conn()).await?;
    if ids.is_empty() {
        return Ok(());
    }
    let read = notification::Entity::update_many()
        .col_expr(notification::Column::ReadAt, Expr::value(cx.now))
        .filter(any_of(tx.conn().get_database_backend(), notification::Column::Id, &ids))
        .filter(notification::Column::ReadAt.is_null());
    let count = read.exec(tx.conn()).await?.rows_affected;
    tx.emit(cx, &NotificationsRead { user: withdrawal.user, notifications: Some(ids), count });
    Ok(())
}

async fn notify_one(tx: &Tx, post: Notifier<'_>, cx: &Cx, notice: &Notice) -> Result<()> {
    let conn = tx.conn();
    let people = recipients(tx, notice).await?;
    if people.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = people.iter().map(|person| person.id).collect();
    let decided: HashMap<UserId, Preference> = preference::Entity::find()
        .filter(preference::Column::Kind.eq(notice.kind))
        .filter(any_of(conn.get_database_backend(), preference::Column::UserId, &ids))
        .all(conn)
        .await?
        .into_iter()
        .map(|row| (row.user_id, Preference { kind: row.kind, email: row.email, teams: row.teams }))
        .collect();
    let takers = takers(tx, notice, &ids).await?;
    let mut first = None;
    for person in &people {
        let wants = decided.get(&person.id).copied().unwrap_or_else(|| Preference::usual(notice.kind));
        let Some(id) = add(tx, cx, notice, person.id, wants.email).await? else { continue };
        first = first.or(Some(id));
        if wants.email {
            queue_mail_of(tx, cx, post.keyring, &letter(post, notice, person), Some(id)).await?;
        }
        if wants.teams {
            for channel in takers.iter().filter(|channel| channel.owner_id == Some(person.id)) {
                deliver(tx, cx, notice, id, channel).await?;
            }
        }
    }
    // What the company's channels take is the company's to decide, and one card is enough for all who are told.
    if let Some(id) = first {
        for channel in takers.iter().filter(|channel| channel.owner_id.is_none()) {
            deliver(tx, cx, notice, id, channel).await?;
        }
    }
    Ok(())
}

/// What a letter about a notice says.
fn letter(post: Notifier<'_>, notice: &Notice, person: &Person) -> TemplatedMail {
    let (template, variables) = notice.letter.clone().unwrap_or_else(|| {
        let title = notice.kind.declared().title.to_owned();
        let variables = vec![("title", title), ("content", notice.body.clone()), ("link", post.links.home())];
        (Template::Notification, variables)
    });
    let name = person.email_verified_at.map(|_| person.name.clone());
    TemplatedMail { to: person.email.clone(), name, template, variables, opens: Opens::Nothing }
}

/// Those to be told who are here and active, once each.
async fn recipients(tx: &Tx, notice: &Notice) -> Result<Vec<Person>> {
    let ids: Vec<_> = notice.to.iter().copied().collect::<HashSet<_>>().into_iter().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(user::Entity::find()
        .filter(any_of(tx.conn().get_database_backend(), user::Column::Id, &ids))
        .filter(user::Column::IsActive.eq(true))
        .into_partial_model::<Person>()
        .all(tx.conn())
        .await?)
}

/// The channels that take a notice for these people.
async fn takers(tx: &Tx, notice: &Notice, people: &[UserId]) -> Result<Vec<Channel>> {
    let whose = Condition::any().add(channel::Column::OwnerId.is_null()).add(any_of(
        tx.conn().get_database_backend(),
        channel::Column::OwnerId,
        people,
    ));
    let active = channel::Entity::find().filter(channel::Column::IsActive.eq(true)).filter(whose);
    let channels = active.into_partial_model::<Channel>().all(tx.conn()).await?;
    Ok(channels.into_iter().filter(|channel| channel.takes(notice.kind)).collect())
}

/// Adds a notification, mailed or not; `None` where the person was told already.
async fn add(tx: &Tx, cx: &Cx, notice: &Notice, user: UserId, mailed: bool) -> Result<Option<NotificationId>> {
    let id = cx.new_id();
    let declared = notice.kind.declared();
    let row = notification::ActiveModel {
        id: Set(id),
        user_id: Set(user),
        kind: Set(notice.kind),
        level: Set(declared.level),
        title: Set(declared.title.into()),
        body: Set(notice.body.chars().filter(|c| *c != '\0').take(BODY).collect()),
        resource: Set(notice.resource.clone()),
        metadata: Set(notice.metadata.clone()),
        actor_id: Set(notice.actor),
        event_id: Set(notice.event),
        created_at: Set(cx.now),
        read_at: Set(None),
        mail_state: Set(mailed.then_some(delivery::DeliveryState::Pending)),
        mail_error: Set(None),
    };
    let added = notification::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    if added == 0 {
        return Ok(None);
    }
    tx.emit(cx, &NotificationCreated { notification: id, user, kind: notice.kind });
    Ok(Some(id))
}

/// Queues a card for a channel; one for each event.
async fn deliver(tx: &Tx, cx: &Cx, notice: &Notice, notification: NotificationId, channel: &Channel) -> Result<()> {
    let id: NotificationDeliveryId = cx.new_id();
    let row = delivery::ActiveModel {
        id: Set(id),
        notification_id: Set(notification),
        channel_id: Set(channel.id),
        event_id: Set(notice.event),
        state: Set(delivery::DeliveryState::Pending),
        attempts: Set(0),
        last_error: Set(None),
        next_try_at: Set(Some(cx.now)),
        sent_at: Set(None),
        created_at: Set(cx.now),
    };
    let queued = delivery::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx.conn())
        .await?;
    if queued == 1 {
        tx.enqueue(cx, &DeliverNotification { delivery: id }).await?;
    }
    Ok(())
}
