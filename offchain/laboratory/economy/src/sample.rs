//! The contracts' answers at one moment, and the row of the report that they make.

use bithive_api::{emissions, jobs, rewards, token, vesting};
use bithive_economics::pledge;
use bithive_economics::vesting::DAY;
use cw20::AllAccountsResponse;

use crate::check::{Snapshot, Token, Vested};
use crate::check_btt::{Bank, Btt, Rewards, Treasury};
use crate::common::{Common, TREASURY};
use crate::genesis::Economy;
use crate::{EconomyError, Entitled, Row, bank};

/// Accounts in one query.
const PAGE: u32 = 30;

/// Queries all contracts and accounts.
pub(crate) async fn snapshot(economy: &Economy, day: u64) -> Result<Snapshot, EconomyError> {
    let Economy { common, nodes, positions, .. } = economy;
    let Common { world, contracts, .. } = common;
    let now = world.now().await?;
    let tokens = [
        read_token(common, "BTK", &contracts.btk).await?,
        read_token(common, "BTT", &contracts.btt).await?,
        read_token(common, "SKY", &contracts.sky).await?,
    ];
    let (mut contributors, mut staked) = (Vec::new(), Vec::new());
    for node in nodes {
        let address = node.wallet.address();
        let question = emissions::QueryMsg::Contributor { address: address.into() };
        contributors.push(world.ask(&contracts.emissions, &question).await?);
        staked.push(if node.registered { common.node(address).await? } else { None });
    }
    let mut vested = Vec::new();
    for position in positions {
        let question = vesting::QueryMsg::Position { id: position.id };
        let found: Option<vesting::PositionResponse> = world.ask(&contracts.vesting, &question).await?;
        // A position that was paid is gone.
        let paid = (position.total, 0);
        let (claimed, due) = found.map_or(paid, |found| (found.claimed.u128(), found.due.u128()));
        vested.push(Vested {
            name: position.name,
            symbol: if position.token == contracts.sky { "SKY" } else { "BTT" },
            total: position.total,
            claimed,
            due,
            rule: position.rule.vested(position.total, now),
        });
    }
    let totals = bithive_api::staking::QueryMsg::Totals {};
    let [_, btt, _] = &tokens;
    let burnt = btt.supply.burnt.u128();
    Ok(Snapshot {
        day,
        now,
        tokens,
        emission: world.ask(&contracts.emissions, &emissions::QueryMsg::Emission {}).await?,
        contributors,
        nodes: staked,
        stakes: world.ask(&contracts.staking, &totals).await?,
        staking: common.balance(&contracts.btk, &contracts.staking).await?,
        vested,
        bought: common.offer().await?.bought.u128(),
        btt: Btt {
            rewards: rewards(economy).await?,
            bank: read_bank(economy, now).await?,
            treasury: treasury(economy, burnt).await?,
        },
    })
}

async fn rewards(economy: &Economy) -> Result<Rewards, EconomyError> {
    let Economy { common, care, .. } = economy;
    let Common { world, contracts, .. } = common;
    let (mut paid, mut held, mut most, mut count) = (0, 0, 0, 0);
    for (address, _) in &care.patients {
        let question = rewards::QueryMsg::Patient { address: address.clone() };
        let found: rewards::PatientResponse = world.ask(&contracts.rewards, &question).await?;
        paid += found.total.u128();
        held += common.balance(&contracts.btt, address).await?;
        most = most.max(found.today.u128());
        count = count.max(found.count);
    }
    let budget = world.ask(&contracts.rewards, &rewards::QueryMsg::Budget {}).await?;
    let balance = common.balance(&contracts.btt, &contracts.rewards).await?;
    let (given, limits) = (care.given, care.limits);
    Ok(Rewards { budget, limits, balance, given, paid, held, most, count })
}

async fn read_bank(economy: &Economy, now: u64) -> Result<Bank, EconomyError> {
    let Economy { common, bank, .. } = economy;
    let Common { world, contracts, .. } = common;
    let (mut credits, mut refunded) = (0, 0);
    for owner in &bank.owners {
        let address = owner.wallet.address();
        credits += bank::credits(common, address).await?;
        refunded += common.balance(&contracts.btt, address).await?;
    }
    Ok(Bank {
        totals: bank::totals(common).await?,
        params: bank::PARAMS,
        balance: common.balance(&contracts.btt, &contracts.timebank).await?,
        given: bank.given,
        spent: bank.spent,
        credits,
        refunded,
        days: (now / DAY).saturating_sub(bank.since),
        jobs: world.ask(&contracts.jobs, &jobs::QueryMsg::Totals {}).await?,
        market: common.balance(&contracts.btt, &contracts.jobs).await?,
    })
}

async fn treasury(economy: &Economy, burnt: u128) -> Result<Treasury, EconomyError> {
    let Economy { common, given, .. } = economy;
    let balance = common.balance(&common.contracts.btt, &common.contracts.treasury).await?;
    Ok(Treasury { totals: common.treasury().await?, params: TREASURY, balance, given: *given, burnt })
}

async fn read_token(common: &Common, symbol: &'static str, address: &str) -> Result<Token, EconomyError> {
    let Common { world, contracts, .. } = common;
    let held = vesting::QueryMsg::Held { token: address.into() };
    let held: vesting::HeldResponse = world.ask(&contracts.vesting, &held).await?;
    Ok(Token {
        symbol,
        supply: world.ask(address, &token::QueryMsg::Supply {}).await?,
        balances: balances(common, address).await?,
        held: held.amount.u128(),
        vesting: common.balance(address, &contracts.vesting).await?,
        treasury: common.balance(address, &contracts.treasury).await?,
    })
}

/// The sum of the balances of all accounts, one by one.
async fn balances(common: &Common, token: &str) -> Result<u128, EconomyError> {
    let (mut sum, mut start_after) = (0, None);
    loop {
        let question = token::QueryMsg::AllAccounts { start_after, limit: Some(PAGE) };
        let AllAccountsResponse { accounts } = common.world.ask(token, &question).await?;
        let Some(last) = accounts.last().cloned() else { return Ok(sum) };
        for account in &accounts {
            sum += common.balance(token, account).await?;
        }
        start_after = Some(last);
    }
}

/// The row of a snapshot. `worked` is what contributors had earned at the row before, and the T that worked since,
/// summed over the days.
pub(crate) fn row(economy: &Economy, snapshot: &Snapshot, worked: (u128, u64)) -> Row {
    let day = snapshot.day;
    let [btk, btt, sky] = &snapshot.tokens;
    let Btt { rewards, bank, treasury } = &snapshot.btt;
    let working = || {
        let both = economy.nodes.iter().zip(&snapshot.nodes);
        both.filter(|(node, _)| node.plan.works(day))
    };
    let whole = working().filter(|(_, node)| node.as_ref().is_some_and(|node| node.earning_bps == 10_000));
    let emissions::EmissionResponse { halvings, emitted, minted, claimed, released, .. } = &snapshot.emission;
    let (before, tera_days) = worked;
    let supply = |token: &Token| token.supply.supply.u128();
    Row {
        day,
        halvings: *halvings,
        nodes: working().count() as u64,
        tera: working().map(|(node, _)| u64::from(node.plan.tera)).sum(),
        paid_whole: whole.count() as u64,
        pledge_per_tera: pledge::required(1, *halvings),
        daily_per_tera: snapshot.earned().saturating_sub(before).checked_div(tera_days.into()).unwrap_or(0),
        emitted: emitted.u128(),
        contributors: claimed.u128(),
        application: released.application.u128(),
        foundation: released.foundation.u128(),
        infrastructure: released.infrastructure.u128(),
        locked: emitted.saturating_sub(*minted).u128(),
        minted: minted.u128(),
        burnt: btk.supply.burnt.u128(),
        slashed: snapshot.slashed(),
        bought: snapshot.bought,
        staked: snapshot.stakes.staked.u128(),
        unbonding: snapshot.stakes.unbonding.u128(),
        rewards: snapshot.stakes.rewards.u128(),
        circulating: supply(btk).saturating_sub(snapshot.staking).saturating_sub(btk.treasury),
        sky_circulating: supply(sky).saturating_sub(sky.held),
        btt_circulating: [btt.held, btt.treasury, rewards.balance, bank.balance, bank.market]
            .into_iter()
            .fold(supply(btt), u128::saturating_sub),
        patients: rewards.paid,
        treasury_paid: treasury.totals.paid.u128(),
        btt_burnt: btt.supply.burnt.u128(),
        credits: bank.totals.credits,
        credits_backing: bank.totals.funded.u128(),
        credits_spent: bank.spent,
    }
}

/// What everybody was entitled to at a snapshot, paid or not.
pub(crate) fn entitled(economy: &Economy, snapshot: &Snapshot) -> Vec<Entitled> {
    let (released, due) = (&snapshot.emission.released, &snapshot.emission.due);
    let buckets = [
        ("application", released.application, due.application),
        ("foundation", released.foundation, due.foundation),
        ("infrastructure", released.infrastructure, due.infrastructure),
    ];
    let of = |holder: &str, amount: u128| Entitled { holder: holder.into(), amount };
    let contributors =
        economy.nodes.iter().zip(&snapshot.contributors).map(|(node, said)| {
            of(node.wallet.address(), said.claimed.u128().saturating_add(said.due.u128()))
        });
    let buckets = buckets.iter().map(|(name, paid, due)| of(name, paid.u128().saturating_add(due.u128())));
    let lines = snapshot.vested.iter().map(|line| of(line.name, line.claimed.saturating_add(line.due)));
    contributors.chain(buckets).chain(lines).collect()
}
