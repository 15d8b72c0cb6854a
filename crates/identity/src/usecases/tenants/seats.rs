//! Each active staff member takes one of the seats that the tenant's limits allow.

use kernel::{Cx, Error, ProblemCode, Result};

use crate::ports::Seats;

/// Makes sure that there is a seat for one more active staff member, in the transaction that adds, invites, accepts or
/// reactivates them, and before it does. Two that want the last seat take turns, so only one of them gets it.
///
/// An invitation needs a free seat and does not hold it: who accepts asks again.
///
/// # Errors
/// [`Error::Invalid`] where all seats are taken.
pub async fn take_seat<S: Seats>(s: &S, cx: &Cx) -> Result<()> {
    let Some(seats) = cx.tenant.limits().staff_seats else { return Ok(()) };
    if s.seats_taken().await? < seats {
        return Ok(());
    }
    let message = format!("all {seats} seats for staff are taken");
    Err(Error::invalid("", ProblemCode::NotAllowed, message))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::DateTime;
    use kernel::{Actor, Source, Tenant, tenant::Tier};

    use super::*;

    struct Taken(u64);

    impl Seats for Taken {
        async fn seats_taken(&self) -> Result<u64> {
            Ok(self.0)
        }
    }

    #[tokio::test]
    async fn the_last_seat_is_taken_and_no_more() {
        let now = DateTime::UNIX_EPOCH;
        let cx = |tier| {
            let tenant = Tenant { tier, ..Tenant::platform(now) };
            Cx::new(Arc::new(Source::fixed(now, 1)), Arc::new(tenant), Actor::System, "test")
        };
        let free = Tier::Free.limits().staff_seats.unwrap();
        assert!(take_seat(&Taken(free - 1), &cx(Tier::Free)).await.is_ok());
        for taken in [free, free + 1] {
            assert!(matches!(take_seat(&Taken(taken), &cx(Tier::Free)).await, Err(Error::Invalid(_))));
        }
        assert!(take_seat(&Taken(u64::MAX), &cx(Tier::Enterprise)).await.is_ok());
    }
}
