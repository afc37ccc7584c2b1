//! The contracts and the initial balances.

use std::time::Duration;

use bithive_api::{emissions, rewards, staking, token, treasury, vesting};
use bithive_chain::{Embedded, SigningKey, Wallet};
use bithive_contracts::Code;
use bithive_economics::supply::{BTT_CAP, BTT_GENESIS, SKY_SUPPLY, SkyBucket};
use bithive_economics::vesting::{DAY, MONTH};
use bithive_economics::{Bps, Schedule, emission};
use cosmwasm_std::{Decimal, Empty, Uint128, coin};
use cw20::{Cw20Coin, Cw20ExecuteMsg};

use crate::agent::{Delegator, MAX_COMMISSION, Operator, delegators, operators};
use crate::bank::{self, Bank};
use crate::care::{self, Care};
use crate::common::{Common, RESERVE, TREASURY, TREASURY_BUDGET, new};
use crate::error::during;
use crate::random::{Purpose, generator};
use crate::world::{Contracts, World, call, events_of, send, submit};
use crate::{EconomyError, Options, UNIT, people};

/// BTT that are locked for incentives, over [`BTT_LOCK_DAYS`].
const BTT_LOCKED: u128 = 20_000_000 * UNIT;
const BTT_LOCK_DAYS: u32 = 4 * 365;
/// BTT that the treasury starts with: a month's budget and its reserve.
const ENDOWMENT: u128 = TREASURY_BUDGET + RESERVE;
/// Bids of the treasury for one BTK, in base units of BTT.
const BIDS: (u128, u128) = (50_000, 500_000);
/// Part of a slash that is burnt at once, in 1/10,000.
const BURN_BPS: u16 = 5_000;
const UNBONDING_SECONDS: u64 = 21 * DAY;
const FEE_DENOM: &str = "ubee";

/// An operator and its account.
pub(crate) struct Node {
    pub(crate) wallet: Wallet,
    pub(crate) plan: Operator,
    /// Whether its node is registered.
    pub(crate) registered: bool,
    /// Whether it has left with everything.
    pub(crate) gone: bool,
}

/// A delegator and its account.
pub(crate) struct DelegatorAccount {
    pub(crate) wallet: Wallet,
    pub(crate) plan: Delegator,
}

/// An amount that becomes due by a line of the token tables.
pub(crate) struct Position {
    /// Number of the vesting position.
    pub(crate) id: u64,
    /// Name of the line in the token tables.
    pub(crate) name: &'static str,
    /// Address of its token.
    pub(crate) token: String,
    pub(crate) total: u128,
    /// Its schedule in the tables.
    pub(crate) rule: Schedule,
}

/// The whole economy: the chain, the contracts and the accounts.
pub(crate) struct Economy {
    pub(crate) common: Common,
    /// Account that has the meter credit work.
    pub(crate) meter: Wallet,
    /// Account that has the slasher slash stakes.
    pub(crate) slasher: Wallet,
    /// Receives the application bucket.
    pub(crate) application: Wallet,
    pub(crate) nodes: Vec<Node>,
    pub(crate) delegators: Vec<DelegatorAccount>,
    pub(crate) positions: Vec<Position>,
    pub(crate) care: Care,
    pub(crate) bank: Bank,
    /// BTT that the treasury was given.
    pub(crate) given: u128,
}

/// Accounts that are not agents.
struct Founders {
    owner: SigningKey,
    keeper: SigningKey,
    meter: SigningKey,
    slasher: SigningKey,
    application: SigningKey,
    foundation: SigningKey,
    infrastructure: SigningKey,
    holders: SigningKey,
    /// A clinician and an institution.
    parties: [SigningKey; 2],
}

/// Creates the chain, the contracts and the accounts.
pub(crate) async fn genesis(options: &Options) -> Result<Economy, EconomyError> {
    let mut rng = generator(options.seed, Purpose::Keys);
    let mut draw = || SigningKey::generate(&mut rng);
    let founders = Founders {
        owner: draw(),
        keeper: draw(),
        meter: draw(),
        slasher: draw(),
        application: draw(),
        foundation: draw(),
        infrastructure: draw(),
        holders: draw(),
        parties: [draw(), draw()],
    };
    let operators: Vec<_> = operators(options).into_iter().map(|plan| (draw(), plan)).collect();
    let delegators: Vec<_> = delegators(options).into_iter().map(|plan| (draw(), plan)).collect();
    let idlers: Vec<_> = people::idlers(options).into_iter().map(|plan| (draw(), plan)).collect();
    let patients = people::patients(options).into_iter().map(|plan| (draw().address().to_owned(), plan));
    let patients: Vec<_> = patients.collect();
    let agents = operators.iter().map(|(key, _)| key).chain(delegators.iter().map(|(key, _)| key));
    let agents = agents.chain(idlers.iter().map(|(key, _)| key)).chain(&founders.parties);
    let world = World::new(open(&founders, agents)?);
    let owner = world.wallet(founders.owner.clone()).await?;
    // The emission starts at a midnight, a day after the chain: contracts count days and months from there.
    let start = (world.now().await? / DAY).saturating_add(2).saturating_mul(DAY);
    let contracts = create(&owner, &founders, start, patients.len()).await?;
    let keeper = world.wallet(founders.keeper).await?;
    wire(&owner, &keeper, [&contracts.meter, &contracts.slasher], &contracts).await?;
    let positions = lock(&owner, founders.holders.address(), &contracts, start).await?;
    let (mut nodes, mut accounts) = (Vec::new(), Vec::new());
    for (key, plan) in operators {
        nodes.push(Node { wallet: world.wallet(key).await?, plan, registered: false, gone: false });
    }
    for (key, plan) in delegators {
        accounts.push(DelegatorAccount { wallet: world.wallet(key).await?, plan });
    }
    let meter = world.wallet(founders.meter).await?;
    let slasher = world.wallet(founders.slasher).await?;
    let application = world.wallet(founders.application).await?;
    let common = Common { world, contracts, start, keeper };
    let care = Care::open(&common, &owner, founders.parties, patients).await?;
    let bank = Bank::open(&common, &owner, options.seed, idlers).await?;
    let given = ENDOWMENT;
    Ok(Economy {
        common,
        meter,
        slasher,
        application,
        nodes,
        delegators: accounts,
        positions,
        care,
        bank,
        given,
    })
}

fn open<'a>(
    founders: &'a Founders,
    agents: impl Iterator<Item = &'a SigningKey>,
) -> Result<Embedded, EconomyError> {
    let mut builder = Embedded::builder()
        .fee_denom(FEE_DENOM)
        .gas_price(Decimal::zero())
        .block_time(Duration::from_secs(1));
    let Founders { owner, keeper, meter, slasher, application, .. } = founders;
    for code in Code::ALL {
        builder = builder.code(code.name(), move || bithive_native::code(code));
    }
    builder = builder.code(bithive_native::agent::NAME, bithive_native::agent::code);
    // Gas is free, but an account exists from its first coin on.
    for key in [owner, keeper, meter, slasher, application].into_iter().chain(agents) {
        builder = builder.genesis_balance(key.address(), [coin(1, FEE_DENOM)]);
    }
    builder.build().map_err(during("creating the chain"))
}

async fn create(
    owner: &Wallet,
    founders: &Founders,
    start: u64,
    patients: usize,
) -> Result<Contracts, EconomyError> {
    let account = || owner.address().to_owned();
    // Until it is locked.
    let whole = [(owner.address(), SKY_SUPPLY)];
    let sky = new(owner, Code::Token, "sky", &coins(("Sky", "SKY"), SKY_SUPPLY, &whole, None)).await?;
    let granted = [(owner.address(), BTT_LOCKED), (founders.keeper.address(), BTT_GENESIS - BTT_LOCKED)];
    let btt =
        new(owner, Code::Token, "btt", &coins(("BitHive Token", "BTT"), BTT_CAP, &granted, None)).await?;
    // The owner mints nothing: the emissions take its place.
    let none = coins(("BitHive Token K", "BTK"), emission::CAP, &[], Some(account()));
    let btk = new(owner, Code::Token, "btk", &none).await?;
    let vesting = new(owner, Code::Vesting, "vesting", &vesting::InstantiateMsg {}).await?;
    let recipients = emissions::Recipients {
        application: founders.application.address().into(),
        foundation: founders.foundation.address().into(),
        infrastructure: founders.infrastructure.address().into(),
    };
    let emissions = emissions::InstantiateMsg { owner: account(), token: btk.clone(), start, recipients };
    let emissions = new(owner, Code::Emissions, "emissions", &emissions).await?;
    let treasury = treasury::InstantiateMsg {
        owner: account(),
        token: btt.clone(),
        btk: Some(btk.clone()),
        params: TREASURY,
    };
    let treasury = new(owner, Code::Treasury, "treasury", &treasury).await?;
    let staking = staking::InstantiateMsg {
        owner: account(),
        token: btk.clone(),
        treasury: treasury.clone(),
        emission_start: start,
        params: staking::Params {
            unbonding_seconds: UNBONDING_SECONDS,
            burn_bps: BURN_BPS,
            max_commission_bps: MAX_COMMISSION,
        },
    };
    let staking = new(owner, Code::Staking, "staking", &staking).await?;
    let rewards = care::create(owner, (&btt, &treasury), patients).await?;
    let [_, jobs] = bank::market(owner, (&btt, &treasury, &rewards)).await?;
    let timebank = bank::create(owner, (&btt, &jobs, &treasury)).await?;
    let meter = agent(owner, "meter").await?;
    let slasher = agent(owner, "slasher").await?;
    Ok(Contracts {
        btk,
        btt,
        sky,
        vesting,
        emissions,
        staking,
        treasury,
        rewards,
        jobs,
        timebank,
        meter,
        slasher,
    })
}

/// A contract that sends what it is told to.
async fn agent(owner: &Wallet, label: &str) -> Result<String, EconomyError> {
    let made = owner.instantiate(bithive_native::agent::CODE_ID, &Empty {}, label, None).await;
    Ok(made.map_err(during(format!("creating {label}")))?.contract)
}

fn coins(
    (name, symbol): (&str, &str),
    cap: u128,
    balances: &[(&str, u128)],
    minter: Option<String>,
) -> token::InstantiateMsg {
    let balance = |(address, amount): &(&str, u128)| Cw20Coin {
        address: (*address).into(),
        amount: Uint128::new(*amount),
    };
    token::InstantiateMsg {
        name: name.into(),
        symbol: symbol.into(),
        decimals: 6,
        cap: Uint128::new(cap),
        initial_balances: balances.iter().map(balance).collect(),
        minter,
        marketing: None,
    }
}

/// Lets the emissions mint, names meter, slasher and who collects from the market, and funds and opens the treasury's offer
/// for BTK.
async fn wire(
    owner: &Wallet,
    keeper: &Wallet,
    [meter, slasher]: [&str; 2],
    contracts: &Contracts,
) -> Result<(), EconomyError> {
    let minter = Cw20ExecuteMsg::UpdateMinter { new_minter: Some(contracts.emissions.clone()) };
    let meter = emissions::ExecuteMsg::SetMeter { meter: meter.into(), allowed: true };
    let slasher = staking::ExecuteMsg::SetSlasher { slasher: slasher.into(), allowed: true };
    let terms = treasury::OfferTerms {
        low: Uint128::new(BIDS.0),
        high: Uint128::new(BIDS.1),
        rise_seconds: MONTH,
        budget: Uint128::new(TREASURY_BUDGET),
    };
    let offer = treasury::ExecuteMsg::SetOffer { token: contracts.btk.clone(), terms: Some(terms) };
    let (source, allowed) = (|| contracts.jobs.clone(), true);
    let messages = [
        call(&contracts.btk, &minter)?,
        call(&contracts.emissions, &meter)?,
        call(&contracts.staking, &slasher)?,
        call(&contracts.treasury, &offer)?,
        call(&contracts.treasury, &treasury::ExecuteMsg::SetSource { source: source(), allowed })?,
        call(&contracts.rewards, &rewards::ExecuteMsg::SetSource { source: source(), allowed })?,
    ];
    submit(owner, "wiring the contracts", &messages).await?;
    let deposit = send(&contracts.btt, &contracts.treasury, ENDOWMENT, &treasury::Hook::Deposit {})?;
    submit(keeper, "funding the treasury", &[deposit]).await?;
    Ok(())
}

/// A line of the tables: its token, its amount, the message's schedule and the rule that it must follow.
struct Line<'a> {
    name: &'static str,
    token: &'a str,
    total: u128,
    schedule: vesting::Schedule,
    rule: Schedule,
}

/// All SKY, and what is locked of BTT. The messages' schedules are written out here, apart from the rules.
fn lines(contracts: &Contracts, start: u64) -> Result<Vec<Line<'_>>, EconomyError> {
    let schedule = |immediate_bps, cliff_seconds, step_seconds, steps| vesting::Schedule {
        start,
        immediate_bps,
        cliff_seconds,
        step_seconds,
        steps,
    };
    let bad = |error: bithive_economics::ScheduleError| EconomyError::Malformed {
        what: "a schedule of the tables",
        reason: error.to_string(),
    };
    let line = |name, token, total, schedule, rule: Result<Schedule, _>| -> Result<_, EconomyError> {
        Ok(Line { name, token, total, schedule, rule: rule.map_err(bad)? })
    };
    let (sky, btt) = (contracts.sky.as_str(), contracts.btt.as_str());
    let part = |bucket: SkyBucket| {
        let (percent, schedule) = match bucket {
            SkyBucket::Mining => (40, schedule(0, DAY, DAY, 20 * 365)),
            SkyBucket::Team => (10, schedule(0, MONTH, MONTH, 20)),
            SkyBucket::Ecology => (20, schedule(5_000, MONTH, MONTH, 20)),
            SkyBucket::PrivatePlacement => (10, schedule(0, 12 * MONTH, MONTH, 20)),
            SkyBucket::Community => (15, schedule(5_000, MONTH, MONTH, 20)),
            SkyBucket::Research => (5, schedule(5_000, MONTH, MONTH, 20)),
        };
        line(bucket.name(), sky, SKY_SUPPLY / 100 * percent, schedule, bucket.schedule(start))
    };
    let mut lines = SkyBucket::ALL.into_iter().map(part).collect::<Result<Vec<_>, _>>()?;
    lines.push(line(
        "incentives",
        btt,
        BTT_LOCKED,
        schedule(0, DAY, DAY, BTT_LOCK_DAYS),
        Schedule::new(start, Bps::ZERO, DAY, DAY, BTT_LOCK_DAYS),
    )?);
    Ok(lines)
}

async fn lock(
    owner: &Wallet,
    holder: &str,
    contracts: &Contracts,
    start: u64,
) -> Result<Vec<Position>, EconomyError> {
    let mut positions = Vec::new();
    for Line { name, token, total, schedule, rule } in lines(contracts, start)? {
        let hook = vesting::Hook::Lock { owner: holder.into(), schedule, revocable: false };
        let receipts = submit(owner, name, &[send(token, &contracts.vesting, total, &hook)?]).await?;
        let mut locked =
            events_of(&contracts.vesting, &receipts)?.into_iter().filter_map(|event| match event {
                vesting::Event::Locked { id, .. } => Some(id),
                _ => None,
            });
        let id = locked.next();
        let id = id.ok_or(EconomyError::Silent { what: "vesting", missing: "the position's number" })?;
        positions.push(Position { id, name, token: token.into(), total, rule });
    }
    Ok(positions)
}
