//! Jobs that stayed shut while accreditors had not seen all of a node's answers: they are looked at again once that may have changed.

use std::collections::BTreeSet;

use bithive_api::ContractEvent as _;
use bithive_api::registry::Event;
use bithive_chain::Block;

use super::{Contributor, PENDING, Record, record_name};
use crate::NodeError;

/// Record of these jobs.
const SHUT: &str = "shut";
/// Most of them that are remembered: the latest ones. A job is open for hours, accreditation lasts for months.
const MOST: usize = 256;

impl Contributor {
    /// Remembers a job whose vault did not open, and might have with the answers that were left out.
    pub(super) fn note_shut(&self, job_id: u64) -> Result<(), NodeError> {
        let mut jobs: BTreeSet<u64> = self.setup.state.get(SHUT)?.unwrap_or_default();
        jobs.insert(job_id);
        while jobs.len() > MOST {
            jobs.pop_first();
        }
        Ok(self.setup.state.put(SHUT, &jobs)?)
    }

    /// Has those jobs tried again if a block says something about this node's accreditation, or about what needs any.
    pub(super) fn heed_accreditors(&mut self, block: &Block) -> Result<(), NodeError> {
        let registry = self.client().deployment().registry();
        let own = self.setup.account.address();
        let concerns = |event: &bithive_chain::Event| match Event::read(registry, event) {
            Ok(Some(Event::Accredited { address, .. })) => address.as_str() == own,
            Ok(Some(Event::AccreditationSet { .. })) => true,
            _ => false,
        };
        let mut events = block.txs.iter().filter(|tx| tx.error.is_none()).flat_map(|tx| &tx.events);
        if !events.any(concerns) {
            return Ok(());
        }
        let state = &self.setup.state;
        let jobs: BTreeSet<u64> = state.get(SHUT)?.unwrap_or_default();
        for job_id in &jobs {
            let name = record_name(*job_id);
            if state.get::<Record>(&name)?.is_some_and(|record| record.requester.is_none()) {
                state.remove(&name)?;
            }
        }
        self.pending.extend(jobs);
        // In this order: a crash between the two has them tried twice.
        state.put(PENDING, &self.pending)?;
        Ok(state.put(SHUT, &BTreeSet::<u64>::new())?)
    }
}
