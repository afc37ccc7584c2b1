//! Whether a report holds: by a reporter of the feed, for the round, in time, and signed.

use bithive_api::oracle::{Report, limits};
use bithive_signed::report as text;
use cosmwasm_std::{Deps, Env};

use crate::ContractError;
use crate::state::{Feed, Record};

/// Length of a signature, in bytes. A chain's machine ends the whole message at a longer one, and with it everybody else's reports.
const SIGNATURE_BYTES: usize = 64;

/// What reports are checked against.
pub(crate) struct Round<'a> {
    pub env: &'a Env,
    pub feed: &'a Feed,
    pub id: u64,
    pub number: u64,
    pub records: &'a [Record],
}

impl Round<'_> {
    /// The reporter's place in the feed.
    pub(crate) fn check(
        &self,
        deps: Deps<'_>,
        report: &Report,
        counted: &[bool],
    ) -> Result<usize, ContractError> {
        let reporter = || report.reporter.to_hex();
        let place = self.feed.reporters.iter().position(|key| *key == report.reporter);
        let place = place.ok_or_else(|| ContractError::NotReporter { found: reporter(), feed: self.id })?;
        if counted.get(place) == Some(&true) {
            return Err(ContractError::Twice { reporter: reporter() });
        }
        let until = self.records.get(place).map_or(0, |record| record.suspended_until);
        if self.now() < until {
            return Err(ContractError::Suspended { reporter: reporter(), until });
        }
        if report.value.is_zero() {
            return Err(ContractError::NoValue { reporter: reporter() });
        }
        self.check_time(report)?;
        if self.is_signed(deps, report) {
            Ok(place)
        } else {
            Err(ContractError::Signature { reporter: reporter() })
        }
    }

    fn now(&self) -> u64 {
        self.env.block.time.seconds()
    }

    fn check_time(&self, report: &Report) -> Result<(), ContractError> {
        let (time, now) = (report.time, self.now());
        // An interval is never 0.
        if time.checked_div(self.feed.terms.interval) != Some(self.number) {
            return Err(ContractError::OtherRound { time, round: self.number });
        }
        if time > now.saturating_add(limits::MAX_AHEAD) {
            return Err(ContractError::Ahead { time, now });
        }
        if now > self.feed.good_until(time) {
            return Err(ContractError::Old { time, now, max_age: self.feed.terms.max_age });
        }
        Ok(())
    }

    fn is_signed(&self, deps: Deps<'_>, report: &Report) -> bool {
        let text = text::Report {
            chain_id: &self.env.block.chain_id,
            contract: self.env.contract.address.as_str(),
            feed: self.id,
            round: self.number,
            value: report.value.u128(),
            time: report.time,
        }
        .text();
        let Report { reporter, signature, .. } = report;
        signature.len() == SIGNATURE_BYTES
            // What can't be read as a key or signature is none.
            && deps.api.ed25519_verify(text.as_bytes(), signature, reporter).unwrap_or(false)
    }
}
