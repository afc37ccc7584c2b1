//! Agreements in any asset, of payers and crowds.

use bithive_api::asset::Asset;
use bithive_api::escrow::{
    AgreementResponse, Approver, ContributionResponse, ExecuteMsg, HeldResponse, Hook, InstantiateMsg,
    Milestone, Payee, QueryMsg, Terms,
};
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty, Uint128};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};

use crate::Suite;

/// Seconds that payees have for a milestone in tests: ten days.
pub const DUE: u64 = 864_000;
/// Seconds of a review in tests: two days.
pub const REVIEW: u64 = 172_800;

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Escrow)
}

/// The contract on a chain.
#[derive(Clone, Debug)]
pub struct Escrow {
    /// Address of the contract.
    pub address: Addr,
}

/// Payees with their shares in 1/10,000.
#[must_use]
pub fn payees(of: &[(&Addr, u16)]) -> Vec<Payee> {
    of.iter().map(|(address, bps)| Payee { address: address.to_string(), bps: *bps }).collect()
}

/// Milestones of these amounts, each with [`DUE`] and [`REVIEW`].
#[must_use]
pub fn milestones(amounts: &[u128]) -> Vec<Milestone> {
    let milestone = |amount: &u128| Milestone { amount: (*amount).into(), due: DUE, review: REVIEW };
    amounts.iter().map(milestone).collect()
}

/// Terms with one payee.
#[must_use]
pub fn terms(payee: &Addr, amounts: &[u128], approver: Approver) -> Terms {
    Terms { payees: payees(&[(payee, 10_000)]), milestones: milestones(amounts), approver, text: None }
}

/// So many of these signers.
#[must_use]
pub fn signers(needed: u8, of: &[&Addr]) -> Approver {
    Approver::Signers { signers: of.iter().map(ToString::to_string).collect(), needed }
}

impl Escrow {
    /// Without any agreement.
    #[must_use]
    pub fn new(suite: &mut Suite) -> Self {
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        let message = InstantiateMsg {};
        let address = suite.app.instantiate_contract(code_id, owner, &message, &[], "escrow", admin).unwrap();
        Self { address }
    }

    /// Sends a message without coins.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn send(&self, suite: &mut Suite, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        suite.execute(sender, &self.address, message)
    }

    /// Makes an agreement that `payer` pays.
    ///
    /// # Errors
    /// What the token, the bank or the contract refuses.
    pub fn open(
        &self,
        suite: &mut Suite,
        payer: &Addr,
        payment: (&Asset, u128),
        terms: Terms,
    ) -> AnyResult<AppResponse> {
        suite.bring(payer, &self.address, payment, &ExecuteMsg::Open(terms.clone()), &Hook::Open(terms))
    }

    /// Asks a crowd for the sum of the milestones.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn raise(
        &self,
        suite: &mut Suite,
        opener: &Addr,
        (asset, seconds): (&Asset, u64),
        terms: Terms,
    ) -> AnyResult<AppResponse> {
        let message = ExecuteMsg::Raise { asset: asset.clone(), seconds, terms };
        self.send(suite, opener, &message)
    }

    /// Contributes.
    ///
    /// # Errors
    /// As [`Escrow::open`].
    pub fn fund(
        &self,
        suite: &mut Suite,
        by: &Addr,
        payment: (&Asset, u128),
        id: u64,
    ) -> AnyResult<AppResponse> {
        suite.bring(by, &self.address, payment, &ExecuteMsg::Fund { id }, &Hook::Fund { id })
    }

    /// An agreement; none where there is none.
    #[must_use]
    pub fn agreement(&self, suite: &Suite, id: u64) -> Option<AgreementResponse> {
        suite.query(&self.address, &QueryMsg::Agreement { id })
    }

    /// Numbers of the agreements that an account has a part in.
    #[must_use]
    pub fn numbers(&self, suite: &Suite, party: &Addr) -> Vec<u64> {
        let query = QueryMsg::Agreements { party: Some(party.into()), start_after: None, limit: None };
        let agreements: Vec<AgreementResponse> = suite.query(&self.address, &query);
        agreements.into_iter().map(|agreement| agreement.id).collect()
    }

    /// What an account has contributed.
    #[must_use]
    pub fn contributions(&self, suite: &Suite, account: &Addr) -> Vec<ContributionResponse> {
        let query = QueryMsg::Contributions { account: account.to_string(), start_after: None, limit: None };
        suite.query(&self.address, &query)
    }

    /// What an account may withdraw.
    #[must_use]
    pub fn claimable(&self, suite: &Suite, account: &Addr, asset: &Asset) -> u128 {
        let query = QueryMsg::Claimable { account: account.into(), asset: asset.clone() };
        suite.query::<Uint128>(&self.address, &query).u128()
    }

    /// What the contract owes.
    #[must_use]
    pub fn held(&self, suite: &Suite, asset: &Asset) -> HeldResponse {
        suite.query(&self.address, &QueryMsg::Held { asset: asset.clone() })
    }

    /// Checks that what is owed of these assets is what is there, and that what is in escrow is what agreements have left.
    pub fn check(&self, suite: &Suite, assets: &[Asset]) {
        for asset in assets {
            let HeldResponse { escrowed, claimable } = self.held(suite, asset);
            let owed = escrowed.checked_add(claimable).unwrap().u128();
            assert_eq!(owed, suite.balance_in(&self.address, asset), "{asset}");
        }
    }
}
