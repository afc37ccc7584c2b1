//! Versioned binary encodings: big-endian integers, and a reader that checks every length before it reads.

use curve25519_dalek::Scalar;

/// Why bytes from a peer, a file or the chain are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end too early.
    #[error("{what}: {needed} bytes expected at offset {offset}, {left} left")]
    Truncated {
        /// What was being decoded.
        what: &'static str,
        /// Where, in bytes from the start.
        offset: usize,
        /// How many bytes the next field takes.
        needed: usize,
        /// How many are left.
        left: usize,
    },
    /// Bytes follow the end.
    #[error("{what}: {extra} bytes after the end")]
    TrailingBytes {
        /// What was being decoded.
        what: &'static str,
        /// How many bytes are too many.
        extra: usize,
    },
    /// A version that this software does not know.
    #[error("{what}: version {found} is not supported, expected {expected}")]
    Version {
        /// What was being decoded.
        what: &'static str,
        /// The version found.
        found: u8,
        /// The version this software writes.
        expected: u8,
    },
    /// A number outside its limits.
    #[error("{what}: {field} is {found}, expected {min} to {max}")]
    OutOfRange {
        /// What was being decoded.
        what: &'static str,
        /// Name of the field.
        field: &'static str,
        /// The value found.
        found: u64,
        /// Least value allowed.
        min: u64,
        /// Largest value allowed.
        max: u64,
    },
    /// A field that is well-formed but not valid.
    #[error("{what}: {field} is invalid, expected {expected}")]
    Invalid {
        /// What was being decoded.
        what: &'static str,
        /// Name of the field.
        field: &'static str,
        /// What would be valid.
        expected: &'static str,
    },
}

/// Reads fields in order; remembers what is being decoded, for errors.
pub(crate) struct Reader<'a> {
    what: &'static str,
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// A reader over `bytes`, which start with the version byte.
    pub(crate) fn versioned(what: &'static str, version: u8, bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Self { what, rest: bytes, offset: 0 };
        match reader.u8()? {
            found if found == version => Ok(reader),
            found => Err(DecodeError::Version { what, found, expected: version }),
        }
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        match self.rest.split_at_checked(length) {
            Some((head, tail)) => {
                self.rest = tail;
                self.offset += length;
                Ok(head)
            }
            None => Err(DecodeError::Truncated {
                what: self.what,
                offset: self.offset,
                needed: length,
                left: self.rest.len(),
            }),
        }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut out = [0; N];
        out.copy_from_slice(self.bytes(N)?);
        Ok(out)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, DecodeError> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn u128(&mut self) -> Result<u128, DecodeError> {
        self.array().map(u128::from_be_bytes)
    }

    /// A count in two bytes, checked before anything is allocated for it.
    pub(crate) fn count(
        &mut self,
        field: &'static str,
        min: usize,
        max: usize,
    ) -> Result<usize, DecodeError> {
        let found = self.u16()?;
        self.in_range(field, u64::from(found), min as u64, max as u64)?;
        Ok(usize::from(found))
    }

    /// UTF-8 text of 1 to `max` bytes after its length in one byte.
    pub(crate) fn text(&mut self, field: &'static str, max: u8) -> Result<&'a str, DecodeError> {
        let length = self.u8()?;
        self.in_range(field, u64::from(length), 1, u64::from(max))?;
        let bytes = self.bytes(usize::from(length))?;
        core::str::from_utf8(bytes).map_err(|_| self.invalid(field, "UTF-8 text"))
    }

    /// A scalar of ristretto255 in its canonical form.
    pub(crate) fn scalar(&mut self, field: &'static str) -> Result<Scalar, DecodeError> {
        let scalar: Option<Scalar> = Scalar::from_canonical_bytes(self.array()?).into();
        scalar.ok_or_else(|| self.invalid(field, "scalars below the group order"))
    }

    pub(crate) fn in_range(
        &self,
        field: &'static str,
        found: u64,
        min: u64,
        max: u64,
    ) -> Result<(), DecodeError> {
        if (min..=max).contains(&found) {
            Ok(())
        } else {
            Err(DecodeError::OutOfRange { what: self.what, field, found, min, max })
        }
    }

    pub(crate) fn invalid(&self, field: &'static str, expected: &'static str) -> DecodeError {
        DecodeError::Invalid { what: self.what, field, expected }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Refuses bytes after the last field, so that every value has one encoding.
    pub(crate) fn finish(self) -> Result<(), DecodeError> {
        match self.rest.len() {
            0 => Ok(()),
            extra => Err(DecodeError::TrailingBytes { what: self.what, extra }),
        }
    }
}

/// Appends text of at most 255 bytes after its length in one byte; longer text is cut by the limits of its type.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
    out.push(length);
    out.extend_from_slice(&text.as_bytes()[..usize::from(length)]);
}

/// Appends a count of at most 65,535; the limits of every list are below that.
pub(crate) fn put_count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&u16::try_from(count).unwrap_or(u16::MAX).to_be_bytes());
}
