//! A signed transaction as a chain takes it, from somebody else: what it does, before it is sent.

use super::{Content, TxFile, TxFileError, cut, field};
use crate::{Account, BECH32_PREFIX, MAX_TX_FILE_BYTES, TxHash, signer::Sender};
use cosmrs::{
    crypto::PublicKey,
    proto::{
        cosmos::tx::v1beta1::{AuthInfo, Fee, TxBody, TxRaw},
        traits::Message as _,
    },
};
use cosmwasm_std::Coin;

/// A transaction of one account, signed, in the form that a chain takes (protobuf `TxRaw`). Nothing of it is trusted: whether the signature
/// holds depends on the chain and the account's number there ([`Self::signed_for`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawTx {
    bytes: Vec<u8>,
    /// Without chain and account number, which the bytes don't name.
    read: TxFile,
}

impl RawTx {
    /// Reads a transaction.
    ///
    /// # Errors
    /// [`TxFileError::TooLarge`], [`TxFileError::Malformed`], [`TxFileError::Field`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TxFileError> {
        if bytes.len() > MAX_TX_FILE_BYTES {
            return Err(TxFileError::TooLarge { most: MAX_TX_FILE_BYTES });
        }
        let malformed = |error: prost::DecodeError| TxFileError::Malformed { reason: cut(error) };
        let TxRaw { body_bytes, auth_info_bytes, signatures } = TxRaw::decode(bytes).map_err(malformed)?;
        let body = TxBody::decode(body_bytes.as_slice()).map_err(malformed)?;
        let auth = AuthInfo::decode(auth_info_bytes.as_slice()).map_err(malformed)?;
        let ([signature], [info]) = (signatures.as_slice(), auth.signer_infos.as_slice()) else {
            return Err(field("signatures", signatures.len(), "one, of the only account"));
        };
        let fee = auth.fee.ok_or_else(|| field("fee", "missing", "a fee with a gas limit"))?;
        let read = TxFile {
            chain_id: String::new(),
            account: Account { number: 0, sequence: info.sequence },
            sender: sender(info.public_key.as_ref())?,
            messages: body.messages,
            gas_limit: fee.gas_limit,
            fee: coin(&fee)?,
            memo: body.memo,
            timeout_height: body.timeout_height,
            signature: Some(signature.clone()),
        };
        Ok(Self { bytes: bytes.to_vec(), read })
    }

    /// Who sends it and pays for it, as it says itself.
    #[must_use]
    pub fn sender(&self) -> &str {
        self.read.sender().address()
    }

    /// What it does, in order.
    pub fn messages(&self) -> impl Iterator<Item = Content> {
        self.read.messages()
    }

    /// Text that everybody sees on chain.
    #[must_use]
    pub fn memo(&self) -> &str {
        self.read.memo()
    }

    /// The transaction as it was signed, in bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Hash under which a chain will know it.
    #[must_use]
    pub fn hash(&self) -> TxHash {
        TxHash::of(&self.bytes)
    }

    /// The transaction, if the sender has signed it for this chain, where its account has this number. What is returned says all that the bytes say.
    ///
    /// # Errors
    /// [`TxFileError::BadSignature`]: also where the bytes say something that a [`TxFile`] can't, such as that somebody else pays the fee;
    /// [`TxFileError::Field`].
    pub fn signed_for(self, chain_id: &str, account_number: u64) -> Result<TxFile, TxFileError> {
        let account = Account { number: account_number, ..self.read.account };
        let tx = TxFile { chain_id: chain_id.to_owned(), account, ..self.read };
        tx.check()?;
        if tx.signed()?.bytes == self.bytes {
            return Ok(tx);
        }
        Err(TxFileError::BadSignature { sender: tx.sender.address().into() })
    }
}

/// The account of the key that the bytes name.
fn sender(key: Option<&cosmrs::Any>) -> Result<Sender, TxFileError> {
    let wrong = |reason: &dyn std::fmt::Display| field("public_key", reason, "a key of secp256k1");
    let key = key.ok_or_else(|| field("public_key", "missing", "that of the signature"))?;
    let key = PublicKey::try_from(key).map_err(|error| wrong(&error))?;
    let account = key.account_id(BECH32_PREFIX).map_err(|error| wrong(&error))?;
    Sender::with_public_key(account.as_ref(), &key.to_bytes()).map_err(|error| wrong(&error))
}

fn coin(fee: &Fee) -> Result<Option<Coin>, TxFileError> {
    let coin = match fee.amount.as_slice() {
        [] => return Ok(None),
        [coin] => coin,
        more => return Err(field("fee", format!("{} coins", more.len()), "at most one")),
    };
    let amount =
        coin.amount.parse::<u128>().map_err(|_| field("fee", &coin.amount, "an amount in base units"))?;
    Ok(Some(Coin { denom: coin.denom.clone(), amount: amount.into() }))
}
