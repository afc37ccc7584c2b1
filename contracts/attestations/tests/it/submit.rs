//! Statements that an account submits for a worker set that was announced.

use bithive_api::attestations::{Evidence, ExecuteMsg, Packet, Receipt, SignedStatement, Source};
use bithive_attest::{JobStatement, bls, host::HostError};
use bithive_attestations::{ContractError, Refusal};
use bithive_ibc_kit::AttestationsSuite;
use bithive_ibc_kit::attestations::statement;
use bithive_test_kit::{NodeKeys, refusal};
use cosmwasm_std::HexBinary;

const WORDS: [i32; 4] = [1, 2, 3, 4];
const TWO: [&str; 2] = ["node-1", "node-3"];

/// An announced job that is settled, and its statement, which did not arrive.
fn case() -> (AttestationsSuite, u64, SignedStatement) {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.assigned();
    let packet = suite.announce(job_id).unwrap();
    suite.deliver(&packet).unwrap();
    suite.settle(job_id, WORDS, &TWO);
    let packet = suite.send(job_id).unwrap();
    (suite, job_id, statement(&packet).1)
}

#[test]
fn anybody_submits_what_the_quorum_signed() {
    let (mut suite, job_id, statement) = case();
    suite.submit(job_id, statement).unwrap();
    let attestation = suite.attestation(job_id).unwrap();
    assert_eq!(attestation.evidence, Evidence::Signed, "its chain has not said that it is settled");
    assert_eq!(attestation.model, suite.market.job(job_id).terms.model);
}

#[test]
fn the_same_again_changes_nothing() {
    let (mut suite, job_id, statement) = case();
    suite.submit(job_id, statement.clone()).unwrap();
    let first = suite.attestation(job_id);
    suite.suite.advance(10);
    suite.submit(job_id, statement).unwrap();
    assert_eq!(suite.attestation(job_id), first);
}

#[test]
fn a_statement_that_its_chain_settled_makes_it_final() {
    let (mut suite, job_id, signed) = case();
    suite.submit(job_id, signed.clone()).unwrap();
    suite.market.suite.advance(4_000);
    let packet = suite.send(job_id).unwrap();
    assert_eq!(suite.deliver(&packet), Ok(Receipt::Recorded));
    assert_eq!(suite.attestation(job_id).unwrap().evidence, Evidence::Settled);
    suite.submit(job_id, signed).unwrap();
    assert_eq!(suite.attestation(job_id).unwrap().evidence, Evidence::Settled, "and it stays so");
}

/// Signs `output` in place of the true one with both members' keys.
fn equivocation(suite: &AttestationsSuite, job_id: u64, statement: &SignedStatement) -> SignedStatement {
    let set = suite.workers(job_id).unwrap();
    let other = SignedStatement { output: HexBinary::from(&[9; 32]), ..statement.clone() };
    let message = JobStatement::of_packet(&set, &other).unwrap().sign_bytes(suite.market.domain());
    let signatures: Vec<_> = TWO.iter().map(|name| NodeKeys::of(name).bls.sign(&message)).collect();
    let signature = HexBinary::from(&bls::aggregate(&signatures).unwrap());
    SignedStatement { signature: Some(signature), ..other }
}

#[test]
fn a_quorum_that_signs_something_else_gives_way_to_what_its_chain_settled() {
    let (mut suite, job_id, signed) = case();
    let other = equivocation(&suite, job_id, &signed);
    suite.submit(job_id, other.clone()).unwrap();
    let error: ContractError = refusal(suite.submit(job_id, signed.clone()));
    assert!(matches!(error, ContractError::Refused(Refusal::OtherStatement { .. })), "{error}");
    suite.market.suite.advance(4_000);
    let packet = suite.send(job_id).unwrap();
    assert_eq!(suite.deliver(&packet), Ok(Receipt::Recorded));
    let attestation = suite.attestation(job_id).unwrap();
    assert_eq!((attestation.evidence, attestation.output), (Evidence::Settled, signed.output));
    let error: ContractError = refusal(suite.submit(job_id, other));
    assert!(matches!(error, ContractError::Refused(Refusal::OtherStatement { .. })), "{error}");
}

#[test]
fn nothing_can_be_submitted_for_a_set_that_was_not_announced() {
    let (mut suite, _, statement) = case();
    let job_id = suite.assigned();
    let error: ContractError = refusal(suite.submit(job_id, statement.clone()));
    assert_eq!(error, ContractError::Refused(Refusal::NoWorkers { job_id }));
    let source = Source { chain_id: "another-1".into(), ..suite.source() };
    let submit = ExecuteMsg::Submit { source, job_id: 1, statement };
    let error: ContractError = refusal(suite.tell_receiver(&submit));
    assert_eq!(error, ContractError::Refused(Refusal::NoWorkers { job_id: 1 }));
}

#[test]
fn a_forged_statement_is_refused_and_says_why() {
    let (mut suite, job_id, statement) = case();
    let forged = SignedStatement { output: HexBinary::from(&[9; 32]), ..statement.clone() };
    let error: ContractError = refusal(suite.submit(job_id, forged));
    let what = "BLS signature of the statement";
    assert_eq!(error, ContractError::Refused(Refusal::Bls(HostError::Mismatch(what))));
    let forged = SignedStatement { signers: 1, ..statement };
    let error: ContractError = refusal(suite.submit(job_id, forged));
    assert_eq!(error, ContractError::Refused(Refusal::TooFew { what: "signers", found: 1, expected: 2 }));
    assert_eq!(suite.attestation(job_id), None);
}

#[test]
fn the_signature_of_a_failed_round_does_not_pass_for_the_next() {
    let (mut suite, job_id, statement) = case();
    let mut set = suite.workers(job_id).unwrap();
    set.round = 2;
    assert_eq!(suite.deliver_data(&Packet::Workers(set)), Ok(Receipt::WorkersRecorded));
    let error: ContractError = refusal(suite.submit(job_id, statement));
    assert!(matches!(error, ContractError::Refused(Refusal::Bls(_))), "{error}");
}

/// Without a signature only a peer is believed, which read its market.
#[test]
fn what_an_account_submits_has_a_signature() {
    let (mut suite, job_id, statement) = case();
    let error: ContractError =
        refusal(suite.submit(job_id, SignedStatement { signature: None, ..statement }));
    assert_eq!(error, ContractError::Refused(Refusal::NoSignature { job_id }));
    assert_eq!(suite.attestation(job_id), None);
}
