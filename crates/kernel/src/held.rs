//! What a table holds of people: said once, as data, by the context that has the table.
//!
//! Finding somebody, giving out what is held of them and erasing it are one engine over these declarations and no code per
//! table; a test compares them with the migrated schema, so that a table without a word about people cannot be added.
//!
//! Words. A person has **records**: rows of [root](Root) tables, one [kind](Kind) each. A row is theirs by a [`Tie`]: what it
//! holds is [`Whole`](Part::Whole) theirs, or it only [names](Part::Named) them (as the colleague to whom something was
//! assigned), and then what else stands in it is of other people. [`By::Of`] and [`By::Entity`] go from rows that are whole
//! somebody's to what hangs on them, and never from rows that only name them.

/// What records of people there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Somebody who signs in: a colleague or a client.
    Person,
    /// A visitor of the website.
    Visitor,
    /// A lead.
    Lead,
    /// A contact of B2Chat's.
    Contact,
    /// An agent of B2Chat's.
    Agent,
    /// Who takes part in a conversation on a social platform: the conversation's row.
    Participant,
    /// Who gets the newsletter.
    Subscriber,
    /// Who was invited to become a colleague.
    Invited,
    /// A key that values about somebody are sealed under.
    Key,
}

/// A table that has records of people.
#[derive(Debug, Clone, Copy)]
pub struct Root {
    /// What its rows are.
    pub kind: Kind,
    /// The table; its rows' ids are in `id`.
    pub table: &'static str,
    /// The prefix of their ids as text; people have two, so theirs is `usr`.
    pub prefix: &'static str,
    /// Where their e-mail addresses stand, as they are stored.
    pub emails: &'static [&'static str],
    /// Where their telephone numbers stand: hints, and nothing more.
    pub phones: &'static [&'static str],
    /// Where what they are called stands.
    pub name: Option<&'static str>,
    /// Columns that hold the id of another record of the same person.
    pub links: &'static [Link],
    /// Rows that are alike in all of these columns are of one person.
    pub alike: &'static [&'static str],
}

/// A column by which a record says that another one is of the same person.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    /// The column.
    pub column: &'static str,
    /// What it holds the id of.
    pub to: Kind,
    /// Only where this column says this.
    pub when: Option<(&'static str, &'static str)>,
}

/// What a table holds of people.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// The table, without its schema.
    pub table: &'static str,
    /// What its rows are, in words for whoever reads what is held of them.
    pub about: &'static str,
    /// By what a row is somebody's; any of them. Where several are, the first that fits says what erasure does.
    pub ties: &'static [Tie],
    /// Columns that are nobody's to read: hashes of secrets, sealed tokens.
    pub hidden: &'static [&'static str],
}

/// By what a row is somebody's, and what follows from it.
#[derive(Debug, Clone, Copy)]
pub struct Tie {
    /// By what.
    pub by: By,
    /// How much of the row is theirs.
    pub part: Part,
    /// What erasing them does with it.
    pub erased: Erased,
}

/// By what a row is somebody's.
#[derive(Debug, Clone, Copy)]
pub enum By {
    /// A column holds the id of a record of this kind.
    Id {
        /// The column.
        column: &'static str,
        /// Of what.
        of: Kind,
    },
    /// A column holds an e-mail address, as it is stored.
    Email(&'static str),
    /// A column holds the key of a row that is whole theirs.
    Of {
        /// The column.
        column: &'static str,
        /// The other table, which is declared as well.
        table: &'static str,
        /// The column there.
        key: &'static str,
    },
    /// Two columns say what kind of thing it hangs on, and which.
    Entity {
        /// The column with the kind's word.
        kind: &'static str,
        /// The column with the thing's id.
        id: &'static str,
        /// What each word means: a declared table, whose ids are in `id`.
        of: &'static [(&'static str, &'static str)],
    },
    /// A text holds the typed id (`msg_…`) of such a thing: the prefix, and the table.
    Named {
        /// The column.
        column: &'static str,
        /// What each prefix means.
        of: &'static [(&'static str, &'static str)],
    },
    /// A text or JSON in which a typed id of one of their records, or their e-mail address, stands anywhere.
    Mentions(&'static str),
    /// Bytes that only their context can read (a compressed answer, an archive): it is asked what is theirs in it.
    Inside(&'static str),
}

/// How much of a row is somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// That it names them: its key, the columns with ids that name them, and its times.
    Named,
}

/// What erasing somebody does with a row of theirs.
#[derive(Debug, Clone, Copy)]
pub enum Erased {
    /// It goes, with what hangs on it.
    Row,
    /// It stays, and these columns hold other values than before. What hangs on it is erased as its own tie says.
    Values(&'static [(&'static str, Blank)]),
    /// It stays as it is: what it names them by is the id of a row that says nothing of them any more. What hangs on it stays.
    Id,
    /// It stays, for this reason. What hangs on it stays.
    Kept(&'static str),
}

/// What a column holds of somebody who was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// Nothing.
    Null,
    /// An empty text.
    Empty,
    /// [`ERASED`].
    Name,
    /// [`ERASED`] with the row's id, where no two rows may be alike.
    Unique,
    /// An address at which nobody is, of the row's id: no two are alike.
    Email,
    /// `{}`.
    Object,
    /// `[]`.
    List,
    /// 0, or false.
    Zero,
    /// The time of the erasure.
    Now,
}

/// What somebody is called who was erased.
pub const ERASED: &str = "erased person";

/// How the address ends of somebody who was erased.
pub const ERASED_ADDRESS: &str = "@erased.invalid";

impl Tie {
    const fn whole(by: By, erased: Erased) -> Self {
        Self { by, part: Part::Whole, erased }
    }

    /// All of a row with the id of a record.
    pub const fn id(column: &'static str, of: Kind, erased: Erased) -> Self {
        Self::whole(By::Id { column, of }, erased)
    }

    /// A row that names somebody and is not theirs.
    pub const fn named(column: &'static str, of: Kind) -> Self {
        Self { by: By::Id { column, of }, part: Part::Named, erased: Erased::Id }
    }

    /// All of a row with an address.
    pub const fn email(column: &'static str, erased: Erased) -> Self {
        Self::whole(By::Email(column), erased)
    }

    /// All of a row that hangs on a row of another table, by its `id`.
    pub const fn of(column: &'static str, table: &'static str, erased: Erased) -> Self {
        Self::whole(By::Of { column, table, key: "id" }, erased)
    }

    /// All of a row that hangs on a thing of one of several kinds.
    pub const fn entity(
        kind: &'static str,
        id: &'static str,
        of: &'static [(&'static str, &'static str)],
        erased: Erased,
    ) -> Self {
        Self::whole(By::Entity { kind, id, of }, erased)
    }

    /// All of a row that a typed id in a text hangs on a thing.
    pub const fn thing(column: &'static str, of: &'static [(&'static str, &'static str)], erased: Erased) -> Self {
        Self::whole(By::Named { column, of }, erased)
    }

    /// All of a row in which an id or an address stands anywhere.
    pub const fn mentions(column: &'static str, erased: Erased) -> Self {
        Self::whole(By::Mentions(column), erased)
    }

    /// What is theirs in bytes that only their context reads.
    pub const fn inside(column: &'static str, erased: Erased) -> Self {
        Self::whole(By::Inside(column), erased)
    }

    /// The columns that it looks at.
    pub fn columns(&self) -> Vec<&'static str> {
        match self.by {
            By::Id { column, .. }
            | By::Email(column)
            | By::Of { column, .. }
            | By::Named { column, .. }
            | By::Mentions(column)
            | By::Inside(column) => vec![column],
            By::Entity { kind, id, .. } => vec![kind, id],
        }
    }

    /// The tables that it goes to.
    pub fn tables(&self) -> Vec<&'static str> {
        match self.by {
            By::Of { table, .. } => vec![table],
            By::Entity { of, .. } | By::Named { of, .. } => of.iter().map(|(_, table)| *table).collect(),
            By::Id { .. } | By::Email(_) | By::Mentions(_) | By::Inside(_) => Vec::new(),
        }
    }
}

impl Link {
    /// A column that holds an id and nothing else.
    pub const fn to(column: &'static str, to: Kind) -> Self {
        Self { column, to, when: None }
    }
}

/// Tables that hold nobody, and why.
pub type Nobody = &'static [(&'static str, &'static str)];

/// What the kernel's own tables hold of people.
pub const HELD: &[Held] = &[
    Held {
        table: "files",
        about: "Files that were sent, or belong to something of theirs",
        ties: &[
            Tie::entity(
                "owner_kind",
                "owner_id",
                &[
                    ("usr", "users"),
                    ("stf", "users"),
                    ("cli", "users"),
                    ("msg", "messages"),
                    ("rpl", "message_replies"),
                    ("cht", "chat_sessions"),
                    ("chm", "chat_messages"),
                    ("con", "consultations"),
                    ("tkt", "tickets"),
                    ("tcm", "ticket_comments"),
                    ("prj", "projects"),
                    ("cnv", "conversations"),
                    ("cvm", "conversation_messages"),
                    ("led", "leads"),
                    ("bms", "b2chat_messages"),
                    ("exp", "exports"),
                    ("lim", "lead_imports"),
                    ("pex", "person_exports"),
                ],
                Erased::Row,
            ),
            Tie::named("uploaded_by", Kind::Person),
        ],
        hidden: &["storage_key"],
    },
    Held {
        table: "idempotency_keys",
        about: "Answers that are kept for a day in case a request is sent again",
        ties: &[Tie::inside("answer", Erased::Kept("encrypted, found only by who asked, and gone within a day"))],
        hidden: &["id", "body", "answer"],
    },
    Held {
        table: "jobs",
        about: "Work that waits to be done in the background",
        // Mails that wait are sealed.
        ties: &[Tie::mentions("payload", Erased::Row), Tie::inside("payload", Erased::Row)],
        hidden: &[],
    },
    Held {
        table: "outbox",
        about: "What happened, as others are told of it",
        ties: &[
            Tie::id(
                "personal_key",
                Kind::Key,
                Erased::Kept("what it says of somebody is sealed under their key, which is destroyed"),
            ),
            Tie::named("actor_id", Kind::Person),
            Tie { by: By::Mentions("payload"), part: Part::Named, erased: Erased::Id },
        ],
        hidden: &["sealed"],
    },
    Held {
        table: "personal_keys",
        about: "Keys that values about them are sealed under",
        ties: &[Tie::id("id", Kind::Key, Erased::Values(&[("key", Blank::Null), ("destroyed_at", Blank::Now)]))],
        hidden: &["subject", "key"],
    },
];

/// The kernel's tables that hold nobody.
pub const NOBODY: Nobody = &[
    ("event_head", "how far events are counted"),
    ("rate_limits", "hashes of who asked, which end within a day, and counts"),
    ("tenant_usage", "a sum of bytes"),
];
