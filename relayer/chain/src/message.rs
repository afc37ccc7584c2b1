//! Messages a wallet can send.

use crate::{ChainError, address::validate_address, chain::to_json};
use cosmrs::{
    AccountId, Any,
    bank::MsgSend,
    cosmwasm::{MsgExecuteContract, MsgInstantiateContract, MsgMigrateContract, MsgStoreCode},
    tx::Msg,
};
use cosmwasm_std::Coin;
use serde::Serialize;

/// One message of a transaction. Contract messages are JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Calls a contract.
    Execute {
        /// Contract address.
        contract: String,
        /// JSON message.
        msg: Vec<u8>,
        /// Coins sent along.
        funds: Vec<Coin>,
    },
    /// Creates a contract.
    Instantiate {
        /// Code to run.
        code_id: u64,
        /// JSON message.
        msg: Vec<u8>,
        /// Name shown to people; 1 to 128 bytes.
        label: String,
        /// Who may migrate the contract; nobody when `None`.
        admin: Option<String>,
        /// Coins sent along.
        funds: Vec<Coin>,
    },
    /// Moves a contract to other code.
    Migrate {
        /// Contract address.
        contract: String,
        /// New code.
        code_id: u64,
        /// JSON message.
        msg: Vec<u8>,
    },
    /// Stores contract code, which anybody may then instantiate.
    StoreCode {
        /// The wasm, plain or gzipped.
        wasm: Vec<u8>,
    },
    /// Sends coins.
    Send {
        /// Recipient.
        to: String,
        /// Coins.
        funds: Vec<Coin>,
    },
}

impl Message {
    /// A call of `contract` with a typed message.
    ///
    /// # Errors
    /// [`ChainError::InvalidTx`] when `msg` has no JSON form.
    pub fn execute<M: Serialize + ?Sized>(
        contract: &str,
        msg: &M,
        funds: &[Coin],
    ) -> Result<Self, ChainError> {
        Ok(Self::Execute { contract: contract.into(), msg: to_json("execute", msg)?, funds: funds.to_vec() })
    }

    pub(crate) fn to_any(&self, sender: &AccountId) -> Result<Any, ChainError> {
        let sender = sender.clone();
        match self {
            Self::Execute { contract, msg, funds } => MsgExecuteContract {
                sender,
                contract: validate_address(contract)?,
                msg: msg.clone(),
                funds: to_coins(funds)?,
            }
            .to_any(),
            Self::Instantiate { code_id, msg, label, admin, funds } => MsgInstantiateContract {
                sender,
                admin: admin.as_deref().map(validate_address).transpose()?,
                code_id: *code_id,
                label: Some(label.clone()),
                msg: msg.clone(),
                funds: to_coins(funds)?,
            }
            .to_any(),
            Self::Migrate { contract, code_id, msg } => MsgMigrateContract {
                sender,
                contract: validate_address(contract)?,
                code_id: *code_id,
                msg: msg.clone(),
            }
            .to_any(),
            Self::StoreCode { wasm } => {
                MsgStoreCode { sender, wasm_byte_code: wasm.clone(), instantiate_permission: None }.to_any()
            }
            Self::Send { to, funds } => {
                MsgSend { from_address: sender, to_address: validate_address(to)?, amount: to_coins(funds)? }
                    .to_any()
            }
        }
        .map_err(|error| ChainError::InvalidTx { field: "messages".into(), reason: error.to_string() })
    }
}

/// Coins in the form chains insist on: positive, sorted by denomination, each denomination once.
fn to_coins(coins: &[Coin]) -> Result<Vec<cosmrs::Coin>, ChainError> {
    let invalid = |reason: String| ChainError::InvalidTx { field: "funds".into(), reason };
    let mut sorted = coins.to_vec();
    sorted.sort_by(|a, b| a.denom.cmp(&b.denom));
    if let Some(zero) = sorted.iter().find(|coin| coin.amount.is_zero()) {
        return Err(invalid(format!("amount of {:?} is 0, expected more", zero.denom)));
    }
    if let Some([twice, _]) = sorted.array_windows().find(|[a, b]| a.denom == b.denom) {
        return Err(invalid(format!("{:?} is listed twice", twice.denom)));
    }
    sorted
        .iter()
        .map(|coin| {
            cosmrs::Coin::new(coin.amount.u128(), &coin.denom)
                .map_err(|error| invalid(format!("denomination {:?}: {error}", coin.denom)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::coin;

    #[test]
    fn coins_are_sorted_and_doubles_and_zeros_refused() {
        let sorted = to_coins(&[coin(2, "uusd"), coin(1, "ubee")]).unwrap();
        assert_eq!(sorted[0].denom.as_ref(), "ubee");
        for bad in [vec![coin(0, "ubee")], vec![coin(1, "ubee"), coin(2, "ubee")], vec![coin(1, "u")]] {
            assert!(matches!(to_coins(&bad), Err(ChainError::InvalidTx { field, .. }) if field == "funds"));
        }
    }
}
