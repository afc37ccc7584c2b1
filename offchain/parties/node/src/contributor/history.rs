//! Where the node is in the history of its chain. A chain that was rolled back or replaced has another history: the node says
//! so, goes on from where the chain is now, and looks again at the jobs that it has records of.

use bithive_chain::{Block, BlockCursor, BlockHash, ChainError};
use serde::{Deserialize, Serialize};

use super::{CURSOR, Contributor, PENDING, Record};
use crate::NodeError;

const LAST_BLOCK: &str = "last_block";
/// Most jobs that are looked at again, the newest ones: whoever answers as the chain must not be able to keep the node
/// busy.
const MOST_JOBS: usize = 256;

/// The last block that was read.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct LastBlock {
    height: u64,
    hash: BlockHash,
}

impl Contributor {
    /// The blocks that are not read yet.
    pub(super) fn cursor(&self) -> Result<BlockCursor, NodeError> {
        let last: Option<LastBlock> = self.setup.state.get(LAST_BLOCK)?;
        // One that an older version left is of another height.
        let last = last.filter(|last| last.height.saturating_add(1) == self.next_height);
        Ok(self.client().chain().blocks_from(self.next_height).after(last.map(|last| last.hash)))
    }

    /// Records that a block is read.
    pub(super) fn moved_past(&mut self, block: &Block) -> Result<(), NodeError> {
        self.next_height = block.height.saturating_add(1);
        // In this order: a crash between two of them repeats the block, which does nothing twice.
        self.setup.state.put(PENDING, &self.pending)?;
        match block.hash {
            Some(hash) => self.setup.state.put(LAST_BLOCK, &LastBlock { height: block.height, hash })?,
            None => self.setup.state.remove(LAST_BLOCK)?,
        }
        self.setup.state.put(CURSOR, &self.next_height)?;
        Ok(())
    }

    /// After an error of the cursor: whether the chain has another history than the one that was read. If so, the node goes
    /// on where the chain is now. Blocks that are read again do nothing twice.
    pub(super) async fn follow_rollback(&mut self, error: &ChainError) -> Result<bool, NodeError> {
        if !matches!(error, ChainError::RolledBack { .. } | ChainError::NodeBehind { .. }) {
            return Ok(false);
        }
        let Ok(info) = self.client().chain().info().await else { return Ok(false) };
        let (before, next) = (self.next_height, self.next_height.min(info.height.saturating_add(1)));
        let jobs = self.jobs_on_record()?;
        tracing::warn!(
            %error, read = before.saturating_sub(1), height = info.height, jobs = jobs.len(),
            "the chain has another history than before; going on from where it is, and looking at known jobs again"
        );
        self.next_height = next;
        self.pending.extend(jobs);
        self.setup.state.put(PENDING, &self.pending)?;
        self.setup.state.remove(LAST_BLOCK)?;
        self.setup.state.put(CURSOR, &self.next_height)?;
        self.setup.observer.rolled_back(info.height);
        Ok(true)
    }

    /// The newest jobs that the node has claimed.
    fn jobs_on_record(&self) -> Result<Vec<u64>, NodeError> {
        let names = self.setup.state.names("job/")?;
        let mut jobs: Vec<u64> =
            names.iter().filter_map(|name| name.strip_prefix("job/")?.parse().ok()).collect();
        jobs.sort_unstable();
        let mut claimed = Vec::new();
        for job_id in jobs.into_iter().rev() {
            let record: Option<Record> = self.setup.state.get(&super::record_name(job_id))?;
            if record.is_some_and(|record| !record.claimed.is_empty()) {
                claimed.push(job_id);
            }
            if claimed.len() == MOST_JOBS {
                break;
            }
        }
        Ok(claimed)
    }
}
