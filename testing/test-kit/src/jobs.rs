//! The market, its requester and its workers, each acting as its program would: from what the chain shows and
//! its own keys.

use bithive_api::event::PREFIX;
use bithive_api::jobs::{
    Assignment, ExecuteMsg, Finalization, Hook, InstantiateMsg, JobResponse, QueryMsg, Split, Terms,
    TotalsResponse,
};
use bithive_api::registry::Params;
use bithive_attest::{Consent, Domain, JobStatement, Reveal, bls};
use bithive_contracts::Code;
use bithive_dgkbe::{GroupedSet, Groups};
use bithive_economics::escrow;
use cosmwasm_std::{Addr, Empty, HexBinary, Uint128};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};
use sha2::{Digest, Sha256};

use crate::registry::{NODE_BOND, REQUESTER_BOND, params};
use crate::{CHAIN_ID, NodeKeys, Suite, TestApp, UNIT};

/// Most that a worker may ask in tests.
pub const PRICE: u128 = 10 * UNIT;
/// The vault of every job: no market looks into it.
pub const VAULT: [u8; 100] = [0xb0; 100];
/// Taken for each fault that costs bond in tests.
pub const SLASH: u128 = 50 * UNIT;
/// Each window of a job in tests, in seconds.
pub const WINDOW: u64 = 600;
/// Accounts of the nodes in tests, by ascending slot.
pub const NODES: [&str; 6] = ["node-1", "node-2", "node-3", "node-4", "node-5", "node-6"];

/// Accounts that are registered as requesters in tests.
pub const REQUESTERS: [&str; 2] = ["requester", "clinic"];

/// Division of an ask in tests.
pub const SPLIT: Split =
    Split { worker: 7_000, model_owner: 1_000, data_owner: 1_000, treasury: 500, incentive_pool: 500 };

/// The market's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Jobs)
}

/// A market on a registry.
#[must_use]
pub fn message(token: &Addr, registry: &Addr, treasury: &Addr, incentive_pool: &Addr) -> InstantiateMsg {
    InstantiateMsg {
        token: token.into(),
        registry: registry.into(),
        treasury: treasury.into(),
        incentive_pool: incentive_pool.into(),
        split: SPLIT,
        slash_amount: SLASH.into(),
    }
}

/// Puts a market on the chain; `admin` may migrate it.
///
/// # Errors
/// What the market refuses.
pub fn instantiate(app: &mut TestApp, admin: &Addr, message: &InstantiateMsg) -> AnyResult<Addr> {
    let code_id = app.store_code(code());
    app.instantiate_contract(code_id, admin.clone(), message, &[], "jobs", Some(admin.to_string()))
}

/// What a worker found: its masked result, and what it commits to with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Masked result, little-endian 32-bit words.
    pub masked: Vec<u8>,
    /// Digest of the encrypted output.
    pub output: [u8; 32],
    /// Hides the answer until it is revealed.
    pub nonce: [u8; 32],
}

impl Answer {
    /// The answer with these words.
    #[must_use]
    pub fn of(words: &[i32]) -> Self {
        let masked: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let digest = |tag: &str| Sha256::new().chain_update(tag).chain_update(&masked).finalize().into();
        Self { output: digest("output"), nonce: digest("nonce"), masked }
    }

    /// Its commitment by `account`.
    #[must_use]
    pub fn commitment(&self, domain: Domain<'_>, job_id: u64, round: u8, account: &Addr) -> HexBinary {
        let (account, masked) = (account.as_str(), self.masked.as_slice());
        let reveal = Reveal { job_id, round, account, masked, output: &self.output, nonce: &self.nonce };
        HexBinary::from(&reveal.commitment(domain))
    }
}

/// A chain with a market on it.
pub struct JobsSuite {
    /// The chain, BTT and the registry.
    pub suite: Suite,
    /// Address of the job market.
    pub jobs: Addr,
    /// Account that posts.
    pub requester: Addr,
    /// Receives the patients' share.
    pub incentive_pool: Addr,
}

/// What posts a job of these terms, with [`VAULT`].
#[must_use]
pub fn post(terms: Terms) -> Hook {
    Hook::Post { vault: VAULT.into(), terms: Box::new(terms), bases: vec![] }
}

impl Default for JobsSuite {
    fn default() -> Self {
        Self::new()
    }
}

impl JobsSuite {
    /// A market that the registry knows, and [`NODES`] at slots 10, 20, ... with twice the bond they need.
    #[must_use]
    pub fn new() -> Self {
        Self::with_params(Params { slots: 64, ..params() })
    }

    /// As [`JobsSuite::new`], on a registry with these parameters.
    #[must_use]
    pub fn with_params(params: Params) -> Self {
        let mut market = Self::unwired_with(params);
        let jobs = market.jobs.clone();
        market.suite.wire_jobs(&jobs);
        market
    }

    /// As [`JobsSuite::new`], but the registry does not know the market and refuses its slashes.
    #[must_use]
    pub fn unwired() -> Self {
        Self::unwired_with(Params { slots: 64, ..params() })
    }

    fn unwired_with(params: Params) -> Self {
        let mut suite = Suite::with_params(params);
        for (name, slot) in NODES.iter().zip((10..).step_by(10)) {
            suite.register_node(name, slot, 2 * NODE_BOND).unwrap();
        }
        for name in REQUESTERS {
            suite.register_requester(name, REQUESTER_BOND).unwrap();
        }
        let (requester, incentive_pool) = (suite.account("requester"), suite.account("incentive-pool"));
        let message = message(&suite.btt, &suite.registry, &suite.treasury, &incentive_pool);
        let owner = suite.owner.clone();
        let jobs = instantiate(&mut suite.app, &owner, &message).unwrap();
        Self { suite, jobs, requester, incentive_pool }
    }

    /// Three workers of whom two must agree within 2 units, on 4 words; nobody owns model or data.
    #[must_use]
    pub fn terms(&self) -> Terms {
        Terms {
            workers: 3,
            quorum: 2,
            tolerance: 2,
            dimensions: 4,
            price: PRICE.into(),
            assign_by: self.suite.now() + WINDOW,
            commit_seconds: WINDOW,
            reveal_seconds: WINDOW,
            finalize_seconds: WINDOW,
            model: HexBinary::from(&[0x3d; 32]),
            model_owner: None,
            data_owner: None,
        }
    }

    /// Mints `amount` to the requester and posts with it.
    ///
    /// # Errors
    /// What the market refuses.
    pub fn try_post(&mut self, terms: &Terms, amount: u128) -> AnyResult<AppResponse> {
        self.try_hook(&post(terms.clone()), amount)
    }

    /// Mints `amount` to the requester and sends it with `hook`.
    ///
    /// # Errors
    /// What the market refuses.
    pub fn try_hook(&mut self, hook: &Hook, amount: u128) -> AnyResult<AppResponse> {
        let (requester, jobs) = (self.requester.clone(), self.jobs.clone());
        self.suite.fund(&requester, amount);
        self.suite.send_btt(&requester, &jobs, amount, hook)
    }

    /// Posts a job with the escrow it needs; its number.
    pub fn post(&mut self, terms: &Terms) -> u64 {
        self.try_post(terms, escrow(terms.price.u128(), terms.workers).unwrap()).unwrap();
        self.totals().jobs
    }

    /// Mints `amount` to the requester and adds it to a job's escrow.
    ///
    /// # Errors
    /// What the market refuses.
    pub fn add_escrow(&mut self, job_id: u64, amount: u128) -> AnyResult<AppResponse> {
        let (requester, jobs) = (self.requester.clone(), self.jobs.clone());
        self.suite.fund(&requester, amount);
        self.suite.send_btt(&requester, &jobs, amount, &Hook::AddEscrow { job_id })
    }

    /// The node `name` publishes its signature of the final statement.
    ///
    /// # Errors
    /// What the market refuses.
    pub fn sign(&mut self, job_id: u64, name: &str) -> AnyResult<AppResponse> {
        let (account, (_, signature)) = (self.suite.account(name), self.signed(job_id, &[name]));
        self.send(&account, &ExecuteMsg::Sign { job_id, signature })
    }

    /// Rounds that the node `name` is bound in.
    #[must_use]
    pub fn open_rounds(&self, name: &str) -> u32 {
        self.suite.query(&self.jobs, &QueryMsg::OpenRounds { address: self.suite.account(name).into() })
    }

    /// Consents of `bids` (node and ask) to a round, aggregated.
    #[must_use]
    pub fn consents(&self, domain: Domain<'_>, job_id: u64, round: u8, bids: &[(&str, u128)]) -> HexBinary {
        let sign = |(name, ask): &(&str, u128)| {
            let account = self.suite.account(name);
            let slot = self.suite.node(name).unwrap().registration.slot;
            let consent = Consent { job_id, round, account: account.as_str(), slot, ask: *ask };
            NodeKeys::of(name).bls.sign(&consent.sign_bytes(domain))
        };
        let signatures: Vec<[u8; 96]> = bids.iter().map(sign).collect();
        HexBinary::from(&bls::aggregate(&signatures).unwrap())
    }

    /// The next round's assignment to `bids` (node and ask, by ascending slot), with the consent of all who are not kept from
    /// the failed round.
    #[must_use]
    pub fn assignment(&self, job_id: u64, bids: &[(&str, u128)]) -> Assignment {
        let slot = |(name, _): &(&str, u128)| self.suite.node(name).unwrap().registration.slot;
        let params = self.suite.registry_config().params;
        let groups = Groups::new(params.groups, params.slots).unwrap();
        let slots = GroupedSet::from_slots(groups, bids.iter().map(slot)).unwrap();
        let job = self.job(job_id);
        let is_kept = |name: &str| {
            let account = self.suite.account(name);
            job.workers.iter().any(|worker| worker.address == account && worker.remainder.is_some())
        };
        let new: Vec<(&str, u128)> = bids.iter().copied().filter(|(name, _)| !is_kept(name)).collect();
        let consent = if new.is_empty() {
            HexBinary::from(&[0; 96])
        } else {
            self.consents(self.domain(), job_id, job.round + 1, &new)
        };
        Assignment {
            mask: slots.encode().into(),
            asks: bids.iter().map(|(_, ask)| (*ask).into()).collect(),
            headers: vec![0x4e; 128 * slots.touched().len()].into(),
            payload: HexBinary::from(&[0x9a; 32]),
            input_commitment: HexBinary::from(&[0x1c; 32]),
            consent,
        }
    }

    /// Sends an assignment as the requester.
    ///
    /// # Errors
    /// What the market refuses.
    pub fn try_assign(&mut self, job_id: u64, assignment: Assignment) -> AnyResult<AppResponse> {
        let requester = self.requester.clone();
        self.send(&requester, &ExecuteMsg::Assign { job_id, assignment })
    }

    /// Assigns the nodes `names`, who each ask the job's price, and those who are kept what is left of it.
    pub fn assign(&mut self, job_id: u64, names: &[&str]) -> AppResponse {
        let job = self.job(job_id);
        let ask = |name: &&'_ str| {
            let account = self.suite.account(name);
            let kept = job.workers.iter().find(|worker| worker.address == account);
            kept.and_then(|worker| worker.remainder).unwrap_or(job.terms.price).u128()
        };
        let bids: Vec<(&str, u128)> = names.iter().map(|name| (*name, ask(name))).collect();
        let assignment = self.assignment(job_id, &bids);
        self.try_assign(job_id, assignment).unwrap()
    }

    /// A posted job with `names` assigned; its number.
    pub fn assigned(&mut self, terms: &Terms, names: &[&str]) -> u64 {
        let job_id = self.post(terms);
        self.assign(job_id, names);
        job_id
    }

    /// The node `name` commits to `answer`.
    ///
    /// # Errors
    /// What the market refuses.
    pub fn commit(&mut self, job_id: u64, name: &str, answer: &Answer) -> AnyResult<AppResponse> {
        let (account, round) = (self.suite.account(name), self.job(job_id).round);
        let commitment = answer.commitment(self.domain(), job_id, round, &account);
        self.send(&account, &ExecuteMsg::Commit { job_id, commitment })
    }

    /// The node `name` reveals `answer`.
    ///
    /// # Errors
    /// What the market refuses.
    pub fn reveal(&mut self, job_id: u64, name: &str, answer: &Answer) -> AnyResult<AppResponse> {
        let account = self.suite.account(name);
        let reveal = ExecuteMsg::Reveal {
            job_id,
            masked: answer.masked.as_slice().into(),
            output: HexBinary::from(&answer.output),
            nonce: HexBinary::from(&answer.nonce),
        };
        self.send(&account, &reveal)
    }

    /// Every one of `answers` is committed to, and then all are revealed; the last response.
    pub fn work(&mut self, job_id: u64, answers: &[(&str, Answer)]) -> AppResponse {
        for (name, answer) in answers {
            self.commit(job_id, name, answer).unwrap();
        }
        let mut last = AppResponse::default();
        for (name, answer) in answers {
            last = self.reveal(job_id, name, answer).unwrap();
        }
        last
    }

    /// What the quorum signs, as anybody derives it from the chain.
    #[must_use]
    pub fn statement(&self, job_id: u64) -> Vec<u8> {
        JobStatement::of_job(&self.job(job_id)).unwrap().sign_bytes(self.domain())
    }

    /// Bits of the nodes `names` and their aggregate signature over the job's statement.
    #[must_use]
    pub fn signed(&self, job_id: u64, names: &[&str]) -> (u32, HexBinary) {
        let (job, statement) = (self.job(job_id), self.statement(job_id));
        let accounts: Vec<Addr> = names.iter().map(|name| self.suite.account(name)).collect();
        let bit = |(index, address): (usize, &Addr)| u32::from(accounts.contains(address)) << index;
        let bits = job.workers.iter().map(|worker| &worker.address).enumerate().map(bit).sum();
        let signatures: Vec<[u8; 96]> =
            names.iter().map(|name| NodeKeys::of(name).bls.sign(&statement)).collect();
        (bits, HexBinary::from(&bls::aggregate(&signatures).unwrap()))
    }

    /// Settles with the signatures of the nodes `names`; sent by a stranger, because anyone may.
    ///
    /// # Errors
    /// What the market refuses.
    pub fn finalize(&mut self, job_id: u64, names: &[&str]) -> AnyResult<AppResponse> {
        let (signers, signature) = self.signed(job_id, names);
        self.try_finalize(job_id, signers, signature)
    }

    /// As [`JobsSuite::finalize`], with anything as signature.
    ///
    /// # Errors
    /// What the market refuses.
    pub fn try_finalize(
        &mut self,
        job_id: u64,
        signers: u32,
        signature: HexBinary,
    ) -> AnyResult<AppResponse> {
        let stranger = self.suite.account("stranger");
        self.send(&stranger, &ExecuteMsg::Finalize { job_id, signers, signature })
    }

    /// Statements and aggregate that settle `jobs` (a job and its signers, by ascending job) at once.
    #[must_use]
    pub fn signed_many(&self, jobs: &[(u64, &[&str])]) -> (Vec<Finalization>, HexBinary) {
        let sign = |(job_id, names): &(u64, &[&str])| {
            let (signers, signature) = self.signed(*job_id, names);
            (Finalization { job_id: *job_id, signers }, signature.to_array::<96>().unwrap())
        };
        let (statements, signatures): (Vec<_>, Vec<_>) = jobs.iter().map(sign).unzip();
        (statements, HexBinary::from(&bls::aggregate(&signatures).unwrap()))
    }

    /// Settles many jobs at once; sent by a stranger.
    ///
    /// # Errors
    /// What the market refuses.
    pub fn try_finalize_many(
        &mut self,
        statements: Vec<Finalization>,
        signature: HexBinary,
    ) -> AnyResult<AppResponse> {
        let stranger = self.suite.account("stranger");
        self.send(&stranger, &ExecuteMsg::FinalizeMany { statements, signature })
    }

    /// Takes the exit of the job's state; sent by a stranger.
    ///
    /// # Errors
    /// What the market refuses.
    pub fn advance(&mut self, job_id: u64) -> AnyResult<AppResponse> {
        let stranger = self.suite.account("stranger");
        self.send(&stranger, &ExecuteMsg::Advance { job_id })
    }

    /// Lets the job's state expire and takes its exit.
    pub fn expire(&mut self, job_id: u64) -> AppResponse {
        let deadline = self.job(job_id).deadline.expect("a state with a deadline");
        let now = self.suite.now();
        self.suite.advance((deadline + 1).saturating_sub(now));
        self.advance(job_id).unwrap()
    }

    /// The account `name` withdraws.
    ///
    /// # Errors
    /// What the market refuses.
    pub fn withdraw(&mut self, account: &Addr) -> AnyResult<AppResponse> {
        self.send(account, &ExecuteMsg::Withdraw {})
    }

    /// Sends `message` to the market.
    ///
    /// # Errors
    /// What the market refuses.
    pub fn send(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let jobs = self.jobs.clone();
        self.suite.execute(sender, &jobs, message)
    }

    /// Where statements to the market are valid.
    #[must_use]
    pub fn domain(&self) -> Domain<'_> {
        Domain { chain_id: CHAIN_ID, contract: self.jobs.as_str() }
    }

    /// A job as the market answers it.
    #[must_use]
    pub fn job(&self, job_id: u64) -> JobResponse {
        self.suite.query(&self.jobs, &QueryMsg::Job { job_id })
    }

    /// What `account` may withdraw.
    #[must_use]
    pub fn claimable(&self, account: &Addr) -> u128 {
        self.suite.query::<Uint128>(&self.jobs, &QueryMsg::Claimable { address: account.into() }).u128()
    }

    /// Sums over all jobs.
    #[must_use]
    pub fn totals(&self) -> TotalsResponse {
        self.suite.query(&self.jobs, &QueryMsg::Totals {})
    }

    /// Checks that the market holds exactly what it owes, the registry exactly the bonds, and that all balances
    /// add up to what was minted and not burnt.
    pub fn custody(&self) {
        let totals = self.totals();
        let owed = totals.escrowed + totals.claimable;
        assert_eq!(owed.u128(), self.suite.balance(&self.jobs), "escrow and credits against balance");
        self.suite.custody();
        self.suite.conservation();
    }
}

/// Values of attribute `key` of every event of type `kind` (without the chain's prefix), in order: of contracts that are
/// not ours. What ours announce is read by [`crate::announced`].
#[must_use]
pub fn attributes(response: &AppResponse, kind: &str, key: &str) -> Vec<String> {
    let kind = format!("{PREFIX}{kind}");
    let events = response.events.iter().filter(|event| event.ty == kind);
    events
        .flat_map(|event| event.attributes.iter().filter(|attribute| attribute.key == key))
        .map(|attribute| attribute.value.clone())
        .collect()
}
