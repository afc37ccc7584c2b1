//! What ends a flow: what is owed is the payee's, the rest is the payer's.

use bithive_api::flows::Event;
use bithive_contract_kit::ledger::{AssetLedger, Ledger, Release};
use cosmwasm_std::{Addr, Env, Response, Storage};

use crate::ContractError;
use crate::pay::credit;
use crate::state::{Drain, FLOWS, Flow, flow, remove};

/// Ends a flow, or begins the notice of its payer.
pub(crate) fn close(
    storage: &mut dyn Storage,
    env: &Env,
    sender: &Addr,
    id: u64,
) -> Result<Response, ContractError> {
    let mut flow = flow(storage, id)?;
    let now = env.block.time.seconds();
    if let Drain::Vouchers { notice, ends, closing, .. } = &mut flow.drain
        && *sender != flow.payee
    {
        if *closing {
            return Err(ContractError::ClosingAlready { id, ends: *ends });
        }
        (*ends, *closing) = ((*ends).min(now.saturating_add(*notice)), true);
        let ends = *ends;
        FLOWS.save(storage, id, &flow)?;
        return Ok(Response::new().add_event(Event::Closing { id, ends }));
    }
    end(storage, id, flow, now)
}

/// Ends a flow that has nothing left to pay, or whose end has passed.
pub(crate) fn finish(storage: &mut dyn Storage, env: &Env, id: u64) -> Result<Response, ContractError> {
    let flow = flow(storage, id)?;
    let (now, ends) = (env.block.time.seconds(), flow.ends()?);
    let over = match flow.rate()? {
        Some(rate) => rate.is_depleted(flow.start, now, flow.deposit.u128()),
        None => now > ends || flow.paid == flow.deposit,
    };
    if !over {
        return Err(ContractError::NotFinished { id, ends, now });
    }
    end(storage, id, flow, now)
}

fn end(storage: &mut dyn Storage, id: u64, mut flow: Flow, now: u64) -> Result<Response, ContractError> {
    let mut response = Response::new();
    let due = flow.due(now)?;
    if !due.is_zero() {
        response = response.add_event(credit(storage, id, &mut flow, due)?);
    }
    remove(storage, id, &flow);
    let amount = flow.deposit.checked_sub(flow.paid)?;
    let mut release = Release::default();
    release.add(&flow.payer, amount)?;
    AssetLedger::new(&flow.asset).release(storage, release)?;
    let Flow { payer, asset, .. } = flow;
    Ok(response.add_event(Event::Closed { id, payer, asset, amount }))
}
