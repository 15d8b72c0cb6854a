//! Loaders of departments and teams.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use identity::{Department, Membership, Person, Team};
use kernel::{
    Error,
    id::{DepartmentId, StaffId, TeamId},
};

use super::{Batch, Fed, Key, by_page, shared};

loaders! {
    FedOfOrganisation {} at |fed| fed.organisation;
    teams: TeamId => Arc<Team>, |conn, cx, _app, ids| identity::teams_by_ids(&conn, &cx, ids).await.map(shared);
    children: ChildrenOf => Arc<Vec<Department>>, |conn, cx, _app, keys| {
        let mut found = HashMap::new();
        for (rows, backward, parents) in by_page(keys.iter().map(|key| (key.rows, key.backward, key.department))) {
            for (department, children) in identity::children_of_each(&conn, &cx, &parents, rows, backward).await? {
                found.insert(ChildrenOf { department, rows, backward }, Arc::new(children));
            }
        }
        Ok(found)
    };
    staff: StaffOf => Arc<Vec<Person>>, |conn, cx, _app, keys| {
        let mut found = HashMap::new();
        for (rows, backward, parents) in by_page(keys.iter().map(|key| (key.rows, key.backward, key.department))) {
            for (department, staff) in identity::staff_of_each(&conn, &cx, &parents, rows, backward).await? {
                found.insert(StaffOf { department, rows, backward }, Arc::new(staff));
            }
        }
        Ok(found)
    };
    members: MembersOf => Arc<Vec<Membership>>, |conn, _cx, _app, keys| {
        let mut found = HashMap::new();
        for (rows, backward, parents) in by_page(keys.iter().map(|key| (key.rows, key.backward, key.team))) {
            for (team, members) in identity::members_of_each(&conn, &parents, rows, backward).await? {
                found.insert(MembersOf { team, rows, backward }, Arc::new(members));
            }
        }
        Ok(found)
    };
    teams_of: TeamsOf => Arc<Vec<Membership>>, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = identity::teams_of_each(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, teams)| (TeamsOf(id), Arc::new(teams))).collect())
    };
    child_counts: ChildCount => u64, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = identity::count_children_of_each(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, n)| (ChildCount(id), n)).collect())
    };
    staff_counts: StaffCount => u64, |conn, cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = identity::count_staff_of_each(&conn, &cx, &ids).await?;
        Ok(found.into_iter().map(|(id, n)| (StaffCount(id), n)).collect())
    };
    member_counts: MemberCount => u64, |conn, _cx, _app, keys| {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let found = identity::count_members_of_each(&conn, &ids).await?;
        Ok(found.into_iter().map(|(id, n)| (MemberCount(id), n)).collect())
    };
}

/// The first (or last) departments right below one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChildrenOf {
    /// The department.
    pub department: DepartmentId,
    /// How many rows at the most.
    pub rows: u64,
    /// From the end.
    pub backward: bool,
}

/// The first (or last) colleagues of a department.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StaffOf {
    /// The department.
    pub department: DepartmentId,
    /// How many rows at the most.
    pub rows: u64,
    /// From the end.
    pub backward: bool,
}

/// The first (or last) members of a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MembersOf {
    /// The team.
    pub team: TeamId,
    /// How many rows at the most.
    pub rows: u64,
    /// From the end.
    pub backward: bool,
}

/// The teams of a colleague.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TeamsOf(pub StaffId);

/// How many departments are right below one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChildCount(pub DepartmentId);

/// How many colleagues a department has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StaffCount(pub DepartmentId);

/// How many members a team has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MemberCount(pub TeamId);
