//! A person, as everyone but the sign-in sees them: without password hash and second factor.

use chrono::{DateTime, Utc};
use kernel::{
    held::ERASED_ADDRESS,
    id::{ClientId, DepartmentId, RoleId, StaffId, UserId},
    record::ByPlace,
};
use sea_orm::DerivePartialModel;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::people::user::{self, ClientTier, Kind};

/// The longest name or company, in characters.
pub const LINE: usize = 200;

/// Somebody who signs in, staff or client.
#[derive(Debug, Clone, PartialEq, Eq, DerivePartialModel, Serialize, Deserialize, ByPlace)]
#[sea_orm(entity = "user::Entity")]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// Staff or client.
    pub kind: Kind,
    /// Their address, in lower case.
    pub email: String,
    /// Their name, as others read it.
    pub name: String,
    /// Their first name.
    pub first_name: Option<String>,
    /// Their last name.
    pub last_name: Option<String>,
    /// The company they buy for.
    pub company: Option<String>,
    /// Whether a colleague wrote that they buy for it, and not they themselves.
    #[serde(default)]
    pub company_confirmed: bool,
    /// How much they are promised; of clients only.
    #[serde(default)]
    pub tier: Option<ClientTier>,
    /// Their telephone number (E.164); one that is older than that form, as it was typed.
    pub phone: Option<String>,
    /// Their telephone number, as it was typed.
    pub phone_typed: Option<String>,
    /// Their picture.
    pub avatar_id: Option<Uuid>,
    /// Their role.
    pub role_id: RoleId,
    /// Their department.
    pub department_id: Option<DepartmentId>,
    /// Whether they may sign in.
    pub is_active: bool,
    /// When that was taken away.
    pub deactivated_at: Option<DateTime<Utc>>,
    /// Whether they must choose another password.
    pub must_change_password: bool,
    /// When they showed that mail to their address reaches them.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// Since when they have a second factor.
    pub totp_confirmed_at: Option<DateTime<Utc>>,
    /// When they last signed in.
    pub last_sign_in_at: Option<DateTime<Utc>>,
    /// Who added them.
    pub created_by: Option<UserId>,
    /// Since when they are here.
    pub created_at: DateTime<Utc>,
    /// When they were last changed.
    pub updated_at: DateTime<Utc>,
}

impl Person {
    /// Nobody yet: what somebody is made from.
    pub(crate) fn nobody() -> Self {
        let (id, long_ago) = (Uuid::nil(), DateTime::UNIX_EPOCH);
        Self {
            id: UserId(id),
            kind: Kind::Staff,
            email: String::new(),
            name: String::new(),
            first_name: None,
            last_name: None,
            company: None,
            company_confirmed: false,
            tier: None,
            phone: None,
            phone_typed: None,
            avatar_id: None,
            role_id: RoleId(id),
            department_id: None,
            is_active: false,
            deactivated_at: None,
            must_change_password: false,
            email_verified_at: None,
            totp_confirmed_at: None,
            last_sign_in_at: None,
            created_by: None,
            created_at: long_ago,
            updated_at: long_ago,
        }
    }

    /// Whether they are nothing but a registration so far: nobody added them, and nobody has shown that the address is
    /// theirs. It keeps nobody from the address.
    pub fn is_registration(&self) -> bool {
        self.kind == Kind::Client && self.email_verified_at.is_none() && self.created_by.is_none()
    }

    /// Whether they were erased: what is left is nobody's, and nobody comes back by it.
    pub fn is_erased(&self) -> bool {
        self.email.ends_with(ERASED_ADDRESS)
    }

    /// Their id as it is shown outside.
    pub fn shown_id(&self) -> String {
        match self.kind {
            Kind::Staff => StaffId(self.id.0).to_string(),
            Kind::Client => ClientId(self.id.0).to_string(),
        }
    }
}
