//! How long rows of this context are kept.

use kernel::retention::Retention;

/// See [`kernel::retention`].
pub const RETENTION: Retention = Retention {
    policies: &[],
    kept: &[
        (
            &["leads", "lead_history", "lead_merges", "lead_scores", "crm_records"],
            "what the business is about; until erasure",
        ),
        (&["ai_tasks"], "show what was thought of whom and why; until erasure"),
        (&["ai_days"], "counts by day, of nobody"),
        (&["lead_imports", "lead_import_errors"], "say where leads came from; until erasure"),
        (&["crm_syncs"], "say what was brought where; until erasure"),
        (&["score_rule_sets", "crm_connections"], "what the company has set, until it is taken away"),
        (&["crm_connecting"], "end by themselves within an hour"),
    ],
};
