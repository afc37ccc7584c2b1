//! Wash trading: a requester pays its own workers, and is credited with work.

use bithive_api::jobs::ExecuteMsg;
use bithive_api::staking;
use bithive_contracts::Contract;

use super::accounts::node;
use super::arena::Arena;
use super::market::{Deal, TRUTH};
use super::strategy::{Act, Claim, Moment, Strategy, act, arrive, own_job, sybils, whole};
use crate::EconomyError;

const RULE: &str =
    "work is credited for fees that left for good, at least three workers, a ceiling for each credit";

/// Wash trading in its variants.
pub(crate) fn strategies() -> Vec<Strategy> {
    let wash = |name, about, days, act: Act| Strategy {
        name,
        about,
        rule: RULE,
        days,
        scene: None,
        act,
        refusals: &[],
        claim: Claim::Held,
    };
    vec![
        wash("wash-alone", "jobs of one own worker", 3, act!(alone)),
        wash("wash-three", "jobs of three own workers without a pledge", 3, act!(three)),
        wash("wash-pledged", "jobs of three own workers with a pledge", 3, act!(pledged)),
        wash("wash-many-small", "many small jobs of three own workers", 2, act!(many)),
        wash("wash-one-large", "one job as large as the funds permit", 2, act!(large)),
        wash("wash-after-gap", "one job after days on which it did nothing", 8, act!(gap)),
        wash("wash-delegated", "own nodes with delegated stake instead of a pledge", 3, act!(delegated)),
        wash("wash-unlocked", "own nodes with stake of their own that is not locked", 11, act!(unlocked)),
        wash(
            "wash-over-capacity",
            "more work than was pledged for, and more capacity afterwards",
            3,
            act!(capacity),
        ),
        wash("wash-in-base-units", "jobs so small that shares round to nothing", 2, act!(dust)),
        Strategy {
            rule: "what a job is worth, and its day, are fixed when it settles",
            ..wash("report-kept-back", "a job is reported days after it was settled", 6, act!(kept_back))
        },
        Strategy {
            rule: "what a job is worth is fixed when it settles, whoever reports it when",
            scene: Some(act!(unstated)),
            ..wash(
                "report-of-others",
                "others' work is reported before its model's work is stated",
                6,
                act!(reported),
            )
        },
    ]
}

async fn alone(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    trade(arena, day, moment, 1, None).await
}

async fn three(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    trade(arena, day, moment, 3, None).await
}

async fn pledged(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    trade(arena, day, moment, 3, Some(whole(400))).await
}

/// A job of 100 BTT for each worker a day.
async fn trade(
    arena: &mut Arena,
    day: u64,
    moment: Moment,
    workers: usize,
    pledge: Option<u128>,
) -> Result<(), EconomyError> {
    if moment == Moment::Before {
        return Ok(());
    }
    if day == 0 {
        arrive(arena, workers, pledge).await?;
    }
    arena.honest(&own_job(workers, whole(100))).await.map(drop)
}

async fn many(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if moment == Moment::Before {
        return Ok(());
    }
    if day == 0 {
        arrive(arena, 3, Some(whole(400))).await?;
    }
    for _ in 0..5 {
        arena.honest(&own_job(3, whole(1))).await?;
    }
    Ok(())
}

async fn large(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if (day, moment) != (0, Moment::After) {
        return Ok(());
    }
    arrive(arena, 3, Some(whole(400))).await?;
    arena.honest(&own_job(3, whole(33_000))).await.map(drop)
}

async fn gap(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    match (day, moment) {
        (0, Moment::After) => arrive(arena, 3, Some(whole(400))).await,
        (7, Moment::After) => arena.honest(&own_job(3, whole(100))).await.map(drop),
        _ => Ok(()),
    }
}

async fn delegated(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if moment == Moment::Before {
        return Ok(());
    }
    if day == 0 {
        arrive(arena, 3, Some(whole(1))).await?;
        for name in sybils(3) {
            let hook = staking::Hook::Delegate { node: arena.address(&name)? };
            arena.send("accomplice", Contract::Btk, Contract::Staking, whole(300), &hook).await?;
        }
    }
    arena.honest(&own_job(3, whole(100))).await.map(drop)
}

/// Rewards of the own pool become stake that is not locked, and serve as a pledge until they leave.
async fn unlocked(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if moment == Moment::Before {
        return Ok(());
    }
    if day == 0 {
        arrive(arena, 3, Some(whole(1))).await?;
        for name in sybils(3) {
            let hook = staking::Hook::Reward { node: arena.address(&name)? };
            arena.send(&name, Contract::Btk, Contract::Staking, whole(900), &hook).await?;
        }
    }
    if day == 8 {
        for name in sybils(3) {
            let compound = staking::ExecuteMsg::Compound { node: arena.address(&name)? };
            arena.tell(&name, Contract::Staking, &compound).await?;
        }
    }
    if day >= 8 {
        arena.honest(&own_job(3, whole(100))).await?;
    }
    if day == 10 {
        for name in sybils(3) {
            let unbond = staking::ExecuteMsg::Unbond { node: arena.address(&name)?, shares: None };
            arena.tell(&name, Contract::Staking, &unbond).await?;
        }
    }
    Ok(())
}

/// Fees for 16 T of work each, with a pledge for 4 T.
async fn capacity(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if moment == Moment::Before {
        return Ok(());
    }
    if day == 0 {
        arrive(arena, 3, Some(whole(400))).await?;
    }
    arena.honest(&own_job(3, whole(400))).await?;
    if day == 2 {
        for name in sybils(3) {
            arena.tell(&name, Contract::Staking, &staking::ExecuteMsg::SetCapacity { tera: 16 }).await?;
        }
    }
    Ok(())
}

async fn dust(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if moment == Moment::Before {
        return Ok(());
    }
    if day == 0 {
        arrive(arena, 3, Some(whole(400))).await?;
    }
    for ask in [1, 19, 399] {
        arena.honest(&own_job(3, ask)).await?;
    }
    Ok(())
}

async fn kept_back(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    match (day, moment) {
        (0, Moment::After) => {
            arrive(arena, 3, Some(whole(400))).await?;
            let deal = own_job(3, whole(100));
            let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
            let answers: Vec<_> = deal.workers.iter().map(|name| (name.clone(), TRUTH)).collect();
            arena.work(job_id, &answers).await?;
            arena.finalize_batch("attacker", job_id, &deal.workers).await?;
            arena.noted.push(job_id);
        }
        (5, Moment::After) => {
            for job_id in std::mem::take(&mut arena.noted) {
                arena.tell("attacker", Contract::Jobs, &ExecuteMsg::Report { job_id }).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// A model whose work nobody has stated yet.
const NEW_MODEL: [u8; 32] = [0x77; 32];

/// An honest job of a new model; its work is announced at once and stated four days later, after the delay, and the job reported on the
/// next day.
async fn unstated(arena: &mut Arena, day: u64, _: Moment) -> Result<(), EconomyError> {
    match day {
        0 => {
            arena.state_model(NEW_MODEL, Some(1_000)).await?;
            let workers: Vec<String> = (0..3).map(node).collect();
            let deal = Deal { model: NEW_MODEL, ..Deal::new("requester", &workers, 2, whole(10)) };
            let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
            let answers: Vec<_> = workers.iter().map(|name| (name.clone(), TRUTH)).collect();
            arena.work(job_id, &answers).await?;
            arena.finalize_batch("requester", job_id, &workers).await?;
            arena.noted.push(job_id);
            Ok(())
        }
        4 => arena.own(Contract::Jobs, &ExecuteMsg::ApplySetting { id: 1 }).await,
        5 => {
            for job_id in std::mem::take(&mut arena.noted) {
                arena.tell("requester", Contract::Jobs, &ExecuteMsg::Report { job_id }).await?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

async fn reported(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if (day, moment) == (1, Moment::After) {
        for job_id in arena.noted.clone() {
            arena.tell("attacker", Contract::Jobs, &ExecuteMsg::Report { job_id }).await?;
        }
    }
    Ok(())
}
