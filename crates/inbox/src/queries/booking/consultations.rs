//! Consultations.

use kernel::{
    Conn, Cx, Error, ProblemCode, Result,
    id::{ConsultationId, VisitorId},
    record::{Field, Nested, Record},
};
use sea_orm::{Condition, DbBackend, EntityTrait};

use crate::{
    domain::booking::{letter::Company, link},
    policy::{VIEW_CONSULTATIONS, visible_consultations},
    store::booking::consultation::{Column, Entity, Model as Consultation},
};

impl Record for Entity {
    type Id = ConsultationId;
    type Row = Consultation;
    const WHAT: &'static str = "Consultation";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_CONSULTATIONS)
    }

    fn visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
        visible_consultations(cx, backend)
    }
}

/// By status.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By what was booked.
pub const BY_SERVICE: Field<Column> = Field::new("serviceId", &[Column::ServiceId]);
/// By who has it.
pub const BY_ASSIGNEE: Field<Column> = Field::new("assigneeId", &[Column::AssigneeId]);
/// By who booked it.
pub const BY_VISITOR: Field<Column> = Field::new("visitorId", &[Column::VisitorId]);
/// By when it begins.
pub const BY_STARTS_AT: Field<Column> = Field::new("startsAt", &[Column::StartsAt]);
/// By when it was booked.
pub const BY_CREATED_AT: Field<Column> = Field::new("createdAt", &[Column::CreatedAt]);

/// What one visitor booked, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConsultationsOf;

impl Nested for ConsultationsOf {
    type Parent = VisitorId;
    type Of = Entity;
    const NAME: &'static str = "consultations of";
    const PARENT: Column = Column::VisitorId;
    const ORDER: Column = Column::CreatedAt;
    const DESCENDING: bool = true;
}

/// The consultation of a token, for the visitor who has it.
///
/// # Errors
/// [`Error::Invalid`] at `token` for one that is none.
pub async fn own_consultation(conn: &Conn, company: &Company, token: &str) -> Result<Consultation> {
    let id = link::read(&company.keyring, company.tenant, token)?;
    let unknown = || Error::invalid("token", ProblemCode::InvalidToken, "is not the token of a booking");
    Entity::find_by_id(id).one(conn).await?.ok_or_else(unknown)
}
