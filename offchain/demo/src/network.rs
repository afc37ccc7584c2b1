//! What the demo works on: a deployment, the reference string, money for new accounts, and the parties.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use async_trait::async_trait;
use bithive_blindmatch::schema::Schema;
use bithive_chain::{SigningKey, Wallet};
use bithive_client::{Account, Client};
use bithive_committee::TagSource;
use bithive_dgkbe::{Crs, Groups};
use bithive_exchange::{Exchange, PeerId};
use bithive_local::fee_grant;
use bithive_requester::AssignmentSummary;
use bithive_requester::{JobSpec, Selection};

use super::check::Observations;
use super::node::DemoNode;

/// The deployment that the demo works on.
pub(super) struct Network {
    /// Client of the deployed contracts.
    pub(super) client: Client,
    /// The broadcast groups' reference string.
    pub(super) crs: Arc<Crs>,
    /// How the registry divides the slots.
    pub(super) groups: Groups,
    /// The attributes that policies may ask for.
    pub(super) schema: Schema,
    /// Holds the genesis BTT.
    pub(super) operator: Account,
    /// First block of the demo: what came before is others'.
    pub(super) first_height: u64,
}

impl Network {
    /// An account on the deployment.
    pub(super) async fn account(&self, key: SigningKey) -> Result<Account> {
        let wallet = Wallet::connect(self.client.chain().clone(), key).await?;
        Ok(Account::new(self.client.clone(), wallet))
    }

    /// Gives an account BTT, and coins for its fees.
    pub(super) async fn fund(&self, address: &str, btt: u128) -> Result<()> {
        self.operator.grant(address, btt, fee_grant()).await.map(drop).map_err(|error| anyhow!(error))
    }
}

/// A posted job.
pub(super) struct Posted {
    /// Number of the job in its market.
    pub(super) job_id: u64,
    /// The vault as it is on chain.
    pub(super) vault: Vec<u8>,
}

/// The nodes that opened a job's vault.
pub(super) struct Matched {
    /// Number of the job in its market.
    pub(super) job_id: u64,
    /// Their ids in the exchange.
    pub(super) nodes: Vec<PeerId>,
    /// Whether it is the attacker's job, not the requester's.
    pub(super) of_attacker: bool,
}

/// The job that the requester is asked to post.
pub(super) struct JobRequest<'a> {
    /// The policy, as its text.
    pub(super) policy: &'a str,
    /// The job's terms, rows and model.
    pub(super) spec: &'a JobSpec,
    /// How many rows of the input are worked on.
    pub(super) rows: usize,
    /// Which nodes are not chosen.
    pub(super) selection: &'a Selection,
    /// Claims to wait for.
    pub(super) claims: usize,
}

/// A registered requester, which is a stranger to the others' jobs.
pub(super) struct Attacker {
    /// Its account, with money for escrows.
    pub(super) account: Account,
    /// Its end of the network.
    pub(super) exchange: Arc<dyn Exchange>,
    /// The committee evaluates for it as for every requester.
    pub(super) tags: TagSource,
}

/// When in the main job a party can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultPoint {
    /// After the job is posted, before nodes try its vault.
    Posted,
    /// After workers are chosen.
    Assigned,
}

/// The parties: tasks of this process, or processes of their own.
#[async_trait]
pub(super) trait Parties: Send {
    /// Has the requester post a job.
    async fn post(&mut self, request: JobRequest<'_>) -> Result<Posted>;

    /// The assignment of the job that was posted last, once it is made.
    async fn assign(&mut self, job_id: u64, selection: &Selection) -> Result<AssignmentSummary>;

    /// The output of the job that was posted last.
    async fn result(&mut self, job_id: u64) -> Result<Vec<f32>>;

    /// The requester's account.
    fn requester(&self) -> &Account;

    /// A requester that wants to know more than it should.
    fn attacker(&self) -> Attacker;

    /// The end of the network from which `node` tries what it may not.
    fn outsider(&self, node: &DemoNode) -> Arc<dyn Exchange>;

    /// Makes a party fail in the middle of the main job, where that was asked for; `worker` is the index of a chosen node.
    async fn inject_fault(&mut self, point: FaultPoint, worker: Option<usize>) -> Result<()>;

    /// Ends all parties and says how they ended.
    async fn stop(&mut self) -> Result<()>;

    /// What could be observed of the parties, once they have ended.
    fn observed(&self, jobs: &[Matched]) -> Result<Observations>;
}
