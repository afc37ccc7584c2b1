//! A receipt with its signature.

use bithive_signed::canonical::{self, FormError};
use bithive_signed::{Digest, Signature, Signed};
use serde::Serialize;

use crate::receipt::Written;
use crate::{ConsentError, MAX_RECEIPT_BYTES, Receipt, Revocations, Use};

/// What a digest is derived for: no other use of BLAKE3 gives the same value.
const CONTEXT: &str = "BitHive 2026 consent receipt v1";
/// How far clocks may differ: a receipt may be from so many seconds in the future.
pub const SKEW_SECONDS: u64 = 60;

/// A receipt that its issuer has signed. There is none with a wrong signature: [`SignedReceipt::read`] checks it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedReceipt(Signed<Receipt>);

impl SignedReceipt {
    /// Reads a file with a signed receipt, in any form of JSON, and checks its signature.
    ///
    /// # Errors
    /// [`ConsentError`].
    pub fn read(bytes: &[u8]) -> Result<Self, ConsentError> {
        let Signed { document, signature } = canonical::decode::<Signed<Written>>(bytes, MAX_RECEIPT_BYTES)?;
        Self::of(document.complete()?, signature)
    }

    /// A receipt with the signature that its issuer has given.
    ///
    /// # Errors
    /// [`ConsentError`].
    pub fn of(document: Receipt, signature: Signature) -> Result<Self, ConsentError> {
        document.check()?;
        let signed = Signed { document, signature };
        let signer = signed.check()?.to_owned();
        if signer != signed.document.issuer.as_str() {
            return Err(ConsentError::Signer { signer, issuer: signed.document.issuer.to_string() });
        }
        Ok(Self(signed))
    }

    /// Reads a receipt that is not signed yet.
    ///
    /// # Errors
    /// [`ConsentError`].
    pub fn read_unsigned(bytes: &[u8]) -> Result<Receipt, ConsentError> {
        canonical::decode::<Written>(bytes, MAX_RECEIPT_BYTES)?.complete()
    }

    /// What it says.
    #[must_use]
    pub const fn receipt(&self) -> &Receipt {
        &self.0.document
    }

    /// The digest by which logs, lists of revocations and chains name it: BLAKE3 in its key derivation mode of the canonical text, in which
    /// the salt is.
    ///
    /// # Errors
    /// [`FormError`], which no receipt that was read has.
    pub fn digest(&self) -> Result<Digest, FormError> {
        digest(&self.0.document)
    }

    /// Whether it permits a use. `issuers` are the accounts whose consents count; a receipt that anybody signs for himself proves
    /// nothing. Returns its digest, for the log.
    ///
    /// # Errors
    /// The first of: [`ConsentError::Issuer`], [`ConsentError::FutureIat`], [`ConsentError::NotYet`], [`ConsentError::Expired`],
    /// [`ConsentError::WrongReader`], [`ConsentError::WrongPurpose`], [`ConsentError::WrongData`], [`ConsentError::Revoked`].
    pub fn permits<'a>(
        &self,
        wanted: &Use<'_>,
        issuers: impl IntoIterator<Item = &'a str>,
        revocations: &[Revocations],
    ) -> Result<Digest, ConsentError> {
        let receipt = self.receipt();
        let expected: Vec<String> = issuers.into_iter().map(Into::into).collect();
        if !expected.iter().any(|issuer| issuer == receipt.issuer.as_str()) {
            return Err(ConsentError::Issuer { issuer: receipt.issuer.to_string(), expected });
        }
        receipt.covers(wanted, SKEW_SECONDS)?;
        let digest = self.digest()?;
        let revoked = revocations.iter().find(|list| list.issuer == receipt.issuer && list.names(&digest));
        revoked.map_or(Ok(digest), |list| Err(ConsentError::Revoked { digest, iat: list.iat }))
    }
}

/// The digest of a receipt, signed or not.
///
/// # Errors
/// [`FormError`], which no receipt that was checked has.
pub(crate) fn digest(receipt: &Receipt) -> Result<Digest, FormError> {
    Ok(Digest(blake3::derive_key(CONTEXT, canonical::encode(receipt)?.as_bytes())))
}
