//! A client asks for a project, or whoever keeps projects makes one for them.

use kernel::{Cx, Error, ProblemCode, Result, db::Emit, id::ClientId, record::Records, text::Check};

use super::settings::ProjectSettings;
use crate::{
    domain::projects::{events::ProjectSaved, project::END_OF_DAYS},
    policy::{client as acting, works_on_projects},
    ports::projects::ActiveClients,
    store::projects::project::{Entity as Projects, Model as Project, ProjectStatus, ProjectType},
};

/// A project to be made.
#[derive(Debug, Clone, Default)]
pub struct CreateProject {
    /// Whose it is; a client's own without it.
    pub client: Option<ClientId>,
    /// What it is to be.
    pub settings: ProjectSettings,
}

/// Makes a project, which then waits for approval.
///
/// # Errors
/// [`Error::Invalid`] for a bad title, a budget that is none, an end before the start, a client who is not there.
pub async fn create_project<S: Records<Projects> + Emit>(
    s: &S,
    clients: &impl ActiveClients,
    cx: &Cx,
    cmd: &CreateProject,
) -> Result<Project> {
    works_on_projects(cx)?;
    let refused = |code, message: &str| Error::invalid("clientId", code, message);
    let client = match (acting(cx), cmd.client) {
        (Some(own), None) => own,
        (Some(own), Some(named)) if own == named => own,
        (Some(_), Some(_)) => return Err(refused(ProblemCode::NotAllowed, "must be yourself")),
        (None, None) => return Err(refused(ProblemCode::Blank, "must be named")),
        (None, Some(named)) => named,
    };
    let mut check = Check::default();
    let mut project = Project {
        id: cx.new_id(),
        title: String::new(),
        description: None,
        status: ProjectStatus::Pending,
        kind: ProjectType::Other,
        client_id: client,
        budget: None,
        currency: None,
        requirements: None,
        start_date: None,
        end_date: None,
        starts_on: END_OF_DAYS,
        created_by_id: cx.user().ok().map(|user| user.id),
        created_at: cx.now,
        updated_at: cx.now,
    };
    let title = cmd.settings.title.clone().unwrap_or_default();
    ProjectSettings { title: Some(title), ..cmd.settings.clone() }.apply(&mut check, &mut project);
    check.done()?;
    if acting(cx).is_none() && !clients.is_active_client(cx, client).await? {
        return Err(refused(ProblemCode::NotAvailable, "is not an active client"));
    }
    s.insert(&project).await?;
    s.emit(cx, &ProjectSaved::of(None, &project));
    Ok(project)
}
