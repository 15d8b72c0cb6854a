//! A channel is made or changed.

use kernel::{
    Cx, Error, ProblemCode, Result, Tx,
    crypto::Keyring,
    db::Emit,
    id::{NotificationChannelId, UserId},
    record::Records,
    text::{Check, rename},
};
use sea_orm::{EntityTrait, QuerySelect, entity::prelude::*};
use serde_json::{Value as Json, json};

use crate::{
    domain::notifications::{
        events::NotificationChannelSaved,
        notification::{CHANNEL_NAME, NotificationType, TEAMS_PLACE},
        webhook::WebhookRules,
    },
    policy::{MANAGE_NOTIFICATIONS, in_session},
    queries::notifications::channels::Channel,
    store::notifications::notification_channel::{self as channel, ChannelKind},
};

/// What is to be of a channel; what is absent stays, or is as usual.
#[derive(Debug, Clone, Default)]
pub struct ChannelChange {
    /// Its name.
    pub name: Option<String>,
    /// The webhook's address. A secret.
    pub webhook_url: Option<String>,
    /// The types that it takes; `Some(None)` for all that it may take.
    pub types: Option<Option<Vec<NotificationType>>>,
    /// Whether it takes any.
    pub is_active: Option<bool>,
    /// Where it leads in Teams; `Some(None)` where nobody says.
    pub place: Option<Option<TeamsPlace>>,
}

/// A channel of a team in Microsoft Teams, as far as somebody says: an address does not tell where it leads.
#[derive(Debug, Clone, Default)]
pub struct TeamsPlace {
    /// The team's id.
    pub team_id: Option<String>,
    /// The team's name.
    pub team_name: Option<String>,
    /// The channel's id.
    pub channel_id: Option<String>,
    /// The channel's name.
    pub channel_name: Option<String>,
}

impl TeamsPlace {
    fn checked(&self, check: &mut Check) -> Self {
        let mut line = |field: &str, text: &Option<String>| check.optional_line(field, text.as_deref(), TEAMS_PLACE);
        Self {
            team_id: line("teams.teamId", &self.team_id),
            team_name: line("teams.teamName", &self.team_name),
            channel_id: line("teams.channelId", &self.channel_id),
            channel_name: line("teams.channelName", &self.channel_name),
        }
    }
}

/// What the use cases of channels need beside the transaction.
#[derive(Clone, Copy)]
pub struct ChannelTools<'a> {
    /// The keys for addresses.
    pub keyring: &'a Keyring,
    /// Which addresses are taken.
    pub rules: &'a WebhookRules,
}

pub(crate) fn context(id: NotificationChannelId) -> Vec<u8> {
    format!("notification_channels.url {id}").into_bytes()
}

/// The address of a channel, as it was given.
pub(crate) fn open_address(keyring: &Keyring, id: NotificationChannelId, sealed: &[u8]) -> Result<String> {
    String::from_utf8(keyring.decrypt(&context(id), sealed)?).map_err(|_| Error::internal("an address is no text"))
}

/// Makes a channel of the company's.
///
/// # Errors
/// [`Error::Invalid`] for a bad name or address, or a type that is people's own affair.
pub async fn create_notification_channel(
    tx: &Tx,
    tools: ChannelTools<'_>,
    cx: &Cx,
    cmd: &ChannelChange,
) -> Result<Channel> {
    cx.require(MANAGE_NOTIFICATIONS)?;
    save(tx, tools, cx, None, None, cmd).await
}

/// Changes a channel: the company's, or switches somebody's own off or on.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] as for making one, and where somebody else's is to be anything but off.
pub async fn update_notification_channel(
    tx: &Tx,
    tools: ChannelTools<'_>,
    cx: &Cx,
    id: NotificationChannelId,
    cmd: &ChannelChange,
) -> Result<Channel> {
    cx.require(MANAGE_NOTIFICATIONS)?;
    let found = Records::<channel::Entity>::lock(tx, cx, id).await?;
    // Whoever could give another address would read what is somebody else's.
    let anothers = found.owner_id.is_some_and(|owner| cx.user().is_ok_and(|user| user.id != owner));
    let said = cmd.name.is_some() || cmd.webhook_url.is_some() || cmd.types.is_some() || cmd.place.is_some();
    let more = said || cmd.is_active == Some(true);
    if anothers && more {
        let message = "somebody else's own channel can only be switched off";
        return Err(Error::invalid("channelId", ProblemCode::NotAllowed, message));
    }
    let owner = found.owner_id;
    save(tx, tools, cx, Some(found), owner, cmd).await
}

/// Makes or changes the actor's own channel.
///
/// # Errors
/// [`Error::Invalid`] as for making one.
pub async fn set_own_channel(tx: &Tx, tools: ChannelTools<'_>, cx: &Cx, cmd: &ChannelChange) -> Result<Channel> {
    let own = in_session(cx, &[])?.id;
    let found = channel::Entity::find().filter(channel::Column::OwnerId.eq(own)).lock_exclusive().one(tx.conn());
    let found = found.await?;
    save(tx, tools, cx, found, Some(own), cmd).await
}

async fn save(
    tx: &Tx,
    tools: ChannelTools<'_>,
    cx: &Cx,
    found: Option<channel::Model>,
    owner: Option<UserId>,
    cmd: &ChannelChange,
) -> Result<Channel> {
    let mut check = Check::default();
    let name = match (&cmd.name, &found) {
        (None, Some(found)) => found.name.clone(),
        (name, _) => check.line(
            "name",
            name.as_deref().unwrap_or(if owner.is_some() { "Microsoft Teams" } else { "" }),
            CHANNEL_NAME,
        ),
    };
    let types = match (&cmd.types, &found) {
        (Some(types), _) => types.as_ref().map(|types| json!(types)),
        (None, Some(found)) => found.types.clone(),
        (None, None) => None,
    };
    if owner.is_none()
        && let Some(Some(types)) = &cmd.types
        && types.iter().any(|kind| kind.declared().personal)
    {
        check.problem("types", ProblemCode::NotAllowed, "holds a type that is people's own affair");
    }
    let place =
        cmd.place.as_ref().map(|place| place.as_ref().map(|place| place.checked(&mut check)).unwrap_or_default());
    check.done()?;
    let id = found.as_ref().map_or_else(|| cx.new_id(), |found| found.id);
    let address = match (&cmd.webhook_url, &found) {
        (None, Some(found)) => (found.url.clone(), found.host.clone()),
        (url, _) => {
            let webhook = tools.rules.check(url.as_deref().unwrap_or_default())?;
            (tools.keyring.encrypt(cx.source(), &context(id), webhook.url.as_str().as_bytes())?, webhook.host)
        }
    };
    let is_active = cmd.is_active.unwrap_or_else(|| found.as_ref().is_none_or(|found| found.is_active));
    let back_on = is_active && found.as_ref().is_some_and(|found| !found.is_active);
    let from = found.as_ref().map(summary);
    let mut row = match &found {
        Some(found) => found.clone(),
        None => channel::Model {
            id,
            kind: ChannelKind::MicrosoftTeams,
            owner_id: owner,
            name: String::new(),
            name_folded: None,
            url: Vec::new(),
            host: String::new(),
            types: None,
            is_active,
            failures: 0,
            switched_off_at: None,
            last_error: None,
            teams_team_id: None,
            teams_team_name: None,
            teams_channel_id: None,
            teams_channel_name: None,
            next_slot: 0,
            created_by: cx.person().ok().map(|person| person.id),
            created_at: cx.now,
            updated_at: cx.now,
        },
    };
    (row.url, row.host) = address;
    rename(&mut row.name, &mut row.name_folded, name);
    (row.types, row.is_active, row.updated_at) = (types, is_active, cx.now);
    if let Some(place) = place {
        (row.teams_team_id, row.teams_team_name) = (place.team_id, place.team_name);
        (row.teams_channel_id, row.teams_channel_name) = (place.channel_id, place.channel_name);
    }
    if back_on {
        (row.failures, row.switched_off_at, row.last_error) = (0, None, None);
    }
    match &found {
        Some(found) => Records::<channel::Entity>::update(tx, found, &row).await?,
        None => Records::<channel::Entity>::insert(tx, &row).await?,
    }
    let to = summary(&row);
    tx.emit(cx, &NotificationChannelSaved { channel: id, new_address: cmd.webhook_url.is_some(), from, to });
    Ok(row.into())
}

/// What the audit trail holds of a channel: everything but the address.
fn summary(row: &channel::Model) -> Json {
    json!({ "name": row.name, "host": row.host, "types": row.types, "isActive": row.is_active, "ownerId": row.owner_id,
        "teams": { "teamId": row.teams_team_id, "teamName": row.teams_team_name, "channelId": row.teams_channel_id,
            "channelName": row.teams_channel_name } })
}

impl From<channel::Model> for Channel {
    fn from(row: channel::Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            owner_id: row.owner_id,
            name: row.name,
            host: row.host,
            types: row.types,
            is_active: row.is_active,
            failures: row.failures,
            switched_off_at: row.switched_off_at,
            last_error: row.last_error,
            teams_team_id: row.teams_team_id,
            teams_team_name: row.teams_team_name,
            teams_channel_id: row.teams_channel_id,
            teams_channel_name: row.teams_channel_name,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
