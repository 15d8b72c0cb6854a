//! Numbers, and the things behind them.

use analytics_sync::{
    Grouping, LoadedMetrics, Metric as Counted, MetricFact, MetricGroup as Group, MetricKey, MetricKind as Kind,
    MetricNumbers, MetricTally, MetricUnit as Measured, week_name,
};
use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use inbox::records::Chats;
use kernel::id::{B2chatAgentId, B2chatChatId, B2chatDepartmentId, ChatId, DepartmentId, StaffId, TicketId};
use ticketing::records::Tickets;
use uuid::Uuid;

use super::inputs::{Metric, MetricGrouping, MetricKind, MetricPriority, MetricStatus};
use crate::{
    connection,
    graphql::{
        analytics::b2chat::chats::{B2ChatChat, chat as b2chat_chat},
        errors::Result,
        identity::{Department, IntoId, Staff, department, staff},
        inbox::Chat,
        loaders::By,
        scalars::Date,
        scope::scope,
        ticketing::tickets::Ticket,
    },
};

/// What the numbers of a metric are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Measured")]
pub enum MetricUnit {
    /// Seconds.
    Seconds,
    /// A number of things.
    Things,
}

/// What a metric is.
#[derive(Debug, Clone, SimpleObject)]
pub struct MetricDefinition {
    /// Of which.
    pub metric: Metric,
    /// In words.
    pub text: String,
    /// What its numbers are.
    pub unit: MetricUnit,
    /// Raised whenever it comes to mean something else: numbers of one version can be compared.
    pub version: i32,
}

impl From<Counted> for MetricDefinition {
    fn from(metric: Counted) -> Self {
        let definition = metric.definition();
        Self {
            metric: metric.into(),
            text: definition.text.into(),
            unit: definition.unit.into(),
            version: definition.version,
        }
    }
}

/// The numbers of a metric. Times are in seconds. What is of nothing is null, never 0.
#[derive(Debug, Clone, SimpleObject)]
pub struct MetricNumber {
    /// How many things count: of a time those that have it, else the metric itself.
    pub count: i32,
    /// The mean of the times.
    pub average: Option<f64>,
    /// The median: the nearest rank of 50 in a hundred.
    pub median: Option<f64>,
    /// The nearest rank of 90 in a hundred: the shortest time that 90 in a hundred do not exceed.
    pub p90: Option<f64>,
    /// The same of 95 in a hundred.
    pub p95: Option<f64>,
    /// The same of 99 in a hundred.
    pub p99: Option<f64>,
    /// The shortest.
    pub shortest: Option<f64>,
    /// The longest.
    pub longest: Option<f64>,
    /// Of CLOSED and UNASSIGNED the share of all that began, of SLA_BREACHES that of those with a first response time: from 0 to 1.
    pub rate: Option<f64>,
    /// How many things have a negative time, which is left out.
    pub negative: i32,
    /// How many things have no such time.
    pub missing: i32,
}

fn whole(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

impl From<MetricNumbers> for MetricNumber {
    fn from(numbers: MetricNumbers) -> Self {
        let [median, p90, p95, p99] = numbers.percentiles;
        Self {
            count: whole(numbers.count),
            average: numbers.average,
            median,
            p90,
            p95,
            p99,
            shortest: numbers.shortest,
            longest: numbers.longest,
            rate: numbers.rate,
            negative: whole(numbers.negative),
            missing: whole(numbers.missing),
        }
    }
}

/// How a metric differs from the period before: this less that. What one of them does not have is null.
#[derive(Debug, Clone, SimpleObject)]
pub struct MetricDifference {
    /// Of the counts.
    pub count: i32,
    /// Of the means, in seconds.
    pub average: Option<f64>,
    /// Of the medians, in seconds.
    pub median: Option<f64>,
    /// Of the shares.
    pub rate: Option<f64>,
}

/// A metric with its numbers.
pub struct MetricValue {
    metric: Counted,
    tally: MetricTally,
    before: Option<MetricTally>,
}

/// A metric with its numbers.
#[Object]
impl MetricValue {
    /// Which.
    async fn metric(&self) -> Metric {
        self.metric.into()
    }

    /// What it is.
    async fn definition(&self) -> MetricDefinition {
        self.metric.into()
    }

    /// Its numbers.
    async fn now(&self) -> MetricNumber {
        self.tally.numbers(self.metric).into()
    }

    /// The same of the period right before, of as many days; of a part of time that of as many days, as far before it as the period
    /// is long.
    async fn previous(&self) -> Option<MetricNumber> {
        self.before.as_ref().map(|before| before.numbers(self.metric).into())
    }

    /// How it differs from that.
    async fn difference(&self) -> Option<MetricDifference> {
        let (now, before) = (self.tally.numbers(self.metric), self.before.as_ref()?.numbers(self.metric));
        let less = |now: Option<f64>, before: Option<f64>| Some(now? - before?);
        Some(MetricDifference {
            count: whole(now.count).saturating_sub(whole(before.count)),
            average: less(now.average, before.average),
            median: less(now.percentiles[0], before.percentiles[0]),
            rate: less(now.rate, before.rate),
        })
    }
}

fn values(group: &Group, only: Option<Vec<Metric>>) -> Vec<MetricValue> {
    let all = only.map_or_else(|| Counted::ALL.to_vec(), |only| only.into_iter().map(Into::into).collect());
    let value = |metric| MetricValue { metric, tally: group.tally.clone(), before: group.before.clone() };
    all.into_iter().map(value).collect()
}

/// Things that have something in common, with their numbers.
pub struct MetricGroup(Group);

/// Things that have something in common, with their numbers.
#[Object]
impl MetricGroup {
    /// What that is: the id of who has them or of the department, the channel, the priority, the tag in lower case, the hour
    /// (`00`–`23`), the day (`2026-03-29`), the week (`2026-W13`) or the month (`2026-03`); null for those that have none.
    async fn key(&self) -> Option<String> {
        Some(match &self.0.key {
            MetricKey::None => return None,
            MetricKey::Staff(id) => StaffId(*id).to_string(),
            MetricKey::Agent(id) => B2chatAgentId(*id).to_string(),
            MetricKey::Department(id) => DepartmentId(*id).to_string(),
            MetricKey::B2chatDepartment(id) => B2chatDepartmentId(*id).to_string(),
            MetricKey::Channel(word) | MetricKey::Tag(word) => word.clone(),
            MetricKey::Priority(priority) => {
                let shown: MetricPriority = (*priority).into();
                let value = async_graphql::resolver_utils::enum_value(shown);
                value.to_string()
            }
            MetricKey::Hour(hour) | MetricKey::WeekdayHour(_, hour) => format!("{hour:02}"),
            MetricKey::Day(day) => day.to_string(),
            MetricKey::Week(monday) => week_name(*monday),
            MetricKey::Month(first) => first.format("%Y-%m").to_string(),
        })
    }

    /// What that is called: an agent of B2Chat's, colleague or not, or a department of B2Chat's for who sees those, a channel, a tag
    /// as it is written. Null for all else; colleagues and departments of the company are beside it.
    async fn label(&self) -> Option<&str> {
        self.0.label.as_deref()
    }

    /// The colleague who has them; null for others than groups by AGENT, or without the permission to see colleagues.
    async fn staff(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        match self.0.key {
            MetricKey::Staff(id) => Box::pin(staff(ctx, Some(StaffId(id)))).await,
            _ => Ok(None),
        }
    }

    /// The department of the company whose they are, or of one below it.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Department>> {
        match self.0.key {
            MetricKey::Department(id) => Box::pin(department(ctx, Some(DepartmentId(id)))).await,
            _ => Ok(None),
        }
    }

    /// The day, the Monday of the week, or the first day of the month.
    async fn day(&self) -> Option<Date> {
        match self.0.key {
            MetricKey::Day(day) | MetricKey::Week(day) | MetricKey::Month(day) => Some(day.into()),
            _ => None,
        }
    }

    /// Its numbers.
    async fn values(
        &self,
        #[graphql(desc = "Which metrics; all unless given.")] only: Option<Vec<Metric>>,
    ) -> Vec<MetricValue> {
        values(&self.0, only)
    }
}

/// Groups of things.
#[derive(SimpleObject)]
pub struct MetricGroups {
    /// Them: parts of time, hours and priorities in their order, with empty ones; all else by volume, the largest first.
    pub groups: Vec<MetricGroup>,
    /// How many more there are.
    pub left_out: i32,
}

/// An hour of a day of the week.
pub struct MetricCell(Group);

/// An hour of a day of the week.
#[Object]
impl MetricCell {
    /// The day of the week, 1 for Monday to 7 for Sunday (ISO 8601).
    async fn weekday(&self) -> i32 {
        if let MetricKey::WeekdayHour(weekday, _) = self.0.key { i32::from(weekday) + 1 } else { 1 }
    }

    /// The hour, 0–23.
    async fn hour(&self) -> i32 {
        if let MetricKey::WeekdayHour(_, hour) = self.0.key { hour.into() } else { 0 }
    }

    /// The numbers of what began then, on such days.
    async fn values(
        &self,
        #[graphql(desc = "Which metrics; all unless given.")] only: Option<Vec<Metric>>,
    ) -> Vec<MetricValue> {
        values(&self.0, only)
    }
}

/// Numbers of a period.
pub struct Metrics(pub LoadedMetrics);

/// Numbers of a period.
#[Object]
impl Metrics {
    /// When the period begins.
    async fn from(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.period.from).unwrap_or_default()
    }

    /// When it is over.
    async fn until(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.period.until).unwrap_or_default()
    }

    /// The zone whose days and hours are meant.
    async fn time_zone(&self) -> String {
        self.0.period.zone.to_string()
    }

    /// The numbers of all things together.
    async fn values(
        &self,
        #[graphql(desc = "Which metrics; all unless given.")] only: Option<Vec<Metric>>,
    ) -> Vec<MetricValue> {
        values(&self.0.together(), only)
    }

    /// The things told apart, each group with its numbers.
    async fn groups(
        &self,
        #[graphql(desc = "By what; by DAY unless given.")] by: Option<MetricGrouping>,
        #[graphql(desc = "At most so many, 1–1,000, 1,000 unless given.")] limit: Option<i32>,
    ) -> Result<MetricGroups> {
        let (groups, more) =
            self.0.groups(by.unwrap_or(MetricGrouping::Day).into(), limit.unwrap_or(analytics_sync::GROUPS))?;
        Ok(MetricGroups {
            groups: groups.into_iter().map(MetricGroup).collect(),
            left_out: i32::try_from(more).unwrap_or(i32::MAX),
        })
    }

    /// The numbers of each hour of each day of the week, 168 cells: Monday first, by hour.
    async fn heat_map(&self) -> Result<Vec<MetricCell>> {
        let (cells, _) = self.0.groups(Grouping::WeekdayHour, analytics_sync::GROUPS)?;
        Ok(cells.into_iter().map(MetricCell).collect())
    }
}

/// A thing behind a number.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct MetricRow {
    /// The id of the thing: of a live chat, a ticket or a chat of B2Chat's.
    pub thing_id: ID,
    /// What it is.
    pub kind: MetricKind,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it entered the queue.
    pub opened_at: Option<DateTime<Utc>>,
    /// When somebody took it.
    pub picked_up_at: Option<DateTime<Utc>>,
    /// When somebody first answered.
    pub response_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub closed_at: Option<DateTime<Utc>>,
    /// Where it stands.
    pub status: MetricStatus,
    /// By which way it came.
    pub channel: String,
    /// How much it matters; null for live chats.
    pub priority: Option<MetricPriority>,
    /// Its response time in seconds, by the clock on the wall whatever the filter says: negative where it was answered before it
    /// began, null where it has none. The same holds for the three below.
    pub response_seconds: Option<f64>,
    /// Its first response time in seconds.
    pub first_response_seconds: Option<f64>,
    /// Its pickup time in seconds.
    pub pickup_seconds: Option<f64>,
    /// Its resolution time in seconds, which is its duration.
    pub resolution_seconds: Option<f64>,
    #[graphql(skip)]
    thing: Uuid,
}

impl From<MetricFact> for MetricRow {
    fn from(fact: MetricFact) -> Self {
        let id = fact.thing_id.0;
        let seconds = |span: Option<i64>| span.map(|millis| millis as f64 / 1000.0);
        Self {
            thing_id: match fact.kind {
                Kind::B2chatChat => B2chatChatId(id).into_id(),
                Kind::LiveChat => ChatId(id).into_id(),
                Kind::Ticket => TicketId(id).into_id(),
            },
            response_seconds: seconds(fact.response_ms),
            first_response_seconds: seconds(fact.first_response_ms),
            pickup_seconds: seconds(fact.pickup_ms),
            resolution_seconds: seconds(fact.resolution_ms),
            kind: fact.kind.into(),
            created_at: fact.created_at,
            opened_at: fact.opened_at,
            picked_up_at: fact.picked_up_at,
            response_at: fact.response_at,
            closed_at: fact.closed_at,
            status: fact.status.into(),
            channel: fact.channel,
            priority: fact.priority.map(Into::into),
            thing: id,
        }
    }
}

#[ComplexObject]
impl MetricRow {
    /// The live chat, where it is one.
    async fn live_chat(&self, ctx: &Context<'_>) -> Result<Option<Chat>> {
        if self.kind != MetricKind::LiveChat {
            return Ok(None);
        }
        let found = scope(ctx).loaders.load_one(By::<Chats>(ChatId(self.thing))).await?;
        Ok(found.map(|chat| chat.as_ref().clone().into()))
    }

    /// The chat of B2Chat's, where it is one.
    #[graphql(name = "b2chatChat")]
    async fn b2chat_chat(&self, ctx: &Context<'_>) -> Result<Option<B2ChatChat>> {
        if self.kind != MetricKind::B2chatChat {
            return Ok(None);
        }
        Box::pin(b2chat_chat(ctx, B2chatChatId(self.thing))).await
    }

    /// The ticket, where it is one.
    async fn ticket(&self, ctx: &Context<'_>) -> Result<Option<Ticket>> {
        if self.kind != MetricKind::Ticket {
            return Ok(None);
        }
        let found = scope(ctx).loaders.load_one(By::<Tickets>(TicketId(self.thing))).await?;
        Ok(found.map(|ticket| ticket.as_ref().clone().into()))
    }
}

connection!(MetricRowConnection, MetricRowEdge, MetricRow, MetricFact, "things behind a number");
