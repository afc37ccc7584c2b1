//! Bytes of an export: decompressed, counted and bounded.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use crate::limits::{MAX_RATIO, MAX_TOKEN_BYTES, UNJUDGED_BYTES};

/// What a file begins with that gzip has written.
const GZIP: [u8; 2] = [0x1f, 0x8b];
const BUFFER: usize = 16 << 10;

/// Which bound a read went beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    Bytes,
    Ratio,
    Token,
}

/// Reads plain text, or what gzip has written. Bytes outside of ASCII become `?`: exports state one encoding and are in
/// another, and everything that is used of them is ASCII.
pub(crate) struct Source<R> {
    inner: Inner<R>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes that were handed out.
    total: u64,
    most: u64,
    /// Bytes that were handed out since [`Source::mark`].
    since: usize,
    beyond: Option<Bound>,
    /// The input has ended.
    ended: bool,
}

enum Inner<R> {
    Plain(BufReader<Counted<R>>),
    Gzip(Box<MultiGzDecoder<BufReader<Counted<R>>>>),
}

/// Counts what is read of a file, before it is decompressed.
struct Counted<R> {
    reader: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(out)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(count)
    }
}

impl<R> Inner<R> {
    /// Whether this is more than a file of its size has, once so many bytes came out of it.
    fn is_too_dense(&self, total: u64) -> bool {
        let Self::Gzip(decoder) = self else { return false };
        total > UNJUDGED_BYTES && total > decoder.get_ref().get_ref().bytes.saturating_mul(MAX_RATIO)
    }
}

impl<R: Read> Source<R> {
    pub(crate) fn new(reader: R, most: u64) -> io::Result<Self> {
        let mut reader = BufReader::with_capacity(BUFFER, Counted { reader, bytes: 0 });
        // One byte of a pipe is no magic number; a file gives more at once.
        let gzip = reader.fill_buf()?.starts_with(&GZIP);
        let inner =
            if gzip { Inner::Gzip(Box::new(MultiGzDecoder::new(reader))) } else { Inner::Plain(reader) };
        Ok(Self {
            inner,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            total: 0,
            most,
            since: 0,
            beyond: None,
            ended: false,
        })
    }

    /// The next token begins.
    pub(crate) const fn mark(&mut self) {
        self.since = 0;
    }

    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    pub(crate) const fn beyond(&self) -> Option<Bound> {
        self.beyond
    }

    pub(crate) const fn most(&self) -> u64 {
        self.most
    }

    pub(crate) const fn ended(&self) -> bool {
        self.ended
    }

    fn stop(&mut self, bound: Bound) -> io::Error {
        self.beyond = Some(bound);
        io::Error::other("a bound of the reader")
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = {
            let available = self.fill_buf()?;
            let count = available.len().min(out.len());
            if let (Some(to), Some(from)) = (out.get_mut(..count), available.get(..count)) {
                to.copy_from_slice(from);
            }
            count
        };
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since > MAX_TOKEN_BYTES {
            return Err(self.stop(Bound::Token));
        }
        if self.start >= self.end {
            if self.total > self.most {
                return Err(self.stop(Bound::Bytes));
            }
            if self.inner.is_too_dense(self.total) {
                return Err(self.stop(Bound::Ratio));
            }
            (self.start, self.end) = (0, 0);
            let read = match &mut self.inner {
                Inner::Plain(reader) => reader.read(&mut self.buffer)?,
                Inner::Gzip(reader) => reader.read(&mut self.buffer)?,
            };
            (self.end, self.ended) = (read, read == 0);
            for byte in self.buffer.iter_mut().take(read) {
                if !byte.is_ascii() {
                    *byte = b'?';
                }
            }
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.start = self.start.saturating_add(count).min(self.end);
        self.since = self.since.saturating_add(count);
        self.total = self.total.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }
}
