//! The company's accounts on social platforms, and what is set of the platforms.

use chrono::{DateTime, Utc};
use kernel::{
    Conn, Cx, Db, Error, Result,
    crypto::token_hash,
    id::{SocialAccountId, UserId},
    record::{Field, Record, Unique},
};
use sea_orm::{ActiveValue::Set, Condition, DbBackend, QueryOrder, entity::prelude::*, sea_query::OnConflict};

use crate::{
    policy::VIEW_CONVERSATIONS,
    store::social::{
        account::{self, Column, Entity, Model as SocialAccount, SocialAccountStatus},
        connecting::{self, Model as Connecting},
        platform::{self, Model as PlatformSettings, Platform},
        route,
    },
};

impl Record for Entity {
    type Id = SocialAccountId;
    type Row = SocialAccount;
    const WHAT: &'static str = "SocialAccount";
    const ID: Column = Column::Id;
    const UPDATED_AT: Option<Column> = Some(Column::UpdatedAt);
    const VERSION: Option<Column> = Some(Column::Version);
    const UNIQUE: &'static [Unique<Column>] =
        &[Unique { column: Column::AccountId, field: "accountIds", taken: "this account was connected just now" }];

    fn may_list(cx: &Cx) -> Result<()> {
        cx.require(VIEW_CONVERSATIONS)
    }

    fn visible(cx: &Cx, _: DbBackend) -> Option<Condition> {
        Self::may_list(cx).is_ok().then(Condition::all)
    }
}

/// By where they are.
pub const BY_PLATFORM: Field<Column> = Field::new("platform", &[Column::Platform]);
/// By how they stand.
pub const BY_STATUS: Field<Column> = Field::new("status", &[Column::Status]);
/// By whether they are in use.
pub const BY_ACTIVE: Field<Column> = Field::new("isActive", &[Column::Active]);
/// By a part of their name or of what the platform calls them.
pub const BY_TEXT: Field<Column> = Field::new("text", &[Column::AccountName, Column::AccountId]);

/// The platforms, by name.
///
/// # Errors
/// [`Error::Forbidden`] without [`VIEW_CONVERSATIONS`].
pub async fn platforms(conn: &Conn, cx: &Cx) -> Result<Vec<PlatformSettings>> {
    Entity::may_list(cx)?;
    Ok(platform::Entity::find().order_by_asc(platform::Column::DisplayName).all(conn).await?)
}

/// What is set of a platform.
pub(crate) async fn platform_of(conn: &Conn, name: Platform) -> Result<PlatformSettings> {
    let found = platform::Entity::find_by_id(name).one(conn).await?;
    found.ok_or_else(|| Error::internal("a platform is missing"))
}

/// An account, whoever asks: for Frontdesk itself.
pub(crate) async fn account_by_id(conn: &Conn, id: SocialAccountId) -> Result<Option<SocialAccount>> {
    Ok(Entity::find_by_id(id).one(conn).await?)
}

/// Whoever went to a platform with a state and is not back, as long as it is good.
fn away(state: &str, user: UserId, now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(connecting::Column::StateHash.eq(token_hash(state)))
        .add(connecting::Column::UserId.eq(user))
        .add(connecting::Column::ExpiresAt.gt(now))
}

/// Uses a state up, which one call of several does. Somebody else's stays.
pub(crate) async fn take_back(
    conn: &Conn,
    state: &str,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Option<Connecting>> {
    let back = away(state, user, now).add(connecting::Column::GrantedEncrypted.is_null());
    let taken = connecting::Entity::delete_many().filter(back).exec_with_returning(conn).await?;
    Ok(taken.into_iter().next())
}

/// Who is back and has not chosen.
pub(crate) async fn choosing(conn: &Conn, state: &str, user: UserId, now: DateTime<Utc>) -> Result<Option<Connecting>> {
    let back = away(state, user, now).add(connecting::Column::GrantedEncrypted.is_not_null());
    Ok(connecting::Entity::find().filter(back).one(conn).await?)
}

/// Ends a choice; says whether it was still open.
pub(crate) async fn end_choosing(conn: &Conn, state: &str, user: UserId, now: DateTime<Utc>) -> Result<bool> {
    let ended = connecting::Entity::delete_many().filter(away(state, user, now)).exec(conn).await?;
    Ok(ended.rows_affected == 1)
}

/// Removes what nobody came back for.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn purge_connecting(conn: &Conn, now: DateTime<Utc>) -> Result<u64> {
    let gone = connecting::Entity::delete_many().filter(connecting::Column::ExpiresAt.lte(now)).exec(conn).await?;
    Ok(gone.rows_affected)
}

/// Takes the renewal of an account's token, which one process of all gets; `false` where another has it, or there is nothing to
/// renew any more.
pub(crate) async fn claim_renewal(
    conn: &Conn,
    seen: &SocialAccount,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<bool> {
    let free = Condition::any().add(Column::RefreshingUntil.is_null()).add(Column::RefreshingUntil.lte(now));
    let claimed = Entity::update_many()
        .set(account::ActiveModel { refreshing_until: Set(Some(until)), ..Default::default() })
        .filter(Column::Id.eq(seen.id))
        .filter(Column::Version.eq(seen.version))
        .filter(Column::Active.eq(true))
        .filter(Column::Status.eq(SocialAccountStatus::Connected))
        .filter(Column::RefreshTokenEncrypted.is_not_null())
        .filter(free)
        .exec(conn)
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// Notes in the registry that what comes for an account is this company's too.
pub(crate) async fn add_route(db: &Db, cx: &Cx, platform: Platform, account_id: &str) -> Result<()> {
    let row = route::ActiveModel {
        platform: Set(platform),
        account_id: Set(account_id.to_owned()),
        tenant_id: Set(cx.tenant.id),
        created_at: Set(cx.now),
    };
    let known = OnConflict::columns([route::Column::Platform, route::Column::AccountId, route::Column::TenantId])
        .do_nothing()
        .to_owned();
    route::Entity::insert(row).on_conflict(known).exec_without_returning(&db.control_bookkeeping()).await?;
    Ok(())
}

/// Notes that it is not any more.
pub(crate) async fn remove_route(db: &Db, cx: &Cx, account: &SocialAccount) -> Result<()> {
    route::Entity::delete_many()
        .filter(route::Column::Platform.eq(account.platform))
        .filter(route::Column::AccountId.eq(&account.account_id))
        .filter(route::Column::TenantId.eq(cx.tenant.id))
        .exec(&db.control_bookkeeping())
        .await?;
    Ok(())
}
