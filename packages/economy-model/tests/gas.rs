//! What a message costs does not depend on how many take part: storage gas, as the Cosmos SDK charges it, at 10 and at
//! 10,000 participants.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::cell::Cell;
use std::rc::Rc;

use bithive_api::{emissions, staking, vesting};
use bithive_test_kit::emissions::DAY;
use bithive_test_kit::{START, UNIT};
use cosmwasm_std::testing::MockStorage;
use cosmwasm_std::{Addr, BlockInfo, Order, Record, Storage, Timestamp, to_json_binary};
use cw_multi_test::{App, AppBuilder, BankKeeper, ContractWrapper, Executor, MockApiBech32, no_init};
use cw20::{Cw20Coin, Cw20ExecuteMsg};
use serde::Serialize;

/// Storage that adds up what each access costs: `KVGasConfig` of the Cosmos SDK.
struct Metered {
    inner: MockStorage,
    gas: Rc<Cell<u64>>,
}

impl Metered {
    fn charge(&self, flat: u64, per_byte: u64, bytes: usize) {
        self.gas.set(self.gas.get() + flat + per_byte * bytes as u64);
    }
}

impl Storage for Metered {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        let value = self.inner.get(key);
        self.charge(1_000, 3, key.len() + value.as_ref().map_or(0, Vec::len));
        value
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        let charge = |(key, value): &Record| self.charge(30, 3, key.len() + value.len());
        Box::new(self.inner.range(start, end, order).inspect(charge))
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.charge(2_000, 30, key.len() + value.len());
        self.inner.set(key, value);
    }

    fn remove(&mut self, key: &[u8]) {
        self.charge(1_000, 0, 0);
        self.inner.remove(key);
    }
}

type MeteredApp = App<BankKeeper, MockApiBech32, Metered>;

struct World {
    app: MeteredApp,
    gas: Rc<Cell<u64>>,
    owner: Addr,
    btk: Addr,
    emissions: Addr,
    staking: Addr,
    vesting: Addr,
    participants: Vec<Addr>,
}

macro_rules! code {
    ($app:expr, $contract:ident) => {{
        use $contract::contract::{execute, instantiate, query};
        $app.store_code(Box::new(ContractWrapper::new(execute, instantiate, query)))
    }};
}

impl World {
    fn new(count: usize) -> Self {
        let gas = Rc::new(Cell::new(0));
        let api = MockApiBech32::new("bithive");
        let time = Timestamp::from_seconds(START);
        let block = BlockInfo { height: 1, time, chain_id: "gas-1".into() };
        let storage = Metered { inner: MockStorage::new(), gas: Rc::clone(&gas) };
        let mut app = AppBuilder::new().with_api(api).with_block(block).with_storage(storage).build(no_init);
        let owner = app.api().addr_make("owner");
        // Padded, so that names are as long with few as with many.
        let participants: Vec<Addr> =
            (0..count).map(|index| app.api().addr_make(&format!("participant {index:05}"))).collect();
        let mut message = bithive_test_kit::token::message("Compute", "BTK", &owner);
        message.cap = bithive_test_kit::emissions::CAP.into();
        let coin = |address: &Addr| Cw20Coin { address: address.into(), amount: (1_000 * UNIT).into() };
        message.initial_balances = participants.iter().map(coin).collect();
        let code = code!(app, bithive_token);
        let btk = create(&mut app, &owner, code, &message);
        let account = |name: &str| app.api().addr_make(name).to_string();
        let message = emissions::InstantiateMsg {
            owner: owner.to_string(),
            token: btk.to_string(),
            start: START,
            recipients: emissions::Recipients {
                application: account("application"),
                foundation: account("foundation"),
                infrastructure: account("infrastructure"),
            },
        };
        let code = code!(app, bithive_emissions);
        let emissions = create(&mut app, &owner, code, &message);
        let message = staking::InstantiateMsg {
            owner: owner.to_string(),
            token: btk.to_string(),
            treasury: app.api().addr_make("treasury").to_string(),
            emission_start: START,
            params: bithive_test_kit::staking::params(),
        };
        let code = code!(app, bithive_staking);
        let staking = create(&mut app, &owner, code, &message);
        let code = code!(app, bithive_vesting);
        let vesting = create(&mut app, &owner, code, &vesting::InstantiateMsg {});
        let mut world = Self { app, gas, owner, btk, emissions, staking, vesting, participants };
        world.populate();
        world
    }

    /// Everybody works, delegates to the first and has something locked.
    fn populate(&mut self) {
        let owner = self.owner.clone();
        let minter = Cw20ExecuteMsg::UpdateMinter { new_minter: Some(self.emissions.to_string()) };
        self.run(&owner, &self.btk.clone(), &minter);
        let meter = emissions::ExecuteMsg::SetMeter { meter: owner.to_string(), allowed: true };
        self.run(&owner, &self.emissions.clone(), &meter);
        let slasher = staking::ExecuteMsg::SetSlasher { slasher: owner.to_string(), allowed: true };
        self.run(&owner, &self.staking.clone(), &slasher);
        let everybody = self.participants.clone();
        let first = everybody[0].to_string();
        self.send(&everybody[0], &staking::Hook::Register { tera: 4, commission_bps: 1_000 }, 500 * UNIT);
        for account in &everybody {
            if account.as_str() != first {
                self.send(account, &staking::Hook::Delegate { node: first.clone() }, 100 * UNIT);
            }
            self.credit(account);
        }
        self.send(&everybody[1], &staking::Hook::Reward { node: first }, 100 * UNIT);
        self.wait(DAY);
    }

    fn wait(&mut self, seconds: u64) {
        self.app.update_block(|block| {
            block.height += 1;
            block.time = block.time.plus_seconds(seconds);
        });
    }

    /// Gas of a message.
    fn run<M: Serialize + std::fmt::Debug>(&mut self, sender: &Addr, contract: &Addr, message: &M) -> u64 {
        let before = self.gas.get();
        self.app.execute_contract(sender.clone(), contract.clone(), message, &[]).unwrap();
        self.gas.get() - before
    }

    fn send(&mut self, sender: &Addr, hook: &staking::Hook, amount: u128) -> u64 {
        let msg = to_json_binary(hook).unwrap();
        let send = Cw20ExecuteMsg::Send { contract: self.staking.to_string(), amount: amount.into(), msg };
        let btk = self.btk.clone();
        self.run(sender, &btk, &send)
    }

    fn credit(&mut self, account: &Addr) -> u64 {
        let credit = emissions::ExecuteMsg::Credit { contributor: account.to_string(), units: 7 };
        let (owner, emissions) = (self.owner.clone(), self.emissions.clone());
        self.run(&owner, &emissions, &credit)
    }

    /// What each message costs now.
    fn costs(&mut self) -> Vec<(&'static str, u64)> {
        let (owner, staking, emissions, btk) =
            (self.owner.clone(), self.staking.clone(), self.emissions.clone(), self.btk.clone());
        let (node, one, other) =
            (self.participants[0].to_string(), self.participants[3].clone(), self.participants[5].clone());
        let lock = vesting::Hook::Lock {
            owner: one.to_string(),
            schedule: vesting::Schedule {
                start: START,
                immediate_bps: 0,
                cliff_seconds: DAY,
                step_seconds: DAY,
                steps: 9,
            },
            revocable: false,
        };
        let msg = to_json_binary(&lock).unwrap();
        let vesting = self.vesting.clone();
        let locking = Cw20ExecuteMsg::Send { contract: vesting.to_string(), amount: 900u128.into(), msg };
        let transfer = Cw20ExecuteMsg::Transfer { recipient: other.to_string(), amount: 5u128.into() };
        let claim = staking::ExecuteMsg::ClaimRewards { node: node.clone(), delegator: one.to_string() };
        let (amount, reason) = (UNIT.into(), "a fault".to_owned());
        let slash = staking::ExecuteMsg::Slash { node: node.clone(), amount, reason };
        let unbond = staking::ExecuteMsg::Unbond { node: node.clone(), shares: Some(UNIT.into()) };
        let bucket = emissions::Bucket::Application;
        vec![
            ("transfer", self.run(&one, &btk, &transfer)),
            ("stake", self.send(&one, &staking::Hook::Delegate { node: node.clone() }, UNIT)),
            ("reward", self.send(&other, &staking::Hook::Reward { node }, UNIT)),
            ("claim rewards", self.run(&owner, &staking, &claim)),
            ("slash", self.run(&owner, &staking, &slash)),
            ("unbond", self.run(&one, &staking, &unbond)),
            ("credit work", self.credit(&one)),
            (
                "claim work",
                self.run(&owner, &emissions, &emissions::ExecuteMsg::Claim { contributor: one.to_string() }),
            ),
            ("release", self.run(&owner, &emissions, &emissions::ExecuteMsg::Release { bucket })),
            ("lock", self.run(&one, &btk, &locking)),
            ("claim locked", self.run(&owner, &vesting, &vesting::ExecuteMsg::Claim { id: 1 })),
        ]
    }
}

fn create<M: Serialize>(app: &mut MeteredApp, owner: &Addr, code: u64, message: &M) -> Addr {
    app.instantiate_contract(code, owner.clone(), message, &[], "contract", None).unwrap()
}

#[test]
fn no_message_costs_more_where_ten_thousand_take_part() {
    let (few, many) = (World::new(10).costs(), World::new(10_000).costs());
    for ((name, few), (_, many)) in few.into_iter().zip(many) {
        println!("{name:>14}: {few:>7} with 10, {many:>7} with 10,000");
        let difference = few.abs_diff(many);
        assert!(difference * 20 <= few, "{name}: {few} with 10, {many} with 10,000");
    }
}
