//! The committee's answers, vaults and claims.

use bithive_blindmatch::claim;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::policies::Policy;
use super::records::RecordKey;
use super::values::{array, bytes, narrow, object};
use crate::evaluation;
use crate::job::{self, Market, Terms};

#[wasm_bindgen]
pub struct ShareKeys(evaluation::ShareKeys);

#[wasm_bindgen]
impl ShareKeys {
    /// The table of `epoch` as a member gave it, if at least `threshold` members have posted its digest. `posted`: 32 bytes each.
    #[wasm_bindgen(constructor)]
    pub fn new(table: &[u8], epoch: u64, threshold: u32, posted: &[u8]) -> Result<Self, JsValue> {
        Ok(Self(evaluation::ShareKeys::new(table, epoch, threshold, posted)?))
    }

    /// The epoch that they are for.
    #[wasm_bindgen(getter)]
    pub fn epoch(&self) -> u64 {
        self.0.epoch()
    }

    /// Number of members.
    #[wasm_bindgen(getter)]
    pub fn members(&self) -> u8 {
        self.0.members()
    }
}

#[wasm_bindgen]
impl Policy {
    /// Blinds what the policy asks, for an epoch of the committee.
    pub fn blind(&self, epoch: u64) -> Result<PendingTags, JsValue> {
        Ok(PendingTags(self.0.blind(epoch)?))
    }
}

#[wasm_bindgen]
pub struct PendingTags(pub(super) evaluation::Pending);

#[wasm_bindgen]
impl PendingTags {
    /// The epoch whose keys are asked for.
    #[wasm_bindgen(getter)]
    pub fn epoch(&self) -> u64 {
        self.0.epoch()
    }

    /// What every member is asked.
    pub fn request(&self) -> Vec<u8> {
        self.0.request()
    }

    /// Takes a member's answer, in place of an earlier one. `member` counts from 1.
    pub fn answer(&mut self, member: u32, answer: &[u8]) -> Result<(), JsValue> {
        Ok(self.0.answer(member, answer)?)
    }

    /// Checks the answers and makes tags of the first valid ones. It can be called again after more answers.
    pub fn finish(&self, keys: &ShareKeys) -> Result<Tags, JsValue> {
        Ok(Tags(self.0.finish(&keys.0)?))
    }

    /// Seals what is needed to make the same request again.
    pub fn export(&self, key: &RecordKey) -> Result<Vec<u8>, JsValue> {
        Ok(self.0.export(&key.0)?)
    }

    /// Opens what `export` sealed: the same request, without answers.
    pub fn import(key: &RecordKey, record: &[u8]) -> Result<Self, JsValue> {
        Ok(Self(evaluation::Pending::import(&key.0, record)?))
    }
}

#[wasm_bindgen]
pub struct Tags(evaluation::Tags);

#[wasm_bindgen]
impl Tags {
    /// The epoch in which they are valid.
    #[wasm_bindgen(getter)]
    pub fn epoch(&self) -> u64 {
        self.0.epoch()
    }

    /// Answers that were left out.
    #[wasm_bindgen(getter, unchecked_return_type = "Fault[]")]
    pub fn faults(&self) -> JsValue {
        array(
            self.0
                .faults()
                .map(|(member, reason)| object([("member", member.into()), ("reason", reason.into())])),
        )
    }

    /// Seals a policy: a vault that opens as `requester`'s in the market `jobs` of `chainId`. Claims are sent to `endpoint`, 32 bytes.
    pub fn seal(
        &self,
        policy: &Policy,
        #[wasm_bindgen(js_name = chainId)] chain_id: String,
        jobs: String,
        requester: &str,
        endpoint: &[u8],
    ) -> Result<JobSecrets, JsValue> {
        let market = Market { chain_id, jobs };
        Ok(JobSecrets(job::Job::seal(&self.0, &policy.0, market, requester, endpoint)?))
    }

    /// Seals the tags.
    pub fn export(&self, key: &RecordKey) -> Result<Vec<u8>, JsValue> {
        Ok(self.0.export(&key.0)?)
    }

    /// Opens what `export` sealed.
    pub fn import(key: &RecordKey, record: &[u8]) -> Result<Self, JsValue> {
        Ok(Self(evaluation::Tags::import(&key.0, record)?))
    }
}

#[wasm_bindgen]
pub struct JobSecrets(pub(super) job::Job);

#[wasm_bindgen]
impl JobSecrets {
    /// The vault, as it is posted.
    #[wasm_bindgen(getter)]
    pub fn vault(&self) -> Vec<u8> {
        self.0.vault()
    }

    /// Digest of the vault: 32 bytes.
    #[wasm_bindgen(getter, js_name = vaultDigest)]
    pub fn vault_digest(&self) -> Vec<u8> {
        self.0.vault_digest().to_vec()
    }

    /// The epoch whose tags open the vault.
    #[wasm_bindgen(getter)]
    pub fn epoch(&self) -> u64 {
        self.0.epoch()
    }

    /// Opens a claim and checks that its sender has opened the vault.
    #[wasm_bindgen(js_name = openClaim, unchecked_return_type = "Claim")]
    pub fn open_claim(
        &self,
        #[wasm_bindgen(js_name = jobId)] job_id: u64,
        message: &[u8],
    ) -> Result<JsValue, JsValue> {
        Ok(of_claim(&self.0.open_claim(job_id, message)?))
    }

    /// Opens a claim and holds it against what the chain says of its node.
    #[wasm_bindgen(js_name = acceptClaim, unchecked_return_type = "Claim")]
    pub fn accept_claim(
        &self,
        #[wasm_bindgen(js_name = jobId)] job_id: u64,
        round: u32,
        message: &[u8],
        price: u128,
        #[wasm_bindgen(js_name = nodeSlot)] node_slot: u32,
        #[wasm_bindgen(js_name = nodeBlsKey)] node_bls_key: &[u8],
    ) -> Result<JsValue, JsValue> {
        let (round, slot) = (narrow("round", round)?, narrow("nodeSlot", node_slot)?);
        let terms = Terms { job_id, round, price, slot, bls_key: node_bls_key };
        Ok(of_claim(&self.0.accept_claim(message, terms)?))
    }

    /// Seals the secrets.
    pub fn export(&self, key: &RecordKey) -> Result<Vec<u8>, JsValue> {
        Ok(self.0.export(&key.0)?)
    }

    /// Opens what `export` sealed.
    pub fn import(key: &RecordKey, record: &[u8]) -> Result<Self, JsValue> {
        Ok(Self(job::Job::import(&key.0, record)?))
    }
}

fn of_claim(claim: &claim::Claim) -> JsValue {
    object([
        ("address", claim.address.as_str().into()),
        ("slot", claim.slot.into()),
        ("ask", claim.ask.into()),
        ("consent", bytes(&claim.consent)),
    ])
}
