//! Ids and filters: what is accepted, and what is refused before it costs anything.

use kernel::Error;
use kernel::filter::{Criteria, Filter, MAX_DEPTH, MAX_LEAVES};
use kernel::id::{JobId, MessageId, StaffId, TypedId, VisitorId, prefix};
use proptest::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{Condition, DbBackend};
use uuid::Uuid;

/// Some comparisons, however they look.
#[derive(Clone, Debug, Default)]
struct Leaves(usize);

impl Criteria for Leaves {
    fn conditions(&self, _: DbBackend) -> kernel::Result<Vec<Condition>> {
        Ok((0..self.0).map(|_| Condition::all().add(Expr::val(1).eq(1))).collect())
    }
}

/// A filter with its depth and its number of comparisons.
fn filter() -> impl Strategy<Value = (Filter<Leaves>, usize, usize)> {
    let leaf = (0_usize..6).prop_map(|leaves| (Filter { criteria: Leaves(leaves), ..Filter::default() }, 1, leaves));
    leaf.prop_recursive(6, 24, 4, |inner| {
        let parts = prop::collection::vec(inner.clone(), 0..3);
        (0_usize..4, parts.clone(), prop::option::of(parts), prop::option::of(inner)).prop_map(|(own, and, or, not)| {
            let children = || and.iter().chain(or.iter().flatten()).chain(&not);
            let depth = 1 + children().map(|(_, depth, _)| *depth).max().unwrap_or(0);
            let leaves = own + children().map(|(_, _, leaves)| *leaves).sum::<usize>();
            let filters =
                |parts: &[(Filter<Leaves>, usize, usize)]| parts.iter().map(|(filter, ..)| filter.clone()).collect();
            let filter = Filter {
                criteria: Leaves(own),
                and: filters(&and),
                or: or.as_deref().map(filters),
                not: not.as_ref().map(|(filter, ..)| Box::new(filter.clone())),
            };
            (filter, depth, leaves)
        })
    })
}

proptest! {
    // What fails is printed; no file is left behind.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A filter is accepted exactly when it is within both limits.
    #[test]
    fn filters_are_bounded((filter, depth, leaves) in filter()) {
        let fits = depth <= MAX_DEPTH && leaves <= MAX_LEAVES;
        match filter.condition(DbBackend::Sqlite) {
            Ok(_) => prop_assert!(fits, "{depth} levels, {leaves} comparisons"),
            Err(Error::Invalid(problems)) => {
                prop_assert!(!fits, "{depth} levels, {leaves} comparisons");
                prop_assert_eq!(&problems[0].path, &["filter"]);
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    /// An id's text leads back to it, names its kind, and is no other kind's.
    #[test]
    fn ids_lead_back(number in any::<u128>()) {
        let id = MessageId::from_uuid(Uuid::from_u128(number));
        let text = id.to_string();
        prop_assert_eq!(text.parse::<MessageId>().expect("its own text"), id);
        prop_assert_eq!(prefix(&text), Some("msg"));
        prop_assert!(text.parse::<VisitorId>().is_err() && text.parse::<StaffId>().is_err() && text.parse::<JobId>().is_err());
        let upper = format!("msg_{}", text[4..].to_uppercase());
        prop_assert!(upper == text || upper.parse::<MessageId>().is_err(), "one text for each id");
    }

    /// What differs from an id in a letter is another id or none; any other text is none.
    #[test]
    fn other_texts_are_no_ids(text in "(msg_)?[0-9a-fA-F_-]{0,40}|.{0,50}") {
        let shaped = text.strip_prefix("msg_").is_some_and(|hex| {
            hex.len() == 32 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        });
        match text.parse::<MessageId>() {
            Ok(id) => prop_assert!(shaped && id.to_string() == text),
            Err(_) => prop_assert!(!shaped),
        }
    }
}
