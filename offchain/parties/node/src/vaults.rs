//! Trying vaults: the node's own tags, from the committee, and whom a claim would go to.

use bithive_api::jobs::JobResponse;
use bithive_blindmatch::attributes::Attributes;
use bithive_blindmatch::schema::{Attribute, Input};
use bithive_blindmatch::vault::{Poster, Vault};
use bithive_client::Client;
use bithive_committee::TagSource;
use cosmwasm_std::Addr;
use rand_core::CryptoRng;

use crate::NodeError;
use crate::secret::Secret;

/// Epochs before the current one whose tags the committee still gives.
const PAST_EPOCHS: u64 = 1;

/// What vaults are tried with. One at a time: tags that two tries ask for at the same time would be charged twice.
pub(crate) struct Vaults {
    client: Client,
    account: String,
    attributes: Attributes,
    /// Digest of the commitments to its answers.
    commitment: [u8; 32],
    tags: TagSource,
    /// Attributes that need an accreditor and have none, as it was last said in the log.
    without: Vec<String>,
}

/// What came of trying a vault.
pub(crate) struct Tried {
    /// What it told, if it opened.
    pub(crate) opened: Option<Opened>,
    /// Whether answers were left out, because no accreditor has seen them.
    pub(crate) left_out: bool,
}

/// What a vault told that opened.
pub(crate) struct Opened {
    /// The requester's endpoint.
    pub(crate) requester: [u8; 32],
    /// K_r, which authenticates claims.
    pub(crate) match_key: Secret,
}

impl Vaults {
    pub(crate) fn new(
        client: Client,
        account: &str,
        (attributes, commitment): (Attributes, [u8; 32]),
        tags: TagSource,
    ) -> Self {
        Self { client, account: account.into(), attributes, commitment, tags, without: vec![] }
    }

    /// Tries the vault of a job.
    pub(crate) async fn open(
        &mut self,
        job: &JobResponse,
        rng: &mut (impl CryptoRng + Send),
    ) -> Result<Tried, NodeError> {
        let vault = Vault::decode(&self.client.vault(job.job_id).await?)?;
        self.expect_endpoint_of(&job.requester, &vault).await?;
        let (epoch, current) = (vault.epoch(), self.tags.epoch().await?);
        // Anybody can post any vault; the committee is not to be asked for what it will never answer.
        if !(current.saturating_sub(PAST_EPOCHS)..=current).contains(&epoch) {
            return Err(NodeError::Mismatch {
                what: "the vault",
                reason: format!("its epoch is {epoch}, the current one is {current}"),
            });
        }
        let inputs = self.accredited_inputs().await?;
        if inputs.is_empty() {
            return Ok(Tried { opened: None, left_out: !self.without.is_empty() });
        }
        let tags = self.tags.tags(vault.epoch(), &inputs, rng).await?.only(&inputs);
        let domain = self.client.deployment().jobs_domain();
        let poster = Poster::new(domain.chain_id, domain.contract, job.requester.as_str());
        let opened = vault.open(&tags, &poster)?;
        let opened = opened.map(|opened| Opened {
            requester: vault.endpoint(),
            match_key: Secret::of(opened.key.as_bytes()),
        });
        Ok(Tried { opened, left_out: !self.without.is_empty() })
    }

    /// The answers that the committee evaluates: all but those of attributes that need an accreditor and have none.
    async fn accredited_inputs(&mut self) -> Result<Vec<Input>, NodeError> {
        let accredited = self.client.accredited(&self.account).await?;
        let accredited = accredited.ok_or_else(|| NodeError::NotRegistered(self.account.clone()))?;
        if accredited.commitment.as_slice() != self.commitment {
            return Err(NodeError::OtherAttributes);
        }
        let schema = self.tags.schema();
        let names = schema.attributes().iter().map(Attribute::name);
        let without: Vec<String> =
            names.filter(|name| !accredited.admits(name)).map(ToOwned::to_owned).collect();
        let admitted =
            |input: &&Input| schema.attribute_of(input.slot).is_some_and(|name| accredited.admits(name));
        let inputs = self.attributes.inputs().iter().filter(admitted).cloned().collect();
        if without != self.without {
            tracing::warn!(attributes = ?without, "accreditors have seen none of these; requests that ask for them stay closed");
            self.without = without;
        }
        Ok(inputs)
    }

    /// Claims go to the poster, at the endpoint that it has registered, and to nobody else.
    async fn expect_endpoint_of(&self, requester: &Addr, vault: &Vault) -> Result<(), NodeError> {
        let registered = self.client.requester(requester.as_str()).await?;
        let registered = registered.map(|requester| requester.endpoint);
        if registered.as_ref().is_some_and(|endpoint| endpoint.as_slice() == vault.endpoint()) {
            return Ok(());
        }
        let registered = registered.map_or_else(|| "none".into(), |endpoint| endpoint.to_hex());
        let found = hex::encode(vault.endpoint());
        let reason = format!("its endpoint is {found}; {requester} has registered {registered}");
        Err(NodeError::Mismatch { what: "the vault", reason })
    }
}
