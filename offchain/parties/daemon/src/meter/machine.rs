//! How long a machine is idle: what Linux counts.
//!
//! In each interval between two readings the machine was idle for the part of the time in which its processors had nothing to do
//! (`idle` in `/proc/stat`), and for none of it if somebody used it: a key of a PS/2 keyboard or pointer (`/proc/interrupts`), or a
//! terminal that was read (its access time, as `w` shows it). Keyboards on USB share their interrupts with disks, and are not seen. A machine
//! that sleeps counts nothing.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Names of devices in `/proc/interrupts` that only a person moves.
const INPUT_DEVICES: [&str; 2] = ["i8042", "keyboard"];
/// Fields of `/proc/stat` that add up to all time; the guests' are within them.
const FIELDS: usize = 8;
/// Which of them is `idle`.
const IDLE: usize = 3;

/// The machine whose folders `proc` and `dev` are in a folder.
#[derive(Clone, Debug)]
pub struct Machine {
    root: PathBuf,
}

/// Counters of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Idle time of all processors, in ticks.
    idle: u64,
    /// All time of all processors, in ticks.
    total: u64,
    /// Interrupts of input devices.
    input: u64,
    /// When a terminal was last read, in Unix seconds; 0 if none was.
    terminal: i64,
}

impl Machine {
    /// The machine that this runs on.
    #[must_use]
    pub fn this() -> Self {
        Self::at(Path::new("/"))
    }

    /// The one whose folders are in `root`.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Self { root: root.into() }
    }

    /// Its counters now.
    ///
    /// # Errors
    /// `/proc/stat` can't be read, or is not that of Linux.
    pub fn read(&self) -> io::Result<Reading> {
        let stat = fs::read_to_string(self.root.join("proc/stat"))?;
        let unknown = || io::Error::other("/proc/stat has no line of all processors as Linux writes it");
        let (idle, total) = processors(&stat).ok_or_else(unknown)?;
        // Where these are not, a person is seen less, and no error: containers and servers have none.
        let input = fs::read_to_string(self.root.join("proc/interrupts")).unwrap_or_default();
        Ok(Reading { idle, total, input: interrupts(&input), terminal: self.terminal() })
    }

    fn terminal(&self) -> i64 {
        let folders = ["dev", "dev/pts"].map(|folder| fs::read_dir(self.root.join(folder)));
        let entries = folders.into_iter().flatten().flatten().flatten();
        let terminals = entries.filter(|entry| is_terminal(&entry.file_name().to_string_lossy()));
        terminals.filter_map(|entry| entry.metadata().ok()).map(|about| about.atime()).max().unwrap_or(0)
    }
}

/// A virtual console with a number, or a terminal of `dev/pts`.
fn is_terminal(name: &str) -> bool {
    let number = name.strip_prefix("tty").unwrap_or(name);
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Idle and all ticks of all processors.
fn processors(stat: &str) -> Option<(u64, u64)> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let ticks: Vec<u64> =
        line.split_whitespace().take(FIELDS).map(str::parse).collect::<Result<_, _>>().ok()?;
    let total = ticks.iter().try_fold(0u64, |sum, ticks| sum.checked_add(*ticks))?;
    Some((*ticks.get(IDLE)?, total))
}

/// Interrupts of input devices on all processors.
fn interrupts(text: &str) -> u64 {
    let of_input = |line: &&str| INPUT_DEVICES.iter().any(|device| line.contains(device));
    let counts = |line: &str| -> u64 {
        let numbers = line.split_whitespace().skip(1).map_while(|word| word.parse::<u64>().ok());
        numbers.fold(0, u64::saturating_add)
    };
    text.lines().filter(of_input).map(counts).fold(0, u64::saturating_add)
}

impl Reading {
    /// Idle milliseconds between an earlier reading and this one, which `elapsed` lie between.
    #[must_use]
    pub fn idle_since(&self, earlier: &Self, elapsed: u64) -> u64 {
        if self.input != earlier.input || self.terminal > earlier.terminal {
            return 0;
        }
        let (Some(idle), Some(total)) =
            (self.idle.checked_sub(earlier.idle), self.total.checked_sub(earlier.total))
        else {
            // Counters of another start of the machine.
            return 0;
        };
        let share = u128::from(elapsed).saturating_mul(idle.into()).checked_div(total.into()).unwrap_or(0);
        u64::try_from(share).unwrap_or(elapsed).min(elapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "cpu  100 20 30 800 50 0 0 0 7 7\ncpu0 100 20 30 800 50 0 0 0 7 7\nintr 5\n";
    const INTERRUPTS: &str = "           CPU0       CPU1\n   1:         10          5   IO-APIC   1-edge      i8042\n  \
                              8:          1          0   IO-APIC   8-edge      rtc0\n  12:          3          4   IO-APIC  \
                              12-edge      i8042\n NMI:          0          0   Non-maskable interrupts\n";

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("proc")).unwrap();
        fs::create_dir_all(folder.path().join("dev/pts")).unwrap();
        fs::write(folder.path().join("proc/stat"), STAT).unwrap();
        fs::write(folder.path().join("proc/interrupts"), INTERRUPTS).unwrap();
        folder
    }

    const READING: Reading = Reading { idle: 800, total: 1_000, input: 22, terminal: 0 };

    #[test]
    fn what_linux_counts_is_read() {
        let folder = folder();
        assert_eq!(Machine::at(folder.path()).read().unwrap(), READING);
        fs::write(folder.path().join("dev/pts/0"), "").unwrap();
        fs::write(folder.path().join("dev/ptmx"), "").unwrap();
        assert!(Machine::at(folder.path()).read().unwrap().terminal > 0);
        // Without interrupts and terminals a machine is still one.
        fs::remove_file(folder.path().join("proc/interrupts")).unwrap();
        fs::remove_dir_all(folder.path().join("dev")).unwrap();
        let reading = Machine::at(folder.path()).read().unwrap();
        assert_eq!((reading.input, reading.terminal), (0, 0));
        for text in ["", "cpu", "cpu  1 2 3", "cpu  a b c d e f g h", "cpu0 1 2 3 4 5 6 7 8"] {
            fs::write(folder.path().join("proc/stat"), text).unwrap();
            assert!(Machine::at(folder.path()).read().is_err(), "{text:?}");
        }
    }

    #[test]
    fn idle_time_is_the_processors_part_of_what_passed() {
        let of = |reading: Reading, elapsed| reading.idle_since(&READING, elapsed);
        let later = |idle: u64, total: u64| Reading { idle: 800 + idle, total: 1_000 + total, ..READING };
        assert_eq!(of(later(100, 100), 60_000), 60_000);
        assert_eq!(of(later(25, 100), 60_000), 15_000);
        assert_eq!(of(later(0, 100), 60_000), 0);
        assert_eq!(of(later(0, 0), 60_000), 0, "nothing was counted");
        assert_eq!(of(later(200, 100), 60_000), 60_000, "never more than what passed");
        assert_eq!(of(Reading { idle: 5, total: 9, ..READING }, 60_000), 0, "the machine was started again");
    }

    #[test]
    fn an_interval_in_which_somebody_used_the_machine_is_not_idle() {
        let later = Reading { idle: 900, total: 1_100, ..READING };
        assert_eq!(Reading { input: 23, ..later }.idle_since(&READING, 60_000), 0);
        assert_eq!(Reading { terminal: 1, ..later }.idle_since(&READING, 60_000), 0);
    }

    #[test]
    fn consoles_and_terminals_are_told_from_other_devices() {
        for (name, expected) in
            [("tty1", true), ("0", true), ("tty", false), ("ttyS0", false), ("ptmx", false)]
        {
            assert_eq!(is_terminal(name), expected, "{name}");
        }
    }
}
