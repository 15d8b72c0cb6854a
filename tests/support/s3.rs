//! A bucket that speaks S3 and believes nobody: every request is signed (AWS Signature Version 4) or refused.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::{digest, hmac};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use url::form_urlencoded;

use super::{Options, chance};

/// The bucket's name.
pub const BUCKET: &str = "desk-files";
const REGION: &str = "eu-test-1";
/// No part but the last may be smaller.
const SMALLEST_PART: usize = 5 * 1024 * 1024;

/// A bucket in memory. It ends with the test.
#[derive(Clone)]
pub struct S3 {
    endpoint: String,
    access_key: String,
    secret_key: String,
    world: Arc<World>,
}

#[derive(Default)]
struct World {
    access_key: String,
    secret_key: String,
    objects: Mutex<BTreeMap<String, Bytes>>,
    uploads: Mutex<HashMap<String, BTreeMap<u32, Bytes>>>,
    down: AtomicBool,
    signed: AtomicUsize,
    refused: AtomicUsize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl S3 {
    /// Starts one.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let (access_key, secret_key) = (chance::name("AKIA"), chance::name("a-secret-of-the-bucket"));
        let world =
            Arc::new(World { access_key: access_key.clone(), secret_key: secret_key.clone(), ..World::default() });
        let router = Router::new().fallback(answer).with_state(world.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, access_key, secret_key, world }
    }

    /// The settings of a server that keeps its files here.
    pub fn options(&self, options: Options) -> Options {
        options
            .env("FRONTDESK_FILES_BUCKET", BUCKET)
            .env("FRONTDESK_FILES_ENDPOINT", &self.endpoint)
            .env("FRONTDESK_FILES_REGION", REGION)
            .env("FRONTDESK_FILES_ACCESS_KEY", &self.access_key)
            .env("FRONTDESK_FILES_SECRET_KEY", &self.secret_key)
    }

    /// What is in it.
    pub fn objects(&self) -> BTreeMap<String, Bytes> {
        lock(&self.world.objects).clone()
    }

    /// Uploads in parts that were begun, and neither completed nor given up.
    pub fn unfinished(&self) -> usize {
        lock(&self.world.uploads).len()
    }

    /// Requests whose signature was right, and those where it was not.
    pub fn counts(&self) -> (usize, usize) {
        (self.world.signed.load(Ordering::SeqCst), self.world.refused.load(Ordering::SeqCst))
    }

    /// From now on, or no longer, nothing works.
    pub fn down(&self, down: bool) {
        self.world.down.store(down, Ordering::SeqCst);
    }
}

async fn answer(State(world): State<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else { return StatusCode::BAD_REQUEST.into_response() };
    if world.down.load(Ordering::SeqCst) {
        // Not one that clients try again at once.
        return error(StatusCode::FORBIDDEN, "AccessDenied");
    }
    let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    if let Err(why) = verify(&world, &parts.method, path, query, &parts.headers, &body) {
        world.refused.fetch_add(1, Ordering::SeqCst);
        return error(StatusCode::FORBIDDEN, why);
    }
    world.signed.fetch_add(1, Ordering::SeqCst);
    let Some(key) = path.strip_prefix(&format!("/{BUCKET}/")).filter(|key| !key.is_empty()) else {
        return error(StatusCode::NOT_FOUND, "NoSuchBucket");
    };
    let query: HashMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    operate(&world, &parts.method, key, &query, &parts.headers, body)
}

fn operate(
    world: &World,
    method: &Method,
    key: &str,
    query: &HashMap<String, String>,
    headers: &HeaderMap,
    body: Bytes,
) -> Response {
    let tag = |bytes: &[u8]| format!("\"{}\"", hex(digest::digest(&digest::SHA256, bytes).as_ref()));
    let upload = query.get("uploadId");
    match (method.as_str(), upload) {
        ("POST", None) if query.contains_key("uploads") => {
            let id = chance::name("upload");
            lock(&world.uploads).insert(id.clone(), BTreeMap::new());
            let xml = format!(
                "<InitiateMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{key}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
            );
            xml.into_response()
        }
        ("PUT", Some(id)) => {
            let Some(number) = query.get("partNumber").and_then(|number| number.parse().ok()) else {
                return error(StatusCode::BAD_REQUEST, "InvalidArgument");
            };
            let etag = tag(&body);
            match lock(&world.uploads).get_mut(id) {
                Some(parts) => drop(parts.insert(number, body)),
                None => return error(StatusCode::NOT_FOUND, "NoSuchUpload"),
            }
            [(header::ETAG, etag)].into_response()
        }
        ("POST", Some(id)) => {
            let Some(parts) = lock(&world.uploads).remove(id) else {
                return error(StatusCode::NOT_FOUND, "NoSuchUpload");
            };
            let count = parts.len();
            if parts.values().take(count.saturating_sub(1)).any(|part| part.len() < SMALLEST_PART) {
                return error(StatusCode::BAD_REQUEST, "EntityTooSmall");
            }
            let named = String::from_utf8_lossy(&body);
            if parts.values().any(|part| !named.contains(&hex(digest::digest(&digest::SHA256, part).as_ref()))) {
                return error(StatusCode::BAD_REQUEST, "InvalidPart");
            }
            let whole: Bytes = parts.values().flat_map(|part| part.iter().copied()).collect();
            let xml = format!(
                "<CompleteMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{key}</Key><ETag>{}</ETag></CompleteMultipartUploadResult>",
                tag(&whole).replace('"', "&quot;")
            );
            lock(&world.objects).insert(key.to_owned(), whole);
            xml.into_response()
        }
        ("DELETE", Some(id)) => match lock(&world.uploads).remove(id) {
            Some(_) => StatusCode::NO_CONTENT.into_response(),
            None => error(StatusCode::NOT_FOUND, "NoSuchUpload"),
        },
        ("PUT", None) => {
            let etag = tag(&body);
            lock(&world.objects).insert(key.to_owned(), body);
            [(header::ETAG, etag)].into_response()
        }
        ("DELETE", None) => {
            lock(&world.objects).remove(key);
            StatusCode::NO_CONTENT.into_response()
        }
        ("GET", None) => {
            let Some(object) = lock(&world.objects).get(key).cloned() else {
                return error(StatusCode::NOT_FOUND, "NoSuchKey");
            };
            let common =
                [(header::ETAG, tag(&object)), (header::LAST_MODIFIED, "Sat, 28 Nov 2026 12:00:00 GMT".into())];
            let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()?.strip_prefix("bytes="));
            let Some((from, to)) = range.and_then(|range| range.split_once('-')) else {
                return (common, object).into_response();
            };
            let (Ok(from), Ok(to)) = (from.parse::<usize>(), to.parse::<usize>()) else {
                return error(StatusCode::BAD_REQUEST, "InvalidRange");
            };
            if from > to || from >= object.len() {
                return error(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange");
            }
            let to = to.min(object.len() - 1);
            let said = format!("bytes {from}-{to}/{}", object.len());
            (StatusCode::PARTIAL_CONTENT, common, [(header::CONTENT_RANGE, said)], object.slice(from..=to))
                .into_response()
        }
        _ => error(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed"),
    }
}

fn error(status: StatusCode, code: &str) -> Response {
    (status, format!("<Error><Code>{code}</Code><Message>{code}</Message></Error>")).into_response()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Whether the request is signed as it stands by whom the bucket knows.
fn verify(
    world: &World,
    method: &Method,
    path: &str,
    query: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), &'static str> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let given = text("authorization").strip_prefix("AWS4-HMAC-SHA256 ").ok_or("AccessDenied")?;
    let fields: HashMap<&str, &str> = given.split(',').filter_map(|field| field.trim().split_once('=')).collect();
    let field = |name: &str| fields.get(name).copied().ok_or("AuthorizationHeaderMalformed");
    let (credential, signed, signature) = (field("Credential")?, field("SignedHeaders")?, field("Signature")?);
    let date = text("x-amz-date");
    let day = date.get(..8).ok_or("AccessDenied")?;
    if credential != format!("{}/{day}/{REGION}/s3/aws4_request", world.access_key) {
        return Err("InvalidAccessKeyId");
    }
    let needed = ["host", "x-amz-date", "x-amz-content-sha256"];
    if needed.iter().any(|name| !signed.split(';').any(|header| header == *name)) {
        return Err("SignatureDoesNotMatch");
    }
    let hash = text("x-amz-content-sha256");
    if hash != sha256(body) {
        return Err("XAmzContentSHA256Mismatch");
    }
    let headers: Vec<_> = signed.split(';').map(|name| (name, text(name))).collect();
    if sign(&world.secret_key, method.as_str(), path, query, &headers, hash, date, REGION) == signature {
        Ok(())
    } else {
        Err("SignatureDoesNotMatch")
    }
}

/// The signature of a request: AWS Signature Version 4.
fn sign(
    secret: &str,
    method: &str,
    path: &str,
    query: &str,
    headers: &[(&str, &str)],
    hash: &str,
    date: &str,
    region: &str,
) -> String {
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") })
        .collect();
    pairs.sort();
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
    let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
    let request = format!("{method}\n{path}\n{}\n{lines}\n{}\n{hash}", pairs.join("&"), names.join(";"));
    let day = &date[..8];
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{day}/{region}/s3/aws4_request\n{}", sha256(request.as_bytes()));
    let mac = |key: &[u8], text: &str| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes());
    let steps = [day, region, "s3", "aws4_request"];
    let key = steps.iter().fold(format!("AWS4{secret}").into_bytes(), |key, step| mac(&key, step).as_ref().to_vec());
    hex(mac(&key, &text).as_ref())
}

#[cfg(test)]
mod tests {
    /// The example of Amazon's own documentation ("Authenticating Requests: GET Object").
    #[test]
    fn the_signature_is_amazons() {
        let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let date = "20130524T000000Z";
        let headers = [
            ("host", "examplebucket.s3.amazonaws.com"),
            ("range", "bytes=0-9"),
            ("x-amz-content-sha256", hash),
            ("x-amz-date", date),
        ];
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let signature = super::sign(secret, "GET", "/test.txt", "", &headers, hash, date, "us-east-1");
        assert_eq!(signature, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    }
}
