//! People's pictures at `/avatars/<tenant>/<picture>`.

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{
        HeaderName, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
    routing::get,
};
use identity::Picture;
use kernel::{
    db::TenantKey,
    files::{Content, whole},
    id::TenantId,
};
use uuid::Uuid;

use crate::wiring::app::App;

/// Whatever a browser takes a picture for, it can do nothing with it but show it.
const PROTECTION: [(HeaderName, &str); 4] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    (CONTENT_DISPOSITION, "attachment; filename=\"avatar.png\""),
    (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
];

/// The route. It asks for no sign-in: an `<img>` has none. Who knows the random id of a picture was shown it.
pub fn router(app: Arc<App>) -> Router {
    Router::new().route("/avatars/{tenant}/{id}", get(picture)).with_state(app)
}

async fn picture(State(app): State<Arc<App>>, Path((tenant, id)): Path<(String, String)>) -> Response {
    match find(&app, &tenant, &id).await {
        Ok(Some((png, size))) => {
            // Another picture has another id, so this one is good for ever.
            let kind = [(CONTENT_TYPE, "image/png"), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
            (PROTECTION, kind, [(CONTENT_LENGTH, size)], Body::from_stream(png)).into_response()
        }
        Ok(None) => (StatusCode::NOT_FOUND, PROTECTION, "There is no such picture.\n").into_response(),
        Err(error) => {
            tracing::warn!(?error, "a picture could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, PROTECTION, "Try again later.\n").into_response()
        }
    }
}

async fn find(app: &App, tenant: &str, id: &str) -> kernel::Result<Option<(Content, u64)>> {
    let (Ok(tenant), Ok(id)) = (tenant.parse::<TenantId>(), Uuid::try_parse(id)) else { return Ok(None) };
    let Some(tenant) = app.served(TenantKey::Id(tenant)).await? else { return Ok(None) };
    let picture = identity::avatar(&app.db.reader(&app.system(tenant.clone())).await?, id).await?;
    Ok(match picture {
        None => None,
        Some(Picture::Row(png)) => {
            let size = png.len() as u64;
            Some((whole(png), size))
        }
        Some(Picture::File(file)) => Some((app.files.read(&tenant, &file, 0..file.bytes()).await?, file.bytes())),
    })
}
