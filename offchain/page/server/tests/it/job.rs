//! A whole job whose requester has nothing but the page's server: the chain by `/rpc`, everybody else by the courier.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bithive_api::jobs::Phase;
use bithive_blindmatch::attributes::Attributes;
use bithive_blindmatch::policy::Policy;
use bithive_chain::{Chain as _, Cosmos, CosmosOptions, SigningKey, Wallet};
use bithive_client::{Account, Client};
use bithive_committee::TagSource;
use bithive_exchange::{Digest, Exchange, ExchangeError, LocalNetwork, Message, PeerId, Protocol, Service};
use bithive_local::{Groups, Local, REQUESTER_BOND, UNIT, fork, node_values};
use bithive_node::{Compute, Contributor, Limits, NodeKeys, Setup, Silent};
use bithive_page::{Node, Page, PageOptions};
use bithive_requester::{JobSpec, Offer, Quorum, Requester, Selection, Windows};
use bithive_state::State;
use bytes::Bytes;
use cosmwasm_std::Binary;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use serde_json::json;

use crate::client::{Answer, ask};
use crate::setup::{session, tokens};

const NODES: u16 = 3;
const ANSWER: [f32; 2] = [0.5, -1.25];

struct Finds;

impl Compute for Finds {
    fn run(&self, _: &[u8], _: &[u8], _: &Limits) -> Result<Vec<f32>, String> {
        Ok(ANSWER.to_vec())
    }

    fn estimate(&self, _: &[u8], _: usize) -> Result<Duration, String> {
        Ok(Duration::ZERO)
    }
}

/// What a browser has of the network.
struct Browser {
    server: SocketAddr,
    token: String,
    endpoint: PeerId,
}

impl Browser {
    async fn open(server: SocketAddr, token: String) -> Self {
        let session = ask(server, "GET", "/x/session").token(&token).send().await.json();
        let endpoint = session["endpoint"].as_str().unwrap().parse().unwrap();
        Self { server, token, endpoint }
    }

    async fn call(&self, method: &str, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        ask(self.server, method, path).token(&self.token).body(body).send().await
    }
}

fn inbox(protocol: Protocol) -> String {
    format!("/x/inbox?protocol={}", protocol.name())
}

#[async_trait]
impl Exchange for Browser {
    fn id(&self) -> PeerId {
        self.endpoint
    }

    async fn request(&self, to: PeerId, protocol: Protocol, body: Bytes) -> Result<Bytes, ExchangeError> {
        let path = format!("/x/ask?to={to}&protocol={}", protocol.name());
        let answer = self.call("POST", &path, body).await;
        match answer.status {
            200 => Ok(answer.body.into()),
            422 => Err(ExchangeError::Refused { peer: to, reason: answer.text().into() }),
            _ => Err(ExchangeError::Unreachable { peer: to, protocol: protocol.name() }),
        }
    }

    fn serve(&self, _: Protocol, _: Arc<dyn Service>) {
        panic!("a browser answers nobody");
    }

    async fn send(&self, to: PeerId, protocol: Protocol, body: Bytes) -> Result<(), ExchangeError> {
        let path = format!("/x/send?to={to}&protocol={}", protocol.name());
        assert_eq!(self.call("POST", &path, body).await.status, 202);
        Ok(())
    }

    async fn waiting(&self, protocol: Protocol) -> Result<Vec<Message>, ExchangeError> {
        let answer = self.call("GET", &inbox(protocol), "").await.json();
        let read = |message: &serde_json::Value| Message {
            from: message["from"].as_str().unwrap().parse().unwrap(),
            body: Bytes::from(Binary::from_base64(message["body"].as_str().unwrap()).unwrap().to_vec()),
            receipt: message["receipt"].as_str().unwrap().to_owned(),
        };
        Ok(answer["messages"].as_array().unwrap().iter().map(read).collect())
    }

    async fn discard(&self, protocol: Protocol, messages: &[Message]) -> Result<(), ExchangeError> {
        let receipts: Vec<&str> = messages.iter().map(|message| message.receipt.as_str()).collect();
        let body = json!({ "receipts": receipts }).to_string();
        assert_eq!(self.call("DELETE", &inbox(protocol), body).await.status, 200);
        Ok(())
    }

    async fn arrived(&self) {
        std::future::pending().await
    }

    async fn publish(&self, content: Bytes) -> Result<Digest, ExchangeError> {
        let digest = blake3::hash(&content);
        let put = self.call("PUT", &format!("/x/blobs/{}", digest.to_hex()), content).await;
        assert_eq!(put.status, 201, "{}", put.text());
        Ok(*digest.as_bytes())
    }

    async fn fetch(
        &self,
        digest: Digest,
        providers: &[PeerId],
        limit: usize,
    ) -> Result<Bytes, ExchangeError> {
        let peers: Vec<String> = providers.iter().map(ToString::to_string).collect();
        let path = format!("/x/blobs/{}?from={}&limit={limit}", hex::encode(digest), peers.join(","));
        let answer = self.call("GET", &path, "").await;
        if answer.status != 200 || !answer.whole {
            return Err(ExchangeError::NotFound { digest: hex::encode(digest), asked: providers.len() });
        }
        bithive_exchange::intact(&digest, &answer.body)?;
        Ok(answer.body.into())
    }
}

/// Registers a node and gives its program.
async fn node(local: &Local, slot: u16, rng: &mut ChaCha20Rng) -> Contributor {
    let (keys, public) = NodeKeys::generate(&local.crs, local.groups, slot, rng).unwrap();
    let attributes =
        Attributes::new(&local.schema, node_values(24, "eu", &["iso27001", "hipaa", "gdpr"])).unwrap();
    let domain = local.client.deployment().registry_domain();
    let registration = keys.registration(domain, slot, &public, &attributes);
    let exchange = local.exchange(keys.endpoint.id());
    let setup = Setup {
        account: local.register_node(keys.account.clone(), registration, public.encode()).await.unwrap(),
        attributes,
        ask: 10 * UNIT,
        state: State::in_memory().unwrap(),
        compute: Arc::new(Finds),
        crs: local.crs.clone(),
        observer: Arc::new(Silent),
        rng: fork(rng),
        keys,
        exchange,
    };
    let height = local.chain.info().await.unwrap().height + 1;
    Contributor::new(setup, height).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requester_behind_the_page_has_a_job_done() {
    let mut rng = ChaCha20Rng::seed_from_u64(11);
    let network = LocalNetwork::in_memory();
    let local = Local::in_memory(Groups::new(1, 8).unwrap(), network.clone(), &mut rng).await.unwrap();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut programs = Vec::new();
    for slot in 1..=NODES {
        let (mut program, mut stopped) = (node(&local, slot, &mut rng).await, stopped.clone());
        programs.push(tokio::spawn(async move {
            program.run(async move { drop(stopped.wait_for(|stop| *stop).await) }).await
        }));
    }

    let folder = tempfile::tempdir().unwrap();
    let info = local.chain.info().await.unwrap();
    let deployment = local.client.deployment().clone();
    let mut options = PageOptions::new(
        Node::Embedded(local.chain.clone()),
        info,
        deployment.clone(),
        &folder.path().join("spool"),
    );
    options.sessions = vec![session("main", Arc::new(network.endpoint(PeerId([77; 32]))))];
    let (page, _) = Page::start(options).await.unwrap();
    let browser = Browser::open(page.address(), tokens(&page).remove(0)).await;

    // From here on, all that is known of the network comes from the page's server.
    let chain = Cosmos::connect(CosmosOptions::new(format!("{}rpc", page.url()))).await.unwrap();
    let key = SigningKey::generate(&mut rng);
    local.fund(key.address(), 1_000 * UNIT + REQUESTER_BOND).await.unwrap();
    let client = Client::new(Arc::new(chain.clone()), deployment);
    let account = Account::new(client.clone(), Wallet::connect(Arc::new(chain), key).await.unwrap());
    account.register_requester(browser.endpoint.0, REQUESTER_BOND).await.unwrap();
    let exchange: Arc<dyn Exchange> = Arc::new(browser);
    let state = State::in_memory().unwrap();
    let tags = TagSource::new(client.clone(), exchange.clone(), local.schema.clone(), state.clone());
    let group = (local.crs.clone(), local.groups);
    let mut requester = Requester::new(account, exchange, tags, state, group, fork(&mut rng)).unwrap();
    let spec = JobSpec {
        policy: Policy::parse("vram >= 16 and region in (eu, ch)", &local.schema).unwrap(),
        rows: b"rows".to_vec(),
        dimensions: 2,
        model: Bytes::from_static(b"model"),
        offer: Offer::new(15 * UNIT, Quorum { workers: 3, quorum: 2, tolerance: 4 }, Windows::same(3_600)),
    };
    let job_id = requester.post(&spec).await.unwrap().job_id;
    let settled = tokio::time::timeout(Duration::from_secs(120), async {
        while requester.claims(job_id).await.unwrap().len() < usize::from(NODES) {
            assert!(requester.collect().await.unwrap().refused.is_empty());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        requester.assign(job_id, &Selection::default()).await.unwrap();
        while client.job(job_id).await.unwrap().phase != Phase::Settled {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    settled.await.expect("the job settles");
    assert_eq!(requester.result(job_id).await.unwrap(), ANSWER);
    stop.send(true).unwrap();
    for program in programs {
        program.await.unwrap().unwrap();
    }
    page.stop().await;
}
