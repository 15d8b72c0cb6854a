//! Subscriptions to the newsletter.

use kernel::{
    Conn, Cx, Error, ProblemCode, Result,
    id::NewsletterSubscriptionId,
    record::{Field, Filter, Record},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    limits,
    policy::MANAGE_NEWSLETTER,
    store::newsletter_subscription::{Column, Entity, Model as NewsletterSubscription},
};

impl Record for Entity {
    type Id = NewsletterSubscriptionId;
    type Row = NewsletterSubscription;
    const WHAT: &'static str = "NewsletterSubscription";
    const ID: Column = Column::Id;

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(MANAGE_NEWSLETTER)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        cx.can(MANAGE_NEWSLETTER).then(Condition::all)
    }
}

/// By where they stand.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By address.
pub const BY_EMAIL: Field<Column> = Field::new("email", &[Column::Email]);
/// By where they were asked for.
pub const BY_SOURCE: Field<Column> = Field::new("source", &[Column::Source]);
/// By when they were first asked for.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);
/// By when they were last confirmed.
pub const BY_SUBSCRIBED_AT: Field<Column> = Field::new("subscribedAt", &[Column::SubscribedAt]);

/// All subscriptions that the filter leaves, the first asked for first, for who takes them along.
///
/// # Errors
/// [`Error::Forbidden`] without [`MANAGE_NEWSLETTER`]; [`Error::Invalid`] where they are too many for one file.
pub async fn all(conn: &Conn, cx: &Cx, filter: &Filter<Entity>) -> Result<Vec<NewsletterSubscription>> {
    Entity::may_list(cx)?;
    let Some(visible) = Entity::visible(cx, conn.get_database_backend()) else { return Ok(Vec::new()) };
    let rows = Entity::find().filter(visible).filter(filter.condition());
    let rows = rows.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(limits::EXPORTED + 1);
    let rows = rows.all(conn).await?;
    if rows.len() as u64 > limits::EXPORTED {
        let how =
            format!("leaves more than {} subscriptions: take them along in parts, by createdAt", limits::EXPORTED);
        return Err(Error::invalid("filter", ProblemCode::TooLong, how));
    }
    Ok(rows)
}
