//! Payloads larger than memory: sealed into a writer, opened from a reader, a chunk at a time.

use std::io::{self, Read, Write};

use zeroize::{Zeroize, Zeroizing};

use super::{
    AssociatedData, CHUNK_LEN, Decryptor, DemError, Encryptor, PREAMBLE_LEN, SEALED_LEN, SealingKey, TAG_LEN,
};
use crate::kem::SharedKey;

/// Bytes of a sealed payload; `None` beyond what 64 bits count.
#[must_use]
pub const fn sealed_len(plaintext: u64) -> Option<u64> {
    let chunks = plaintext.div_ceil(CHUNK_LEN as u64);
    let tags = if chunks == 0 { TAG_LEN as u64 } else { chunks.saturating_mul(TAG_LEN as u64) };
    match plaintext.checked_add(tags) {
        Some(sealed) => sealed.checked_add(PREAMBLE_LEN as u64),
        None => None,
    }
}

impl From<DemError> for io::Error {
    /// [`DemError::of`] gives it back.
    fn from(error: DemError) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}

impl DemError {
    /// What a [`Sealer`] or an [`Opener`] refused, rather than what lies below it.
    #[must_use]
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

/// Seals what is written to it into another writer, as [`super::seal`] does. Holds one chunk.
///
/// Nothing is complete before [`Sealer::finish`]: dropping it, or a write that fails, leaves a payload that does not
/// open.
#[must_use = "a payload is complete only once `finish` has returned"]
pub struct Sealer<W> {
    /// None once a write has failed: what was written then is unknown.
    encryptor: Option<Encryptor>,
    preamble: Option<[u8; PREAMBLE_LEN]>,
    chunk: Zeroizing<Vec<u8>>,
    target: W,
}

impl<W: Write> Sealer<W> {
    /// Starts a payload; nothing is written yet.
    pub fn new(key: SealingKey, target: W) -> Self {
        let (encryptor, preamble) = Encryptor::new(key);
        let chunk = Zeroizing::new(Vec::with_capacity(CHUNK_LEN));
        Self { encryptor: Some(encryptor), preamble: Some(preamble), chunk, target }
    }

    /// Seals what is left as the last chunk and gives the writer back, flushed.
    ///
    /// # Errors
    /// The writer's, and that of an earlier write that failed.
    pub fn finish(mut self) -> io::Result<W> {
        let encryptor = self.start()?;
        let sealed = encryptor.last(&self.chunk)?;
        self.target.write_all(&sealed)?;
        self.target.flush()?;
        Ok(self.target)
    }

    /// The writer, to take out what has been written to it so far.
    pub fn target_mut(&mut self) -> &mut W {
        &mut self.target
    }

    fn start(&mut self) -> io::Result<Encryptor> {
        let failed = || io::Error::other("an earlier write of this payload failed; it can't be continued");
        let encryptor = self.encryptor.take().ok_or_else(failed)?;
        if let Some(preamble) = self.preamble.take() {
            self.target.write_all(&preamble)?;
        }
        Ok(encryptor)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk is kept until more comes, because the last chunk is never empty.
        if self.chunk.len() == CHUNK_LEN && !bytes.is_empty() {
            let mut encryptor = self.start()?;
            let sealed = encryptor.next(&self.chunk)?;
            self.target.write_all(&sealed)?;
            self.chunk.clear();
            self.encryptor = Some(encryptor);
        }
        let taken = bytes.len().min(CHUNK_LEN - self.chunk.len());
        self.chunk.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    /// Flushes whole chunks only.
    fn flush(&mut self) -> io::Result<()> {
        self.target.flush()
    }
}

enum State {
    Start(SharedKey, AssociatedData),
    Open(Decryptor),
    Complete,
    Failed(DemError),
}

/// Opens the payload that a reader gives, as [`super::open`] does. Holds two chunks.
///
/// Each byte that it gives is authentic, in its place; that nothing is missing at the end is known once it gives 0
/// bytes. Whoever must have all or nothing acts only then. Bytes after the payload are an error.
#[must_use = "a payload is complete only once it is read to its end"]
pub struct Opener<R> {
    state: State,
    source: R,
    /// A sealed chunk, and a byte of the next one if this is not the last.
    sealed: Vec<u8>,
    plain: Zeroizing<Vec<u8>>,
    given: usize,
}

impl<R: Read> Opener<R> {
    /// Starts; nothing is read yet.
    pub fn new(key: &SharedKey, data: &AssociatedData, source: R) -> Self {
        let state = State::Start(SharedKey::from_bytes(*key.as_bytes()), *data);
        Self { state, source, sealed: Vec::new(), plain: Zeroizing::default(), given: 0 }
    }

    /// Whether the whole payload has been authenticated and given out.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        matches!(self.state, State::Complete) && self.given == self.plain.len()
    }

    /// Reads until so many bytes are buffered, or the end. What was read before an error stays.
    fn fill(&mut self, length: usize) -> io::Result<()> {
        let missing = length.saturating_sub(self.sealed.len()) as u64;
        self.source.by_ref().take(missing).read_to_end(&mut self.sealed)?;
        Ok(())
    }

    fn advance(&mut self) -> io::Result<()> {
        let outcome = match core::mem::replace(&mut self.state, State::Failed(DemError::Framing)) {
            State::Start(key, data) => match self.fill(PREAMBLE_LEN) {
                Ok(()) => Decryptor::new(&key, &data, &self.sealed).map(State::Open),
                Err(error) => {
                    self.state = State::Start(key, data);
                    return Err(error);
                }
            },
            State::Open(decryptor) => {
                if let Err(error) = self.fill(SEALED_LEN + 1) {
                    self.state = State::Open(decryptor);
                    return Err(error);
                }
                return self.open_chunk(decryptor);
            }
            State::Complete => Ok(State::Complete),
            State::Failed(error) => Err(error),
        };
        self.sealed.clear();
        self.settle(outcome)
    }

    fn open_chunk(&mut self, mut decryptor: Decryptor) -> io::Result<()> {
        self.plain.zeroize();
        self.given = 0;
        let outcome = match self.sealed.split_at_checked(SEALED_LEN) {
            Some((chunk, [_, ..])) => decryptor.next(chunk).map(|plain| (plain, State::Open(decryptor))),
            _ => decryptor.last(&self.sealed).map(|plain| (plain, State::Complete)),
        };
        self.sealed.drain(..SEALED_LEN.min(self.sealed.len()));
        let outcome = outcome.map(|(plain, state)| {
            self.plain = Zeroizing::new(plain);
            state
        });
        self.settle(outcome)
    }

    fn settle(&mut self, outcome: Result<State, DemError>) -> io::Result<()> {
        self.state = outcome.unwrap_or_else(State::Failed);
        match self.state {
            State::Failed(error) => Err(error.into()),
            _ => Ok(()),
        }
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        while self.given == self.plain.len() && !matches!(self.state, State::Complete) {
            self.advance()?;
        }
        let rest = self.plain.get(self.given..).unwrap_or_default();
        let given = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..given), rest.get(..given)) {
            to.copy_from_slice(from);
        }
        self.given += given;
        Ok(given)
    }
}
