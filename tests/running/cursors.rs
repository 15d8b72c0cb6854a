//! Cursors: nobody can edit one, and none is read as something else than it was made of.

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use kernel::crypto::Keyring;
use kernel::id::{TenantId, TypedId};
use kernel::page::{Cursors, Key, Place};
use kernel::{Actor, Cx, Source, Tenant};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::{Site, enter};
use crate::support::server::secret_key;
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, Client, both};

/// One key for all cases, as one server has.
static KEYRING: LazyLock<Keyring> = LazyLock::new(|| Keyring::parse(&secret_key()).expect("a key"));

/// The cursors of a list of a tenant.
fn cursors(tenant: u128, list: &str) -> Cursors {
    let source = Arc::new(Source::system());
    let now = source.now();
    let tenant = Tenant { id: TenantId::from_uuid(Uuid::from_u128(tenant)), ..Tenant::platform(now) };
    Cursors::new(&KEYRING, &Cx::new(source, Arc::new(tenant), Actor::System, "a test"), list)
}

fn key() -> impl Strategy<Value = Key> {
    // Instants are whole microseconds, as the databases keep them.
    let time = (-62_000_000_000_000_000_i64..250_000_000_000_000_000)
        .prop_map(|micros| Key::Time(DateTime::from_timestamp_micros(micros).expect("in range")));
    // Texts that look like something else are the ones to watch.
    let odd = prop_oneof!["[0-9]{1,18}", Just("2026-01-01T00:00:00Z".to_owned()), Just("null".to_owned())];
    let fraction = any::<f64>().prop_map(|number| Key::Fraction(number.to_bits()));
    prop_oneof![
        any::<i64>().prop_map(Key::Number),
        fraction,
        time,
        ".{0,40}".prop_map(Key::Text),
        odd.prop_map(Key::Text)
    ]
}

fn place() -> impl Strategy<Value = Place> {
    let keys = prop::collection::vec(key(), 0..4);
    (keys, any::<u128>()).prop_map(|(keys, id)| Place { keys, id: Uuid::from_u128(id) })
}

proptest! {
    // What fails is printed; no file is left behind.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What a cursor was made of is what is read from it.
    #[test]
    fn a_cursor_leads_back_to_its_place(place in place()) {
        let cursors = cursors(1, "messages by time");
        prop_assert_eq!(cursors.decode("after", &cursors.encode(&place)).expect("its own cursor"), place);
    }

    /// Whatever is changed in it, it is refused; and so it is in another list or at another company.
    #[test]
    fn a_changed_cursor_is_refused(place in place(), at in any::<prop::sample::Index>(), bit in 0_u8..8, extra in any::<u8>()) {
        let ours = cursors(1, "messages by time");
        let cursor = ours.encode(&place);
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).expect("base64");
        let mut flipped = bytes.clone();
        flipped[at.index(bytes.len())] ^= 1 << bit;
        let mut longer = bytes.clone();
        longer.push(extra);
        let shorter = bytes[..at.index(bytes.len())].to_vec();
        for forged in [flipped, longer, shorter] {
            prop_assert!(ours.decode("after", &URL_SAFE_NO_PAD.encode(forged)).is_err());
        }
        prop_assert!(cursors(2, "messages by time").decode("after", &cursor).is_err());
        prop_assert!(cursors(1, "messages by update").decode("after", &cursor).is_err());
        let padded = cursor + "=";
        prop_assert!(ours.decode("after", &padded).is_err());
    }

    /// Text that never was a cursor is refused and nothing worse.
    #[test]
    fn any_other_text_is_refused(text in ".{0,200}") {
        prop_assert!(cursors(1, "messages by time").decode("after", &text).is_err());
    }
}

both! {
    /// People may be called anything, also something that looks like a date or a number; a list by name is paged through
    /// all the same.
    async fn a_name_that_looks_like_a_date_is_a_name(backend) {
        let site = Site::new(backend);
        let server = site.serve().await;
        let names = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00+02:00", "42", "null"];
        for (number, name) in names.iter().enumerate() {
            let args = ["staff", "add", &format!("odd{number}@example.com"), "--name", name];
            site.run_saying(args, "a password for odd names\n").await.ok();
        }
        let staff = enter(&Client::new(server.base()), ADMIN_EMAIL, ADMIN_PASSWORD).await;
        let page = "query Page($after: String) { staffMembers(first: 1, after: $after, orderBy: [{ field: NAME, direction: ASC }]) \
             { nodes { name } pageInfo { hasNextPage endCursor } } }";
        let (mut seen, mut after) = (Vec::new(), json!(null));
        // Five people: whoever needs more pages goes round in circles.
        for _ in 0..10 {
            let answer = staff.run(page, json!({ "after": after })).await.ok();
            seen.push(answer.string("staffMembers.nodes.0.name"));
            if answer.data("staffMembers.pageInfo.hasNextPage") == &json!(false) {
                break;
            }
            after = answer.data("staffMembers.pageInfo.endCursor").clone();
        }
        seen.retain(|name| name != "Administrator");
        seen.sort();
        assert_eq!(seen, names);
    }
}
