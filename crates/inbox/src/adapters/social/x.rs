//! X: direct messages.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use super::{
    http::{Answered, Request, ends_at, segment},
    networks::Networks,
};
use crate::{
    domain::social::grant::{Granted, Tokens},
    ports::social::{Outbound, Redeem, SocialError},
    store::social::platform::Platform,
};

/// What we ask for.
pub(super) const SCOPES: &str = "dm.read dm.write tweet.read users.read offline.access";

#[derive(Deserialize)]
struct Given {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: Option<i64>,
}

#[derive(Deserialize)]
struct Me {
    data: User,
}

#[derive(Deserialize)]
struct User {
    id: String,
    name: Option<String>,
    username: Option<String>,
}

fn check(answered: Answered, now: DateTime<Utc>) -> Result<Answered, SocialError> {
    let why = answered.say("X refused:");
    match answered.status.as_u16() {
        200..=299 => Ok(answered),
        401 => Err(SocialError::Revoked(why)),
        429 => Err(SocialError::RetryAt(answered.again_at("x-rate-limit-reset", now), why)),
        500..=599 => Err(SocialError::Later(why)),
        _ => Err(SocialError::Permanent(why)),
    }
}

async fn token(networks: &Networks, fields: &[(&str, &str)], now: DateTime<Utc>) -> Result<Tokens, SocialError> {
    let (id, secret) = networks.credentials(Platform::X)?;
    let mut request = Request::post(&networks.apps.x.api, "/2/oauth2/token").basic(id, secret).form(fields);
    for (_, value) in fields.iter().filter(|(name, _)| matches!(*name, "refresh_token" | "code" | "code_verifier")) {
        request = request.secret(value);
    }
    // The old token that renews is of no use once a new one was given, whether the answer came or not.
    let given: Given = oauth(request.say(&networks.outgoing).await?, now)?.read()?;
    let expires_at = ends_at(given.expires_in, now);
    Ok(Tokens { access: given.access_token, refresh: given.refresh_token, expires_at })
}

/// What an error of a token endpoint means (RFC 6749).
pub(super) fn oauth(answered: Answered, now: DateTime<Utc>) -> Result<Answered, SocialError> {
    let why = answered.say("it gives no token:");
    match (answered.status.as_u16(), answered.body["error"].as_str()) {
        (200..=299, _) => Ok(answered),
        (_, Some("invalid_grant")) => Err(SocialError::Revoked(why)),
        (429, _) => Err(SocialError::RetryAt(answered.again_at("x-rate-limit-reset", now), why)),
        (500..=599, _) => Err(SocialError::Later(why)),
        _ => Err(SocialError::Permanent(why)),
    }
}

async fn me(networks: &Networks, access: &str, now: DateTime<Utc>) -> Result<User, SocialError> {
    let request = Request::get(&networks.apps.x.api, "/2/users/me").bearer(access);
    let me: Me = check(request.ask(&networks.outgoing).await?, now)?.read()?;
    Ok(me.data)
}

/// A code becomes the tokens of the account itself.
pub(super) async fn redeem(networks: &Networks, redeem: &Redeem<'_>) -> Result<Vec<Granted>, SocialError> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", redeem.code),
        ("redirect_uri", redeem.redirect_uri),
        ("code_verifier", redeem.verifier.unwrap_or_default()),
    ];
    let tokens = token(networks, &fields, redeem.now).await?;
    let user = me(networks, &tokens.access, redeem.now).await?;
    let metadata = json!({ "username": user.username });
    let account_name = user.name.or(user.username);
    Ok(vec![Granted { account_id: user.id, account_name, metadata, tokens }])
}

/// New tokens for old: the old one that renews is of no use after that.
pub(super) async fn renew(networks: &Networks, refresh: &str, now: DateTime<Utc>) -> Result<Tokens, SocialError> {
    token(networks, &[("grant_type", "refresh_token"), ("refresh_token", refresh)], now).await
}

/// What the account is called.
pub(super) async fn name(networks: &Networks, access: &str) -> Result<Option<String>, SocialError> {
    let user = me(networks, access, DateTime::<Utc>::UNIX_EPOCH).await?;
    Ok(user.name.or(user.username))
}

/// Sends a direct message.
pub(super) async fn send(networks: &Networks, reply: &Outbound<'_>) -> Result<Option<String>, SocialError> {
    let path = format!("/2/dm_conversations/with/{}/messages", segment(reply.participant));
    let request = Request::post(&networks.apps.x.api, &path).bearer(reply.access);
    let answered = request.json(&json!({ "text": reply.content })).say(&networks.outgoing).await?;
    let answered = check(answered, reply.now)?;
    Ok(answered.body["data"]["dm_event_id"].as_str().map(str::to_owned))
}
