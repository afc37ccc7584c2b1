//! The other parties, by the code that native programs use: a committee of three, a registry of two groups of four slots, and nodes.

use std::collections::BTreeMap;
use std::sync::Arc;

use bithive_attest::bls::SecretKey;
use bithive_attest::{Consent, Domain, Members};
use bithive_blindmatch::attributes::{AttributeValue, Attributes};
use bithive_blindmatch::claim::{Claim, ClaimContext};
use bithive_blindmatch::committee::{
    Commitments, CommitteeParams, EpochKeys, MemberSeeds, ShareKeyTable, Term, deal,
};
use bithive_blindmatch::oprf::{EvaluateRequest, Tags, blind};
use bithive_blindmatch::schema::{Input, Schema};
use bithive_blindmatch::vault::{MatchKey, Poster, Vault};
use bithive_dgkbe::crs::ceremony::local_ceremony;
use bithive_dgkbe::envelope::Receiver;
use bithive_dgkbe::kem::{Context, Peer, ReceiverGroup, SharedKey};
use bithive_dgkbe::{Crs, GroupedSet, Groups, KeyPair};
use bithive_payload::{ClaimMessage, Input as JobInput, JobRef, Output, OutputKey};
use bithive_web::attestation::Statement;
use bithive_web::evaluation::{Pending, ShareKeys};
use bithive_web::job::{Job, Market};
use bithive_web::policy::Policy;
use bithive_web::record::RecordKey;
use bithive_web::sender::{Reference, Sender};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

pub const EPOCH: u64 = 42;
pub const THRESHOLD: u32 = 2;
pub const REQUESTER: &str = "bithive1requester";
pub const ENDPOINT: [u8; 32] = [4; 32];
pub const POLICY: &str = "vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)";
/// Beyond what a number of JavaScript holds.
pub const JOB_ID: u64 = (1 << 53) + 7;
/// In base units, beyond 64 bits.
pub const PRICE: u128 = 100_000_000_000_000_000_000;
pub const GROUPS: u16 = 2;
pub const SIZE: u16 = 4;

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn market() -> Market {
    Market { chain_id: "bithive-1".into(), jobs: "bithive1jobs".into() }
}

pub fn domain() -> Domain<'static> {
    Domain { chain_id: "bithive-1", contract: "bithive1jobs" }
}

pub fn record_key() -> RecordKey {
    RecordKey::from_bytes(&[9; 32]).unwrap()
}

pub fn policy() -> Policy {
    Policy::parse(POLICY, &Schema::bithive()).unwrap()
}

/// A node that satisfies the policy, at its slot.
pub struct Node {
    pub slot: u16,
    pub address: String,
    pub bls: SecretKey,
    pub keys: KeyPair,
}

pub struct World {
    pub seeds: Vec<MemberSeeds>,
    pub keys: Vec<EpochKeys>,
    pub table: ShareKeyTable,
    pub crs: Arc<Crs>,
    pub groups: Groups,
    pub nodes: Vec<Node>,
}

impl World {
    /// The same one each time.
    pub fn new() -> Self {
        let mut rng = rng(1);
        let params = CommitteeParams::new(3, 2).unwrap();
        let slots = Schema::bithive().slot_count();
        let seeds = deal(params, &mut rng);
        let keys = seeds.iter().map(|seeds| seeds.epoch_keys(EPOCH, slots).unwrap()).collect();
        let partials: Vec<_> = seeds.iter().map(|seeds| seeds.partial_table(EPOCH, slots).unwrap()).collect();
        let commitments = Commitments::of_dealt(Term::new(EPOCH, 2, slots).unwrap(), &seeds).unwrap();
        let table = ShareKeyTable::merge(&commitments, EPOCH, &partials).unwrap().table;
        let groups = Groups::new(GROUPS, SIZE).unwrap();
        let crs = local_ceremony(SIZE, 2, &mut rng).unwrap().verify(&mut rng).unwrap().shared();
        let node = |slot: u16| Node {
            slot,
            address: format!("bithive1node{slot}"),
            bls: SecretKey::generate(&mut rng).unwrap(),
            keys: KeyPair::generate(&crs, groups.place(slot).unwrap().slot, &mut rng).unwrap(),
        };
        let nodes = (1..=groups.slots()).map(node).collect();
        Self { seeds, keys, table, crs, groups, nodes }
    }

    pub fn node(&self, slot: u16) -> &Node {
        &self.nodes[usize::from(slot) - 1]
    }

    /// A member's answer to a request of the page.
    pub fn answer(&self, member: u32, request: &[u8]) -> Vec<u8> {
        let request = EvaluateRequest::decode(request).unwrap();
        let keys = &self.keys[member as usize - 1];
        keys.evaluate(&request, &mut rng(member.into())).unwrap().encode()
    }

    /// The digests that all members have posted.
    pub fn posted(&self) -> Vec<u8> {
        self.table.digest().repeat(3)
    }

    pub fn share_keys(&self) -> ShareKeys {
        ShareKeys::new(self.table.encode(), EPOCH, THRESHOLD, &self.posted()).unwrap()
    }

    /// Tags of a policy, with the answers of all members.
    pub fn tags(&self, policy: &Policy) -> bithive_web::evaluation::Tags {
        let mut pending: Pending = policy.blind(EPOCH).unwrap();
        for member in 1..=3 {
            let answer = self.answer(member, &pending.request());
            pending.answer(member, &answer).unwrap();
        }
        pending.finish(&self.share_keys()).unwrap()
    }

    pub fn job(&self) -> Job {
        let policy = policy();
        Job::seal(&self.tags(&policy), &policy, market(), REQUESTER, &ENDPOINT).unwrap()
    }

    /// A node's own tags.
    pub fn own_tags(&self, inputs: &[Input]) -> Tags {
        let pending = blind(Schema::bithive().digest(), EPOCH, inputs, &mut rng(3)).unwrap();
        let answer = |keys: &EpochKeys, seeds: &MemberSeeds| {
            (seeds.member(), keys.evaluate(pending.request(), &mut rng(4)).unwrap())
        };
        let answers: Vec<_> =
            self.keys.iter().zip(&self.seeds).map(|(keys, seeds)| answer(keys, seeds)).collect();
        pending.finish(&self.table, &answers).unwrap().tags
    }

    /// What a node with these attributes gets out of a vault.
    pub fn open_vault(&self, vault: &[u8], vram: u64, region: &str) -> Option<MatchKey> {
        let members = ["hipaa", "gdpr"].into_iter().map(str::to_owned).collect();
        let values = BTreeMap::from([
            ("vram".to_owned(), AttributeValue::Number(vram)),
            ("region".to_owned(), AttributeValue::Category(region.to_owned())),
            ("certifications".to_owned(), AttributeValue::Members(members)),
        ]);
        let own = Attributes::new(&Schema::bithive(), values).unwrap();
        let poster = Poster::new("bithive-1", "bithive1jobs", REQUESTER);
        let opened = Vault::decode(vault).unwrap().open(&self.own_tags(own.inputs()), &poster).unwrap();
        opened.map(|opened| opened.key)
    }

    /// The claim of a node that has opened the vault.
    pub fn claim(&self, vault: &[u8], slot: u16, ask: u128, round: u8) -> Vec<u8> {
        let key = self.open_vault(vault, 24, "ch").unwrap();
        self.claim_with(&key, vault, slot, ask, round)
    }

    pub fn claim_with(&self, key: &MatchKey, vault: &[u8], slot: u16, ask: u128, round: u8) -> Vec<u8> {
        let node = self.node(slot);
        let terms = Consent { job_id: JOB_ID, round, account: &node.address, slot, ask };
        let consent = node.bls.sign(&terms.sign_bytes(domain()));
        let claim = Claim { address: node.address.clone(), slot, ask, consent };
        let context = ClaimContext::new("bithive-1", "bithive1jobs", JOB_ID).unwrap();
        let to = Vault::decode(vault).unwrap().requester_key();
        let sealed = claim.seal(&context, key, &to, &mut rng(u64::from(slot))).unwrap();
        ClaimMessage { job_id: JOB_ID, sealed }.encode()
    }

    pub fn reference(&self) -> Reference {
        Reference::new(&self.crs.encode(), self.crs.digest()).unwrap()
    }

    /// A sender that has learned all nodes' keys from their files.
    pub fn sender(&self) -> Sender {
        let mut sender = Sender::new(&self.reference(), GROUPS).unwrap();
        for node in &self.nodes {
            let public = &node.keys.public;
            sender
                .learn(node.slot, &public.commitment().encode(), public.digest(), &public.encode())
                .unwrap();
        }
        sender
    }

    /// What the node at a slot decrypts: the shared key, and the input.
    pub fn receive(
        &self,
        slot: u16,
        (mask, headers): (&[u8], &[u8]),
        round: u8,
        payload: &[u8],
    ) -> Option<(SharedKey, JobInput)> {
        let set = GroupedSet::decode(mask, self.groups).unwrap();
        let own = &self.node(slot).keys;
        let (secret, commitment) = (own.secret.clone(), own.public.commitment());
        let mut group = ReceiverGroup::new(self.crs.clone(), self.groups, slot, secret, commitment).unwrap();
        let everybody = GroupedSet::from_slots(self.groups, 1..=self.groups.slots()).unwrap();
        let column = group.column_index();
        let peer = |slot: u16| {
            let key = &self.node(slot).keys.public;
            Peer { slot, commitment: *key.commitment(), element: *key.element(column).unwrap() }
        };
        let peers: Vec<Peer> = group.peers_in(&everybody).map(peer).collect();
        group.put(&peers, &mut rng(5)).unwrap();
        let context = JobRef { jobs: domain(), job_id: JOB_ID, round }.context();
        let opened = Receiver::new(group).open(&set, Context(&context), headers, payload);
        let (key, plaintext) = opened.ok()?;
        Some((key, JobInput::decode(&plaintext).unwrap()))
    }

    /// A worker's sealed output and masked result.
    pub fn output(&self, slot: u16, shared: &SharedKey, round: u8, values: &[f32]) -> (Vec<u8>, Vec<u8>) {
        let job = JobRef { jobs: domain(), job_id: JOB_ID, round };
        let (key, worker) = (job.key(shared), &self.node(slot).address);
        let sealed = Output { values: values.to_vec() };
        let sealed = sealed.seal(OutputKey::new(job, &key, worker).unwrap()).unwrap();
        (sealed, key.masked(values).unwrap())
    }

    /// A settled job whose workers are at `slots`, and the signature of `signers` (bit i: the worker at the i-th slot).
    pub fn attest(&self, job_id: u64, slots: &[u16], signers: u32) -> (Statement, Vec<[u8; 96]>) {
        let workers: Vec<[u8; 48]> = slots.iter().map(|slot| self.node(*slot).bls.public_key()).collect();
        let statement = Statement {
            market: market(),
            job_id,
            round: 1,
            model: vec![1; 32],
            input_commitment: vec![2; 32],
            output: vec![3; 32],
            masked: vec![7; 12],
            workers: workers.as_flattened().to_vec(),
            members: signers,
            signers,
            needed: 2,
        };
        let signed = bithive_attest::Statement {
            job_id,
            round: 1,
            model: &[1; 32],
            input_commitment: &[2; 32],
            output: &[3; 32],
            masked: &statement.masked,
            workers: &workers,
            quorum: signers,
        };
        let bytes = signed.sign_bytes(domain());
        let signing = Members::from_bits(signers).of(slots.iter().copied());
        (statement, signing.map(|slot| self.node(slot).bls.sign(&bytes)).collect())
    }
}
