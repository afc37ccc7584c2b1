//! The patient's consent: a receipt that is signed, and what the chain has of it.

use anyhow::{Context, Result};
use bithive_api::grants::{Basis, ExecuteMsg, Standing};
use bithive_chain::SigningKey;
use bithive_client::{Account, GrantError};
use bithive_consent::grant::{commitment, opening};
use bithive_consent::{Digest, Name, Receipt, ReceiptKind, SignedReceipt, Use, data_digest};
use bithive_local::UNIT;
use bithive_requester::{Relied, RequesterError};
use bithive_signed::Signed;
use cosmwasm_std::HexBinary;
use rand_core::Rng as _;

use super::super::check::Check;
use super::super::setup::DemoState;

/// What the data may be used for, in the words of HL7 v3 PurposeOfUse.
const PURPOSE: &str = "TREAT";
/// How long the consent holds, in seconds.
const DAY: u64 = 86_400;

/// A consent of a patient, for one reader, one purpose and one file.
pub(super) struct Consent {
    patient: Account,
    /// The patient's, for a page.
    pub(super) key: SigningKey,
    receipt: SignedReceipt,
    reader: String,
    opening: [u8; 32],
    /// What the requester's records say of it.
    pub(super) relied: Relied,
}

impl Consent {
    /// Has a new patient sign that `reader` may use these bytes.
    pub(super) async fn give(demo: &mut DemoState, reader: &str, data: &[u8]) -> Result<Self> {
        let key = SigningKey::generate(&mut demo.rng);
        demo.network.fund(key.address(), UNIT).await?;
        let now = demo.network.client.chain().info().await?.time.seconds();
        let mut random = || {
            let mut bytes = [0; 32];
            demo.rng.fill_bytes(&mut bytes);
            Digest(bytes)
        };
        let (salt, subject) = (random(), random());
        let purpose: Name = PURPOSE.parse()?;
        let receipt = Receipt {
            data: vec![data_digest(data)],
            exp: now + DAY,
            iat: now,
            issuer: key.address().parse()?,
            kind: ReceiptKind::Consent1,
            nbf: now,
            purposes: vec![purpose.clone()],
            readers: vec![reader.parse()?],
            salt,
            subject,
        };
        let public = key.public_key().to_bytes();
        let sign = |bytes: &[u8]| key.sign(bytes).map_err(anyhow::Error::from);
        let signed = Signed::sign(receipt, (key.address(), &public), sign)?;
        let receipt = SignedReceipt::of(signed.document, signed.signature)?;
        let wanted = Use { reader: &reader.parse()?, purpose: &purpose, data: Some(data_digest(data)), now };
        let consent = receipt.permits(&wanted, [key.address()], &[])?;
        let opening = opening(&consent, &purpose, reader);
        let relied = Relied { consent, subject, purpose };
        let patient = demo.network.account(key.clone()).await?;
        Ok(Self { patient, key, receipt, reader: reader.to_owned(), opening, relied })
    }

    /// What a job names.
    pub(super) fn basis(&self) -> Basis {
        Basis::Consent { subject: self.patient.address().to_owned(), opening: self.opening.into() }
    }

    /// What the chain has of it.
    pub(super) fn digest(&self) -> HexBinary {
        HexBinary::from(commitment(&self.opening, &self.reader))
    }

    /// Whether it permits another file.
    pub(super) fn permits(&self, data: &[u8]) -> bool {
        let receipt = self.receipt.receipt();
        let Ok(reader) = self.reader.parse() else { return false };
        let (purpose, data) = (&self.relied.purpose, Some(data_digest(data)));
        let wanted = Use { reader: &reader, purpose, data, now: receipt.iat };
        self.receipt.permits(&wanted, [self.patient.address()], &[]).is_ok()
    }

    /// How it stands on the chain.
    pub(super) async fn standing(&self) -> Result<Standing> {
        let standings = self.patient.client().standings(&self.reader, &[self.basis()]).await?;
        standings.into_iter().next().context("the chain says nothing of the consent")
    }

    /// The patient puts it on the chain.
    pub(super) async fn record(&self) -> Result<()> {
        let expires = self.receipt.receipt().exp;
        let record = ExecuteMsg::Record { digests: vec![self.digest()], expires, signed: None };
        Ok(self.patient.grants(&record).await.map(drop)?)
    }

    /// The patient withdraws it.
    pub(super) async fn revoke(&self) -> Result<()> {
        let revoke = ExecuteMsg::Revoke { digests: vec![self.digest()], signed: None };
        Ok(self.patient.grants(&revoke).await.map(drop)?)
    }

    /// Numbers of the jobs that name the patient's consents, as the patient sees them.
    pub(super) async fn uses(&self) -> Result<Vec<u64>> {
        let uses = self.patient.client().uses(self.patient.address()).await?;
        Ok(uses.entries.iter().map(|used| used.job_id).collect())
    }
}

/// A check that a step was refused because of how the consent stands.
pub(super) fn refusal(name: &'static str, refused: &Result<(), RequesterError>, expected: Standing) -> Check {
    let standing = match refused {
        Err(RequesterError::Grant(GrantError::NotPermitted { standing, .. })) => Some(*standing),
        _ => None,
    };
    let detail = match refused {
        Ok(()) => "it was done".to_owned(),
        Err(error) => error.to_string(),
    };
    Check::new(name, standing == Some(expected), detail)
}
