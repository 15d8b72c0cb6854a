//! Who is mentioned in comments.

use kernel::id::{TeamId, TicketCommentId, UserId};
use sea_orm::entity::prelude::*;

use crate::domain::comments::mention::Mentioned;

/// Somebody who is mentioned, or a team.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "~tenant", table_name = "ticket_mentions")]
pub struct Model {
    /// The comment.
    #[sea_orm(primary_key, auto_increment = false)]
    pub comment_id: TicketCommentId,
    /// Its place among the comment's mentions; the first is 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// The person.
    pub user_id: Option<UserId>,
    /// The team.
    pub team_id: Option<TeamId>,
}

impl Model {
    /// Who is mentioned.
    pub fn who(&self) -> Option<Mentioned> {
        self.user_id.map(Mentioned::Person).or(self.team_id.map(Mentioned::Team))
    }
}

/// No relation.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
