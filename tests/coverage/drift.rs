//! The entities in the code and the tables that the migrations made are the same.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::ColumnType;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, IdenStatic, Iterable, ModelTrait};

use super::harness::Harness;
use super::sdl::Sdl;
use super::sql::Sql;
use super::tables::{Table, tables};
use crate::support::{Backend, both};

/// Tables without an entity that can be reached from here.
const WITHOUT_ENTITY: &[&str] = &["event_head"];
/// Columns that only the databases' search knows.
const SEARCH: &[&str] = &["search_vector", "search_words", "search_id"];
/// The tables that are searched.
const SEARCHED: &[&str] = &[
    "b2chat_contacts",
    "chat_messages",
    "chat_sessions",
    "consultations",
    "conversations",
    "help_texts",
    "leads",
    "messages",
    "tickets",
    "visitor_words",
];

type Entity = (String, BTreeMap<String, (ColumnType, bool)>);

fn entity<E: EntityTrait>(entity: E) -> Entity {
    let column = |column: E::Column| {
        let definition = column.def();
        (column.as_str().to_owned(), (definition.get_column_type().clone(), definition.is_null()))
    };
    (entity.table_name().to_owned(), E::Column::iter().map(column).collect())
}

fn of_model<M: ModelTrait>() -> Entity {
    entity(M::Entity::default())
}

fn of_tenants() -> Vec<Entity> {
    vec![
        entity(identity::entities::api_key::Entity),
        entity(identity::entities::department::Entity),
        entity(identity::entities::role::Entity),
        entity(identity::entities::user::Entity),
        entity(identity::entities::user_permission::Entity),
        entity(identity::entities::team::Entity),
        entity(identity::entities::team_member::Entity),
        entity(identity::entities::email_template::Entity),
        entity(identity::entities::external_identity::Entity),
        entity(identity::entities::identity_provider::Entity),
        entity(identity::entities::oidc_sign_in::Entity),
        entity(identity::entities::webhook_delivery::Entity),
        entity(identity::entities::setting::Entity),
        entity(identity::entities::smtp_settings::Entity),
        entity(identity::entities::notification::Entity),
        entity(identity::entities::notification_channel::Entity),
        entity(identity::entities::notification_delivery::Entity),
        entity(identity::entities::notification_position::Entity),
        entity(identity::entities::notification_preference::Entity),
        entity(identity::entities::session::Entity),
        entity(identity::entities::refresh_token::Entity),
        entity(identity::entities::recovery_code::Entity),
        entity(identity::entities::one_time_token::Entity),
        entity(identity::entities::avatar::Entity),
        entity(identity::entities::invitation::Entity),
        entity(inbox::entities::visitor::Entity),
        entity(inbox::entities::visitor_words::Entity),
        entity(inbox::entities::acquaintance::Entity),
        entity(inbox::entities::message::Entity),
        entity(inbox::entities::chat_session::Entity),
        entity(inbox::entities::chat_message::Entity),
        entity(inbox::entities::reply::Entity),
        entity(inbox::entities::conversation::Entity),
        entity(inbox::entities::conversation_reply::Entity),
        entity(inbox::entities::social_account::Entity),
        entity(inbox::entities::social_connecting::Entity),
        entity(inbox::entities::social_platform::Entity),
        entity(inbox::entities::conversation_message::Entity),
        entity(inbox::entities::conversation_message_key::Entity),
        entity(inbox::entities::conversation_archive::Entity),
        entity(inbox::entities::conversation_archive_part::Entity),
        entity(inbox::entities::service::Entity),
        entity(inbox::entities::staff::Entity),
        entity(inbox::entities::hours::Entity),
        entity(inbox::entities::holiday::Entity),
        entity(inbox::entities::consultation::Entity),
        entity(inbox::entities::slot::Entity),
        entity(inbox::entities::visitor_merge::Entity),
        entity(inbox::entities::visitor_move::Entity),
        entity(inbox::entities::newsletter_subscription::Entity),
        entity(analytics_sync::entities::export::Entity),
        entity(analytics_sync::entities::effectiveness_analysis::Entity),
        entity(analytics_sync::entities::effectiveness_batch::Entity),
        entity(analytics_sync::entities::effectiveness_batch_chat::Entity),
        entity(analytics_sync::entities::event::Entity),
        entity(analytics_sync::entities::daily::Entity),
        entity(analytics_sync::entities::department::Entity),
        entity(analytics_sync::entities::agent::Entity),
        entity(analytics_sync::entities::contact::Entity),
        entity(analytics_sync::entities::chat::Entity),
        entity(analytics_sync::entities::chat_tag::Entity),
        entity(analytics_sync::entities::message::Entity),
        entity(analytics_sync::entities::b2chat_access::Entity),
        entity(analytics_sync::entities::api_response_log::Entity),
        entity(analytics_sync::entities::sync_checkpoint::Entity),
        entity(analytics_sync::entities::sync_coverage::Entity),
        entity(analytics_sync::entities::sync_failure::Entity),
        entity(analytics_sync::entities::sync_run::Entity),
        entity(analytics_sync::entities::sync_seen::Entity),
        entity(analytics_sync::entities::sync_state::Entity),
        entity(analytics_sync::entities::media_backup::Entity),
        entity(analytics_sync::entities::metric_fact::Entity),
        entity(analytics_sync::entities::metric_fact_tag::Entity),
        entity(analytics_sync::entities::metric_day::Entity),
        entity(inbox::entities::tag::Entity),
        entity(inbox::entities::entity_tag::Entity),
        entity(inbox::entities::saved_reply::Entity),
        entity(inbox::entities::saved_reply_shortcut::Entity),
        entity(inbox::entities::draft::Entity),
        entity(inbox::entities::internal_note::Entity),
        entity(crm_leads::entities::ai_task::Entity),
        entity(crm_leads::entities::ai_day::Entity),
        entity(ticketing::entities::project::Entity),
        entity(ticketing::entities::service_level_policy::Entity),
        entity(ticketing::entities::ticket_clock::Entity),
        entity(ticketing::entities::ticket_pause::Entity),
        entity(ticketing::entities::assistant_session::Entity),
        entity(ticketing::entities::assistant_message::Entity),
        entity(ticketing::entities::assistant_source::Entity),
        entity(ticketing::entities::category::Entity),
        entity(ticketing::entities::guide::Entity),
        entity(ticketing::entities::document::Entity),
        entity(ticketing::entities::text::Entity),
        entity(ticketing::entities::view::Entity),
        entity(ticketing::entities::ticket::Entity),
        entity(ticketing::entities::ticket_comment::Entity),
        entity(ticketing::entities::ticket_comment_edit::Entity),
        entity(ticketing::entities::ticket_comment_mail::Entity),
        entity(ticketing::entities::ticket_mention::Entity),
        entity(ticketing::entities::ticket_number::Entity),
        entity(ticketing::entities::ticket_year::Entity),
        entity(ticketing::entities::ticket_watcher::Entity),
        entity(ticketing::entities::ticket_link::Entity),
        entity(ticketing::entities::ticket_merge::Entity),
        entity(ticketing::entities::ticket_change::Entity),
        entity(crm_leads::entities::lead::Entity),
        entity(crm_leads::entities::lead_merge::Entity),
        entity(crm_leads::entities::lead_change::Entity),
        entity(crm_leads::entities::lead_import::Entity),
        entity(crm_leads::entities::lead_import_error::Entity),
        entity(crm_leads::entities::lead_score::Entity),
        entity(crm_leads::entities::score_rule_set::Entity),
        entity(crm_leads::entities::crm_connection::Entity),
        entity(crm_leads::entities::crm_connecting::Entity),
        entity(crm_leads::entities::crm_sync::Entity),
        entity(crm_leads::entities::crm_record::Entity),
        entity(audit::entities::log::Entity),
        entity(audit::entities::chain::Entity),
        entity(audit::entities::checkpoint::Entity),
        entity(audit::entities::archive::Entity),
        entity(audit::entities::legal_hold::Entity),
        entity(audit::entities::retention_policy::Entity),
        entity(audit::entities::retention_run::Entity),
        entity(audit::entities::error_group::Entity),
        entity(audit::entities::error_log::Entity),
        entity(audit::entities::slow_operation::Entity),
        entity(audit::entities::head::Entity),
        entity(audit::entities::erasure::Entity),
        entity(analytics_sync::entities::b2chat_erased::Entity),
        entity(audit::entities::person_export::Entity),
        entity(kernel::personal::Entity),
        entity(kernel::jobs::Entity),
        entity(kernel::idempotency::Entity),
        entity(kernel::limit::Entity),
        entity(kernel::usage::Entity),
        entity(kernel::files::Entity),
        of_model::<kernel::events::Stored>(),
    ]
}

fn of_the_registry() -> Vec<Entity> {
    vec![
        entity(kernel::tenant::Entity),
        entity(kernel::tenant::host::Entity),
        entity(kernel::key_marks::Entity),
        entity(kernel::limit::Entity),
        entity(identity::entities::platform_admin::Entity),
        entity(identity::entities::platform_event::Entity),
        entity(inbox::entities::social_account_route::Entity),
    ]
}

/// Tables with names that are told apart by something else: people and what they wrote are found by their address, a file by
/// its id, a holiday by its day, an invitation becomes a person, and what B2Chat names is told apart by its ids.
const NAMED_OTHERWISE: &[&str] = &[
    "b2chat_agents",
    "b2chat_departments",
    "consultations",
    "files",
    "holidays",
    "invitations",
    "leads",
    "messages",
    "platforms",
    "retention_policies",
    "users",
    "visitors",
];

/// What people name is one thing's under one form of the name, or is listed here with what else tells it apart.
#[test]
fn names_are_compared_in_one_form() {
    let named = |column: &str| {
        let all = of_tenants().into_iter().chain(of_the_registry());
        let with = all.filter(|(_, columns)| columns.contains_key(column));
        with.map(|(table, _)| table).collect::<BTreeSet<_>>()
    };
    let otherwise = NAMED_OTHERWISE.iter().map(|table| (*table).to_owned()).collect();
    assert_eq!(&named("name") - &named("name_folded"), otherwise);
}

/// What each database calls the type of a column.
fn name_of(ty: &ColumnType) -> [&'static str; 2] {
    match ty {
        ColumnType::Uuid => ["uuid", "BLOB"],
        ColumnType::TimestampWithTimeZone => ["timestamp with time zone", "DATETIME"],
        ColumnType::Date => ["date", "date"],
        ColumnType::Time => ["time without time zone", "time"],
        ColumnType::Text | ColumnType::String(_) => ["text", "text"],
        ColumnType::Json | ColumnType::JsonBinary => ["jsonb", "TEXT"],
        ColumnType::Boolean => ["boolean", "BOOLEAN"],
        ColumnType::Integer => ["integer", "integer"],
        ColumnType::BigInteger => ["bigint", "bigint"],
        ColumnType::Double => ["double precision", "DOUBLE"],
        ColumnType::Blob | ColumnType::VarBinary(_) | ColumnType::Binary(_) => ["bytea", "BLOB"],
        other => panic!("no name for {other:?} in tests/coverage/drift.rs"),
    }
}

fn same(entities: Vec<Entity>, tables: &BTreeMap<String, Table>, backend: Backend) {
    let names: BTreeSet<_> = entities.iter().map(|(name, _)| name.as_str()).collect();
    let made: BTreeSet<_> = tables.keys().map(String::as_str).filter(|name| !WITHOUT_ENTITY.contains(name)).collect();
    assert_eq!(names, made);
    for (name, columns) in &entities {
        let table = &tables[name];
        let searched = |column: &&str| SEARCH.contains(column) && SEARCHED.contains(&name.as_str());
        let made: BTreeSet<_> = table.columns.keys().map(String::as_str).filter(|column| !searched(column)).collect();
        assert_eq!(columns.keys().map(String::as_str).collect::<BTreeSet<_>>(), made, "columns of {name}");
        for (column, (ty, null)) in columns {
            let (made, made_null) = &table.columns[column];
            let expected = name_of(ty)[usize::from(backend == Backend::Sqlite)];
            // SQLite's row number is its only integer of 64 bits that counts by itself.
            let counts = made == "INTEGER" && *ty == ColumnType::BigInteger && column == "position";
            assert!(made.eq_ignore_ascii_case(expected) || counts, "{name}.{column} is {made}, not {expected}");
            assert_eq!(null, made_null, "{name}.{column} may be null");
        }
    }
}

fn values<E: ActiveEnum<Value = String>>() -> BTreeSet<String> {
    E::values().into_iter().collect()
}

/// The texts of a column in the code, and the GraphQL enum that shows them.
type Known = (BTreeSet<String>, Option<&'static str>);

/// Every column that may hold only some texts: those texts in the code, and the GraphQL enum that shows them.
fn enums() -> BTreeMap<(&'static str, &'static str), Known> {
    let written = |all: &[&str]| all.iter().map(|&text| text.to_owned()).collect();
    BTreeMap::from([
        (("messages", "status"), (values::<inbox::entities::message::MessageStatus>(), Some("MessageStatus"))),
        (("message_replies", "email_status"), (values::<inbox::entities::reply::EmailStatus>(), Some("EmailStatus"))),
        (
            ("consultations", "status"),
            (values::<inbox::entities::consultation::ConsultationStatus>(), Some("ConsultationStatus")),
        ),
        (("opening_hours", "weekday"), (values::<inbox::entities::hours::Weekday>(), Some("Weekday"))),
        (("visitor_moves", "kind"), (values::<inbox::entities::visitor_move::Kind>(), None)),
        (
            ("newsletter_subscriptions", "status"),
            (values::<inbox::entities::newsletter_subscription::NewsletterStatus>(), Some("NewsletterStatus")),
        ),
        (("chat_sessions", "status"), (values::<inbox::ChatStatus>(), Some("ChatStatus"))),
        (("chat_sessions", "ended_by"), (values::<inbox::ChatSide>(), Some("ChatSide"))),
        (("conversation_replies", "source"), (values::<inbox::ReplySource>(), Some("ConversationReplySource"))),
        (
            ("conversation_replies", "status"),
            (values::<inbox::ConversationReplyStatus>(), Some("ConversationReplyStatus")),
        ),
        (("social_accounts", "status"), (values::<inbox::SocialAccountStatus>(), Some("SocialAccountStatus"))),
        (("platforms", "name"), (values::<inbox::Platform>(), Some("SocialPlatform"))),
        (("social_account_routes", "platform"), (values::<inbox::Platform>(), Some("SocialPlatform"))),
        (("conversations", "status"), (values::<inbox::ConversationStatus>(), Some("ConversationStatus"))),
        (("conversation_messages", "direction"), (values::<inbox::Direction>(), Some("MessageDirection"))),
        (("chat_messages", "sender_type"), (values::<inbox::ChatSide>(), Some("ChatSide"))),
        (("entity_tags", "entity_type"), (values::<inbox::EntityType>(), None)),
        (("drafts", "entity_type"), (values::<inbox::EntityType>(), None)),
        (("internal_notes", "entity_type"), (values::<inbox::EntityType>(), None)),
        // A due date is a clock too, and no service level.
        (("ticket_clocks", "kind"), (values::<ticketing::ClockKind>(), None)),
        (("ai_tasks", "task_type"), (values::<crm_leads::AiTaskType>(), Some("AiTaskType"))),
        (("ai_tasks", "status"), (values::<crm_leads::AiTaskStatus>(), Some("AiTaskStatus"))),
        (("ai_tasks", "subject_type"), (values::<crm_leads::AiSubjectType>(), None)),
        (("ai_tasks", "provider"), (values::<crm_leads::AiProviderName>(), Some("AiProvider"))),
        (("ai_tasks", "failure"), (values::<crm_leads::AiFailure>(), Some("AiFailure"))),
        (("ticket_pauses", "status"), (values::<ticketing::TicketStatus>(), Some("TicketStatus"))),
        (("projects", "status"), (values::<ticketing::ProjectStatus>(), Some("ProjectStatus"))),
        (("projects", "type"), (values::<ticketing::ProjectType>(), Some("ProjectType"))),
        (("guides", "type"), (values::<ticketing::GuideType>(), Some("GuideType"))),
        (("help_documents", "audience"), (values::<ticketing::HelpAudience>(), Some("HelpAudience"))),
        (("help_documents", "extraction_state"), (values::<ticketing::ExtractionState>(), Some("ExtractionState"))),
        (("b2chat_chats", "provider"), (values::<analytics_sync::ChatProvider>(), Some("B2ChatProvider"))),
        (("b2chat_chats", "status"), (values::<analytics_sync::B2chatStatus>(), Some("B2ChatStatus"))),
        (("b2chat_chats", "priority"), (values::<analytics_sync::B2chatPriority>(), Some("B2ChatPriority"))),
        (("b2chat_messages", "type"), (values::<analytics_sync::B2chatMessageType>(), Some("B2ChatMessageType"))),
        (("metric_facts", "kind"), (values::<analytics_sync::MetricKind>(), Some("MetricKind"))),
        (("metric_facts", "status"), (values::<analytics_sync::MetricStatus>(), Some("MetricStatus"))),
        (("metric_facts", "priority"), (values::<analytics_sync::MetricPriority>(), Some("MetricPriority"))),
        (("b2chat_messages", "media_state"), (values::<analytics_sync::MediaState>(), Some("B2ChatMediaState"))),
        (("b2chat_access", "status"), (values::<analytics_sync::B2chatAccessStatus>(), Some("B2ChatAccessStatus"))),
        (("sync_runs", "entity"), (values::<analytics_sync::SyncEntity>(), Some("SyncEntity"))),
        (("sync_runs", "operation"), (values::<analytics_sync::SyncOperation>(), Some("SyncOperation"))),
        (("sync_runs", "status"), (values::<analytics_sync::SyncStatus>(), Some("SyncStatus"))),
        (("sync_states", "entity"), (values::<analytics_sync::SyncEntity>(), Some("SyncEntity"))),
        (("sync_states", "status"), (values::<analytics_sync::SyncStateStatus>(), Some("SyncStateStatus"))),
        (("sync_checkpoints", "entity"), (values::<analytics_sync::SyncEntity>(), Some("SyncEntity"))),
        (
            ("sync_checkpoints", "status"),
            (values::<analytics_sync::SyncCheckpointStatus>(), Some("SyncCheckpointStatus")),
        ),
        (("sync_coverage", "entity"), (values::<analytics_sync::SyncEntity>(), Some("SyncEntity"))),
        (("error_groups", "source"), (values::<audit::ErrorSource>(), Some("ErrorSource"))),
        (("error_groups", "level"), (values::<audit::ErrorLevel>(), Some("ErrorLevel"))),
        (("error_groups", "status"), (values::<audit::ErrorGroupStatus>(), Some("ErrorGroupStatus"))),
        (("error_logs", "source"), (values::<audit::ErrorSource>(), Some("ErrorSource"))),
        (("error_logs", "level"), (values::<audit::ErrorLevel>(), Some("ErrorLevel"))),
        (("exports", "type"), (values::<analytics_sync::ExportType>(), Some("ExportType"))),
        (("exports", "format"), (values::<analytics_sync::ExportFormat>(), Some("ExportFormat"))),
        (("exports", "status"), (values::<analytics_sync::ExportStatus>(), Some("ExportStatus"))),
        (("retention_policies", "action"), (values::<kernel::retention::RetentionAction>(), Some("RetentionAction"))),
        (("retention_runs", "status"), (values::<audit::RetentionStatus>(), Some("RetentionStatus"))),
        (
            ("effectiveness_batches", "state"),
            (values::<analytics_sync::BatchState>(), Some("EffectivenessBatchStatus")),
        ),
        (
            ("effectiveness_batches", "provider"),
            (values::<analytics_sync::AnalystName>(), Some("EffectivenessProvider")),
        ),
        (
            ("effectiveness_batches", "failure"),
            (values::<analytics_sync::AnalysisFailure>(), Some("EffectivenessFailure")),
        ),
        (
            ("effectiveness_analyses", "provider"),
            (values::<analytics_sync::AnalystName>(), Some("EffectivenessProvider")),
        ),
        (
            ("effectiveness_analyses", "actor_kind"),
            (values::<analytics_sync::AskedBy>(), Some("EffectivenessActorKind")),
        ),
        (("effectiveness_batch_chats", "state"), (values::<analytics_sync::ItemState>(), None)),
        (
            ("effectiveness_batch_chats", "failure"),
            (values::<analytics_sync::AnalysisFailure>(), Some("EffectivenessFailure")),
        ),
        (("leads", "status"), (values::<crm_leads::LeadStatus>(), Some("LeadStatus"))),
        (("leads", "score"), (values::<crm_leads::LeadScore>(), Some("LeadScore"))),
        (("leads", "source_kind"), (values::<crm_leads::LeadSource>(), Some("LeadSource"))),
        (("lead_history", "action"), (values::<crm_leads::LeadAction>(), Some("LeadAction"))),
        (("lead_imports", "state"), (values::<crm_leads::ImportState>(), Some("LeadImportState"))),
        (("lead_scores", "score"), (values::<crm_leads::LeadScore>(), Some("LeadScore"))),
        (("score_rule_sets", "state"), (values::<crm_leads::RuleSetState>(), Some("ScoreRuleSetState"))),
        (("tickets", "status"), (values::<ticketing::TicketStatus>(), Some("TicketStatus"))),
        (("tickets", "category"), (values::<ticketing::TicketCategory>(), Some("TicketCategory"))),
        (("tickets", "priority"), (values::<ticketing::TicketPriority>(), Some("TicketPriority"))),
        (("tickets", "severity"), (values::<ticketing::TicketSeverity>(), Some("TicketSeverity"))),
        (("ticket_comments", "sender"), (values::<ticketing::CommentSender>(), Some("CommentSender"))),
        (("ticket_comments", "visibility"), (values::<ticketing::CommentVisibility>(), Some("CommentVisibility"))),
        (("ticket_comment_mails", "status"), (values::<ticketing::CommentMailStatus>(), Some("CommentMailStatus"))),
        (("ticket_links", "kind"), (values::<ticketing::TicketLinkKind>(), Some("TicketLinkKind"))),
        (("ticket_history", "action"), (values::<ticketing::TicketAction>(), Some("TicketAction"))),
        (("ticket_history", "field"), (values::<ticketing::TicketField>(), Some("TicketField"))),
        (("erasures", "scope"), (values::<audit::ErasureScope>(), Some("ErasureScope"))),
        (("erasures", "status"), (values::<audit::ErasureStatus>(), Some("ErasureStatus"))),
        (("person_exports", "status"), (values::<audit::PersonExportStatus>(), Some("PersonExportStatus"))),
        // Old rows have words of their own, which are shown as today's.
        (("audit_logs", "severity"), (values::<audit::entities::log::Level>(), None)),
        (("audit_logs", "action"), (values::<kernel::events::Action>(), Some("AuditAction"))),
        (("jobs", "state"), (values::<kernel::jobs::JobState>(), None)),
        (("identity_providers", "creates"), (values::<identity::entities::user::Kind>(), Some("PersonKind"))),
        (("users", "tier"), (values::<identity::ClientTier>(), Some("ClientTier"))),
        (("users", "kind"), (values::<identity::entities::user::Kind>(), None)),
        (("settings", "kind"), (values::<identity::entities::setting::Kind>(), None)),
        // The port of the mail server in words: identity::domain.
        (("smtp_settings", "encryption"), (written(&["tls", "ssl", "none"]), None)),
        (("team_members", "role"), (values::<identity::entities::team_member::TeamRole>(), Some("TeamRole"))),
        (("one_time_tokens", "purpose"), (values::<identity::entities::one_time_token::Purpose>(), None)),
        (("sessions", "revoked_reason"), (values::<identity::entities::session::Reason>(), None)),
        (("notifications", "mail_state"), (values::<identity::DeliveryState>(), Some("NotificationDeliveryState"))),
        (("notifications", "level"), (values::<identity::NotificationLevel>(), Some("NotificationLevel"))),
        (("notification_channels", "kind"), (values::<identity::ChannelKind>(), Some("NotificationChannelKind"))),
        (
            ("notification_deliveries", "state"),
            (values::<identity::DeliveryState>(), Some("NotificationDeliveryState")),
        ),
        (("assistant_messages", "role"), (values::<ticketing::AssistantRole>(), Some("AssistantRole"))),
        (("assistant_messages", "state"), (values::<ticketing::AssistantState>(), Some("AssistantMessageState"))),
        (("assistant_messages", "error"), (values::<ticketing::AssistantFailure>(), Some("AssistantFailure"))),
        (("assistant_messages", "stop_reason"), (values::<ticketing::AssistantStop>(), Some("AssistantStopReason"))),
        (("assistant_sources", "kind"), (values::<ticketing::SourceKind>(), Some("AssistantSourceKind"))),
        (("crm_connections", "provider"), (values::<crm_leads::CrmProvider>(), Some("CrmProvider"))),
        (("crm_connecting", "provider"), (values::<crm_leads::CrmProvider>(), Some("CrmProvider"))),
        (("crm_connections", "method"), (values::<crm_leads::CrmMethod>(), Some("CrmConnectionMethod"))),
        (("crm_connections", "status"), (values::<crm_leads::CrmStatus>(), Some("CrmConnectionStatus"))),
        (("crm_syncs", "action"), (values::<crm_leads::CrmAction>(), Some("CrmSyncAction"))),
        (("crm_syncs", "status"), (values::<crm_leads::CrmSyncStatus>(), Some("CrmSyncStatus"))),
        // Texts of the envelope: kernel::events.
        (
            ("audit_logs", "actor_kind"),
            (written(&["staff", "client", "platform", "anonymous", "system"]), Some("AuditActorKind")),
        ),
        (("tenants", "tier"), (values::<kernel::tenant::Tier>(), Some("Tier"))),
        (("platform_events", "actor_kind"), (written(&["platform", "anonymous", "system"]), None)),
    ])
}

fn shown(values: &BTreeSet<String>) -> BTreeSet<String> {
    values.iter().map(|value| value.to_uppercase()).collect()
}

both! {
    /// The same tables with the same columns, types and nullability, in a tenant and in the registry.
    async fn entities_and_tables_are_the_same(backend) {
        let stand = Harness::start(backend).await;
        same(of_tenants(), &tables(&stand.main().await.sql).await, backend);
        let registry = Sql::open(stand.url(), None).await;
        same(of_the_registry(), &tables(&registry).await, backend);
    }

    /// Every foreign key has an index that begins with it.
    async fn every_reference_has_an_index(backend) {
        let stand = Harness::start(backend).await;
        let mut tables = tables(&stand.main().await.sql).await;
        tables.extend(super::tables::tables(&Sql::open(stand.url(), None).await).await);
        let mut references = 0;
        for (name, table) in &tables {
            for column in &table.references {
                references += 1;
                assert!(table.indexed.contains(column), "{name}.{column} refers to a row and has no index");
            }
        }
        assert!(references >= 8, "{references} references");
    }

    /// An enum has the same values in the API, in the code and in the database's CHECK, and no text column with a CHECK is
    /// forgotten here.
    async fn enums_have_the_same_values_everywhere(backend) {
        let stand = Harness::start(backend).await;
        let mut tables = tables(&stand.main().await.sql).await;
        tables.extend(super::tables::tables(&Sql::open(stand.url(), None).await).await);
        let sdl = Sdl::exported();
        let enums = enums();
        let mut checked = 0;
        for (name, table) in &tables {
            for (column, allowed) in &table.checks {
                let Some((values, shown_as)) = enums.get(&(name.as_str(), column.as_str())) else {
                    panic!("{name}.{column} has a CHECK and no line in tests/coverage/drift.rs");
                };
                assert_eq!(allowed, values, "{name}.{column}");
                if let Some(ty) = shown_as {
                    assert_eq!(sdl.values(ty).into_iter().collect::<BTreeSet<_>>(), shown(values), "{ty}");
                }
                checked += 1;
            }
        }
        assert_eq!(checked, enums.len(), "every enum column has a CHECK");
    }
}
