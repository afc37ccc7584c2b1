//! Random sequences of messages against an independent model of balances, allowances and totals.

use std::collections::BTreeMap;

use bithive_api::token::ExecuteMsg;
use bithive_test_kit::{Suite, faucet};
use cosmwasm_std::Addr;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const ACCOUNTS: usize = 4;
/// The first ones are contracts, the others people.
const CONTRACTS: usize = 2;
/// Small, so that sequences reach it.
const CAP: u128 = 1_000;

#[derive(Clone, Debug)]
enum Op {
    Mint { by: usize, to: usize, amount: u128 },
    Transfer { from: usize, to: usize, amount: u128 },
    Burn { from: usize, amount: u128 },
    Allow { owner: usize, spender: usize, amount: u128 },
    Disallow { owner: usize, spender: usize, amount: u128 },
    TransferFrom { by: usize, owner: usize, to: usize, amount: u128 },
    BurnFrom { by: usize, owner: usize, amount: u128 },
    HandOver { by: usize, to: Option<usize> },
}

#[derive(Default)]
struct Model {
    minter: Option<usize>,
    minted: u128,
    burnt: u128,
    balances: BTreeMap<usize, u128>,
    allowances: BTreeMap<(usize, usize), u128>,
}

impl Model {
    fn balance(&self, account: usize) -> u128 {
        self.balances.get(&account).copied().unwrap_or(0)
    }

    fn take(&mut self, account: usize, amount: u128) -> bool {
        let enough = self.balance(account) >= amount;
        if enough {
            *self.balances.entry(account).or_default() -= amount;
        }
        enough
    }

    fn give(&mut self, account: usize, amount: u128) -> bool {
        *self.balances.entry(account).or_default() += amount;
        true
    }

    fn spend(&mut self, owner: usize, spender: usize, amount: u128) -> bool {
        match self.allowances.get_mut(&(owner, spender)) {
            Some(allowed)
                if *allowed >= amount && self.balances.get(&owner).copied().unwrap_or(0) >= amount =>
            {
                *allowed -= amount;
                true
            }
            _ => false,
        }
    }

    /// Whether the token must accept, and what then holds.
    fn apply(&mut self, op: &Op) -> bool {
        match *op {
            Op::Mint { by, to, amount } => {
                let allowed = self.minter == Some(by) && amount <= CAP - self.minted;
                if allowed {
                    self.minted += amount;
                    self.give(to, amount);
                }
                allowed
            }
            Op::Transfer { from, to, amount } => self.take(from, amount) && self.give(to, amount),
            Op::Burn { from, amount } => self.burn(from, amount),
            Op::Allow { owner, spender, amount } => {
                if owner != spender {
                    *self.allowances.entry((owner, spender)).or_default() += amount;
                }
                owner != spender
            }
            Op::Disallow { owner, spender, amount } => match self.allowances.get_mut(&(owner, spender)) {
                Some(allowed) if amount < *allowed => {
                    *allowed -= amount;
                    true
                }
                Some(_) => self.allowances.remove(&(owner, spender)).is_some(),
                None => false,
            },
            Op::TransferFrom { by, owner, to, amount } => {
                self.spend(owner, by, amount) && self.take(owner, amount) && self.give(to, amount)
            }
            Op::BurnFrom { by, owner, amount } => self.spend(owner, by, amount) && self.burn(owner, amount),
            Op::HandOver { by, to } => {
                let allowed = self.minter == Some(by) && to.is_none_or(|to| to < CONTRACTS);
                if allowed {
                    self.minter = to;
                }
                allowed
            }
        }
    }

    fn burn(&mut self, from: usize, amount: u128) -> bool {
        let taken = self.take(from, amount);
        if taken {
            self.burnt += amount;
        }
        taken
    }
}

fn message(op: &Op, accounts: &[Addr]) -> (usize, ExecuteMsg) {
    let name = |index: usize| accounts[index].to_string();
    match *op {
        Op::Mint { by, to, amount } => (by, ExecuteMsg::Mint { recipient: name(to), amount: amount.into() }),
        Op::Transfer { from, to, amount } => {
            (from, ExecuteMsg::Transfer { recipient: name(to), amount: amount.into() })
        }
        Op::Burn { from, amount } => (from, ExecuteMsg::Burn { amount: amount.into() }),
        Op::Allow { owner, spender, amount } => {
            let (spender, amount) = (name(spender), amount.into());
            (owner, ExecuteMsg::IncreaseAllowance { spender, amount, expires: None })
        }
        Op::Disallow { owner, spender, amount } => {
            let (spender, amount) = (name(spender), amount.into());
            (owner, ExecuteMsg::DecreaseAllowance { spender, amount, expires: None })
        }
        Op::TransferFrom { by, owner, to, amount } => {
            let (owner, recipient, amount) = (name(owner), name(to), amount.into());
            (by, ExecuteMsg::TransferFrom { owner, recipient, amount })
        }
        Op::BurnFrom { by, owner, amount } => {
            (by, ExecuteMsg::BurnFrom { owner: name(owner), amount: amount.into() })
        }
        Op::HandOver { by, to } => (by, ExecuteMsg::UpdateMinter { new_minter: to.map(name) }),
    }
}

fn op() -> impl Strategy<Value = Op> {
    let who = || 0..ACCOUNTS;
    let amount = || prop_oneof![8 => 0..200u128, 1 => Just(u128::MAX), 1 => Just(CAP)];
    prop_oneof![
        6 => (prop_oneof![4 => Just(0), 1 => who()], who(), amount())
            .prop_map(|(by, to, amount)| Op::Mint { by, to, amount }),
        6 => (who(), who(), amount()).prop_map(|(from, to, amount)| Op::Transfer { from, to, amount }),
        2 => (who(), amount()).prop_map(|(from, amount)| Op::Burn { from, amount }),
        // Sums of allowances stay within 128 bits here; a test of its own covers those that don't.
        4 => (who(), who(), 0..400u128)
            .prop_map(|(owner, spender, amount)| Op::Allow { owner, spender, amount }),
        1 => (who(), who(), amount()).prop_map(|(owner, spender, amount)| Op::Disallow { owner, spender, amount }),
        4 => (who(), who(), who(), amount())
            .prop_map(|(by, owner, to, amount)| Op::TransferFrom { by, owner, to, amount }),
        2 => (who(), who(), amount()).prop_map(|(by, owner, amount)| Op::BurnFrom { by, owner, amount }),
        1 => (who(), proptest::option::weighted(0.9, who())).prop_map(|(by, to)| Op::HandOver { by, to }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        rng_seed: RngSeed::Fixed(20),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// 100 sequences of 60 messages.
    #[test]
    fn the_token_and_the_model_agree_on_every_message(ops in prop::collection::vec(op(), 60)) {
        let mut suite = Suite::new();
        let owner = suite.owner.clone();
        let account = |index| match index {
            0..CONTRACTS => faucet::instantiate(&mut suite.app, &owner),
            _ => suite.account(&format!("account {index}")),
        };
        let accounts: Vec<Addr> = (0..ACCOUNTS).map(account).collect();
        let mut message_of_token = bithive_test_kit::token::message("Some token", "SOME", &accounts[0]);
        message_of_token.cap = CAP.into();
        let token = bithive_test_kit::token::instantiate(&mut suite.app, &owner, &message_of_token);
        let mut model = Model { minter: Some(0), ..Model::default() };

        for op in &ops {
            let (sender, message) = message(op, &accounts);
            let result = match sender {
                0..CONTRACTS => suite.relay(&accounts[sender], &token, &message),
                _ => suite.execute(&accounts[sender], &token, &message),
            };
            prop_assert_eq!(result.is_ok(), model.apply(op), "{:?}: {:?}", op, result.err());
            for (index, account) in accounts.iter().enumerate() {
                prop_assert_eq!(suite.balance_of(&token, account), model.balance(index), "{:?}", op);
            }
            let supply = suite.supply(&token);
            prop_assert_eq!((supply.minted.u128(), supply.burnt.u128()), (model.minted, model.burnt));
            suite.conservation_of(&token);
        }
    }
}
