//! Reads fixed encodings in order. Lengths are checked before anything else is read.

use bithive_curve::{G1, G2, Scalar};
use zeroize::Zeroizing;

use crate::DecodeError;

/// What is being decoded, and what is left of it.
pub(crate) struct Reader<'a> {
    what: &'static str,
    rest: &'a [u8],
    found: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(what: &'static str, bytes: &'a [u8]) -> Self {
        Self { what, rest: bytes, found: bytes.len() }
    }

    /// A reader of bytes of exactly this length.
    pub(crate) fn exactly(what: &'static str, bytes: &'a [u8], expected: usize) -> Result<Self, DecodeError> {
        let reader = Self::new(what, bytes);
        if bytes.len() == expected { Ok(reader) } else { Err(reader.length(expected)) }
    }

    fn length(&self, expected: usize) -> DecodeError {
        DecodeError::Length { what: self.what, found: self.found, expected }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or_else(|| {
            let read = self.found.saturating_sub(self.rest.len());
            self.length(read.saturating_add(N))
        })?;
        self.rest = rest;
        Ok(*head)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, DecodeError> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn version(&mut self, expected: u8) -> Result<(), DecodeError> {
        match self.byte()? {
            found if found == expected => Ok(()),
            found => Err(DecodeError::Version { what: self.what, found, expected }),
        }
    }

    /// A point of the subgroup other than the identity.
    pub(crate) fn g1(&mut self) -> Result<G1, DecodeError> {
        let bytes: [u8; G1::LEN] = self.array()?;
        G1::decode_nonidentity(&bytes).map_err(|error| self.element(error))
    }

    /// A point of the second group's subgroup other than the identity.
    pub(crate) fn g2(&mut self) -> Result<G2, DecodeError> {
        let bytes: [u8; G2::LEN] = self.array()?;
        G2::decode_nonidentity(&bytes).map_err(|error| self.element(error))
    }

    pub(crate) fn scalar(&mut self) -> Result<Scalar, DecodeError> {
        let bytes: Zeroizing<[u8; Scalar::LEN]> = Zeroizing::new(self.array()?);
        Scalar::decode(bytes.as_slice()).map_err(|error| self.element(error))
    }

    fn element(&self, error: bithive_curve::DecodeError) -> DecodeError {
        DecodeError::Element { what: self.what, error }
    }

    pub(crate) const fn invalid(&self, field: &'static str, expected: &'static str) -> DecodeError {
        DecodeError::Invalid { what: self.what, field, expected }
    }

    /// What is not read yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Refuses bytes after the end.
    pub(crate) fn finish(self) -> Result<(), DecodeError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(self.length(self.found.saturating_sub(self.rest.len())))
    }
}
