//! People's pictures.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::desk::{Desk, SOON};
use super::files::{id, kept, used};
use super::self_service::{PUBLIC, code, options};
use crate::support::{Options, Smtp, both, until};

const SET: &str = "mutation Set($input: SetAvatarInput!) { setAvatar(input: $input) {
    user { avatarUrl } errors { code message path } } }";
const REMOVE: &str = "mutation Remove { removeAvatar { user { avatarUrl } errors { code } } }";
/// One pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

both! {
    /// A picture is set, shown to whoever has its address, replaced and removed. What hides in it is gone; what is none is
    /// refused.
    async fn a_picture_is_pixels_and_nothing_else(backend) {
        let smtp = Smtp::start().await;
        let desk = Desk::open_with(backend, options(&smtp)).await;
        let admin = desk.admin().await;
        let set = async |bytes: &[u8]| admin.client.run(SET, json!({ "input": { "image": STANDARD.encode(bytes) } })).await;
        let png = STANDARD.decode(PNG).expect("base64");
        let script = b"<script>alert(1)</script>";
        let url = set(&[png.as_slice(), script].concat()).await.ok().string("setAvatar.user.avatarUrl");
        let path = url.strip_prefix(PUBLIC).expect("the public address").to_owned();

        let shown = desk.web.get(&path).await;
        assert_eq!((shown.status, shown.header("content-type")), (200, "image/png"));
        assert_eq!(shown.header("x-content-type-options"), "nosniff");
        assert_eq!(shown.header("content-security-policy"), "default-src 'none'; sandbox");
        assert!(shown.header("content-disposition").starts_with("attachment"));
        assert!(shown.header("cache-control").contains("immutable"));
        assert!(!shown.text.contains("<script"), "what stood behind the picture is gone");

        for bad in [
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".as_slice(), b"<html><script>alert(1)</script>",
            b"GIF89a\x01\0\x01\0\0\0\0;", b"\x89PNG\r\n\x1a\n<script>", &png[..40], b"PK\x03\x04", b"",
            &[b"<script>".as_slice(), &png].concat(), &vec![0; 257 * 1024],
        ] {
            let refused = set(bad).await;
            assert_eq!(refused.user_errors("setAvatar")[0].path, "input.image", "{refused}");
        }
        let text = admin.client.run(SET, json!({ "input": { "image": "data:image/png;base64,!!" } })).await;
        assert_eq!(code(&text, "setAvatar"), "INVALID_FORMAT");
        assert_eq!(desk.web.run(SET, json!({ "input": { "image": PNG } })).await.error_code(), "UNAUTHENTICATED");
        assert_eq!(desk.web.get(&path).await.status, 200, "a refused one changes nothing");

        let second = set(&png).await.ok().string("setAvatar.user.avatarUrl");
        assert_ne!(second, url);
        assert_eq!(desk.web.get(&path).await.status, 404, "the picture before is gone");
        let removed = admin.client.run(REMOVE, json!({})).await.ok();
        assert_eq!(removed.data("removeAvatar.user.avatarUrl"), &Value::Null);
        for gone in [second.strip_prefix(PUBLIC).expect("the public address"), "/avatars/x/y", "/avatars/tnt_0/%00"] {
            assert_eq!(desk.web.get(gone).await.status, 404, "{gone}");
        }
    }

    /// Pictures that the release before kept in the database become files under the addresses that they have, and count as
    /// before; until then they are shown from where they are, and can be replaced.
    async fn pictures_of_before_become_files(backend) {
        let mut desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let ben = desk.colleague("ben@example.com", "Ben", "STAFF").await;
        let sql = desk.sql().await;
        let png = STANDARD.decode(PNG).expect("base64");
        let hex = png.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let bytes = if sql.is_sqlite() { format!("x'{hex}'") } else { format!("'\\x{hex}'::bytea") };
        let tenant = desk.web.run("{ viewer { tenant { id } } }", json!({})).await.ok().string("viewer.tenant.id");
        let pictures = ["0190a5f0000040008000000000000001", "0190a5f0000040008000000000000002"];
        for (person, picture) in [&admin, &ben].into_iter().zip(pictures) {
            let (user, picture) = (id(&sql, &person.id), id(&sql, picture));
            let at = "'2026-01-01T00:00:00+00:00'";
            sql.run(&format!("INSERT INTO avatars (id, user_id, image, created_at) VALUES ({picture}, {user}, {bytes}, {at})")).await;
            sql.run(&format!("UPDATE users SET avatar_id = {picture} WHERE id = {user}")).await;
        }
        sql.run(&format!("UPDATE tenant_usage SET storage_bytes = {}", 2 * png.len())).await;
        let shown = async |desk: &Desk, picture: &str| {
            let answer = desk.web.get(&format!("/avatars/{tenant}/{picture}")).await;
            (answer.status == 200).then(|| (answer.header("content-type").to_owned(), answer.header("content-length").to_owned()))
        };
        let expected = Some(("image/png".to_owned(), png.len().to_string()));
        assert_eq!((shown(&desk, pictures[0]).await, shown(&desk, pictures[1]).await), (expected.clone(), expected.clone()));

        // Replaced before it is moved.
        let set = ben.client.run(SET, json!({ "input": { "image": PNG } })).await.ok();
        assert!(set.string("setAvatar.user.avatarUrl").contains("/avatars/"));
        assert_eq!((shown(&desk, pictures[1]).await, sql.count("avatars").await), (None, 1));
        let one = kept(&desk.server).len();
        assert_eq!(one, 1);
        let count = used(&admin).await;

        drop(sql);
        desk.server.restart_with(Options::new().env("FRONTDESK_CLEANING_INTERVAL", "1s")).await;
        let sql = desk.sql().await;
        until("the move", SOON, async || (sql.count("avatars").await == 0).then_some(())).await;
        assert_eq!(shown(&desk, pictures[0]).await, expected, "under the same address");
        let admin = desk.admin().await;
        assert_eq!((kept(&desk.server).len(), used(&admin).await), (2, count));
        // Of somebody's files only their picture is shown so.
        sql.run("UPDATE users SET avatar_id = NULL").await;
        assert_eq!(shown(&desk, pictures[0]).await, None);
    }
}
