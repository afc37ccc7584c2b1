//! What makes an agreement: a payer with all of the money, or who asks a crowd for it.

use bithive_api::escrow::{Asset, Event, Hook, Phase, Terms, limits};
use bithive_contract_kit::input::{self, exactly, length, within};
use bithive_contract_kit::ledger::{AssetLedger, Ledger};
use bithive_contract_kit::token;
use cosmwasm_std::{Addr, DepsMut, Env, Response, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::ContractError;
use crate::fund::fund;
use crate::payment::Payment;
use crate::state::{Agreement, Crowd, Tally, add};
use crate::terms::{Checked, check};

/// Longest denomination of the Cosmos SDK, in characters.
const MAX_DENOM: usize = 128;

/// Tokens that came. Only the message's sender is proven, so it is the token.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    token: Addr,
    hook: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let (from, content) = token::hook(deps.api, hook)?;
    let payment = Payment { from, asset: Asset::Cw20(token), amount: hook.amount };
    match content {
        Hook::Open(terms) => open(deps, env, payment, terms),
        Hook::Fund { id } => fund(deps, env, payment, id),
    }
}

/// Makes an agreement of a payer that puts in everything; its first milestone begins.
pub(crate) fn open(
    deps: DepsMut<'_>,
    env: &Env,
    payment: Payment,
    terms: Terms,
) -> Result<Response, ContractError> {
    let Payment { from: opener, asset, amount } = payment;
    let checked = check(deps.api, (&env.contract.address, &asset), Some(&opener), terms)?;
    exactly("the sum of the milestones", amount, checked.total)?;
    AssetLedger::new(&asset).deposit(deps.storage, amount)?;
    let mut agreement = agreement(opener, asset, checked, None, Phase::Active { until: 0 });
    agreement.left = amount;
    agreement.start_next(env.block.time.seconds())?;
    let id = add(deps.storage, &agreement)?;
    let (until, milestone) = (agreement.due, agreement.milestone);
    let Agreement { opener, asset, .. } = agreement;
    Ok(Response::new()
        .add_event(Event::Opened { id, opener, asset, amount, crowd: false })
        .add_event(Event::Started { id, milestone, until }))
}

/// Makes an agreement that a crowd is asked to put the money into.
pub(crate) fn raise(
    deps: DepsMut<'_>,
    env: &Env,
    opener: Addr,
    asset: Asset,
    (seconds, terms): (u64, Terms),
) -> Result<Response, ContractError> {
    let asset = input::asset(deps.api, "asset", asset)?;
    if let Asset::Native(denom) = &asset {
        length("asset", denom.len(), 1..=MAX_DENOM)?;
    }
    within(
        "seconds",
        seconds.into(),
        limits::MIN_FUNDING_SECONDS.into()..=limits::MAX_FUNDING_SECONDS.into(),
    )?;
    let checked = check(deps.api, (&env.contract.address, &asset), None, terms)?;
    let amount = checked.total;
    let crowd = Crowd { raised: Uint128::zero(), contributors: 0 };
    let phase = Phase::Funding { until: env.block.time.seconds().saturating_add(seconds) };
    let agreement = agreement(opener, asset, checked, Some(crowd), phase);
    let id = add(deps.storage, &agreement)?;
    let Agreement { opener, asset, .. } = agreement;
    Ok(Response::new().add_event(Event::Opened { id, opener, asset, amount, crowd: true }))
}

fn agreement(
    opener: Addr,
    asset: Asset<Addr>,
    checked: Checked,
    crowd: Option<Crowd>,
    phase: Phase,
) -> Agreement {
    let Checked { payees, milestones, approver, text, .. } = checked;
    Agreement {
        opener,
        crowd,
        payees,
        asset,
        milestones,
        approver,
        text,
        milestone: 0,
        phase,
        due: 0,
        submissions: 0,
        tally: Tally::default(),
        left: Uint128::zero(),
    }
}
