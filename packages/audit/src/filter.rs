//! Who opened what, when, under which consent.

use bithive_signed::{Digest, Name};

use crate::event::{Act, Event, Outcome, Role};

/// Which events are asked for. What is not said does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Whom the data is about.
    pub subject: Option<Digest>,
    /// What it was done to.
    pub object: Option<Digest>,
    /// Under which consent.
    pub consent: Option<Digest>,
    /// Who did it.
    pub actor: Option<Name>,
    /// As what somebody acted.
    pub role: Option<Role>,
    /// What was done: one of these, or anything.
    pub acts: Vec<Act>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// From this time on, in milliseconds of the Unix epoch.
    pub since: Option<u64>,
    /// Before this time.
    pub until: Option<u64>,
}

impl Filter {
    /// The acts by which somebody gets to see data, or gives it to others.
    pub const ACCESS: &'static [Act] = &[
        Act::Opened,
        Act::Decrypted,
        Act::Exported,
        Act::Deidentified,
        Act::InputSent,
        Act::ResultRead,
        Act::BreakGlass,
    ];

    /// Whether an event is asked for.
    #[must_use]
    pub fn takes(&self, event: &Event) -> bool {
        fn is<T: PartialEq>(wanted: &Option<T>, found: Option<&T>) -> bool {
            wanted.as_ref().is_none_or(|wanted| Some(wanted) == found)
        }
        is(&self.subject, event.subject.as_ref())
            && is(&self.object, event.object.as_ref())
            && is(&self.consent, event.consent.as_ref())
            && is(&self.actor, Some(&event.actor))
            && is(&self.role, Some(&event.role))
            && is(&self.outcome, Some(&event.outcome))
            && (self.acts.is_empty() || self.acts.contains(&event.act))
            && self.since.is_none_or(|since| event.at >= since)
            && self.until.is_none_or(|until| event.at < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_filter_leaves_out_what_differs() {
        let actor: Name = "bithive1abc".parse().unwrap();
        let mut event = Event::new((actor.clone(), Role::Node), Act::Opened, Outcome::Success, 50);
        event.subject = Some(Digest([1; 32]));
        event.object = Some(Digest([2; 32]));
        event.consent = Some(Digest([3; 32]));
        let fitting = Filter {
            subject: event.subject,
            object: event.object,
            consent: event.consent,
            actor: Some(actor),
            role: Some(Role::Node),
            acts: Filter::ACCESS.to_vec(),
            outcome: Some(Outcome::Success),
            since: Some(50),
            until: Some(51),
        };
        assert!(fitting.takes(&event) && Filter::default().takes(&event));
        let other = Some(Digest([9; 32]));
        for filter in [
            Filter { subject: other, ..fitting.clone() },
            Filter { object: other, ..fitting.clone() },
            Filter { consent: other, ..fitting.clone() },
            Filter { actor: Some("other".parse().unwrap()), ..fitting.clone() },
            Filter { role: Some(Role::Subject), ..fitting.clone() },
            Filter { acts: vec![Act::Erased], ..fitting.clone() },
            Filter { outcome: Some(Outcome::Failed), ..fitting.clone() },
            Filter { since: Some(51), ..fitting.clone() },
            Filter { until: Some(50), ..fitting.clone() },
        ] {
            assert!(!filter.takes(&event), "{filter:?}");
        }
    }
}
