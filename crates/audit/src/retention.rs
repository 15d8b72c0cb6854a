//! How long rows of this context are kept.

use kernel::retention::{Means, Policy, Retention, RetentionAction};

/// The policy of the trail.
pub const AUDIT_LOGS: &str = "audit_logs";

/// See [`kernel::retention`]. A context that builds on this one adds its tables here.
pub const RETENTION: Retention = Retention {
    policies: &[
        Policy {
            total_days: Some(2555),
            floor: Some("retention.audit_floor_days"),
            action: RetentionAction::Archive,
            choices: &[RetentionAction::Delete],
            means: Means::Trail,
            about: &["resource_id", "actor_id"],
            is_swept: false,
            ..Policy::deletes(
                AUDIT_LOGS,
                730,
                "at",
                "Two years here, seven in all. Rows go in the order of the chain and behind a signed place; what is sealed in them stays sealed.",
            )
        },
        Policy {
            about: &["user_id"],
            ..Policy::deletes("error_logs", 90, "at", "Single errors; their group says how many there were.")
        },
        Policy::deletes("error_groups", 90, "last_seen_at", "Kinds of errors that did not happen any more."),
        Policy { about: &["user_id"], ..Policy::deletes("slow_operations", 30, "at", "Operations that took long.") },
        Policy {
            only: Some(r#""status" IN ('failed', 'expired', 'cancelled')"#),
            about: &["id", "user_id"],
            ..Policy::deletes(
                "person_exports",
                90,
                "created_at",
                "When what is held on a person was given out, by whom; the file itself ends after person_exports.expire_hours.",
            )
        },
    ],
    kept: &[
        (&["audit_chain"], "its links go with their rows"),
        (&["audit_heads"], "sign the end of each day; kept"),
        (&["erasures"], "prove that somebody was erased, and say nothing of them; kept"),
        (&["audit_checkpoints"], "prove what is left of the trail; kept"),
        (&["archives", "retention_runs"], "say what was moved where and removed when; kept"),
        (&["retention_policies", "legal_holds"], "what the company decided, and why; kept"),
    ],
};
