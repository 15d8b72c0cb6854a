//! What this context publishes about identity providers and the people who come from them.

use kernel::{
    events::{Event, Resource, Severity},
    id::{ExternalIdentityId, IdentityProviderId, RoleId, UserId},
    personal::Subject,
};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::id_token::Refusal;

/// An identity provider was added, or changed.
#[derive(Serialize)]
pub struct ProviderSaved {
    /// The provider.
    pub provider: IdentityProviderId,
    /// Its name.
    pub name: String,
    /// Its settings before; none for a new one. No secrets.
    #[serde(skip)]
    pub old: Option<Json>,
    /// Its settings now. No secrets.
    #[serde(skip)]
    pub new: Json,
}

impl Event for ProviderSaved {
    const KIND: &'static str = "identity_provider.saved";
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("IdentityProvider", self.provider)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (self.old.clone(), Some(self.new.clone()))
    }
}

/// Somebody was sent to a provider to sign in.
#[derive(Serialize)]
pub struct SignInBegun {
    /// The provider.
    pub provider: IdentityProviderId,
}

impl Event for SignInBegun {
    const KIND: &'static str = "external_sign_in.begun";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("IdentityProvider", self.provider)
    }
}

/// Somebody came back from a provider and was not let in.
#[derive(Serialize)]
pub struct SignInRefused {
    /// The provider, where it is known which.
    pub provider: Option<IdentityProviderId>,
    /// The person, where it is known who.
    pub user: Option<UserId>,
    /// Why.
    pub reason: Refusal,
}

impl Event for SignInRefused {
    // The same as of a wrong password: who watches for failed sign-ins sees both.
    const KIND: &'static str = "session.refused";
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::Medium;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        self.user.map_or(Resource { kind: "User", id: uuid::Uuid::nil() }, |id| Resource::new("User", id))
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "provider": self.provider, "reason": self.reason })))
    }
    fn about(&self) -> Option<Subject> {
        self.user.map(Subject::Person)
    }
}

/// An account at a provider became one of a person here.
#[derive(Serialize)]
pub struct IdentityLinked {
    /// The account there.
    pub identity: ExternalIdentityId,
    /// The person.
    pub user: UserId,
    /// The provider's name.
    pub provider: String,
    /// Whether the person had never shown that the address is theirs, so that whatever was set up before has ended:
    /// password, second factor, API keys, links in mails, sessions.
    pub took_over: bool,
}

impl Event for IdentityLinked {
    const KIND: &'static str = "external_identity.linked";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("User", self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let ended = self.took_over.then_some("password, second factor, API keys, links in mails and sessions");
        (None, Some(json!({ "provider": self.provider, "identity": self.identity, "ended": ended })))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Person(self.user))
    }
}

/// An account at a provider is no longer one of a person here.
#[derive(Serialize)]
pub struct IdentityUnlinked {
    /// The account there.
    pub identity: ExternalIdentityId,
    /// The person.
    pub user: UserId,
    /// The provider's name.
    pub provider: String,
}

impl Event for IdentityUnlinked {
    const KIND: &'static str = "external_identity.unlinked";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("User", self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "provider": self.provider, "identity": self.identity })), None)
    }
}

/// A person was added because a provider knows them.
#[derive(Serialize)]
pub struct PersonAdded {
    /// The person.
    pub user: UserId,
    /// The account there.
    pub identity: ExternalIdentityId,
    /// The provider's name.
    pub provider: String,
    /// Their address.
    pub email: String,
    /// Their role's name.
    pub role: String,
    /// What they were granted with it.
    pub granted: &'static [&'static str],
}

impl Event for PersonAdded {
    const KIND: &'static str = "external_user.added";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("User", self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let new = json!({ "provider": self.provider, "email": self.email, "role": self.role, "granted": self.granted });
        (None, Some(new))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Person(self.user))
    }
    const PERSONAL: &'static [&'static str] = &["email"];
}

/// A person was changed because they were changed at their provider.
#[derive(Serialize)]
pub struct PersonSynced {
    /// The person.
    pub user: UserId,
    /// The provider's name.
    pub provider: String,
    /// Their role now, where it is another.
    pub role: Option<RoleId>,
    /// Before.
    #[serde(skip)]
    pub old: Json,
    /// Now.
    #[serde(skip)]
    pub new: Json,
}

impl Event for PersonSynced {
    const KIND: &'static str = "external_user.changed";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("User", self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        let mut new = self.new.clone();
        new["provider"] = json!(self.provider);
        (Some(self.old.clone()), Some(new))
    }
    fn about(&self) -> Option<Subject> {
        Some(Subject::Person(self.user))
    }
    const PERSONAL: &'static [&'static str] =
        &["email", "name", "first_name", "last_name", "firstName", "lastName", "company", "phone", "phone_typed"];
}

/// A person was deactivated because they were removed at their provider.
#[derive(Serialize)]
pub struct PersonRemoved {
    /// The person.
    pub user: UserId,
    /// The provider's name.
    pub provider: String,
}

impl Event for PersonRemoved {
    const KIND: &'static str = "external_user.deactivated";
    const TOPIC: &'static str = "identity";
    fn resource(&self) -> Resource {
        Resource::new("User", self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (Some(json!({ "isActive": true })), Some(json!({ "isActive": false, "provider": self.provider })))
    }
}

/// A provider told of somebody who may more than whoever set it up, and nothing became of it: somebody has to look.
#[derive(Serialize)]
pub struct PersonSpared {
    /// The person, where they were known by an account there.
    pub user: Option<UserId>,
    /// Their address.
    pub email: Option<String>,
    /// The provider's name.
    pub provider: String,
}

impl Event for PersonSpared {
    const KIND: &'static str = "external_user.spared";
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::Critical;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        self.user.map_or(Resource { kind: "User", id: uuid::Uuid::nil() }, |id| Resource::new("User", id))
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "provider": self.provider, "email": self.email })))
    }
    fn about(&self) -> Option<Subject> {
        self.user.map(Subject::Person).or_else(|| self.email.clone().map(Subject::Email))
    }
    const PERSONAL: &'static [&'static str] = &["email"];
}

/// A provider told of somebody new, and no seat was free for them: somebody has to look.
#[derive(Serialize)]
pub struct PersonUnseated {
    /// Their account there.
    pub identity: ExternalIdentityId,
    /// Their address.
    pub email: Option<String>,
    /// The provider's name.
    pub provider: String,
}

impl Event for PersonUnseated {
    const KIND: &'static str = "external_user.no_seat";
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::Critical;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        Resource::new("ExternalIdentity", self.identity)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "provider": self.provider, "email": self.email })))
    }
    fn about(&self) -> Option<Subject> {
        self.email.clone().map(Subject::Email)
    }
    const PERSONAL: &'static [&'static str] = &["email"];
}

/// The last active administrator was removed at their provider, and kept here: somebody has to look.
#[derive(Serialize)]
pub struct LastAdministratorKept {
    /// The administrator.
    pub user: UserId,
    /// The provider's name.
    pub provider: String,
}

impl Event for LastAdministratorKept {
    const KIND: &'static str = "external_user.last_administrator_kept";
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::Critical;
    const SUCCESS: bool = false;
    fn resource(&self) -> Resource {
        Resource::new("User", self.user)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "provider": self.provider })))
    }
}
