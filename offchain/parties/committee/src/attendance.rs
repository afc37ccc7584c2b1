//! What the chain sees of a member besides its share keys: its seat, and what it does about members that are absent.
//!
//! A member that is absent loses a part of its bond and its place (`bithive_economics::absence`). Nobody is paid for a report,
//! so the members do it: they are those who need the others. They also have the next committee elected, where elections are held.

use std::collections::BTreeMap;

use bithive_api::registry::{Duty, DutyResponse, ExecuteMsg};
use bithive_chain::ChainError;

use crate::{Member, ServiceError};

/// What [`Member::attend`] has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attendance {
    /// The epoch from which on the member has a seat that it took.
    pub seat: Option<u64>,
    /// The epoch for which it posted the digest that others had posted.
    pub endorsed: Option<u64>,
    /// Accounts of absent members that it reported.
    pub reported: Vec<String>,
    /// The epoch for which it had a committee elected.
    pub elected: Option<u64>,
}

impl Member {
    /// Takes the member's seat, if it was elected to one; posts the digest that as many others as the threshold have posted for the
    /// current epoch, if it could not post one of its own; reports members that have missed a duty; and has the next
    /// committee elected. What somebody else was faster to do is no error.
    ///
    /// To post what others posted costs nothing in safety: clients believe that digest already. It shows that the
    /// member is there, so that no other member can have it taken for absent by not talking to it.
    ///
    /// # Errors
    /// [`ServiceError::Chain`]; a duty that is refused keeps it from no other one.
    pub async fn attend(&self) -> Result<Attendance, ServiceError> {
        let mut done = Attendance::default();
        let committee = self.client().committee().await?;
        let duties = self.client().duties().await?;
        let (own, others): (Vec<_>, Vec<_>) =
            duties.into_iter().partition(|open| open.address.as_str() == self.account.address());
        let mut refused = Ok(());
        for open in own {
            let fulfilled = match open.duty {
                Duty::Seat => {
                    let taken = self.account.registry(&ExecuteMsg::TakeSeat {}).await;
                    taken.map(|_| done.seat = Some(open.epoch)).map_err(ServiceError::from)
                }
                Duty::ShareKeys if open.epoch == committee.epoch => {
                    let endorsed = self.endorse(open.epoch, committee.threshold).await;
                    endorsed.map(|endorsed| done.endorsed = endorsed.then_some(open.epoch))
                }
                // Nothing can be posted for an epoch that is over.
                Duty::ShareKeys => Ok(()),
            };
            match fulfilled {
                Err(error @ ServiceError::Chain(ChainError::Contract { .. })) => refused = Err(error),
                other => other?,
            }
        }
        for DutyResponse { address, .. } in others.into_iter().filter(|open| open.missed) {
            let report = ExecuteMsg::ReportAbsent { address: address.to_string() };
            if accepted(self.account.registry(&report).await)? {
                done.reported.push(address.into());
            }
        }
        let next = committee.epoch.saturating_add(1);
        let candidates = self.client().candidates().await?;
        let seats = candidates.election.map_or(usize::MAX, |election| election.seats.into());
        let elected = candidates.elected.is_some_and(|elected| elected >= next);
        let mut tried = self.tried.lock().await;
        // Once in an epoch: in its second half, or while the registry is paused, every attempt is refused.
        if !elected && candidates.candidates.len() >= seats && *tried != Some(next) {
            // A chain that does not answer has not refused it.
            let elected = accepted(self.account.registry(&ExecuteMsg::Elect {}).await)?;
            *tried = Some(next);
            if elected {
                done.elected = Some(next);
            }
        }
        refused.map(|()| done)
    }

    /// Posts the digest that at least `threshold` members posted for an epoch.
    async fn endorse(&self, epoch: u64, threshold: u8) -> Result<bool, ServiceError> {
        let mut counts = BTreeMap::new();
        for post in self.client().share_keys(epoch).await? {
            let count: &mut usize = counts.entry(post.digest.to_vec()).or_default();
            *count = count.saturating_add(1);
        }
        let Some((digest, _)) = counts.into_iter().find(|(_, count)| *count >= usize::from(threshold)) else {
            return Ok(false);
        };
        self.account.registry(&ExecuteMsg::PostShareKeys { epoch, digest: digest.into() }).await?;
        Ok(true)
    }
}

/// Whether the contract took a message; a refusal means that somebody else was faster, or that it is too late.
fn accepted<T>(result: Result<T, ChainError>) -> Result<bool, ServiceError> {
    match result {
        Ok(_) => Ok(true),
        Err(error @ ChainError::Contract { .. }) => {
            tracing::debug!(%error, "somebody else was faster");
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}
