//! The chain of entries, and what is wrong with one.

use bithive_signed::Digest;

use crate::entry::{Entry, EntryError};
use crate::head::Head;
use crate::stamp::show_time;

/// What is wrong with a log, at the first entry where it shows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There is no entry at all.
    #[error("the log has no entries; expected at least the one that it begins with")]
    Empty,
    /// The line is no entry.
    #[error("entry {seq} can't be read: {error}")]
    Unreadable {
        /// Number that the entry would have.
        seq: u64,
        /// Why it can't be read.
        error: EntryError,
    },
    /// The entry is not what was written.
    #[error("entry {seq} was changed: its digest does not fit")]
    Changed {
        /// Number of the changed entry.
        seq: u64,
    },
    /// Entries are missing.
    #[error("entries {seq} to {} were removed: entry {found} follows entry {}", found.saturating_sub(1), seq.saturating_sub(1))]
    Removed {
        /// Number of the first one that is missing.
        seq: u64,
        /// Number of the entry in its place.
        found: u64,
    },
    /// The entry is further behind.
    #[error("entry {seq} is not in its place: entry {found} is there, and entry {seq} follows later")]
    Reordered {
        /// The number that was expected.
        seq: u64,
        /// Number of the entry in its place.
        found: u64,
    },
    /// A second entry with a number that was there.
    #[error("entry {found} comes a second time, after entry {}: one of the two was put in", seq.saturating_sub(1))]
    Inserted {
        /// The number that was expected.
        seq: u64,
        /// The number that was there before.
        found: u64,
    },
    /// The entry does not follow the one before.
    #[error("entry {seq} does not follow entry {}: one of the two was replaced", seq.saturating_sub(1))]
    Replaced {
        /// Number of the entry that does not follow.
        seq: u64,
    },
    /// The first entry is not the first of the log.
    #[error(
        "the log begins with entry {seq}; entries 1 to {} are not here: give the head of entry {} to check what is left", seq.saturating_sub(1),
        seq.saturating_sub(1)
    )]
    Beginning {
        /// Number of the first entry that is there.
        seq: u64,
    },
    /// A head is of another log.
    #[error("the head of entry {} is of the log {}; this is the log {log}", head.seq, head.log)]
    OtherLog {
        /// The head of the other log.
        head: Head,
        /// Identity of the log that was read.
        log: Digest,
    },
    /// The entry is not the one that a head names.
    #[error(
        "entry {} is not the one that the head of {} names: it, or entries before it, were written anew", head.seq, show_time(head.at)
    )]
    OtherHead {
        /// The head that the entry differs from.
        head: Head,
    },
    /// The end is missing.
    #[error("the end was cut off: the log ends with entry {last}, and the head of {} is of entry {}", show_time(head.at), head.seq)]
    CutOff {
        /// Number of the last entry.
        last: u64,
        /// A head of an entry that is missing.
        head: Head,
    },
}

impl Fault {
    /// Number of the first entry that is broken.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        match self {
            Self::Empty => 1,
            Self::Unreadable { seq, .. }
            | Self::Changed { seq }
            | Self::Removed { seq, .. }
            | Self::Reordered { seq, .. }
            | Self::Inserted { seq, .. }
            | Self::Replaced { seq }
            | Self::Beginning { seq } => *seq,
            Self::OtherLog { head, .. } | Self::OtherHead { head } => head.seq,
            Self::CutOff { last, .. } => last.saturating_add(1),
        }
    }

    /// One word for the kind, for programs.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unreadable { .. } => "unreadable",
            Self::Changed { .. } => "changed",
            Self::Removed { .. } => "removed",
            Self::Reordered { .. } => "reordered",
            Self::Inserted { .. } => "inserted",
            Self::Replaced { .. } => "replaced",
            Self::Beginning { .. } => "beginning-missing",
            Self::OtherLog { .. } => "other-log",
            Self::OtherHead { .. } => "other-head",
            Self::CutOff { .. } => "cut-off",
        }
    }
}

/// What a sound log has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The head of its last entry.
    pub head: Head,
    /// Number of its first entry that is there.
    pub first: u64,
    /// How many heads from outside were compared.
    pub heads: usize,
    /// How often an entry is earlier than the one before: the clock of the machine was set back. The order of entries is sound all the same.
    pub clock_set_back: u64,
}

/// Reads entries in their order, one after the other, and stops believing at the first fault. It holds one entry at a time.
pub struct Verifier {
    known: Vec<Head>,
    compared: usize,
    /// Identity of the log, number of its first entry, and its last entry.
    state: Option<State>,
    fault: Option<Fault>,
    clock_set_back: u64,
}

struct State {
    log: Digest,
    first: u64,
    last: Entry,
}

impl Verifier {
    /// A log of which these heads are known from outside.
    #[must_use]
    pub fn new(known: impl IntoIterator<Item = Head>) -> Self {
        let mut known: Vec<Head> = known.into_iter().collect();
        known.sort_by_key(|head| head.seq);
        Self { known, compared: 0, state: None, fault: None, clock_set_back: 0 }
    }

    /// Reads the next line, without its line feed; returns its entry if everything is sound so far.
    pub fn push(&mut self, line: &[u8]) -> Option<&Entry> {
        let read = Entry::read(line);
        if self.fault.is_some() {
            self.look_behind(read.ok().as_ref());
            return None;
        }
        match read.map_err(|error| self.unreadable(error)).and_then(|entry| self.follow(entry)) {
            Ok(()) => self.state.as_ref().map(|state| &state.last),
            Err(fault) => {
                self.fault = Some(fault);
                None
            }
        }
    }

    /// What the log has, once every line was read; the first fault if there is one.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn finish(self) -> Result<Summary, Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let Some(State { log, first, last }) = self.state else {
            return Err(self
                .known
                .into_iter()
                .next()
                .map_or(Fault::Empty, |head| Fault::CutOff { last: 0, head }));
        };
        if let Some(head) = self.known.into_iter().find(|head| head.seq > last.seq) {
            return Err(Fault::CutOff { last: last.seq, head });
        }
        let head = Head::of(&last, log);
        Ok(Summary { head, first, heads: self.compared, clock_set_back: self.clock_set_back })
    }

    fn expected(&self) -> u64 {
        self.state.as_ref().map_or(1, |state| state.last.seq.saturating_add(1))
    }

    fn unreadable(&self, error: EntryError) -> Fault {
        let seq = self.expected();
        match error {
            EntryError::Changed => Fault::Changed { seq },
            error => Fault::Unreadable { seq, error },
        }
    }

    fn follow(&mut self, entry: Entry) -> Result<(), Fault> {
        let (log, first) = match &self.state {
            None => (self.begin(&entry)?, entry.seq),
            Some(state) => {
                let seq = state.last.seq.saturating_add(1);
                let found = entry.seq;
                if found > seq {
                    return Err(Fault::Removed { seq, found });
                }
                if found < seq {
                    return Err(Fault::Inserted { seq, found });
                }
                if entry.prev != state.last.digest {
                    return Err(Fault::Replaced { seq });
                }
                if entry.event.at < state.last.event.at {
                    self.clock_set_back = self.clock_set_back.saturating_add(1);
                }
                (state.log, state.first)
            }
        };
        for head in self.known.iter().filter(|head| head.seq == entry.seq) {
            if head.log != log {
                return Err(Fault::OtherLog { head: head.clone(), log });
            }
            if head.digest != entry.digest {
                return Err(Fault::OtherHead { head: head.clone() });
            }
            self.compared = self.compared.saturating_add(1);
        }
        self.state = Some(State { log, first, last: entry });
        Ok(())
    }

    /// The identity of a log that begins with this entry.
    fn begin(&mut self, entry: &Entry) -> Result<Digest, Fault> {
        if entry.seq == 1 {
            return Ok(entry.prev);
        }
        // What was removed on purpose, such as years that need not be kept, ends with an entry whose head is known.
        let before = self.known.iter().find(|head| head.seq.saturating_add(1) == entry.seq);
        let before =
            before.filter(|head| head.digest == entry.prev).ok_or(Fault::Beginning { seq: entry.seq })?;
        let log = before.log;
        self.compared = self.compared.saturating_add(1);
        self.known.retain(|head| head.seq >= entry.seq);
        Ok(log)
    }

    /// Finds out whether an entry that is missing was removed, or only moved.
    fn look_behind(&mut self, entry: Option<&Entry>) {
        let Some(Fault::Removed { seq, found }) = self.fault else { return };
        let before = self.state.as_ref().map(|state| state.last.digest);
        if entry.is_some_and(|entry| entry.seq == seq && Some(entry.prev) == before) {
            self.fault = Some(Fault::Reordered { seq, found });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Act, Event, Outcome, Role};
    use proptest::prelude::*;

    const LOG: Digest = Digest([7; 32]);

    fn event(at: u64) -> Event {
        Event::new(("bithive1abc".parse().unwrap(), Role::Node), Act::Decrypted, Outcome::Success, at)
    }

    fn log(length: u64) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for seq in 1..=length {
            let prev = entries.last().map_or(LOG, |entry| entry.digest);
            entries.push(Entry::new(event(1_000 * seq), seq, prev).unwrap());
        }
        entries
    }

    fn verify(entries: &[Entry], known: &[Head]) -> Result<Summary, Fault> {
        let mut verifier = Verifier::new(known.to_vec());
        for entry in entries {
            verifier.push(entry.to_line().unwrap().trim_end().as_bytes());
        }
        verifier.finish()
    }

    fn head(entries: &[Entry], seq: usize) -> Head {
        Head::of(&entries[seq - 1], LOG)
    }

    /// As somebody would who has the log and writes it anew from an entry on.
    fn rewritten(entries: &[Entry], from: usize) -> Vec<Entry> {
        let mut new = entries[..from - 1].to_vec();
        for old in &entries[from - 1..] {
            let prev = new.last().map_or(LOG, |entry: &Entry| entry.digest);
            new.push(Entry::new(event(old.event.at + 1), old.seq, prev).unwrap());
        }
        new
    }

    #[test]
    fn a_sound_log_has_its_head_and_agrees_with_every_known_one() {
        let entries = log(10);
        let summary = verify(&entries, &[head(&entries, 3), head(&entries, 10)]).unwrap();
        assert_eq!((summary.head, summary.first, summary.heads), (head(&entries, 10), 1, 2));
        assert_eq!(verify(&[], &[]), Err(Fault::Empty));
    }

    #[test]
    fn each_kind_of_damage_is_named_at_its_first_entry() {
        let entries = log(10);
        let mut removed = entries.clone();
        removed.drain(3..5);
        assert_eq!(verify(&removed, &[]), Err(Fault::Removed { seq: 4, found: 6 }));
        let mut swapped = entries.clone();
        swapped.swap(3, 6);
        assert_eq!(verify(&swapped, &[]), Err(Fault::Reordered { seq: 4, found: 7 }));
        let mut twice = entries.clone();
        twice.insert(4, entries[2].clone());
        assert_eq!(verify(&twice, &[]), Err(Fault::Inserted { seq: 5, found: 3 }));
        let mut put_in = entries.clone();
        put_in.insert(4, Entry::new(event(5), 5, entries[3].digest).unwrap());
        assert_eq!(verify(&put_in, &[]), Err(Fault::Inserted { seq: 6, found: 5 }));
        let mut replaced = entries.clone();
        replaced[4] = Entry::new(event(5), 5, entries[3].digest).unwrap();
        assert_eq!(verify(&replaced, &[]), Err(Fault::Replaced { seq: 6 }));
        assert_eq!(verify(&entries[2..], &[]), Err(Fault::Beginning { seq: 3 }));
        let mut verifier = Verifier::new([]);
        verifier.push(entries[0].to_line().unwrap().trim_end().as_bytes());
        verifier.push(entries[1].to_line().unwrap().trim_end().replace("success", "refused").as_bytes());
        assert_eq!(verifier.finish(), Err(Fault::Changed { seq: 2 }));
        let mut verifier = Verifier::new([]);
        verifier.push(b"");
        assert!(matches!(verifier.finish(), Err(Fault::Unreadable { seq: 1, .. })));
    }

    #[test]
    fn what_the_chain_cannot_show_a_head_from_outside_does() {
        let entries = log(10);
        assert!(verify(&entries[..6], &[]).is_ok(), "a log that was cut off is a shorter log");
        let known = head(&entries, 8);
        assert_eq!(
            verify(&entries[..6], std::slice::from_ref(&known)),
            Err(Fault::CutOff { last: 6, head: known.clone() })
        );
        assert_eq!(
            verify(&[], std::slice::from_ref(&known)),
            Err(Fault::CutOff { last: 0, head: known.clone() })
        );
        let forged = rewritten(&entries, 4);
        assert!(verify(&forged, &[]).is_ok(), "who writes all of it anew makes a sound log");
        assert!(verify(&forged, &[head(&entries, 3)]).is_ok());
        assert_eq!(
            verify(&forged, std::slice::from_ref(&known)),
            Err(Fault::OtherHead { head: known.clone() })
        );
        let other = Head { log: Digest([8; 32]), ..known };
        assert_eq!(
            verify(&entries, std::slice::from_ref(&other)),
            Err(Fault::OtherLog { head: other, log: LOG })
        );
    }

    #[test]
    fn a_log_whose_first_years_are_gone_goes_on_from_a_known_head() {
        let entries = log(10);
        let summary =
            verify(&entries[4..], &[head(&entries, 2), head(&entries, 4), head(&entries, 9)]).unwrap();
        assert_eq!((summary.first, summary.heads, summary.head.log), (5, 2, LOG));
        let wrong = Head { digest: Digest([1; 32]), ..head(&entries, 4) };
        assert_eq!(verify(&entries[4..], &[wrong]), Err(Fault::Beginning { seq: 5 }));
    }

    #[test]
    fn a_clock_that_is_set_back_is_counted_and_no_fault() {
        let first = Entry::new(event(5_000), 1, LOG).unwrap();
        let second = Entry::new(event(4_000), 2, first.digest).unwrap();
        assert_eq!(verify(&[first, second], &[]).unwrap().clock_set_back, 1);
    }

    proptest! {
        #[test]
        fn no_change_of_order_or_number_passes(moves in prop::collection::vec((0usize..12, 0usize..12, 0u8..3), 1..5)) {
            let entries = log(12);
            let known = [head(&entries, 12)];
            let mut changed = entries.clone();
            for (a, b, kind) in moves {
                let (a, b) = (a % changed.len().max(1), b % changed.len().max(1));
                match kind {
                    _ if changed.is_empty() => {}
                    0 => changed.swap(a, b),
                    1 => drop(changed.remove(a)),
                    _ => changed.insert(a, changed[b].clone()),
                }
            }
            prop_assert_eq!(verify(&changed, &known).is_ok(), changed == entries);
        }
    }
}
