//! A delivery that was given up is tried again.

use kernel::{Cx, Error, ProblemCode, Result, Tx, db::Emit, id::NotificationDeliveryId, jobs::Enqueue};
use sea_orm::{ActiveValue::Set, EntityTrait, IntoActiveModel, QuerySelect};

use super::deliver_notification::DeliverNotification;
use crate::{
    domain::notifications::events::NotificationDeliveryRetried,
    policy::MANAGE_NOTIFICATIONS,
    store::notifications::{
        notification_channel as channel,
        notification_delivery::{DeliveryState, Entity, Model},
    },
};

/// Queues a delivery again, under the id that it had.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for one that was not given up, or whose channel is switched off.
pub async fn retry_notification_delivery(tx: &Tx, cx: &Cx, id: NotificationDeliveryId) -> Result<Model> {
    cx.require(MANAGE_NOTIFICATIONS)?;
    let found = Entity::find_by_id(id).lock_exclusive().one(tx.conn()).await?;
    let mut delivery = found.ok_or(Error::NotFound { what: "NotificationDelivery" })?;
    let refused = |message: &str| Err(Error::invalid("deliveryId", ProblemCode::NotAllowed, message));
    if delivery.state != DeliveryState::Failed {
        return refused("only a delivery that was given up can be tried again");
    }
    let channel = channel::Entity::find_by_id(delivery.channel_id).one(tx.conn()).await?;
    if !channel.is_some_and(|channel| channel.is_active) {
        return refused("its channel is switched off");
    }
    delivery.state = DeliveryState::Pending;
    delivery.next_try_at = Some(cx.now);
    let mut row = delivery.clone().into_active_model();
    (row.state, row.next_try_at) = (Set(delivery.state), Set(delivery.next_try_at));
    Entity::update(row).exec(tx.conn()).await?;
    tx.enqueue(cx, &DeliverNotification { delivery: id }).await?;
    tx.emit(cx, &NotificationDeliveryRetried { delivery: id });
    Ok(delivery)
}
