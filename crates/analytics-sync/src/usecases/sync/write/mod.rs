//! What pages tell of is written: what is the same is not, and nothing is there twice.

pub mod agents;
pub mod chats;
pub mod contacts;
pub mod departments;
pub mod messages;

use chrono::{DateTime, Utc};
use kernel::{Cx, Result, Tx, record::Records};
use sea_orm::{ActiveModelBehavior, ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::{
    domain::source::{chat::SourceChat, contact::SourceContact},
    ports::source::Colleagues,
    store::sync::run::SyncEntity,
    usecases::{
        media::copy::media_wait,
        metrics::{note::chats_changed, write::add},
        sync::erase::without_erased,
    },
};

/// So many rows go into one statement: SQLite takes 32,766 values.
const ROWS: usize = 500;

/// Records of a page that can be kept, each once.
pub enum Told {
    /// Chats.
    Chats(Vec<SourceChat>),
    /// Contacts.
    Contacts(Vec<SourceContact>),
}

/// What came of writing them.
#[derive(Debug, Default, Clone)]
pub struct Tally {
    /// How many were new.
    pub created: i32,
    /// How many had changed.
    pub changed: i32,
    /// What was wrong with what was kept all the same, and in which record.
    pub remarks: Vec<(Option<String>, String)>,
    /// Whether somebody who was erased was told of, and left out.
    pub left_out: bool,
}

/// When what is written was told of: a stored answer was told of when it was kept, and what came later stays.
#[derive(Debug, Clone, Copy)]
pub struct AsOf {
    /// That instant.
    pub at: DateTime<Utc>,
    /// Whether it is a stored answer.
    pub is_stored: bool,
}

impl AsOf {
    /// Whether a row was told of later.
    pub fn is_older_than(self, row: Option<DateTime<Utc>>) -> bool {
        self.is_stored && row.is_some_and(|row| row > self.at)
    }
}

/// Adds rows, many in a statement.
pub(super) async fn insert_all<E>(tx: &Tx, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait<Model: IntoActiveModel<E::ActiveModel>>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    kernel::db::insert_all::<E>(tx.conn(), rows).await
}

/// Writes what a page tells of, as far as it belongs to what is synchronised; without those who were erased.
///
/// # Errors
/// What the database says.
pub async fn write(
    tx: &Tx,
    colleagues: &dyn Colleagues,
    cx: &Cx,
    entity: SyncEntity,
    told: &Told,
    as_of: AsOf,
) -> Result<Tally> {
    let left = without_erased(tx, cx, told).await?;
    let tally = match left.as_ref().unwrap_or(told) {
        Told::Contacts(all) => contacts::write(tx, cx, all, as_of).await?.1,
        Told::Chats(chats) => of_chats(tx, colleagues, cx, entity, chats, as_of).await?,
    };
    Ok(Tally { left_out: left.is_some(), ..tally })
}

/// Writes what chats tell of an entity.
async fn of_chats(
    tx: &Tx,
    colleagues: &dyn Colleagues,
    cx: &Cx,
    entity: SyncEntity,
    chats: &[SourceChat],
    as_of: AsOf,
) -> Result<Tally> {
    let named = chats.iter().filter_map(|chat| chat.department.as_ref());
    let departments = async || departments::write(tx, cx, named.collect(), as_of).await;
    match entity {
        SyncEntity::Departments => {
            let (_, mut tally) = departments().await?;
            tally.remarks.extend(remarks(chats));
            Ok(tally)
        }
        SyncEntity::Agents => {
            let (agents, tally) = agents::write(tx, colleagues, cx, chats, as_of).await?;
            agents::place(tx, cx, &agents).await?;
            Ok(tally)
        }
        SyncEntity::Contacts => Ok(Tally::default()),
        SyncEntity::Chats => {
            let (departments, above) = departments().await?;
            let (agents, _) = agents::write(tx, colleagues, cx, chats, as_of).await?;
            let named: Vec<_> = chats.iter().filter_map(|chat| chat.contact.clone()).collect();
            let (contacts, _) = contacts::write(tx, cx, &named, as_of).await?;
            let names = chats::Names { departments, agents, contacts };
            let chats::Written { new, changed, mut tally } = chats::write(tx, cx, chats, &names, as_of).await?;
            agents::place(tx, cx, &names.agents).await?;
            let is_same = new.is_empty() && changed.is_empty();
            add(tx, cx, new).await?;
            chats_changed(tx, cx, &changed).await?;
            if !is_same {
                media_wait(tx, cx).await?;
            }
            tally.remarks = above.remarks;
            tally.remarks.extend(remarks(chats));
            Ok(tally)
        }
    }
}

/// What is wrong with what these chats say.
fn remarks(chats: &[SourceChat]) -> impl Iterator<Item = (Option<String>, String)> + '_ {
    chats.iter().flat_map(|chat| chat.remarks.iter().map(|remark| (Some(chat.id.clone()), remark.clone())))
}

/// Writes what changed of a row, where anything did; says whether.
pub(super) async fn update<R>(tx: &Tx, before: &R::Model, after: &R::Model) -> Result<bool>
where
    R: kernel::record::Record<Model: PartialEq + IntoActiveModel<R::ActiveModel> + Send + Sync, ActiveModel: Send>,
{
    if before == after {
        return Ok(false);
    }
    Records::<R>::update(tx, before, after).await?;
    Ok(true)
}
