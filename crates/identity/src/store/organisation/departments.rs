//! [`DepartmentTree`] on the tables.

use chrono::{DateTime, Utc};
use kernel::{Error, ProblemCode, Result, Tx, error::is_unique_violation, id::DepartmentId};
use sea_orm::{
    QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{BinOper, Expr, ExprTrait, Func, LockType, SimpleExpr},
};

use super::department::{Column, Entity};
use crate::{
    domain::organisation::department::{Department, Place},
    ports::organisation::departments::DepartmentTree,
    queries::organisation::departments::NAME_TAKEN,
};

/// The rows of a subtree. A path holds hexadecimal digits and slashes only, so nothing in it is a wildcard.
fn below(department: &Department) -> Result<SimpleExpr> {
    // Without its own step at the end, a path would be the prefix of others than those below.
    if !department.path.ends_with(&Place::below(None, department.id).path) {
        return Err(Error::internal(format!("department {} has a path that is not its own", department.id)));
    }
    Ok(Column::Path.starts_with(department.path.as_str()))
}

impl DepartmentTree for Tx {
    async fn lock_tree(&self) -> Result<()> {
        // Everybody locks in the order of ids, so the first row decides whose turn it is. What others change before it is
        // ours is seen by the statements that follow. SQLite has one writer and needs none of this.
        let all = Entity::find().select_only().column(Column::Id).order_by_asc(Column::Id).lock(LockType::NoKeyUpdate);
        all.into_tuple::<DepartmentId>().all(self.conn()).await?;
        Ok(())
    }

    async fn levels(&self, department: &Department) -> Result<i32> {
        let deepest = Entity::find().select_only().column_as(Column::Level.max(), "level").filter(below(department)?);
        let deepest: Option<Option<i32>> = deepest.into_tuple().one(self.conn()).await?;
        Ok(deepest.flatten().unwrap_or(department.level) - department.level + 1)
    }

    async fn move_subtree(&self, department: &Department, to: &Place, at: DateTime<Utc>) -> Result<()> {
        let own = || Expr::col(Column::Id).eq(department.id);
        // Behind the old way to the department comes the way from there on down; the count begins with 1.
        let behind = i32::try_from(department.path.len()).map_err(Error::internal)? + 1;
        let rest = Func::cust("substr").arg(Expr::col(Column::Path)).arg(behind);
        Entity::update_many()
            .col_expr(Column::Path, Expr::val(to.path.clone()).binary(BinOper::Custom("||"), rest))
            .col_expr(Column::Level, Expr::col(Column::Level).add(to.level - department.level))
            .col_expr(
                Column::ParentId,
                Expr::case(own(), Expr::value(to.parent)).finally(Expr::col(Column::ParentId)).into(),
            )
            .col_expr(
                Column::UpdatedAt,
                Expr::case(own(), Expr::value(at)).finally(Expr::col(Column::UpdatedAt)).into(),
            )
            .filter(below(department)?)
            .exec(self.conn())
            .await
            .map_err(|error| match is_unique_violation(&error) {
                true => Error::invalid("parentId", ProblemCode::NotAvailable, NAME_TAKEN),
                false => error.into(),
            })?;
        Ok(())
    }
}
