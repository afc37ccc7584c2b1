//! Following a chain block by block.

use crate::{Block, ChainError};
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
/// dropped future loses nothing: call [`BlockCursor::next`] again. Persist [`BlockCursor::next_height`] after a
/// block is processed and start from it after a restart.
pub struct BlockCursor {
    source: Arc<dyn BlockSource>,
    next_height: u64,
}

impl BlockCursor {
    /// A cursor whose first block is at `height`, or at 1 when `height` is 0.
    #[must_use]
    pub fn new(source: Arc<dyn BlockSource>, height: u64) -> Self {
        Self { source, next_height: height.max(1) }
    }

    /// Height of the block that [`BlockCursor::next`] hands out.
    #[must_use]
    pub fn next_height(&self) -> u64 {
        self.next_height
    }

    /// The next block, waiting until it is committed. Cancel safe.
    ///
    /// # Errors
    /// [`ChainError::NodeDown`] when the chain does not answer; the cursor stays where it is.
    pub async fn next(&mut self) -> Result<Block, ChainError> {
        let block = self.source.block_at(self.next_height).await?;
        if block.height != self.next_height {
            return Err(ChainError::Decode {
                what: "block".into(),
                reason: format!("height is {}, asked for {}", block.height, self.next_height),
            });
        }
        self.next_height += 1;
        Ok(block)
    }
}
