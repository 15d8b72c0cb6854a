//! What numbers are asked for.

use analytics_sync::{AskedMetrics, Grouping, MetricKind as Kind, MetricPriority as Priority, MetricWhich};
use async_graphql::{Enum, ID, InputObject};
use chrono::Days;
use kernel::{
    Cx, Error, ProblemCode,
    id::{B2chatAgentId, B2chatDepartmentId, DepartmentId, StaffId},
};

use crate::{
    graphql::{
        scalars::{Date, id},
        scope::Scope,
    },
    wiring::working_times::zone,
};

/// What is counted. `metricDefinitions` says what each is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::Metric")]
pub enum Metric {
    /// From the beginning to the first answer.
    ResponseTime,
    /// From the queue to the first answer.
    FirstResponseTime,
    /// From the beginning to the end.
    ResolutionTime,
    /// From the queue to whoever took it.
    PickupTime,
    /// How long it took in all.
    Duration,
    /// How many began.
    Volume,
    /// How many of them are over.
    Closed,
    /// How many were open at the end of the period.
    OpenBacklog,
    /// How many were first answered too late.
    SlaBreaches,
    /// How many nobody has.
    Unassigned,
}

/// By what things are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum MetricGrouping {
    /// By who has them: a colleague, or an agent of B2Chat's who is none.
    Agent,
    /// By department, the company's and B2Chat's, each with those below it.
    Department,
    /// By the way by which they came.
    Channel,
    /// By how much they matter.
    Priority,
    /// By tag: what has several is in several.
    Tag,
    /// By the hour of the day at which they began.
    Hour,
    /// By the day on which they began.
    Day,
    /// By the week (ISO 8601).
    Week,
    /// By the month.
    Month,
}

impl From<MetricGrouping> for Grouping {
    fn from(grouping: MetricGrouping) -> Self {
        match grouping {
            MetricGrouping::Agent => Self::Agent,
            MetricGrouping::Department => Self::Department,
            MetricGrouping::Channel => Self::Channel,
            MetricGrouping::Priority => Self::Priority,
            MetricGrouping::Tag => Self::Tag,
            MetricGrouping::Hour => Self::Hour,
            MetricGrouping::Day => Self::Day,
            MetricGrouping::Week => Self::Week,
            MetricGrouping::Month => Self::Month,
        }
    }
}

/// The kinds of things that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Kind")]
pub enum MetricKind {
    /// A chat that B2Chat tells of.
    #[graphql(name = "B2CHAT_CHAT")]
    B2chatChat,
    /// A live chat.
    LiveChat,
    /// A ticket.
    Ticket,
}

/// Where a thing that counts stands, whatever its own words for it are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "analytics_sync::MetricStatus")]
pub enum MetricStatus {
    /// It waits: a live chat in the queue, a ticket that is pending or on hold.
    Pending,
    /// Somebody is at it, or is to be.
    Open,
    /// It is over: a live chat that ended, a ticket that is resolved or closed.
    Closed,
}

/// How much a thing that counts matters. A ticket's MEDIUM is NORMAL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Priority")]
pub enum MetricPriority {
    /// At once.
    Urgent,
    /// Before others.
    High,
    /// In its turn.
    Normal,
    /// When there is time.
    Low,
}

/// How many days before the last one a period begins, where nothing is said.
const USUAL: Days = Days::new(29);

/// Which things are counted, and by what clock. All parts given must hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct MetricFilter {
    /// From this day on, 2000–2200; 29 days before `to` unless given.
    pub from: Option<Date>,
    /// Up to this day, and with it, at most three years in all; today unless given.
    pub to: Option<Date>,
    /// Only these kinds; an empty list is none.
    pub kinds: Option<Vec<MetricKind>>,
    /// Only what this colleague has, as staff or as the agent of B2Chat's who they are.
    pub staff_id: Option<ID>,
    /// Only what this agent of B2Chat's has, `bag_…`.
    pub agent_id: Option<ID>,
    /// Only what is this department's, or one's below it: the company's (`dep_…`) or B2Chat's (`bdp_…`).
    pub department_id: Option<ID>,
    /// Only what came by this way: `whatsapp`, `facebook`, `instagram`, `telegram`, `livechat`, `b2cbotapi` or a word of B2Chat's
    /// own; `website` for live chats, `ticket` for tickets.
    pub channel: Option<String>,
    /// Only what matters so much.
    pub priority: Option<MetricPriority>,
    /// Only what has a tag of this name, in whatever case.
    pub tag: Option<String>,
    /// Whether spans are counted only while the company is at work: in its opening hours, and not on holidays. False unless given.
    pub business_hours: Option<bool>,
    /// The zone whose days and hours are meant, as an IANA name; the company's unless given.
    pub time_zone: Option<String>,
}

impl MetricFilter {
    /// As it is asked for, and the company's zone.
    pub async fn read(self, scope: &Scope, cx: &Cx) -> kernel::Result<(AskedMetrics, chrono_tz::Tz)> {
        cx.require(analytics_sync::VIEW_ANALYTICS)?;
        let wrong = || {
            let message = "is not the id of a department of the company's or of B2Chat's";
            Error::invalid("filter.departmentId", ProblemCode::InvalidFormat, message)
        };
        let (mut department, mut b2chat_department) = (None, None);
        if let Some(text) = &self.department_id {
            match (text.parse::<DepartmentId>(), text.parse::<B2chatDepartmentId>()) {
                (Ok(id), _) => department = Some(id.0),
                (_, Ok(id)) => b2chat_department = Some(id.0),
                _ => return Err(wrong()),
            }
        }
        let staff = self.staff_id.as_ref().map(|text| id::<StaffId>("filter.staffId", text)).transpose()?;
        let agent = self.agent_id.as_ref().map(|text| id::<B2chatAgentId>("filter.agentId", text)).transpose()?;
        let which = MetricWhich {
            kinds: self.kinds.map(|kinds| kinds.into_iter().map(Into::into).collect()),
            staff: staff.map(|id| id.0),
            agent: agent.map(|id| id.0),
            department,
            b2chat_department,
            channel: self.channel,
            priority: self.priority.map(Into::into),
            tag: self.tag,
        };
        let company = zone(&scope.app.db.reader(cx).await?).await?;
        let given = |day: &Option<Date>, field: &str| day.as_ref().map(|day| day.read(field)).transpose();
        let (from, to) = (given(&self.from, "filter.from")?, given(&self.to, "filter.to")?);
        // Of a zone that is none nothing is worked out: it is refused with all else.
        let today = || {
            let zone = self.time_zone.as_ref().and_then(|name| name.parse().ok()).unwrap_or(company);
            cx.now.with_timezone(&zone).date_naive()
        };
        let to = to.unwrap_or_else(today);
        let asked = AskedMetrics {
            from: from.unwrap_or_else(|| to.checked_sub_days(USUAL).unwrap_or(to)),
            to,
            zone: self.time_zone,
            which,
            business_hours: self.business_hours.unwrap_or_default(),
            sla_minutes: scope.app.settings.whole(cx, identity::ANALYTICS_SLA_MINUTES).await?,
        };
        Ok((asked, company))
    }
}
