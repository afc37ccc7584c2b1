//! Storage that adds up what its accesses cost: what makes a message dearer on a chain as more people take part.

use std::cell::Cell;
use std::rc::Rc;

use cosmwasm_std::testing::MockStorage;
use cosmwasm_std::{Order, Record, Storage};

/// Storage in memory with a counter of gas: `KVGasConfig` of the Cosmos SDK.
#[derive(Default)]
pub struct Metered {
    inner: MockStorage,
    gas: Rc<Cell<u64>>,
}

impl Metered {
    /// The counter; it goes on counting.
    #[must_use]
    pub fn counter(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.gas)
    }

    fn charge(&self, flat: u64, per_byte: u64, bytes: usize) {
        self.gas.set(self.gas.get() + flat + per_byte * bytes as u64);
    }
}

impl Storage for Metered {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        let value = self.inner.get(key);
        self.charge(1_000, 3, key.len() + value.as_ref().map_or(0, Vec::len));
        value
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        let charge = |(key, value): &Record| self.charge(30, 3, key.len() + value.len());
        Box::new(self.inner.range(start, end, order).inspect(charge))
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.charge(2_000, 30, key.len() + value.len());
        self.inner.set(key, value);
    }

    fn remove(&mut self, key: &[u8]) {
        self.charge(1_000, 0, 0);
        self.inner.remove(key);
    }
}
