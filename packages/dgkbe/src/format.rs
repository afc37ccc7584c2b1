//! What the binary files of this crate have in common: five bytes of magic, one of version, then fixed fields.

use std::io::Read;

use bithive_curve::DecodeError;

pub(crate) use crate::layout::PREFIX_LEN;

/// Version of every file format of this crate.
pub const VERSION: u8 = crate::layout::VERSION;

/// Why bytes are not a file of the expected kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// The first bytes are not those of this kind of file.
    #[error("not a {kind}: the first bytes are wrong")]
    Magic {
        /// The kind that was expected.
        kind: &'static str,
    },
    /// A version that this software does not know.
    #[error("{kind} has version {actual}, expected {VERSION}")]
    Version {
        /// The kind that was expected.
        kind: &'static str,
        /// The version byte.
        actual: u8,
    },
    /// Wrong number of bytes for what the header announces.
    #[error("{kind} takes {expected} bytes, got {actual}")]
    Length {
        /// The kind that was expected.
        kind: &'static str,
        /// Bytes that it takes.
        expected: usize,
        /// Bytes that were given; of a file that is read as a stream and is too long, one more than expected.
        actual: usize,
    },
    /// The file can't be read to its end.
    #[error("{kind} can't be read: {reason}")]
    Read {
        /// The kind that was expected.
        kind: &'static str,
        /// What the reader reports.
        reason: std::io::ErrorKind,
    },
    /// An element that is not valid.
    #[error("{kind}: {field} {index}: {source}")]
    Element {
        /// The kind that was expected.
        kind: &'static str,
        /// Which list of elements.
        field: &'static str,
        /// Position in the list as stored, from 0.
        index: usize,
        /// What is wrong with it.
        source: DecodeError,
    },
}

/// Reads the fields of a file in order.
pub(crate) struct Reader<'a> {
    kind: &'static str,
    total: usize,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Check magic and version.
    pub(crate) fn open(kind: &'static str, magic: &[u8; 5], bytes: &'a [u8]) -> Result<Self, FormatError> {
        let rest = bytes.strip_prefix(magic).ok_or(FormatError::Magic { kind })?;
        let mut reader = Self { kind, total: bytes.len(), rest };
        match reader.take(1)? {
            [VERSION] => Ok(reader),
            other => Err(FormatError::Version { kind, actual: other.first().copied().unwrap_or_default() }),
        }
    }

    /// Check the length of the whole file.
    pub(crate) fn expect_total(&self, expected: usize) -> Result<(), FormatError> {
        let (kind, actual) = (self.kind, self.total);
        if actual == expected { Ok(()) } else { Err(FormatError::Length { kind, expected, actual }) }
    }

    /// The next `count` bytes.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], FormatError> {
        let (head, rest) = self.rest.split_at_checked(count).ok_or(FormatError::Length {
            kind: self.kind,
            expected: self.total - self.rest.len() + count,
            actual: self.total,
        })?;
        self.rest = rest;
        Ok(head)
    }

    /// The next `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    /// The next big-endian u16.
    pub(crate) fn u16(&mut self) -> Result<u16, FormatError> {
        self.array().map(u16::from_be_bytes)
    }

    /// Name an element's error.
    pub(crate) fn element(
        &self,
        field: &'static str,
    ) -> impl Fn((usize, DecodeError)) -> FormatError + use<> {
        let kind = self.kind;
        move |(index, source)| FormatError::Element { kind, field, index, source }
    }
}

/// Magic and version, to append fields to.
pub(crate) fn prefix(magic: &[u8; 5]) -> Vec<u8> {
    [magic.as_slice(), &[VERSION]].concat()
}

/// Reads the fields of a file in order from a stream, hashing them on the way: what is held is what the caller
/// holds.
pub(crate) struct Stream<R> {
    kind: &'static str,
    reader: R,
    hash: blake3::Hasher,
    taken: usize,
    expected: usize,
}

impl<R: Read> Stream<R> {
    /// A file of which `expected` bytes are known to follow; more by [`Self::expect_total`].
    pub(crate) fn new(kind: &'static str, reader: R, expected: usize) -> Self {
        Self { kind, reader, hash: blake3::Hasher::new(), taken: 0, expected }
    }

    /// The length of the whole file, once it is known.
    pub(crate) fn expect_total(&mut self, expected: usize) {
        self.expected = expected;
    }

    /// The next bytes, as many as `buffer` has.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> Result<(), FormatError> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.read(rest)? {
                0 => return Err(self.length(self.taken + filled)),
                count => filled += count,
            }
        }
        self.hash.update(buffer);
        self.taken += filled;
        Ok(())
    }

    /// Pass over the next `count` bytes, a buffer at a time.
    pub(crate) fn skip(&mut self, mut count: usize, buffer: &mut [u8]) -> Result<(), FormatError> {
        while count > 0 && !buffer.is_empty() {
            let part = count.min(buffer.len());
            self.fill(&mut buffer[..part])?;
            count -= part;
        }
        Ok(())
    }

    /// The digest of the whole file, which has no further bytes.
    pub(crate) fn end(mut self) -> Result<[u8; 32], FormatError> {
        match self.read(&mut [0])? {
            0 => Ok(*self.hash.finalize().as_bytes()),
            more => Err(self.length(self.taken + more)),
        }
    }

    fn length(&self, actual: usize) -> FormatError {
        FormatError::Length { kind: self.kind, expected: self.expected, actual }
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, FormatError> {
        loop {
            match self.reader.read(buffer) {
                // A reader that reports more bytes than the buffer holds is wrong; its count is cut to the buffer.
                Ok(count) => return Ok(count.min(buffer.len())),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(FormatError::Read { kind: self.kind, reason: error.kind() });
                }
            }
        }
    }
}
