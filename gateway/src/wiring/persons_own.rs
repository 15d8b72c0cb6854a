//! What a client is given who takes along what is held on them: what is named here and nothing else. A test holds it against the
//! migrated schema: a table, and a column of one that is given, is named on one side or the other.

use audit::{Given, GivenRows};

const fn all(table: &'static str, columns: &'static str, kept: &'static str) -> Given {
    Given { table, rows: GivenRows::All, columns, kept }
}

const fn own(table: &'static str, column: &'static str, columns: &'static str, kept: &'static str) -> Given {
    Given { table, rows: GivenRows::Own(column), columns, kept }
}

/// What they are given.
pub const GIVEN: &[Given] = &[
    all(
        "analytics_events",
        "id visitor_id event_type event_data page_url referrer session_id address agent created_at",
        "",
    ),
    all(
        "api_keys",
        "id user_id name prefix permissions expires_at last_used_at created_at revoked_at",
        "revoked_by name_folded",
    ),
    all(
        "assistant_messages",
        "id session_id role question_id content state created_at updated_at",
        "round provider model error stop_reason input_tokens output_tokens",
    ),
    all("assistant_sessions", "id user_id title created_at updated_at", ""),
    all("assistant_sources", "message_id position kind document_id title quote starts_at ends_at", ""),
    own(
        "audit_logs",
        "actor_id",
        "id at kind severity success failure actor_kind actor_id actor_email session_id address agent \
         resource_kind resource_id action",
        "request_id old_values new_values api_key_id error details metadata correlation_id actor_key values_key",
    ),
    all("avatars", "id user_id image created_at", ""),
    all(
        "b2chat_chats",
        "id b2chat_id contact_id provider source_provider status source_status created_at opened_at picked_up_at \
         response_at closed_at duration_seconds message_count last_modified_at",
        "agent_id department_id is_agent_available alias tags priority priority_order topic unread_count \
         resolution_note viewer_url source_duration_seconds unknown_fields is_deleted deleted_at deletion_reason \
         last_sync_at sync_version closed_order modified_order",
    ),
    all(
        "b2chat_contacts",
        "id b2chat_id full_name mobile phone_number email identification address city country company \
         source_created_at last_modified_at created_at updated_at",
        "name_order custom_attributes tags is_deleted deleted_at deletion_reason last_sync_at",
    ),
    all(
        "b2chat_messages",
        "id chat_id b2chat_message_id text type incoming broadcasted image_url file_url caption location file_id \
         sent_at",
        "source_type media_state media_attempts media_next_at media_error media_size media_mime_type last_sync_at",
    ),
    all("chat_messages", "id session_id sender_type content created_at", "staff_id"),
    all(
        "chat_sessions",
        "id visitor_id visitor_name visitor_email status started_at claimed_at first_answer_at ended_at ended_by \
         rating feedback visitor_lines staff_lines last_message_at created_at updated_at",
        "department_id assignee_id unread_by_visitor unread_by_staff last_message_id version",
    ),
    all(
        "consultations",
        "id visitor_id service_id service name email company phone notes booking_date booking_time time_zone \
         visitor_time_zone starts_at ends_at status created_at updated_at",
        "blocked_from blocked_until assignee_id ics_uid ics_sequence version",
    ),
    all("conversation_archives", "", "id month batch messages first_at last_at bytes sha256 created_at sealed_at"),
    all(
        "conversation_messages",
        "id conversation_id platform_message_id direction content sender_id received_at edited_at deleted_at",
        "metadata",
    ),
    all(
        "conversations",
        "id social_account_id platform_conversation_id participant_id participant_name status started_at \
         last_message_at last_inbound_at message_count closed_at updated_at",
        "assignee_id last_message_id version",
    ),
    all(
        "external_identities",
        "id provider_id subject user_id email removed_at created_at last_sign_in_at",
        "revision picture_asked_at",
    ),
    all("files", "id name size content_type stored_at owner_kind owner_id created_at expires_at", "sha256 uploaded_by"),
    all(
        "invitations",
        "id email name first_name last_name created_at expires_at accepted_at revoked_at",
        "role_id department_id invited_by accepted_as",
    ),
    all(
        "message_replies",
        "id message_id content email_subject email_sent_at created_at",
        "author_id email_status email_error",
    ),
    all(
        "messages",
        "id visitor_id name email company service content page_url status created_at updated_at",
        "assignee_id version converted_to",
    ),
    all(
        "newsletter_subscriptions",
        "id email status source ip_address requested_at subscribed_at unsubscribed_at created_at updated_at",
        "",
    ),
    all(
        "notification_channels",
        "id kind owner_id name host types is_active created_at updated_at",
        "failures switched_off_at last_error next_slot created_by teams_team_id teams_team_name teams_channel_id \
         teams_channel_name name_folded",
    ),
    all("notification_preferences", "user_id kind email teams updated_at", ""),
    own(
        "notifications",
        "user_id",
        "id user_id kind level title body resource created_at read_at",
        "actor_id event_id mail_state mail_error metadata",
    ),
    all("one_time_tokens", "id user_id purpose created_at expires_at used_at", ""),
    own(
        "person_exports",
        "user_id",
        "id user_id is_own status file_name record_count file_count created_at completed_at expires_at",
        "subject file_id bytes table_count tables_done rows_written error_message attempts version updated_at \
         started_at",
    ),
    all(
        "projects",
        "id title description status type client_id budget currency requirements start_date end_date created_at \
         updated_at",
        "starts_on created_by_id",
    ),
    all("recovery_codes", "user_id used_at created_at", ""),
    all(
        "sessions",
        "id user_id address agent created_at last_active_at expires_at revoked_at revoked_reason",
        "token_version refreshes trusted_factor",
    ),
    own("settings", "user_id", "id key user_id kind value created_at updated_at", "description updated_by"),
    own("ticket_comment_mails", "user_id", "comment_id user_id subject sent_at created_at", "status error"),
    Given {
        table: "ticket_comments",
        rows: GivenRows::Where("visibility", "public"),
        columns: "id ticket_id sender visibility content edited_at created_at updated_at",
        kept: "author_id",
    },
    own("ticket_mentions", "user_id", "comment_id number user_id", "team_id"),
    own("ticket_watchers", "user_id", "ticket_id user_id created_at", ""),
    all(
        "tickets",
        "id number title description status category priority severity requester_id due_at resolved_at closed_at \
         public_comment_count created_at shown_at project_id",
        "position urgency created_by_id assignee_id team_id notes due_order last_replied_at estimated_hours \
         actual_hours parent_id merged_into_id comment_count version updated_at",
    ),
    all(
        "users",
        "id kind email name first_name last_name company phone phone_typed avatar_id is_active \
         must_change_password email_verified_at totp_confirmed_at last_sign_in_at created_at updated_at \
         deactivated_at",
        "role_id department_id token_version created_by company_confirmed tier",
    ),
    all("visitors", "id name email source address agent page_views first_visit_at last_visit_at", "merged_into"),
];

/// What they are not given: what colleagues keep among themselves, and what is Frontdesk's own.
pub const NOT_GIVEN: &[&str] = &[
    "ai_tasks",
    "api_response_logs",
    "b2chat_access",
    "b2chat_agents",
    "b2chat_chat_tags",
    "consultation_slots",
    "conversation_archive_parts",
    "conversation_message_keys",
    "conversation_replies",
    "crm_connecting",
    "crm_connections",
    "crm_records",
    "crm_syncs",
    "drafts",
    "effectiveness_analyses",
    "effectiveness_batch_chats",
    "effectiveness_batches",
    "email_templates",
    "entity_tags",
    "erasures",
    "error_groups",
    "error_logs",
    "exports",
    "guides",
    "help_documents",
    "idempotency_keys",
    "internal_notes",
    "jobs",
    "lead_history",
    "lead_import_errors",
    "lead_imports",
    "lead_merges",
    "lead_scores",
    "leads",
    "legal_holds",
    "metric_facts",
    "notification_deliveries",
    "opening_hours",
    "outbox",
    "personal_keys",
    "refresh_tokens",
    "retention_policies",
    "retention_runs",
    "saved_replies",
    "score_rule_sets",
    "service_staff",
    "slow_operations",
    "smtp_settings",
    "social_accounts",
    "social_connecting",
    "sync_failures",
    "sync_runs",
    "tags",
    "team_members",
    "teams",
    "ticket_clocks",
    "ticket_comment_edits",
    "ticket_history",
    "ticket_links",
    "ticket_merges",
    "ticket_pauses",
    "user_permissions",
    "visitor_acquaintances",
    "visitor_merges",
    "visitor_moves",
    "visitor_words",
];
