//! Invitations as a list and by id.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Result,
    db::any_of,
    filter::{Criteria, Filter, TimeComparator},
    id::InvitationId,
    page::{Order, Page, Place, Slice},
};
use sea_orm::{Condition, ConnectionTrait, DbBackend, PaginatorTrait, entity::prelude::*, sea_query::ExprTrait};

use crate::{
    policy::MANAGE_STAFF,
    store::invitations::invitation::{self, Column, InvitationStatus, Model as Invitation},
};

/// What invitations can be filtered by.
#[derive(Debug, Clone, Default)]
pub struct InvitationCriteria {
    /// The statuses that are wanted.
    pub status: Option<Vec<InvitationStatus>>,
    /// Who is invited, exactly.
    pub email: Option<String>,
    /// When they were invited.
    pub created_at: Option<TimeComparator>,
    /// The instant at which statuses are seen; without it, nothing has expired.
    pub now: Option<DateTime<Utc>>,
}

impl Criteria for InvitationCriteria {
    fn conditions(&self, _: DbBackend) -> Result<Vec<Condition>> {
        let mut all = Vec::new();
        if let Some(statuses) = &self.status {
            let open = || Condition::all().add(Column::AcceptedAt.is_null()).add(Column::RevokedAt.is_null());
            let now = self.now.unwrap_or(DateTime::<Utc>::MIN_UTC);
            let one = |status: &InvitationStatus| match status {
                InvitationStatus::Pending => open().add(Column::ExpiresAt.gt(now)),
                InvitationStatus::Expired => open().add(Column::ExpiresAt.lte(now)),
                InvitationStatus::Accepted => Condition::all().add(Column::AcceptedAt.is_not_null()),
                InvitationStatus::Revoked => Condition::all().add(Column::RevokedAt.is_not_null()),
            };
            let none = Condition::any().add(Expr::val(1).eq(0));
            all.push(statuses.iter().map(one).fold(none, Condition::add));
        }
        if let Some(email) = &self.email {
            // What is no address is nobody's.
            all.push(Condition::all().add(Column::Email.eq(kernel::text::email(email).unwrap_or_default())));
        }
        if let Some(at) = &self.created_at {
            all.extend(at.conditions(Column::CreatedAt));
        }
        Ok(all)
    }
}

impl Invitation {
    /// Its place in the list's order: newest first.
    pub fn place(&self) -> Place {
        Place { keys: vec![self.created_at.into()], id: self.id.0 }
    }
}

/// A page of the invitations, newest first.
///
/// # Errors
/// [`kernel::Error::Forbidden`] without [`MANAGE_STAFF`].
pub async fn invitations(
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<InvitationCriteria>,
    page: &Page,
) -> Result<Slice<Invitation>> {
    cx.require(MANAGE_STAFF)?;
    let order = Order { columns: vec![(Column::CreatedAt, true)], id: Column::Id };
    let select = invitation::Entity::find().filter(filter.condition(conn.get_database_backend())?);
    Ok(page.slice(order.apply(select, page).all(conn).await?))
}

/// How many invitations the filter leaves.
pub async fn count_invitations(conn: &Conn, cx: &Cx, filter: &Filter<InvitationCriteria>) -> Result<u64> {
    cx.require(MANAGE_STAFF)?;
    Ok(invitation::Entity::find().filter(filter.condition(conn.get_database_backend())?).count(conn).await?)
}

/// Invitations by id, as far as the actor may see them.
pub async fn invitations_by_ids(
    conn: &Conn,
    cx: &Cx,
    ids: &[InvitationId],
) -> Result<HashMap<InvitationId, Invitation>> {
    if ids.is_empty() || !cx.can(MANAGE_STAFF) {
        return Ok(HashMap::new());
    }
    let rows =
        invitation::Entity::find().filter(any_of(conn.get_database_backend(), Column::Id, ids)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
