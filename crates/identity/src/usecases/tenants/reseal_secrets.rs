//! Which key the secrets of a company are sealed under, and sealing them anew under the newest one, so that an old key can
//! be dropped.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::{
    Conn, Cx, Error, Result, Tx,
    crypto::Keyring,
    db::Emit,
    events::{Event, Resource, Severity},
    id::TenantId,
    jobs::{self, Work},
};
use sea_orm::{ActiveValue::Set, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, entity::prelude::*};
use serde::Serialize;
use serde_json::Value as Json;

use crate::usecases::{
    notifications::save_notification_channel as channel_address,
    sign_in::{
        register_client::{self, Register},
        second_factor,
    },
    single_sign_on::save_identity_provider as provider_secrets,
};
use crate::{
    mail::{self, DeliverTemplatedMail},
    queries::mail::server::password_context,
    store::{
        mail::smtp_settings,
        notifications::notification_channel,
        people::user,
        single_sign_on::{identity_provider, oidc_sign_in},
    },
};

/// How many secrets of which kind each key seals, by the key's short id.
pub type SealedSecrets = BTreeMap<(String, &'static str), u64>;

/// Secrets were sealed anew, under another key than before.
#[derive(Debug, Clone, Serialize)]
pub struct SecretsResealed {
    /// Whose.
    pub tenant: TenantId,
    /// How many.
    pub count: u64,
    /// The short id of the key that seals them now.
    pub key: String,
}

impl Event for SecretsResealed {
    const KIND: &'static str = "secrets.resealed";
    const TOPIC: &'static str = "identity";
    const SEVERITY: Severity = Severity::High;
    fn resource(&self) -> Resource {
        Resource::new("Tenant", self.tenant)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(serde_json::json!({ "count": self.count, "key": self.key })))
    }
}

/// Counts the secrets of a company by the key that seals them: those that last, and those that end by themselves (what
/// waits to be mailed, and sign-ins under way).
///
/// # Errors
/// [`Error::Unavailable`] where the database is away.
pub async fn sealed_secrets(conn: &Conn) -> Result<SealedSecrets> {
    let mut found = SealedSecrets::new();
    let mut count = |what: &'static str, sealed: &[u8]| {
        if let Some(id) = Keyring::id_of(sealed) {
            *found.entry((id, what)).or_default() += 1;
        }
    };
    let secrets = user::Entity::find().select_only().column(user::Column::TotpSecret);
    let secrets: Vec<Option<Vec<u8>>> =
        secrets.filter(user::Column::TotpSecret.is_not_null()).into_tuple().all(conn).await?;
    secrets.iter().flatten().for_each(|sealed| count("second factors", sealed));
    for row in identity_provider::Entity::find().all(conn).await? {
        let all = [row.client_secret, row.webhook_secret, row.previous_webhook_secret];
        all.iter().flatten().for_each(|sealed| count("secrets of identity providers", sealed));
    }
    for row in notification_channel::Entity::find().all(conn).await? {
        count("addresses of channels", &row.url);
    }
    for row in smtp_settings::Entity::find().all(conn).await? {
        row.password.iter().for_each(|sealed| count("mail passwords", sealed));
    }
    for (_, sealed) in waiting(conn).await? {
        count("mails that wait", &sealed);
    }
    for row in oidc_sign_in::Entity::find().all(conn).await? {
        count("sign-ins under way", &row.verifier);
    }
    Ok(found)
}

/// The jobs with something sealed in them.
async fn waiting(conn: &Conn) -> Result<Vec<(jobs::Job, Vec<u8>)>> {
    let sealed = jobs::Entity::find().filter(jobs::Column::Kind.is_in([DeliverTemplatedMail::KIND, Register::KIND]));
    let sealed = sealed.all(conn).await?.into_iter().map(|job| {
        let text = job.payload.get("sealed").and_then(Json::as_str).unwrap_or_default();
        let bytes = STANDARD.decode(text).map_err(|_| Error::internal("a letter is not base64"))?;
        Ok((job, bytes))
    });
    sealed.collect()
}

/// Seals the secrets of a company under the newest key that are sealed under another one; returns how many. What ends by
/// itself within minutes stays. For Frontdesk itself; it asks for no permission.
///
/// # Errors
/// [`Error::Internal`] where one does not open: then nothing is changed.
pub async fn reseal_secrets(tx: &Tx, cx: &Cx, keyring: &Keyring) -> Result<u64> {
    let conn = tx.conn();
    let mut count = 0;
    let mut anew = |context: &[u8], sealed: &[u8]| {
        let sealed = keyring.encrypt_anew(cx.source(), context, sealed)?;
        count += u64::from(sealed.is_some());
        Ok::<_, Error>(sealed)
    };
    let secrets = user::Entity::find().select_only().columns([user::Column::Id, user::Column::TotpSecret]);
    let secrets: Vec<(kernel::id::UserId, Option<Vec<u8>>)> =
        secrets.filter(user::Column::TotpSecret.is_not_null()).into_tuple().all(conn).await?;
    for (id, sealed) in secrets {
        let Some(sealed) = anew(&second_factor::bound_to(id), &sealed.unwrap_or_default())? else { continue };
        let set = user::ActiveModel { totp_secret: Set(Some(sealed)), ..Default::default() };
        user::Entity::update_many().set(set).filter(user::Column::Id.eq(id)).exec(conn).await?;
    }
    for row in identity_provider::Entity::find().all(conn).await? {
        let mut one = |what, sealed: &Option<Vec<u8>>| match sealed {
            Some(sealed) => anew(&provider_secrets::context(row.id, what), sealed),
            None => Ok(None),
        };
        let client = one("client", &row.client_secret)?;
        let webhook = one("webhook", &row.webhook_secret)?;
        let previous = one("webhook", &row.previous_webhook_secret)?;
        let mut to = row.into_active_model();
        if let Some(sealed) = client {
            to.client_secret = Set(Some(sealed));
        }
        if let Some(sealed) = webhook {
            to.webhook_secret = Set(Some(sealed));
        }
        if let Some(sealed) = previous {
            to.previous_webhook_secret = Set(Some(sealed));
        }
        if to.is_changed() {
            identity_provider::Entity::update(to).exec(conn).await?;
        }
    }
    for row in notification_channel::Entity::find().all(conn).await? {
        let Some(sealed) = anew(&channel_address::context(row.id), &row.url)? else { continue };
        let mut to = row.into_active_model();
        to.url = Set(sealed);
        notification_channel::Entity::update(to).exec(conn).await?;
    }
    for row in smtp_settings::Entity::find().all(conn).await? {
        let sealed = row.password.as_ref().map(|sealed| anew(&password_context(cx), sealed)).transpose()?.flatten();
        if sealed.is_some() {
            let mut to = row.into_active_model();
            to.password = Set(sealed);
            smtp_settings::Entity::update(to).exec(conn).await?;
        }
    }
    for (job, sealed) in waiting(conn).await? {
        let context = if job.kind == Register::KIND { register_client::SEAL.into() } else { mail::context(cx) };
        let Some(sealed) = anew(&context, &sealed)? else { continue };
        let mut payload = job.payload.clone();
        payload["sealed"] = STANDARD.encode(sealed).into();
        let mut to = job.into_active_model();
        to.payload = Set(payload);
        jobs::Entity::update(to).exec(conn).await?;
    }
    if count > 0 {
        let key = keyring.ids().next().unwrap_or_default();
        tx.emit(cx, &SecretsResealed { tenant: cx.tenant.id, count, key });
    }
    Ok(count)
}
