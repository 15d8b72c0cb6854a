//! The plan of the house, kept by a look at who stands on whom and at the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Lines that have to know which database they talk to, outside of the places for that: `file count`.
const BACKENDS: &str = include_str!("backends.txt");
/// May go down.
const BACKENDS_AT_MOST: usize = 7;

/// Where what differs between the databases may live.
const DIALECTS: &[&str] = &["crates/kernel/src/db/", "crates/kernel/src/jobs.rs", "migration/src/dialect.rs"];

fn root() -> PathBuf {
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
            "kernel" | "migration" => &[],
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
