//! A notification, a channel and a delivery, as rows: what they tell of has not happened.

use serde_json::json;

use super::harness::Home;
use crate::support::{ADMIN_EMAIL, chance};

/// What the server takes as a channel's host here; nobody is there.
pub const HOST: &str = "teams.invalid";

/// Things that the administrator was told, and how.
pub struct Told {
    /// A notification of theirs.
    pub notification: String,
    /// A channel of the company's.
    pub channel: String,
    /// A delivery that was given up.
    pub delivery: String,
}

impl Told {
    /// Makes them.
    pub async fn make(home: &Home) -> Self {
        let create = "mutation($input: CreateNotificationChannelInput!) { createNotificationChannel(input: $input) { \
            channel { id } errors { message } } }";
        let input = json!({ "name": "Everybody", "webhookUrl": format!("https://{HOST}/workflows/1?sig=secret") });
        let made = home.admin.run(create, json!({ "input": input })).await.ok();
        let channel = made.string("createNotificationChannel.channel.id");
        let hex = chance::bytes::<16>().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        rows(home, &hex, Some(channel.trim_start_matches("nch_"))).await;
        Self { notification: format!("ntf_{hex}"), channel, delivery: format!("ndl_{hex}") }
    }
}

/// A notification of the administrator's and a delivery of it, both of this id, through this channel or one of that id,
/// too; done by the person of that id, where there is one.
pub async fn rows(home: &Home, hex: &str, channel: Option<&str>) {
    let id = |hex: &str| if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") };
    let (row, at, yes) = (id(hex), "'2026-01-01T00:00:00+00:00'", if home.is_sqlite() { "1" } else { "true" });
    let bytes = if home.is_sqlite() { "x'00'" } else { "decode('00', 'hex')" };
    if channel.is_none() {
        home.sql
            .run(&format!(
                "INSERT INTO notification_channels (id, kind, name, url, host, is_active, failures, next_slot, created_by, \
                    created_at, updated_at) \
                 SELECT {row}, 'microsoft_teams', 'x', {bytes}, '{HOST}', {yes}, 0, 0, id, {at}, {at} FROM users WHERE id = {row}"
            ))
            .await;
    }
    home.sql
        .run(&format!(
            "INSERT INTO notifications (id, user_id, kind, level, title, body, actor_id, event_id, created_at) \
             SELECT {row}, id, 'message_assigned', 'info', 'Message assigned', 'x', \
                (SELECT id FROM users WHERE id = {row}), {row}, {at} FROM users WHERE email = '{ADMIN_EMAIL}'"
        ))
        .await;
    home.sql
        .run(&format!(
            "INSERT INTO notification_deliveries (id, notification_id, channel_id, event_id, state, attempts, created_at) \
             VALUES ({row}, {row}, {}, {row}, 'failed', 12, {at})",
            id(channel.unwrap_or(hex))
        ))
        .await;
}
