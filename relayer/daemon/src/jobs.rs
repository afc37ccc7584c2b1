//! Where each unfinished job stands, as events and answers of the chain tell it.

use bithive_api::attestations;
use bithive_api::jobs::{Phase, events};
use bithive_chain::Event;
use serde::{Deserialize, Serialize};

/// A job's place on its way. It only ever grows, so an answer with a smaller one comes from a node that is behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place(u16);

impl Place {
    /// The last place of every job.
    pub const FINAL: Self = Self(u16::MAX);

    /// The place of a phase in a round.
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

/// What an event of the market says of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happened {
    /// The job.
    pub job: u64,
    /// Where it is since then.
    pub place: Place,
    /// Whether it was settled.
    pub settled: bool,
}

/// A packet with an attestation that did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostPacket {
    /// The job.
    pub job: u64,
    /// The channel.
    pub channel: String,
    /// What the other end said, if it refused the packet; none if it was late.
    pub refused: Option<String>,
}

/// Something in a block that matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occurrence {
    /// A job went on.
    Job(Happened),
    /// A packet was lost.
    Packet(LostPacket),
}

impl Occurrence {
    /// Reads an event of the market, or of the attestations contract if there is one.
    #[must_use]
    pub fn read(event: &Event, market: &str, attestations: Option<&str>) -> Option<Self> {
        let contract = event.contract()?;
        if contract == market {
            return Happened::read(event).map(Self::Job);
        }
        if Some(contract) == attestations { LostPacket::read(event).map(Self::Packet) } else { None }
    }
}

impl LostPacket {
    fn read(event: &Event) -> Option<Self> {
        let refused = match event.kind.strip_prefix("wasm-")? {
            attestations::events::TIMED_OUT => None,
            attestations::events::REFUSED => Some(event.get("error").unwrap_or("unknown").to_owned()),
            _ => return None,
        };
        // The worker sets of others are not this relayer's.
        if event.get("kind") != Some("statement") {
            return None;
        }
        let (job, channel) = (event.get("job_id")?.parse().ok()?, event.get("channel_id")?.to_owned());
        Some(Self { job, channel, refused })
    }
}

impl Happened {
    /// Reads an event of the market; none if it changes no phase.
    fn read(event: &Event) -> Option<Self> {
        let get = |key| event.get(key);
        let phase = match event.kind.strip_prefix("wasm-")? {
            events::POSTED => Phase::Open,
            events::ASSIGNED => Phase::Assigned,
            events::COMMITTED => Phase::Committed,
            events::REVEALED => Phase::Revealed,
            events::DISPUTED => Phase::Disputed,
            events::SETTLED => Phase::Settled,
            events::REFUNDED | events::CANCELLED => Phase::Refunded,
            _ => return None,
        };
        let job = get("job_id")?.parse().ok()?;
        // Without a readable round it is at least where the job's first one would be.
        let round = get("round").and_then(|round| round.parse().ok()).unwrap_or(0);
        Some(Self { job, place: Place::of(phase, round), settled: phase == Phase::Settled })
    }
}

/// What the chain answered about a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// State.
    pub phase: Phase,
    /// Round.
    pub round: u8,
    /// Unix time after which `Advance` applies, in seconds; none in a final state.
    pub deadline: Option<u64>,
}

impl Seen {
    /// Its place.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place::of(self.phase, self.round)
    }
}

/// A job that is not final.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Where it is at least.
    pub least: Place,
    /// The last answer that is not older than that.
    pub seen: Option<Seen>,
    /// Whether the chain has to be asked.
    pub ask: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_grow_along_every_way_through_the_market() {
        let mut way = vec![Place::of(Phase::Open, 0)];
        for round in 1..=3 {
            for phase in [Phase::Assigned, Phase::Committed, Phase::Revealed, Phase::Disputed] {
                way.push(Place::of(phase, round));
            }
        }
        way.push(Place::of(Phase::Settled, 3));
        assert!(way.is_sorted_by(|a, b| a < b));
        assert_eq!(Place::of(Phase::Refunded, 0), Place::FINAL);
        assert!(Place::of(Phase::Disputed, u8::MAX) < Place::FINAL);
    }

    fn event(kind: &str, attributes: &[(&str, &str)]) -> Option<Occurrence> {
        let attributes = attributes.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
        Occurrence::read(&Event { kind: kind.into(), attributes }, "market", Some("attestations"))
    }

    #[test]
    fn events_that_change_a_phase_are_read_and_others_are_not() {
        let of = |contract, kind, round| {
            event(kind, &[("_contract_address", contract), ("job_id", "7"), ("round", round)])
        };
        let revealed = Happened { job: 7, place: Place::of(Phase::Revealed, 2), settled: false };
        assert_eq!(of("market", "wasm-job_revealed", "2"), Some(Occurrence::Job(revealed)));
        let settled = Happened { job: 7, place: Place::FINAL, settled: true };
        assert_eq!(of("market", "wasm-job_settled", "1"), Some(Occurrence::Job(settled)));
        let ended = Happened { settled: false, ..settled };
        for kind in ["wasm-job_refunded", "wasm-job_cancelled"] {
            assert_eq!(of("market", kind, ""), Some(Occurrence::Job(ended)));
        }
        for other in ["wasm-commitment_received", "wasm-worker_fault", "job_settled", "wasm", ""] {
            assert_eq!(of("market", other, "1"), None, "{other}");
        }
        for stranger in ["attestations", "another"] {
            assert_eq!(of(stranger, "wasm-job_settled", "1"), None, "{stranger}");
        }
        assert_eq!(event("wasm-job_settled", &[("_contract_address", "market"), ("job_id", "seven")]), None);
    }

    #[test]
    fn packets_that_did_not_arrive_are_read_and_others_are_not() {
        let of = |contract, kind, what| {
            let names = [("_contract_address", contract), ("kind", what), ("channel_id", "channel-3")];
            event(kind, &[&names[..], &[("job_id", "7"), ("error", "stale: no")]].concat())
        };
        let lost = |refused| LostPacket { job: 7, channel: "channel-3".into(), refused };
        let late = of("attestations", "wasm-attestation_timed_out", "statement");
        assert_eq!(late, Some(Occurrence::Packet(lost(None))));
        let refused = of("attestations", "wasm-attestation_refused", "statement");
        assert_eq!(refused, Some(Occurrence::Packet(lost(Some("stale: no".into())))));
        assert_eq!(of("attestations", "wasm-attestation_refused", "workers"), None);
        assert_eq!(of("attestations", "wasm-attestation_accepted", "statement"), None);
        assert_eq!(of("market", "wasm-attestation_refused", "statement"), None);
    }
}
