//! When the head of a log goes to the chain, by what the log itself says: a watch that begins anew goes on where it was.

use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;
use bithive_audit::{Act, Entry, Head, Outcome};

use super::anchor::{Anchor, CODE};

/// Shortest time between two attempts, and longest time for one: a chain that does not answer holds no alerts up for longer.
const PAUSE: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_secs(30);

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Due {
    every: Duration,
    entries: u64,
    /// Entries that no head on the chain vouches for, but for those about heads.
    new: u64,
    /// When the first of them was written, in milliseconds of the Unix epoch.
    first: u64,
}

impl Due {
    fn see(&mut self, entry: &Entry) {
        let event = &entry.event;
        if event.act != Act::HeadSigned {
            self.first = if self.new == 0 { event.at } else { self.first };
            self.new = self.new.saturating_add(1);
        } else if event.outcome == Outcome::Success
            && event.code.as_ref().is_some_and(|code| code.as_str() == CODE)
        {
            self.new = 0;
        }
    }

    fn is_at(&self, now: u64) -> bool {
        let age = u128::from(now.saturating_sub(self.first));
        self.new >= self.entries.max(1) || (self.new > 0 && age >= self.every.as_millis())
    }
}

/// Puts heads on the chain when they are due.
pub(super) struct Anchors {
    anchor: Anchor,
    due: Due,
    tried: Option<Instant>,
}

impl Anchors {
    pub(super) const fn new(anchor: Anchor, every: Duration, entries: u64) -> Self {
        Self { anchor, due: Due { every, entries, new: 0, first: 0 }, tried: None }
    }

    /// Counts an entry.
    pub(super) fn see(&mut self, entry: &Entry) {
        self.due.see(entry);
    }

    pub(super) fn is_due(&self) -> bool {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        self.due.is_at(now) && self.tried.is_none_or(|tried| tried.elapsed() >= PAUSE)
    }

    /// Puts the head on the chain; none where that did not succeed, which is said, and tried again.
    pub(super) async fn put(&mut self) -> Result<Option<Head>> {
        let put = match tokio::time::timeout(PATIENCE, self.anchor.put()).await {
            Ok(Ok(Ok((head, _)))) => {
                self.tried = None;
                return Ok(Some(head));
            }
            Ok(Ok(Err(fault))) => format!("the log is broken: {fault}"),
            Ok(Err(error)) => format!("{error:#}"),
            Err(_) => "the chain does not answer".into(),
        };
        self.tried = Some(Instant::now());
        eprintln!("the last entry is not on the chain, and that is tried again in a minute: {put}");
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use bithive_audit::{Digest, Event, Role};

    use super::*;

    fn entry(act: Act, outcome: Outcome, at: u64) -> Entry {
        let mut event = Event::new(("operator".parse().unwrap(), Role::Operator), act, outcome, at);
        event.code = CODE.parse().ok();
        Entry::new(event, 1, Digest([0; 32])).unwrap()
    }

    #[test]
    fn a_head_is_due_after_a_time_or_a_number_of_entries_and_never_without_new_ones() {
        let hour = 3_600_000;
        let mut due = Due { every: Duration::from_millis(hour), entries: 3, new: 0, first: 0 };
        assert!(!due.is_at(u64::MAX), "there is nothing");
        due.see(&entry(Act::Opened, Outcome::Success, 1_000));
        due.see(&entry(Act::Opened, Outcome::Success, 2_000));
        assert!(!due.is_at(1_000 + hour - 1));
        assert!(due.is_at(1_000 + hour));
        due.see(&entry(Act::Opened, Outcome::Success, 3_000));
        assert!(due.is_at(3_000), "three entries");
        due.see(&entry(Act::HeadSigned, Outcome::Begun, 4_000));
        due.see(&entry(Act::HeadSigned, Outcome::Failed, 4_000));
        assert!(due.is_at(4_000), "it is not on the chain");
        due.see(&entry(Act::HeadSigned, Outcome::Success, 5_000));
        assert!(!due.is_at(u64::MAX), "an entry about a head is no reason for one");
        due.see(&entry(Act::Opened, Outcome::Success, 6_000));
        assert!(!due.is_at(6_000) && due.is_at(6_000 + hour));
    }
}
