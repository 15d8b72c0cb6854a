//! How long rows of this context are kept.

use kernel::retention::{Policy, Retention, Through};

/// What goes with a notification.
const DELIVERIES: &[(&str, &str)] = &[("notification_deliveries", "notification_id")];

/// See [`kernel::retention`].
pub const RETENTION: Retention = Retention {
    policies: &[
        Policy {
            about: &["id", "user_id"],
            ..Policy::deletes(
                "one_time_tokens",
                0,
                "expires_at",
                "Tokens for a new password, to show an address or to change it: until they end.",
            )
        },
        // Before the sessions, which they name.
        Policy {
            about: &["id", "session_id"],
            through: Some(Through { column: "session_id", table: "sessions", about: &["id", "user_id"] }),
            ..Policy::deletes(
                "refresh_tokens",
                30,
                r#"COALESCE("used_at", "expires_at")"#,
                "Counted from their use or their end; so long a copy of a used one is known for one.",
            )
        },
        Policy {
            about: &["id", "user_id"],
            with: Some(("refresh_tokens", "session_id")),
            ..Policy::deletes(
                "sessions",
                30,
                r#"COALESCE("revoked_at", "expires_at")"#,
                "Counted from their end, however they ended.",
            )
        },
        Policy {
            only: Some(r#""read_at" IS NOT NULL"#),
            below: DELIVERIES,
            about: &["id", "user_id", "actor_id"],
            ..Policy::deletes("notifications", 30, "created_at", "Those that were read.")
        },
        Policy {
            table: "notifications",
            only: Some(r#""read_at" IS NULL"#),
            below: DELIVERIES,
            about: &["id", "user_id", "actor_id"],
            ..Policy::deletes("notifications_unread", 90, "created_at", "Those that nobody read.")
        },
    ],
    kept: &[
        (
            &["users", "user_permissions", "team_members", "external_identities", "avatars", "recovery_codes"],
            "as long as the person is known here; until erasure",
        ),
        (
            &[
                "departments",
                "teams",
                "roles",
                "settings",
                "smtp_settings",
                "email_templates",
                "identity_providers",
                "notification_channels",
                "notification_preferences",
                "api_keys",
            ],
            "what the company is and has set, until it is taken away",
        ),
        (&["invitations"], "a record of who let whom in; until erasure"),
        (&["notification_deliveries"], "go with their notification"),
        (&["notification_position"], "one row that is counted on"),
        (&["oidc_sign_ins"], "end by themselves within minutes"),
        (&["webhook_deliveries"], "end by themselves within days"),
    ],
};
