//! Assertions that were used: each is accepted once, also after a restart.
//!
//! A file has a line for each, `<until, seconds since 1970> <BLAKE3 of client and jti> <client's tag>`, on disk before a token is given for it.
//! What is over is dropped. A line that a crash has left unfinished is of an assertion that nobody was given a token for. Lines of earlier
//! versions have no tag, and count for nobody.
//!
//! Each client has a share of the room, so that one that signs without an end is refused itself, and nobody else is.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::disk;
use crate::error::{GatewayError, at};

/// Most assertions of all clients that are remembered at one time, beside those of clients of an earlier configuration.
const MOST: usize = 100_000;
/// Lines from which on the file is written anew, if they are twice as many as were left the last time.
const SLACK: usize = 1_000;
/// Most bytes of the file: more lines than are ever kept.
const MAX_BYTES: u64 = 64 << 20;

/// What became of an assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is new, and can't be used again.
    New,
    /// It was used.
    Again,
    /// Too many of this client are remembered.
    Full,
}

/// Assertions that were used.
pub(crate) struct Used {
    path: PathBuf,
    /// Most of one client.
    share: usize,
    state: Mutex<State>,
}

/// The first half of BLAKE3 of a client's name; none where a line has no tag.
type Tag = Option<u64>;

struct State {
    /// Until when each has to be remembered, and whose it is.
    known: HashMap<blake3::Hash, (u64, Tag)>,
    /// How many of those are whose.
    counts: HashMap<Tag, usize>,
    /// The file, to be written at its end; none after an error, and then it is written anew.
    file: Option<File>,
    lines: usize,
    /// Number of lines at which it is written anew.
    most: usize,
}

impl Used {
    /// Reads the file, if it is there. The room is divided among so many clients.
    ///
    /// # Errors
    /// [`GatewayError::Io`]; [`GatewayError::Damaged`]: an assertion could be used a second time.
    pub(crate) fn open(path: &Path, clients: usize, now: u64) -> Result<Self, GatewayError> {
        let damaged = |problem| GatewayError::Damaged { path: path.to_owned(), problem };
        let mut known = HashMap::new();
        match std::fs::metadata(path) {
            Ok(found) if found.len() > MAX_BYTES => return Err(damaged("it is too long")),
            Ok(_) => {
                let text = std::fs::read(path).map_err(at(path))?;
                let end =
                    text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last.saturating_add(1));
                let text = std::str::from_utf8(text.get(..end).unwrap_or_default());
                for line in text.map_err(|_| damaged("it is no text"))?.lines() {
                    let (hash, entry) = read(line).ok_or_else(|| damaged("a line is none of its own"))?;
                    known.insert(hash, entry);
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(at(path)(error)),
        }
        let state = State { known, counts: HashMap::new(), file: None, lines: 0, most: SLACK };
        let share = MOST.checked_div(clients).unwrap_or(MOST);
        let used = Self { path: path.to_owned(), share, state: Mutex::new(state) };
        used.rewrite(&mut used.state.lock().unwrap_or_else(PoisonError::into_inner), now)?;
        Ok(used)
    }

    /// Notes an assertion that must not be used again until a time. It is on disk when this answers.
    ///
    /// # Errors
    /// [`GatewayError::Io`]: the assertion must not be accepted.
    pub(crate) fn take(
        &self,
        (client, jti): (&str, &str),
        until: u64,
        now: u64,
    ) -> Result<Taken, GatewayError> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(client.len() as u64).to_le_bytes()).update(client.as_bytes()).update(jti.as_bytes());
        let (hash, tag) = (hasher.finalize(), tag(client));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.known.get(&hash).is_some_and(|(until, _)| *until > now) {
            return Ok(Taken::Again);
        }
        if state.file.is_none() || state.lines >= state.most {
            self.rewrite(&mut state, now)?;
        }
        if state.has(tag) >= self.share {
            state.forget(now);
            if state.has(tag) >= self.share {
                return Ok(Taken::Full);
            }
        }
        // Remembered whatever becomes of the file.
        state.add(hash, (until, tag));
        state.lines = state.lines.saturating_add(1);
        let Some(mut file) = state.file.take() else { return Ok(Taken::Full) };
        let line = line(&hash, (until, tag));
        file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).map_err(at(&self.path))?;
        state.file = Some(file);
        Ok(Taken::New)
    }

    /// Writes what has to be remembered, and nothing else.
    fn rewrite(&self, state: &mut State, now: u64) -> Result<(), GatewayError> {
        state.forget(now);
        let lines = state.known.iter().map(|(hash, entry)| line(hash, *entry));
        disk::replace(&self.path, lines.collect::<String>().as_bytes())?;
        let file = OpenOptions::new().append(true).open(&self.path).map_err(at(&self.path))?;
        let lines = state.known.len();
        (state.file, state.lines, state.most) = (Some(file), lines, lines.saturating_mul(2).max(SLACK));
        Ok(())
    }
}

impl State {
    fn has(&self, tag: Tag) -> usize {
        self.counts.get(&tag).copied().unwrap_or_default()
    }

    fn add(&mut self, hash: blake3::Hash, (until, tag): (u64, Tag)) {
        // One that is over may still be there.
        if let Some((_, before)) = self.known.insert(hash, (until, tag)) {
            let count = self.counts.entry(before).or_default();
            *count = count.saturating_sub(1);
        }
        let count = self.counts.entry(tag).or_default();
        *count = count.saturating_add(1);
    }

    /// Drops what is over, and counts what is left.
    fn forget(&mut self, now: u64) {
        self.known.retain(|_, (until, _)| *until > now);
        self.counts.clear();
        for (_, tag) in self.known.values() {
            let count = self.counts.entry(*tag).or_default();
            *count = count.saturating_add(1);
        }
    }
}

fn tag(client: &str) -> Tag {
    blake3::hash(client.as_bytes()).as_bytes().first_chunk().map(|first| u64::from_be_bytes(*first))
}

fn line(hash: &blake3::Hash, (until, tag): (u64, Tag)) -> String {
    match tag {
        Some(tag) => format!("{until} {} {tag:016x}\n", hash.to_hex()),
        None => format!("{until} {}\n", hash.to_hex()),
    }
}

fn read(line: &str) -> Option<(blake3::Hash, (u64, Tag))> {
    let (until, rest) = line.split_once(' ')?;
    let (hash, tag) = match rest.split_once(' ') {
        Some((hash, tag)) => (hash, Some(u64::from_str_radix(tag, 16).ok()?)),
        None => (rest, None),
    };
    Some((blake3::Hash::from_hex(hash).ok()?, (until.parse().ok()?, tag)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assertion_is_taken_once_also_after_a_restart_until_its_time_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("used");
        let used = Used::open(&path, 2, 100).unwrap();
        assert_eq!(used.take(("a", "1"), 200, 100).unwrap(), Taken::New);
        assert_eq!(used.take(("a", "1"), 200, 100).unwrap(), Taken::Again);
        assert_eq!(used.take(("b", "1"), 200, 100).unwrap(), Taken::New, "another client's");
        drop(used);
        let again = Used::open(&path, 2, 199).unwrap();
        assert_eq!(again.take(("a", "1"), 300, 199).unwrap(), Taken::Again);
        assert_eq!(again.take(("a", "1"), 300, 200).unwrap(), Taken::New);
        assert_eq!(Used::open(&path, 2, 250).unwrap().state.lock().unwrap().known.len(), 1);
    }

    #[test]
    fn a_line_that_a_crash_has_cut_is_dropped_and_a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("used");
        Used::open(&path, 2, 0).unwrap().take(("a", "1"), 200, 100).unwrap();
        let sound = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{sound}{}", &sound[..20])).unwrap();
        assert_eq!(Used::open(&path, 2, 100).unwrap().take(("a", "1"), 200, 100).unwrap(), Taken::Again);
        std::fs::write(&path, sound.replace("200", "2x0")).unwrap();
        assert!(matches!(Used::open(&path, 2, 100), Err(GatewayError::Damaged { .. })));
    }

    #[test]
    fn the_file_does_not_grow_without_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("used");
        let used = Used::open(&path, 2, 0).unwrap();
        for now in 0..1_500_u64 {
            assert_eq!(used.take(("a", &now.to_string()), now + 10, now).unwrap(), Taken::New);
        }
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= SLACK, "{lines}");
    }

    #[test]
    fn a_client_that_signs_without_an_end_is_refused_itself_and_leaves_the_others_their_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("used");
        let (clients, share) = (1_000, 100);
        let used = Used::open(&path, clients, 0).unwrap();
        let storm = |used: &Used, from: u64, now: u64| {
            let taken = (from..from + 500).map(|jti| used.take(("loud", &jti.to_string()), now + 300, now));
            taken.filter(|taken| *taken.as_ref().unwrap() == Taken::New).count()
        };
        assert_eq!(storm(&used, 0, 1), share);
        assert_eq!(used.take(("loud", "more"), 301, 1).unwrap(), Taken::Full);
        assert_eq!(used.take(("loud", "0"), 301, 1).unwrap(), Taken::Again, "what it used is not forgotten");
        for jti in 0..share {
            assert_eq!(used.take(("quiet", &jti.to_string()), 301, 1).unwrap(), Taken::New);
        }
        // Whose they are is known after a restart.
        drop(used);
        let used = Used::open(&path, clients, 2).unwrap();
        assert_eq!(storm(&used, 1_000, 2), 0);
        assert_eq!(used.take(("other", "1"), 302, 2).unwrap(), Taken::New);
        // What is over makes room.
        assert_eq!(storm(&used, 2_000, 302), share);
        let known = used.state.lock().unwrap().known.len();
        assert!(known <= 2 * share + 1, "{known}");
    }

    #[test]
    fn a_file_of_an_earlier_version_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("used");
        Used::open(&path, 2, 0).unwrap().take(("a", "1"), 200, 100).unwrap();
        let written = std::fs::read_to_string(&path).unwrap();
        let (earlier, _) = written.trim_end().rsplit_once(' ').unwrap();
        std::fs::write(&path, format!("{earlier}\n")).unwrap();
        let used = Used::open(&path, 2, 100).unwrap();
        assert_eq!(used.take(("a", "1"), 200, 100).unwrap(), Taken::Again);
        assert_eq!(Used::open(&path, 2, 100).unwrap().take(("a", "1"), 200, 100).unwrap(), Taken::Again);
    }
}
