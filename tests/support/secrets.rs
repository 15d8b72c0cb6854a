//! What no test may leave behind. The clients tell here which passwords, tokens and keys they send and receive; when a
//! server or its database goes, whatever it wrote is searched for them: its output, its files, every row of every table,
//! PostgreSQL's log.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aho_corasick::AhoCorasick;
use serde_json::Value;

/// What carries a secret in a request, an answer or an event, by its name in the schema.
pub const SECRET: &[&str] = &[
    "accessToken",
    "adminPassword",
    "chatToken",
    "clientSecret",
    "code",
    "currentPassword",
    "downloadUrl",
    "flowToken",
    "key",
    "newPassword",
    "password",
    "recoveryCodes",
    "refreshToken",
    "secret",
    "state",
    "token",
    "totpCode",
    "url",
    "visitorToken",
    "webhookSecret",
    "webhookUrl",
];

/// Shorter ones, like the six digits of a TOTP code, are found in any text.
const SHORTEST: usize = 16;

/// By database, because two servers on one database share their tables.
static USED: Mutex<BTreeMap<String, BTreeSet<String>>> = Mutex::new(BTreeMap::new());
/// The databases of the servers, by their bases.
static DATABASES: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The same name for a database whichever port leads to it.
fn name(database: &str) -> &str {
    match database.starts_with("postgres") {
        true => database.rsplit('/').next().unwrap_or(database),
        false => database,
    }
}

/// A server at this base works on this database.
pub fn serves(base: &str, database: &str) {
    lock(&DATABASES).insert(base.to_owned(), name(database).to_owned());
}

/// This was used on this database.
pub fn used_on(database: &str, secret: &str) {
    // Neither enumeration values, nor garbage of one letter, nor ids, which some tests pass for tokens.
    let word = secret.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let garbage = secret.chars().collect::<BTreeSet<_>>().len() < 6;
    let id = secret.split_once('_').is_some_and(|(_, id)| id.len() == 32 && id.chars().all(|c| c.is_ascii_hexdigit()));
    if secret.len() >= SHORTEST && !word && !garbage && !id {
        lock(&USED).entry(name(database).to_owned()).or_default().insert(secret.to_owned());
    }
}

/// This was sent to, or came from, the server at this base.
pub fn used(base: &str, secret: &str) {
    if let Some(database) = lock(&DATABASES).get(base).cloned() {
        used_on(&database, secret);
    }
}

/// Takes the secrets out of a request or an answer.
pub fn told(base: &str, value: &Value) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| told(base, item)),
        Value::Object(fields) => {
            for (field, value) in fields {
                if field == "query" {
                    written_into(base, value.as_str().unwrap_or_default());
                } else if SECRET.contains(&field.as_str()) {
                    strings(value).into_iter().for_each(|secret| used_as(base, field, secret));
                }
                told(base, value);
            }
        }
        _ => {}
    }
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// Secrets that stand in a document itself: `password: "…"`.
fn written_into(base: &str, document: &str) {
    for name in SECRET {
        for behind in document.split(&format!("{name}:")).skip(1) {
            let text = behind.trim_start().strip_prefix('"').and_then(|text| text.split('"').next());
            used_as(base, name, text.unwrap_or_default());
        }
    }
}

fn used_as(base: &str, field: &str, value: &str) {
    let opens = match field {
        // Settings and templates have keys too.
        "key" => value.starts_with("fd_"),
        // A provider has a token endpoint.
        "token" => !value.starts_with("http"),
        _ => true,
    };
    if opens {
        used(base, value);
    }
}

/// This may be found: a password that the demo prints, a text that a test puts everywhere.
pub fn shown(base: &str, secret: &str) {
    let database = lock(&DATABASES).get(base).cloned().unwrap_or_default();
    if let Some(used) = lock(&USED).get_mut(&database) {
        used.remove(secret);
    }
}

/// Panics where one of the database's secrets stands in what is looked at: pairs of a place and what it holds.
#[track_caller]
pub fn expect_none<T: AsRef<[u8]>>(database: &str, places: impl IntoIterator<Item = (String, T)>) {
    let secrets = lock(&USED).get(name(database)).cloned().unwrap_or_default();
    // As they are, and as PostgreSQL shows bytes.
    let hex = |secret: &String| secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let patterns: Vec<_> = secrets.iter().flat_map(|secret| [secret.clone(), hex(secret)]).collect();
    let search = AhoCorasick::new(&patterns).expect("patterns");
    for (place, bytes) in places {
        if let Some(found) = search.find(bytes.as_ref()) {
            let around = &bytes.as_ref()[found.start().saturating_sub(120)..bytes.as_ref().len().min(found.end() + 40)];
            panic!(
                "a secret is left in {place}: {:?}\n…{}…",
                patterns[found.pattern().as_usize()],
                String::from_utf8_lossy(around)
            );
        }
    }
}

/// All files below a folder.
pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] })
        .collect()
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
