//! [`Bookings`] on the tables.

use chrono::NaiveDate;
use kernel::{
    Result, Tx,
    db::search,
    id::{ConsultationId, ServiceId, StaffId},
};
use sea_orm::{
    ActiveValue::Set,
    IntoActiveModel, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{LockType, OnConflict},
};
use uuid::Uuid;

use super::{
    consultation::{self, ConsultationStatus, Model as Consultation},
    slot, staff,
};
use crate::{
    domain::booking::plan::{Plan, steps},
    ports::Bookings,
    queries::booking::plans::plan,
};

impl Bookings for Tx {
    async fn plan(
        &self,
        service: ServiceId,
        days: (NaiveDate, NaiveDate),
        but: Option<ConsultationId>,
    ) -> Result<Option<Plan>> {
        plan(self.conn(), service, days, but).await
    }

    async fn add(&self, consultation: &Consultation) -> Result<()> {
        search::insert(self.conn(), consultation.clone().into_active_model(), consultation.texts()).await
    }

    async fn lock_own(&self, id: ConsultationId) -> Result<Option<Consultation>> {
        let own = consultation::Entity::find_by_id(id).lock(LockType::NoKeyUpdate);
        Ok(own.one(self.conn()).await?)
    }

    async fn occupy(&self, holder: Uuid, consultation: &Consultation) -> Result<bool> {
        let steps = steps(consultation.blocked_from, consultation.blocked_until);
        let wanted = u64::try_from(steps.end - steps.start).unwrap_or_default();
        let rows = steps.map(|step| slot::ActiveModel {
            holder_id: Set(holder),
            slot: Set(step),
            consultation_id: Set(consultation.id),
        });
        // Whoever has them already keeps them, and what another transaction is about to take is waited for. In their order,
        // so that two who want the same ones do not wait for one another.
        let taken = slot::Entity::insert_many(rows)
            .on_conflict(OnConflict::columns([slot::Column::HolderId, slot::Column::Slot]).do_nothing().to_owned())
            .exec_without_returning(self.conn())
            .await;
        let taken = match taken {
            Ok(taken) => taken,
            // That is how it says that none was free.
            Err(DbErr::RecordNotInserted) => 0,
            Err(error) => return Err(error.into()),
        };
        if taken != wanted {
            self.vacate(consultation.id).await?;
        }
        Ok(taken == wanted)
    }

    async fn vacate(&self, consultation: ConsultationId) -> Result<()> {
        let own = slot::Entity::delete_many().filter(slot::Column::ConsultationId.eq(consultation));
        own.exec(self.conn()).await?;
        Ok(())
    }

    async fn open_of(&self, staff: StaffId) -> Result<Vec<Consultation>> {
        let open = consultation::Entity::find()
            .filter(consultation::Column::AssigneeId.eq(staff))
            .filter(consultation::Column::Status.eq(ConsultationStatus::Scheduled));
        // In the order of their ids, as every writer of several takes them.
        Ok(open.order_by_asc(consultation::Column::Id).lock_exclusive().all(self.conn()).await?)
    }

    async fn leave_services(&self, staff: StaffId) -> Result<()> {
        staff::Entity::update_many()
            .col_expr(staff::Column::IsActive, Expr::value(false))
            .filter(staff::Column::StaffId.eq(staff))
            .exec(self.conn())
            .await?;
        Ok(())
    }
}
