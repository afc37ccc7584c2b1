//! The consent that a job is posted under.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use bithive_api::grants::{Basis, Standing};
use bithive_chain::validate_address;
use bithive_client::Client;
use bithive_consent::grant::opening;
use bithive_consent::{
    MAX_RECEIPT_BYTES, MAX_REVOCATION_BYTES, Name, Revocations, SignedReceipt, Use, data_digest,
    read_revocations,
};
use bithive_inference::MAX_BYTES;
use bithive_requester::Relied;

/// Which consent, what for, and who may have given it.
#[derive(clap::Args)]
pub(crate) struct ReliedArgs {
    /// Consent receipt that permits this account to use the file of --input: it is checked before the job is posted, and named in the audit
    /// log.
    #[arg(long, value_name = "FILE", requires_all = ["purpose", "consent_issuer"])]
    consent: Option<PathBuf>,
    /// What the data is used for, as the receipt has it: a code of HL7 v3 PurposeOfUse, such as TREAT or HRESCH.
    #[arg(long, value_name = "CODE", requires = "consent")]
    purpose: Option<Name>,
    /// Account whose consents count; can be repeated.
    #[arg(long, value_name = "ADDRESS", requires = "consent")]
    consent_issuer: Vec<String>,
    /// Signed list of consents that were withdrawn; can be repeated.
    #[arg(long, value_name = "FILE", requires = "consent")]
    revocations: Vec<PathBuf>,
    /// Rely on the receipt alone, without its record on the chain: then neither the market nor nodes check it, its issuer does not see the
    /// use, and a revocation on the chain stops nothing.
    #[arg(long, requires = "consent")]
    unrecorded: bool,
    /// Number of the emergency that stands in for a consent, as `consent break-glass` has printed it.
    #[arg(long, value_name = "NUMBER", requires = "emergency_subject", conflicts_with = "consent")]
    emergency: Option<u64>,
    /// Account of the subject of the emergency.
    #[arg(long, value_name = "ADDRESS", requires = "emergency")]
    emergency_subject: Option<String>,
}

impl ReliedArgs {
    /// What the job names on the chain: the consent, or the emergency; nothing where the market asks nobody about them.
    pub(crate) async fn bases(
        &self,
        client: &Client,
        reader: &str,
        relied: Option<&Relied>,
    ) -> Result<Vec<Basis>> {
        if let (Some(id), Some(subject)) = (self.emergency, &self.emergency_subject) {
            validate_address(subject).context("--emergency-subject")?;
            return Ok(vec![Basis::BreakGlass { subject: subject.clone(), id }]);
        }
        let (Some(relied), Some(file)) = (relied, &self.consent) else { return Ok(vec![]) };
        if self.unrecorded || client.grants().await?.is_none() {
            return Ok(vec![]);
        }
        let subject = read_receipt(file)?.receipt().issuer.to_string();
        let opening = opening(&relied.consent, &relied.purpose, reader).into();
        let bases = vec![Basis::Consent { subject: subject.clone(), opening }];
        let standing = client.standings(reader, &bases).await?;
        ensure!(
            standing != [Standing::Unknown],
            "--consent: {subject} has not recorded its consent to {} by {reader} on the chain; it does so with `bithive consent record \
             {}`, or rely on the receipt alone with --unrecorded",
            relied.purpose,
            file.display()
        );
        Ok(bases)
    }

    /// Checks that the consent permits `reader` to use `input` now; nothing if none is named.
    pub(crate) fn check(&self, reader: &str, input: Option<&Path>) -> Result<Option<Relied>> {
        let (Some(file), Some(purpose)) = (&self.consent, &self.purpose) else { return Ok(None) };
        let input = input.context("--consent is about the file of --input; name it")?;
        let receipt = read_receipt(file).context("--consent")?;
        let data = data_digest(&read_file(input, MAX_BYTES).context("--input")?);
        let wanted = Use { reader: &reader.parse()?, purpose, data: Some(data), now: now() };
        let issuers = self.consent_issuer.iter().map(String::as_str);
        let lists = read_lists(&self.revocations)?;
        let consent = receipt.permits(&wanted, issuers, &lists).context("--consent")?;
        let (subject, purpose) = (receipt.receipt().subject, purpose.clone());
        Ok(Some(Relied { consent, subject, purpose }))
    }
}

/// Reads a signed receipt.
pub(crate) fn read_receipt(file: &Path) -> Result<SignedReceipt> {
    let bytes = read_file(file, MAX_RECEIPT_BYTES)?;
    SignedReceipt::read(&bytes).with_context(|| file.display().to_string())
}

/// Reads signed lists of revocations.
pub(crate) fn read_lists(files: &[PathBuf]) -> Result<Vec<Revocations>> {
    let list = |file: &PathBuf| {
        let bytes = read_file(file, MAX_REVOCATION_BYTES).context("--revocations")?;
        let signed = read_revocations(&bytes).with_context(|| format!("--revocations {}", file.display()))?;
        Ok(signed.document)
    };
    files.iter().map(list).collect()
}

/// Reads a file of at most `most` bytes.
pub(crate) fn read_file(file: &Path, most: usize) -> Result<Vec<u8>> {
    let shown = || file.display().to_string();
    let length = std::fs::metadata(file).with_context(shown)?.len();
    anyhow::ensure!(length <= most as u64, "{} has {length} bytes; at most {most} are read", shown());
    std::fs::read(file).with_context(shown)
}

/// Seconds of the Unix epoch, by the clock of this machine.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}
