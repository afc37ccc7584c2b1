//! A job's secrets: its vault, and the claims that answer it.

use bithive_attest::Domain;
use bithive_blindmatch::claim::{Claim, ClaimContext, MAX_ADDRESS_BYTES, RequesterKey};
use bithive_blindmatch::vault::{DEFAULT_BUDGET, MatchKey, Poster, Vault, VaultError};
use bithive_payload::{ClaimMessage, Standing};
use zeroize::Zeroizing;

use crate::evaluation::Tags;
use crate::failure::sized;
use crate::policy::Policy;
use crate::random::{generator, seed};
use crate::record::{self, RecordKey, RecordKind};
use crate::{Failure, Kind};

/// A market of jobs: the id of its chain, and the address of its contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Market {
    /// Id of the chain.
    pub chain_id: String,
    /// Address of the contract.
    pub jobs: String,
}

impl Market {
    /// The market as signatures and keys are bound to it.
    #[must_use]
    pub fn domain(&self) -> Domain<'_> {
        Domain { chain_id: &self.chain_id, contract: &self.jobs }
    }
}

/// What a requester keeps of a job. Erased when dropped.
pub struct Job {
    market: Market,
    vault: Vault,
    match_key: MatchKey,
    requester_key: RequesterKey,
    policy: Zeroizing<Vec<u8>>,
    salt: Zeroizing<[u8; 32]>,
}

/// What the chain says of a job and of a node that claims it.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// Number of the job.
    pub job_id: u64,
    /// The round that will be assigned, from 1.
    pub round: u8,
    /// Most that one worker may ask, in base units.
    pub price: u128,
    /// The node's registered slot.
    pub slot: u16,
    /// The node's registered BLS key.
    pub bls_key: &'a [u8],
}

impl Job {
    /// Seals a policy with its tags: a vault that opens as `requester`'s in this market. Claims are sent to `endpoint`, 32 bytes.
    ///
    /// # Errors
    /// [`Kind::Argument`], [`Kind::Vault`], [`Kind::Epoch`], [`Kind::Random`].
    pub fn seal(
        tags: &Tags,
        policy: &Policy,
        market: Market,
        requester: &str,
        endpoint: &[u8],
    ) -> Result<Self, Failure> {
        let endpoint = sized("the endpoint", endpoint)?;
        ClaimContext::new(&market.chain_id, &market.jobs, 0).map_err(Kind::Argument.because())?;
        if !(1..=MAX_ADDRESS_BYTES).contains(&requester.len()) {
            let found = requester.len();
            let message =
                format!("the requester's address has {found} bytes; expected 1 to {MAX_ADDRESS_BYTES}");
            return Err(Kind::Argument.failure(message));
        }
        let mut rng = generator()?;
        let requester_key = RequesterKey::generate(&mut rng);
        let poster = Poster::new(&market.chain_id, &market.jobs, requester);
        let (compiled, key) = (policy.compiled(), requester_key.public());
        let sealed = Vault::seal(compiled, tags.all(), &poster, key, endpoint, DEFAULT_BUDGET, &mut rng);
        let (vault, match_key) = sealed.map_err(|error| match error {
            VaultError::Tree(_) => Kind::Policy.failure(error),
            VaultError::Epoch { .. } => Kind::Epoch.failure(error),
            other => Kind::Vault.failure(other),
        })?;
        Ok(Self { market, vault, match_key, requester_key, policy: policy.json()?, salt: seed()? })
    }

    /// The vault, as it is posted.
    #[must_use]
    pub fn vault(&self) -> Vec<u8> {
        self.vault.encode()
    }

    /// Digest of the vault: the name of the job before it has a number.
    #[must_use]
    pub fn vault_digest(&self) -> [u8; 32] {
        self.vault.digest()
    }

    /// The epoch whose tags open the vault.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.vault.epoch()
    }

    /// Opens a claim and checks that its sender has opened the vault.
    ///
    /// # Errors
    /// [`Kind::Claim`].
    pub fn open_claim(&self, job_id: u64, message: &[u8]) -> Result<Claim, Failure> {
        let refuse = |reason: &str| Kind::Claim.failure(reason);
        let message =
            ClaimMessage::decode(message).ok_or_else(|| refuse("the message is too short for a claim"))?;
        if message.job_id != job_id {
            return Err(refuse("the claim is for another job"));
        }
        let Market { chain_id, jobs } = &self.market;
        let context = ClaimContext::new(chain_id, jobs, job_id).map_err(Kind::Claim.because())?;
        self.requester_key.open(&context, &self.match_key, &message.sealed).map_err(Kind::Claim.because())
    }

    /// Opens a claim and holds it against what the chain says of its node.
    ///
    /// # Errors
    /// [`Kind::Claim`].
    pub fn accept_claim(&self, message: &[u8], terms: Terms<'_>) -> Result<Claim, Failure> {
        let Terms { job_id, round, price, slot, bls_key } = terms;
        let claim = self.open_claim(job_id, message)?;
        let standing = Standing { jobs: self.market.domain(), job_id, round, price, slot, bls_key };
        let checked = standing.check(&claim.address, claim.slot, claim.ask, &claim.consent);
        checked.map_err(|error| Kind::Claim.failure(format!("the claim is not valid: {error}")))?;
        Ok(claim)
    }

    pub(crate) fn market(&self) -> &Market {
        &self.market
    }

    /// Salt and policy of the input, which are the same in every round.
    pub(crate) fn input(&self) -> (&[u8; 32], &[u8]) {
        (&self.salt, &self.policy)
    }

    /// Seals the secrets.
    ///
    /// # Errors
    /// [`Kind::Random`].
    pub fn export(&self, key: &RecordKey) -> Result<Vec<u8>, Failure> {
        let content = record::encode(&[
            self.market.chain_id.as_bytes(),
            self.market.jobs.as_bytes(),
            &self.vault.encode(),
            self.match_key.as_bytes(),
            &self.requester_key.encode(),
            &self.policy,
            &*self.salt,
        ]);
        key.seal(RecordKind::Job, "", &content)
    }

    /// Opens what [`Job::export`] sealed.
    ///
    /// # Errors
    /// [`Kind::Record`].
    pub fn import(key: &RecordKey, sealed: &[u8]) -> Result<Self, Failure> {
        let content = key.open(RecordKind::Job, "", sealed)?;
        let [chain_id, jobs, vault, match_key, requester_key, policy, salt] = record::decode(&content)?;
        Ok(Self {
            market: Market { chain_id: record::text(chain_id)?.into(), jobs: record::text(jobs)?.into() },
            vault: Vault::decode(vault).map_err(Kind::Record.because())?,
            match_key: MatchKey::from_bytes(record::fixed(match_key)?),
            requester_key: RequesterKey::decode(requester_key).map_err(Kind::Record.because())?,
            policy: Zeroizing::new(policy.to_vec()),
            salt: Zeroizing::new(record::fixed(salt)?),
        })
    }
}
