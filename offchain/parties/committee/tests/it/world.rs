//! A chain, a committee whose members can be stopped, replaced and restarted, and parties that ask it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bithive_api::registry::{CommitteeMember, Election, ExecuteMsg, NodeRegistration};
use bithive_attest::{bls, possession_bytes};
use bithive_blindmatch::attributes::Attributes;
use bithive_blindmatch::commitment::CommittedAnswers;
use bithive_blindmatch::oprf::{self, EvaluateResponse, Tags};
use bithive_blindmatch::schema::{Input, Schema, SlotId};
use bithive_chain::{Chain, Embedded, SigningKey, Wallet};
use bithive_client::{Account, Client};
use bithive_committee::{Member, PATIENCE, TagSource};
use bithive_contracts::Code;
use bithive_dgkbe::{Crs, KeyPair};
use bithive_exchange::{EndpointKey, Exchange, ExchangeError, LocalNetwork, PeerId, Protocol, Service};
use bithive_local::{Founders, NODE_BOND, REQUESTER_BOND, ceremony, deploy, fee_grant, fork, open_chain};
use bithive_state::State;
use bytes::Bytes;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

pub const DAY: u64 = 86_400;

/// Somebody who can sit in a committee, with its records: it can be started any number of times.
pub struct Seat {
    account: SigningKey,
    pub endpoint: PeerId,
    pub state: State,
}

pub struct World {
    pub chain: Embedded,
    pub client: Client,
    pub network: LocalNetwork,
    pub seats: Vec<Seat>,
    pub rng: ChaCha20Rng,
    crs: Crs,
    operator: Account,
    next_slot: u16,
}

/// A registered party.
pub struct Party {
    pub account: Account,
    pub exchange: Arc<dyn Exchange>,
    pub state: State,
    /// Whether it is a node, which proves that it asks for its own answers.
    pub node: bool,
}

pub fn schema() -> Schema {
    Schema::bithive()
}

pub fn input(slot: u16, value: &str) -> Input {
    Input { slot: SlotId(slot), value: value.into() }
}

/// The slot of `region`, which has many values.
pub fn region(value: &str) -> Input {
    let slot = schema().slots().into_iter().find(|slot| slot.label == "region").unwrap();
    Input { slot: slot.id, value: value.into() }
}

/// Attributes that every node here has registered.
pub fn attributes() -> Attributes {
    let values = r#"{"vram": 8, "region": "eu", "certifications": []}"#;
    Attributes::new(&schema(), serde_json::from_str(values).unwrap()).unwrap()
}

/// The nodes' answers with what opens the commitments to them.
pub fn answers() -> CommittedAnswers {
    attributes().commit(&[1; 32])
}

impl World {
    /// Contracts, and a committee of which nobody serves yet.
    pub async fn quiet() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(11);
        let crs = ceremony(4, &mut rng).unwrap();
        let founders = Founders::generate(&mut rng).unwrap();
        let chain = open_chain(None, &founders).unwrap();
        let handle: Arc<dyn Chain> = Arc::new(chain.clone());
        let deployment = deploy(handle.clone(), &founders, &crs, 1).await.unwrap();
        let client = Client::new(handle.clone(), deployment);
        let wallet = Wallet::connect(handle, founders.operator).await.unwrap();
        let seats = founders.committee.into_iter().map(|keys| Seat {
            account: keys.account,
            endpoint: keys.endpoint.id(),
            state: State::in_memory().unwrap(),
        });
        Self {
            chain,
            operator: Account::new(client.clone(), wallet),
            client,
            network: LocalNetwork::in_memory(),
            seats: seats.collect(),
            rng,
            crs,
            next_slot: 1,
        }
    }

    /// As [`World::quiet`], with every member serving, and agreed on its keys.
    pub async fn agreed() -> (Self, Vec<Arc<Member>>) {
        let mut world = Self::quiet().await;
        let mut members = Vec::new();
        for index in 0..world.seats.len() {
            members.push(world.start(index).await);
        }
        let epoch = world.epoch().await;
        for member in &members {
            member.prepare(epoch).await.unwrap();
        }
        (world, members)
    }

    /// As [`World::agreed`], with this epoch's share keys posted.
    pub async fn new() -> Self {
        let (world, members) = Self::agreed().await;
        world.post(&members, world.epoch().await).await;
        world
    }

    /// All these members post the share keys of an epoch, and find nobody at fault.
    pub async fn post(&self, members: &[Arc<Member>], epoch: u64) {
        for member in members {
            assert_eq!(member.post_share_keys(epoch).await.unwrap(), []);
        }
    }

    /// Another account that can sit in a committee; returns its place among the seats.
    pub async fn recruit(&mut self) -> usize {
        let account = SigningKey::generate(&mut self.rng);
        self.operator.grant(account.address(), 1, fee_grant()).await.unwrap();
        let endpoint = EndpointKey::generate(&mut self.rng).id();
        self.seats.push(Seat { account, endpoint, state: State::in_memory().unwrap() });
        self.seats.len() - 1
    }

    /// The owner names a committee of these seats.
    pub async fn name(&self, seats: &[usize], threshold: u8, from_epoch: u64) {
        let members = seats.iter().map(|index| CommitteeMember {
            address: self.seats[*index].account.address().into(),
            endpoint: (&self.seats[*index].endpoint.0).into(),
        });
        let members = members.collect();
        let message = ExecuteMsg::SetCommittee { members, threshold, from_epoch };
        self.operator.registry(&message).await.unwrap();
    }

    pub async fn epoch(&self) -> u64 {
        self.client.committee().await.unwrap().epoch
    }

    async fn account(&self, key: SigningKey) -> Account {
        let wallet = Wallet::connect(Arc::new(self.chain.clone()), key).await.unwrap();
        Account::new(self.client.clone(), wallet)
    }

    pub fn address(&self, index: usize) -> String {
        self.seats[index].account.address().into()
    }

    pub async fn seat_account(&self, index: usize) -> Account {
        self.account(self.seats[index].account.clone()).await
    }

    /// Starts a member on its records, in place of the one that served before.
    pub async fn start(&mut self, index: usize) -> Arc<Member> {
        self.start_patient(index, PATIENCE).await
    }

    /// As [`World::start`], with its own time to wait for others.
    pub async fn start_patient(&mut self, index: usize, patience: Duration) -> Arc<Member> {
        let account = self.seat_account(index).await;
        let rng = fork(&mut self.rng);
        let seat = &self.seats[index];
        let (exchange, state) = (self.exchange(seat.endpoint), seat.state.clone());
        let member = Member::new(schema(), account, exchange, state, rng, patience);
        member.serve();
        member
    }

    /// A member's points of an epoch, as it gives them to anybody.
    pub async fn partial_table(&self, index: usize, epoch: u64) -> Vec<u8> {
        let request = [&[0][..], &epoch.to_be_bytes()].concat();
        let exchange = self.exchange(PeerId([9; 32]));
        exchange
            .request(self.seats[index].endpoint, Protocol::ShareKeys, request.into())
            .await
            .unwrap()
            .to_vec()
    }

    /// Has `service` answer for a member from now on.
    pub fn replace(&self, index: usize, protocol: Protocol, service: impl Service + 'static) {
        self.network.endpoint(self.seats[index].endpoint).serve(protocol, Arc::new(service));
    }

    /// Stops a member.
    pub fn stop(&self, index: usize) {
        for protocol in [Protocol::Evaluate, Protocol::ShareKeys, Protocol::Release] {
            self.replace(index, protocol, Fails("stopped"));
        }
    }

    pub fn exchange(&self, id: PeerId) -> Arc<dyn Exchange> {
        Arc::new(self.network.endpoint(id))
    }

    pub async fn requester(&mut self) -> Party {
        let party = self.party(REQUESTER_BOND).await;
        party.account.register_requester(party.exchange.id().0, REQUESTER_BOND).await.unwrap();
        party
    }

    pub async fn node(&mut self) -> Party {
        let party = Party { node: true, ..self.party(NODE_BOND).await };
        self.register(&party.account, party.exchange.id()).await;
        party
    }

    /// An account that stands for the committee, where it is elected; returns its place among the seats.
    pub async fn candidate(&mut self) -> usize {
        let index = self.recruit().await;
        let account = self.seat_account(index).await;
        self.operator.grant(account.address(), NODE_BOND, fee_grant()).await.unwrap();
        let endpoint = EndpointKey::generate(&mut self.rng).id();
        self.register(&account, endpoint).await;
        let endpoint = (&self.seats[index].endpoint.0).into();
        account.registry(&ExecuteMsg::Stand { endpoint }).await.unwrap();
        index
    }

    /// Elections are held from now on.
    pub async fn elections(&self, election: Election) {
        let message = ExecuteMsg::SetElection { election: Some(election) };
        self.operator.registry(&message).await.unwrap();
    }

    /// These attributes need an accreditor from now on; returns the only one there is.
    pub async fn accreditation(&mut self, required: &[&str]) -> Account {
        let accreditor = self.party(0).await.account;
        let accreditors = vec![accreditor.address().to_owned()];
        let required = required.iter().map(|name| (*name).to_owned()).collect();
        let message = ExecuteMsg::SetAccreditation { accreditors, required };
        self.operator.registry(&message).await.unwrap();
        accreditor
    }

    /// The market asks a contract about consents and permits from now on.
    pub async fn grants(&self) {
        let registry = self.client.deployment().registry().into();
        let terms = bithive_api::grants::InstantiateMsg { registry };
        let created = self.operator.wallet().instantiate(Code::Grants.id(), &terms, "grants", None);
        let grants = Some(created.await.unwrap().contract);
        self.operator.jobs(&bithive_api::jobs::ExecuteMsg::SetGrants { grants }).await.unwrap();
    }

    /// The accreditor vouches for attributes of a node.
    pub async fn vouch(&self, accreditor: &Account, node: &Party, attributes: &[&str]) {
        let until = self.chain.info().await.unwrap().time.seconds() + DAY;
        let message = ExecuteMsg::Accredit {
            node: node.account.address().to_owned(),
            commitment: (&answers().commitments().digest()).into(),
            attributes: attributes.iter().map(|name| (*name).to_owned()).collect(),
            until,
        };
        accreditor.registry(&message).await.unwrap();
    }

    async fn register(&mut self, account: &Account, endpoint: PeerId) {
        let address = account.address().to_owned();
        let KeyPair { public, .. } = KeyPair::generate(&self.crs, self.next_slot, &mut self.rng).unwrap();
        self.next_slot += 1;
        let secret = bls::SecretKey::generate(&mut self.rng).unwrap();
        let key = secret.public_key();
        let possession = possession_bytes(self.client.deployment().registry_domain(), &address, &key);
        let registration = NodeRegistration {
            slot: public.slot(),
            dgkbe_key: (&public.commitment().encode()).into(),
            dgkbe_key_digest: public.digest().into(),
            bls_key: (&key).into(),
            bls_possession: (&secret.prove_possession(&possession)).into(),
            attributes_commitment: (&attributes().commitment(&[1; 32])).into(),
            endpoint: (&endpoint.0).into(),
        };
        account.register_node(registration, NODE_BOND).await.unwrap();
    }

    async fn party(&mut self, btt: u128) -> Party {
        let endpoint = EndpointKey::generate(&mut self.rng).id();
        let key = SigningKey::generate(&mut self.rng);
        let account = self.account(key).await;
        self.operator.grant(account.address(), btt, fee_grant()).await.unwrap();
        let state = State::in_memory().unwrap();
        Party { account, exchange: self.exchange(endpoint), state, node: false }
    }

    pub fn source(&self, party: &Party) -> TagSource {
        let (client, exchange, state) = (self.client.clone(), party.exchange.clone(), party.state.clone());
        let source = TagSource::new(client, exchange, schema(), state);
        if party.node { source.of_node(party.account.address(), answers()) } else { source }
    }

    /// A request with fresh blinds. A node that asks for what it has not registered commits to that for the occasion.
    pub fn request(&mut self, from: &Party, epoch: u64, inputs: &[Input]) -> Vec<u8> {
        let (digest, account) = (schema().digest(), from.account.address());
        let pending = if !from.node {
            oprf::blind(digest, epoch, inputs, &mut self.rng)
        } else if inputs.iter().all(|input| attributes().inputs().contains(input)) {
            oprf::blind_committed(&answers(), account, epoch, inputs, &mut self.rng)
        } else {
            let mut lie = attributes().inputs().to_vec();
            let last = inputs.iter().map(|input| usize::from(input.slot.0)).max().unwrap_or_default();
            lie.extend((lie.len()..=last).map(|slot| input(slot as u16, "yes")));
            inputs.iter().for_each(|input| lie[usize::from(input.slot.0)] = input.clone());
            let own = inputs.iter().filter(|input| lie.contains(input)).cloned().collect::<Vec<_>>();
            oprf::blind_committed(
                &CommittedAnswers::new(digest, &lie, &[1; 32]),
                account,
                epoch,
                &own,
                &mut self.rng,
            )
        };
        pending.unwrap().request().encode()
    }

    /// Asks with a fresh blind and no records, as a party would that wants more than its share.
    pub async fn ask(
        &mut self,
        member: usize,
        from: &Party,
        epoch: u64,
        inputs: &[Input],
    ) -> Result<EvaluateResponse, String> {
        let request = self.request(from, epoch, inputs);
        self.ask_bytes(member, from, request).await
    }

    /// A member's answer to these bytes, or its words.
    pub async fn ask_bytes(
        &self,
        member: usize,
        from: &Party,
        bytes: Vec<u8>,
    ) -> Result<EvaluateResponse, String> {
        let to = self.seats[member].endpoint;
        match from.exchange.request(to, Protocol::Evaluate, bytes.into()).await {
            Ok(answer) => Ok(EvaluateResponse::decode(&answer).unwrap()),
            Err(ExchangeError::Refused { reason, .. }) => Err(reason),
            Err(error) => panic!("{error}"),
        }
    }
}

/// A service that refuses every request with this reason.
pub struct Fails(pub &'static str);

#[async_trait]
impl Service for Fails {
    async fn answer(&self, _: Protocol, _: PeerId, _: Bytes) -> Result<Bytes, String> {
        Err(self.0.into())
    }
}

/// A service that never answers a request.
pub struct Hangs;

#[async_trait]
impl Service for Hangs {
    async fn answer(&self, _: Protocol, _: PeerId, _: Bytes) -> Result<Bytes, String> {
        std::future::pending().await
    }
}

/// Answers with the same bytes whatever it is asked.
pub struct Says(pub Vec<u8>);

#[async_trait]
impl Service for Says {
    async fn answer(&self, _: Protocol, _: PeerId, _: Bytes) -> Result<Bytes, String> {
        Ok(self.0.clone().into())
    }
}

/// Whether both hold the same tags for the same inputs.
pub fn same(a: &Tags, b: &Tags) -> bool {
    *a.encode() == *b.encode()
}
