//! What the use cases of projects need beside the records.

use kernel::{
    Cx, Result,
    id::{ClientId, ProjectId},
};

/// Clients for whom something is made, as whoever makes it sees them.
pub trait ActiveClients {
    /// Whether there is an active client with this id whom the actor may see.
    async fn is_active_client(&self, cx: &Cx, id: ClientId) -> Result<bool>;
}

/// The table of projects.
pub trait ProjectBook {
    /// Whose a project is; `None` where there is none that the actor sees.
    async fn client_of_project(&self, cx: &Cx, id: ProjectId) -> Result<Option<ClientId>>;
}
