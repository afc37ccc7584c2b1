//! Disputes of keys over a whole chain: signed transactions, fees, and what they cost.

use std::io::Cursor;
use std::sync::Arc;

use bithive_api::registry::{KeyDispute, NodeRegistration};
use bithive_attest::{bls, possession_bytes};
use bithive_chain::{ChainError, Receipt, SigningKey};
use bithive_client::{Account, key_dispute};
use bithive_curve::G2;
use bithive_dgkbe::keys::column_range;
use bithive_dgkbe::opening::{Fault, KeyFile, Part, first_fault};
use bithive_dgkbe::{KeyPair, PublicKey};
use bithive_exchange::LocalNetwork;
use bithive_local::{BOUNTY_BPS, DISPUTE_DEPOSIT, Groups, Local, NODE_BOND};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

struct Town {
    local: Local,
    rng: ChaCha20Rng,
    disputer: Account,
}

/// A registered node's key file with its owner.
struct Node {
    address: String,
    slot: u16,
    commitment: [u8; 48],
    file: Vec<u8>,
}

impl Town {
    async fn new(slots: u16) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let local = Local::in_memory(Groups::new(1, slots).unwrap(), LocalNetwork::in_memory(), &mut rng)
            .await
            .unwrap();
        let disputer = local.account(SigningKey::generate(&mut rng)).await.unwrap();
        local.fund(disputer.address(), DISPUTE_DEPOSIT).await.unwrap();
        Self { local, rng, disputer }
    }

    /// Registers a node whose key file went through `change`.
    async fn node(&mut self, slot: u16, change: impl FnOnce(&PublicKey, &mut Vec<u8>)) -> Node {
        let public = KeyPair::generate(&self.local.crs, slot, &mut self.rng).unwrap().public;
        let mut file = public.encode();
        change(&public, &mut file);
        let account = self.local.account(SigningKey::generate(&mut self.rng)).await.unwrap();
        let key = bls::SecretKey::generate(&mut self.rng).unwrap();
        let bls_key = key.public_key();
        let domain = self.local.client.deployment().registry_domain();
        let possession = key.prove_possession(&possession_bytes(domain, account.address(), &bls_key));
        let (mut endpoint, commitment) = ([0; 32], public.commitment().encode());
        self.rng.fill_bytes(&mut endpoint);
        let registration = NodeRegistration {
            slot,
            dgkbe_key: (&commitment).into(),
            dgkbe_key_digest: blake3::hash(&file).as_bytes().into(),
            bls_key: (&bls_key).into(),
            bls_possession: (&possession).into(),
            attributes_commitment: (&[1; 32]).into(),
            endpoint: (&endpoint).into(),
        };
        self.local.fund(account.address(), NODE_BOND).await.unwrap();
        account.register_node(registration, NODE_BOND).await.unwrap();
        Node { address: account.address().into(), slot, commitment, file }
    }

    fn audit(&mut self, node: &Node) -> Option<Fault> {
        first_fault(&self.local.crs, node.slot, &node.commitment, &node.file, &mut self.rng).unwrap()
    }

    fn evidence(&self, node: &Node, part: Part) -> KeyDispute {
        let crs = Arc::clone(&self.local.crs);
        let expected = KeyFile {
            slots: crs.slots(),
            slot: node.slot,
            crs_digest: crs.digest(),
            commitment: &node.commitment,
        };
        let (key, crs) = (Cursor::new(&node.file), Cursor::new(crs.encode()));
        key_dispute(&node.address, expected, part, key, crs).unwrap()
    }

    async fn dispute(&self, node: &Node, part: Part) -> Result<Receipt, ChainError> {
        self.disputer.dispute_key(self.evidence(node, part), DISPUTE_DEPOSIT).await
    }

    async fn balance(&self) -> u128 {
        self.local.client.balance(self.disputer.address()).await.unwrap()
    }

    /// Every unit is where the books say.
    async fn books(&self) {
        let client = &self.local.client;
        let supply = client.supply().await.unwrap();
        let held: u128 = client.balances().await.unwrap().iter().map(|(_, balance)| balance).sum();
        assert_eq!(held, (supply.minted - supply.burnt).u128());
        let bonded = client.registry_config().await.unwrap().bonded.u128();
        assert_eq!(client.balance(client.deployment().registry()).await.unwrap(), bonded);
    }
}

fn wrong_element(index: u16) -> impl FnOnce(&PublicKey, &mut Vec<u8>) {
    move |public, file| {
        let other = *public.element(index).unwrap() + G2::generator();
        let place = column_range(public.slots(), public.slot(), index).unwrap();
        file[place].copy_from_slice(&other.encode());
    }
}

#[tokio::test]
async fn a_wrong_element_is_found_proven_and_paid_for() {
    let mut town = Town::new(48).await;
    let node = town.node(9, wrong_element(31)).await;
    let fault = town.audit(&node).unwrap();
    assert_eq!(fault, Fault::Equation { index: 31 });
    town.dispute(&node, fault.part()).await.unwrap();
    let bounty = NODE_BOND * u128::from(BOUNTY_BPS) / 10_000;
    assert_eq!(town.balance().await, DISPUTE_DEPOSIT + bounty);
    let client = &town.local.client;
    let after = client.node(&node.address).await.unwrap().unwrap();
    assert!(after.malformed && !after.eligible && after.unbonding_until.is_some());
    assert_eq!((after.bond.u128(), after.slashed.u128()), (0, NODE_BOND));
    assert_eq!(client.balance(&client.deployment().treasury).await.unwrap(), (NODE_BOND - bounty) / 2);
    town.books().await;
    let again = town.dispute(&node, fault.part()).await.unwrap_err();
    assert!(again.to_string().contains("proven malformed already"), "{again}");
    assert_eq!(town.balance().await, DISPUTE_DEPOSIT + bounty);
}

#[tokio::test]
async fn the_same_dispute_of_an_honest_node_costs_the_disputer() {
    let mut town = Town::new(48).await;
    let node = town.node(9, |_, _| {}).await;
    assert_eq!(town.audit(&node), None);
    town.dispute(&node, Part::Element(31)).await.unwrap();
    assert_eq!(town.balance().await, 0);
    let after = town.local.client.node(&node.address).await.unwrap().unwrap();
    assert!(after.eligible && !after.malformed);
    assert_eq!(after.bond.u128(), NODE_BOND);
    town.books().await;
}

#[tokio::test]
async fn evidence_against_another_node_moves_nothing() {
    let mut town = Town::new(48).await;
    let (honest, liar) = (town.node(9, |_, _| {}).await, town.node(10, wrong_element(31)).await);
    let mut evidence = town.evidence(&liar, Part::Element(31));
    evidence.node = honest.address.clone();
    let error = town.disputer.dispute_key(evidence, DISPUTE_DEPOSIT).await.unwrap_err();
    assert!(error.to_string().contains("opening of the key"), "{error}");
    assert_eq!(town.balance().await, DISPUTE_DEPOSIT);
    assert!(town.local.client.node(&honest.address).await.unwrap().unwrap().eligible);
    town.books().await;
}

#[tokio::test]
async fn bytes_that_are_no_point_are_found_and_proven() {
    let mut town = Town::new(48).await;
    let garbage = |public: &PublicKey, file: &mut Vec<u8>| {
        let place = column_range(public.slots(), public.slot(), 2).unwrap();
        file[place].fill(0x9f);
    };
    let node = town.node(48, garbage).await;
    let fault = town.audit(&node).unwrap();
    assert_eq!(fault, Fault::Point { index: 2 });
    town.dispute(&node, fault.part()).await.unwrap();
    assert!(town.local.client.node(&node.address).await.unwrap().unwrap().malformed);
    town.books().await;
}

/// What the README of the registry states, at its number of slots. Gas counts no time, so it is the same everywhere.
#[tokio::test]
async fn a_dispute_costs_what_the_readme_says() {
    let mut town = Town::new(1024).await;
    let node = town.node(9, wrong_element(31)).await;
    town.local.fund(town.disputer.address(), 3 * DISPUTE_DEPOSIT).await.unwrap();
    // Element and power of 21 lie across two chunks of their files, those of 31 within one.
    for (part, most_bytes, most_gas) in [
        (Part::Header, 3_000, 400_000),
        (Part::End, 3_000, 400_000),
        (Part::Element(21), 10_000, 500_000),
        (Part::Element(31), 6_500, 550_000),
    ] {
        let evidence = town.evidence(&node, part);
        let message = cosmwasm_std::to_json_binary(&evidence).unwrap();
        let receipt = town.dispute(&node, part).await.unwrap();
        let bytes = message.to_base64().len();
        println!("{part:?}: {} B of JSON, {bytes} B inside Send, {} gas", message.len(), receipt.gas_used);
        println!("  {:?}", receipt.host_calls.unwrap());
        assert!(bytes <= most_bytes, "{part:?}: {bytes} bytes");
        assert!(receipt.gas_used <= most_gas, "{part:?}: {} gas", receipt.gas_used);
    }
    assert!(town.local.client.node(&node.address).await.unwrap().unwrap().malformed);
}
