//! Following a chain block by block.

use crate::{Block, BlockHash, ChainError};
use async_trait::async_trait;
use std::sync::Arc;

/// Where a cursor reads its blocks.
#[async_trait]
pub trait BlockSource: Send + Sync {
    /// The block at `height`, waiting until it is committed.
    async fn block_at(&self, height: u64) -> Result<Block, ChainError>;
}

/// Blocks in ascending order, each exactly once.
///
/// The cursor asks for heights one after another and moves on only when it hands a block out, so an error or a
/// dropped future loses nothing: call [`BlockCursor::next`] again. Persist [`BlockCursor::next_height`] and the block's
/// hash after a block is processed and start from them after a restart: each block has to name the one before it, so a
/// chain that was rolled back, or replaced by another one, is noticed.
pub struct BlockCursor {
    source: Arc<dyn BlockSource>,
    next_height: u64,
    /// Hash of the block before the next one, where it is known.
    last: Option<BlockHash>,
}

impl BlockCursor {
    /// A cursor whose first block is at `height`, or at 1 when `height` is 0.
    #[must_use]
    pub fn new(source: Arc<dyn BlockSource>, height: u64) -> Self {
        Self { source, next_height: height.max(1), last: None }
    }

    /// Expects the first block to follow the one with this hash.
    #[must_use]
    pub fn after(mut self, last: Option<BlockHash>) -> Self {
        self.last = last;
        self
    }

    /// Height of the block that [`BlockCursor::next`] hands out.
    #[must_use]
    pub fn next_height(&self) -> u64 {
        self.next_height
    }

    /// The next block, waiting until it is committed. Cancel safe.
    ///
    /// # Errors
    /// [`ChainError::NodeDown`] when the chain does not answer; [`ChainError::NodeBehind`] when it is not as far as the
    /// cursor; [`ChainError::RolledBack`] when the block does not follow the one before. The cursor stays where it is.
    pub async fn next(&mut self) -> Result<Block, ChainError> {
        let block = self.source.block_at(self.next_height).await?;
        if block.height != self.next_height {
            return Err(ChainError::Decode {
                what: "block".into(),
                reason: format!("height is {}, asked for {}", block.height, self.next_height),
            });
        }
        if let (Some(last), Some(parent)) = (self.last, block.parent)
            && last != parent
        {
            return Err(ChainError::RolledBack { height: block.height.saturating_sub(1) });
        }
        self.next_height += 1;
        self.last = block.hash;
        Ok(block)
    }
}
