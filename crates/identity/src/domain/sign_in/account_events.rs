//! What is published of what people do with their own accounts, and of invitations.

use kernel::{
    events::{Event, Resource},
    id::{InvitationId, StaffId, UserId},
    personal::Subject,
};
use serde::Serialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::store::sign_in::one_time_token::Purpose;

/// A person as a resource of the audit trail; nobody, where it must not be looked up who it is.
fn of(user: Option<UserId>) -> Resource {
    user.map_or(Resource { kind: "User", id: Uuid::nil() }, |id| Resource::new("User", id))
}

macro_rules! account_events {
    ($($(#[$doc:meta])* $name:ident = $kind:literal { $($(#[$field_doc:meta])* $field:ident: $ty:ty,)* }
        about |$event:pat_param| $resource:expr; changes |$changed:pat_param| $change:expr;
        tells |$told:pat_param| $subject:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Serialize)]
        pub struct $name { $($(#[$field_doc])* pub $field: $ty,)* }

        impl Event for $name {
            const KIND: &'static str = $kind;
            const TOPIC: &'static str = "identity";
            fn resource(&self) -> Resource {
                let $event = self;
                $resource
            }
            fn change(&self) -> (Option<Json>, Option<Json>) {
                let $changed = self;
                $change
            }
            fn about(&self) -> Option<Subject> {
                let $told = self;
                $subject
            }
            const PERSONAL: &'static [&'static str] = &["email", "old", "new"];
        }
    )*};
}

account_events! {
    /// Somebody asked to be registered as a client. Whether the address is free nobody has looked yet.
    RegistrationRequested = "registration.requested" {
        /// The address.
        email: String,
    } about |_| of(None); changes |event| (None, Some(json!({ "email": event.email })));
        tells |event| Some(Subject::Email(event.email.clone()));

    /// Somebody asked for a link by mail. Whether anybody has the address nobody has looked yet.
    LinkRequested = "account.link_requested" {
        /// What for.
        purpose: Purpose,
        /// The address.
        email: String,
    } about |_| of(None); changes |event| (None, Some(json!({ "purpose": event.purpose, "email": event.email })));
        tells |event| Some(Subject::Email(event.email.clone()));

    /// A person showed that mail to their address reaches them.
    EmailVerified = "account.email_verified" {
        /// Who.
        user: UserId,
    } about |event| of(Some(event.user)); changes |_| (Some(json!({ "verified": false })), Some(json!({ "verified": true })));
        tells |event| Some(Subject::Person(event.user));

    /// A person set another password by a link; all their sessions ended.
    PasswordReset = "account.password_reset" {
        /// Who.
        user: UserId,
    } about |event| of(Some(event.user)); changes |_| (None, None);
        tells |event| Some(Subject::Person(event.user));

    /// A person wants another address.
    EmailChangeRequested = "account.email_change_requested" {
        /// Who.
        user: UserId,
        /// The address they want.
        email: String,
    } about |event| of(Some(event.user)); changes |event| (None, Some(json!({ "email": event.email })));
        tells |event| Some(Subject::Person(event.user));

    /// One of the two addresses agreed to a change of address; the other has not yet.
    EmailChangeConfirmed = "account.email_change_confirmed" {
        /// Who.
        user: UserId,
        /// Which of the two.
        by: Purpose,
    } about |event| of(Some(event.user)); changes |event| (None, Some(json!({ "by": event.by })));
        tells |event| Some(Subject::Person(event.user));

    /// A person has another address: both agreed.
    EmailChanged = "account.email_changed" {
        /// Who.
        user: UserId,
        /// The address before.
        old: String,
        /// The address from now on.
        new: String,
    } about |event| of(Some(event.user));
        changes |event| (Some(json!({ "email": event.old })), Some(json!({ "email": event.new })));
        tells |event| Some(Subject::Person(event.user));

    /// A person has another picture, or none.
    AvatarChanged = "account.avatar_changed" {
        /// Who.
        user: UserId,
        /// Whether they had one. Whoever knows a picture's id may see it, so no event holds it.
        had: bool,
        /// Whether they have one.
        has: bool,
    } about |event| of(Some(event.user));
        changes |event| (Some(json!({ "avatar": event.had })), Some(json!({ "avatar": event.has })));
        tells |event| Some(Subject::Person(event.user));

    /// A colleague was invited.
    StaffInvited = "invitation.created" {
        /// The invitation.
        invitation: InvitationId,
        /// Who is invited.
        email: String,
        /// The name of their role.
        role: String,
    } about |event| Resource::new("Invitation", event.invitation);
        changes |event| (None, Some(json!({ "email": event.email, "role": event.role })));
        tells |event| Some(Subject::Email(event.email.clone()));

    /// An invitation was sent again; the earlier link is dead.
    InvitationResent = "invitation.resent" {
        /// The invitation.
        invitation: InvitationId,
    } about |event| Resource::new("Invitation", event.invitation); changes |_| (None, None);
        tells |_| None;

    /// An invitation was taken back.
    InvitationRevoked = "invitation.revoked" {
        /// The invitation.
        invitation: InvitationId,
    } about |event| Resource::new("Invitation", event.invitation); changes |_| (None, None);
        tells |_| None;

    /// Somebody accepted an invitation: a colleague was added.
    InvitationAccepted = "invitation.accepted" {
        /// The invitation.
        invitation: InvitationId,
        /// The new colleague.
        staff: StaffId,
        /// Their address.
        email: String,
        /// What they were granted with their role.
        granted: &'static [&'static str],
    } about |event| Resource::new("Invitation", event.invitation);
        changes |event| (None, Some(json!({ "staff": event.staff, "email": event.email, "granted": event.granted })));
        tells |event| Some(Subject::Person(event.staff.into()));
}
