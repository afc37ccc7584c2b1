//! A chain with a whole deployment, honest parties and an attacker, and what each of them has.

use std::collections::BTreeMap;
use std::time::Duration;

use bithive_api::timebank::Oracle;
use bithive_api::{emissions, jobs, models, registry, rewards, staking, timebank, treasury};
use bithive_attest::{Domain, possession_bytes};
use bithive_chain::{ChainError, Embedded, Message, Receipt, SigningKey, Wallet};
use bithive_contracts::{Code, Contract, NODE_BOND, REQUESTER_BOND, Role, Terms};
use bithive_deploy::{Codes, Record, deploy};
use bithive_dgkbe::Crs;
use bithive_dgkbe::crs::ceremony::local_ceremony;
use bithive_economics::vesting::DAY;
use cosmwasm_std::{Decimal, HexBinary, Uint128, coin};
use cw20::{BalanceResponse, Cw20ExecuteMsg, Cw20QueryMsg};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::accounts::{Actor, DELEGATORS, SLOTS, Side, delegator, everybody, node};
use crate::error::during;
use crate::world::{World, call, send};
use crate::{EconomyError, UNIT};

const FEE_DENOM: &str = "ubee";
/// BTT and BTK of each account at first.
const BTT_EACH: u128 = 100_000 * UNIT;
const BTK_EACH: u128 = 1_000 * UNIT;
/// BTT of the treasury and of the budget of rewards at first.
const TREASURY: u128 = 100_000 * UNIT;
const BUDGET: u128 = 50_000 * UNIT;
/// What a run of the model is worth, in compute credits.
pub(crate) const CREDITS: u64 = 100_000;
/// Digest of the model of honest jobs, which nobody owns, and of one that the attacker owns.
pub(crate) const MODEL: [u8; 32] = [0x3d; 32];
pub(crate) const OWN_MODEL: [u8; 32] = [0x66; 32];
/// Bond of the attacker's model, in base units of BTT.
const MODEL_BOND: u128 = 100 * UNIT;
/// What the treasury offers for a BTK at most: [`super::price`].
pub(crate) const BID: u128 = UNIT / 2;
/// Accounts that attest what idle machines have earned.
pub(crate) const ORACLES: [&str; 3] = ["clinician", "institution", "sponsor"];
/// Days that pass before the first day of a strategy: the application's part of the emission is then enough for [`BTK_EACH`].
const FOUNDING_DAYS: u64 = 6;

/// The reference string that every arena is made with, and what its registry knows of it.
pub(crate) struct Reference(Crs);

impl Reference {
    pub(crate) fn new(seed: u64) -> Result<Self, EconomyError> {
        let malformed = |reason: String| EconomyError::Malformed { what: "a reference string", reason };
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let ceremony = local_ceremony(SLOTS, 2, &mut rng).map_err(|error| malformed(error.to_string()))?;
        Ok(Self(ceremony.verify(&mut rng).map_err(|error| malformed(error.to_string()))?))
    }
}

/// What somebody has: BTT and BTK, wherever they are, in base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wealth {
    pub(crate) btt: u128,
    pub(crate) btk: u128,
}

/// Everything of one game.
pub(crate) struct Arena {
    pub(crate) world: World,
    pub(crate) contracts: BTreeMap<Contract, String>,
    pub(crate) owner: Wallet,
    pub(crate) chain_id: String,
    pub(crate) crs_digest: [u8; 32],
    /// Beginning of the first day.
    pub(crate) start: u64,
    /// Number of honest nodes.
    pub(crate) nodes: usize,
    pub(crate) actors: BTreeMap<String, (Actor, Wallet)>,
    /// What the work is worth that an honest node did in jobs of a strategy, in base units of BTT.
    pub(crate) work: BTreeMap<String, u128>,
    /// What right results are worth that the honest requester got in jobs of a strategy, in base units of BTT.
    pub(crate) bought: u128,
    /// What the attacker got that is no money.
    pub(crate) power: Option<String>,
    /// Numbers of jobs or proposals that a strategy comes back to.
    pub(crate) noted: Vec<u64>,
    /// Days in a row on which something lasts that a strategy watches.
    pub(crate) streak: u64,
    /// What contracts refused to the attacker, in the order in which it tried.
    pub(crate) refusals: Vec<String>,
}

impl Arena {
    /// A deployment with the parameters that `bithive deploy` uses; all nodes bonded and pledged, everybody has BTT and BTK.
    pub(crate) async fn open(reference: &Reference, seed: u64, nodes: u16) -> Result<Self, EconomyError> {
        let actors = everybody(seed, nodes)?;
        let owner = SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(seed));
        let mut builder = Embedded::builder()
            .fee_denom(FEE_DENOM)
            .gas_price(Decimal::zero())
            .block_time(Duration::from_secs(1))
            .genesis_balance(owner.address(), [coin(1_000_000_000_000, FEE_DENOM)]);
        for code in Code::ALL {
            builder = builder.code(code.name(), move || bithive_native::code(code));
        }
        for actor in &actors {
            builder = builder.genesis_balance(actor.key.address(), [coin(1, FEE_DENOM)]);
        }
        let world = World::new(builder.build().map_err(during("creating the chain"))?);
        let owner = world.wallet(owner).await?;
        let committee: Vec<_> = actors
            .iter()
            .filter(|actor| actor.side == Side::Honest)
            .take(3)
            .map(|actor| registry::CommitteeMember {
                address: actor.key.address().into(),
                endpoint: actor.endpoint(true),
            })
            .collect();
        let terms = Terms::new(&reference.0, 1, (owner.address(), owner.address()), (committee, 2))
            .and_then(|terms| terms.with_role(Role::Economy))
            .map_err(|error| EconomyError::Malformed { what: "terms", reason: error.to_string() })?;
        let deployed = deploy(&owner, Codes::Native, &terms, Record::default(), &mut |_| Ok(())).await;
        let contracts = deployed
            .map_err(|error| EconomyError::Malformed { what: "a deployment", reason: error.to_string() })?
            .contracts;
        let mut wallets = BTreeMap::new();
        for actor in actors {
            let wallet = world.wallet(actor.key.clone()).await?;
            wallets.insert(actor.name.clone(), (actor, wallet));
        }
        let chain_id = world.chain_id().await?;
        let mut arena = Self {
            world,
            contracts,
            owner,
            chain_id,
            crs_digest: *reference.0.digest(),
            start: 0,
            nodes: nodes.into(),
            actors: wallets,
            work: BTreeMap::new(),
            bought: 0,
            power: None,
            noted: Vec::new(),
            streak: 0,
            refusals: Vec::new(),
        };
        arena.found().await?;
        Ok(arena)
    }

    /// Gives everybody what it has at first, and lets it take its place.
    async fn found(&mut self) -> Result<(), EconomyError> {
        let config: emissions::ConfigResponse =
            self.ask(Contract::Emissions, &emissions::QueryMsg::Config {}).await?;
        self.start = config.start.saturating_add(FOUNDING_DAYS.saturating_mul(DAY));
        // In its first day, what the owner of a contract sets takes effect at once.
        let roles = [
            ("clinician", rewards::Role::Clinician),
            ("accomplice", rewards::Role::Clinician),
            ("institution", rewards::Role::Institution),
        ];
        for (name, role) in roles {
            let (address, role) = (self.address(name)?, Some(role));
            self.own(Contract::Rewards, &rewards::ExecuteMsg::SetParty { address, role }).await?;
        }
        let oracles = ORACLES.iter().map(|name| self.oracle(name)).collect::<Result<_, _>>()?;
        self.own(Contract::Timebank, &timebank::ExecuteMsg::SetOracles { oracles, threshold: 2 }).await?;
        for model in [MODEL, OWN_MODEL] {
            self.state_model(model, Some(CREDITS)).await?;
        }
        let offer = treasury::OfferTerms {
            low: Uint128::new(BID),
            high: Uint128::new(BID),
            rise_seconds: DAY,
            budget: Uint128::new(1_000 * UNIT),
        };
        let token = self.at(Contract::Btk).to_owned();
        self.own(Contract::Treasury, &treasury::ExecuteMsg::SetOffer { token, terms: Some(offer) }).await?;
        let election = registry::Election { seats: 3, threshold: 2, max_terms: 2 };
        let election = registry::ExecuteMsg::SetElection { election: Some(election) };
        self.own(Contract::Registry, &election).await?;
        self.give(Contract::Token, BTT_EACH).await?;
        // The attacker owns a model, whose shares return to it after the time for challenges, and data.
        let card = models::Card { receiver: None, text: "a model".into() };
        let hook = models::Hook::Register { model: HexBinary::from(&OWN_MODEL), card };
        self.send("accomplice", Contract::Token, Contract::Models, MODEL_BOND, &hook).await?;
        self.world.wait_until(self.start).await?;
        let until = Some(self.start.saturating_add(300 * DAY));
        let consent = models::ExecuteMsg::SetConsent { requester: self.address("attacker")?, until };
        self.tell("accomplice", Contract::Models, &consent).await?;
        let release = emissions::ExecuteMsg::Release { bucket: emissions::Bucket::Application };
        self.own(Contract::Emissions, &release).await?;
        self.give(Contract::Btk, BTK_EACH).await?;
        let mut messages = Vec::new();
        let btt = self.at(Contract::Token);
        messages.push(send(btt, self.at(Contract::Treasury), TREASURY, &treasury::Hook::Deposit {})?);
        messages.push(send(btt, self.at(Contract::Rewards), BUDGET, &rewards::Hook::Fund {})?);
        crate::world::submit(&self.owner, "giving public funds their tokens", &messages).await?;
        for index in 0..self.nodes {
            self.become_node(&node(index), 2 * NODE_BOND, true).await?;
            self.pledge(&node(index), 400 * UNIT, 4).await?;
        }
        for index in 0..DELEGATORS {
            let hook = staking::Hook::Delegate { node: self.address(&node(0))? };
            self.send(&delegator(index), Contract::Btk, Contract::Staking, 500 * UNIT, &hook).await?;
        }
        for name in ["requester", "attacker", "accomplice"] {
            let hook = registry::Hook::RegisterRequester { endpoint: self.actor(name)?.endpoint(false) };
            self.send(name, Contract::Token, Contract::Registry, REQUESTER_BOND, &hook).await?;
        }
        match self.refusals.pop() {
            Some(reason) => Err(EconomyError::Malformed { what: "the attacker's accounts", reason }),
            None => Ok(()),
        }
    }

    fn oracle(&self, name: &str) -> Result<Oracle, EconomyError> {
        let actor = self.actor(name)?;
        let (account, bls_key) = (actor.key.address().to_owned(), actor.bls.public_key());
        let domain = Domain { chain_id: &self.chain_id, contract: self.at(Contract::Timebank) };
        let proof = actor.bls.prove_possession(&possession_bytes(domain, &account, &bls_key));
        let (bls_key, bls_possession) = (HexBinary::from(&bls_key), HexBinary::from(&proof));
        Ok(Oracle { account, bls_key, bls_possession })
    }

    /// Gives everybody tokens of the owner.
    async fn give(&mut self, token: Contract, amount: u128) -> Result<(), EconomyError> {
        let mut messages = Vec::new();
        for (_, wallet) in self.actors.values() {
            let (recipient, amount) = (wallet.address().into(), Uint128::new(amount));
            messages.push(call(self.at(token), &Cw20ExecuteMsg::Transfer { recipient, amount })?);
        }
        crate::world::submit(&self.owner, "giving everybody its tokens", &messages).await.map(drop)
    }

    /// Governance states what a run of a model is worth, or forgets it.
    pub(crate) async fn state_model(
        &mut self,
        model: [u8; 32],
        credits: Option<u64>,
    ) -> Result<(), EconomyError> {
        let work =
            credits.map(|credits| jobs::ModelWork { credits, quality_bps: 9_000, confidence_bps: 9_000 });
        let message = jobs::ExecuteMsg::SetModel { model: HexBinary::from(&model), work };
        self.own(Contract::Jobs, &message).await
    }

    /// A message of the owner.
    pub(crate) async fn own(
        &mut self,
        contract: Contract,
        message: &impl Serialize,
    ) -> Result<(), EconomyError> {
        let message = call(self.at(contract), message)?;
        crate::world::submit(&self.owner, "what the owner sets", &[message]).await.map(drop)
    }

    /// Registers a node with a bond; its key is sound or not.
    pub(crate) async fn become_node(
        &mut self,
        name: &str,
        bond: u128,
        sound: bool,
    ) -> Result<bool, EconomyError> {
        let domain = Domain { chain_id: &self.chain_id, contract: self.at(Contract::Registry) };
        let registration = self.actor(name)?.registration(domain, &self.crs_digest, sound)?;
        let hook = registry::Hook::RegisterNode(registration);
        Ok(self.send(name, Contract::Token, Contract::Registry, bond, &hook).await?.is_some())
    }

    /// Registers an operator with a pledge.
    pub(crate) async fn pledge(&mut self, name: &str, amount: u128, tera: u16) -> Result<bool, EconomyError> {
        let hook = staking::Hook::Register { tera, commission_bps: 0 };
        Ok(self.send(name, Contract::Btk, Contract::Staking, amount, &hook).await?.is_some())
    }

    /// Address of a contract.
    pub(crate) fn at(&self, contract: Contract) -> &str {
        self.contracts.get(&contract).map_or("", String::as_str)
    }

    pub(crate) fn actor(&self, name: &str) -> Result<&Actor, EconomyError> {
        Ok(&self.pair(name)?.0)
    }

    fn pair(&self, name: &str) -> Result<&(Actor, Wallet), EconomyError> {
        let missing =
            || EconomyError::Malformed { what: "a name", reason: format!("nobody is called {name}") };
        self.actors.get(name).ok_or_else(missing)
    }

    pub(crate) fn address(&self, name: &str) -> Result<String, EconomyError> {
        Ok(self.actor(name)?.key.address().to_owned())
    }

    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        contract: Contract,
        question: &(impl Serialize + Sync),
    ) -> Result<T, EconomyError> {
        self.world.ask(self.at(contract), question).await
    }

    /// Sends messages of an account in one transaction. None if a contract refuses one: then nothing has happened, and the
    /// reason is kept if it was the attacker.
    pub(crate) async fn act(
        &mut self,
        name: &str,
        messages: &[Message],
    ) -> Result<Option<Receipt>, EconomyError> {
        let (actor, wallet) = self.pair(name)?;
        let (attacker, result) = (actor.side == Side::Attacker, wallet.execute_many(messages).await);
        match result {
            Ok(receipt) => Ok(Some(receipt)),
            Err(ChainError::Contract { error, .. } | ChainError::Execution { reason: error, .. }) => {
                if attacker {
                    self.refusals.push(error);
                }
                Ok(None)
            }
            Err(error) => Err(during(format!("a message of {name}"))(error)),
        }
    }

    /// Sends one message of an account.
    pub(crate) async fn tell(
        &mut self,
        name: &str,
        contract: Contract,
        message: &impl Serialize,
    ) -> Result<Option<Receipt>, EconomyError> {
        let message = call(self.at(contract), message)?;
        self.act(name, &[message]).await
    }

    /// Sends tokens of an account to a contract.
    pub(crate) async fn send(
        &mut self,
        name: &str,
        token: Contract,
        to: Contract,
        amount: u128,
        hook: &impl Serialize,
    ) -> Result<Option<Receipt>, EconomyError> {
        let message = send(self.at(token), self.at(to), amount, hook)?;
        self.act(name, &[message]).await
    }

    /// The beginning of a day of the game, from 0; a time that is past changes nothing.
    pub(crate) async fn day(&self, day: u64) -> Result<(), EconomyError> {
        self.world.wait_until(self.start.saturating_add(day.saturating_mul(DAY))).await
    }

    /// Tokens that an address holds.
    pub(crate) async fn balance(&self, token: Contract, address: &str) -> Result<u128, EconomyError> {
        let found: BalanceResponse =
            self.ask(token, &Cw20QueryMsg::Balance { address: address.into() }).await?;
        Ok(found.balance.u128())
    }

    /// What the market owes to an address.
    async fn claimable(&self, address: &str) -> Result<u128, EconomyError> {
        let question = jobs::QueryMsg::Claimable { address: address.into() };
        Ok(self.ask::<Uint128>(Contract::Jobs, &question).await?.u128())
    }

    /// What an account has: tokens, what contracts owe to it now or later, bonds, stakes, credits.
    pub(crate) async fn wealth(&self, name: &str) -> Result<Wealth, EconomyError> {
        let address = self.address(name)?;
        let mut btt = self.balance(Contract::Token, &address).await?;
        let mut btk = self.balance(Contract::Btk, &address).await?;
        btt = btt.saturating_add(self.claimable(&address).await?).saturating_add(self.bond(&address).await?);
        let credits: timebank::AccountResponse =
            self.ask(Contract::Timebank, &timebank::QueryMsg::Account { address: address.clone() }).await?;
        btt = btt.saturating_add(u128::from(credits.credits).saturating_mul(UNIT / 1_000));
        let work: emissions::ContributorResponse = self
            .ask(Contract::Emissions, &emissions::QueryMsg::Contributor { address: address.clone() })
            .await?;
        btk = btk.saturating_add(work.earned.u128()).saturating_sub(work.claimed.u128());
        let (start_after, limit) = (None, None);
        let question = staking::QueryMsg::Delegations { delegator: address.clone(), start_after, limit };
        let stakes: Vec<staking::DelegationResponse> = self.ask(Contract::Staking, &question).await?;
        for stake in stakes {
            btk = btk.saturating_add(stake.stake.u128()).saturating_add(stake.rewards.u128());
        }
        let question = staking::QueryMsg::Unbondings { delegator: address, start_after: None, limit };
        let leaving: Vec<staking::UnbondingResponse> = self.ask(Contract::Staking, &question).await?;
        btk = leaving.iter().fold(btk, |sum, one| sum.saturating_add(one.amount.u128()));
        Ok(Wealth { btt, btk })
    }

    async fn bond(&self, address: &str) -> Result<u128, EconomyError> {
        let question = registry::QueryMsg::Node { address: address.into() };
        let node: Option<registry::NodeResponse> = self.ask(Contract::Registry, &question).await?;
        let question = registry::QueryMsg::Requester { address: address.into() };
        let requester: Option<registry::RequesterResponse> = self.ask(Contract::Registry, &question).await?;
        let bond = node.map(|node| node.bond).or(requester.map(|requester| requester.bond));
        Ok(bond.unwrap_or_default().u128())
    }

    /// What the public funds have: the treasury with what it is owed, the BTK that it bought and burnt, and the budget for
    /// patients.
    pub(crate) async fn funds(&self) -> Result<[(&'static str, Wealth); 2], EconomyError> {
        let mut found = [0, 0];
        for (btt, contract) in found.iter_mut().zip([Contract::Treasury, Contract::Rewards]) {
            let at = self.at(contract);
            *btt = self.balance(Contract::Token, at).await?.saturating_add(self.claimable(at).await?);
        }
        let said: treasury::TotalsResponse =
            self.ask(Contract::Treasury, &treasury::QueryMsg::Totals {}).await?;
        let bought = said.paid.u128().saturating_mul(UNIT) / BID;
        let [treasury, rewards] = found;
        // What it burnt of its BTT was its own decision.
        let treasury = Wealth { btt: treasury.saturating_add(said.burnt.u128()), btk: bought };
        Ok([("treasury", treasury), ("budget for patients", Wealth { btt: rewards, btk: 0 })])
    }
}
