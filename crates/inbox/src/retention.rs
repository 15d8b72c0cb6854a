//! How long rows of this context are kept.

use kernel::retention::{Means, Policy, Retention, RetentionAction, Through};

/// The policy whose rows [`archive_messages`](crate::archive_messages) moves.
pub const CONVERSATION_MESSAGES: &str = "conversation_messages";

/// See [`kernel::retention`].
pub const RETENTION: Retention = Retention {
    policies: &[
        Policy {
            about: &["id", "staff_id", "entity_id"],
            ..Policy::deletes("drafts", 30, "updated_at", "Counted from the day somebody last wrote at them.")
        },
        Policy {
            choices: &[RetentionAction::Archive],
            about: &["id", "session_id", "staff_id"],
            through: Some(Through {
                column: "session_id",
                table: "chat_sessions",
                about: &["id", "visitor_id", "assignee_id"],
            }),
            ..Policy::deletes(
                "chat_messages",
                365,
                "created_at",
                "Lines of live chats. What was counted of them, and when the first answer came, stays with the chat.",
            )
        },
        Policy {
            setting: Some("conversation.keep_days"),
            action: RetentionAction::Archive,
            choices: &[],
            means: Means::Context,
            about: &["id", "conversation_id"],
            through: Some(Through {
                column: "conversation_id",
                table: "conversations",
                about: &["id", "social_account_id", "assignee_id"],
            }),
            ..Policy::deletes(
                CONVERSATION_MESSAGES,
                90,
                "received_at",
                "Month by month into archives that a conversation shows; a month's table is dropped whole once it is empty.",
            )
        },
    ],
    kept: &[
        (
            &["messages", "message_replies", "internal_notes", "entity_tags", "consultations", "consultation_slots"],
            "what the business is about; until erasure",
        ),
        (&["chat_sessions", "conversations", "conversation_replies"], "what was counted stands on them; until erasure"),
        (
            &["visitors", "visitor_acquaintances", "visitor_merges", "visitor_moves", "visitor_words"],
            "as long as the person is known here; until erasure",
        ),
        (
            &["newsletter_subscriptions"],
            "who subscribed and who wants no more, until erasure; what was never confirmed goes after 30 days",
        ),
        (
            &[
                "tags",
                "saved_replies",
                "saved_reply_shortcuts",
                "services",
                "service_staff",
                "opening_hours",
                "holidays",
                "platforms",
                "social_accounts",
            ],
            "what the company has set, until it is taken away",
        ),
        (&["conversation_archives", "conversation_archive_parts"], "say what is in which archive; until erasure"),
        (&["conversation_message_keys"], "decide what was told before, beyond the archive; until erasure"),
        (&["social_connecting"], "end by themselves within an hour"),
    ],
};
