//! Wiring by the owner, and which of its settings wait.

use bithive_api::delay::limits::DELAY_SECONDS;
use bithive_api::registry::{CommitteeMember, ExecuteMsg, InstantiateMsg};
use bithive_contract_kit::delay;
use bithive_contract_kit::input::{address, contract, outside, sized};
use bithive_dgkbe::opening::open_crs_header;
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Response, Storage, Uint128};
use cw_ownable::initialize_owner;

use crate::state::{BONDED, COMMITTEES, CONFIG, Config, JOBS, committee_at, epoch_at};
use crate::{ContractError, accreditation, committee, election, validate};

/// Checks and stores what holds for the life of the contract.
pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    validate::params(&msg.params)?;
    let crs_digest = sized("crs_digest", &msg.crs_digest)?;
    open_crs_header(msg.params.slots, &crs_digest, &msg.crs_opening)?;
    delay::begin(deps.storage, env)?;
    let token = address(deps.api, "token", &msg.token)?;
    let treasury = outside(deps.api, "treasury", &msg.treasury, &[&env.contract.address, &token])?;
    let owner = address(deps.api, "owner", &msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    let config = Config { token, treasury, params: msg.params, crs_digest: msg.crs_digest };
    CONFIG.save(deps.storage, &config)?;
    BONDED.save(deps.storage, &Uint128::zero())?;
    COMMITTEES.save(deps.storage, &Vec::new())?;
    Ok(Response::new().add_attribute("action", "instantiate"))
}

/// Lengthens an unbonding time of an earlier version that is shorter than the epochs for which a bond has to stay. Who is
/// already leaving leaves when it was told.
pub(crate) fn migrate(storage: &mut dyn Storage) -> Result<(), ContractError> {
    let mut config = CONFIG.load(storage)?;
    let least = validate::least_unbonding(config.params.epoch_seconds);
    if config.params.unbonding_seconds < least {
        config.params.unbonding_seconds = least;
        CONFIG.save(storage, &config)?;
    }
    Ok(())
}

/// Whether the owner's message has to wait, once what it names was checked: who may slash, whom the network asks for tags,
/// and who vouches for attributes. The first committee does not, nor does one that follows itself: nobody depends on another for it.
pub(crate) fn waits(deps: Deps<'_>, env: &Env, msg: &ExecuteMsg) -> Result<bool, ContractError> {
    match msg {
        ExecuteMsg::SetJobs { jobs } => {
            jobs_of(deps, jobs)?;
        }
        ExecuteMsg::SetElection { election } => election::check(election.as_ref())?,
        ExecuteMsg::SetAccreditation { accreditors, required } => {
            accreditation::check(deps, accreditors, required)?;
            if required.is_empty() && accreditation::never_set(deps.storage) {
                return Ok(false);
            }
        }
        ExecuteMsg::SetCommittee { members, threshold, from_epoch } => {
            if !replaces(deps.storage, env, members, *threshold)? || !delay::waits(deps.storage, env)? {
                return Ok(false);
            }
            committee::check(deps, members, *threshold)?;
            let earliest = env.block.time.seconds().saturating_add(DELAY_SECONDS);
            let least = epoch_at(deps.storage, earliest)?.saturating_add(1);
            if *from_epoch < least {
                return Err(ContractError::FromEpoch { from_epoch: *from_epoch, least });
            }
            return Ok(true);
        }
        _ => return Ok(false),
    }
    Ok(delay::waits(deps.storage, env)?)
}

/// Whether a committee has other members than the one in force, another order or another threshold.
fn replaces(
    storage: &dyn Storage,
    env: &Env,
    members: &[CommitteeMember],
    threshold: u8,
) -> Result<bool, ContractError> {
    let committees = COMMITTEES.load(storage)?;
    let current = epoch_at(storage, env.block.time.seconds())?;
    let same = |now: &CommitteeMember<Addr>, next: &CommitteeMember| {
        now.address.as_str() == next.address && now.endpoint == next.endpoint
    };
    let follows = committee_at(&committees, current).is_some_and(|now| {
        now.threshold == threshold
            && now.members.len() == members.len()
            && now.members.iter().zip(members).all(|(now, next)| same(now, next))
    });
    Ok(!committees.is_empty() && !follows)
}

fn jobs_of(deps: Deps<'_>, jobs: &str) -> Result<Addr, ContractError> {
    if let Some(jobs) = JOBS.may_load(deps.storage)? {
        return Err(ContractError::JobsAlreadySet { jobs: jobs.into() });
    }
    Ok(contract(deps, "jobs", jobs)?)
}

/// Names the jobs contract. Once: whoever could replace it could take every bond. A contract: an account could take them
/// without a rule.
pub(crate) fn set_jobs(deps: DepsMut<'_>, jobs: &str) -> Result<Response, ContractError> {
    let jobs = jobs_of(deps.as_ref(), jobs)?;
    JOBS.save(deps.storage, &jobs)?;
    Ok(Response::new().add_attribute("action", "set_jobs").add_attribute("jobs", jobs))
}
