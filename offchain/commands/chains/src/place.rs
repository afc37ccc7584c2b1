//! Where a command of an owner acts, and who sends its transaction: as for the commands of the tokens' economy, with keystores,
//! profiles and transactions that somebody else signs.

use std::path::Path;

use anyhow::Result;
use bithive_chain::Chain;
use bithive_client::{Account, OwnerSettings};
use bithive_command_kit::Output;
use bithive_command_kit::waiting::Watched;
use bithive_deploy::Contract;
use bithive_token_commands::{Accounts, NetworkArgs, OWNER, Transactions, address_of, run_on};

/// Which network a command means, and who sends.
#[derive(clap::Args)]
pub(super) struct PlaceArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// Wallet that sends the transaction, or a keystore file: the owner's, where not anybody may send it.
    #[arg(long, value_name = "WALLET", default_value = OWNER, global = true)]
    from: String,
}

/// A network, and who sends.
pub(super) struct Place {
    accounts: Accounts,
    from: String,
}

impl PlaceArgs {
    /// Runs what sends `transactions`, or writes the one that it makes to the file of --unsigned.
    ///
    /// # Errors
    /// Those of the command; with --unsigned, that it sends no transaction or several.
    pub(super) async fn run<T: Default>(
        &self,
        transactions: Transactions,
        output: Output,
        command: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        run_on(&self.network, transactions, output, command).await
    }

    /// The network that is meant.
    ///
    /// # Errors
    /// There is none, or its chain does not answer.
    pub(super) async fn open(&self, home: &Path) -> Result<Place> {
        Ok(Place { accounts: Accounts::open(&self.network, home).await?, from: self.from.clone() })
    }

    /// The options of the network as they are typed, each after a blank; empty for the home folder.
    #[must_use]
    pub(super) fn option(&self) -> String {
        self.network.option()
    }
}

impl Place {
    /// The chain that the commands act on.
    pub(super) fn chain(&self) -> &dyn Chain {
        self.accounts.client().chain().as_ref()
    }

    /// Id of the chain.
    pub(super) fn chain_id(&self) -> &str {
        &self.accounts.client().deployment().chain_id
    }

    /// Address of a contract.
    ///
    /// # Errors
    /// The network has none of that name.
    pub(super) fn contract(&self, contract: Contract) -> Result<&str> {
        address_of(&self.accounts, contract)
    }

    /// The account that sends.
    ///
    /// # Errors
    /// It is not known here, or the chain does not answer.
    pub(super) async fn account(&self) -> Result<Account> {
        self.accounts.account(&self.from).await
    }

    /// Its contracts, whose settings wait; `apply_all` is the command that applies what is due.
    pub(super) fn watched(&self, apply_all: String) -> Watched<'_> {
        let contracts = self.accounts.client().deployment().contracts().collect();
        Watched { chain: self.chain(), chain_id: self.chain_id(), contracts, apply_all }
    }

    /// What owners have announced in its contracts.
    ///
    /// # Errors
    /// The chain does not answer.
    pub(super) async fn settings(&self) -> Result<OwnerSettings> {
        self.watched(String::new()).settings().await
    }
}
