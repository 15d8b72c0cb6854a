//! The stitched schema.

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, ValidationMode};
use chrono::{DateTime, Utc};

use super::crm_leads::crm::{CrmConnectionMutation, CrmQuery, CrmSyncMutation};
use super::{
    analytics::{
        AnalyticsEventMutation, AnalyticsEventQuery, AnalyticsQuery, EffectivenessMutation, EffectivenessQuery,
        ExportMutation, ExportQuery, MetricMutation, MetricQuery, SyncMutation, SyncQuery, SyncRecordMutation,
        b2chat::{B2ChatMediaMutation, B2ChatMediaQuery, B2ChatQuery},
    },
    audit::{
        AuditQuery, ErasureMutation, ErasureQuery, ErrorMutation, ErrorQuery, LegalHoldMutation, LegalHoldQuery,
        PersonExportMutation, PersonExportQuery, PersonQuery, RetentionMutation, RetentionQuery, SlowOperationQuery,
    },
    crm_leads::{
        ai_tasks::{mutations::AiTaskMutation, queries::AiTaskQuery},
        imports::{LeadImportMutation, LeadImportQuery},
        leads::{LeadAroundMutation, LeadMutation, LeadQuery, LeadSubscription, SeveralLeadsMutation},
        scores::{BacktestQuery, ScoreMutation, ScoreQuery},
    },
    files::FileMutation,
    identity::{
        IdentityMutation, IdentityQuery, InvitationMutation, InvitationQuery, MailSetupMutation, MailSetupQuery,
        OwnAccessMutation, PlatformMutation, PlatformQuery, SelfServiceMutation, SessionMutation, SessionQuery,
        SettingsMutation, SettingsQuery, SsoMutation, SsoQuery,
        access::roles::{RoleMutation, RoleQuery},
        api_keys::{ApiKeyMutation, ApiKeyQuery},
        notifications::{
            channel_mutations::NotificationChannelMutation,
            channels::NotificationChannelQuery,
            events::NotificationSubscription,
            feed::{NotificationMutation, NotificationQuery},
        },
        organisation::{
            departments::{DepartmentMutation, DepartmentQuery},
            teams::{TeamMutation, TeamQuery},
        },
        people::mutations::PeopleMutation,
    },
    inbox::{
        ChatMutation, ChatQuery, ChatSubscription, ConversationMutation, ConversationQuery, ConversationSubscription,
        InboxMutation, InboxQuery, InboxSubscription, NewsletterMutation, NewsletterQuery,
        SeveralConversationsMutation, SeveralMessagesMutation, VisitorMutation,
        booking::{
            events::BookingSubscription, mutations::BookingMutation, own::OwnConsultationMutation,
            queries::BookingQuery, setup::BookingSetupMutation,
        },
        conversation_replies::{ConversationReplyMutation, ConversationReplyQuery},
        drafts::{DraftMutation, DraftQuery},
        notes::InternalNoteMutation,
        saved_replies::{SavedReplyMutation, SavedReplyQuery},
        social::{SocialMutation, SocialQuery},
        tags::{TagMutation, TagQuery},
    },
    live::EventQuery,
    node_queries::NodeQuery,
    progress::ProgressSubscription,
    ticketing::{
        assistant::{AssistantMutation, AssistantQuery, AssistantSubscription},
        comments::{CommentMutation, TicketSubscription},
        help::{
            GuideCategoryMutation, GuideCategoryQuery, GuideMutation, GuideQuery, HelpCentreMutation, HelpCentreQuery,
            HelpDocumentMutation, HelpDocumentQuery,
        },
        projects::{mutations::ProjectMutation, queries::ProjectQuery},
        service_levels::{ServiceLevelMutation, ServiceLevelQuery},
        tickets::{SeveralTicketsMutation, TicketAroundMutation, TicketMutation, TicketQuery},
    },
};

/// What can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    EventQuery,
    IdentityQuery,
    RoleQuery,
    DepartmentQuery,
    TeamQuery,
    ApiKeyQuery,
    SessionQuery,
    InvitationQuery,
    SettingsQuery,
    MailSetupQuery,
    SsoQuery,
    NotificationQuery,
    NotificationChannelQuery,
    InboxQuery,
    BookingQuery,
    NewsletterQuery,
    AnalyticsQuery,
    AnalyticsEventQuery,
    B2ChatQuery,
    B2ChatMediaQuery,
    MetricQuery,
    ExportQuery,
    ChatQuery,
    ConversationQuery,
    TagQuery,
    SavedReplyQuery,
    SocialQuery,
    ConversationReplyQuery,
    DraftQuery,
    GuideCategoryQuery,
    GuideQuery,
    HelpDocumentQuery,
    HelpCentreQuery,
    TicketQuery,
    ProjectQuery,
    AiTaskQuery,
    ServiceLevelQuery,
    AssistantQuery,
    LeadQuery,
    ScoreQuery,
    BacktestQuery,
    LeadImportQuery,
    CrmQuery,
    SyncQuery,
    EffectivenessQuery,
    AuditQuery,
    RetentionQuery,
    LegalHoldQuery,
    ErrorQuery,
    SlowOperationQuery,
    PersonQuery,
    PersonExportQuery,
    ErasureQuery,
    PlatformQuery,
);

/// What can be done.
#[derive(MergedObject, Default)]
pub struct Mutation(
    IdentityMutation,
    PeopleMutation,
    RoleMutation,
    DepartmentMutation,
    TeamMutation,
    ApiKeyMutation,
    SessionMutation,
    OwnAccessMutation,
    InvitationMutation,
    SelfServiceMutation,
    SettingsMutation,
    MailSetupMutation,
    SsoMutation,
    NotificationMutation,
    NotificationChannelMutation,
    InboxMutation,
    BookingMutation,
    OwnConsultationMutation,
    BookingSetupMutation,
    SeveralMessagesMutation,
    VisitorMutation,
    NewsletterMutation,
    AnalyticsEventMutation,
    B2ChatMediaMutation,
    MetricMutation,
    ErrorMutation,
    ExportMutation,
    RetentionMutation,
    LegalHoldMutation,
    ChatMutation,
    ConversationMutation,
    SeveralConversationsMutation,
    TagMutation,
    SavedReplyMutation,
    SocialMutation,
    ConversationReplyMutation,
    DraftMutation,
    InternalNoteMutation,
    GuideCategoryMutation,
    GuideMutation,
    HelpDocumentMutation,
    HelpCentreMutation,
    TicketMutation,
    TicketAroundMutation,
    SeveralTicketsMutation,
    CommentMutation,
    ProjectMutation,
    AiTaskMutation,
    ServiceLevelMutation,
    CrmConnectionMutation,
    CrmSyncMutation,
    FileMutation,
    AssistantMutation,
    LeadMutation,
    SeveralLeadsMutation,
    LeadAroundMutation,
    ScoreMutation,
    LeadImportMutation,
    SyncMutation,
    SyncRecordMutation,
    EffectivenessMutation,
    PersonExportMutation,
    ErasureMutation,
    PlatformMutation,
);

/// What can be followed.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    InboxSubscription,
    BookingSubscription,
    ChatSubscription,
    ConversationSubscription,
    TicketSubscription,
    NotificationSubscription,
    AssistantSubscription,
    LeadSubscription,
    ProgressSubscription,
);

/// The whole schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Builds the schema. Limits of documents are the gate's, which stands in front of every transport.
pub fn build(validation: ValidationMode) -> Schema {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .register_output_type::<super::node::Node>()
        .register_output_type::<super::identity::User>()
        .override_output_type_description::<DateTime<Utc>>("An instant (RFC 3339), in UTC, to the microsecond.")
        .validation_mode(validation)
        .limit_recursive_depth(64)
        .finish()
}

/// The schema as text, as `schema.graphql` holds it.
pub fn sdl() -> String {
    build(ValidationMode::Strict).sdl_with_options(
        SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by(),
    )
}
