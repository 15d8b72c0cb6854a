//! What this context's tables hold of people: see [`kernel::held`].

use kernel::held::{Blank, Erased, Held, Kind, Nobody, Tie};

/// What the tables hold.
pub const HELD: &[Held] = &[
    Held {
        table: "assistant_messages",
        about: "What they asked the assistant, and what it answered",
        ties: &[Tie::of("session_id", "assistant_sessions", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "assistant_sessions",
        about: "Their talks with the assistant",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "assistant_sources",
        about: "What the assistant read to answer them",
        ties: &[Tie::of("message_id", "assistant_messages", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "guides",
        about: "Guides of the help centre that they wrote",
        ties: &[Tie::named("created_by_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "help_documents",
        about: "Help documents that they added",
        ties: &[Tie::named("created_by_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "projects",
        about: "Their projects",
        ties: &[Tie::id("client_id", Kind::Person, Erased::Row), Tie::named("created_by_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "ticket_clocks",
        about: "Service levels of their tickets",
        ties: &[Tie::of("ticket_id", "tickets", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "ticket_comment_edits",
        about: "What comments said before they were changed",
        ties: &[Tie::of("comment_id", "ticket_comments", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "ticket_comment_mails",
        about: "Mails about comments, to them or about their tickets",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row), Tie::of("comment_id", "ticket_comments", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "ticket_comments",
        about: "Comments on their tickets, and comments that they wrote",
        ties: &[
            Tie::of("ticket_id", "tickets", Erased::Row),
            // What a client said on tickets that are not theirs; a colleague's words are the company's.
            Tie::entity("sender", "author_id", &[("client", "users")], Erased::Values(&[("content", Blank::Name)])),
            Tie::id("author_id", Kind::Person, Erased::Id),
        ],
        hidden: &[],
    },
    Held {
        table: "ticket_history",
        about: "What was changed of their tickets, and what they changed",
        ties: &[Tie::of("ticket_id", "tickets", Erased::Row), Tie::named("user_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "ticket_links",
        about: "Which tickets are tied to their tickets",
        ties: &[
            Tie::of("ticket_id", "tickets", Erased::Row),
            Tie::of("other_id", "tickets", Erased::Row),
            Tie::named("created_by_id", Kind::Person),
        ],
        hidden: &[],
    },
    Held {
        table: "ticket_mentions",
        about: "Comments in which they are named",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row), Tie::of("comment_id", "ticket_comments", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "ticket_merges",
        about: "Their tickets that went into others, or others into theirs",
        ties: &[
            Tie::of("ticket_id", "tickets", Erased::Row),
            Tie::of("into_id", "tickets", Erased::Row),
            Tie::named("merged_by_id", Kind::Person),
        ],
        hidden: &[],
    },
    Held {
        table: "ticket_pauses",
        about: "When their tickets waited",
        ties: &[Tie::of("ticket_id", "tickets", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "ticket_watchers",
        about: "Tickets that they watch, and who watches theirs",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row), Tie::of("ticket_id", "tickets", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "tickets",
        about: "Their tickets",
        ties: &[
            Tie::id("requester_id", Kind::Person, Erased::Row),
            Tie::named("created_by_id", Kind::Person),
            Tie::named("assignee_id", Kind::Person),
        ],
        hidden: &["search_id", "search_words", "search_vector"],
    },
];

/// The tables that hold nobody.
pub const NOBODY: Nobody = &[
    ("guide_categories", "parts of the help centre"),
    ("help_texts", "texts of the help centre"),
    ("help_views", "how often a guide was read"),
    ("service_level_policies", "how soon tickets are to be answered"),
    ("ticket_numbers", "numbers of tickets"),
    ("ticket_years", "numbers of tickets"),
];
