//! LinkedIn: comments on a page's posts, which are answered with comments.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use super::{
    http::{Answered, Request, ends_at, segment},
    networks::Networks,
    x::oauth,
};
use crate::{
    domain::social::grant::{Granted, Tokens},
    ports::social::{Outbound, Redeem, SocialError},
    store::social::platform::Platform,
};

/// What we ask for.
pub(super) const SCOPES: &str = "rw_organization_admin r_organization_social w_organization_social";
/// How many pages of one person's are offered.
const MOST: usize = 50;

#[derive(Deserialize)]
struct Given {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: Option<i64>,
}

#[derive(Deserialize)]
struct Roles {
    elements: Vec<Role>,
}

#[derive(Deserialize)]
struct Role {
    #[serde(alias = "organizationTarget")]
    organization: String,
}

#[derive(Deserialize)]
struct Organization {
    #[serde(rename = "localizedName")]
    name: Option<String>,
}

fn check(answered: Answered, now: DateTime<Utc>) -> Result<Answered, SocialError> {
    let why = answered.say("LinkedIn refused:");
    match answered.status.as_u16() {
        200..=299 => Ok(answered),
        401 => Err(SocialError::Revoked(why)),
        429 => Err(SocialError::RetryAt(answered.again_at("x-ratelimit-reset", now), why)),
        500..=599 => Err(SocialError::Later(why)),
        _ => Err(SocialError::Permanent(why)),
    }
}

fn rest(request: Request, version: &str, access: &str) -> Request {
    request.bearer(access).header("linkedin-version", version).header("x-restli-protocol-version", "2.0.0")
}

async fn token(networks: &Networks, fields: &[(&str, &str)], now: DateTime<Utc>) -> Result<Tokens, SocialError> {
    let (id, secret) = networks.credentials(Platform::Linkedin)?;
    let all = [&[("client_id", id), ("client_secret", secret)], fields].concat();
    let mut request = Request::post(&networks.apps.linkedin.consent, "/oauth/v2/accessToken").secret(secret).form(&all);
    for (_, value) in fields.iter().filter(|(name, _)| matches!(*name, "refresh_token" | "code")) {
        request = request.secret(value);
    }
    let given: Given = oauth(request.say(&networks.outgoing).await?, now)?.read()?;
    let expires_at = ends_at(given.expires_in, now);
    Ok(Tokens { access: given.access_token, refresh: given.refresh_token, expires_at })
}

/// A code becomes the token of a person, who lets us write for each page that they keep.
pub(super) async fn redeem(networks: &Networks, redeem: &Redeem<'_>) -> Result<Vec<Granted>, SocialError> {
    let fields = [("grant_type", "authorization_code"), ("code", redeem.code), ("redirect_uri", redeem.redirect_uri)];
    let tokens = token(networks, &fields, redeem.now).await?;
    let path = "/rest/organizationAcls?q=roleAssignee&role=ADMINISTRATOR&state=APPROVED&count=50";
    let request = rest(Request::get(&networks.apps.linkedin.api, path), redeem.version, &tokens.access);
    let roles: Roles = check(request.ask(&networks.outgoing).await?, redeem.now)?.read()?;
    let mut found = Vec::new();
    for role in roles.elements.into_iter().take(MOST) {
        let account_name = name(networks, redeem.version, &role.organization, &tokens.access).await?;
        let (account_id, tokens) = (role.organization, tokens.clone());
        found.push(Granted { account_id, account_name, metadata: json!({}), tokens });
    }
    Ok(found)
}

/// New tokens for old, where LinkedIn lets our app have any.
pub(super) async fn renew(networks: &Networks, refresh: &str, now: DateTime<Utc>) -> Result<Tokens, SocialError> {
    let mut tokens = token(networks, &[("grant_type", "refresh_token"), ("refresh_token", refresh)], now).await?;
    // It says it again, or it stays.
    tokens.refresh = tokens.refresh.or_else(|| Some(refresh.to_owned()));
    Ok(tokens)
}

/// What a page is called.
pub(super) async fn name(
    networks: &Networks,
    version: &str,
    account: &str,
    access: &str,
) -> Result<Option<String>, SocialError> {
    let number = account.rsplit(':').next().unwrap_or_default();
    let path = format!("/rest/organizations/{}", segment(number));
    let request = rest(Request::get(&networks.apps.linkedin.api, &path), version, access);
    let found: Organization = check(request.ask(&networks.outgoing).await?, DateTime::<Utc>::UNIX_EPOCH)?.read()?;
    Ok(found.name)
}

/// Answers a comment with a comment, or a post where no comment is named.
pub(super) async fn send(networks: &Networks, reply: &Outbound<'_>) -> Result<Option<String>, SocialError> {
    let comment = reply.answers.filter(|urn| urn.starts_with("urn:li:comment:"));
    let object = match comment {
        // `urn:li:comment:(urn:li:activity:1,2)`
        Some(urn) => urn.split_once('(').and_then(|(_, rest)| rest.rsplit_once(',')).map_or(urn, |(object, _)| object),
        // A conversation is that of a post and a person.
        None => reply.conversation.split('|').next().unwrap_or_default(),
    };
    let mut body = json!({ "actor": reply.account, "object": object, "message": { "text": reply.content } });
    if let Some(comment) = comment {
        body["parentComment"] = comment.into();
    }
    let path = format!("/rest/socialActions/{}/comments", segment(comment.unwrap_or(object)));
    let request = rest(Request::post(&networks.apps.linkedin.api, &path), reply.version, reply.access);
    let answered = check(request.json(&body).say(&networks.outgoing).await?, reply.now)?;
    let named = answered.body["commentUrn"].as_str().map(str::to_owned);
    let id = answered.headers.get("x-restli-id").and_then(|id| id.to_str().ok());
    Ok(named.or_else(|| id.map(|id| format!("urn:li:comment:({object},{id})"))))
}
