//! What a visitor did on the website, a second visitor and a subscription to the newsletter, as rows.

use super::harness::{Home, bytes};
use crate::support::chance;

const AT: &str = "'2026-01-01T00:00:00+00:00'";

/// One of each.
pub struct Website {
    /// Something that a visitor did.
    pub event: String,
    /// A subscription to the newsletter.
    pub subscription: String,
    /// Another visitor.
    pub other_visitor: String,
}

impl Website {
    /// Makes them; the event is this visitor's.
    pub async fn make(home: &Home, visitor: &str) -> Self {
        let hex = chance::bytes::<16>().iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let (other, hash) = (id(home, &hex), bytes(home, hex.as_bytes()));
        home.sql
            .run(&format!(
                "INSERT INTO visitors (id, name, token_hash, page_views, first_visit_at, last_visit_at) \
                 VALUES ({other}, 'Somebody else', {hash}, 1, {AT}, {AT})"
            ))
            .await;
        rows(home, &hex, &id(home, visitor.trim_start_matches("vis_"))).await;
        Self { event: format!("aev_{hex}"), subscription: format!("nws_{hex}"), other_visitor: format!("vis_{hex}") }
    }
}

fn id(home: &Home, hex: &str) -> String {
    if home.is_sqlite() { format!("x'{hex}'") } else { format!("'{hex}'::uuid") }
}

/// An event of a visitor and a subscription, both of this id.
pub async fn rows(home: &Home, hex: &str, visitor: &str) {
    let row = id(home, hex);
    home.sql
        .run(&format!(
            "INSERT INTO analytics_events (id, visitor_id, event_type, page_url, created_at) \
             VALUES ({row}, {visitor}, 'page_view', '/', {AT})"
        ))
        .await;
    home.sql
        .run(&format!(
            "INSERT INTO newsletter_subscriptions (id, email, status, requested_at, created_at, updated_at) \
             VALUES ({row}, '{hex}@example.com', 'pending', '2126-01-01T00:00:00+00:00', {AT}, {AT})"
        ))
        .await;
}

/// Puts a subscription into the database that this token confirms, or ends.
pub async fn plant(home: &Home, email: &str, status: &str, column: &str, token: &str) {
    let ((_, row), hash) = (super::harness::id(home, "nws"), bytes(home, &kernel::crypto::token_hash(token)));
    home.sql
        .run(&format!(
            "INSERT INTO newsletter_subscriptions (id, email, status, {column}, requested_at, created_at, updated_at) \
             VALUES ({row}, '{email}', '{status}', {hash}, '2126-01-01T00:00:00+00:00', {AT}, {AT})"
        ))
        .await;
}
