//! What the accounts do on a day, as signed transactions: claims first, then what follows from what is there.

use bithive_api::{emissions, staking, treasury, vesting};
use bithive_chain::Message;
use bithive_economics::{Bps, pledge};
use cosmwasm_std::Uint128;
use cw20::Cw20ExecuteMsg;

use crate::agent::{Move, Seen, Work};
use crate::common::{Common, TREASURY, TREASURY_BUDGET};
use crate::genesis::{DelegatorAccount, Economy, Node};
use crate::world::{call, call_as, send, submit};
use crate::{EconomyError, MONTH_DAYS};

/// A fault takes one part in this many of what is behind a node.
const SLASHED_PART: u128 = 20;

/// Everything that is done on a day. Returns the T that worked.
pub(crate) async fn day(economy: &mut Economy, day: u64, poke: bool) -> Result<u64, EconomyError> {
    let monthly = day > 0 && day.is_multiple_of(MONTH_DAYS);
    if poke {
        claim_for_everybody(economy).await?;
    }
    if monthly {
        recipients(economy).await?;
        economy.given = economy.given.saturating_add(TREASURY_BUDGET);
    }
    let Economy { common, nodes, delegators, .. } = economy;
    for node in nodes.iter_mut() {
        operate(common, node, day).await?;
    }
    for delegator in delegators.iter_mut().filter(|delegator| delegator.plan.looks(day)) {
        save(common, delegator, nodes, day).await?;
    }
    economy.care.day(&economy.common, day).await?;
    economy.bank.day(&economy.common, day).await?;
    work(economy, day).await
}

/// Pays what is due to contributors, buckets and positions.
async fn claim_for_everybody(economy: &Economy) -> Result<(), EconomyError> {
    let Economy { common, nodes, .. } = economy;
    let mut messages = due_of_buckets(economy).await?;
    for node in nodes.iter().filter(|node| !node.gone) {
        let (_, claim) = common.claim(node.wallet.address()).await?;
        messages.extend(claim);
    }
    submit(&common.keeper, "claiming for everybody", &messages).await?;
    Ok(())
}

/// Messages that pay the buckets' recipients and the positions' owners.
async fn due_of_buckets(economy: &Economy) -> Result<Vec<Message>, EconomyError> {
    let Common { world, contracts, .. } = &economy.common;
    let question = emissions::QueryMsg::Emission {};
    let emission: emissions::EmissionResponse = world.ask(&contracts.emissions, &question).await?;
    let buckets = [
        (emissions::Bucket::Application, emission.due.application),
        (emissions::Bucket::Foundation, emission.due.foundation),
        (emissions::Bucket::Infrastructure, emission.due.infrastructure),
    ];
    let mut messages = Vec::new();
    for (bucket, _) in buckets.into_iter().filter(|(_, due)| !due.is_zero()) {
        messages.push(call(&contracts.emissions, &emissions::ExecuteMsg::Release { bucket })?);
    }
    for position in &economy.positions {
        let question = vesting::QueryMsg::Position { id: position.id };
        let found: Option<vesting::PositionResponse> = world.ask(&contracts.vesting, &question).await?;
        if found.is_some_and(|found| !found.due.is_zero()) {
            messages.push(call(&contracts.vesting, &vesting::ExecuteMsg::Claim { id: position.id })?);
        }
    }
    Ok(messages)
}

/// The buckets' recipients: the application's gives half of what it has to delegators, who are its users. Fees of
/// requesters go to the treasury, which burns what it was given of slashes, and BTT above its reserve.
async fn recipients(economy: &Economy) -> Result<(), EconomyError> {
    let Economy { common, application, delegators, .. } = economy;
    let contracts = &common.contracts;
    submit(&common.keeper, "releasing", &due_of_buckets(economy).await?).await?;
    let each =
        common.balance(&contracts.btk, application.address()).await? / 2 / delegators.len().max(1) as u128;
    if each > 0 {
        let amount = Uint128::new(each);
        let transfer = |delegator: &DelegatorAccount| {
            let recipient = delegator.wallet.address().to_owned();
            call(&contracts.btk, &Cw20ExecuteMsg::Transfer { recipient, amount })
        };
        let grants = delegators.iter().map(transfer).collect::<Result<Vec<_>, _>>()?;
        submit(application, "granting", &grants).await?;
    }
    let deposit = treasury::Hook::Deposit {};
    let mut messages = vec![send(&contracts.btt, &contracts.treasury, TREASURY_BUDGET, &deposit)?];
    if common.balance(&contracts.btk, &contracts.treasury).await? > 0 {
        let burn = treasury::ExecuteMsg::Burn { token: contracts.btk.clone() };
        messages.push(call(&contracts.treasury, &burn)?);
    }
    submit(&common.keeper, "the treasury's month", &messages).await?;
    let said = common.treasury().await?;
    let spare = said.balance.saturating_sub(TREASURY.reserve);
    if said.burnt_now < TREASURY.burn && !spare.is_zero() {
        let burn = treasury::ExecuteMsg::Burn { token: contracts.btt.clone() };
        submit(&common.keeper, "burning BTT", &[call(&contracts.treasury, &burn)?]).await?;
    }
    Ok(())
}

/// An operator looks at what it has, if it is time.
async fn operate(common: &Common, node: &mut Node, day: u64) -> Result<(), EconomyError> {
    if node.gone || !node.plan.looks(day, node.registered) {
        return Ok(());
    }
    let address = node.wallet.address().to_owned();
    let (contributor, claim) = common.claim(&address).await?;
    let mut due = Vec::from_iter(claim);
    let mut bound = 0;
    if node.registered {
        // Until it leaves, what is locked counts as its pledge, whether its time is over or not.
        if !node.plan.works(day) {
            due.extend(common.unlocked(&address).await?);
        }
        due.extend(common.rewards(&address, &address).await?);
        let (withdrawals, waiting) = common.withdrawals(&address).await?;
        bound = waiting;
        due.extend(withdrawals);
    }
    let idle = due.is_empty();
    submit(&common.keeper, "an operator's claims", &due).await?;
    let seen = see(common, node).await?;
    for one in node.plan.decide(day, &seen) {
        let message = message(common, node, one)?;
        submit(&node.wallet, "an operator's move", &[message]).await?;
        node.registered |= matches!(one, Move::Register(_));
    }
    let paid = idle && bound == 0 && contributor.earned == contributor.claimed;
    node.gone = paid && !node.plan.works(day) && seen.pledge == 0;
    Ok(())
}

async fn see(common: &Common, node: &Node) -> Result<Seen, EconomyError> {
    let Common { world, contracts, start, .. } = common;
    let address = node.wallet.address();
    let balance = common.balance(&contracts.btk, address).await?;
    let wanted = common.wanted().await?;
    let Some(found) = common.node(address).await? else {
        let emission = bithive_economics::Emission::new(*start);
        let emission = emission
            .map_err(|error| EconomyError::Malformed { what: "the start", reason: error.to_string() })?;
        let required = pledge::required(node.plan.tera, emission.halvings(world.now().await?));
        return Ok(Seen { balance, required, wanted, ..Seen::default() });
    };
    let own = common.delegation(address, address).await?;
    let stake = own.as_ref().map_or(0, |own| own.stake.u128());
    Ok(Seen {
        balance,
        registered: true,
        pledge: found.pledge.u128(),
        required: found.required.u128(),
        free: own.map_or(0, |own| own.shares.saturating_sub(own.locked).u128()),
        delegated: found.stake.u128() > stake,
        wanted,
    })
}

fn message(common: &Common, node: &Node, one: Move) -> Result<Message, EconomyError> {
    let contracts = &common.contracts;
    let address = || node.wallet.address().to_owned();
    let stake = |amount, hook: staking::Hook| send(&contracts.btk, &contracts.staking, amount, &hook);
    match one {
        Move::Register(amount) => {
            let (tera, commission_bps) = (node.plan.tera, node.plan.commission_bps);
            stake(amount, staking::Hook::Register { tera, commission_bps })
        }
        Move::Pledge(amount) => stake(amount, staking::Hook::Pledge {}),
        Move::Reward(amount) => stake(amount, staking::Hook::Reward { node: address() }),
        Move::Sell(amount) => {
            let least = Uint128::zero();
            send(&contracts.btk, &contracts.treasury, amount, &treasury::Hook::Sell { least })
        }
        Move::Unbond => {
            call(&contracts.staking, &staking::ExecuteMsg::Unbond { node: address(), shares: None })
        }
    }
}

/// A delegator looks at what it has.
async fn save(
    common: &Common,
    delegator: &mut DelegatorAccount,
    nodes: &[Node],
    day: u64,
) -> Result<(), EconomyError> {
    let contracts = &common.contracts;
    let own = delegator.wallet.address().to_owned();
    let (mut due, _) = common.withdrawals(&own).await?;
    let mut moves = Vec::new();
    if let Some(node) = delegator.plan.node.and_then(|index| nodes.get(index)) {
        let (address, works) = (node.wallet.address().to_owned(), node.plan.works(day));
        let found = common.delegation(&address, &own).await?;
        let rewards = found.as_ref().is_some_and(|found| !found.rewards.is_zero());
        if rewards && works && delegator.plan.compounds {
            let node = address.clone();
            moves.push(call(&contracts.staking, &staking::ExecuteMsg::Compound { node })?);
        } else {
            due.extend(common.rewards(&address, &own).await?);
        }
        if !works {
            if found.is_some_and(|found| !found.shares.is_zero()) {
                let unbond = staking::ExecuteMsg::Unbond { node: address, shares: None };
                moves.push(call(&contracts.staking, &unbond)?);
            }
            delegator.plan.node = None;
        }
    }
    submit(&common.keeper, "a delegator's claims", &due).await?;
    let working = |(_, node): &(usize, &Node)| node.registered && node.plan.works(day);
    let working: Vec<usize> = nodes.iter().enumerate().filter(working).map(|(index, _)| index).collect();
    let balance = common.balance(&contracts.btk, &own).await?;
    if let Some((index, amount)) = delegator.plan.delegates(balance, &working)
        && let Some(node) = nodes.get(index)
    {
        let hook = staking::Hook::Delegate { node: node.wallet.address().into() };
        moves.push(send(&contracts.btk, &contracts.staking, amount, &hook)?);
    }
    submit(&delegator.wallet, "a delegator's moves", &moves).await?;
    Ok(())
}

/// What was worked, as the meter saw it, and what was done wrong. A node that pledges too little is credited half.
async fn work(economy: &mut Economy, day: u64) -> Result<u64, EconomyError> {
    let Economy { common, meter, slasher, nodes, .. } = economy;
    let contracts = &common.contracts;
    let (mut credits, mut slashes, mut tera) = (Vec::new(), Vec::new(), 0);
    for node in nodes.iter_mut().filter(|node| node.plan.works(day)) {
        tera += u64::from(node.plan.tera);
        let work = node.plan.work();
        let address = node.wallet.address().to_owned();
        let found = if node.registered { common.node(&address).await? } else { None };
        match work {
            Work::Off => {}
            Work::Done(credit) => {
                let part = found.map_or(pledge::BELOW.get(), |found| found.earning_bps);
                let part = Bps::new("earning_bps", part)
                    .map_err(|error| EconomyError::Malformed { what: "a node", reason: error.to_string() })?;
                let units = u64::try_from(part.of(credit.into())).unwrap_or(credit);
                let message = emissions::ExecuteMsg::Credit { contributor: address, units };
                credits.push(call_as(&contracts.meter, &contracts.emissions, &message)?);
            }
            Work::Fault => {
                let amount = found.map_or(0, |found| found.stake.u128()) / SLASHED_PART;
                if amount > 0 {
                    let (amount, reason) = (Uint128::new(amount), "a wrong result".into());
                    let slash = staking::ExecuteMsg::Slash { node: address, amount, reason };
                    slashes.push(call_as(&contracts.slasher, &contracts.staking, &slash)?);
                }
            }
        }
    }
    submit(meter, "crediting work", &credits).await?;
    submit(slasher, "slashing", &slashes).await?;
    Ok(tera)
}
