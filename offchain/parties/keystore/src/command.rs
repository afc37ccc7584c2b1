//! The password from a command: the system's secret store, or whatever keeps it.

use std::io::Read;
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use crate::KeystoreError;

/// Most bytes that a command prints: the entry of a password store can have notes below the password.
const MOST_BYTES: usize = 64 << 10;

fn failed(problem: impl Into<String>) -> KeystoreError {
    KeystoreError::Command { problem: problem.into() }
}

/// Runs a command line in the system's shell, with the terminal of this program: the first line that it prints, which is not empty.
///
/// # Errors
/// [`KeystoreError::Command`]: it can't be run, fails, or prints no password.
pub(crate) fn first_line(line: &str) -> Result<Zeroizing<String>, KeystoreError> {
    let mut running = shell(line)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("can't be run: {error}")))?;
    // Of a buffer that grows, copies would be left behind.
    let mut printed = Zeroizing::new(Vec::with_capacity(MOST_BYTES.saturating_add(1)));
    let read = match running.stdout.take() {
        Some(output) => output.take(MOST_BYTES as u64 + 1).read_to_end(&mut printed),
        None => Ok(0),
    };
    // The pipe is closed by now, so that one that prints for ever ends.
    let ended = running.wait().map_err(|error| failed(format!("does not end: {error}")))?;
    read.map_err(|error| failed(format!("has output that can't be read: {error}")))?;
    if printed.len() > MOST_BYTES {
        return Err(failed(format!("prints more than {MOST_BYTES} bytes")));
    }
    if !ended.success() {
        return Err(failed(match ended.code() {
            Some(code) => format!("ended with exit code {code}"),
            None => "was ended by a signal".into(),
        }));
    }
    let first = printed.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = first.strip_suffix(b"\r").unwrap_or(first);
    if first.is_empty() {
        return Err(failed("prints no password on its first line"));
    }
    let text = std::str::from_utf8(first).map_err(|_| failed("prints what is not UTF-8 text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(unix)]
fn shell(line: &str) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(line);
    shell
}

#[cfg(not(unix))]
fn shell(line: &str) -> Command {
    let mut shell = Command::new("cmd");
    shell.arg("/C").arg(line);
    shell
}

#[cfg(all(test, unix))]
#[allow(clippy::panic)]
mod tests {
    use super::*;

    fn refused(line: &str) -> String {
        match first_line(line) {
            Err(error @ KeystoreError::Command { .. }) => error.to_string(),
            other => panic!("{line}: {:?}", other.map(drop)),
        }
    }

    #[test]
    fn the_first_line_is_the_password() {
        for line in [
            "echo 'a password'",
            "printf 'a password'",
            "printf 'a password\\r\\n'",
            "printf 'a password\\nlogin: alice\\n'",
        ] {
            assert_eq!(first_line(line).unwrap().as_str(), "a password", "{line}");
        }
    }

    #[test]
    fn a_command_that_fails_or_prints_nothing_is_an_error_that_repeats_nothing() {
        for (line, named) in [
            ("echo 'a password'; exit 3", "exit code 3"),
            ("echo 'a password'; kill -9 $$", "signal"),
            ("true", "no password"),
            ("printf '\\na password\\n'", "no password"),
            ("printf '\\377\\376'", "UTF-8"),
            ("no-such-command-of-any-system", "exit code 127"),
            ("yes 'a password'", "more than 65536 bytes"),
        ] {
            let error = refused(line);
            assert!(error.contains(named), "{line}: {error}");
            assert!(!error.contains("a password") && !error.contains(line), "{error}");
        }
    }
}
