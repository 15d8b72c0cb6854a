//! [`ProjectBook`] on the table.

use kernel::{
    Cx, Result, Tx,
    id::{ClientId, ProjectId},
    record::by_ids,
};

use super::project::Entity;
use crate::ports::projects::ProjectBook;

impl ProjectBook for Tx {
    async fn client_of_project(&self, cx: &Cx, id: ProjectId) -> Result<Option<ClientId>> {
        Ok(by_ids::<Entity>(self.conn(), cx, &[id]).await?.remove(&id).map(|project| project.client_id))
    }
}
