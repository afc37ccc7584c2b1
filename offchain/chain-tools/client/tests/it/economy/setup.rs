//! A chain with the market and the economy, and accounts on it.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use bithive_api::{
    emissions, grants, jobs, meter, models, registry, rewards, staking, timebank, token, treasury, vesting,
};
use bithive_chain::{Chain as _, Embedded, Message, SigningKey, Wallet};
use bithive_client::{Account, Client, Deployment, EconomyAccount, EconomyClient};
use bithive_contracts::{Code, Contract};
use bithive_dgkbe::crs::ceremony::local_ceremony;
use bithive_dgkbe::opening::{crs_header_range, extract};
use bithive_native::agent;
use cosmwasm_std::{Decimal, Empty, Uint128, coin};
use cw20::{Cw20Coin, Cw20ExecuteMsg};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Serialize;

pub const UNIT: u128 = 1_000_000;
pub const DAY: u64 = 86_400;
pub const UNBONDING_SECONDS: u64 = 14 * DAY;
pub const STAKE_UNBONDING_SECONDS: u64 = 21 * DAY;

/// Names of the accounts: the owner of everything, the recipient of the emission's buckets, and others.
pub const OWNER: usize = 0;
pub const APP: usize = 1;
pub const ALICE: usize = 2;
pub const BOB: usize = 3;

pub struct World {
    pub chain: Embedded,
    pub client: EconomyClient,
    accounts: Vec<EconomyAccount>,
    wallets: Vec<Wallet>,
    meter: String,
}

impl World {
    /// A chain with all contracts of the economy, wired to each other.
    pub async fn new() -> Self {
        Self::build(true).await
    }

    /// The emissions are not the minter of BTK, so that the token refuses what they pay.
    pub async fn without_minter() -> Self {
        Self::build(false).await
    }

    async fn build(minter: bool) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let keys: Vec<_> = (0..4).map(|_| SigningKey::generate(&mut rng)).collect();
        let chain = open(&keys);
        let handle: Arc<dyn bithive_chain::Chain> = Arc::new(chain.clone());
        let mut wallets = Vec::new();
        for key in keys.iter().cycle().take(8) {
            wallets.push(Wallet::connect(handle.clone(), key.clone()).await.unwrap());
        }
        let ours = wallets.split_off(4);
        let (deployment, meter) = create(&wallets[OWNER], &wallets[APP], &chain, minter).await;
        let market = Client::new(handle, deployment);
        let client = EconomyClient::new(market.clone()).unwrap();
        let account = |wallet| EconomyAccount::new(client.clone(), Account::new(market.clone(), wallet));
        let accounts = wallets.into_iter().map(account).collect();
        Self { chain, client, accounts, wallets: ours, meter }
    }

    pub fn account(&self, index: usize) -> &EconomyAccount {
        &self.accounts[index]
    }

    pub fn address(&self, index: usize) -> &str {
        self.accounts[index].address()
    }

    /// The market's side of an account.
    pub async fn market(&self, index: usize) -> Account {
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let key = (0..=index).map(|_| SigningKey::generate(&mut rng)).last().unwrap();
        let wallet = Wallet::connect(Arc::new(self.chain.clone()), key).await.unwrap();
        Account::new(self.client.client().clone(), wallet)
    }

    pub fn wallet(&self, index: usize) -> &Wallet {
        &self.wallets[index]
    }

    pub async fn now(&self) -> u64 {
        self.chain.info().await.unwrap().time.seconds()
    }

    pub async fn height(&self) -> u64 {
        self.chain.info().await.unwrap().height
    }

    pub async fn advance(&self, seconds: u64) {
        self.chain.advance_time(seconds).await.unwrap();
    }

    /// Has the meter send a message to the emissions.
    pub async fn credit(&self, message: &emissions::ExecuteMsg) {
        let emissions = self.client.at(Contract::Emissions).to_owned();
        let relay = agent::Relay { contract: emissions, msg: cosmwasm_std::to_json_binary(message).unwrap() };
        self.wallet(OWNER).execute(&self.meter, &relay, &[]).await.unwrap();
    }

    /// A cw20 that is none of the economy's, all of it the owner's.
    pub async fn made_up_token(&self) -> String {
        let message = coins("MADE", UNIT, self.address(OWNER), UNIT, None);
        self.wallet(OWNER).instantiate(Code::Token.id(), &message, "made", None).await.unwrap().contract
    }

    /// The message with which the owner locks tokens.
    pub fn lock(&self, token: &str, amount: u128, owner: &str, schedule: vesting::Schedule) -> Message {
        let hook = vesting::Hook::Lock { owner: owner.into(), schedule, revocable: false };
        let msg = cosmwasm_std::to_json_binary(&hook).unwrap();
        let contract = self.client.at(Contract::Vesting).into();
        let send = Cw20ExecuteMsg::Send { contract, amount: amount.into(), msg };
        Message::execute(token, &send, &[]).unwrap()
    }
}

fn open(keys: &[SigningKey]) -> Embedded {
    let mut builder =
        Embedded::builder().fee_denom("ubee").gas_price(Decimal::zero()).block_time(Duration::from_secs(1));
    for code in Code::ALL {
        builder = builder.code(code.name(), move || bithive_native::code(code));
    }
    builder = builder.code(agent::NAME, agent::code);
    for key in keys {
        builder = builder.genesis_balance(key.address(), [coin(1, "ubee")]);
    }
    builder.build().unwrap()
}

async fn create(owner: &Wallet, app: &Wallet, chain: &Embedded, minter: bool) -> (Deployment, String) {
    let account = || owner.address().to_owned();
    let btt =
        new(owner, Code::Token, &coins("BTT", 1_000_000 * UNIT, owner.address(), 1_000_000 * UNIT, None))
            .await;
    let cap = bithive_economics::emission::CAP;
    let btk = new(owner, Code::Token, &coins("BTK", cap, owner.address(), 0, Some(account()))).await;
    let sky =
        new(owner, Code::Token, &coins("SKY", 1_000_000 * UNIT, owner.address(), 1_000_000 * UNIT, None))
            .await;
    let zero = Uint128::zero();
    let params =
        treasury::Params { period_seconds: 30 * DAY, spend: zero, buy: zero, burn: zero, reserve: zero };
    let treasury =
        treasury::InstantiateMsg { owner: account(), token: btt.clone(), btk: Some(btk.clone()), params };
    let treasury = new(owner, Code::Treasury, &treasury).await;
    let registry = new(owner, Code::Registry, &registry(&btt, &treasury, owner.address())).await;
    let jobs = new(
        owner,
        Code::Jobs,
        &jobs::InstantiateMsg {
            token: btt.clone(),
            registry: registry.clone(),
            treasury: treasury.clone(),
            incentive_pool: app.address().into(),
            split: jobs::Split {
                worker: 8_500,
                model_owner: 500,
                data_owner: 300,
                treasury: 500,
                incentive_pool: 200,
            },
            slash_amount: Uint128::new(UNIT),
        },
    )
    .await;
    let vesting = new(owner, Code::Vesting, &vesting::InstantiateMsg {}).await;
    let start = chain.info().await.unwrap().time.seconds() + 10;
    let emissions = new(
        owner,
        Code::Emissions,
        &emissions::InstantiateMsg {
            owner: account(),
            token: btk.clone(),
            start,
            recipients: emissions::Recipients {
                application: app.address().into(),
                foundation: app.address().into(),
                infrastructure: owner.address().into(),
            },
        },
    )
    .await;
    let staking = new(
        owner,
        Code::Staking,
        &staking::InstantiateMsg {
            owner: account(),
            token: btk.clone(),
            treasury: treasury.clone(),
            emission_start: start,
            params: staking::Params {
                unbonding_seconds: STAKE_UNBONDING_SECONDS,
                burn_bps: 5_000,
                max_commission_bps: 2_000,
            },
        },
    )
    .await;
    let limits = rewards::Limits {
        patient_count: 5,
        patient_amount: Uint128::new(3_000 * UNIT),
        total_amount: Uint128::new(100_000 * UNIT),
    };
    let rewards = rewards::InstantiateMsg {
        owner: account(),
        token: btt.clone(),
        treasury: treasury.clone(),
        approvals: 2,
        limits,
    };
    let rewards = new(owner, Code::Rewards, &rewards).await;
    let timebank = new(
        owner,
        Code::Timebank,
        &timebank::InstantiateMsg {
            owner: account(),
            token: btt.clone(),
            jobs: jobs.clone(),
            treasury: treasury.clone(),
            params: timebank::Params {
                price: Uint128::new(UNIT),
                interest_ppm: 100,
                boinc_rate: 100,
                import_per_day: 1_000,
            },
        },
    )
    .await;
    let idle = new(
        owner,
        Code::Meter,
        &meter::InstantiateMsg {
            owner: account(),
            timebank: timebank.clone(),
            params: meter::Params { period_seconds: DAY, credits_per_hour: 10, per_period: 1_000 },
        },
    )
    .await;
    let models = new(
        owner,
        Code::Models,
        &models::InstantiateMsg {
            owner: account(),
            token: btt.clone(),
            treasury: treasury.clone(),
            params: models::Params {
                bond: Uint128::new(UNIT),
                notice_seconds: 3_600,
                ruling_seconds: 86_400,
                leave_seconds: 86_400,
            },
        },
    )
    .await;
    let message = grants::InstantiateMsg { registry: registry.clone() };
    let grants = new(owner, Code::Grants, &message).await;
    let meter = owner.instantiate(agent::CODE_ID, &Empty {}, "meter", None).await.unwrap().contract;
    let set = emissions::ExecuteMsg::SetMeter { meter: meter.clone(), allowed: true };
    owner.execute(&emissions, &set, &[]).await.unwrap();
    if minter {
        let minter = Cw20ExecuteMsg::UpdateMinter { new_minter: Some(emissions.clone()) };
        owner.execute(&btk, &minter, &[]).await.unwrap();
    }
    let set = registry::ExecuteMsg::SetJobs { jobs: jobs.clone() };
    owner.execute(&registry, &set, &[]).await.unwrap();
    let chain_id = chain.info().await.unwrap().chain_id;
    let contracts = [
        (Contract::Token, btt),
        (Contract::Btk, btk),
        (Contract::Sky, sky),
        (Contract::Treasury, treasury.clone()),
        (Contract::Registry, registry),
        (Contract::Jobs, jobs),
        (Contract::Vesting, vesting),
        (Contract::Emissions, emissions),
        (Contract::Staking, staking),
        (Contract::Rewards, rewards),
        (Contract::Timebank, timebank),
        (Contract::Meter, idle),
        (Contract::Models, models),
        (Contract::Grants, grants),
    ];
    (Deployment::new(chain_id, contracts.into(), (treasury, app.address())).unwrap(), meter)
}

fn registry(btt: &str, treasury: &str, owner: &str) -> registry::InstantiateMsg {
    let mut rng = ChaCha20Rng::seed_from_u64(8);
    let crs = local_ceremony(4, 2, &mut rng).unwrap().verify(&mut rng).unwrap();
    let (_, opening) = extract(Cursor::new(crs.encode()), crs_header_range()).unwrap();
    registry::InstantiateMsg {
        owner: owner.into(),
        token: btt.into(),
        treasury: treasury.into(),
        params: registry::Params {
            slots: crs.slots(),
            groups: 1,
            node_bond: Uint128::new(10 * UNIT),
            requester_bond: Uint128::new(UNIT),
            unbonding_seconds: UNBONDING_SECONDS,
            epoch_seconds: DAY,
            burn_bps: 5_000,
            dispute_deposit: Uint128::new(UNIT),
            bounty_bps: 2_000,
        },
        crs_digest: crs.digest().into(),
        crs_opening: opening.into(),
    }
}

fn coins(
    symbol: &str,
    cap: u128,
    holder: &str,
    minted: u128,
    minter: Option<String>,
) -> token::InstantiateMsg {
    let balance = Cw20Coin { address: holder.into(), amount: Uint128::new(minted) };
    token::InstantiateMsg {
        name: format!("Token {symbol}"),
        symbol: symbol.into(),
        decimals: 6,
        cap: Uint128::new(cap),
        initial_balances: if minted == 0 { vec![] } else { vec![balance] },
        minter,
        marketing: None,
    }
}

async fn new(owner: &Wallet, code: Code, message: &impl Serialize) -> String {
    owner.instantiate(code.id(), message, "test", None).await.unwrap().contract
}
