//! What is known of a compressed point (Zcash encoding) from its flags alone.

use crate::PUBLIC_KEY_BYTES;

/// Flags of the first byte: the identity, and the sign of y.
const INFINITY: u8 = 0x40;
const SIGN: u8 = 0x20;

/// Whether a compressed point claims to be the identity.
pub(crate) const fn is_identity<const N: usize>(point: &[u8; N]) -> bool {
    point[0] & INFINITY != 0
}

/// The inverse of a point: in the compressed encoding, its other sign.
pub(crate) const fn negate(point: &[u8; PUBLIC_KEY_BYTES]) -> [u8; PUBLIC_KEY_BYTES] {
    let mut negated = *point;
    negated[0] ^= SIGN;
    negated
}

/// Position of the first key that is the same as one before it. The encoding is canonical, so bytes decide.
pub(crate) fn duplicate(keys: &[[u8; PUBLIC_KEY_BYTES]]) -> Option<usize> {
    keys.iter().enumerate().position(|(index, key)| keys.iter().take(index).any(|before| before == key))
}
