//! Oracles of BOINC credit, as processes would run: each with an export of its own.

use std::time::Duration;

use bithive_api::timebank::{ExecuteMsg, Oracle};
use bithive_attest::bls::SecretKey;
use bithive_attest::{Domain, possession_bytes};
use bithive_chain::{SigningKey, Wallet};
use bithive_client::{Account, Client, EconomyAccount, EconomyClient};
use bithive_daemon::Event;
use bithive_daemon::config::{
    ChainConfig, LogConfig, MetricsConfig, OracleConfig, Place, ProjectConfig, RpcUrl,
};
use bithive_daemon::oracle::report::Report;
use bithive_local::UNIT;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::run::{Running, World};

const PROJECT: &str = "https://boinc.example/";

struct Oracles {
    client: Client,
    folder: tempfile::TempDir,
    keys: Vec<(SigningKey, SecretKey)>,
    world: World,
}

impl Oracles {
    /// Three oracles, of whom two have to sign.
    async fn new() -> Self {
        let world = World::with_economy().await;
        let client = world.client.clone();
        let mut rng = ChaCha20Rng::seed_from_u64(11);
        let keys: Vec<_> = (0..3)
            .map(|index| {
                (world.founders.committee[index].account.clone(), SecretKey::generate(&mut rng).unwrap())
            })
            .collect();
        let wallet = Wallet::connect(client.chain().clone(), world.founders.operator.clone()).await.unwrap();
        let economy = EconomyClient::new(client.clone()).unwrap();
        let operator = EconomyAccount::new(economy, Account::new(client.clone(), wallet));
        let deployment = client.deployment();
        let domain = Domain { chain_id: &deployment.chain_id, contract: deployment.timebank().unwrap() };
        let oracle = |(account, bls): &(SigningKey, SecretKey)| {
            let key = bls.public_key();
            let proof = bls.prove_possession(&possession_bytes(domain, account.address(), &key));
            Oracle {
                account: account.address().into(),
                bls_key: (&key).into(),
                bls_possession: (&proof).into(),
            }
        };
        let oracles = keys.iter().map(oracle).collect();
        operator.timebank(&ExecuteMsg::SetOracles { oracles, threshold: 2 }).await.unwrap();
        operator.fund_timebank(1_000 * UNIT).await.unwrap();
        Self { client, folder: tempfile::tempdir().unwrap(), keys, world }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn holder(&self) -> &str {
        self.world.founders.treasury.address()
    }

    /// What the project exports on a day: a user who names an account, and hosts with these totals.
    fn export(&self, day: &str, totals: &[(u64, u64)]) {
        let users = format!(
            "<users><user><id>1</id><total_credit>9</total_credit><url>bithive:{}</url></user>\
             <user><id>2</id><total_credit>9</total_credit><url>bithive:bithive1nobody</url></user></users>",
            self.holder()
        );
        let host = |(id, total): &(u64, u64)| {
            let user = if *id == 99 { 2 } else { 1 };
            format!(
                "<host><id>{id}</id><userid>{user}</userid><total_credit>{total}.75</total_credit></host>"
            )
        };
        let hosts = format!("<hosts>{}</hosts>", totals.iter().map(host).collect::<String>());
        self.put(&format!("{day}-user.xml"), &users);
        self.put(&format!("{day}-host.xml"), &hosts);
    }

    /// Whole at once: an oracle may be reading.
    fn put(&self, name: &str, text: &str) {
        let new = self.path("new");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, self.path(name)).unwrap();
    }

    /// The oracle with this number, which reads the exports of a day.
    fn start(&self, index: usize, day: &str) -> Running {
        let place = |name: String| Place::File(self.path(&name));
        let published = |index: usize| self.path(&format!("signed-{index}.json"));
        let others = (0..3).filter(|other| *other != index);
        let config = OracleConfig {
            role: "oracle".into(),
            keys: self.path("unused"),
            data: self.path(&format!("oracle-{index}")),
            every: Duration::from_millis(100),
            publish: published(index),
            peers: others.map(|other| Place::File(published(other))).collect(),
            chain: ChainConfig::new("http://unused".parse::<RpcUrl>().unwrap(), self.path("unused")),
            project: vec![ProjectConfig {
                url: PROJECT.parse().unwrap(),
                users: place(format!("{day}-user.xml")),
                hosts: place(format!("{day}-host.xml")),
                per_day: "1000".parse().unwrap(),
                first: "50000".parse().unwrap(),
            }],
            metrics: MetricsConfig::default(),
            log: LogConfig::default(),
        };
        let client = self.client.clone();
        let (account, bls) = &self.keys[index];
        let keys = (account.clone(), SecretKey::from_bytes(&bls.to_bytes()).unwrap());
        Running::start(move |events, stop| async move {
            bithive_daemon::oracle::run_on(&client, &config, keys, events, stop).await
        })
    }

    async fn imported(&self, host: u64) -> Option<(u64, u64)> {
        let economy = EconomyClient::new(self.client.clone()).unwrap();
        let host = economy.boinc_host(PROJECT, host).await.unwrap();
        host.map(|host| (host.total, host.credits))
    }
}

fn left_out(event: &Event, of: u64, why: &str) -> bool {
    matches!(event, Event::Oracle(Report::LeftOut { host, reason, .. }) if *host == of && reason.contains(why))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_alone_imports_nothing_and_different_exports_agree() {
    let oracles = Oracles::new().await;
    // Host 8 is too large to be new, 99 names no address of the chain.
    oracles.export("monday", &[(7, 10_000), (8, 60_000), (99, 5_000)]);
    oracles.export("tuesday", &[(7, 10_400), (8, 60_000), (99, 5_000)]);
    let mut first = oracles.start(0, "tuesday");
    let signed = |total: u64| move |event: &Event| matches!(event, Event::Oracle(Report::Signed { host: 7, total: found, .. }) if *found == total);
    first.until(signed(10_400)).await;
    first.until(|event| left_out(event, 8, "it is new")).await;
    first.until(|event| left_out(event, 99, "no address")).await;
    assert!(oracles.path("signed-0.json").exists());
    assert_eq!(oracles.imported(7).await, None, "one of two");
    let mut second = oracles.start(1, "monday");
    second.until(signed(10_000)).await;
    // The first one co-signs the smaller total, which is true as well.
    let economy = EconomyClient::new(oracles.client.clone()).unwrap();
    let imported = async {
        while oracles.imported(7).await.is_none() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), imported).await.expect("two agree");
    assert_eq!(oracles.imported(7).await, Some((10_000, 100)));
    assert_eq!(economy.credits(oracles.holder()).await.unwrap(), 100);
    assert_eq!((oracles.imported(8).await, oracles.imported(99).await), (None, None));
    first.stop().await;
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credit_that_falls_or_jumps_is_told_and_not_signed_also_after_a_restart() {
    let oracles = Oracles::new().await;
    oracles.export("day", &[(7, 10_000), (8, 10_000)]);
    let mut first = oracles.start(0, "day");
    let mut second = oracles.start(1, "day");
    for running in [&mut first, &mut second] {
        running.until(|event| matches!(event, Event::Oracle(Report::Signed { host: 8, .. }))).await;
    }
    let both = async {
        while oracles.imported(7).await.is_none() || oracles.imported(8).await.is_none() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), both).await.expect("two agree");
    for running in [first, second] {
        running.stop().await;
    }
    // In a moment nobody gains 5,000.
    oracles.export("day", &[(7, 15_000), (8, 9_000)]);
    let (mut first, mut second) = (oracles.start(0, "day"), oracles.start(1, "day"));
    for running in [&mut first, &mut second] {
        running.until(|event| left_out(event, 7, "it gained 5000")).await;
        running.until(|event| left_out(event, 7, "it gained 5000")).await;
    }
    assert_eq!(oracles.imported(7).await, Some((10_000, 100)), "once, and nothing more");
    assert_eq!(oracles.imported(8).await, Some((10_000, 100)), "what was counted stays counted");
    for running in [first, second] {
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_or_a_broken_peer_stops_nobody() {
    let oracles = Oracles::new().await;
    oracles.export("day", &[(7, 10_000)]);
    // The third oracle's file is no file of an oracle.
    oracles.put("signed-2.json", "{\"statements\": \"everything\"}");
    let (mut first, second) = (oracles.start(0, "day"), oracles.start(1, "day"));
    let waits = |event: &Event| matches!(event, Event::Waits { duty, reason } if duty == "others" && reason.contains("signed-2.json"));
    first.until(waits).await;
    let agreed = async {
        while oracles.imported(7).await.is_none() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), agreed).await.expect("two agree");
    for running in [first, second] {
        running.stop().await;
    }
}
