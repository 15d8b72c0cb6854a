//! The filter and order of leads.

use async_graphql::{Enum, ID, InputObject};
use crm_leads::{entities::lead::Column, leads, records::Leads};
use inbox::EntityType;
use kernel::id::StaffId;
use sea_orm::EntityTrait;

use super::types::{LeadScore, LeadSource, LeadStatus};
use crate::{
    comparator, filter,
    graphql::{
        filters::{DateTimeComparator, IdComparator, OrderDirection, OrderInput},
        inbox::tags::{TagsComparator, tagged},
    },
};

comparator!(
    /// Comparisons with where a lead stands.
    LeadStatusComparator of LeadStatus as crm_leads::LeadStatus
);
comparator!(
    /// Comparisons with how likely a lead is to buy.
    LeadScoreComparator of LeadScore as crm_leads::LeadScore
);
comparator!(
    /// Comparisons with where a lead came from.
    LeadSourceComparator of LeadSource as crm_leads::LeadSource
);

/// Knows "me" and "none".
fn people(me: Option<StaffId>) -> impl Fn(&ID) -> Result<Option<StaffId>, &ID> {
    move |id| match (id.as_str(), me) {
        ("me", Some(me)) => Ok(Some(me)),
        ("none", _) => Ok(None),
        _ => Err(id),
    }
}

filter! {
    /// Which leads. All parts given must hold; at most 4 levels and 40 comparisons.
    LeadFilter of Leads {
        /// Where they stand.
        status: LeadStatusComparator,
        /// How likely they are to buy.
        score: LeadScoreComparator,
        /// Where they came from.
        source: LeadSourceComparator,
        /// Who has them: a colleague's id, `"me"` for the viewer, `"none"` for no colleague.
        owner_id: IdComparator,
        /// Their address, in any spelling of it.
        email: String,
        /// Which tags they have.
        tags: TagsComparator,
        /// When they were made.
        created_at: DateTimeComparator,
        /// When they were last changed.
        updated_at: DateTimeComparator,
        /// Words in name, address, company and telephone number, all of them, in any spelling; the last may be the beginning of one,
        /// unless a blank or a quotation mark follows it. At most 200 characters, of which the first 16 words count; a text
        /// without a word leaves nothing out.
        text: String,
    }
    |level, leaves| {
        leaves.value::<crm_leads::LeadStatus>(leads::BY_STATUS, level.status)?;
        leaves.value::<crm_leads::LeadScore>(leads::BY_SCORE, level.score)?;
        leaves.value::<crm_leads::LeadSource>(leads::BY_SOURCE, level.source)?;
        let me = leaves.scope.cx().staff_id();
        let owner = level.owner_id.map(|by| by.of_with("ownerId", people(me))).transpose()?;
        leaves.id_of(leads::BY_OWNER, owner)?;
        leaves.also(level.email.map(|email| leads::with_email(&email)).transpose()?);
        leaves.also(tagged(EntityType::Lead, Column::Id, level.tags)?);
        leaves.time(leads::BY_CREATED_AT, level.created_at)?;
        leaves.time(leads::BY_UPDATED_AT, level.updated_at)?;
        leaves.words(level.text)?;
    }
}

/// What leads can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum LeadOrderField {
    /// By when they were last changed.
    UpdatedAt,
    /// By when they were made.
    CreatedAt,
    /// By how likely they are to buy; what was never scored is the smallest.
    Score,
    /// By name.
    Name,
}

/// An order of leads.
#[derive(Debug, Clone, InputObject)]
pub struct LeadOrder {
    /// By what.
    pub field: LeadOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

impl OrderInput for LeadOrder {
    type Of = Leads;

    fn column(&self) -> (<Leads as EntityTrait>::Column, bool) {
        let column = match self.field {
            LeadOrderField::UpdatedAt => Column::UpdatedAt,
            LeadOrderField::CreatedAt => Column::CreatedAt,
            LeadOrderField::Score => Column::ScoreOrder,
            LeadOrderField::Name => Column::NameOrder,
        };
        (column, self.direction == OrderDirection::Desc)
    }
}
