//! Tables of the identity.

pub mod m0002_people;
pub mod m0005_access;
pub mod m0007_second_factor;
pub mod m0008_self_service;
pub mod m0009_api_keys;
pub mod m0010_settings;
pub mod m0011_notifications;
pub mod m0012_external_identities;
pub mod m0014_ceilings;
pub mod m0015_notification_mails;
pub mod m0018_upkeep;
