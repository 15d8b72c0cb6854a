//! [`Services`] on the tables.

use kernel::{
    Result, Tx,
    id::{ServiceId, StaffId},
};
use sea_orm::{ActiveValue::Set, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*};

use super::{
    hours::{self, Model as OpeningHours},
    staff,
};
use crate::ports::Services;

/// Whose hours.
fn of(staff: Option<StaffId>) -> sea_orm::Condition {
    let whose = match staff {
        Some(staff) => hours::Column::StaffId.eq(staff),
        None => hours::Column::StaffId.is_null(),
    };
    sea_orm::Condition::all().add(whose)
}

impl Services for Tx {
    async fn staff_of(&self, service: ServiceId) -> Result<Vec<StaffId>> {
        let of = staff::Entity::find().select_only().column(staff::Column::StaffId);
        let of = of.filter(staff::Column::ServiceId.eq(service)).filter(staff::Column::IsActive.eq(true));
        Ok(of.order_by_asc(staff::Column::StaffId).into_tuple().all(self.conn()).await?)
    }

    async fn set_staff(&self, service: ServiceId, people: &[StaffId]) -> Result<()> {
        staff::Entity::delete_many().filter(staff::Column::ServiceId.eq(service)).exec(self.conn()).await?;
        if people.is_empty() {
            return Ok(());
        }
        let rows = people.iter().map(|person| staff::ActiveModel {
            service_id: Set(service),
            staff_id: Set(*person),
            is_active: Set(true),
        });
        staff::Entity::insert_many(rows).exec_without_returning(self.conn()).await?;
        Ok(())
    }

    async fn hours_of(&self, staff: Option<StaffId>) -> Result<Vec<OpeningHours>> {
        // Whoever sets the same ones waits here and sees what is set now. In the order of their ids, as every writer of several
        // takes them.
        let own = hours::Entity::find().filter(of(staff)).order_by_asc(hours::Column::Id).lock_exclusive();
        Ok(own.all(self.conn()).await?)
    }

    async fn set_hours(&self, staff: Option<StaffId>, hours: &[OpeningHours]) -> Result<()> {
        hours::Entity::delete_many().filter(of(staff)).exec(self.conn()).await?;
        if hours.is_empty() {
            return Ok(());
        }
        let rows = hours.iter().cloned().map(IntoActiveModel::into_active_model);
        hours::Entity::insert_many(rows).exec_without_returning(self.conn()).await?;
        Ok(())
    }
}
