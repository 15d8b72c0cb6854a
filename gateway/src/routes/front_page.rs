//! What is at `/`: a page that says what this is and where the rest is; and the schema as text.

use std::sync::LazyLock;

use axum::{
    Extension, Router,
    http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};

use crate::{config::Introspection, graphql::schema, http::Compressible};

/// The page loads the playground's style sheet and icon, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The page, and its line about the schema.
const PAGE: &str = include_str!("../../web/src/front.html");
const PLACE: &str = "<!-- schema -->";
const LINE: &str =
    "<li><a href=\"/schema.graphql\">/schema.graphql</a>: its schema, with a description of everything</li>";

static SDL: LazyLock<String> = LazyLock::new(schema::sdl);

/// The routes `/` and, where everybody may ask the API for its schema, `/schema.graphql`.
pub fn router(introspection: Introspection) -> Router {
    match introspection {
        Introspection::Open => Router::new().route("/", get(async || page(LINE))).route("/schema.graphql", get(sdl)),
        Introspection::SignedIn | Introspection::Off => Router::new().route("/", get(async || page(""))),
    }
}

fn page(schema: &str) -> impl IntoResponse + use<> {
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY)];
    (headers, Extension(Compressible), PAGE.replace(PLACE, schema))
}

async fn sdl() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/graphql; charset=utf-8")], Extension(Compressible), SDL.as_str())
}
