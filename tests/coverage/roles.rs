//! What `docs/roles.md` says of the built-in roles is what they hold.

use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../docs/roles.md");

/// The words in backticks of a cell.
fn names(cell: &str) -> BTreeSet<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_page_of_roles_says_what_they_hold() {
    let (table, seeds) = PAGE.split_once("\n## ").expect("two parts");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let listed: BTreeSet<_> = rows[1..].iter().map(|row| row[1]).collect();
    assert_eq!(listed, identity::ROLES.iter().map(|(name, _)| *name).collect());
    for (name, held) in identity::ROLES.iter().filter(|(_, held)| held.first() != Some(&"*")) {
        let row = rows.iter().find(|row| row[1] == *name).expect("a row");
        assert_eq!(names(row[2]), held.iter().copied().collect(), "{name}");
    }
    let with_staff = table.lines().find(|line| line.starts_with("Whoever gets STAFF")).expect("what comes with it");
    assert!(identity::WITH_STAFF.iter().all(|name| with_staff.contains(name)), "{with_staff}");
    for row in seeds.lines().filter(|line| line.starts_with("| 00")) {
        let becomes = row.split('|').nth(3).expect("a third cell").trim();
        let role = becomes.split([',', ':', ' ']).next().expect("a word");
        assert!(identity::ROLES.iter().any(|(name, _)| *name == role), "{row}");
    }
}
