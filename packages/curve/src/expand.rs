//! expand_message_xmd with SHA-256, RFC 9380 section 5.3.1.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// SHA-256's input block, in bytes.
const BLOCK: usize = 64;

/// `N` uniform bytes from a message; `tags` are the parts of the domain separation tag, and `message` the
/// parts of the message, each concatenated as they are. `N` is at most 255 * 32.
///
/// A tag of more than 255 bytes is hashed first, as the RFC says.
pub fn expand_message_xmd<const N: usize>(message: &[&[u8]], tag: &[u8]) -> Zeroizing<[u8; N]> {
    const { assert!(N > 0 && N <= 255 * 32) };
    let tag = tag_prime(tag);
    let mut hash = Sha256::new_with_prefix([0; BLOCK]);
    message.iter().for_each(|part| hash.update(part));
    hash.update((N as u16).to_be_bytes());
    hash.update([0]);
    hash.update(&tag);
    let first: Zeroizing<[u8; 32]> = Zeroizing::new(hash.finalize().into());

    let mut out = Zeroizing::new([0; N]);
    let mut previous = Zeroizing::new([0; 32]);
    for (block, number) in out.chunks_mut(32).zip(1u8..=255) {
        let mixed = Zeroizing::new(core::array::from_fn::<u8, 32, _>(|i| first[i] ^ previous[i]));
        let hash = Sha256::new_with_prefix(mixed.as_slice()).chain_update([number]).chain_update(&tag);
        *previous = hash.finalize().into();
        block.copy_from_slice(&previous[..block.len()]);
    }
    out
}

fn tag_prime(tag: &[u8]) -> Vec<u8> {
    let mut out = if tag.len() > 255 {
        Sha256::new_with_prefix(b"H2C-OVERSIZE-DST-").chain_update(tag).finalize().to_vec()
    } else {
        tag.to_vec()
    };
    out.push(out.len() as u8);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9380 appendix K.1.
    const TAG: &[u8] = b"QUUX-V01-CS02-with-expander-SHA256-128";

    #[test]
    fn expansion_matches_the_vectors_of_rfc_9380() {
        let short = expand_message_xmd::<32>(&[b"abc"], TAG);
        assert_eq!(hex::encode(*short), "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615");
        let empty = expand_message_xmd::<32>(&[], TAG);
        assert_eq!(hex::encode(*empty), "68a985b87eb6b46952128911f2a4412bbc302a9d759667f87f7a21d803f07235");
    }

    #[test]
    fn splitting_the_message_into_parts_changes_nothing() {
        assert_eq!(expand_message_xmd::<96>(&[b"ab", b"c"], TAG), expand_message_xmd::<96>(&[b"abc"], TAG));
    }

    #[test]
    fn a_tag_beyond_255_bytes_is_hashed_first() {
        let long = [b'x'; 300];
        let mut hashed = b"H2C-OVERSIZE-DST-".to_vec();
        hashed.extend_from_slice(&long);
        let hashed = Sha256::digest(hashed);
        assert_eq!(expand_message_xmd::<48>(&[b"m"], &long), expand_message_xmd::<48>(&[b"m"], &hashed));
    }
}
