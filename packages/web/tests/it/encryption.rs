//! Exactly the chosen nodes decrypt what the page seals, and the page opens what they return.

use bithive_payload::{Input, JobRef};
use bithive_table::MAX_BYTES;
use bithive_web::round::RoundKey;
use bithive_web::sender::{Assignment, Finished, Reference, Sender};
use bithive_web::{Failure, Kind};
use proptest::prelude::*;

use crate::world::{GROUPS, JOB_ID, World, domain, record_key};

fn kind<T>(result: Result<T, Failure>) -> Kind {
    result.map(drop).unwrap_err().kind
}

/// Seals rows in parts of so many bytes.
fn seal(assignment: &mut Assignment, rows: &[u8], part: usize) -> (Vec<u8>, Finished) {
    let mut payload = Vec::new();
    for part in rows.chunks(part) {
        payload.extend(assignment.write(part).unwrap());
    }
    let finished = assignment.finish().unwrap();
    payload.extend(&finished.sealed);
    (payload, finished)
}

#[test]
fn the_chosen_nodes_decrypt_the_rows_and_others_do_not() {
    let world = World::new();
    let job = world.job();
    let rows: Vec<u8> = (0..200_000_u32).map(|i| i as u8).collect();
    let mut assignment = world.sender().address(&job, JOB_ID, 1, &[7, 2, 3]).unwrap();
    assert_eq!((assignment.headers().len(), assignment.changed_slots()), (2 * 128, 3));
    let (payload, finished) = seal(&mut assignment, &rows, 70_000);
    assert_eq!(finished.length, payload.len() as u64);
    assert_eq!(finished.payload, *blake3::hash(&payload).as_bytes());
    let sent = (assignment.mask(), assignment.headers());
    for slot in [2, 3, 7] {
        let (_, input) = world.receive(slot, sent, 1, &payload).unwrap();
        assert_eq!(input.rows, rows);
        assert!(String::from_utf8_lossy(&input.policy).contains("reaches"));
        assert_eq!(input.commitment(domain(), JOB_ID), finished.input_commitment);
    }
    assert!(world.receive(2, sent, 2, &payload).is_none(), "another round");
    let mut changed = payload.clone();
    changed[100_000] ^= 1;
    assert!(world.receive(2, sent, 1, &changed).is_none());
    assert!(world.receive(2, sent, 1, &payload[..payload.len() - 1]).is_none());
    let of_others = world.sender().address(&job, JOB_ID, 1, &[1, 7]).unwrap();
    let others = (of_others.mask(), of_others.headers());
    assert!(world.receive(1, others, 1, &payload).is_none());
}

#[test]
fn parts_of_any_size_give_a_payload_of_the_same_length_and_commitment() {
    let world = World::new();
    let (job, mut sender, rows) = (world.job(), world.sender(), vec![5; 150_000]);
    let mut last = None;
    for part in [1 << 20, 65_536, 65_499, 1000] {
        let mut assignment = sender.address(&job, JOB_ID, 1, &[1]).unwrap();
        let (payload, finished) = seal(&mut assignment, &rows, part);
        let (_, input) = world.receive(1, (assignment.mask(), assignment.headers()), 1, &payload).unwrap();
        assert_eq!(input.rows, rows);
        let found = (finished.length, finished.input_commitment);
        assert_eq!(*last.get_or_insert(found), found);
    }
}

#[test]
fn memory_stays_bounded_by_part_and_chunk() {
    let world = World::new();
    let mut assignment = world.sender().address(&world.job(), JOB_ID, 1, &[1]).unwrap();
    let part = vec![0; 100_000];
    let (mut given, mut taken) = (0, 0);
    for _ in 0..50 {
        given += part.len();
        taken += assignment.write(&part).unwrap().len();
        // What is kept back is less than a chunk with what comes before the rows.
        assert!(given.saturating_sub(taken) <= 64 << 10, "{given} {taken}");
    }
}

#[test]
fn a_second_set_costs_what_differs_and_has_a_key_of_its_own() {
    let world = World::new();
    let (job, mut sender) = (world.job(), world.sender());
    let first = sender.address(&job, JOB_ID, 1, &[1, 2, 3]).unwrap();
    let second = sender.address(&job, JOB_ID, 2, &[1, 2, 4]).unwrap();
    assert_eq!((first.changed_slots(), second.changed_slots()), (3, 2));
    assert_ne!(first.headers(), second.headers());
}

#[test]
fn sets_that_are_none_are_refused() {
    let world = World::new();
    let (job, mut sender) = (world.job(), world.sender());
    for slots in [&[][..], &[1, 1], &[0], &[9]] {
        assert_eq!(kind(sender.address(&job, JOB_ID, 1, slots)), Kind::Set, "{slots:?}");
    }
    assert_eq!(kind(sender.address(&job, JOB_ID, 0, &[1])), Kind::Argument);
    let mut stranger = Sender::new(&world.reference(), GROUPS).unwrap();
    assert_eq!(kind(stranger.address(&job, JOB_ID, 1, &[1])), Kind::Set);
}

#[test]
fn keys_that_are_not_the_registered_ones_are_refused() {
    let world = World::new();
    let mut sender = Sender::new(&world.reference(), GROUPS).unwrap();
    let (own, other) = (&world.node(2).keys.public, &world.node(3).keys.public);
    let (commitment, file) = (own.commitment().encode(), own.encode());
    let mut learn = |slot, commitment: &[u8], digest: &[u8], file: &[u8]| {
        kind(sender.learn(slot, commitment, digest, file))
    };
    assert_eq!(learn(2, &other.commitment().encode(), own.digest(), &file), Kind::Key);
    assert_eq!(learn(3, &commitment, own.digest(), &file), Kind::Key, "another slot");
    assert_eq!(learn(2, &commitment, other.digest(), &file), Kind::Key, "another digest");
    assert_eq!(learn(2, &commitment, &own.digest()[1..], &file), Kind::Argument);
    assert_eq!(learn(2, &commitment, own.digest(), &file[1..]), Kind::Key);
    assert_eq!(learn(9, &commitment, own.digest(), &file), Kind::Key, "no such slot");
    // Another node's element in place of the own one: every point is valid, the structure is not.
    let mut swapped = file.clone();
    let (length, element) = (swapped.len(), other.encode());
    swapped[length - 96..].copy_from_slice(&element[length - 96..]);
    assert_eq!(learn(2, &commitment, blake3::hash(&swapped).as_bytes(), &swapped), Kind::Key);
    // Slot 6 is the second place of the second group: the file fits, and the registration decides.
    assert!(sender.learn(6, &commitment, own.digest(), &file).is_ok());
}

#[test]
fn a_reference_string_is_taken_by_its_digest() {
    let world = World::new();
    let (bytes, digest) = (world.crs.encode(), world.crs.digest());
    assert_eq!(Reference::new(&bytes, digest).unwrap().slots(), 4);
    assert_eq!(kind(Reference::new(&bytes, &[0; 32])), Kind::ReferenceString);
    assert_eq!(kind(Reference::new(&bytes, &digest[1..])), Kind::Argument);
    for bad in [&bytes[1..], &bytes[..bytes.len() - 1], &[]] {
        assert_eq!(kind(Reference::new(bad, digest)), Kind::ReferenceString);
    }
    let reference = world.reference();
    assert_eq!(kind(Sender::new(&reference, 0)), Kind::Argument);
    assert_eq!(kind(Sender::new(&reference, 2000)), Kind::Argument);
}

#[test]
fn an_input_is_finished_once_and_has_rows_within_the_limit() {
    let world = World::new();
    let (job, mut sender) = (world.job(), world.sender());
    let mut empty = sender.address(&job, JOB_ID, 1, &[1]).unwrap();
    assert_eq!(kind(empty.finish()), Kind::Payload);
    let mut once = sender.address(&job, JOB_ID, 1, &[1]).unwrap();
    once.write(b"rows").unwrap();
    once.finish().unwrap();
    assert_eq!(kind(once.finish()), Kind::Payload);
    assert_eq!(kind(once.write(b"more")), Kind::Payload);
    let mut large = sender.address(&job, JOB_ID, 1, &[1]).unwrap();
    let part = vec![0; 4 << 20];
    for _ in 0..MAX_BYTES / part.len() {
        large.write(&part).unwrap();
    }
    assert_eq!(kind(large.write(&[0])), Kind::Payload);
    assert_eq!(kind(large.finish()), Kind::Payload, "a part is missing");
}

/// An assignment to nodes 1, 2 and 6, with the key that node 2 decrypts.
fn assigned(world: &World) -> (RoundKey, bithive_dgkbe::kem::SharedKey) {
    let mut assignment = world.sender().address(&world.job(), JOB_ID, 1, &[1, 2, 6]).unwrap();
    let (payload, _) = seal(&mut assignment, b"rows", 100);
    let (shared, _) = world.receive(2, (assignment.mask(), assignment.headers()), 1, &payload).unwrap();
    (assignment.round_key().clone(), shared)
}

#[test]
fn the_output_of_a_worker_opens_and_no_other() {
    let world = World::new();
    let (key, shared) = assigned(&world);
    let key = RoundKey::import(&record_key(), &key.export(&record_key()).unwrap()).unwrap();
    assert_eq!((key.job_id(), key.round()), (JOB_ID, 1));
    let values = [0.5, -2.25, 0.0];
    let (sealed, masked) = world.output(2, &shared, 1, &values);
    let digest = *blake3::hash(&sealed).as_bytes();
    let worker = "bithive1node2";
    assert_eq!(key.open_output(worker, &digest, &sealed, &masked).unwrap().values, values);

    assert_eq!(kind(key.open_output("bithive1node1", &digest, &sealed, &masked)), Kind::Output);
    assert_eq!(kind(key.open_output(worker, &[0; 32], &sealed, &masked)), Kind::Output);
    assert_eq!(kind(key.open_output(worker, &digest[1..], &sealed, &masked)), Kind::Argument);
    let (_, other) = world.output(2, &shared, 1, &[0.5, -2.25, 0.25]);
    let refused = key.open_output(worker, &digest, &sealed, &other).unwrap_err();
    assert!(refused.kind == Kind::Output && refused.message.contains("made from"), "{refused}");
    assert_eq!(kind(key.open_output(worker, &digest, &sealed, &masked[1..])), Kind::Output);
    for changed in [&sealed[1..], &sealed[..sealed.len() - 1], &[]] {
        let digest = blake3::hash(changed);
        assert_eq!(kind(key.open_output(worker, digest.as_bytes(), changed, &masked)), Kind::Output);
    }
    let (of_round_2, masked) = world.output(2, &shared, 2, &values);
    let digest = blake3::hash(&of_round_2);
    assert_eq!(kind(key.open_output(worker, digest.as_bytes(), &of_round_2, &masked)), Kind::Output);
}

#[test]
fn the_stream_is_the_input_that_the_native_program_writes() {
    let world = World::new();
    let mut assignment = world.sender().address(&world.job(), JOB_ID, 1, &[1]).unwrap();
    let (payload, _) = seal(&mut assignment, b"rows", 3);
    let (_, input) = world.receive(1, (assignment.mask(), assignment.headers()), 1, &payload).unwrap();
    let again = Input { salt: input.salt, policy: input.policy.clone(), rows: b"rows".to_vec() };
    assert!(again == input);
    let sealed = bithive_dgkbe::dem::sealed_len(again.encoded_len()).unwrap();
    assert_eq!(sealed, payload.len() as u64);
    // Only the context of this round leads to the job key.
    let of = |round| JobRef { jobs: domain(), job_id: JOB_ID, round }.context();
    assert_ne!(of(1), of(2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn no_bytes_make_decoding_panic(bytes in any::<Vec<u8>>()) {
        prop_assert!(Reference::new(&bytes, &[0; 32]).is_err());
        let world = World::new();
        let (key, _) = assigned(&world);
        let digest = *blake3::hash(&bytes).as_bytes();
        prop_assert!(key.open_output("bithive1node2", &digest, &bytes, &bytes).is_err());
    }
}
