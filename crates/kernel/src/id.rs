//! Typed ids: UUIDv7 inside, prefixed text outside (`msg_0192…`).
//!
//! A prefix makes an id readable in a log and makes a swapped argument an error instead of a miss.
//! The registry below is append-only: a prefix, once published, is never given to another thing.

use std::{fmt, str::FromStr};

/// An id's text did not have the shape `<prefix>_<32 hex digits>` with the prefix that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id: expected one that begins with `{expected}_`")]
pub struct WrongId {
    /// The prefix that was expected, without the underscore.
    pub expected: &'static str,
}

/// What every typed id can do.
pub trait TypedId: Copy + fmt::Display + FromStr<Err = WrongId> {
    /// The prefix of the id's text, without the underscore.
    const PREFIX: &'static str;
    /// The id without its type.
    fn uuid(self) -> uuid::Uuid;
    /// Gives a bare UUID its type.
    fn from_uuid(id: uuid::Uuid) -> Self;
}

fn parse(text: &str, prefix: &'static str) -> Result<uuid::Uuid, WrongId> {
    let wrong = WrongId { expected: prefix };
    let hex = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .filter(|hex| hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
        .ok_or_else(|| wrong.clone())?;
    uuid::Uuid::try_parse(hex).map_err(|_| wrong)
}

/// The prefix of an id's text, for dispatch in `node(id:)`.
pub fn prefix(text: &str) -> Option<&str> {
    text.rsplit_once('_').map(|(prefix, _)| prefix)
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, sea_orm::DeriveValueType)]
        pub struct $name(pub uuid::Uuid);

        impl TypedId for $name {
            const PREFIX: &'static str = $prefix;
            fn uuid(self) -> uuid::Uuid { self.0 }
            fn from_uuid(id: uuid::Uuid) -> Self { Self(id) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut hex = uuid::Uuid::encode_buffer();
                f.write_str(concat!($prefix, "_"))?;
                f.write_str(self.0.simple().encode_lower(&mut hex))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }
        impl FromStr for $name {
            type Err = WrongId;
            fn from_str(text: &str) -> Result<Self, WrongId> { parse(text, $prefix).map(Self) }
        }
        // In JSON (events, audit values) an id is its prefixed text too.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
        // SeaORM asks this of every primary key; no id of ours is a number.
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )*};
}

typed_ids! {
    /// A tenant: one company that uses Frontdesk.
    TenantId = "tnt";
    /// A person who signs in as staff.
    StaffId = "stf";
    /// Somebody who signs in, staff or client. Outside they are shown as a [`StaffId`] or a [`ClientId`].
    UserId = "usr";
    /// A person who signs in as a client.
    ClientId = "cli";
    /// A platform administrator, who belongs to no tenant.
    PlatformAdminId = "pla";
    /// A role: a named set of permissions.
    RoleId = "rol";
    /// A department of the company.
    DepartmentId = "dep";
    /// A team of colleagues.
    TeamId = "tem";
    /// An invitation to become a colleague.
    InvitationId = "inv";
    /// A key by which a program acts for a person.
    ApiKeyId = "key";
    /// A token of a link in a mail: reset, verification, change of address.
    OneTimeTokenId = "ott";
    /// What ties a person to an account somewhere else.
    ExternalIdentityId = "xid";
    /// Somewhere else where people sign in.
    IdentityProviderId = "idp";
    /// A setting of the company or of one person.
    SettingId = "set";
    /// The wording of a mail.
    EmailTemplateId = "tpl";
    /// Something that a person is told.
    NotificationId = "ntf";
    /// A place where notifications are delivered to.
    NotificationChannelId = "nch";
    /// A delivery of a notification through a channel.
    NotificationDeliveryId = "ndl";
    /// A sign-in session: a family of rotated refresh tokens.
    SessionId = "ses";
    /// One refresh token of a session.
    RefreshTokenId = "rft";
    /// A website visitor.
    VisitorId = "vis";
    /// A message that a visitor wrote.
    MessageId = "msg";
    /// A reply to a message.
    MessageReplyId = "rpl";
    /// A live chat.
    ChatId = "cht";
    /// One line of a live chat.
    ChatMessageId = "chm";
    /// A service that can be booked.
    ServiceId = "svc";
    /// A booked consultation.
    ConsultationId = "con";
    /// A day on which nothing can be booked.
    HolidayId = "hol";
    /// From when until when something can be booked on a day of the week.
    OpeningHoursId = "oph";
    /// A ready answer.
    SavedReplyId = "srp";
    /// An answer that is being written.
    DraftId = "drf";
    /// A note among colleagues.
    InternalNoteId = "nte";
    /// A tag.
    TagId = "tag";
    /// A subscription to the newsletter.
    NewsletterSubscriptionId = "nws";
    /// Something that a visitor did on the website.
    AnalyticsEventId = "aev";
    /// A ticket: work that we owe somebody.
    TicketId = "tkt";
    /// A comment on a ticket.
    TicketCommentId = "tcm";
    /// One change in a ticket's history.
    TicketChangeId = "tch";
    /// What ties two tickets.
    TicketLinkId = "tln";
    /// A project that a client asked for.
    ProjectId = "prj";
    /// A help document.
    HelpDocumentId = "hlp";
    /// A guide of the help centre.
    GuideId = "gui";
    /// A category of guides.
    GuideCategoryId = "gct";
    /// A session with the assistant.
    AssistantSessionId = "ass";
    /// A message of a session with the assistant.
    AssistantMessageId = "asm";
    /// A policy of service levels.
    ServiceLevelPolicyId = "slp";
    /// A clock of a ticket that a policy set.
    ServiceLevelClockId = "slc";
    /// An account of the company's on a social platform.
    SocialAccountId = "sac";
    /// A conversation on a social platform.
    ConversationId = "cnv";
    /// One message of a conversation.
    ConversationMessageId = "cvm";
    /// A reply to a message of a conversation.
    ConversationReplyId = "crp";
    /// A lead: somebody who may buy.
    LeadId = "led";
    /// One thing that happened to a lead.
    LeadChangeId = "lch";
    /// One scoring of a lead.
    LeadScoreId = "lsc";
    /// A version of the rules that leads are scored by.
    ScoreRuleSetId = "srs";
    /// An import of leads from a file.
    LeadImportId = "lim";
    /// A task for a provider of artificial intelligence.
    AiTaskId = "ait";
    /// A connection to a CRM.
    CrmConnectionId = "crc";
    /// What is to be brought to a CRM of one lead.
    CrmSyncId = "csy";
    /// A department that B2Chat tells of.
    B2chatDepartmentId = "bdp";
    /// An agent that B2Chat tells of.
    B2chatAgentId = "bag";
    /// A contact that B2Chat tells of.
    B2chatContactId = "bct";
    /// A chat that B2Chat tells of.
    B2chatChatId = "bch";
    /// A message in one.
    B2chatMessageId = "bms";
    /// A run of the synchronisation.
    SyncRunId = "syr";
    /// How it stands with the synchronisation of a kind of record.
    SyncStateId = "sst";
    /// How far a run is with a day.
    SyncCheckpointId = "sck";
    /// A record that a run could not read.
    SyncFailureId = "sfl";
    /// An answer of a source, as it came.
    ApiResponseLogId = "arl";
    /// An analysis of how well a chat went.
    EffectivenessAnalysisId = "efa";
    /// A batch of such analyses.
    EffectivenessBatchId = "efb";
    /// A file that data are exported to.
    ExportId = "exp";
    /// A run of what says how long rows are kept.
    RetentionRunId = "rtn";
    /// Rows that were moved out of the database.
    ArchiveId = "arc";
    /// What is kept whatever a policy says.
    LegalHoldId = "hld";
    /// A file with all that is held on a person.
    PersonExportId = "pex";
    /// What metrics are counted from: the thing's own id, of whatever kind it is.
    MetricFactId = "mfc";
    /// A file that somebody sent.
    FileId = "fil";
    /// A domain event and, with the same id, the audit row that records it.
    EventId = "aud";
    /// A piece of background work.
    JobId = "job";
    /// The key that personal values of somebody are sealed under.
    PersonalKeyId = "pky";
    /// A place in the audit trail before which rows may go.
    CheckpointId = "ckp";
    /// Errors that are one and the same.
    ErrorGroupId = "erg";
    /// One error.
    ErrorLogId = "err";
    /// An operation that took long.
    SlowOperationId = "slo";
    /// The erasure of a person.
    ErasureId = "era";
    /// The signed end of the audit trail of one day.
    AuditHeadId = "ahd";
}

impl UserId {
    /// A person's id as it is shown outside: a [`StaffId`]'s or [`ClientId`]'s text.
    ///
    /// # Errors
    /// [`WrongId`] for anything else.
    pub fn from_shown(text: &str) -> Result<Self, WrongId> {
        match prefix(text) {
            Some(ClientId::PREFIX) => text.parse::<ClientId>().map(Into::into),
            _ => text.parse::<StaffId>().map(Into::into),
        }
    }
}

impl From<StaffId> for UserId {
    fn from(id: StaffId) -> Self {
        Self(id.0)
    }
}

impl From<ClientId> for UserId {
    fn from(id: ClientId) -> Self {
        Self(id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_as_the_same_id() {
        let id = MessageId(uuid::Uuid::from_u128(0x0192_aaaa_bbbb_7ccc_8ddd_eeee_ffff_0001));
        assert_eq!(id.to_string(), "msg_0192aaaabbbb7ccc8dddeeeeffff0001");
        assert_eq!(id.to_string().parse::<MessageId>(), Ok(id));
    }

    #[test]
    fn another_kind_of_id_is_refused() {
        let visitor = VisitorId(uuid::Uuid::from_u128(1)).to_string();
        assert_eq!(visitor.parse::<MessageId>(), Err(WrongId { expected: "msg" }));
        for text in [
            "",
            "msg",
            "msg_",
            "msg_xyz",
            "msg_0192AAAABBBB7CCC8DDDEEEEFFFF0001",
            "msg_0192aaaa-bbbb-7ccc-8ddd-eeeeffff0001",
            "msg_\u{0}",
        ] {
            assert!(text.parse::<MessageId>().is_err(), "{text:?}");
        }
    }
}
