//! Where each unfinished job stands, as events and answers of the chain tell it.

use bithive_api::attestations::{self, PacketKind};
use bithive_api::jobs::{self, Phase};
use bithive_api::{ContractEvent as _, EventError};
use bithive_chain::Event;
use serde::{Deserialize, Serialize};

/// How far a job is: its round and phase as one number. It only grows, so an answer with a smaller one comes from a
/// node that is behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Progress(u16);

impl Progress {
    /// The progress of every job in a final state.
    pub const FINAL: Self = Self(u16::MAX);

    /// The progress of a job in this phase of this round.
    #[must_use]
    pub const fn of(phase: Phase, round: u8) -> Self {
        let within = match phase {
            Phase::Open => return Self(0),
            Phase::Assigned => 1,
            Phase::Committed => 2,
            Phase::Revealed => 3,
            Phase::Disputed => 4,
            Phase::Settled | Phase::Refunded => return Self::FINAL,
        };
        Self(round as u16 * 8 + within)
    }
}

/// An event of the market that changes a job's phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobEvent {
    /// Number of the job.
    pub job: u64,
    /// How far the job is after the event.
    pub progress: Progress,
    /// Whether it was settled.
    pub settled: bool,
}

/// A packet with an attestation that did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostPacket {
    /// Number of the job whose attestation was lost.
    pub job: u64,
    /// Channel that the packet was sent over.
    pub channel: String,
    /// The other chain's error if it refused the packet; none if the packet timed out.
    pub refused: Option<String>,
}

/// An event in a block that the relayer reacts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occurrence {
    /// A job changed its phase.
    Job(JobEvent),
    /// A packet was lost.
    Packet(LostPacket),
}

impl Occurrence {
    /// Reads an event of the market, or of the attestations contract if there is one.
    ///
    /// # Errors
    /// [`EventError`]: one of the two wrote what can't be read.
    pub fn read(event: &Event, market: &str, attestations: Option<&str>) -> Result<Option<Self>, EventError> {
        if let Some(event) = jobs::Event::read(market, event)? {
            return Ok(JobEvent::of(&event).map(Self::Job));
        }
        let Some(attestations) = attestations else { return Ok(None) };
        let event = attestations::Event::read(attestations, event)?;
        Ok(event.and_then(LostPacket::of).map(Self::Packet))
    }
}

impl LostPacket {
    /// A statement that did not arrive; the worker sets of others are not this relayer's.
    fn of(event: attestations::Event) -> Option<Self> {
        use attestations::Event::{Refused, TimedOut};
        let (job, channel, refused) = match event {
            TimedOut { kind: PacketKind::Statement, channel_id, job_id } => (job_id, channel_id, None),
            Refused { kind: PacketKind::Statement, channel_id, job_id, error } => {
                (job_id, channel_id, Some(error))
            }
            _ => return None,
        };
        Some(Self { job, channel, refused })
    }
}

impl JobEvent {
    /// None for an event that changes no phase.
    fn of(event: &jobs::Event) -> Option<Self> {
        let (job, (phase, round)) = (event.job_id()?, event.transition()?);
        Some(Self { job, progress: Progress::of(phase, round.0), settled: phase == Phase::Settled })
    }
}

/// A job's state as the chain answered it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobState {
    /// State of the job in its market.
    pub phase: Phase,
    /// Round of the job, from 1; 0 before the first assignment.
    pub round: u8,
    /// Unix time after which `Advance` applies, in seconds; none in a final state.
    pub deadline: Option<u64>,
}

impl JobState {
    /// How far the job is, to compare with what events reported.
    #[must_use]
    pub const fn progress(&self) -> Progress {
        Progress::of(self.phase, self.round)
    }
}

/// A job that is not final.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The furthest progress that an event or an answer has shown.
    pub least: Progress,
    /// The last answer that is not behind `least`.
    pub seen: Option<JobState>,
    /// Whether the chain has to be asked for the job's state.
    pub ask: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use bithive_api::event::{CONTRACT, PREFIX};
    use bithive_api::jobs::Round;
    use cosmwasm_std::{Addr, Uint128};

    #[test]
    fn places_grow_along_every_way_through_the_market() {
        let mut way = vec![Progress::of(Phase::Open, 0)];
        for round in 1..=3 {
            for phase in [Phase::Assigned, Phase::Committed, Phase::Revealed, Phase::Disputed] {
                way.push(Progress::of(phase, round));
            }
        }
        way.push(Progress::of(Phase::Settled, 3));
        assert!(way.is_sorted_by(|a, b| a < b));
        assert_eq!(Progress::of(Phase::Refunded, 0), Progress::FINAL);
        assert!(Progress::of(Phase::Disputed, u8::MAX) < Progress::FINAL);
    }

    /// An event of `contract` as the chain tells it.
    fn event_of(contract: &str, event: impl Into<cosmwasm_std::Event>) -> Event {
        let event = event.into();
        let mut attributes = vec![(CONTRACT.to_owned(), contract.to_owned())];
        attributes.extend(event.attributes.into_iter().map(|pair| (pair.key, pair.value)));
        Event { kind: format!("{PREFIX}{}", event.ty), attributes }
    }

    fn read(event: &Event) -> Result<Option<Occurrence>, EventError> {
        Occurrence::read(event, "market", Some("attestations"))
    }

    #[test]
    fn events_that_change_a_phase_are_read_and_others_are_not() {
        use jobs::Event::*;
        let (job_id, round, amount) = (7, Round(2), Uint128::new(5));
        let revealed = Revealed { job_id, round, quorum: 7, representative: 0 };
        let progress = Progress::of(Phase::Revealed, 2);
        let happened = JobEvent { job: 7, progress, settled: false };
        assert_eq!(read(&event_of("market", revealed.clone())), Ok(Some(Occurrence::Job(happened))));
        let settled = JobEvent { job: 7, progress: Progress::FINAL, settled: true };
        let event = Settled { job_id, round, paid: amount, refunded: amount };
        assert_eq!(read(&event_of("market", event.clone())), Ok(Some(Occurrence::Job(settled))));
        let ended = JobEvent { settled: false, ..settled };
        let requester = Addr::unchecked("requester");
        let refunded = Refunded { job_id, round, refunded: amount, reason: "cancelled".into() };
        for event in [refunded, Cancelled { job_id, round: Round(0), requester }] {
            assert_eq!(read(&event_of("market", event)), Ok(Some(Occurrence::Job(ended))));
        }
        let worker = Addr::unchecked("worker");
        for other in [Commitment { job_id, round, worker }, Paused { paused: true }] {
            assert_eq!(read(&event_of("market", other)), Ok(None));
        }
        for stranger in ["attestations", "another"] {
            assert_eq!(read(&event_of(stranger, event.clone())), Ok(None), "{stranger}");
        }
        let mut malformed = event_of("market", revealed);
        malformed.attributes[1] = ("job_id".into(), "seven".into());
        assert!(matches!(read(&malformed), Err(EventError::Malformed { key: "job_id", .. })));
    }

    #[test]
    fn packets_that_did_not_arrive_are_read_and_others_are_not() {
        use attestations::Event::*;
        let (job_id, channel_id) = (7, "channel-3".to_owned());
        let lost = |refused| LostPacket { job: 7, channel: "channel-3".into(), refused };
        let late = TimedOut { kind: PacketKind::Statement, channel_id: channel_id.clone(), job_id };
        assert_eq!(read(&event_of("attestations", late)), Ok(Some(Occurrence::Packet(lost(None)))));
        let refused =
            |kind| Refused { kind, channel_id: channel_id.clone(), job_id, error: "stale: no".into() };
        let event = refused(PacketKind::Statement);
        let packet = Occurrence::Packet(lost(Some("stale: no".into())));
        assert_eq!(read(&event_of("attestations", event.clone())), Ok(Some(packet)));
        assert_eq!(read(&event_of("attestations", refused(PacketKind::Workers))), Ok(None));
        let accepted = Accepted {
            kind: PacketKind::Statement,
            channel_id: channel_id.clone(),
            job_id,
            receipt: attestations::Receipt::Recorded,
        };
        assert_eq!(read(&event_of("attestations", accepted)), Ok(None));
        assert_eq!(read(&event_of("market", event)), Ok(None));
    }
}
