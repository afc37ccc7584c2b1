//! The module for web pages in Node's engine, beside the same functions natively, and for the payload beside WebCrypto.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use bithive_attest::bls::{self, SecretKey};
use bithive_attest::{Domain, Statement};
use bithive_blindmatch::attributes::{AttributeValue, Attributes};
use bithive_blindmatch::claim::{Claim, ClaimContext};
use bithive_blindmatch::schema::Schema;
use bithive_blindmatch::vault::{Poster, Vault};
use bithive_dgkbe::crs::ceremony::local_ceremony;
use bithive_dgkbe::{Crs, KeyPair};
use bithive_web::evaluation::{Pending, ShareKeys};
use bithive_web::job::{Job, Market};
use bithive_web::policy::Policy;
use bithive_web::record::RecordKey;
use bithive_web::sender::{Reference, Sender};
use bithive_web::{Failure, attestation};
use hex::encode as hex;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::figure::{Aim, Figure};
use crate::matching::{Committee, EPOCH, POLICY};
use crate::seed::SEED;
use crate::timer::Timer;

const MODULE: &[u8] = include_bytes!("../../../../page/web/wasm/bithive_web_bg.wasm");
const GLUE: &str = include_str!("../../../../page/web/wasm/bithive_web.js");
const PROGRAM: &str = include_str!("program.mjs");

/// Aims, at most: bytes by gzip, and microseconds to seal 1 MiB.
const MODULE_AIM: f64 = 300.0 * 1024.0;
const PAYLOAD_AIM: f64 = 300_000.0;
const CHAIN: &str = "bithive-bench-1";
const JOBS: &str = "bithive1jobs";
const REQUESTER: &str = "bithive1requester";
const JOB_ID: u64 = 1;
/// Nodes that a payload is sealed for.
const NODES: u16 = 3;
const ROWS: usize = 1 << 20;
const PART: usize = 1 << 16;

/// What Node's engine took, in microseconds.
#[derive(Deserialize)]
struct Measured {
    engine: String,
    bytes: f64,
    gzip: f64,
    aes: f64,
    times: BTreeMap<String, f64>,
}

/// The parties' answers, and the same steps natively.
struct Side {
    policy: Policy,
    pending: Pending,
    keys: ShareKeys,
    job: Job,
    claim: Vec<u8>,
    statement: attestation::Statement,
    signature: [u8; 96],
}

/// Measures with groups of 64 slots, and unless `quick` of 1024. Needs Node, by the name `node`.
///
/// # Errors
/// When Node can't be started or the module fails in it.
pub fn page(quick: bool, mut progress: impl FnMut(&str)) -> Result<Vec<Figure>> {
    let mut rng = ChaCha20Rng::seed_from_u64(SEED);
    progress("keys and answers");
    let committee = Committee::new(Schema::bithive(), &mut rng)?;
    let record_key = RecordKey::from_bytes(&[0; 32])?;
    let (side, mut given) = prepare(&committee, &record_key, &mut rng)?;
    let mut groups = Vec::new();
    for slots in if quick { &[64_u16][..] } else { &[64, 1024] } {
        progress(&format!("a group of {slots} slots"));
        let crs = local_ceremony(*slots, 1, &mut rng)?.verify(&mut rng)?;
        let pairs = (1..=NODES).map(|slot| KeyPair::generate(&crs, slot, &mut rng));
        let pairs = pairs.collect::<Result<Vec<_>, _>>()?;
        groups.push((crs, pairs));
    }
    given["groups"] = groups.iter().map(|(crs, pairs)| group(crs, pairs)).collect();
    progress("the module in Node's engine");
    let measured = in_node(&given)?;
    progress("the same natively");
    // One thread, as the engine has.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    figures(&measured, &pool.install(|| natively(&side, &groups))?)
}

fn market() -> Market {
    Market { chain_id: CHAIN.into(), jobs: JOBS.into() }
}

fn prepare(committee: &Committee, key: &RecordKey, rng: &mut ChaCha20Rng) -> Result<(Side, Value)> {
    let schema = Schema::bithive();
    let policy = Policy::parse(POLICY, &schema)?;
    let mut pending = policy.blind(EPOCH)?;
    let answers = committee.answers(&pending.request(), rng)?;
    for (member, answer) in (1..).zip(&answers) {
        pending.answer(member, answer)?;
    }
    let posted = committee.table().digest().repeat(3);
    let keys = ShareKeys::new(committee.table().encode(), EPOCH, 2, &posted)?;
    let job = Job::seal(&pending.finish(&keys)?, &policy, market(), REQUESTER, &[0; 32])?;
    let claim = claim(committee, &schema, &job, rng)?;
    let (statement, signature) = attested(rng)?;
    let given = json!({
        "policy": POLICY,
        "epoch": EPOCH.to_string(),
        "chainId": CHAIN,
        "jobs": JOBS,
        "requester": REQUESTER,
        "table": hex(committee.table().encode()),
        "posted": hex(&posted),
        "pending": hex(pending.export(key)?),
        "answers": answers.iter().map(hex).collect::<Vec<_>>(),
        "job": hex(job.export(key)?),
        "claim": hex(&claim),
        "statement": {
            "chainId": CHAIN,
            "jobs": JOBS,
            "round": statement.round,
            "model": hex(&statement.model),
            "inputCommitment": hex(&statement.input_commitment),
            "output": hex(&statement.output),
            "masked": hex(&statement.masked),
            "workers": hex(&statement.workers),
            "members": statement.members,
            "signers": statement.signers,
            "needed": statement.needed,
        },
        "signature": hex(signature),
    });
    Ok((Side { policy, pending, keys, job, claim, statement, signature }, given))
}

/// The claim of a node that has opened the vault.
fn claim(committee: &Committee, schema: &Schema, job: &Job, rng: &mut ChaCha20Rng) -> Result<Vec<u8>> {
    let members = ["hipaa", "gdpr"].into_iter().map(str::to_owned).collect();
    let values = BTreeMap::from([
        ("vram".to_owned(), AttributeValue::Number(24)),
        ("region".to_owned(), AttributeValue::Category("ch".to_owned())),
        ("certifications".to_owned(), AttributeValue::Members(members)),
    ]);
    let own = Attributes::new(schema, values)?;
    let vault = Vault::decode(&job.vault())?;
    let opened = vault.open(&committee.tags(own.inputs(), rng)?, &Poster::new(CHAIN, JOBS, REQUESTER))?;
    let key = opened.context("a node that satisfies the policy has not opened its vault")?.key;
    let claim = Claim { address: "bithive1node".into(), slot: 1, ask: 1, consent: [0; 96] };
    let sealed = claim.seal(&ClaimContext::new(CHAIN, JOBS, JOB_ID)?, &key, &vault.requester_key(), rng)?;
    Ok(bithive_payload::ClaimMessage { job_id: JOB_ID, sealed }.encode())
}

/// A statement that all of its three workers have signed.
fn attested(rng: &mut ChaCha20Rng) -> Result<(attestation::Statement, [u8; 96])> {
    let secrets = (0..NODES).map(|_| SecretKey::generate(rng)).collect::<Result<Vec<_>, _>>()?;
    let workers: Vec<[u8; 48]> = secrets.iter().map(SecretKey::public_key).collect();
    let (digest, masked) = ([1; 32], vec![7; 12]);
    let signed = Statement {
        job_id: JOB_ID,
        round: 1,
        model: &digest,
        input_commitment: &digest,
        output: &digest,
        masked: &masked,
        workers: &workers,
        quorum: 0b111,
    };
    let bytes = signed.sign_bytes(Domain { chain_id: CHAIN, contract: JOBS });
    let signatures: Vec<[u8; 96]> = secrets.iter().map(|secret| secret.sign(&bytes)).collect();
    let statement = attestation::Statement {
        market: market(),
        job_id: JOB_ID,
        round: 1,
        model: digest.to_vec(),
        input_commitment: digest.to_vec(),
        output: digest.to_vec(),
        masked,
        workers: workers.concat(),
        members: 0b111,
        signers: 0b111,
        needed: 2,
    };
    Ok((statement, bls::aggregate(&signatures)?))
}

fn group(crs: &Crs, pairs: &[KeyPair]) -> Value {
    let key = |(slot, pair): (u16, &KeyPair)| {
        json!({
            "slot": slot,
            "commitment": hex(pair.public.commitment().encode()),
            "digest": hex(pair.public.digest()),
            "file": hex(pair.public.encode()),
        })
    };
    let keys: Vec<Value> = (1..).zip(pairs).map(key).collect();
    json!({ "slots": crs.slots(), "reference": hex(crs.encode()), "digest": hex(crs.digest()), "keys": keys })
}

fn in_node(given: &Value) -> Result<Measured> {
    let folder = tempfile::tempdir()?;
    let file = |name: &str| folder.path().join(name);
    fs::write(file("bithive_web_bg.wasm"), MODULE)?;
    fs::write(file("bithive_web.js"), GLUE)?;
    fs::write(file("package.json"), r#"{"type":"module"}"#)?;
    fs::write(file("program.mjs"), PROGRAM)?;
    fs::write(file("inputs.json"), given.to_string())?;
    let mut node = Command::new("node");
    node.arg(file("program.mjs")).arg(folder.path()).arg(file("inputs.json"));
    let answer = node.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let answer = answer.context("node can't be started; install Node 20 or later")?;
    if !answer.status.success() {
        bail!("the module failed in Node's engine; its error is above");
    }
    Ok(serde_json::from_slice(&answer.stdout)?)
}

/// Microseconds of the same steps natively, by the names of the program.
fn natively(side: &Side, groups: &[(Crs, Vec<KeyPair>)]) -> Result<BTreeMap<String, f64>> {
    let timer = Timer::STANDARD;
    let mut times = BTreeMap::new();
    let Side { policy, pending, keys, job, claim, statement, signature } = side;
    let mut note = |name: String, microseconds: f64| {
        times.insert(name, microseconds);
    };
    note("blind".into(), timer.time(|| (), |()| Ok(policy.blind(EPOCH)?))?);
    note("finish".into(), timer.time(|| (), |()| Ok(pending.finish(keys)?))?);
    let tags = pending.finish(keys)?;
    let seal = |()| Ok(Job::seal(&tags, policy, market(), REQUESTER, &[0; 32])?);
    note("seal".into(), timer.time(|| (), seal)?);
    note("claim".into(), timer.time(|| (), |()| Ok(job.open_claim(JOB_ID, claim)?))?);
    let verify = |()| Ok(attestation::verify(std::slice::from_ref(statement), signature)?);
    note("attestation".into(), timer.time(|| (), verify)?);
    let rows = vec![7; ROWS];
    for (crs, pairs) in groups {
        let (slots, text) = (crs.slots(), crs.encode());
        let read = |()| Ok(Reference::new(&text, crs.digest())?);
        note(format!("reference {slots}"), timer.time(|| (), read)?);
        let mut sender = Sender::new(&Reference::new(&text, crs.digest())?, 1)?;
        for (slot, pair) in (1..).zip(pairs) {
            learn(&mut sender, slot, pair)?;
        }
        if let Some(pair) = pairs.first() {
            note(format!("learn {slots}"), timer.time(|| (), |()| Ok(learn(&mut sender, 1, pair)?))?);
        }
        let chosen: Vec<u16> = (1..=NODES).collect();
        let payload = |()| {
            let mut assignment = sender.address(job, JOB_ID, 1, &chosen)?;
            for part in rows.chunks(PART) {
                assignment.write(part)?;
            }
            Ok(assignment.finish()?)
        };
        note(format!("payload {slots}"), timer.time(|| (), payload)?);
    }
    Ok(times)
}

fn learn(sender: &mut Sender, slot: u16, pair: &KeyPair) -> Result<(), Failure> {
    let public = &pair.public;
    sender.learn(slot, &public.commitment().encode(), public.digest(), &public.encode())
}

/// What the operations are, by their names in the program.
fn told(name: &str) -> String {
    match name.split_once(' ') {
        Some(("reference", slots)) => format!("read a reference string of {slots} slots"),
        Some(("learn", slots)) => format!("check a node's key of {slots} slots"),
        Some(("payload", slots)) => format!("seal 1 MiB for {NODES} of {slots} nodes"),
        _ => match name {
            "blind" => "blind the example policy",
            "finish" => "check the members' answers",
            "seal" => "seal the vault of the example policy",
            "claim" => "open a claim",
            "attestation" => "verify an attestation of 3 workers",
            other => other,
        }
        .to_owned(),
    }
}

fn figures(measured: &Measured, native: &BTreeMap<String, f64>) -> Result<Vec<Figure>> {
    let aim = |value: f64, most: f64| Some(Aim { value: most, met: value <= most });
    let mut figures =
        vec![figure("module by gzip", 0, "bytes", [measured.gzip, measured.bytes], "not compressed")];
    for (name, peer) in native {
        let value =
            measured.times.get(name).with_context(|| format!("Node's engine has no time for {name}"))?;
        let n = name.split_once(' ').and_then(|(_, slots)| slots.parse().ok()).unwrap_or_default();
        figures.push(figure(&told(name), n, "µs", [*value, *peer], "natively"));
        if name.starts_with("payload") {
            let peer = format!("WebCrypto's AES-256-GCM with a shared key, {}", measured.engine);
            figures.push(figure(
                &format!("{}, in the browser", told(name)),
                n,
                "µs",
                [*value, measured.aes],
                &peer,
            ));
        }
    }
    for figure in &mut figures {
        figure.aim = match figure.name.as_str() {
            "module by gzip" => aim(figure.value, MODULE_AIM),
            name if name.starts_with("seal 1 MiB") => aim(figure.value, PAYLOAD_AIM),
            _ => None,
        };
    }
    Ok(figures)
}

fn figure(name: &str, n: u64, unit: &'static str, [value, peer_value]: [f64; 2], peer: &str) -> Figure {
    let (name, peer, ratio) = (name.to_owned(), peer.to_owned(), peer_value / value);
    Figure { name, n, value, unit, peer, peer_value, ratio, limit: None, aim: None }
}
