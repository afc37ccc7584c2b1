//! A committee member's number.

use curve25519_dalek::Scalar;

use crate::codec::{DecodeError, Reader};

/// Most members. The number of seeds, C(n, t - 1), is at most 35.
pub const MAX_MEMBERS: u8 = 7;

/// A member's number, from 1: its x-coordinate in the sharing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberIndex(pub(super) u8);

impl MemberIndex {
    /// The number, 1 to [`MAX_MEMBERS`].
    pub fn get(self) -> u8 {
        self.0
    }

    pub(crate) fn scalar(self) -> Scalar {
        Scalar::from(self.0)
    }

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let number = reader.u8()?;
        reader.in_range("member", u64::from(number), 1, u64::from(MAX_MEMBERS))?;
        Ok(Self(number))
    }
}

impl core::fmt::Display for MemberIndex {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}", self.0)
    }
}
