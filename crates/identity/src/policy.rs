//! Permissions of this context, and who may change whom.

use kernel::{
    Cx, Error, Permission, Permissions, Result,
    cx::{Duty, UserActor},
};

use crate::store::single_sign_on::identity_provider::Texts;

/// Seeing colleagues: names, addresses, roles, departments, teams.
pub const VIEW_STAFF: Permission =
    Permission { name: "VIEW_STAFF", description: "See staff members, their roles, departments and teams." };
/// Adding, inviting, changing and deactivating colleagues.
pub const MANAGE_STAFF: Permission =
    Permission { name: "MANAGE_STAFF", description: "Add, invite, change and deactivate staff members." };
/// Seeing clients.
pub const VIEW_CLIENTS: Permission =
    Permission { name: "VIEW_CLIENTS", description: "See clients and their companies." };
/// Adding, changing and deactivating clients.
pub const MANAGE_CLIENTS: Permission =
    Permission { name: "MANAGE_CLIENTS", description: "Add, change and deactivate clients." };
/// Keeping roles and the permissions of single people.
pub const MANAGE_ROLES: Permission = Permission {
    name: "MANAGE_ROLES",
    description: "Keep roles, give them to people, grant permissions, and ask why somebody may do something.",
};
/// Keeping departments and teams.
pub const MANAGE_DEPARTMENTS: Permission =
    Permission { name: "MANAGE_DEPARTMENTS", description: "Keep departments and teams." };
/// Seeing and ending other people's sessions.
pub const MANAGE_SESSIONS: Permission =
    Permission { name: "MANAGE_SESSIONS", description: "See and end other people's sessions." };
/// Making API keys of one's own.
pub const USE_API_KEYS: Permission =
    Permission { name: "USE_API_KEYS", description: "Make API keys that act for oneself." };
/// Seeing and revoking other people's API keys.
pub const MANAGE_API_KEYS: Permission =
    Permission { name: "MANAGE_API_KEYS", description: "See and revoke other people's API keys." };
/// Keeping the company's own settings.
pub const MANAGE_SETTINGS: Permission = Permission {
    name: "MANAGE_SETTINGS",
    description: "Keep the company's settings, profile, mail server and mail templates.",
};
/// Deciding how people sign in.
pub const MANAGE_SIGN_IN: Permission = Permission {
    name: "MANAGE_SIGN_IN",
    description: "Decide how people sign in: identity providers, user sync, second factors, registration.",
};
/// Keeping where notifications go.
pub const MANAGE_NOTIFICATIONS: Permission = Permission {
    name: "MANAGE_NOTIFICATIONS",
    description: "Keep the channels that notifications are delivered through, and see what failed.",
};

/// The permissions of this context.
pub const PERMISSIONS: &[Permission] = &[
    VIEW_STAFF,
    MANAGE_STAFF,
    VIEW_CLIENTS,
    MANAGE_CLIENTS,
    MANAGE_ROLES,
    MANAGE_DEPARTMENTS,
    MANAGE_SESSIONS,
    USE_API_KEYS,
    MANAGE_API_KEYS,
    MANAGE_SETTINGS,
    MANAGE_SIGN_IN,
    MANAGE_NOTIFICATIONS,
];

/// Refuses everybody who does not keep the platform: its administrators do, and Frontdesk itself (the command line).
///
/// # Errors
/// [`Error::Unauthenticated`] signed out; [`Error::Forbidden`] for a person of a tenant.
pub fn keeps_platform(cx: &Cx) -> Result<()> {
    match cx.actor {
        kernel::Actor::System => Ok(()),
        _ => cx.platform().map(drop),
    }
}

/// Refuses unless the actor holds every one of `names`: nobody gives what they do not have, and nobody touches the
/// access of somebody who has more than they do.
///
/// # Errors
/// [`Error::Invalid`] at `field`, naming the first permission that is missing.
pub fn holds_all<'a>(cx: &Cx, field: &str, names: impl IntoIterator<Item = &'a String>) -> Result<()> {
    let held = match cx.user() {
        Ok(user) => &user.permissions,
        // Frontdesk itself: the command line, the first start.
        Err(_) if matches!(cx.actor, kernel::Actor::System) => return Ok(()),
        Err(error) => return Err(error),
    };
    match names.into_iter().find(|name| !holds(held, name)) {
        None => Ok(()),
        Some(name) => Err(Error::invalid(
            field,
            kernel::ProblemCode::NotAllowed,
            format!("this takes the permission {name}, which you do not hold"),
        )),
    }
}

/// What the actor may, to be kept with what they set up: it reaches nobody who may more. `None` for everything.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Duty`].
pub(crate) fn ceiling(cx: &Cx, catalog: &[&str]) -> Result<Option<Texts>> {
    let held = match cx.user() {
        Ok(user) => &user.permissions,
        Err(_) if matches!(cx.actor, kernel::Actor::System) => return Ok(None),
        Err(error) => return Err(error),
    };
    let all = catalog.iter().all(|name| holds(held, name));
    Ok((!all).then(|| Texts(held.names().to_vec())))
}

/// Whether somebody who may these things is within reach of what was set up under a ceiling.
pub(crate) fn is_below(ceiling: Option<&Texts>, names: &[String]) -> bool {
    ceiling.is_none_or(|ceiling| names.iter().all(|name| ceiling.0.contains(name)))
}

/// The signed-in person in a session of their own, whatever they must do first as long as it is among `despite`. An API key
/// is no session: it does not change how its owner signs in.
///
/// # Errors
/// [`Error::Unauthenticated`]; [`Error::Forbidden`] for an API key; [`Error::Duty`].
pub(crate) fn in_session<'a>(cx: &'a Cx, despite: &[Duty]) -> Result<&'a UserActor> {
    let (person, _) = cx.in_session()?;
    match person.duty {
        Some(duty) if !despite.contains(&duty) => Err(Error::Duty(duty)),
        Some(_) | None => Ok(person),
    }
}

fn holds(held: &Permissions, name: &str) -> bool {
    held.names().binary_search_by(|known| known.as_str().cmp(name)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ceiling_covers_those_who_may_no_more() {
        let (some, names) = (Texts(vec!["VIEW_STAFF".into()]), |names: &[&str]| -> Vec<String> {
            names.iter().map(|&name| name.into()).collect()
        });
        assert!(is_below(None, &names(&["MANAGE_SIGN_IN"])));
        assert!(is_below(Some(&some), &names(&[])) && is_below(Some(&some), &names(&["VIEW_STAFF"])));
        assert!(!is_below(Some(&some), &names(&["VIEW_STAFF", "MANAGE_STAFF"])));
    }

    #[test]
    fn what_somebody_holds_is_found_by_name() {
        let held = Permissions::new(vec!["VIEW_STAFF".into(), "MANAGE_STAFF".into()]);
        assert!(holds(&held, "VIEW_STAFF") && holds(&held, "MANAGE_STAFF"));
        assert!(!holds(&held, "MANAGE") && !holds(&held, "") && !holds(&held, "VIEW_STAFF2"));
    }
}
