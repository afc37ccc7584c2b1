//! Time of a served chain: empty blocks at an interval, as validators would make them.

use crate::{ChainError, Embedded};
use std::time::Duration;
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

/// When empty blocks are committed, and how far each moves the chain's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockClock {
    /// Time between two blocks on this machine's clock. More than 0.
    pub every: Duration,
    /// Seconds that a block is after the one before it on the chain's clock.
    pub seconds: u64,
}

impl Default for BlockClock {
    /// A block per second, a second apart.
    fn default() -> Self {
        Self { every: Duration::from_secs(1), seconds: 1 }
    }
}

impl BlockClock {
    pub(super) fn validate(self) -> Result<(), ChainError> {
        if self.every.is_zero() {
            let reason = "0 s between two blocks, expected more".into();
            return Err(ChainError::InvalidConfig { field: "clock".into(), reason });
        }
        Ok(())
    }
}

/// Makes blocks until the server stops; returns the error when a block can't be made, or the chain stops by itself.
pub(super) async fn run(
    chain: Embedded,
    clock: Option<BlockClock>,
    mut stopped: watch::Receiver<bool>,
) -> ChainError {
    let end = || ChainError::NodeDown { reason: "the server has stopped".into() };
    let Some(clock) = clock else {
        return tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => end(),
            error = chain.stopped() => error,
        };
    };
    let mut ticks = interval(clock.every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.tick().await;
    loop {
        tokio::select! {
            _ = stopped.wait_for(|stopped| *stopped) => return end(),
            error = chain.stopped() => return error,
            _ = ticks.tick() => {}
        }
        // Outside of the choice above: a stop waits for the block that is being made.
        if let Err(error) = chain.advance_time(clock.seconds).await {
            return error;
        }
    }
}
