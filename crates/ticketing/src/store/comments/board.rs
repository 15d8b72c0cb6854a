//! [`Comments`] and [`Attachments`] on the tables.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use kernel::{
    Cx, Error, Result, Tx,
    files::{self, File, Owner},
    id::{FileId, TicketCommentId, TicketId, TypedId, UserId},
    record::by_ids,
};
use sea_orm::{ActiveValue::Set, PaginatorTrait, QueryOrder, QuerySelect, entity::prelude::*};

use super::{comment, edit, mail, mention};
use crate::{
    domain::comments::mention::Mentioned,
    ports::comments::{Attachments, Comments},
};

/// So many of the newest public comments are among a ticket's words.
const SPOKEN: u64 = 200;
/// And so many characters of them at the most, the newest first.
const CHARACTERS: usize = 100_000;

impl Comments for Tx {
    async fn keep_text(&self, comment: TicketCommentId, content: &str, at: DateTime<Utc>) -> Result<i32> {
        // Whoever edits holds the comment.
        let kept = edit::Entity::find().filter(edit::Column::CommentId.eq(comment)).count(self.conn()).await?;
        let number = i32::try_from(kept + 1).unwrap_or(i32::MAX);
        let content = content.to_owned();
        let row = edit::ActiveModel {
            comment_id: Set(comment),
            number: Set(number),
            content: Set(content),
            created_at: Set(at),
        };
        edit::Entity::insert(row).exec_without_returning(self.conn()).await?;
        Ok(number)
    }

    async fn ticket_of(&self, cx: &Cx, comment: TicketCommentId) -> Result<TicketId> {
        let found = by_ids::<comment::Entity>(self.conn(), cx, &[comment]).await?.remove(&comment);
        found.map(|comment| comment.ticket_id).ok_or(Error::NotFound { what: "TicketComment" })
    }

    async fn mention(&self, comment: TicketCommentId, mentions: &[Mentioned]) -> Result<()> {
        let row = |(number, who): (i32, &Mentioned)| mention::ActiveModel {
            comment_id: Set(comment),
            number: Set(number),
            user_id: Set(if let Mentioned::Person(id) = who { Some(*id) } else { None }),
            team_id: Set(if let Mentioned::Team(id) = who { Some(*id) } else { None }),
        };
        if !mentions.is_empty() {
            let rows = (1..).zip(mentions).map(row);
            mention::Entity::insert_many(rows).exec_without_returning(self.conn()).await?;
        }
        Ok(())
    }

    async fn post(&self, comment: TicketCommentId, to: &[UserId], at: DateTime<Utc>) -> Result<()> {
        if to.is_empty() {
            return Ok(());
        }
        let rows = to.iter().map(|who| mail::ActiveModel {
            comment_id: Set(comment),
            user_id: Set(*who),
            status: Set(mail::CommentMailStatus::Queued),
            subject: Set(None),
            error: Set(None),
            sent_at: Set(None),
            created_at: Set(at),
        });
        mail::Entity::insert_many(rows).exec_without_returning(self.conn()).await?;
        Ok(())
    }
}

/// What was last said on a ticket in public, as far as it is among its words.
pub(crate) async fn spoken(tx: &Tx, ticket: TicketId) -> Result<Vec<String>> {
    spoken_by_others(tx, ticket, &[]).await
}

/// The same without what some people said.
pub(crate) async fn spoken_by_others(tx: &Tx, ticket: TicketId, than: &[UserId]) -> Result<Vec<String>> {
    let said = comment::Entity::find()
        .select_only()
        .column(comment::Column::Content)
        .filter(comment::Column::TicketId.eq(ticket))
        .filter(comment::Column::Visibility.eq(comment::CommentVisibility::Public))
        .filter(comment::Column::AuthorId.is_not_in(than.iter().copied()))
        .order_by_desc(comment::Column::CreatedAt)
        .order_by_desc(comment::Column::Id)
        .limit(SPOKEN);
    let mut texts: Vec<String> = said.into_tuple().all(tx.conn()).await?;
    let mut room = CHARACTERS;
    texts.retain(|text| {
        room = room.saturating_sub(text.chars().count());
        room > 0
    });
    Ok(texts)
}

async fn attach(tx: &Tx, cx: &Cx, field: &str, given: &[FileId], to: Owner) -> Result<()> {
    let mut met = HashSet::new();
    for id in given.iter().filter(|id| met.insert(**id)) {
        files::keep(tx, cx, field, *id, to).await?;
    }
    Ok(())
}

impl Attachments for Tx {
    async fn attach_to_ticket(&self, cx: &Cx, field: &str, given: &[FileId], to: TicketId) -> Result<()> {
        attach(self, cx, field, given, Owner::of(to)).await
    }

    async fn attach_to_comment(&self, cx: &Cx, field: &str, given: &[FileId], to: TicketCommentId) -> Result<()> {
        attach(self, cx, field, given, Owner::of(to)).await
    }

    async fn attached(&self, to: TicketId) -> Result<usize> {
        let own = files::Entity::find()
            .filter(files::Column::OwnerKind.eq(TicketId::PREFIX))
            .filter(files::Column::OwnerId.eq(to.0));
        Ok(usize::try_from(own.count(self.conn()).await?).unwrap_or(usize::MAX))
    }

    async fn file(&self, id: FileId) -> Result<Option<File>> {
        Ok(files::by_ids(self.conn(), &[id]).await?.remove(&id))
    }

    async fn detach(&self, cx: &Cx, id: FileId) -> Result<bool> {
        files::remove(self, cx, id).await
    }
}
