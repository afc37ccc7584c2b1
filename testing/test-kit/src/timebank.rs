//! The time bank on a chain with a market, and the oracles that attest credit of other projects.

use bithive_api::jobs::Terms;
use bithive_api::timebank::{
    AccountResponse, BoincStatement, ConfigResponse, ExecuteMsg, Hook, HostResponse, InstantiateMsg,
    MeterResponse, Oracle, Params, QueryMsg, TotalsResponse,
};
use bithive_attest::{BoincCredit, bls, possession_bytes};
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty, HexBinary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};

use crate::jobs::VAULT;
use crate::{JobsSuite, NodeKeys, Suite, faucet};

/// A day, in seconds.
pub const DAY: u64 = 86_400;
/// What a credit is worth in tests: a cent of a BTT.
pub const PRICE: u128 = 10_000;
/// Most credits that the meter gives in a day in tests.
pub const PER_DAY: u64 = 1_000_000;
/// Names of the oracles.
pub const ORACLES: [&str; 3] = ["oracle-1", "oracle-2", "oracle-3"];

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Timebank)
}

/// A hundred millionths of interest a day, a credit for 4 cobblestones, 50,000 imported a day.
#[must_use]
pub fn params() -> Params {
    Params { price: PRICE.into(), interest_ppm: 100, boinc_rate: 2_500, import_per_day: 50_000 }
}

/// A chain with the contract; two of three oracles attest.
pub struct TimebankSuite {
    /// The market, its chain and accounts.
    pub market: JobsSuite,
    /// Address of the time bank.
    pub timebank: Addr,
    /// Account that may credit idle time.
    pub meter: Addr,
}

impl Default for TimebankSuite {
    fn default() -> Self {
        Self::new()
    }
}

impl TimebankSuite {
    /// A time bank without funds.
    #[must_use]
    pub fn new() -> Self {
        Self::with_params(params())
    }

    /// As [`TimebankSuite::new`], with these parameters.
    #[must_use]
    pub fn with_params(params: Params) -> Self {
        let mut market = JobsSuite::new();
        let message = Self::message(&market, params);
        let timebank = Self::instantiate(&mut market.suite, &message).unwrap();
        // Meters are contracts: this one sends what the owner has it send.
        let owner = market.suite.owner.clone();
        let meter = faucet::instantiate(&mut market.suite.app, &owner);
        let mut suite = Self { market, timebank, meter };
        let meter = suite.meter.to_string();
        suite.as_owner(&ExecuteMsg::SetMeter { meter, per_day: Some(PER_DAY) }).unwrap();
        let oracles = ORACLES.map(|name| suite.oracle(name)).to_vec();
        suite.as_owner(&ExecuteMsg::SetOracles { oracles, threshold: 2 }).unwrap();
        suite
    }

    /// What creates the contract.
    #[must_use]
    pub fn message(market: &JobsSuite, params: Params) -> InstantiateMsg {
        InstantiateMsg {
            owner: market.suite.owner.to_string(),
            token: market.suite.btt.to_string(),
            jobs: market.jobs.to_string(),
            treasury: market.suite.treasury.to_string(),
            params,
        }
    }

    /// Puts the contract on the chain.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn instantiate(suite: &mut Suite, message: &InstantiateMsg) -> AnyResult<Addr> {
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        suite.app.instantiate_contract(code_id, owner, message, &[], "timebank", admin)
    }

    /// Sends the contract a message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn execute(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let timebank = self.timebank.clone();
        self.market.suite.execute(sender, &timebank, message)
    }

    /// Sends a message as the owner.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn as_owner(&mut self, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let owner = self.market.suite.owner.clone();
        self.execute(&owner, message)
    }

    /// Puts BTT in.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn fund(&mut self, amount: u128) -> AnyResult<AppResponse> {
        let donor = self.market.suite.account("donor");
        self.market.suite.fund(&donor, amount);
        let timebank = self.timebank.clone();
        self.market.suite.send_btt(&donor, &timebank, amount, &Hook::Fund {})
    }

    /// Credits idle time by the meter.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn deposit(&mut self, account: &Addr, credits: u64) -> AnyResult<AppResponse> {
        let (meter, timebank) = (self.meter.clone(), self.timebank.clone());
        let deposit = ExecuteMsg::Deposit { account: account.into(), credits };
        self.market.suite.relay(&meter, &timebank, &deposit)
    }

    /// Posts a job with `account`'s credits.
    ///
    /// # Errors
    /// What the contract or the market refuses.
    pub fn spend(&mut self, account: &Addr, terms: Terms, most: u64) -> AnyResult<AppResponse> {
        self.execute(account, &ExecuteMsg::Spend { vault: VAULT.into(), terms: Box::new(terms), most })
    }

    /// A job for one worker at this price.
    #[must_use]
    pub fn terms(&self, price: u128) -> Terms {
        Terms { workers: 1, quorum: 1, price: price.into(), ..self.market.terms() }
    }

    /// What the oracle `name` registers with.
    #[must_use]
    pub fn oracle(&self, name: &str) -> Oracle {
        self.oracle_with(name, name)
    }

    /// As [`TimebankSuite::oracle`], with the keys of the holder `keys`, who proves to have them.
    #[must_use]
    pub fn oracle_with(&self, name: &str, keys: &str) -> Oracle {
        let (account, keys) = (self.market.suite.account(name), NodeKeys::of(keys));
        let key = keys.bls.public_key();
        let domain = self.market.suite.domain(&self.timebank);
        let proof = keys.bls.prove_possession(&possession_bytes(domain, account.as_str(), &key));
        Oracle {
            account: account.into(),
            bls_key: HexBinary::from(&key),
            bls_possession: HexBinary::from(&proof),
        }
    }

    /// That a host has a total; for `account`.
    #[must_use]
    pub fn statement(account: &Addr, host: u64, total: u64) -> BoincStatement {
        BoincStatement { account: account.into(), project: "https://boinc.example/".into(), host, total }
    }

    /// Signature of the oracles with these numbers (from 0) over a statement.
    #[must_use]
    pub fn signature(&self, statement: &BoincStatement, signers: &[usize]) -> (u32, HexBinary) {
        let BoincStatement { account, project, host, total } = statement;
        let credit = BoincCredit { account, project, host: *host, total: *total };
        let message = credit.sign_bytes(self.market.suite.domain(&self.timebank));
        let sign = |index: &usize| NodeKeys::of(ORACLES[*index]).bls.sign(&message);
        let signatures: Vec<[u8; 96]> = signers.iter().map(sign).collect();
        let bits = signers.iter().map(|index| 1 << index).sum();
        (bits, HexBinary::from(&bls::aggregate(&signatures).unwrap()))
    }

    /// Imports a statement that the first and the last oracle sign; sent by a stranger.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn import(&mut self, statement: &BoincStatement) -> AnyResult<AppResponse> {
        let (signers, signature) = self.signature(statement, &[0, 2]);
        let stranger = self.market.suite.account("stranger");
        let statement = statement.clone();
        self.execute(&stranger, &ExecuteMsg::Import { statement, signers, signature })
    }

    /// Credits of an account.
    #[must_use]
    pub fn credits(&self, account: &Addr) -> u64 {
        let query = QueryMsg::Account { address: account.into() };
        self.market.suite.query::<AccountResponse>(&self.timebank, &query).credits
    }

    /// What exists and what backs it.
    #[must_use]
    pub fn totals(&self) -> TotalsResponse {
        self.market.suite.query(&self.timebank, &QueryMsg::Totals {})
    }

    /// What holds now.
    #[must_use]
    pub fn config(&self) -> ConfigResponse {
        self.market.suite.query(&self.timebank, &QueryMsg::Config {})
    }

    /// A meter's bound and use of today; none if the account is no meter.
    #[must_use]
    pub fn meter(&self, address: &Addr) -> Option<MeterResponse> {
        self.market.suite.query(&self.timebank, &QueryMsg::Meter { address: address.into() })
    }

    /// What was imported of a host.
    #[must_use]
    pub fn host(&self, host: u64) -> Option<HostResponse> {
        let project = "https://boinc.example/".into();
        self.market.suite.query(&self.timebank, &QueryMsg::Host { project, host })
    }

    /// Checks that every credit is backed by BTT that are there.
    pub fn check(&self) {
        let totals = self.totals();
        assert!(totals.owed <= totals.funded, "{totals:?}");
        assert_eq!(totals.funded.u128(), self.market.suite.balance(&self.timebank));
        self.market.custody();
    }
}
