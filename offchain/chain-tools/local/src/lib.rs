//! A whole network on this machine: a chain with the contracts, a committee, and the exchange. The chain is an embedded
//! one, or any other that [`deploy_wasm`] reaches.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use bithive_api::registry::{self, NodeRegistration};
use bithive_blindmatch::attributes::AttributeValue;
use bithive_blindmatch::committee::CommitteeError;
use bithive_blindmatch::schema::Schema;
use bithive_chain::{Chain, Cosmos, Embedded, EmbeddedBuilder, SigningKey, Wallet};
use bithive_client::{Account, Client, Deployment};
use bithive_committee::{Member, PATIENCE, ServiceError, TERM_EPOCHS, TagSource};
use bithive_deploy::{Artifacts, Code, Codes, Outcome, Record, Role};
pub use bithive_deploy::{
    BOUNTY_BPS, BTT_CAP, BTT_GENESIS, DISPUTE_DEPOSIT, FEE_GRANT, NODE_BOND, REQUESTER_BOND, SLASH, Terms,
    UNIT,
};
use bithive_dgkbe::Crs;
pub use bithive_dgkbe::Groups;
use bithive_dgkbe::crs::ceremony::local_ceremony;
use bithive_exchange::{EndpointKey, Exchange, Network, PeerId};
use bithive_release::MemberKey;
use bithive_release::ceremony::deal_all;
use bithive_state::State;
use cosmwasm_std::{Coin, coin};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

/// What [`open_chain`] gives a chain.
const CODES: Codes<'static> = Codes::Native;
/// Committee members, and how many of them an evaluation needs.
pub const COMMITTEE: (u8, u8) = (3, 2);
/// Epochs before the end of its term in which the committee is named again.
const RENEWAL_EPOCHS: u64 = 32;
const FEE_DENOM: &str = "ubee";
const OPERATOR_FEES: u128 = 1_000_000_000_000_000;

/// A committee member's secrets.
pub struct MemberKeys {
    /// Posts share keys.
    pub account: SigningKey,
    /// Key of the endpoint that answers evaluations.
    pub endpoint: EndpointKey,
}

impl MemberKeys {
    /// Draws the accounts of a committee. Its members agree on their seeds themselves.
    pub fn generate(rng: &mut ChaCha20Rng) -> Vec<Self> {
        let draw = |_| Self { account: SigningKey::generate(rng), endpoint: EndpointKey::generate(rng) };
        (0..COMMITTEE.0).map(draw).collect()
    }
}

/// The accounts that exist from the first block on.
pub struct Founders {
    /// Holds the genesis BTT, owns the registry.
    pub operator: SigningKey,
    /// Receives the treasury's share of a market without the economy.
    pub treasury: SigningKey,
    /// Receives the incentive pool's share of a market without the economy.
    pub incentive_pool: SigningKey,
    /// Secrets of the committee's members, in the order in which the registry lists them.
    pub committee: Vec<MemberKeys>,
}

impl Founders {
    /// Draws all keys.
    pub fn generate(rng: &mut ChaCha20Rng) -> Result<Self> {
        Ok(Self {
            operator: SigningKey::generate(rng),
            treasury: SigningKey::generate(rng),
            incentive_pool: SigningKey::generate(rng),
            committee: MemberKeys::generate(rng),
        })
    }
}

/// Opens or creates an embedded chain with the contracts' code; in memory without a folder. Balances count for a
/// new chain only.
pub fn open_chain(folder: Option<&Path>, founders: &Founders) -> Result<Embedded> {
    Ok(builder(folder, founders).build()?)
}

/// Creates an embedded chain in a folder, with a chain id of its own: a configuration of one network that reaches the chain
/// of another is then refused.
pub fn found_chain(folder: &Path, founders: &Founders, rng: &mut ChaCha20Rng) -> Result<Embedded> {
    let chain_id = format!("bithive-local-{:08x}", rng.next_u32());
    Ok(builder(Some(folder), founders).chain_id(chain_id).build()?)
}

/// Creates an embedded chain in memory, with a chain id of its own, for whoever keeps records by it longer than the chain lives.
pub fn passing_chain(founders: &Founders, rng: &mut ChaCha20Rng) -> Result<Embedded> {
    let chain_id = format!("bithive-demo-{:08x}", rng.next_u32());
    Ok(builder(None, founders).chain_id(chain_id).build()?)
}

fn builder(folder: Option<&Path>, founders: &Founders) -> EmbeddedBuilder {
    let mut builder = Embedded::builder()
        .fee_denom(FEE_DENOM)
        .block_time(std::time::Duration::from_secs(1))
        .genesis_balance(founders.operator.address(), [coin(OPERATOR_FEES, FEE_DENOM)]);
    for code in Code::ALL {
        builder = builder.code(code.name(), move || bithive_native::code(code));
    }
    for address in founders
        .committee
        .iter()
        .map(|member| &member.account)
        .chain([&founders.treasury, &founders.incentive_pool])
    {
        builder = builder.genesis_balance(address.address(), [fee_grant()]);
    }
    if let Some(folder) = folder {
        builder = builder.directory(folder);
    }
    builder
}

/// What a new account gets to pay its fees with.
pub fn fee_grant() -> Coin {
    coin(FEE_GRANT, FEE_DENOM)
}

/// Runs a ceremony of two contributions in this process: for networks whose users trust this process.
pub fn ceremony(slots: u16, rng: &mut ChaCha20Rng) -> Result<Crs> {
    Ok(local_ceremony(slots, 2, rng)?.verify(rng)?)
}

/// Makes a committee's keys for releases of contents' keys in this process, in order of the founders' members: for networks whose users
/// trust this process.
pub fn release_keys(founders: &Founders, rng: &mut ChaCha20Rng) -> Result<Vec<MemberKey>> {
    let endpoints: Vec<_> = founders.committee.iter().map(|member| member.endpoint.id().0).collect();
    Ok(deal_all(&endpoints, COMMITTEE.1, rng)?)
}

/// What is particular to a deployment by these founders, for `groups` broadcast groups of as many slots as `crs` has.
pub fn terms(founders: &Founders, crs: &Crs, groups: u16) -> Result<Terms> {
    let members = founders.committee.iter().map(|member| registry::CommitteeMember {
        address: member.account.address().into(),
        endpoint: (&member.endpoint.id().0).into(),
    });
    let receivers = (founders.treasury.address(), founders.incentive_pool.address());
    Ok(Terms::new(crs, groups, receivers, (members.collect(), COMMITTEE.1))?)
}

/// Creates and wires the contracts of a market on a chain of [`open_chain`].
pub async fn deploy(
    chain: Arc<dyn Chain>,
    founders: &Founders,
    crs: &Crs,
    groups: u16,
) -> Result<Deployment> {
    let terms = terms(founders, crs, groups)?;
    Ok(anew(chain, founders, CODES, &terms).await?.into_deployment(terms.role())?)
}

/// As [`deploy`], with the whole economy around the market.
pub async fn deploy_economy(
    chain: Arc<dyn Chain>,
    founders: &Founders,
    crs: &Crs,
    groups: u16,
) -> Result<Deployment> {
    let terms = terms(founders, crs, groups)?.with_role(Role::Economy)?;
    Ok(anew(chain, founders, CODES, &terms).await?.into_deployment(terms.role())?)
}

/// As [`deploy`], of the contracts' wasm on a chain behind a node. The operator must have coins.
pub async fn deploy_wasm(
    chain: &Cosmos,
    artifacts: &Artifacts,
    founders: &Founders,
    crs: &Crs,
    groups: u16,
) -> Result<Deployment> {
    let terms = terms(founders, crs, groups)?;
    let codes = Codes::Wasm { chain, artifacts };
    Ok(anew(Arc::new(chain.clone()), founders, codes, &terms).await?.into_deployment(terms.role())?)
}

/// Deploys on a chain that has nothing of it.
async fn anew(
    chain: Arc<dyn Chain>,
    founders: &Founders,
    codes: Codes<'_>,
    terms: &Terms,
) -> Result<Outcome> {
    let operator = Wallet::connect(chain, founders.operator.clone()).await?;
    Ok(bithive_deploy::deploy(&operator, codes, terms, Record::default(), &mut |_| Ok(())).await?)
}

/// A network on this machine, around any chain on which the contracts are.
pub struct Local<C = Embedded> {
    /// The chain; an embedded one with control over its time.
    pub chain: C,
    /// Client of the deployed contracts.
    pub client: Client,
    /// Who can be reached.
    pub network: Arc<dyn Network>,
    /// The broadcast groups' reference string.
    pub crs: Arc<Crs>,
    /// How the registry divides the slots.
    pub groups: Groups,
    /// The attributes that policies may ask for.
    pub schema: Schema,
    /// Holds the genesis BTT.
    pub operator: Account,
    committee: Vec<Arc<Member>>,
}

impl Local {
    /// Everything new and in memory.
    pub async fn in_memory(
        groups: Groups,
        network: impl Network + 'static,
        rng: &mut ChaCha20Rng,
    ) -> Result<Self> {
        let crs = ceremony(groups.size(), rng)?;
        let founders = Founders::generate(rng)?;
        let chain = open_chain(None, &founders)?;
        let deployment = deploy(Arc::new(chain.clone()), &founders, &crs, groups.count()).await?;
        let states = founders.committee.iter().map(|_| State::in_memory()).collect::<Result<_, _>>()?;
        Self::start(chain, deployment, network, crs, founders, states, rng).await
    }
}

impl<C: Chain + Clone + 'static> Local<C> {
    /// Starts the committee's members on `network`; `states` are their records, in order.
    #[allow(clippy::too_many_arguments)]
    pub async fn start(
        chain: C,
        deployment: Deployment,
        network: impl Network + 'static,
        crs: Crs,
        founders: Founders,
        states: Vec<State>,
        rng: &mut ChaCha20Rng,
    ) -> Result<Self> {
        let schema = Schema::bithive();
        let network: Arc<dyn Network> = Arc::new(network);
        let handle: Arc<dyn Chain> = Arc::new(chain.clone());
        let client = Client::new(handle.clone(), deployment);
        let mut committee = Vec::new();
        for (keys, state) in founders.committee.into_iter().zip(states) {
            let exchange = network.end(keys.endpoint.id());
            let account = Account::new(client.clone(), Wallet::connect(handle.clone(), keys.account).await?);
            let rng = fork(rng);
            let member = Member::new(schema.clone(), account, exchange, state, rng, PATIENCE);
            member.serve();
            committee.push(member);
        }
        let operator = Account::new(client.clone(), Wallet::connect(handle, founders.operator).await?);
        let groups = client.groups().await?;
        let local = Self { chain, client, network, crs: Arc::new(crs), groups, schema, operator, committee };
        local.post_share_keys().await?;
        Ok(local)
    }

    /// Has the members release keys of contents that are wrapped for the committee of these keys.
    ///
    /// # Errors
    /// A key of no member.
    pub fn release_with(&self, keys: Vec<MemberKey>) -> Result<()> {
        for key in keys {
            let endpoint = PeerId(key.endpoint());
            let member = self.committee.iter().find(|member| member.endpoint() == endpoint);
            member.with_context(|| format!("no member has the endpoint {endpoint}"))?.release_with(key)?;
        }
        Ok(())
    }

    /// Has every member agree on its keys and post the share keys of the current epoch, if it has not yet. The same
    /// members follow themselves from the next epoch on when their term comes to its end.
    pub async fn post_share_keys(&self) -> Result<()> {
        let committee = self.client.committee().await?;
        let epoch = committee.epoch;
        let end = committee.from_epoch.saturating_add(TERM_EPOCHS.into());
        if epoch.saturating_add(RENEWAL_EPOCHS) >= end
            && self.client.committee_at(u64::MAX).await?.from_epoch <= epoch
        {
            let members = committee.members.into_iter().map(Into::into).collect();
            let (threshold, from_epoch) = (committee.threshold, epoch + 1);
            let renewal = registry::ExecuteMsg::SetCommittee { members, threshold, from_epoch };
            self.operator.registry(&renewal).await.context("the committee's next term")?;
        }
        for member in &self.committee {
            match member.post_share_keys(epoch).await {
                // The clock passed the term at one leap: nobody can be asked until the next epoch.
                Err(ServiceError::Committee(CommitteeError::EpochOutOfTerm { .. })) => {}
                posted => drop(posted.context("the committee's share keys")?),
            }
        }
        Ok(())
    }

    /// An account on the deployment.
    pub async fn account(&self, key: SigningKey) -> Result<Account> {
        let handle: Arc<dyn Chain> = Arc::new(self.chain.clone());
        Ok(Account::new(self.client.clone(), Wallet::connect(handle, key).await?))
    }

    /// Gives an account BTT, and coins for its fees.
    pub async fn fund(&self, address: &str, btt: u128) -> Result<()> {
        self.operator.grant(address, btt, fee_grant()).await.map(drop).map_err(|error| anyhow!(error))
    }

    /// Registers a node with [`NODE_BOND`], and has its endpoint offer `public`, the encoding of its public broadcast key: the registration
    /// names the digest of that.
    pub async fn register_node(
        &self,
        key: SigningKey,
        mut registration: NodeRegistration,
        public: Vec<u8>,
    ) -> Result<Account> {
        let exchange = self.exchange(PeerId(registration.endpoint.to_array()?));
        registration.dgkbe_key_digest = (&exchange.publish(public.into()).await?).into();
        register_node(&self.operator, key, registration, (NODE_BOND, fee_grant())).await
    }

    /// An end of the network.
    pub fn exchange(&self, id: PeerId) -> Arc<dyn Exchange> {
        self.network.end(id)
    }

    /// A party's source of tags.
    pub fn tags(&self, exchange: &Arc<dyn Exchange>, state: &State) -> TagSource {
        TagSource::new(self.client.clone(), exchange.clone(), self.schema.clone(), state.clone())
    }
}

/// Gives an account a node's bond, in base units, and coins for its fees, and registers the node with it.
pub async fn register_node(
    operator: &Account,
    key: SigningKey,
    registration: NodeRegistration,
    (bond, fees): (u128, Coin),
) -> Result<Account> {
    operator.grant(key.address(), bond, fees).await?;
    let client = operator.client().clone();
    let wallet = Wallet::connect(client.chain().clone(), key).await?;
    let account = Account::new(client, wallet);
    account.register_node(registration, bond).await?;
    Ok(account)
}

/// Answers to every question of [`Schema::bithive`]: gibibytes of VRAM, a region, certifications.
pub fn node_values(vram: u64, region: &str, certifications: &[&str]) -> BTreeMap<String, AttributeValue> {
    let members = certifications.iter().map(ToString::to_string).collect();
    BTreeMap::from([
        ("vram".to_owned(), AttributeValue::Number(vram)),
        ("region".to_owned(), AttributeValue::Category(region.to_owned())),
        ("certifications".to_owned(), AttributeValue::Members(members)),
    ])
}

/// An independent generator, seeded from `rng`.
pub fn fork(rng: &mut ChaCha20Rng) -> ChaCha20Rng {
    let mut seed = [0; 32];
    rng.fill_bytes(&mut seed);
    ChaCha20Rng::from_seed(seed)
}
