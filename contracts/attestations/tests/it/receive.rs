//! What arrives: replayed, reordered, stale, forged and malformed packets.

use bithive_api::attestations::{
    Evidence, ExecuteMsg, Packet, Receipt, SignedStatement, WorkerSet, codes, limits,
};
use bithive_attest::{JobStatement, bls};
use bithive_ibc_kit::AttestationsSuite;
use bithive_ibc_kit::attestations::{Answered, CONNECTION, WORKERS, statement};
use bithive_test_kit::NodeKeys;
use cosmwasm_std::{Binary, HexBinary, IbcPacket};

const WORDS: [i32; 4] = [1, 2, 3, 4];
const TWO: [&str; 2] = ["node-1", "node-3"];

fn code(answer: &Answered) -> String {
    answer.as_ref().unwrap_err().split(':').next().unwrap().to_owned()
}

/// A settled job whose statement has left but not arrived.
fn case() -> (AttestationsSuite, u64, IbcPacket) {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.settled(WORDS, &TWO);
    let packet = suite.send(job_id).unwrap();
    (suite, job_id, packet)
}

/// The answer to the statement after `change`; nothing may be recorded.
fn forged(change: impl FnOnce(&mut WorkerSet, &mut SignedStatement)) -> String {
    let (mut suite, job_id, packet) = case();
    let (mut workers, mut statement) = statement(&packet);
    change(&mut workers, &mut statement);
    let answer = suite.deliver_data(&Packet::Statement { workers, statement });
    assert_eq!((suite.attestation(job_id), suite.workers(job_id)), (None, None), "nothing is recorded");
    assert_eq!(suite.deliver(&packet), Ok(Receipt::Recorded), "nor is anything in the true one's way");
    code(&answer)
}

#[test]
fn a_statement_is_verified_and_recorded_as_its_chain_has_it() {
    let (mut suite, job_id, packet) = case();
    assert_eq!(suite.deliver(&packet), Ok(Receipt::Recorded));
    let job = suite.market.job(job_id);
    let attestation = suite.attestation(job_id).unwrap();
    let outcome = job.outcome.unwrap();
    let agreed = &job.workers[usize::from(outcome.representative)];
    assert_eq!((attestation.round, attestation.evidence), (1, Evidence::Settled));
    assert_eq!(attestation.model, job.terms.model);
    assert_eq!(Some(attestation.output), agreed.output);
    assert_eq!(Some(attestation.masked), agreed.masked);
    assert_eq!((attestation.members, Some(attestation.signers)), (outcome.quorum, outcome.signers));
    assert_eq!(attestation.recorded_at, suite.suite.now());
}

#[test]
fn a_replayed_packet_changes_nothing() {
    let (mut suite, job_id, packet) = case();
    suite.deliver(&packet).unwrap();
    let first = suite.attestation(job_id);
    suite.suite.advance(100);
    for _ in 0..3 {
        assert_eq!(suite.deliver(&packet), Ok(Receipt::AlreadyRecorded));
    }
    assert_eq!(suite.attestation(job_id), first);
}

#[test]
fn packets_arrive_in_any_order() {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.assigned();
    let announced = suite.announce(job_id).unwrap();
    suite.settle(job_id, WORDS, &TWO);
    let sent = suite.send(job_id).unwrap();
    assert_eq!(suite.deliver(&sent), Ok(Receipt::Recorded));
    assert_eq!(suite.deliver(&announced), Ok(Receipt::WorkersAlreadyRecorded));
}

#[test]
fn a_worker_set_of_an_older_round_is_stale() {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.assigned();
    let first = suite.announce(job_id).unwrap();
    // Nobody commits: the round fails and others work on the job.
    suite.market.expire(job_id);
    suite.market.assign(job_id, &["node-4", "node-5", "node-6"]);
    let second = suite.announce(job_id).unwrap();
    assert_eq!(suite.deliver(&second), Ok(Receipt::WorkersRecorded));
    assert_eq!(code(&suite.deliver(&first)), codes::STALE);
    assert_eq!(suite.workers(job_id).unwrap().round, 2);
    // In the order in which they were sent, the second replaces the first.
    let mut suite = AttestationsSuite::new();
    let job_id = suite.assigned();
    let first = suite.announce(job_id).unwrap();
    assert_eq!(suite.deliver(&first), Ok(Receipt::WorkersRecorded));
    suite.market.expire(job_id);
    suite.market.assign(job_id, &["node-4", "node-5", "node-6"]);
    let second = suite.announce(job_id).unwrap();
    assert_eq!(suite.deliver(&second), Ok(Receipt::WorkersRecorded));
    assert_eq!(suite.workers(job_id).unwrap().round, 2);
}

#[test]
fn nothing_of_another_round_comes_after_the_settled_one() {
    let (mut suite, job_id, packet) = case();
    suite.deliver(&packet).unwrap();
    let (mut workers, signed) = statement(&packet);
    workers.round = 2;
    assert_eq!(code(&suite.deliver_data(&Packet::Workers(workers.clone()))), codes::STALE);
    let later = Packet::Statement { workers, statement: signed };
    assert_eq!(code(&suite.deliver_data(&later)), codes::STALE);
    assert_eq!(suite.attestation(job_id).unwrap().round, 1);
    assert_eq!(suite.workers(job_id).unwrap().round, 1);
}

#[test]
fn another_worker_set_of_the_same_round_is_a_conflict() {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.assigned();
    let packet = suite.announce(job_id).unwrap();
    suite.deliver(&packet).unwrap();
    let mut other = suite.workers(job_id).unwrap();
    other.keys.pop();
    assert_eq!(code(&suite.deliver_data(&Packet::Workers(other))), codes::CONFLICT);
    assert_eq!(suite.workers(job_id).unwrap().keys.len(), 3);
}

#[test]
fn another_statement_of_a_settled_job_is_a_conflict_even_if_the_quorum_signed_it() {
    let (mut suite, job_id, packet) = case();
    suite.deliver(&packet).unwrap();
    let recorded = suite.attestation(job_id);
    let (workers, mut other) = statement(&packet);
    other.output = HexBinary::from(&[9; 32]);
    other.signature = Some(signature_of(&suite, &workers, &other, &TWO));
    let answer = suite.deliver_data(&Packet::Statement { workers, statement: other });
    assert_eq!(code(&answer), codes::CONFLICT);
    assert_eq!(suite.attestation(job_id), recorded);
}

/// What `names` sign for a statement.
fn signature_of(
    suite: &AttestationsSuite,
    set: &WorkerSet,
    statement: &SignedStatement,
    names: &[&str],
) -> HexBinary {
    let message = JobStatement::of_packet(set, statement).unwrap().sign_bytes(suite.market.domain());
    let signatures: Vec<_> = names.iter().map(|name| NodeKeys::of(name).bls.sign(&message)).collect();
    HexBinary::from(&bls::aggregate(&signatures).unwrap())
}

#[test]
fn no_field_of_a_statement_can_be_changed() {
    let other = || HexBinary::from(&[7; 32]);
    assert_eq!(forged(|_, statement| statement.output = other()), codes::SIGNATURE);
    assert_eq!(forged(|_, statement| statement.masked = Binary::from([0; 16])), codes::SIGNATURE);
    assert_eq!(forged(|_, statement| statement.members = 0b101), codes::SIGNATURE);
    assert_eq!(forged(|_, statement| statement.signers = 0b011), codes::SIGNATURE);
    assert_eq!(
        forged(|_, statement| statement.signature = Some(HexBinary::from(&[0; 96]))),
        codes::SIGNATURE
    );
    assert_eq!(forged(|_, statement| statement.signature = Some(other())), codes::SIGNATURE);
    assert_eq!(forged(|workers, _| workers.model = other()), codes::SIGNATURE);
    assert_eq!(forged(|workers, _| workers.input_commitment = other()), codes::SIGNATURE);
    assert_eq!(forged(|workers, _| workers.job_id += 1), codes::SIGNATURE);
    assert_eq!(forged(|workers, _| workers.round = 2), codes::SIGNATURE);
    assert_eq!(forged(|workers, _| workers.keys.swap(0, 1)), codes::SIGNATURE);
}

#[test]
fn keys_that_are_no_points_or_listed_twice_are_refused() {
    assert_eq!(forged(|workers, _| workers.keys[0] = HexBinary::from(&[0xff; 48])), codes::SIGNATURE);
    let mut identity = [0; 48];
    identity[0] = 0xc0;
    assert_eq!(forged(|workers, _| workers.keys[0] = HexBinary::from(&identity)), codes::SIGNATURE);
    assert_eq!(forged(|workers, _| workers.keys[1] = workers.keys[0].clone()), codes::SIGNATURE);
}

#[test]
fn too_few_signers_are_no_quorum_whatever_they_sign() {
    let (mut suite, job_id, packet) = case();
    let (workers, mut alone) = statement(&packet);
    alone.signers = 0b001;
    alone.signature = Some(signature_of(&suite, &workers, &alone, &["node-1"]));
    let answer = suite.deliver_data(&Packet::Statement { workers, statement: alone });
    assert_eq!(code(&answer), codes::QUORUM);
    assert_eq!(suite.attestation(job_id), None);
    assert_eq!(forged(|_, statement| statement.members = 0b001), codes::QUORUM);
    assert_eq!(forged(|_, statement| statement.members = 0b1111), codes::QUORUM);
    assert_eq!(forged(|_, statement| statement.members = u32::MAX), codes::QUORUM);
    assert_eq!(forged(|_, statement| (statement.members, statement.signers) = (0, 0)), codes::QUORUM);
}

#[test]
fn fields_out_of_bounds_are_malformed() {
    assert_eq!(forged(|workers, _| workers.round = 0), codes::MALFORMED);
    assert_eq!(forged(|workers, _| workers.round = 4), codes::MALFORMED);
    assert_eq!(forged(|workers, _| workers.quorum = 1), codes::MALFORMED);
    assert_eq!(forged(|workers, _| workers.quorum = 4), codes::MALFORMED);
    assert_eq!(forged(|workers, _| workers.keys.clear()), codes::MALFORMED);
    assert_eq!(forged(|workers, _| workers.keys = vec![workers.keys[0].clone(); 17]), codes::MALFORMED);
    assert_eq!(forged(|workers, _| workers.keys[2] = HexBinary::from(&[1; 47])), codes::MALFORMED);
    assert_eq!(forged(|workers, _| workers.model = HexBinary::default()), codes::MALFORMED);
    assert_eq!(forged(|workers, _| workers.source.chain_id = String::new()), codes::MALFORMED);
    assert_eq!(forged(|workers, _| workers.source.jobs = "j".repeat(129)), codes::MALFORMED);
    assert_eq!(forged(|_, statement| statement.masked = Binary::default()), codes::MALFORMED);
    assert_eq!(forged(|_, statement| statement.masked = Binary::from([1; 6])), codes::MALFORMED);
    assert_eq!(forged(|_, statement| statement.masked = Binary::from([1; 4_100])), codes::MALFORMED);
    assert_eq!(forged(|_, statement| statement.output = HexBinary::from(&[1; 31])), codes::MALFORMED);
}

#[test]
fn a_market_for_which_the_peer_does_not_speak_is_refused() {
    assert_eq!(forged(|workers, _| workers.source.chain_id = "another-1".into()), codes::SOURCE);
    assert_eq!(forged(|workers, _| workers.source.jobs = "bithive1other".into()), codes::SOURCE);
}

#[test]
fn a_peer_that_only_receives_says_nothing_of_any_market() {
    let (mut suite, _, packet) = case();
    let peer = bithive_api::attestations::Peer {
        connection_id: CONNECTION.into(),
        port_id: suite.back.there.port_id.clone(),
        source: None,
    };
    suite.tell_receiver(&ExecuteMsg::AllowPeer(peer)).unwrap();
    assert_eq!(code(&suite.deliver(&packet)), codes::SOURCE);
}

#[test]
fn a_removed_peer_says_nothing_more() {
    let (mut suite, job_id, packet) = case();
    let port_id = suite.back.there.port_id.clone();
    let remove = ExecuteMsg::RemovePeer { connection_id: CONNECTION.into(), port_id };
    suite.tell_receiver(&remove).unwrap();
    assert_eq!(code(&suite.deliver(&packet)), codes::CHANNEL);
    assert_eq!(suite.attestation(job_id), None);
}

#[test]
fn a_channel_or_an_end_that_is_not_known_is_refused() {
    let (mut suite, job_id, packet) = case();
    let mut stray = packet.clone();
    stray.dest.channel_id = "channel-99".into();
    assert_eq!(code(&suite.deliver(&stray)), codes::CHANNEL);
    let mut stray = packet.clone();
    stray.src.port_id = "wasm.stranger".into();
    assert_eq!(code(&suite.deliver(&stray)), codes::CHANNEL);
    let mut stray = packet;
    stray.src.channel_id = "channel-99".into();
    assert_eq!(code(&suite.deliver(&stray)), codes::CHANNEL);
    assert_eq!(suite.attestation(job_id), None);
}

#[test]
fn what_is_no_packet_is_answered_and_never_an_error() {
    let (mut suite, job_id, packet) = case();
    let mut longest = packet.data.to_vec();
    longest.resize(limits::MAX_PACKET_BYTES + 1, b' ');
    let deep = "[".repeat(10_000).into_bytes();
    let cut = packet.data[..packet.data.len() - 1].to_vec();
    for data in [vec![], vec![0xff; 40], b"null".to_vec(), br#"{"workers":{}}"#.to_vec(), deep, cut, longest]
    {
        let other = IbcPacket::new(data, packet.src.clone(), packet.dest.clone(), 9, packet.timeout.clone());
        assert_eq!(code(&suite.deliver(&other)), codes::MALFORMED);
    }
    assert_eq!(suite.attestation(job_id), None);
    // One that is as long as a packet may be is read.
    let mut whole = packet.data.to_vec();
    whole.resize(limits::MAX_PACKET_BYTES, b' ');
    suite.deliver(&IbcPacket::new(whole, packet.src, packet.dest, 10, packet.timeout)).unwrap();
    assert!(suite.attestation(job_id).is_some());
}

#[test]
fn every_worker_of_the_largest_job_fits_a_packet() {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.settled(WORDS, &WORKERS);
    let packet = suite.send(job_id).unwrap();
    let (mut workers, mut statement) = statement(&packet);
    workers.keys = vec![HexBinary::from(&[0xff; 48]); 16];
    statement.masked = Binary::from(vec![0xff; 4_096]);
    workers.source.chain_id = "c".repeat(128);
    let bytes = cosmwasm_std::to_json_binary(&Packet::Statement { workers, statement }).unwrap();
    assert!(bytes.len() < limits::MAX_PACKET_BYTES, "{}", bytes.len());
}
