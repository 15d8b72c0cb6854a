//! Who may see and do what with leads.

use kernel::{
    Cx, Permission,
    cx::UserKind,
    visibility::{Holder, SEE_ALL, Sees, Work, rule},
};
use sea_orm::{ColumnTrait, Condition, DbBackend};

use crate::store::{imports::import, leads::lead::Column};

/// Seeing leads.
pub const VIEW_LEADS: Permission =
    Permission { name: "VIEW_LEADS", description: "See leads, their scores and what happens to them." };
/// Working on leads.
pub const MANAGE_LEADS: Permission =
    Permission { name: "MANAGE_LEADS", description: "Make leads, change, assign, score, merge and import them." };
/// Keeping the rules that leads are scored by.
pub const MANAGE_SCORING: Permission =
    Permission { name: "MANAGE_SCORING", description: "Keep the rules that leads are scored by." };

/// Seeing what artificial intelligence did.
pub const VIEW_AI_TASKS: Permission = Permission {
    name: "VIEW_AI_TASKS",
    description: "See what artificial intelligence made of what people write, how sure it was and what it cost.",
};
/// Having it do something.
pub const MANAGE_AI_TASKS: Permission = Permission {
    name: "MANAGE_AI_TASKS",
    description: "Have artificial intelligence do tasks, do them again and correct what came of them.",
};

/// Keeping CRMs.
pub const MANAGE_CRM: Permission =
    Permission { name: "MANAGE_CRM", description: "Connect CRMs, say which field goes where, and bring leads there." };

/// The permissions of this context.
pub const PERMISSIONS: &[Permission] =
    &[VIEW_LEADS, MANAGE_LEADS, MANAGE_SCORING, MANAGE_CRM, VIEW_AI_TASKS, MANAGE_AI_TASKS];

/// What says whose work a lead is.
const WORK: Work<Column> = Work::of(Column::OwnerId);

/// Whether the actor is a client, who sees no leads whatever they hold.
fn is_client(cx: &Cx) -> bool {
    cx.user().is_ok_and(|user| user.kind == UserKind::Client)
}

/// The leads that the actor may see, as a condition that every finder starts from; `None` where there are none.
pub fn visible_leads(cx: &Cx, backend: DbBackend) -> Option<Condition> {
    if is_client(cx) || !cx.can(VIEW_LEADS) {
        return None;
    }
    let sees = Sees::of(cx);
    (!sees.nothing(&WORK)).then(|| sees.condition(backend, &WORK))
}

/// The imports that the actor may see: their own, and all with [`SEE_ALL`]; `None` where there are none.
pub fn visible_imports(cx: &Cx) -> Option<Condition> {
    if is_client(cx) || !cx.can(MANAGE_LEADS) {
        return None;
    }
    if cx.can(SEE_ALL) {
        return Some(Condition::all());
    }
    let own = cx.user().ok()?.id;
    Some(Condition::all().add(import::Column::CreatedById.eq(own)))
}

/// Whether the actor would see a lead that is such work.
pub fn would_see(cx: &Cx, lead: &Holder) -> bool {
    !is_client(cx) && cx.can(VIEW_LEADS) && rule(cx, lead).is_some()
}
