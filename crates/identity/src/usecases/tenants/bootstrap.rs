//! A new tenant gets its built-in roles and its first administrator.

use kernel::{Cx, Result, db::Emit, text::same_name};

use crate::usecases::people::add_person::{AddPerson, add_person};
use crate::{
    domain::access::role::ROLES,
    ports::{ExternalIdentities, People, Roles, Seats, sign_in::Invitations},
    store::access::role,
};

/// Makes sure that the built-in roles are there and, where nobody is, adds `admin`. Returns whether it was added.
pub async fn bootstrap<S: People + Roles + Seats + ExternalIdentities + Invitations + Emit>(
    s: &S,
    cx: &Cx,
    admin: Option<AddPerson>,
) -> Result<bool> {
    for (name, _) in ROLES {
        let built_in = role::Model {
            id: cx.new_id(),
            name: (*name).into(),
            name_folded: Some(same_name(name)),
            description: None,
            is_active: true,
            requires_totp: false,
            built_in: true,
            permissions: None,
            created_at: cx.now,
            updated_at: cx.now,
        };
        s.add_built_in_role(&built_in).await?;
    }
    let Some(admin) = admin else { return Ok(false) };
    // Of two that start at the same time the second waits here, and sees whom the first has added.
    s.seats_taken().await?;
    if s.anybody().await? {
        return Ok(false);
    }
    // Frontdesk itself holds everything, so what the roles hold need not be spelled out.
    add_person(s, cx, &[], admin).await?;
    Ok(true)
}
