//! The verification of attestations: one aggregate signature over the final statements of one job or of several.

use bithive_attest::statement::Attested;
use bithive_attest::{JobStatement, Members, bls, largest_cluster};

use crate::failure::list_of;
use crate::job::Market;
use crate::{Failure, Kind};

/// What the chain says of a settled job.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The market that the job belongs to.
    pub market: Market,
    /// Number of the job.
    pub job_id: u64,
    /// The round that succeeded.
    pub round: u8,
    /// BLAKE3 digest of the model file, 32 bytes.
    pub model: Vec<u8>,
    /// Commitment to the plaintext input, 32 bytes.
    pub input_commitment: Vec<u8>,
    /// BLAKE3 digest of the encrypted output, 32 bytes.
    pub output: Vec<u8>,
    /// Masked result of the representative.
    pub masked: Vec<u8>,
    /// BLS keys of all workers of the round in slot order, 48 bytes each.
    pub workers: Vec<u8>,
    /// Bit i set: worker i agrees.
    pub members: u32,
    /// Bit i set: worker i signed.
    pub signers: u32,
    /// Least number of signers.
    pub needed: u8,
}

/// Verifies one aggregate signature over all statements, each by its own signers.
///
/// # Errors
/// [`Kind::Statement`]; [`Kind::Argument`] for digests and keys of wrong lengths.
pub fn verify(statements: &[Statement], signature: &[u8]) -> Result<(), Failure> {
    let attested = statements.iter().map(attested).collect::<Result<Vec<_>, _>>()?;
    bls::verify_statements(&attested, signature).map_err(Kind::Statement.because())
}

/// What has to be signed, and by whom.
fn attested(statement: &Statement) -> Result<Attested, Failure> {
    let refuse = |reason: String| Kind::Statement.failure(format!("job {}: {reason}", statement.job_id));
    let workers = list_of::<48>("the workers' keys", &statement.workers)?;
    let (members, signers) = (Members::from_bits(statement.members), Members::from_bits(statement.signers));
    if !members.is_subset(Members::first(workers.len())) {
        return Err(refuse(format!("its quorum has members beyond its {} workers", workers.len())));
    }
    if !signers.is_subset(members) {
        return Err(refuse("its signers are not all in its quorum".into()));
    }
    // As every market asks: two quorums of one round share a worker.
    let needed = usize::from(statement.needed).max(workers.len() / 2 + 1);
    let found = signers.of(workers).count();
    if found < needed {
        return Err(refuse(format!(
            "{found} workers have signed; expected at least {needed} of {}",
            workers.len()
        )));
    }
    let digests = [&statement.model[..], &statement.input_commitment, &statement.output];
    let job = (statement.job_id, statement.round);
    let signed = JobStatement::of_parts(job, digests, &statement.masked, (workers, members))
        .map_err(Kind::Argument.because())?;
    let keys: Vec<[u8; 48]> = signers.of(workers.iter().copied()).collect();
    let full_key = bls::sum_keys(&keys).map_err(Kind::Statement.because())?;
    Ok(Attested { full_key, absent: Vec::new(), message: signed.sign_bytes(statement.market.domain()) })
}

/// Adds up the consents of the chosen claims, 96 bytes each.
///
/// # Errors
/// [`Kind::Argument`] for another length; [`Kind::Claim`] for no consent, and for bytes that are no signature.
pub fn aggregate_consents(consents: &[u8]) -> Result<[u8; 96], Failure> {
    bls::aggregate(list_of("the consents", consents)?).map_err(Kind::Claim.because())
}

/// Which of `results` agree: bit i is set for a member of the largest set that is pairwise within `tolerance`, by the market's rule. They
/// lie one behind the other, each of `length` bytes; 0 for none, and for more than a round can have.
///
/// # Errors
/// [`Kind::Argument`] where they are not of that length.
pub fn agreeing(results: &[u8], length: usize, tolerance: u32) -> Result<u32, Failure> {
    if length == 0 || !results.len().is_multiple_of(length) {
        let found = results.len();
        return Err(
            Kind::Argument.failure(format!("{found} bytes of results; expected some of {length} each"))
        );
    }
    let results: Vec<Option<&[u8]>> = results.chunks_exact(length).map(Some).collect();
    Ok(largest_cluster(&results, tolerance).map_or(0, |cluster| cluster.members))
}
