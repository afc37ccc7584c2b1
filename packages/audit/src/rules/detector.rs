//! Feeding entries to rules.

use std::collections::{BTreeMap, VecDeque};

use bithive_signed::{Digest, Name};
use serde::Serialize;

use super::{Rule, Rules, Severity, Trigger};
use crate::entry::Entry;
use crate::event::{Act, Event, Outcome, Role};

/// Most actors that a rule remembers. Beyond that, the one that was seen longest ago is forgotten: it counts from the start again.
const MAX_ACTORS: usize = 10_000;
const DAY: u64 = 86_400_000;

/// What a rule has to say about an entry. It names no person: who it was is in the log, at this number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// Name of the rule.
    pub rule: Name,
    /// How bad it is.
    pub severity: Severity,
    /// What was done in the entry that raised it.
    pub act: Act,
    /// As what the actor acted.
    pub role: Role,
    /// When, in milliseconds of the Unix epoch.
    pub at: u64,
    /// How many records or failures there were, where the rule counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<u64>,
    /// Number of the entry.
    pub seq: u64,
    /// The digest of the entry.
    pub digest: Digest,
}

/// Rules at work. Its memory has a bound; all that it knows follows from the entries, so it is the same after every start.
pub struct Detector {
    rules: Vec<(Rule, Seen)>,
    /// When the log began.
    first: Option<u64>,
}

/// What a rule remembers, by actor.
type Seen = BTreeMap<Name, Remembered>;

#[derive(Default)]
struct Remembered {
    /// When, and how many: what is within the rule's time.
    recent: VecDeque<(u64, u64)>,
    /// Sum of these numbers.
    sum: u64,
    /// When the actor was seen last.
    last: Option<u64>,
    /// When the rule has spoken of the actor.
    told: Option<u64>,
}

impl Detector {
    /// Rules that have seen nothing yet.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self { rules: rules.0.into_iter().map(|rule| (rule, Seen::new())).collect(), first: None }
    }

    /// What the rules have to say about the next entry of a log.
    pub fn feed(&mut self, entry: &Entry) -> Vec<Alert> {
        let event = &entry.event;
        let first = *self.first.get_or_insert(event.at);
        let mut alerts = Vec::new();
        for (rule, seen) in &mut self.rules {
            // What has only begun is counted once it has ended.
            if !rule.acts.contains(&event.act) || event.outcome == Outcome::Begun {
                continue;
            }
            let known = remember(seen, &event.actor);
            let Some(found) = known.judge(&rule.trigger, event, first) else { continue };
            if known.told.is_some_and(|told| event.at < told.saturating_add(rule.again)) {
                continue;
            }
            known.told = Some(event.at);
            alerts.push(Alert {
                rule: rule.name.clone(),
                severity: rule.severity,
                act: event.act,
                role: event.role,
                at: event.at,
                found,
                seq: entry.seq,
                digest: entry.digest,
            });
        }
        alerts
    }
}

/// What is remembered of an actor; makes room if there is none.
fn remember<'a>(seen: &'a mut Seen, actor: &Name) -> &'a mut Remembered {
    if seen.len() >= MAX_ACTORS && !seen.contains_key(actor) {
        let oldest = seen.iter().min_by_key(|(_, known)| known.last).map(|(name, _)| name.clone());
        if let Some(oldest) = oldest {
            seen.remove(&oldest);
        }
    }
    seen.entry(actor.clone()).or_default()
}

impl Remembered {
    /// Whether an event raises an alert; the number that was counted, where something is.
    fn judge(&mut self, trigger: &Trigger, event: &Event, first: u64) -> Option<Option<u64>> {
        let before = self.last.replace(event.at);
        let failed = matches!(event.outcome, Outcome::Failed | Outcome::Refused);
        match trigger {
            Trigger::Every => Some(None),
            Trigger::OffHours { .. } => is_off(trigger, event.at).then_some(None),
            // Who did not get to read is no reader.
            Trigger::NewReader { .. } if failed => {
                self.last = before;
                None
            }
            Trigger::NewReader { after, learn } => {
                let is_new = before.is_none_or(|before| event.at.saturating_sub(before) > *after);
                (is_new && event.at.saturating_sub(first) >= *learn).then_some(None)
            }
            Trigger::Bulk { .. } if failed => None,
            Trigger::Bulk { more_than, within } => {
                self.count(event.at, event.records(), (*more_than, *within))
            }
            Trigger::Failures { more_than, within } if failed => {
                self.count(event.at, 1, (*more_than, *within))
            }
            Trigger::Failures { .. } => None,
        }
    }

    fn count(&mut self, at: u64, number: u64, (more_than, within): (u64, u64)) -> Option<Option<u64>> {
        self.recent.push_back((at, number));
        self.sum = self.sum.saturating_add(number);
        // An entry of a clock that was set back is not older than the time.
        while let Some((oldest, counted)) = self.recent.front().copied() {
            let is_past = at.saturating_sub(oldest) >= within;
            // More than that many entries are never needed.
            if !is_past && self.recent.len() as u64 <= more_than.saturating_add(1) {
                break;
            }
            self.recent.pop_front();
            self.sum = self.sum.saturating_sub(counted);
        }
        (self.sum > more_than).then_some(Some(self.sum))
    }
}

/// Whether a time is outside of working hours.
fn is_off(trigger: &Trigger, at: u64) -> bool {
    let Trigger::OffHours { hours: (from, to), offset, days } = trigger else { return false };
    let at = i64::try_from(at).unwrap_or(i64::MAX);
    let local = u64::try_from(at.saturating_add(i64::from(*offset).saturating_mul(60_000))).unwrap_or(0);
    let minute = u32::try_from(local % DAY / 60_000).unwrap_or(0);
    // 1 January 1970 was a Thursday.
    let weekday = usize::try_from((local / DAY).saturating_add(3) % 7).unwrap_or(0);
    let is_day = days.get(weekday).copied().unwrap_or(false);
    let within = if from <= to { (*from..*to).contains(&minute) } else { minute >= *from || minute < *to };
    !(is_day && within)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 23 November 2026, 08:00 UTC.
    const MONDAY: u64 = 1_795_420_800_000;
    const MINUTE: u64 = 60_000;

    struct Trace(Vec<Entry>);

    impl Trace {
        fn new() -> Self {
            Self(Vec::new())
        }

        fn add(&mut self, actor: &str, act: Act, outcome: Outcome, at: u64) -> &mut Self {
            let event = Event::new((actor.parse().unwrap(), Role::Clinician), act, outcome, at);
            self.put(event)
        }

        fn put(&mut self, event: Event) -> &mut Self {
            let prev = self.0.last().map_or(Digest([7; 32]), |entry| entry.digest);
            self.0.push(Entry::new(event, self.0.len() as u64 + 1, prev).unwrap());
            self
        }

        /// Names of the rules that have spoken, with the entry's number.
        fn alerts(&self) -> Vec<(String, u64)> {
            let mut detector = Detector::new(Rules::default());
            let all = self.0.iter().flat_map(|entry| detector.feed(entry));
            all.map(|alert| (alert.rule.to_string(), alert.seq)).collect()
        }
    }

    /// Ten working days of three readers: each opens twenty records a day, between nine and four; one of them mistypes a password a day.
    fn quiet() -> Trace {
        let mut trace = Trace::new();
        for day in (0..14).filter(|day| day % 7 < 5) {
            let morning = MONDAY + day * DAY;
            for reader in ["a", "b", "c"] {
                trace.add(reader, Act::KeystoreOpened, Outcome::Success, morning);
            }
            trace.add("a", Act::KeystoreOpened, Outcome::Failed, morning + MINUTE);
            for step in 0..20 {
                for reader in ["a", "b", "c"] {
                    trace.add(reader, Act::Opened, Outcome::Success, morning + step * 20 * MINUTE);
                }
            }
        }
        trace
    }

    /// A time on the Wednesday after those days, at nine in the morning.
    const LATER: u64 = MONDAY + 16 * DAY + 60 * MINUTE;

    #[test]
    fn a_quiet_trace_raises_nothing() {
        assert_eq!(quiet().alerts(), []);
    }

    #[test]
    fn a_reader_of_many_records_is_noticed_once_an_hour() {
        let mut trace = quiet();
        let before = trace.0.len() as u64;
        for step in 0..250 {
            trace.add("a", Act::Opened, Outcome::Success, LATER + step * 1_000);
        }
        assert_eq!(trace.alerts(), [("bulk-access".to_owned(), before + 201)]);
    }

    #[test]
    fn an_entry_about_many_records_counts_as_many() {
        let mut trace = quiet();
        let mut event =
            Event::new(("b".parse().unwrap(), Role::Clinician), Act::Exported, Outcome::Success, LATER);
        event.count = Some(201);
        assert_eq!(trace.put(event).alerts().last().unwrap().0, "bulk-access");
        let mut trace = quiet();
        for step in 0..201 {
            // One a minute is 60 within the hour.
            trace.add("b", Act::Opened, Outcome::Success, LATER + step * MINUTE);
        }
        assert_eq!(trace.alerts(), []);
    }

    #[test]
    fn access_at_night_and_on_a_sunday_is_noticed() {
        for at in [LATER + 14 * 60 * MINUTE, MONDAY + 13 * DAY] {
            let mut trace = quiet();
            trace.add("a", Act::Opened, Outcome::Success, at);
            let last = trace.0.len() as u64;
            assert_eq!(trace.alerts(), [("off-hours".to_owned(), last)], "{at}");
        }
    }

    #[test]
    fn working_hours_are_local_and_may_go_over_midnight() {
        let days = [true; 7];
        let local = |offset| Trigger::OffHours { hours: (8 * 60, 17 * 60), offset, days };
        // 08:00 UTC.
        assert!(!is_off(&local(0), MONDAY) && is_off(&local(-60), MONDAY) && !is_off(&local(60), MONDAY));
        let night = Trigger::OffHours { hours: (20 * 60, 6 * 60), offset: 0, days };
        assert!(is_off(&night, MONDAY) && !is_off(&night, MONDAY + 15 * 60 * MINUTE));
        let tuesday = Trigger::OffHours {
            hours: (0, 1_440),
            offset: 0,
            days: [false, true, false, false, false, false, false],
        };
        assert!(is_off(&tuesday, MONDAY) && !is_off(&tuesday, MONDAY + DAY));
    }

    #[test]
    fn a_new_reader_is_noticed_and_one_that_is_back_after_months() {
        let mut trace = quiet();
        trace.add("z", Act::ResultRead, Outcome::Success, LATER);
        trace.add("z", Act::ResultRead, Outcome::Success, LATER + MINUTE);
        let new = trace.0.len() as u64 - 1;
        // A Monday 91 days on.
        trace.add("a", Act::ResultRead, Outcome::Success, MONDAY + 105 * DAY);
        assert_eq!(trace.alerts(), [("new-reader".to_owned(), new), ("new-reader".to_owned(), new + 2)]);
    }

    #[test]
    fn five_failures_within_ten_minutes_are_noticed_and_four_are_not() {
        for (failures, expected) in [(4, 0), (5, 1)] {
            for act in [Act::Decrypted, Act::KeystoreOpened] {
                let mut trace = quiet();
                for step in 0..failures {
                    trace.add("a", act, Outcome::Failed, LATER + step * MINUTE);
                }
                let alerts = trace.alerts();
                assert_eq!(alerts.len(), expected, "{act}");
                assert!(alerts.iter().all(|(rule, _)| rule == "failed-decryptions"));
            }
        }
        let mut slow = quiet();
        for step in 0..20 {
            slow.add("a", Act::Decrypted, Outcome::Failed, LATER + step * 3 * MINUTE);
        }
        assert_eq!(slow.alerts(), []);
    }

    #[test]
    fn every_use_of_emergency_access_is_noticed() {
        let mut trace = quiet();
        let before = trace.0.len() as u64;
        trace.add("a", Act::BreakGlass, Outcome::Success, LATER);
        trace.add("a", Act::BreakGlass, Outcome::Success, LATER + 1);
        assert_eq!(trace.alerts(), [("break-glass".into(), before + 1), ("break-glass".into(), before + 2)]);
    }

    #[test]
    fn an_alert_names_nobody() {
        let mut trace = Trace::new();
        trace.add("someone", Act::BreakGlass, Outcome::Success, MONDAY);
        let alerts = Detector::new(Rules::default()).feed(&trace.0[0]);
        let text = serde_json::to_string(&alerts).unwrap();
        assert!(!text.contains("someone") && text.contains(&trace.0[0].digest.to_string()), "{text}");
    }

    #[test]
    fn many_actors_and_entries_take_a_bounded_memory() {
        let mut detector = Detector::new(Rules::default());
        let mut trace = Trace::new();
        for number in 0..MAX_ACTORS as u64 + 50 {
            trace.0.clear();
            trace.add(&format!("actor-{number}"), Act::Opened, Outcome::Success, MONDAY + number);
            detector.feed(&trace.0[0]);
        }
        assert!(detector.rules.iter().all(|(_, seen)| seen.len() <= MAX_ACTORS));
        for number in 0..1_000 {
            trace.0.clear();
            trace.add("actor-9999", Act::Opened, Outcome::Success, MONDAY + number);
            detector.feed(&trace.0[0]);
        }
        let all = detector.rules.iter().flat_map(|(_, seen)| seen.values());
        assert!(all.map(|known| known.recent.len()).max().unwrap() <= 202);
    }
}
