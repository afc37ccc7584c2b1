//! The chain that receives statements, with data sets on it.

use bithive_api::datasets::{
    Asset, DatasetResponse, DepositResponse, ExecuteMsg, HeldResponse, Hook, InstantiateMsg, QueryMsg, Use,
    UseResponse,
};
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty, HexBinary, Uint128, coins};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};

use crate::attestations::AttestationsSuite;
use bithive_test_kit::FEE_DENOM;

/// What one use costs in tests, in base units.
pub const SHARE: u128 = 250;
/// Input commitment of every job in tests.
pub const INPUT: [u8; 32] = [0x1c; 32];
/// Seconds to a deadline in tests.
pub const WAIT: u64 = 86_400;

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Datasets)
}

/// Both chains, and the contract on the receiving one.
pub struct DatasetsSuite {
    /// The chain with the market, and the one that receives its statements.
    pub chains: AttestationsSuite,
    /// Address of the data sets contract.
    pub datasets: Addr,
    /// Owns data sets.
    pub owner: Addr,
    /// Account that pays for uses.
    pub user: Addr,
}

impl Default for DatasetsSuite {
    fn default() -> Self {
        Self::new()
    }
}

impl DatasetsSuite {
    /// Data set 1 takes BTT, data set 2 native coins; the user has some of both.
    #[must_use]
    pub fn new() -> Self {
        let mut chains = AttestationsSuite::new();
        let suite = &mut chains.suite;
        let (owner, user) = (suite.account("data-owner"), suite.account("data-user"));
        let code_id = suite.app.store_code(code());
        let message = InstantiateMsg { attestations: chains.receiver.to_string() };
        let admin = suite.owner.clone();
        let datasets = suite
            .app
            .instantiate_contract(code_id, admin.clone(), &message, &[], "datasets", Some(admin.to_string()))
            .unwrap();
        suite.fund(&user, 100 * SHARE);
        suite.app.send_tokens(admin, user.clone(), &coins(100 * SHARE, FEE_DENOM)).unwrap();
        let mut suite = Self { chains, datasets, owner, user };
        for asset in [suite.btt(), Asset::Native(FEE_DENOM.into())] {
            let digest = HexBinary::from(&[0xda; 32]);
            let register = ExecuteMsg::Register { digest, asset, share: SHARE.into() };
            suite.execute(&suite.owner.clone(), &register).unwrap();
        }
        suite
    }

    /// BTT as an asset.
    #[must_use]
    pub fn btt(&self) -> Asset {
        Asset::Cw20(self.chains.suite.btt.to_string())
    }

    /// Assets of the data sets, by their numbers less one.
    #[must_use]
    pub fn assets(&self) -> [Asset; 2] {
        [self.btt(), Asset::Native(FEE_DENOM.into())]
    }

    /// A use of a data set by a job.
    #[must_use]
    pub fn purpose(&self, dataset_id: u64, job_id: u64) -> Use {
        let deadline = self.chains.suite.now() + WAIT;
        let input_commitment = HexBinary::from(&INPUT);
        Use { dataset_id, source: self.chains.source(), job_id, input_commitment, deadline }
    }

    /// The user pays in what the data set takes.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn deposit(&mut self, purpose: &Use, amount: u128) -> AnyResult<AppResponse> {
        let (user, datasets) = (self.user.clone(), self.datasets.clone());
        if purpose.dataset_id == 2 {
            let message = ExecuteMsg::Deposit(purpose.clone());
            return self.chains.suite.execute_with(&user, &datasets, &message, &coins(amount, FEE_DENOM));
        }
        self.chains.suite.send_btt(&user, &datasets, amount, &Hook::Deposit(purpose.clone()))
    }

    /// Sends the contract a message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn execute(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let datasets = self.datasets.clone();
        self.chains.suite.execute(sender, &datasets, message)
    }

    /// As [`DatasetsSuite::execute`], sent by a stranger.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn by_anybody(&mut self, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let stranger = self.chains.suite.account("stranger");
        self.execute(&stranger, message)
    }

    /// A data set.
    #[must_use]
    pub fn dataset(&self, id: u64) -> Option<DatasetResponse> {
        self.chains.suite.query(&self.datasets, &QueryMsg::Dataset { id })
    }

    /// A deposit in escrow.
    #[must_use]
    pub fn deposited(&self, id: u64) -> Option<DepositResponse> {
        self.chains.suite.query(&self.datasets, &QueryMsg::Deposit { id })
    }

    /// A recorded use.
    #[must_use]
    pub fn used(&self, dataset_id: u64, job_id: u64) -> Option<UseResponse> {
        let query = QueryMsg::Use { dataset_id, source: self.chains.source(), job_id };
        self.chains.suite.query(&self.datasets, &query)
    }

    /// What an account may withdraw.
    #[must_use]
    pub fn claimable(&self, account: &Addr, asset: &Asset) -> u128 {
        let query = QueryMsg::Claimable { account: account.to_string(), asset: asset.clone() };
        self.chains.suite.query::<Uint128>(&self.datasets, &query).u128()
    }

    /// What the contract owes.
    #[must_use]
    pub fn held(&self, asset: &Asset) -> HeldResponse {
        self.chains.suite.query(&self.datasets, &QueryMsg::Held { asset: asset.clone() })
    }

    /// What an account has of an asset.
    #[must_use]
    pub fn balance(&self, account: &Addr, asset: &Asset) -> u128 {
        match asset {
            Asset::Cw20(_) => self.chains.suite.balance(account),
            Asset::Native(denom) => {
                self.chains.suite.app.wrap().query_balance(account, denom).unwrap().amount.u128()
            }
        }
    }

    /// Checks that what is owed is what is there.
    pub fn check(&self) {
        for asset in self.assets() {
            let HeldResponse { escrowed, claimable } = self.held(&asset);
            assert_eq!((escrowed + claimable).u128(), self.balance(&self.datasets, &asset), "{asset:?}");
        }
        self.chains.suite.conservation();
    }
}
