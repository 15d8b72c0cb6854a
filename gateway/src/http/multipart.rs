//! Files with a request: <https://github.com/jaydenseric/graphql-multipart-request-spec>.
//!
//! The operation comes first, then where its files belong, then the files.

use std::{collections::BTreeMap, io, time::Duration};

use aws_lc_rs::digest;
use axum::body::Body;
use bytes::Bytes;
use futures_util::TryStreamExt;
use http::{HeaderMap, StatusCode, header, request::Parts};
use multer::{Constraints, Field, Multipart, SizeLimit};
use tokio::{io::AsyncWriteExt, time::timeout};

use super::{
    errors::Rejection,
    params::Params,
    uploads::{Upload, Uploads, mark},
};

/// Most files of a request.
const MOST_FILES: usize = 10;
/// Most bytes of `map`.
const MAP_BYTES: u64 = 16 * 1024;
/// Bytes of headers and boundaries around the parts.
const FRAME_BYTES: u64 = 64 * 1024;

/// One of these shows that no page of another site sent the request without having been asked first: a browser sends a
/// multipart body across origins by itself, but none of these headers.
const PREFLIGHT: [&str; 3] = ["graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name"];

/// What may come.
pub(super) struct Bounds {
    /// Bytes of `operations`.
    pub operations: usize,
    /// Bytes of all files.
    pub files: u64,
    /// How long nothing may come.
    pub pause: Duration,
    /// How long all of it may take.
    pub whole: Duration,
}

/// The boundary, where the body is multipart.
pub(super) fn boundary(headers: &HeaderMap) -> Option<String> {
    multer::parse_boundary(headers.get(header::CONTENT_TYPE)?.to_str().ok()?).ok()
}

/// Whether no page of another site can have sent this unasked.
pub(super) fn asked_first(headers: &HeaderMap) -> Result<(), Rejection> {
    if PREFLIGHT.iter().any(|name| headers.get(*name).is_some_and(|value| !value.is_empty())) {
        return Ok(());
    }
    let message = format!("A multipart request needs one of the headers {}", PREFLIGHT.join(", "));
    Err(Rejection::http(StatusCode::BAD_REQUEST, "PREFLIGHT_REQUIRED", message))
}

/// Reads a multipart request.
pub(super) async fn read(parts: &Parts, body: Body, boundary: String, bounds: &Bounds) -> Result<Params, Rejection> {
    if parts.headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        let message = "The body must not be compressed";
        return Err(Rejection::http(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message));
    }
    timeout(bounds.whole, whole(body, boundary, bounds)).await.map_err(|_| late())?
}

async fn whole(body: Body, boundary: String, bounds: &Bounds) -> Result<Params, Rejection> {
    let most = (bounds.files + bounds.operations as u64).saturating_add(MAP_BYTES + FRAME_BYTES);
    let limits = SizeLimit::new()
        .whole_stream(most)
        .per_field(bounds.files)
        .for_field("operations", bounds.operations as u64)
        .for_field("map", MAP_BYTES);
    let constraints = Constraints::new().size_limit(limits);
    let mut form =
        Multipart::with_constraints(body.into_data_stream().map_err(io::Error::other), boundary, constraints);
    let operations = text(next(&mut form, bounds).await?, "operations", bounds).await?;
    let mut params = Params::from_json(&operations).map_err(Rejection::malformed)?;
    let map = text(next(&mut form, bounds).await?, "map", bounds).await?;
    let map: BTreeMap<String, Vec<String>> = serde_json::from_slice(&map)
        .map_err(|_| Rejection::malformed("The part `map` must be an object of lists of paths"))?;
    if map.len() > MOST_FILES {
        return Err(Rejection::malformed(format!("A request may hold at most {MOST_FILES} files")));
    }
    let mut expected = BTreeMap::new();
    for (number, (name, paths)) in map.into_iter().enumerate() {
        for path in paths {
            params.mark(&path, mark(number)).map_err(Rejection::malformed)?;
        }
        expected.insert(name, number);
    }
    let mut uploads: BTreeMap<usize, Upload> = BTreeMap::new();
    let mut left = bounds.files;
    while !expected.is_empty() {
        let Some(field) = next(&mut form, bounds).await? else {
            return Err(Rejection::malformed("A file that `map` names did not come"));
        };
        let Some(number) = field.name().and_then(|name| expected.remove(name)) else {
            return Err(Rejection::malformed("Each part behind `map` must be a file that it names, and come once"));
        };
        let upload = spool(field, left, bounds).await?;
        left -= upload.size;
        uploads.insert(number, upload);
    }
    if next(&mut form, bounds).await?.is_some() {
        return Err(Rejection::malformed("There are more parts than files"));
    }
    params.uploads = Uploads::new(uploads.into_values().collect());
    Ok(params)
}

async fn next<'a>(form: &mut Multipart<'a>, bounds: &Bounds) -> Result<Option<Field<'a>>, Rejection> {
    timeout(bounds.pause, form.next_field()).await.map_err(|_| late())?.map_err(broken)
}

/// A part that is a text, and must come now.
async fn text(field: Option<Field<'_>>, name: &str, bounds: &Bounds) -> Result<Bytes, Rejection> {
    let field = field.filter(|field| field.name() == Some(name));
    let field =
        field.ok_or_else(|| Rejection::malformed("The parts must be `operations`, `map`, and then the files"))?;
    timeout(bounds.pause, field.bytes()).await.map_err(|_| late())?.map_err(broken)
}

async fn spool(mut field: Field<'_>, most: u64, bounds: &Bounds) -> Result<Upload, Rejection> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let file = tokio::task::spawn_blocking(tempfile::tempfile).await.map_err(|_| Rejection::internal())?;
    let mut file = tokio::fs::File::from_std(file.map_err(full)?);
    let (mut size, mut hash) = (0, digest::Context::new(&digest::SHA256));
    while let Some(piece) = timeout(bounds.pause, field.chunk()).await.map_err(|_| late())?.map_err(broken)? {
        size += piece.len() as u64;
        if size > most {
            return Err(too_large(bounds.files));
        }
        hash.update(&piece);
        file.write_all(&piece).await.map_err(full)?;
    }
    file.flush().await.map_err(full)?;
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(hash.finish().as_ref());
    Ok(Upload::new(name, size, sha256, file.into_std().await))
}

fn late() -> Rejection {
    Rejection::http(StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", "The body took too long to arrive").retryable(true)
}

fn too_large(most: u64) -> Rejection {
    let message = format!("The files of a request may have {most} bytes together; send a larger one by beginUpload");
    Rejection::http(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message)
}

fn full(error: io::Error) -> Rejection {
    tracing::error!(%error, "an upload could not be kept for the time of its request");
    Rejection::http(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", "Temporarily unavailable").retryable(true)
}

fn broken(error: multer::Error) -> Rejection {
    match error {
        multer::Error::FieldSizeExceeded { limit, .. } | multer::Error::StreamSizeExceeded { limit } => {
            too_large(limit)
        }
        _ => Rejection::malformed("The body is not a whole multipart form"),
    }
}
