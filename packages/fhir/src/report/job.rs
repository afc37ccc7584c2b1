//! Where an answer is from, and the systems of identifiers of reports.

use serde::{Deserialize, Serialize};

/// System of identifiers: BLAKE3 digests of model files, in hexadecimal.
pub const MODEL: &str = "https://github.com/bithive/bithive/fhir/model-blake3";
/// System of identifiers: jobs, as chain/contract/number.
pub const JOB: &str = "https://github.com/bithive/bithive/fhir/job";
/// System of identifiers: aggregate signatures of quorums, in hexadecimal.
pub const ATTESTATION: &str = "https://github.com/bithive/bithive/fhir/attestation";
/// System of identifiers: accounts, as chain/address.
pub const ACCOUNT: &str = "https://github.com/bithive/bithive/fhir/account";
/// System of identifiers: commitments to a job's input, in hexadecimal.
pub const INPUT: &str = "https://github.com/bithive/bithive/fhir/input-commitment";

/// What is known of a settled job. As JSON it is what a party keeps of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// Id of the chain.
    pub chain: String,
    /// Address of the contract with the job.
    pub contract: String,
    /// Number of the job, from 1.
    pub number: u64,
    /// BLAKE3 digest of the model file that the job names, in hexadecimal.
    pub model: String,
    /// Commitment to the input, in hexadecimal.
    pub input: String,
    /// Aggregate signature of the quorum, in hexadecimal.
    pub attestation: String,
    /// Addresses of the workers that agreed.
    pub workers: Vec<String>,
}

impl Job {
    /// Its value in the system [`JOB`].
    pub(super) fn name(&self) -> String {
        format!("{}/{}/{}", self.chain, self.contract, self.number)
    }
}
