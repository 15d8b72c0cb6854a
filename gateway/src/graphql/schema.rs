//! The stitched schema.

use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions, ValidationMode};
use chrono::{DateTime, Utc};

use super::{
    analytics::{AnalyticsEventMutation, AnalyticsEventQuery, AnalyticsQuery},
    audit::AuditQuery,
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
        ChatMutation, ChatQuery, ChatSubscription, InboxMutation, InboxQuery, InboxSubscription, NewsletterMutation,
        NewsletterQuery, SeveralMessagesMutation, VisitorMutation,
        booking::{
            events::BookingSubscription, mutations::BookingMutation, own::OwnConsultationMutation,
            queries::BookingQuery, setup::BookingSetupMutation,
        },
        drafts::{DraftMutation, DraftQuery},
        notes::InternalNoteMutation,
        saved_replies::{SavedReplyMutation, SavedReplyQuery},
        tags::{TagMutation, TagQuery},
    },
    node::NodeQuery,
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
    ChatQuery,
    TagQuery,
    SavedReplyQuery,
    DraftQuery,
    GuideCategoryQuery,
    GuideQuery,
    HelpDocumentQuery,
    HelpCentreQuery,
    TicketQuery,
    ProjectQuery,
    ServiceLevelQuery,
    AssistantQuery,
    AuditQuery,
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
    ChatMutation,
    TagMutation,
    SavedReplyMutation,
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
    ServiceLevelMutation,
    FileMutation,
    AssistantMutation,
    PlatformMutation,
);

/// What can be followed.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    InboxSubscription,
    BookingSubscription,
    ChatSubscription,
    TicketSubscription,
    NotificationSubscription,
    AssistantSubscription,
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
