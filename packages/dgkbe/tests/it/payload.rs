//! Payloads: whole or not at all.

use std::io::{self, Read, Write};

use crate::common::{CONTEXT, Group, Network};
use bithive_dgkbe::dem::{
    AssociatedData, CHUNK_LEN, Decryptor, DemError, Encryptor, Opener, PREAMBLE_LEN, Sealer, SealingKey,
    TAG_LEN, open, seal, sealed_len,
};
use bithive_dgkbe::envelope::EnvelopeError;
use bithive_dgkbe::kem::HeaderError;
use bithive_dgkbe::kem::{Context, KemError, SharedKey};
use bithive_dgkbe::{Receiver, Sender, SlotSet};
use proptest::prelude::*;

const SEALED: usize = CHUNK_LEN + TAG_LEN;

fn header(seed: u64) -> [u8; 128] {
    let mut group = Group::new(2, seed);
    let set = SlotSet::full(2).unwrap();
    group.sender.update(&set).unwrap();
    group.sender.encapsulate(&set, CONTEXT, &mut group.rng).unwrap().0.encode()
}

fn data() -> AssociatedData {
    AssociatedData::new(&header(1), &SlotSet::full(2).unwrap().digest(), CONTEXT)
}

fn key(byte: u8) -> SharedKey {
    SharedKey::from_bytes([byte; 32])
}

/// The same key for every payload of these tests: what a program never makes.
fn sealing() -> SealingKey {
    SealingKey::once(key(1), data()).unwrap()
}

fn text(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8).collect()
}

fn refuse(payload: &[u8], expected: DemError) {
    assert_eq!(open(&key(1), &data(), payload).err(), Some(expected), "{} bytes", payload.len());
}

#[test]
fn payloads_of_every_shape_open_again() {
    for len in [0, 1, CHUNK_LEN - 1, CHUNK_LEN, CHUNK_LEN + 1, 2 * CHUNK_LEN, 3 * CHUNK_LEN + 5] {
        let payload = seal(sealing(), &text(len)).unwrap();
        let chunks = len.div_ceil(CHUNK_LEN).max(1);
        assert_eq!(payload.len(), PREAMBLE_LEN + len + chunks * TAG_LEN);
        assert_eq!(*open(&key(1), &data(), &payload).unwrap(), text(len));
    }
}

#[test]
fn streaming_gives_the_bytes_of_sealing_at_once() {
    let plain = text(2 * CHUNK_LEN + 100);
    let whole = seal(sealing(), &plain).unwrap();
    let (mut encryptor, preamble) = Encryptor::new(sealing());
    let mut streamed = preamble.to_vec();
    streamed.extend(encryptor.next(&plain[..CHUNK_LEN]).unwrap());
    streamed.extend(encryptor.next(&plain[CHUNK_LEN..2 * CHUNK_LEN]).unwrap());
    streamed.extend(encryptor.last(&plain[2 * CHUNK_LEN..]).unwrap());
    assert_eq!(streamed, whole);

    let mut decryptor = Decryptor::new(&key(1), &data(), &whole[..PREAMBLE_LEN]).unwrap();
    let body = &whole[PREAMBLE_LEN..];
    let mut out = decryptor.next(&body[..SEALED]).unwrap();
    out.extend(decryptor.next(&body[SEALED..2 * SEALED]).unwrap());
    out.extend(decryptor.last(&body[2 * SEALED..]).unwrap());
    assert_eq!(out, plain);
}

fn stream_sealed(plain: &[u8], piece: usize) -> Vec<u8> {
    let mut sealer = Sealer::new(sealing(), Vec::new());
    plain.chunks(piece).for_each(|piece| sealer.write_all(piece).unwrap());
    sealer.finish().unwrap()
}

/// Gives as many bytes at a time as it is told, and fails at every other call.
struct Halting<'a> {
    rest: &'a [u8],
    piece: usize,
    calls: usize,
}

impl Read for Halting<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(2) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let length = self.piece.min(out.len());
        self.rest.read(&mut out[..length])
    }
}

/// What a reader gives until its end or until it refuses.
fn drain(opener: &mut Opener<impl Read>) -> (Vec<u8>, Option<DemError>) {
    let (mut plain, mut part) = (Vec::new(), vec![0; 40_000]);
    loop {
        match opener.read(&mut part) {
            Ok(0) => return (plain, None),
            Ok(length) => plain.extend_from_slice(&part[..length]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return (plain, Some(DemError::of(&error).unwrap())),
        }
    }
}

#[test]
fn writers_and_readers_give_the_bytes_of_whole_payloads_whatever_their_pieces() {
    for len in [0, 1, CHUNK_LEN - 1, CHUNK_LEN, CHUNK_LEN + 1, 2 * CHUNK_LEN, 3 * CHUNK_LEN + 5] {
        let whole = seal(sealing(), &text(len)).unwrap();
        assert_eq!(sealed_len(len as u64), Some(whole.len() as u64));
        for piece in [1000, CHUNK_LEN - 1, CHUNK_LEN, 2 * CHUNK_LEN + 7] {
            assert!(stream_sealed(&text(len), piece) == whole, "{len} bytes, {piece} at a time");
            let mut opener = Opener::new(&key(1), &data(), Halting { rest: &whole, piece, calls: 0 });
            assert!(!opener.is_complete());
            assert!(drain(&mut opener) == (text(len), None), "{len} bytes, {piece} at a time");
            assert!(opener.is_complete());
        }
    }
    assert_eq!(sealed_len(u64::MAX), None);
}

#[test]
fn a_reader_gives_whole_chunks_before_a_fault_and_never_an_end() {
    let plain = text(3 * CHUNK_LEN + 5);
    let whole = seal(sealing(), &plain).unwrap();
    for cut in 0..whole.len() {
        if cut % 10_007 != 0 && (cut.max(PREAMBLE_LEN) - PREAMBLE_LEN) % SEALED > 17 {
            continue;
        }
        let mut opener = Opener::new(&key(1), &data(), &whole[..cut]);
        let (given, refused) = drain(&mut opener);
        assert!(refused.is_some() && !opener.is_complete(), "{cut}");
        assert!(given.len().is_multiple_of(CHUNK_LEN) && plain.starts_with(&given), "{cut}");
        // It stays refused.
        assert_eq!(drain(&mut opener), (Vec::new(), refused));
    }
    let mut damaged = whole.clone();
    damaged[PREAMBLE_LEN + SEALED + 9] ^= 1;
    let outcome = drain(&mut Opener::new(&key(1), &data(), &damaged[..]));
    assert!(outcome == (text(CHUNK_LEN), Some(DemError::Authentication)));
    let longer = [&whole[..], &[0]].concat();
    assert_eq!(drain(&mut Opener::new(&key(1), &data(), &longer[..])).1, Some(DemError::Authentication));
    assert_eq!(drain(&mut Opener::new(&key(2), &data(), &whole[..])).1, Some(DemError::Authentication));
}

#[test]
fn a_payload_whose_writer_failed_is_not_continued() {
    struct Full(usize);
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.0.checked_sub(bytes.len()) {
                Some(rest) => self.0 = rest,
                None => return Err(io::ErrorKind::StorageFull.into()),
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for room in [0, PREAMBLE_LEN, PREAMBLE_LEN + SEALED] {
        let mut sealer = Sealer::new(sealing(), Full(room));
        let failed = sealer.write_all(&text(3 * CHUNK_LEN)).unwrap_err();
        assert_eq!(failed.kind(), io::ErrorKind::StorageFull);
        assert!(sealer.write_all(&text(CHUNK_LEN + 1)).is_err());
        assert!(sealer.finish().is_err());
    }
}

#[test]
fn truncation_is_never_a_short_plaintext() {
    let payload = seal(sealing(), &text(2 * CHUNK_LEN + 50)).unwrap();
    refuse(&payload[..PREAMBLE_LEN - 1], DemError::Framing);
    refuse(&payload[..PREAMBLE_LEN], DemError::Framing);
    refuse(&payload[..PREAMBLE_LEN + TAG_LEN - 1], DemError::Framing);
    // Cut exactly between chunks: what is left is a sequence of genuine chunks without a last one.
    refuse(&payload[..PREAMBLE_LEN + SEALED], DemError::Authentication);
    refuse(&payload[..PREAMBLE_LEN + 2 * SEALED], DemError::Authentication);
    refuse(&payload[..payload.len() - 1], DemError::Authentication);
    refuse(&payload[..PREAMBLE_LEN + 2 * SEALED + 3], DemError::Framing);
}

#[test]
fn reordered_repeated_dropped_and_added_chunks_are_refused() {
    let payload = seal(sealing(), &text(3 * CHUNK_LEN + 50)).unwrap();
    let (preamble, body) = payload.split_at(PREAMBLE_LEN);
    let chunks: Vec<&[u8]> = body.chunks(SEALED).collect();
    let build = |order: &[usize]| {
        let chosen = order.iter().flat_map(|i| chunks[*i].iter().copied());
        preamble.iter().copied().chain(chosen).collect::<Vec<u8>>()
    };
    assert_eq!(build(&[0, 1, 2, 3]), payload);
    for order in [&[1, 0, 2, 3][..], &[0, 0, 1, 2, 3], &[0, 2, 3], &[1, 2, 3], &[0, 1, 2], &[3]] {
        refuse(&build(order), DemError::Authentication);
    }
    let extended = [payload.as_slice(), &[0; 40]].concat();
    refuse(&extended, DemError::Authentication);
    let doubled = [payload.as_slice(), chunks[3]].concat();
    refuse(&doubled, DemError::Authentication);
}

#[test]
fn a_last_chunk_does_not_pass_as_a_middle_one() {
    let payload = seal(sealing(), &text(CHUNK_LEN)).unwrap();
    let mut decryptor = Decryptor::new(&key(1), &data(), &payload[..PREAMBLE_LEN]).unwrap();
    assert_eq!(decryptor.next(&payload[PREAMBLE_LEN..]), Err(DemError::Authentication));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let payload = seal(sealing(), b"a short message").unwrap();
    for position in 0..payload.len() {
        let mut changed = payload.clone();
        changed[position] ^= 0x10;
        let expected = if position == 0 { DemError::Framing } else { DemError::Authentication };
        refuse(&changed, expected);
    }
}

#[test]
fn key_header_set_and_context_are_bound() {
    let set = SlotSet::full(2).unwrap();
    let (ours, payload) = (header(1), seal(sealing(), b"text").unwrap());
    let part = SlotSet::from_slots(2, [1]).unwrap();
    assert_eq!(open(&key(2), &data(), &payload).err(), Some(DemError::Authentication));
    for other in [
        AssociatedData::new(&header(2), &set.digest(), CONTEXT),
        AssociatedData::new(&ours, &part.digest(), CONTEXT),
        AssociatedData::new(&ours, &set.digest(), Context(b"another")),
    ] {
        assert_eq!(open(&key(1), &other, &payload).err(), Some(DemError::Authentication));
    }
}

#[test]
fn chunks_of_the_wrong_length_are_not_sealed_or_opened() {
    let (mut encryptor, preamble) = Encryptor::new(sealing());
    let short = CHUNK_LEN - 1;
    assert_eq!(encryptor.next(&text(short)), Err(DemError::ChunkLength { actual: short }));
    let long = CHUNK_LEN + 1;
    assert_eq!(encryptor.last(&text(long)), Err(DemError::ChunkLength { actual: long }));
    let mut decryptor = Decryptor::new(&key(1), &data(), &preamble).unwrap();
    assert_eq!(decryptor.next(&text(SEALED - 1)), Err(DemError::Framing));
    assert_eq!(decryptor.last(&text(SEALED + 1)), Err(DemError::Framing));
    assert_eq!(Decryptor::new(&key(1), &data(), &preamble[1..]).err(), Some(DemError::Framing));
}

#[test]
fn sender_and_receiver_follow_the_set() {
    let mut network = Network::new(2, 3, 3);
    let mut sender = Sender::new(network.sender());
    let mut receivers: Vec<_> = (1..=6).map(|slot| Receiver::new(network.receiver(slot))).collect();
    for (slots, headers) in [(&[1, 2, 5][..], 2), (&[2, 3], 1), (&[1, 2, 3, 4, 5], 2)] {
        let set = network.set(slots.iter().copied());
        let message = sender.encrypt(&set, CONTEXT, b"a scan", &mut network.rng).unwrap();
        assert_eq!(message.headers.len(), headers * 128);
        for (slot, receiver) in (1..).zip(&mut receivers) {
            let got = receiver.decrypt(&set, CONTEXT, &message.headers, &message.payload);
            if set.contains(slot) {
                assert_eq!(*got.unwrap(), b"a scan");
            } else {
                assert_eq!(got.err(), Some(EnvelopeError::Kem(KemError::NotAddressed { slot })));
            }
        }
    }
}

#[test]
fn a_tampered_message_does_not_open() {
    let mut network = Network::new(1, 4, 4);
    let (set, wider) = (network.set([1, 2]), network.set([1, 2, 3]));
    let mut receiver = Receiver::new(network.receiver(1));
    let mut excluded = Receiver::new(network.receiver(3));
    let mut sender = Sender::new(network.sender());
    let message = sender.encrypt(&set, CONTEXT, b"a scan", &mut network.rng).unwrap();
    let refused = Some(EnvelopeError::Dem(DemError::Authentication));
    let (header, payload) = (&message.headers, &message.payload);

    assert_eq!(receiver.decrypt(&wider, CONTEXT, header, payload).err(), refused, "mask");
    assert_eq!(excluded.decrypt(&wider, CONTEXT, header, payload).err(), refused, "mask, by one left out");
    assert_eq!(receiver.decrypt(&set, Context(b"x"), header, payload).err(), refused, "context");
    let mut changed = header.clone();
    changed[127] ^= 1;
    assert_eq!(receiver.decrypt(&set, CONTEXT, &changed, payload).err(), refused, "header");
    let other = sender.encrypt(&set, CONTEXT, b"a scan", &mut network.rng).unwrap();
    assert_eq!(receiver.decrypt(&set, CONTEXT, header, &other.payload).err(), refused, "payload");
    let malformed = receiver.decrypt(&set, CONTEXT, &header[1..], payload).err();
    let count = HeaderError::Count { groups: 1, expected: 128, actual: 127 };
    assert_eq!(malformed, Some(EnvelopeError::Kem(KemError::Header(count))));
    assert_eq!(*receiver.decrypt(&set, CONTEXT, header, payload).unwrap(), b"a scan");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_other_bytes_open(
        plain in prop::collection::vec(any::<u8>(), 0..200),
        cut in 0usize..300, extra in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let payload = seal(sealing(), &plain).unwrap();
        prop_assert_eq!(&*open(&key(1), &data(), &payload).unwrap(), &plain);
        let cut = cut.min(payload.len() - 1);
        prop_assert!(open(&key(1), &data(), &payload[..cut]).is_err());
        prop_assert!(open(&key(1), &data(), &[payload.as_slice(), &extra].concat()).is_err());
    }
}
