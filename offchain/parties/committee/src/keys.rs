//! A member's keys on disk, by committee, from the first draw to their destruction.

use std::collections::BTreeSet;

use bithive_blindmatch::DecodeError;
use bithive_blindmatch::committee::{
    Commitments, Contribution, MemberIndex, MemberSeeds, Statement, contribute,
};
use bithive_state::{State, StateError};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::ServiceError;
use crate::registered::Committee;

/// Bytes of an encoded contribution.
const CONTRIBUTION_BYTES: usize = 35;
const PREFIX: &str = "committee/";

/// Records of a committee: `contributions` until all members agreed, `seeds`, `statement` and `commitments` until
/// its duties are over.
pub(crate) struct Keys(State);

impl Keys {
    pub(crate) fn new(state: State) -> Self {
        Self(state)
    }

    /// This member's contributions, drawn once: two different ones would give the seed's holders different seeds.
    ///
    /// # Errors
    /// [`ServiceError::State`]; nothing is drawn for a committee that has agreed.
    pub(crate) fn contributions(
        &self,
        committee: &Committee,
        me: MemberIndex,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<Contribution>, ServiceError> {
        let name = record(committee, "contributions");
        if let Some(kept) = self.kept(&name, decode_contributions)? {
            return Ok(kept);
        }
        if self.read(&record(committee, "commitments"))?.is_some() {
            return Err(ServiceError::AgreedAlready { from_epoch: committee.from_epoch });
        }
        let drawn = contribute(committee.params, me, rng);
        self.write(&name, &encode_contributions(&drawn))?;
        Ok(drawn)
    }

    pub(crate) fn seeds(&self, committee: &Committee) -> Result<Option<MemberSeeds>, ServiceError> {
        self.kept(&record(committee, "seeds"), MemberSeeds::decode)
    }

    /// Keeps the seeds with the statement about them, which takes long to compute.
    pub(crate) fn agreed_on_seeds(
        &self,
        committee: &Committee,
        seeds: &MemberSeeds,
        statement: &Statement,
    ) -> Result<(), ServiceError> {
        // The statement first: where there are seeds, there is one.
        self.write(&record(committee, "statement"), &statement.encode())?;
        self.write(&record(committee, "seeds"), &seeds.encode())
    }

    pub(crate) fn statement(&self, committee: &Committee) -> Result<Option<Statement>, ServiceError> {
        self.kept(&record(committee, "statement"), Statement::decode)
    }

    pub(crate) fn commitments(&self, committee: &Committee) -> Result<Option<Commitments>, ServiceError> {
        self.kept(&record(committee, "commitments"), Commitments::decode)
    }

    /// Keeps the commitments. A member that has stated its own has its seeds, so nobody needs contributions any
    /// more.
    pub(crate) fn agreed(
        &self,
        committee: &Committee,
        commitments: &Commitments,
    ) -> Result<(), ServiceError> {
        self.write(&record(committee, "commitments"), &commitments.encode())?;
        Ok(self.0.remove(&record(committee, "contributions"))?)
    }

    /// Destroys the keys of every committee but these.
    pub(crate) fn keep_only(&self, committees: &[Committee]) -> Result<(), StateError> {
        let kept: BTreeSet<String> = committees.iter().map(|committee| hex::encode(committee.id)).collect();
        for name in self.0.names(PREFIX)? {
            let id = name.strip_prefix(PREFIX).and_then(|rest| rest.split('/').next());
            if id.is_none_or(|id| !kept.contains(id)) {
                self.0.remove(&name)?;
            }
        }
        Ok(())
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, ServiceError> {
        let Some(text) = self.0.get::<String>(name)?.map(Zeroizing::new) else { return Ok(None) };
        let bytes = hex::decode(text.as_bytes());
        Ok(Some(Zeroizing::new(bytes.map_err(|error| damaged(name, &error))?)))
    }

    /// A record that this program wrote: one that can't be read is no matter of what others sent.
    fn kept<T>(
        &self,
        name: &str,
        decode: impl Fn(&[u8]) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, ServiceError> {
        let bytes = self.read(name)?;
        let decoded = bytes.map(|bytes| decode(&bytes)).transpose();
        Ok(decoded.map_err(|error| damaged(name, &error))?)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), ServiceError> {
        Ok(self.0.put(name, &*Zeroizing::new(hex::encode(bytes)))?)
    }
}

fn damaged(name: &str, error: &impl ToString) -> StateError {
    StateError::Damaged { name: name.into(), reason: error.to_string() }
}

fn record(committee: &Committee, what: &str) -> String {
    format!("{PREFIX}{}/{what}", hex::encode(committee.id))
}

pub(crate) fn encode_contributions<'a>(
    contributions: impl IntoIterator<Item = &'a Contribution>,
) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::new());
    contributions.into_iter().for_each(|contribution| out.extend_from_slice(&contribution.encode()));
    out
}

/// Reads contributions one after the other.
pub(crate) fn decode_contributions(bytes: &[u8]) -> Result<Vec<Contribution>, DecodeError> {
    bytes.chunks(CONTRIBUTION_BYTES).map(Contribution::decode).collect()
}
