//! Whose work somebody sees: what the database finds is what the rule says, for every kind of holder.

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::cx::{OwnTeams, UserActor, UserKind};
use kernel::db::first_below;
use kernel::id::{StaffId, TypedId, UserId};
use kernel::visibility::{Holder, Sees, Work, rule};
use kernel::{Actor, Cx, Permissions, Source, Tenant};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, EntityTrait, QueryFilter, QueryTrait, Set};
use uuid::Uuid;

use crate::support::{Backend, both, postgres};

/// Something that a colleague or a team can have, that waits in a queue, and that is a client's.
mod thing {
    use kernel::id::{ClientId, DepartmentId, StaffId, TeamId, VisitorId};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "things")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        pub parent_id: VisitorId,
        pub assignee_id: Option<StaffId>,
        pub team_id: Option<TeamId>,
        pub department_id: Option<DepartmentId>,
        pub client_id: Option<ClientId>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
use thing::Column;

/// Of each kind there are so many.
const EACH: u8 = 4;

/// The nth of its kind.
fn nth<I: TypedId>(n: u8) -> I {
    I::from_uuid(Uuid::from_u128(0x0190_a5f0_0000_7000_8000_0000_0000_0000 + u128::from(n)))
}

/// What chance says, the same at each run.
struct Dice(Source);

impl Dice {
    fn below(&self, n: u8) -> u8 {
        self.0.bytes::<1>()[0] % n
    }

    fn one<I: TypedId>(&self) -> Option<I> {
        (self.below(2) == 0).then(|| nth(self.below(EACH)))
    }

    fn some<I: TypedId>(&self) -> Vec<I> {
        (0..EACH).filter(|_| self.below(2) == 0).map(nth).collect()
    }
}

async fn table(backend: Backend) -> (DatabaseConnection, Option<postgres::Database>) {
    let (url, kept) = match backend {
        Backend::Sqlite => ("sqlite::memory:".to_owned(), None),
        Backend::Postgres => {
            let fresh = postgres::Database::fresh();
            (fresh.url(), Some(fresh))
        }
    };
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await.expect("a database");
    let schema = sea_orm::Schema::new(db.get_database_backend());
    db.execute(&schema.create_table_from_entity(thing::Entity)).await.expect("a table");
    (db, kept)
}

both! {
    /// Lists, counts, loaders (the condition), nested lists (the first of each parent) and the explanation (the rule) agree for random
    /// people, teams, trees and rows, and for tables that have only some of the columns.
    async fn what_is_found_is_what_the_rule_says(backend) {
        let (db, _kept) = table(backend).await;
        let at = chrono::DateTime::from_timestamp_micros(0).expect("an instant");
        let dice = Dice(Source::fixed(at, 7));
        let parent = nth(0);
        let mut rows = Vec::new();
        for id in 0..120 {
            rows.push(thing::Model {
                id,
                parent_id: parent,
                assignee_id: dice.one(),
                team_id: dice.one(),
                department_id: dice.one(),
                client_id: dice.one(),
            });
        }
        let active = |row: &thing::Model| thing::ActiveModel {
            id: Set(row.id),
            parent_id: Set(row.parent_id),
            assignee_id: Set(row.assignee_id),
            team_id: Set(row.team_id),
            department_id: Set(row.department_id),
            client_id: Set(row.client_id),
        };
        thing::Entity::insert_many(rows.iter().map(active)).exec_without_returning(&db).await.expect("rows");

        let tenant = Arc::new(Tenant::platform(at));
        let mut found_by = BTreeSet::new();
        for round in 0..200_u8 {
            let cx = person(&dice, tenant.clone());
            let has = |bit: u8| round & (1 << bit) == 0;
            let of = Work {
                assignee: has(0).then_some(Column::AssigneeId),
                team: has(1).then_some(Column::TeamId),
                queue: has(2).then_some(Column::DepartmentId),
                owner: has(3).then_some(Column::ClientId),
            };
            let sees = Sees::of(&cx);
            let seen = |row: &&thing::Model| {
                let holder: Holder = Work {
                    assignee: row.assignee_id.filter(|_| has(0)),
                    team: row.team_id.filter(|_| has(1)),
                    queue: row.department_id.filter(|_| has(2)),
                    owner: row.client_id.filter(|_| has(3)),
                };
                let rule = rule(&cx, &holder);
                found_by.extend(rule.map(|rule| format!("{rule:?}")));
                rule.is_some()
            };
            // What nobody can have is nobody's without anybody saying so.
            if !(has(0) || has(1) || has(2)) {
                continue;
            }
            let expected: BTreeSet<i32> = rows.iter().filter(seen).map(|row| row.id).collect();
            let condition = sees.condition(db.get_database_backend(), &of);
            let found = thing::Entity::find().filter(condition).all(&db).await.expect("rows");
            assert_eq!(found.iter().map(|row| row.id).collect::<BTreeSet<_>>(), expected, "{cx:?} {of:?}");
            assert!(!sees.nothing(&of) || expected.is_empty(), "{cx:?}");
            assert_eq!(nested(&db, parent, &of, &sees).await, expected, "{cx:?} {of:?}");
        }
        let every: Vec<_> = ["All", "Assigned", "Colleague", "Owner", "Queue", "Team", "Unassigned"].into();
        assert_eq!(found_by.iter().map(String::as_str).collect::<Vec<_>>(), every, "every rule was met");
    }
}

/// Somebody with random permissions, teams and departments; a client now and then.
fn person(dice: &Dice, tenant: Arc<Tenant>) -> Cx {
    let names = ["SEE_TEAM", "SEE_ASSIGNED", "SEE_UNASSIGNED"].into_iter().filter(|_| dice.below(2) == 0);
    let all = (dice.below(16) == 0).then_some("SEE_ALL");
    let id: StaffId = nth(dice.below(EACH));
    let actor = UserActor {
        id: UserId(id.0),
        kind: if dice.below(4) == 0 { UserKind::Client } else { UserKind::Staff },
        session: None,
        api_key: None,
        email: "somebody@example.com".into(),
        permissions: Permissions::new(names.chain(all).map(Into::into).collect()),
        team: Arc::new(OwnTeams {
            colleagues: dice.some(),
            teams: dice.some(),
            departments: dice.some(),
            company: Vec::new(),
        }),
        duty: None,
    };
    Cx::new(Arc::new(Source::fixed(tenant.created_at, 1)), tenant, Actor::User(Arc::new(actor)), "a test")
}

/// The same rows as a list below their parent.
async fn nested(
    db: &DatabaseConnection,
    parent: kernel::id::VisitorId,
    of: &Work<Column>,
    sees: &Sees,
) -> BTreeSet<i32> {
    let backend = db.get_database_backend();
    let seen = thing::Entity::find().filter(sees.condition(backend, of)).into_query();
    let first = first_below(backend, seen, Column::ParentId, &[parent], &[(Column::Id, false)], 1000, None);
    let rows = db.query_all(&first).await.expect("rows");
    rows.iter().map(|row| row.try_get::<i32>("", "id").expect("a number")).collect()
}
