//! Settings of owners that wait ([`bithive_api::delay`]): what waits in the contracts of a deployment, and setting something so that a
//! second try goes on with it instead of announcing it again.

use bithive_api::delay::{SettingResponse, limits::DELAY_SECONDS};
use bithive_chain::{Chain, ChainError, ChainExt as _, Message, Receipt, Wallet};
use bithive_contracts::{Code, Contract};
use serde::Serialize;
use serde_json::Value;

/// Codes of the contracts that have such settings.
const WITH_SETTINGS: [Code; 12] = [
    Code::Registry,
    Code::Jobs,
    Code::Treasury,
    Code::Rewards,
    Code::Emissions,
    Code::Staking,
    Code::Timebank,
    Code::Meter,
    Code::Oracle,
    Code::Ics20,
    Code::Attestations,
    Code::Listings,
];

/// The message that all of them have.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum ExecuteMsg {
    ApplySetting { id: u64 },
}

/// The query that all of them have.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum QueryMsg {
    Settings {},
}

/// How far a setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It can't be applied yet.
    Waits,
    /// Anybody can apply it.
    Due,
    /// It was not applied in time, and can't be any more.
    Void,
}

/// A setting that an owner has announced. Times are in Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OwnerSetting {
    /// The contract that it changes.
    pub contract: Contract,
    /// Address of the contract.
    pub address: String,
    /// Its number in this contract, from 1.
    pub id: u64,
    /// How far it is.
    pub stage: Stage,
    /// When it was announced.
    pub announced_at: u64,
    /// When it can take effect.
    pub effective_at: u64,
    /// When it is void.
    pub void_at: u64,
    /// The owner's message.
    pub message: Value,
}

impl OwnerSetting {
    fn new(contract: Contract, address: &str, found: SettingResponse, now: u64) -> Result<Self, ChainError> {
        let SettingResponse { id, message, effective_at, void_at } = found;
        let message = serde_json::from_slice(&message).map_err(|error| ChainError::Decode {
            what: format!("setting {id} of {contract}"),
            reason: error.to_string(),
        })?;
        let stage = match now {
            now if now < effective_at => Stage::Waits,
            now if now < void_at => Stage::Due,
            _ => Stage::Void,
        };
        let (address, announced_at) = (address.to_owned(), effective_at.saturating_sub(DELAY_SECONDS));
        Ok(Self { contract, address, id, stage, announced_at, effective_at, void_at, message })
    }

    /// Name of the owner's message, like `set_offer`.
    #[must_use]
    pub fn name(&self) -> &str {
        let names = self.message.as_object().into_iter().flat_map(|message| message.keys());
        names.map(String::as_str).next().unwrap_or_default()
    }

    /// Lets it take effect; any account can.
    ///
    /// # Errors
    /// [`ChainError`]: it waits, it is void, or the contract refuses what it says.
    pub async fn apply(&self, wallet: &Wallet) -> Result<Receipt, ChainError> {
        wallet.execute_many(&[self.application()?]).await
    }

    fn application(&self) -> Result<Message, ChainError> {
        Message::execute(&self.address, &ExecuteMsg::ApplySetting { id: self.id }, &[])
    }
}

/// A contract that does not say what waits in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unanswered {
    /// The contract that was asked.
    pub contract: Contract,
    /// Its address on the chain.
    pub address: String,
    /// What it answers. Code of an earlier version does not know the question, and `bithive deploy` migrates it.
    pub error: String,
}

/// What waits in the contracts of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OwnerSettings {
    /// By contract and number; void ones, too, until the next announcement clears them away.
    pub settings: Vec<OwnerSetting>,
    /// Contracts that do not answer.
    pub unanswered: Vec<Unanswered>,
}

/// What waits in these contracts.
///
/// # Errors
/// [`ChainError`] of a chain that does not answer.
pub async fn owner_settings(
    chain: &dyn Chain,
    contracts: &[(Contract, &str)],
) -> Result<OwnerSettings, ChainError> {
    let now = chain.info().await?.time.seconds();
    let mut answer = OwnerSettings::default();
    for (contract, address) in contracts {
        if !WITH_SETTINGS.contains(&contract.code()) {
            continue;
        }
        match chain.query::<Vec<SettingResponse>, _>(address, &QueryMsg::Settings {}).await {
            Ok(found) => {
                for setting in found {
                    answer.settings.push(OwnerSetting::new(*contract, address, setting, now)?);
                }
            }
            Err(ChainError::Query { error, .. }) => {
                let (contract, address) = (*contract, (*address).to_owned());
                answer.unanswered.push(Unanswered { contract, address, error });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(answer)
}

/// A message of the owner of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerMessage {
    contract: Contract,
    address: String,
    message: Value,
}

impl OwnerMessage {
    /// A message to the contract at `address`.
    ///
    /// # Errors
    /// [`ChainError::InvalidTx`]: it is no JSON.
    pub fn new(contract: Contract, address: &str, message: &impl Serialize) -> Result<Self, ChainError> {
        let message = serde_json::to_value(message).map_err(|error| ChainError::InvalidTx {
            field: contract.name().into(),
            reason: error.to_string(),
        })?;
        Ok(Self { contract, address: address.into(), message })
    }

    /// The same setting, announced before.
    fn is(&self, setting: &OwnerSetting) -> bool {
        setting.stage != Stage::Void && setting.address == self.address && setting.message == self.message
    }
}

/// What became of messages of an owner.
#[derive(Clone, Debug, Default)]
pub struct OwnerReceipt {
    /// Of the transaction that set, applied or announced them; none where all of them wait since before.
    pub receipt: Option<Receipt>,
    /// Those that have no effect yet.
    pub waits: Vec<OwnerSetting>,
}

/// Sends messages of the owner in one transaction. Those that wait already are not sent again: what is due is applied, and what is
/// not is left to wait.
///
/// # Errors
/// As [`Wallet::submit`].
pub async fn set_as_owner(wallet: &Wallet, wanted: &[OwnerMessage]) -> Result<OwnerReceipt, ChainError> {
    let contracts: Vec<_> = wanted.iter().map(|wanted| (wanted.contract, wanted.address.as_str())).collect();
    let chain = wallet.chain().as_ref();
    let mut known = owner_settings(chain, &contracts).await?.settings;
    let mut messages = Vec::new();
    for wanted in wanted {
        match known.iter().find(|setting| wanted.is(setting)) {
            Some(setting) if setting.stage == Stage::Due => messages.push(setting.application()?),
            Some(_) => {}
            None => messages.push(Message::execute(&wanted.address, &wanted.message, &[])?),
        }
    }
    let mut receipt = None;
    if !messages.is_empty() {
        receipt = Some(wallet.execute_many(&messages).await?);
        known = owner_settings(chain, &contracts).await?.settings;
    }
    let waits = |wanted: &OwnerMessage| known.iter().find(|setting| wanted.is(setting)).cloned();
    Ok(OwnerReceipt { receipt, waits: wanted.iter().filter_map(waits).collect() })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_contract_with_settings_is_asked_for_them() {
        let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../schema");
        for code in Code::ALL {
            let answers = schema.join(code.name()).join("response_to_settings.json").exists();
            assert_eq!(WITH_SETTINGS.contains(&code), answers, "{code}");
        }
    }

    #[test]
    fn a_setting_waits_is_due_and_is_void() {
        let at = |now| {
            let message = cosmwasm_std::Binary::from(br#"{"set_paused":{"paused":true}}"#);
            let (effective_at, void_at) = (DELAY_SECONDS + 5, DELAY_SECONDS + 9);
            let found = SettingResponse { id: 1, message, effective_at, void_at };
            OwnerSetting::new(Contract::Jobs, "jobs", found, now).unwrap()
        };
        let stages = [4, 5, 8, 9].map(|later| at(DELAY_SECONDS + later).stage);
        assert_eq!(stages, [Stage::Waits, Stage::Due, Stage::Due, Stage::Void]);
        assert_eq!((at(0).announced_at, at(0).name()), (5, "set_paused"));
    }
}
