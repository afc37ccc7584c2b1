//! What nodes have done, what they declare, and the scores that follow.
//!
//! How a record changes and what it is worth is said once, by `bithive_economics::record` and `tier`.

use bithive_api::registry::{Capability, Counted, Event, JobResult, Outcome, PerformanceResponse, limits};
use bithive_contract_kit::input;
use bithive_economics::record::{JobEvent, Record};
use bithive_economics::tier::{self, Tier};
use bithive_economics::{Bps, BpsError};
use cosmwasm_std::{Addr, Deps, DepsMut, Response, Storage};

use crate::ContractError;
use crate::state::{CAPABILITIES, CONFIG, Kind, PARTICIPANTS, RECORDS, StoredRecord, participant};

impl StoredRecord {
    fn record(&self) -> Result<Record, BpsError> {
        let Self { settled, missed, faults, streak, best_streak, work, trust, reputation_bps } = *self;
        let reputation = Bps::new("reputation", reputation_bps)?;
        Ok(Record { settled, missed, faults, streak, best_streak, work, trust, reputation })
    }
}

impl From<Record> for StoredRecord {
    fn from(record: Record) -> Self {
        let Record { settled, missed, faults, streak, best_streak, work, trust, reputation } = record;
        Self { settled, missed, faults, streak, best_streak, work, trust, reputation_bps: reputation.get() }
    }
}

fn load(storage: &dyn Storage, node: &Addr) -> Result<Option<Record>, ContractError> {
    let stored = RECORDS.may_load(storage, node)?;
    Ok(stored.map(|stored| stored.record()).transpose()?)
}

/// Adds to a node's record.
pub(crate) fn count(storage: &mut dyn Storage, node: &Addr, event: JobEvent) -> Result<(), ContractError> {
    let record = load(storage, node)?.unwrap_or_default().after(event);
    Ok(RECORDS.save(storage, node, &record.into())?)
}

/// Counts a job's outcomes. No node makes it fail: one that has left is skipped.
pub(crate) fn record(
    deps: DepsMut<'_>,
    job_id: u64,
    outcomes: &[Outcome],
) -> Result<Response, ContractError> {
    input::count("outcomes", outcomes.len(), 0..=limits::MAX_OUTCOMES)?;
    let mut response = Response::new();
    for Outcome { node, result } in outcomes {
        let Ok(address) = deps.api.addr_validate(node) else { continue };
        let entry = PARTICIPANTS.may_load(deps.storage, &address)?;
        if !entry.is_some_and(|entry| matches!(entry.kind, Kind::Node(_))) {
            continue;
        }
        let (job_event, result) = match *result {
            JobResult::Settled { work, trust_bps } => {
                (JobEvent::Settled { work, trust: Bps::new("trust_bps", trust_bps)? }, Counted::Settled)
            }
            JobResult::Missed => (JobEvent::Missed, Counted::Missed),
        };
        count(deps.storage, &address, job_event)?;
        response = response.add_event(Event::Recorded { address, job_id, result });
    }
    Ok(response)
}

/// Stores what a node declares.
pub(crate) fn declare(
    deps: DepsMut<'_>,
    sender: &Addr,
    capability: Capability,
) -> Result<Response, ContractError> {
    if !matches!(participant(deps.storage, sender)?.kind, Kind::Node(_)) {
        return Err(ContractError::NotNode { address: sender.into() });
    }
    let declared = tier::declared(&of(capability).checked()?);
    CAPABILITIES.save(deps.storage, sender, &capability)?;
    let event = Event::Declared { address: sender.clone(), tier: declared.map_or(0, number) };
    Ok(Response::new().add_event(event))
}

const fn of(capability: Capability) -> tier::Capability {
    let Capability { vram_gb, models_per_day, gflops, milliwatts } = capability;
    tier::Capability { vram_gb, models_per_day, gflops, milliwatts }
}

const fn number(tier: Tier) -> u8 {
    match tier {
        Tier::T1 => 1,
        Tier::T2 => 2,
        Tier::T3 => 3,
        Tier::T4 => 4,
    }
}

pub(crate) fn performance(
    deps: Deps<'_>,
    address: &str,
) -> Result<Option<PerformanceResponse>, ContractError> {
    let address = deps.api.addr_validate(address)?;
    let entry = PARTICIPANTS.may_load(deps.storage, &address)?;
    let node = entry.filter(|entry| matches!(entry.kind, Kind::Node(_)));
    let found = load(deps.storage, &address)?;
    if found.is_none() && node.is_none() {
        return Ok(None);
    }
    let record = found.unwrap_or_default();
    let bond = node.map_or(0, |node| node.bond.u128());
    let least = CONFIG.load(deps.storage)?.params.node_bond.u128();
    let declared = CAPABILITIES.may_load(deps.storage, &address)?;
    let machine = declared.map(of);
    let verified = |machine| tier::verified(&machine, record.settled, record.reputation);
    Ok(Some(PerformanceResponse {
        settled: record.settled,
        missed: record.missed,
        faults: record.faults,
        streak: record.streak,
        best_streak: record.best_streak,
        work: record.work,
        reputation_bps: record.reputation.get(),
        value_bps: record.value(bond, least).get(),
        efficiency: machine.map_or(0, |machine| record.efficiency(&machine)),
        trust_bps: record.mean_trust().get(),
        capability: declared,
        declared_tier: machine.and_then(|machine| tier::declared(&machine)).map(number),
        verified_tier: machine.and_then(verified).map(number),
    }))
}
