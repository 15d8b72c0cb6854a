//! Who we are: the people who sign in, what they may do, and their sessions.
//!
//! **Words.** A *staff* member belongs to at most one *department* and holds one *role*, a named set of
//! *permissions*. Signing in opens a *session*: a family of *refresh tokens* each of which buys the next.
//! An *access token* of 15 minutes speaks for the session. *Departments* are a tree; each knows its *path*, the way from
//! the root down. *Teams* stand across it: their *members* see each other's work, their *admins* keep them. An *API key*
//! acts for a person without a session, with a part of the person's permissions.
//!
//! A tenant has a *tier*, which allows it so many *seats* for active staff, *requests a minute* and bytes of *storage*;
//! it may have *limits* of its own instead. Its *host names* are its alone. A *platform administrator* is a member of no
//! tenant: they open, change, *suspend* and resume tenants from outside, and read nothing in them.
//!
//! **Invariants.** A refresh token is used once; using it again ends its session, because either the caller or a thief
//! holds a copy; but for a moment after its first use, when a second window may come with it or an answer was lost. Access ends within [`ACCESS_TTL`] of signing out, of deactivation, of a
//! change of role or of a rise of the person's token version, in every process, although a valid access token
//! may still be around. The tree of departments has no circle and at most 16 levels; those who change its shape take
//! turns. Departments and teams are deactivated and never deleted. An API key has at any time at most what was given to it
//! and its owner still holds, sees at most what its owner sees, and does nothing that takes a session: it makes no keys,
//! signs nobody out, changes no password. A sign-in answers the same, in the same time, whether the address is known or not;
//! only after the right password does it say what else is missing. A session ends by rest or by age ([`SessionPolicy`]).
//!
//! A *setting* is the company's or one person's; a *letter* is a mail to one person, worded by a *template* in the
//! company's own wording or the one it comes with. A letter waits encrypted, for it holds tokens; a mail server's password
//! is sealed and goes to no other server than the one it was given for.
//!
//! A *second factor* is a secret in an app (TOTP), asked for once its owner has shown a code of it; each of its steps and
//! each *recovery code* is good once. A *duty* (another password, a second factor that the role requires) comes before
//! everything else. A change of the password ends all other sessions of its owner.
//!
//! **Elsewhere.** People may sign in at an *identity provider* (OpenID Connect), and one may tell of changes to its
//! people by webhook. Their account there is an *external identity*: provider and subject decide whose it is. Only a
//! verified address ties one to a person, and who never showed here that the address is theirs loses what they had set
//! up: password, second factor, API keys, links in mails, sessions. A state is good once and in one browser. Of what a provider tells, only what
//! is newer than what was applied counts, and a removal is for good. The last active administrator is never removed, nor the last
//! SUPER_ADMIN. A provider serves nobody who may more than whoever changed it last (its *ceiling*), and what lets in somebody
//! above the ceiling of the company's mail server does not go there.
//!
//! **Notifications.** A *notification* tells one person of one event, once; nobody else reads it, and it holds nothing that
//! only some may read. A *channel* leads to a webhook of Microsoft Teams, the company's or a person's own; its address is a
//! secret. A *delivery* is a card on its way through a channel, under one id however often it is tried.
//!
//! **Published events**: `session.opened`, `session.refused`, `session.ended`, `session.reused`, `person.added`,
//! `person.updated`, `person.deactivated`, `person.reactivated`, `role.saved`, `permission.granted`, `permission.revoked`,
//! `secrets.resealed`, `setting.changed`, `smtp_settings.changed`, `smtp_settings.tested`, `email_template.changed`,
//! `letter.delivered`, `letter.failed`, `letter.withheld`, `department.saved`, `department.moved`, `team.saved`, `team.member_changed`, `api_key.created`,
//! `api_key.revoked`, `session.refreshed`, `session.revoked`, `session.all_revoked`, `password.changed`, `totp.begun`,
//! `totp.confirmed`, `totp.disabled`, `totp.reset`, `recovery_codes.replaced`, `identity_provider.saved`,
//! `external_sign_in.begun`, `external_identity.linked`, `external_identity.unlinked`, `external_user.added`,
//! `external_user.changed`, `external_user.deactivated`, `external_user.last_administrator_kept`, `external_user.no_seat`, `external_user.spared`, `notification.created`,
//! `notifications.read`, `notification_preference.set`, `notification_channel.saved`, `notification_channel.tested`,
//! `notification_channel.switched_off`, `notification_delivery.failed`, `notification_delivery.retried`, `tenant.created`,
//! `tenant.changed`, `tenant.suspended`, `tenant.resumed`, and of one's own account and of invitations those in
//! `domain/account_events.rs`.
//!
//! There are never more active staff members than seats, however many are added at once. What a platform administrator does
//! to a tenant is in that tenant's own audit trail.

mod adapters;
mod domain;
pub mod held;
pub mod mail;
mod policy;
mod ports;
mod queries;
mod retention;
mod store;
mod usecases;

pub use adapters::{
    access_token::{AccessTokens, Claims},
    api_key::{KEY_PREFIX, KeyClaims},
    credential::Credential,
    oidc::Oidc,
    password::Passwords,
    platform_token::{PlatformClaims, PlatformTokens},
};
pub use domain::{
    TOPIC,
    access::role::{ROLES, Role, WITH_STAFF},
    api_keys::{ApiKey, NewApiKey},
    mail::links::Links,
    organisation::{
        department::Department,
        team::{Membership, Team, TeamRole},
    },
    people::{person::Person, phone::telephone},
    sessions::{
        device::Device,
        session::{ACCESS_TOKEN_TTL, SessionPolicy, SessionTokens},
    },
    settings::setting::{
        AI_DAILY_TOKENS, AI_ENABLED, AI_MAKE_LEADS, AI_SUGGEST_REPLIES, AI_WEBSITE, ANALYTICS_SLA_MINUTES,
        ASSISTANT_FOR_CLIENTS, ASSISTANT_KEEP_DAYS, ASSISTANT_QUESTIONS_PER_HOUR, AUTOMATIC_REPLIES_FROM,
        AUTOMATIC_REPLIES_IN_HOURS, B2CHAT_API_URL, B2CHAT_FIRST_DAY, B2CHAT_MEDIA_BACKUP, B2CHAT_MEDIA_MAX_BYTES,
        B2CHAT_PAGE_SIZE, B2CHAT_RAW_DAYS, B2CHAT_RAW_MEGABYTES, B2CHAT_SYNC_INTERVAL_HOURS, B2CHAT_TIME_ZONE,
        B2CHAT_TRAILING_DAYS, CHAT_END_AFTER_MINUTES, CHATS_AT_ONCE, COMPANY_CURRENCY, COMPANY_REGION,
        COMPANY_TIME_ZONE, CONSULTATION_REMINDER_MINUTES, CONVERSATION_KEEP_DAYS, ERASURE_AFTER_DAYS,
        ERASURE_NEEDS_SECOND, ERASURE_PLAN_DAYS, EXPORT_HOURS, OBSERVABILITY_SLOW_OPERATION_MS, PERSON_EXPORT_HOURS,
        REGISTRATION_OPEN, RETENTION_AUDIT_FLOOR_DAYS, RETENTION_HOUR, RETENTION_NIGHTLY, RETENTION_ROWS_PER_SECOND,
        SESSION_ABSOLUTE_DAYS, SESSION_IDLE_DAYS, Scope as SettingScope, TICKETS_EDIT_COMMENT_MINUTES,
        TICKETS_REOPEN_WITHIN_DAYS,
    },
    sign_in::password_rules::check as check_password,
    single_sign_on::user_sync::Delivery as UserDelivery,
    tenants::TenantAccount,
};
pub use mail::{DeliverTemplatedMail, MailTransport, Template, TemplatedMail, deliver_mail, queue_mail};
pub use policy::{
    MANAGE_API_KEYS, MANAGE_CLIENTS, MANAGE_DEPARTMENTS, MANAGE_NOTIFICATIONS, MANAGE_ROLES, MANAGE_SESSIONS,
    MANAGE_SETTINGS, MANAGE_SIGN_IN, MANAGE_STAFF, PERMISSIONS, USE_API_KEYS, VIEW_CLIENTS, VIEW_STAFF, holds_all,
};
pub use ports::{Seats, Work};
pub use queries::{
    access::{
        actor::{ACCESS_TTL, Access},
        roles::{ROLES_BY_IS_ACTIVE, Standing, grants_of_each, roles_by_ids, standing},
    },
    api_keys::{good_keys, keys_of},
    invitations::{INVITATIONS_BY_CREATED_AT, invitations_in, invitations_of},
    mail::{
        server::{active_mail_server, smtp_settings},
        wordings::{Worded, wordings},
    },
    organisation::{
        departments,
        teams::{self, is_team_in_use, teams_of_each},
    },
    people::{
        directory::Directory,
        list::{
            anybody, client_with_address, clients_with_addresses, count_people, deactivated_colleague, is_active_staff,
            people, people_by, people_by_ids, staff_id, staff_with_addresses, tier_of_client,
        },
        names::{
            active_members, clients_among, department_name, hold, is_active_holder, person_names, staff_names,
            team_names,
        },
        picture::{Picture, avatar},
    },
    sessions::{may_see_sessions, sessions_of},
    settings::{
        company::{CompanyProfile, company_name},
        values::{Setting, SettingsReader, company_setting, setting, settings},
    },
    single_sign_on::{KnownAs, identity_providers, known_as, purge_external, sign_in_ways},
    tenants::{
        TenantUsage, count_tenants, links_of, platform_actor, platform_admins, platform_events, tenant_account,
        tenant_accounts, tenant_usage,
    },
};
pub use retention::RETENTION;
pub use store::{
    invitations::invitation::{InvitationStatus, Model as Invitation},
    mail::smtp_settings::Model as SmtpSettings,
    people::user::{ClientTier, Kind as UserKind},
    sessions::session::Model as Session,
    settings::setting::Kind as SettingKind,
    single_sign_on::identity_provider::{MappedRole, Model as IdentityProvider},
};
pub use usecases::single_sign_on::{
    begin_oidc_sign_in::{BeginOidcSignIn, Begun, begin_oidc_sign_in},
    complete_oidc_sign_in::{CompleteOidcSignIn, complete_oidc_sign_in},
    save_identity_provider::{
        ProviderSettings, create_identity_provider, deactivate_identity_provider, update_identity_provider,
    },
    sync_external_user::{Heard, hear, sync_external_user},
    take_picture::{TakePicture, take_picture},
    unlink_external_identity::unlink_external_identity,
};
pub use usecases::{
    access::{SaveRole, SetPermission, create_role, set_permission, stands, update_role},
    api_keys::{CreateApiKey, create_api_key, revoke_api_key},
    invitations::{
        accept_invitation::{Accepted, accept_invitation},
        invite_staff::{InviteStaff, invite_staff, resend_invitation, revoke_invitation},
    },
    mail::{
        test_smtp::{TestSmtp, test_smtp},
        update_email_template::{UpdateEmailTemplate, preview, reset_email_template, update_email_template},
        update_smtp_settings::{Change, UpdateSmtpSettings, update_smtp_settings},
    },
    organisation::{
        departments::{
            CreateDepartment, MoveDepartment, UpdateDepartment, create_department, move_department, update_department,
        },
        teams::{
            CreateTeam, InTeam, UpdateTeam, add_team_member, create_team, remove_team_member, set_team_member_role,
            update_team,
        },
    },
    people::{
        add_person::{AddPerson, TheirRole, add_person},
        deactivate_person::{deactivate_person, reactivate_person, shut_out},
        details::Details,
        move_avatars::move_avatars,
        set_avatar::{remove_avatar, set_avatar},
        update_person::{UpdatePerson, update_person},
        update_profile::update_profile,
    },
    sessions::{
        refresh_session::{Refreshed, refresh_session, refused},
        revoke_all_sessions::revoke_all_sessions,
        revoke_session::revoke_session,
        sign_out::sign_out,
    },
    settings::{
        set_setting::{SetSetting, reset_setting, set_setting},
        update_company_profile::{UpdateCompanyProfile, update_company_profile},
    },
    sign_in::{
        begin_totp::{Enrolment, begin_totp},
        change_email::{Confirmed, confirm_email_change, request_email_change},
        change_password::{ChangePassword, change_password},
        confirm_totp::confirm_totp,
        disable_totp::disable_totp,
        links::{Link, SendLink, request_link, send_link},
        regenerate_recovery_codes::regenerate_recovery_codes,
        register_client::{Register, RegisterClient, register, register_client},
        reset_password::{Reset, reset_password},
        reset_totp::reset_totp,
        verify_email::{Verified, verify_email},
        with_password::{SignIn, SignedIn, sign_in},
    },
    tenants::{
        administer::{
            OpenTenant, UpdateTenant, finish_tenant, open_tenant, resume_tenant, suspend_tenant, update_tenant,
        },
        bootstrap::bootstrap,
        platform_admins::{add_platform_admin, deactivate_platform_admin},
        reseal_secrets::{SealedSecrets, reseal_secrets, sealed_secrets},
        seats::take_seat,
        sign_in_platform::{PlatformSession, SignInPlatform, sign_in_platform},
    },
};

pub use adapters::webhook::HttpCards;
pub use domain::notifications::{
    events::{NOTIFICATIONS, NotificationChannelSwitchedOff, NotificationCreated, NotificationsRead},
    notification::{Notice, NotificationLevel, NotificationType, UNREAD_COUNTED, Withdrawal},
    webhook::WebhookRules,
};
pub use ports::Cards;
pub use queries::notifications::{
    audience::{holders, new_program, role_members},
    channels::{
        CHANNELS_BY_IS_ACTIVE, CHANNELS_BY_OWNER, Channel, DELIVERIES_BY_CHANNEL, DELIVERIES_BY_CREATED_AT,
        DELIVERIES_BY_STATE, own_channel,
    },
    feed::{
        NOTIFICATIONS_BY_CREATED_AT, NOTIFICATIONS_BY_LEVEL, NOTIFICATIONS_BY_READ, NOTIFICATIONS_BY_TYPE, Preference,
        notification_preferences, unread_notifications,
    },
};
pub use store::notifications::{
    notification::Model as Notification,
    notification_channel::ChannelKind,
    notification_delivery::{DeliveryState, Model as Delivery},
};
pub use usecases::notifications::{
    deliver_notification::{DeliverNotification, deliver_notification},
    mark_notifications_read::mark_notifications_read,
    notify::{Notifier, notified_up_to, notify},
    retry_notification_delivery::retry_notification_delivery,
    save_notification_channel::{
        ChannelChange, ChannelTools, TeamsPlace, create_notification_channel, set_own_channel,
        update_notification_channel,
    },
    set_notification_preference::set_notification_preference,
    test_notification_channel::{Tested, test_notification_channel, test_own_channel},
};

/// The records of this context, by the words of the API: what [`kernel::record`] reads and writes.
pub mod records {
    pub use crate::store::{
        access::role::Entity as Roles,
        api_keys::api_key::Entity as ApiKeys,
        invitations::invitation::Entity as Invitations,
        notifications::{
            notification::Entity as Notifications, notification_channel::Entity as Channels,
            notification_delivery::Entity as Deliveries,
        },
        organisation::{department::Entity as Departments, team::Entity as Teams},
        people::user::Entity as People,
        sessions::session::Entity as Sessions,
    };
}

/// The entities of this context, for the test that compares them with the migrations.
pub mod entities {
    pub use crate::store::notifications::{
        notification, notification_channel, notification_delivery, notification_position, notification_preference,
    };
    pub use crate::store::single_sign_on::{external_identity, identity_provider, oidc_sign_in, webhook_delivery};
    pub use crate::store::tenants::{platform_admin, platform_event};
    pub use crate::store::{
        access::{role, user_permission},
        api_keys::api_key,
        organisation::{department, team, team_member},
        people::user,
        sessions::{refresh_token, session},
    };
    pub use crate::store::{
        invitations::invitation,
        people::avatar,
        sign_in::{one_time_token, recovery_code},
    };
    pub use crate::store::{
        mail::{email_template, smtp_settings},
        settings::setting,
    };
}
