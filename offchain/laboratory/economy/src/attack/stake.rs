//! Rewards of stake that somebody else's stake has earned.

use bithive_api::staking;
use bithive_contracts::Contract;

use super::accounts::{delegator, node};
use super::arena::Arena;
use super::strategy::{Claim, Moment, Strategy, act, whole};
use crate::EconomyError;

/// The reward that everybody knows of, in BTK, and its day.
const REWARD: u128 = 100;
const REWARD_DAY: u64 = 1;
/// Until every reward has become due.
const DAYS: u64 = 10;

/// Games about rewards.
pub(crate) fn strategies() -> Vec<Strategy> {
    vec![
        Strategy {
            name: "reward-sandwich",
            about: "delegates in the block before a reward, and leaves in the one after it",
            rule: "rewards become due over seven days",
            days: DAYS,
            scene: Some(act!(rewarded)),
            act: act!(sandwich),
            refusals: &[],
            claim: Claim::Bounded {
                bound: "what is due of a reward in the seconds for which it has stake: 10 of 604,800 here",
                most: whole(REWARD) / 2 * 10 / 604_800,
            },
        },
        Strategy {
            name: "reward-dust",
            about: "holds up a reward with others of one base unit",
            rule: "times of rewards are weighed by their amounts",
            days: DAYS,
            scene: Some(act!(rewarded)),
            act: act!(dust),
            refusals: &[],
            claim: Claim::Held,
        },
        Strategy {
            name: "commission-before-reward",
            about: "an operator raises its commission in the block before a reward",
            rule: "a commission has a bound, and holds for later rewards only",
            days: DAYS,
            scene: Some(act!(operated)),
            act: act!(commission),
            refusals: &[],
            claim: Claim::Bounded {
                bound: "the largest commission (20 %) of each reward that others give to the pool",
                most: whole(REWARD) / 5 / 2,
            },
        },
    ]
}

async fn reward(arena: &mut Arena, to: &str) -> Result<(), EconomyError> {
    let hook = staking::Hook::Reward { node: arena.address(to)? };
    arena.send("sponsor", Contract::Btk, Contract::Staking, whole(REWARD), &hook).await.map(drop)
}

async fn rewarded(arena: &mut Arena, day: u64, _: Moment) -> Result<(), EconomyError> {
    if day == REWARD_DAY { reward(arena, &node(0)).await } else { Ok(()) }
}

async fn sandwich(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    let node = arena.address(&node(0))?;
    match (day, moment) {
        (REWARD_DAY, Moment::Before) => {
            let hook = staking::Hook::Delegate { node };
            arena.send("attacker", Contract::Btk, Contract::Staking, whole(1_000), &hook).await?;
        }
        (REWARD_DAY, Moment::After) => {
            let unbond = staking::ExecuteMsg::Unbond { node, shares: None };
            arena.tell("attacker", Contract::Staking, &unbond).await?;
        }
        _ => {}
    }
    Ok(())
}

async fn dust(arena: &mut Arena, _: u64, _: Moment) -> Result<(), EconomyError> {
    let node = arena.address(&node(0))?;
    for _ in 0..5 {
        let hook = staking::Hook::Reward { node: node.clone() };
        arena.send("attacker", Contract::Btk, Contract::Staking, 1, &hook).await?;
    }
    Ok(())
}

/// The attacker is an operator whom others trust with their stake.
async fn operated(arena: &mut Arena, day: u64, _: Moment) -> Result<(), EconomyError> {
    match day {
        0 => {
            arena.pledge("accomplice", whole(400), 4).await?;
            let hook = staking::Hook::Delegate { node: arena.address("accomplice")? };
            arena.send(&delegator(0), Contract::Btk, Contract::Staking, whole(500), &hook).await.map(drop)
        }
        REWARD_DAY => reward(arena, "accomplice").await,
        _ => Ok(()),
    }
}

async fn commission(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if (day, moment) == (REWARD_DAY, Moment::Before) {
        let set = staking::ExecuteMsg::SetCommission { commission_bps: 2_000 };
        arena.tell("accomplice", Contract::Staking, &set).await?;
    }
    Ok(())
}
