//! Public funds: the treasury, the budget for patients, and what backs credits.

use bithive_api::rewards::{self, Activity, Inputs};
use bithive_api::timebank::{self, BoincStatement};
use bithive_api::{emissions, jobs, treasury};
use bithive_attest::{BoincCredit, Domain, bls};
use bithive_contracts::Contract;
use cosmwasm_std::{HexBinary, Uint128};
use sha2::{Digest as _, Sha256};

use super::arena::{Arena, ORACLES};
use super::market::vault;
use super::strategy::{Claim, Moment, Strategy, act, arrive, own_job, sybils, whole};
use crate::{EconomyError, world::events_of};

/// Games about public funds.
pub(crate) fn strategies() -> Vec<Strategy> {
    let game = |name, about, rule, days, scene, act, claim| Strategy {
        name,
        about,
        rule,
        days,
        scene,
        act,
        refusals: &[],
        claim,
    };
    vec![
        game(
            "treasury-drain",
            "BTK from wash trading are sold to the treasury",
            "a BTK costs at least 0.5 BTT of fees; an offer has a budget",
            6,
            None,
            act!(drain),
            Claim::Held,
        )
        .refused(&["nothing is due"]),
        game(
            "reward-for-nothing",
            "a clinician proposes check-ups of value 0, which an institution approves unread",
            "below half of the activity's least nothing is paid",
            3,
            None,
            act!(nothing),
            Claim::Held,
        )
        .refused(&["the formula comes to less than"]),
        game(
            "reward-chronic-care",
            "two days of chronic care are proposed on each day, and approved unread",
            "one reward for chronic care a day",
            3,
            None,
            act!(chronic),
            Claim::Bounded {
                bound: "30 BTT a day for each patient of whom two parties say so",
                most: 3 * whole(30),
            },
        ),
        game(
            "reward-collusion",
            "two parties approve check-ups that were not done",
            "limits of the day, for a patient and for all",
            2,
            None,
            act!(collusion),
            Claim::Bounded {
                bound: "the limits of the day: 3,000 BTT for a patient and 100,000 for all of whom two parties say so",
                most: 2 * whole(3_000),
            },
        ),
        game(
            "credits-in-a-circle",
            "credits are spent on jobs that are cancelled or that own nodes do, and a statement is brought twice",
            "a job costs whole credits; what oracles attest counts once",
            3,
            Some(act!(idle_machine)),
            act!(circle),
            Claim::Held,
        )
        .refused(&["was counted up to"]),
    ]
}

async fn drain(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if moment == Moment::Before {
        return Ok(());
    }
    if day == 0 {
        arrive(arena, 3, Some(whole(400))).await?;
    }
    arena.honest(&own_job(3, whole(500))).await?;
    for name in sybils(3) {
        let contributor = arena.address(&name)?;
        arena.tell(&name, Contract::Emissions, &emissions::ExecuteMsg::Claim { contributor }).await?;
        let amount = arena.balance(Contract::Btk, &arena.address(&name)?).await?;
        let hook = treasury::Hook::Sell { least: Uint128::zero() };
        arena.send(&name, Contract::Btk, Contract::Treasury, amount, &hook).await?;
    }
    Ok(())
}

async fn nothing(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    propose(arena, (day, moment), Activity::CheckUp, 0, 2).await
}

async fn chronic(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    propose(arena, (day, moment), Activity::ChronicCare, whole(35), 2).await
}

async fn collusion(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    propose(arena, (day, moment), Activity::CheckUp, whole(700), 7).await
}

/// So many proposals for the attacker as a patient; the institution approves what it is shown.
async fn propose(
    arena: &mut Arena,
    (day, moment): (u64, Moment),
    activity: Activity,
    value: u128,
    times: u32,
) -> Result<(), EconomyError> {
    if moment == Moment::Before {
        return Ok(());
    }
    for time in 0..times {
        let completion = if value == 0 { 0 } else { 10_000 };
        let message = rewards::ExecuteMsg::Propose {
            patient: arena.address("attacker")?,
            activity,
            inputs: Inputs {
                value: Uint128::new(value),
                completion,
                history: Uint128::zero(),
                time: 10_000,
                adjustment: 10_000,
            },
            evidence: HexBinary::from(Sha256::digest(format!("{day} {time}")).as_slice()),
        };
        let Some(receipt) = arena.tell("accomplice", Contract::Rewards, &message).await? else { continue };
        for event in events_of(arena.at(Contract::Rewards), &[receipt])? {
            if let rewards::Event::Proposed { id, .. } = event {
                let approve = rewards::ExecuteMsg::Approve { id };
                arena.tell("institution", Contract::Rewards, &approve).await?;
            }
        }
    }
    Ok(())
}

const PROJECT: &str = "https://boinc.example/";
/// Cobblestones that the attacker's machine has earned: 10,000 credits.
const TOTAL: u64 = 1_000_000;

async fn import(arena: &mut Arena, by: &str) -> Result<(), EconomyError> {
    let malformed = |reason: String| EconomyError::Malformed { what: "a statement", reason };
    let (account, host) = (arena.address("attacker")?, 1);
    let domain = Domain { chain_id: &arena.chain_id, contract: arena.at(Contract::Timebank) };
    let bytes = BoincCredit { account: &account, project: PROJECT, host, total: TOTAL }.sign_bytes(domain);
    let mut signatures = Vec::new();
    for name in ORACLES.iter().take(2) {
        signatures.push(arena.actor(name)?.bls.sign(&bytes));
    }
    let signature = bls::aggregate(&signatures).map_err(|error| malformed(error.to_string()))?;
    let statement = BoincStatement { account, project: PROJECT.into(), host, total: TOTAL };
    let message =
        timebank::ExecuteMsg::Import { statement, signers: 0b11, signature: HexBinary::from(&signature) };
    arena.tell(by, Contract::Timebank, &message).await.map(drop)
}

/// Oracles attest what the attacker's machine has earned; everything is backed.
async fn idle_machine(arena: &mut Arena, day: u64, _: Moment) -> Result<(), EconomyError> {
    if day > 0 {
        return Ok(());
    }
    let fund = timebank::Hook::Fund {};
    arena.send("sponsor", Contract::Token, Contract::Timebank, whole(1_000), &fund).await?;
    import(arena, "sponsor").await
}

async fn circle(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if moment == Moment::Before {
        return Ok(());
    }
    if day == 0 {
        arrive(arena, 3, None).await?;
    }
    import(arena, "attacker").await?;
    // Prices that are no whole credits; one job is cancelled, the other is done.
    for (ask, cancel) in [(whole(1) / 2 + 1, true), (whole(1) / 3 + 1, false)] {
        let deal = own_job(3, ask);
        let (_, terms) = arena.offer(&deal).await?;
        let spend = timebank::ExecuteMsg::Spend { vault: vault(), terms: Box::new(terms), most: u64::MAX };
        let Some(receipt) = arena.tell("attacker", Contract::Timebank, &spend).await? else { continue };
        for event in events_of(arena.at(Contract::Jobs), &[receipt])? {
            let jobs::Event::Posted { job_id, .. } = event else { continue };
            if cancel {
                arena.tell("attacker", Contract::Jobs, &jobs::ExecuteMsg::Cancel { job_id }).await?;
            } else if arena.assign(job_id, &deal).await? {
                let answers: Vec<_> =
                    deal.workers.iter().map(|name| (name.clone(), super::market::TRUTH)).collect();
                arena.work(job_id, &answers).await?;
                arena.finalize("attacker", job_id, &deal.workers).await?;
            }
        }
    }
    Ok(())
}
