//! Key files, sound and malformed, and their openings.

use std::io::Cursor;
use std::sync::OnceLock;

use bithive_api::registry::{KeyOpening, NodeRegistration, Params};
use bithive_curve::{DecodeError, G2};
use bithive_dgkbe::crs::ceremony::local_ceremony;
use bithive_dgkbe::keys::column_range;
use bithive_dgkbe::opening::{KeyFile, Part, extract, power_range};
use bithive_dgkbe::{Crs, KeyPair};
use bithive_test_kit::Suite;
use bithive_test_kit::registry::params;
use cosmwasm_std::HexBinary;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// Enough for keys of more than one chunk.
pub const SLOTS: u16 = 24;

/// What is wrong with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    Nothing,
    /// Another format version in the header.
    Header,
    /// One byte too few.
    Short,
    /// One byte too many.
    Long,
    /// Another point at an index.
    Point(u16),
    /// Bytes at an index that are no point of the subgroup.
    Bytes(u16, [u8; 96]),
}

/// A public key as registered and as a file.
#[derive(Clone)]
pub struct Key {
    pub slot: u16,
    pub commitment: [u8; 48],
    pub file: Vec<u8>,
}

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn crs() -> &'static Crs {
    static CRS: OnceLock<Crs> = OnceLock::new();
    CRS.get_or_init(|| local_ceremony(SLOTS, 1, &mut rng(1)).unwrap().verify(&mut rng(2)).unwrap())
}

fn crs_file() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| crs().encode())
}

/// A registry for keys of [`crs`].
pub fn suite() -> Suite {
    suite_with(params())
}

/// As [`suite`], with other parameters but for the number of slots.
pub fn suite_with(params: Params) -> Suite {
    Suite::with_reference_string(Params { slots: SLOTS, ..params }, crs_file())
}

/// The key of a slot, always the same.
pub fn key(slot: u16, wrong: Wrong) -> Key {
    let public = KeyPair::generate(crs(), slot, &mut rng(slot.into())).unwrap().public;
    let mut file = public.encode();
    let element = |index| column_range(SLOTS, slot, index).unwrap();
    match wrong {
        Wrong::Nothing => {}
        Wrong::Header => file[5] = 2,
        Wrong::Short => file.truncate(file.len() - 1),
        Wrong::Long => file.push(0),
        Wrong::Point(index) => {
            let other = *public.element(index).unwrap() + G2::generator();
            file[element(index)].copy_from_slice(&other.encode());
        }
        Wrong::Bytes(index, bytes) => file[element(index)].copy_from_slice(&bytes),
    }
    Key { slot, commitment: public.commitment().encode(), file }
}

impl Key {
    /// What `name` registers with this key.
    pub fn registration(&self, suite: &Suite, name: &str) -> NodeRegistration {
        self.with(suite.registration(name, self.slot))
    }

    /// A registration with this key in place of its own.
    pub fn with(&self, registration: NodeRegistration) -> NodeRegistration {
        let digest = extract(Cursor::new(&self.file), 0..1).unwrap().0;
        NodeRegistration {
            dgkbe_key: HexBinary::from(&self.commitment),
            dgkbe_key_digest: HexBinary::from(&digest),
            ..registration
        }
    }

    fn slice(&self, part: Part) -> Vec<u8> {
        let expected = KeyFile {
            slots: SLOTS,
            slot: self.slot,
            crs_digest: crs().digest(),
            commitment: &self.commitment,
        };
        extract(Cursor::new(&self.file), expected.range(part).unwrap()).unwrap().1
    }

    pub fn header(&self) -> KeyOpening {
        KeyOpening::Header { key: self.slice(Part::Header).into() }
    }

    pub fn end(&self) -> KeyOpening {
        KeyOpening::End { key: self.slice(Part::End).into() }
    }

    pub fn element(&self, index: u16) -> KeyOpening {
        KeyOpening::Element {
            index,
            key: self.slice(Part::Element(index)).into(),
            power: power(index).into(),
        }
    }
}

/// Opening of a power of the reference string.
pub fn power(index: u16) -> Vec<u8> {
    extract(Cursor::new(crs_file()), power_range(SLOTS, index).unwrap()).unwrap().1
}

/// A point of the curve outside the subgroup.
pub fn off_subgroup() -> [u8; 96] {
    let mut bytes = [0; 96];
    bytes[0] = 0x80;
    for x in 0..=255 {
        bytes[95] = x;
        if matches!(G2::decode(&bytes), Err(DecodeError::NotInSubgroup { .. })) {
            return bytes;
        }
    }
    panic!("no point with a small x");
}
