//! The kinds of things that tasks for artificial intelligence are about, and which of them somebody sees.
//!
//! Leads are of this context. What is of another is given to [`register`] by the gateway when the process starts: it says which somebody sees
//! in SQL of its own tables, so nobody has to know whose they are.

use std::sync::OnceLock;

use kernel::{Cx, record::Record, visibility::SEE_ALL};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, ExprTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::SelectStatement,
};

use crate::store::{
    ai_tasks::task::{AiSubjectType, Column},
    leads::lead::Entity as Leads,
};

/// The ids of those that the actor sees; `None` where there are none.
type Visible = fn(&Cx, DbBackend) -> Option<SelectStatement>;

/// A kind of thing that tasks are about.
pub struct SubjectKind {
    of: AiSubjectType,
    visible: Visible,
}

impl SubjectKind {
    /// A kind that is a record.
    pub const fn record<R: Record>(of: AiSubjectType) -> Self {
        Self { of, visible: visible::<R> }
    }
}

/// Those of this context.
static OWN: [SubjectKind; 1] = [SubjectKind::record::<Leads>(AiSubjectType::Lead)];

/// Those of other contexts.
static OTHERS: OnceLock<Vec<SubjectKind>> = OnceLock::new();

/// Adds the kinds of other contexts, once, when the process starts.
pub fn register(kinds: Vec<SubjectKind>) {
    // A second time would be a fault of the program that changes nothing.
    drop(OTHERS.set(kinds));
}

fn visible<R: Record>(cx: &Cx, backend: DbBackend) -> Option<SelectStatement> {
    Some(R::find().select_only().column(R::ID).filter(R::visible(cx, backend)?).into_query())
}

/// The tasks about what the actor sees; `None` where there are none.
pub(crate) fn about_visible(cx: &Cx, backend: DbBackend) -> Option<Condition> {
    let mut any = None;
    for kind in OWN.iter().chain(OTHERS.get().into_iter().flatten()) {
        let Some(visible) = (kind.visible)(cx, backend) else { continue };
        let of = Column::SubjectType.eq(kind.of);
        // Who sees everything of a kind sees also what was said of one that is gone.
        let of = if cx.can(SEE_ALL) { of } else { of.and(Column::SubjectId.in_subquery(visible)) };
        any = Some(any.unwrap_or_else(Condition::any).add(of));
    }
    any
}
