//! The plan of the house, kept by a look at who stands on whom and at the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Lines that have to know which database they talk to, outside of the places for that: `file count`.
const BACKENDS: &str = include_str!("backends.txt");
/// May go down.
const BACKENDS_AT_MOST: usize = 6;

/// Where what differs between the databases may live.
const DIALECTS: &[&str] = &["crates/kernel/src/db/", "crates/kernel/src/jobs.rs", "migration/src/dialect.rs"];

/// The folder of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// The product's own sources and those of its tests, by path from the root.
fn sources(below: &[&str]) -> BTreeMap<String, String> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for dir in below {
        walk(&root().join(dir), &mut found);
    }
    let read = |path: PathBuf| {
        let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).expect("a source"))
    };
    let sources: BTreeMap<_, _> = found.into_iter().map(read).collect();
    assert!(sources.len() > 10, "sources below {below:?}");
    sources
}

const PRODUCT: &[&str] = &["crates", "gateway", "migration"];

/// `kernel ← contexts ← gateway`, and the migrations stand alone: no context knows another.
#[test]
fn dependencies_point_one_way() {
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec().expect("cargo metadata");
    let ours: BTreeSet<_> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let contexts = ["identity", "inbox", "ticketing", "crm-leads", "analytics-sync", "audit"];
    for name in contexts.iter().chain(&["kernel", "migration", "gateway"]) {
        assert!(ours.contains(*name), "{name} is a crate");
    }
    for package in &metadata.packages {
        let name = package.name.to_string();
        let of_ours = package.dependencies.iter().filter(|dependency| ours.contains(&dependency.name));
        let allowed: &[&str] = match name.as_str() {
            "kernel" => &["kernel-derive"],
            "kernel-derive" | "migration" => &[],
            name if contexts.contains(&name) => &["kernel"],
            "gateway" => {
                &["kernel", "migration", "identity", "inbox", "ticketing", "crm-leads", "analytics-sync", "audit"]
            }
            other => panic!("{other} has no place in tests/coverage/architecture.rs"),
        };
        for dependency in of_ours {
            let outside_tests = dependency.kind != DependencyKind::Development;
            assert!(
                allowed.contains(&dependency.name.as_str()) || !outside_tests && name != "kernel",
                "{name} depends on {}",
                dependency.name
            );
        }
    }
}

/// SQL and GraphQL stay where they belong: none in a context's rules, no GraphQL in a context at all.
#[test]
fn rules_know_neither_sql_nor_graphql() {
    for (file, text) in sources(&["crates"]) {
        assert!(!text.contains("async_graphql") && !text.contains("axum::"), "{file}");
        if file.contains("/src/domain/") {
            for word in ["async fn", "ConnectionTrait", "Statement::", "EntityTrait"] {
                assert!(!text.contains(word), "{file} has {word}");
            }
        }
    }
}

/// Code that knows which database it talks to is in the kernel's dialect, or in a list that only shrinks.
#[test]
fn the_databases_differ_in_few_places() {
    let mut found = BTreeMap::new();
    for (file, text) in sources(PRODUCT) {
        let lines = text.lines().filter(|line| {
            let code = line.split("//").next().unwrap_or_default();
            ["DbBackend::Postgres", "DbBackend::Sqlite", "DatabaseBackend::", "Kind::Sqlite", "Kind::Postgres"]
                .iter()
                .any(|word| code.contains(word))
        });
        let count = lines.count();
        if count > 0 && !DIALECTS.iter().any(|place| file.starts_with(place)) {
            found.insert(file, count);
        }
    }
    let listed: BTreeMap<_, _> = BACKENDS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(' ').expect("a file and a count"))
        .map(|(file, rest)| {
            (
                file.to_owned(),
                rest.split_whitespace().next().and_then(|count| count.parse::<usize>().ok()).expect("a count"),
            )
        })
        .collect();
    assert_eq!(found, listed, "what differs between the databases belongs to kernel::db; the list may only shrink");
    assert!(listed.values().sum::<usize>() <= BACKENDS_AT_MOST);
}

/// Time, ids and randomness come from one place.
#[test]
fn only_the_source_asks_the_clock() {
    // In pieces, so that this file does not hold what it looks for.
    let words = [
        ["Utc", "::now("].concat(),
        ["SystemTime", "::now("].concat(),
        ["now", "_v7("].concat(),
        ["rand", "::rng("].concat(),
    ];
    for (file, text) in sources(PRODUCT) {
        for word in &words {
            assert!(!text.contains(word.as_str()) || file == "crates/kernel/src/source.rs", "{file} asks {word}");
        }
    }
}

/// A file holds one idea.
#[test]
fn no_file_is_long() {
    let long: Vec<_> = sources(&["crates", "gateway", "migration", "tests"])
        .into_iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > 500)
        .collect();
    assert!(long.is_empty(), "{long:?}");
}

/// What identity is about. Each layer has a folder or a file for each of these that it needs, and for nothing else.
const SUBJECTS: &[&str] = &[
    "access",
    "api_keys",
    "invitations",
    "mail",
    "notifications",
    "organisation",
    "people",
    "sessions",
    "settings",
    "sign_in",
    "single_sign_on",
    "tenants",
];

/// One subject is found under one word in every layer.
#[test]
fn subjects_are_called_the_same_in_every_layer() {
    for (layer, besides) in [
        ("crates/identity/src/domain", &[][..]),
        ("crates/identity/src/ports", &[]),
        ("crates/identity/src/usecases", &[]),
        ("crates/identity/src/queries", &["ranked"]),
        ("crates/identity/src/store", &[]),
        ("gateway/src/graphql/identity", &[]),
    ] {
        let entries = std::fs::read_dir(root().join(layer)).unwrap_or_else(|error| panic!("{layer}: {error}"));
        let names: BTreeSet<String> = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().trim_end_matches(".rs").to_owned())
            .filter(|name| name != "mod" && !besides.contains(&name.as_str()))
            .collect();
        let unknown: Vec<_> = names.iter().filter(|name| !SUBJECTS.contains(&name.as_str())).collect();
        assert!(unknown.is_empty(), "{layer} has subjects that no other layer knows: {unknown:?}");
    }
}

/// The transports' files stand on one another and nowhere in a circle.
#[test]
fn transports_have_no_circles() {
    let files = sources(&["gateway/src/http"]);
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs").to_owned();
    let names: BTreeSet<String> = files.keys().map(|path| name(path)).collect();
    let uses = |source: &str| -> BTreeSet<String> {
        let code = source.split("#[cfg(test)]").next().unwrap_or(source).lines();
        let code: String = code.filter(|line| !line.trim_start().starts_with("//")).collect();
        let word =
            |text: &str| text.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("").to_owned();
        let words = code.split("super::").skip(1).flat_map(|rest| match rest.strip_prefix('{') {
            None => vec![word(rest)],
            Some(list) => {
                let mut depth = 0;
                let firsts =
                    list.split(';').next().unwrap_or(list).split_inclusive([',', '{', '}']).filter_map(|part| {
                        let first = (depth == 0).then(|| word(part));
                        depth += i32::from(part.ends_with('{')) - i32::from(part.ends_with('}'));
                        first
                    });
                firsts.collect()
            }
        });
        words.filter(|word| names.contains(word)).collect()
    };
    let inner = files.iter().filter(|(path, _)| !path.contains("/tests") && !path.ends_with("/mod.rs"));
    let graph: BTreeMap<String, BTreeSet<String>> = inner.map(|(path, text)| (name(path), uses(text))).collect();
    for start in graph.keys() {
        let mut reached: BTreeSet<&String> = BTreeSet::new();
        let mut open: Vec<&String> = graph[start].iter().filter(|to| *to != start).collect();
        while let Some(file) = open.pop() {
            assert_ne!(file, start, "{start} stands on itself by way of others");
            if reached.insert(file) {
                open.extend(graph.get(file).into_iter().flatten());
            }
        }
    }
}

/// Every event has its row in the published table: its name, what it does, how serious it is.
#[test]
fn every_event_is_published() {
    let page = std::fs::read_to_string(root().join("docs/audit.md")).expect("docs/audit.md");
    let mut events = 0;
    for (path, text) in sources(&["crates"]) {
        for part in text.split("impl Event for ").skip(1) {
            let Some(kind) = part.split("const KIND: &'static str = \"").nth(1).and_then(|kind| kind.split('"').next())
            else {
                continue;
            };
            events += 1;
            assert!(page.contains(&format!("| `{kind}` | ")), "{path}: {kind} has no row in docs/audit.md");
        }
    }
    assert!(events >= 40, "{events} events");
}

/// The events of the table in `docs/audit.md`: name, action and severity of each, once for every action.
pub fn published() -> Vec<String> {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows = include_str!("../../docs/audit.md").lines().filter(|line| line.starts_with("| `")).map(cells);
    let events = rows.filter(|row| row.len() == 4).flat_map(|row| {
        let (kind, severity) = (row[0].trim_matches('`').to_owned(), row[2].clone());
        row[1].split(", ").map(|action| format!("{kind} {action} {severity}")).collect::<Vec<_>>()
    });
    events.collect()
}
