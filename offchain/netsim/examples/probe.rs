//! Scratch.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
use bithive_netsim::*;
use std::time::Duration;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let names: Vec<&str> = a[1].split(',').collect();
    let rate: f64 = a[2].parse::<f64>().unwrap() * 1e6;
    let rtt = Duration::from_secs_f64(a[3].parse::<f64>().unwrap() / 1e3);
    let bdp: f64 = a[4].parse().unwrap();
    let loss: f64 = a[5].parse::<f64>().unwrap() / 100.0;
    let secs: f64 = a[6].parse().unwrap();
    let seed: u64 = a.get(7).map_or(1, |s| s.parse().unwrap());
    let trace = a.get(8).is_some();
    let q = (bdp * rate / 8.0 * rtt.as_secs_f64()).max(3.0 * 1452.0) as u64;
    let mut link = Link::new(rate, rtt, q);
    if loss > 0.0 {
        link.loss = PacketLoss::Random(loss);
    }
    if let Ok(j) = std::env::var("JITTER") {
        link.jitter = Duration::from_millis(j.parse().unwrap());
    }
    if std::env::var("CODEL").is_ok() {
        link.queue = Queue::Codel;
    }
    if let Ok(step) = std::env::var("STEP") {
        // t:mbit,t:mbit
        for s in step.split(',') {
            let (t, r) = s.split_once(':').unwrap();
            link.rates.push((Duration::from_secs_f64(t.parse().unwrap()), r.parse::<f64>().unwrap() * 1e6));
        }
    }
    let stagger: f64 = std::env::var("STAGGER").map_or(0.0, |s| s.parse().unwrap());
    let flows: Vec<Flow> = names
        .iter()
        .enumerate()
        .map(|(i, n)| {
            let mut f = Flow::bulk(match *n {
                "udx" => Control::udx(),
                "cubic" => Control::Cubic,
                "reno" => Control::NewReno,
                "bbr" => Control::Bbr,
                _ => panic!(),
            });
            f.start = Duration::from_secs_f64(stagger * i as f64);
            f
        })
        .collect();
    let warm: f64 = std::env::var("WARM")
        .map_or((20.0 * rtt.as_secs_f64()).max(2.0).min(secs / 2.0), |s| s.parse().unwrap());
    let s = Scenario {
        link,
        flows,
        duration: Duration::from_secs_f64(secs),
        warm_up: Duration::from_secs_f64(warm),
        trace,
    };
    let t = std::time::Instant::now();
    let r = s.run(seed).unwrap();
    for s in r.trace.iter().step_by(std::env::var("EVERY").map_or(4, |s| s.parse().unwrap())) {
        print!("{:6.2} q={:5.1}%bdp", s.time, s.queue as f64 / (rate / 8.0 * rtt.as_secs_f64()) * 100.0);
        for f in &s.flows {
            print!(" | {:6.1}M rtt {:6.1} w {:7} ", f.goodput / 1e6, f.rtt, f.window);
            if let Some(u) = f.udx {
                print!(
                    "{:?} sat {} loss {:.3} bew {:.1}M cap {:.1}M",
                    u.mode,
                    u.saturated as u8,
                    u.loss_rate,
                    u.delivered.unwrap_or(0) as f64 * 8e-6,
                    u.link_rate.unwrap_or(0) as f64 * 8e-6
                );
            }
        }
        println!();
    }
    let sum: f64 = r.flows.iter().map(|f| f.goodput).sum();
    let sq: f64 = r.flows.iter().map(|f| f.goodput * f.goodput).sum();
    for (n, f) in names.iter().zip(&r.flows) {
        println!(
            "{n:6} goodput {:5.1}% (whole {:5.1}%) rtt/base mean {:.3} p95 {:.3} own loss {:.2}% lost {} declared {} sent {}",
            f.goodput / rate * 100.0,
            f.whole_goodput / rate * 100.0,
            f.rtt_mean / rtt.as_secs_f64() / 1e3,
            f.rtt_p95 / rtt.as_secs_f64() / 1e3,
            f.own_loss() * 100.0,
            f.lost,
            f.declared_lost,
            f.sent
        );
    }
    println!(
        "sum {:.1}% jain {:.3} queue mean {:.2} bdp  wall {:.2}s",
        sum / rate * 100.0,
        sum * sum / (sq * r.flows.len() as f64),
        r.queue_mean / (rate / 8.0 * rtt.as_secs_f64()),
        t.elapsed().as_secs_f64()
    );
}
