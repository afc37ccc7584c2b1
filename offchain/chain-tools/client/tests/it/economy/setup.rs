//! A chain with the market and the economy, and accounts on it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bithive_api::{emissions, registry, token, vesting};
use bithive_chain::{Chain as _, Embedded, Message, SigningKey, Wallet};
use bithive_client::{Account, Client, Deployment, EconomyAccount, EconomyClient};
use bithive_contracts::{Code, Contract, Role, Terms};
use bithive_dgkbe::crs::ceremony::local_ceremony;
use bithive_native::agent;
use cosmwasm_std::{Decimal, Empty, Uint128, coin};
use cw20::{Cw20Coin, Cw20ExecuteMsg};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Serialize;
use serde_json::{Value, to_value};

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
        builder = builder.genesis_balance(key.address(), [coin(1_000, "ubee")]);
    }
    builder.build().unwrap()
}

async fn create(owner: &Wallet, app: &Wallet, chain: &Embedded, minter: bool) -> (Deployment, String) {
    let terms = terms(app.address());
    let start = chain.info().await.unwrap().time.seconds() + 15;
    let mut contracts = BTreeMap::new();
    for contract in Role::Economy.contracts() {
        let table = terms.instantiate(contract, owner.address(), &contracts, start).unwrap();
        let message = of_tests(contract, serde_json::from_slice(&table).unwrap(), owner, app);
        contracts.insert(contract, new(owner, contract.code(), &message).await);
    }
    let at = |contract: Contract| contracts[&contract].clone();
    let meter = owner.instantiate(agent::CODE_ID, &Empty {}, "meter", None).await.unwrap().contract;
    let set = emissions::ExecuteMsg::SetMeter { meter: meter.clone(), allowed: true };
    owner.execute(&at(Contract::Emissions), &set, &[]).await.unwrap();
    if minter {
        let minter = Cw20ExecuteMsg::UpdateMinter { new_minter: Some(at(Contract::Emissions)) };
        owner.execute(&at(Contract::Btk), &minter, &[]).await.unwrap();
    }
    let set = registry::ExecuteMsg::SetJobs { jobs: at(Contract::Jobs) };
    owner.execute(&at(Contract::Registry), &set, &[]).await.unwrap();
    let chain_id = chain.info().await.unwrap().chain_id;
    let receivers = (at(Contract::Treasury), app.address());
    (Deployment::new(chain_id, contracts, receivers).unwrap(), meter)
}

fn terms(app: &str) -> Terms {
    let mut rng = ChaCha20Rng::seed_from_u64(8);
    let crs = local_ceremony(4, 2, &mut rng).unwrap().verify(&mut rng).unwrap();
    Terms::new(&crs, 1, (app, app), (vec![], 0)).unwrap().with_role(Role::Economy).unwrap()
}

/// The table's message, with the numbers that these tests count with.
fn of_tests(contract: Contract, table: Value, owner: &Wallet, app: &Wallet) -> Value {
    let mut message = table;
    let mut set = |field: &str, value: Value| {
        let place = message.pointer_mut(field).unwrap_or_else(|| panic!("{contract} has no {field}"));
        *place = value;
    };
    let number = |number: u128| Value::from(number.to_string());
    match contract {
        Contract::Token | Contract::Sky => {
            let (symbol, all) = (contract.label().to_uppercase(), 1_000_000 * UNIT);
            message = to_value(coins(&symbol, all, owner.address(), all, None)).unwrap();
        }
        Contract::Treasury => {
            for limit in ["spend", "buy", "burn", "reserve"] {
                set(&format!("/params/{limit}"), number(0));
            }
        }
        Contract::Registry => {
            set("/params/node_bond", number(10 * UNIT));
            set("/params/requester_bond", number(UNIT));
            set("/params/dispute_deposit", number(UNIT));
        }
        Contract::Jobs => {
            set("/incentive_pool", app.address().into());
            set("/slash_amount", number(UNIT));
        }
        Contract::Emissions => {
            set("/recipients/application", app.address().into());
            set("/recipients/infrastructure", owner.address().into());
        }
        Contract::Timebank => {
            set("/params/price", number(UNIT));
            set("/params/import_per_day", 1_000.into());
        }
        Contract::Meter => set("/params/per_period", 1_000.into()),
        Contract::Models => {
            set("/params/bond", number(UNIT));
            set("/params/notice_seconds", 3_600.into());
            set("/params/ruling_seconds", 86_400.into());
            set("/params/leave_seconds", 86_400.into());
        }
        _ => {}
    }
    message
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
