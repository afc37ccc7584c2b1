//! The time bank: oracles attest what idle machines earned in another project, their owners hold credits with interest and
//! buy compute with them.

use std::io::Cursor;

use bithive_api::jobs::{self, Split, Terms};
use bithive_api::registry;
use bithive_api::timebank::{self, BoincStatement, ExecuteMsg, Oracle, Params, QueryMsg};
use bithive_attest::bls::{self, SecretKey};
use bithive_attest::{BoincCredit, Domain, possession_bytes};
use bithive_chain::{SigningKey, Wallet};
use bithive_contracts::Code;
use bithive_dgkbe::opening::{crs_header, crs_header_range, extract};
use bithive_economics::vesting::DAY;
use cosmwasm_std::{Binary, HexBinary, Uint128};

use crate::common::{Common, new};
use crate::people::{Idle, most_credits};
use crate::random::{Purpose, generator};
use crate::world::{Contracts, call, events_of, send, submit};
use crate::{EconomyError, MONTH_DAYS, UNIT};

/// A credit is 0.001 BTT and earns 0.01 % a day; a hundred cobblestones are a credit.
pub(crate) const PARAMS: Params = Params {
    price: Uint128::new(UNIT / 1_000),
    interest_ppm: 100,
    boinc_rate: 100,
    import_per_day: 1_000_000,
};
const PROJECT: &str = "https://boinc.example/";
/// Oracles, of whom two sign.
const ORACLES: usize = 3;
const THRESHOLD: u8 = 2;
/// Seconds in which somebody could take a job on.
const WINDOW: u64 = 3_600;
const SLOTS: u16 = 64;

/// An owner of an idle machine and its account.
pub(crate) struct Owner {
    pub(crate) wallet: Wallet,
    plan: Idle,
    /// A job that waits for workers.
    job: Option<u64>,
}

/// Who has a part in the time bank.
pub(crate) struct Bank {
    chain_id: String,
    oracles: Vec<SecretKey>,
    pub(crate) owners: Vec<Owner>,
    /// BTT that back credits were put in, and paid for jobs.
    pub(crate) given: u128,
    pub(crate) spent: u128,
    /// Day of the chain's clock from which on interest is counted.
    pub(crate) since: u64,
}

/// Creates registry and market, where credits are spent; returns their addresses.
pub(crate) async fn market(
    owner: &Wallet,
    (btt, treasury, pool): (&str, &str, &str),
) -> Result<[String; 2], EconomyError> {
    let malformed =
        |reason: String| EconomyError::Malformed { what: "the header of a reference string", reason };
    let header = crs_header(SLOTS);
    let (digest, opening) =
        extract(Cursor::new(&header), crs_header_range()).map_err(|error| malformed(error.to_string()))?;
    let message = registry::InstantiateMsg {
        owner: owner.address().into(),
        token: btt.into(),
        treasury: treasury.into(),
        params: registry::Params {
            slots: SLOTS,
            groups: 1,
            node_bond: Uint128::new(1_000 * UNIT),
            requester_bond: Uint128::new(100 * UNIT),
            unbonding_seconds: 14 * DAY,
            epoch_seconds: 3_600,
            burn_bps: 5_000,
            dispute_deposit: Uint128::new(50 * UNIT),
            bounty_bps: 2_000,
        },
        crs_digest: HexBinary::from(&digest),
        crs_opening: opening.into(),
    };
    let registry = new(owner, Code::Registry, "registry", &message).await?;
    let split =
        Split { worker: 7_000, model_owner: 1_000, data_owner: 1_000, treasury: 500, incentive_pool: 500 };
    let message = jobs::InstantiateMsg {
        token: btt.into(),
        registry: registry.clone(),
        treasury: treasury.into(),
        incentive_pool: pool.into(),
        split,
        slash_amount: Uint128::new(50 * UNIT),
    };
    let jobs = new(owner, Code::Jobs, "jobs", &message).await?;
    Ok([registry, jobs])
}

/// Creates the time bank; returns its address.
pub(crate) async fn create(
    owner: &Wallet,
    (btt, jobs, treasury): (&str, &str, &str),
) -> Result<String, EconomyError> {
    let message = timebank::InstantiateMsg {
        owner: owner.address().into(),
        token: btt.into(),
        jobs: jobs.into(),
        treasury: treasury.into(),
        params: PARAMS,
    };
    new(owner, Code::Timebank, "timebank", &message).await
}

impl Bank {
    /// Names the oracles.
    pub(crate) async fn open(
        common: &Common,
        owner: &Wallet,
        seed: u64,
        owners: Vec<(SigningKey, Idle)>,
    ) -> Result<Self, EconomyError> {
        let chain_id = common.world.chain_id().await?;
        let mut rng = generator(seed, Purpose::Oracles);
        let mut oracles = Vec::new();
        let mut members = Vec::new();
        for _ in 0..ORACLES {
            let key = SecretKey::generate(&mut rng).map_err(|error| oracle(&error))?;
            let account = SigningKey::generate(&mut rng);
            let public = key.public_key();
            let domain = Domain { chain_id: &chain_id, contract: &common.contracts.timebank };
            let proof = key.prove_possession(&possession_bytes(domain, account.address(), &public));
            members.push(Oracle {
                account: account.address().into(),
                bls_key: HexBinary::from(&public),
                bls_possession: HexBinary::from(&proof),
            });
            oracles.push(key);
        }
        let message = ExecuteMsg::SetOracles { oracles: members, threshold: THRESHOLD };
        submit(owner, "naming oracles", &[call(&common.contracts.timebank, &message)?]).await?;
        let mut accounts = Vec::new();
        for (key, plan) in owners {
            accounts.push(Owner { wallet: common.world.wallet(key).await?, plan, job: None });
        }
        let counted = totals(common).await?.days;
        let since = (common.world.now().await? / DAY).saturating_sub(counted);
        Ok(Self { chain_id, oracles, owners: accounts, given: 0, spent: 0, since })
    }

    /// Once a month what is needed is put in; each owner brings its credit on a day of its own, and spends.
    pub(crate) async fn day(&mut self, common: &Common, day: u64) -> Result<(), EconomyError> {
        if day.is_multiple_of(MONTH_DAYS) {
            self.back(common).await?;
        }
        for index in 0..self.owners.len() {
            let Some(owner) = self.owners.get_mut(index).filter(|owner| owner.plan.looks(day)) else {
                continue;
            };
            let (total, host) = (owner.plan.works(), owner.plan.host);
            let account = owner.wallet.address().to_owned();
            let import = self.statement(&common.contracts, account, host, total)?;
            submit(&common.keeper, "importing credit", &[import]).await?;
            if let Some(owner) = self.owners.get_mut(index) {
                self.spent = self.spent.saturating_add(spend(common, owner).await?);
            }
        }
        Ok(())
    }

    /// Puts in what the credits of a month from now may need: those of now with a month's interest, and new ones.
    async fn back(&mut self, common: &Common) -> Result<(), EconomyError> {
        let said = totals(common).await?;
        let credits = said.credits.saturating_add(most_credits(self.owners.len(), PARAMS.boinc_rate));
        // A month's interest is 0.3 %.
        let credits = u128::from(credits.saturating_add(credits / 100).saturating_add(1));
        let short = credits.saturating_mul(PARAMS.price.u128()).saturating_sub(said.funded.u128());
        if short > 0 {
            let Contracts { btt, timebank, .. } = &common.contracts;
            let fund = send(btt, timebank, short, &timebank::Hook::Fund {})?;
            submit(&common.keeper, "backing credits", &[fund]).await?;
            self.given = self.given.saturating_add(short);
        }
        Ok(())
    }

    /// What a machine has earned, signed by all oracles but the last.
    fn statement(
        &self,
        contracts: &Contracts,
        account: String,
        host: u64,
        total: u64,
    ) -> Result<bithive_chain::Message, EconomyError> {
        let domain = Domain { chain_id: &self.chain_id, contract: &contracts.timebank };
        let credit = BoincCredit { account: &account, project: PROJECT, host, total };
        let bytes = credit.sign_bytes(domain);
        let signing = self.oracles.iter().take(THRESHOLD.into());
        let signatures: Vec<_> = signing.map(|oracle| oracle.sign(&bytes)).collect();
        let signature = bls::aggregate(&signatures).map_err(|error| oracle(&error))?;
        let statement = BoincStatement { account, project: PROJECT.into(), host, total };
        let signers = (1u32 << THRESHOLD).saturating_sub(1);
        call(
            &contracts.timebank,
            &ExecuteMsg::Import { statement, signers, signature: HexBinary::from(&signature) },
        )
    }
}

fn oracle(error: &bls::BlsError) -> EconomyError {
    EconomyError::Malformed { what: "an oracle's key", reason: error.to_string() }
}

pub(crate) async fn totals(common: &Common) -> Result<timebank::TotalsResponse, EconomyError> {
    common.world.ask(&common.contracts.timebank, &QueryMsg::Totals {}).await
}

/// Credits of an account.
pub(crate) async fn credits(common: &Common, address: &str) -> Result<u64, EconomyError> {
    let question = QueryMsg::Account { address: address.into() };
    let found: timebank::AccountResponse = common.world.ask(&common.contracts.timebank, &question).await?;
    Ok(found.credits)
}

/// Takes back a job that nobody took on, and posts another one if there are credits enough; what it costs, in BTT.
async fn spend(common: &Common, owner: &mut Owner) -> Result<u128, EconomyError> {
    let Contracts { jobs, timebank, .. } = &common.contracts;
    if let Some(job_id) = owner.job.take() {
        let over = call(jobs, &jobs::ExecuteMsg::Advance { job_id })?;
        submit(&common.keeper, "ending a job", &[over]).await?;
        let withdraw = call(jobs, &jobs::ExecuteMsg::Withdraw {})?;
        submit(&owner.wallet, "taking a refund", &[withdraw]).await?;
    }
    let Some(most) = owner.plan.spends(credits(common, owner.wallet.address()).await?) else { return Ok(0) };
    let price = PARAMS.price.u128().saturating_mul(most.into());
    let terms = Terms {
        workers: 1,
        quorum: 1,
        tolerance: 0,
        dimensions: 4,
        price: Uint128::new(price),
        assign_by: common.world.now().await?.saturating_add(WINDOW),
        commit_seconds: WINDOW,
        reveal_seconds: WINDOW,
        finalize_seconds: WINDOW,
        model: HexBinary::from(&[0; 32]),
        model_owner: None,
        data_owner: None,
    };
    let vault = Binary::from(b"who may take this job on");
    let message = call(timebank, &ExecuteMsg::Spend { vault, terms: Box::new(terms), most })?;
    let receipts = submit(&owner.wallet, "buying compute", &[message]).await?;
    let mut posted =
        events_of(&common.contracts.jobs, &receipts)?.into_iter().filter_map(|event| match event {
            jobs::Event::Posted { job_id, .. } => Some(job_id),
            _ => None,
        });
    let job = posted.next();
    owner.job = Some(job.ok_or(EconomyError::Silent { what: "the market", missing: "the job's number" })?);
    Ok(price)
}
