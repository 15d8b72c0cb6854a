//! What is published about passwords and second factors.

use kernel::{
    events::{Event, Resource, Severity},
    id::UserId,
};
use serde::Serialize;

/// Events that say nothing but whom they are about: what they change is secret.
macro_rules! about_a_person {
    ($($(#[$doc:meta])* $name:ident = $kind:literal, $severity:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Serialize)]
        pub struct $name {
            /// Whose.
            pub user: UserId,
        }

        impl Event for $name {
            const KIND: &'static str = $kind;
            const TOPIC: &'static str = "identity";
            const SEVERITY: Severity = Severity::$severity;
            fn resource(&self) -> Resource {
                Resource::new("User", self.user)
            }
        }
    )+};
}

about_a_person! {
    /// Somebody chose another password.
    PasswordChanged = "password.changed", Medium;
    /// Somebody got a secret for a second factor.
    TotpBegun = "totp.begun", Low;
    /// Somebody showed that they have it; from now on it is asked for.
    TotpConfirmed = "totp.confirmed", Low;
    /// Somebody gave it up.
    TotpDisabled = "totp.disabled", High;
    /// Somebody's was taken away for them, because they lost it.
    TotpReset = "totp.reset", High;
    /// Somebody got new recovery codes; the old ones are no good any more.
    RecoveryCodesReplaced = "recovery_codes.replaced", Medium;
}
