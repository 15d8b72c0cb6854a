//! Who we are: the people who sign in, what they may do, and their sessions.
//!
//! **Words.** A *staff* member belongs to at most one *department* and holds one *role*, a named set of
//! *permissions*. Signing in opens a *session*: a family of *refresh tokens* of which only the newest is good.
//! An *access token* of 15 minutes speaks for the session.
//!
//! **Invariants.** A refresh token is used once; using a replaced one ends its session, because either the
//! caller or a thief holds a copy. Access ends within [`ACCESS_TTL`] of signing out, of deactivation, of a
//! change of role or of a rise of the person's token version, in every process, although a valid access token
//! may still be around. A sign-in answers the same, in the same time, whether the address is known or not.
//!
//! **Notifications.** A *notification* tells one person of one event, once; nobody else reads it, and it holds nothing that
//! only some may read. A *channel* leads to a webhook of Microsoft Teams, the company's or a person's own; its address is a
//! secret. A *delivery* is a card on its way through a channel, under one id however often it is tried.
//!
//! **Published events**: `session.opened`, `session.refused`, `session.ended`, `session.reused`, `staff.added`,
//! `staff.deactivated`, `notification.created`, `notifications.read`, `notification_preference.set`,
//! `notification_channel.saved`, `notification_channel.tested`, `notification_channel.switched_off`,
//! `notification_delivery.failed`, `notification_delivery.retried`.

mod adapters;
mod domain;
pub mod letters;
mod policy;
mod ports;
mod queries;
mod store;
mod usecases;

pub use adapters::{
    access_token::{AccessTokens, Claims},
    password::Passwords,
};
pub use domain::{
    role::{ROLES, Role},
    session::{ACCESS_TOKEN_TTL, REFRESH_TOKEN_TTL, SessionTokens},
    person::Person,
};
pub use letters::{DeliverLetter, Letter, Post, Template, deliver_letter, queue_letter};
pub use policy::{
    MANAGE_API_KEYS, MANAGE_CLIENTS, MANAGE_DEPARTMENTS, MANAGE_NOTIFICATIONS, MANAGE_ROLES, MANAGE_SESSIONS,
    MANAGE_SETTINGS, MANAGE_SIGN_IN, MANAGE_STAFF, PERMISSIONS, USE_API_KEYS, VIEW_CLIENTS, VIEW_STAFF,
};
pub use queries::{
    access::{ACCESS_TTL, Access},
    directory::Directory,
    mail_server::{active_mail_server, smtp_settings},
    people::{
        PersonCriteria, PersonField, PersonOrder, anybody, count_people, departments_by_ids, is_active_staff, people,
        people_by_ids, roles_by_ids, staff_id,
    },
};
pub use store::{
    department::Model as Department,
    user::Kind as UserKind,
};
pub use usecases::{
    add_staff::{AddStaff, add_staff},
    bootstrap::bootstrap,
    deactivate_staff::deactivate_staff,
    refresh_session::{Refreshed, refresh_session, refused},
    sign_in::{SignIn, SignedIn, sign_in},
    sign_out::sign_out,
};

pub use adapters::webhook::HttpCards;
pub use domain::{
    notification::{Notice, NotificationLevel, NotificationType, UNREAD_COUNTED},
    notification_events::{NOTIFICATIONS, NotificationChannelSwitchedOff, NotificationCreated, NotificationsRead},
    webhook::WebhookRules,
};
pub use ports::Cards;
pub use queries::{
    audience::{holders, members, new_program},
    notification_channels::{
        Channel, ChannelCriteria, DeliveryCriteria, channels, channels_by_ids, count_channels, count_deliveries,
        deliveries, deliveries_by_ids, delivery_place, own_channel,
    },
    notifications::{
        NotificationCriteria, Preference, count_notifications, notification_place, notification_preferences,
        notifications, notifications_by_ids, purge_notifications, unread_notifications,
    },
};
pub use store::{
    notification::Model as Notification,
    notification_channel::ChannelKind,
    notification_delivery::{DeliveryState, Model as Delivery},
};
pub use usecases::{
    deliver_notification::{DeliverNotification, deliver_notification},
    mark_notifications_read::mark_notifications_read,
    retry_notification_delivery::retry_notification_delivery,
    save_notification_channel::{
        ChannelChange, ChannelTools, create_notification_channel, set_own_channel, update_notification_channel,
    },
    set_notification_preference::set_notification_preference,
    tell::{Desk, tell, told_up_to},
    test_notification_channel::{Tested, test_notification_channel, test_own_channel},
};

/// The entities of this context, for the test that compares them with the migrations.
pub mod entities {
    pub use crate::store::{email_template, setting, smtp_settings};
    pub use crate::store::{department, refresh_token, role, session, team, team_member, user, user_permission};
    pub use crate::store::{
        notification, notification_channel, notification_delivery, notification_position, notification_preference,
    };
}
