//! Workers who do not do what a job asks of them.

use bithive_api::jobs::Phase;
use bithive_contracts::{NODE_BOND, SLASH};

use super::accounts::node;
use super::arena::Arena;
use super::market::{Answer, Deal, TRUTH, paid};
use super::strategy::{Claim, Limits, Moment, Strategy, act, arrive, sybils, whole};
use crate::EconomyError;

/// Asked by every worker here, in BTT.
pub(super) const ASK: u128 = 100;
/// An ask of which half is two slashes.
pub(super) const DEAR: u128 = 1_000;
/// Not what honest workers find.
pub(super) const LIE: Answer = Answer(5_000);
pub(super) const NOISE: Answer = Answer(9_000);
/// Rounds that a bond of the least amount covers.
const ROUNDS: u128 = NODE_BOND / SLASH;

/// Games of workers.
pub(crate) fn strategies() -> Vec<Strategy> {
    let game = Strategy::of_jobs;
    let limits = |bound, [profit, lost, unpaid]: [u128; 3]| Claim::Limits {
        bound,
        limits: Limits { profit, lost, unpaid },
    };
    // What a worker is paid of an ask, and the BTK for the fees of it, are worth less than the ask.
    let (ask, dear) = (whole(ASK), whole(DEAR));
    vec![
        game(
            "mass-non-reveal",
            "a worker commits to many jobs and reveals none",
            "each commitment that is not revealed costs a slash, and a bond covers one in every open round",
            act!(hidden),
            Claim::Held,
        ),
        game(
            "signature-withheld",
            "a worker of as many jobs as its bond covers agrees, and does not sign, where the quorum is everybody",
            "a signature that is missing costs a slash, and a bond covers one in every open round",
            act!(unsigned),
            Claim::Work {
                bound: "half of the asks of the other workers",
                most: ROUNDS * 2 * (paid(ask) / 2),
            },
        ),
        game(
            "silence-in-a-dear-job",
            "a worker does not sign where the quorum is everybody, and half of the others' asks is four slashes",
            "a signature that is missing costs a slash; a quorum below k goes on without it",
            act!(unsigned_dear),
            limits(
                "half of the asks of the other workers, for the requester and for them, at the price of a slash",
                [0, dear, paid(dear)],
            ),
        ),
        game(
            "noise-for-compensation",
            "a worker reveals noise where the quorum is everybody, to be paid half of its ask for the failed round",
            "half of an ask, paid by the requester that chose its workers; k-q+1 workers have to do so",
            act!(noise),
            limits(
                "half of an ask for each that reveals noise; the requester pays half of all asks, and other workers miss the other half",
                [paid(ask) / 2, 3 * ask / 2, paid(ask)],
            ),
        ),
        game(
            "noise-in-every-round",
            "the same in three rounds with another node each, of a requester that keeps the honest workers",
            "three rounds at most; who is kept asks for what is left of its ask",
            act!(noise_again),
            // Of an honest worker an eighth of its ask is left after three halves.
            limits(
                "half of an ask a round for noise; the requester pays that and the asks of the others, of which they miss an eighth",
                [3 * paid(ask) / 2, 3 * ask / 2 + 2 * (ask - ask / 8), 2 * (paid(ask) / 8)],
            ),
        ),
        game(
            "noise-that-is-near",
            "a worker reveals something within four tolerances of what the others find",
            "a result outside the quorum is paid half of its ask at most",
            act!(near),
            limits(
                "half of an ask, less than for an honest result; the requester pays it",
                [paid(ask) / 2, ask / 2, 0],
            ),
        ),
        game(
            "clique-below-quorum",
            "two of five workers agree on a lie",
            "a result far from the quorum is not paid, and costs its worker's bond what it costs the requester",
            act!(clique),
            Claim::Held,
        ),
        game(
            "lie-in-a-dear-job",
            "one of three workers lies where half of an ask is two slashes",
            "a result far from the quorum costs its worker a slash at most",
            act!(lie_dear),
            limits("half of an ask for the requester, at the price of a slash", [0, dear / 2, 0]),
        ),
        game(
            "bribed-quorum",
            "two of three workers of an honest requester agree on a lie",
            "the requester chooses at random among those that match; more workers, or a larger quorum, cost more to bribe",
            act!(bribed),
            limits(
                "the asks of a job of which it has the quorum; the requester pays them and half of the rest for a wrong result, and an \
                 honest worker loses its work and half of its ask of bond",
                [2 * ask, 3 * ask, paid(ask)],
            ),
        ),
        game(
            "tolerance-edge",
            "a worker answers at the edge of the tolerance, so that an honest one is outside",
            "who is within four tolerances of the quorum loses no bond, and is paid half",
            act!(edge),
            limits(
                "its own ask; half of the ask of a worker whose honest result is farther from another honest one than half of the \
                 tolerance, and as much for the requester",
                [ask, ask / 2, paid(ask) / 2],
            ),
        ),
    ]
}

/// Honest nodes, the first of them first.
pub(super) fn honest(count: usize) -> Vec<String> {
    (0..count).map(node).collect()
}

pub(super) fn answers(names: &[String], answer: Answer) -> Vec<(String, Answer)> {
    names.iter().map(|name| (name.clone(), answer)).collect()
}

/// Lets the attacker's nodes arrive on the first day, after which it acts: whether it is time to.
pub(super) async fn ready(
    arena: &mut Arena,
    day: u64,
    moment: Moment,
    count: usize,
) -> Result<bool, EconomyError> {
    if moment == Moment::Before {
        return Ok(false);
    }
    if day == 0 {
        arrive(arena, count, None).await?;
    }
    Ok(day == 0)
}

/// Begins as many jobs as an honest requester can have the attacker's node for: not more than its bond covers.
async fn covered(arena: &mut Arena, deal: &Deal) -> Result<Vec<u64>, EconomyError> {
    let mut begun = Vec::new();
    for _ in 0..=ROUNDS {
        let Some(job_id) = arena.begin(deal).await? else { break };
        begun.push(job_id);
    }
    if u128::try_from(begun.len()).unwrap_or(u128::MAX) > ROUNDS {
        arena.power = Some("a round that its bond does not cover".into());
    }
    Ok(begun)
}

async fn hidden(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 1).await? {
        return Ok(());
    }
    let deal = Deal::new("requester", &[sybils(1), honest(2)].concat(), 2, whole(10));
    let begun = covered(arena, &deal).await?;
    for job_id in &begun {
        for name in &deal.workers {
            arena.commit(*job_id, name, TRUTH).await?;
        }
    }
    for job_id in &begun {
        for name in honest(2) {
            arena.reveal(*job_id, &name, TRUTH).await?;
        }
        arena.count_work(*job_id).await?;
    }
    for job_id in begun {
        arena.expire(job_id).await?;
        arena.finalize("requester", job_id, &honest(2)).await?;
        arena.end(job_id).await?;
        arena.worth(job_id).await?;
    }
    Ok(())
}

async fn unsigned(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 1).await? {
        return Ok(());
    }
    let deal = Deal::new("requester", &[sybils(1), honest(2)].concat(), 3, whole(ASK));
    let begun = covered(arena, &deal).await?;
    unsigned_jobs(arena, &deal, &begun).await
}

async fn unsigned_dear(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 1).await? {
        return Ok(());
    }
    let deal = Deal::new("requester", &[sybils(1), honest(2)].concat(), 3, whole(DEAR));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    unsigned_jobs(arena, &deal, &[job_id]).await
}

async fn unsigned_jobs(arena: &mut Arena, deal: &Deal, begun: &[u64]) -> Result<(), EconomyError> {
    for job_id in begun {
        arena.work(*job_id, &answers(&deal.workers, TRUTH)).await?;
        arena.count_work(*job_id).await?;
    }
    for job_id in begun {
        arena.end(*job_id).await?;
        arena.worth(*job_id).await?;
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

async fn noise_again(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 3).await? {
        return Ok(());
    }
    let mut begun = None;
    for own in sybils(3).chunks(1) {
        let deal = Deal::new("requester", &[own, &honest(2)].concat(), 3, whole(ASK));
        let job_id = match begun {
            Some(job_id) => {
                arena.add_escrow(job_id, &deal, whole(ASK)).await?;
                arena.assign(job_id, &deal).await?;
                job_id
            }
            None => {
                let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
                job_id
            }
        };
        arena.work(job_id, &[answers(own, NOISE), answers(&honest(2), TRUTH)].concat()).await?;
        if begun.is_none() {
            // The honest workers work once, and reveal the same again.
            arena.count_work(job_id).await?;
        }
        begun = Some(job_id);
    }
    match begun {
        Some(job_id) => arena.end(job_id).await,
        None => Ok(()),
    }
}

async fn near(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    // The tolerance is 2.
    outlier(arena, (day, moment), ASK, Answer(TRUTH.0.saturating_add(8))).await
}

async fn lie_dear(arena: &mut Arena, day: u64, moment: Moment) -> Result<(), EconomyError> {
    outlier(arena, (day, moment), DEAR, LIE).await
}

/// One of three workers answers something else; the others settle the job.
async fn outlier(
    arena: &mut Arena,
    (day, moment): (u64, Moment),
    ask: u128,
    answer: Answer,
) -> Result<(), EconomyError> {
    if !ready(arena, day, moment, 1).await? {
        return Ok(());
    }
    let deal = Deal::new("requester", &[sybils(1), honest(2)].concat(), 2, whole(ask));
    let Some(job_id) = arena.begin(&deal).await? else { return Ok(()) };
    arena.work(job_id, &[answers(&sybils(1), answer), answers(&honest(2), TRUTH)].concat()).await?;
    arena.count_work(job_id).await?;
    arena.finalize("requester", job_id, &honest(2)).await?;
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
    arena.finalize("attacker", job_id, &sybils(2)).await.map(drop)
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
