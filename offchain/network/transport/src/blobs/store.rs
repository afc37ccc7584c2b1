//! Content in files, with its hashes beside it, a quota and an expiry.
//!
//! `blobs/<digest>` is whole content and `blobs/<digest>.hashes` its tree; the same names under `partial/` are
//! content on its way in. Content moves from one folder to the other by renaming, so that a process that is
//! killed leaves either all of it or a part that the next one checks and completes.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bithive_exchange::{ContentWriter, Digest, expect_size};

use super::segment;
use crate::wire::{MAX_SEGMENT_RESPONSE_BYTES, SIZE_PROOF, encode_held};

/// Content on its way in.
pub(crate) struct Partial {
    pub(crate) size: u64,
    have: Mutex<Vec<bool>>,
    /// Held by who writes: the file system lets one write to a file at a time, and has the others spin.
    writing: Mutex<()>,
}

impl Partial {
    fn have(&self) -> MutexGuard<'_, Vec<bool>> {
        self.have.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Segments that are still to come.
    pub(crate) fn missing(&self) -> Vec<u64> {
        (0u64..).zip(self.have().iter()).filter(|(_, have)| !**have).map(|(index, _)| index).collect()
    }

    fn has(&self, index: u64) -> bool {
        usize::try_from(index).ok().and_then(|index| self.have().get(index).copied()).unwrap_or(false)
    }

    fn set(&self, index: u64) {
        if let Ok(index) = usize::try_from(index)
            && let Some(have) = self.have().get_mut(index)
        {
            *have = true;
        }
    }
}

/// The content that this endpoint holds.
pub(crate) struct Store {
    whole: PathBuf,
    partial: PathBuf,
    quota: u64,
    lifetime: Duration,
    used: Mutex<u64>,
    incoming: Mutex<HashMap<Digest, Arc<Partial>>>,
}

impl Store {
    pub(crate) fn open(folder: &Path, quota: u64, lifetime: Duration) -> io::Result<Self> {
        let (whole, partial) = (folder.join("blobs"), folder.join("partial"));
        let mut used = 0;
        for place in [&whole, &partial] {
            fs::create_dir_all(place)?;
            for entry in fs::read_dir(place)? {
                let entry = entry?;
                match entry.path().extension() {
                    None => used += entry.metadata()?.len(),
                    Some(extension) if extension == "tmp" => fs::remove_file(entry.path())?,
                    Some(_) => {}
                }
            }
        }
        let (used, incoming) = (Mutex::new(used), Mutex::default());
        Ok(Self { whole, partial, quota, lifetime, used, incoming })
    }

    /// Where whole content is or would be.
    pub(crate) fn path(&self, digest: &Digest) -> PathBuf {
        self.whole.join(hex::encode(digest))
    }

    fn partial_path(&self, digest: &Digest) -> PathBuf {
        self.partial.join(hex::encode(digest))
    }

    /// The size of whole content, if it is here.
    pub(crate) fn size(&self, digest: &Digest) -> io::Result<Option<u64>> {
        length(&self.path(digest))
    }

    /// Bytes of all content, that on its way in at its full size.
    pub(crate) fn used(&self) -> u64 {
        *self.usage()
    }

    fn usage(&self) -> MutexGuard<'_, u64> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn incoming(&self) -> MutexGuard<'_, HashMap<Digest, Arc<Partial>>> {
        self.incoming.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes `bytes` of the quota, after content that has expired has made room.
    fn reserve(&self, bytes: u64) -> io::Result<()> {
        let over = |used: u64| used.saturating_add(bytes) > self.quota;
        if over(self.used()) {
            self.sweep(SystemTime::now())?;
        }
        let mut used = self.usage();
        if over(*used) {
            let problem = format!(
                "content of {bytes} bytes is over the quota: {used} of {quota} bytes are used",
                used = *used,
                quota = self.quota
            );
            return Err(io::Error::new(io::ErrorKind::StorageFull, problem));
        }
        *used += bytes;
        Ok(())
    }

    fn release(&self, bytes: u64) {
        let mut used = self.usage();
        *used = used.saturating_sub(bytes);
    }

    /// Stores content from memory.
    pub(crate) fn publish(&self, content: &[u8]) -> io::Result<Digest> {
        let digest = *blake3::hash(content).as_bytes();
        if self.size(&digest)? == Some(content.len() as u64) && self.is_right(&digest)? {
            self.touch(&digest)?;
            return Ok(digest);
        }
        self.take_in(content.len() as u64, |path| fs::write(path, content))
    }

    /// Stores a copy of a file, a part at a time in memory.
    pub(crate) fn publish_file(&self, file: &Path) -> io::Result<Digest> {
        self.take_in(fs::metadata(file)?.len(), |path| fs::copy(file, path).map(drop))
    }

    /// Stores what `write` writes, `size` bytes.
    pub(crate) fn publish_written(&self, size: u64, write: ContentWriter) -> io::Result<Digest> {
        self.take_in(size, |path| {
            let mut file = io::BufWriter::new(File::create(path)?);
            write(&mut file)?;
            file.flush()
        })
    }

    fn take_in(&self, size: u64, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<Digest> {
        if size > segment::MAX_CONTENT_BYTES {
            let problem =
                format!("content of {size} bytes; at most {} are stored", segment::MAX_CONTENT_BYTES);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
        }
        self.reserve(size)?;
        let data = self.whole.join(format!("{}.tmp", unique()));
        let hashes = self.whole.join(format!("{}.tmp", unique()));
        let stored =
            write(&data).and_then(|()| segment::hash_file(&data, &hashes)).and_then(|(digest, found)| {
                expect_size(found, size)?;
                let replaced = self.size(&digest)?;
                self.place(&digest, &data, &hashes)?;
                self.release(replaced.unwrap_or_default());
                Ok(digest)
            });
        if stored.is_err() {
            self.release(size);
            let _ = (fs::remove_file(&data), fs::remove_file(&hashes));
        }
        stored
    }

    /// Moves a file and its hashes to where whole content is; the content last, since it says that both are there.
    fn place(&self, digest: &Digest, data: &Path, hashes: &Path) -> io::Result<()> {
        let target = self.path(digest);
        fs::rename(hashes, hashes_of(&target))?;
        fs::rename(data, &target)?;
        self.touch(digest)
    }

    /// Content is kept for its lifetime from now on.
    pub(crate) fn touch(&self, digest: &Digest) -> io::Result<()> {
        File::options().write(true).open(self.path(digest))?.set_modified(SystemTime::now())
    }

    fn is_right(&self, digest: &Digest) -> io::Result<bool> {
        let path = self.path(digest);
        if length(&hashes_of(&path))?.is_none() {
            return Ok(false);
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(File::open(path)?)?;
        Ok(hasher.finalize().as_bytes() == digest)
    }

    /// An encoded segment behind the content's size, or for [`SIZE_PROOF`] the end of it, if that much is here.
    pub(crate) fn segment(&self, digest: &Digest, index: u64) -> io::Result<Option<Vec<u8>>> {
        let (size, data) = match (self.size(digest)?, self.incoming().get(digest)) {
            (Some(size), _) => (size, self.path(digest)),
            // The end of content is written before it is offered.
            (None, Some(partial)) if index == SIZE_PROOF || partial.has(index) => {
                (partial.size, self.partial_path(digest))
            }
            (None, _) => return Ok(None),
        };
        if index != SIZE_PROOF && index >= segment::count(size) {
            return Ok(None);
        }
        let mut encoded = Vec::with_capacity(MAX_SEGMENT_RESPONSE_BYTES);
        encoded.extend_from_slice(&size.to_be_bytes());
        segment::encode(digest, size, index, &data, &hashes_of(&data), &mut encoded)?;
        Ok(Some(encoded))
    }

    /// Which segments are here, as a response says it.
    pub(crate) fn held(&self, digest: &Digest) -> io::Result<Option<Vec<u8>>> {
        if let Some(size) = self.size(digest)? {
            return Ok(Some(encode_held(size, None)));
        }
        Ok(self.incoming().get(digest).map(|partial| encode_held(partial.size, Some(&partial.have()))))
    }

    /// Starts or goes on with content of a proven size.
    pub(crate) fn begin(&self, digest: &Digest, size: u64) -> io::Result<Arc<Partial>> {
        let data = self.partial_path(digest);
        let have = match length(&data)? {
            Some(found) if found == size && length(&hashes_of(&data))?.is_some() => {
                segment::whole(digest, size, &data, &hashes_of(&data))?
            }
            found => {
                self.release(found.unwrap_or_default());
                self.reserve(size)?;
                File::create(hashes_of(&data))?;
                File::create(&data)?.set_len(size)?;
                vec![false; usize::try_from(segment::count(size)).map_err(io::Error::other)?]
            }
        };
        let partial = Arc::new(Partial { size, have: Mutex::new(have), writing: Mutex::default() });
        self.incoming().insert(*digest, partial.clone());
        Ok(partial)
    }

    /// Checks and writes a segment.
    pub(crate) fn write(
        &self,
        digest: &Digest,
        partial: &Partial,
        index: u64,
        encoded: &[u8],
    ) -> io::Result<()> {
        let data = self.partial_path(digest);
        let writing = partial.writing.lock().unwrap_or_else(PoisonError::into_inner);
        segment::decode(digest, partial.size, index, encoded, &data, &hashes_of(&data))?;
        drop(writing);
        // The end of short content is all of it.
        if index == SIZE_PROOF && partial.size <= segment::GROUP_BYTES {
            partial.set(0);
        }
        partial.set(index);
        Ok(())
    }

    /// Makes content whole once nothing is missing.
    pub(crate) fn finish(&self, digest: &Digest) -> io::Result<()> {
        let data = self.partial_path(digest);
        File::options().write(true).open(&data)?.sync_all()?;
        self.place(digest, &data, &hashes_of(&data))?;
        self.incoming().remove(digest);
        Ok(())
    }

    /// Stops offering content that is on its way in; what is here of it stays for the next time.
    pub(crate) fn pause(&self, digest: &Digest) {
        self.incoming().remove(digest);
    }

    /// Removes content, whole or not.
    pub(crate) fn remove(&self, digest: &Digest) -> io::Result<()> {
        self.incoming().remove(digest);
        for path in [self.path(digest), self.partial_path(digest)] {
            if let Some(size) = length(&path)? {
                fs::remove_file(&path)?;
                self.release(size);
                let _ = fs::remove_file(hashes_of(&path));
            }
        }
        Ok(())
    }

    /// Removes what is older than its lifetime and returns how many there were.
    pub(crate) fn sweep(&self, now: SystemTime) -> io::Result<usize> {
        let mut removed = 0;
        for place in [&self.whole, &self.partial] {
            for entry in fs::read_dir(place)? {
                let entry = entry?;
                let mut digest = [0; 32];
                let named = entry.file_name().to_str().map(|name| hex::decode_to_slice(name, &mut digest));
                // What is gone meanwhile was moved or removed by another task.
                let Ok(changed) = entry.metadata().and_then(|metadata| metadata.modified()) else { continue };
                let age = now.duration_since(changed).unwrap_or_default();
                if matches!(named, Some(Ok(())))
                    && age > self.lifetime
                    && !self.incoming().contains_key(&digest)
                {
                    self.remove(&digest)?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}

fn hashes_of(data: &Path) -> PathBuf {
    data.with_extension("hashes")
}

fn length(path: &Path) -> io::Result<Option<u64>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn unique() -> String {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    format!("{:08x}-{:016x}", std::process::id(), WRITTEN.fetch_add(1, Ordering::Relaxed))
}
