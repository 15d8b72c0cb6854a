//! The same for several things that are named at once, each with an outcome of its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Error, Problem, ProblemCode, Result};

/// How many may be named at once.
pub const SEVERAL: usize = 100;

/// What came of one of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Kept<M>", bound(deserialize = "M: Deserialize<'de>"))]
pub struct Outcome<M> {
    /// It as it is then; absent where nothing came of it.
    pub done: Option<M>,
    /// Why nothing did.
    pub problems: Vec<Problem>,
}

/// The same as it is kept under an idempotency key: what was kept before there was one shape has the thing under its own name.
#[derive(Deserialize)]
#[serde(bound(deserialize = "M: Deserialize<'de>"))]
struct Kept<M> {
    problems: Vec<Problem>,
    #[serde(flatten)]
    done: BTreeMap<String, Option<M>>,
}

impl<M> From<Kept<M>> for Outcome<M> {
    fn from(kept: Kept<M>) -> Self {
        Self { done: kept.done.into_values().next().flatten(), problems: kept.problems }
    }
}

/// Refuses none and too many at `…Ids` of the thing, such as `messageIds` of `message`.
///
/// # Errors
/// [`Error::Invalid`].
pub fn check<I>(thing: &str, ids: &[I]) -> Result<()> {
    let refused = |code, why: String| Err(Error::invalid(&format!("{thing}Ids"), code, why));
    match ids.len() {
        0 => refused(ProblemCode::Blank, format!("must name at least one {thing}")),
        1..=SEVERAL => Ok(()),
        _ => refused(ProblemCode::TooLong, format!("may name at most {SEVERAL} {thing}s")),
    }
}

/// Does the same for each thing that is named, once, and returns what came of each in the order in which they were named. They are
/// taken in the order of their ids, as every writer of several takes them. `one` says what came of a thing; the error around that
/// is amiss with all of them.
///
/// # Errors
/// [`Error::Invalid`] for none or too many; what `one` says is amiss with all; what came of one and is neither
/// [`Error::NotFound`] nor [`Error::Invalid`].
pub async fn each<I: Copy + Ord, M: Clone, F: Future<Output = Result<Result<M>>>>(
    thing: &str,
    ids: &[I],
    mut one: impl FnMut(I) -> F,
) -> Result<Vec<Outcome<M>>> {
    check(thing, ids)?;
    let mut came = BTreeMap::new();
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    for id in sorted {
        let outcome = match one(id).await? {
            Ok(done) => Ok(done),
            Err(Error::NotFound { .. }) => {
                let message = "is not there".into();
                Err(vec![Problem { path: Vec::new(), code: ProblemCode::NotAvailable, message }])
            }
            Err(Error::Invalid(problems)) => Err(problems),
            Err(error) => return Err(error),
        };
        came.insert(id, outcome);
    }
    let outcome = |(number, id): (usize, &I)| {
        let path = vec![format!("{thing}Ids"), number.to_string()];
        let (done, problems) = match came.get(id) {
            Some(Ok(done)) => (Some(done.clone()), Vec::new()),
            Some(Err(problems)) => (None, problems.clone()),
            None => (None, Vec::new()),
        };
        let problems = problems.into_iter().map(|problem| Problem { path: path.clone(), ..problem }).collect();
        Outcome { done, problems }
    };
    Ok(ids.iter().enumerate().map(outcome).collect())
}

/// What came of one thing: what is wrong elsewhere than at its own id is amiss with all of them. Whoever cannot have one can have
/// none.
///
/// # Errors
/// That.
pub fn own<M>(thing: &str, answer: Result<M>) -> Result<Result<M>> {
    let id = format!("{thing}Id");
    match answer {
        Err(Error::Invalid(problems)) if problems.iter().any(|problem| problem.path != [id.as_str()]) => {
            Err(Error::Invalid(problems))
        }
        answer => Ok(answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn halved(ids: &[u32]) -> Result<Vec<Outcome<u32>>> {
        each("number", ids, |id| async move {
            Ok(match id {
                0 => Err(Error::NotFound { what: "Number" }),
                13 => return Err(Error::Unauthenticated),
                odd if odd % 2 == 1 => Err(Error::invalid("numberId", ProblemCode::NotAllowed, "is odd")),
                even => Ok(even / 2),
            })
        })
        .await
    }

    #[tokio::test]
    async fn each_has_an_outcome_of_its_own() {
        let came = halved(&[4, 0, 3, 4]).await.unwrap();
        let done: Vec<_> = came.iter().map(|one| one.done).collect();
        assert_eq!(done, [Some(2), None, None, Some(2)]);
        let problem = |n: usize| (came[n].problems[0].path.join("."), came[n].problems[0].code);
        assert_eq!(problem(1), ("numberIds.1".into(), ProblemCode::NotAvailable));
        assert_eq!(problem(2), ("numberIds.2".into(), ProblemCode::NotAllowed));
        assert!(came[0].problems.is_empty());
        assert!(matches!(halved(&[4, 13]).await, Err(Error::Unauthenticated)), "what is amiss with all");
        for bad in [Vec::new(), vec![2; SEVERAL + 1]] {
            assert!(matches!(halved(&bad).await, Err(Error::Invalid(problems)) if problems[0].path == ["numberIds"]));
        }
    }

    #[test]
    fn what_is_wrong_elsewhere_is_wrong_with_all() {
        let at = |field: &str| own("number", Err::<(), _>(Error::invalid(field, ProblemCode::Blank, "is blank")));
        assert!(at("ownerId").is_err() && at("numberId").is_ok_and(|one| one.is_err()));
    }

    #[test]
    fn an_answer_that_was_kept_before_is_read() {
        for name in ["done", "lead"] {
            let kept = format!("{{\"{name}\": 1, \"problems\": []}}");
            assert_eq!(serde_json::from_str::<Outcome<u32>>(&kept).unwrap().done, Some(1));
        }
    }
}
