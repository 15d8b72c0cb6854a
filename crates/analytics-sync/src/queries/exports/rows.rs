//! The rows of exports, some at a time: each batch begins where the one before ended, so a file of a million rows is read with the
//! memory of one batch. Rows come from the records of their nouns, as those see them who may.

use std::collections::HashMap;

use kernel::{
    Conn, Cx, Error, Result,
    db::any_of,
    id::{B2chatAgentId, B2chatContactId, B2chatDepartmentId},
    page::{Order, Page, Place, Slice},
    record::{self, Filter, Record, by_ids, list},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{BinOper, Expr, ExprTrait, SelectStatement, SimpleExpr},
};

use super::{messages, people};
use crate::{
    domain::exports::{cells::Cell, report::Times, report::word, wanted::ExportFilter},
    policy::{VIEW_B2CHAT, sees_b2chat},
    ports::exports::{Batch, ExportDesk},
    store::{
        b2chat::{agent, chat, contact, department},
        exports::export::ExportType,
    },
};

/// So many rows are read at a time.
pub const BATCH: u64 = 1_000;

/// Refuses who may not see such rows.
///
/// # Errors
/// [`Error::Forbidden`] with the permission that it takes.
pub fn may_export<D: ExportDesk>(desk: &D, cx: &Cx, kind: ExportType) -> Result<()> {
    match kind {
        ExportType::Leads | ExportType::Tickets | ExportType::AuditLogs => desk.may(cx, kind),
        _ => {
            cx.require(VIEW_B2CHAT)?;
            if sees_b2chat(cx) { Ok(()) } else { Err(Error::Forbidden { permission: VIEW_B2CHAT.name }) }
        }
    }
}

/// Names that were looked up before, so that each batch asks only for new ones.
#[derive(Debug, Default)]
pub struct Names {
    agents: HashMap<B2chatAgentId, String>,
    departments: HashMap<B2chatDepartmentId, String>,
}

/// So many names are remembered.
const REMEMBERED: usize = 10_000;

impl Names {
    /// Looks up the names of these agents and departments.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where the database is away.
    pub async fn learn(
        &mut self,
        conn: &Conn,
        cx: &Cx,
        agents: impl Iterator<Item = B2chatAgentId>,
        departments: impl Iterator<Item = B2chatDepartmentId>,
    ) -> Result<()> {
        if self.agents.len() + self.departments.len() > REMEMBERED {
            *self = Self::default();
        }
        let mut new: Vec<_> = agents.filter(|id| !self.agents.contains_key(id)).collect();
        new.sort_unstable();
        new.dedup();
        for (id, agent) in by_ids::<agent::Entity>(conn, cx, &new).await? {
            self.agents.insert(id, agent.name);
        }
        let mut new: Vec<_> = departments.filter(|id| !self.departments.contains_key(id)).collect();
        new.sort_unstable();
        new.dedup();
        for (id, department) in by_ids::<department::Entity>(conn, cx, &new).await? {
            self.departments.insert(id, department.name);
        }
        Ok(())
    }

    /// What an agent is called; empty for none.
    pub fn agent(&self, id: Option<B2chatAgentId>) -> &str {
        id.and_then(|id| self.agents.get(&id)).map_or("", String::as_str)
    }

    /// What a department is called; empty for none.
    pub fn department(&self, id: Option<B2chatDepartmentId>) -> &str {
        id.and_then(|id| self.departments.get(&id)).map_or("", String::as_str)
    }
}

/// Rows between two instants, by a column.
pub fn between<C: ColumnTrait>(filter: &ExportFilter, column: C) -> Condition {
    Condition::all()
        .add_option(filter.from.map(|from| column.gte(from)))
        .add_option(filter.until.map(|until| column.lt(until)))
}

/// The ids of a department and those below it.
fn below(id: B2chatDepartmentId) -> SelectStatement {
    use department::{Column, Entity};
    let path = Entity::find().select_only().column(Column::Path).filter(Column::Id.eq(id)).into_query();
    let path = SimpleExpr::SubQuery(None, Box::new(path.into())).binary(BinOper::Custom("||"), Expr::val("%"));
    // Paths are made of ids alone, so nothing in one stands for something else.
    let within = Expr::col(Column::Path.as_column_ref()).binary(BinOper::Like, path);
    Entity::find().select_only().column(Column::Id).filter(within).into_query()
}

/// The chats that a filter leaves, but for when they began.
pub fn chats_but_when(filter: &ExportFilter) -> Condition {
    Condition::all()
        .add_option((!filter.include_deleted).then(|| chat::Column::IsDeleted.eq(false)))
        .add_option(filter.agent_id.map(|id| chat::Column::AgentId.eq(id)))
        .add_option(filter.department_id.map(|id| chat::Column::DepartmentId.in_subquery(below(id))))
        .add_option(filter.provider.map(|provider| chat::Column::Provider.eq(provider)))
        .add_option(filter.status.map(|status| chat::Column::Status.eq(status)))
        .add_option(filter.priority.map(|priority| chat::Column::Priority.eq(priority)))
}

fn chats(filter: &ExportFilter) -> Filter<chat::Entity> {
    Filter::of(chats_but_when(filter).add(between(filter, chat::Column::CreatedAt)))
}

pub(super) fn contacts(filter: &ExportFilter) -> Filter<contact::Entity> {
    let kept = (!filter.include_deleted).then(|| contact::Column::IsDeleted.eq(false));
    Filter::of(between(filter, contact::Column::CreatedAt).add_option(kept))
}

pub(super) fn agents(filter: &ExportFilter) -> Filter<agent::Entity> {
    let kept = (!filter.include_deleted).then(|| agent::Column::IsDeleted.eq(false));
    let of = filter.department_id.map(|id| agent::Column::DepartmentId.in_subquery(below(id)));
    Filter::of(Condition::all().add_option(kept).add_option(of))
}

/// The next rows of a kind of record, the oldest first.
///
/// # Errors
/// As [`Record::may_list`] refuses.
pub async fn next<R: Record>(
    conn: &Conn,
    cx: &Cx,
    filter: &Filter<R>,
    by: R::Column,
    after: Option<Place>,
) -> Result<(Vec<R::Row>, Option<Place>)> {
    let order = Order { columns: vec![(by, false)], id: R::ID };
    let page = Page { after, ..Page::first(BATCH) };
    let Slice { rows, has_next, .. } = list::<R>(conn, cx, filter, &order, &page).await?;
    let next = rows.last().filter(|_| has_next).map(|last| record::place::<R>(&order, last));
    Ok((rows, next))
}

/// How many rows a filter leaves; counting stops at `up_to`.
///
/// # Errors
/// As [`may_export`] refuses.
pub async fn count<D: ExportDesk>(
    desk: &D,
    conn: &Conn,
    cx: &Cx,
    kind: ExportType,
    filter: &ExportFilter,
    up_to: u64,
) -> Result<u64> {
    let up = Some(up_to);
    match kind {
        ExportType::Agents => record::count(conn, cx, &agents(filter), up).await,
        ExportType::Contacts => record::count(conn, cx, &contacts(filter), up).await,
        ExportType::Chats | ExportType::CustomReport => record::count(conn, cx, &chats(filter), up).await,
        ExportType::Messages => record::count(conn, cx, &messages::sent(filter), up).await,
        ExportType::Leads | ExportType::Tickets | ExportType::AuditLogs => {
            desk.count(conn, cx, kind, filter, up_to).await
        }
    }
}

/// The next chats, and the names of their agents and departments.
///
/// # Errors
/// As [`Record::may_list`] refuses.
pub async fn next_chats(
    conn: &Conn,
    cx: &Cx,
    filter: &ExportFilter,
    after: Option<Place>,
    names: &mut Names,
) -> Result<(Vec<chat::Model>, Option<Place>)> {
    let found = next::<chat::Entity>(conn, cx, &chats(filter), chat::Column::CreatedAt, after).await?;
    let agents = found.0.iter().filter_map(|chat| chat.agent_id);
    names.learn(conn, cx, agents, found.0.iter().filter_map(|chat| chat.department_id)).await?;
    Ok(found)
}

/// The next rows of a kind.
///
/// # Errors
/// As [`may_export`] refuses.
pub async fn page<D: ExportDesk>(
    desk: &D,
    conn: &Conn,
    cx: &Cx,
    kind: ExportType,
    filter: &ExportFilter,
    after: Option<Place>,
    names: &mut Names,
) -> Result<Batch> {
    match kind {
        ExportType::Agents => people::agents(conn, cx, filter, after, names).await,
        ExportType::Contacts => people::contacts(conn, cx, filter, after).await,
        ExportType::Chats | ExportType::CustomReport => {
            let (found, next) = next_chats(conn, cx, filter, after, names).await?;
            Ok(Batch { rows: chat_rows(conn, cx, found, names).await?, next })
        }
        ExportType::Messages => messages::page(conn, cx, filter, after).await,
        ExportType::Leads | ExportType::Tickets | ExportType::AuditLogs => {
            desk.page(conn, cx, kind, filter, after).await
        }
    }
}

/// Chats as rows.
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn chat_rows(conn: &Conn, cx: &Cx, chats: Vec<chat::Model>, names: &Names) -> Result<Vec<Vec<Cell>>> {
    let ids: Vec<_> = chats.iter().filter_map(|chat| chat.contact_id).collect();
    let who = contacts_of(conn, cx, ids).await?;
    Ok(chats.into_iter().map(|chat| chat_row(chat, &who, names)).collect())
}

type Reached = HashMap<B2chatContactId, (String, Option<String>)>;

/// The names and numbers of contacts.
async fn contacts_of(conn: &Conn, cx: &Cx, mut ids: Vec<B2chatContactId>) -> Result<Reached> {
    ids.sort_unstable();
    ids.dedup();
    let backend = conn.get_database_backend();
    let Some(select) = record::find::<contact::Entity>(cx, backend).filter(|_| !ids.is_empty()) else {
        return Ok(HashMap::new());
    };
    let columns = [contact::Column::Id, contact::Column::FullName, contact::Column::Mobile];
    let these = select.select_only().columns(columns).filter(any_of(backend, contact::Column::Id, &ids));
    let found: Vec<(B2chatContactId, String, Option<String>)> = these.into_tuple().all(conn).await?;
    Ok(found.into_iter().map(|(id, name, mobile)| (id, (name, mobile))).collect())
}

fn chat_row(chat: chat::Model, who: &Reached, names: &Names) -> Vec<Cell> {
    let times = Times::of(&chat);
    let (contact, mobile) = chat.contact_id.and_then(|id| who.get(&id)).cloned().unwrap_or_default();
    let unknown = &chat.unknown_fields.0;
    let unknown = (!unknown.is_empty()).then(|| serde_json::to_string(unknown).unwrap_or_default());
    vec![
        chat.id.to_string().into(),
        Cell::Text(chat.b2chat_id),
        word(&chat.status).into(),
        chat.source_status.into(),
        word(&chat.provider).into(),
        chat.source_provider.into(),
        word(&chat.priority).into(),
        names.agent(chat.agent_id).into(),
        names.department(chat.department_id).into(),
        contact.into(),
        mobile.into(),
        chat.alias.into(),
        chat.topic.into(),
        chat.tags.0.join("; ").into(),
        chat.unread_count.into(),
        chat.message_count.into(),
        chat.is_agent_available.into(),
        chat.created_at.into(),
        chat.opened_at.into(),
        chat.picked_up_at.into(),
        chat.response_at.into(),
        chat.closed_at.into(),
        times.response.into(),
        times.first_response.into(),
        times.pickup.into(),
        times.resolution.into(),
        times.duration.into(),
        chat.source_duration_seconds.into(),
        chat.resolution_note.into(),
        chat.viewer_url.into(),
        unknown.into(),
        chat.last_modified_at.into(),
        chat.is_deleted.into(),
        chat.deleted_at.into(),
        chat.last_sync_at.into(),
        chat.sync_version.into(),
    ]
}
