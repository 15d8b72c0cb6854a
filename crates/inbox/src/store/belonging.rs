//! What belongs to a visitor, and moves with them.

use kernel::{Result, Tx, id::VisitorId};
use sea_orm::{ConnectionTrait, EntityName, Iterable, QuerySelect, QueryTrait, entity::prelude::*, sea_query::Query};

use super::{
    booking::consultation,
    chats::session,
    message, visitor,
    visitor_move::{self, Kind},
};

/// A table whose rows belong to visitors.
pub trait Belongs: EntityTrait {
    /// What a row is.
    const KIND: Kind;
    /// The column of its id.
    const ID: Self::Column;
    /// The column of its visitor.
    const VISITOR: Self::Column;
}

impl Belongs for message::Entity {
    const KIND: Kind = Kind::Message;
    const ID: Self::Column = message::Column::Id;
    const VISITOR: Self::Column = message::Column::VisitorId;
}

impl Belongs for session::Entity {
    const KIND: Kind = Kind::Chat;
    const ID: Self::Column = session::Column::Id;
    const VISITOR: Self::Column = session::Column::VisitorId;
}

impl Belongs for consultation::Entity {
    const KIND: Kind = Kind::Consultation;
    const ID: Self::Column = consultation::Column::Id;
    const VISITOR: Self::Column = consultation::Column::VisitorId;
}

/// Who was merged into somebody before goes along, so that nobody is ever more than one step from whom they became.
impl Belongs for visitor::Entity {
    const KIND: Kind = Kind::Visitor;
    const ID: Self::Column = visitor::Column::Id;
    const VISITOR: Self::Column = visitor::Column::MergedInto;
}

/// All of them, one line each.
macro_rules! each_belonging {
    ($call:ident($($argument:expr),*)) => {{
        $call::<message::Entity>($($argument),*).await?;
        $call::<session::Entity>($($argument),*).await?;
        $call::<consultation::Entity>($($argument),*).await?;
        $call::<visitor::Entity>($($argument),*).await?;
    }};
}

/// Moves whatever belongs to `from`, and keeps a note of each thing.
pub(super) async fn move_all(tx: &Tx, from: VisitorId, into: VisitorId) -> Result<()> {
    each_belonging!(move_to(tx, from, into));
    Ok(())
}

/// Moves back what was moved, as far as it is still where it went.
pub(super) async fn move_all_back(tx: &Tx, from: VisitorId, into: VisitorId) -> Result<()> {
    each_belonging!(move_back(tx, from, into));
    visitor_move::Entity::delete_many().filter(visitor_move::Column::VisitorId.eq(from)).exec(tx.conn()).await?;
    Ok(())
}

async fn move_to<B: Belongs>(tx: &Tx, from: VisitorId, into: VisitorId) -> Result<()> {
    let mut what = Query::select();
    what.expr(Expr::val(from)).expr(Expr::val(B::KIND.to_value())).column(B::ID).from(B::default().table_ref());
    what.and_where(B::VISITOR.eq(from));
    let mut noted = Query::insert();
    noted.into_table(visitor_move::Entity.table_ref()).columns(visitor_move::Column::iter());
    noted.select_from(what).map_err(kernel::Error::internal)?;
    tx.conn().execute(&noted).await?;
    B::update_many().col_expr(B::VISITOR, Expr::value(into)).filter(B::VISITOR.eq(from)).exec(tx.conn()).await?;
    Ok(())
}

async fn move_back<B: Belongs>(tx: &Tx, from: VisitorId, into: VisitorId) -> Result<()> {
    let moved = visitor_move::Entity::find()
        .select_only()
        .column(visitor_move::Column::ItemId)
        .filter(visitor_move::Column::VisitorId.eq(from))
        .filter(visitor_move::Column::Kind.eq(B::KIND))
        .into_query();
    B::update_many()
        .col_expr(B::VISITOR, Expr::value(from))
        .filter(B::VISITOR.eq(into))
        .filter(B::ID.in_subquery(moved))
        .exec(tx.conn())
        .await?;
    Ok(())
}
