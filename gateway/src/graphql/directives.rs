//! The directives of the schema: what a field needs of whoever asks for it.

use async_graphql::TypeDirective;

use super::identity::Permission;

/// What the signed-in person needs to hold for a field.
#[TypeDirective(location = "FieldDefinition")]
pub fn requires(permission: Permission) {}

/// An operation of the platform, which belongs to no tenant: for its administrators, and for nobody else.
#[TypeDirective(location = "FieldDefinition")]
pub fn platform() {}
