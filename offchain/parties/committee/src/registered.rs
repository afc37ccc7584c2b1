//! Committees as the registry lists them, each from an epoch on.

use bithive_api::registry::CommitteeResponse;
use bithive_blindmatch::committee::{CommitteeParams, MemberIndex};
use bithive_client::Client;
use bithive_exchange::PeerId;
use sha2::{Digest, Sha256};

use crate::ServiceError;

/// Epochs before the current one that are still answered: a vault outlives the turn of an epoch.
pub(crate) const PAST_EPOCHS: u64 = 1;

/// A member of a committee as the registry lists it.
#[derive(Clone)]
pub(crate) struct Seat {
    pub(crate) index: MemberIndex,
    pub(crate) account: String,
    pub(crate) peer: PeerId,
}

/// A committee as the registry lists it.
#[derive(Clone)]
pub(crate) struct Committee {
    /// Digest of the deployment and of everything below: seeds belong to exactly this committee.
    pub(crate) id: [u8; 32],
    pub(crate) params: CommitteeParams,
    pub(crate) from_epoch: u64,
    pub(crate) seats: Vec<Seat>,
}

impl Committee {
    /// The committee of an epoch, and the current epoch.
    pub(crate) async fn at(client: &Client, epoch: u64) -> Result<(Self, u64), ServiceError> {
        let response = client.committee_at(epoch).await?;
        let current = response.epoch;
        let committee = Self::read(client, response)?.ok_or(ServiceError::NoCommittee { epoch })?;
        Ok((committee, current))
    }

    /// The committees that have duties: of the last epoch, of the current one, and one that was named and has not
    /// begun. Also the current epoch.
    pub(crate) async fn in_service(client: &Client) -> Result<(Vec<Self>, u64), ServiceError> {
        let response = client.committee().await?;
        let current = response.epoch;
        let mut committees: Vec<_> = Self::read(client, response)?.into_iter().collect();
        for epoch in [current.saturating_sub(PAST_EPOCHS), u64::MAX] {
            let other = Self::read(client, client.committee_at(epoch).await?)?;
            committees.extend(other.filter(|other| committees.iter().all(|known| known.id != other.id)));
        }
        Ok((committees, current))
    }

    fn read(client: &Client, response: CommitteeResponse) -> Result<Option<Self>, ServiceError> {
        if response.members.is_empty() {
            return Ok(None);
        }
        let count = u8::try_from(response.members.len()).unwrap_or(u8::MAX);
        let params = CommitteeParams::new(count, response.threshold)?;
        let id = id(client, &response);
        let seats = params.all_members().zip(response.members).filter_map(|(index, member)| {
            let endpoint = member.endpoint.as_slice().try_into().ok()?;
            Some(Seat { index, account: member.address.into(), peer: PeerId(endpoint) })
        });
        Ok(Some(Self { id, params, from_epoch: response.from_epoch, seats: seats.collect() }))
    }

    /// The member with this account.
    pub(crate) fn member(&self, account: &str) -> Option<MemberIndex> {
        self.seats.iter().find(|seat| seat.account == account).map(|seat| seat.index)
    }

    /// The member behind this endpoint.
    pub(crate) fn holder(&self, peer: PeerId) -> Option<MemberIndex> {
        self.seats.iter().find(|seat| seat.peer == peer).map(|seat| seat.index)
    }

    /// Everybody but this member.
    pub(crate) fn others(&self, me: MemberIndex) -> impl Iterator<Item = &Seat> {
        self.seats.iter().filter(move |seat| seat.index != me)
    }

    /// A member's name in errors and logs.
    pub(crate) fn name(&self, index: MemberIndex) -> String {
        let seat = self.seats.iter().find(|seat| seat.index == index);
        seat.map_or_else(|| format!("member {index}"), |seat| format!("member {index} ({})", seat.account))
    }
}

fn id(client: &Client, committee: &CommitteeResponse) -> [u8; 32] {
    let deployment = client.deployment();
    let mut hasher = Sha256::new_with_prefix(b"BITHIVE-V1/committee/");
    let mut text = |text: &[u8]| {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text);
    };
    text(deployment.chain_id.as_bytes());
    text(deployment.registry().as_bytes());
    text(&committee.from_epoch.to_be_bytes());
    text(&[committee.threshold]);
    for member in &committee.members {
        text(member.address.as_bytes());
        text(member.endpoint.as_slice());
    }
    hasher.finalize().into()
}
