//! How long rows of this context are kept.

use kernel::retention::{Policy, Retention, RetentionAction, Through};

/// See [`kernel::retention`].
pub const RETENTION: Retention = Retention {
    policies: &[
        Policy {
            action: RetentionAction::Aggregate,
            choices: &[RetentionAction::Archive],
            about: &["id", "visitor_id"],
            ..Policy::deletes(
                "analytics_events",
                365,
                "created_at",
                "What happened on the website. It is counted into the day's numbers when it is told, and those stand.",
            )
        },
        Policy {
            setting: Some("b2chat.raw_days"),
            about: &["id", "run_id"],
            through: Some(Through { column: "run_id", table: "sync_runs", about: &["id", "started_by_id"] }),
            ..Policy::deletes(
                "api_response_logs",
                30,
                "created_at",
                "Answers of B2Chat as they came. Where they take more than b2chat.raw_megabytes the oldest go sooner.",
            )
        },
        Policy {
            about: &["id", "started_by_id"],
            below: &[("api_response_logs", "run_id")],
            ..Policy::deletes(
                "sync_runs",
                90,
                "completed_at",
                "With their checkpoints, failures and what was seen, counted from their end.",
            )
        },
        Policy {
            only: Some(r#""status" IN ('failed', 'expired', 'cancelled')"#),
            about: &["id", "user_id"],
            ..Policy::deletes(
                "exports",
                90,
                "created_at",
                "What was exported by whom; the file itself ends after exports.expire_hours.",
            )
        },
    ],
    kept: &[
        (
            &[
                "b2chat_chats",
                "b2chat_messages",
                "b2chat_contacts",
                "b2chat_agents",
                "b2chat_departments",
                "b2chat_chat_tags",
            ],
            "what the business is about; until erasure",
        ),
        (&["analytics_daily", "metric_days"], "counts by day, of nobody"),
        (&["metric_facts", "metric_fact_tags"], "one row a chat or ticket; goes with what it is of"),
        (
            &["effectiveness_analyses", "effectiveness_batches", "effectiveness_batch_chats"],
            "how well chats went, over the years; until erasure",
        ),
        (&["b2chat_access", "b2chat_media_backup"], "what the company has set, until it is taken away"),
        (&["sync_checkpoints", "sync_failures", "sync_seen"], "go with their run"),
        (&["sync_coverage", "sync_states"], "say how far B2Chat was read"),
        (&["b2chat_erased"], "hashes of who must not come back; kept"),
    ],
};
