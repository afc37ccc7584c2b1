//! A chain with a rich account and a probe.

use crate::probe;
use bithive_chain::{
    Account, Chain, ChainExt, ChainInfo, Cosmos, CosmosOptions, Embedded, EmbeddedBuilder, Message,
    ServeOptions, Server, SigningKey, Wallet, fee_for_gas,
};
use cosmrs::{
    proto::{
        cosmos::tx::v1beta1::{SignDoc, TxRaw},
        traits::Message as _,
    },
    tx::{Body, Fee, Msg, SignerInfo},
};
use cosmwasm_std::{Coin, Empty, coins};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{sync::Arc, time::Duration};

pub(crate) const DENOM: &str = "ubee";
pub(crate) const RICH: u128 = 1_000_000_000_000;

pub(crate) fn key(seed: u64) -> SigningKey {
    SigningKey::generate(&mut ChaCha20Rng::seed_from_u64(seed))
}

/// Accounts 1 to 9 are rich; code 1 and code 2 are probes.
pub(crate) fn builder() -> EmbeddedBuilder {
    let builder =
        Embedded::builder().chain_id("test-1").code("probe", probe::contract).code("probe2", probe::contract);
    (1..10).fold(builder, |builder, seed| builder.genesis_balance(key(seed).address(), coins(RICH, DENOM)))
}

pub(crate) async fn wallet(chain: &Arc<dyn Chain>, seed: u64) -> Wallet {
    Wallet::connect(chain.clone(), key(seed)).await.unwrap()
}

/// How a test reaches its chain.
#[derive(Clone, Copy)]
pub(crate) enum Access {
    Embedded,
    Rpc,
}

/// Settings for a chain that answers at once.
pub(crate) fn options(url: &str) -> CosmosOptions {
    CosmosOptions::new(url).poll_interval(Duration::from_millis(10))
}

/// Serves a chain whose time is the test's.
pub(crate) async fn serve(chain: &Embedded) -> Server {
    chain.serve(ServeOptions { clock: None, ..ServeOptions::default() }).await.unwrap()
}

/// The chain as `at` says, and the server behind it.
pub(crate) async fn reach(chain: &Embedded, at: Access) -> (Arc<dyn Chain>, Option<Server>) {
    match at {
        Access::Embedded => (Arc::new(chain.clone()), None),
        Access::Rpc => {
            let server = serve(chain).await;
            let price = chain.info().await.unwrap().gas_price;
            let options = options(&server.url()).fees(DENOM, price);
            (Arc::new(Cosmos::connect(options).await.unwrap()), Some(server))
        }
    }
}

pub(crate) struct Setup {
    pub(crate) chain: Arc<dyn Chain>,
    /// The same chain, with control over its time.
    pub(crate) embedded: Embedded,
    pub(crate) wallet: Wallet,
    pub(crate) probe: String,
    /// Serves while the test runs.
    pub(crate) _server: Option<Server>,
}

/// A chain in memory with a probe that account 1 instantiated and administers.
pub(crate) async fn setup(at: Access) -> Setup {
    setup_on(builder().build().unwrap(), at).await
}

pub(crate) async fn setup_on(embedded: Embedded, at: Access) -> Setup {
    let (chain, _server) = reach(&embedded, at).await;
    let wallet = wallet(&chain, 1).await;
    let admin = wallet.address().to_owned();
    let probe = wallet.instantiate(1, &Empty {}, "probe", Some(&admin)).await.unwrap().contract;
    Setup { chain, embedded, wallet, probe, _server }
}

impl Setup {
    pub(crate) async fn count(&self) -> u64 {
        self.chain.query(&self.probe, &probe::Query::Count {}).await.unwrap()
    }

    pub(crate) async fn account(&self, seed: u64) -> Account {
        self.chain.account(key(seed).address()).await.unwrap()
    }

    pub(crate) async fn balance(&self, address: &str) -> u128 {
        self.chain.balance(address, DENOM).await.unwrap()
    }

    pub(crate) fn call(&self, msg: &probe::Execute) -> Message {
        Message::execute(&self.probe, msg, &[]).unwrap()
    }

    /// A transaction under full control of the test: an increment by account 1.
    pub(crate) async fn draft(&self) -> Draft {
        let info = self.chain.info().await.unwrap();
        let account = self.account(1).await;
        let gas_limit = 300_000;
        let fee = fee_for_gas(gas_limit, info.gas_price, DENOM).unwrap().into_iter().collect();
        Draft { info, account, gas_limit, fee, signer: key(1), probe: self.probe.clone(), timeout_height: 0 }
    }
}

pub(crate) struct Draft {
    pub(crate) info: ChainInfo,
    pub(crate) account: Account,
    pub(crate) gas_limit: u64,
    pub(crate) fee: Vec<Coin>,
    pub(crate) signer: SigningKey,
    pub(crate) probe: String,
    pub(crate) timeout_height: u32,
}

impl Draft {
    /// Signs with `signer`; the message is always from account 1.
    pub(crate) fn sign(&self) -> Vec<u8> {
        let msg = cosmrs::cosmwasm::MsgExecuteContract {
            sender: key(1).account_id().clone(),
            contract: self.probe.parse().unwrap(),
            msg: br#"{"increment":{}}"#.to_vec(),
            funds: vec![],
        };
        let body = Body::new([msg.to_any().unwrap()], "", self.timeout_height);
        let amount =
            self.fee.iter().map(|coin| cosmrs::Coin::new(coin.amount.u128(), &coin.denom).unwrap()).collect();
        let fee = Fee { amount, gas_limit: self.gas_limit, payer: None, granter: None };
        let auth = SignerInfo::single_direct(Some(key(1).public_key()), self.account.sequence).auth_info(fee);
        let doc = SignDoc {
            body_bytes: body.into_bytes().unwrap(),
            auth_info_bytes: auth.into_bytes().unwrap(),
            chain_id: self.info.chain_id.clone(),
            account_number: self.account.number,
        };
        let signatures = vec![self.signer.sign(&doc.encode_to_vec()).unwrap()];
        TxRaw { body_bytes: doc.body_bytes, auth_info_bytes: doc.auth_info_bytes, signatures }.encode_to_vec()
    }
}
