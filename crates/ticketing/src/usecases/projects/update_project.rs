//! What a project is to be is changed.

use kernel::{
    Cx, Result,
    db::Emit,
    id::ProjectId,
    record::{self, Records},
    text::Check,
};

use super::settings::ProjectSettings;
use crate::{
    domain::projects::events::ProjectSaved,
    policy::MANAGE_PROJECTS,
    store::projects::project::{Entity as Projects, Model as Project},
};

/// Changes a project.
///
/// # Errors
/// [`kernel::Error::NotFound`]; [`kernel::Error::Invalid`] for a bad title, a budget that is none, an end before the start.
pub async fn update_project<S: Records<Projects> + Emit>(
    s: &S,
    cx: &Cx,
    id: ProjectId,
    cmd: &ProjectSettings,
) -> Result<Project> {
    cx.require(MANAGE_PROJECTS)?;
    let before = s.lock(cx, id).await?;
    let mut check = Check::default();
    let mut after = before.clone();
    cmd.apply(&mut check, &mut after);
    check.done()?;
    if before == after {
        return Ok(after);
    }
    let after = record::change::<Projects, S>(s, cx, &before, after).await?;
    s.emit(cx, &ProjectSaved::of(Some(&before), &after));
    Ok(after)
}
