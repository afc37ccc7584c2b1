//! The experiments: which paths, which flows.

use std::time::Duration;

use crate::host::{Control, PACKET_BYTES, Source};
use crate::link::{Link, PacketLoss, Queue};
use crate::scenario::{Flow, Scenario};

/// One scenario to run with every seed.
#[derive(Clone, Debug)]
pub struct Cell {
    /// `group/path/flows`, unique among the cells.
    pub name: String,
    /// The link and the flows of a run.
    pub scenario: Scenario,
    /// Round-trip time without a queue.
    pub base_rtt: Duration,
    /// Whether its course is plotted.
    pub plotted: bool,
}

/// Which experiments to make.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only the paths and competitions that have an aim.
    pub quick: bool,
    /// Only cells whose name contains one of these, if there are any.
    pub containing: Vec<String>,
    /// Length of every run in seconds, instead of each cell's own.
    pub seconds: Option<f64>,
}

/// The controllers that are compared, UDX first.
pub fn controls() -> [Control; 4] {
    [Control::udx(), Control::Cubic, Control::NewReno, Control::Bbr]
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Rate in Mbit/s, round-trip time in ms, queue in products of both.
#[derive(Clone, Copy)]
struct Path {
    rate: f64,
    rtt: u64,
    queue: f64,
}

/// The path that the aims are for.
const AIM: Path = Path { rate: 100.0, rtt: 100, queue: 1.0 };

impl Path {
    /// The link. No queue is shorter than three packets: below that no sender can use the link.
    fn link(self) -> Link {
        let product = self.rate * 1e6 / 8.0 * ms(self.rtt).as_secs_f64();
        let bytes = (product * self.queue).max(3.0 * f64::from(PACKET_BYTES));
        Link::new(self.rate * 1e6, ms(self.rtt), bytes as u64)
    }

    fn name(self) -> String {
        format!("{} Mbit/s {} ms {} BDP", self.rate, self.rtt, self.queue)
    }
}

/// Builder of the list of cells that a [`Selection`] selects.
struct Cells(Vec<Cell>);

impl Cells {
    /// A cell on `link`; measurement begins after two fifths, when the slowest start is over.
    fn add(&mut self, name: String, link: Link, flows: Vec<Flow>, seconds: f64) -> Option<&mut Cell> {
        let base_rtt = 2 * link.delay;
        let scenario = Scenario {
            link,
            flows,
            duration: Duration::from_secs_f64(seconds),
            warm_up: Duration::from_secs_f64(seconds * 0.4),
            trace: false,
            qlog: None,
        };
        self.0.push(Cell { name, scenario, base_rtt, plotted: false });
        self.0.last_mut()
    }

    /// One flow of each controller by itself.
    fn alone(&mut self, name: &str, link: &Link, seconds: f64, plotted: bool) {
        for control in controls() {
            let name = format!("{name}/{}", control.name());
            if let Some(cell) = self.add(name, link.clone(), vec![Flow::bulk(control)], seconds) {
                cell.plotted = plotted;
            }
        }
    }

    /// These flows together.
    fn together(&mut self, name: &str, link: &Link, controls: &[Control], seconds: f64, plotted: bool) {
        let names: Vec<_> = controls.iter().map(Control::name).collect();
        let flows = controls.iter().cloned().map(Flow::bulk).collect();
        if let Some(cell) = self.add(format!("{name}/{}", names.join("+")), link.clone(), flows, seconds) {
            cell.plotted = plotted;
        }
    }
}

/// Long enough for some twenty round trips after the start.
fn path_seconds(rtt: u64) -> f64 {
    10.0 + 30.0 * ms(rtt).as_secs_f64()
}

/// Long enough for several of Cubic's cycles.
const COMPETITION: f64 = 60.0;

/// All selected cells.
pub fn cells(selection: &Selection) -> Vec<Cell> {
    let mut cells = Cells(Vec::new());
    aims(&mut cells);
    if !selection.quick {
        competition(&mut cells);
        conditions(&mut cells);
        matrix(&mut cells);
    }
    let mut cells = cells.0;
    if !selection.containing.is_empty() {
        cells.retain(|cell| selection.containing.iter().any(|part| cell.name.contains(part)));
    }
    for cell in &mut cells {
        if let Some(seconds) = selection.seconds.filter(|seconds| seconds.is_finite() && *seconds > 0.0) {
            cell.scenario.duration = Duration::from_secs_f64(seconds.min(1e5));
            cell.scenario.warm_up = cell.scenario.duration * 2 / 5;
        }
    }
    cells
}

fn aims(cells: &mut Cells) {
    for percent in [0.0, 1.0, 5.0] {
        let mut link = AIM.link();
        link.loss = random(percent);
        cells.alone(&format!("aim/{} {percent} % loss", AIM.name()), &link, 20.0, true);
    }
    let short = Path { queue: 0.1, ..AIM };
    cells.alone(&format!("aim/{} 0 % loss", short.name()), &short.link(), 20.0, false);
    for flows in [2, 4, 8] {
        let name = format!("same/{} {flows} flows", AIM.name());
        cells.together(&name, &AIM.link(), &vec![Control::udx(); flows], 30.0, flows == 2);
    }
    for queue in [0.25, 0.5, 1.0, 2.0, 4.0] {
        let path = Path { queue, ..AIM };
        let name = format!("beside Cubic/{}", path.name());
        cells.together(&name, &path.link(), &[Control::udx(), Control::Cubic], COMPETITION, queue == 1.0);
        cells.together(&name, &path.link(), &[Control::Cubic, Control::Cubic], COMPETITION, false);
    }
}

fn random(percent: f64) -> PacketLoss {
    if percent > 0.0 { PacketLoss::Random(percent / 100.0) } else { PacketLoss::None }
}

fn competition(cells: &mut Cells) {
    for flows in [2, 4, 8] {
        let name = format!("same/{} {flows} flows", AIM.name());
        cells.together(&name, &AIM.link(), &vec![Control::Cubic; flows], 30.0, false);
    }
    for queue in [0.25, 1.0, 4.0] {
        let path = Path { queue, ..AIM };
        let name = format!("beside BBR/{}", path.name());
        for control in [Control::udx(), Control::Cubic] {
            cells.together(&name, &path.link(), &[control, Control::Bbr], COMPETITION, queue == 1.0);
        }
    }
    let several = [Control::udx(), Control::Cubic, Control::Cubic, Control::Cubic, Control::Cubic];
    cells.together(&format!("beside four/{}", AIM.name()), &AIM.link(), &several, COMPETITION, false);
    for control in [Control::udx(), Control::Cubic] {
        let flow = |start: u64, extra: u64| Flow {
            start: Duration::from_secs(start),
            extra_delay: ms(extra),
            ..Flow::bulk(control.clone())
        };
        let name = control.name();
        let staggered = vec![flow(0, 0), flow(5, 0), flow(10, 0)];
        if let Some(cell) = cells.add(format!("staggered/{}/{name}", AIM.name()), AIM.link(), staggered, 40.0)
        {
            cell.plotted = true;
        }
        let near = Path { rtt: 20, queue: 5.0, ..AIM };
        let apart = vec![flow(0, 0), flow(0, 40)];
        cells.add(format!("20 ms beside 100 ms/{}/{name}", AIM.name()), near.link(), apart, 40.0);
    }
}

fn conditions(cells: &mut Cells) {
    let path = Path { rtt: 20, ..AIM };
    let mut link = path.link();
    link.jitter = ms(5);
    cells.alone(&format!("jitter 10 +- 5 ms/{}", path.name()), &link, 15.0, false);
    let mut link = AIM.link();
    link.queue = Queue::Codel;
    cells.alone(&format!("CoDel/{}", AIM.name()), &link, 20.0, false);
    let mut link = AIM.link();
    link.loss = PacketLoss::Burst { to_bad: 0.001, to_good: 0.1, loss: 0.5 };
    cells.alone(&format!("burst loss/{}", AIM.name()), &link, 20.0, false);
    let mut link = AIM.link();
    link.reorder = 0.01;
    cells.alone(&format!("reordering 1 %/{}", AIM.name()), &link, 20.0, false);
    let mut link = AIM.link();
    link.rates.push((Duration::from_secs(12), 20e6));
    link.rates.push((Duration::from_secs(20), 100e6));
    cells.alone(&format!("steps 100-20-100 Mbit/s/{}", AIM.name()), &link, 30.0, true);
    for control in controls() {
        let name = format!("application-limited 10 Mbit/s/{}/{}", AIM.name(), control.name());
        let source = Source::Periodic { bytes: 125_000, every: ms(100) };
        cells.add(name, AIM.link(), vec![Flow { source, ..Flow::bulk(control) }], 20.0);
    }
}

fn matrix(cells: &mut Cells) {
    for rate in [10.0, 100.0] {
        for rtt in [5, 50, 200, 500] {
            for queue in [0.2, 1.0, 5.0] {
                for percent in [0.0, 0.1, 1.0, 5.0] {
                    let path = Path { rate, rtt, queue };
                    let mut link = path.link();
                    link.loss = random(percent);
                    let name = format!("matrix/{} {percent} % loss", path.name());
                    cells.alone(&name, &link, path_seconds(rtt), false);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_cell_has_its_own_name_and_the_matrix_is_complete() {
        let all = cells(&Selection::default());
        let names: BTreeSet<_> = all.iter().map(|cell| &cell.name).collect();
        assert_eq!(names.len(), all.len());
        let matrix = all.iter().filter(|cell| cell.name.starts_with("matrix/")).count();
        assert_eq!(matrix, 2 * 4 * 3 * 4 * 4);
    }

    #[test]
    fn a_selection_keeps_what_it_names() {
        let containing = vec!["beside Cubic".to_owned()];
        let some = cells(&Selection { quick: true, containing, seconds: Some(5.0) });
        assert_eq!(some.len(), 10);
        assert!(some.iter().all(|cell| cell.scenario.duration == Duration::from_secs(5)));
    }
}
