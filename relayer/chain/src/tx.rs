//! Building and signing transactions (SIGN_MODE_DIRECT).

use crate::{Account, ChainError, ChainInfo, Message, SigningKey, TxHash};
use cosmrs::{
    Any,
    proto::{
        cosmos::tx::v1beta1::{SignDoc, TxRaw},
        traits::Message as _,
    },
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
        self.build(key, messages, |sign_bytes| key.sign(sign_bytes))
    }

    /// The same without a valid signature, for simulation: of the size that the signed one has.
    pub(crate) fn unsigned(&self, key: &SigningKey, messages: &[Message]) -> Result<SignedTx, ChainError> {
        self.build(key, messages, |_| Ok(vec![0; 64]))
    }

    fn build(
        &self,
        key: &SigningKey,
        messages: &[Message],
        sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, ChainError>,
    ) -> Result<SignedTx, ChainError> {
        if messages.is_empty() {
            return Err(ChainError::InvalidTx {
                field: "messages".into(),
                reason: "none, expected 1 or more".into(),
            });
        }
        let messages: Vec<Any> =
            messages.iter().map(|message| message.to_any(key.account_id())).collect::<Result<_, _>>()?;
        let encoding = |error: cosmrs::ErrorReport| ChainError::InvalidTx {
            field: "encoding".into(),
            reason: error.to_string(),
        };
        let body_bytes = Body::new(messages, "", 0u8).into_bytes().map_err(encoding)?;
        let auth_info_bytes = self.auth_info(key)?.into_bytes().map_err(encoding)?;
        let sign_doc = SignDoc {
            body_bytes,
            auth_info_bytes,
            chain_id: self.chain.chain_id.clone(),
            account_number: self.account.number,
        };
        let signature = sign(&sign_doc.encode_to_vec())?;
        let SignDoc { body_bytes, auth_info_bytes, .. } = sign_doc;
        let bytes = TxRaw { body_bytes, auth_info_bytes, signatures: vec![signature] }.encode_to_vec();
        Ok(SignedTx {
            hash: TxHash::of(&bytes),
            bytes,
            sequence: self.account.sequence,
            fee: self.fee.clone(),
        })
    }

    fn auth_info(&self, key: &SigningKey) -> Result<AuthInfo, ChainError> {
        let fee = self.fee.as_ref().map(|fee| cosmrs::Coin::new(fee.amount.u128(), &fee.denom));
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
        Ok(SignerInfo::single_direct(Some(key.public_key()), self.account.sequence).auth_info(fee))
    }
}
