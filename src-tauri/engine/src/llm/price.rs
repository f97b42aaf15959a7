//! What a call costs: dated rows in `data/models.yaml`. Nothing is guessed: a model without a row has no price.

use crate::api::{ModelRef, Price, Provider, UnixMillis};
use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    model: String,
    from: jiff::civil::Date,
    input: f64,
    output: f64,
    read: jiff::civil::Date,
    source: String,
}

static ROWS: LazyLock<Vec<Row>> =
    LazyLock::new(|| serde_norway::from_str(include_str!("../../data/models.yaml")).unwrap_or_default());

/// The price of a model on a day; a model on the user's own machine has none.
pub(crate) fn of(model: &ModelRef, now: UnixMillis) -> Option<Price> {
    if model.provider != Provider::Gemini {
        return None;
    }
    let today = jiff::Timestamp::from_millisecond(now).ok()?.to_zoned(jiff::tz::TimeZone::UTC).date();
    let name = model.name.trim_start_matches("models/");
    let row = ROWS.iter().filter(|row| row.model == name && row.from <= today).max_by_key(|row| row.from)?;
    Some(Price {
        input_micros: micros(row.input),
        output_micros: micros(row.output),
        as_of: row.read.to_string(),
        source: row.source.clone(),
    })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // prices are small positive numbers of a file of ours
fn micros(dollars: f64) -> u64 {
    (dollars * 1_000_000.0).round() as u64
}

/// The cost of so many tokens, rounded up, in millionths of a dollar.
pub(crate) fn cost(price: &Price, input: u64, output: u64) -> u64 {
    let micro_micros =
        u128::from(price.input_micros) * u128::from(input) + u128::from(price.output_micros) * u128::from(output);
    u64::try_from(micro_micros.div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gemini(name: &str) -> ModelRef {
        ModelRef { provider: Provider::Gemini, name: name.into() }
    }

    #[test]
    fn the_file_is_whole_and_dated() {
        let rows: Vec<Row> = serde_norway::from_str(include_str!("../../data/models.yaml")).unwrap();
        assert!(!rows.is_empty());
        assert!(rows.iter().all(|row| row.source.starts_with("https://") && row.input > 0.0 && row.output > 0.0));
    }

    #[test]
    fn a_price_holds_until_a_later_row_does() {
        let (in_2026, in_2027) = (1_795_000_000_000, 1_800_000_000_000);
        assert_eq!(of(&gemini("gemini-3.8-flash"), in_2026).unwrap().input_micros, 750_000);
        assert_eq!(of(&gemini("gemini-3.8-flash"), in_2027).unwrap().input_micros, 1_500_000);
        assert_eq!(of(&gemini("gemini-3.8-flash"), 0), None, "before its first row");
        assert_eq!(of(&gemini("gemini-99"), in_2027), None);
    }

    #[test]
    fn a_cost_is_rounded_up() {
        let price = of(&gemini("gemini-3.8-flash"), 1_795_000_000_000).unwrap();
        assert_eq!(cost(&price, 1_000_000, 1_000_000), 750_000 + 3_750_000);
        assert_eq!(cost(&price, 1, 0), 1);
        assert_eq!(cost(&price, 0, 0), 0);
    }
}
