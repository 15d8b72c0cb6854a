//! How long rows of this context are kept.

use kernel::retention::{Policy, Retention};

/// See [`kernel::retention`].
pub const RETENTION: Retention = Retention {
    policies: &[Policy {
        setting: Some("assistant.keep_days"),
        about: &["id", "user_id"],
        below: &[("assistant_messages", "session_id")],
        ..Policy::deletes(
            "assistant_sessions",
            365,
            "updated_at",
            "Counted from the last thing said in them; what was said goes with them.",
        )
    }],
    kept: &[
        (
            &[
                "tickets",
                "ticket_comments",
                "ticket_comment_edits",
                "ticket_comment_mails",
                "ticket_history",
                "ticket_links",
                "ticket_mentions",
                "ticket_merges",
                "ticket_watchers",
                "projects",
            ],
            "what the business is about; until erasure",
        ),
        (&["ticket_clocks", "ticket_pauses"], "prove what was promised; go with their ticket"),
        (&["ticket_numbers", "ticket_years"], "rows that are counted on"),
        (
            &["guides", "guide_categories", "help_documents", "help_texts", "help_views", "service_level_policies"],
            "what the company has set, until it is taken away",
        ),
        (&["assistant_messages", "assistant_sources"], "go with their session"),
    ],
};
