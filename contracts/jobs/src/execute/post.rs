//! `receive`: a cw20 `Send` posts a job.

use bithive_api::jobs::{JobTerms, Phase, ReceiveMsg, events as names, limits};
use bithive_contract_kit::pause::is_paused;
use cosmwasm_std::{Addr, Api, DepsMut, Env, MessageInfo, Response, Uint128, from_json};
use cw20::Cw20ReceiveMsg;

use super::{address, sized};
use crate::members::Members;
use crate::state::{CONFIG, Job, Terms, VAULTS};
use crate::{ContractError, events, ledger};

/// Handles a `Send` of the payment token. Only `info.sender` says which token called; what the hook claims
/// about sender and amount is true because the payment token says so.
///
/// # Errors
/// [`ContractError::NotTheToken`], and one for each term out of bounds.
pub fn receive(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    hook: Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    if info.sender != config.token {
        let (found, expected) = (info.sender.into_string(), config.token.into_string());
        return Err(ContractError::NotTheToken { found, expected });
    }
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    let payer = deps.api.addr_validate(&hook.sender)?;
    let (requester, terms) = match from_json(&hook.msg)? {
        ReceiveMsg::Post(terms) => (payer, terms),
        ReceiveMsg::PostFor { requester, terms } => (address(deps.api, "requester", &requester)?, terms),
    };
    post(deps, env.block.time.seconds(), requester, hook.amount, *terms)
}

fn post(
    deps: DepsMut<'_>,
    now: u64,
    requester: Addr,
    amount: Uint128,
    terms: JobTerms,
) -> Result<Response, ContractError> {
    if terms.vault.is_empty() || terms.vault.len() > limits::MAX_VAULT_BYTES {
        return Err(ContractError::VaultSize { found: terms.vault.len() });
    }
    let vault = terms.vault.clone();
    let terms = checked(deps.api, now, terms)?;
    let expected = terms
        .price
        .checked_mul(Uint128::from(terms.workers))
        .map_err(|_| ContractError::PriceOverflow { price: terms.price, workers: terms.workers })?;
    if amount != expected {
        return Err(ContractError::Amount { found: amount, expected });
    }
    let job = Job {
        id: ledger::deposit(deps.storage, amount)?,
        requester,
        phase: Phase::Open,
        round: 0,
        deadline: terms.assign_by,
        escrow: amount,
        committed: Members::default(),
        revealed: Members::default(),
        outcome: None,
        terms,
    };
    job.save(deps.storage)?;
    VAULTS.save(deps.storage, job.id, &vault)?;
    let event = events::of(names::POSTED, &job)
        .add_attribute("requester", &job.requester)
        .add_attribute("workers", job.terms.workers.to_string())
        .add_attribute("price", job.terms.price);
    Ok(Response::new().add_event(event))
}

fn checked(api: &dyn Api, now: u64, terms: JobTerms) -> Result<Terms, ContractError> {
    if terms.workers == 0 || terms.workers > limits::MAX_WORKERS {
        return Err(ContractError::Workers { found: terms.workers });
    }
    let (quorum, workers) = (u16::from(terms.quorum), u16::from(terms.workers));
    if quorum > workers || quorum.saturating_mul(2) <= workers {
        return Err(ContractError::Quorum { found: terms.quorum, workers: terms.workers });
    }
    if terms.dimensions == 0 || terms.dimensions > limits::MAX_DIMENSIONS {
        return Err(ContractError::Dimensions { found: terms.dimensions });
    }
    if terms.price.is_zero() {
        return Err(ContractError::PriceZero);
    }
    let latest = now.saturating_add(limits::MAX_WINDOW_SECONDS);
    if terms.assign_by <= now || terms.assign_by > latest {
        return Err(ContractError::AssignBy { found: terms.assign_by, now, latest });
    }
    let model: [u8; 32] = sized("model", &terms.model)?;
    let owner = |field, text: Option<String>| text.map(|text| address(api, field, &text)).transpose();
    Ok(Terms {
        workers: terms.workers,
        quorum: terms.quorum,
        tolerance: terms.tolerance,
        dimensions: terms.dimensions,
        price: terms.price,
        assign_by: terms.assign_by,
        commit_seconds: window("commit_seconds", terms.commit_seconds)?,
        reveal_seconds: window("reveal_seconds", terms.reveal_seconds)?,
        finalize_seconds: window("finalize_seconds", terms.finalize_seconds)?,
        model: model.into(),
        model_owner: owner("model_owner", terms.model_owner)?,
        data_owner: owner("data_owner", terms.data_owner)?,
    })
}

fn window(field: &'static str, found: u64) -> Result<u64, ContractError> {
    if (limits::MIN_WINDOW_SECONDS..=limits::MAX_WINDOW_SECONDS).contains(&found) {
        return Ok(found);
    }
    Err(ContractError::Window { field, found })
}
