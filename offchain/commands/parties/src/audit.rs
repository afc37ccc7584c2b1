//! `bithive node audit`: checks the nodes' DGKBE keys, and proves a malformed one on the chain.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use bithive_api::registry::{Event, NodeResponse, events};
use bithive_client::amount::show;
use bithive_client::key_dispute;
use bithive_command_kit::{Output, table};
use bithive_dgkbe::Groups;
use bithive_dgkbe::opening::{Fault, KeyFile, Part, extract, first_fault};
use bithive_exchange::PeerId;
use bithive_home::Home;
use bithive_keystore::fresh_rng;
use clap::Args;
use serde::Serialize;

use super::nodes::address_of;

/// Longest key file that is fetched: a sound one has at most 393,210 bytes.
const LONGEST_FILE: usize = 1 << 20;

/// Fetch public DGKBE keys, check them against digest and commitment on the chain, and find what is wrong.
///
/// Exit code 1 if a key is malformed, or can't be fetched and so can't be checked.
#[derive(Args)]
pub struct AuditArgs {
    /// Names or addresses of nodes; all registered nodes by default.
    names: Vec<String>,
    /// Read the key from a file instead of the network; name exactly one node.
    #[arg(long, value_name = "KEY")]
    file: Option<PathBuf>,
    /// Prove every malformed key on the chain: pays the deposit and gets it back with the bounty.
    #[arg(long, requires = "from")]
    dispute: bool,
    /// Wallet that pays the deposits.
    #[arg(long, value_name = "WALLET", requires = "dispute")]
    from: Option<String>,
}

/// Result of checking one node.
#[derive(Serialize)]
struct Finding {
    address: String,
    slot: u16,
    verdict: Verdict,
    /// What is wrong, or why the key can't be checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dispute: Option<WonDispute>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Sound,
    Malformed,
    /// Nobody serves the key file.
    Unavailable,
    /// A dispute was won already; the node leaves.
    Proven,
}

/// A dispute that was won.
#[derive(Serialize)]
struct WonDispute {
    transaction: String,
    /// Taken from the owner, in base units.
    taken: u128,
    /// Paid to the disputer beside the deposit, in base units.
    bounty: u128,
    gas: u64,
}

/// A key file, in memory or on disk.
trait Content: Read + Seek {}
impl<T: Read + Seek> Content for T {}

/// Judges the nodes' keys, and disputes those that are malformed where that is asked for.
pub async fn run(args: AuditArgs, home: &mut Home, output: Output) -> Result<ExitCode> {
    ensure!(args.file.is_none() || args.names.len() == 1, "--file is the key of one node; name that node");
    let mut findings = Vec::new();
    for node in nodes(home, &args.names).await? {
        findings.push(audit(home, &args, &node).await?);
    }
    output.show(&findings, |findings| print(findings))?;
    let settled = |finding: &Finding| matches!(finding.verdict, Verdict::Sound | Verdict::Proven);
    Ok(if findings.iter().all(settled) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn nodes(home: &Home, names: &[String]) -> Result<Vec<NodeResponse>> {
    let client = &home.local.client;
    if names.is_empty() {
        return Ok(client.nodes().await?);
    }
    let mut nodes = Vec::with_capacity(names.len());
    for name in names {
        let node = client.node(&address_of(home, name)?).await?;
        nodes.push(node.with_context(|| format!("{name:?} is not registered as a node"))?);
    }
    Ok(nodes)
}

async fn audit(home: &Home, args: &AuditArgs, node: &NodeResponse) -> Result<Finding> {
    let mut finding = Finding {
        address: node.address.to_string(),
        slot: node.registration.slot,
        verdict: Verdict::Proven,
        detail: None,
        dispute: None,
    };
    if node.malformed {
        return Ok(finding);
    }
    let mut content: Box<dyn Content + Send> = match &args.file {
        Some(path) => Box::new(File::open(path).with_context(|| path.display().to_string())?),
        None => match fetch(home, node).await {
            Ok(bytes) => Box::new(Cursor::new(bytes)),
            Err(error) => {
                finding.verdict = Verdict::Unavailable;
                finding.detail = Some(format!("{error:#}"));
                return Ok(finding);
            }
        },
    };
    let Some(fault) = inspect(home, node, &mut content).await? else {
        finding.verdict = Verdict::Sound;
        return Ok(finding);
    };
    finding.verdict = Verdict::Malformed;
    finding.detail = Some(fault.to_string());
    if let Some(wallet) = args.from.as_deref().filter(|_| args.dispute) {
        finding.dispute = Some(dispute(home, wallet, node, fault.part(), &mut content).await?);
    }
    Ok(finding)
}

async fn fetch(home: &Home, node: &NodeResponse) -> Result<bytes::Bytes> {
    let registration = &node.registration;
    let digest = registration.dgkbe_key_digest.as_slice().try_into().context("digest on the chain")?;
    let owner = PeerId(registration.endpoint.as_slice().try_into().context("endpoint on the chain")?);
    Ok(home.local.exchange(owner).fetch(digest, &[owner], LONGEST_FILE).await?)
}

/// What is wrong with a key file that has the registered digest.
async fn inspect(home: &Home, node: &NodeResponse, content: &mut dyn Content) -> Result<Option<Fault>> {
    let known = RegisteredKey::of(home, node).await?;
    let expected = known.file(home);
    let (digest, _) = extract(&mut *content, expected.range(Part::End)?)?;
    if digest != node.registration.dgkbe_key_digest.as_slice() {
        bail!(
            "the file is not the key of slot {}: its digest is {}; expected {}",
            node.registration.slot,
            hex::encode(digest),
            node.registration.dgkbe_key_digest
        );
    }
    if content.seek(SeekFrom::End(0))? != expected.length() {
        return Ok(Some(Fault::Length));
    }
    content.rewind()?;
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes)?;
    Ok(first_fault(&home.local.crs, known.slot, &known.commitment, &bytes, &mut fresh_rng()?)?)
}

async fn dispute(
    home: &Home,
    wallet: &str,
    node: &NodeResponse,
    part: Part,
    content: &mut dyn Content,
) -> Result<WonDispute> {
    let known = RegisteredKey::of(home, node).await?;
    let crs = Cursor::new(home.local.crs.encode());
    let evidence = key_dispute(node.address.as_str(), known.file(home), part, content, crs)?;
    let deposit = home.local.client.registry_config().await?.params.dispute_deposit.u128();
    let receipt = home.account(wallet).await?.dispute_key(evidence, deposit).await?;
    let registry = home.local.client.deployment().registry();
    let proven = |event| match event {
        Event::KeyMalformed { amount, bounty, .. } => Some((amount.u128(), bounty.u128())),
        _ => None,
    };
    let verdict = receipt.announced(registry, events::KEY_MALFORMED, proven);
    let ((taken, bounty), _) = verdict.context("the dispute was lost, though the key is malformed")?;
    Ok(WonDispute { transaction: receipt.hash.to_string(), taken, bounty, gas: receipt.gas_used })
}

/// A node's key as the chain has it.
struct RegisteredKey {
    slot: u16,
    commitment: [u8; 48],
}

impl RegisteredKey {
    async fn of(home: &Home, node: &NodeResponse) -> Result<Self> {
        let params = home.local.client.registry_config().await?.params;
        let place = Groups::new(params.groups, params.slots)?.place(node.registration.slot)?;
        let commitment = node.registration.dgkbe_key.as_slice().try_into();
        Ok(Self { slot: place.slot, commitment: commitment.context("commitment on the chain")? })
    }

    fn file<'a>(&'a self, home: &'a Home) -> KeyFile<'a> {
        let crs = &home.local.crs;
        KeyFile {
            slots: crs.slots(),
            slot: self.slot,
            crs_digest: crs.digest(),
            commitment: &self.commitment,
        }
    }
}

fn print(findings: &[Finding]) {
    let mut rows = table(&["node", "slot", "key", "detail", "taken", "bounty"]);
    for finding in findings {
        let amount = |of: fn(&WonDispute) -> u128| {
            finding.dispute.as_ref().map_or_else(String::new, |won| show(of(won)))
        };
        let verdict = match finding.verdict {
            Verdict::Sound => "sound",
            Verdict::Malformed => "malformed",
            Verdict::Unavailable => "unavailable",
            Verdict::Proven => "proven malformed, leaving",
        };
        rows.add_row([
            finding.address.clone(),
            finding.slot.to_string(),
            verdict.into(),
            finding.detail.clone().unwrap_or_default(),
            amount(|won| won.taken),
            amount(|won| won.bounty),
        ]);
    }
    println!("{rows}");
}
