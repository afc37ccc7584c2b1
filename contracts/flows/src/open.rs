//! What brings money in: opening a flow, and adding to it.

use bithive_api::flows::{Asset, Event, Hook, Key, Open, Terms, limits};
use bithive_contract_kit::input::{self, length, positive, within};
use bithive_contract_kit::ledger::{AssetLedger, Ledger};
use bithive_contract_kit::token;
use bithive_economics::flow::Rate;
use cosmwasm_std::{Addr, DepsMut, Empty, Env, MessageInfo, Response, Uint128};
use cw_utils::one_coin;
use cw20::Cw20ReceiveMsg;

use crate::ContractError;
use crate::pay::credit;
use crate::state::{Drain, FLOWS, Flow, NEXT_FLOW, OF_PARTY, flow};

/// What came with a message.
struct Payment {
    from: Addr,
    asset: Asset<Addr>,
    amount: Uint128,
}

pub(crate) fn native(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    new: Open,
) -> Result<Response, ContractError> {
    open(deps, env, coins(info)?, new)
}

pub(crate) fn native_top_up(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    id: u64,
    ends: Option<u64>,
) -> Result<Response, ContractError> {
    top_up(deps, env, coins(info)?, id, ends)
}

fn coins(info: &MessageInfo) -> Result<Payment, ContractError> {
    let coin = one_coin(info)?;
    Ok(Payment { from: info.sender.clone(), asset: Asset::Native(coin.denom), amount: coin.amount })
}

/// A deposit of tokens. Only the message's sender is proven, so it is the token.
pub(crate) fn receive(
    deps: DepsMut<'_>,
    env: &Env,
    token: Addr,
    hook: &Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let (from, content) = token::hook(deps.api, hook)?;
    let payment = Payment { from, asset: Asset::Cw20(token), amount: hook.amount };
    match content {
        Hook::Open(new) => open(deps, env, payment, new),
        Hook::TopUp { id, ends } => top_up(deps, env, payment, id, ends),
    }
}

fn open(deps: DepsMut<'_>, env: &Env, payment: Payment, new: Open) -> Result<Response, ContractError> {
    let Payment { from: payer, asset, amount: deposit } = payment;
    positive("the deposit", deposit)?;
    let mut own = vec![&env.contract.address];
    if let Asset::Cw20(token) = &asset {
        own.push(token);
    }
    let payee = input::outside(deps.api, "payee", &new.payee, &own)?;
    if payee == payer {
        return Err(ContractError::OwnPayee { found: payee.into() });
    }
    let now = env.block.time.seconds();
    let drain = drain(new.terms, now)?;
    let (transferable, start, paid) = (new.transferable, now, Uint128::zero());
    let flow = Flow { payer, payee, asset, drain, transferable, start, deposit, paid };
    expect_end(&flow, now)?;
    let id = NEXT_FLOW.may_load(deps.storage)?.unwrap_or(1);
    NEXT_FLOW.save(deps.storage, &id.saturating_add(1))?;
    AssetLedger::new(&flow.asset).deposit(deps.storage, deposit)?;
    for party in [&flow.payer, &flow.payee] {
        OF_PARTY.save(deps.storage, (party, id), &Empty {})?;
    }
    FLOWS.save(deps.storage, id, &flow)?;
    let ends = flow.ends()?;
    let Flow { payer, payee, asset, .. } = flow;
    Ok(Response::new().add_event(Event::Opened { id, payer, payee, asset, amount: deposit, ends }))
}

fn top_up(
    deps: DepsMut<'_>,
    env: &Env,
    payment: Payment,
    id: u64,
    later: Option<u64>,
) -> Result<Response, ContractError> {
    let Payment { from: by, asset, amount } = payment;
    positive("the deposit", amount)?;
    let mut flow = flow(deps.storage, id)?;
    if flow.asset != asset {
        let (found, expected) = (asset.to_string(), flow.asset.to_string());
        return Err(ContractError::WrongAsset { id, found, expected });
    }
    expect_whole_units(&flow, id, &by, amount)?;
    let now = env.block.time.seconds();
    let mut response = Response::new();
    AssetLedger::new(&flow.asset).deposit(deps.storage, amount)?;
    match flow.rate()? {
        Some(_) if later.is_some() => return Err(ContractError::EndsByTime { id }),
        // What had drained is paid, and time starts anew: the payer owes nothing for the time without a deposit.
        Some(rate) if rate.is_depleted(flow.start, now, flow.deposit.u128()) => {
            let due = flow.due(now)?;
            if !due.is_zero() {
                response = response.add_event(credit(deps.storage, id, &mut flow, due)?);
            }
            if let Drain::Rate { advance, .. } = &mut flow.drain {
                *advance = 0;
            }
            let left = flow.deposit.checked_sub(flow.paid)?;
            (flow.start, flow.deposit, flow.paid) = (now, left.checked_add(amount)?, Uint128::zero());
        }
        Some(_) => flow.deposit = flow.deposit.checked_add(amount)?,
        None => {
            lengthen(&mut flow, id, &by, now, later)?;
            flow.deposit = flow.deposit.checked_add(amount)?;
        }
    }
    expect_end(&flow, now)?;
    FLOWS.save(deps.storage, id, &flow)?;
    let ends = flow.ends()?;
    Ok(response.add_event(Event::ToppedUp { id, by, asset: flow.asset, amount, ends }))
}

/// A part of a unit would make the payer's own rest, which buys nothing, due to the payee: a whole unit for the price of what it lacks.
fn expect_whole_units(flow: &Flow, id: u64, by: &Addr, found: Uint128) -> Result<(), ContractError> {
    match flow.drain {
        Drain::Rate { amount, .. } if *by != flow.payer && !found.checked_rem(amount)?.is_zero() => {
            Err(ContractError::PartOfUnit { id, found, amount })
        }
        _ => Ok(()),
    }
}

/// Moves the end of a flow by vouchers to a later time, if there is one; refused where the flow is at its end.
fn lengthen(flow: &mut Flow, id: u64, by: &Addr, now: u64, later: Option<u64>) -> Result<(), ContractError> {
    let Drain::Vouchers { notice, ends, closing, .. } = &mut flow.drain else { return Ok(()) };
    if *closing || now > *ends {
        return Err(ContractError::Closing { id });
    }
    let Some(found) = later else { return Ok(()) };
    let (least, most) = (now.saturating_add(*notice).max(*ends), now.saturating_add(limits::MAX_SECONDS));
    if *by != flow.payer || found < least {
        return Err(ContractError::NotLater { id, found, ends: *ends });
    }
    if found > most {
        return Err(ContractError::Ends { found, least, most });
    }
    *ends = found;
    Ok(())
}

/// Terms within their bounds.
fn drain(terms: Terms, now: u64) -> Result<Drain, ContractError> {
    match terms {
        Terms::Rate { amount, step, advance } => {
            positive("amount", amount)?;
            within("step", step.into(), limits::MIN_STEP_SECONDS.into()..=limits::MAX_STEP_SECONDS.into())?;
            Ok(Drain::Rate { amount, step, advance })
        }
        Terms::Vouchers { key, notice, ends } => {
            let (Key::Ed25519(bytes) | Key::Secp256k1(bytes) | Key::Wallet(bytes)) = &key;
            let expected = if matches!(key, Key::Ed25519(_)) { 32 } else { 33 };
            length("key", bytes.len(), expected..=expected)?;
            within(
                "notice",
                notice.into(),
                limits::MIN_NOTICE_SECONDS.into()..=limits::MAX_NOTICE_SECONDS.into(),
            )?;
            let (least, most) = (now.saturating_add(notice), now.saturating_add(limits::MAX_SECONDS));
            if !(least..=most).contains(&ends) {
                return Err(ContractError::Ends { found: ends, least, most });
            }
            Ok(Drain::Vouchers { key, notice, ends, closing: false })
        }
    }
}

/// A flow by time has a unit, and every flow an end that somebody lives to see.
fn expect_end(flow: &Flow, now: u64) -> Result<(), ContractError> {
    if let (Some(rate), Drain::Rate { amount, .. }) = (flow.rate()?, &flow.drain) {
        expect_unit(rate, flow.deposit, *amount)?;
    }
    if flow.ends()? > now.saturating_add(limits::MAX_SECONDS) {
        return Err(ContractError::TooLong);
    }
    Ok(())
}

fn expect_unit(rate: Rate, found: Uint128, amount: Uint128) -> Result<(), ContractError> {
    if rate.funded(found.u128()) == 0 { Err(ContractError::NoUnit { found, amount }) } else { Ok(()) }
}
