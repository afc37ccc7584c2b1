//! Strategies against the rules, played with the real contracts beside honest parties.
//!
//! 1. `accounts`, `arena`: who takes part, a whole deployment with its default parameters, and what everybody has;
//! 2. `market`: jobs as their parties play them;
//! 3. `strategy`: what a strategy is; a file for each family of them: `wash`, `stake`, `funds`, `registry`, `requests`,
//!    `quorum`;
//! 4. `game`: the same days with and without the strategy, and the difference;
//! 5. [`attack`]: all of them at several sizes; [`plot_attacks`]: profit and losses as a drawing.
//!
//! # The price of a BTK
//!
//! BTT and BTK are compared by one rule: a BTK is half a BTT, [`work::BTK_COST`]. That is the least that
//! a BTK costs whoever works for fees, staged or not. While a BTK is worth more, working for fees pays for everybody, the
//! attacker has no advantage in it, and credits are added until it does not; while it is worth less, what the attacker
//! gets is worth less than is counted here.
//!
//! # Who loses what
//!
//! Each game is played twice, without the attacker and with it. What somebody loses is what it has less of: tokens, what
//! contracts owe to it now or later, bonds, stakes and credits. What was slashed is a loss, though it was burnt or is the treasury's. Work
//! that honest nodes did and were not paid for is counted apart, by what they asked for it.

mod accounts;
mod arena;
mod draw;
mod funds;
mod game;
mod market;
mod quorum;
mod registry;
mod requests;
mod stake;
mod strategy;
mod wash;

use bithive_economics::work;
use serde::Serialize;

pub use draw::plot_attacks;
pub use game::Game;

use crate::EconomyError;
use arena::Reference;
use strategy::Strategy;

/// What is played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttackOptions {
    /// Numbers of honest nodes, each 3 to 32: every strategy is played at each of them.
    pub sizes: Vec<u16>,
    /// Seed of all keys. The same options give the same games.
    pub seed: u64,
    /// The only strategies to play, by name; all if there are none.
    pub only: Vec<String>,
}

impl AttackOptions {
    /// The same, if every number is within its bounds and every name is one of a strategy.
    ///
    /// # Errors
    /// [`EconomyError::Option`], [`EconomyError::NoStrategy`].
    pub fn checked(&self) -> Result<(), EconomyError> {
        let (least, most) = (3, 32);
        if let Some(found) = self.sizes.iter().find(|size| !(least..=most).contains(*size)) {
            let (found, least, most) = (u32::from(*found), least.into(), most.into());
            return Err(EconomyError::Option { field: "size", found, least, most });
        }
        let names = || strategies().into_iter().map(|strategy| strategy.name);
        match self.only.iter().find(|name| names().all(|known| known != name.as_str())) {
            Some(name) => Err(EconomyError::NoStrategy {
                found: name.clone(),
                expected: names().collect::<Vec<_>>().join(", "),
            }),
            None => Ok(()),
        }
    }

    /// Games of all sizes.
    #[must_use]
    pub fn games(&self) -> usize {
        self.chosen().len().saturating_mul(self.sizes.len())
    }

    fn chosen(&self) -> Vec<Strategy> {
        let chosen = |name: &str| self.only.is_empty() || self.only.iter().any(|only| only == name);
        strategies().into_iter().filter(|strategy| chosen(strategy.name)).collect()
    }
}

/// What all games gave.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttackReport {
    /// Base units of BTT that 1,000,000 base units of BTK count as.
    pub price: u128,
    /// By size, and by strategy.
    pub games: Vec<Game>,
    /// Games in which what must hold does not.
    pub broken: usize,
}

/// Base units of BTT for 1,000,000 base units of BTK: see the module's documentation.
#[must_use]
pub const fn price() -> u128 {
    work::BTK_COST
}

fn strategies() -> Vec<Strategy> {
    let families = [
        wash::strategies,
        stake::strategies,
        funds::strategies,
        registry::strategies,
        requests::strategies,
        quorum::strategies,
    ];
    families.into_iter().flat_map(|family| family()).collect()
}

/// Plays every strategy at every size. `progress` is told the games that have ended, and the strategy that begins.
///
/// # Errors
/// [`EconomyError`]: options out of bounds, or a chain that fails. A strategy that gains is no error: see [`Game::held`].
pub async fn attack(
    options: &AttackOptions,
    mut progress: impl FnMut(usize, &'static str),
) -> Result<AttackReport, EconomyError> {
    options.checked()?;
    let reference = Reference::new(options.seed)?;
    let mut games = Vec::new();
    for nodes in &options.sizes {
        for strategy in options.chosen() {
            progress(games.len(), strategy.name);
            let at = (options.seed, *nodes);
            let idle = game::days(&strategy, &reference, at, false).await?;
            let played = game::days(&strategy, &reference, at, true).await?;
            games.push(game::compare(&strategy, *nodes, &idle, &played));
        }
    }
    let broken = games.iter().filter(|game| !game.held).count();
    Ok(AttackReport { price: price(), games, broken })
}

/// The arena's bid is the price that BTK are counted at.
const _: () = assert!(arena::BID == price());
