//! Scratch.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
use bithive_netsim::*;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let seeds: u64 = a[1].parse().unwrap();
    let sel = Selection { quick: a[2] == "quick", containing: a[3..].to_vec(), seconds: None };
    let c = cells(&sel);
    let r = experiment(&c, seeds, |_, _| {});
    println!("{}", r.iter().map(|r| format!("{:70} n {} util {:5.1}±{:.1} whole {:5.1} flows {:?} jain {:.3}±{:.3} p95 {:.3}±{:.3} mean {:.3} own {:.2} q {:.2} {:?}", r.name, r.seeds, r.goodput.mean, r.goodput.half_width, r.whole_goodput.mean, r.flow_goodput.iter().map(|e| (e.mean * 10.0).round() / 10.0).collect::<Vec<_>>(), r.fairness.mean, r.fairness.half_width, r.rtt_p95.mean, r.rtt_p95.half_width, r.rtt_mean.mean, r.own_loss.mean, r.queue.mean, r.failed)).collect::<Vec<_>>().join("\n"));
}
