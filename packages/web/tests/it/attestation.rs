//! A statement is attested by more than half of its workers, and by nobody else.

use bithive_attest::bls;
use bithive_web::Kind;
use bithive_web::attestation::{Statement, aggregate_consents, agreeing, verify};

use crate::world::World;

const SLOTS: [u16; 3] = [2, 3, 7];

fn attested(world: &World, job_id: u64) -> (Statement, [u8; 96]) {
    let (statement, signatures) = world.attest(job_id, &SLOTS, 0b101);
    (statement, bls::aggregate(&signatures).unwrap())
}

#[test]
fn a_statement_with_its_signature_verifies() {
    let world = World::new();
    let (statement, signature) = attested(&world, 7);
    assert_eq!(verify(&[statement], &signature), Ok(()));
}

#[test]
fn any_altered_statement_fails() {
    let world = World::new();
    let (good, signature) = attested(&world, 7);
    let mut bad = Vec::new();
    let mut alter = |change: fn(&mut Statement)| {
        let mut statement = good.clone();
        change(&mut statement);
        bad.push(statement);
    };
    alter(|s| s.market.chain_id = "bithive-2".into());
    alter(|s| s.market.jobs = "bithive1other".into());
    alter(|s| s.job_id += 1);
    alter(|s| s.round = 2);
    alter(|s| s.model[0] ^= 1);
    alter(|s| s.input_commitment[0] ^= 1);
    alter(|s| s.output[0] ^= 1);
    alter(|s| s.masked[0] ^= 1);
    alter(|s| s.masked.push(0));
    alter(|s| s.workers.rotate_left(48));
    alter(|s| s.members = 0b111);
    alter(|s| (s.members, s.signers) = (0b111, 0b111));
    alter(|s| (s.members, s.signers) = (0b011, 0b011));
    // One worker alone, whatever the chain is said to need.
    alter(|s| (s.signers, s.needed) = (0b001, 1));
    alter(|s| (s.signers, s.needed) = (0, 0));
    alter(|s| s.needed = 3);
    // Workers that nobody has named.
    alter(|s| (s.members, s.signers) = (0b1101, 0b1101));
    alter(|s| (s.members, s.signers) = (1 << 31 | 0b101, 1 << 31 | 0b101));
    alter(|s| s.workers.clear());
    // The same key twice.
    alter(|s| s.workers.copy_within(0..48, 96));
    for (number, statement) in bad.into_iter().enumerate() {
        assert_eq!(verify(&[statement], &signature).unwrap_err().kind, Kind::Statement, "{number}");
    }
}

#[test]
fn malformed_parts_are_arguments_and_a_malformed_signature_is_none() {
    let world = World::new();
    let (good, signature) = attested(&world, 7);
    for change in [
        (|s| s.model.push(0)) as fn(&mut Statement),
        |s| s.output.clear(),
        |s| s.input_commitment.truncate(31),
        |s| s.workers.truncate(47),
    ] {
        let mut statement = good.clone();
        change(&mut statement);
        assert_eq!(verify(&[statement], &signature).unwrap_err().kind, Kind::Argument);
    }
    for bad in [&signature[1..], &[], &[0; 96], &[0xc0; 96]] {
        assert_eq!(verify(std::slice::from_ref(&good), bad).unwrap_err().kind, Kind::Statement);
    }
    assert_eq!(verify(&[], &signature).unwrap_err().kind, Kind::Statement, "nothing is attested");
}

#[test]
fn a_batch_verifies_as_a_whole() {
    let world = World::new();
    let (one, of_one) = world.attest(7, &SLOTS, 0b101);
    let (two, of_two) = world.attest(8, &[1, 4, 5], 0b110);
    let all = bls::aggregate(&[of_one, of_two].concat()).unwrap();
    assert_eq!(verify(&[one.clone(), two.clone()], &all), Ok(()));
    assert_eq!(verify(&[two, one.clone()], &all), Ok(()));
    assert!(verify(&[one], &all).is_err());
}

#[test]
fn consents_add_up_as_on_machines() {
    let world = World::new();
    let consents: Vec<[u8; 96]> = (1..=3).map(|slot| world.node(slot).bls.sign(b"consent")).collect();
    assert_eq!(aggregate_consents(consents.as_flattened()).unwrap(), bls::aggregate(&consents).unwrap());
    assert_eq!(aggregate_consents(&[]).unwrap_err().kind, Kind::Claim);
    assert_eq!(aggregate_consents(&[0; 95]).unwrap_err().kind, Kind::Argument);
    assert_eq!(aggregate_consents(&[0; 96]).unwrap_err().kind, Kind::Claim);
}

#[test]
fn the_largest_set_of_results_that_agree_is_found() {
    let joined = |results: &[[u32; 2]]| {
        results.iter().flatten().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>()
    };
    let results = joined(&[[10, 10], [500, 10], [12, 9], [11, 11]]);
    assert_eq!(agreeing(&results, 8, 2), Ok(0b1101));
    assert_eq!(agreeing(&results, 8, 1), Ok(0b1001), "the closest pair of three");
    assert_eq!(agreeing(&[], 8, 2), Ok(0));
    for (bytes, length) in [(&results[..7], 8), (&results[..], 0)] {
        assert_eq!(agreeing(bytes, length, 2).unwrap_err().kind, Kind::Argument);
    }
}
