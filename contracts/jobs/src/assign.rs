//! `assign`: the requester binds the workers of a round, each by its own consent.

use bithive_api::jobs::{Assignment, Event, Phase, Round as RoundNumber, limits};
use bithive_api::registry::{NodeResponse, QueryMsg};
use bithive_attest::{Consent, Domain, Members, host};
use bithive_contract_kit::input::{length, sized};
use bithive_dgkbe::{GroupedSet, Groups};
use bithive_economics::fault;
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, StdError, StdResult, Storage, Uint128};

use crate::post::expect_bond;
use crate::state::{CONFIG, Config, FAULTED, Job, ROUNDS, Round, Worker};
use crate::{ContractError, bases, open_rounds};

/// Starts a round with chosen workers.
///
/// # Errors
/// [`ContractError::Unauthorized`], [`ContractError::WrongPhase`], [`ContractError::TooLate`], [`ContractError::NotPermitted`], and one for
/// each field of the assignment.
pub(crate) fn assign(
    deps: DepsMut<'_>,
    env: Env,
    job_id: u64,
    assignment: Assignment,
) -> Result<Response, ContractError> {
    let now = env.block.time.seconds();
    let mut job = Job::load(deps.storage, job_id)?;
    job.expect_phase(&[Phase::Open, Phase::Disputed], "Open or Disputed")?;
    job.expect_in_time(now)?;
    expect_bond(deps.as_ref(), &job.requester)?;
    // Before each round: what was permitted when the job was posted, or in the round before, may be revoked since.
    bases::expect_live(deps.as_ref(), &job.requester, &bases::of(deps.storage, job.id)?)?;
    let kept = Kept::load(deps.storage, &job, &assignment)?;
    // Can't saturate: a job that failed MAX_ROUNDS times is Refunded.
    job.round = job.round.saturating_add(1);

    let config = CONFIG.load(deps.storage)?;
    let set = chosen_slots(&config, &job, &assignment)?;
    let slots: Vec<u16> = set.iter().collect();
    let chosen = workers(deps.as_ref(), &config, &job, &kept, &slots, &assignment.asks)?;
    for Chosen { worker, bond, .. } in &chosen {
        open_rounds::bind(deps.storage, &config, worker, *bond)?;
    }
    let domain = Domain { chain_id: &env.block.chain_id, contract: env.contract.address.as_str() };
    let round = bound(deps.as_ref(), domain, &job, assignment, chosen)?;
    ROUNDS.save(deps.storage, (job.id, job.round), &round)?;

    job.committed = Members::default();
    job.revealed = Members::default();
    job.signed = Members::default();
    job.enter(Phase::Assigned, now, job.terms.commit_seconds);
    job.save(deps.storage)?;
    let workers = round.workers.into_iter().map(|worker| worker.address).collect();
    let event = Event::Assigned { job_id, round: RoundNumber(job.round), workers };
    Ok(Response::new().add_event(event))
}

/// Who may be kept from the failed round: it has consented to the job, has found a result, and was paid half for it.
struct Kept(Vec<Worker>);

impl Kept {
    /// Those who stand, if the assignment is about the same input as the round before.
    fn load(storage: &dyn Storage, job: &Job, assignment: &Assignment) -> Result<Self, ContractError> {
        let Some(before) = ROUNDS.may_load(storage, (job.id, job.round))? else { return Ok(Self(vec![])) };
        if before.input_commitment != assignment.input_commitment {
            let (found, expected) = (assignment.input_commitment.clone(), before.input_commitment);
            return Err(ContractError::OtherInput { found, expected });
        }
        Ok(Self(job.signed.of(before.workers).collect()))
    }

    fn worker(&self, slot: u16, address: &Addr) -> Option<&Worker> {
        self.0.iter().find(|worker| worker.slot == slot && worker.address == *address)
    }
}

/// A worker of the new round.
struct Chosen {
    worker: Worker,
    bond: Uint128,
    kept: bool,
}

/// The slots of the mask, and the checks on the number of asks and headers; the decoder refuses duplicates and
/// slots that no group has.
fn chosen_slots(config: &Config, job: &Job, assignment: &Assignment) -> Result<GroupedSet, ContractError> {
    length("mask", assignment.mask.len(), 0..=limits::MAX_MASK_BYTES)?;
    let groups = Groups::new(config.groups, config.slots)?;
    let set = GroupedSet::decode(&assignment.mask, groups)?;
    let expected = job.terms.workers;
    if set.len() != usize::from(expected) {
        return Err(ContractError::SlotCount { found: set.len(), expected });
    }
    if assignment.asks.len() != usize::from(expected) {
        return Err(ContractError::AskCount { found: assignment.asks.len(), expected });
    }
    let (groups, found) = (set.touched().len(), assignment.headers.len());
    let expected = groups.saturating_mul(limits::HEADER_BYTES);
    if found != expected {
        return Err(ContractError::Headers { found, groups, expected });
    }
    Ok(set)
}

/// The nodes at `slots`, if the job may have them at these asks.
fn workers(
    deps: Deps<'_>,
    config: &Config,
    job: &Job,
    kept: &Kept,
    slots: &[u16],
    asks: &[Uint128],
) -> Result<Vec<Chosen>, ContractError> {
    let query = QueryMsg::NodesAt { slots: slots.to_vec() };
    let nodes: Vec<Option<NodeResponse>> = deps.querier.query_wasm_smart(&config.registry, &query)?;
    if nodes.len() != slots.len() {
        return Err(ContractError::RegistryAnswer { found: nodes.len(), expected: slots.len() });
    }
    let mut sum = Uint128::zero();
    let mut workers = Vec::with_capacity(slots.len());
    for ((slot, node), ask) in slots.iter().zip(nodes).zip(asks) {
        let node = node.ok_or(ContractError::SlotFree { slot: *slot })?;
        workers.push(worker(deps, job, kept, *slot, node, *ask)?);
        sum = sum.checked_add(*ask).map_err(StdError::from)?;
    }
    if sum > job.escrow {
        return Err(ContractError::AskSum { found: sum, escrow: job.escrow });
    }
    if workers.iter().all(|chosen| chosen.kept) {
        return Err(ContractError::NobodyNew { job_id: job.id });
    }
    Ok(workers)
}

fn worker(
    deps: Deps<'_>,
    job: &Job,
    kept: &Kept,
    slot: u16,
    node: NodeResponse,
    ask: Uint128,
) -> Result<Chosen, ContractError> {
    let (address, bond) = (node.address, node.bond);
    if let Some(worker) = kept.worker(slot, &address) {
        let expected = fault::remainder(worker.ask.u128()).into();
        if ask != expected {
            return Err(ContractError::KeptAsk { slot, found: ask, expected });
        }
        let worker = Worker { ask, bls_key: node.registration.bls_key, ..worker.clone() };
        return Ok(Chosen { worker, bond, kept: true });
    }
    if !node.eligible {
        return Err(ContractError::NotEligible { slot, address: address.into() });
    }
    if FAULTED.has(deps.storage, (job.id, &address)) {
        return Err(ContractError::FaultedBefore { slot, address: address.into() });
    }
    if ask.is_zero() || ask > job.terms.price {
        return Err(ContractError::Ask { slot, found: ask, most: job.terms.price });
    }
    let worker = Worker { address, slot, ask, bls_key: node.registration.bls_key };
    Ok(Chosen { worker, bond, kept: false })
}

/// The round, if every worker that is not kept has consented to it.
fn bound(
    deps: Deps<'_>,
    domain: Domain<'_>,
    job: &Job,
    assignment: Assignment,
    chosen: Vec<Chosen>,
) -> Result<Round, ContractError> {
    let _: [u8; 32] = sized("payload", &assignment.payload)?;
    let _: [u8; 32] = sized("input_commitment", &assignment.input_commitment)?;
    let signed = chosen
        .iter()
        .filter(|chosen| !chosen.kept)
        .map(|Chosen { worker, .. }| {
            let consent = Consent {
                job_id: job.id,
                round: job.round,
                account: worker.address.as_str(),
                slot: worker.slot,
                ask: worker.ask.u128(),
            };
            Ok((worker.bls_key.to_array()?, consent.sign_bytes(domain)))
        })
        .collect::<StdResult<Vec<([u8; 48], Vec<u8>)>>>()?;
    host::verify_consents(deps.api, &signed, &assignment.consent)?;
    let workers: Vec<Worker> = chosen.into_iter().map(|chosen| chosen.worker).collect();
    let keys =
        workers.iter().map(|worker| worker.bls_key.to_array()).collect::<StdResult<Vec<[u8; 48]>>>()?;
    Ok(Round {
        mask: assignment.mask,
        headers: assignment.headers,
        payload: assignment.payload,
        input_commitment: assignment.input_commitment,
        consent: assignment.consent,
        full_key: host::sum_keys(deps.api, &keys)?.into(),
        workers,
    })
}
