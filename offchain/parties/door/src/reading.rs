//! Flows as the chain has them.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use bithive_api::flows::{FlowResponse, Terms};
use bithive_x402::{Code, FlowView};

use crate::limits::{CLOSING_SECONDS, STALE};
use crate::terms::DoorTerms;

/// The chain's time, from its last block and what has passed here since.
#[derive(Default)]
pub(crate) struct Clock(Mutex<Option<(u64, Instant)>>);

impl Clock {
    /// The chain has answered: its time is `seconds`, Unix.
    pub(crate) fn set(&self, seconds: u64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((seconds, Instant::now()));
    }

    /// Seconds since the chain has answered.
    pub(crate) fn age(&self) -> u64 {
        let read = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        read.map_or(u64::MAX, |(_, at)| at.elapsed().as_secs())
    }

    /// Unix seconds on the chain; none when it has not answered for too long.
    pub(crate) fn now(&self) -> Option<u64> {
        let (seconds, at) = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        let since = at.elapsed();
        (since <= STALE).then(|| seconds.saturating_add(since.as_secs()))
    }
}

/// Whether a flow pays this door, as the chain has it.
pub(crate) fn check(flow: &FlowResponse, terms: &DoorTerms) -> Result<(), (Code, String)> {
    let other = |what: String| Err((Code::Channel, what));
    let Terms::Vouchers { notice, .. } = flow.terms else {
        return other(format!("flow {} pays by time", flow.id));
    };
    if flow.payee.as_str() != terms.payee {
        return other(format!("flow {} pays {}, expected {}", flow.id, flow.payee, terms.payee));
    }
    if flow.asset.to_string() != terms.asset.to_string() {
        return other(format!("flow {} is in {}, expected {}", flow.id, flow.asset, terms.asset));
    }
    if notice < terms.min_notice {
        return other(format!(
            "flow {} has a notice of {notice} s, expected {} s",
            flow.id, terms.min_notice
        ));
    }
    if flow.deposit.u128() < terms.min_deposit {
        let (found, expected) = (flow.deposit, terms.min_deposit);
        return other(format!("flow {} has a deposit of {found} base units, expected {expected}", flow.id));
    }
    Ok(())
}

/// Whether a flow is closing, or so near its end that its vouchers have to be redeemed.
pub(crate) fn ends_soon(flow: &FlowResponse, now: u64) -> bool {
    flow.closing || flow.ends <= now.saturating_add(CLOSING_SECONDS)
}

/// What a voucher is judged by.
pub(crate) fn view(flow: &FlowResponse, now: u64) -> FlowView {
    let (deposit, paid) = (flow.deposit.u128(), flow.paid.u128());
    FlowView { deposit, paid, open: !ends_soon(flow, now) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_chain_that_has_not_answered_for_a_minute_has_no_time() {
        let clock = Clock::default();
        assert_eq!((clock.now(), clock.age()), (None, u64::MAX));
        clock.set(1_000);
        assert!(clock.now().is_some_and(|now| (1_000..1_010).contains(&now)));
        let long_ago = Instant::now().checked_sub(STALE + Duration::from_secs(1)).unwrap();
        *clock.0.lock().unwrap() = Some((1_000, long_ago));
        assert_eq!(clock.now(), None);
    }
}
