//! Transactions, also in files, and contract messages, run on a chain that has the contracts, a node, a requester and an open job.
//! Nothing is committed: every input meets the same chain.

use std::sync::{Arc, LazyLock};

use bithive_api::jobs::Terms;
use bithive_chain::{
    Chain, ChainError, Content, Embedded, Message, RawTx, SigningKey, TxFile, Wallet, validate_address,
};
use bithive_client::{Account, Client, Deployment};
use bithive_economics::escrow;
use bithive_local::{Founders, NODE_BOND, REQUESTER_BOND, UNIT, deploy, fee_grant, open_chain};
use bithive_node::NodeKeys;
use cosmrs::proto::traits::Message as _;
use cosmrs::tx::{Body, Fee, Raw, SignerInfo};
use cosmwasm_std::{Binary, Uint128, to_json_vec};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::broadcast::{Group, rng};
use crate::choose;
use crate::memory::Budget;
use crate::policy::attributes;

/// A transaction runs contracts; its gas bounds what they allocate.
pub const BUDGET: Budget = Budget { fixed: 32 << 20, per_byte: 256 };

type Fault = Box<dyn std::error::Error>;

/// A chain with everything on it, the same in every run.
pub struct Fixture {
    /// Runs what waits for the chain.
    pub runtime: Runtime,
    /// The embedded chain that inputs run on.
    pub chain: Embedded,
    /// Addresses of its contracts.
    pub deployment: Deployment,
    /// The operator, who is also the requester, and a node.
    pub keys: [SigningKey; 2],
    /// The terms of the job that is open.
    pub terms: Terms,
    /// The node, as it registered.
    pub node: bithive_api::registry::NodeRegistration,
    wallets: Vec<Wallet>,
    height: u64,
}

static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| Fixture::new().expect("a chain of fixed seed"));

impl Fixture {
    /// The chain of this target's inputs.
    ///
    /// # Errors
    /// None for the fixed seed.
    pub fn new() -> Result<Self, Fault> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(Self::build()).map(|build| build(runtime))
    }

    async fn build() -> Result<impl FnOnce(Runtime) -> Self, Fault> {
        let mut rng = rng();
        let founders = Founders::generate(&mut rng)?;
        let group = Group::new()?;
        let chain = open_chain(None, &founders)?;
        let handle: Arc<dyn Chain> = Arc::new(chain.clone());
        let deployment = deploy(handle.clone(), &founders, &group.crs, group.groups.count()).await?;
        let client = Client::new(handle.clone(), deployment.clone());
        let (keys, public) = NodeKeys::generate(&group.crs, group.groups, 1, &mut rng)?;
        let own = attributes(24, "eu", &["gdpr"]);
        let node = keys.registration(deployment.registry_domain(), 1, &public, &own);

        let account = |wallet| Account::new(client.clone(), wallet);
        let operator = account(Wallet::connect(handle.clone(), founders.operator.clone()).await?);
        let worker = account(Wallet::connect(handle.clone(), keys.account.clone()).await?);
        operator.grant(worker.address(), 2 * NODE_BOND, fee_grant()).await?;
        worker.register_node(node.clone(), NODE_BOND).await?;
        operator.register_requester([4; 32], REQUESTER_BOND).await?;
        let terms = terms(chain.info().await?.time.seconds() + 3600);
        let escrow = escrow(terms.price.u128(), terms.workers).ok_or("more than an amount holds")?;
        operator.post_job(&VAULT, terms.clone(), escrow).await?;

        let keys = [founders.operator.clone(), keys.account.clone()];
        let mut wallets = Vec::new();
        for key in &keys {
            wallets.push(Wallet::connect(handle.clone(), key.clone()).await?);
        }
        let height = chain.info().await?.height;
        Ok(move |runtime| Self { runtime, chain, deployment, keys, terms, node, wallets, height })
    }

    /// Token, registry or market.
    fn contract(&self, choice: u8) -> &str {
        [self.deployment.token(), self.deployment.registry(), self.deployment.jobs()][usize::from(choice % 3)]
    }

    fn wallet(&self, choice: u8) -> &Wallet {
        &self.wallets[usize::from(choice) % self.wallets.len()]
    }

    /// A transaction of `key` with these messages, without a valid signature.
    ///
    /// # Errors
    /// None for messages of the right form.
    pub fn transaction(&self, key: &SigningKey, messages: Vec<cosmrs::Any>) -> Result<Vec<u8>, Fault> {
        let sequence = self.runtime.block_on(self.chain.account(key.address()))?.sequence;
        let fee = Fee::from_amount_and_gas(cosmrs::Coin::new(100_000, "ubee")?, 1_000_000u64);
        let auth = SignerInfo::single_direct(Some(key.public_key()), sequence).auth_info(fee);
        let body = Body::new(messages, "", 0u8);
        let raw = cosmrs::proto::cosmos::tx::v1beta1::TxRaw {
            body_bytes: body.into_bytes()?,
            auth_info_bytes: auth.into_bytes()?,
            signatures: vec![vec![0; 64]],
        };
        Ok(raw.encode_to_vec())
    }
}

/// Vault of the job that is open.
pub const VAULT: [u8; 100] = [0xb0; 100];

/// One worker, so that a single node can be assigned.
fn terms(assign_by: u64) -> Terms {
    Terms {
        workers: 1,
        quorum: 1,
        tolerance: 2,
        dimensions: 4,
        price: Uint128::new(10 * UNIT),
        assign_by,
        commit_seconds: 600,
        reveal_seconds: 600,
        finalize_seconds: 600,
        model: (&[0x3d; 32]).into(),
        model_owner: None,
        data_owner: None,
    }
}

/// The first byte chooses what the rest is.
pub fn check(input: &[u8]) {
    let fixture = &*FIXTURE;
    match choose(input, 7) {
        None => {}
        Some((0, bytes)) => fixture.runtime.block_on(transaction(fixture, bytes)),
        Some((1, bytes)) => fixture.runtime.block_on(forged(fixture, bytes)),
        Some((2, bytes)) => fixture.runtime.block_on(execute(fixture, bytes)),
        Some((3, bytes)) => fixture.runtime.block_on(send(fixture, bytes)),
        Some((4, bytes)) => fixture.runtime.block_on(query(fixture, bytes)),
        Some((5, bytes)) => address(bytes),
        Some((_, bytes)) => tx_file(bytes),
    }
}

/// Runs on the chain's next block, as a simulation does.
async fn transaction(fixture: &Fixture, bytes: &[u8]) {
    if let Ok(raw) = RawTx::parse(bytes) {
        assert_eq!(raw.bytes(), bytes);
        // One that holds is these very bytes.
        if let Ok(file) = raw.signed_for(&fixture.deployment.chain_id, 0) {
            assert_eq!(file.signed().expect("it holds").bytes, bytes);
        }
    }
    if fixture.chain.simulate(bytes).await.is_ok() {
        assert!(Raw::from_bytes(bytes).is_ok(), "what runs is a transaction to others, too");
    }
}

/// Nobody signed it, so it changes nothing.
async fn forged(fixture: &Fixture, bytes: &[u8]) {
    assert!(fixture.chain.broadcast(bytes).await.is_err(), "a transaction that nobody signed");
    let height = fixture.chain.info().await.expect("a chain that runs").height;
    assert_eq!(height, fixture.height, "no block for a refused transaction");
}

/// A sender, a contract, and a message as JSON.
async fn execute(fixture: &Fixture, bytes: &[u8]) {
    let Some(([sender, contract], msg)) = bytes.split_first_chunk::<2>() else { return };
    run(fixture, *sender, fixture.contract(*contract), msg.to_vec()).await;
}

/// A sender, a contract, an amount, and the message that the contract gets with the tokens.
async fn send(fixture: &Fixture, bytes: &[u8]) {
    let Some(([sender, contract, amount @ ..], msg)) = bytes.split_first_chunk::<10>() else { return };
    let msg = bithive_api::token::ExecuteMsg::Send {
        contract: fixture.contract(*contract).to_owned(),
        amount: u64::from_be_bytes(*amount).into(),
        msg: Binary::from(msg),
    };
    let msg = to_json_vec(&msg).expect("a message has a JSON form");
    run(fixture, *sender, fixture.deployment.token(), msg).await;
}

async fn run(fixture: &Fixture, sender: u8, contract: &str, msg: Vec<u8>) {
    let message = Message::Execute { contract: contract.to_owned(), msg, funds: Vec::new() };
    let outcome = fixture.wallet(sender).simulate(&[message]).await;
    assert!(!matches!(outcome, Err(ChainError::NodeDown { .. })), "the chain still runs: {outcome:?}");
}

/// A contract, and a query as JSON.
async fn query(fixture: &Fixture, bytes: &[u8]) {
    let Some((contract, msg)) = bytes.split_first() else { return };
    match fixture.chain.query_smart(fixture.contract(*contract), msg.to_vec()).await {
        Ok(answer) => assert!(serde_json::from_slice::<Value>(&answer).is_ok(), "an answer is JSON"),
        Err(error) => assert!(!matches!(error, ChainError::NodeDown { .. }), "the chain still runs"),
    }
}

/// A transaction in a file, which may come from anybody. What is shown of it is what is signed.
fn tx_file(bytes: &[u8]) {
    let Ok(file) = TxFile::from_json(bytes) else { return };
    for content in file.messages() {
        if let Content::Unknown { type_url, .. } = content {
            assert!(type_url.bytes().all(|byte| byte.is_ascii_graphic()), "a type URL is plain");
        }
    }
    assert_eq!(
        file.check_known().is_ok(),
        file.messages().all(|content| matches!(content, Content::Known(_)))
    );
    if let Ok(tx) = file.signed() {
        assert!(Raw::from_bytes(&tx.bytes).is_ok(), "what is signed is a transaction to others, too");
        let raw = RawTx::parse(&tx.bytes).expect("a signed transaction is read");
        assert_eq!(raw.signed_for(file.chain_id(), file.account().number).as_ref(), Ok(&file));
    }
    // Spaces that it has, and its writer has not, can make it longer than a file may be.
    if let Ok(text) = file.to_json() {
        let again = TxFile::from_json(text.as_bytes()).expect("what is written is read");
        assert_eq!(again, file);
    }
}

fn address(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else { return };
    if let Ok(id) = validate_address(text) {
        assert_eq!(id.as_ref(), text, "an address has one spelling");
        assert!([20, 32].contains(&id.to_bytes().len()));
    }
}
