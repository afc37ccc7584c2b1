//! `bithive node audit`: checks the nodes' DGKBE keys, and proves a malformed one on the chain.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use bithive_api::registry::{Event, NodeResponse, events};
use bithive_client::amount::show;
use bithive_client::{Account, Client, key_dispute};
use bithive_command_kit::{Output, PasswordArgs, connect, table};
use bithive_daemon::config::{RequesterConfig, Settings as _};
use bithive_daemon::party::Party;
use bithive_dgkbe::Groups;
use bithive_dgkbe::crs::Crs;
use bithive_dgkbe::opening::{Fault, KeyFile, Part, extract, first_fault};
use bithive_exchange::{Exchange, PeerId};
use bithive_home::Home;
use bithive_keystore::fresh_rng;
use clap::{ArgGroup, Args};
use serde::Serialize;

use super::acting::unlock;
use super::nodes::address_or_name;

/// Longest key file that is fetched: a sound one has at most 393,210 bytes.
const LONGEST_FILE: usize = 1 << 20;

/// Fetch public DGKBE keys, check them against digest and commitment on the chain, and find what is wrong.
///
/// Exit code 1 if a key is malformed, or can't be fetched and so can't be checked.
#[derive(Args)]
#[command(group = ArgGroup::new("payer").args(["from", "config"]))]
pub struct AuditArgs {
    /// Names or addresses of nodes; all registered nodes by default.
    names: Vec<String>,
    /// Read the key from a file instead of the network; name exactly one node.
    #[arg(long, value_name = "KEY")]
    file: Option<PathBuf>,
    /// Prove every malformed key on the chain: pays the deposit and gets it back with the bounty.
    #[arg(long, requires = "payer")]
    dispute: bool,
    /// Wallet that pays the deposits.
    #[arg(long, value_name = "WALLET", requires = "dispute")]
    from: Option<String>,
    /// Configuration of a requester, in place of the home folder: keys are fetched over its network, and its account pays.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
}

/// Who audits, and with what.
struct Auditor {
    client: Client,
    crs: Arc<Crs>,
    /// Of whoever pays for disputes.
    payer: Option<Account>,
    at: Place,
}

/// Where keys are fetched from.
enum Place {
    /// The folder of a network; the embedded chain ends with it.
    Home(Box<Home>),
    Network(Party),
}

impl Auditor {
    async fn open(args: &AuditArgs, home: &Path) -> Result<Self> {
        let Some(file) = &args.config else {
            let home = Home::open(home).await?;
            let payer = match &args.from {
                Some(wallet) => Some(home.account(wallet).await?),
                None => None,
            };
            let (client, crs) = (home.local.client.clone(), home.local.crs.clone());
            return Ok(Self { client, crs, payer, at: Place::Home(Box::new(home)) });
        };
        let config = RequesterConfig::load(file)?;
        let (keys, _) = unlock(&config, &args.password)?;
        let client = connect(&config.chain).await?;
        let crs = client.reference_string(&config.reference_string).await?.shared();
        let (account, endpoint) = keys.keys();
        let party = Party::start(&client, &config.network, &config.data, (account, &endpoint)).await?;
        let payer = Some(party.account.clone());
        Ok(Self { client, crs, payer, at: Place::Network(party) })
    }

    const fn home(&self) -> Option<&Home> {
        match &self.at {
            Place::Home(home) => Some(home),
            Place::Network(_) => None,
        }
    }

    /// What fetches content of `owner`.
    fn exchange(&self, owner: PeerId) -> Arc<dyn Exchange> {
        match &self.at {
            Place::Home(home) => home.local.exchange(owner),
            Place::Network(party) => party.exchange(),
        }
    }

    /// Leaves the network.
    async fn close(self) {
        if let Place::Network(party) = self.at {
            party.transport.close().await;
        }
    }
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
pub async fn run(args: AuditArgs, home: &Path, output: Output) -> Result<ExitCode> {
    ensure!(args.file.is_none() || args.names.len() == 1, "--file is the key of one node; name that node");
    let auditor = Auditor::open(&args, home).await?;
    let findings = audit_all(&auditor, &args).await;
    auditor.close().await;
    let findings = findings?;
    output.show(&findings, |findings| print(findings))?;
    let settled = |finding: &Finding| matches!(finding.verdict, Verdict::Sound | Verdict::Proven);
    Ok(if findings.iter().all(settled) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn audit_all(auditor: &Auditor, args: &AuditArgs) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for node in nodes(auditor, &args.names).await? {
        findings.push(audit(auditor, args, &node).await?);
    }
    Ok(findings)
}

async fn nodes(auditor: &Auditor, names: &[String]) -> Result<Vec<NodeResponse>> {
    let client = &auditor.client;
    if names.is_empty() {
        return Ok(client.nodes().await?);
    }
    let mut nodes = Vec::with_capacity(names.len());
    for name in names {
        let node = client.node(&address_or_name(auditor.home(), name)?).await?;
        nodes.push(node.with_context(|| format!("{name:?} is not registered as a node"))?);
    }
    Ok(nodes)
}

async fn audit(auditor: &Auditor, args: &AuditArgs, node: &NodeResponse) -> Result<Finding> {
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
        None => match fetch(auditor, node).await {
            Ok(bytes) => Box::new(Cursor::new(bytes)),
            Err(error) => {
                finding.verdict = Verdict::Unavailable;
                finding.detail = Some(format!("{error:#}"));
                return Ok(finding);
            }
        },
    };
    let Some(fault) = inspect(auditor, node, &mut content).await? else {
        finding.verdict = Verdict::Sound;
        return Ok(finding);
    };
    finding.verdict = Verdict::Malformed;
    finding.detail = Some(fault.to_string());
    if let Some(payer) = auditor.payer.as_ref().filter(|_| args.dispute) {
        finding.dispute = Some(dispute(auditor, payer, node, fault.part(), &mut content).await?);
    }
    Ok(finding)
}

async fn fetch(auditor: &Auditor, node: &NodeResponse) -> Result<bytes::Bytes> {
    let registration = &node.registration;
    let digest = registration.dgkbe_key_digest.as_slice().try_into().context("digest on the chain")?;
    let owner = PeerId(registration.endpoint.as_slice().try_into().context("endpoint on the chain")?);
    Ok(auditor.exchange(owner).fetch(digest, &[owner], LONGEST_FILE).await?)
}

/// What is wrong with a key file that has the registered digest.
async fn inspect(auditor: &Auditor, node: &NodeResponse, content: &mut dyn Content) -> Result<Option<Fault>> {
    let known = RegisteredKey::of(auditor, node).await?;
    let expected = known.file(&auditor.crs);
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
    Ok(first_fault(&auditor.crs, known.slot, &known.commitment, &bytes, &mut fresh_rng()?)?)
}

async fn dispute(
    auditor: &Auditor,
    payer: &Account,
    node: &NodeResponse,
    part: Part,
    content: &mut dyn Content,
) -> Result<WonDispute> {
    let known = RegisteredKey::of(auditor, node).await?;
    let crs = Cursor::new(auditor.crs.encode());
    let evidence = key_dispute(node.address.as_str(), known.file(&auditor.crs), part, content, crs)?;
    let deposit = auditor.client.registry_config().await?.params.dispute_deposit.u128();
    let receipt = payer.dispute_key(evidence, deposit).await?;
    let registry = auditor.client.deployment().registry();
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
    async fn of(auditor: &Auditor, node: &NodeResponse) -> Result<Self> {
        let params = auditor.client.registry_config().await?.params;
        let place = Groups::new(params.groups, params.slots)?.place(node.registration.slot)?;
        let commitment = node.registration.dgkbe_key.as_slice().try_into();
        Ok(Self { slot: place.slot, commitment: commitment.context("commitment on the chain")? })
    }

    fn file<'a>(&'a self, crs: &'a Crs) -> KeyFile<'a> {
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
