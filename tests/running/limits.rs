//! Ids and filters: what is accepted, and what is refused before it costs anything.

use inbox::records::Messages;
use kernel::Error;
use kernel::filter::{MAX_DEPTH, MAX_LEAVES};
use kernel::id::{JobId, MessageId, StaffId, TypedId, VisitorId, prefix};
use kernel::record::Filter;
use proptest::prelude::*;
use sea_orm::Condition;
use sea_orm::sea_query::{Expr, ExprTrait};
use uuid::Uuid;

/// A filter as somebody would write it.
#[derive(Clone, Debug)]
struct Written {
    own: usize,
    and: Vec<Self>,
    or: Option<Vec<Self>>,
    not: Option<Box<Self>>,
}

impl Written {
    fn below(&self) -> impl Iterator<Item = &Self> {
        self.and.iter().chain(self.or.iter().flatten()).chain(self.not.as_deref())
    }

    fn depth(&self) -> usize {
        1 + self.below().map(Self::depth).max().unwrap_or(0)
    }

    fn leaves(&self) -> usize {
        self.own + self.below().map(Self::leaves).sum::<usize>()
    }

    fn build(&self) -> kernel::Result<Filter<Messages>> {
        let all = |parts: &[Self]| parts.iter().map(Self::build).collect::<kernel::Result<Vec<_>>>();
        let own = (0..self.own).map(|_| Condition::all().add(Expr::val(1).eq(1))).collect();
        let not = self.not.as_ref().map(|part| part.build()).transpose()?;
        Filter::level(own, all(&self.and)?, self.or.as_deref().map(all).transpose()?, not)
    }
}

fn filter() -> impl Strategy<Value = Written> {
    let leaf = (0_usize..6).prop_map(|own| Written { own, and: Vec::new(), or: None, not: None });
    leaf.prop_recursive(6, 24, 4, |inner| {
        let parts = prop::collection::vec(inner.clone(), 0..3);
        (0_usize..4, parts.clone(), prop::option::of(parts), prop::option::of(inner.prop_map(Box::new)))
            .prop_map(|(own, and, or, not)| Written { own, and, or, not })
    })
}

proptest! {
    // What fails is printed; no file is left behind.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A filter is accepted exactly when it is within both limits.
    #[test]
    fn filters_are_bounded(filter in filter()) {
        let (depth, leaves) = (filter.depth(), filter.leaves());
        let fits = depth <= MAX_DEPTH && leaves <= MAX_LEAVES;
        match filter.build() {
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
