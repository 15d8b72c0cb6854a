//! Work that goes on in the background, watched as it goes on.

use std::time::Duration;

use analytics_sync::{
    SyncStatus,
    records::{EffectivenessBatches, Exports, SyncRuns},
};
use async_graphql::{Context, ID, SimpleObject, Subscription};
use audit::{
    ErasureStatus,
    records::{Erasures, PersonExports, RetentionRuns},
};
use crm_leads::records::LeadImports;
use futures_util::stream::{self, BoxStream, StreamExt};
use kernel::{
    Error, ProblemCode,
    id::{TypedId, prefix},
    record::{Record, by_ids},
};

use super::{
    analytics::{EffectivenessBatch, Export, SyncRun},
    audit::{Erasure, PersonExport, RetentionRun},
    crm_leads::imports::LeadImport,
    errors::{Fault, Result},
    node::Node,
    scalars::id,
    scope::{Scope, scope},
};

/// How often it is looked whether there is news. What goes on writes how far it is now and then, not with each row.
const LOOK: Duration = Duration::from_millis(500);

/// How far something is that goes on in the background.
#[derive(SimpleObject)]
pub struct Progress {
    /// What goes on, as it stands now; its own fields say how much is done and left.
    pub node: Node,
    /// Whether it is over, whichever way. Nothing comes after that.
    pub is_over: bool,
}

/// Something that goes on in the background and comes to an end.
trait Work: Record<Row: PartialEq> {
    /// Whether it is over, whichever way.
    fn is_over(row: &Self::Row) -> bool;
}

impl Work for SyncRuns {
    fn is_over(run: &Self::Row) -> bool {
        !matches!(run.status, SyncStatus::InProgress | SyncStatus::Paused)
    }
}

impl Work for Exports {
    fn is_over(export: &Self::Row) -> bool {
        export.completed_at.is_some()
    }
}

impl Work for EffectivenessBatches {
    fn is_over(batch: &Self::Row) -> bool {
        batch.finished_at.is_some()
    }
}

impl Work for LeadImports {
    fn is_over(import: &Self::Row) -> bool {
        import.finished_at.is_some()
    }
}

impl Work for RetentionRuns {
    fn is_over(run: &Self::Row) -> bool {
        run.finished_at.is_some()
    }
}

impl Work for PersonExports {
    fn is_over(export: &Self::Row) -> bool {
        export.completed_at.is_some()
    }
}

impl Work for Erasures {
    fn is_over(erasure: &Self::Row) -> bool {
        erasure.completed_at.is_some() || matches!(erasure.status, ErasureStatus::Failed | ErasureStatus::Held)
    }
}

/// What is told of something, from how it stands now on.
type Watched<'a> = BoxStream<'a, Result<Progress>>;

/// A kind of work.
struct Kind {
    /// The prefix of its ids.
    prefix: &'static str,
    /// Watches the one with an id.
    watch: for<'a> fn(&'a Scope, &ID) -> Result<Watched<'a>>,
}

/// What can be watched.
const KINDS: &[Kind] = &[
    kind::<SyncRuns, SyncRun>(),
    kind::<Exports, Export>(),
    kind::<EffectivenessBatches, EffectivenessBatch>(),
    kind::<LeadImports, LeadImport>(),
    kind::<RetentionRuns, RetentionRun>(),
    kind::<PersonExports, PersonExport>(),
    kind::<Erasures, Erasure>(),
];

const fn kind<R, T>() -> Kind
where
    R: Work,
    T: From<R::Row>,
    Node: From<T>,
{
    Kind { prefix: R::Id::PREFIX, watch: watch::<R, T> }
}

/// Tells how it stands, then again whenever that changed, to the end of it or of the right to see it.
fn watch<'a, R, T>(scope: &'a Scope, text: &ID) -> Result<Watched<'a>>
where
    R: Work,
    T: From<R::Row>,
    Node: From<T>,
{
    let id: R::Id = id("id", text)?;
    let watching = stream::unfold(Some(None), move |told| async move {
        let news = next::<R>(scope, id, told?).await;
        Some(match news {
            Ok(row) => {
                let is_over = R::is_over(&row);
                let told = (!is_over).then(|| Some(row.clone()));
                (Ok(Progress { node: T::from(row).into(), is_over }), told)
            }
            Err(error) => (Err(Fault::from(error)), None),
        })
    });
    Ok(watching.boxed())
}

/// How it stands once that is not what was told.
async fn next<R: Work>(scope: &Scope, id: R::Id, told: Option<R::Row>) -> kernel::Result<R::Row> {
    loop {
        let cx = scope.app.renewed(&scope.cx(), scope.credential.as_ref()).await?;
        cx.user()?;
        scope.renew(cx.clone());
        let found = by_ids::<R>(&scope.app.db.reader(&cx).await?, &cx, &[id]).await?.remove(&id);
        let row = found.ok_or(Error::NotFound { what: R::WHAT })?;
        if told.as_ref() != Some(&row) {
            return Ok(row);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Work that goes on in the background, live.
#[derive(Default)]
pub struct ProgressSubscription;

#[Subscription]
impl ProgressSubscription {
    /// How far something is that goes on in the background: at once, then whenever that changed, at most twice a second, until it
    /// is over. Whoever sees it may watch it.
    async fn progress<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(
            desc = "A run of a synchronisation `syr_…`, an export `exp_…`, a batch of analyses `efb_…`, an import of leads \
                    `lim_…`, a run of retention `rtn_…`, an export of a person `pex_…`, or an erasure `era_…`."
        )]
        id: ID,
    ) -> Result<Watched<'ctx>> {
        let kind = KINDS.iter().find(|kind| prefix(&id) == Some(kind.prefix));
        let wrong = || Error::invalid("id", ProblemCode::InvalidFormat, "is not the id of anything that goes on");
        (kind.ok_or_else(wrong)?.watch)(scope(ctx), &id)
    }
}
