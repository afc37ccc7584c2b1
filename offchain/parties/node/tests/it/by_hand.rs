//! A requester that assigns what it likes: the parts of an assignment are made one by one.

use bithive_api::jobs::{Assignment, ExecuteMsg};
use bithive_attest::result::input_commitment;
use bithive_attest::{Consent, bls};
use bithive_curve::G1;
use bithive_dgkbe::GroupedSet;
use bithive_dgkbe::envelope::Sender;
use bithive_dgkbe::kem::{Context, SenderGroups};
use bithive_payload::{Input, JobRef};

use crate::town::Town;

/// What is different from an honest assignment.
#[derive(Default)]
pub struct Dishonest {
    /// Another policy than the vault's, as JSON.
    pub policy: Option<Vec<u8>>,
    /// Flip a bit of the encrypted input.
    pub damage_payload: bool,
    /// Commit to another input.
    pub other_commitment: bool,
}

impl Town {
    /// Assigns the first three nodes. Their consent is signed with their keys, whether they claimed or not.
    pub async fn assign_by_hand(&mut self, job_id: u64, lie: Dishonest) {
        let policy = lie.policy.unwrap_or_else(|| serde_json::to_vec(&self.spec().policy).unwrap());
        let plaintext = Input { salt: [4; 32], policy, rows: b"rows".to_vec() }.encode();
        let deployment = self.local.client.deployment().clone();
        let reference = JobRef { jobs: deployment.jobs_domain(), job_id, round: 1 };
        let nodes = &self.nodes[..3];
        let mut cache = SenderGroups::new(self.local.crs.clone(), self.local.groups).unwrap();
        for node in nodes {
            let key = G1::decode(&node.registration.dgkbe_key).unwrap();
            cache.put(&[(node.registration.slot, key)]).unwrap();
        }
        let slots = nodes.iter().map(|node| node.registration.slot);
        let set = GroupedSet::from_slots(self.local.groups, slots).unwrap();
        let context = reference.context();
        let sealed = Sender::new(cache).encrypt_with_key(&set, Context(&context), &plaintext, &mut self.rng);
        let (mut envelope, _) = sealed.unwrap();
        if lie.damage_payload {
            *envelope.payload.last_mut().unwrap() ^= 1;
        }
        let committed = if lie.other_commitment { &b"another"[..] } else { &plaintext[..] };
        let commitment = input_commitment(reference.jobs, job_id, committed);
        let payload = self.local.exchange(self.requester_endpoint).publish(envelope.payload.into()).await;
        let consents: Vec<[u8; 96]> = (0..3)
            .map(|index| {
                let node = &self.nodes[index];
                let (account, slot) = (node.address.as_str(), node.registration.slot);
                let consent = Consent { job_id, round: 1, account, slot, ask: node.ask };
                self.keys(index).bls.sign(&consent.sign_bytes(deployment.jobs_domain()))
            })
            .collect();
        let assignment = Assignment {
            mask: set.encode().into(),
            asks: self.nodes[..3].iter().map(|node| node.ask.into()).collect(),
            headers: envelope.headers.into(),
            payload: (&payload.unwrap()).into(),
            input_commitment: (&commitment).into(),
            consent: (&bls::aggregate(&consents).unwrap()).into(),
        };
        let assign = ExecuteMsg::Assign { job_id, assignment };
        self.requester_account().await.jobs(&assign).await.unwrap();
    }
}
