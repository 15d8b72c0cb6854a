//! The metrics, and what each of them is.

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// How many were open at the end.
    OpenBacklog,
    /// How many were first answered too late.
    SlaBreaches,
    /// How many nobody has.
    Unassigned,
}

/// What a metric's numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Seconds, with a count of those that they are of.
    Seconds,
    /// A number of things.
    Things,
}

/// The spans that things have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// `response_at − created_at`.
    Response,
    /// `response_at − opened_at`.
    FirstResponse,
    /// `picked_up_at − opened_at`.
    Pickup,
    /// `closed_at − created_at`.
    Resolution,
}

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Of which.
    pub metric: Metric,
    /// In words.
    pub text: &'static str,
    /// What its numbers are.
    pub unit: Unit,
    /// Raised whenever it comes to mean something else.
    pub version: i32,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::ResponseTime,
        Self::FirstResponseTime,
        Self::ResolutionTime,
        Self::PickupTime,
        Self::Duration,
        Self::Volume,
        Self::Closed,
        Self::OpenBacklog,
        Self::SlaBreaches,
        Self::Unassigned,
    ];

    /// The span that it is of.
    pub fn span(self) -> Option<Span> {
        match self {
            Self::ResponseTime => Some(Span::Response),
            Self::FirstResponseTime => Some(Span::FirstResponse),
            Self::PickupTime => Some(Span::Pickup),
            Self::ResolutionTime | Self::Duration => Some(Span::Resolution),
            Self::Volume | Self::Closed | Self::OpenBacklog | Self::SlaBreaches | Self::Unassigned => None,
        }
    }

    /// What it is.
    pub fn definition(self) -> Definition {
        let text = match self {
            Self::ResponseTime => {
                "response_at − created_at, of what began in the period: from when it began until somebody first answered. Without an answer it has none; a negative span is counted apart and left out."
            }
            Self::FirstResponseTime => {
                "response_at − opened_at, of what began in the period: from when it entered the queue until somebody first answered. Without an answer or a queue it has none; a negative span is counted apart and left out."
            }
            Self::ResolutionTime => {
                "closed_at − created_at, of what began in the period: from when it began until it was over. What is not over has none; a negative span is counted apart and left out."
            }
            Self::PickupTime => {
                "picked_up_at − opened_at, of what began in the period: from when it entered the queue until somebody took it. What nobody took has none; a negative span is counted apart and left out."
            }
            Self::Duration => {
                "closed_at − created_at, of what began in the period, worked out where both are known; what B2Chat itself says of a chat's duration is kept beside it and not counted. A negative span is counted apart and left out."
            }
            Self::Volume => "How many things began in the period (created_at).",
            Self::Closed => "How many of the things that began in the period are over now (status closed).",
            Self::OpenBacklog => {
                "How many things had begun and were not over at the end of the period, whenever they began; by day, week or month, at the end of each. What is closed and does not say since when is not counted."
            }
            Self::SlaBreaches => {
                "How many of the things that began in the period have a first response time (response_at − opened_at) above the threshold, the setting analytics.sla_threshold_minutes, 5 minutes unless set; the rate is of those that have a first response time which is not negative. What was never answered is in neither."
            }
            Self::Unassigned => {
                "How many of the things that began in the period nobody has: neither an agent of B2Chat's nor a colleague."
            }
        };
        let unit = if self.span().is_some() { Unit::Seconds } else { Unit::Things };
        Definition { metric: self, text, unit, version: 1 }
    }
}
