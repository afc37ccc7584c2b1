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

    /// A message and its sender, from the form that a transaction has it in. None for one that is not known, or that says more than
    /// [`Message`] does: what is returned is the whole of it.
    #[must_use]
    pub fn from_any(any: &Any) -> Option<(AccountId, Self)> {
        let (sender, message) = Self::decode(any)?;
        // Whoever signs must have seen every byte.
        (message.to_any(&sender).ok()? == *any).then_some((sender, message))
    }

    fn decode(any: &Any) -> Option<(AccountId, Self)> {
        if let Ok(MsgExecuteContract { sender, contract, msg, funds }) = Msg::from_any(any) {
            let contract = contract.to_string();
            return Some((sender, Self::Execute { contract, msg, funds: from_coins(&funds) }));
        }
        if let Ok(MsgInstantiateContract { sender, admin, code_id, label, msg, funds }) = Msg::from_any(any) {
            let admin = admin.map(|admin| admin.to_string());
            let label = label.unwrap_or_default();
            return Some((
                sender,
                Self::Instantiate { code_id, msg, label, admin, funds: from_coins(&funds) },
            ));
        }
        if let Ok(MsgMigrateContract { sender, contract, code_id, msg }) = Msg::from_any(any) {
            return Some((sender, Self::Migrate { contract: contract.to_string(), code_id, msg }));
        }
        if let Ok(MsgStoreCode { sender, wasm_byte_code, .. }) = Msg::from_any(any) {
            return Some((sender, Self::StoreCode { wasm: wasm_byte_code }));
        }
        if let Ok(MsgSend { from_address, to_address, amount }) = Msg::from_any(any) {
            let to = to_address.to_string();
            return Some((from_address, Self::Send { to, funds: from_coins(&amount) }));
        }
        if any.type_url != TRANSFER_TYPE {
            return None;
        }
        let transfer = <MsgTransfer as prost::Message>::decode(any.value.as_slice()).ok()?;
        let coin = cosmrs::Coin::try_from(transfer.token?).ok()?;
        let message = Self::Transfer {
            channel: transfer.source_channel,
            coin: from_coin(&coin),
            receiver: transfer.receiver,
            timeout: transfer.timeout_timestamp,
        };
        Some((transfer.sender.parse().ok()?, message))
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

fn from_coin(coin: &cosmrs::Coin) -> Coin {
    Coin { denom: coin.denom.to_string(), amount: coin.amount.into() }
}

fn from_coins(coins: &[cosmrs::Coin]) -> Vec<Coin> {
    coins.iter().map(from_coin).collect()
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
    fn a_message_reads_back_and_one_that_says_more_is_not_known() {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
        let sender = crate::SigningKey::generate(&mut rng).account_id().clone();
        let contract = AccountId::new(crate::BECH32_PREFIX, &[7; 32]).unwrap().to_string();
        let (msg, funds) = (br#"{"a":1}"#.to_vec(), vec![coin(1, "ubee"), coin(2, "uusd")]);
        let label = "label".to_owned();
        let transfer = |receiver: &str| Message::Transfer {
            channel: "channel-0".into(),
            coin: coin(7, "ubee"),
            receiver: receiver.into(),
            timeout: 300,
        };
        let messages = [
            Message::Execute { contract: contract.clone(), msg: msg.clone(), funds: funds.clone() },
            Message::Execute { contract: contract.clone(), msg: vec![], funds: vec![] },
            Message::Instantiate { code_id: 3, msg: msg.clone(), label, admin: None, funds: vec![] },
            Message::Migrate { contract: contract.clone(), code_id: 4, msg },
            Message::StoreCode { wasm: vec![1, 2] },
            Message::Send { to: contract.clone(), funds },
            transfer("r"),
        ];
        for message in messages {
            let any = message.to_any(&sender).unwrap();
            assert_eq!(Message::from_any(&any), Some((sender.clone(), message)));
            // Field 15, a number, which no version of these messages has.
            let more = Any { value: [&any.value[..], &[0x78, 1]].concat(), ..any.clone() };
            assert_eq!(Message::from_any(&more), None);
            assert_eq!(Message::from_any(&Any { type_url: format!("/x{}", any.type_url), ..any }), None);
        }
        let mut with_memo = transfer("r").to_any(&sender).unwrap();
        with_memo.value.extend(b"\x42\x01m");
        assert_eq!(Message::from_any(&with_memo), None, "a memo can make the other chain do something");
        let permitted = MsgStoreCode {
            sender,
            wasm_byte_code: vec![1],
            instantiate_permission: Some(cosmrs::cosmwasm::AccessConfig {
                permission: cosmrs::cosmwasm::AccessType::Everybody,
                addresses: vec![],
            }),
        };
        assert_eq!(Message::from_any(&permitted.to_any().unwrap()), None);
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
