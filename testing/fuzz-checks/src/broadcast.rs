//! Broadcast encryption: headers, key files, reference strings, ceremonies, payloads, whole messages, and openings of
//! key files.

use std::io::Cursor;
use std::sync::{Arc, LazyLock};

use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::crs::ceremony::{Transcript, local_ceremony};
use bithive_dgkbe::dem::{self, AssociatedData, Decryptor, PREAMBLE_LEN, SealingKey};
use bithive_dgkbe::kem::{Context, Header, Peer, ReceiverGroup, SenderGroups, SharedKey};
use bithive_dgkbe::keys::{UnverifiedPublicKey, column, seek_column, verify_file};
use bithive_dgkbe::opening::{KeyFile, Opened, Part, extract, first_fault, open_crs_header, open_power};
use bithive_dgkbe::{Crs, GroupedSet, Groups, KeyPair, Receiver, SecretKey, Sender};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::memory::Budget;
use crate::{canonical, choose};

/// Points take more room decoded than encoded, and checking them takes tables.
pub const BUDGET: Budget = Budget { fixed: 2 << 20, per_byte: 64 };

/// Slots of a group, so that files have a few hundred bytes.
const SLOTS: u16 = 3;
/// Groups on one reference string.
const GROUPS: u16 = 2;
/// Whose secrets the decoders have.
const OWNER: u16 = 2;
/// What messages are bound to.
pub const CONTEXT: Context<'static> = Context(b"bithive-fuzz-1/jobs/1/1");

/// A group with everybody's keys, the same in every run.
pub struct Group {
    /// Its reference string.
    pub crs: Arc<Crs>,
    /// The ceremony that made it.
    pub transcript: Transcript,
    /// How the slots are divided.
    pub groups: Groups,
    /// Keys of all slots.
    pub pairs: Vec<KeyPair>,
    /// Sends to any set.
    pub sender: Sender,
    /// Receives for the slot `OWNER`.
    pub receiver: Receiver,
}

static GROUP: LazyLock<Group> = LazyLock::new(|| Group::new().expect("a group of fixed seed"));

impl Group {
    /// The group of this target's inputs.
    ///
    /// # Errors
    /// None for the fixed seed.
    pub fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let mut rng = rng();
        let transcript = local_ceremony(SLOTS, 1, &mut rng)?;
        let crs = transcript.verify(&mut rng)?.shared();
        let groups = Groups::new(GROUPS, SLOTS)?;
        let mut sender = SenderGroups::new(crs.clone(), groups)?;
        let mut pairs = Vec::new();
        for slot in 1..=GROUPS * SLOTS {
            let pair = KeyPair::generate(&crs, groups.place(slot)?.slot, &mut rng)?;
            sender.put(&[(slot, *pair.public.commitment())])?;
            pairs.push(pair);
        }
        let own = &pairs[usize::from(OWNER) - 1];
        let secret = own.secret.clone();
        let mut receiver = ReceiverGroup::new(crs.clone(), groups, OWNER, secret, own.public.commitment())?;
        let index = receiver.column_index();
        for other in pairs.iter().take(usize::from(SLOTS)).map(|pair| &pair.public) {
            let (slot, commitment) = (other.slot(), *other.commitment());
            if slot != OWNER {
                receiver.put(&[Peer { slot, commitment, element: *other.element(index)? }], &mut rng)?;
            }
        }
        let (sender, receiver) = (Sender::new(sender), Receiver::new(receiver));
        Ok(Self { crs, transcript, groups, pairs, sender, receiver })
    }
}

/// The generator of everything that is fixed.
pub fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(1)
}

/// The key and data of payloads without header.
pub fn payload_key() -> (SharedKey, AssociatedData) {
    (SharedKey::from_bytes([7; 32]), AssociatedData::without_header(CONTEXT))
}

/// The first byte chooses the decoder.
pub fn check(input: &[u8]) {
    let group = &*GROUP;
    match choose(input, 9) {
        None => {}
        Some((0, bytes)) => drop(canonical(bytes, Header::decode, |header| header.encode().to_vec())),
        Some((1, bytes)) => public_key(&group.crs, bytes),
        Some((2, bytes)) => secret_key(group, bytes),
        Some((3, bytes)) => reference_string(bytes),
        Some((4, bytes)) => transcript(bytes),
        Some((5, bytes)) => payload(bytes),
        Some((6, bytes)) => column_of(&group.crs, bytes),
        Some((7, bytes)) => message(group, bytes),
        Some((_, bytes)) => opening(group, bytes),
    }
}

fn public_key(crs: &Crs, bytes: &[u8]) {
    let decode = |bytes: &[u8]| UnverifiedPublicKey::decode(crs, bytes);
    let Some(key) = canonical(bytes, decode, |key| key.claim().encode()) else { return };
    let claim = key.claim().clone();
    for index in 0..=SLOTS + 1 {
        let one = column(crs, claim.slot(), index, bytes).ok();
        let of_all = claim.element(index).ok().map(|element| (*claim.commitment(), *element));
        assert_eq!(one, of_all, "one element is read as all are");
    }
    let streamed = verify_file(crs, bytes, &mut rng()).map(|key| key.digest).ok();
    let whole = key.verify(crs, &mut rng()).map(|key| *key.digest()).ok();
    assert_eq!(streamed, whole, "a key that is read chunk by chunk is the same");
    let fault = first_fault(crs, claim.slot(), &claim.commitment().encode(), bytes, &mut rng());
    assert_eq!(fault.expect("a slot of the group").is_none(), whole.is_some(), "what is refused has a fault");
}

/// A slot, an index, and a file of which one element is read.
fn column_of(crs: &Crs, bytes: &[u8]) {
    let Some(([slot, index], file)) = bytes.split_first_chunk::<2>() else { return };
    let one = column(crs, u16::from(*slot), u16::from(*index), file);
    let sought = seek_column(crs, (u16::from(*slot), u16::from(*index)), Cursor::new(file));
    assert_eq!(sought.ok(), one.clone().ok(), "what is sought is what is read");
    if let (Ok(key), Ok((commitment, element))) = (UnverifiedPublicKey::decode(crs, file), one) {
        assert_eq!(*key.claim().commitment(), commitment);
        assert_eq!(key.claim().element(u16::from(*index)), Ok(&element));
    }
}

fn secret_key(group: &Group, bytes: &[u8]) {
    let decode = |bytes: &[u8]| SecretKey::decode(&group.crs, bytes);
    let Some(key) = canonical(bytes, decode, |key| key.encode().to_vec()) else { return };
    let own = &group.pairs[usize::from(key.slot()) - 1];
    if key.check(&group.crs, own.public.commitment()).is_ok() {
        // The rejection secret is free, the point is not.
        let length = bytes.len() - 32;
        assert_eq!(bytes[..length], own.secret.encode()[..length], "a commitment has one secret");
    }
}

fn reference_string(bytes: &[u8]) {
    let Ok(crs) = UnverifiedCrs::decode(bytes) else { return };
    let streamed = UnverifiedCrs::read(bytes).expect("what was read whole");
    assert_eq!(streamed.digest(), crs.digest());
    if let Ok(verified) = crs.verify(&mut rng()) {
        assert_eq!(verified.encode(), bytes, "a reference string has one encoding");
    }
}

fn transcript(bytes: &[u8]) {
    let encode = |transcript: &Transcript| transcript.encode().expect("as many contributions as were read");
    let Some(transcript) = canonical(bytes, Transcript::decode, encode) else { return };
    if let Ok(crs) = transcript.verify(&mut rng()) {
        assert!(bytes.ends_with(&crs.encode()), "the transcript ends with its outcome");
        assert!(transcript.includes(&transcript.hash()));
    }
}

/// What opens is what sealing makes; piece by piece is the same as at once.
fn payload(bytes: &[u8]) {
    let (key, data) = payload_key();
    let opened = dem::open(&key, &data, bytes);
    if let Ok(plaintext) = &opened {
        let sealing = SealingKey::once(payload_key().0, data);
        let sealed = sealing.and_then(|sealing| dem::seal(sealing, plaintext));
        assert_eq!(sealed.as_deref(), Ok(bytes), "a payload has one sealing");
    }
    if bytes.len() >= PREAMBLE_LEN && bytes.len() <= PREAMBLE_LEN + dem::CHUNK_LEN + dem::TAG_LEN {
        let (preamble, chunk) = bytes.split_at(PREAMBLE_LEN);
        let pieces = Decryptor::new(&key, &data, preamble).and_then(|decryptor| decryptor.last(chunk));
        assert_eq!(pieces, opened.map(|plaintext| plaintext.to_vec()));
    }
}

/// The length of the mask, the mask, the headers and the payload.
fn message(group: &Group, bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first() else { return };
    let Some((mask, rest)) = rest.split_at_checked(usize::from(*length)) else { return };
    let Ok(set) = GroupedSet::decode(mask, group.groups) else { return };
    let (headers, payload) = rest.split_at(rest.len().min(Header::LEN * set.touched().len()));
    let mut receiver = group.receiver.clone();
    if receiver.decrypt(&set, CONTEXT, headers, payload).is_ok() {
        assert!(set.contains(OWNER), "only who is addressed can read");
    }
}

/// A part of slot 1's key file or of the reference string, and a slice that is to open it.
fn opening(group: &Group, bytes: &[u8]) {
    let Some(([part, index], slice)) = bytes.split_first_chunk::<2>() else { return };
    let (public, index) = (&group.pairs[0].public, u16::from(*index) % (SLOTS + 2));
    let (commitment, crs_digest) = (public.commitment().encode(), group.crs.digest());
    let file = KeyFile { slots: SLOTS, slot: 1, crs_digest, commitment: &commitment };
    let part = match part % 5 {
        0 => Part::Header,
        1 => Part::End,
        2 => Part::Element(index),
        3 => {
            if let Ok(power) = open_power(SLOTS, index, crs_digest, slice) {
                assert_eq!(Some(power), group.crs.b(index).map(|power| power.encode()));
            }
            return;
        }
        _ => {
            let opened = open_crs_header(SLOTS, crs_digest, slice);
            assert!(!matches!(opened, Err(bithive_dgkbe::opening::OpeningError::ReferenceString { .. })));
            return;
        }
    };
    // The file under the digest is sound, so that no slice shows a fault.
    match file.open(part, public.digest(), slice) {
        Err(_) | Ok(Opened::Sound) => {}
        Ok(Opened::Element(element)) => {
            assert_eq!(public.element(index).map(|own| own.encode()), Ok(element), "the file's own element");
        }
        Ok(Opened::Malformed(fault)) => panic!("a sound key is no fault: {fault:?}"),
    }
    let range = file.range(part);
    if let Ok(range) = range {
        let (digest, true_slice) = extract(Cursor::new(public.encode()), range).expect("a file in memory");
        assert_eq!(digest, *public.digest());
        assert!(file.open(part, &digest, &true_slice).is_ok(), "the true slice opens");
    }
}
