//! A card is posted to see whether a channel takes it.

use std::time::Duration;

use kernel::{
    Cx, Db, Error, ProblemCode, Result,
    db::Emit,
    id::{NotificationChannelId, NotificationDeliveryId},
    limit::Limit,
    record::Records,
};
use sea_orm::{EntityTrait, QueryFilter, entity::prelude::*};
use serde::{Deserialize, Serialize};

use super::save_notification_channel::open_address;
use crate::{
    domain::notifications::{
        card::Card,
        events::NotificationChannelTested,
        notification::NotificationLevel,
        webhook::{PostError, WebhookRules},
    },
    policy::{MANAGE_NOTIFICATIONS, in_session},
    ports::Cards,
    queries::notifications::channels::Channel,
    store::notifications::notification_channel as channel,
};

/// Tests of one person: it is no way to call other servers in a row.
const BY_PERSON: Limit = Limit { name: "channel tests", attempts: 20, window: Duration::from_secs(15 * 60) };

/// What came of a test.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tested {
    /// The channel.
    pub channel: Channel,
    /// Why the card was not taken; `None` where it was.
    pub refusal: Option<String>,
}

/// Posts a card to a channel of the company's or the actor's own.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for somebody else's own; [`Error::RateLimited`].
pub async fn test_notification_channel(
    db: &Db,
    cards: &dyn Cards,
    rules: &WebhookRules,
    cx: &Cx,
    id: NotificationChannelId,
    limited: bool,
) -> Result<Tested> {
    let found = db
        .transact(&cx.keyed(None), "notification_channel.test", |tx| async move {
            cx.require(MANAGE_NOTIFICATIONS)?;
            let found = Records::<channel::Entity>::lock(&tx, cx, id).await?;
            if found.owner_id.is_some_and(|owner| cx.user().is_ok_and(|user| user.id != owner)) {
                let message = "somebody else's own channel is theirs to test";
                return Err(Error::invalid("channelId", ProblemCode::NotAllowed, message));
            }
            Ok((found.url.clone(), found.into()))
        })
        .await?;
    test(db, cards, rules, cx, found, limited).await
}

/// Posts a card to the actor's own channel.
///
/// # Errors
/// [`Error::Invalid`] where there is none; [`Error::RateLimited`].
pub async fn test_own_channel(
    db: &Db,
    cards: &dyn Cards,
    rules: &WebhookRules,
    cx: &Cx,
    limited: bool,
) -> Result<Tested> {
    let found = db
        .transact(&cx.keyed(None), "notification_channel.test", |tx| async move {
            let own = channel::Entity::find().filter(channel::Column::OwnerId.eq(in_session(cx, &[])?.id));
            let found = own.one(tx.conn()).await?.ok_or_else(|| {
                Error::invalid("", ProblemCode::NotAvailable, "there is no Teams channel of your own yet")
            })?;
            Ok((found.url.clone(), found.into()))
        })
        .await?;
    test(db, cards, rules, cx, found, limited).await
}

async fn test(
    db: &Db,
    cards: &dyn Cards,
    rules: &WebhookRules,
    cx: &Cx,
    (sealed, channel): (Vec<u8>, Channel),
    limited: bool,
) -> Result<Tested> {
    if limited {
        let person = cx.user()?.id.to_string();
        BY_PERSON.count(&db.bookkeeping(cx).await?, cx, &person).await?;
    }
    let card = Card {
        title: "It works",
        body: "Notifications of Frontdesk will be shown here.",
        level: NotificationLevel::Success,
        to: None,
        company: &cx.tenant.name,
        at: cx.now,
    };
    let posted = match rules.check(&open_address(db.keyring(), channel.id, &sealed)?) {
        Ok(webhook) => {
            let delivery = cx.new_id::<NotificationDeliveryId>().to_string();
            cards.post(&webhook, &delivery, cx.correlation_id(), card.message()).await
        }
        Err(error) => Err(PostError::Never(format!("the address is not taken any more: {error}"))),
    };
    let tested = &Tested { channel, refusal: posted.err().map(|error| error.to_string()) };
    db.transact(cx, "notification_channel.test", |tx| async move {
        tx.emit(cx, &NotificationChannelTested { channel: tested.channel.id, accepted: tested.refusal.is_none() });
        Ok(tested.clone())
    })
    .await
}
