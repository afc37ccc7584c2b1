//! Data sets by command, on a chain of their own that the home folder knows.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use crate::common::{bithive, path, text};
use crate::page::Page;
use bithive_chain::{Embedded, ServeOptions, Server, Wallet};
use bithive_contracts::Contract;
use bithive_deploy::{Codes, Record, Role, Terms};
use bithive_home::deployments::{RECORD, folder};
use bithive_home::{write_founders, write_json};
use bithive_local::{Founders, open_chain};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::Value;

/// A chain of data sets, served, and the home folder that it was deployed from.
struct DataChain {
    home: tempfile::TempDir,
    chain: Embedded,
    server: Server,
    contracts: BTreeMap<Contract, String>,
    runtime: tokio::runtime::Runtime,
}

impl DataChain {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let founders = Founders::generate(&mut ChaCha20Rng::seed_from_u64(3)).unwrap();
        let (chain, server, contracts) = runtime.block_on(deployed(home.path(), &founders));
        Self { home, chain, server, contracts, runtime }
    }

    fn output(&self, words: &str) -> Output {
        let (home, url) = (path(self.home.path()), self.server.url());
        let words: Vec<_> = words.split(' ').collect();
        let arguments = [&["--home", &home], &words[..], &["--chain", &url]].concat();
        bithive(&arguments).arg("--json").output().unwrap()
    }

    fn run(&self, words: &str) -> Value {
        let output = self.output(words);
        assert!(output.status.success(), "{words}: {}", text(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn refused(&self, words: &str, named: &str) {
        let output = self.output(words);
        assert_eq!(output.status.code(), Some(2), "{words}: {}", text(&output));
        assert!(text(&output).contains(named), "{words}: {}", text(&output));
    }
}

async fn deployed(home: &Path, founders: &Founders) -> (Embedded, Server, BTreeMap<Contract, String>) {
    let chain = open_chain(None, founders).unwrap();
    let operator = Wallet::connect(Arc::new(chain.clone()), founders.operator.clone()).await.unwrap();
    let receivers = (founders.treasury.address(), founders.incentive_pool.address());
    let terms = Terms::without_market(Role::Data, receivers).unwrap();
    let mut record = Record::default();
    let mut save = |last: &Record| {
        record = last.clone();
        Ok(())
    };
    let outcome =
        bithive_deploy::deploy(&operator, Codes::Native, &terms, Record::default(), &mut save).await.unwrap();
    let folder = folder(home, &record.chain_id).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    write_json(&folder.join(RECORD), &record).unwrap();
    write_founders(&folder, founders).unwrap();
    let server = chain.serve(ServeOptions { clock: None, ..ServeOptions::default() }).await.unwrap();
    (chain, server, outcome.contracts)
}

#[test]
fn a_data_set_is_registered_paid_for_and_its_share_comes_back_without_an_attestation() {
    let data = DataChain::new();
    let digest = hex::encode([7; 32]);
    assert_eq!(data.run("dataset list")["entries"], Value::Array(vec![]));
    let registered = data
        .run(&format!("dataset register --from operator --digest {digest} --asset native:ubee --share 500"));
    assert_eq!(registered["id"], 1);
    let updated = data.run("dataset update 1 --from operator --share 700");
    assert_eq!((&updated["share"], &updated["active"]), (&700.into(), &true.into()));
    let jobs = data.contracts[&Contract::Attestations].clone();
    let deposit = format!(
        "dataset deposit 1 --from treasury --source-chain hive-1 --jobs {jobs} --job 7 --input-commitment {digest} --hours 1"
    );
    let deposited = data.run(&deposit);
    assert_eq!((&deposited["id"], &deposited["amount"]), (&1.into(), &700.into()));
    let shown = data.run("dataset show 1");
    assert_eq!(shown["deposits"]["entries"][0]["purpose"]["job_id"], 7);
    data.refused("dataset release 1 --from operator", "not attested");
    data.refused("dataset refund 1 --from operator", "in escrow until");
    data.runtime.block_on(data.chain.advance_time(3_601)).unwrap();
    assert_eq!(data.run("dataset refund 1 --from operator")["amount"], 700);
    let paid = data.run("dataset withdraw --from treasury --asset native:ubee");
    assert_eq!(paid["amount"], 700);

    data.run("dataset update 1 --from operator --active false");
    data.refused(&deposit, "takes no deposits");
    data.refused("dataset update 1 --from treasury --share 1", "owner");
    data.refused("dataset show 2", "there is no data set 2");
    data.refused(
        &format!("dataset register --from operator --digest {digest} --asset ubee --share 1"),
        "native:",
    );
    data.refused(
        &format!("dataset register --from operator --digest {digest} --asset native:ubee --share 0"),
        "--share is 0",
    );
    data.refused("dataset register --from operator --asset native:ubee --share 1", "--file");
    // A chain without a market has no tokens of the economy, and says so; its contracts have owners.
    data.refused("wallet list", "has no token");
    data.refused("treasury show", "has no");
    data.refused("registry show", "has no");
    let owned = data.run("owner show");
    assert_eq!(owned["contracts"].as_array().unwrap().len(), data.contracts.len());
    data.run("owner transfer attestations treasury");
    data.run("owner accept attestations --from treasury");
}

#[test]
fn a_chain_without_a_market_has_a_page_without_sessions() {
    let data = DataChain::new();
    let (home, url) = (path(data.home.path()), data.server.url());
    let page = Page::start(&["--home", &home, "page", "--listen", "127.0.0.1:0", "--chain", &url]);
    assert_eq!(page.answer["sessions"], Value::Array(vec![]));
    let config = page.get("/config.json", None).1;
    assert_eq!(config["contracts"]["datasets"], data.contracts[&Contract::Datasets].as_str());
    assert_eq!(config["contracts"]["attestations"], data.contracts[&Contract::Attestations].as_str());
    assert_eq!((&config["contracts"]["jobs"], &config["courier"]["endpoint"]), (&Value::Null, &Value::Null));
    assert_eq!(page.get("/health", None).1["ok"], true);
    assert_eq!(page.get("/reference-string", None).0, 404);
    page.stop();
    let elsewhere = tempfile::tempdir().unwrap();
    let arguments = ["--home", &path(elsewhere.path()), "page", "--chain", &url];
    let output = bithive(&arguments).output().unwrap();
    assert!(text(&output).contains("knows no deployment on"), "{}", text(&output));
}
