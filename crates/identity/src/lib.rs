//! Who we are: the people who sign in, what they may do, and their sessions.
//!
//! **Words.** A *staff* member belongs to at most one *department* and holds one *role*, a named set of
//! *permissions*. Signing in opens a *session*: a family of *refresh tokens* of which only the newest is good.
//! An *access token* of 15 minutes speaks for the session.
//!
//! A tenant has a *tier*, which allows it so many *seats* for active staff, *requests a minute* and bytes of *storage*;
//! it may have *limits* of its own instead. Its *host names* are its alone. A *platform administrator* is a member of no
//! tenant: they open, change, *suspend* and resume tenants from outside, and read nothing in them.
//!
//! **Invariants.** A refresh token is used once; using a replaced one ends its session, because either the
//! caller or a thief holds a copy. Access ends within [`ACCESS_TTL`] of signing out, of deactivation, of a
//! change of role or of a rise of the person's token version, in every process, although a valid access token
//! may still be around. There are never more active staff members than seats, however many are added at once. What a
//! platform administrator does to a tenant is in that tenant's own audit trail. A sign-in answers the same, in the same time, whether the address is known or not.
//!
//! **Published events**: `session.opened`, `session.refused`, `session.ended`, `session.reused`, `staff.added`,
//! `staff.deactivated`, `tenant.created`, `tenant.changed`, `tenant.suspended`, `tenant.resumed`.

mod adapters;
mod domain;
mod policy;
mod ports;
mod queries;
mod store;
mod usecases;

pub use adapters::{
    access_token::{AccessTokens, Claims},
    password::Passwords,
    platform_token::{PlatformClaims, PlatformTokens},
};
pub use domain::{
    tenancy::TenantAccount,
    role::{ROLES, Role},
    session::{ACCESS_TOKEN_TTL, REFRESH_TOKEN_TTL, SessionTokens},
    person::Person,
};
pub use policy::{
    MANAGE_API_KEYS, MANAGE_CLIENTS, MANAGE_DEPARTMENTS, MANAGE_NOTIFICATIONS, MANAGE_ROLES, MANAGE_SESSIONS,
    MANAGE_SETTINGS, MANAGE_SIGN_IN, MANAGE_STAFF, PERMISSIONS, USE_API_KEYS, VIEW_CLIENTS, VIEW_STAFF,
};
pub use queries::{
    access::{ACCESS_TTL, Access},
    directory::Directory,
    people::{
        PersonCriteria, PersonField, PersonOrder, anybody, count_people, departments_by_ids, is_active_staff, people,
        people_by_ids, roles_by_ids, staff_id,
    },
    platform::{
        TenantUsage, count_tenants, platform_actor, platform_admins, platform_events, tenant_account,
        tenant_accounts, tenant_usage,
    },
};
pub use store::{
    department::Model as Department,
    user::Kind as UserKind,
};
pub use usecases::{
    add_staff::{AddStaff, add_staff},
    bootstrap::bootstrap,
    deactivate_staff::deactivate_staff,
    refresh_session::{Refreshed, refresh_session, refused},
    sign_in::{SignIn, SignedIn, sign_in},
    sign_out::sign_out,
};
pub use ports::Seats;
pub use usecases::{
    platform_admins::{add_platform_admin, deactivate_platform_admin},
    seats::take_seat,
    sign_in_platform::{PlatformSession, SignInPlatform, sign_in_platform},
    tenants::{OpenTenant, UpdateTenant, finish_tenant, open_tenant, resume_tenant, suspend_tenant, update_tenant},
};

/// The entities of this context, for the test that compares them with the migrations.
pub mod entities {
    pub use crate::store::{platform_admin, platform_event};
    pub use crate::store::{department, refresh_token, role, session, team, team_member, user, user_permission};
}
