//! Requesters who take results, or bonds, that they do not pay for.

use bithive_api::jobs::Phase;

use super::accounts::node;
use super::arena::{Arena, OWN_MODEL};
use super::market::{Answer, Deal, TRUTH, paid};
use super::quorum::{ASK, DEAR, LIE, NOISE, answers, honest, ready};
use super::strategy::{Claim, Moment, Strategy, act, sybils, whole};
use crate::EconomyError;

/// What a worker is not paid of an ask, of which it is paid half.
const HALF: u128 = paid(whole(ASK)) / 2;

/// Games of requesters.
pub(crate) fn strategies() -> Vec<Strategy> {
    let game = Strategy::of_jobs;
    let half = |bound, most| Claim::Work { bound, most };
    vec![
        game(
            "slash-by-quorum",
            "a requester with q own nodes has an honest worker slashed, at two asks",
            "a result far from the quorum costs the requester what it costs the worker's bond, or more",
            act!(slash),
            half("the work of each honest worker outside the quorum", paid(whole(ASK)) + paid(whole(DEAR))),
        ),
        game(
            "quorum-that-does-not-sign",
            "a requester with q own nodes reads an honest result, agrees on a lie, and does not sign it",
            "who is in the quorum and does not sign is slashed; who revealed is paid half of its ask",
            act!(agreed),
            half("half of the ask of each honest worker", HALF),
        ),
        game(
            "results-unpaid",
            "a requester with k-q+1 own nodes reads the result of another honest worker in each round, and no quorum is found",
            "who revealed is paid half of its ask when a round fails; every round is about the same input",
            act!(unpaid),
            half("half of the ask of each honest worker, one for each of three rounds", 3 * HALF),
        )
        .refused(&["expected that of the job's first round"]),
        game(
            "job-ended-early",
            "a requester ends its job after reveals by replacing nobody",
            "who revealed is paid half of its ask when a round fails",
            act!(ended),
            half("half of the ask of each honest worker", HALF),
        ),
        game(
            "kept-and-unreadable",
            "a requester keeps an honest worker for the next round, and gives it nothing that it can read",
            "what a worker was paid for a failed round is its own; not committing costs no bond",
            act!(kept),
            half("half of the ask of each honest worker", HALF),
        ),
        game(
            "requester-in-silence",
            "a requester reads results that agree, and settles nothing",
            "each member of the quorum may publish its signature, and the q-th settles the job",
            act!(silent),
            Claim::Held,
        ),
        game(
            "unreadable-input",
            "a requester assigns workers and gives them nothing that they can read",
            "not committing costs nothing",
            act!(unreadable),
            Claim::Held,
        )
        .refused(&["was at fault in an earlier round"]),
    ]
}

/// A job of the attacker, which owns the data, for own nodes that ask next to nothing, and for honest ones.
fn cheap(own: &[String], others: &[String], quorum: u8, ask: u128) -> Deal {
    Deal {
        cheap: sybils(super::accounts::SYBILS),
        model: OWN_MODEL,
        data_owner: Some("accomplice".into()),
        ..Deal::new("attacker", &[own, others].concat(), quorum, ask)
    }
}

async fn slash(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 2).await? {
        return Ok(());
    }
    for ask in [ASK, DEAR] {
        let deal = cheap(&sybils(2), &honest(1), 2, whole(ask));
        let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
        arena.work(job_id, &[answers(&sybils(2), LIE), answers(&honest(1), TRUTH)].concat()).await?;
        arena.count_work(job_id).await?;
        arena.finalize("attacker", job_id, &sybils(2)).await?;
    }
    Ok(())
}

async fn agreed(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 2).await? {
        return Ok(());
    }
    let deal = cheap(&sybils(2), &honest(1), 2, whole(ASK));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    arena.work(job_id, &[answers(&sybils(2), LIE), answers(&honest(1), TRUTH)].concat()).await?;
    arena.count_work(job_id).await?;
    arena.end(job_id).await
}

/// Two own nodes of three that agree with nobody.
fn differing(other: &[String]) -> Vec<(String, Answer)> {
    let own = sybils(2).into_iter().zip([LIE, NOISE]);
    own.chain(answers(other, TRUTH)).collect()
}

async fn unpaid(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 2).await? {
        return Ok(());
    }
    let deal = cheap(&sybils(2), &honest(1), 2, whole(ASK));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    for round in 0..3 {
        let other = [node(round)];
        if round > 0 {
            let next = cheap(&sybils(2), &other, 2, whole(ASK));
            // First with another input, which would buy two results as one.
            arena.assign(job_id, &Deal { input: [0x1d; 32], ..next.clone() }).await?;
            arena.assign(job_id, &next).await?;
        }
        arena.work(job_id, &differing(&other)).await?;
        arena.count_work(job_id).await?;
    }
    arena.end(job_id).await
}

async fn ended(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 1).await? {
        return Ok(());
    }
    let deal = cheap(&sybils(1), &honest(1), 2, whole(ASK));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    arena.work(job_id, &[answers(&sybils(1), LIE), answers(&honest(1), TRUTH)].concat()).await?;
    arena.count_work(job_id).await?;
    arena.end(job_id).await
}

async fn kept(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 3).await? {
        return Ok(());
    }
    let deal = cheap(&sybils(2), &honest(1), 2, whole(ASK));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    arena.work(job_id, &differing(&honest(1))).await?;
    arena.count_work(job_id).await?;
    arena.assign(job_id, &cheap(&sybils(3)[1..], &honest(1), 2, whole(ASK))).await?;
    arena.end(job_id).await
}

async fn silent(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if moment == Moment::Before || day > 0 {
        return Ok(());
    }
    let deal = cheap(&[], &honest(3), 2, whole(ASK));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    arena.work(job_id, &answers(&deal.workers, TRUTH)).await?;
    arena.count_work(job_id).await?;
    arena.end(job_id).await
}

async fn unreadable(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if moment == Moment::Before || day > 0 {
        return Ok(());
    }
    let deal = Deal::new("attacker", &honest(3), 2, whole(ASK));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    while arena.job(job_id).await?.phase != Phase::Refunded {
        arena.expire(job_id).await?;
        if arena.job(job_id).await?.phase == Phase::Disputed {
            arena.assign(job_id, &deal).await?;
        }
    }
    Ok(())
}
