//! How long things took in a chat. What is not known, or would be less than nothing, took no time that anybody knows.

use chrono::{DateTime, Utc};

use crate::store::b2chat::chat::Model as B2chatChat;

/// The seconds from one instant to another; none where one of them is not known, or the second is before the first.
fn between(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Option<i32> {
    let seconds = (to? - from?).num_seconds();
    if to? < from? { None } else { Some(i32::try_from(seconds).unwrap_or(i32::MAX)) }
}

impl B2chatChat {
    /// From the contact's beginning to the first answer.
    pub fn response_seconds(&self) -> Option<i32> {
        between(Some(self.created_at), self.response_at)
    }

    /// From the queue to the first answer.
    pub fn first_response_seconds(&self) -> Option<i32> {
        between(self.opened_at, self.response_at)
    }

    /// From the contact's beginning to the end.
    pub fn resolution_seconds(&self) -> Option<i32> {
        between(Some(self.created_at), self.closed_at)
    }

    /// From the queue to whoever took it.
    pub fn pickup_seconds(&self) -> Option<i32> {
        between(self.opened_at, self.picked_up_at)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::between;

    #[test]
    fn what_is_not_known_took_no_time_that_is_known() {
        let at = |seconds| Some(DateTime::UNIX_EPOCH + TimeDelta::milliseconds(seconds));
        assert_eq!(between(at(0), at(61_999)), Some(61));
        assert_eq!(between(at(5), at(5)), Some(0));
        assert_eq!(between(at(1), at(0)), None, "also where it is less than a second");
        assert_eq!(between(None, at(0)), None);
        assert_eq!(between(at(0), None), None);
        assert_eq!(between(at(0), at(i64::from(i32::MAX) * 2_000)), Some(i32::MAX));
    }
}
