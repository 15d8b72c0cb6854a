//! A connection is named, switched, paused and resumed.

use kernel::{
    Cx, Error, ProblemCode, Result, Tx,
    id::CrmConnectionId,
    record::{self, Records},
    text::{Check, rename},
};

use crate::{
    policy::MANAGE_CRM,
    store::{
        crm_connections::connection::{CrmStatus, Entity as CrmConnections, Model as CrmConnection},
        crm_syncs::queue,
    },
    usecases::crm_syncs::{bring::SyncCrm, take::PullCrm},
};

/// The longest name.
pub const NAME: usize = 200;

/// What a connection is to be like; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct CrmConnectionSettings {
    /// Its name.
    pub name: Option<String>,
    /// Whether leads are brought without being asked to.
    pub auto_sync: Option<bool>,
    /// Whether what changes there comes back.
    pub pull: Option<bool>,
}

/// Changes a connection. Leads that were made before it brings leads by itself are brought when they change, or by hand.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `name`.
pub async fn update_crm_connection(
    tx: &Tx,
    cx: &Cx,
    id: CrmConnectionId,
    cmd: &CrmConnectionSettings,
) -> Result<CrmConnection> {
    cx.require(MANAGE_CRM)?;
    let before: CrmConnection = Records::<CrmConnections>::lock(tx, cx, id).await?;
    let mut after = before.clone();
    let mut check = Check::default();
    if let Some(name) = &cmd.name {
        let name = check.line("name", name, NAME);
        rename(&mut after.name, &mut after.name_folded, name);
    }
    check.done()?;
    after.auto_sync = cmd.auto_sync.unwrap_or(after.auto_sync);
    after.pull = cmd.pull.unwrap_or(after.pull);
    let after = record::save::<CrmConnections, _>(tx, cx, before.clone(), after).await?;
    if after.pull && !before.pull && after.status == CrmStatus::Connected {
        queue::wake(tx, cx, id, &PullCrm::of(id), cx.now).await?;
    }
    Ok(after)
}

/// Pauses a connection: nothing is brought and nothing comes back until it is resumed. What is to be brought waits.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `crmConnectionId` for one that is not connected.
pub async fn pause_crm_connection(tx: &Tx, cx: &Cx, id: CrmConnectionId) -> Result<CrmConnection> {
    cx.require(MANAGE_CRM)?;
    turn(tx, cx, id, CrmStatus::Connected, CrmStatus::Paused).await
}

/// Resumes a connection; what waited is brought.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] at `crmConnectionId` for one that is not paused.
pub async fn resume_crm_connection(tx: &Tx, cx: &Cx, id: CrmConnectionId) -> Result<CrmConnection> {
    cx.require(MANAGE_CRM)?;
    let after = turn(tx, cx, id, CrmStatus::Paused, CrmStatus::Connected).await?;
    go_on(tx, cx, &after).await?;
    Ok(after)
}

async fn turn(tx: &Tx, cx: &Cx, id: CrmConnectionId, from: CrmStatus, to: CrmStatus) -> Result<CrmConnection> {
    let before: CrmConnection = Records::<CrmConnections>::lock(tx, cx, id).await?;
    if before.status == to {
        return Ok(before);
    }
    if before.status != from {
        let what = match from {
            CrmStatus::Paused => "is not paused",
            _ => "is not connected",
        };
        return Err(Error::invalid("crmConnectionId", ProblemCode::NotAllowed, what));
    }
    let after = CrmConnection { status: to, ..before.clone() };
    record::save::<CrmConnections, _>(tx, cx, before, after).await
}

/// Looks at a connection that works (again): for what waits, and for changes there.
pub(crate) async fn go_on(tx: &Tx, cx: &Cx, connection: &CrmConnection) -> Result<()> {
    let id = connection.id;
    if queue::next_due(tx.conn(), id).await?.is_some() {
        queue::wake(tx, cx, id, &SyncCrm { connection: id }, cx.now).await?;
    }
    if connection.pull {
        queue::wake(tx, cx, id, &PullCrm::of(id), cx.now).await?;
    }
    Ok(())
}
