//! A new network in a folder has the market and the tokens' economy, and the two know each other.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::common::Network;
use bithive_api::{emissions, jobs, treasury};
use bithive_chain::{Chain, ChainExt as _, Wallet};
use bithive_client::{Client, Deployment};
use bithive_contracts::{Contract, Role};
use bithive_keystore::{Keystore, Password};
use bithive_local::{Founders, open_chain};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::de::DeserializeOwned;

/// A network's chain, opened as its operator.
struct Opened {
    operator: Wallet,
    client: Client,
}

impl Opened {
    async fn new(network: &Network) -> Self {
        let home = network.home();
        let password = Password::read(&home.join("password")).unwrap();
        let operator =
            Keystore::open(&home.join("founders.json"), &password).unwrap().account("operator").unwrap();
        let strangers = Founders::generate(&mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        let chain: Arc<dyn Chain> = Arc::new(open_chain(Some(&home.join("chain")), &strangers).unwrap());
        Self {
            operator: Wallet::connect(chain.clone(), operator).await.unwrap(),
            client: Client::new(chain, read(network, "deployment.json")),
        }
    }

    fn market(&self) -> &Deployment {
        self.client.deployment()
    }

    fn at(&self, contract: Contract) -> &str {
        self.market().get(contract).unwrap()
    }

    async fn job(&self, job_id: u64) -> jobs::JobResponse {
        self.client.chain().query(self.market().jobs(), &jobs::QueryMsg::Job { job_id }).await.unwrap()
    }
}

fn read<T: DeserializeOwned>(network: &Network, file: &str) -> T {
    serde_json::from_slice(&std::fs::read(network.home().join(file)).unwrap()).unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}

#[test]
fn a_settled_job_counts_as_work_and_its_shares_are_collected() {
    let network = Network::with_nodes(3);
    let job = network.post();
    network.json(&["chain", "model", "--credits", "100"]);
    network.json(&["node", "once"]);
    network.json(&["job", "assign", "1", "--from", "alice"]);
    network.json(&["node", "once"]);
    assert_eq!(network.phase(job), "settled");
    let status = network.json(&["chain", "status"]);
    assert_eq!(status["conserved"], true);
    run(async {
        let opened = Opened::new(&network).await;
        let chain = opened.client.chain();
        for worker in opened.job(job).await.workers {
            let query = emissions::QueryMsg::Contributor { address: worker.address.into() };
            let found: emissions::ContributorResponse =
                chain.query(opened.at(Contract::Emissions), &query).await.unwrap();
            // Half, since none has pledged BTK.
            assert_eq!(found.today.unwrap().units, 50);
        }
        let (treasury, jobs) = (opened.at(Contract::Treasury), opened.market().jobs());
        assert_eq!(opened.market().treasury, treasury);
        let collect = treasury::ExecuteMsg::Collect { source: jobs.into() };
        opened.operator.execute(treasury, &collect, &[]).await.unwrap();
        // 5 % of asks of 11, 12 and 13, and 8 % for the owners of model and data, whom the job does not name.
        assert_eq!(opened.client.balance(treasury).await.unwrap(), 4_680_000);
    });
    // 2 % of the asks, for patients; anybody has it collected.
    let rewards = network.json(&["rewards", "show"]);
    assert_eq!((&rewards["uncollected"], &rewards["budget"]["available"]), (&720_000.into(), &"0".into()));
    assert_eq!(network.json(&["rewards", "collect", "--from", "alice"])["amount"], 720_000);
    let rewards = network.json(&["rewards", "show"]);
    assert_eq!((&rewards["uncollected"], &rewards["budget"]["available"]), (&0.into(), &"720000".into()));
    let after = network.json(&["chain", "status"]);
    assert_eq!((&after["conserved"], &after["balances_total"]), (&true.into(), &status["balances_total"]));
    let collected = |status: &serde_json::Value| status["claimable"].as_u64().unwrap();
    assert_eq!(collected(&status) - collected(&after), 4_680_000 + 720_000);
}

#[test]
fn a_new_network_says_where_its_economy_is() {
    let folder = tempfile::tempdir().unwrap();
    let home = crate::common::path(&folder.path().join("home"));
    let made = crate::common::json(&["--home", &home, "chain", "init", "--slots", "2"]);
    let written = std::fs::read(folder.path().join("home/deployment.json")).unwrap();
    let deployment: Deployment = serde_json::from_slice(&written).unwrap();
    assert_eq!(serde_json::from_value::<Deployment>(made.clone()).unwrap(), deployment);
    assert_eq!(deployment.check(Role::Economy), Ok(()));
    assert_eq!(made["treasury"], made["contracts"]["treasury"], "the market's shares go to the contracts");
    assert_eq!(made["incentive_pool"], made["contracts"]["rewards"]);
}

#[test]
fn the_books_of_all_tokens_balance_also_once_btk_are_minted() {
    let network = Network::with_nodes(0);
    let books = |name: &str| {
        let status = network.json(&["chain", "status"]);
        assert_eq!(status["conserved"], true);
        let tokens = status["tokens"].as_array().unwrap().clone();
        tokens.into_iter().find(|books| books["token"] == name).unwrap()
    };
    assert_eq!((books("BTK")["minted"].as_u64(), books("BTK")["conserved"].as_bool()), (Some(0), Some(true)));
    assert_eq!(books("SKY")["balances_total"], 20_000_000_000_000_000u64);
    network.json(&["chain", "advance", "--seconds", "86400"]);
    network.json(&["wallet", "claim", "operator"]);
    let minted = books("BTK")["minted"].as_u64().unwrap();
    // A fifth of 15 % of 500,000 a day, for the application.
    assert!((15_000_000_000..15_100_000_000).contains(&minted), "{minted}");
    assert_eq!(books("BTK")["balances_total"], minted);
}

impl Network {
    /// Writes the addresses as older versions did: the market's contracts side by side, and `economy` in a file of its own.
    fn make_older(&self, economy: &[Contract]) {
        let deployment: Deployment = read(self, "deployment.json");
        let older = serde_json::json!({
            "chain_id": deployment.chain_id, "token": deployment.token(), "registry": deployment.registry(),
            "jobs": deployment.jobs(), "treasury": deployment.treasury, "incentive_pool": deployment.incentive_pool,
        });
        std::fs::write(self.home().join("deployment.json"), older.to_string()).unwrap();
        if !economy.is_empty() {
            let at: BTreeMap<_, _> =
                economy.iter().map(|contract| (contract, deployment.get(*contract))).collect();
            std::fs::write(self.home().join("economy.json"), serde_json::to_vec(&at).unwrap()).unwrap();
        }
    }
}

#[test]
fn a_network_of_an_older_version_is_opened_with_its_economy() {
    let network = Network::with_nodes(0);
    let whole = network.json(&["chain", "status"]);
    let economy: Vec<_> =
        Role::Economy.contracts().into_iter().filter(|contract| !Role::Market.has(*contract)).collect();
    network.make_older(&economy);
    assert_eq!(network.json(&["chain", "status"]), whole);
    assert_eq!(whole["tokens"].as_array().unwrap().len(), 3);
}

#[test]
fn a_network_that_was_made_without_an_economy_goes_on_without_one() {
    let network = Network::with_nodes(0);
    network.make_older(&[]);
    assert_eq!(network.json(&["chain", "status"])["tokens"].as_array().unwrap().len(), 1);
    assert_eq!(network.json(&["wallet", "show", "alice"])["balance"], 900_000_000);
    let error = network.refused(&["stake", "bond", "--from", "alice", "--amount", "400", "--tera", "4"]);
    assert!(error.contains("economy") && error.contains("chain init"), "{error}");
}

#[test]
fn a_deployment_of_another_chain_is_refused_and_both_chains_are_named() {
    let network = Network::with_nodes(0);
    let file = network.home().join("deployment.json");
    let own: serde_json::Value = read(&network, "deployment.json");
    let mut other = own.clone();
    other["chain_id"] = "another-1".into();
    std::fs::write(&file, other.to_string()).unwrap();
    for command in [&["chain", "status"][..], &["chain", "serve"]] {
        let error = network.refused(command);
        for named in ["deployment.json", "another-1", own["chain_id"].as_str().unwrap()] {
            assert!(error.contains(named), "{error}");
        }
    }
    std::fs::write(&file, own.to_string()).unwrap();
    network.json(&["chain", "status"]);
}
