//! Who we are: the people who sign in, what they may do, and their sessions.
//!
//! **Words.** A *staff* member belongs to at most one *department* and holds one *role*, a named set of
//! *permissions*. Signing in opens a *session*: a family of *refresh tokens* of which only the newest is good.
//! An *access token* of 15 minutes speaks for the session.
//!
//! **Invariants.** A refresh token is used once; using a replaced one ends its session, because either the
//! caller or a thief holds a copy. Access ends within [`ACCESS_TTL`] of signing out, of deactivation, of a
//! change of role or of a rise of the person's token version, in every process, although a valid access token
//! may still be around. A sign-in answers the same, in the same time, whether the address is known or not; only
//! after the right password does it say what else is missing. A session ends by rest or by age ([`SessionPolicy`]).
//!
//! A *second factor* is a secret in an app (TOTP), asked for once its owner has shown a code of it; each of its steps and
//! each *recovery code* is good once. A *duty* (another password, a second factor that the role requires) comes before
//! everything else. A change of the password ends all other sessions of its owner.
//!
//! **Published events**: `session.opened`, `session.refused`, `session.refreshed`, `session.ended`, `session.reused`,
//! `session.revoked`, `session.all_revoked`, `password.changed`, `totp.begun`, `totp.confirmed`, `totp.disabled`,
//! `totp.reset`, `recovery_codes.replaced`, `staff.added`, `staff.deactivated`.

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
};
pub use domain::{
    role::{ROLES, Role},
    device::Device,
    session::{ACCESS_TOKEN_TTL, SessionPolicy, SessionTokens},
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
    sessions::{count_sessions, sessions},
};
pub use store::{
    department::Model as Department,
    session::Model as Session,
    user::Kind as UserKind,
};
pub use usecases::{
    add_staff::{AddStaff, add_staff},
    begin_totp::{Enrolment, begin_totp},
    bootstrap::bootstrap,
    change_password::{ChangePassword, change_password},
    confirm_totp::confirm_totp,
    deactivate_staff::deactivate_staff,
    disable_totp::disable_totp,
    refresh_session::{Refreshed, refresh_session, refused},
    regenerate_recovery_codes::regenerate_recovery_codes,
    reset_totp::reset_totp,
    revoke_all_sessions::revoke_all_sessions,
    revoke_session::revoke_session,
    sign_in::{SignIn, SignedIn, sign_in},
    sign_out::sign_out,
};

/// The entities of this context, for the test that compares them with the migrations.
pub mod entities {
    pub use crate::store::recovery_code;
    pub use crate::store::{department, refresh_token, role, session, team, team_member, user, user_permission};
}
