//! Assertions that were used: each is accepted once, also after a restart.
//!
//! A file has a line for each, `<until, seconds since 1970> <BLAKE3 of client and jti>`, on disk before a token is given for it. What is over
//! is dropped. A line that a crash has left unfinished is of an assertion that nobody was given a token for.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::disk;
use crate::error::{GatewayError, at};

/// Most assertions that are remembered at one time.
const MOST: usize = 100_000;
/// Lines from which on the file is written anew, if they are twice as many as were left the last time.
const SLACK: usize = 1_000;
/// Most bytes of the file: more lines than are ever kept.
const MAX_BYTES: u64 = 32 << 20;

/// What became of an assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is new, and can't be used again.
    New,
    /// It was used.
    Again,
    /// Too many are remembered.
    Full,
}

/// Assertions that were used.
pub(crate) struct Used {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    /// Until when each has to be remembered.
    known: HashMap<blake3::Hash, u64>,
    /// The file, to be written at its end; none after an error, and then it is written anew.
    file: Option<File>,
    lines: usize,
    /// Number of lines at which it is written anew.
    most: usize,
}

impl Used {
    /// Reads the file, if it is there.
    ///
    /// # Errors
    /// [`GatewayError::Io`]; [`GatewayError::Damaged`]: an assertion could be used a second time.
    pub(crate) fn open(path: &Path, now: u64) -> Result<Self, GatewayError> {
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
                    let (until, hash) = read(line).ok_or_else(|| damaged("a line is none of its own"))?;
                    known.insert(hash, until);
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(at(path)(error)),
        }
        let used = Self {
            path: path.to_owned(),
            state: Mutex::new(State { known, file: None, lines: 0, most: SLACK }),
        };
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
        let hash = hasher.finalize();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.known.get(&hash).is_some_and(|until| *until > now) {
            return Ok(Taken::Again);
        }
        if state.file.is_none() || state.lines >= state.most {
            self.rewrite(&mut state, now)?;
        }
        if state.known.len() >= MOST {
            return Ok(Taken::Full);
        }
        // Remembered whatever becomes of the file.
        state.known.insert(hash, until);
        state.lines = state.lines.saturating_add(1);
        let Some(mut file) = state.file.take() else { return Ok(Taken::Full) };
        let line = format!("{until} {}\n", hash.to_hex());
        file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).map_err(at(&self.path))?;
        state.file = Some(file);
        Ok(Taken::New)
    }

    /// Writes what has to be remembered, and nothing else.
    fn rewrite(&self, state: &mut State, now: u64) -> Result<(), GatewayError> {
        state.known.retain(|_, until| *until > now);
        let lines = state.known.iter().map(|(hash, until)| format!("{until} {}\n", hash.to_hex()));
        disk::replace(&self.path, lines.collect::<String>().as_bytes())?;
        let file = OpenOptions::new().append(true).open(&self.path).map_err(at(&self.path))?;
        let lines = state.known.len();
        (state.file, state.lines, state.most) = (Some(file), lines, lines.saturating_mul(2).max(SLACK));
        Ok(())
    }
}

fn read(line: &str) -> Option<(u64, blake3::Hash)> {
    let (until, hash) = line.split_once(' ')?;
    Some((until.parse().ok()?, blake3::Hash::from_hex(hash).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assertion_is_taken_once_also_after_a_restart_until_its_time_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("used");
        let used = Used::open(&path, 100).unwrap();
        assert_eq!(used.take(("a", "1"), 200, 100).unwrap(), Taken::New);
        assert_eq!(used.take(("a", "1"), 200, 100).unwrap(), Taken::Again);
        assert_eq!(used.take(("b", "1"), 200, 100).unwrap(), Taken::New, "another client's");
        drop(used);
        let again = Used::open(&path, 199).unwrap();
        assert_eq!(again.take(("a", "1"), 300, 199).unwrap(), Taken::Again);
        assert_eq!(again.take(("a", "1"), 300, 200).unwrap(), Taken::New);
        assert_eq!(Used::open(&path, 250).unwrap().state.lock().unwrap().known.len(), 1);
    }

    #[test]
    fn a_line_that_a_crash_has_cut_is_dropped_and_a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("used");
        Used::open(&path, 0).unwrap().take(("a", "1"), 200, 100).unwrap();
        let sound = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{sound}{}", &sound[..20])).unwrap();
        assert_eq!(Used::open(&path, 100).unwrap().take(("a", "1"), 200, 100).unwrap(), Taken::Again);
        std::fs::write(&path, sound.replace("200", "2x0")).unwrap();
        assert!(matches!(Used::open(&path, 100), Err(GatewayError::Damaged { .. })));
    }

    #[test]
    fn the_file_does_not_grow_without_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("used");
        let used = Used::open(&path, 0).unwrap();
        for now in 0..1_500_u64 {
            assert_eq!(used.take(("a", &now.to_string()), now + 10, now).unwrap(), Taken::New);
        }
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= SLACK, "{lines}");
    }
}
