//! What this context's tables hold of people: see [`kernel::held`].

use kernel::held::{Erased, Held, Kind, Nobody, Tie};

/// Why a row of the trail stays.
const CHAINED: Erased = Erased::Kept(
    "the trail is proved by its chain; what a row says of somebody is sealed under their key, which is destroyed",
);

/// What the kinds of things mean that rows of the trail are about, and holds are on: the table of each.
pub const THINGS: &[(&str, &str)] = &[
    ("User", "users"),
    ("Staff", "users"),
    ("Client", "users"),
    ("Visitor", "visitors"),
    ("Message", "messages"),
    ("Chat", "chat_sessions"),
    ("Consultation", "consultations"),
    ("Conversation", "conversations"),
    ("NewsletterSubscription", "newsletter_subscriptions"),
    ("Ticket", "tickets"),
    ("Project", "projects"),
    ("Lead", "leads"),
    ("Session", "sessions"),
];

/// What the tables hold.
pub const HELD: &[Held] = &[
    Held {
        table: "audit_logs",
        about: "What they did, and what was done with what is theirs",
        ties: &[
            Tie::id("actor_id", Kind::Person, CHAINED),
            Tie::id("actor_key", Kind::Key, CHAINED),
            Tie::id("values_key", Kind::Key, CHAINED),
            Tie::entity("resource_kind", "resource_id", THINGS, CHAINED),
        ],
        hidden: &["actor_sealed", "values_sealed", "email_mark", "address_mark"],
    },
    Held {
        table: "erasures",
        about: "Erasures that they planned, confirmed or took back",
        ties: &[
            Tie::named("planned_by_id", Kind::Person),
            Tie::named("confirmed_by_id", Kind::Person),
            Tie::named("cancelled_by_id", Kind::Person),
        ],
        hidden: &["whose"],
    },
    Held {
        table: "error_groups",
        about: "Errors that they resolved",
        ties: &[Tie::named("resolved_by_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "error_logs",
        about: "What went wrong when they asked for something",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "legal_holds",
        about: "Legal holds on them and on what is theirs, and those that they placed or released",
        ties: &[
            // Nobody is erased before the last of them is released, and the trail tells of them.
            Tie::entity("subject_kind", "subject_id", THINGS, Erased::Row),
            Tie::named("placed_by_id", Kind::Person),
            Tie::named("released_by_id", Kind::Person),
        ],
        hidden: &[],
    },
    Held {
        table: "person_exports",
        about: "When what is held on them was given out",
        ties: &[Tie::mentions("subject", Erased::Row), Tie::named("user_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "retention_policies",
        about: "How long rows are kept, as they decided",
        ties: &[Tie::named("updated_by_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "retention_runs",
        about: "When they had old rows archived and removed",
        ties: &[Tie::named("requested_by_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "slow_operations",
        about: "What took long that they asked for",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row)],
        hidden: &[],
    },
];

/// The tables that hold nobody.
pub const NOBODY: Nobody = &[
    ("archives", "where rows went that are sealed or gone; the rows themselves are in the file storage"),
    ("audit_chain", "hashes of the trail's rows"),
    ("audit_checkpoints", "places up to which the trail was proved"),
    ("audit_heads", "hashes of the ends of days"),
];
