//! What all contexts hold of people, put together.

use kernel::held::{Held, Root};

/// What each context is called in what is given out, and what its tables hold.
pub const HELD: &[(&str, &[Held])] = &[
    ("identity", identity::held::HELD),
    ("inbox", inbox::held::HELD),
    ("ticketing", ticketing::held::HELD),
    ("crm-leads", crm_leads::held::HELD),
    ("analytics-sync", analytics_sync::held::HELD),
    ("audit", audit::held::HELD),
    ("kernel", kernel::held::HELD),
];

/// The tables that have records of people.
pub const ROOTS: &[&[Root]] =
    &[identity::held::ROOTS, inbox::held::ROOTS, crm_leads::held::ROOTS, analytics_sync::held::ROOTS];

/// The tables that hold nobody, and why.
pub const NOBODY: &[&[(&str, &str)]] = &[
    identity::held::NOBODY,
    inbox::held::NOBODY,
    ticketing::held::NOBODY,
    crm_leads::held::NOBODY,
    analytics_sync::held::NOBODY,
    audit::held::NOBODY,
    kernel::held::NOBODY,
];
