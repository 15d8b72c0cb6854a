//! How complete each day is.

use chrono::NaiveDate;
use kernel::{Conn, Cx, Error, ProblemCode, Result};
use sea_orm::{QueryOrder, entity::prelude::*};

use crate::{
    domain::source::time::day,
    limits,
    policy::VIEW_ANALYTICS,
    store::sync::{
        coverage::{Column, Entity, Model},
        run::SyncEntity,
    },
};

/// How complete some days are, by day; those that no run read are not among them.
///
/// # Errors
/// [`Error::Forbidden`] without [`VIEW_ANALYTICS`]; [`Error::Invalid`] for too many days.
pub async fn sync_coverage(conn: &Conn, cx: &Cx, of: SyncEntity, from: NaiveDate, to: NaiveDate) -> Result<Vec<Model>> {
    cx.require(VIEW_ANALYTICS)?;
    if to < from {
        return Err(Error::invalid("to", ProblemCode::InvalidFormat, "must not be before from"));
    }
    if (to - from).num_days() >= limits::DAYS {
        let how = format!("must be at most {} days before to", limits::DAYS - 1);
        return Err(Error::invalid("from", ProblemCode::TooLong, how));
    }
    let these = Entity::find().filter(Column::Entity.eq(of)).filter(Column::Day.between(day(from), day(to)));
    Ok(these.order_by_asc(Column::Day).all(conn).await?)
}
