//! Figures, their limits and aims, and the sheet that collects them.

use serde::Serialize;

use crate::timer::Timer;

/// Unit of a rate: more is better. In every other unit of this crate's own measurements less is.
pub(crate) const PER_SECOND: &str = "1/s";

/// Aims by the name of the figure, at most: sizes in bytes, times in µs.
pub(crate) const AIMS: [(&str, f64); 12] = [
    ("header, 1024 receivers", 128.0),
    ("encrypt cached, 1024 receivers", 1_000.0),
    ("decrypt cached, 1024 receivers", 1_500.0),
    ("sender updates one member, 1024 receivers", 5.0),
    ("receiver updates one member, 1024 receivers", 5.0),
    ("decode and verify a public key, 1024 receivers", 150_000.0),
    ("check that 10 points are of registered answers", 3_000.0),
    ("proof of 10 registered answers", 2_000.0),
    ("test one vault of 2 of 64", 20.0),
    ("10000 contributors test one vault of 2 of 64, 2 threads", 200_000.0),
    ("request of 64 leaves as a vault", 2_000.0),
    ("OPRF request of a requester for 64 leaves", 2_200.0),
];

/// Aims of a door, as [`AIMS`].
pub(crate) const DOOR_AIMS: [(&str, f64); 3] = [
    ("added by a voucher, p99, ed25519, records in memory", 500.0),
    ("added by a voucher, p99, secp256k1, records in memory", 500.0),
    ("added by a voucher, p99, ed25519, records on disk", 500.0),
];

/// One measurement beside its peer's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// What is measured; no two figures have the same.
    pub name: String,
    /// Size of the problem: receivers, contributors or points, as the name says.
    pub n: u64,
    /// Ours in `unit`: for a time the fastest of several repetitions, since what disturbs one only adds to it.
    pub value: f64,
    /// `µs`, `bytes` or `1/s`; of the transport `% of the link`, `x base`, `of 1` or `%`.
    pub unit: &'static str,
    /// What it is compared with.
    pub peer: String,
    /// The peer's in the same unit.
    pub peer_value: f64,
    /// Above 1 ours is better, whatever the unit: `peer_value / value` of a cost, `value / peer_value` of a rate.
    pub ratio: f64,
    /// The operations that can't be avoided, and what they cost by themselves; only where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// The aim, for figures that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aim: Option<Aim>,
}

/// The limit that a figure is compared with.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limit {
    /// The operations, in words.
    pub name: String,
    /// What they allow in the figure's unit, from the same run.
    pub value: f64,
    /// How far the figure is from the limit: 1 is the best that is possible with these operations. `figure / limit` of a cost, and of a
    /// goodput, which is below; `limit / figure` of a rate.
    pub ratio: f64,
}

/// The aim of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Aim {
    /// The worst value that would do, in the figure's unit.
    pub value: f64,
    /// Whether the figure reaches it.
    pub met: bool,
}

/// Where the parts write their figures.
pub(crate) struct Sheet<'a> {
    pub(crate) timer: Timer,
    pub(crate) figures: Vec<Figure>,
    pub(crate) progress: &'a mut dyn FnMut(&str),
}

impl Sheet<'_> {
    pub(crate) fn announce(&mut self, what: &str) {
        (self.progress)(what);
    }

    /// Notes our cost and the peer's, in this order, beside the aim for it.
    pub(crate) fn note(
        &mut self,
        name: String,
        n: usize,
        unit: &'static str,
        peer: &str,
        [value, peer_value]: [f64; 2],
    ) {
        let ratio = if unit == PER_SECOND { value / peer_value } else { peer_value / value };
        let aim = AIMS.iter().chain(&DOOR_AIMS).find(|(aimed, _)| *aimed == name);
        let aim = aim.map(|(_, most)| Aim { value: *most, met: value <= *most });
        let (n, peer) = (n as u64, peer.to_owned());
        self.figures.push(Figure { name, n, value, unit, peer, peer_value, ratio, limit: None, aim });
    }

    /// Notes how often a second our operation and the peer's are done, from the microseconds that each takes.
    pub(crate) fn note_rate(&mut self, name: String, n: usize, peer: &str, each: [f64; 2]) {
        self.note(name, n, PER_SECOND, peer, each.map(|microseconds| 1e6 / microseconds));
    }

    /// Adds the limit of the latest figure, from the cost of the operations that can't be avoided: bytes, or microseconds,
    /// also where the figure is a rate.
    pub(crate) fn limit(&mut self, name: &str, cost: f64) {
        let Some(figure) = self.figures.last_mut() else { return };
        let (value, ratio) = if figure.unit == PER_SECOND {
            (1e6 / cost, 1e6 / cost / figure.value)
        } else {
            (cost, figure.value / cost)
        };
        figure.limit = Some(Limit { name: name.to_owned(), value, ratio });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn sheet_of(fill: impl Fn(&mut Sheet<'_>)) -> Vec<Figure> {
        let mut sheet = Sheet { timer: Timer::SHORT, figures: Vec::new(), progress: &mut |_| () };
        fill(&mut sheet);
        sheet.figures
    }

    #[test]
    fn twice_as_good_is_a_ratio_of_two_for_a_cost_and_for_a_rate() {
        let figures = sheet_of(|sheet| {
            sheet.note("cost".to_owned(), 1, "µs", "peer", [4.0, 8.0]);
            sheet.limit("floor", 1.0);
            sheet.note_rate("rate".to_owned(), 1, "peer", [4.0, 8.0]);
            sheet.limit("floor", 1.0);
        });
        for figure in &figures {
            assert_eq!((figure.ratio, figure.limit.as_ref().unwrap().ratio), (2.0, 4.0), "{figure:?}");
        }
        let values =
            |figure: &Figure| (figure.value, figure.peer_value, figure.limit.as_ref().unwrap().value);
        assert_eq!(values(&figures[0]), (4.0, 8.0, 1.0));
        assert_eq!(values(&figures[1]), (250_000.0, 125_000.0, 1_000_000.0));
    }

    #[test]
    fn an_aim_is_met_up_to_its_value_and_missed_beyond() {
        let figures = sheet_of(|sheet| {
            for value in [20.0, 20.1] {
                sheet.note("test one vault of 2 of 64".to_owned(), 64, "µs", "peer", [value, 1.0]);
            }
            sheet.note("something else".to_owned(), 64, "µs", "peer", [1.0, 1.0]);
        });
        let aims: Vec<_> = figures.iter().map(|figure| figure.aim).collect();
        let aim = |met| Some(Aim { value: 20.0, met });
        assert_eq!(aims, [aim(true), aim(false), None]);
    }
}
