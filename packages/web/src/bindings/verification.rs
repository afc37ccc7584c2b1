//! Attestations, signatures and digests.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::values::Given;
use crate::Failure;
use crate::attestation::{self, Statement};
use crate::job::Market;

/// Verifies one aggregate signature over one statement, or over those of a batch.
#[wasm_bindgen(js_name = verifyAttestation)]
pub fn verify_attestation(
    #[wasm_bindgen(unchecked_param_type = "Statement[]")] statements: Vec<JsValue>,
    signature: &[u8],
) -> Result<(), JsValue> {
    let statements = statements.iter().map(statement).collect::<Result<Vec<_>, Failure>>()?;
    Ok(attestation::verify(&statements, signature)?)
}

fn statement(object: &JsValue) -> Result<Statement, Failure> {
    let given = Given { what: "statement", object };
    Ok(Statement {
        market: Market { chain_id: given.text("chainId")?, jobs: given.text("jobs")? },
        job_id: given.big("jobId")?,
        round: given.number("round")?,
        model: given.bytes("model")?,
        input_commitment: given.bytes("inputCommitment")?,
        output: given.bytes("output")?,
        masked: given.bytes("masked")?,
        workers: given.bytes("workers")?,
        members: given.number("members")?,
        signers: given.number("signers")?,
        needed: given.number("needed")?,
    })
}

/// Adds up the consents of the chosen claims, 96 bytes each.
#[wasm_bindgen(js_name = aggregateConsents)]
pub fn aggregate_consents(consents: &[u8]) -> Result<Vec<u8>, JsValue> {
    Ok(attestation::aggregate_consents(consents)?.to_vec())
}

/// Which masked results of a round agree, as bits: the largest set that is pairwise within the tolerance. They lie one behind the other,
/// each of `length` bytes.
#[wasm_bindgen]
pub fn agreeing(results: &[u8], length: usize, tolerance: u32) -> Result<u32, JsValue> {
    Ok(attestation::agreeing(results, length, tolerance)?)
}

/// The name of content: its BLAKE3 digest, 32 bytes.
#[wasm_bindgen(js_name = contentDigest)]
pub fn content_digest(bytes: &[u8]) -> Vec<u8> {
    blake3::hash(bytes).as_bytes().to_vec()
}

/// The digest of content that comes in parts.
#[wasm_bindgen]
pub struct ContentHasher(blake3::Hasher);

#[wasm_bindgen]
impl ContentHasher {
    /// Starts with no content.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)] // It is for JavaScript.
    pub fn new() -> Self {
        Self(blake3::Hasher::new())
    }

    /// The next bytes.
    pub fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    /// The digest of all bytes so far.
    pub fn finish(&self) -> Vec<u8> {
        self.0.finalize().as_bytes().to_vec()
    }
}
