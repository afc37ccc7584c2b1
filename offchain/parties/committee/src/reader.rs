//! The other side of releases: a reader that asks a committee for the key of a content.

use std::sync::Arc;
use std::time::Duration;

use bithive_api::grants::ContentResponse;
use bithive_attest::Domain;
use bithive_blindmatch::committee::{CommitteeError, CommitteeParams};
use bithive_client::{Client, GrantError};
use bithive_exchange::{Exchange, PeerId, Protocol};
use bithive_release::{
    CombineError, Committee, ContentKey, DecodeError, Label, Request, Share, Wrap, WrapError, combine,
};

use crate::ask::ask_each;
use crate::registered::Seat;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The chain does not answer, or no contract can be asked.
    #[error(transparent)]
    Grants(#[from] GrantError),
    /// Nobody has registered the content.
    #[error(
        "content {content} is not registered on {chain_id}; its author registers it with `bithive content register`"
    )]
    NoContent {
        /// The content, in hex.
        content: String,
        /// Id of the chain.
        chain_id: String,
    },
    /// What is registered can't be read.
    #[error("what the author has registered is of no use: {0}")]
    Registered(#[from] DecodeError),
    /// The wrapped key is not for this committee or not of this author.
    #[error(transparent)]
    Wrap(#[from] WrapError),
    /// The members' shares give no key.
    #[error("the committee gives no key: {error}; {reasons}")]
    Shares {
        /// What is wrong with the shares.
        error: CombineError,
        /// Why other members have not answered.
        reasons: String,
    },
    /// A committee that can't be, which no file is read as.
    #[error(transparent)]
    Committee(#[from] CommitteeError),
}

/// The key of a content, and what the chain has of it.
pub struct Released {
    /// The key, which is the one that the author has committed to.
    pub key: ContentKey,
    /// The content, as its author has registered it.
    pub content: ContentResponse,
}

/// Asks all members of a committee for their shares of the key of a content, until t valid ones are there. The endpoint has to be that of
/// an account that the content's author permits.
///
/// # Errors
/// [`ReleaseError`]; members at fault, and members that did not answer, are named by their numbers.
pub async fn ask_for_key(
    client: &Client,
    exchange: &Arc<dyn Exchange>,
    committee: &Committee,
    content: [u8; 32],
    patience: Duration,
) -> Result<Released, ReleaseError> {
    let chain_id = client.deployment().chain_id.clone();
    let found = client.content(content).await?;
    let found = found.ok_or_else(|| ReleaseError::NoContent {
        content: hex::encode(content),
        chain_id: chain_id.clone(),
    })?;
    let contract = client.grants_address().await?;
    let wrap = Wrap::decode(&found.wrap)?;
    let commitment = <[u8; 32]>::try_from(found.commitment.as_slice()).unwrap_or_default();
    let grants = Domain { chain_id: &chain_id, contract: &contract };
    let label = Label { grants, author: found.author.as_str(), content, commitment };
    // Nobody is asked for what nobody can answer.
    wrap.check(committee, &label)?;
    let body = Request { committee: committee.id(), content }.encode().into();
    let decode = |bytes: &[u8]| Share::decode(bytes).map_err(|error| error.to_string());
    let seats = seats(committee)?;
    let mut asked = ask_each(exchange, &seats, Protocol::Release, &body, patience, decode);
    let (mut shares, mut reasons) = (Vec::new(), Vec::new());
    let mut missing = None;
    while let Some(joined) = asked.join_next().await {
        let Ok((index, answer)) = joined else { continue };
        match answer {
            Ok(share) => shares.push((index.get(), share)),
            Err(reason) => {
                reasons.push((index.get(), reason));
                continue;
            }
        }
        if shares.len() < usize::from(committee.threshold()) {
            continue;
        }
        match combine(committee, &wrap, &label, &shares) {
            Ok(key) => return Ok(Released { key, content: found }),
            // Another member may do better.
            Err(error @ CombineError::TooFew { .. }) => missing = Some(error),
            Err(error) => return Err(no_key(error, reasons)),
        }
    }
    let (valid, needed) = (shares.len(), committee.threshold().into());
    let error = missing.unwrap_or(CombineError::TooFew { valid, needed, faults: vec![] });
    Err(no_key(error, reasons))
}

fn no_key(error: CombineError, mut reasons: Vec<(u8, String)>) -> ReleaseError {
    reasons.sort_unstable();
    let one = |(member, reason): (u8, String)| format!("member {member}: {reason}");
    let reasons: Vec<_> = reasons.into_iter().map(one).collect();
    let reasons = if reasons.is_empty() { "all members have answered".into() } else { reasons.join("; ") };
    ReleaseError::Shares { error, reasons }
}

/// The members as they are asked.
fn seats(committee: &Committee) -> Result<Vec<Seat>, CommitteeError> {
    let count = u8::try_from(committee.seats().len()).unwrap_or(u8::MAX);
    let params = CommitteeParams::new(count, committee.threshold())?;
    let of = |(index, seat): (_, &bithive_release::Seat)| Seat {
        index,
        account: String::new(),
        peer: PeerId(seat.endpoint),
    };
    Ok(params.all_members().zip(committee.seats()).map(of).collect())
}
