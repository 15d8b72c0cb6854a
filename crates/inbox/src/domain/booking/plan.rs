//! Who is free when: the times of a service without those that are taken.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use kernel::id::{ServiceId, StaffId};
use uuid::Uuid;

use super::slots::{Hours, STEP_MINUTES, Slot, slots};
use crate::store::booking::service::Model as Service;

/// Somebody who can hold a service; where nobody is named for it, the service itself, which is held once at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holder {
    /// A colleague.
    Staff(StaffId),
    /// Nobody yet.
    Service(ServiceId),
}

impl Holder {
    /// Whose five minutes a booking takes.
    pub fn key(self) -> Uuid {
        match self {
            Self::Staff(staff) => staff.0,
            Self::Service(service) => service.0,
        }
    }

    /// The colleague.
    pub fn staff(self) -> Option<StaffId> {
        match self {
            Self::Staff(staff) => Some(staff),
            Self::Service(_) => None,
        }
    }
}

/// From when until when.
pub type Span = (DateTime<Utc>, DateTime<Utc>);

/// What is known of a service and its people in a range of days.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The service.
    pub service: Service,
    /// Who holds it.
    pub holders: Vec<Holder>,
    /// The company's hours and those of its people.
    pub hours: Vec<(Option<StaffId>, Hours)>,
    /// The days on which nothing can be booked.
    pub holidays: Vec<NaiveDate>,
    /// When each is not free, from and until, in this order.
    pub busy: HashMap<Uuid, Vec<Span>>,
}

/// A time, and who is free then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The time.
    pub slot: Slot,
    /// Who is free, the one who has least to do on that day first.
    pub holders: Vec<Holder>,
}

impl Plan {
    /// The hours of somebody: their own where they have some, else the company's.
    fn hours_of(&self, holder: Holder) -> Vec<Hours> {
        let of = |whose: Option<StaffId>| {
            let mut hours: Vec<_> = self.hours.iter().filter(|(of, _)| *of == whose).map(|(_, hours)| *hours).collect();
            hours.sort_unstable();
            hours
        };
        let own = holder.staff().map(|staff| of(Some(staff))).filter(|own| !own.is_empty());
        own.unwrap_or_else(|| of(None))
    }

    /// Whether somebody has nothing else to do while a booking at `slot` takes them.
    fn is_free(&self, holder: Holder, slot: &Slot) -> bool {
        let (from, until) = self.service.blocked(slot.starts_at);
        let Some(busy) = self.busy.get(&holder.key()) else { return true };
        // Of what begins before this ends, the last one to begin ends last: nobody has two things at a time.
        let before = busy.partition_point(|(begins, _)| *begins < until);
        before.checked_sub(1).is_none_or(|last| busy[last].1 <= from)
    }

    /// How much somebody has to do on the day of a time.
    fn load(&self, zone: Tz, holder: Holder, slot: &Slot) -> usize {
        let on_that_day = |(begins, _): &&(DateTime<Utc>, DateTime<Utc>)| {
            super::slots::local(zone, *begins).0.date() == slot.local.date()
        };
        self.busy.get(&holder.key()).map_or(0, |busy| busy.iter().filter(on_that_day).count())
    }

    /// The times on these days at which somebody is free, or only this colleague.
    pub fn offers(
        &self,
        zone: Tz,
        days: (NaiveDate, NaiveDate),
        only: Option<StaffId>,
        now: DateTime<Utc>,
    ) -> Vec<Offer> {
        // Whoever has the same hours has the same times.
        let mut alike: BTreeMap<Vec<Hours>, Vec<Holder>> = BTreeMap::new();
        let wanted = |holder: &&Holder| only.is_none_or(|only| holder.staff() == Some(only));
        for holder in self.holders.iter().filter(wanted) {
            alike.entry(self.hours_of(*holder)).or_default().push(*holder);
        }
        let mut offers: BTreeMap<DateTime<Utc>, Offer> = BTreeMap::new();
        for (hours, holders) in alike {
            for slot in slots(zone, &hours, &self.holidays, &self.service.rules(), days, now) {
                let free: Vec<_> = holders.iter().copied().filter(|holder| self.is_free(*holder, &slot)).collect();
                if !free.is_empty() {
                    offers.entry(slot.starts_at).or_insert(Offer { slot, holders: Vec::new() }).holders.extend(free);
                }
            }
        }
        offers.into_values().collect()
    }

    /// The offer at an instant, whoever is free in the order in which they are asked.
    pub fn offer_at(
        &self,
        zone: Tz,
        starts_at: DateTime<Utc>,
        only: Option<StaffId>,
        now: DateTime<Utc>,
    ) -> Option<Offer> {
        let date = super::slots::local(zone, starts_at).0.date();
        let mut offer =
            self.offers(zone, (date, date), only, now).into_iter().find(|offer| offer.slot.starts_at == starts_at)?;
        offer.holders.sort_by_key(|holder| (self.load(zone, *holder, &offer.slot), *holder));
        Some(offer)
    }

    /// Why there is no offer at an instant, as the end of a sentence about it.
    pub fn refusal(
        &self,
        zone: Tz,
        starts_at: DateTime<Utc>,
        only: Option<StaffId>,
        now: DateTime<Utc>,
    ) -> &'static str {
        if starts_at < now {
            return "is past";
        }
        if starts_at < now + self.service.rules().notice {
            return "is too soon";
        }
        let date = super::slots::local(zone, starts_at).0.date();
        let today = super::slots::local(zone, now).0.date();
        if (date - today).num_days() > self.service.days_ahead.into() {
            return "is too far ahead";
        }
        let at = |plan: &Self| {
            plan.offers(zone, (date, date), only, now).iter().any(|offer| offer.slot.starts_at == starts_at)
        };
        let free = Self { busy: HashMap::new(), ..self.clone() };
        if at(&free) {
            return "is taken";
        }
        let mut any_step = free;
        any_step.service.step_minutes = STEP_MINUTES;
        let step = TimeDelta::minutes(STEP_MINUTES.into());
        let offers = any_step.offers(zone, (date, date), only, now);
        let any = |from, to| offers.iter().any(|offer| (from..=to).contains(&offer.slot.starts_at));
        if any(starts_at - step, starts_at) && any(starts_at, starts_at + step) {
            "is between the times at which it can begin"
        } else {
            "is outside of the opening hours"
        }
    }
}

/// The numbers of the five minutes that a booking takes.
pub fn steps(from: DateTime<Utc>, until: DateTime<Utc>) -> std::ops::Range<i64> {
    let step = TimeDelta::minutes(STEP_MINUTES.into()).num_seconds();
    from.timestamp().div_euclid(step)..(until.timestamp() + step - 1).div_euclid(step)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;
    use sea_orm::Iterable;

    use super::*;
    use crate::store::booking::hours::Weekday;

    fn at(clock: &str) -> DateTime<Utc> {
        // Berlin in June.
        format!("2026-06-10T{clock}:00+02:00").parse().unwrap()
    }

    fn staff(n: u128) -> StaffId {
        StaffId(Uuid::from_u128(n))
    }

    fn plan(people: u128) -> Plan {
        let service = Service {
            id: ServiceId(Uuid::from_u128(900)),
            name: "Advice".into(),
            name_folded: None,
            description: None,
            duration_minutes: 60,
            buffer_before_minutes: 15,
            buffer_after_minutes: 0,
            step_minutes: 5,
            notice_minutes: 0,
            days_ahead: 30,
            is_active: true,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        let hours = Weekday::iter().map(|weekday| (None, Hours { weekday, from: 9 * 60, to: 16 * 60 })).collect();
        let holders = if people == 0 {
            vec![Holder::Service(service.id)]
        } else {
            (1..=people).map(|n| Holder::Staff(staff(n))).collect()
        };
        Plan { holders, service, hours, holidays: Vec::new(), busy: HashMap::new() }
    }

    fn clocks(plan: &Plan, only: Option<StaffId>) -> Vec<String> {
        let date = at("12:00").date_naive();
        let offers = plan.offers(Berlin, (date, date), only, at("06:00"));
        offers.iter().map(|offer| offer.slot.local.format("%H:%M").to_string()).collect()
    }

    /// B62.
    #[test]
    fn what_is_kept_free_before_a_booking_is_kept_free() {
        let mut plan = plan(0);
        plan.busy.insert(plan.service.id.0, vec![(at("12:35"), at("13:50"))]);
        let offered = clocks(&plan, None);
        let noon = offered.iter().position(|clock| clock == "11:35").unwrap();
        assert_eq!(&offered[noon..noon + 2], ["11:35", "14:05"]);
        assert_eq!((offered.first().unwrap().as_str(), offered.last().unwrap().as_str()), ("09:00", "15:00"));
        assert_eq!(plan.offer_at(Berlin, at("14:00"), None, at("06:00")), None);
        assert_eq!(plan.refusal(Berlin, at("14:00"), None, at("06:00")), "is taken");
    }

    #[test]
    fn whoever_has_least_to_do_that_day_is_asked_first() {
        let mut plan = plan(3);
        plan.busy.insert(staff(1).0, vec![(at("09:00"), at("10:00")), (at("15:00"), at("16:00"))]);
        plan.busy.insert(staff(2).0, vec![(at("11:45"), at("13:00"))]);
        let offer = plan.offer_at(Berlin, at("12:00"), None, at("06:00")).unwrap();
        assert_eq!(offer.holders, [Holder::Staff(staff(3)), Holder::Staff(staff(1))]);
        let offer = plan.offer_at(Berlin, at("14:00"), None, at("06:00")).unwrap();
        assert_eq!(offer.holders, [Holder::Staff(staff(3)), Holder::Staff(staff(2)), Holder::Staff(staff(1))]);
        assert_eq!(plan.offer_at(Berlin, at("12:00"), Some(staff(2)), at("06:00")), None);
        assert_eq!(plan.offer_at(Berlin, at("12:00"), Some(staff(9)), at("06:00")), None);
    }

    #[test]
    fn who_has_hours_of_their_own_has_no_others() {
        let mut plan = plan(2);
        plan.service.step_minutes = 60;
        plan.hours.push((Some(staff(1)), Hours { weekday: Weekday::Wednesday, from: 17 * 60, to: 19 * 60 }));
        assert_eq!(clocks(&plan, Some(staff(1))), ["17:00", "18:00"]);
        assert_eq!(clocks(&plan, Some(staff(2))).len(), 7);
        assert_eq!(clocks(&plan, None).len(), 9);
    }

    #[test]
    fn a_refusal_says_why() {
        let mut plan = plan(1);
        plan.service.notice_minutes = 60;
        plan.service.step_minutes = 30;
        for (clock, now, why) in [
            ("09:00", "09:30", "is past"),
            ("10:00", "09:30", "is too soon"),
            ("08:00", "06:00", "is outside of the opening hours"),
            ("15:30", "06:00", "is outside of the opening hours"),
            ("10:10", "06:00", "is between the times at which it can begin"),
            ("10:07", "06:00", "is between the times at which it can begin"),
            ("08:57", "06:00", "is outside of the opening hours"),
            ("15:02", "06:00", "is outside of the opening hours"),
        ] {
            assert_eq!(plan.refusal(Berlin, at(clock), None, at(now)), why, "{clock}");
        }
        let later = at("10:00") + TimeDelta::days(31);
        assert_eq!(plan.refusal(Berlin, later, None, at("06:00")), "is too far ahead");
    }

    #[test]
    fn a_booking_takes_whole_steps() {
        assert_eq!(steps(at("09:00"), at("10:00")).count(), 12);
        assert_eq!(steps(at("09:00"), at("10:00")).end, steps(at("10:00"), at("11:00")).start);
    }
}
