//! A market with workers, and jobs in the phase in which a statement settles them. Every account signs for itself, every
//! worker consents and signs with its own BLS key; vault, headers and results are random bytes, which is what the chain
//! sees of them.

use std::sync::Arc;

use anyhow::{Context, Result};
use bithive_api::jobs::{Assignment, ExecuteMsg, Finalization, Hook, Terms, limits};
use bithive_attest::{Attested, Consent, Domain, Reveal, Statement, bls};
use bithive_blindmatch::attributes::Attributes;
use bithive_blindmatch::schema::Schema;
use bithive_chain::{Chain, Message, SigningKey, Wallet};
use bithive_client::{Account, Client, Deployment};
use bithive_dgkbe::{Crs, GroupedSet, Groups};
use bithive_local::{
    Founders, NODE_BOND, REQUESTER_BOND, SLASH, UNIT, fee_grant, node_values, register_node,
};
use bithive_node::NodeKeys;
use cosmwasm_std::{Binary, Coin, HexBinary, to_json_binary};
use cw20::Cw20ExecuteMsg;
use rand_chacha::ChaCha20Rng;
use rand_core::Rng;

use super::submitter::Submitter;

/// Workers of a job, how many must agree, and how many sign here: as few as settle it.
pub(crate) const WORKERS: usize = 3;
pub(crate) const QUORUM: usize = 2;
/// Registered workers; jobs take turns with the sets of three neighbours.
const CREW: usize = 6;
/// Words of a result: those of a projection.
const WORDS: u16 = 16;
const VAULT_BYTES: usize = 400;
const PRICE: u128 = UNIT;
const HOUR: u64 = 3_600;
/// Messages of one transaction.
type Transaction = Vec<Message>;
/// Accounts that settle: one's transactions wait for each other in the mempool.
pub(crate) const SETTLERS: usize = 8;
/// Messages of one transaction while jobs are made.
const POSTS: usize = 64;
const ASSIGNMENTS: usize = 32;
const ANSWERS: usize = 64;

/// Who takes part.
pub(crate) struct Market {
    pub(crate) client: Client,
    requester: Wallet,
    crew: Vec<Worker>,
    pub(crate) settlers: Vec<Wallet>,
    groups: Groups,
    rng: ChaCha20Rng,
}

struct Worker {
    wallet: Wallet,
    key: bls::SecretKey,
    slot: u16,
}

/// A job that waits for its statement.
pub(crate) struct Ready {
    pub(crate) finalization: Finalization,
    /// The keys of its signers, and its bytes.
    pub(crate) attested: Attested,
    /// Sum of its signers' signatures.
    pub(crate) signature: [u8; 96],
}

/// A job on its way.
struct Draft {
    id: u64,
    crew: [usize; WORKERS],
    masked: Vec<u8>,
    output: [u8; 32],
    nonces: [[u8; 32]; WORKERS],
    input_commitment: [u8; 32],
}

impl Market {
    /// Registers the workers and gives everybody what they need for `jobs` jobs.
    pub(crate) async fn open(
        chain: Arc<dyn Chain>,
        deployment: Deployment,
        (founders, crs, groups): (&Founders, &Crs, Groups),
        jobs: usize,
        mut rng: ChaCha20Rng,
    ) -> Result<Self> {
        let client = Client::new(chain.clone(), deployment);
        let operator =
            Account::new(client.clone(), Wallet::connect(chain.clone(), founders.operator.clone()).await?);
        // Each worker may be bound in every job at once.
        let bond = NODE_BOND.max(SLASH.saturating_mul(jobs as u128));
        let mut crew = Vec::with_capacity(CREW);
        for slot in (1..).take(CREW) {
            let (keys, public) = NodeKeys::generate(crs, groups, slot, &mut rng)?;
            let domain = client.deployment().registry_domain();
            let registration = keys.registration(domain, slot, &public, &attributes()?);
            register_node(&operator, keys.account.clone(), registration, (bond, fees())).await?;
            let wallet = Wallet::connect(chain.clone(), keys.account).await?;
            crew.push(Worker { wallet, key: keys.bls, slot });
        }
        let escrow = PRICE.saturating_mul(WORKERS as u128).saturating_mul(jobs as u128);
        let key = SigningKey::generate(&mut rng);
        operator.grant(key.address(), escrow.saturating_add(REQUESTER_BOND), fees()).await?;
        let mut endpoint = [0; 32];
        rng.fill_bytes(&mut endpoint);
        let wallet = Wallet::connect(chain.clone(), key.clone()).await?;
        Account::new(client.clone(), wallet).register_requester(endpoint, REQUESTER_BOND).await?;
        let requester = Wallet::connect(chain.clone(), key).await?;
        let mut settlers = Vec::with_capacity(SETTLERS);
        for _ in 0..SETTLERS {
            settlers.push(newcomer(&operator, &chain, 0, &mut rng).await?);
        }
        Ok(Self { client, requester, crew, settlers, groups, rng })
    }

    /// Brings `count` jobs to the phase in which their statements settle them.
    pub(crate) async fn ready(
        &mut self,
        submitter: &Submitter,
        count: usize,
        progress: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Vec<Ready>> {
        let first = self.client.totals().await?.jobs + 1;
        let drafts: Vec<Draft> = (first..).take(count).map(|id| self.draft(id)).collect();
        progress(&format!("posting {count} jobs"));
        let now = self.client.chain().info().await?.time.seconds();
        let posts = drafts.iter().map(|_| self.post(now)).collect::<Result<Vec<_>>>()?;
        submitter.send(vec![(&self.requester, parts(posts, POSTS))]).await?;
        progress(&format!("assigning {count} jobs"));
        let assignments = drafts.iter().map(|draft| self.assign(draft)).collect::<Result<Vec<_>>>()?;
        submitter.send(vec![(&self.requester, parts(assignments, ASSIGNMENTS))]).await?;
        progress(&format!("commitments to {count} jobs"));
        submitter.send(self.answers(&drafts, |draft, index| self.commit(draft, index))?).await?;
        progress(&format!("results of {count} jobs"));
        submitter.send(self.answers(&drafts, |draft, index| self.reveal(draft, index))?).await?;
        drafts.iter().map(|draft| self.statement(draft)).collect()
    }

    /// A message that settles one job.
    pub(crate) fn finalize(&self, job: &Ready) -> Result<Message> {
        let Finalization { job_id, signers } = job.finalization;
        self.jobs(&ExecuteMsg::Finalize { job_id, signers, signature: (&job.signature).into() })
    }

    /// A message that settles them all.
    pub(crate) fn finalize_many(&self, jobs: &[Ready]) -> Result<Message> {
        let signatures: Vec<[u8; 96]> = jobs.iter().map(|job| job.signature).collect();
        let statements = jobs.iter().map(|job| job.finalization).collect();
        self.jobs(&ExecuteMsg::FinalizeMany { statements, signature: (&bls::aggregate(&signatures)?).into() })
    }

    fn draft(&mut self, id: u64) -> Draft {
        let start = usize::try_from(id).unwrap_or_default();
        let mut crew = [start % CREW, (start + 1) % CREW, (start + 2) % CREW];
        crew.sort_unstable();
        let mut draft = Draft {
            id,
            crew,
            masked: vec![0; usize::from(WORDS) * 4],
            output: [0; 32],
            nonces: [[0; 32]; WORKERS],
            input_commitment: [0; 32],
        };
        self.rng.fill_bytes(&mut draft.masked);
        self.rng.fill_bytes(&mut draft.output);
        self.rng.fill_bytes(&mut draft.input_commitment);
        draft.nonces.iter_mut().for_each(|nonce| self.rng.fill_bytes(nonce));
        draft
    }

    fn post(&self, now: u64) -> Result<Message> {
        let terms = Terms {
            workers: WORKERS as u8,
            quorum: QUORUM as u8,
            tolerance: 64,
            dimensions: WORDS,
            price: PRICE.into(),
            assign_by: now + HOUR,
            commit_seconds: HOUR,
            reveal_seconds: HOUR,
            finalize_seconds: HOUR,
            model: HexBinary::from(&[0x3d; 32]),
            model_owner: None,
            data_owner: None,
        };
        let vault = Binary::from(vec![0xb0; VAULT_BYTES]);
        let send = Cw20ExecuteMsg::Send {
            contract: self.client.deployment().jobs().to_owned(),
            amount: (PRICE * WORKERS as u128).into(),
            msg: to_json_binary(&Hook::Post { vault, terms: Box::new(terms), bases: vec![] })?,
        };
        Ok(Message::execute(self.client.deployment().token(), &send, &[])?)
    }

    fn assign(&self, draft: &Draft) -> Result<Message> {
        let mut consents = Vec::with_capacity(WORKERS);
        for worker in self.crew_of(draft) {
            let account = worker.wallet.address();
            let consent = Consent { job_id: draft.id, round: 1, account, slot: worker.slot, ask: PRICE };
            consents.push(worker.key.sign(&consent.sign_bytes(self.domain())));
        }
        let slots = GroupedSet::from_slots(self.groups, self.crew_of(draft).map(|worker| worker.slot))?;
        let assignment = Assignment {
            mask: slots.encode().into(),
            asks: vec![PRICE.into(); WORKERS],
            headers: vec![0x4e; limits::HEADER_BYTES * slots.touched().len()].into(),
            payload: HexBinary::from(&[0x9a; 32]),
            input_commitment: HexBinary::from(&draft.input_commitment),
            consent: (&bls::aggregate(&consents)?).into(),
        };
        self.jobs(&ExecuteMsg::Assign { job_id: draft.id, assignment })
    }

    /// One message of every worker of every job, by worker.
    fn answers(
        &self,
        drafts: &[Draft],
        message: impl Fn(&Draft, usize) -> Result<Message>,
    ) -> Result<Vec<(&Wallet, Vec<Transaction>)>> {
        let mut loads = Vec::with_capacity(CREW);
        for (member, worker) in self.crew.iter().enumerate() {
            let mut messages = Vec::new();
            for draft in drafts {
                if let Some(index) = draft.crew.iter().position(|chosen| *chosen == member) {
                    messages.push(message(draft, index)?);
                }
            }
            loads.push((&worker.wallet, parts(messages, ANSWERS)));
        }
        Ok(loads)
    }

    fn commit(&self, draft: &Draft, index: usize) -> Result<Message> {
        let worker = self.crew_of(draft).nth(index).context("a worker of the job")?;
        let reveal = Reveal {
            job_id: draft.id,
            round: 1,
            account: worker.wallet.address(),
            masked: &draft.masked,
            output: &draft.output,
            nonce: draft.nonces.get(index).context("a nonce of the job")?,
        };
        let commitment = HexBinary::from(&reveal.commitment(self.domain()));
        self.jobs(&ExecuteMsg::Commit { job_id: draft.id, commitment })
    }

    fn reveal(&self, draft: &Draft, index: usize) -> Result<Message> {
        self.jobs(&ExecuteMsg::Reveal {
            job_id: draft.id,
            masked: draft.masked.as_slice().into(),
            output: HexBinary::from(&draft.output),
            nonce: HexBinary::from(draft.nonces.get(index).context("a nonce of the job")?),
        })
    }

    /// The statement that the chain will build, signed by the job's first two workers.
    fn statement(&self, draft: &Draft) -> Result<Ready> {
        let keys: Vec<[u8; 48]> = self.crew_of(draft).map(|worker| worker.key.public_key()).collect();
        let message = Statement {
            job_id: draft.id,
            round: 1,
            model: &[0x3d; 32],
            input_commitment: &draft.input_commitment,
            output: &draft.output,
            masked: &draft.masked,
            workers: &keys,
            quorum: (1 << WORKERS) - 1,
        }
        .sign_bytes(self.domain());
        let signatures: Vec<[u8; 96]> =
            self.crew_of(draft).take(QUORUM).map(|worker| worker.key.sign(&message)).collect();
        Ok(Ready {
            finalization: Finalization { job_id: draft.id, signers: (1 << QUORUM) - 1 },
            signature: bls::aggregate(&signatures)?,
            attested: Attested {
                full_key: bls::sum_keys(&keys)?,
                absent: keys.into_iter().skip(QUORUM).collect(),
                message,
            },
        })
    }

    fn crew_of<'a>(&'a self, draft: &'a Draft) -> impl Iterator<Item = &'a Worker> {
        draft.crew.iter().filter_map(|member| self.crew.get(*member))
    }

    fn jobs(&self, message: &ExecuteMsg) -> Result<Message> {
        Ok(Message::execute(self.client.deployment().jobs(), message, &[])?)
    }

    fn domain(&self) -> Domain<'_> {
        self.client.deployment().jobs_domain()
    }
}

/// A new account with BTT, and coins for its fees.
async fn newcomer(
    operator: &Account,
    chain: &Arc<dyn Chain>,
    btt: u128,
    rng: &mut ChaCha20Rng,
) -> Result<Wallet> {
    let key = SigningKey::generate(rng);
    operator.grant(key.address(), btt, fees()).await?;
    Ok(Wallet::connect(chain.clone(), key).await?)
}

fn attributes() -> Result<Attributes> {
    Ok(Attributes::new(&Schema::bithive(), node_values(24, "eu", &[]))?)
}

/// Transactions of at most `size` messages each.
fn parts(messages: Vec<Message>, size: usize) -> Vec<Transaction> {
    messages.chunks(size).map(<[Message]>::to_vec).collect()
}

/// Coins for the fees of thousands of jobs.
fn fees() -> Coin {
    let mut coins = fee_grant();
    coins.amount = coins.amount.saturating_mul(100u128.into());
    coins
}
