//! What accreditors read, compare with the registry, and say.

use std::path::Path;

use anyhow::{Context, Result};
use bithive_api::registry::{AccreditedResponse, ExecuteMsg};
use bithive_blindmatch::commitment::Disclosure;
use bithive_client::{Account, Client};
use zeroize::Zeroizing;

/// Most bytes of a disclosure: every slot of the largest schema, opened.
const MOST_BYTES: u64 = 64 * 1024;
/// Seconds of a day.
const DAY: u64 = 86_400;

/// Reads a file of `node disclose`.
pub(crate) fn read(file: &Path) -> Result<Disclosure> {
    let shown = || file.display().to_string();
    let length = std::fs::metadata(file).with_context(shown)?.len();
    anyhow::ensure!(length <= MOST_BYTES, "{} has {length} bytes; at most {MOST_BYTES} are read", shown());
    let bytes = Zeroizing::new(std::fs::read(file).with_context(shown)?);
    Disclosure::decode(&bytes).with_context(shown)
}

/// What counts for a node in the registry, if it has registered what a disclosure opens.
pub(crate) async fn registered(
    client: &Client,
    disclosure: &Disclosure,
    node: &str,
) -> Result<AccreditedResponse> {
    let found = client.accredited(node).await?;
    let found = found.with_context(|| format!("{node} is not registered as a node"))?;
    let (registered, opened) = (&found.commitment, disclosure.commitments().digest());
    anyhow::ensure!(
        registered.as_slice() == opened,
        "{node} has registered commitment {registered}, and the file opens {}: ask the node to disclose again",
        hex::encode(opened)
    );
    Ok(found)
}

/// What an accreditor has said: of which attributes, and until when; both times in seconds since 1970.
pub(crate) struct Vouched {
    pub(crate) attributes: Vec<String>,
    pub(crate) until: u64,
    pub(crate) now: u64,
}

/// Vouches for some attributes of a disclosure.
pub(crate) async fn vouch(
    accreditor: &Account,
    (disclosure, attributes): (&Disclosure, Vec<String>),
    node: &str,
    days: u64,
) -> Result<Vouched> {
    let AccreditedResponse { grants, .. } = registered(accreditor.client(), disclosure, node).await?;
    let now = accreditor.client().chain().info().await?.time.seconds();
    // A block is made before the transaction is: the last day is not filled to the second.
    let mut until = now.saturating_add(days.saturating_mul(DAY));
    let mut words = attributes.clone();
    // What it said before stays, no longer than it said.
    if let Some(before) = grants.iter().find(|grant| grant.accreditor.as_str() == accreditor.address()) {
        let others = before.attributes.iter().filter(|name| !attributes.contains(name));
        words.extend(others.cloned());
        if words.len() > attributes.len() {
            until = until.min(before.until);
        }
    }
    let commitment = (&disclosure.commitments().digest()).into();
    let message = ExecuteMsg::Accredit { node: node.into(), commitment, attributes: words.clone(), until };
    accreditor.registry(&message).await?;
    Ok(Vouched { attributes: words, until, now })
}
