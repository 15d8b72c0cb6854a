//! What this context's tables hold of people: see [`kernel::held`].

use kernel::held::{Blank, Erased, Held, Kind, Link, Nobody, Root, Tie};

/// The records of people in this context.
pub const ROOTS: &[Root] = &[Root {
    kind: Kind::Lead,
    table: "leads",
    prefix: "led",
    emails: &["email"],
    phones: &["phone"],
    name: Some("name"),
    links: &[
        Link::to("visitor_id", Kind::Visitor),
        Link::to("merged_into_id", Kind::Lead),
        Link { column: "source_id", to: Kind::Participant, when: Some(("source_kind", "conversation")) },
    ],
    alike: &[],
}];

/// What the tables hold.
pub const HELD: &[Held] = &[
    Held {
        table: "ai_tasks",
        about: "What a model was asked about what is theirs, and said; and tasks that they asked for or decided",
        ties: &[
            Tie::entity(
                "subject_type",
                "subject_id",
                &[
                    ("conversation_message", "conversation_messages"),
                    ("message", "messages"),
                    ("chat", "chat_sessions"),
                    ("lead", "leads"),
                ],
                Erased::Row,
            ),
            Tie::named("requested_by_id", Kind::Person),
            Tie::named("decided_by_id", Kind::Person),
        ],
        hidden: &[],
    },
    Held {
        table: "crm_connecting",
        about: "Connections with a CRM that they are about to make",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row)],
        hidden: &["state_hash", "verifier_encrypted"],
    },
    Held {
        table: "crm_connections",
        about: "Connections with a CRM that they made",
        ties: &[Tie::named("connected_by_id", Kind::Person)],
        hidden: &["credentials_encrypted"],
    },
    Held {
        table: "crm_records",
        about: "What of them is in a CRM",
        ties: &[Tie::of("lead_id", "leads", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "crm_syncs",
        about: "When they were brought into a CRM",
        ties: &[Tie::of("lead_id", "leads", Erased::Row), Tie::named("requested_by_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "lead_history",
        about: "What was changed of them as a lead, and what they changed of leads",
        ties: &[Tie::of("lead_id", "leads", Erased::Row), Tie::named("user_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "lead_import_errors",
        about: "Rows of files of leads that could not be read, where they or their address is in the message",
        ties: &[Tie::mentions("message", Erased::Values(&[("message", Blank::Name)]))],
        hidden: &[],
    },
    Held {
        table: "lead_imports",
        about: "Files of leads that they imported",
        ties: &[Tie::named("created_by_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "lead_merges",
        about: "Records of leads that were found to be one person's",
        ties: &[
            Tie::of("lead_id", "leads", Erased::Row),
            Tie::of("into_id", "leads", Erased::Row),
            Tie::named("merged_by_id", Kind::Person),
        ],
        hidden: &[],
    },
    Held {
        table: "lead_scores",
        about: "How likely they were thought to buy, and why",
        ties: &[Tie::of("lead_id", "leads", Erased::Row), Tie::named("scored_by_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "leads",
        about: "Who they are as somebody who may buy",
        ties: &[
            Tie::id("id", Kind::Lead, Erased::Row),
            Tie::email("email", Erased::Row),
            Tie::named("owner_id", Kind::Person),
            Tie::named("created_by_id", Kind::Person),
        ],
        hidden: &["search_id", "search_words", "search_vector"],
    },
    Held {
        table: "score_rule_sets",
        about: "Rules by which leads are scored that they wrote",
        ties: &[Tie::named("created_by_id", Kind::Person)],
        hidden: &[],
    },
];

/// The tables that hold nobody.
pub const NOBODY: Nobody = &[("ai_days", "how much models were asked on a day")];
