//! What a strategy is.

use std::pin::Pin;

use super::accounts::sybil;
use super::arena::{Arena, OWN_MODEL};
use super::market::Deal;
use crate::{EconomyError, UNIT};

/// A part of a game, as it is played on a day.
pub(crate) type Act =
    for<'a> fn(&'a mut Arena, u64, Moment) -> Pin<Box<dyn Future<Output = Result<(), EconomyError>> + 'a>>;

/// The attacker acts before and after what others do on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The others have not acted yet: what they will do is known to it.
    Before,
    /// The others have acted.
    After,
}

/// What must hold of a strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// Who plays it gains nothing, others lose at most what it loses, and nobody works unpaid.
    Held,
    /// As [`Claim::Held`], but honest nodes may work unpaid.
    Work {
        /// The bound, in words.
        bound: &'static str,
        /// Most unpaid work, in base units of BTT.
        most: u128,
    },
    /// It can gain, or others can lose more than it does: at most so many base units of BTT in this game.
    Bounded {
        /// The bound, in words.
        bound: &'static str,
        /// Most that the attacker gains, that others lose and that is worked unpaid, each, in base units of BTT.
        most: u128,
    },
    /// As [`Claim::Bounded`], with a bound for each, whatever the attacker loses.
    Limits {
        /// The bounds, in words.
        bound: &'static str,
        /// The bounds in this game.
        limits: Limits,
    },
}

/// Most that may come of a strategy, in base units of BTT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// What the attacker gains.
    pub(crate) profit: u128,
    /// What others lose.
    pub(crate) lost: u128,
    /// What honest nodes work unpaid.
    pub(crate) unpaid: u128,
}

impl Limits {
    /// The largest of them.
    pub(crate) fn most(self) -> u128 {
        self.profit.max(self.lost).max(self.unpaid)
    }
}

/// One way to play against the purpose of the rules.
pub(crate) struct Strategy {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// The rule that holds it.
    pub(crate) rule: &'static str,
    /// Days of the game.
    pub(crate) days: u64,
    /// What others do, whether it is played or not.
    pub(crate) scene: Option<Act>,
    /// What the attacker does.
    pub(crate) act: Act,
    /// Parts of refusals: each has to occur, and no other may. A strategy that is refused for a reason of its own plays nothing.
    pub(crate) refusals: &'static [&'static str],
    pub(crate) claim: Claim,
}

impl Strategy {
    /// A game of two days around jobs, without a scene, in which nothing is refused.
    pub(crate) fn of_jobs(
        name: &'static str,
        about: &'static str,
        rule: &'static str,
        act: Act,
        claim: Claim,
    ) -> Self {
        Self { name, about, rule, days: 2, scene: None, act, refusals: &[], claim }
    }

    /// The same, of which contracts refuse messages for these reasons.
    pub(crate) fn refused(self, refusals: &'static [&'static str]) -> Self {
        Self { refusals, ..self }
    }
}

/// The act of an async function.
macro_rules! act {
    ($play:path) => {
        |arena, day, moment| Box::pin($play(arena, day, moment))
    };
}
pub(crate) use act;

/// Names of the attacker's first nodes.
pub(crate) fn sybils(count: usize) -> Vec<String> {
    (0..count).map(sybil).collect()
}

/// Registers the attacker's first nodes with the bond of a node, and with a pledge where there is one.
pub(crate) async fn arrive(
    arena: &mut Arena,
    count: usize,
    pledge: Option<u128>,
) -> Result<(), EconomyError> {
    for name in sybils(count) {
        arena.become_node(&name, bithive_contracts::NODE_BOND, true).await?;
        if let Some(amount) = pledge {
            arena.pledge(&name, amount, 4).await?;
        }
    }
    Ok(())
}

/// A job of the attacker for its own nodes; it owns model and data, too, so that their shares return.
pub(crate) fn own_job(workers: usize, ask: u128) -> Deal {
    let quorum = u8::try_from(workers).unwrap_or(u8::MAX);
    let deal = Deal::new("attacker", &sybils(workers), quorum, ask);
    Deal { model: OWN_MODEL, data_owner: Some("accomplice".into()), ..deal }
}

/// Whole BTT or BTK in base units.
pub(crate) const fn whole(tokens: u128) -> u128 {
    tokens * UNIT
}
