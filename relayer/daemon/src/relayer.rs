//! The relayer at work: reads blocks, keeps the book, sends what is due. Every step first writes down what it is about
//! to do, so that a process that is killed between any two of them goes on where it was.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bithive_api::attestations::{self, SendingsResponse, Status as Packet};
use bithive_api::jobs::{JobResponse, QueryMsg, limits};
use bithive_chain::{
    Block, BlockCursor, Chain, ChainError, ChainExt, Receipt, SignedTx, SigningKey, TxHash, Wallet,
};
use cosmwasm_std::Uint128;

use crate::RelayerError;
use crate::book::Rules;
use crate::duty::{Duty, Kind};
use crate::entry::Entry;
use crate::fees::FeeLimits;
use crate::jobs::{JobState, Occurrence};
use crate::messages::{Contracts, messages};
use crate::outbox::Outbox;
use crate::report::{Report, Watch};
use crate::store::{Store, StoreError};
use crate::verdict::Verdict;

/// Wait after a step that failed; each further failure doubles it.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Longest wait after steps that failed one after another.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long a signed transaction that no block has and that the chain does not call void is sent again and again, in
/// milliseconds of block time. What is signed anew after that has the same sequence, so only one of the two can count.
const PATIENCE: u64 = 300_000;
/// Most jobs that are asked for in one turn.
const QUESTIONS: usize = 64;

/// Settings of a relayer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Addresses of the contracts that it works for.
    pub contracts: Contracts,
    /// Channels on which the attestation of every settled job is sent.
    pub channels: BTreeSet<String>,
    /// Bounds of fees.
    pub fees: FeeLimits,
    /// Longest time that it waits beyond a deadline, so that several relayers seldom do the same at once.
    pub jitter: Duration,
    /// Most duties in one transaction, at most [`limits::MAX_FINALIZATIONS`].
    pub batch: usize,
    /// Height of the first block that it reads when it has no records; the next one if none is given.
    pub first_block: Option<u64>,
}

/// A relayer: follows the chain, plans what is due, sends it, and keeps records of all of it.
pub struct Relayer {
    chain: Arc<dyn Chain>,
    wallet: Wallet,
    settings: Settings,
    outbox: Outbox,
    cursor: BlockCursor,
    warned: bool,
    held: bool,
}

impl Relayer {
    /// A relayer that goes on where the records in `database` end.
    ///
    /// # Errors
    /// [`RelayerError::Chain`] if the chain does not answer, [`RelayerError::Store`].
    pub async fn new(
        chain: Arc<dyn Chain>,
        key: SigningKey,
        settings: Settings,
        database: redb::Database,
        watch: Arc<dyn Watch>,
    ) -> Result<Self, RelayerError> {
        let info = chain.info().await?;
        let market = format!("{} on {}", settings.contracts.jobs, info.chain_id);
        let wallet = Wallet::connect(chain.clone(), key).await?;
        let wallet = wallet.with_fee_cap(settings.fees.per_transaction);
        let wallet = match gas_for(settings.fees.per_transaction, &info) {
            Some(gas) => wallet.with_gas_cap(gas),
            None => wallet,
        };
        let rules = Rules {
            address: wallet.address().into(),
            channels: settings.channels.clone(),
            jitter: u64::try_from(settings.jitter.as_millis()).unwrap_or(u64::MAX),
            batch: settings.batch.clamp(1, limits::MAX_FINALIZATIONS),
        };
        let store = Store::new(database, &market)?;
        let first = settings.first_block.unwrap_or_else(|| info.height.saturating_add(1));
        let mut book = store.load(rules, first)?;
        book.start(info.time.nanos() / 1_000_000);
        // The start as well: a process that is killed before its first block must not skip it.
        store.commit(&mut book)?;
        let cursor = chain.blocks_from(book.cursor().next_height).after(book.cursor().last);
        let outbox = Outbox::new(book, store, watch);
        Ok(Self { chain, wallet, settings, outbox, cursor, warned: false, held: false })
    }

    /// Address of the account that it signs with.
    #[must_use]
    pub fn address(&self) -> &str {
        self.wallet.address()
    }

    /// Its outbox, to hand things in and to look.
    #[must_use]
    pub fn outbox(&self) -> Outbox {
        self.outbox.clone()
    }

    /// Works until `stop` resolves; a transaction that is on its way is then left to the next start. What the chain
    /// refuses or fails to answer is tried again.
    ///
    /// # Errors
    /// [`StoreError`]: its records can't be used.
    pub async fn run(&mut self, stop: impl Future<Output = ()>) -> Result<(), StoreError> {
        tokio::pin!(stop);
        let mut wait = FIRST_WAIT;
        loop {
            let turn = async {
                self.turn().await?;
                self.next().await
            };
            let failed = tokio::select! {
                biased;
                () = &mut stop => return Ok(()),
                turn = turn => match turn {
                    Ok(()) => None,
                    Err(RelayerError::Store(error)) => return Err(error),
                    Err(RelayerError::Chain(error)) => Some(error),
                },
            };
            let Some(error) = failed else {
                wait = FIRST_WAIT;
                continue;
            };
            tracing::warn!(%error, seconds = wait.as_secs_f32(), "a step waits");
            tokio::select! {
                () = &mut stop => return Ok(()),
                () = tokio::time::sleep(wait) => wait = (wait * 2).min(LONGEST_WAIT),
            }
        }
    }

    /// Reads every block that there is and does what is due by then, one transaction of each kind.
    ///
    /// # Errors
    /// [`RelayerError::Chain`] when the chain does not answer or refuses the account; nothing is lost by it.
    /// [`RelayerError::Store`].
    pub async fn turn(&mut self) -> Result<(), RelayerError> {
        self.reconcile().await?;
        self.read_blocks().await?;
        self.sweep().await?;
        self.ask().await?;
        for kind in Kind::ALL {
            // Each kind may have waited for a block of its own.
            self.outbox.write(|book| book.plan())?;
            self.send(kind).await?;
        }
        Ok(())
    }

    /// Waits for a block or for something that is handed in.
    async fn next(&mut self) -> Result<(), RelayerError> {
        let outbox = self.outbox.clone();
        let block = tokio::select! {
            block = self.cursor.next() => block,
            () = outbox.arrived() => return Ok(()),
        };
        self.take(block).await
    }

    async fn read_blocks(&mut self) -> Result<(), RelayerError> {
        let head = self.chain.info().await?.height;
        while self.cursor.next_height() <= head {
            let block = self.cursor.next().await;
            self.take(block).await?;
        }
        Ok(())
    }

    async fn take(&mut self, block: Result<Block, ChainError>) -> Result<(), RelayerError> {
        let block = match block {
            Ok(block) => block,
            Err(ChainError::Pruned { height, lowest }) if lowest > height => {
                self.outbox.write(|book| book.skip_to(lowest))?;
                self.cursor = self.chain.blocks_from(lowest);
                self.outbox.report(&Report::Skipped { height: lowest });
                return Ok(());
            }
            Err(error @ (ChainError::RolledBack { .. } | ChainError::NodeBehind { .. })) => {
                return self.follow_rollback(&error).await;
            }
            Err(error) => return Err(error.into()),
        };
        let Contracts { jobs, attestations } = &self.settings.contracts;
        let events = block.txs.iter().filter(|tx| tx.error.is_none()).flat_map(|tx| &tx.events);
        let read = |event| match Occurrence::read(event, jobs, attestations.as_deref()) {
            Ok(occurrence) => occurrence,
            Err(error) => {
                tracing::warn!(height = block.height, %error, "an event is passed over");
                None
            }
        };
        let occurrences: Vec<Occurrence> = events.filter_map(read).collect();
        let time = block.time.nanos() / 1_000_000;
        Ok(self.outbox.write(|book| {
            book.block(block.height, time, occurrences);
            book.read_block(block.hash);
        })?)
    }

    /// Goes on where the chain is now. Blocks that are read again do nothing twice.
    async fn follow_rollback(&mut self, error: &ChainError) -> Result<(), RelayerError> {
        let info = self.chain.info().await?;
        tracing::warn!(%error, height = info.height, "the chain has another history than before; looking at all jobs");
        self.outbox.write(|book| book.rolled_back(info.height, info.time.nanos() / 1_000_000))?;
        self.cursor = self.chain.blocks_from(self.outbox.read(|book| book.cursor().next_height));
        self.outbox.report(&Report::RolledBack { height: info.height });
        Ok(())
    }

    /// Reads the next page of jobs, for those that no event reported.
    async fn sweep(&mut self) -> Result<(), RelayerError> {
        while let Some(sweep) = self.outbox.read(|book| book.cursor().sweep) {
            let question = QueryMsg::Jobs { start_after: sweep.after, limit: Some(limits::MAX_PAGE) };
            let page: Vec<JobResponse> = self.chain.query(&self.settings.contracts.jobs, &question).await?;
            let page: Vec<(u64, JobState)> = page.iter().map(|job| (job.job_id, seen(job))).collect();
            self.outbox.write(|book| book.swept(&page))?;
        }
        Ok(())
    }

    /// Asks for the state of the jobs that an event was about.
    async fn ask(&mut self) -> Result<(), RelayerError> {
        let unsure: Vec<u64> = self
            .outbox
            .read(|book| book.jobs().filter(|(_, job)| job.ask).map(|(id, _)| id).take(QUESTIONS).collect());
        for id in unsure {
            match self.look_at(id).await {
                Err(RelayerError::Chain(error)) if concerns_one(&error) => {
                    tracing::warn!(job = id, %error, "a job can't be looked at");
                }
                other => drop(other?),
            }
        }
        Ok(())
    }

    /// Asks for a job's state. Returns whether the answer can be used; that of a node that is behind can't.
    async fn look_at(&self, id: u64) -> Result<bool, RelayerError> {
        let question = QueryMsg::Job { job_id: id };
        let job: JobResponse = self.chain.query(&self.settings.contracts.jobs, &question).await?;
        Ok(self.outbox.write(|book| book.answered(id, seen(&job)))?)
    }

    /// Sends one transaction of a kind, if there is something to do.
    async fn send(&mut self, kind: Kind) -> Result<(), RelayerError> {
        let batch = self.outbox.read(|book| book.batch(kind));
        let entries = self.still_wanted(batch).await?;
        if entries.is_empty() || !self.may_spend().await? {
            return Ok(());
        }
        let duties: Vec<Duty> = entries.iter().map(|entry| entry.duty.clone()).collect();
        let messages = match messages(&entries, &self.settings.contracts) {
            Ok(messages) => messages,
            Err(error) => return self.failed(&duties, &error),
        };
        let mut stopped = None;
        let (outbox, limit) = (&self.outbox, self.settings.fees.per_day);
        let sent = self.wallet.submit(&messages, |tx| {
            sign(outbox, limit, tx, &duties).map_err(|stop| {
                stopped = Some(stop);
                ChainError::InvalidTx { field: "outbox".into(), reason: "stopped before it was sent".into() }
            })
        });
        let sent = sent.await;
        match (sent, stopped) {
            (_, Some(Stopped::Store(error))) => Err(error.into()),
            (_, Some(Stopped::Limit { spent })) => {
                self.hold(spent);
                Ok(())
            }
            (Ok(receipt), None) => self.confirmed(&receipt),
            (Err(error), None) if self.outbox.read(|book| book.pending_tx().is_none()) => {
                match Verdict::of(&error) {
                    Verdict::Content => self.failed(&duties, &error),
                    Verdict::Void => Ok(()),
                    Verdict::Sender | Verdict::Unknown => Err(error.into()),
                }
            }
            (Err(error), None) => {
                tracing::debug!(%error, "a transaction's end is asked for");
                self.reconcile().await
            }
        }
    }

    /// Entries of a batch that the chain, asked now, still needs. One that the chain can't be asked about is set aside.
    async fn still_wanted(&mut self, batch: Vec<Duty>) -> Result<Vec<Entry>, RelayerError> {
        let mut wanted = Vec::with_capacity(batch.len());
        for duty in batch {
            let answer = match &duty {
                Duty::Attest { job, channel } => self.unsent(*job, channel).await,
                Duty::Finalize { job, .. } | Duty::Advance { job, .. } => self.look_at(*job).await,
            };
            match answer {
                Ok(true) => wanted.push(duty),
                Ok(false) => {}
                Err(RelayerError::Chain(error)) if concerns_one(&error) => self.failed(&[duty], &error)?,
                Err(error) => return Err(error),
            }
        }
        Ok(self.outbox.read(|book| {
            let entries = wanted.iter().filter_map(|duty| book.entry(duty));
            entries.filter(|entry| entry.state.is_open()).cloned().collect()
        }))
    }

    /// Whether a job's attestation has to be sent on a channel: nobody has, or what was sent did not arrive.
    async fn unsent(&self, job: u64, channel: &str) -> Result<bool, RelayerError> {
        let Some(contract) = &self.settings.contracts.attestations else { return Ok(true) };
        let question = attestations::QueryMsg::Sendings { channel_id: channel.into(), job_id: job };
        let sendings: SendingsResponse = self.chain.query(contract, &question).await?;
        let under_way = sendings.statement.is_some_and(|sending| match sending.status {
            Packet::Pending {} | Packet::Accepted { .. } => true,
            Packet::Refused { .. } | Packet::TimedOut {} => false,
        });
        if under_way {
            let duty = Duty::Attest { job, channel: channel.into() };
            self.outbox.write(|book| book.obsolete(&duty))?;
        }
        Ok(!under_way)
    }

    /// Whether there is something left of the day's fees; warns when the account runs low.
    async fn may_spend(&mut self) -> Result<bool, RelayerError> {
        let FeeLimits { per_day, warn_below, .. } = self.settings.fees;
        let denom = self.chain.info().await?.fee_denom;
        let balance = self.chain.balance(self.wallet.address(), &denom).await?;
        let low = balance < warn_below;
        if low && !self.warned {
            tracing::warn!(balance, below = warn_below, denom, "the account runs low; send coins to it");
            self.outbox.report(&Report::LowBalance { balance: balance.into(), below: warn_below.into() });
        }
        self.warned = low;
        let spent = self.outbox.read(|book| book.spent_today());
        if spent >= per_day {
            self.hold(spent);
            return Ok(false);
        }
        Ok(true)
    }

    fn hold(&mut self, spent: u128) {
        let limit = self.settings.fees.per_day;
        if !std::mem::replace(&mut self.held, true) {
            tracing::warn!(spent, limit, "the day's fees are spent; nothing is sent until tomorrow");
            self.outbox.report(&Report::Held { spent: spent.into(), limit: limit.into() });
        }
    }

    /// Finds out what became of the transaction under way: a block has it, or it is sent again, byte for byte.
    async fn reconcile(&mut self) -> Result<(), RelayerError> {
        let Some(pending) = self.outbox.read(|book| book.pending_tx().cloned()) else { return Ok(()) };
        let found = match self.chain.tx(pending.tx).await? {
            Some(found) => found,
            None => match self.chain.broadcast(&pending.bytes).await {
                Ok(receipt) => Ok(receipt),
                // It may have been on its way when it was asked for.
                Err(error) => match self.chain.tx(pending.tx).await? {
                    Some(found) => found,
                    None => return self.not_included(pending.tx, pending.at, error),
                },
            },
        };
        match found {
            Ok(receipt) => self.confirmed(&receipt),
            Err(error) => self.refused(&error, true),
        }
    }

    fn not_included(&mut self, tx: TxHash, signed: u64, error: ChainError) -> Result<(), RelayerError> {
        let verdict = Verdict::of(&error);
        if verdict == Verdict::Content {
            return self.refused(&error, false);
        }
        let old = self.outbox.read(|book| book.cursor().now).saturating_sub(signed) > PATIENCE;
        if verdict == Verdict::Unknown && !old {
            return Err(error.into());
        }
        self.outbox.write(|book| book.void())?;
        self.outbox.report(&Report::Void { tx, reason: error.to_string() });
        if verdict == Verdict::Void { Ok(()) } else { Err(error.into()) }
    }

    fn confirmed(&mut self, receipt: &Receipt) -> Result<(), RelayerError> {
        let duties = self.outbox.write(|book| {
            let duties = pending(book);
            book.confirmed();
            duties
        })?;
        self.held = false;
        tracing::info!(tx = %receipt.hash, height = receipt.height, ?duties, "done");
        self.outbox.report(&Report::Confirmed { tx: receipt.hash, duties });
        Ok(())
    }

    /// The transaction under way had no effect.
    fn refused(&mut self, error: &ChainError, paid: bool) -> Result<(), RelayerError> {
        let duties = self.outbox.write(|book| {
            let duties = pending(book);
            book.refused(&error.to_string(), paid);
            duties
        })?;
        self.tell_failure(duties, error);
        Ok(())
    }

    /// A batch failed before it was signed.
    fn failed(&mut self, duties: &[Duty], error: &ChainError) -> Result<(), RelayerError> {
        self.outbox.write(|book| book.failed(duties, &error.to_string()))?;
        self.tell_failure(duties.iter().map(ToString::to_string).collect(), error);
        Ok(())
    }

    fn tell_failure(&self, duties: Vec<String>, error: &ChainError) {
        tracing::warn!(?duties, %error, "a transaction failed");
        self.outbox.report(&Report::Failed { duties, reason: error.to_string() });
    }
}

/// Whether the error is about this one query, so that others may succeed.
const fn concerns_one(error: &ChainError) -> bool {
    matches!(error, ChainError::Query { .. })
}

fn pending(book: &crate::book::Book) -> Vec<String> {
    book.pending_tx()
        .map(|pending| pending.duties.iter().map(ToString::to_string).collect())
        .unwrap_or_default()
}

/// Why a signed transaction is not sent.
enum Stopped {
    Limit { spent: u128 },
    Store(StoreError),
}

/// Writes a transaction down before it is sent, if the day's fees allow it.
fn sign(outbox: &Outbox, limit: u128, tx: &SignedTx, duties: &[Duty]) -> Result<(), Stopped> {
    let fee = tx.fee.as_ref().map_or(0, |fee| fee.amount.u128());
    let signed = outbox.write(|book| {
        let now = book.cursor().now;
        if !book.spent.allows(now, fee, limit) {
            return Err(Stopped::Limit { spent: book.spent_today() });
        }
        book.signed(tx.hash, tx.bytes.clone(), duties, fee);
        Ok(())
    });
    signed.map_err(Stopped::Store)??;
    let duties = duties.iter().map(ToString::to_string).collect();
    outbox.report(&Report::Signed { tx: tx.hash, duties, fee: fee.into() });
    Ok(())
}

/// A job's state from the market's answer.
fn seen(job: &JobResponse) -> JobState {
    JobState { phase: job.phase, round: job.round, deadline: job.deadline }
}

/// The gas that a fee buys; none where gas costs nothing.
fn gas_for(fee: u128, info: &bithive_chain::ChainInfo) -> Option<u64> {
    let gas = Uint128::new(fee).checked_div_floor(info.gas_price).ok()?;
    Some(u64::try_from(gas.u128()).unwrap_or(u64::MAX).min(100_000_000))
}
