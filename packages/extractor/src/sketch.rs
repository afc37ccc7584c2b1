//! The secure sketch: what has to be public so that a noisy reading leads back to the one enrolled.
//!
//! This is the syndrome construction of Dodis, Ostrovsky, Reyzin and Smith (2008, section 5), which is the
//! code-offset construction without its randomness: of the offset only the coset of the code matters. For the
//! repetition code the syndrome is, of each group of cells, the difference of every further cell to the first.

use subtle::{Choice, ConstantTimeGreater};
use zeroize::Zeroizing;

use crate::profile::Profile;

/// Bits as bytes of value 0 or 1.
type Bits = Zeroizing<Vec<u8>>;

/// The sketch of a reading, bytes; the spare bits of the last byte are zero. The reading has the profile's length.
pub(crate) fn sketch(profile: Profile, reading: &[u8]) -> Vec<u8> {
    let reading = unpack(reading);
    let (first, further) = reading.split_at(profile.code_bits());
    let differences = further.chunks(first.len()).flat_map(|copy| copy.iter().zip(first).map(|(a, b)| a ^ b));
    let remainder = profile.code().remainder(first);
    pack(&differences.chain(remainder.iter().copied()).collect::<Vec<_>>())
}

/// The reading that was sketched, if it is close enough to this one, and whether it may be: a reading that is too
/// far away can lead to a wrong one. Both inputs have the profile's length.
pub(crate) fn recover(profile: Profile, reading: &[u8], sketch: &[u8]) -> (Zeroizing<Vec<u8>>, Choice) {
    let (reading, sketch) = (unpack(reading), unpack(sketch));
    let length = profile.code_bits();
    let (differences, remainder) = sketch.split_at(profile.reading_bits() - length);
    let mut first = majority(&reading, differences, length);

    let code = profile.code();
    let between: Bits =
        Zeroizing::new(code.remainder(&first).iter().zip(remainder).map(|(a, b)| a ^ b).collect());
    let (errors, decoded) = code.errors(&between);
    first.iter_mut().zip(errors.iter()).for_each(|(bit, error)| *bit ^= error);

    let mut recovered: Bits = Zeroizing::new(Vec::with_capacity(profile.reading_bits()));
    recovered.extend_from_slice(&first);
    recovered.extend(differences.iter().zip(first.iter().cycle()).map(|(a, b)| a ^ b));
    (Zeroizing::new(pack(&recovered)), decoded)
}

/// What most copies say about each bit of the first `length`.
fn majority(reading: &[u8], differences: &[u8], length: usize) -> Bits {
    let (first, further) = reading.split_at(length);
    let mut votes: Bits = Zeroizing::new(first.to_vec());
    for (bits, differences) in further.chunks(length).zip(differences.chunks(length)) {
        votes.iter_mut().zip(bits.iter().zip(differences)).for_each(|(votes, (a, b))| *votes += a ^ b);
    }
    let half = (reading.len() / length / 2) as u8;
    votes.iter_mut().for_each(|votes| *votes = votes.ct_gt(&half).unwrap_u8());
    votes
}

/// Bit i is bit i mod 8, from the least significant, of byte i / 8.
fn unpack(bytes: &[u8]) -> Bits {
    let mut bits: Bits = Zeroizing::new(Vec::with_capacity(bytes.len() * 8));
    bits.extend(bytes.iter().flat_map(|byte| (0..8).map(move |j| byte >> j & 1)));
    bits
}

fn pack(bits: &[u8]) -> Vec<u8> {
    bits.chunks(8).map(|chunk| chunk.iter().rev().fold(0, |byte, bit| byte << 1 | bit)).collect()
}
