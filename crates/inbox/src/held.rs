//! What this context's tables hold of people: see [`kernel::held`].

use kernel::held::{By, Erased, Held, Kind, Link, Nobody, Part, Root, Tie};

/// The records of people in this context.
pub const ROOTS: &[Root] = &[
    Root {
        kind: Kind::Visitor,
        table: "visitors",
        prefix: "vis",
        emails: &["email"],
        phones: &[],
        name: Some("name"),
        links: &[Link::to("merged_into", Kind::Visitor)],
        alike: &[],
    },
    Root {
        kind: Kind::Participant,
        table: "conversations",
        prefix: "cnv",
        emails: &[],
        phones: &[],
        name: Some("participant_name"),
        links: &[],
        alike: &["social_account_id", "participant_id"],
    },
    Root {
        kind: Kind::Subscriber,
        table: "newsletter_subscriptions",
        prefix: "nws",
        emails: &["email"],
        phones: &[],
        name: None,
        links: &[],
        alike: &[],
    },
];

/// What tags, notes and drafts hang on.
const THINGS: &[(&str, &str)] = &[
    ("message", "messages"),
    ("chat", "chat_sessions"),
    ("consultation", "consultations"),
    ("ticket", "tickets"),
    ("conversation", "conversations"),
    ("lead", "leads"),
];

/// What the tables hold.
pub const HELD: &[Held] = &[
    Held {
        table: "chat_messages",
        about: "Lines of their live chats, and lines that they wrote",
        ties: &[Tie::of("session_id", "chat_sessions", Erased::Row), Tie::id("staff_id", Kind::Person, Erased::Id)],
        hidden: &["search_id", "search_words", "search_vector"],
    },
    Held {
        table: "chat_sessions",
        about: "Their live chats",
        ties: &[
            Tie::id("visitor_id", Kind::Visitor, Erased::Row),
            Tie::email("visitor_email", Erased::Row),
            Tie::named("assignee_id", Kind::Person),
        ],
        hidden: &["search_id", "search_words", "search_vector", "token_hash"],
    },
    Held {
        table: "consultation_slots",
        about: "Times that their bookings take up",
        ties: &[Tie::of("consultation_id", "consultations", Erased::Row), Tie::named("holder_id", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "consultations",
        about: "Consultations that they booked",
        ties: &[
            Tie::id("visitor_id", Kind::Visitor, Erased::Row),
            Tie::email("email", Erased::Row),
            Tie::named("assignee_id", Kind::Person),
        ],
        hidden: &["search_id", "search_words", "search_vector"],
    },
    Held {
        table: "conversation_archive_parts",
        about: "Archives in which messages of their conversations are",
        ties: &[Tie::of("conversation_id", "conversations", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "conversation_archives",
        about: "Messages of their conversations that were moved to the archive",
        ties: &[Tie::inside("storage_key", Erased::Row)],
        hidden: &["storage_key"],
    },
    Held {
        table: "conversation_message_keys",
        about: "What platforms call messages of their conversations",
        ties: &[Tie::of("message_id", "conversation_messages", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "conversation_messages",
        about: "Messages of their conversations on social platforms",
        ties: &[Tie::of("conversation_id", "conversations", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "conversation_replies",
        about: "Answers in their conversations, and answers that they wrote",
        ties: &[
            Tie::of("conversation_id", "conversations", Erased::Row),
            Tie::id("author_id", Kind::Person, Erased::Id),
            Tie::named("approved_by_id", Kind::Person),
        ],
        hidden: &[],
    },
    Held {
        table: "conversations",
        about: "Their conversations on social platforms",
        ties: &[Tie::id("id", Kind::Participant, Erased::Row), Tie::named("assignee_id", Kind::Person)],
        hidden: &["search_id", "search_words", "search_vector"],
    },
    Held {
        table: "drafts",
        about: "Drafts of answers to what is theirs, and drafts that they write",
        ties: &[
            Tie::entity("entity_type", "entity_id", THINGS, Erased::Row),
            Tie::id("staff_id", Kind::Person, Erased::Row),
        ],
        hidden: &[],
    },
    Held {
        table: "entity_tags",
        about: "Tags of what is theirs",
        ties: &[Tie::entity("entity_type", "entity_id", THINGS, Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "internal_notes",
        about: "Notes of colleagues about what is theirs, and notes that they wrote or are named in",
        ties: &[
            Tie::entity("entity_type", "entity_id", THINGS, Erased::Row),
            Tie::id("staff_id", Kind::Person, Erased::Id),
            Tie { by: By::Mentions("mentions"), part: Part::Named, erased: Erased::Id },
        ],
        hidden: &[],
    },
    Held {
        table: "message_replies",
        about: "Replies to their messages, and replies that they wrote",
        ties: &[Tie::of("message_id", "messages", Erased::Row), Tie::id("author_id", Kind::Person, Erased::Id)],
        hidden: &[],
    },
    Held {
        table: "messages",
        about: "Messages that they wrote through the contact form",
        ties: &[
            Tie::id("visitor_id", Kind::Visitor, Erased::Row),
            Tie::email("email", Erased::Row),
            Tie::named("assignee_id", Kind::Person),
        ],
        hidden: &["search_id", "search_words", "search_vector"],
    },
    Held {
        table: "newsletter_subscriptions",
        about: "Whether they get the newsletter",
        ties: &[Tie::id("id", Kind::Subscriber, Erased::Row), Tie::email("email", Erased::Row)],
        hidden: &["confirm_hash", "unsubscribe_hash"],
    },
    Held {
        table: "opening_hours",
        about: "When they can be booked",
        ties: &[Tie::id("staff_id", Kind::Person, Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "saved_replies",
        about: "Ready answers that they wrote",
        ties: &[Tie::id("created_by", Kind::Person, Erased::Id)],
        hidden: &[],
    },
    Held {
        table: "service_staff",
        about: "Services that they hold",
        ties: &[Tie::id("staff_id", Kind::Person, Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "social_accounts",
        about: "Accounts on social platforms that they connected",
        ties: &[Tie::named("connected_by_id", Kind::Person)],
        hidden: &["access_token_encrypted", "refresh_token_encrypted"],
    },
    Held {
        table: "social_connecting",
        about: "Accounts on social platforms that they are about to connect",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row)],
        hidden: &["state_hash", "verifier_encrypted", "granted_encrypted"],
    },
    Held { table: "tags", about: "Tags that they made", ties: &[Tie::named("created_by", Kind::Person)], hidden: &[] },
    Held {
        table: "visitor_acquaintances",
        about: "Other visitors who were seen in the same browser",
        ties: &[Tie::id("visitor_id", Kind::Visitor, Erased::Row), Tie::id("other_id", Kind::Visitor, Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "visitor_merges",
        about: "Records of visitors that were found to be one person's",
        ties: &[
            Tie::id("visitor_id", Kind::Visitor, Erased::Row),
            Tie::id("into_id", Kind::Visitor, Erased::Row),
            Tie::named("merged_by", Kind::Person),
        ],
        hidden: &[],
    },
    Held {
        table: "visitor_moves",
        about: "What moved when records of visitors were merged",
        ties: &[
            Tie::id("visitor_id", Kind::Visitor, Erased::Row),
            Tie::entity(
                "kind",
                "item_id",
                &[
                    ("message", "messages"),
                    ("chat", "chat_sessions"),
                    ("consultation", "consultations"),
                    ("visitor", "visitors"),
                ],
                Erased::Row,
            ),
        ],
        hidden: &[],
    },
    Held {
        table: "visitor_words",
        about: "Words by which they are found",
        ties: &[Tie::id("id", Kind::Visitor, Erased::Row)],
        hidden: &["search_id", "search_words", "search_vector"],
    },
    Held {
        table: "visitors",
        about: "Who they are on the website",
        ties: &[Tie::id("id", Kind::Visitor, Erased::Row)],
        hidden: &["token_hash"],
    },
];

/// The tables that hold nobody.
pub const NOBODY: Nobody = &[
    ("holidays", "days on which nothing can be booked"),
    ("platforms", "what holds for social platforms"),
    ("saved_reply_shortcuts", "words that ready answers are called by"),
    ("services", "what can be booked"),
];
