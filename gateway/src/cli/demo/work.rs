//! What Harbour & Lane owes its clients: projects, and tickets with what was said on them. Two clients may sign in, too.

use std::sync::Arc;

use chrono::TimeDelta;
use chrono_tz::Tz;
use identity::{AddPerson, CreateTeam, Details, InTeam, TeamRole, TheirRole};
use inbox::TagEntity;
use kernel::{
    Cx, Db, Error, Result,
    cx::{UserActor, UserKind},
    id::{ClientId, ProjectId, StaffId, TeamId, TicketId, UserId},
    visibility::Holder,
};
use ticketing::{
    AddTicketComment, BudgetGiven, CommentVisibility, Company, CreateProject, CreateTicket, LinkTickets, Onlookers,
    PolicySettings, ProjectSettings,
    ProjectStatus::{self, Approved},
    SetTicketStatus, TicketCategory, TicketLinkKind, TicketPriority,
    TicketStatus::{self, Closed, OnHold, Pending, Resolved},
    Watch,
};

use super::{actor, at, by, names};
use crate::wiring::{bridges::InTransaction, tickets::House};

const BEN: usize = 1;
const CHIDI: usize = 2;
const DANA: usize = 3;
const EMRE: usize = 4;

/// Clients who may sign in: name, address, company.
pub const CLIENTS: [(&str, &str, &str); 2] = [
    ("Nadia Petrov", "nadia@demo.frontdesk.example", "Quayside Hotel"),
    ("Ines Lund", "ines@demo.frontdesk.example", "Lund & Daughters"),
];

/// The projects: whose, title, requirements, budget in pounds, and how far they are.
const PROJECTS: [(usize, &str, &str, &str, &[ProjectStatus]); 3] = [
    (
        0,
        "Twelve bathrooms on the second floor",
        "Two rooms at a time, so that the hotel stays open. Quiet after eight in the evening.",
        "86500.00",
        &[Approved, ProjectStatus::InProgress],
    ),
    (1, "Heat pump for the workshop", "The oil tank goes. Noise below 45 dB at the fence.", "19250.50", &[Approved]),
    (0, "Roof terrace", "A bar, shade, and a way for wheelchairs.", "40000", &[]),
];

/// Who takes a step of a ticket.
enum Who {
    Staff(usize),
    Client,
}
use Who::{Client, Staff};

/// What somebody does on a ticket.
enum Step {
    /// Says something to all who see it.
    Say(&'static str),
    /// Says something among colleagues.
    Note(&'static str),
    /// Moves it.
    Move(TicketStatus),
}
use Step::{Move, Note, Say};

/// A ticket and what came of it.
struct Work {
    hours_ago: i64,
    client: usize,
    title: &'static str,
    description: &'static str,
    about: (TicketCategory, TicketPriority),
    assignee: Option<usize>,
    project: Option<usize>,
    /// After how many minutes who does what.
    then: &'static [(i64, Who, Step)],
}

const TICKETS: [Work; 6] = [
    Work {
        hours_ago: 190,
        client: 0,
        title: "Room 204: the shower screen is missing",
        description: "It was on the list of Monday's delivery and is not among the boxes.",
        about: (TicketCategory::Request, TicketPriority::High),
        assignee: Some(DANA),
        project: Some(0),
        then: &[
            (40, Staff(DANA), Say("I have asked the supplier; they send another one on Thursday.")),
            (42, Staff(DANA), Move(Pending)),
            (2900, Staff(DANA), Say("It is here and fitted.")),
            (2905, Staff(DANA), Move(Resolved)),
            (4300, Client, Say("Thank you, it looks good.")),
            (4400, Staff(DANA), Move(Resolved)),
            (8000, Staff(BEN), Move(Closed)),
        ],
    },
    Work {
        hours_ago: 96,
        client: 0,
        title: "Tiles of room 207",
        description: "Grey instead of green, please, as in 206. The plan says green.",
        about: (TicketCategory::Request, TicketPriority::Medium),
        assignee: Some(DANA),
        project: Some(0),
        then: &[
            (55, Staff(DANA), Note("The green ones are bought. Ben, may we send them back?")),
            (130, Staff(BEN), Note("Yes, until Friday.")),
            (140, Staff(DANA), Say("We change them. The price stays as it is.")),
        ],
    },
    Work {
        hours_ago: 50,
        client: 1,
        title: "Where does the outdoor unit stand?",
        description: "The neighbour asks for the distance to the fence.",
        about: (TicketCategory::Support, TicketPriority::Medium),
        assignee: Some(EMRE),
        project: Some(1),
        then: &[
            (200, Staff(EMRE), Say("Three metres and twenty. I can send you the drawing.")),
            (210, Staff(EMRE), Move(Pending)),
            (900, Client, Say("Yes please, and how loud it is there at night.")),
        ],
    },
    Work {
        hours_ago: 30,
        client: 1,
        title: "The radiator in the office stays cold",
        description: "Since the weekend. The others are warm.",
        about: (TicketCategory::Incident, TicketPriority::High),
        assignee: None,
        project: None,
        then: &[],
    },
    Work {
        hours_ago: 22,
        client: 0,
        title: "Hot water is too hot on the second floor",
        description: "A guest complained. The mixer in the plant room was set anew last week.",
        about: (TicketCategory::Bug, TicketPriority::Urgent),
        assignee: Some(CHIDI),
        project: None,
        then: &[
            (12, Staff(CHIDI), Say("I am on my way. Please warn the rooms until I have been there.")),
            (150, Staff(CHIDI), Note("The valve has to be replaced. Ordered; it is set by hand until then.")),
            (155, Staff(CHIDI), Move(OnHold)),
        ],
    },
    Work {
        hours_ago: 3,
        client: 0,
        title: "Offer for the yearly service of all boilers",
        description: "Three boilers and the new mixer, once a year, on a day that we choose.",
        about: (TicketCategory::Request, TicketPriority::Low),
        assignee: None,
        project: None,
        then: &[],
    },
];

/// The house, without a letter to anybody: no mail is sent for the demo.
struct Quiet<'a>(House<'a>);

impl Onlookers for Quiet<'_> {
    async fn sees(&self, cx: &Cx, who: UserId, ticket: TicketId) -> Result<bool> {
        self.0.sees(cx, who, ticket).await
    }

    async fn members(&self, team: TeamId) -> Result<Vec<StaffId>> {
        self.0.members(team).await
    }

    async fn clients(&self, _: &[UserId]) -> Result<Vec<UserId>> {
        Ok(Vec::new())
    }
}

impl Company for Quiet<'_> {
    async fn time_zone(&self) -> Result<Tz> {
        self.0.time_zone().await
    }

    async fn reopen_within_days(&self) -> Result<i64> {
        self.0.reopen_within_days().await
    }

    async fn tier_of(&self, client: ClientId) -> Result<Option<ticketing::ClientTier>> {
        self.0.tier_of(client).await
    }

    async fn working_times(&self) -> Result<ticketing::Calendar> {
        self.0.working_times().await
    }

    async fn is_staffed(&self, cx: &Cx, work: &Holder) -> Result<bool> {
        self.0.is_staffed(cx, work).await
    }
}

/// Fills the projects and tickets.
///
/// # Errors
/// What the use cases fail with.
pub async fn fill(db: &Db, cx: &Cx, staff: &[Arc<UserActor>], password_hash: &str) -> Result<()> {
    let clients = clients(db, cx, &staff[BEN], password_hash).await?;
    let team = team(db, cx, staff).await?;
    service_levels(db, cx, &staff[BEN]).await?;
    let projects = projects(db, cx, &staff[BEN], &clients).await?;
    tickets(db, cx, staff, &clients, &projects, team).await
}

async fn clients(db: &Db, cx: &Cx, ben: &Arc<UserActor>, password_hash: &str) -> Result<Vec<Arc<UserActor>>> {
    let ben = &by(cx, cx.now - TimeDelta::days(60), ben);
    let ids: Vec<UserId> = db
        .transact(ben, "client.add", |tx| async move {
            let mut ids = Vec::new();
            for (name, email, company) in CLIENTS {
                let add = AddPerson {
                    kind: identity::UserKind::Client,
                    email: email.into(),
                    details: Details { company: Some(company.into()), ..Details::named(name) },
                    role: TheirRole::Named("CLIENT".into()),
                    department: None,
                    password_hash: Some(password_hash.into()),
                    must_change_password: false,
                    email_verified: true,
                };
                ids.push(identity::add_person(&tx, ben, &[], add).await?.id);
            }
            Ok(ids)
        })
        .await?;
    let client = |(id, (_, email, _)): (UserId, &(&str, &str, &str))| actor(id, UserKind::Client, email, &[]);
    Ok(ids.into_iter().zip(&CLIENTS).map(client).collect())
}

/// Those who are called when something drips.
async fn team(db: &Db, cx: &Cx, staff: &[Arc<UserActor>]) -> Result<TeamId> {
    let ben = &by(cx, cx.now - TimeDelta::days(50), &staff[BEN]);
    let members: Vec<StaffId> = [CHIDI, EMRE].iter().filter_map(|n| staff[*n].staff_id()).collect();
    let members = &members;
    let create = &CreateTeam { name: "Call-outs".into(), description: Some("Whatever cannot wait.".into()) };
    db.transact(ben, "team.create", |tx| async move {
        let team = identity::create_team(&tx, ben, create).await?.id;
        for staff in members {
            identity::add_team_member(&tx, ben, InTeam { team, staff: *staff }, TeamRole::Member).await?;
        }
        Ok(team)
    })
    .await
}

/// Within what time tickets are answered and resolved, in minutes of business hours.
async fn service_levels(db: &Db, cx: &Cx, ben: &Arc<UserActor>) -> Result<()> {
    let ben = &by(cx, cx.now - TimeDelta::days(45), ben);
    let policy = |name: &str, position, priorities: &[TicketPriority], first, next, resolution| PolicySettings {
        name: Some(name.into()),
        position: Some(position),
        priorities: Some(priorities.into()),
        first_response_minutes: Some(Some(first)),
        next_response_minutes: Some(Some(next)),
        resolution_minutes: Some(Some(resolution)),
        business_hours: Some(true),
        ..PolicySettings::default()
    };
    let policies = &[
        policy("Whatever cannot wait", 1, &[TicketPriority::Urgent, TicketPriority::High], 60, 120, 8 * 60),
        policy("Everything else", 2, &[], 8 * 60, 9 * 60, 5 * 9 * 60),
    ];
    let names = &names();
    db.transact(ben, "service_level_policy.create", |tx| async move {
        for policy in policies {
            ticketing::create_service_level_policy(&tx, &House(&tx, names), ben, policy).await?;
        }
        Ok(())
    })
    .await
}

async fn projects(db: &Db, cx: &Cx, ben: &Arc<UserActor>, clients: &[Arc<UserActor>]) -> Result<Vec<ProjectId>> {
    let mut made = Vec::new();
    for (n, (client, title, requirements, budget, steps)) in (0_i64..).zip(PROJECTS) {
        let asked = cx.now - TimeDelta::days(40 - 5 * n);
        let client = &at(&cx.acting_as(kernel::Actor::User(clients[client].clone())), asked);
        let create = &CreateProject {
            client: None,
            settings: ProjectSettings {
                title: Some(title.into()),
                requirements: Some(requirements.into()),
                budget: Some(Some(BudgetGiven { amount: budget.into(), currency: Some("GBP".into()) })),
                start_date: Some(Some((asked + TimeDelta::days(14)).date_naive())),
                end_date: Some(Some((asked + TimeDelta::days(90)).date_naive())),
                ..ProjectSettings::default()
            },
        };
        let project = db
            .transact(client, "project.create", |tx| async move {
                ticketing::create_project(&tx, &InTransaction(&tx), client, create).await
            })
            .await?;
        for (days, status) in (1..).zip(steps) {
            let ben = &by(cx, asked + TimeDelta::days(days), ben);
            db.transact(ben, "project.set_status", |tx| async move {
                ticketing::set_project_status(&tx, ben, project.id, *status).await
            })
            .await?;
        }
        made.push(project.id);
    }
    Ok(made)
}

async fn tickets(
    db: &Db,
    cx: &Cx,
    staff: &[Arc<UserActor>],
    clients: &[Arc<UserActor>],
    projects: &[ProjectId],
    team: TeamId,
) -> Result<()> {
    let names = &names();
    let mut made = Vec::new();
    for work in &TICKETS {
        let begun = cx.now - TimeDelta::hours(work.hours_ago);
        let ben = &by(cx, begun, &staff[BEN]);
        let client = &clients[work.client];
        let create = &CreateTicket {
            title: work.title.into(),
            description: work.description.into(),
            category: Some(work.about.0),
            priority: Some(work.about.1),
            requester: Some(ClientId(client.id.0)),
            assignee: work.assignee.and_then(|who| staff[who].staff_id()),
            team: work.assignee.is_none().then_some(team),
            due_at: Some(begun + TimeDelta::days(7)),
            project: work.project.map(|project| projects[project]),
            ..CreateTicket::default()
        };
        let ticket = db
            .transact(ben, "ticket.create", |tx| async move {
                ticketing::create_ticket(&tx, &House(&tx, names), ben, create).await
            })
            .await?
            .id;
        for (minutes, who, step) in work.then {
            let when = begun + TimeDelta::minutes(*minutes);
            let who = match who {
                Staff(who) => by(cx, when, &staff[*who]),
                Client => by(cx, when, client),
            };
            take_step(db, &who, names, ticket, step).await?;
        }
        made.push(ticket);
    }
    let [_, tiles, _, radiator, water, ..] = made[..] else { return Err(Error::internal("too few tickets")) };
    let ben = &by(cx, cx.now - TimeDelta::hours(2), &staff[BEN]);
    let link = &LinkTickets { ticket: water, other: radiator, kind: TicketLinkKind::Related };
    db.transact(ben, "ticket.link", |tx| async move { ticketing::link_tickets(&tx, ben, link).await }).await?;
    let watch = &Watch { ticket: tiles, who: None };
    db.transact(
        ben,
        "ticket.watch",
        |tx| async move { ticketing::watch_ticket(&tx, &House(&tx, names), ben, watch).await },
    )
    .await?;
    let create = &inbox::CreateTag { name: "Guests affected".into(), color: "#8a4fd3".into() };
    db.transact(ben, "tag.create", |tx| async move {
        let tag = inbox::create_tag(&tx, ben, create).await?.id;
        inbox::add_tags(&tx, ben, &TagEntity { entity: water.into(), tags: vec![tag] }).await
    })
    .await?;
    Ok(())
}

async fn take_step(db: &Db, cx: &Cx, names: &[&'static str], ticket: TicketId, step: &Step) -> Result<()> {
    let say = |content: &str, visibility| AddTicketComment {
        ticket,
        content: content.into(),
        visibility,
        mentions: Vec::new(),
        files: Vec::new(),
    };
    let comment = &match step {
        Say(text) => say(text, CommentVisibility::Public),
        Note(text) => say(text, CommentVisibility::Internal),
        Move(status) => {
            let set = &SetTicketStatus { ticket, status: *status };
            let moved = db.transact(cx, "ticket.set_status", |tx| async move {
                ticketing::set_ticket_status(&tx, &House(&tx, names), cx, set).await
            });
            return moved.await.map(|_| ());
        }
    };
    db.transact(cx, "ticket_comment.add", |tx| async move {
        ticketing::add_ticket_comment(&tx, &Quiet(House(&tx, names)), cx, comment).await
    })
    .await?;
    Ok(())
}
