//! Spans of many things in order: the shortest first.

/// Spans in order, each with the number of its thing.
#[derive(Debug, Default)]
pub struct Ordered {
    /// The span above the thing's number.
    packed: Vec<u64>,
    /// How many bits that has.
    bits: u32,
    /// What is too long to be packed.
    beyond: Vec<(u64, u32)>,
}

impl Ordered {
    /// Puts spans in order, each with the number of its thing, which is one of so many.
    pub fn new(spans: impl Iterator<Item = (u64, u32)>, things: usize) -> Self {
        let bits = usize::BITS - things.leading_zeros();
        let mut all = Self { packed: Vec::with_capacity(things), bits, beyond: Vec::new() };
        spans.for_each(|(span, thing)| {
            if span.leading_zeros() >= bits {
                all.packed.push(span << bits | u64::from(thing));
            } else {
                all.beyond.push((span, thing));
            }
        });
        sort(&mut all.packed, bits);
        all.beyond.sort_unstable();
        all
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.packed.len() + self.beyond.len()
    }

    /// The span at a place of theirs.
    pub fn at(&self, place: usize) -> u64 {
        match place.checked_sub(self.packed.len()) {
            None => self.packed[place] >> self.bits,
            Some(beyond) => self.beyond[beyond].0,
        }
    }

    /// Them, the shortest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, usize)> + '_ {
        let unpacked = |packed: &u64| (packed >> self.bits, (packed & ((1 << self.bits) - 1)) as usize);
        self.packed.iter().map(unpacked).chain(self.beyond.iter().map(|(span, thing)| (*span, *thing as usize)))
    }
}

/// So many bits are sorted by at once: as many counts are at hand at any time.
const DIGIT: u32 = 12;
/// Fewer than these are compared with each other.
const FEW: usize = 4_096;

/// Sorts by the bits from one on; what has the same there must be in order.
fn sort(values: &mut Vec<u64>, from: u32) {
    if values.len() < FEW {
        values.sort_unstable();
        return;
    }
    let most = values.iter().copied().max().unwrap_or_default();
    let mut other = vec![0; values.len()];
    let mut shift = from;
    while most.checked_shr(shift).is_some_and(|left| left > 0) {
        let digit = |value: u64| (value >> shift) as usize & ((1 << DIGIT) - 1);
        let mut places = [0_u32; 1 << DIGIT];
        values.iter().for_each(|value| places[digit(*value)] += 1);
        let mut begins = 0;
        for place in &mut places {
            begins += std::mem::replace(place, begins);
        }
        for value in values.iter() {
            let place = &mut places[digit(*value)];
            other[*place as usize] = *value;
            *place += 1;
        }
        std::mem::swap(values, &mut other);
        shift += DIGIT;
    }
}

#[cfg(test)]
mod tests {
    use super::Ordered;

    #[test]
    fn spans_are_in_order_however_long_they_are() {
        let mut number = 7_u64;
        for (count, bits) in [(0, 64), (1, 64), (100, 64), (10_000, 20), (10_000, 41), (10_000, 64), (10_000, 0)] {
            let spans: Vec<(u64, u32)> = (0..count)
                .map(|thing| {
                    number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (number.checked_shr(64 - bits).unwrap_or_default(), thing)
                })
                .collect();
            let mut expected = spans.clone();
            expected.sort_unstable();
            let found = Ordered::new(spans.into_iter(), count as usize);
            assert!(found.iter().map(|(span, thing)| (span, thing as u32)).eq(expected), "{count} of {bits} bits");
        }
    }
}
