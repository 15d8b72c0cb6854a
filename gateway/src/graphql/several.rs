//! The same for several things that are named at once, in the schema.

use async_graphql::ID;
use inbox::{Entity, EntityId, TagEntity};
use kernel::{
    Cx, Error, Result, Tx,
    id::{TagId, TypedId},
    record::{Record, by_ids},
    several::{self, Outcome},
};

use super::{scalars::id, ticketing::tickets::several::retag};

/// Checks the ids of an argument.
///
/// # Errors
/// Where one is none.
pub fn ids<I: TypedId>(argument: &str, all: &[ID]) -> Result<Vec<I>> {
    all.iter().map(|one| id(argument, one)).collect()
}

/// Which things get and lose which tags.
pub struct Tagging<I> {
    /// The things.
    pub things: Vec<I>,
    /// What each of them gets that has not got it.
    pub add: Vec<TagId>,
    /// What each of them loses that has it.
    pub remove: Vec<TagId>,
}

/// Gives several things tags, and takes some from them.
///
/// # Errors
/// [`Error::Invalid`] for none or too many, [`Error::NotFound`] for what is no tag.
pub async fn tag_each<R: Record>(tx: &Tx, cx: &Cx, thing: &str, cmd: &Tagging<R::Id>) -> Result<Vec<Outcome<R::Row>>>
where
    R::Id: EntityId,
{
    several::check(thing, &cmd.things)?;
    let found = &by_ids::<R>(tx.conn(), cx, &cmd.things).await?;
    several::each(thing, &cmd.things, |one: R::Id| async move {
        let Some(row) = found.get(&one).cloned() else { return Ok(Err(Error::NotFound { what: R::WHAT })) };
        for (tags, add) in [(&cmd.add, true), (&cmd.remove, false)] {
            if tags.is_empty() {
                continue;
            }
            match retag(tx, cx, &TagEntity { entity: Entity::from(one), tags: tags.clone() }, add).await {
                // What is no tag is none for any of them.
                Err(error @ Error::NotFound { what: "Tag" }) => return Err(error),
                Err(error) => return Ok(Err(error)),
                Ok(_) => {}
            }
        }
        Ok(Ok(row))
    })
    .await
}

/// Makes the type of what came of one of several things, and those of what came of all.
#[macro_export]
macro_rules! several {
    (
        $(#[$doc:meta])* $outcome:ident of $row:ty {
            $(#[$done_doc:meta])* is_done,
            $(#[$thing_doc:meta])* $thing:ident: $ty:ty,
            $(#[$why_doc:meta])* errors,
        }
        $($(#[$payload_doc:meta])* $payload:ident { $(#[$errors_doc:meta])* errors, })+
    ) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $outcome {
            $(#[$done_doc])*
            pub is_done: bool,
            $(#[$thing_doc])*
            pub $thing: Option<$ty>,
            $(#[$why_doc])*
            pub errors: Vec<$crate::graphql::errors::UserError>,
        }

        impl From<kernel::several::Outcome<$row>> for $outcome {
            fn from(outcome: kernel::several::Outcome<$row>) -> Self {
                Self {
                    is_done: outcome.done.is_some(),
                    $thing: outcome.done.map(Into::into),
                    errors: outcome.problems.into_iter().map(Into::into).collect(),
                }
            }
        }

        $(
            $(#[$payload_doc])*
            #[derive(async_graphql::SimpleObject)]
            pub struct $payload {
                /// What came of each, in the order in which they were named.
                pub outcomes: Option<Vec<$outcome>>,
                $(#[$errors_doc])*
                pub errors: Vec<$crate::graphql::errors::UserError>,
            }

            impl From<(Option<Vec<kernel::several::Outcome<$row>>>, Vec<$crate::graphql::errors::UserError>)> for $payload {
                fn from(
                    (outcomes, errors): (
                        Option<Vec<kernel::several::Outcome<$row>>>,
                        Vec<$crate::graphql::errors::UserError>,
                    ),
                ) -> Self {
                    Self { outcomes: outcomes.map(|all| all.into_iter().map(Into::into).collect()), errors }
                }
            }
        )+
    };
}
