//! All records of one person.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use audit::PersonStart;
use kernel::{Error, ProblemCode, held::Kind};

use crate::{
    graphql::{directives::requires, errors::Result, identity::Permission, scope::scope},
    wiring::persons::CATALOGUE,
};

/// What a record of a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PersonRecordKind {
    /// A colleague or a client.
    Person,
    /// A visitor of the website.
    Visitor,
    /// A lead.
    Lead,
    /// A contact of B2Chat's.
    #[graphql(name = "B2CHAT_CONTACT")]
    Contact,
    /// An agent of B2Chat's.
    #[graphql(name = "B2CHAT_AGENT")]
    Agent,
    /// Who takes part in a conversation on a social platform: the conversation.
    Participant,
    /// Who gets the newsletter.
    Subscriber,
    /// Who was invited to become a colleague.
    Invited,
}

/// Why a record is counted to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "audit::PersonTie")]
pub enum PersonRecordReason {
    /// It was asked for.
    Given,
    /// It has an e-mail address of theirs.
    Email,
    /// A record names the other.
    Link,
    /// It is of the same participant on the same platform.
    Participant,
    /// It has a telephone number of theirs: a hint only; it is not counted.
    Telephone,
}

/// A record of a person.
#[derive(Debug, Clone, SimpleObject)]
pub struct PersonRecord {
    /// Its id: `stf_…`, `cli_…`, `vis_…`, `led_…`, `bct_…`, `bag_…`, `cnv_…`, `nws_…` or `inv_…`.
    pub id: ID,
    /// What it is.
    pub kind: PersonRecordKind,
    /// What they are called in it; null where it does not say.
    pub name: Option<String>,
    /// The e-mail address in it; null where there is none.
    pub email: Option<String>,
    /// Why it is counted.
    pub reason: PersonRecordReason,
    /// The id of the record, or the address or number, by which it was found; null for what was asked for.
    pub found_by: Option<String>,
}

/// All records of one person.
#[derive(Debug, Clone, SimpleObject)]
pub struct PersonRecords {
    /// Those that are theirs, in the order in which they were found; at most 1,000.
    pub records: Vec<PersonRecord>,
    /// Those that may be theirs, since they have the same telephone number. They are in no export unless they are asked for.
    pub hints: Vec<PersonRecord>,
    /// Their e-mail addresses.
    pub emails: Vec<String>,
    /// Whether there are more records than are looked for; then nothing can be given out by this one.
    pub is_cut: bool,
}

fn record(found: audit::PersonRecord) -> Option<PersonRecord> {
    let kind = match found.kind {
        Kind::Person => PersonRecordKind::Person,
        Kind::Visitor => PersonRecordKind::Visitor,
        Kind::Lead => PersonRecordKind::Lead,
        Kind::Contact => PersonRecordKind::Contact,
        Kind::Agent => PersonRecordKind::Agent,
        Kind::Participant => PersonRecordKind::Participant,
        Kind::Subscriber => PersonRecordKind::Subscriber,
        Kind::Invited => PersonRecordKind::Invited,
        Kind::Key => return None,
    };
    let reason = found.why.into();
    Some(PersonRecord { id: ID(found.shown), kind, name: found.name, email: found.email, reason, found_by: found.by })
}

/// Whom a text names.
///
/// # Errors
/// [`Error::Invalid`] at `field` for what is neither an id of a record of a person nor an address.
pub fn start(field: &str, text: &str) -> kernel::Result<PersonStart> {
    PersonStart::read(text).ok_or_else(|| {
        let why = "is neither the id of a record of a person nor an e-mail address";
        Error::invalid(field, ProblemCode::InvalidFormat, why)
    })
}

/// Finding people.
#[derive(Default)]
pub struct PersonQuery;

#[Object]
impl PersonQuery {
    /// All records of one person, found from any one of them, and why each is counted.
    #[graphql(directive = requires::apply(Permission::ManagePersonalData))]
    async fn person_records(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of a record of theirs, or their e-mail address.")] of: ID,
    ) -> Result<PersonRecords> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        cx.require(audit::MANAGE_PERSONAL_DATA)?;
        let found = audit::person_records(&app.db, &cx, &CATALOGUE, &start("of", &of)?).await?;
        Ok(PersonRecords {
            records: found.records.into_iter().filter_map(record).collect(),
            hints: found.hints.into_iter().filter_map(record).collect(),
            emails: found.emails.into_iter().collect(),
            is_cut: found.is_cut,
        })
    }
}
