//! Roles: named sets of permissions.

use kernel::{Permissions, id::RoleId};
use serde::{Deserialize, Serialize};

use crate::store::access::role;

/// A role. A built-in one gets its permissions from [`ROLES`], a tenant's own one lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// Its name, such as `ADMIN`.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it can still be given to people.
    pub is_active: bool,
    /// Whether everybody who holds it needs a second factor.
    pub requires_totp: bool,
    /// Whether it comes with Frontdesk and cannot be changed.
    pub built_in: bool,
    /// The names of its permissions.
    pub permissions: Vec<String>,
}

/// The built-in roles and their permissions, by name because they are spread over all contexts; a test in the
/// gateway compares the names with the catalog. `*` stands for all of them, a name behind `-` for all but that one.
pub const ROLES: &[(&str, &[&str])] = &[
    ("SUPER_ADMIN", &["*"]),
    ("ADMIN", &["*", "-MANAGE_SIGN_IN"]),
    (
        "MANAGER",
        &[
            "VIEW_STAFF",
            "USE_ASSISTANT",
            "VIEW_CLIENTS",
            "MANAGE_CLIENTS",
            "MANAGE_DEPARTMENTS",
            "USE_API_KEYS",
            "VIEW_MESSAGES",
            "VIEW_CHATS",
            "VIEW_CONVERSATIONS",
            "MANAGE_MESSAGES",
            "MANAGE_CHATS",
            "MANAGE_CONVERSATIONS",
            "VIEW_CONSULTATIONS",
            "MANAGE_CONSULTATIONS",
            "MANAGE_SERVICES",
            "MANAGE_SAVED_REPLIES",
            "VIEW_HELP",
            "MANAGE_HELP",
            "MANAGE_TAGS",
            "VIEW_TICKETS",
            "MANAGE_TICKETS",
            "MANAGE_SERVICE_LEVELS",
            "VIEW_AI_TASKS",
            "MANAGE_AI_TASKS",
            "VIEW_PROJECTS",
            "MANAGE_PROJECTS",
            "VIEW_LEADS",
            "MANAGE_LEADS",
            "MANAGE_SCORING",
            "VIEW_VISITORS",
            "MANAGE_VISITORS",
            "MANAGE_NEWSLETTER",
            "VIEW_ANALYTICS",
            "VIEW_B2CHAT",
            "ANALYSE_CHATS",
            "EXPORT_DATA",
            "VIEW_AUDIT_LOG",
            "SEE_ALL",
            "SEE_TEAM",
            "SEE_ASSIGNED",
            "SEE_UNASSIGNED",
        ],
    ),
    (
        "STAFF",
        &[
            "VIEW_STAFF",
            "USE_ASSISTANT",
            "VIEW_CLIENTS",
            "USE_API_KEYS",
            "VIEW_MESSAGES",
            "VIEW_CONSULTATIONS",
            "VIEW_CHATS",
            "VIEW_CONVERSATIONS",
            "VIEW_TICKETS",
            "VIEW_VISITORS",
            "VIEW_PROJECTS",
            "VIEW_LEADS",
            "VIEW_HELP",
            "SEE_ALL",
            "SEE_TEAM",
            "SEE_ASSIGNED",
            "SEE_UNASSIGNED",
        ],
    ),
    (
        "VIEWER",
        &[
            "VIEW_STAFF",
            "USE_ASSISTANT",
            "VIEW_CLIENTS",
            "VIEW_MESSAGES",
            "VIEW_CHATS",
            "VIEW_CONVERSATIONS",
            "VIEW_CONSULTATIONS",
            "VIEW_TICKETS",
            "VIEW_VISITORS",
            "VIEW_PROJECTS",
            "VIEW_LEADS",
            "VIEW_HELP",
            "VIEW_ANALYTICS",
            "VIEW_B2CHAT",
            "SEE_ALL",
        ],
    ),
    ("ANALYST", &["VIEW_ANALYTICS", "VIEW_B2CHAT", "EXPORT_DATA"]),
    ("CLIENT", &[]),
];

/// What somebody is granted who gets the role STAFF: each of them can be taken from one person and left to the others.
pub const WITH_STAFF: &[&str] = &[
    "MANAGE_CHATS",
    "MANAGE_CONSULTATIONS",
    "MANAGE_CONVERSATIONS",
    "MANAGE_LEADS",
    "MANAGE_MESSAGES",
    "MANAGE_TICKETS",
];

/// The roles of administrators, of whom a tenant always keeps one who can sign in.
pub const ADMINISTRATORS: [&str; 2] = [MAY_EVERYTHING, "ADMIN"];

/// The role that holds everything, also what comes later.
pub const MAY_EVERYTHING: &str = "SUPER_ADMIN";

/// The permission names of a role, with `*` spelled out from the `catalog` of all names.
pub fn permission_names(name: &str, built_in: bool, own: Option<&serde_json::Value>, catalog: &[&str]) -> Vec<String> {
    if !built_in {
        return own.and_then(|own| serde_json::from_value(own.clone()).ok()).unwrap_or_default();
    }
    match ROLES.iter().find(|(known, _)| *known == name) {
        Some((_, ["*", but @ ..])) => {
            let kept = |name: &&&str| !but.iter().any(|but| but.strip_prefix('-') == Some(name));
            catalog.iter().filter(kept).map(|&name| name.into()).collect()
        }
        Some((_, names)) => names.iter().map(|&name| name.into()).collect(),
        None => Vec::new(),
    }
}

impl Role {
    /// A stored role, with its permissions spelled out.
    pub fn of(row: role::Model, catalog: &[&str]) -> Self {
        Self {
            permissions: permission_names(&row.name, row.built_in, row.permissions.as_ref(), catalog),
            id: row.id,
            name: row.name,
            description: row.description,
            is_active: row.is_active,
            requires_totp: row.requires_totp,
            built_in: row.built_in,
        }
    }

    /// What somebody is granted beside it who gets the role.
    pub fn comes_with(&self) -> &'static [&'static str] {
        if self.built_in && self.name == "STAFF" { WITH_STAFF } else { &[] }
    }

    /// All that somebody may who gets the role.
    pub fn gives(&self) -> Vec<String> {
        self.permissions.iter().cloned().chain(self.comes_with().iter().map(|&name| name.into())).collect()
    }

    /// The role's permissions as a set.
    pub fn permission_set(&self) -> Permissions {
        Permissions::new(self.permissions.clone())
    }
}
