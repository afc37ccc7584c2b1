//! Which network, and when its rounds are.

use std::num::NonZeroU32;

use crate::{DrandError, PUBLIC_KEY_BYTES};

/// A drand network of the scheme `bls-unchained-g1-rfc9380`. Times are Unix times in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Chain hash: names the network in drand's interfaces. Verification goes by the public key.
    pub hash: [u8; 32],
    /// Public key of the network, compressed point of G2.
    pub public_key: [u8; PUBLIC_KEY_BYTES],
    /// Time of round 1.
    pub genesis: u64,
    /// Seconds from one round to the next.
    pub period: NonZeroU32,
}

impl Chain {
    /// A network as a contract knows it, by its key and its times; none if the key has another length than 96 bytes or the period is 0. Its
    /// `hash`, which verification does not need, is that of no network: zeros.
    #[must_use]
    pub fn of_key(public_key: &[u8], genesis: u64, period: u32) -> Option<Self> {
        let public_key = public_key.try_into().ok()?;
        Some(Self { hash: [0; 32], public_key, genesis, period: NonZeroU32::new(period)? })
    }

    /// The newest round whose time has come at `time`.
    ///
    /// # Errors
    /// [`DrandError::BeforeGenesis`]; [`DrandError::Overflow`].
    pub fn round_at(&self, time: u64) -> Result<u64, DrandError> {
        let genesis = self.genesis;
        let elapsed = time.checked_sub(genesis).ok_or(DrandError::BeforeGenesis { time, genesis })?;
        (elapsed / u64::from(self.period.get())).checked_add(1).ok_or(DrandError::Overflow)
    }

    /// When `round` is signed: its beacon doesn't exist before.
    ///
    /// # Errors
    /// [`DrandError::RoundZero`]; [`DrandError::Overflow`].
    pub fn time_of(&self, round: u64) -> Result<u64, DrandError> {
        let periods = round.checked_sub(1).ok_or(DrandError::RoundZero)?;
        periods
            .checked_mul(self.period.get().into())
            .and_then(|elapsed| elapsed.checked_add(self.genesis))
            .ok_or(DrandError::Overflow)
    }

    /// The first round whose time is later than `time`: what to bind a commitment made at `time` to, so that
    /// who commits can't know the randomness.
    ///
    /// The promise is relative to `time`. A block's time may be behind the clocks of those who watch drand, so
    /// a contract adds the most it tolerates of that to the block's time before it asks.
    ///
    /// # Errors
    /// [`DrandError::Overflow`].
    pub fn first_round_after(&self, time: u64) -> Result<u64, DrandError> {
        let round = match self.round_at(time) {
            Ok(round) => round.checked_add(1).ok_or(DrandError::Overflow)?,
            Err(DrandError::BeforeGenesis { .. }) => 1,
            Err(error) => return Err(error),
        };
        self.time_of(round).map(|_| round)
    }
}
