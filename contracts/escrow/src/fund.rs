//! Contributions of a crowd: what lacks to the goal is taken, and the one that reaches it begins the work.

use bithive_api::escrow::{Event, Phase};
use bithive_contract_kit::input::{self, positive};
use bithive_contract_kit::ledger::{AssetLedger, Ledger, Release};
use bithive_economics::crowd;
use cosmwasm_std::{Addr, DepsMut, Env, Response, Storage, Uint128};

use crate::ContractError;
use crate::pay::{closed, credit};
use crate::payment::Payment;
use crate::state::{AGREEMENTS, Agreement, CONTRIBUTIONS, Contribution, agreement};

pub(crate) fn fund(
    deps: DepsMut<'_>,
    env: &Env,
    payment: Payment,
    id: u64,
) -> Result<Response, ContractError> {
    let Payment { from: contributor, asset, amount } = payment;
    positive("the contribution", amount)?;
    let mut agreement = agreement(deps.storage, id)?;
    if agreement.asset != asset {
        let (found, expected) = (asset.to_string(), agreement.asset.to_string());
        return Err(ContractError::WrongAsset { id, found, expected });
    }
    let now = env.block.time.seconds();
    if !matches!(agreement.phase, Phase::Funding { until } if now <= until) {
        return Err(ContractError::NoFunding { id });
    }
    let goal = agreement.total()?;
    let Some(crowd) = &mut agreement.crowd else { return Err(ContractError::NoFunding { id }) };
    // Two that both bring the last part must not make one of them fail: what is too much is the sender's.
    let taken = amount.min(goal.saturating_sub(crowd.raised));
    crowd.raised = crowd.raised.checked_add(taken)?;
    if contribute(deps.storage, &contributor, id, taken)? {
        crowd.contributors = crowd.contributors.saturating_add(1);
    }
    let raised = crowd.raised;
    agreement.left = agreement.left.checked_add(taken)?;
    let ledger = AssetLedger::new(&agreement.asset);
    ledger.deposit(deps.storage, amount)?;
    let event = Event::Funded { id, contributor: contributor.clone(), amount: taken, raised };
    let mut response = Response::new().add_event(event);
    let excess = amount.checked_sub(taken)?;
    if !excess.is_zero() {
        let mut release = Release::default();
        release.add(&contributor, excess)?;
        ledger.release(deps.storage, release)?;
        response = response.add_event(Event::Refunded { id, account: contributor, amount: excess });
    }
    if raised == goal {
        agreement.start_next(now)?;
        let (milestone, until) = (agreement.milestone, agreement.due);
        response = response.add_event(Event::Started { id, milestone, until });
    }
    AGREEMENTS.save(deps.storage, id, &agreement)?;
    Ok(response)
}

/// Adds to what an account has put in, and says whether it is new.
fn contribute(
    storage: &mut dyn Storage,
    contributor: &Addr,
    id: u64,
    amount: Uint128,
) -> Result<bool, ContractError> {
    let key = (contributor, id);
    let before = CONTRIBUTIONS.may_load(storage, key)?;
    let new = before.is_none();
    let mut contribution = before.unwrap_or(Contribution { amount: Uint128::zero(), voted: 0 });
    contribution.amount = contribution.amount.checked_add(amount)?;
    CONTRIBUTIONS.save(storage, key, &contribution)?;
    Ok(new)
}

/// Credits a contributor with its part of what is left, and whoever opened the agreement with what divides among none.
pub(crate) fn refund(deps: DepsMut<'_>, id: u64, contributor: &str) -> Result<Response, ContractError> {
    let account = input::address(deps.api, "contributor", contributor)?;
    let mut agreement = agreement(deps.storage, id)?;
    let Some(amount) = refundable(&agreement, deps.storage, &account, id)? else {
        return Err(ContractError::NoRefund { id, account: account.into() });
    };
    CONTRIBUTIONS.remove(deps.storage, (&account, id));
    credit(deps.storage, &mut agreement, [(&account, amount)])?;
    let response = Response::new().add_event(Event::Refunded { id, account, amount });
    let mut last = false;
    if let Phase::Refunding { waiting, .. } = &mut agreement.phase {
        *waiting = waiting.saturating_sub(1);
        last = *waiting == 0;
    }
    if !last {
        AGREEMENTS.save(deps.storage, id, &agreement)?;
        return Ok(response);
    }
    let (account, dust) = (agreement.opener.clone(), agreement.left);
    let mut response = response;
    if !dust.is_zero() {
        credit(deps.storage, &mut agreement, [(&account, dust)])?;
        response = response.add_event(Event::Refunded { id, account, amount: dust });
    }
    Ok(closed(deps.storage, id, &agreement, response))
}

/// What a contributor gets of an agreement that is refunded; none if it put nothing in, has it, or nothing is refunded.
pub(crate) fn refundable(
    agreement: &Agreement,
    storage: &dyn Storage,
    account: &Addr,
    id: u64,
) -> Result<Option<Uint128>, ContractError> {
    let (Phase::Refunding { amount, .. }, Some(crowd)) = (&agreement.phase, &agreement.crowd) else {
        return Ok(None);
    };
    let contribution = CONTRIBUTIONS.may_load(storage, (account, id))?;
    Ok(contribution.map(|contribution| {
        crowd::refund(amount.u128(), contribution.amount.u128(), crowd.raised.u128()).into()
    }))
}
