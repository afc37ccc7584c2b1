//! `receive`: a cw20 `Send` posts a job.

use bithive_api::grants::Basis;
use bithive_api::jobs::{Event, Hook, Phase, Round, Terms, limits};
use bithive_api::{models, registry};
use bithive_attest::Members;
use bithive_contract_kit::input::{address, exactly, length, positive, sized, within};
use bithive_contract_kit::pause::is_paused;
use bithive_contract_kit::token;
use bithive_economics::escrow;
use cosmwasm_std::{Addr, Api, Binary, Deps, DepsMut, Env, Response, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::state::{CONFIG, Job, MODEL_OWNERS, VAULTS};
use crate::{ContractError, add_escrow, bases, ledger};

/// Handles a `Send` of the payment token. Only `info.sender` says which token called; what the hook claims
/// about sender and amount is true because the payment token says so.
///
/// # Errors
/// [`ContractError::Paused`], and one for each term out of bounds.
pub(crate) fn receive(deps: DepsMut<'_>, env: Env, hook: Cw20ReceiveMsg) -> Result<Response, ContractError> {
    let (requester, vault, terms, named) = match token::hook(deps.api, &hook)? {
        (payer, Hook::Post { vault, terms, bases }) => {
            expect_bond(deps.as_ref(), &payer)?;
            (payer, vault, terms, bases)
        }
        (_, Hook::PostFor { requester, vault, terms, bases }) => {
            (address(deps.api, "requester", &requester)?, vault, terms, bases)
        }
        (_, Hook::AddEscrow { job_id }) => return add_escrow::add_escrow(deps, job_id, hook.amount),
    };
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    post(deps, env.block.time.seconds(), requester, hook.amount, (&vault, *terms, named))
}

/// A requester has a bond: it can't come back under another name for nothing. Asked for when a job is posted and when workers are
/// assigned; one for whom somebody else pays is asked for it in time for the latter.
///
/// # Errors
/// [`ContractError::RequesterBond`].
pub(crate) fn expect_bond(deps: Deps<'_>, requester: &Addr) -> Result<(), ContractError> {
    let query = registry::QueryMsg::Requester { address: requester.into() };
    let registry = CONFIG.load(deps.storage)?.registry;
    let found: Option<registry::RequesterResponse> = deps.querier.query_wasm_smart(registry, &query)?;
    if found.is_some_and(|requester| requester.eligible) {
        return Ok(());
    }
    Err(ContractError::RequesterBond { address: requester.into() })
}

fn post(
    deps: DepsMut<'_>,
    now: u64,
    requester: Addr,
    amount: Uint128,
    (vault, terms, named): (&Binary, Terms, Vec<Basis>),
) -> Result<Response, ContractError> {
    length("vault", vault.len(), 1..=limits::MAX_VAULT_BYTES)?;
    let terms = with_owners(deps.as_ref(), &requester, checked(deps.api, now, terms)?)?;
    let named = bases::checked(deps.api, named)?;
    bases::expect_live(deps.as_ref(), &requester, &named)?;
    let (price, workers) = (terms.price, terms.workers);
    let expected =
        escrow(price.u128(), workers).ok_or(ContractError::PriceOverflow { price, workers })?.into();
    exactly("price times workers", amount, expected)?;
    let job = Job {
        id: ledger::deposit(deps.storage, amount)?,
        requester,
        phase: Phase::Open,
        round: 0,
        deadline: terms.assign_by,
        escrow: amount,
        committed: Members::default(),
        revealed: Members::default(),
        signed: Members::default(),
        outcome: None,
        terms,
    };
    job.save(deps.storage)?;
    VAULTS.save(deps.storage, job.id, vault)?;
    bases::save(deps.storage, job.id, &named)?;
    let Terms { workers, price, .. } = job.terms;
    let event =
        Event::Posted { job_id: job.id, round: Round(job.round), requester: job.requester, workers, price };
    Ok(Response::new().add_event(event))
}

/// Writes down who is paid for the model and for the data. Neither is the requester's word, or a requester would name itself and
/// take these shares back: the owner of a model is who has registered it with a bond, the owner of data who has let this
/// requester name it. Looked up once, here: what a job pays is then known to all before anybody works, and a settlement,
/// which may be of hundreds of jobs, asks nobody.
fn with_owners(deps: Deps<'_>, requester: &Addr, terms: Terms<Addr>) -> Result<Terms<Addr>, ContractError> {
    let answer = match MODEL_OWNERS.may_load(deps.storage)? {
        Some(models) => {
            let question = models::QueryMsg::Receivers {
                model: terms.model.clone(),
                requester: requester.into(),
                data_owner: terms.data_owner.as_ref().map(Addr::to_string),
            };
            deps.querier.query_wasm_smart(models, &question)?
        }
        None => models::ReceiversResponse { model_owner: None, data_consent: false },
    };
    if let Some(found) = terms.model_owner.as_ref().filter(|found| answer.model_owner.as_ref() != Some(found))
    {
        let expected = answer.model_owner.map_or_else(|| "nobody".into(), Addr::into_string);
        return Err(ContractError::OtherModelOwner { found: found.to_string(), expected });
    }
    if let Some(found) = terms.data_owner.as_ref().filter(|_| !answer.data_consent) {
        return Err(ContractError::NoConsent { found: found.to_string(), requester: requester.to_string() });
    }
    Ok(Terms { model_owner: answer.model_owner, ..terms })
}

fn checked(api: &dyn Api, now: u64, terms: Terms) -> Result<Terms<Addr>, ContractError> {
    within("workers", terms.workers.into(), 1..=limits::MAX_WORKERS.into())?;
    let (quorum, workers) = (u16::from(terms.quorum), u16::from(terms.workers));
    if quorum > workers || quorum.saturating_mul(2) <= workers {
        return Err(ContractError::Quorum { found: terms.quorum, workers: terms.workers });
    }
    within("tolerance", terms.tolerance.into(), 0..=limits::MAX_TOLERANCE.into())?;
    within("dimensions", terms.dimensions.into(), 1..=limits::MAX_DIMENSIONS.into())?;
    positive("price", terms.price)?;
    let latest = now.saturating_add(limits::MAX_WINDOW_SECONDS);
    if terms.assign_by <= now || terms.assign_by > latest {
        return Err(ContractError::AssignBy { found: terms.assign_by, now, latest });
    }
    for (field, found) in [
        ("commit_seconds", terms.commit_seconds),
        ("reveal_seconds", terms.reveal_seconds),
        ("finalize_seconds", terms.finalize_seconds),
    ] {
        let (least, most) = (limits::MIN_WINDOW_SECONDS, limits::MAX_WINDOW_SECONDS);
        within(field, found.into(), least.into()..=most.into())?;
    }
    let _: [u8; 32] = sized("model", &terms.model)?;
    Ok(terms.try_map(|field, owner| address(api, field, &owner))?)
}
