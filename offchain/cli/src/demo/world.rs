//! What the demo works on, whoever plays the parties: a deployment, the reference string, money for newcomers.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use async_trait::async_trait;
use bithive_blindmatch::schema::Schema;
use bithive_chain::{SigningKey, Wallet};
use bithive_client::{Account, Client};
use bithive_dgkbe::{Crs, Groups};
use bithive_exchange::{Exchange, PeerId};
use bithive_local::fee_grant;
use bithive_requester::{JobSpec, Selection};

use super::actor::Actor;
use super::check::Seen;
use super::watch::Desk;
use crate::commands::follow::Chosen;

/// The network that the demo plays on.
pub(super) struct World {
    /// The contracts.
    pub(super) client: Client,
    /// The broadcast groups' reference string.
    pub(super) crs: Arc<Crs>,
    /// How the registry divides the slots.
    pub(super) groups: Groups,
    /// What can be asked of nodes.
    pub(super) schema: Schema,
    /// Holds the genesis BTT.
    pub(super) operator: Account,
    /// First block of the demo: what came before is others'.
    pub(super) first_height: u64,
}

impl World {
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
    /// Its number.
    pub(super) job_id: u64,
    /// The vault as it is on chain.
    pub(super) vault: Vec<u8>,
}

/// What the requester is asked to post.
pub(super) struct Order<'a> {
    /// The job.
    pub(super) spec: &'a JobSpec,
    /// How many rows of the input are worked on.
    pub(super) rows: usize,
    /// Who is passed over.
    pub(super) selection: &'a Selection,
    /// Claims to wait for.
    pub(super) claims: usize,
}

/// A moment of the job at which something can happen to a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Nodes are about to try the vault.
    Posted,
    /// Workers are chosen.
    Assigned,
}

/// Who plays the parties: tasks of this process, or processes of their own.
#[async_trait]
pub(super) trait Players: Send {
    /// Has the requester post a job.
    async fn post(&mut self, order: Order<'_>) -> Result<Posted>;

    /// The assignment of the job that was posted last, once it is made.
    async fn assign(&mut self, job_id: u64, selection: &Selection) -> Result<Chosen>;

    /// The output of the job that was posted last.
    async fn result(&mut self, job_id: u64) -> Result<Vec<f32>>;

    /// The requester's account.
    fn requester(&self) -> &Account;

    /// The end of the network from which `actor` tries what it may not.
    fn outsider(&self, actor: &Actor) -> Arc<dyn Exchange>;

    /// What happens to the parties in the middle of the main job.
    async fn disturb(&mut self, moment: Moment, worker: Option<usize>, desk: &Desk) -> Result<()>;

    /// Ends all parties and says how they ended.
    async fn stop(&mut self) -> Result<()>;

    /// What could be seen of the parties, once they have ended.
    fn seen(&self, matched: &[PeerId]) -> Result<Seen>;
}
