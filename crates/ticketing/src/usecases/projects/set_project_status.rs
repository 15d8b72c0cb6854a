//! A project moves on.

use kernel::{
    Cx, Error, Result,
    db::Emit,
    id::ProjectId,
    record::{self, Records},
};

use crate::{
    domain::projects::{events::ProjectStatusChanged, project::Mover},
    policy::{MANAGE_PROJECTS, is_client, works_on_projects},
    store::projects::project::{Entity as Projects, Model as Project, ProjectStatus},
};

/// Moves a project to another status: whoever keeps projects along their table, a client only their own, from waiting for
/// approval to cancelled.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for a client who wants it elsewhere; [`Error::Invalid`] at `status` where it cannot
/// go there from where it stands.
pub async fn set_project_status<S: Records<Projects> + Emit>(
    s: &S,
    cx: &Cx,
    id: ProjectId,
    status: ProjectStatus,
) -> Result<Project> {
    works_on_projects(cx)?;
    let before = s.lock(cx, id).await?;
    let mover = if is_client(cx) { Mover::Client } else { Mover::Staff };
    if mover == Mover::Client && !matches!(status, ProjectStatus::Cancelled | ProjectStatus::Pending) {
        return Err(Error::Forbidden { permission: MANAGE_PROJECTS.name });
    }
    let mut after = before.clone();
    if !after.set_status(mover, status)? {
        return Ok(after);
    }
    let after = record::change::<Projects, S>(s, cx, &before, after).await?;
    s.emit(cx, &ProjectStatusChanged { project: id, client: after.client_id, from: before.status, to: status });
    Ok(after)
}
