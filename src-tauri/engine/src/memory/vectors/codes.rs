//! Vectors as they are held: one byte a number for finding (codes), half floats for the order of what was found. Pure arithmetic; it keeps nothing.

use simsimd::{SpatialSimilarity, f16};

/// How far from the middle a code can tell numbers apart, in times the size an even unit vector's numbers have. What lies further is cut off;
/// the half floats still know it.
const REACH: f32 = 6.0;

/// One scale for all vectors of an index, so that codes can be compared without knowing whose they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    to_code: f32,
}

impl Scale {
    pub(super) fn new(dimensions: usize) -> Self {
        Self { to_code: 127.0 * (dimensions.max(1) as f32).sqrt() / REACH }
    }

    pub(super) fn codes(self, unit: &[f32]) -> Vec<i8> {
        // A float's cast to an integer is cut off at the integer's ends.
        unit.iter().map(|number| ((number * self.to_code).round() as i8).max(-127)).collect()
    }

    /// About the cosine that this product of two rows of codes stands for.
    pub(super) fn cosine(self, product: i32) -> f32 {
        product as f32 / (self.to_code * self.to_code)
    }

    /// More than the product of any two rows of codes can be: a unit vector's length in codes, and what rounding may add to it.
    pub(super) fn above_all(self, dimensions: usize) -> f32 {
        (self.to_code + (dimensions as f32).sqrt() / 2.0).powi(2) + 1.0
    }
}

/// The product of two rows of codes of the same length (else 0).
pub(super) fn product(a: &[i8], b: &[i8]) -> i32 {
    // An integer of at most 127 * 127 * dimensions: f64 holds it exactly.
    <i8 as SpatialSimilarity>::dot(a, b).unwrap_or_default() as i32
}

pub(super) fn halves(unit: &[f32]) -> Vec<f16> {
    unit.iter().map(|number| f16::from_f32(*number)).collect()
}

/// The cosine of two unit vectors of the same length (else 0).
pub(super) fn cosine(a: &[f16], b: &[f16]) -> f32 {
    <f16 as SpatialSimilarity>::dot(a, b).unwrap_or_default() as f32
}

/// The vector at length one; `None` where it has another number of dimensions, no length, or a number that is none.
pub(super) fn unit(vector: &[f32], dimensions: usize) -> Option<Vec<f32>> {
    let length = vector.iter().map(|number| f64::from(*number).powi(2)).sum::<f64>().sqrt();
    let good = vector.len() == dimensions && length.is_finite() && length > 1e-12;
    good.then(|| vector.iter().map(|number| (f64::from(*number) / length) as f32).collect())
}
