//! A summary of a transaction, read from its bytes alone: who signed, what each message is about. Blocks hold
//! transactions of every kind, so what is not understood is left empty.

use crate::{BECH32_PREFIX, ChainError, TxHash};
use cosmrs::{
    Any,
    crypto::PublicKey,
    proto::{
        cosmos::{
            bank::v1beta1::MsgSend,
            tx::v1beta1::{AuthInfo, TxBody, TxRaw},
        },
        cosmwasm::wasm::v1::{MsgExecuteContract, MsgInstantiateContract, MsgMigrateContract, MsgStoreCode},
        traits::{Message as Protobuf, Name},
    },
};
use cosmwasm_std::Uint128;

/// What errors of a transaction refer to.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) hash: TxHash,
    pub(super) size: usize,
    /// Addresses of signers with a secp256k1 key, in order.
    pub(super) signers: Vec<String>,
    pub(super) messages: Vec<MessageOutline>,
    pub(super) gas_limit: u64,
    pub(super) sequence: u64,
    /// First coin of the fee.
    pub(super) fee: Option<(Uint128, String)>,
}

#[derive(Debug, Default)]
pub(super) struct MessageOutline {
    pub(super) sender: String,
    /// The contract that it is about; the code for one that is to be created.
    pub(super) contract: String,
    /// The code that it is to run; 0 for messages that name none.
    pub(super) code_id: u64,
}

impl Outline {
    /// Reads a transaction.
    ///
    /// # Errors
    /// [`ChainError::InvalidTx`] when the bytes are not a transaction.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ChainError> {
        let raw: TxRaw = part("tx", bytes)?;
        let body: TxBody = part("body", &raw.body_bytes)?;
        let auth: AuthInfo = part("auth_info", &raw.auth_info_bytes)?;
        if body.messages.is_empty() {
            let reason = "none, expected 1 or more".into();
            return Err(ChainError::InvalidTx { field: "messages".into(), reason });
        }
        let fee = auth.fee.unwrap_or_default();
        let first_coin = fee.amount.into_iter().next();
        Ok(Self {
            hash: TxHash::of(bytes),
            size: bytes.len(),
            signers: auth.signer_infos.iter().filter_map(|info| signer(info.public_key.as_ref()?)).collect(),
            messages: body.messages.iter().map(MessageOutline::of).collect(),
            gas_limit: fee.gas_limit,
            sequence: auth.signer_infos.first().map_or(0, |info| info.sequence),
            fee: first_coin.map(|coin| (coin.amount.parse().unwrap_or_default(), coin.denom)),
        })
    }

    /// The outline of a transaction in a block, where anybody can put anything.
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self::parse(bytes).unwrap_or_else(|_| Self {
            hash: TxHash::of(bytes),
            size: bytes.len(),
            signers: vec![],
            messages: vec![],
            gas_limit: 0,
            sequence: 0,
            fee: None,
        })
    }

    /// The error for bytes that a block has already.
    pub(super) fn used_up(&self) -> ChainError {
        ChainError::SequenceMismatch { expected: self.sequence.saturating_add(1), got: self.sequence }
    }

    /// Who paid the fee.
    pub(super) fn payer(&self) -> &str {
        self.signers.first().map(String::as_str).unwrap_or_default()
    }

    pub(super) fn sender(&self, index: usize) -> &str {
        let sender = self.messages.get(index).map(|message| message.sender.as_str());
        sender.filter(|sender| !sender.is_empty()).unwrap_or_else(|| self.payer())
    }

    pub(super) fn code_id(&self, index: usize) -> u64 {
        self.messages.get(index).map_or(0, |message| message.code_id)
    }

    pub(super) fn contract(&self, index: usize) -> &str {
        self.messages.get(index).map(|message| message.contract.as_str()).unwrap_or_default()
    }
}

fn part<M: Protobuf + Default>(field: &str, bytes: &[u8]) -> Result<M, ChainError> {
    M::decode(bytes).map_err(|error| ChainError::InvalidTx { field: field.into(), reason: error.to_string() })
}

fn signer(key: &Any) -> Option<String> {
    PublicKey::try_from(key).ok()?.account_id(BECH32_PREFIX).ok().map(|id| id.to_string())
}

impl MessageOutline {
    fn of(any: &Any) -> Self {
        Self::known(any).unwrap_or_default()
    }

    fn known(any: &Any) -> Option<Self> {
        let bytes = any.value.as_slice();
        let (sender, contract, code_id) = match any.type_url.as_str() {
            url if url == MsgExecuteContract::type_url() => {
                let msg = MsgExecuteContract::decode(bytes).ok()?;
                (msg.sender, msg.contract, 0)
            }
            url if url == MsgInstantiateContract::type_url() => {
                let msg = MsgInstantiateContract::decode(bytes).ok()?;
                (msg.sender, format!("code {}", msg.code_id), msg.code_id)
            }
            url if url == MsgMigrateContract::type_url() => {
                let msg = MsgMigrateContract::decode(bytes).ok()?;
                (msg.sender, msg.contract, msg.code_id)
            }
            url if url == MsgStoreCode::type_url() => {
                (MsgStoreCode::decode(bytes).ok()?.sender, String::new(), 0)
            }
            url if url == MsgSend::type_url() => {
                (MsgSend::decode(bytes).ok()?.from_address, String::new(), 0)
            }
            _ => return None,
        };
        Some(Self { sender, contract, code_id })
    }
}
