//! Settings of a [`super::Cosmos`].

use crate::gas::highest_price;
use cosmwasm_std::Decimal;
use std::time::Duration;

/// Usual price of one unit of gas.
const GAS_PRICE: Decimal = Decimal::permille(25);

/// Which node to talk to, what fees to pay, how long to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CosmosOptions {
    /// URL of the node's CometBFT RPC, `http://` or `https://`.
    pub rpc: String,
    /// Chain id that the node must have; `None` takes the one it has at first, and holds it to that.
    pub chain_id: Option<String>,
    /// Denomination of fees. Default `ubee`.
    pub fee_denom: String,
    /// Price of one unit of gas. Default 0.025. It comes from here and never from the node, which could ask for
    /// everything.
    pub gas_price: Decimal,
    /// Highest price of one unit of gas that a wallet pays when the chain asks for more than `gas_price`. Default four
    /// times that.
    pub max_gas_price: Decimal,
    /// Longest time that one request may take, its answer included. Default 10 s.
    pub request_timeout: Duration,
    /// How long [`crate::Chain::broadcast`] waits for a block to include a transaction, and a cursor for a node that
    /// is behind it. Default 60 s.
    pub confirm_timeout: Duration,
    /// Time between two questions for the same thing. Default 500 ms.
    pub poll_interval: Duration,
}

impl CosmosOptions {
    /// The defaults for a node.
    #[must_use]
    pub fn new(rpc: impl Into<String>) -> Self {
        Self {
            rpc: rpc.into(),
            chain_id: None,
            fee_denom: "ubee".into(),
            gas_price: GAS_PRICE,
            max_gas_price: highest_price(GAS_PRICE),
            request_timeout: Duration::from_secs(10),
            confirm_timeout: Duration::from_secs(60),
            poll_interval: Duration::from_millis(500),
        }
    }

    /// Expects this chain id.
    #[must_use]
    pub fn chain_id(mut self, chain_id: impl Into<String>) -> Self {
        self.chain_id = Some(chain_id.into());
        self
    }

    /// Pays fees in this denomination, at this price of one unit of gas, and up to four times that when the chain asks for
    /// more.
    #[must_use]
    pub fn fees(mut self, denom: impl Into<String>, gas_price: Decimal) -> Self {
        self.fee_denom = denom.into();
        self.gas_price = gas_price;
        self.max_gas_price = highest_price(gas_price);
        self
    }

    /// Pays up to this price of one unit of gas when the chain asks for more than the usual one.
    #[must_use]
    pub fn max_gas_price(mut self, price: Decimal) -> Self {
        self.max_gas_price = price;
        self
    }

    /// Lets one request take this long at most.
    #[must_use]
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// Waits this long for a transaction's block.
    #[must_use]
    pub fn confirm_timeout(mut self, timeout: Duration) -> Self {
        self.confirm_timeout = timeout;
        self
    }

    /// Asks again after this time.
    #[must_use]
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = interval;
        self
    }
}
