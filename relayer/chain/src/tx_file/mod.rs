//! A transaction in a file, for a key on another machine: made where the chain is, signed where the key is, sent from anywhere.
//!
//! The file is JSON (UTF-8) of at most [`MAX_BYTES`]. Bytes are base64 with padding; numbers are JSON numbers of 64 bits; unknown fields
//! are refused.
//!
//! ```json
//! {
//!   "format": "bithive-transaction",
//!   "version": 1,
//!   "chain_id": "hive-1",
//!   "account_number": 7,
//!   "sequence": 3,
//!   "sender": "bithive1..",
//!   "public_key": "A..",
//!   "messages": ["Ci.."],
//!   "gas_limit": 200000,
//!   "fee": { "denom": "ubee", "amount": "5000" },
//!   "memo": "",
//!   "timeout_height": 0,
//!   "sign_mode": "SIGN_MODE_DIRECT",
//!   "signature": "u.."
//! }
//! ```
//!
//! `public_key`, a compressed point of secp256k1, is left out where it is not known; `signature`, r then s of ECDSA over SHA-256 of the
//! `SignDoc`, until there is one. `messages` are protobuf `Any`. `fee` is null where gas costs nothing. A `timeout_height` of 0 is none.
//! Nothing of the file is trusted: what is signed is made from its fields, and a message that can't be read as a whole is told apart.

mod error;
mod raw;
mod send;

pub use error::TxFileError;
pub use raw::RawTx;
pub use send::Sent;

use crate::{
    Account, ChainError, Message, SignedTx, SigningKey,
    signer::Sender,
    tx::{Signed, TxContext},
};
use cosmrs::{
    Any,
    proto::{cosmos::tx::v1beta1::SignDoc, traits::Message as _},
};
use cosmwasm_std::{Binary, Coin};
use error::cut;
use serde::{Deserialize, Serialize};

/// Most bytes of a file; a CometBFT mempool takes no longer transaction.
pub const MAX_BYTES: usize = 1 << 20;
/// Most messages of a transaction.
const MAX_MESSAGES: usize = 100;
/// Most bytes of a memo, as in the auth module of the SDK.
const MAX_MEMO: usize = 256;
/// Most bytes of a chain id, as in CometBFT.
const MAX_CHAIN_ID: usize = 50;

const FORMAT: &str = "bithive-transaction";
const VERSION: u64 = 1;
const SIGN_MODE: &str = "SIGN_MODE_DIRECT";

/// The file as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u64,
    chain_id: String,
    account_number: u64,
    sequence: u64,
    sender: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key: Option<Binary>,
    messages: Vec<Binary>,
    gas_limit: u64,
    fee: Option<Fee>,
    memo: String,
    timeout_height: u64,
    sign_mode: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<Binary>,
}

/// The fee as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fee {
    denom: String,
    amount: cosmwasm_std::Uint128,
}

/// What every version has.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
}

/// A transaction of one account, signed or not; every field is in its range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxFile {
    chain_id: String,
    account: Account,
    sender: Sender,
    messages: Vec<Any>,
    gas_limit: u64,
    fee: Option<Coin>,
    memo: String,
    timeout_height: u64,
    signature: Option<Vec<u8>>,
}

/// A message of a transaction in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// One that says all that its bytes say, of the sender of the transaction.
    Known(Message),
    /// One of a type that is not known, with a field that is not known, or of another sender.
    Unknown {
        /// Protobuf type URL.
        type_url: String,
        /// The message, protobuf.
        value: Vec<u8>,
    },
}

impl TxFile {
    /// An unsigned transaction.
    pub(crate) fn new(
        context: &TxContext<'_>,
        sender: Sender,
        messages: &[Message],
        timeout_height: u64,
    ) -> Result<Self, ChainError> {
        let messages = messages.iter().map(|message| message.to_any(sender.account_id()));
        let made = Self {
            chain_id: context.chain.chain_id.clone(),
            account: context.account,
            messages: messages.collect::<Result<_, _>>()?,
            sender,
            gas_limit: context.gas_limit,
            fee: context.fee.clone(),
            memo: String::new(),
            timeout_height,
            signature: None,
        };
        made.check().map_err(|error| ChainError::InvalidTx {
            field: "transaction".into(),
            reason: error.to_string(),
        })?;
        Ok(made)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`TxFileError::TooLarge`], [`TxFileError::Malformed`], [`TxFileError::Version`], [`TxFileError::Field`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, TxFileError> {
        if bytes.len() > MAX_BYTES {
            return Err(TxFileError::TooLarge { most: MAX_BYTES });
        }
        let malformed = |error: serde_json::Error| TxFileError::Malformed { reason: cut(error) };
        let head: Head = serde_json::from_slice(bytes).map_err(malformed)?;
        if head.format != FORMAT {
            return Err(field("format", &head.format, FORMAT));
        }
        if head.version != VERSION {
            return Err(TxFileError::Version { found: head.version, expected: VERSION });
        }
        let document: Document = serde_json::from_slice(bytes).map_err(malformed)?;
        Self::from_document(document)
    }

    /// What is written to a file, with a line break at its end.
    ///
    /// # Errors
    /// [`ChainError::TxTooLarge`]: more than [`MAX_BYTES`].
    pub fn to_json(&self) -> Result<String, ChainError> {
        let mut text = serde_json::to_string_pretty(&self.to_document()).map_err(|error| {
            ChainError::InvalidTx { field: "transaction".into(), reason: error.to_string() }
        })?;
        text.push('\n');
        if text.len() > MAX_BYTES {
            let reason = format!("a file has at most {MAX_BYTES}");
            return Err(ChainError::TxTooLarge { size: text.len() as u64, reason });
        }
        Ok(text)
    }

    fn from_document(document: Document) -> Result<Self, TxFileError> {
        if document.sign_mode != SIGN_MODE {
            return Err(field("sign_mode", &document.sign_mode, SIGN_MODE));
        }
        let address = &document.sender;
        let sender = match &document.public_key {
            None => Sender::at(address)
                .map_err(|error| field("sender", address, &format!("the address of an account ({error})")))?,
            Some(key) => Sender::with_public_key(address, key)
                .map_err(|error| field("public_key", key.to_base64(), &format!("the sender's ({error})")))?,
        };
        let read = Self {
            chain_id: document.chain_id,
            account: Account { number: document.account_number, sequence: document.sequence },
            sender,
            messages: document.messages.iter().map(any).collect::<Result<_, _>>()?,
            gas_limit: document.gas_limit,
            fee: document.fee.map(|Fee { denom, amount }| Coin { denom, amount }),
            memo: document.memo,
            timeout_height: document.timeout_height,
            signature: document.signature.map(Into::into),
        };
        read.check()?;
        Ok(read)
    }

    fn to_document(&self) -> Document {
        let binary = |message: &Any| Binary::from(message.encode_to_vec());
        Document {
            format: FORMAT.into(),
            version: VERSION,
            chain_id: self.chain_id.clone(),
            account_number: self.account.number,
            sequence: self.account.sequence,
            sender: self.sender.address().into(),
            public_key: self.sender.public_key().map(|key| key.to_bytes().into()),
            messages: self.messages.iter().map(binary).collect(),
            gas_limit: self.gas_limit,
            fee: self.fee.clone().map(|Coin { denom, amount }| Fee { denom, amount }),
            memo: self.memo.clone(),
            timeout_height: self.timeout_height,
            sign_mode: SIGN_MODE.into(),
            signature: self.signature.clone().map(Into::into),
        }
    }

    /// Everything that one field shows to be wrong.
    fn check(&self) -> Result<(), TxFileError> {
        let Self { chain_id, messages, gas_limit, fee, memo, timeout_height, .. } = self;
        if chain_id.is_empty()
            || chain_id.len() > MAX_CHAIN_ID
            || !chain_id.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(field("chain_id", chain_id, "1 to 50 characters of ASCII, without blanks"));
        }
        if messages.is_empty() || messages.len() > MAX_MESSAGES {
            return Err(field("messages", messages.len(), "1 to 100 messages"));
        }
        if *gas_limit == 0 {
            return Err(field("gas_limit", gas_limit, "at least 1"));
        }
        if let Some(fee) = fee
            && (fee.amount.is_zero() || fee.denom.parse::<cosmrs::Denom>().is_err())
        {
            return Err(field("fee", fee, "an amount and a denomination, or null"));
        }
        if memo.len() > MAX_MEMO {
            return Err(field("memo", format!("{} bytes", memo.len()), "at most 256 bytes"));
        }
        if i64::try_from(*timeout_height).is_err() {
            return Err(field("timeout_height", timeout_height, "a height, or 0"));
        }
        match (&self.signature, self.sender.public_key()) {
            (Some(signature), _) if signature.len() != 64 => {
                Err(field("signature", format!("{} bytes", signature.len()), "64 bytes"))
            }
            (Some(_), None) => Err(field("public_key", "missing", "that of the signature")),
            _ => Ok(()),
        }
    }

    /// Chain that the transaction is for.
    #[must_use]
    pub fn chain_id(&self) -> &str {
        &self.chain_id
    }

    /// Number and sequence of its account.
    #[must_use]
    pub fn account(&self) -> Account {
        self.account
    }

    /// Who sends it and pays for it.
    #[must_use]
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// Most gas that it may use.
    #[must_use]
    pub fn gas_limit(&self) -> u64 {
        self.gas_limit
    }

    /// The fee it pays; none where gas costs nothing.
    #[must_use]
    pub fn fee(&self) -> Option<&Coin> {
        self.fee.as_ref()
    }

    /// Text that everybody sees on chain. Somebody else may have written it.
    #[must_use]
    pub fn memo(&self) -> &str {
        &self.memo
    }

    /// Last height of a block that may include it; 0 for any.
    #[must_use]
    pub fn timeout_height(&self) -> u64 {
        self.timeout_height
    }

    /// Whether there is a signature; [`Self::signed`] says whether it holds.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.signature.is_some()
    }

    /// What it does, in order.
    pub fn messages(&self) -> impl Iterator<Item = Content> {
        self.messages.iter().map(|any| match Message::from_any(any) {
            Some((sender, message)) if sender == *self.sender.account_id() => Content::Known(message),
            _ => Content::Unknown { type_url: any.type_url.clone(), value: any.value.clone() },
        })
    }

    /// Signs it with the sender's key. Messages that can't be shown are signed only if `unknown_messages` says so.
    ///
    /// # Errors
    /// [`TxFileError::Signed`], [`TxFileError::OtherKey`], [`TxFileError::UnknownMessage`].
    pub fn sign(mut self, key: &SigningKey, unknown_messages: bool) -> Result<Self, TxFileError> {
        if self.is_signed() {
            return Err(TxFileError::Signed);
        }
        if key.address() != self.sender.address() {
            return Err(TxFileError::OtherKey {
                sender: self.sender.address().into(),
                key: key.address().into(),
            });
        }
        if !unknown_messages {
            self.check_known()?;
        }
        self.sender = key.into();
        self.signature = Some(key.sign(&self.sign_doc()?.encode_to_vec())?);
        Ok(self)
    }

    /// That every message can be shown.
    ///
    /// # Errors
    /// [`TxFileError::UnknownMessage`] names the first that can't.
    pub fn check_known(&self) -> Result<(), TxFileError> {
        for (content, index) in self.messages().zip(1..) {
            if let Content::Unknown { type_url, .. } = content {
                return Err(TxFileError::UnknownMessage { index, type_url: cut(type_url) });
            }
        }
        Ok(())
    }

    /// The signed transaction, as a chain takes it.
    ///
    /// # Errors
    /// [`TxFileError::NotSigned`], [`TxFileError::BadSignature`].
    pub fn signed(&self) -> Result<SignedTx, TxFileError> {
        let signature = self.signature.as_ref().ok_or(TxFileError::NotSigned)?;
        let sign_doc = self.sign_doc()?;
        if !self.sender.has_signed(&sign_doc.encode_to_vec(), signature) {
            return Err(TxFileError::BadSignature { sender: self.sender.address().into() });
        }
        Ok(SignedTx::new(sign_doc, signature.clone(), self.account.sequence, self.fee.clone()))
    }

    fn sign_doc(&self) -> Result<SignDoc, ChainError> {
        Signed {
            chain_id: &self.chain_id,
            account: self.account,
            public_key: self.sender.public_key(),
            messages: &self.messages,
            gas_limit: self.gas_limit,
            fee: self.fee.as_ref(),
            memo: &self.memo,
            timeout_height: self.timeout_height,
        }
        .sign_doc()
    }
}

fn field(field: &'static str, found: impl ToString, expected: &str) -> TxFileError {
    TxFileError::Field { field, found: cut(found), expected: expected.into() }
}

/// A message from its bytes, of which there are no others for it.
fn any(bytes: &Binary) -> Result<Any, TxFileError> {
    let wrong = || field("messages", bytes.to_base64(), "protobuf Any, with a type URL that begins with /");
    let any = Any::decode(bytes.as_slice()).map_err(|_| wrong())?;
    let plain = any.type_url.len() <= 200
        && any.type_url.starts_with('/')
        && any.type_url.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain || any.encode_to_vec() != bytes.as_slice() {
        return Err(wrong());
    }
    Ok(any)
}

#[cfg(test)]
mod tests;
