//! What takes the same time tells nothing.

use std::time::Instant;

use super::chance;

/// So far apart two ways may be, as a part of what they take.
const ALIKE: f64 = 0.1;
/// A machine with other work to do may spoil one measurement, hardly all of them.
const ROUNDS: usize = 16;

/// Asks about this address and about strangers of a domain, as long as its own, by turns, so many times each; panics where
/// one of them takes longer.
pub async fn expect_alike(domain: &str, samples: usize, known: &str, mut ask: impl AsyncFnMut(&str)) {
    let mut time = async |email: &str| {
        let since = Instant::now();
        ask(email).await;
        since.elapsed().as_secs_f64() * 1000.0
    };
    let mut seen = (0.0, 0.0);
    for round in 0..ROUNDS {
        let (mut took, mut apart) = (Vec::new(), Vec::new());
        for sample in 0..samples {
            let stranger = format!("{round}x{sample:03}@{domain}");
            // Both of a pair have the same load beside them; that chance says which is first keeps what the one before left to
            // do in the background from always meeting the same of them.
            let (one, other) = if chance::bytes::<1>()[0].is_multiple_of(2) {
                let one = time(known).await;
                (one, time(&stranger).await)
            } else {
                let other = time(&stranger).await;
                (time(known).await, other)
            };
            took.push(f64::midpoint(one, other));
            apart.push(one - other);
        }
        seen = (median(took), median(apart));
        if seen.1.abs() < ALIKE * seen.0 {
            return;
        }
    }
    panic!("{domain}: {:.2} ms, and {:.2} ms apart", seen.0, seen.1);
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
