//! Identity providers are added, changed and taken out of use.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    Conn, Cx, Db, Error, ProblemCode, Result, Tx,
    crypto::Keyring,
    db::Emit,
    id::{IdentityProviderId, RoleId},
    text::{Check, rename},
};
use serde_json::{Value as Json, json};

use crate::{
    adapters::oidc::Oidc,
    domain::single_sign_on::{
        discovery::{document, is_redirect},
        events::ProviderSaved,
        user_sync,
    },
    policy::{MANAGE_SIGN_IN, ceiling, holds_all, in_session},
    ports::ExternalIdentities,
    queries::{
        access::roles::roles_by_ids,
        single_sign_on::{MOST_PROVIDERS, provider},
    },
    store::{
        people::user::Kind,
        single_sign_on::identity_provider::{MappedRole, MappedRoles, Model as Provider, Texts},
    },
};

/// How long the secret before a change is good: senders are told the new one in between.
const ROTATION: TimeDelta = TimeDelta::hours(24);
/// The most redirect URIs, domains and mapped roles of a provider.
const MOST: usize = 50;

/// What is to become of a provider; what is `None` stays as it is.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProviderSettings {
    /// Its name on the sign-in page.
    pub name: Option<String>,
    /// Who we are there.
    pub client_id: Option<Option<String>>,
    /// Our secret there.
    pub client_secret: Option<Option<String>>,
    /// What is asked for.
    pub scopes: Option<Vec<String>>,
    /// Where people may be sent back to.
    pub redirect_uris: Option<Vec<String>>,
    /// The domains of the addresses that may come; empty for all.
    pub allowed_domains: Option<Vec<String>>,
    /// As what people are added whom nobody knows yet.
    pub creates: Option<Option<Kind>>,
    /// The role they get.
    pub role: Option<Option<RoleId>>,
    /// Roles by the provider's own words.
    pub mapped_roles: Option<Vec<MappedRole>>,
    /// Whether it is trusted to have asked for a second factor.
    pub trusts_mfa: Option<bool>,
    /// What its webhooks are signed with, `whsec_…`.
    pub webhook_secret: Option<Option<String>>,
    /// Whether it is used.
    pub is_active: Option<bool>,
}

/// What a provider's secrets are encrypted for.
pub(crate) fn context(id: IdentityProviderId, what: &str) -> Vec<u8> {
    format!("identity_providers {id} {what}").into_bytes()
}

/// Our secret at a provider.
pub(crate) fn client_secret(keyring: &Keyring, provider: &Provider) -> Result<Option<String>> {
    let open = |sealed: &Vec<u8>| keyring.decrypt(&context(provider.id, "client"), sealed);
    let secret = provider.client_secret.as_ref().map(open).transpose()?;
    Ok(secret.map(|secret| String::from_utf8_lossy(&secret).into_owned()))
}

/// What a provider's webhooks may be signed with at this instant.
pub(crate) fn webhook_secrets(keyring: &Keyring, provider: &Provider, now: DateTime<Utc>) -> Result<Vec<Vec<u8>>> {
    let previous = provider.previous_webhook_until.filter(|until| *until > now);
    let previous = previous.and(provider.previous_webhook_secret.as_ref());
    let secrets = provider.webhook_secret.iter().chain(previous);
    secrets.map(|sealed| keyring.decrypt(&context(provider.id, "webhook"), sealed)).collect()
}

/// Adds a provider, with its discovery document where it has an issuer.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Invalid`] with everything that is wrong, or where the document cannot be used.
pub async fn create_identity_provider(
    db: &Db,
    oidc: &Oidc,
    catalog: &[&str],
    cx: &Cx,
    issuer: Option<String>,
    settings: ProviderSettings,
) -> Result<IdentityProviderId> {
    let prepare = async {
        keeper(cx)?;
        let mut new = Provider {
            id: cx.new_id(),
            name: String::new(),
            name_folded: None,
            issuer,
            client_id: None,
            client_secret: None,
            endpoints: None,
            scopes: "openid email profile".into(),
            redirect_uris: Texts::default(),
            allowed_domains: Texts::default(),
            creates: None,
            role_id: None,
            mapped_roles: MappedRoles::default(),
            trusts_mfa: false,
            webhook_secret: None,
            previous_webhook_secret: None,
            previous_webhook_until: None,
            is_active: true,
            ceiling: ceiling(cx, catalog)?,
            created_at: cx.now,
            updated_at: cx.now,
        };
        let settings = ProviderSettings { name: Some(settings.name.clone().unwrap_or_default()), ..settings };
        apply(&db.reader(cx).await?, db.keyring(), oidc, catalog, cx, &mut new, &settings).await?;
        if let Some(issuer) = &new.issuer {
            new.endpoints = Some(oidc.discover(issuer).await?);
        }
        Ok(new)
    };
    // Reading a document takes too long for a transaction; that it could not be read is on record all the same.
    let new: &Result<_> = &prepare.await;
    db.transact(cx, "identity_provider.create", |tx| async move {
        let new = new.as_ref().map_err(Clone::clone)?;
        save(&tx, cx, None, new).await
    })
    .await
}

/// Who keeps providers, in a session of theirs: a key must not decide who comes in.
fn keeper(cx: &Cx) -> Result<()> {
    cx.require(MANAGE_SIGN_IN)?;
    in_session(cx, &[]).map(drop)
}

/// Changes a provider; with `rediscover` its discovery document is read again. Whoever changes more than its name answers
/// for it from then on: it serves nobody who may more than they do.
///
/// # Errors
/// As [`create_identity_provider`]; [`Error::NotFound`].
pub async fn update_identity_provider(
    db: &Db,
    oidc: &Oidc,
    catalog: &[&str],
    cx: &Cx,
    id: IdentityProviderId,
    settings: ProviderSettings,
    rediscover: bool,
) -> Result<IdentityProviderId> {
    let missing = || Error::NotFound { what: "IdentityProvider" };
    let renamed = ProviderSettings { name: settings.name.clone(), ..ProviderSettings::default() };
    let answers = rediscover || settings != renamed;
    let settings = &settings;
    let prepare = async {
        keeper(cx)?;
        let conn = db.reader(cx).await?;
        let mut new = provider(&conn, id).await?.ok_or_else(missing)?;
        apply(&conn, db.keyring(), oidc, catalog, cx, &mut new, settings).await?;
        drop(conn);
        match new.issuer.filter(|_| rediscover) {
            Some(issuer) => oidc.discover(&issuer).await.map(Some),
            None => Ok(None),
        }
    };
    let endpoints: &Result<_> = &prepare.await;
    db.transact(cx, "identity_provider.update", |tx| async move {
        let endpoints = endpoints.as_ref().map_err(Clone::clone)?;
        // Read again, to be kept as it is: somebody else may have changed it meanwhile.
        let old = tx.provider(id).await?.ok_or_else(missing)?;
        let mut new = old.clone();
        apply(tx.conn(), db.keyring(), oidc, catalog, cx, &mut new, settings).await?;
        new.endpoints = endpoints.clone().or(new.endpoints);
        if answers {
            new.ceiling = ceiling(cx, catalog)?;
        }
        save(&tx, cx, Some(&old), &new).await
    })
    .await
}

/// Takes a provider out of use: nobody signs in by it, and what it tells is not heard. Sessions go on.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`].
pub async fn deactivate_identity_provider(tx: &Tx, cx: &Cx, id: IdentityProviderId) -> Result<IdentityProviderId> {
    keeper(cx)?;
    let old = tx.provider(id).await?.ok_or(Error::NotFound { what: "IdentityProvider" })?;
    save(tx, cx, Some(&old), &Provider { is_active: false, updated_at: cx.now, ..old.clone() }).await
}

async fn save(tx: &Tx, cx: &Cx, old: Option<&Provider>, new: &Provider) -> Result<IdentityProviderId> {
    let (all, alike) = tx.providers_like(new).await?;
    let mut check = Check::default();
    for other in alike.iter().filter(|other| other.id != new.id) {
        let named = new.name_folded.is_some() && other.name_folded == new.name_folded;
        let field = if named { "name" } else { "issuer" };
        check.problem(field, ProblemCode::NotAvailable, "another provider has this already");
    }
    if old.is_none() && all >= MOST_PROVIDERS {
        check.problem("name", ProblemCode::NotAllowed, format!("there are {MOST_PROVIDERS} providers already"));
    }
    check.done()?;
    tx.save_provider(new, old.is_none()).await?;
    let (id, name) = (new.id, new.name.clone());
    tx.emit(cx, &ProviderSaved { provider: id, name, old: old.map(shown), new: shown(new) });
    Ok(id)
}

/// The settings as the audit trail keeps them. Of the secrets only whether there are any; a new one shows in `updatedAt`.
fn shown(provider: &Provider) -> Json {
    json!({
        "name": provider.name,
        "issuer": provider.issuer,
        "clientId": provider.client_id,
        "hasClientSecret": provider.client_secret.is_some(),
        "endpoints": provider.endpoints,
        "scopes": provider.scopes,
        "redirectUris": provider.redirect_uris,
        "allowedDomains": provider.allowed_domains,
        "creates": provider.creates,
        "role": provider.role_id,
        "mappedRoles": provider.mapped_roles,
        "trustsMfa": provider.trusts_mfa,
        "hasWebhookSecret": provider.webhook_secret.is_some(),
        "previousWebhookUntil": provider.previous_webhook_until,
        "isActive": provider.is_active,
        "ceiling": provider.ceiling,
    })
}

/// Lays the settings over a provider, all problems named at once.
async fn apply(
    conn: &Conn,
    keyring: &Keyring,
    oidc: &Oidc,
    catalog: &[&str],
    cx: &Cx,
    to: &mut Provider,
    settings: &ProviderSettings,
) -> Result<()> {
    let mut check = Check::default();
    let seal = |what: &str, secret: &[u8]| keyring.encrypt(cx.source(), &context(to.id, what), secret);
    let client_sealed = match &settings.client_secret {
        Some(Some(secret)) => {
            let secret = check.line("clientSecret", secret, 500);
            Some(Some(seal("client", secret.as_bytes())?))
        }
        Some(None) => Some(None),
        None => None,
    };
    let webhook_sealed = match &settings.webhook_secret {
        Some(Some(secret)) => match user_sync::secret(secret) {
            Some(secret) => Some(Some(seal("webhook", &secret)?)),
            None => {
                let form = "must be `whsec_` and 24 to 64 bytes in base64";
                check.problem("webhookSecret", ProblemCode::InvalidFormat, form);
                None
            }
        },
        Some(None) => Some(None),
        None => None,
    };
    if let Some(name) = &settings.name {
        rename(&mut to.name, &mut to.name_folded, check.line("name", name, 100));
    }
    if let Some(client) = &settings.client_id {
        to.client_id = client.as_deref().map(|client| check.line("clientId", client, 300));
    }
    if let Some(sealed) = client_sealed {
        to.client_secret = sealed;
    }
    if let Some(sealed) = webhook_sealed {
        // Taking the secret away ends the one before it too.
        (to.previous_webhook_secret, to.previous_webhook_until) = match (&sealed, to.webhook_secret.take()) {
            (Some(_), Some(before)) => (Some(before), Some(cx.now + ROTATION)),
            _ => (None, None),
        };
        to.webhook_secret = sealed;
    }
    lists(&mut check, oidc.private(), to, settings);
    to.creates = settings.creates.unwrap_or(to.creates);
    to.role_id = settings.role.unwrap_or(to.role_id);
    to.trusts_mfa = settings.trusts_mfa.unwrap_or(to.trusts_mfa);
    to.is_active = settings.is_active.unwrap_or(to.is_active);
    to.updated_at = cx.now;
    if let Some(issuer) = &to.issuer {
        if document(issuer, oidc.private()).is_none() {
            let form = "must be an https address without query and fragment";
            check.problem("issuer", ProblemCode::InvalidFormat, form);
        }
        if to.client_id.is_none() {
            check.problem("clientId", ProblemCode::Blank, "must not be empty for a provider with an issuer");
        }
        if to.redirect_uris.0.is_empty() {
            check.problem("redirectUris", ProblemCode::Blank, "must not be empty for a provider with an issuer");
        }
    } else if to.webhook_secret.is_none() {
        check.problem("issuer", ProblemCode::Blank, "a provider needs an issuer, a webhook secret, or both");
    }
    check.done()?;
    roles(conn, catalog, cx, to).await
}

fn lists(check: &mut Check, private: bool, to: &mut Provider, settings: &ProviderSettings) {
    let mut too_many = |field: &str, list: usize| {
        if list > MOST {
            check.problem(field, ProblemCode::TooLong, format!("must have at most {MOST} entries"));
        }
    };
    too_many("scopes", settings.scopes.as_ref().map_or(0, Vec::len));
    too_many("redirectUris", settings.redirect_uris.as_ref().map_or(0, Vec::len));
    too_many("allowedDomains", settings.allowed_domains.as_ref().map_or(0, Vec::len));
    too_many("mappedRoles", settings.mapped_roles.as_ref().map_or(0, Vec::len));
    if let Some(scopes) = &settings.scopes {
        // RFC 6749, 3.3.
        let legal = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\');
        if scopes.iter().any(|scope| scope.is_empty() || scope.len() > 200 || !scope.chars().all(legal)) {
            check.problem("scopes", ProblemCode::InvalidFormat, "must be words of visible ASCII characters");
        } else if !scopes.iter().any(|scope| scope == "openid") {
            check.problem("scopes", ProblemCode::InvalidFormat, "must hold `openid`");
        }
        to.scopes = scopes.join(" ");
    }
    if let Some(uris) = &settings.redirect_uris {
        if !uris.iter().all(|uri| is_redirect(uri, private)) {
            let form = "must be https addresses without fragments, or http on one's own machine";
            check.problem("redirectUris", ProblemCode::InvalidFormat, form);
        }
        to.redirect_uris = Texts(uris.clone());
    }
    if let Some(domains) = &settings.allowed_domains {
        // A domain is what can stand behind an @.
        let domain = |text: &String| {
            let address = kernel::text::email(&format!("x@{}", text.trim()))?;
            address.strip_prefix("x@").map(str::to_owned)
        };
        match domains.iter().map(domain).collect() {
            Some(domains) => to.allowed_domains = Texts(domains),
            None => {
                let form = "must be domains such as example.com";
                check.problem("allowedDomains", ProblemCode::InvalidFormat, form);
            }
        }
    }
    if let Some(mapped) = &settings.mapped_roles {
        for (n, entry) in mapped.iter().enumerate() {
            check.line(&format!("mappedRoles.{n}.value"), &entry.value, 100);
        }
        to.mapped_roles = MappedRoles(mapped.clone());
    }
}

/// Nobody lets a provider give what they do not hold, and each kind of person gets a role of its kind.
async fn roles(conn: &Conn, catalog: &[&str], cx: &Cx, to: &Provider) -> Result<()> {
    let mapped = to.mapped_roles.0.iter().map(|mapped| ("mappedRoles", mapped.role));
    let given: Vec<_> = to.role_id.iter().map(|role| ("createsWith", *role)).chain(mapped).collect();
    if to.creates.is_some() && to.role_id.is_none() {
        return Err(Error::invalid("createsWith", ProblemCode::Blank, "people who are added need a role"));
    }
    if given.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = given.iter().map(|(_, role)| *role).collect();
    let known = roles_by_ids(conn, &ids, catalog).await?;
    for (field, id) in given {
        let missing = || Error::invalid(field, ProblemCode::NotAvailable, "there is no such role");
        let role = known.get(&id).ok_or_else(missing)?;
        let for_clients = role.built_in && role.name == "CLIENT";
        let wants_clients = field == "createsWith" && to.creates == Some(Kind::Client);
        if for_clients != wants_clients {
            return Err(Error::invalid(field, ProblemCode::NotAllowed, "the role is for another kind of person"));
        }
        holds_all(cx, field, &role.gives())?;
    }
    Ok(())
}
