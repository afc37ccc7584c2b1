//! What leaves, when it may leave again, and what the other end's answers do.

use bithive_api::attestations::{Event, Evidence, ExecuteMsg, Packet, Receipt, Status};
use bithive_api::ibc;
use bithive_api::jobs::Phase;
use bithive_attestations::{ContractError, Refusal};
use bithive_contract_kit::channel::ChannelError;
use bithive_ibc_kit::attestations::{SOURCE_CHANNEL, WORKERS, carried, statement};
use bithive_ibc_kit::link::acknowledge;
use bithive_ibc_kit::{AttestationsSuite, attestations};
use bithive_test_kit::{Answer, refusal, told};
use cosmwasm_std::{Binary, HexBinary};

const WORDS: [i32; 4] = [5, -6, 7, 8];
const TWO: [&str; 2] = ["node-1", "node-3"];

fn refused(suite: &mut AttestationsSuite, message: &ExecuteMsg) -> ContractError {
    suite.leave(message).map(|packet| panic!("sent: {packet:?}")).unwrap_err().downcast().unwrap()
}

fn message(job_id: u64, channel_id: &str, timeout_seconds: Option<u64>) -> ExecuteMsg {
    ExecuteMsg::Send { job_id, channel_id: channel_id.into(), timeout_seconds }
}

#[test]
fn a_statement_crosses_with_everything_that_its_signature_binds() {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.settled(WORDS, &TWO);
    let packet = suite.send(job_id).unwrap();
    let (workers, signed) = statement(&packet);
    let job = suite.market.job(job_id);
    assert_eq!(workers.source, suite.source());
    assert_eq!((workers.job_id, workers.round, workers.quorum), (job_id, 1, 2));
    assert_eq!(workers.model, job.terms.model);
    assert_eq!(workers.input_commitment, job.assignment.unwrap().input_commitment);
    let keys: Vec<_> = job.workers.iter().map(|worker| worker.bls_key.clone()).collect();
    assert_eq!(workers.keys, keys);
    let outcome = job.outcome.unwrap();
    let agreed = &job.workers[usize::from(outcome.representative)];
    assert_eq!(
        (Some(&signed.output), Some(&signed.masked)),
        (agreed.output.as_ref(), agreed.masked.as_ref())
    );
    assert_eq!((signed.members, Some(signed.signers)), (outcome.quorum, outcome.signers));
    assert_eq!(signed.signature, outcome.signature);
    let timeout = suite.market.suite.now() + ibc::limits::DEFAULT_TIMEOUT_SECONDS;
    assert_eq!(packet.timeout.timestamp().unwrap().seconds(), timeout);
    assert_eq!(suite.sendings(job_id).statement.unwrap().status, Status::Pending {});
}

#[test]
fn a_job_is_announced_once_it_has_workers_and_sent_once_it_is_settled() {
    let mut suite = AttestationsSuite::new();
    let terms = suite.market.terms();
    let job_id = suite.market.post(&terms);
    let announce = ExecuteMsg::Announce { job_id, channel_id: SOURCE_CHANNEL.into(), timeout_seconds: None };
    let error = refused(&mut suite, &announce);
    assert!(matches!(error, ContractError::WrongPhase { phase: Phase::Open, .. }), "{error}");
    suite.market.assign(job_id, &WORKERS);
    assert!(matches!(carried(&suite.announce(job_id).unwrap()), Packet::Workers(_)));
    let error = refused(&mut suite, &message(job_id, SOURCE_CHANNEL, None));
    let phase = Phase::Assigned;
    assert_eq!(error, ContractError::WrongPhase { job_id, phase, expected: "Settled" });
    suite.settle(job_id, WORDS, &TWO);
    suite.send(job_id).unwrap();
}

#[test]
fn wrong_channels_timeouts_and_jobs_are_clear_errors() {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.settled(WORDS, &TWO);
    let error = refused(&mut suite, &message(job_id, "channel-99", None));
    assert_eq!(error, ChannelError::Unknown("channel-99".into()).into());
    for found in [0, ibc::limits::MIN_TIMEOUT_SECONDS - 1, ibc::limits::MAX_TIMEOUT_SECONDS + 1, u64::MAX] {
        let error = refused(&mut suite, &message(job_id, SOURCE_CHANNEL, Some(found)));
        assert_eq!(error, ChannelError::Timeout { found }.into());
    }
    assert!(suite.leave(&message(job_id + 1, SOURCE_CHANNEL, None)).is_err(), "there is no such job");
    assert_eq!(suite.sendings(job_id).statement, None);
}

#[test]
fn a_contract_without_a_market_sends_nothing() {
    let mut suite = AttestationsSuite::new();
    let send = message(1, attestations::CHANNEL, None);
    let error: ContractError = refusal(suite.tell_receiver(&send));
    assert_eq!(error, ContractError::NoMarket);
}

#[test]
fn nothing_is_sent_twice_while_it_is_under_way_nor_once_it_arrived() {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.settled(WORDS, &TWO);
    let packet = suite.send(job_id).unwrap();
    let again = message(job_id, SOURCE_CHANNEL, None);
    let error = refused(&mut suite, &again);
    assert!(matches!(error, ContractError::UnderWay { kind: "statement", .. }), "{error}");
    let answer = suite.deliver(&packet);
    let response = suite.acknowledge(&packet, &answer);
    assert_eq!(told!(suite.sender, response, Event::Accepted.receipt), [Receipt::Recorded]);
    let receipt = Receipt::Recorded;
    assert_eq!(suite.sendings(job_id).statement.unwrap().status, Status::Accepted { receipt });
    assert_eq!(refused(&mut suite, &again), ContractError::Delivered { kind: "statement", job_id });
}

#[test]
fn what_was_refused_or_expired_is_sent_again() {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.settled(WORDS, &TWO);
    let packet = suite.send(job_id).unwrap();
    let response = suite.acknowledge(&packet, &Err("channel: gone".into()));
    assert_eq!(told!(suite.sender, response, Event::Refused.error), ["channel: gone"]);
    let error = "channel: gone".into();
    assert_eq!(suite.sendings(job_id).statement.unwrap().status, Status::Refused { error });
    let packet = suite.send(job_id).unwrap();
    suite.time_out(&packet);
    assert_eq!(suite.sendings(job_id).statement.unwrap().status, Status::TimedOut {});
    let packet = suite.send(job_id).unwrap();
    assert_eq!(suite.deliver(&packet), Ok(Receipt::Recorded));
}

#[test]
fn a_timeout_that_comes_late_takes_nothing_back() {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.settled(WORDS, &TWO);
    let first = suite.send(job_id).unwrap();
    suite.market.suite.advance(ibc::limits::DEFAULT_TIMEOUT_SECONDS + 1);
    let second = suite.send(job_id).unwrap();
    let answer = suite.deliver(&second);
    suite.acknowledge(&second, &answer);
    suite.time_out(&first);
    let receipt = Receipt::Recorded;
    assert_eq!(suite.sendings(job_id).statement.unwrap().status, Status::Accepted { receipt });
}

#[test]
fn an_answer_that_cannot_be_read_is_noted_and_never_an_error() {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.settled(WORDS, &TWO);
    let empty = r#"{"error":""}"#.as_bytes();
    let answers: [&[u8]; 5] = [b"", b"\xff\x00", b"{}", br#"{"result":"AQ=="}"#, empty];
    for answer in answers {
        let packet = suite.send(job_id).unwrap();
        let app = &mut suite.market.suite.app;
        acknowledge(app, &suite.sender, &packet, Binary::from(answer)).unwrap();
        let status = suite.sendings(job_id).statement.unwrap().status;
        assert!(matches!(status, Status::Refused { .. }), "{answer:?}: {status:?}");
    }
    let packet = suite.send(job_id).unwrap();
    suite.acknowledge(&packet, &Err("x".repeat(100_000)));
    let Status::Refused { error } = suite.sendings(job_id).statement.unwrap().status else { panic!() };
    assert_eq!(error.len(), 512, "the other end does not choose how much is stored");
}

#[test]
fn an_unordered_channel_survives_a_relayer_outage() {
    let mut suite = AttestationsSuite::new();
    let jobs: Vec<u64> = (0..4).map(|word| suite.settled([word; 4], &TWO)).collect();
    let lost: Vec<_> = jobs.iter().map(|job_id| suite.send(*job_id).unwrap()).collect();
    // Nobody relays for two hours. Then one relayer proves two timeouts, and the other two packets are forgotten.
    suite.market.suite.advance(7_200);
    suite.time_out(&lost[2]);
    suite.time_out(&lost[0]);
    let packets: Vec<_> = jobs.iter().map(|job_id| suite.send(*job_id).unwrap()).collect();
    for packet in packets.iter().rev() {
        let answer = suite.deliver(packet);
        assert_eq!(answer, Ok(Receipt::Recorded));
        suite.acknowledge(packet, &answer);
    }
    suite.time_out(&lost[1]);
    for job_id in jobs {
        assert!(suite.attestation(job_id).is_some());
        assert!(matches!(suite.sendings(job_id).statement.unwrap().status, Status::Accepted { .. }));
    }
}

#[test]
fn a_signature_that_goes_along_with_a_job_that_was_settled_with_others_is_its_own() {
    let mut suite = AttestationsSuite::new();
    let jobs = [suite.assigned(), suite.assigned()];
    for job_id in jobs {
        suite.market.work(job_id, &WORKERS.map(|name| (name, Answer::of(&WORDS))));
    }
    let own = jobs.map(|job_id| suite.market.signed(job_id, &TWO).1);
    let (statements, sum) = suite.market.signed_many(&jobs.map(|job_id| (job_id, &TWO[..])));
    suite.market.try_finalize_many(statements, sum.clone()).unwrap();
    let job_id = jobs[0];
    let with = |signature: &HexBinary| ExecuteMsg::SendSigned {
        job_id,
        channel_id: SOURCE_CHANNEL.into(),
        timeout_seconds: None,
        signature: signature.clone(),
    };
    for other in [&sum, &own[1]] {
        let error = refused(&mut suite, &with(other));
        assert!(matches!(error, ContractError::Refused(Refusal::Bls(_))), "{error}");
    }
    let packet = suite.leave(&with(&own[0])).unwrap();
    assert_eq!(suite.deliver(&packet), Ok(Receipt::Recorded));
}

/// The attack: a signer of a batch keeps its share of the job's own signature back, which nobody has then, so that the job is
/// never attested and who gave the data is refunded past. What the market settled needs no signature of the job's own.
#[test]
fn a_signer_that_keeps_its_share_back_withholds_no_attestation_of_a_batch() {
    let mut suite = AttestationsSuite::new();
    let jobs = [suite.assigned(), suite.assigned()];
    for job_id in jobs {
        suite.market.work(job_id, &WORKERS.map(|name| (name, Answer::of(&WORDS))));
    }
    let (statements, sum) = suite.market.signed_many(&jobs.map(|job_id| (job_id, &TWO[..])));
    suite.market.try_finalize_many(statements, sum).unwrap();
    for job_id in jobs {
        let packet = suite.leave(&message(job_id, SOURCE_CHANNEL, None)).unwrap();
        let answer = suite.deliver(&packet);
        assert_eq!(answer, Ok(Receipt::Recorded));
        suite.acknowledge(&packet, &answer);
        let attestation = suite.attestation(job_id).unwrap();
        assert_eq!(attestation.evidence, Evidence::Settled);
        // Again, and over another way, it is the same.
        assert_eq!(suite.deliver(&packet), Ok(Receipt::AlreadyRecorded));
    }
}
