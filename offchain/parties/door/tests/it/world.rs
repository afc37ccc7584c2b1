//! A chain, a seller with a door, and a payer.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bithive_api::asset::Asset;
use bithive_api::flows::{Event, FlowResponse, Key, Open, Terms, events};
use bithive_chain::{Chain as _, Embedded, SigningKey as AccountKey, Wallet};
use bithive_client::{Account, Client, Flows};
use bithive_door::{Door, DoorOptions, DoorTerms, Ledger, Service};
use bithive_inference::{Device, Model};
use bithive_local::{Founders, Groups, ceremony, deploy_economy, fee_grant, open_chain};
use bithive_monitor::Metrics;
use bithive_signed::voucher::Voucher as Text;
use bithive_state::Owner;
use bithive_x402::{Accepted, Amount, Payment, Signature, Voucher};
use ed25519_dalek::{Signer as _, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tempfile::TempDir;

use crate::wire::{Said, ask};

pub const PRICE: u128 = 10_000;
pub const DEPOSIT: u128 = 1_000_000;
pub const HOUR: u64 = 3_600;
const MODEL: &[u8] = include_bytes!("../../../../../models/wdbc.onnx");
const ROWS: &str = include_str!("../../../../../data/wdbc/holdout.csv");

/// The header line and one row of the demonstration's data.
pub fn row(number: usize) -> Vec<u8> {
    let mut lines = ROWS.lines();
    let head = lines.next().unwrap();
    format!("{head}\n{}\n", lines.nth(number).unwrap()).into_bytes()
}

pub struct World {
    pub chain: Embedded,
    pub seller: Account,
    pub payer: Account,
    pub payer_key: AccountKey,
    pub flows: Flows,
    pub btt: Asset,
    pub voucher_key: SigningKey,
    rng: ChaCha20Rng,
    pub folder: TempDir,
}

impl World {
    pub async fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(402);
        let groups = Groups::new(1, 4).unwrap();
        let crs = ceremony(groups.size(), &mut rng).unwrap();
        let founders = Founders::generate(&mut rng).unwrap();
        let chain = open_chain(None, &founders).unwrap();
        let deployment =
            deploy_economy(Arc::new(chain.clone()), &founders, &crs, groups.count()).await.unwrap();
        let client = Client::new(Arc::new(chain.clone()), deployment);
        let operator = account(&client, founders.operator.clone()).await;
        let [seller_key, payer_key] = [0, 1].map(|_| AccountKey::generate(&mut rng));
        for key in [&seller_key, &payer_key] {
            operator.grant(key.address(), 100 * DEPOSIT, fee_grant()).await.unwrap();
        }
        let (seller, payer) = (account(&client, seller_key).await, account(&client, payer_key.clone()).await);
        let btt = Asset::Cw20(client.deployment().token().to_owned());
        let flows = Flows::new(client.clone()).unwrap();
        let voucher_key = SigningKey::from_bytes(&[7; 32]);
        let folder = tempfile::tempdir().unwrap();
        Self { chain, seller, payer, payer_key, flows, btt, voucher_key, rng, folder }
    }

    pub fn terms(&self) -> DoorTerms {
        DoorTerms {
            payee: self.seller.address().to_owned(),
            asset: self.btt.clone(),
            price: PRICE,
            min_deposit: 10 * PRICE,
            min_notice: HOUR,
            exposure: 50 * PRICE,
            redeem_every: Duration::from_secs(86_400),
            offer: None,
        }
    }

    fn records(&self) -> PathBuf {
        self.folder.path().join("door.redb")
    }

    /// Whose the door's records are.
    pub fn owner(&self) -> Owner {
        Owner {
            account: self.seller.address().into(),
            chain_id: self.flows.chain_id().into(),
            registry: self.flows.contract().into(),
        }
    }

    pub async fn options(&self, terms: DoorTerms) -> DoorOptions {
        let ledger = Ledger::open(&self.records(), &self.owner()).unwrap();
        let service = Service::new(Model::load(MODEL, Device::Cpu).unwrap(), 16, 2);
        DoorOptions::new(service, ledger, Some((self.seller.clone(), terms)))
    }

    pub async fn door(&self) -> Door {
        self.door_with(self.terms()).await.0
    }

    pub async fn door_with(&self, terms: DoorTerms) -> (Door, Metrics) {
        Door::start(self.options(terms).await).await.unwrap()
    }

    /// Opens a flow by vouchers from the payer to the seller.
    pub async fn flow(&self) -> u64 {
        self.flow_of(|_| {}).await
    }

    pub async fn flow_of(&self, change: impl Fn(&mut Open)) -> u64 {
        let now = self.chain.info().await.unwrap().time.seconds();
        let key = Key::Ed25519(self.voucher_key.verifying_key().as_bytes().into());
        let terms = Terms::Vouchers { key, notice: HOUR, ends: now + 100 * HOUR };
        let mut open = Open { payee: self.seller.address().into(), terms, transferable: false };
        change(&mut open);
        let receipt = self.flows.open(&self.payer, (&self.btt, DEPOSIT), open).await.unwrap();
        let opened = |event| match event {
            Event::Opened { id, .. } => Some(id),
            _ => None,
        };
        receipt.announced(self.flows.contract(), events::OPENED, opened).unwrap().0
    }

    pub async fn on_chain(&self, flow: u64) -> FlowResponse {
        self.flows.flow(flow).await.unwrap().unwrap()
    }

    pub fn voucher(&self, flow: u64, cumulative: u128) -> Voucher {
        self.voucher_for((self.flows.chain_id(), self.flows.contract()), flow, cumulative)
    }

    /// A voucher that is truly signed, for any chain and contract.
    pub fn voucher_for(&self, (chain_id, contract): (&str, &str), flow: u64, cumulative: u128) -> Voucher {
        let text = Text { chain_id, contract, flow, cumulative }.text();
        let signature = Signature(self.voucher_key.sign(text.as_bytes()).to_bytes());
        let (chain_id, contract) = (chain_id.to_owned(), contract.to_owned());
        Voucher { chain_id, contract, flow, cumulative: Amount(cumulative), signature }
    }

    /// What the door asks for.
    pub async fn accepted(&self, door: SocketAddr) -> Accepted {
        ask(door, b"", None).await.required().accepts[0].clone()
    }

    /// Asks for a prediction of a row, and pays with the voucher for the n-th price of a flow.
    pub async fn pay(&self, door: SocketAddr, flow: u64, nth: u128, number: usize) -> Said {
        let accepted = self.accepted(door).await;
        let voucher = self.voucher(flow, nth * PRICE);
        ask(door, &row(number), Some(&Payment::with_voucher(None, accepted, voucher))).await
    }

    pub fn another_key(&mut self) -> AccountKey {
        AccountKey::generate(&mut self.rng)
    }
}

pub async fn account(client: &Client, key: AccountKey) -> Account {
    Account::new(client.clone(), Wallet::connect(client.chain().clone(), key).await.unwrap())
}

/// Waits until something holds that the door does by itself.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what}");
}
