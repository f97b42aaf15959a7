//! Which of the user's own letters best show how they write: those nearest to the middle of all they measure. Pure; it chooses and copies nothing.

use super::Sample;
use super::groups::Near;
use super::letter::MEASURES;
use crate::ids::MessageId;

/// Shorter letters show too little.
const SHORTEST: u32 = 12;
/// Longer ones cost too much to read.
const LONGEST: u32 = 300;

/// The letters that show it best, the best first: of the nearest group that has some.
pub(super) fn choose(near: &Near<'_>, limit: usize) -> Vec<MessageId> {
    let fits = |s: &&Sample| (SHORTEST..=LONGEST).contains(&s.counted.words);
    let mut fitting = near.levels.iter().map(|level| near.of(level).filter(fits).collect::<Vec<_>>());
    let Some(letters) = fitting.find(|letters| !letters.is_empty()) else { return vec![] };
    let measures: Vec<_> = letters.iter().map(|s| s.counted.measures()).collect();
    let count = measures.len() as f64;
    let mean: [f64; MEASURES] = std::array::from_fn(|i| measures.iter().map(|m| m[i]).sum::<f64>() / count);
    let spread: [f64; MEASURES] =
        std::array::from_fn(|i| measures.iter().map(|m| (m[i] - mean[i]).powi(2)).sum::<f64>() / count);
    let far = |m: &[f64; MEASURES]| (0..MEASURES).map(|i| (m[i] - mean[i]).powi(2) / (spread[i] + 0.05)).sum::<f64>();
    let mut ranked: Vec<(f64, &Sample)> = measures.iter().map(far).zip(letters).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.date.cmp(&a.1.date)));
    ranked.into_iter().take(limit).map(|(_, sample)| sample.message).collect()
}
