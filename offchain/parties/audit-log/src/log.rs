//! The log of a party, as who writes it has it.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant, SystemTime};

use bithive_audit::{Act, Entry, Event, MAX_LINE_BYTES, Name, Outcome, Role, Salt};
use bithive_signed::Digest;

use crate::AuditLogError;
use crate::folder::{Folder, random};

/// Bytes from which on a segment is full: some ten thousand entries.
const SEGMENT_BYTES: u64 = 4 << 20;
/// Longest wait for another writer. One holds the lock for the time of one write.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(10);
/// Name of the file with the digest of the configuration that was noted last.
const CONFIGURATION: &str = "configuration";

/// Who acts, and as what.
pub type Who = (Name, Role);

/// The audit log of a party: a folder, and who writes into it. Clones write into the same log.
#[derive(Clone)]
pub struct AuditLog(Arc<Inner>);

struct Inner {
    folder: Folder,
    who: Who,
    salt: Salt,
    segment_bytes: u64,
    /// Where the next entry goes; not known after an error, and then looked for anew.
    tail: Mutex<Option<Tail>>,
    /// Events that go to disk together: those that came while others were written.
    waiting: Mutex<Vec<Waiting>>,
}

/// An event, and who waits for it to be on disk.
type Waiting = (Event, mpsc::Sender<Result<Entry, AuditLogError>>);

/// The end of the log.
struct Tail {
    path: PathBuf,
    file: File,
    length: u64,
    /// The last entry.
    seq: u64,
    digest: Digest,
}

impl std::fmt::Debug for AuditLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuditLog({})", self.0.folder.shown())
    }
}

impl AuditLog {
    /// Opens the log in a folder, for somebody who acts. If there is none, it begins.
    ///
    /// # Errors
    /// [`AuditLogError`]: whoever has to log, and can't, must not act.
    pub fn open(folder: &Path, who: Who) -> Result<Self, AuditLogError> {
        Self::with_segments(folder, who, SEGMENT_BYTES)
    }

    fn with_segments(folder: &Path, who: Who, segment_bytes: u64) -> Result<Self, AuditLogError> {
        let folder = Folder::new(folder);
        folder.make()?;
        let lock = lock(&folder)?;
        let has_entries = !folder.segments().map_err(|error| folder.read_error(error))?.is_empty();
        let salt = match folder.salt()? {
            Some(salt) => salt,
            None if has_entries => return Err(AuditLogError::NoSalt { folder: folder.shown() }),
            None => folder.make_salt()?,
        };
        drop(lock);
        let (tail, waiting) = (Mutex::new(None), Mutex::default());
        let log = Self(Arc::new(Inner { folder, who, salt, segment_bytes, tail, waiting }));
        // A log that can't be written is noticed here, before anything else is done.
        log.write(&mut log.tail(), Vec::new())?;
        Ok(log)
    }

    /// The digest of an object under the log's salt; see [`Salt::object`].
    #[must_use]
    pub fn object(&self, kind: &str, name: impl AsRef<[u8]>) -> Digest {
        self.0.salt.object(kind, name.as_ref())
    }

    /// The digest by which the log knows a job.
    #[must_use]
    pub fn job(&self, job_id: u64) -> Digest {
        self.object("job", job_id.to_string())
    }

    /// Whom the log says that entries are of.
    #[must_use]
    pub fn who(&self) -> &Who {
        &self.0.who
    }

    /// Logs an act of the log's party. `detail` sets what else there is to say. The entry is on disk when this returns.
    ///
    /// # Errors
    /// [`AuditLogError`]: what was not logged must not be done, or not be reported as done.
    pub fn record(
        &self,
        act: Act,
        outcome: Outcome,
        detail: impl FnOnce(&mut Event),
    ) -> Result<Entry, AuditLogError> {
        let mut event = Event::new(self.0.who.clone(), act, outcome, now());
        detail(&mut event);
        self.append(event)
    }

    /// Logs an event, of whomever it says. Events of several threads go to disk together.
    ///
    /// # Errors
    /// As [`AuditLog::record`].
    pub fn append(&self, event: Event) -> Result<Entry, AuditLogError> {
        let (sender, written) = mpsc::channel();
        self.waiting().push((event, sender));
        // Whoever gets here writes for all who wait; those find their entries written when it is their turn.
        let mut tail = self.tail();
        let (events, waiting): (Vec<_>, Vec<_>) = std::mem::take(&mut *self.waiting()).into_iter().unzip();
        if !events.is_empty() {
            let all = self.write(&mut tail, events);
            let all: Vec<_> = match all {
                Ok(all) => all,
                Err(error) => waiting.iter().map(|_| Err(error.clone())).collect(),
            };
            for (one, waiting) in all.into_iter().zip(waiting) {
                // It waits for the lock that is held here.
                let _ = waiting.send(one);
            }
        }
        drop(tail);
        written.try_recv().unwrap_or_else(|_| Err(self.0.folder.write_error("nothing was written")))
    }

    fn tail(&self) -> MutexGuard<'_, Option<Tail>> {
        self.0.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes if the configuration is another one than when this was last called. Only its digest is kept.
    ///
    /// # Errors
    /// As [`AuditLog::record`].
    pub fn note_configuration(&self, configuration: &[u8]) -> Result<(), AuditLogError> {
        let Inner { folder, .. } = &*self.0;
        let digest = self.object("configuration", configuration);
        let file = folder.file(CONFIGURATION);
        if std::fs::read(&file).is_ok_and(|known| known == digest.to_string().as_bytes()) {
            return Ok(());
        }
        self.record(Act::ConfigurationChanged, Outcome::Success, |event| event.object = Some(digest))?;
        // After a crash in between it is noted twice.
        folder
            .replace(CONFIGURATION, digest.to_string().as_bytes())
            .map_err(|error| folder.write_error(error))
    }

    /// Writes entries, if there are some to write; begins and mends the log where that is needed.
    fn write(
        &self,
        known: &mut Option<Tail>,
        events: Vec<Event>,
    ) -> Result<Vec<Result<Entry, AuditLogError>>, AuditLogError> {
        let _lock = lock(&self.0.folder)?;
        // Taken out: an error leaves nothing behind that may be wrong.
        let mut tail = match known.take() {
            Some(tail) if self.is_end(&tail)? => tail,
            _ => self.find_end()?,
        };
        let written = self.put_all(&mut tail, events)?;
        *known = Some(tail);
        Ok(written)
    }

    /// Whether nobody else has written since.
    fn is_end(&self, tail: &Tail) -> Result<bool, AuditLogError> {
        let Inner { folder, .. } = &*self.0;
        let segments = folder.segments().map_err(|error| folder.read_error(error))?;
        let length = std::fs::metadata(&tail.path).map(|metadata| metadata.len()).unwrap_or(0);
        Ok(segments.last() == Some(&tail.path) && length == tail.length)
    }

    /// Finds the last entry, checks it against those before it in its segment and the one before, and mends what a crash has left.
    fn find_end(&self) -> Result<Tail, AuditLogError> {
        let Inner { folder, .. } = &*self.0;
        let segments = folder.segments().map_err(|error| folder.read_error(error))?;
        let Some((last, earlier)) = segments.split_last() else { return self.begin() };
        let before = match earlier.last() {
            Some(path) => {
                let bytes = self.load(path)?;
                let (entries, cut) = whole_lines(&bytes);
                let end = self.check(entries, None)?;
                if cut > 0 || end.is_none() {
                    // A segment is begun only after the one before it was whole.
                    return Err(self.broken(
                        end.map_or(1, |(seq, _)| seq.saturating_add(1)),
                        "the segment does not end with a whole line",
                    ));
                }
                end
            }
            None => None,
        };
        let bytes = self.load(last)?;
        let (entries, cut) = whole_lines(&bytes);
        let end = self.check(entries, before)?;
        let torn = bytes.get(entries.len()..).unwrap_or_default();
        let file = Folder::append_to(last, false).map_err(|error| folder.write_error(error))?;
        let length = entries.len() as u64;
        if cut > 0 {
            file.set_len(length).and_then(|()| file.sync_all()).map_err(|error| folder.write_error(error))?;
        }
        let mut tail = match end {
            Some((seq, digest)) => Tail { path: last.clone(), file, length, seq, digest },
            // The first segment was begun, and its first entry never written.
            None => return self.begin_in(last, file, torn),
        };
        if cut > 0 {
            self.note_cut(&mut tail, torn)?;
        }
        Ok(tail)
    }

    fn load(&self, path: &Path) -> Result<Vec<u8>, AuditLogError> {
        let Inner { folder, segment_bytes, .. } = &*self.0;
        let most = segment_bytes.saturating_add(MAX_LINE_BYTES as u64);
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(|error| folder.read_error(error))?;
        file.take(most.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| folder.read_error(error))?;
        if bytes.len() as u64 > most {
            return Err(folder.read_error(format!("{} has more than {most} bytes", path.display())));
        }
        Ok(bytes)
    }

    /// Checks the entries of a segment among themselves, and against the one `before`; returns the last one.
    fn check(
        &self,
        lines: &[u8],
        before: Option<(u64, Digest)>,
    ) -> Result<Option<(u64, Digest)>, AuditLogError> {
        let mut end = before;
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let expected = end.map_or(1, |(seq, _)| seq.saturating_add(1));
            let entry = Entry::read(line).map_err(|error| self.broken(expected, error))?;
            if let Some((seq, digest)) = end
                && (entry.seq != seq.saturating_add(1) || entry.prev != digest)
            {
                return Err(self.broken(expected, "it does not follow the entry before"));
            }
            end = Some((entry.seq, entry.digest));
        }
        Ok(end)
    }

    fn broken(&self, seq: u64, problem: impl ToString) -> AuditLogError {
        AuditLogError::Broken { folder: self.0.folder.shown(), seq, problem: problem.to_string() }
    }

    fn begin(&self) -> Result<Tail, AuditLogError> {
        let folder = &self.0.folder;
        let path = folder.segment(1);
        let file = Folder::append_to(&path, true)
            .and_then(|file| folder.sync().map(|()| file))
            .map_err(|error| folder.write_error(error))?;
        self.begin_in(&path, file, &[])
    }

    /// The first entry: its predecessor is the identity of the log, which is drawn.
    fn begin_in(&self, path: &Path, file: File, torn: &[u8]) -> Result<Tail, AuditLogError> {
        let mut tail = Tail { path: path.into(), file, length: 0, seq: 0, digest: Digest(random()?) };
        self.put(&mut tail, Event::new(self.0.who.clone(), Act::LogBegun, Outcome::Success, now()))?;
        if !torn.is_empty() {
            self.note_cut(&mut tail, torn)?;
        }
        Ok(tail)
    }

    fn note_cut(&self, tail: &mut Tail, torn: &[u8]) -> Result<(), AuditLogError> {
        let mut event = Event::new(self.0.who.clone(), Act::LogRepaired, Outcome::Success, now());
        event.count = u32::try_from(torn.len()).ok();
        event.object = Some(self.object("torn", torn));
        event.code = "unfinished-entry-cut".parse().ok();
        self.put(tail, event).map(drop)
    }

    /// Writes an entry at the end.
    fn put(&self, tail: &mut Tail, event: Event) -> Result<Entry, AuditLogError> {
        let written = self.put_all(tail, vec![event])?.pop();
        written.unwrap_or_else(|| Err(self.0.folder.write_error("nothing was written")))
    }

    /// Writes entries at the end, in a new segment where one is full; they are on disk after one sync of each segment. An event that is out
    /// of bounds is left out, and has its own error.
    fn put_all(
        &self,
        tail: &mut Tail,
        events: Vec<Event>,
    ) -> Result<Vec<Result<Entry, AuditLogError>>, AuditLogError> {
        let Inner { folder, segment_bytes, .. } = &*self.0;
        let (mut lines, mut written) = (String::new(), Vec::with_capacity(events.len()));
        for event in events {
            let entry = Entry::new(event, tail.seq.saturating_add(1), tail.digest);
            let both = entry.and_then(|entry| entry.to_line().map(|line| (entry, line)));
            let (entry, line) = match both {
                Ok(both) => both,
                Err(error) => {
                    written.push(Err(error.into()));
                    continue;
                }
            };
            if tail.length.saturating_add(lines.len() as u64) >= *segment_bytes {
                self.flush(tail, &mut lines)?;
                let path = folder.segment(entry.seq);
                tail.file = Folder::append_to(&path, true)
                    .and_then(|file| folder.sync().map(|()| file))
                    .map_err(|error| folder.write_error(error))?;
                (tail.path, tail.length) = (path, 0);
            }
            lines.push_str(&line);
            (tail.seq, tail.digest) = (entry.seq, entry.digest);
            written.push(Ok(entry));
        }
        self.flush(tail, &mut lines)?;
        Ok(written)
    }

    /// Writes lines at the end of a segment.
    fn flush(&self, tail: &mut Tail, lines: &mut String) -> Result<(), AuditLogError> {
        if lines.is_empty() {
            return Ok(());
        }
        let written = tail.file.write_all(lines.as_bytes()).and_then(|()| tail.file.sync_data());
        if let Err(error) = written {
            // Part of a line is of no use. If it stays, the next writer cuts it off, and says so.
            let _ = tail.file.set_len(tail.length).and_then(|()| tail.file.sync_all());
            return Err(self.0.folder.write_error(error));
        }
        tail.length = tail.length.saturating_add(lines.len() as u64);
        lines.clear();
        Ok(())
    }
}

/// The lines at the beginning that were written to their ends, and the number of bytes behind them.
///
/// A system that crashes may have made the file longer without having its content on disk: zeros. No line has one.
fn whole_lines(bytes: &[u8]) -> (&[u8], usize) {
    let mut end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last.saturating_add(1));
    while let Some(line) = bytes.get(..end.saturating_sub(1)).filter(|_| end > 0) {
        let start = line.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last.saturating_add(1));
        if !line.get(start..).unwrap_or_default().contains(&0) {
            break;
        }
        end = start;
    }
    (bytes.get(..end).unwrap_or_default(), bytes.len().saturating_sub(end))
}

/// Takes the lock of a folder. It is given back when the file is closed, also by the end of the process.
fn lock(folder: &Folder) -> Result<File, AuditLogError> {
    let file = folder.lock_file().map_err(|error| folder.write_error(error))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(folder.write_error(error)),
            Err(TryLockError::WouldBlock) if start.elapsed() >= PATIENCE => {
                return Err(AuditLogError::Busy { folder: folder.shown() });
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
        }
    }
}

/// Milliseconds of the Unix epoch, by the clock of this machine.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX).min(bithive_audit::MAX_AT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::verify;

    fn who() -> (Name, Role) {
        ("bithive1abc".parse().unwrap(), Role::Requester)
    }

    #[test]
    fn a_log_goes_on_over_segments_and_the_chain_holds() {
        let folder = tempfile::tempdir().unwrap();
        let log = AuditLog::with_segments(folder.path(), who(), 2_000).unwrap();
        for _ in 0..60 {
            log.record(Act::Opened, Outcome::Success, |_| {}).unwrap();
        }
        // Another process goes on, and this one after it.
        let other = AuditLog::with_segments(folder.path(), who(), 2_000).unwrap();
        other.record(Act::Exported, Outcome::Success, |_| {}).unwrap();
        log.record(Act::Exported, Outcome::Success, |_| {}).unwrap();
        assert!(log.0.folder.segments().unwrap().len() > 5);
        let mut numbers = Vec::new();
        let verdict = verify(folder.path(), [], |entry| numbers.push(entry.seq)).unwrap();
        assert_eq!(verdict.log.unwrap().head.seq, 63);
        assert_eq!(numbers, (1..=63).collect::<Vec<u64>>());
    }

    #[test]
    fn a_segment_that_is_missing_is_noticed_by_the_writer_and_by_the_reader() {
        let folder = tempfile::tempdir().unwrap();
        let log = AuditLog::with_segments(folder.path(), who(), 500).unwrap();
        for _ in 0..10 {
            log.record(Act::Opened, Outcome::Success, |_| {}).unwrap();
        }
        let segments = log.0.folder.segments().unwrap();
        std::fs::remove_file(&segments[segments.len() - 2]).unwrap();
        let refused = AuditLog::with_segments(folder.path(), who(), 500).unwrap_err();
        assert!(matches!(refused, AuditLogError::Broken { .. }), "{refused}");
        let fault = verify(folder.path(), [], |_| {}).unwrap().log.unwrap_err();
        assert!(matches!(fault, bithive_audit::Fault::Removed { .. }), "{fault}");
    }

    #[test]
    fn lines_that_never_reached_the_disk_are_not_whole() {
        assert_eq!(whole_lines(b""), (&b""[..], 0));
        assert_eq!(whole_lines(b"a\nb\n"), (&b"a\nb\n"[..], 0));
        assert_eq!(whole_lines(b"a\nb"), (&b"a\n"[..], 1));
        assert_eq!(whole_lines(b"a\n\0\0\0"), (&b"a\n"[..], 3));
        assert_eq!(whole_lines(b"a\nb\0c\n"), (&b"a\n"[..], 4));
        assert_eq!(whole_lines(b"\0\n\0\n"), (&b""[..], 4));
    }
}
