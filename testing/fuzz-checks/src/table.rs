//! Rows for a model: CSV files and the encoded matrix.

use bithive_table::{Features, Table};

use crate::choose;
use crate::memory::Budget;

/// A row of one short cell is several times as large in memory.
pub const BUDGET: Budget = Budget { fixed: 256 << 10, per_byte: 64 };

/// The first byte chooses between CSV and the encoding.
pub fn check(input: &[u8]) {
    match choose(input, 2) {
        None => {}
        Some((0, bytes)) => csv(bytes),
        Some((_, bytes)) => features(bytes),
    }
}

fn csv(bytes: &[u8]) {
    let Ok(table) = Table::from_csv(bytes) else { return };
    assert_eq!(table.columns().len(), table.features().width());
    if let Some(labels) = table.labels() {
        assert_eq!(labels.len(), table.features().row_count());
    }
    features(&table.features().encode());
    let last = table.features().row_count() - 1;
    let selected = table.select(&[last, 0]).expect("rows that are there");
    assert_eq!(selected.features().rows().next(), table.features().rows().last());
}

fn features(bytes: &[u8]) {
    let Ok(features) = Features::decode(bytes) else { return };
    assert_eq!(features.encode(), bytes, "a matrix has one encoding");
    assert_eq!(features.rows().len(), features.row_count());
    assert!(features.rows().flatten().all(|value| value.is_finite()));
}
