//! Workers and requesters who do not do what a job asks of them.

use bithive_api::jobs::Phase;
use bithive_contracts::SLASH;

use super::accounts::node;
use super::arena::{Arena, OWN_MODEL};
use super::market::{Answer, Deal, TRUTH};
use super::strategy::{Act, Claim, Moment, Strategy, act, arrive, sybils, whole};
use crate::EconomyError;

/// Asked by every worker here, in BTT.
const ASK: u128 = 100;
/// Not what honest workers find.
const LIE: Answer = Answer(5_000);
const NOISE: Answer = Answer(9_000);

/// Games about results.
pub(crate) fn strategies() -> Vec<Strategy> {
    let game = |name, about, rule, act: Act, claim| Strategy {
        name,
        about,
        rule,
        days: 2,
        scene: None,
        act,
        refusals: &[],
        claim,
    };
    vec![
        game(
            "slash-by-quorum",
            "a requester with q own nodes has an honest worker slashed",
            "a slash has a bound, and so has the number of rounds",
            act!(slash),
            Claim::Bounded { bound: "a slash and the work of each worker outside the quorum", most: SLASH },
        ),
        game(
            "results-unpaid",
            "a requester with k-q+1 own nodes takes results, and no quorum is found",
            "three rounds at most; a worker asks for what its work is worth",
            act!(unpaid),
            Claim::Work { bound: "an ask for each honest worker", most: whole(ASK) },
        ),
        game(
            "job-ended-early",
            "a requester ends its job after reveals by replacing nobody",
            "three rounds at most",
            act!(ended),
            Claim::Work { bound: "an ask for each honest worker", most: whole(ASK) },
        ),
        game(
            "unreadable-input",
            "a requester assigns workers and gives them nothing that they can read",
            "not committing costs nothing",
            act!(unreadable),
            Claim::Held,
        )
        .refused(&["was at fault in an earlier round"]),
        game(
            "mass-non-reveal",
            "a worker commits to many jobs and reveals none",
            "each commitment that is not revealed costs a slash",
            act!(hidden),
            Claim::Held,
        ),
        game(
            "noise-for-compensation",
            "a worker reveals noise, so that no quorum is found, to be paid its part of a failed round",
            "nothing is paid for a failed round",
            act!(noise),
            Claim::Work {
                bound: "the asks of the other workers of a job whose quorum is all of them",
                most: 2 * whole(ASK),
            },
        ),
        game(
            "signature-withheld",
            "a worker agrees, and does not sign",
            "a quorum of less than all settles without it",
            act!(unsigned),
            Claim::Work {
                bound: "the asks of the other workers of a job whose quorum is all of them",
                most: 2 * whole(ASK),
            },
        ),
        game(
            "clique-below-quorum",
            "two of five workers agree on a lie",
            "who is outside the quorum is not paid, and slashed",
            act!(clique),
            Claim::Held,
        ),
        game(
            "bribed-quorum",
            "two of three workers of an honest requester agree on a lie",
            "the requester chooses at random among those that match; more workers, or a larger quorum, cost more to bribe",
            act!(bribed),
            Claim::Bounded {
                bound: "the asks of a job of which it has the quorum, and an honest worker's slash; the requester gets a wrong result",
                most: 2 * whole(ASK) + SLASH,
            },
        ),
        game(
            "tolerance-edge",
            "a worker answers at the edge of the tolerance, so that an honest one is outside",
            "a slash has a bound",
            act!(edge),
            Claim::Bounded {
                bound: "the pay and the slash of a worker whose honest result is farther from another honest one than half of the tolerance",
                most: SLASH,
            },
        ),
    ]
}

/// Honest nodes, the first of them first.
fn honest(count: usize) -> Vec<String> {
    (0..count).map(node).collect()
}

fn answers(names: &[String], answer: Answer) -> Vec<(String, Answer)> {
    names.iter().map(|name| (name.clone(), answer)).collect()
}

/// Lets the attacker's nodes arrive on the first day, after which it acts: whether it is time to.
async fn ready(arena: &mut Arena, day: u64, moment: Moment, count: usize) -> Result<bool, EconomyError> {
    if moment == Moment::Before {
        return Ok(false);
    }
    if day == 0 {
        arrive(arena, count, None).await?;
    }
    Ok(day == 0)
}

async fn slash(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 2).await? {
        return Ok(());
    }
    let (own, workers) = (sybils(2), [sybils(2), honest(1)].concat());
    let deal = Deal {
        model: OWN_MODEL,
        data_owner: Some("accomplice".into()),
        ..Deal::new("attacker", &workers, 2, whole(ASK))
    };
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    arena.work(job_id, &[answers(&own, LIE), answers(&honest(1), TRUTH)].concat()).await?;
    arena.count_work(job_id).await?;
    arena.finalize("attacker", job_id, &own).await?;
    arena.end(job_id).await
}

async fn unpaid(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 2).await? {
        return Ok(());
    }
    let workers = [sybils(2), honest(1)].concat();
    let deal = Deal::new("attacker", &workers, 2, whole(ASK));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    let [first, second] = [vec![(sybils(2).swap_remove(0), LIE)], vec![(sybils(2).swap_remove(1), NOISE)]];
    arena.work(job_id, &[first, second, answers(&honest(1), TRUTH)].concat()).await?;
    arena.count_work(job_id).await?;
    arena.end(job_id).await
}

async fn ended(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 1).await? {
        return Ok(());
    }
    let deal = Deal::new("attacker", &[sybils(1), honest(1)].concat(), 2, whole(ASK));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    arena.work(job_id, &[answers(&sybils(1), LIE), answers(&honest(1), TRUTH)].concat()).await?;
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

async fn hidden(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 1).await? {
        return Ok(());
    }
    let mut begun = Vec::new();
    for _ in 0..6 {
        let deal = Deal::new("requester", &[sybils(1), honest(2)].concat(), 2, whole(10));
        let Some(job_id) = arena.begin(&deal).await? else { break };
        for name in &deal.workers {
            arena.commit(job_id, name, TRUTH).await?;
        }
        begun.push(job_id);
    }
    for job_id in begun {
        for name in honest(2) {
            arena.reveal(job_id, &name, TRUTH).await?;
        }
        arena.count_work(job_id).await?;
        arena.expire(job_id).await?;
        arena.finalize("requester", job_id, &honest(2)).await?;
        arena.end(job_id).await?;
        arena.worth(job_id).await?;
    }
    Ok(())
}

async fn noise(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 1).await? {
        return Ok(());
    }
    let deal = Deal::new("requester", &[sybils(1), honest(2)].concat(), 3, whole(ASK));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    arena.work(job_id, &[answers(&sybils(1), NOISE), answers(&honest(2), TRUTH)].concat()).await?;
    arena.count_work(job_id).await?;
    arena.end(job_id).await?;
    arena.worth(job_id).await
}

async fn unsigned(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 1).await? {
        return Ok(());
    }
    let deal = Deal::new("requester", &[sybils(1), honest(2)].concat(), 3, whole(ASK));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    arena.work(job_id, &answers(&deal.workers, TRUTH)).await?;
    arena.count_work(job_id).await?;
    arena.end(job_id).await?;
    arena.worth(job_id).await
}

async fn clique(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 2).await? {
        return Ok(());
    }
    let deal = Deal::new("requester", &[sybils(2), honest(3)].concat(), 3, whole(ASK));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    arena.work(job_id, &[answers(&sybils(2), LIE), answers(&honest(3), TRUTH)].concat()).await?;
    arena.count_work(job_id).await?;
    arena.finalize("requester", job_id, &honest(3)).await?;
    arena.end(job_id).await?;
    arena.worth(job_id).await
}

async fn bribed(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 2).await? {
        return Ok(());
    }
    let deal = Deal::new("requester", &[sybils(2), honest(1)].concat(), 2, whole(ASK));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    arena.work(job_id, &[answers(&sybils(2), LIE), answers(&honest(1), TRUTH)].concat()).await?;
    arena.count_work(job_id).await?;
    arena.finalize("attacker", job_id, &sybils(2)).await?;
    arena.end(job_id).await
}

async fn edge(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 1).await? {
        return Ok(());
    }
    // The tolerance is 2: two honest results are at its edge, and the attacker's is nearer to one of them.
    let deal = Deal::new("requester", &[sybils(1), honest(2)].concat(), 2, whole(ASK));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    let found = [(sybils(1), Answer(1_003)), (honest(1), Answer(1_000)), (vec![node(1)], Answer(1_002))];
    let found: Vec<_> = found.iter().flat_map(|(names, answer)| answers(names, *answer)).collect();
    arena.work(job_id, &found).await?;
    arena.count_work(job_id).await?;
    if arena.job(job_id).await?.phase == Phase::Revealed {
        let signers: Vec<String> = [sybils(1), vec![node(1)]].concat();
        if !arena.finalize("attacker", job_id, &signers).await? {
            arena.finalize("requester", job_id, &honest(2)).await?;
        }
    }
    arena.end(job_id).await?;
    arena.worth(job_id).await
}
