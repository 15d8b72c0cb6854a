//! Choices that are always the same for the same row.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What the dice are thrown for. The number keeps the throws of one thing apart from those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// A staff member.
    Staff = 1,
    /// A department.
    Department,
    /// A visitor.
    Visitor,
    /// Who wrote a message, and when.
    Origin,
    /// The rest of a message.
    Message,
    /// The replies of a message.
    Replies,
    /// A department at B2Chat.
    ChatDepartment,
    /// An agent there.
    ChatAgent,
    /// A contact there.
    ChatContact,
    /// How many chats a day has there.
    ChatDay,
    /// A chat there.
    B2chat,
}

/// Dice for one row (SplitMix64): cheap, and the same on every machine and in every version.
#[derive(Debug, Clone)]
pub struct Dice(u64);

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Dice {
    /// The dice of row number `index`.
    pub fn of(what: For, index: u64) -> Self {
        Self(mix(index.wrapping_add((what as u64) << 56)))
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        // The upper half of the product; at most `end - 1`.
        ((u128::from(self.any()) * u128::from(end)) >> 64) as u64
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.below(these.len() as u64) as usize]
    }

    /// True in `percent` of all throws.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these, as often as its weight says. The weights add up to 100.
    pub fn weighted<T: Copy>(&mut self, these: &[(u64, T)]) -> T {
        let mut left = self.below(100);
        for &(weight, this) in these {
            if left < weight {
                return this;
            }
            left -= weight;
        }
        these[0].1
    }

    /// A UUIDv7 of this instant.
    pub fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        let random = (u128::from(self.any()) << 64 | u128::from(self.any())).to_be_bytes();
        let [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, ..] = random;
        let random = [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9];
        uuid::Builder::from_unix_timestamp_millis(at.timestamp_millis().unsigned_abs(), &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_row_throws_the_same() {
        let throws = |what, index| {
            let mut dice = Dice::of(what, index);
            [dice.any(), dice.below(10), dice.below(1000)]
        };
        assert_eq!(throws(For::Message, 7), throws(For::Message, 7));
        assert_ne!(throws(For::Message, 7), throws(For::Message, 8));
        assert_ne!(throws(For::Message, 7), throws(For::Visitor, 7));
        // What the first release made, later ones make too.
        assert_eq!(Dice::of(For::Message, 0).below(1_000_000), 324_544);
    }

    #[test]
    fn weights_are_proportions() {
        let heads = (0..10_000).filter(|n| Dice::of(For::Staff, *n).weighted(&[(25, true), (75, false)])).count();
        assert!((2_300..2_700).contains(&heads), "{heads}");
    }
}
