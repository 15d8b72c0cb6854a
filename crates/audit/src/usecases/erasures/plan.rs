//! It is said what an erasure would do, and nothing is done.

use kernel::{
    Cx, Db, Error, ProblemCode, Result, Tx, db::Emit, files::Storage, held::Kind, id::UserId, record::Records,
};

use crate::{
    domain::{
        erasures::{Counts, ErasedHow, Line, Lines, Plan, Whose, events::ErasurePlanned},
        persons::{Catalogue, Someone, Start},
    },
    policy::MANAGE_PERSONAL_DATA,
    ports::erasures::ErasureDesk,
    queries::{
        erasures::{plan, tasks},
        persons::{find::find, kept::Kept},
    },
    store::erasures::erasure::{Entity as Erasures, ErasureScope, ErasureStatus, Model as Erasure},
};

/// The table of exports, whose files end.
pub(super) const EXPORTS: &str = "exports";

/// What erasures stand on.
#[derive(Clone, Copy)]
pub struct ErasureHouse<'a> {
    /// The databases.
    pub db: &'a Db,
    /// What is declared.
    pub catalogue: &'a Catalogue,
    /// What other contexts do.
    pub desk: &'a dyn ErasureDesk,
    /// Where archives are.
    pub storage: &'a dyn Storage,
    /// The tables that may be archived.
    pub archived: &'a [&'static str],
}

/// Somebody is to be erased.
#[derive(Debug, Clone)]
pub struct PlanErasure {
    /// Whose record, or which address.
    pub of: Start,
    /// How much.
    pub scope: ErasureScope,
}

impl ErasureHouse<'_> {
    /// Whose rows they are, and what becomes of them, as it is now.
    pub(super) async fn look(&self, cx: &Cx, start: &Start, scope: ErasureScope) -> Result<(Someone, Plan)> {
        let whose = find(self.db, cx, self.catalogue, start, scope == ErasureScope::Person).await?;
        if whose.is_cut {
            let why = "has more records than are looked for at a time";
            return Err(Error::invalid("of", ProblemCode::NotAllowed, why));
        }
        let (kept, mut plan) = {
            let conn = self.db.reader(cx).await?;
            let kept = Kept::of(&conn, self.catalogue, &whose).await?;
            let plan = plan(&conn, self.catalogue, &whose, &kept).await?;
            (kept, plan)
        };
        let rows = self.desk.exported(cx).await?;
        if rows > 0 && !kept.all {
            let about = "Files of exports that were made before, whoever is in them: they end".to_owned();
            let (context, table) = ("analytics-sync".to_owned(), EXPORTS.to_owned());
            plan.lines.push(Line { context, table, about, how: ErasedHow::Deleted, why: None, rows });
        }
        Ok((whose, plan))
    }

    /// Refuses who must not be erased; `field` names them in errors.
    pub(super) async fn may_go(
        &self,
        tx: &Tx,
        cx: &Cx,
        field: &str,
        whose: &Someone,
        scope: ErasureScope,
    ) -> Result<()> {
        let refused = |why: &str| Err(Error::invalid(field, ProblemCode::NotAllowed, why.to_owned()));
        let people = whose.of(Kind::Person);
        if cx.person().is_ok_and(|actor| people.contains(&actor.id.0)) {
            return refused("is yourself: ask another to do it");
        }
        if scope == ErasureScope::ClientAccount && people.is_empty() {
            return refused("is no client");
        }
        for id in people {
            let Some(account) = self.desk.account(tx, cx, UserId(id)).await? else { continue };
            if account.is_last_administrator {
                return refused("is the last active administrator, without whom nobody could do what they may");
            }
            if !account.is_client && scope == ErasureScope::ClientAccount {
                return refused("is no client");
            }
            if !account.is_client && account.is_active {
                return refused("is an active colleague: deactivate them first, which hands their work over");
            }
        }
        Ok(())
    }
}

/// Says what an erasure would do.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::NotFound`] where nothing is held of such a person; [`Error::Invalid`] for who must not be erased.
pub async fn plan_erasure(house: ErasureHouse<'_>, tx: &Tx, cx: &Cx, cmd: &PlanErasure) -> Result<Erasure> {
    cx.require(MANAGE_PERSONAL_DATA)?;
    let (whose, plan) = house.look(cx, &cmd.of, cmd.scope).await?;
    house.may_go(tx, cx, "of", &whose, cmd.scope).await?;
    let subject = match &cmd.of {
        Start::Email(_) => None,
        Start::Record(_, id) => whose.records.iter().find(|record| record.id == *id).map(|record| record.shown.clone()),
    };
    let erasure = Erasure {
        id: cx.new_id(),
        subject,
        scope: cmd.scope,
        status: ErasureStatus::Planned,
        whose: Some(Whose::of(&whose)),
        digest: plan.digest(),
        tasks: tasks(&plan, &whose),
        plan,
        counts: Counts::default(),
        kept: Lines::default(),
        noted_at: None,
        error_message: None,
        planned_by_id: cx.person().ok().map(|actor| actor.id),
        confirmed_by_id: None,
        cancelled_by_id: None,
        attempts: 0,
        version: 1,
        planned_at: cx.now,
        confirmed_at: None,
        due_at: None,
        started_at: None,
        completed_at: None,
        updated_at: cx.now,
    };
    Records::<Erasures>::insert(tx, &erasure).await?;
    tx.emit(cx, &ErasurePlanned { erasure: erasure.id, scope: erasure.scope, rows: erasure.plan.rows() });
    Ok(erasure)
}
