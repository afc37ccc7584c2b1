//! Feeds of prices, and the reports that their reporters sign.

use bithive_api::oracle::{
    Category, ExecuteMsg, FeedResponse, InstantiateMsg, PriceResponse, QueryMsg, Report, Terms,
};
use bithive_contracts::Code;
use bithive_signed::report as text;
use cosmwasm_std::{Addr, Empty, HexBinary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor as _};
use ed25519_dalek::Signer as _;

use crate::flows::signer;
use crate::{CHAIN_ID, Suite};

/// Seconds of a round of feeds in tests.
pub const INTERVAL: u64 = 60;
/// Oldest price of feeds in tests, in seconds.
pub const MAX_AGE: u64 = 600;
/// Seconds from a trip to its confirmation.
pub const COOLDOWN: u64 = 300;

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Oracle)
}

/// What a token is exchanged for, in cents with four more places; a step of 10 % trips.
#[must_use]
pub fn terms() -> Terms {
    Terms {
        category: Category::ExchangeRate,
        description: "BTT, 6 decimals".into(),
        currency: "EUR".into(),
        decimals: 10,
        interval: INTERVAL,
        max_age: MAX_AGE,
        dev_bps: 1_000,
        cooldown: COOLDOWN,
    }
}

/// Public keys of the signers 1 to `count`.
#[must_use]
pub fn reporters(count: u8) -> Vec<HexBinary> {
    (1..=count).map(key).collect()
}

/// Public key of a signer.
#[must_use]
pub fn key(number: u8) -> HexBinary {
    signer(number).verifying_key().as_bytes().into()
}

/// The contract on a chain.
#[derive(Clone, Debug)]
pub struct Oracle {
    /// Address of the contract.
    pub address: Addr,
}

impl Oracle {
    /// Without any feed; the suite's owner owns it.
    #[must_use]
    pub fn new(suite: &mut Suite) -> Self {
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        let message = InstantiateMsg { owner: owner.to_string() };
        let address = suite.app.instantiate_contract(code_id, owner, &message, &[], "oracle", admin).unwrap();
        Self { address }
    }

    /// Makes a feed of [`terms`] with the signers from 1 on as reporters, as the owner.
    pub fn create(&self, suite: &mut Suite, count: u8, quorum: u8) {
        let message = ExecuteMsg::CreateFeed { terms: terms(), reporters: reporters(count), quorum };
        let owner = suite.owner.clone();
        self.send(suite, &owner, &message).unwrap();
    }

    /// Sends a message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn send(&self, suite: &mut Suite, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        suite.execute(sender, &self.address, message)
    }

    /// What a signer signs for a feed of this contract, in the round of `time`.
    #[must_use]
    pub fn report(&self, number: u8, feed: u64, value: u128, time: u64) -> Report {
        let round = time / INTERVAL;
        let contract = self.address.as_str();
        let text = text::Report { chain_id: CHAIN_ID, contract, feed, round, value, time }.text();
        let signature = signer(number).sign(text.as_bytes()).to_bytes();
        Report { reporter: key(number), value: value.into(), time, signature: signature.into() }
    }

    /// Reports of the signers from 1 on, one for each value, seen now.
    #[must_use]
    pub fn reports(&self, suite: &Suite, feed: u64, values: &[u128]) -> Vec<Report> {
        let report = |(number, value): (u8, &u128)| self.report(number, feed, *value, suite.now());
        (1..).zip(values).map(report).collect()
    }

    /// A stranger submits reports for the present round.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn submit(&self, suite: &mut Suite, feed: u64, reports: Vec<Report>) -> AnyResult<AppResponse> {
        let (stranger, round) = (suite.account("a stranger"), suite.now() / INTERVAL);
        self.send(suite, &stranger, &ExecuteMsg::Submit { feed, round, reports })
    }

    /// The signers from 1 on report these values now, and a stranger submits them.
    ///
    /// # Errors
    /// As [`Oracle::submit`].
    pub fn say(&self, suite: &mut Suite, feed: u64, values: &[u128]) -> AnyResult<AppResponse> {
        let reports = self.reports(suite, feed, values);
        self.submit(suite, feed, reports)
    }

    /// The price of a feed.
    ///
    /// # Errors
    /// The text of what the contract refuses.
    pub fn price(&self, suite: &Suite, feed: u64) -> Result<PriceResponse, String> {
        let query = QueryMsg::Price { feed };
        suite.app.wrap().query_wasm_smart(&self.address, &query).map_err(|error| error.to_string())
    }

    /// A feed; none where there is none.
    #[must_use]
    pub fn feed(&self, suite: &Suite, feed: u64) -> Option<FeedResponse> {
        suite.query(&self.address, &QueryMsg::Feed { feed })
    }
}
