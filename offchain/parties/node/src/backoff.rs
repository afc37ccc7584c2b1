//! When a step that failed is done again. A step that the chain still asks for is never given up for what the chain, or the way
//! to it, answers: it is repeated, each time after a longer wait, until the job's phase on the chain no longer asks for it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::NodeError;

/// Wait after the first failure; each further one in a row doubles it.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// Longest wait. The market's shortest window is 30 s: several tries are left of it, whenever the chain comes back.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Refusals by a contract after which a step is tried less often. A server that is behind refuses, and may be so for long: until
/// here 39 to 78 s have gone by. After that it is probably the chain's last word, and asking costs a query each time.
const REFUSALS: u32 = 20;
/// Longest wait after so many refusals.
const LONGEST_AFTER_REFUSALS: Duration = Duration::from_secs(60);

/// The steps that failed, by job. It is not recorded: after a restart everything is tried at once.
#[derive(Default)]
pub(crate) struct Backoff(BTreeMap<u64, Failures>);

struct Failures {
    in_a_row: u32,
    refusals: u32,
    until: Instant,
}

impl Backoff {
    /// Whether the job may be tried now.
    pub(crate) fn is_due(&self, job_id: u64, now: Instant) -> bool {
        self.0.get(&job_id).is_none_or(|failures| failures.until <= now)
    }

    /// A step of the job failed. Returns whether it is to be tried again, and remembers from when on. `random` is any
    /// number: nodes that failed together must not come back together.
    pub(crate) fn failed(&mut self, job_id: u64, error: &NodeError, random: u32, now: Instant) -> bool {
        let before = self.0.remove(&job_id);
        let (in_a_row, refusals) = before.map_or((0, 0), |before| (before.in_a_row, before.refusals));
        let refusals = if error.is_refusal() { refusals.saturating_add(1) } else { refusals };
        let retries = error.is_transient() || error.is_refusal();
        if retries {
            let longest = if refusals < REFUSALS { LONGEST_WAIT } else { LONGEST_AFTER_REFUSALS };
            let until = now + wait(in_a_row, longest, random);
            let in_a_row = in_a_row.saturating_add(1);
            self.0.insert(job_id, Failures { in_a_row, refusals, until });
        }
        retries
    }

    /// A step of the job succeeded, or there was nothing to do.
    pub(crate) fn succeeded(&mut self, job_id: u64) {
        self.0.remove(&job_id);
    }
}

/// The wait after so many failures in a row: half of it is fixed, half is drawn.
fn wait(in_a_row: u32, longest: Duration, random: u32) -> Duration {
    let whole = FIRST_WAIT.saturating_mul(1 << in_a_row.min(16)).min(longest);
    let half = whole / 2;
    half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use bithive_chain::ChainError;

    use super::*;

    fn refused() -> NodeError {
        ChainError::Contract { message_index: 0, contract: "jobs".into(), error: "no".into() }.into()
    }

    #[test]
    fn waits_grow_to_a_longest_one_and_differ() {
        let wait = |in_a_row, random| wait(in_a_row, LONGEST_WAIT, random);
        let (shortest, longest) = (wait(0, 0), wait(0, u32::MAX));
        assert_eq!((shortest, longest), (FIRST_WAIT / 2, FIRST_WAIT));
        assert_eq!(wait(1, u32::MAX), FIRST_WAIT * 2);
        assert_eq!((wait(40, 0), wait(u32::MAX, u32::MAX)), (LONGEST_WAIT / 2, LONGEST_WAIT));
    }

    #[test]
    fn what_the_way_to_the_chain_answers_ends_no_step() {
        let mut backoff = Backoff::default();
        for error in [
            ChainError::NodeDown { reason: "a test".into() },
            ChainError::Decode { what: "an HTML page".into(), reason: "a test".into() },
            ChainError::InvalidTx { field: "tx".into(), reason: "a test".into() },
            ChainError::NodeBehind { height: 1, wanted: 2 },
            ChainError::InsufficientFee { required: cosmwasm_std::coin(2, "ubee"), got: 1u128.into() },
        ] {
            let error = NodeError::from(error);
            for _ in 0..20 {
                let now = Instant::now();
                assert!(backoff.failed(7, &error, 0, now), "{error}");
                assert!(!backoff.is_due(7, now) && backoff.is_due(8, now));
                assert!(backoff.is_due(7, now + LONGEST_WAIT));
            }
        }
    }

    #[test]
    fn a_refusal_is_repeated_for_as_long_as_the_phase_asks_and_an_own_fault_never() {
        let (mut backoff, begun) = (Backoff::default(), Instant::now());
        let (mut now, mut tries) = (begun, 0);
        // A server that is half a minute behind, and one that answers so for an hour.
        while now < begun + Duration::from_secs(3_600) {
            assert!(backoff.failed(7, &refused(), u32::MAX, now));
            let most =
                if now < begun + Duration::from_secs(30) { LONGEST_WAIT } else { LONGEST_AFTER_REFUSALS };
            assert!(!backoff.is_due(7, now) && backoff.is_due(7, now + most));
            while !backoff.is_due(7, now) {
                now += FIRST_WAIT;
            }
            tries += 1;
        }
        assert!((60..90).contains(&tries), "{tries}");
        backoff.succeeded(7);
        assert!(backoff.is_due(7, begun));
        let own = NodeError::OtherResult { what: "commitment", job_id: 7, round: 1 };
        assert!(!backoff.failed(7, &own, 0, begun));
    }
}
