//! Stake that many hold together: shares, slashes, and rewards per share.
//!
//! A pool's tokens are divided by shares. A slash takes tokens and leaves the shares, so that every holder loses its part
//! at once, however many there are. Tokens come in at the present rate and leave at it, both rounded against whoever
//! moves them. Rewards don't change the rate: they raise an index, of which each share has its difference.
//!
//! Tokens are never more than shares, because the rate begins at one and only falls; so a token always buys a share.

use crate::ratio::wide_share;

/// Rewards per share are kept in units of 2^-64 of a base unit.
const SCALE_BITS: u32 = 64;

/// Tokens, and the shares they are divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    /// Tokens that the shares are worth together, in base units.
    pub tokens: u128,
    /// At least `tokens`.
    pub shares: u128,
}

/// What a pool refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum PoolError {
    /// Everything was slashed: a share is worth nothing, and a token would buy any number of them.
    #[error("everything in the pool was slashed; nothing can be added to it")]
    Empty,
    /// So much was slashed that a token buys more shares than can be counted.
    #[error("the pool's shares would leave 128 bits")]
    TooManyShares,
    /// More shares than there are.
    #[error("the pool has {found} shares; {asked} were asked for")]
    NotEnough {
        /// Shares asked for.
        asked: u128,
        /// Shares there are.
        found: u128,
    },
}

impl Pool {
    /// The shares that `tokens` buy, rounded down.
    ///
    /// # Errors
    /// [`PoolError::Empty`], [`PoolError::TooManyShares`].
    pub fn shares_for(&self, tokens: u128) -> Result<u128, PoolError> {
        match (self.tokens, self.shares) {
            (_, 0) => Ok(tokens),
            (0, _) => Err(PoolError::Empty),
            (held, shares) => wide_share(tokens, shares, held).ok_or(PoolError::TooManyShares),
        }
    }

    /// What `shares` are worth, rounded down.
    #[must_use]
    pub fn worth(&self, shares: u128) -> u128 {
        // More shares than there are are worth no more than everything.
        if shares >= self.shares {
            self.tokens
        } else {
            wide_share(self.tokens, shares, self.shares).unwrap_or(0)
        }
    }

    /// Adds tokens; returns the pool and the shares they bought.
    ///
    /// # Errors
    /// As [`Pool::shares_for`].
    pub fn add(&self, tokens: u128) -> Result<(Self, u128), PoolError> {
        let bought = self.shares_for(tokens)?;
        let sum = |a: u128, b: u128| a.checked_add(b).ok_or(PoolError::TooManyShares);
        Ok((Self { tokens: sum(self.tokens, tokens)?, shares: sum(self.shares, bought)? }, bought))
    }

    /// Takes shares out; returns the pool and what they were worth. The last shares take everything.
    ///
    /// # Errors
    /// [`PoolError::NotEnough`].
    pub fn remove(&self, shares: u128) -> Result<(Self, u128), PoolError> {
        let not_enough = PoolError::NotEnough { asked: shares, found: self.shares };
        let left = self.shares.checked_sub(shares).ok_or(not_enough)?;
        let worth = self.worth(shares);
        Ok((Self { tokens: self.tokens.saturating_sub(worth), shares: left }, worth))
    }

    /// Takes `tokens`, or all there are; returns the pool and what was taken.
    #[must_use]
    pub const fn slash(&self, tokens: u128) -> (Self, u128) {
        let taken = if tokens < self.tokens { tokens } else { self.tokens };
        (Self { tokens: self.tokens.saturating_sub(taken), shares: self.shares }, taken)
    }
}

/// Rewards per share, and what a division left for the next reward.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Sum of rewards per share, in 2^-64 base units.
    pub per_share: u128,
    /// Scaled rewards that were not enough for a unit per share; less than the shares.
    pub left: u128,
}

impl Index {
    /// Rewards for `shares`, at least one; none where the index would leave 128 bits.
    #[must_use]
    pub fn reward(&self, amount: u128, shares: u128) -> Option<Self> {
        // amount < 2^64 base units of any token of this economy, and left < 2^64 then.
        let scaled = amount.checked_shl(SCALE_BITS).filter(|scaled| scaled >> SCALE_BITS == amount)?;
        let scaled = scaled.checked_add(self.left)?;
        let (each, left) = (scaled.checked_div(shares)?, scaled.checked_rem(shares)?);
        Some(Self { per_share: self.per_share.checked_add(each)?, left })
    }

    /// What `shares` earned since the index was `before`, rounded down.
    #[must_use]
    pub fn earned(&self, shares: u128, before: u128) -> Option<u128> {
        wide_share(self.per_share.checked_sub(before)?, shares, 1 << SCALE_BITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_tokens_buy_as_many_shares_and_a_slash_takes_from_everybody() {
        let (pool, alice) = Pool::default().add(1_000).unwrap();
        let (pool, bob) = pool.add(500).unwrap();
        assert_eq!((alice, bob), (1_000, 500));
        let (pool, taken) = pool.slash(750);
        assert_eq!((taken, pool.worth(alice), pool.worth(bob)), (750, 500, 250));
        // A newcomer pays the present rate.
        let (pool, carol) = pool.add(100).unwrap();
        assert_eq!((carol, pool.worth(carol), pool.worth(alice)), (200, 100, 500));
    }

    #[test]
    fn an_empty_pool_takes_nothing_until_its_shares_are_gone() {
        let (pool, shares) = Pool::default().add(10).unwrap();
        let (pool, taken) = pool.slash(u128::MAX);
        assert_eq!((taken, pool.worth(shares)), (10, 0));
        assert_eq!(pool.add(1), Err(PoolError::Empty));
        let (pool, worth) = pool.remove(shares).unwrap();
        assert_eq!((pool, worth), (Pool::default(), 0));
        assert_eq!(pool.add(1).unwrap().1, 1);
        assert_eq!(pool.remove(1), Err(PoolError::NotEnough { asked: 1, found: 0 }));
    }

    #[test]
    fn shares_beyond_128_bits_are_refused() {
        let pool = Pool { tokens: 1, shares: u128::MAX };
        assert_eq!(pool.add(2), Err(PoolError::TooManyShares));
        assert_eq!(Index::default().reward(u128::MAX, 1), None);
    }

    #[derive(Clone, Debug)]
    enum Op {
        Add(usize, u128),
        Remove(usize, u16),
        Slash(u128),
        Reward(u128),
    }

    fn ops() -> impl Strategy<Value = Op> {
        prop_oneof![
            4 => (0usize..4, 1u128..1 << 40).prop_map(|(who, tokens)| Op::Add(who, tokens)),
            3 => (0usize..4, 0u16..=10_000).prop_map(|(who, part)| Op::Remove(who, part)),
            1 => (1u128..1 << 38).prop_map(Op::Slash),
            2 => (1u128..1 << 40).prop_map(Op::Reward),
        ]
    }

    proptest! {
        #[test]
        fn no_sequence_makes_tokens_or_pays_more_rewards_than_came(ops in prop::collection::vec(ops(), 1..80)) {
            let (mut pool, mut index) = (Pool::default(), Index::default());
            let (mut shares, mut seen, mut earned) = ([0u128; 4], [0u128; 4], [0u128; 4]);
            let (mut came, mut gone, mut rewards) = (0u128, 0u128, 0u128);
            for op in ops {
                match op {
                    Op::Add(who, tokens) => {
                        earned[who] += index.earned(shares[who], seen[who]).unwrap();
                        seen[who] = index.per_share;
                        if let Ok((next, bought)) = pool.add(tokens) {
                            prop_assert!(next.worth(bought) <= tokens && bought >= tokens);
                            (pool, came) = (next, came + tokens);
                            shares[who] += bought;
                        }
                    }
                    Op::Remove(who, part) => {
                        earned[who] += index.earned(shares[who], seen[who]).unwrap();
                        seen[who] = index.per_share;
                        let removed = shares[who] / 10_000 * u128::from(part);
                        let (next, worth) = pool.remove(removed).unwrap();
                        (pool, gone) = (next, gone + worth);
                        shares[who] -= removed;
                    }
                    Op::Slash(tokens) => {
                        let (next, taken) = pool.slash(tokens);
                        (pool, gone) = (next, gone + taken);
                    }
                    Op::Reward(amount) if pool.shares > 0 => {
                        index = index.reward(amount, pool.shares).unwrap();
                        rewards += amount;
                    }
                    Op::Reward(_) => {}
                }
                prop_assert_eq!(pool.tokens, came - gone);
                prop_assert_eq!(pool.shares, shares.iter().sum::<u128>());
                prop_assert!(pool.tokens <= pool.shares);
                let worth: u128 = shares.iter().map(|shares| pool.worth(*shares)).sum();
                prop_assert!(worth <= pool.tokens && pool.tokens - worth <= 4);
            }
            let total: u128 = (0..4).map(|who| earned[who] + index.earned(shares[who], seen[who]).unwrap()).sum();
            // Less than a unit for each time that somebody was settled.
            prop_assert!(total <= rewards && rewards - total <= 90, "{total} of {rewards}");
        }
    }
}
