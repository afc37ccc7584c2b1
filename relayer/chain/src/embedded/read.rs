//! What the server tells of the state, each with the height of the block that left it so.

use super::{Embedded, ante, lookup, machine::Machine, worker::Command};
use crate::{Account, ChainError, validate_address};
use cosmwasm_std::Coin;
use cw_multi_test::ContractData;

/// An account that exists.
pub(crate) struct Known {
    pub(crate) account: Account,
    /// A compressed secp256k1 point, once the account has signed a transaction.
    pub(crate) public_key: Option<Vec<u8>>,
}

/// What was found in the state of the last block.
pub(crate) struct Found<T> {
    /// Height of that block.
    pub(crate) height: u64,
    pub(crate) value: T,
}

impl<T> Found<T> {
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Found<U> {
        Found { height: self.height, value: change(self.value) }
    }
}

impl Embedded {
    /// Answers of contracts to queries in JSON, all about the state after one block, whose height comes first. Each question has
    /// its own answer or error.
    ///
    /// # Errors
    /// [`ChainError::NodeDown`] when the chain has stopped.
    pub async fn query_at_one_height(
        &self,
        queries: Vec<(String, Vec<u8>)>,
    ) -> Result<(u64, Vec<Result<Vec<u8>, ChainError>>), ChainError> {
        let all = move |machine: &Machine| {
            let one = |(contract, msg): (String, Vec<u8>)| {
                validate_address(&contract)?;
                machine.query(&contract, msg)
            };
            Ok(queries.into_iter().map(one).collect())
        };
        self.read(all).await.map(|found| (found.height, found.value))
    }

    /// Looks at the state, on the chain's thread: between the height and the answer there is no other block.
    async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Machine) -> Result<T, ChainError> + Send + 'static,
    ) -> Result<Found<T>, ChainError> {
        self.ask(|reply| {
            Command::Read(Box::new(move |machine| {
                let found = look(machine);
                // In this order: what could not be read must not be taken for what is not there.
                let found = machine.intact().and(found);
                let found = found.map(|value| Found { height: machine.head().height, value });
                // A reply nobody waits for is not an error: the caller was cancelled.
                drop(reply.send(found));
            }))
        })
        .await
    }

    /// A contract's answer to a query in JSON.
    pub(crate) async fn read_smart(
        &self,
        contract: &str,
        msg: Vec<u8>,
    ) -> Result<Found<Vec<u8>>, ChainError> {
        validate_address(contract)?;
        let contract = contract.to_owned();
        self.read(move |machine| machine.query(&contract, msg)).await
    }

    /// An account and its public key.
    pub(crate) async fn read_account(&self, address: &str) -> Result<Found<Known>, ChainError> {
        validate_address(address)?;
        let address = address.to_owned();
        self.read(move |machine| {
            let app = machine.app();
            let account = ante::account(app, &address)?;
            Ok(Known { account, public_key: ante::public_key(app, &address) })
        })
        .await
    }

    /// Amount of `denom` that an address holds.
    pub(crate) async fn read_balance(&self, address: &str, denom: &str) -> Result<Found<u128>, ChainError> {
        validate_address(address)?;
        let (address, denom) = (address.to_owned(), denom.to_owned());
        self.read(move |machine| ante::balance(machine.app(), &address, &denom).map(|amount| amount.u128()))
            .await
    }

    /// Everything that an address holds.
    pub(crate) async fn read_balances(&self, address: &str) -> Result<Found<Vec<Coin>>, ChainError> {
        validate_address(address)?;
        let address = address.to_owned();
        self.read(move |machine| ante::balances(machine.app(), &address)).await
    }

    /// What the chain knows of a contract.
    pub(crate) async fn read_contract(&self, contract: &str) -> Result<Found<ContractData>, ChainError> {
        validate_address(contract)?;
        let contract = contract.to_owned();
        self.read(move |machine| lookup::contract(machine.app(), &contract)).await
    }

    /// What a contract has stored under a key.
    pub(crate) async fn read_stored(
        &self,
        contract: &str,
        key: Vec<u8>,
    ) -> Result<Found<Option<Vec<u8>>>, ChainError> {
        validate_address(contract)?;
        let contract = contract.to_owned();
        self.read(move |machine| lookup::stored(machine.app(), &contract, &key)).await
    }
}
