//! Building and signing transactions (SIGN_MODE_DIRECT).

use crate::{Account, ChainError, ChainInfo, Message, SigningKey, TxHash, signer::Sender};
use cosmrs::{
    Any,
    crypto::PublicKey,
    proto::{
        cosmos::tx::v1beta1::{SignDoc, TxRaw},
        traits::Message as _,
    },
    tendermint::block::Height,
    tx::{AuthInfo, Body, Fee, SignerInfo},
};
use cosmwasm_std::Coin;

/// A transaction ready to broadcast. Its bytes can be stored and sent again: a chain takes them at most once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTx {
    /// Protobuf `TxRaw`, as it is broadcast.
    pub bytes: Vec<u8>,
    /// Hash under which the chain will know it.
    pub hash: TxHash,
    /// Account sequence it uses up.
    pub sequence: u64,
    /// Fee it pays; none where gas costs nothing.
    pub fee: Option<Coin>,
}

/// What a signature covers besides the messages.
pub(crate) struct TxContext<'a> {
    pub(crate) chain: &'a ChainInfo,
    pub(crate) account: Account,
    pub(crate) gas_limit: u64,
    /// None where gas costs nothing.
    pub(crate) fee: Option<Coin>,
}

impl TxContext<'_> {
    /// A transaction with `messages` in order, signed by `key`.
    pub(crate) fn sign(&self, key: &SigningKey, messages: &[Message]) -> Result<SignedTx, ChainError> {
        let sign_doc = self.sign_doc(&key.into(), messages)?;
        let signature = key.sign(&sign_doc.encode_to_vec())?;
        Ok(self.signed(sign_doc, signature))
    }

    /// The same without a valid signature, for simulation: of the size that the signed one has. A public key that is not known is left out;
    /// simulations do without.
    pub(crate) fn unsigned(&self, sender: &Sender, messages: &[Message]) -> Result<SignedTx, ChainError> {
        Ok(self.signed(self.sign_doc(sender, messages)?, vec![0; 64]))
    }

    fn signed(&self, sign_doc: SignDoc, signature: Vec<u8>) -> SignedTx {
        SignedTx::new(sign_doc, signature, self.account.sequence, self.fee.clone())
    }

    fn sign_doc(&self, sender: &Sender, messages: &[Message]) -> Result<SignDoc, ChainError> {
        let messages: Vec<Any> =
            messages.iter().map(|message| message.to_any(sender.account_id())).collect::<Result<_, _>>()?;
        Signed {
            chain_id: &self.chain.chain_id,
            account: self.account,
            public_key: sender.public_key(),
            messages: &messages,
            gas_limit: self.gas_limit,
            fee: self.fee.as_ref(),
            memo: "",
            timeout_height: 0,
        }
        .sign_doc()
    }
}

impl SignedTx {
    /// The transaction that `sign_doc` is signed for.
    pub(crate) fn new(sign_doc: SignDoc, signature: Vec<u8>, sequence: u64, fee: Option<Coin>) -> Self {
        let SignDoc { body_bytes, auth_info_bytes, .. } = sign_doc;
        let bytes = TxRaw { body_bytes, auth_info_bytes, signatures: vec![signature] }.encode_to_vec();
        Self { hash: TxHash::of(&bytes), bytes, sequence, fee }
    }
}

/// All that a signature covers.
pub(crate) struct Signed<'a> {
    pub(crate) chain_id: &'a str,
    pub(crate) account: Account,
    /// None leaves it out, as simulations may.
    pub(crate) public_key: Option<PublicKey>,
    pub(crate) messages: &'a [Any],
    pub(crate) gas_limit: u64,
    pub(crate) fee: Option<&'a Coin>,
    pub(crate) memo: &'a str,
    /// Last height of a block that may include it; 0 for any.
    pub(crate) timeout_height: u64,
}

impl Signed<'_> {
    /// What is signed.
    pub(crate) fn sign_doc(&self) -> Result<SignDoc, ChainError> {
        let invalid = |field: &str, reason: String| ChainError::InvalidTx { field: field.into(), reason };
        if self.messages.is_empty() {
            return Err(invalid("messages", "none, expected 1 or more".into()));
        }
        let timeout_height = Height::try_from(self.timeout_height)
            .map_err(|error| invalid("timeout_height", error.to_string()))?;
        let encoding = |error: cosmrs::ErrorReport| invalid("encoding", error.to_string());
        let body = Body::new(self.messages.iter().cloned(), self.memo, timeout_height);
        Ok(SignDoc {
            body_bytes: body.into_bytes().map_err(encoding)?,
            auth_info_bytes: self.auth_info()?.into_bytes().map_err(encoding)?,
            chain_id: self.chain_id.into(),
            account_number: self.account.number,
        })
    }

    fn auth_info(&self) -> Result<AuthInfo, ChainError> {
        let fee = self.fee.map(|fee| cosmrs::Coin::new(fee.amount.u128(), &fee.denom));
        let amount = fee.transpose().map_err(|error| ChainError::InvalidConfig {
            field: "fee_denom".into(),
            reason: error.to_string(),
        })?;
        let fee = Fee {
            amount: amount.into_iter().collect(),
            gas_limit: self.gas_limit,
            payer: None,
            granter: None,
        };
        Ok(SignerInfo::single_direct(self.public_key, self.account.sequence).auth_info(fee))
    }
}
