//! What is said of a chat, and what of it is believed: whoever says it, it is checked here.

use serde::{Deserialize, Serialize};

/// How many reasons and recommendations there may be, each.
pub const REASONS: usize = 10;
/// The longest reason or recommendation, in characters.
pub const REASON: usize = 500;

/// How much the resolution counts in the score; the rest is the contact's satisfaction.
const RESOLUTION: f64 = 0.6;

/// What is said of a part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// 0 to 100; none where it cannot be told.
    pub score: Option<f64>,
    /// Why, for people.
    pub reasons: Vec<String>,
}

/// What is said of a chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// How far what the contact wanted was resolved. It always has a score.
    pub resolution: Part,
    /// How satisfied the contact was; without a score where they do not say.
    pub satisfaction: Part,
    /// What could be done better.
    pub recommendations: Vec<String>,
}

impl Verdict {
    /// What of it is believed.
    ///
    /// # Errors
    /// Why it is not; the sentence repeats nothing of it.
    pub fn checked(mut self) -> Result<Self, &'static str> {
        let in_range = |score: f64| score.is_finite() && (0.0..=100.0).contains(&score);
        if !self.resolution.score.ok_or("the resolution has no score").map(in_range)? {
            return Err("the score of the resolution is not from 0 to 100");
        }
        if self.satisfaction.score.is_some_and(|score| !in_range(score)) {
            return Err("the score of the satisfaction is not from 0 to 100");
        }
        for texts in [&mut self.resolution.reasons, &mut self.satisfaction.reasons, &mut self.recommendations] {
            texts.truncate(REASONS);
            for text in texts.iter_mut() {
                *text = kernel::text::handed_over(text.trim(), REASON).0;
            }
            texts.retain(|text| !text.is_empty());
        }
        self.resolution.score = self.resolution.score.map(rounded);
        self.satisfaction.score = self.satisfaction.score.map(rounded);
        Ok(self)
    }

    /// How far what the contact wanted was resolved, 0 to 100.
    pub fn resolution_score(&self) -> f64 {
        self.resolution.score.unwrap_or_default()
    }
}

/// To two decimals, as scores are kept.
pub fn rounded(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}

/// The effectiveness, 0 to 100: 0.6 of the resolution and 0.4 of the satisfaction; the resolution alone where nothing is known of
/// that.
pub fn effectiveness(resolution: f64, satisfaction: Option<f64>) -> f64 {
    rounded(match satisfaction {
        Some(satisfaction) => RESOLUTION * resolution + (1.0 - RESOLUTION) * satisfaction,
        None => resolution,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(resolution: Option<f64>, satisfaction: Option<f64>) -> Verdict {
        let part = |score| Part { score, reasons: vec![" so ".into(), String::new()] };
        Verdict {
            resolution: part(resolution),
            satisfaction: part(satisfaction),
            recommendations: vec!["x".repeat(REASON + 1); REASONS + 1],
        }
    }

    #[test]
    fn the_score_is_of_two_parts_or_of_one() {
        assert_eq!(effectiveness(80.0, Some(50.0)), 68.0);
        assert_eq!(effectiveness(80.0, None), 80.0);
        assert_eq!((effectiveness(100.0, Some(100.0)), effectiveness(0.0, Some(0.0))), (100.0, 0.0));
        // Whatever the parts are, it lies between them.
        for resolution in (0..=100).map(f64::from) {
            for satisfaction in (0..=100).map(f64::from) {
                let score = effectiveness(resolution, Some(satisfaction));
                assert!(score >= resolution.min(satisfaction) && score <= resolution.max(satisfaction));
            }
        }
    }

    #[test]
    fn what_is_out_of_range_is_not_believed() {
        for (resolution, satisfaction) in
            [(None, None), (Some(-0.1), None), (Some(100.1), None), (Some(f64::NAN), None), (Some(5.0), Some(101.0))]
        {
            assert!(said(resolution, satisfaction).checked().is_err(), "{resolution:?} {satisfaction:?}");
        }
        let checked = said(Some(66.666_6), None).checked().unwrap();
        assert_eq!((checked.resolution.score, checked.satisfaction.score), (Some(66.67), None));
        assert_eq!(checked.resolution.reasons, ["so"]);
        assert_eq!((checked.recommendations.len(), checked.recommendations[0].chars().count()), (REASONS, REASON));
    }
}
