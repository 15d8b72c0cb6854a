//! A card goes to a channel.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Conn, Cx, Db, Error, Result, Tx,
    db::Emit,
    id::{NotificationChannelId, NotificationDeliveryId},
    jobs::{self, Job, Verdict, Work},
};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Statement,
    entity::prelude::*,
};
use serde::{Deserialize, Serialize};

use super::save_notification_channel::open_address;
use crate::{
    domain::notifications::{
        card::Card,
        events::{NotificationChannelSwitchedOff, NotificationDeliveryFailed},
        notification::GIVEN_UP_AT_MOST,
        webhook::{PostError, WebhookRules},
    },
    ports::Cards,
    store::{
        notifications::{
            notification, notification_channel as channel,
            notification_delivery::{self as delivery, DeliveryState},
        },
        people::user,
    },
};

/// The time between two cards for one channel: Teams takes four a second. Longer windows (60 in 30 s, 100 an hour) were
/// documented for Office connectors, which are no more; what a workflow does not want now it says by `Retry-After`.
const APART: i64 = 250;
/// The longest time that a worker waits for its turn; a job that must wait longer goes back to the queue.
const WAIT: TimeDelta = TimeDelta::seconds(3);

/// The job: deliver this.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliverNotification {
    /// The delivery.
    pub delivery: NotificationDeliveryId,
}

impl Work for DeliverNotification {
    const KIND: &'static str = "identity.deliver_notification";
}

/// What a delivery needs.
struct Parcel {
    delivery: delivery::Model,
    notification: notification::Model,
    channel: channel::Model,
    /// The name of whom it is for, where the channel is the company's.
    to: Option<String>,
    /// Whether it is for somebody's own channel who was deactivated meanwhile.
    is_nobodys: bool,
}

/// Posts the card of a delivery and notes what came of it.
///
/// The card goes out between two transactions, so a crash after the other side took it and before we noted that sends it
/// again, under the same id. Nothing else can repeat it: the job is leased to one worker at a time.
pub async fn deliver_notification(db: &Db, cards: &dyn Cards, rules: &WebhookRules, cx: &Cx, job: &Job) -> Result<()> {
    let work: DeliverNotification = job.work()?;
    let Some(parcel) = parcel(&db.reader(cx).await?, work.delivery).await? else {
        return db.transact(cx, "notification.deliver", |tx| async move { jobs::finish(&tx, job).await }).await;
    };
    let posted = if parcel.is_nobodys {
        Err(PostError::Never("whose channel it is was deactivated".into()))
    } else if parcel.channel.is_active {
        match turn(db, cx, job, parcel.channel.id).await? {
            Some(wait) => tokio::time::sleep(wait).await,
            None => return Ok(()),
        }
        post(db, cards, rules, cx, &parcel).await?
    } else {
        Err(PostError::Never("the channel is switched off".into()))
    };
    let cx = &cx.at_present();
    let (posted, parcel) = (&posted, &parcel);
    db.transact(cx, "notification.deliver", |tx| async move {
        match posted {
            Ok(()) => {
                jobs::finish(&tx, job).await?;
                sent(&tx, cx, parcel, job.attempts).await
            }
            Err(error) => failed(&tx, cx, job, parcel, error).await,
        }
    })
    .await
}

async fn parcel(conn: &Conn, id: NotificationDeliveryId) -> Result<Option<Parcel>> {
    let Some(delivery) = delivery::Entity::find_by_id(id).one(conn).await? else { return Ok(None) };
    if delivery.state != DeliveryState::Pending {
        return Ok(None);
    }
    let notification = notification::Entity::find_by_id(delivery.notification_id).one(conn).await?;
    let channel = channel::Entity::find_by_id(delivery.channel_id).one(conn).await?;
    let (Some(notification), Some(channel)) = (notification, channel) else { return Ok(None) };
    let person = user::Entity::find_by_id(notification.user_id).one(conn).await?;
    let is_own = channel.owner_id.is_some();
    let is_nobodys = is_own && !person.as_ref().is_some_and(|person| person.is_active);
    let to = person.filter(|_| !is_own).map(|person| person.name);
    Ok(Some(Parcel { delivery, notification, channel, to, is_nobodys }))
}

async fn post(
    db: &Db,
    cards: &dyn Cards,
    rules: &WebhookRules,
    cx: &Cx,
    parcel: &Parcel,
) -> Result<Result<(), PostError>> {
    let address = open_address(db.keyring(), parcel.channel.id, &parcel.channel.url)?;
    // The rules may have become stricter since it was given.
    let webhook = match rules.check(&address) {
        Ok(webhook) => webhook,
        Err(error) => return Ok(Err(PostError::Never(format!("the address is not taken any more: {error}")))),
    };
    let card = Card {
        title: &parcel.notification.title,
        body: &parcel.notification.body,
        level: parcel.notification.level,
        to: parcel.to.as_deref(),
        company: &cx.tenant.name,
        at: parcel.notification.created_at,
    };
    Ok(cards.post(&webhook, &parcel.delivery.id.to_string(), cx.correlation_id(), card.message()).await)
}

/// Takes the channel's next free moment and returns how long it is until then, however many processes post to it; `None`
/// where that is long, and the job was put back.
async fn turn(db: &Db, cx: &Cx, job: &Job, id: NotificationChannelId) -> Result<Option<Duration>> {
    let conn = db.bookkeeping(cx).await?;
    let now = cx.now.timestamp_millis();
    let free = slot(&conn, id, now, APART).await? - APART;
    let wait = TimeDelta::milliseconds((free - now).max(0));
    if wait <= WAIT {
        return Ok(Some(wait.to_std().unwrap_or_default()));
    }
    slot(&conn, id, 0, -APART).await?;
    jobs::put_back(&conn, job, cx.now + wait).await?;
    Ok(None)
}

/// Moves the next free moment: to `now` where it is earlier, and then by `more`. Returns where it is then.
async fn slot(conn: &Conn, id: NotificationChannelId, now: i64, more: i64) -> Result<i64> {
    let row = conn
        .query_one_raw(Statement::from_sql_and_values(
            conn.get_database_backend(),
            r#"UPDATE "~tenant"."notification_channels"
               SET "next_slot" = CASE WHEN "next_slot" > $1 THEN "next_slot" ELSE $1 END + $2
               WHERE "id" = $3 RETURNING "next_slot" AS "next_slot""#,
            [now.into(), more.into(), id.into()],
        ))
        .await?
        .ok_or_else(|| Error::internal("a channel is gone"))?;
    Ok(row.try_get("", "next_slot")?)
}

async fn sent(tx: &Tx, cx: &Cx, parcel: &Parcel, attempts: i32) -> Result<()> {
    let row = delivery::ActiveModel {
        id: Set(parcel.delivery.id),
        state: Set(DeliveryState::Sent),
        attempts: Set(attempts),
        last_error: Set(None),
        next_try_at: Set(None),
        sent_at: Set(Some(cx.now)),
        ..Default::default()
    };
    delivery::Entity::update(row).exec(tx.conn()).await?;
    channel::Entity::update_many()
        .col_expr(channel::Column::Failures, Expr::value(0))
        .filter(channel::Column::Id.eq(parcel.channel.id))
        .filter(channel::Column::Failures.ne(0))
        .exec(tx.conn())
        .await?;
    Ok(())
}

async fn failed(tx: &Tx, cx: &Cx, job: &Job, parcel: &Parcel, error: &PostError) -> Result<()> {
    let why: String = error.to_string().chars().take(500).collect();
    let verdict = match error {
        PostError::Later(_, Some(pause)) => {
            let until = cx.now + *pause;
            // The others need not ask to hear the same.
            slot(tx.conn(), parcel.channel.id, until.timestamp_millis(), 0).await?;
            jobs::fail_until(tx, cx, job, &why, until).await?
        }
        PostError::Later(_, None) => jobs::fail(tx, cx, job, &why, false).await?,
        PostError::Never(_) | PostError::Gone(_) => jobs::fail(tx, cx, job, &why, true).await?,
    };
    let (state, next_try_at): (_, Option<DateTime<Utc>>) = match verdict {
        Verdict::Again(at) => (DeliveryState::Pending, Some(at)),
        Verdict::Dead => (DeliveryState::Failed, None),
    };
    let row = delivery::ActiveModel {
        id: Set(parcel.delivery.id),
        state: Set(state),
        attempts: Set(job.attempts),
        last_error: Set(Some(why.clone())),
        next_try_at: Set(next_try_at),
        ..Default::default()
    };
    delivery::Entity::update(row).exec(tx.conn()).await?;
    if verdict == Verdict::Dead {
        tx.emit(
            cx,
            &NotificationDeliveryFailed {
                delivery: parcel.delivery.id,
                channel: parcel.channel.id,
                error: why.clone(),
            },
        );
        given_up(tx, cx, parcel.channel.id, why, matches!(error, PostError::Gone(_))).await?;
    }
    Ok(())
}

/// Counts a delivery that was given up, and switches the channel off when it is one too many or the webhook is gone.
async fn given_up(tx: &Tx, cx: &Cx, id: NotificationChannelId, why: String, gone: bool) -> Result<()> {
    let Some(row) = channel::Entity::find_by_id(id).lock_exclusive().one(tx.conn()).await? else { return Ok(()) };
    if !row.is_active {
        return Ok(());
    }
    let (owner, failures) = (row.owner_id, row.failures + 1);
    let mut row = row.into_active_model();
    row.failures = Set(failures);
    row.last_error = Set(Some(why));
    if gone || failures >= GIVEN_UP_AT_MOST {
        row.is_active = Set(false);
        row.switched_off_at = Set(Some(cx.now));
        row.updated_at = Set(cx.now);
        tx.emit(cx, &NotificationChannelSwitchedOff { channel: id, owner });
    }
    channel::Entity::update(row).exec(tx.conn()).await?;
    Ok(())
}
