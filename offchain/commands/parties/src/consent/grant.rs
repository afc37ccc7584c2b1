//! What a chain has of a receipt, and what a subject tells it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use bithive_api::grants::{ExecuteMsg, Standing, SubjectSignature, limits};
use bithive_audit::{Act, Outcome, show_time};
use bithive_chain::validate_address;
use bithive_client::{Account, Client};
use bithive_command_kit::{Output, table};
use bithive_consent::grant::{Order, commitment, opening};
use bithive_consent::{Name, SignedReceipt};
use cosmwasm_std::{Binary, HexBinary};
use serde::Serialize;
use serde_json::json;

use super::wallet::WalletAnswer;
use crate::acting::{AccountArgs, ReaderArgs};
use crate::relied::read_receipt;

/// Which of the uses that a receipt permits.
#[derive(clap::Args)]
struct UsesArgs {
    /// File with the signed receipt.
    pub(super) receipt: PathBuf,
    /// Only this purpose; can be repeated. All purposes of the receipt by default.
    #[arg(long, value_name = "CODE")]
    pub(super) purpose: Vec<Name>,
}

/// Arguments of `bithive consent record`.
#[derive(clap::Args)]
pub struct RecordArgs {
    #[command(flatten)]
    uses: UsesArgs,
    /// What the issuer's wallet has answered to the text of `consent order`, where another account sends the transaction.
    #[arg(long, value_name = "FILE")]
    wallet: Option<PathBuf>,
    #[command(flatten)]
    account: AccountArgs,
}

/// Arguments of `bithive consent order`.
#[derive(clap::Args)]
pub struct OrderArgs {
    #[command(flatten)]
    uses: UsesArgs,
    /// To withdraw the consent, in place of recording it.
    #[arg(long)]
    revoke: bool,
    #[command(flatten)]
    reader: ReaderArgs,
}

/// One use that a receipt permits, as the chain has it.
#[derive(Serialize)]
pub(super) struct Grant {
    pub(super) purpose: Name,
    pub(super) reader: Name,
    pub(super) digest: HexBinary,
    #[serde(skip)]
    pub(super) opening: [u8; 32],
}

impl UsesArgs {
    fn read(&self) -> Result<(SignedReceipt, Vec<Grant>)> {
        let receipt = read_receipt(&self.receipt)?;
        let grants = grants(&receipt, &self.purpose)?;
        Ok((receipt, grants))
    }
}

/// The uses that a receipt permits to accounts, for some purposes or all.
pub(super) fn grants(receipt: &SignedReceipt, purposes: &[Name]) -> Result<Vec<Grant>> {
    let (digest, receipt) = (receipt.digest()?, receipt.receipt());
    let words = |names: &[Name]| names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
    if let Some(other) = purposes.iter().find(|purpose| !receipt.purposes.contains(purpose)) {
        anyhow::bail!("--purpose {other} is none of the receipt's, which are {}", words(&receipt.purposes));
    }
    let is_asked = |purpose: &&Name| purposes.is_empty() || purposes.contains(purpose);
    let accounts: Vec<&Name> =
        receipt.readers.iter().filter(|reader| validate_address(reader.as_str()).is_ok()).collect();
    ensure!(
        !accounts.is_empty(),
        "no reader of the receipt is an account of a chain: {}. Make one with `consent make --reader ADDRESS`",
        words(&receipt.readers)
    );
    let grant = |purpose: &Name, reader: &Name| {
        let opening = opening(&digest, purpose, reader.as_str());
        let digest = HexBinary::from(commitment(&opening, reader.as_str()));
        Grant { purpose: purpose.clone(), reader: reader.clone(), digest, opening }
    };
    let of_purpose = |purpose| accounts.iter().map(move |reader| grant(purpose, reader)).collect::<Vec<_>>();
    Ok(receipt.purposes.iter().filter(is_asked).flat_map(of_purpose).collect())
}

/// Records what a receipt permits.
pub(super) async fn record(args: &RecordArgs, home: &Path, output: Output) -> Result<()> {
    let (receipt, mut grants) = args.uses.read()?;
    let (account, _home) = args.account.open(home).await?;
    let issuer = receipt.receipt().issuer.as_str();
    let signed = signature(args.wallet.as_deref(), &grants)?;
    expect_issuer(&account, issuer, signed.is_some())?;
    if signed.is_none() {
        // A run that was cut off goes on.
        grants = missing(account.client(), issuer, grants).await?;
    }
    let expires = receipt.receipt().exp;
    let record = |digests, signed| ExecuteMsg::Record { digests, expires, signed };
    let transactions = send(&account, &grants, signed, record).await?;
    let answer = json!({
        "consent": receipt.digest()?, "subject": issuer, "expires": expires, "recorded": grants, "transactions": transactions,
    });
    output.show(&answer, |_| {
        let until = show_time(expires.saturating_mul(1_000));
        println!("{} uses are recorded until {until}, for {issuer}", grants.len());
        println!("jobs that name them are assigned until then, or until `consent revoke`");
    })
}

/// What is not on the chain yet; an error for what was revoked.
async fn missing(client: &Client, issuer: &str, grants: Vec<Grant>) -> Result<Vec<Grant>> {
    let mut missing = Vec::new();
    for grant in grants {
        match client.consent(issuer, grant.digest.to_array()?).await? {
            None => missing.push(grant),
            Some(found) if found.standing == Standing::Revoked => anyhow::bail!(
                "the consent for {} is withdrawn, which is for good; a new consent needs a new receipt (`consent make`)",
                grant.purpose
            ),
            Some(_) => {}
        }
    }
    Ok(missing)
}

/// Revokes on the chain what a receipt permits.
pub(super) async fn revoke(
    receipts: &[PathBuf],
    purposes: &[Name],
    (wallet, args): (Option<&Path>, &AccountArgs),
    home: &Path,
    output: Output,
) -> Result<()> {
    let mut all = Vec::new();
    for file in receipts {
        let receipt = read_receipt(file)?;
        let grants = grants(&receipt, purposes)?;
        all.push((receipt, grants));
    }
    let (account, _home) = args.open(home).await?;
    let log = args.log(home, account.address())?;
    let mut answers = Vec::new();
    for (receipt, grants) in &all {
        let issuer = receipt.receipt().issuer.as_str();
        let signed = signature(wallet, grants)?;
        expect_issuer(&account, issuer, signed.is_some())?;
        let revoke = |digests, signed| ExecuteMsg::Revoke { digests, signed };
        let transactions = send(&account, grants, signed, revoke).await?;
        let digest = receipt.digest()?;
        if let Some(log) = &log {
            log.record(Act::ConsentWithdrawn, Outcome::Success, |event| {
                event.consent = Some(digest);
                event.subject = Some(receipt.receipt().subject);
            })?;
        }
        answers.push(
            json!({ "consent": digest, "subject": issuer, "revoked": grants, "transactions": transactions }),
        );
    }
    output.show(&json!({ "consents": answers }), |_| {
        for (receipt, grants) in &all {
            println!("{} uses of {} are withdrawn, for good", grants.len(), receipt.receipt().issuer);
        }
        println!(
            "no job is assigned under them from now on; what was computed before stays with those who have it"
        );
    })
}

/// Sends the digests, as many at a time as a message takes.
async fn send(
    account: &Account,
    grants: &[Grant],
    signed: Option<SubjectSignature>,
    message: impl Fn(Vec<HexBinary>, Option<SubjectSignature>) -> ExecuteMsg,
) -> Result<Vec<String>> {
    let mut transactions = Vec::new();
    for some in grants.chunks(limits::MAX_DIGESTS) {
        let digests = some.iter().map(|grant| grant.digest.clone()).collect();
        let receipt = account.grants(&message(digests, signed.clone())).await?;
        transactions.push(receipt.hash.to_string());
    }
    Ok(transactions)
}

fn signature(wallet: Option<&Path>, grants: &[Grant]) -> Result<Option<SubjectSignature>> {
    let Some(file) = wallet else { return Ok(None) };
    ensure!(
        grants.len() <= limits::MAX_DIGESTS,
        "the receipt permits {} uses, and a signed order has at most {}; name some of them with --purpose",
        grants.len(),
        limits::MAX_DIGESTS
    );
    let answer = WalletAnswer::read(file)?;
    let bytes = |text: &str| Binary::from_base64(text).context("--wallet: expected base64");
    Ok(Some(SubjectSignature {
        public_key: bytes(&answer.pub_key.value)?,
        signature: bytes(&answer.signature)?,
    }))
}

fn expect_issuer(account: &Account, issuer: &str, is_signed: bool) -> Result<()> {
    ensure!(
        is_signed || account.address() == issuer,
        "the receipt is of {issuer}, and the transaction would be of {}: send it as the issuer (--from, --config), or have its wallet sign \
         what `consent order` prints (--wallet)",
        account.address()
    );
    Ok(())
}

/// Prints what a wallet signs, so that somebody else can send it.
pub(super) async fn order(args: &OrderArgs, home: &Path, output: Output) -> Result<()> {
    let (receipt, grants) = args.uses.read()?;
    let (client, _home) = args.reader.open(home).await?;
    ensure!(
        grants.len() <= limits::MAX_DIGESTS,
        "the receipt permits {} uses, and an order has at most {}; name some of them with --purpose",
        grants.len(),
        limits::MAX_DIGESTS
    );
    let contract =
        client.grants().await?.context("the market of this chain asks no contract about consents")?;
    let until = receipt.receipt().exp;
    let order = if args.revoke { Order::Revoke } else { Order::Record { until } };
    let digests: Vec<&[u8]> = grants.iter().map(|grant| grant.digest.as_slice()).collect();
    let text = order.text(&client.deployment().chain_id, &contract, &digests);
    // A wallet signs exactly this, without an end of line.
    output.show(&json!({ "text": text, "signer": receipt.receipt().issuer }), |_| print!("{text}"))
}

/// Shows how each use that a receipt permits stands on the chain.
pub(super) async fn standing(file: &Path, args: &ReaderArgs, home: &Path, output: Output) -> Result<()> {
    let receipt = read_receipt(file)?;
    let grants = grants(&receipt, &[])?;
    let (client, _home) = args.open(home).await?;
    let issuer = receipt.receipt().issuer.as_str();
    let mut rows = Vec::new();
    for grant in &grants {
        rows.push((grant, client.consent(issuer, grant.digest.to_array()?).await?));
    }
    let shown: Vec<_> = rows
        .iter()
        .map(|(grant, found)| {
            let standing = found.as_ref().map_or(Standing::Unknown, |found| found.standing);
            json!({
                "purpose": grant.purpose, "reader": grant.reader, "digest": grant.digest, "standing": standing,
                "expires": found.as_ref().and_then(|found| found.expires),
                "revoked_at": found.as_ref().and_then(|found| found.revoked_at),
            })
        })
        .collect();
    let answer = json!({ "consent": receipt.digest()?, "subject": issuer, "uses": shown });
    output.show(&answer, |_| {
        let mut lines = table(&["purpose", "reader", "standing"]);
        for (grant, found) in &rows {
            let standing = found.as_ref().map_or(Standing::Unknown, |found| found.standing);
            lines.add_row([grant.purpose.to_string(), grant.reader.to_string(), standing.name().into()]);
        }
        println!("{lines}");
    })
}
