//! Facebook: pages, and messages to people who wrote to them.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{
    http::{Answered, Request, segment},
    networks::Networks,
};
use crate::{
    domain::social::grant::{Granted, Tokens},
    ports::social::{Outbound, Redeem, SocialError},
    store::social::platform::Platform,
};

/// What we ask for.
pub(super) const SCOPES: &str = "pages_show_list,pages_messaging,pages_manage_metadata";
/// What a page tells us of.
const FIELDS: &str = "messages,message_echoes,messaging_postbacks,message_deliveries,message_reads,message_edits";
/// How many pages of pages are read.
const PAGES: usize = 5;

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

#[derive(Deserialize)]
struct Page {
    id: String,
    name: Option<String>,
    category: Option<String>,
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    data: Vec<Page>,
    #[serde(default)]
    paging: Json,
}

/// What an error of the Graph API means.
fn check(answered: Answered, now: DateTime<Utc>) -> Result<Answered, SocialError> {
    if answered.status.is_success() {
        return Ok(answered);
    }
    let error = &answered.body["error"];
    let (code, more) =
        (error["code"].as_i64().unwrap_or_default(), error["error_subcode"].as_i64().unwrap_or_default());
    let why = answered.say(&format!("Facebook refused ({code}/{more}):"));
    Err(match (code, more) {
        (_, 2_018_278) => SocialError::OutsideWindow(why),
        (190 | 102, _) => SocialError::Revoked(why),
        (4 | 17 | 32 | 613, _) => SocialError::RetryAt(regained_at(&answered, now), why),
        (1 | 2 | 1200, _) => SocialError::Later(why),
        _ if answered.status.as_u16() == 429 => SocialError::RetryAt(answered.again_at("x-reset", now), why),
        (0, _) if answered.status.is_server_error() => SocialError::Later(why),
        _ => SocialError::Permanent(why),
    })
}

/// When a page may be used again that was used too much, as the usage header says, or how long is to be waited.
fn regained_at(answered: &Answered, now: DateTime<Utc>) -> DateTime<Utc> {
    let usage = answered.headers.get("x-business-use-case-usage").and_then(|usage| usage.to_str().ok());
    let usage: Json = usage.and_then(|usage| serde_json::from_str(usage).ok()).unwrap_or_default();
    let pages = usage.as_object().into_iter().flat_map(|pages| pages.values()).filter_map(Json::as_array).flatten();
    let minutes = pages.filter_map(|used| used["estimated_time_to_regain_access"].as_i64()).max();
    let wait = minutes.filter(|minutes| (1..=1440).contains(minutes)).map(TimeDelta::minutes);
    wait.map_or_else(|| answered.again_at("x-reset", now), |wait| now + wait)
}

/// A code becomes a token of a person, that one a long-lived one, and that one those of their pages, which do not end.
pub(super) async fn redeem(networks: &Networks, redeem: &Redeem<'_>) -> Result<Vec<Granted>, SocialError> {
    let (id, secret) = networks.credentials(Platform::Facebook)?;
    let api = &networks.apps.facebook.api;
    let path = format!("/{}/oauth/access_token", redeem.version);
    let ask = async |fields: &[(&str, &str)]| {
        let all = [&[("client_id", id), ("client_secret", secret)], fields].concat();
        let answered = Request::post(api, &path).secret(secret).form(&all).ask(&networks.outgoing).await?;
        check(answered, redeem.now)?.read::<Token>()
    };
    let short = ask(&[("redirect_uri", redeem.redirect_uri), ("code", redeem.code)]).await?;
    let exchange = [("grant_type", "fb_exchange_token"), ("fb_exchange_token", short.access_token.as_str())];
    let long = ask(&exchange).await?;
    let (mut found, mut after) = (Vec::new(), String::new());
    for _ in 0..PAGES {
        let path = format!("/{}/me/accounts?fields=id,name,category,access_token&limit=100{after}", redeem.version);
        let request = Request::get(api, &path).bearer(&long.access_token);
        let listed: Listed = check(request.ask(&networks.outgoing).await?, redeem.now)?.read()?;
        found.extend(listed.data);
        match (listed.paging["next"].is_string(), listed.paging["cursors"]["after"].as_str()) {
            (true, Some(cursor)) => after = format!("&after={}", segment(cursor)),
            _ => break,
        }
    }
    // A page whose token is not given is one that they may not write for.
    let granted = found.into_iter().filter_map(|page| {
        let tokens = Tokens { access: page.access_token?, refresh: None, expires_at: None };
        let metadata = json!({ "category": page.category });
        Some(Granted { account_id: page.id, account_name: page.name, metadata, tokens })
    });
    Ok(granted.collect())
}

/// What a page is called. It is told again that we want to hear of its messages, without which nothing comes.
pub(super) async fn name(
    networks: &Networks,
    version: &str,
    account: &str,
    access: &str,
) -> Result<Option<String>, SocialError> {
    let api = &networks.apps.facebook.api;
    let now = DateTime::<Utc>::UNIX_EPOCH;
    let path = format!("/{version}/{}?fields=id,name", segment(account));
    let page: Page = check(Request::get(api, &path).bearer(access).ask(&networks.outgoing).await?, now)?.read()?;
    let path = format!("/{version}/{}/subscribed_apps", segment(account));
    let request = Request::post(api, &path).bearer(access).form(&[("subscribed_fields", FIELDS)]);
    check(request.ask(&networks.outgoing).await?, now)?;
    Ok(page.name)
}

/// Sends a message to somebody who wrote to the page.
pub(super) async fn send(networks: &Networks, reply: &Outbound<'_>) -> Result<Option<String>, SocialError> {
    let mut body = json!({
        "recipient": { "id": reply.participant },
        "messaging_type": "RESPONSE",
        "message": { "text": reply.content },
    });
    if reply.as_agent {
        body["messaging_type"] = "MESSAGE_TAG".into();
        body["tag"] = "HUMAN_AGENT".into();
    }
    let path = format!("/{}/{}/messages", reply.version, segment(reply.account));
    let request = Request::post(&networks.apps.facebook.api, &path).bearer(reply.access).json(&body);
    let answered = check(request.say(&networks.outgoing).await?, reply.now)?;
    Ok(answered.body["message_id"].as_str().map(str::to_owned))
}
