//! A process that outlives the command that started it: recognising it, and ending it and no other.
//!
//! A pid alone says nothing: the process may have ended and another may have its pid. A [`Process`] is known by its
//! pid, the time it started and the boot in which it did, and by its arguments. Signals go through a pidfd opened
//! before that check, so that a pid that changes hands in between is not signalled either.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};

use crate::DevnetError;

/// How long a process may take to end after it was asked to.
const PATIENCE: Duration = Duration::from_secs(15);

/// A process, as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// Id of the process on this machine.
    pub pid: u32,
    /// When it started, in clock ticks since boot.
    pub started: u64,
    /// The boot in which it did.
    pub boot: String,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// It was not running any more; nothing was signalled.
    NotRunning,
    /// It ended when asked.
    Asked,
    /// It had to be killed.
    Killed,
}

/// Starts `program` in a process group of its own, without input, its output appended to `log`.
///
/// # Errors
/// [`DevnetError::Io`] when it cannot be started.
pub fn start(program: &Path, arguments: &[OsString], log: &Path) -> Result<(Process, Child), DevnetError> {
    let mut options = File::options();
    options.create(true).append(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let output = options.open(log).map_err(DevnetError::at(log))?;
    let errors = output.try_clone().map_err(DevnetError::at(log))?;
    let child = clean(Command::new(program).args(arguments))
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .map_err(DevnetError::at(program))?;
    let pid = child.id();
    let seen = stat(pid).ok_or(std::io::ErrorKind::NotFound.into()).map_err(DevnetError::at(program))?;
    Ok((Process { pid, started: seen.started, boot: boot()? }, child))
}

/// A command whose settings come from its arguments and files only: wasmd takes every setting from the environment too.
pub(crate) fn clean(command: &mut Command) -> &mut Command {
    command.env_clear();
    for name in ["PATH", "HOME", "TMPDIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
}

impl Process {
    /// Whether this very process still runs, with these `arguments`.
    #[must_use]
    pub fn is_running(&self, arguments: &[OsString]) -> bool {
        self.is_there() && has_arguments(self.pid, arguments)
    }

    fn is_there(&self) -> bool {
        let same = stat(self.pid).is_some_and(|seen| !seen.dead && seen.started == self.started);
        same && boot().is_ok_and(|boot| boot == self.boot)
    }

    /// Resident memory in bytes; `None` when it is not running.
    #[must_use]
    pub fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1_024)
    }

    /// Asks this very process to end, kills it when it does not, and waits until it is gone. Any other process that
    /// has its pid by now is left alone.
    ///
    /// # Errors
    /// [`DevnetError::WillNotEnd`]; [`DevnetError::Io`] when it may not be signalled.
    pub fn end(&self, arguments: &[OsString]) -> Result<Ended, DevnetError> {
        let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) else {
            return Ok(Ended::NotRunning);
        };
        let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { return Ok(Ended::NotRunning) };
        let failed =
            |error: Errno| DevnetError::Io { what: format!("process {}", self.pid), source: error.into() };
        if !self.is_running(arguments) {
            // One that is ending by itself is waited for: what it holds is whose it was until it is gone.
            if self.is_there() && has_no_arguments(self.pid) {
                has_ended(&handle, PATIENCE).map_err(failed)?;
            }
            return Ok(Ended::NotRunning);
        }
        for (signal, ended) in [(Signal::TERM, Ended::Asked), (Signal::KILL, Ended::Killed)] {
            match pidfd_send_signal(&handle, signal) {
                Ok(()) | Err(Errno::SRCH) => {}
                Err(error) => return Err(failed(error)),
            }
            if has_ended(&handle, PATIENCE).map_err(failed)? {
                return Ok(ended);
            }
        }
        Err(DevnetError::WillNotEnd { pid: self.pid })
    }
}

/// Waits at most `patience` for the end of the process behind `handle`. A process that is ending loses its memory, and
/// its arguments with it, before its files and their locks: only the pidfd says when all of it is gone (pidfd_open(2)).
fn has_ended(handle: &OwnedFd, patience: Duration) -> Result<bool, Errno> {
    let asked = Instant::now();
    loop {
        let left = patience.saturating_sub(asked.elapsed());
        let left = Timespec::try_from(left).map_err(|_| Errno::INVAL)?;
        match poll(&mut [PollFd::new(handle, PollFlags::IN)], Some(&left)) {
            Ok(ended) => return Ok(ended > 0),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
}

struct Stat {
    dead: bool,
    started: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    parse_stat(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// proc_pid_stat(5). The second field is the program's name in parentheses and may hold anything, so what follows is
/// counted from the last parenthesis.
fn parse_stat(text: &str) -> Option<Stat> {
    let (_, rest) = text.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    // The state is field 3, the start time field 22.
    let started = fields.nth(18)?.parse().ok()?;
    // A zombie has ended; its parent has not looked yet.
    Some(Stat { dead: matches!(state, "Z" | "X" | "x"), started })
}

fn has_arguments(pid: u32, arguments: &[OsString]) -> bool {
    let Ok(line) = std::fs::read(format!("/proc/{pid}/cmdline")) else { return false };
    let mut seen = line.strip_suffix(b"\0").unwrap_or(&line).split(|byte| *byte == 0).map(OsStr::from_bytes);
    seen.next().is_some() && seen.eq(arguments.iter().map(OsString::as_os_str))
}

/// Whether the memory of a process is gone, as it is between its end and the closing of its files.
fn has_no_arguments(pid: u32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.is_empty())
}

fn boot() -> Result<String, DevnetError> {
    let path = Path::new("/proc/sys/kernel/random/boot_id");
    Ok(std::fs::read_to_string(path).map_err(DevnetError::at(path))?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let tail = "1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4242 9 9";
        for name in ["wasmd", "a) Z 1", "(("] {
            let seen = parse_stat(&format!("77 ({name}) S {tail}")).unwrap();
            assert_eq!((seen.dead, seen.started), (false, 4242), "{name}");
        }
        assert!(parse_stat(&format!("77 (wasmd) Z {tail}")).unwrap().dead);
        assert!(parse_stat("77 (wasmd) S 1 2").is_none());
        assert!(parse_stat("").is_none());
    }

    #[test]
    fn this_process_has_a_start_time() {
        let seen = stat(std::process::id()).unwrap();
        assert!(seen.started > 0 && !seen.dead);
    }
}
