//! The scenario of a run: a bottleneck, and flows over it.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::SimError;
use crate::host::{Control, Source};
use crate::link::{Link, PacketLoss};

/// A flow over the bottleneck.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Its sender's congestion controller.
    pub control: Control,
    /// What it sends.
    pub source: Source,
    /// Time from the start of the run at which it starts.
    pub start: Duration,
    /// Delay of its own in each direction, besides the link's.
    pub extra_delay: Duration,
}

impl Flow {
    /// A flow that starts at once and always has more to send.
    pub fn bulk(control: Control) -> Self {
        Self { control, source: Source::Bulk, start: Duration::ZERO, extra_delay: Duration::ZERO }
    }
}

/// What to run.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The link that all flows share.
    pub link: Link,
    /// The flows that share the link.
    pub flows: Vec<Flow>,
    /// Length of the run.
    pub duration: Duration,
    /// Time from the start at which measurement begins.
    pub warm_up: Duration,
    /// Whether to keep the course of the run.
    pub trace: bool,
    /// Folder for a qlog trace of each flow's sender, if any.
    pub qlog: Option<PathBuf>,
}

impl Scenario {
    pub(crate) fn validate(&self) -> Result<(), SimError> {
        let lossy = match self.link.loss {
            PacketLoss::None => 0.0,
            PacketLoss::Random(loss) | PacketLoss::Burst { loss, .. } => loss,
        };
        let checks = [
            ("flows", self.flows.len() as f64, 1.0, 1000.0, "1 to 1,000"),
            ("rate", self.link.rate_at(Duration::ZERO), 1e4, 1e11, "10 kbit/s to 100 Gbit/s"),
            ("duration", self.duration.as_secs_f64(), 1e-3, 1e5, "a millisecond to 100,000 s"),
            ("loss", lossy, 0.0, 0.5, "0 to 0.5"),
            ("reorder", self.link.reorder, 0.0, 1.0, "0 to 1"),
            (
                "warm_up",
                self.warm_up.as_secs_f64() / self.duration.as_secs_f64().max(1e-9),
                0.0,
                0.95,
                "at most 95 % of the duration",
            ),
        ];
        for (field, value, least, most, expected) in checks {
            if !(value >= least && value <= most) {
                return Err(SimError::Scenario { field, value, expected });
            }
        }
        Ok(())
    }
}
