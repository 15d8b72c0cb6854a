//! The registry's table of those who keep the platform.

use chrono::{DateTime, Utc};
use kernel::{Conn, Result, id::PlatformAdminId};
use sea_orm::{IntoActiveModel, QueryOrder, entity::prelude::*};

/// A platform administrator, who is a member of no tenant.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~control", table_name = "platform_admins")]
pub struct Model {
    /// Their id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlatformAdminId,
    /// Their address in its stored form; unique.
    pub email: String,
    /// The PHC string of their password's argon2id hash.
    pub password_hash: String,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Raising it ends what they signed in to.
    pub token_version: i32,
    /// When they last signed in.
    pub last_sign_in_at: Option<DateTime<Utc>>,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When they were last changed.
    pub updated_at: DateTime<Utc>,
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The one with this address.
pub(crate) async fn by_email(conn: &Conn, email: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Email.eq(email)).one(conn).await?)
}

/// The one with this id.
pub(crate) async fn by_id(conn: &Conn, id: PlatformAdminId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(conn).await?)
}

/// All of them, by address.
pub(crate) async fn all(conn: &Conn) -> Result<Vec<Model>> {
    Ok(Entity::find().order_by_asc(Column::Email).all(conn).await?)
}

/// Adds one.
pub(crate) async fn add(conn: &Conn, admin: &Model) -> Result<()> {
    Entity::insert(admin.clone().into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// Writes one who is there.
pub(crate) async fn save(conn: &Conn, admin: &Model) -> Result<()> {
    Entity::update(admin.clone().into_active_model().reset_all()).exec(conn).await?;
    Ok(())
}

/// Notes a sign-in; takes as long where there is nobody.
pub(crate) async fn signed_in(conn: &Conn, id: PlatformAdminId, at: DateTime<Utc>) -> Result<()> {
    Entity::update_many().col_expr(Column::LastSignInAt, Expr::value(at)).filter(Column::Id.eq(id)).exec(conn).await?;
    Ok(())
}
