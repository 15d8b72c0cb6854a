//! What this context's tables hold of people: see [`kernel::held`].

use kernel::held::{Blank, By, Erased, Held, Kind, Link, Nobody, Part, Root, Tie};

/// The records of people in this context.
pub const ROOTS: &[Root] = &[
    Root {
        kind: Kind::Person,
        table: "users",
        prefix: "usr",
        emails: &["email"],
        phones: &["phone"],
        name: Some("name"),
        links: &[],
        alike: &[],
    },
    Root {
        kind: Kind::Invited,
        table: "invitations",
        prefix: "inv",
        emails: &["email"],
        phones: &[],
        name: Some("name"),
        links: &[Link::to("accepted_as", Kind::Person)],
        alike: &[],
    },
];

/// What the tables hold.
pub const HELD: &[Held] = &[
    Held {
        table: "api_keys",
        about: "Keys by which programs act for them",
        ties: &[
            Tie::id("user_id", Kind::Person, Erased::Values(&[("name", Blank::Name), ("name_folded", Blank::Unique)])),
            Tie::named("revoked_by", Kind::Person),
        ],
        hidden: &["hash"],
    },
    Held {
        table: "avatars",
        about: "Their picture",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "email_templates",
        about: "Wordings of mails that they changed",
        ties: &[Tie::named("updated_by", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "external_identities",
        about: "Their accounts at providers by which they sign in",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row), Tie::email("email", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "invitations",
        about: "Invitations to become a colleague",
        ties: &[
            Tie::id("id", Kind::Invited, Erased::Row),
            Tie::email("email", Erased::Row),
            Tie::id("accepted_as", Kind::Person, Erased::Row),
            Tie::named("invited_by", Kind::Person),
        ],
        hidden: &["hash"],
    },
    Held {
        table: "notification_channels",
        about: "Where notifications are delivered to for them",
        ties: &[Tie::id("owner_id", Kind::Person, Erased::Row), Tie::named("created_by", Kind::Person)],
        hidden: &["url"],
    },
    Held {
        table: "notification_deliveries",
        about: "Deliveries of their notifications",
        ties: &[
            Tie::of("notification_id", "notifications", Erased::Row),
            Tie::of("channel_id", "notification_channels", Erased::Row),
        ],
        hidden: &[],
    },
    Held {
        table: "notification_preferences",
        about: "How they want to be told of what",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "notifications",
        about: "What they were told, and what others were told about what is theirs",
        ties: &[
            Tie::id("user_id", Kind::Person, Erased::Row),
            Tie::thing(
                "resource",
                &[
                    ("msg", "messages"),
                    ("cht", "chat_sessions"),
                    ("con", "consultations"),
                    ("tkt", "tickets"),
                    ("prj", "projects"),
                    ("cnv", "conversations"),
                    ("led", "leads"),
                    ("usr", "users"),
                    ("stf", "users"),
                    ("cli", "users"),
                    ("vis", "visitors"),
                ],
                Erased::Row,
            ),
            Tie::named("actor_id", Kind::Person),
        ],
        hidden: &[],
    },
    Held {
        table: "one_time_tokens",
        about: "Links that were mailed to them",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row)],
        hidden: &["hash", "payload"],
    },
    Held {
        table: "recovery_codes",
        about: "Codes for when they lose their second factor",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row)],
        hidden: &["hash"],
    },
    Held {
        table: "refresh_tokens",
        about: "Tokens of their sessions",
        ties: &[Tie::of("session_id", "sessions", Erased::Row)],
        hidden: &["hash"],
    },
    Held {
        table: "sessions",
        about: "When, from where and with which program they signed in",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "settings",
        about: "Their own settings, and settings that they changed",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row), Tie::named("updated_by", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "smtp_settings",
        about: "The mail server, where they set it or its address is theirs",
        ties: &[
            Tie {
                by: By::Email("from_email"),
                part: Part::Named,
                erased: Erased::Kept("the address that the company sends from is the company's"),
            },
            Tie::named("updated_by", Kind::Person),
        ],
        hidden: &["password", "username"],
    },
    Held {
        table: "team_members",
        about: "Teams that they are in",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "teams",
        about: "Teams that they made",
        ties: &[Tie::named("created_by", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "user_permissions",
        about: "What they may beside their role",
        ties: &[Tie::id("user_id", Kind::Person, Erased::Row), Tie::named("granted_by", Kind::Person)],
        hidden: &[],
    },
    Held {
        table: "users",
        about: "Who they are here",
        ties: &[
            Tie::id(
                "id",
                Kind::Person,
                Erased::Values(&[
                    ("email", Blank::Email),
                    ("name", Blank::Name),
                    ("first_name", Blank::Null),
                    ("last_name", Blank::Null),
                    ("company", Blank::Null),
                    ("company_confirmed", Blank::Zero),
                    ("phone", Blank::Null),
                    ("phone_typed", Blank::Null),
                    ("avatar_id", Blank::Null),
                    ("password_hash", Blank::Empty),
                    ("totp_secret", Blank::Null),
                    ("totp_confirmed_at", Blank::Null),
                    ("email_verified_at", Blank::Null),
                    ("last_sign_in_at", Blank::Null),
                    ("is_active", Blank::Zero),
                    ("deactivated_at", Blank::Now),
                ]),
            ),
            Tie::named("created_by", Kind::Person),
        ],
        hidden: &["password_hash", "totp_secret", "totp_last_step"],
    },
];

/// The tables that hold nobody.
pub const NOBODY: Nobody = &[
    ("departments", "parts of the company"),
    ("identity_providers", "where people sign in, and nobody who does"),
    ("notification_position", "how far notifications are made"),
    ("oidc_sign_ins", "hashes of sign-ins that are under way, gone within minutes; the answer is sealed"),
    ("roles", "sets of permissions"),
    ("webhook_deliveries", "numbers of what was delivered"),
];
