//! [`Entities`] on the tables.

use kernel::{Cx, Error, Result, Tx};

use crate::{
    domain::entity::Entity,
    kinds::{Contact, find},
    ports::Entities,
};

impl Entities for Tx {
    async fn found(&self, cx: &Cx, entity: Entity) -> Result<Contact> {
        find(self.conn(), cx, entity).await?.ok_or(Error::NotFound { what: entity.kind.what() })
    }
}
