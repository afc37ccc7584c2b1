//! Messages a wallet can send.

use crate::{ChainError, address::validate_address, chain::to_json};
use cosmrs::{
    AccountId, Any,
    bank::MsgSend,
    cosmwasm::{MsgExecuteContract, MsgInstantiateContract, MsgMigrateContract, MsgStoreCode},
    proto::traits::MessageExt as _,
    tx::Msg,
};
use cosmwasm_std::Coin;
use serde::Serialize;

/// Port of the transfer module.
const TRANSFER_PORT: &str = "transfer";
const TRANSFER_TYPE: &str = "/ibc.applications.transfer.v1.MsgTransfer";

/// `MsgTransfer` of ibc-go, which cosmrs does not have.
#[derive(Clone, PartialEq, prost::Message)]
struct MsgTransfer {
    #[prost(string, tag = "1")]
    source_port: String,
    #[prost(string, tag = "2")]
    source_channel: String,
    #[prost(message, optional, tag = "3")]
    token: Option<cosmrs::proto::cosmos::base::v1beta1::Coin>,
    #[prost(string, tag = "4")]
    sender: String,
    #[prost(string, tag = "5")]
    receiver: String,
    #[prost(message, optional, tag = "6")]
    timeout_height: Option<Height>,
    #[prost(uint64, tag = "7")]
    timeout_timestamp: u64,
    #[prost(string, tag = "8")]
    memo: String,
}

/// No height: the packet expires by time.
#[derive(Clone, PartialEq, prost::Message)]
struct Height {
    #[prost(uint64, tag = "1")]
    revision_number: u64,
    #[prost(uint64, tag = "2")]
    revision_height: u64,
}

/// One message of a transaction. Contract messages are JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Calls a contract.
    Execute {
        /// Address of the contract.
        contract: String,
        /// The contract's execute message, JSON.
        msg: Vec<u8>,
        /// Coins sent along.
        funds: Vec<Coin>,
    },
    /// Creates a contract.
    Instantiate {
        /// Code to run.
        code_id: u64,
        /// The contract's instantiate message, JSON.
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
        /// Address of the contract.
        contract: String,
        /// Number of the code that it runs afterwards.
        code_id: u64,
        /// The contract's migrate message, JSON.
        msg: Vec<u8>,
    },
    /// Stores contract code, which anybody may then instantiate.
    StoreCode {
        /// The wasm, plain or gzipped.
        wasm: Vec<u8>,
    },
    /// Sends coins to another chain, by the transfer module (ICS-20).
    Transfer {
        /// Channel of port `transfer` on this chain.
        channel: String,
        /// Coins to send, of one denomination.
        coin: Coin,
        /// Address on the other chain, in its own form.
        receiver: String,
        /// When the packet expires, by the other chain's clock, in nanoseconds since 1970.
        timeout: u64,
    },
    /// Sends native coins from the signer's account.
    Send {
        /// Address that receives them.
        to: String,
        /// Coins to send, one entry for each denomination.
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
            Self::Transfer { channel, coin, receiver, timeout } => {
                let coins = to_coins(std::slice::from_ref(coin))?;
                let token = coins.first().map(|coin| coin.clone().into());
                let message = MsgTransfer {
                    source_port: TRANSFER_PORT.into(),
                    source_channel: channel.clone(),
                    token,
                    sender: sender.to_string(),
                    receiver: receiver.clone(),
                    timeout_height: Some(Height::default()),
                    timeout_timestamp: *timeout,
                    memo: String::new(),
                };
                message
                    .to_bytes()
                    .map(|value| Any { type_url: TRANSFER_TYPE.into(), value })
                    .map_err(Into::into)
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
    use rand_chacha::rand_core::SeedableRng as _;

    #[test]
    fn a_transfer_is_the_transfer_module_s_message() {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
        let sender = crate::SigningKey::generate(&mut rng).account_id().clone();
        let message = Message::Transfer {
            channel: "channel-0".into(),
            coin: coin(7, "ubee"),
            receiver: "r".into(),
            timeout: 300,
        };
        let any = message.to_any(&sender).unwrap();
        assert_eq!(any.type_url, "/ibc.applications.transfer.v1.MsgTransfer");
        let expected = [
            b"\x0a\x08transfer\x12\x09channel-0\x1a\x09\x0a\x04ubee\x12\x017\x22".as_slice(),
            &[sender.as_ref().len() as u8],
            sender.as_ref().as_bytes(),
            b"\x2a\x01r\x32\x00\x38\xac\x02",
        ]
        .concat();
        assert_eq!(any.value, expected);
    }

    #[test]
    fn coins_are_sorted_and_doubles_and_zeros_refused() {
        let sorted = to_coins(&[coin(2, "uusd"), coin(1, "ubee")]).unwrap();
        assert_eq!(sorted[0].denom.as_ref(), "ubee");
        for bad in [vec![coin(0, "ubee")], vec![coin(1, "ubee"), coin(2, "ubee")], vec![coin(1, "u")]] {
            assert!(matches!(to_coins(&bad), Err(ChainError::InvalidTx { field, .. }) if field == "funds"));
        }
    }
}
