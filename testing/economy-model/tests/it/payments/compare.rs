//! The contracts' state against the model's.

use std::collections::BTreeMap;

use bithive_api::asset::Asset;
use bithive_api::escrow::Phase as Told;
use bithive_api::listings::State as Stands;
use bithive_contract_kit::ledger::{CLAIMABLE, HELD};
use bithive_economy_model::BigInt;
use bithive_economy_model::payments::escrow::Phase;
use bithive_economy_model::payments::listings::State;
use bithive_economy_model::payments::{Contract, PHANTOM, Party};
use cosmwasm_std::{Addr, Order, Uint128};
use cw20_base::state::BALANCES;

use super::op::ACCOUNTS;
use super::world::World;

/// Amounts by name, without what is nothing.
type Amounts = BTreeMap<String, BigInt>;

fn amounts(rows: impl IntoIterator<Item = (String, BigInt)>) -> Amounts {
    rows.into_iter().filter(|(_, amount)| *amount != BigInt::default()).collect()
}

fn big(amount: Uint128) -> BigInt {
    amount.u128().into()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?}; the model says {expected:?}")) }
}

impl World {
    /// Who may have something.
    fn parties(&self) -> impl Iterator<Item = Party> {
        let accounts = (0..ACCOUNTS).map(Party::Account);
        accounts.chain([Party::Treasury]).chain(Contract::ALL.map(Party::Contract))
    }

    fn asset_name(&self, asset: usize) -> String {
        self.assets[asset].to_string()
    }

    /// Compares every balance of every asset, every credit of anybody, and what each contract holds, as the chain has stored them.
    pub(crate) fn compare_money(&self) -> Result<(), String> {
        self.model.invariants()?;
        let expected = |asset| {
            amounts(
                self.parties()
                    .map(|party| (self.party(party).to_string(), self.model.book.balance(asset, party))),
            )
        };
        for (asset, token) in self.tokens.iter().enumerate() {
            let storage = self.suite.app.contract_storage(token);
            let rows = BALANCES.range(&*storage, None, None, Order::Ascending).map(Result::unwrap);
            let found = amounts(rows.map(|(holder, amount)| (holder.to_string(), big(amount))));
            same(&format!("balances of asset {asset}"), &found, &expected(asset))?;
        }
        let Asset::Native(denom) = &self.assets[PHANTOM - 1] else { return Err("no coin".into()) };
        let bank = self.suite.app.wrap();
        let of = |party: Party| {
            let address = self.party(party).to_string();
            let found = bank.query_balance(&address, denom).unwrap().amount;
            (address, big(found))
        };
        same("balances of coins", &amounts(self.parties().map(of)), &expected(PHANTOM - 1))?;
        let supply = bank.query_supply(denom).unwrap().amount;
        same("coins that there are", &big(supply), &self.model.book.given(PHANTOM - 1))?;
        self.compare_ledgers()
    }

    fn compare_ledgers(&self) -> Result<(), String> {
        for contract in Contract::ALL {
            let storage = self.suite.app.contract_storage(self.address(contract));
            let rows = CLAIMABLE.range(&*storage, None, None, Order::Ascending).map(Result::unwrap);
            let name = |asset: &str, account: &Addr| format!("{asset} {account}");
            let found = amounts(rows.map(|((asset, account), amount)| (name(&asset, &account), big(amount))));
            let mine = self.model.book.credits().filter(|(of, ..)| *of == contract);
            let expected = amounts(mine.map(|(_, asset, to, amount)| {
                (name(&self.asset_name(asset), self.party(to)), amount.clone())
            }));
            same(&format!("credits of {contract:?}"), &found, &expected)?;
            let rows = HELD.range(&*storage, None, None, Order::Ascending).map(Result::unwrap);
            let (mut escrowed, mut claimable) = (Amounts::new(), Amounts::new());
            for (asset, held) in rows {
                escrowed.extend(amounts([(asset.clone(), big(held.escrowed))]));
                claimable.extend(amounts([(asset, big(held.claimable))]));
            }
            let all = || (0..=PHANTOM).map(|asset| (self.asset_name(asset), asset));
            let expected =
                amounts(all().map(|(name, asset)| (name, self.model.book.escrowed(contract, asset))));
            same(&format!("escrow of {contract:?}"), &escrowed, &expected)?;
            let expected = amounts(all().map(|(name, asset)| (name, self.model.book.owed(contract, asset))));
            same(&format!("what {contract:?} owes"), &claimable, &expected)?;
        }
        Ok(())
    }

    /// Compares what the contracts answer: credits, and where each flow, agreement, offer, receipt, listing and the feed stand.
    pub(crate) fn compare_answers(&self) -> Result<(), String> {
        let (suite, book) = (&self.suite, &self.model.book);
        for (asset, named) in self.assets.iter().enumerate() {
            for (index, account) in self.accounts.iter().enumerate() {
                let found = [
                    self.flows.claimable(suite, account, named),
                    self.escrow.claimable(suite, account, named),
                    self.checkout.claimable(suite, account, named),
                    self.listings.claimable(suite, account, named),
                ];
                let expected = Contract::ALL.map(|of| book.credit(of, asset, Party::Account(index)));
                same("what is claimable", &found.map(BigInt::from), &expected)?;
            }
        }
        self.compare_flows()?;
        self.compare_agreements()?;
        self.compare_sales()?;
        self.compare_listings()
    }

    fn compare_flows(&self) -> Result<(), String> {
        let now = self.model.now;
        for (id, flow) in &self.model.flows.open {
            let found = self.flows.flow(&self.suite, *id).ok_or(format!("there is no flow {id}"))?;
            let expected = [flow.deposit.clone(), flow.paid.clone(), flow.due(now)];
            same(&format!("flow {id}"), &[found.deposit, found.paid, found.due].map(big), &expected)?;
            let parties = [&self.accounts[flow.payer], &self.accounts[flow.payee]];
            same(&format!("parties of flow {id}"), &[&found.payer, &found.payee], &parties)?;
        }
        Ok(())
    }

    fn compare_agreements(&self) -> Result<(), String> {
        for (id, running) in &self.model.escrow.running {
            let found =
                self.escrow.agreement(&self.suite, *id).ok_or(format!("there is no agreement {id}"))?;
            same(&format!("agreement {id}"), &big(found.left), &running.left)?;
            let phase = match found.phase {
                Told::Funding { .. } => Phase::Funding,
                Told::Active { .. } => Phase::Active,
                Told::Submitted { .. } => Phase::Submitted,
                Told::Voting { .. } => Phase::Voting,
                Told::Rejected { .. } => Phase::Rejected,
                Told::Disputed { .. } => Phase::Disputed,
                Told::Refunding { .. } => Phase::Refunding,
            };
            same(&format!("phase of agreement {id}"), &phase, &running.phase)?;
        }
        Ok(())
    }

    fn compare_sales(&self) -> Result<(), String> {
        for (id, offer) in &self.model.checkout.offers {
            let found = self.checkout.offer(&self.suite, *id).ok_or(format!("there is no offer {id}"))?;
            same(&format!("uses of offer {id}"), &found.uses, &offer.uses)?;
        }
        for (id, receipt) in &self.model.checkout.receipts {
            let found = self.checkout.receipt(&self.suite, *id).ok_or(format!("there is no receipt {id}"))?;
            let expected = [receipt.amount.clone(), receipt.refunded.clone()];
            same(&format!("receipt {id}"), &[found.amount, found.refunded].map(big), &expected)?;
        }
        let price = self.oracle.price(&self.suite, 1).ok().map(|price| price.value.u128());
        same("the price", &price, &self.model.feed.answer(self.model.now))?;
        let feed = self.oracle.feed(&self.suite, 1).ok_or("there is no feed")?;
        let records: Vec<_> = feed.reporters.iter().map(|one| (one.strikes, one.suspended_until)).collect();
        same("strikes of reporters", &records, &self.model.feed.records)
    }

    fn compare_listings(&self) -> Result<(), String> {
        for (id, listing) in &self.model.listings.all {
            let found = self.listings.listing(&self.suite, *id).ok_or(format!("there is no listing {id}"))?;
            let state = match found.state {
                Stands::Active => State::Active,
                Stands::Leaving { ends } => State::Leaving(ends),
                Stands::Removed => State::Removed,
            };
            let is = (big(found.bond), state, found.challenge.is_some(), found.cases);
            let expected = (listing.bond.clone(), listing.state, listing.case.is_some(), listing.cases);
            same(&format!("listing {id}"), &is, &expected)?;
        }
        Ok(())
    }
}
