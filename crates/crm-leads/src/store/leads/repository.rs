//! [`LeadBook`] on the tables.

use kernel::{
    Result, Tx,
    db::search,
    id::{LeadId, StaffId, VisitorId},
};
use sea_orm::{Condition, IntoActiveModel, QueryOrder, QuerySelect, entity::prelude::*, sea_query::LockType};

use super::{
    change,
    lead::{self, LeadSource, LeadStatus},
    merge,
};
use crate::ports::leads::LeadBook;

/// So many merges in a row are followed.
const FOLLOWED: usize = 20;

impl LeadBook for Tx {
    async fn add_lead(&self, lead: &lead::Model) -> Result<()> {
        search::insert(self.conn(), lead.clone().into_active_model(), lead.texts()).await
    }

    async fn take_lead(&self, id: LeadId) -> Result<Option<lead::Model>> {
        Ok(lead::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(self.conn()).await?)
    }

    async fn open_leads_of(&self, staff: StaffId) -> Result<Vec<lead::Model>> {
        let open = Condition::all()
            .add(lead::Column::OwnerId.eq(staff))
            .add(lead::Column::MergedIntoId.is_null())
            .add(lead::Column::Status.is_not_in([LeadStatus::Converted, LeadStatus::Lost]));
        // In the order of their ids, as every writer of several takes them.
        let open = lead::Entity::find().filter(open).order_by_asc(lead::Column::Id).lock(LockType::NoKeyUpdate);
        Ok(open.all(self.conn()).await?)
    }

    async fn lead_of_source(&self, kind: LeadSource, source: Uuid) -> Result<Option<lead::Model>> {
        let of = Condition::all().add(lead::Column::SourceId.eq(source)).add(lead::Column::SourceKind.eq(kind));
        let mut found = lead::Entity::find().filter(of).order_by_asc(lead::Column::Id).one(self.conn()).await?;
        for _ in 0..FOLLOWED {
            let Some(into) = found.as_ref().and_then(|lead| lead.merged_into_id) else { break };
            found = lead::Entity::find_by_id(into).one(self.conn()).await?;
        }
        Ok(found)
    }

    async fn open_lead_of(&self, emails: &[String], visitors: &[VisitorId]) -> Result<Option<lead::Model>> {
        if emails.is_empty() && visitors.is_empty() {
            return Ok(None);
        }
        let theirs = Condition::any()
            .add(lead::Column::Email.is_in(emails.iter().map(String::as_str)))
            .add(lead::Column::VisitorId.is_in(visitors.iter().copied()));
        let open = lead::Entity::find()
            .filter(theirs)
            .filter(lead::Column::MergedIntoId.is_null())
            .filter(lead::Column::Status.is_not_in([LeadStatus::Converted, LeadStatus::Lost]));
        Ok(open.order_by_asc(lead::Column::Id).one(self.conn()).await?)
    }

    async fn index_lead(&self, lead: &lead::Model) -> Result<()> {
        search::index_one::<lead::Entity>(self.conn(), lead.id, lead.texts()).await
    }

    async fn note_lead_change(&self, change: change::Model) -> Result<()> {
        change::Entity::insert(change.into_active_model()).exec_without_returning(self.conn()).await?;
        Ok(())
    }

    async fn merge_of_lead(&self, lead: LeadId) -> Result<Option<merge::Model>> {
        Ok(merge::Entity::find_by_id(lead).one(self.conn()).await?)
    }

    async fn note_lead_merge(&self, merge: &merge::Model) -> Result<()> {
        merge::Entity::insert(merge.clone().into_active_model()).exec_without_returning(self.conn()).await?;
        Ok(())
    }

    async fn forget_lead_merge(&self, lead: LeadId) -> Result<()> {
        merge::Entity::delete_by_id(lead).exec(self.conn()).await?;
        Ok(())
    }
}
