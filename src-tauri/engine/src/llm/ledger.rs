//! The ledger: one row a call, with what it cost. It holds numbers and model names, no mail.

use super::price;
use crate::Engine;
use crate::api::{ModelRef, UnixMillis};
use crate::error::{Error, Result};
use crate::store::Keep;
use crate::store::tables::LEDGER;
use serde::{Deserialize, Serialize};

/// One call to a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRow {
    pub(crate) at: UnixMillis,
    pub(crate) model: ModelRef,
    pub(crate) input_tokens: u64,
    pub(crate) output_tokens: u64,
    pub(crate) cost_micros: Option<u64>,
}

impl Engine {
    /// Writes a call down; returns its cost, where the price list knows the model.
    pub(crate) fn write_down(
        &self,
        model: &ModelRef,
        input_tokens: u64,
        output_tokens: u64,
        at: UnixMillis,
    ) -> Result<Option<u64>> {
        let cost_micros = price::of(model, at).map(|price| price::cost(&price, input_tokens, output_tokens));
        let row = LedgerRow { at, model: model.clone(), input_tokens, output_tokens, cost_micros };
        let mut chance = [0u8; 4];
        getrandom::fill(&mut chance).map_err(|e| Error::internal("no randomness", e))?;
        let key = [month(at).as_slice(), &at.to_be_bytes(), &chance].concat();
        self.store().write(self.account(), Keep::Again, |tx| tx.put(LEDGER, &key, &row))?;
        Ok(cost_micros)
    }

    /// The cost of this calendar month's calls (UTC) in millionths of a US dollar, as far as prices are known.
    pub(crate) fn spent_this_month(&self, now: UnixMillis) -> Result<u64> {
        let mut spent = 0u64;
        self.store().read(self.account())?.each(LEDGER, &month(now), |_, row: LedgerRow| {
            spent = spent.saturating_add(row.cost_micros.unwrap_or(0));
            Ok(true)
        })?;
        Ok(spent)
    }
}

/// The first three bytes of a row's key: year and month.
fn month(at: UnixMillis) -> [u8; 3] {
    let date = jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date();
    let [high, low] = date.year().to_be_bytes();
    [high, low, date.month().unsigned_abs()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Provider;

    #[test]
    fn a_month_sums_its_own_calls() {
        let engine = Engine::in_memory().unwrap();
        let flash = ModelRef { provider: Provider::Gemini, name: "gemini-3.8-flash".into() };
        let local = ModelRef { provider: Provider::Local, name: "llama".into() };
        let (november, december) = (1_795_430_400_000, 1_797_000_000_000);
        assert_eq!(engine.write_down(&flash, 1_000_000, 0, november).unwrap(), Some(750_000));
        assert_eq!(engine.write_down(&flash, 1_000_000, 0, november).unwrap(), Some(750_000));
        assert_eq!(engine.write_down(&local, 1_000_000, 0, november).unwrap(), None);
        engine.write_down(&flash, 0, 1_000_000, december).unwrap();
        assert_eq!(engine.spent_this_month(november).unwrap(), 1_500_000);
        assert_eq!(engine.spent_this_month(december).unwrap(), 3_750_000);
    }
}
