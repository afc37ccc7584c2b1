//! Amounts that a contract holds for others.
//!
//! Of each asset a part is in escrow, for what is not decided yet, and a part is claimable by the accounts that it was
//! credited to. A deposit adds to the escrow, a release moves from there into credits, a withdrawal takes a credit out.
//! So the escrow is the sum of what is not decided yet, `claimable` is the sum of all credits, and both together are at
//! most the contract's balance. Everything is written before a message leaves, so a token that calls back finds the
//! credit gone.

use bithive_api::asset::Asset;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, BankMsg, Coin, CosmosMsg, StdResult, Storage, Uint128};
use cw_storage_plus::Map;

use crate::token;

/// An account asks for what it is owed, which is nothing.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{account} is owed nothing of {asset}")]
#[must_use = "an error that is not returned refuses nothing"]
pub struct NothingOwed {
    /// Address of the account.
    pub account: String,
    /// Denomination or token, as text.
    pub asset: String,
}

impl NothingOwed {
    /// Refuses `account` what is asked for of `asset`.
    pub fn new(account: &Addr, asset: impl ToString) -> Self {
        Self { account: account.into(), asset: asset.to_string() }
    }
}

/// What is held of one asset, in base units.
#[cw_serde]
#[derive(Copy, Default)]
pub struct Held {
    /// For what is not decided yet.
    pub escrowed: Uint128,
    /// Sum of all credits.
    pub claimable: Uint128,
}

impl Held {
    /// With `amount` more in escrow.
    ///
    /// # Errors
    /// Escrow and credits together would leave 128 bits, which no honest token's supply does. It is refused here, so that no release
    /// of what was taken in can fail later.
    pub fn deposit(self, amount: Uint128) -> StdResult<Self> {
        let escrowed = self.escrowed.checked_add(amount)?;
        escrowed.checked_add(self.claimable)?;
        Ok(Self { escrowed, ..self })
    }

    /// With `amount` of the escrow credited.
    ///
    /// # Errors
    /// The escrow is less.
    pub fn release(self, amount: Uint128) -> StdResult<Self> {
        let escrowed = self.escrowed.checked_sub(amount)?;
        Ok(Self { escrowed, claimable: self.claimable.checked_add(amount)? })
    }

    /// With `amount` of the credits gone.
    ///
    /// # Errors
    /// The credits are less.
    pub fn withdraw(self, amount: Uint128) -> StdResult<Self> {
        Ok(Self { claimable: self.claimable.checked_sub(amount)?, ..self })
    }
}

/// The ledger of one asset: where it is stored, and the movements that change it.
pub trait Ledger {
    /// What is held.
    ///
    /// # Errors
    /// Storage.
    fn held(&self, storage: &dyn Storage) -> StdResult<Held>;

    /// Reads what is held, and writes what `change` makes of it.
    ///
    /// # Errors
    /// Those of `change`; storage.
    fn change(
        &self,
        storage: &mut dyn Storage,
        change: impl FnOnce(Held) -> StdResult<Held>,
    ) -> StdResult<()>;

    /// What `account` may withdraw; none if nothing was credited since its last withdrawal.
    ///
    /// # Errors
    /// Storage.
    fn claimable(&self, storage: &dyn Storage, account: &Addr) -> StdResult<Option<Uint128>>;

    /// Writes what `account` may withdraw, or that there is nothing.
    ///
    /// # Errors
    /// Storage.
    fn put_claimable(
        &self,
        storage: &mut dyn Storage,
        account: &Addr,
        amount: Option<Uint128>,
    ) -> StdResult<()>;

    /// Takes `amount` into escrow.
    ///
    /// # Errors
    /// As [`Held::deposit`].
    fn deposit(&self, storage: &mut dyn Storage, amount: Uint128) -> StdResult<()> {
        self.change(storage, |held| held.deposit(amount))
    }

    /// Turns escrow into the credits of `release`, each of which is written once.
    ///
    /// # Errors
    /// As [`Held::release`]; nothing may be kept of the transaction then.
    fn release(&self, storage: &mut dyn Storage, release: Release) -> StdResult<()> {
        self.change(storage, |held| held.release(release.total))?;
        for (account, amount) in &release.credits {
            let before = self.claimable(storage, account)?.unwrap_or_default();
            self.put_claimable(storage, account, Some(before.checked_add(*amount)?))?;
        }
        Ok(())
    }

    /// Takes out all that `account` may withdraw; none if there is nothing. The caller sends it.
    ///
    /// # Errors
    /// As [`Held::withdraw`], which the rule that `claimable` is the sum of all credits excludes.
    fn withdraw(&self, storage: &mut dyn Storage, account: &Addr) -> StdResult<Option<Uint128>> {
        let Some(amount) = self.claimable(storage, account)? else { return Ok(None) };
        self.put_claimable(storage, account, None)?;
        self.change(storage, |held| held.withdraw(amount))?;
        Ok(Some(amount))
    }
}

/// Credits that are released together, summed by account.
#[derive(Default)]
pub struct Release {
    /// Each account once. They are few in a message; a search among them is less code on a chain than a tree.
    credits: Vec<(Addr, Uint128)>,
    total: Uint128,
}

impl Release {
    /// Adds a credit; an amount of 0 is ignored.
    ///
    /// # Errors
    /// Overflow.
    pub fn add(&mut self, account: &Addr, amount: Uint128) -> StdResult<()> {
        if amount.is_zero() {
            return Ok(());
        }
        self.total = self.total.checked_add(amount)?;
        match self.credits.iter_mut().find(|(other, _)| other == account) {
            Some((_, credit)) => *credit = credit.checked_add(amount)?,
            None => self.credits.push((account.clone(), amount)),
        }
        Ok(())
    }
}

/// Credits by asset and account.
pub const CLAIMABLE: Map<(&str, &Addr), Uint128> = Map::new("claimable");
/// What is held, by asset.
pub const HELD: Map<&str, Held> = Map::new("held");

/// Ledger of one of many assets, stored by the asset's name under `claimable` and `held`.
pub struct AssetLedger<'a> {
    asset: &'a Asset<Addr>,
    name: String,
}

impl<'a> AssetLedger<'a> {
    /// The ledger of `asset`.
    #[must_use]
    pub fn new(asset: &'a Asset<Addr>) -> Self {
        Self { asset, name: asset.to_string() }
    }

    /// As [`Ledger::withdraw`], with the message that pays.
    ///
    /// # Errors
    /// As [`Ledger::withdraw`]; encoding.
    pub fn pay(&self, storage: &mut dyn Storage, account: &Addr) -> StdResult<Option<(Uint128, CosmosMsg)>> {
        let Some(amount) = self.withdraw(storage, account)? else { return Ok(None) };
        Ok(Some((amount, payment(self.asset, account, amount)?)))
    }

    /// The message that sends `amount` to `recipient`, for change: what came with a message and was never taken into the ledger.
    ///
    /// # Errors
    /// Encoding.
    pub fn send(&self, recipient: &Addr, amount: Uint128) -> StdResult<CosmosMsg> {
        payment(self.asset, recipient, amount)
    }
}

impl Ledger for AssetLedger<'_> {
    fn held(&self, storage: &dyn Storage) -> StdResult<Held> {
        Ok(HELD.may_load(storage, &self.name)?.unwrap_or_default())
    }

    fn change(
        &self,
        storage: &mut dyn Storage,
        change: impl FnOnce(Held) -> StdResult<Held>,
    ) -> StdResult<()> {
        let held = change(self.held(storage)?)?;
        HELD.save(storage, &self.name, &held)
    }

    fn claimable(&self, storage: &dyn Storage, account: &Addr) -> StdResult<Option<Uint128>> {
        CLAIMABLE.may_load(storage, (&self.name, account))
    }

    fn put_claimable(
        &self,
        storage: &mut dyn Storage,
        account: &Addr,
        amount: Option<Uint128>,
    ) -> StdResult<()> {
        let key = (self.name.as_str(), account);
        match amount {
            Some(amount) => CLAIMABLE.save(storage, key, &amount),
            None => {
                CLAIMABLE.remove(storage, key);
                Ok(())
            }
        }
    }
}

fn payment(asset: &Asset<Addr>, recipient: &Addr, amount: Uint128) -> StdResult<CosmosMsg> {
    Ok(match asset {
        Asset::Native(denom) => {
            let amount = vec![Coin { denom: denom.clone(), amount }];
            BankMsg::Send { to_address: recipient.into(), amount }.into()
        }
        Asset::Cw20(token) => token::transfer(token, recipient, amount)?.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::MockStorage;
    use proptest::prelude::*;

    const ACCOUNTS: [&str; 3] = ["alice", "bob", "carol"];

    fn assets() -> [Asset<Addr>; 3] {
        // A denomination and a token of one name are different assets.
        [
            Asset::Native("btt".into()),
            Asset::Cw20(Addr::unchecked("btt")),
            Asset::Cw20(Addr::unchecked("sky")),
        ]
    }

    #[derive(Clone, Debug)]
    enum Step {
        Deposit(usize, u128),
        Release(usize, Vec<(usize, u128)>),
        Withdraw(usize, usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        let amount = prop_oneof![Just(0u128), 1..50u128, Just(1u128 << 127), Just(u128::MAX)];
        let credits = prop::collection::vec((0..3usize, 0..60u128), 0..4);
        prop_oneof![
            (0..3usize, amount).prop_map(|(asset, amount)| Step::Deposit(asset, amount)),
            (0..3usize, credits).prop_map(|(asset, credits)| Step::Release(asset, credits)),
            (0..3usize, 0..3usize).prop_map(|(asset, account)| Step::Withdraw(asset, account)),
        ]
    }

    /// Runs a step as a chain does: what fails leaves nothing behind. Gives what came in less what went out.
    fn run(storage: &mut MockStorage, step: &Step) -> Option<(usize, u128, u128)> {
        let assets = assets();
        let account = |index: usize| Addr::unchecked(ACCOUNTS[index]);
        let mut next = copy(storage);
        let moved = match step {
            Step::Deposit(asset, amount) => AssetLedger::new(&assets[*asset])
                .deposit(&mut next, (*amount).into())
                .map(|()| (*asset, *amount, 0))
                .ok()?,
            Step::Release(asset, credits) => {
                let mut release = Release::default();
                for (index, amount) in credits {
                    release.add(&account(*index), (*amount).into()).ok()?;
                }
                AssetLedger::new(&assets[*asset]).release(&mut next, release).ok()?;
                (*asset, 0, 0)
            }
            Step::Withdraw(asset, index) => {
                let ledger = AssetLedger::new(&assets[*asset]);
                let expected = ledger.claimable(&next, &account(*index)).unwrap();
                let paid = ledger.pay(&mut next, &account(*index)).unwrap();
                assert_eq!(paid.as_ref().map(|(amount, _)| *amount), expected);
                assert_eq!(ledger.claimable(&next, &account(*index)), Ok(None));
                (*asset, 0, paid.map_or(0, |(amount, _)| amount.u128()))
            }
        };
        *storage = next;
        Some(moved)
    }

    fn copy(storage: &MockStorage) -> MockStorage {
        let mut copy = MockStorage::new();
        for (key, value) in storage.range(None, None, cosmwasm_std::Order::Ascending) {
            copy.set(&key, &value);
        }
        copy
    }

    proptest! {
        #[test]
        fn what_came_in_is_in_escrow_credited_or_paid(steps in prop::collection::vec(step(), 1..60)) {
            let mut storage = MockStorage::new();
            let mut balance = [0u128; 3];
            for step in &steps {
                // A token has no more than 128 bits of supply.
                let room = |asset: usize, amount: &u128| balance[asset].checked_add(*amount).is_some();
                if matches!(step, Step::Deposit(asset, amount) if !room(*asset, amount)) {
                    continue;
                }
                if let Some((asset, come, gone)) = run(&mut storage, step) {
                    balance[asset] = balance[asset].checked_add(come).unwrap().checked_sub(gone).unwrap();
                }
                for (index, asset) in assets().iter().enumerate() {
                    let ledger = AssetLedger::new(asset);
                    let held = ledger.held(&storage).unwrap();
                    let credits = ACCOUNTS.map(|account| {
                        ledger.claimable(&storage, &Addr::unchecked(account)).unwrap().unwrap_or_default()
                    });
                    let sum = credits.iter().try_fold(Uint128::zero(), |sum, credit| sum.checked_add(*credit)).unwrap();
                    prop_assert_eq!(held.claimable, sum);
                    let whole = held.escrowed.checked_add(held.claimable).unwrap();
                    prop_assert_eq!(whole.u128(), balance[index]);
                }
            }
        }
    }

    #[test]
    fn more_than_the_escrow_is_not_released() {
        let (mut storage, [btt, ..]) = (MockStorage::new(), assets());
        let (ledger, alice) = (AssetLedger::new(&btt), Addr::unchecked("alice"));
        ledger.deposit(&mut storage, 5u128.into()).unwrap();
        let mut release = Release::default();
        release.add(&alice, 6u128.into()).unwrap();
        assert!(ledger.release(&mut storage, release).is_err());
        assert_eq!(ledger.pay(&mut storage, &alice), Ok(None));
    }

    #[test]
    fn what_was_taken_in_can_be_credited_whatever_a_token_says_of_its_supply() {
        let (mut storage, [btt, ..]) = (MockStorage::new(), assets());
        let (ledger, alice) = (AssetLedger::new(&btt), Addr::unchecked("alice"));
        ledger.deposit(&mut storage, Uint128::MAX).unwrap();
        let mut release = Release::default();
        release.add(&alice, Uint128::MAX).unwrap();
        ledger.release(&mut storage, release).unwrap();
        assert!(ledger.deposit(&mut storage, 1u128.into()).is_err());
    }

    #[test]
    fn each_asset_is_paid_in_kind() {
        let (mut storage, alice) = (MockStorage::new(), Addr::unchecked("alice"));
        for asset in assets() {
            let (ledger, mut release) = (AssetLedger::new(&asset), Release::default());
            ledger.deposit(&mut storage, 5u128.into()).unwrap();
            release.add(&alice, 5u128.into()).unwrap();
            ledger.release(&mut storage, release).unwrap();
            let (amount, message) = ledger.pay(&mut storage, &alice).unwrap().unwrap();
            let expected: CosmosMsg = match &asset {
                Asset::Native(denom) => {
                    let amount = cosmwasm_std::coins(5, denom);
                    BankMsg::Send { to_address: "alice".into(), amount }.into()
                }
                Asset::Cw20(token) => token::transfer(token, &alice, 5u128.into()).unwrap().into(),
            };
            assert_eq!((amount.u128(), message), (5, expected));
            assert_eq!(ledger.held(&storage), Ok(Held::default()));
        }
    }
}
