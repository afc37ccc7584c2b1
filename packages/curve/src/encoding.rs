//! What is refused when bytes become points or scalars.
//!
//! The checks that need no field arithmetic are made here, once for both backends, so that each refusal has
//! its own error and both backends refuse the same bytes.

/// Why bytes are not a valid element.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Wrong number of bytes.
    #[error("{kind} takes {expected} bytes, got {actual}")]
    Length {
        /// What was being decoded.
        kind: &'static str,
        /// Bytes that it takes.
        expected: usize,
        /// Bytes that were given.
        actual: usize,
    },
    /// The compression bit is not set.
    #[error("{kind} is not in compressed form: the top bit of the first byte must be set")]
    NotCompressed {
        /// What was being decoded.
        kind: &'static str,
    },
    /// A second encoding of an element that has another one: a coordinate or scalar not below the modulus,
    /// or an identity with stray bits.
    #[error("{kind} is not canonically encoded: {reason}")]
    NotCanonical {
        /// What was being decoded.
        kind: &'static str,
        /// Which rule is broken.
        reason: &'static str,
    },
    /// No point of the curve has this x.
    #[error("{kind} is not on the curve")]
    NotOnCurve {
        /// What was being decoded.
        kind: &'static str,
    },
    /// On the curve, outside the subgroup of order r.
    #[error("{kind} is not in the subgroup of order r")]
    NotInSubgroup {
        /// What was being decoded.
        kind: &'static str,
    },
    /// The neutral element where it is not allowed.
    #[error("{kind} is the identity, which is not allowed here")]
    Identity {
        /// What was being decoded.
        kind: &'static str,
    },
}

/// The field modulus p, big-endian.
const FIELD_MODULUS: [u8; 48] = [
    0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7, 0x64,
    0x77, 0x4b, 0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0, 0xf6, 0x24, 0x1e, 0xab,
    0xff, 0xfe, 0xb1, 0x53, 0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab,
];

/// The group order r, big-endian.
pub(crate) const GROUP_ORDER: [u8; 32] = [
    0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d, 0x48, 0x33, 0x39, 0xd8, 0x08, 0x09, 0xa1, 0xd8, 0x05, 0x53,
    0xbd, 0xa4, 0x02, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01,
];

const COMPRESSED: u8 = 0x80;
const INFINITY: u8 = 0x40;
const LARGER_Y: u8 = 0x20;
const FLAGS: u8 = COMPRESSED | INFINITY | LARGER_Y;

/// Whether a big-endian number is below another of the same length; the time taken tells nothing of it.
pub(crate) fn is_below(value: &[u8], bound: &[u8]) -> bool {
    let borrow = value
        .iter()
        .zip(bound)
        .rev()
        .fold(0i16, |borrow, (a, b)| (i16::from(*a) - i16::from(*b) + borrow) >> 8);
    borrow != 0
}

/// Check flags and coordinates of a compressed point, without touching the curve equation.
pub(crate) fn check_form(kind: &'static str, bytes: &[u8]) -> Result<(), DecodeError> {
    let not_canonical = |reason| Err(DecodeError::NotCanonical { kind, reason });
    let Some((first, rest)) = bytes.split_first() else {
        return Err(DecodeError::NotCompressed { kind });
    };
    if first & COMPRESSED == 0 {
        return Err(DecodeError::NotCompressed { kind });
    }
    if first & INFINITY != 0 {
        return if *first != COMPRESSED | INFINITY || rest.iter().any(|byte| *byte != 0) {
            not_canonical("the identity has no other bits set")
        } else {
            Ok(())
        };
    }
    let mut coordinates = bytes.to_vec();
    if let Some(byte) = coordinates.first_mut() {
        *byte &= !FLAGS;
    }
    if coordinates.chunks_exact(FIELD_MODULUS.len()).all(|x| is_below(x, &FIELD_MODULUS)) {
        Ok(())
    } else {
        not_canonical("a coordinate is not below the field modulus")
    }
}
