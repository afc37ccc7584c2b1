//! Whether a consent can be relied on at a moment. What is not understood counts as a no.

use crate::date::When;
use crate::resource::Consent;

/// Why a consent can't be relied on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "a consent that does not hold allows nothing"]
pub enum ConsentError {
    /// Its status is another one than active.
    #[error("Consent.status is {found:?}; only an active consent holds")]
    NotActive {
        /// The code in `Consent.status`.
        found: String,
    },
    /// It does not say what it permits.
    #[error(
        "Consent.provision.type is {found:?}; expected \"permit\": a consent that does not say so permits nothing here"
    )]
    NoPermit {
        /// What it says, empty for nothing.
        found: String,
    },
    /// It has no end or no beginning.
    #[error(
        "Consent.provision.period has no {missing}; a consent without a time is not relied on: ask for one with start and end, both \
         dates"
    )]
    NoPeriod {
        /// `start` or `end`.
        missing: &'static str,
    },
    /// A date of it can't be read.
    #[error("Consent.provision.period.{which} is {found:?}; expected a date such as 2026-03-09")]
    Date {
        /// `start` or `end`.
        which: &'static str,
        /// What it is.
        found: String,
    },
    /// It begins later.
    #[error("Consent.provision.period starts {start}: it does not hold yet, in every zone of time")]
    NotYet {
        /// When it begins, as the document writes it.
        start: String,
    },
    /// It is over.
    #[error("Consent.provision.period ends {end}: it no longer holds, in every zone of time")]
    Ended {
        /// When it ended, as the document writes it.
        end: String,
    },
    /// It has exceptions.
    #[error(
        "Consent.provision.provision has {found} exceptions, which are not understood here; ask for a consent that says all in one \
         provision"
    )]
    Exceptions {
        /// Number of exceptions.
        found: usize,
    },
}

impl Consent {
    /// Checks that the consent permits something at `now`, in seconds since 1970: it is active, permits, has no exceptions, and `now` is
    /// within its period in every zone of time. What it permits, and to whom, is the caller's to compare.
    ///
    /// # Errors
    /// Names the element that stands against it. A consent without a period is one of them: R4 allows it, and it would hold for ever.
    pub fn holds_at(&self, now: u64) -> Result<(), ConsentError> {
        if self.status != "active" {
            return Err(ConsentError::NotActive { found: self.status.clone() });
        }
        let provision = self.provision.as_ref();
        let kind = provision.and_then(|provision| provision.kind.as_deref()).unwrap_or_default();
        if kind != "permit" {
            return Err(ConsentError::NoPermit { found: kind.to_owned() });
        }
        let exceptions = provision.map_or(0, |provision| provision.provision.len());
        if exceptions > 0 {
            return Err(ConsentError::Exceptions { found: exceptions });
        }
        let period = provision.and_then(|provision| provision.period.as_ref());
        let part = |which, text: Option<&String>| {
            let text = text.ok_or(ConsentError::NoPeriod { missing: which })?;
            let when = When::parse(text).ok_or_else(|| ConsentError::Date { which, found: text.clone() })?;
            Ok::<_, ConsentError>((when, text.clone()))
        };
        let (start, start_text) = part("start", period.and_then(|period| period.start.as_ref()))?;
        let (end, end_text) = part("end", period.and_then(|period| period.end.as_ref()))?;
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        if now < start.begun_everywhere() {
            return Err(ConsentError::NotYet { start: start_text });
        }
        if now > end.lasts_everywhere() {
            return Err(ConsentError::Ended { end: end_text });
        }
        Ok(())
    }
}
