//! A chain with the market of `market.rs`, and relayers on it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bithive_api::jobs::{ExecuteMsg, Phase};
use bithive_chain::{Chain, ChainExt, Embedded, SigningKey, Wallet};
use bithive_relayer::{Aggregate, Contracts, FeeLimits, Relayer, RelayerError, Report, Settings, Watch};
use cosmwasm_std::{Empty, coins};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use tempfile::TempDir;

use crate::market::{self, Query, Stage, Toy, signer, statement};

pub(crate) const RICH: u128 = 1_000_000_000_000;
const DENOM: &str = "ubee";

pub(crate) fn key(seed: u64) -> SigningKey {
    SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(seed))
}

pub(crate) struct World {
    pub(crate) chain: Embedded,
    pub(crate) operator: Wallet,
    pub(crate) contracts: Contracts,
    folder: TempDir,
}

/// Everything that relayers reported.
#[derive(Clone, Default)]
pub(crate) struct Reports(Arc<Mutex<Vec<Report>>>);

impl Watch for Reports {
    fn report(&self, report: &Report) {
        self.0.lock().unwrap().push(report.clone());
    }
}

impl Reports {
    pub(crate) fn all(&self) -> Vec<Report> {
        self.0.lock().unwrap().clone()
    }

    /// Sizes of the transactions that were signed.
    pub(crate) fn batches(&self) -> Vec<usize> {
        let signed = |report: &Report| match report {
            Report::Signed { duties, .. } => Some(duties.len()),
            _ => None,
        };
        self.all().iter().filter_map(signed).collect()
    }
}

impl World {
    /// Accounts 1 to 9 are rich; 9 is the operator.
    pub(crate) async fn new() -> Self {
        let builder = Embedded::builder().chain_id("test-1").code("market", market::contract);
        let builder = (1..10)
            .fold(builder, |builder, seed| builder.genesis_balance(key(seed).address(), coins(RICH, DENOM)));
        let chain = builder.build().unwrap();
        let operator = Wallet::connect(Arc::new(chain.clone()), key(9)).await.unwrap();
        let mut made = vec![];
        for label in ["market", "attestations"] {
            made.push(operator.instantiate(1, &Empty {}, label, None).await.unwrap().contract);
        }
        let [jobs, attestations] = made.try_into().unwrap();
        let contracts = Contracts { jobs, attestations: Some(attestations) };
        Self { chain, operator, contracts, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn handle(&self) -> Arc<dyn Chain> {
        Arc::new(self.chain.clone())
    }

    pub(crate) async fn now(&self) -> u64 {
        self.chain.info().await.unwrap().time.seconds()
    }

    /// A job whose deadline is `seconds` from now.
    pub(crate) async fn put(&self, job_id: u64, phase: Phase, seconds: u64) {
        self.stage(&Stage::Put { job_id, phase, deadline: self.now().await + seconds, poison: false }).await;
    }

    /// One that refuses whatever is done to it.
    pub(crate) async fn poison(&self, job_id: u64, phase: Phase) {
        self.stage(&Stage::Put { job_id, phase, deadline: self.now().await, poison: true }).await;
    }

    pub(crate) async fn stage(&self, stage: &Stage) {
        let contract = match stage {
            Stage::Packet { .. } => self.contracts.attestations.clone().unwrap(),
            _ => self.contracts.jobs.clone(),
        };
        self.operator.execute(&contract, stage, &[]).await.unwrap();
    }

    /// Somebody else advances a job.
    pub(crate) async fn advance(&self, job_id: u64) {
        let msg = ExecuteMsg::Advance { job_id };
        self.operator.execute(&self.contracts.jobs, &msg, &[]).await.unwrap();
    }

    pub(crate) async fn pass(&self, seconds: u64) {
        self.chain.advance_time(seconds).await.unwrap();
    }

    pub(crate) async fn toy(&self, job: u64) -> Toy {
        self.chain.query(&self.contracts.jobs, &Query::Done { done: job }).await.unwrap()
    }

    pub(crate) async fn phase(&self, job: u64) -> Phase {
        self.toy(job).await.phase
    }

    /// How often an attestation of a job was sent.
    pub(crate) async fn sends(&self, job: u64) -> u32 {
        let contract = self.contracts.attestations.clone().unwrap();
        self.chain.query(&contract, &Query::Sends { sends: job }).await.unwrap()
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            contracts: Contracts { attestations: None, ..self.contracts.clone() },
            channels: BTreeSet::new(),
            fees: FeeLimits { per_transaction: 10_000_000, per_day: 1_000_000_000, warn_below: 0 },
            jitter: Duration::ZERO,
            batch: 32,
            first_block: None,
        }
    }

    /// As [`Self::settings`], with attestations.
    pub(crate) fn attesting(&self) -> Settings {
        let channels = ["channel-0".to_owned()].into();
        Settings { contracts: self.contracts.clone(), channels, ..self.settings() }
    }

    pub(crate) fn file(&self, seed: u64) -> PathBuf {
        self.folder.path().join(format!("{seed}.redb"))
    }

    /// Relayer `seed`, with its records where it left them.
    pub(crate) async fn relayer(&self, seed: u64, settings: Settings, reports: &Reports) -> Relayer {
        open(self.handle(), seed, settings, &self.file(seed), reports).await.unwrap()
    }

    /// Has relayers work until a day of blocks made no difference any more.
    pub(crate) async fn settle_down(&self, relayers: &mut [Relayer]) {
        for _ in 0..60 {
            for relayer in &mut *relayers {
                relayer.turn().await.unwrap();
            }
            self.pass(10).await;
        }
    }
}

pub(crate) async fn open(
    chain: Arc<dyn Chain>,
    seed: u64,
    settings: Settings,
    file: &Path,
    reports: &Reports,
) -> Result<Relayer, RelayerError> {
    let database = redb::Database::create(file).unwrap();
    Relayer::new(chain, key(seed), settings, database, Arc::new(reports.clone())).await
}

/// The quorum's signature of a job.
pub(crate) fn aggregate(job: u64) -> Aggregate {
    let signature = (&signer().sign(&statement(job))).into();
    Aggregate { job, round: 1, signers: 1, signature }
}

/// One that does not verify.
pub(crate) fn forged(job: u64) -> Aggregate {
    Aggregate { job, ..aggregate(job + 1_000) }
}
