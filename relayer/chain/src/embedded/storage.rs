//! State of the open block: changes kept in memory over the last committed state.

use cosmwasm_std::{Order, Record, Storage, testing::MockApi};
use cw_multi_test::{App, BankKeeper};
use redb::{AccessGuard, ReadOnlyTable};
use std::{cell::RefCell, cmp::Ordering, collections::BTreeMap, iter::Peekable, ops::Bound};

/// Committed state, readable while the next block is written.
pub(crate) type StateTable = ReadOnlyTable<&'static [u8], &'static [u8]>;

/// Value that the open block gives to a key; `None` removes it.
pub(crate) type Changes = BTreeMap<Vec<u8>, Change>;

type Change = Option<Vec<u8>>;

/// The committed state with the open block's changes on top. [`BlockStorage::rollback`] undoes the changes since a
/// [`Savepoint`]: a failed transaction must leave no trace in a block that keeps others.
pub(crate) struct BlockStorage {
    committed: StateTable,
    changes: Changes,
    /// What each change replaced in `changes`, oldest first.
    journal: Vec<(Vec<u8>, Option<Change>)>,
    /// First failed read. `Storage` cannot return errors, so it is checked before anything is told or committed.
    fault: RefCell<Option<String>>,
}

type CommittedEntry = (AccessGuard<'static, &'static [u8]>, AccessGuard<'static, &'static [u8]>);

/// Contracts and accounts over the state of the open block.
pub(super) type EmbeddedApp = App<BankKeeper, MockApi, BlockStorage>;

/// A moment in the open block.
#[derive(Clone, Copy)]
pub(crate) struct Savepoint(usize);

impl BlockStorage {
    pub(crate) fn new(committed: StateTable) -> Self {
        Self { committed, changes: Changes::new(), journal: Vec::new(), fault: RefCell::new(None) }
    }

    /// Everything the open block has changed.
    pub(crate) fn changes(&self) -> &Changes {
        &self.changes
    }

    pub(crate) fn savepoint(&self) -> Savepoint {
        Savepoint(self.journal.len())
    }

    pub(crate) fn rollback(&mut self, to: Savepoint) {
        while self.journal.len() > to.0 {
            let Some((key, before)) = self.journal.pop() else { return };
            match before {
                Some(change) => self.changes.insert(key, change),
                None => self.changes.remove(&key),
            };
        }
    }

    /// Starts the next block on `committed`, which includes this block's changes.
    pub(crate) fn rebase(&mut self, committed: StateTable) {
        self.committed = committed;
        self.changes.clear();
        self.journal.clear();
    }

    /// The first read error, if there was one. What could not be read looks like something that is not there.
    pub(crate) fn fault(&self) -> Option<String> {
        self.fault.borrow().clone()
    }

    fn change(&mut self, key: &[u8], value: Change) {
        let before = self.changes.insert(key.to_vec(), value);
        self.journal.push((key.to_vec(), before));
    }

    fn remember(&self, error: &redb::StorageError) {
        self.fault.borrow_mut().get_or_insert_with(|| error.to_string());
    }

    fn read(&self, entry: Result<CommittedEntry, redb::StorageError>) -> Option<Record> {
        match entry {
            Ok((key, value)) => Some((key.value().to_vec(), value.value().to_vec())),
            Err(error) => {
                self.remember(&error);
                None
            }
        }
    }

    fn committed_range(
        &self,
        bounds: (Bound<&[u8]>, Bound<&[u8]>),
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + '_> {
        let range = match self.committed.range::<&[u8]>(bounds) {
            Ok(range) => range,
            Err(error) => {
                self.remember(&error);
                return Box::new(std::iter::empty());
            }
        };
        let read = |entry| self.read(entry);
        match order {
            Order::Ascending => Box::new(range.map_while(read)),
            Order::Descending => Box::new(range.rev().map_while(read)),
        }
    }
}

impl Storage for BlockStorage {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        match self.changes.get(key) {
            Some(change) => change.clone(),
            None => match self.committed.get(key) {
                Ok(value) => value.map(|value| value.value().to_vec()),
                Err(error) => {
                    self.remember(&error);
                    None
                }
            },
        }
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        if matches!((start, end), (Some(start), Some(end)) if start >= end) {
            return Box::new(std::iter::empty());
        }
        let bounds =
            (start.map_or(Bound::Unbounded, Bound::Included), end.map_or(Bound::Unbounded, Bound::Excluded));
        let committed = self.committed_range(bounds, order);
        let changed = self.changes.range::<[u8], _>(bounds);
        let changed: Box<dyn Iterator<Item = (&Vec<u8>, &Change)>> = match order {
            Order::Ascending => Box::new(changed),
            Order::Descending => Box::new(changed.rev()),
        };
        Box::new(Merged { committed: committed.peekable(), changed: changed.peekable(), order })
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.change(key, Some(value.to_vec()));
    }

    fn remove(&mut self, key: &[u8]) {
        self.change(key, None);
    }
}

/// Two sorted sequences as one, in which a change hides the committed record of its key.
struct Merged<'a, C: Iterator<Item = Record>, D: Iterator<Item = (&'a Vec<u8>, &'a Change)>> {
    committed: Peekable<C>,
    changed: Peekable<D>,
    order: Order,
}

impl<'a, C, D> Iterator for Merged<'a, C, D>
where
    C: Iterator<Item = Record>,
    D: Iterator<Item = (&'a Vec<u8>, &'a Change)>,
{
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        loop {
            let Some((changed, _)) = self.changed.peek() else { return self.committed.next() };
            let first = self.committed.peek().map(|(committed, _)| match self.order {
                Order::Ascending => committed.cmp(changed),
                Order::Descending => (*changed).cmp(committed),
            });
            match first {
                Some(Ordering::Less) => return self.committed.next(),
                Some(Ordering::Equal) => drop(self.committed.next()),
                Some(Ordering::Greater) | None => {}
            }
            if let Some((key, Some(value))) = self.changed.next() {
                return Some((key.clone(), value.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ledger::Ledger;
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Op {
        Set(Vec<u8>, Vec<u8>),
        Remove(Vec<u8>),
        Savepoint,
        Rollback,
        Commit,
        Range(Option<Vec<u8>>, Option<Vec<u8>>, bool),
    }

    /// Few and short keys, so that operations meet.
    fn key() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(0u8..3, 1..4)
    }

    fn op() -> impl Strategy<Value = Op> {
        prop_oneof![
            6 => (key(), prop::collection::vec(any::<u8>(), 0..4)).prop_map(|(k, v)| Op::Set(k, v)),
            3 => key().prop_map(Op::Remove),
            1 => Just(Op::Savepoint),
            1 => Just(Op::Rollback),
            1 => Just(Op::Commit),
            4 => (prop::option::of(key()), prop::option::of(key()), any::<bool>())
                .prop_map(|(start, end, up)| Op::Range(start, end, up)),
        ]
    }

    type Model = BTreeMap<Vec<u8>, Vec<u8>>;

    fn model_range(
        model: &Model,
        start: &Option<Vec<u8>>,
        end: &Option<Vec<u8>>,
        order: Order,
    ) -> Vec<Record> {
        let inside =
            |key: &Vec<u8>| start.as_ref().is_none_or(|s| key >= s) && end.as_ref().is_none_or(|e| key < e);
        let mut records: Vec<Record> =
            model.iter().filter(|(key, _)| inside(key)).map(|(k, v)| (k.clone(), v.clone())).collect();
        if order == Order::Descending {
            records.reverse();
        }
        records
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn the_state_behaves_like_a_sorted_map_with_undo(ops in prop::collection::vec(op(), 1..80)) {
            let ledger = Ledger::open(None).unwrap();
            let mut storage = BlockStorage::new(ledger.state().unwrap());
            let mut model = Model::new();
            let mut saved: Vec<(Savepoint, Model)> = Vec::new();
            for op in ops {
                match op {
                    Op::Set(key, value) => {
                        storage.set(&key, &value);
                        model.insert(key, value);
                    }
                    Op::Remove(key) => {
                        storage.remove(&key);
                        model.remove(&key);
                    }
                    Op::Savepoint => saved.push((storage.savepoint(), model.clone())),
                    Op::Rollback => if let Some((savepoint, then)) = saved.pop() {
                        storage.rollback(savepoint);
                        model = then;
                    },
                    Op::Commit => {
                        ledger.write_state(storage.changes()).unwrap();
                        storage.rebase(ledger.state().unwrap());
                        saved.clear();
                    }
                    Op::Range(start, end, up) => {
                        let order = if up { Order::Ascending } else { Order::Descending };
                        let found: Vec<Record> = storage.range(start.as_deref(), end.as_deref(), order).collect();
                        prop_assert_eq!(found, model_range(&model, &start, &end, order));
                    }
                }
                for (key, value) in &model {
                    let found = storage.get(key);
                    prop_assert_eq!(found.as_ref(), Some(value));
                }
                let all: Model = storage.range(None, None, Order::Ascending).collect();
                prop_assert_eq!(&all, &model);
            }
            prop_assert_eq!(storage.fault(), None);
        }
    }
}
