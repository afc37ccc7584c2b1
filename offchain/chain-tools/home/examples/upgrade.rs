//! What a migration has to keep: state that is made with the contracts of a former version on a devnet, and looked at and used
//! with the present ones. `scripts/upgrade-devnet` runs it.
//!
//! ```text
//! cargo run -p bithive-home --example upgrade -- before HOME     contracts of the former version run
//! cargo run -p bithive-home --example upgrade -- after HOME      those of this one do
//! ```
//!
//! Messages of `before` are written as JSON: they are the former version's.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use bithive_api::{datasets, jobs, registry, staking};
use bithive_attest::possession_bytes;
use bithive_blindmatch::DecodeError;
use bithive_blindmatch::vault::Vault;
use bithive_chain::{Chain, ChainExt, Cosmos, SigningKey, Wallet};
use bithive_client::{Client, Deployment, EconomyClient, Token, owner_settings};
use bithive_home::{CRS, DEPLOYMENT, Target, fund, read_founders, target};
use bithive_local::{NODE_BOND, REQUESTER_BOND, UNIT, fee_grant};
use bithive_node::NodeKeys;
use cosmwasm_std::{Binary, HexBinary, coin, to_json_binary};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Value, json};

/// Escrow of each of the two jobs: three workers at 10 BTT.
const ESCROW: u128 = 30 * UNIT;
/// Price of a use of the data set, in the chain's coin.
const SHARE: u128 = 1_000;
const BUDGET: u128 = 1_000 * UNIT;
/// Behind the operator's own node, in base units of BTK.
const PLEDGE: u128 = UNIT / 10;
const DELEGATED: u128 = UNIT / 20;
/// What the node's keys are drawn from, before and after.
const NODE_SEED: u64 = 2;
const LONGEST_WAIT: Duration = Duration::from_secs(180);
/// A vault as version e5823384 has sealed it, in hex.
const FORMER_VAULT: &str = include_str!("../../../../packages/blindmatch/tests/vectors/vault_version_2.hex");
/// What a node of this version commits to, in hex; nobody looks into it here.
const COMMITMENT: [u8; 32] = [0x66; 32];
const DAY: u64 = 86_400;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [when, home] = arguments.as_slice() else {
        bail!("expected before or after, and the home of a devnet");
    };
    let (token, data) =
        (Site::open(Path::new(home), "token").await?, Site::open(Path::new(home), "data").await?);
    match when.as_str() {
        "before" => {
            before(&token).await?;
            data_before(&data).await
        }
        "after" => {
            after(&token).await?;
            data_after(&data).await
        }
        _ => bail!("{when}: expected before or after"),
    }
}

/// A chain of the devnet, and who acts on it.
struct Site {
    chain: Arc<dyn Chain>,
    target: Target,
    folder: PathBuf,
    contracts: Value,
    operator: Wallet,
    requester: Wallet,
    patient: String,
}

impl Site {
    async fn open(home: &Path, chain: &str) -> Result<Self> {
        let target = target(chain, home).await?;
        let cosmos: Cosmos = target.chain.clone();
        let folder = home.join("deployments").join(cosmos.chain_id());
        let record: Value = serde_json::from_slice(&std::fs::read(folder.join("record.json"))?)?;
        let chain: Arc<dyn Chain> = Arc::new(cosmos);
        let operator = Wallet::connect(chain.clone(), read_founders(&folder)?.operator).await?;
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (requester, patient) = (SigningKey::generate(&mut rng), SigningKey::generate(&mut rng));
        let patient = patient.address().to_owned();
        let requester = Wallet::connect(chain.clone(), requester).await?;
        let contracts = record.get("contracts").cloned().context("record.json has no contracts")?;
        Ok(Self { chain, target, folder, contracts, operator, requester, patient })
    }

    fn at(&self, contract: &str) -> Result<&str> {
        self.contracts.get(contract).and_then(Value::as_str).with_context(|| format!("no {contract}"))
    }

    async fn execute(&self, wallet: &Wallet, contract: &str, message: &Value) -> Result<()> {
        let sent = wallet.execute(self.at(contract)?, message, &[]).await;
        sent.map(drop).with_context(|| format!("{contract}: {message}"))
    }

    /// A cw20 `Send`.
    async fn send(&self, wallet: &Wallet, token: &str, to: &str, amount: u128, hook: &Value) -> Result<()> {
        let message = json!({"send": {
            "contract": self.at(to)?, "amount": amount.to_string(), "msg": to_json_binary(hook)?,
        }});
        self.execute(wallet, token, &message).await
    }

    async fn query(&self, contract: &str, message: &Value) -> Result<Value> {
        let contract = self.at(contract)?;
        self.chain.query(contract, message).await.with_context(|| format!("{contract}: {message}"))
    }
}

fn former_vault() -> Result<Vec<u8>> {
    Ok(HexBinary::from_hex(FORMER_VAULT.trim())?.into())
}

fn job(now: u64) -> Result<Value> {
    Ok(json!({"post": {
        "vault": Binary::from(former_vault()?), "workers": 3, "quorum": 2, "tolerance": 64, "dimensions": 8,
        "price": (ESCROW / 3).to_string(), "assign_by": now + 3_600, "commit_seconds": 3_600,
        "reveal_seconds": 3_600, "finalize_seconds": 3_600, "model": "00".repeat(32),
        "model_owner": null, "data_owner": null,
    }}))
}

async fn before(site: &Site) -> Result<()> {
    let (operator, requester) = (&site.operator, &site.requester);
    fund(&site.target, operator.address()).await?;
    let money = REQUESTER_BOND + 2 * ESCROW;
    let transfer = json!({"transfer": {"recipient": requester.address(), "amount": money.to_string()}});
    site.execute(operator, "token", &transfer).await?;
    operator.send(requester.address(), &[fee_grant()]).await?;

    let endpoint = json!({"register_requester": {"endpoint": "11".repeat(32)}});
    site.send(requester, "token", "registry", REQUESTER_BOND, &endpoint).await?;
    let now = site.chain.info().await?.time.seconds();
    for _ in 0..2 {
        site.send(requester, "token", "jobs", ESCROW, &job(now)?).await?;
    }
    site.execute(requester, "jobs", &json!({"cancel": {"job_id": 2}})).await?;
    println!("ok  a requester has an open job, and what it may withdraw of another one");

    node_before(site).await?;

    minted(site).await?;
    let register = json!({"register": {"tera": 4, "commission_bps": 500}});
    site.send(operator, "btk", "staking", PLEDGE, &register).await?;
    let delegate = json!({"delegate": {"node": operator.address()}});
    let handed = json!({"transfer": {"recipient": requester.address(), "amount": DELEGATED.to_string()}});
    site.execute(operator, "btk", &handed).await?;
    site.send(requester, "btk", "staking", DELEGATED, &delegate).await?;
    println!("ok  BTK are pledged and delegated");

    for (account, role) in [(operator.address(), "clinician"), (requester.address(), "institution")] {
        site.execute(operator, "rewards", &json!({"set_party": {"address": account, "role": role}})).await?;
    }
    site.send(operator, "token", "rewards", BUDGET, &json!({"fund": {}})).await?;
    let propose = json!({"propose": {
        "patient": site.patient, "activity": "education", "evidence": "22".repeat(32),
        "inputs": {"value": (100 * UNIT).to_string(), "completion": 10_000, "history": "0", "time": 10_000,
                   "adjustment": 10_000},
    }});
    site.execute(operator, "rewards", &propose).await?;
    println!("ok  a reward waits for its approvals");

    let terms =
        json!({"low": "300000", "high": "300000", "rise_seconds": 86_400, "budget": UNIT.to_string()});
    let offer = json!({"set_offer": {"token": site.at("btk")?, "terms": terms}});
    site.execute(operator, "treasury", &offer).await?;
    println!("ok  the treasury offers BTT for BTK");
    Ok(())
}

/// A node that registers with the former version.
async fn node_before(site: &Site) -> Result<()> {
    let deployment: Deployment = serde_json::from_slice(&std::fs::read(site.folder.join(DEPLOYMENT))?)?;
    let client = Client::new(site.chain.clone(), deployment);
    let crs = client.reference_string(&site.folder.join(CRS)).await?.shared();
    let groups = client.groups().await?;
    let mut rng = ChaCha20Rng::seed_from_u64(NODE_SEED);
    let (keys, public) = NodeKeys::generate(&crs, groups, 1, &mut rng)?;
    let (bls_key, domain) = (keys.bls.public_key(), client.deployment().registry_domain());
    let possession = possession_bytes(domain, keys.account.address(), &bls_key);
    let register = json!({"register_node": {
        "slot": 1, "dgkbe_key": hex(&public.commitment().encode()), "dgkbe_key_digest": hex(public.digest()),
        "bls_key": hex(&bls_key), "bls_possession": hex(&keys.bls.prove_possession(&possession)),
        "attributes_commitment": "55".repeat(32), "endpoint": hex(&keys.endpoint.id().0),
    }});
    let (operator, address) = (&site.operator, keys.account.address().to_owned());
    let transfer = json!({"transfer": {"recipient": address, "amount": NODE_BOND.to_string()}});
    site.execute(operator, "token", &transfer).await?;
    operator.send(&address, &[fee_grant()]).await?;
    let node = Wallet::connect(site.chain.clone(), keys.account).await?;
    site.send(&node, "token", "registry", NODE_BOND, &register).await?;
    println!("ok  a node is registered");
    Ok(())
}

/// The node commits to its answers in the form of this version, as `bithive node commit` does, without waiting: what it has registered is no commitment to
/// them.
async fn node_after(site: &Site, client: &Client) -> Result<()> {
    let mut rng = ChaCha20Rng::seed_from_u64(NODE_SEED);
    let crs = client.reference_string(&site.folder.join(CRS)).await?.shared();
    let (keys, _) = NodeKeys::generate(&crs, client.groups().await?, 1, &mut rng)?;
    let address = keys.account.address().to_owned();
    let said = client.accredited(&address).await?.context("the node is gone")?;
    ensure!(said.commitment.to_hex() == "55".repeat(32), "its commitment is {}", said.commitment);
    ensure!(said.changeable_from == 0, "it has to wait until {}", said.changeable_from);
    let node = Wallet::connect(site.chain.clone(), keys.account).await?;
    let commit = registry::ExecuteMsg::CommitAttributes { commitment: (&COMMITMENT).into() };
    site.execute(&node, "registry", &serde_json::to_value(commit)?).await?;
    let said = client.accredited(&address).await?.context("the node is gone")?;
    ensure!(said.commitment.as_slice() == COMMITMENT, "its commitment is {}", said.commitment);
    ensure!(said.changeable_from > 0, "a commitment can be replaced as often as anybody likes");
    println!("ok  a node of the former version commits to its answers");
    accreditation_after(site, client, &address).await
}

/// The former version knows no accreditors: nothing needs one after the upgrade. The owner lists one at once, who vouches for the
/// node; that an attribute needs it waits.
async fn accreditation_after(site: &Site, client: &Client, node: &str) -> Result<()> {
    let before = client.accreditation().await?;
    ensure!(before.accreditors.is_empty() && before.required.is_empty(), "before anybody set it: {before:?}");
    let said = client.accredited(node).await?.context("the node is gone")?;
    ensure!(said.admits("region") && said.grants.is_empty(), "the committee would not evaluate: {said:?}");
    let (owner, accreditor) = (&site.operator, site.operator.address());
    let set = |required: &[&str]| {
        let required = required.iter().map(|name| (*name).to_owned()).collect();
        serde_json::to_value(registry::ExecuteMsg::SetAccreditation {
            accreditors: vec![accreditor.into()],
            required,
        })
    };
    site.execute(owner, "registry", &set(&[])?).await?;
    let until = site.chain.info().await?.time.seconds() + DAY;
    let accredit = registry::ExecuteMsg::Accredit {
        node: node.into(),
        commitment: (&COMMITMENT).into(),
        attributes: vec!["region".into()],
        until,
    };
    site.execute(owner, "registry", &serde_json::to_value(accredit)?).await?;
    let said = client.accredited(node).await?.context("the node is gone")?;
    let grants: Vec<_> = said.grants.iter().map(|grant| (grant.accreditor.as_str(), grant.until)).collect();
    ensure!(grants == [(accreditor, until)], "what accreditors say of it: {grants:?}");
    // A registry of a version that did not note when it was made has no first day in which this takes effect at once.
    site.execute(owner, "registry", &set(&["region"])?).await?;
    let contracts: Vec<_> = client.deployment().contracts().collect();
    let waiting = owner_settings(site.chain.as_ref(), &contracts).await?.settings;
    let registry = site.at("registry")?;
    let (now, waits) = (client.accreditation().await?, waiting.iter().any(|one| one.address == registry));
    ensure!(
        waits == now.required.is_empty(),
        "what needs accreditation neither waits nor is in force: {now:?}"
    );
    println!("ok  an accreditor vouches for the node, and the owner says what needs one");
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    HexBinary::from(bytes).to_hex()
}

/// Waits until the emission, which begins with the deployment, has minted something.
async fn minted(site: &Site) -> Result<()> {
    let release = json!({"release": {"bucket": "application"}});
    let started = Instant::now();
    while let Err(error) = site.execute(&site.operator, "emissions", &release).await {
        if started.elapsed() > LONGEST_WAIT {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    Ok(())
}

async fn after(site: &Site) -> Result<()> {
    let deployment: Deployment = serde_json::from_slice(&std::fs::read(site.folder.join(DEPLOYMENT))?)?;
    let client = Client::new(site.chain.clone(), deployment);
    let economy = EconomyClient::new(client.clone())?;
    market(site, &client).await?;
    node_after(site, &client).await?;
    tokens(site, &economy).await?;

    let owed = client.totals().await?;
    let held = client.balance(site.at("jobs")?).await?;
    ensure!(held == owed.escrowed.u128() + owed.claimable.u128(), "the market owes what it does not hold");
    let bonds = client.registry_config().await?.bonded.u128();
    ensure!(client.balance(site.at("registry")?).await? == bonds, "the registry does not hold its bonds");
    let supply = client.supply().await?;
    let sum: u128 = client.balances().await?.iter().map(|(_, balance)| balance).sum();
    ensure!(sum == (supply.minted - supply.burnt).u128(), "balances are not what was minted and not burnt");
    println!("ok  no base unit is lost or new");
    Ok(())
}

/// A data set, and a deposit for its use.
async fn data_before(site: &Site) -> Result<()> {
    let (operator, requester) = (&site.operator, &site.requester);
    fund(&site.target, operator.address()).await?;
    operator.send(requester.address(), &[fee_grant()]).await?;
    let info = site.chain.info().await?;
    let asset = json!({"native": info.fee_denom});
    let register =
        json!({"register": {"digest": "33".repeat(32), "asset": asset, "share": SHARE.to_string()}});
    site.execute(operator, "datasets", &register).await?;
    let source = json!({"chain_id": "elsewhere", "jobs": "market"});
    let deposit = json!({"deposit": {
        "dataset_id": 1, "source": source, "job_id": 1, "input_commitment": "44".repeat(32),
        "deadline": info.time.seconds() + 75,
    }});
    requester.execute(site.at("datasets")?, &deposit, &[coin(SHARE, info.fee_denom)]).await?;
    println!("ok  a deposit for the use of a data set is held");
    Ok(())
}

/// The deposit is there, and is refunded.
async fn data_after(site: &Site) -> Result<()> {
    let denom = site.chain.info().await?.fee_denom;
    let dataset = site.query("datasets", &json!({"dataset": {"id": 1}})).await?;
    serde_json::from_value::<Option<datasets::DatasetResponse>>(dataset)?.context("the data set is gone")?;
    let deposit = site.query("datasets", &json!({"deposit": {"id": 1}})).await?;
    let deposit: Option<datasets::DepositResponse> = serde_json::from_value(deposit)?;
    let deposit = deposit.context("the deposit is gone")?;
    ensure!(deposit.amount.u128() == SHARE, "{deposit:?}");
    while site.chain.info().await?.time.seconds() <= deposit.purpose.deadline {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let contract = site.at("datasets")?;
    site.execute(&site.operator, "datasets", &json!({"refund": {"id": 1}})).await?;
    let before = site.chain.balance(contract, &denom).await?;
    let withdraw = json!({"withdraw": {"asset": {"native": denom}}});
    site.execute(&site.requester, "datasets", &withdraw).await?;
    let after = site.chain.balance(contract, &denom).await?;
    ensure!((before, after) == (SHARE, 0), "the contract held {before} and holds {after}");
    println!("ok  the deposit is refunded and withdrawn");
    Ok(())
}

/// Jobs, requesters and the committee are there and go on.
async fn market(site: &Site, client: &Client) -> Result<()> {
    let requester = &site.requester;
    let job = client.job(1).await?;
    ensure!((job.escrow.u128(), job.requester.as_str()) == (ESCROW, requester.address()), "job 1: {job:?}");
    ensure!(client.claimable(requester.address()).await? == ESCROW, "what job 2 gave back");
    let bond = client.requester(requester.address()).await?.context("the requester is gone")?.bond;
    ensure!(bond.u128() == REQUESTER_BOND, "its bond is {bond}");
    ensure!(client.committee().await?.members.len() == 3, "the committee is gone");
    let vault = client.vault(1).await?;
    ensure!(vault == former_vault()?, "the vault of job 1 is another one");
    let refused = matches!(Vault::decode(&vault), Err(DecodeError::Version { found: 2, .. }));
    ensure!(refused, "a vault of the former version is not refused by its number");
    println!("ok  the former version's vault is there, and is refused as such");
    site.execute(requester, "jobs", &json!({"cancel": {"job_id": 1}})).await?;
    site.execute(requester, "jobs", &json!({"withdraw": {}})).await?;
    ensure!(client.balance(requester.address()).await? == 2 * ESCROW, "both escrows come back");
    println!("ok  the former version's jobs are cancelled and withdrawn");

    let now = site.chain.info().await?.time.seconds();
    let post = serde_json::to_value(job_message(now)?)?;
    // A market that is older than a day is told three days before.
    let contracts: Vec<_> = client.deployment().contracts().collect();
    let waiting = owner_settings(site.chain.as_ref(), &contracts).await?.settings;
    let jobs = site.at("jobs")?;
    let told = client.jobs_config().await?.models.is_some() || waiting.iter().any(|one| one.address == jobs);
    ensure!(told, "the market is not told who knows the owners of models");
    site.send(requester, "token", "jobs", ESCROW, &post).await?;
    site.execute(requester, "jobs", &json!({"cancel": {"job_id": 3}})).await?;
    println!("ok  the market takes jobs of this version");
    let leave = serde_json::to_value(registry::ExecuteMsg::Unbond {})?;
    site.execute(requester, "registry", &leave).await?;
    println!("ok  the requester may leave");
    Ok(())
}

/// The former version has the terms beside the vault, this one within a field of their own.
fn job_message(now: u64) -> Result<jobs::Hook> {
    let mut former = job(now)?;
    let fields = former.get_mut("post").and_then(Value::as_object_mut).context("no message")?;
    let vault = fields.remove("vault").context("no vault")?;
    Ok(serde_json::from_value(json!({"post": {"vault": vault, "terms": fields}}))?)
}

/// Stakes, rewards, offers and vesting are there and go on.
async fn tokens(site: &Site, economy: &EconomyClient) -> Result<()> {
    let (operator, requester) = (&site.operator, &site.requester);
    let pool = economy.pool(operator.address()).await?.context("the node's pool is gone")?;
    ensure!(pool.stake.u128() == PLEDGE + DELEGATED, "the pool has {}", pool.stake);
    let delegated = economy.delegation(operator.address(), requester.address()).await?;
    let delegated = delegated.context("the delegation is gone")?;
    ensure!(delegated.stake.u128() == DELEGATED, "delegated are {}", delegated.stake);
    let unbond = staking::ExecuteMsg::Unbond { node: operator.address().into(), shares: None };
    site.execute(requester, "staking", &serde_json::to_value(unbond)?).await?;
    println!("ok  stake is what it was, and can be unbonded");

    let budget = economy.budget().await?;
    ensure!(budget.available.u128() == BUDGET, "the budget is {}", budget.available);
    ensure!(economy.proposal(1).await?.is_some(), "the proposal is gone");
    site.execute(requester, "rewards", &json!({"approve": {"id": 1}})).await?;
    let paid = economy.balance(Token::Btt, &site.patient).await?;
    ensure!(paid == 100 * UNIT, "the reward pays {paid}");
    println!("ok  the reward is approved and paid");

    let offers = site.query("treasury", &json!({"offers": {}})).await?;
    ensure!(offers.as_array().is_some_and(|offers| offers.len() == 1), "the offer is gone: {offers}");
    let positions = economy.positions(operator.address()).await?;
    ensure!(positions.entries.len() >= 3, "{} positions of SKY are left", positions.entries.len());
    economy.emission().await?;
    economy.contributor(operator.address()).await?;
    let contracts: Vec<_> = economy.client().deployment().contracts().collect();
    let settings = owner_settings(site.chain.as_ref(), &contracts).await?;
    ensure!(settings.unanswered.is_empty(), "{:?}", settings.unanswered);
    println!("ok  offer, vesting and emission are there, and every contract says what waits in it");
    Ok(())
}
