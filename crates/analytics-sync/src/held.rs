//! What this context's tables hold of people: see [`kernel::held`].

use kernel::held::{Blank, By, Erased, Held, Kind, Link, Nobody, Part, Root, Tie};

/// The records of people in this context.
pub const ROOTS: &[Root] = &[
    Root {
        kind: Kind::Contact,
        table: "b2chat_contacts",
        prefix: "bct",
        emails: &["email"],
        phones: &["mobile", "phone_number"],
        name: Some("full_name"),
        links: &[],
        alike: &[],
    },
    Root {
        kind: Kind::Agent,
        table: "b2chat_agents",
        prefix: "bag",
        emails: &["email"],
        phones: &[],
        name: Some("name"),
        links: &[Link::to("staff_id", Kind::Person)],
        alike: &[],
    },
];

/// What the tables hold.
pub const HELD: &[Held] = &[
    Held {
        table: "analytics_events",
        about: "What they did on the website",
        ties: &[Tie::id("visitor_id", Kind::Visitor, Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "api_response_logs",
        about: "What B2Chat answered, as far as it is about them",
        ties: &[Tie::inside("raw_response", Erased::Row)],
        hidden: &["raw_response"],
    },
    Held {
        table: "b2chat_access",
        about: "The connection with B2Chat, where they made it",
        ties: &[Tie::named("connected_by_id", Kind::Person)],
        hidden: &["credentials_encrypted"],
    },
    Held {
        table: "b2chat_agents",
        about: "Who they are as an agent at B2Chat",
        ties: &[Tie::id(
            "id",
            Kind::Agent,
            Erased::Values(&[
                ("b2chat_id", Blank::Unique),
                ("name", Blank::Name),
                ("name_order", Blank::Name),
                ("email", Blank::Null),
                ("username", Blank::Null),
                ("staff_id", Blank::Null),
                ("deletion_reason", Blank::Null),
                ("is_active", Blank::Zero),
            ]),
        )],
        hidden: &[],
    },
    Held {
        table: "b2chat_chat_tags",
        about: "Tags of their chats at B2Chat",
        ties: &[Tie::of("chat_id", "b2chat_chats", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "b2chat_chats",
        about: "Their chats at B2Chat",
        ties: &[
            Tie::of(
                "contact_id",
                "b2chat_contacts",
                Erased::Values(&[
                    ("b2chat_id", Blank::Unique),
                    ("alias", Blank::Null),
                    ("topic", Blank::Null),
                    ("resolution_note", Blank::Null),
                    ("deletion_reason", Blank::Null),
                    ("viewer_url", Blank::Null),
                    ("tags", Blank::List),
                    ("unknown_fields", Blank::Object),
                    // Its messages go.
                    ("message_count", Blank::Zero),
                ]),
            ),
            Tie::named("agent_id", Kind::Agent),
        ],
        hidden: &["digest"],
    },
    Held {
        table: "b2chat_contacts",
        about: "Who they are as a contact at B2Chat",
        ties: &[Tie::id(
            "id",
            Kind::Contact,
            Erased::Values(&[
                ("b2chat_id", Blank::Unique),
                ("full_name", Blank::Name),
                ("name_order", Blank::Name),
                ("mobile", Blank::Null),
                ("phone_number", Blank::Null),
                ("email", Blank::Null),
                ("identification", Blank::Null),
                ("address", Blank::Null),
                ("city", Blank::Null),
                ("country", Blank::Null),
                ("company", Blank::Null),
                ("deletion_reason", Blank::Null),
                ("custom_attributes", Blank::Object),
                ("tags", Blank::List),
            ]),
        )],
        hidden: &["search_id", "search_words", "search_vector", "digest"],
    },
    Held {
        table: "b2chat_messages",
        about: "Messages of their chats at B2Chat",
        ties: &[Tie::of("chat_id", "b2chat_chats", Erased::Row)],
        hidden: &["source_key"],
    },
    Held {
        table: "effectiveness_analyses",
        about: "How well their chats at B2Chat went, and chats that they led",
        ties: &[
            Tie::of("chat_id", "b2chat_chats", Erased::Row),
            Tie::named("agent_id", Kind::Agent),
            Tie::named("user_id", Kind::Person),
        ],
        hidden: &[],
    },
    Held {
        table: "effectiveness_batch_chats",
        about: "Their chats at B2Chat that are to be analysed",
        ties: &[Tie::of("chat_id", "b2chat_chats", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "effectiveness_batches",
        about: "Batches of analyses that they started",
        ties: &[Tie::named("created_by_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "exports",
        about: "Exports that they asked for",
        ties: &[
            Tie::id(
                "user_id",
                Kind::Person,
                Erased::Values(&[
                    ("filter", Blank::Object),
                    ("options", Blank::Object),
                    ("file_name", Blank::Name),
                    ("error_message", Blank::Null),
                ]),
            ),
            Tie { by: By::Mentions("filter"), part: Part::Named, erased: Erased::Values(&[("filter", Blank::Object)]) },
        ],
        hidden: &[],
    },
    Held {
        table: "metric_facts",
        about: "Numbers of chats and tickets that they led",
        ties: &[Tie::named("agent_id", Kind::Agent), Tie::named("staff_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "sync_failures",
        about: "What could not be read of B2Chat's, where they or their address is in the message",
        ties: &[Tie::mentions("message", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "sync_runs",
        about: "Runs of the synchronisation that they began",
        ties: &[Tie::named("started_by_id", Kind::Person)],
        hidden: &[],
    },
];

/// The tables that hold nobody.
pub const NOBODY: Nobody = &[
    ("analytics_daily", "how often something was done on a day"),
    ("b2chat_departments", "parts of B2Chat's desk"),
    ("b2chat_erased", "hashes of who must not come back"),
    ("b2chat_media_backup", "whether there is room for copies"),
    ("metric_days", "numbers of a day in one piece: ids of who led what, and nothing of them"),
    ("metric_fact_tags", "tags of what counts"),
    ("sync_checkpoints", "how far a day was read, and numbers of what was not"),
    ("sync_coverage", "how much of a day was read"),
    ("sync_seen", "numbers of what a run has read, gone with it"),
    ("sync_states", "when the last run was"),
];
