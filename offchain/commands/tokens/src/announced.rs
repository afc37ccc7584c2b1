//! Messages of owners: most take effect at once in the first day of a contract, and wait for three days later, in which everybody sees
//! them.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use bithive_client::{OwnerMessage, OwnerReceipt, set_as_owner};
use bithive_command_kit::{Output, waiting};
use bithive_contracts::Contract;
use serde::Serialize;
use serde_json::{Value, json};

use super::accounts::{Accounts, now};
use super::network::NetworkArgs;

/// Whose wallet sends what owners send, where none is named: the account that owns the contracts of a new network.
pub const OWNER: &str = "operator";

/// An owner who sends messages.
pub(super) struct Owner<'a> {
    accounts: &'a Accounts,
    /// The owner's wallet, node or keystore file.
    from: &'a str,
    /// The option of the network, as it is typed.
    option: String,
    output: Output,
}

impl<'a> Owner<'a> {
    pub(super) fn new(accounts: &'a Accounts, network: &NetworkArgs, from: &'a str, output: Output) -> Self {
        Self { accounts, from, option: network.option(), output }
    }

    /// Sends a message to `contract`; what waits there already is applied if it is due, and not sent again. `text` is what it did, for
    /// people. 1 if it waits.
    pub(super) async fn send(
        &self,
        contract: Contract,
        message: &impl Serialize,
        text: &str,
    ) -> Result<ExitCode> {
        let address = address_of(self.accounts, contract)?;
        let account = self.accounts.account(self.from).await?;
        let message = serde_json::to_value(message)?;
        let wanted = OwnerMessage::new(contract, address, &message)?;
        let OwnerReceipt { receipt, waits } = set_as_owner(account.wallet(), &[wanted]).await?;
        let now = now(self.accounts).await?;
        let answer = json!({
            "chain_id": self.accounts.client().deployment().chain_id,
            "contract": contract,
            "message": name(&message),
            "transaction": receipt.as_ref().map(|receipt| receipt.hash.to_string()),
            "height": receipt.as_ref().map(|receipt| receipt.height),
            "waits": waits,
        });
        self.output.show(&answer, |_| {
            if waits.is_empty() {
                println!("{text}");
            }
            waiting::tell_of(&waits, now, &apply_all(&self.option));
        })?;
        Ok(waiting::exit_code(&waits))
    }
}

/// The command that applies everything that is due; `option` names the network.
pub(super) fn apply_all(option: &str) -> String {
    format!("bithive owner apply --all{option}")
}

/// Address of a contract of the network.
///
/// # Errors
/// The network has no such contract.
pub fn address_of(accounts: &Accounts, contract: Contract) -> Result<&str> {
    let deployment = accounts.client().deployment();
    let known = || deployment.contracts().map(|(contract, _)| contract.name()).collect::<Vec<_>>().join(", ");
    deployment
        .get(contract)
        .with_context(|| format!("{} has no {contract}; it has {}", deployment.chain_id, known()))
}

/// Name of a message, like `set_paused`.
fn name(message: &Value) -> &str {
    let names = message.as_object().into_iter().flat_map(|message| message.keys());
    names.map(String::as_str).next().unwrap_or_default()
}
