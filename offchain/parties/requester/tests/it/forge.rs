//! Claims that a node's program would never send, made with what a node that opened the vault knows.

use bithive_attest::Consent;
use bithive_blindmatch::claim::{Claim, ClaimContext};
use bithive_blindmatch::vault::{MatchKey, Vault};
use bithive_exchange::{PeerId, Protocol};
use bithive_payload::ClaimMessage;
use bithive_requester::{AcceptedClaim, RequesterError};

use crate::town::Town;

/// What a forged claim says; an honest one by default.
pub struct Forgery {
    pub node: usize,
    pub address: String,
    pub slot: u16,
    pub ask: u128,
    /// The round that the consent is for.
    pub round: u8,
    pub match_key: MatchKey,
    pub from: PeerId,
}

impl Town {
    /// What node `index`, which has opened the vault, would claim for the first round.
    pub fn honest(&self, job_id: u64, index: usize) -> Forgery {
        let node = &self.nodes[index];
        let record: serde_json::Value = node.state.get(&format!("job/{job_id}")).unwrap().unwrap();
        let match_key: [u8; 32] = serde_json::from_value(record["match_key"].clone()).unwrap();
        Forgery {
            node: index,
            address: node.address.clone(),
            slot: node.registration.slot,
            ask: node.ask,
            round: 1,
            match_key: MatchKey::from_bytes(match_key),
            from: node.endpoint,
        }
    }

    /// Sends the claim, reads it as the requester, and returns the one answer.
    pub async fn offer(&mut self, job_id: u64, claim: Forgery) -> Result<AcceptedClaim, RequesterError> {
        let deployment = self.local.client.deployment().clone();
        let Forgery { node, address, slot, ask, round, match_key, from } = claim;
        let consent = Consent { job_id, round, account: &address, slot, ask };
        let consent = self.keys(node).bls.sign(&consent.sign_bytes(deployment.jobs_domain()));
        let vault = Vault::decode(&self.local.client.vault(job_id).await.unwrap()).unwrap();
        let context = ClaimContext::new(&deployment.chain_id, deployment.jobs(), job_id).unwrap();
        let sealed = Claim { address, slot, ask, consent }
            .seal(&context, &match_key, &vault.requester_key(), &mut self.rng)
            .unwrap();
        self.offer_bytes(from, ClaimMessage { job_id, sealed }.encode()).await
    }

    /// As [`Town::offer`], for any bytes.
    pub async fn offer_bytes(
        &mut self,
        from: PeerId,
        bytes: Vec<u8>,
    ) -> Result<AcceptedClaim, RequesterError> {
        let to = self.requester_endpoint;
        self.local.exchange(from).send(to, Protocol::Claim, bytes.into()).await.unwrap();
        let mut collected = self.requester().await.collect().await.unwrap();
        assert_eq!(collected.accepted.len() + collected.refused.len(), 1);
        match collected.accepted.pop() {
            Some(claim) => Ok(claim),
            None => {
                let refused = collected.refused.remove(0);
                assert_eq!(refused.from, from);
                Err(refused.reason)
            }
        }
    }
}
