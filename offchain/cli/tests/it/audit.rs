//! Keys are audited, and a malformed one is proven on the chain, by separate commands.

use std::sync::Arc;

use crate::common::{Network, bithive, path};
use bithive_api::registry::NodeRegistration;
use bithive_attest::{bls, possession_bytes};
use bithive_chain::{Chain, Wallet};
use bithive_client::{Account, Client, Deployment};
use bithive_dgkbe::KeyPair;
use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::keys::column_range;
use bithive_exchange::{EndpointKey, Exchange, LocalNetwork};
use bithive_keystore::{Keystore, Password};
use bithive_local::{Founders, NODE_BOND, open_chain};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::Value;

const SLOT: u16 = 7;
/// 20 % of the bond, in base units.
const BOUNTY: u64 = 200_000_000;

/// Runs a command that finds something, with exit code 1, and returns what it found.
fn found(network: &Network, arguments: &[&str]) -> Value {
    let home = path(&network.home());
    let output = bithive(&network.arguments(&home, arguments)).arg("--json").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", crate::common::text(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn read(network: &Network, file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(network.home().join(file)).unwrap()).unwrap()
}

/// Mallory registers a key whose first two elements have changed places, and publishes it if `published`.
/// Returns her address and the file.
async fn mallory(network: &Network, published: bool) -> (String, Vec<u8>) {
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let home = network.home();
    let deployment: Deployment = serde_json::from_value(read(network, "deployment.json")).unwrap();
    let crs = UnverifiedCrs::decode(&std::fs::read(home.join("crs.bin")).unwrap()).unwrap();
    let crs = crs.verify(rng).unwrap();
    let public = KeyPair::generate(&crs, SLOT, rng).unwrap().public;
    let mut file = public.encode();
    let place = |index| column_range(crs.slots(), SLOT, index).unwrap().start;
    let (first, second) = file[place(1)..].split_at_mut(96);
    first.swap_with_slice(&mut second[..96]);

    let endpoint = EndpointKey::generate(rng).id();
    let exchange = LocalNetwork::at(&home.join("exchange")).unwrap().endpoint(endpoint);
    let digest = LocalNetwork::in_memory().endpoint(endpoint).publish(file.clone().into()).await.unwrap();
    if published {
        assert_eq!(exchange.publish(file.clone().into()).await.unwrap(), digest);
    }
    let password = Password::read(&home.join("password")).unwrap();
    let key =
        Keystore::open(&home.join("wallets/mallory.json"), &password).unwrap().account("account").unwrap();
    let bls_key = bls::SecretKey::generate(rng).unwrap();
    let possession = possession_bytes(deployment.registry_domain(), key.address(), &bls_key.public_key());
    let registration = NodeRegistration {
        slot: SLOT,
        dgkbe_key: (&public.commitment().encode()).into(),
        dgkbe_key_digest: (&digest).into(),
        bls_key: (&bls_key.public_key()).into(),
        bls_possession: (&bls_key.prove_possession(&possession)).into(),
        attributes_commitment: (&[1; 32]).into(),
        endpoint: (&endpoint.0).into(),
    };
    let chain: Arc<dyn Chain> =
        Arc::new(open_chain(Some(&home.join("chain")), &Founders::generate(rng).unwrap()).unwrap());
    let account =
        Account::new(Client::new(chain.clone(), deployment), Wallet::connect(chain, key).await.unwrap());
    account.register_node(registration, NODE_BOND).await.unwrap();
    (account.address().to_owned(), file)
}

fn network() -> Network {
    let network = Network::with_nodes(2);
    network.json(&["wallet", "new", "mallory"]);
    network.json(&["wallet", "fund", "mallory", "--amount", "1000"]);
    network
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}

#[test]
fn sound_keys_pass_the_audit() {
    let network = Network::with_nodes(2);
    let findings = network.json(&["node", "audit"]);
    let verdicts: Vec<_> = findings.as_array().unwrap().iter().map(|row| &row["verdict"]).collect();
    assert_eq!(verdicts, ["sound", "sound"]);
    // There is nothing to dispute, so nothing is paid.
    network.json(&["node", "audit", "n1", "--dispute", "--from", "alice"]);
    assert_eq!(network.json(&["wallet", "show", "alice"])["balance"], 900_000_000);
}

#[test]
fn a_malformed_key_is_found_disputed_and_leaves() {
    let network = network();
    let (address, _) = run(mallory(&network, true));
    let findings = found(&network, &["node", "audit"]);
    let row = findings.as_array().unwrap().iter().find(|row| row["slot"] == SLOT).unwrap();
    assert_eq!((&row["verdict"], &row["address"]), (&"malformed".into(), &address.as_str().into()));
    assert_eq!(row["detail"], "element 1 is another point");
    assert!(row.get("dispute").is_none(), "an audit alone pays nothing");

    let findings = found(&network, &["node", "audit", &address, "--dispute", "--from", "alice"]);
    assert_eq!(findings[0]["dispute"]["bounty"], BOUNTY);
    assert_eq!(findings[0]["dispute"]["taken"], 5 * BOUNTY);
    assert_eq!(network.json(&["wallet", "show", "alice"])["balance"], 900_000_000 + BOUNTY);
    let nodes = network.json(&["node", "list"]);
    let row = nodes.as_array().unwrap().iter().find(|row| row["slot"] == SLOT).unwrap();
    assert_eq!((&row["eligible"], &row["bond"]), (&false.into(), &0.into()));
    assert_eq!(network.json(&["chain", "status"])["conserved"], true);
    // Once proven, there is nothing left to do.
    let again = network.json(&["node", "audit", "--dispute", "--from", "alice"]);
    assert_eq!(
        again.as_array().unwrap().iter().find(|row| row["slot"] == SLOT).unwrap()["verdict"],
        "proven"
    );
}

#[test]
fn a_key_that_nobody_gives_is_judged_from_a_file() {
    let network = network();
    let (address, file) = run(mallory(&network, false));
    let findings = found(&network, &["node", "audit", &address, "--dispute", "--from", "alice"]);
    assert_eq!(findings[0]["verdict"], "unavailable");
    assert!(findings[0]["detail"].as_str().unwrap().contains("not available"), "{findings}");
    let file = network.file("mallory.key", &file);
    let findings = found(&network, &["node", "audit", &address, "--file", &file]);
    assert_eq!(findings[0]["verdict"], "malformed");
}

#[test]
fn bad_arguments_change_nothing() {
    let network = Network::with_nodes(2);
    let other = network.file("other.key", b"no key");
    let before = network.json(&["chain", "status"]);
    for (arguments, named) in [
        (&["node", "audit", "n1", "--dispute"][..], "--from"),
        (&["node", "audit", "n1", "--from", "alice"], "--dispute"),
        (&["node", "audit", "--file", &other], "name that node"),
        (&["node", "audit", "n1", "--file", &other], "is not the key of slot 1"),
        (&["node", "audit", "n1", "--file", "/no/such/file"], "/no/such/file"),
        (&["node", "audit", "n9"], "n9"),
    ] {
        let error = network.refused(arguments);
        assert!(error.contains(named), "{arguments:?} said: {error}");
    }
    assert_eq!(network.json(&["chain", "status"]), before);
}
