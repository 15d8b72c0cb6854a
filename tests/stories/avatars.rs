//! People's pictures.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::desk::Desk;
use super::self_service::{PUBLIC, code, options};
use crate::support::{Smtp, both};

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
}
