//! Signatures of the final statement, between members and from strangers.

use bithive_api::jobs::Phase;
use bithive_exchange::{EndpointKey, ExchangeError, MAX_WAITING, PeerId, Protocol};
use bithive_node::Report;
use bithive_payload::SignatureMessage;
use bytes::Bytes;

use crate::town::Town;

/// A job for which node 1 is the last that has to reveal; it will sign at once, too. Node 0 will be the
/// representative.
async fn almost_revealed(town: &mut Town) -> u64 {
    let job_id = town.assigned_job().await;
    // Who commits last reveals at once.
    town.live_all().await;
    town.live(0).await;
    assert_eq!(town.phase(job_id).await, Phase::Committed);
    job_id
}

async fn signers(town: &Town, job_id: u64) -> u32 {
    let job = town.job(job_id).await;
    assert_eq!(job.phase, Phase::Settled);
    job.outcome.unwrap().signers.unwrap()
}

fn forged(job_id: u64, index: u8) -> Bytes {
    SignatureMessage { job_id, round: 1, index, signature: [0xc0; 96] }.encode().into()
}

async fn send(town: &Town, from: PeerId, to: PeerId, body: Bytes) -> Result<(), ExchangeError> {
    town.local.exchange(from).send(to, Protocol::Signature, body).await
}

#[tokio::test]
async fn a_signature_that_does_not_come_from_its_worker_takes_no_place() {
    let mut town = Town::with_nodes(3).await;
    town.quorum = 3;
    let job_id = almost_revealed(&mut town).await;
    town.live(1).await;
    let stranger = EndpointKey::generate(&mut town.rng).id();
    for index in 0..=16 {
        send(&town, stranger, town.nodes[0].endpoint, forged(job_id, index)).await.unwrap();
        // Another member may not speak for a worker, either.
        if index != 2 {
            send(&town, town.nodes[2].endpoint, town.nodes[0].endpoint, forged(job_id, index)).await.unwrap();
        }
    }
    // It has node 1's signature, and still has it when node 2's comes.
    town.live(0).await;
    assert_eq!(town.phase(job_id).await, Phase::Revealed);
    town.live(2).await;
    town.live(0).await;
    assert_eq!(signers(&town, job_id).await, 0b111);
}

#[tokio::test]
async fn a_worker_that_sends_a_bad_signature_harms_only_itself() {
    let mut town = Town::with_nodes(3).await;
    let job_id = almost_revealed(&mut town).await;
    send(&town, town.nodes[2].endpoint, town.nodes[0].endpoint, forged(job_id, 2)).await.unwrap();
    town.live(1).await;
    town.live(0).await;
    assert_eq!(signers(&town, job_id).await, 0b011);
    assert_eq!(town.nodes[0].log.failures(), []);
}

#[tokio::test]
async fn malformed_messages_and_those_about_other_jobs_are_ignored() {
    let mut town = Town::with_nodes(3).await;
    let job_id = almost_revealed(&mut town).await;
    let of_round = |round| SignatureMessage { job_id, round, index: 1, signature: [0; 96] }.encode();
    let bodies =
        [vec![], vec![1; 105], vec![1; 107], of_round(0), of_round(2), of_round(255), forged(99, 1).to_vec()];
    for body in bodies {
        for from in [town.nodes[1].endpoint, PeerId([9; 32])] {
            send(&town, from, town.nodes[0].endpoint, body.clone().into()).await.unwrap();
        }
    }
    town.live(1).await;
    town.live(0).await;
    assert_eq!(signers(&town, job_id).await, 0b011);
    assert_eq!(town.nodes[0].log.failures(), []);
    assert_eq!(town.nodes[0].state.names("job/").unwrap(), [format!("job/{job_id}")]);
}

#[tokio::test]
async fn a_member_whose_inbox_is_full_holds_up_nobody() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    town.live_all().await;
    town.live(1).await;
    // Node 1 has revealed, and is away from now on.
    while send(&town, PeerId([9; 32]), town.nodes[1].endpoint, Bytes::new()).await.is_ok() {}
    assert_eq!(town.messages(Protocol::Signature, town.nodes[1].endpoint).len(), MAX_WAITING);
    assert_eq!(town.phase(job_id).await, Phase::Committed);
    town.live(0).await;
    town.live(2).await;
    town.live(0).await;
    let job = town.job(job_id).await;
    assert_eq!((job.phase, job.outcome.unwrap().signers), (Phase::Settled, Some(0b101)));
    for index in [0, 2] {
        assert_eq!(town.nodes[index].log.failures(), []);
        assert_eq!(town.nodes[index].log.count(|report| *report == Report::Signed { job_id }), 1);
    }
}

#[tokio::test]
async fn a_signature_that_could_not_be_sent_is_sent_once_it_can() {
    let mut town = Town::with_nodes(3).await;
    let job_id = town.assigned_job().await;
    town.live_all().await;
    town.live(0).await;
    // The representative's inbox is full while node 1 signs; node 2 is away.
    while send(&town, PeerId([9; 32]), town.nodes[0].endpoint, Bytes::new()).await.is_ok() {}
    town.live(1).await;
    town.live(0).await;
    assert_eq!(town.phase(job_id).await, Phase::Revealed);
    town.local.chain.produce_block().await.unwrap();
    town.live(1).await;
    town.live(0).await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
}
