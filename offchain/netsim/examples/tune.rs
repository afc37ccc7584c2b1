//! Local tool.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
use bithive_netsim::{Control, Selection, Store, cells, experiment};
fn main() {
    let mut args = std::env::args().skip(1);
    let (from, to): (u64, u64) =
        (args.next().unwrap().parse().unwrap(), args.next().unwrap().parse().unwrap());
    let store = args.next().unwrap();
    let mut config = bithive_udx::Config::default();
    let mut containing = Vec::new();
    for arg in args {
        if let Some((name, value)) = arg.split_once('=') {
            let v: f64 = value.parse().unwrap();
            match name {
                "minimum_window" => config.minimum_window = v as u32,
                "diff_fraction" => config.diff_fraction = v,
                "slow_start_queue" => config.slow_start_queue = v,
                "queue_floor" => config.queue_floor = v,
                "saturation_queue" => config.saturation_queue = v,
                "pacing_gain" => config.pacing_gain = v,
                "drain" => config.drain = v,
                "growth" => config.growth = v,
                "empty_queue" => config.empty_queue = v,
                "open_growth" => config.open_growth = v,
                "open_rounds" => config.open_rounds = v as u32,
                "westwood_gain" => config.westwood_gain = v,
                "loss_queue" => config.loss_queue = v,
                "drain_rounds" => config.drain_rounds = v as u32,
                "drained" => config.drained = v,
                "foreign_drains" => config.foreign_drains = v as u32,
                "test_rounds" => config.test_rounds = v as u32,
                "own_fall" => config.own_fall = v,
                "beta" => config.beta = v,
                "low_share" => config.low_share = v,
                "high_share" => config.high_share = v,
                "catch_up" => config.catch_up = v,
                "estimate_decay" => config.estimate_decay = v,
                "share_gain" => config.share_gain = v,
                "cubic" => config.cubic = v,
                "entry_growth" => config.entry_growth = v,
                "jitter_gain" => config.jitter_gain = v,
                "jitter_limit" => config.jitter_limit = v,
                "growth_limit" => config.growth_limit = v,
                "small_window" => config.small_window = v,
                "overflow_queue" => config.overflow_queue = v,
                "overflow_loss" => config.overflow_loss = v,
                _ => panic!("{name}"),
            }
        } else {
            containing.push(arg);
        }
    }
    let mut all = cells(&Selection::default());
    all.retain(|c| containing.iter().all(|p| p.split('|').any(|p| c.name.contains(p))));
    for cell in &mut all {
        for flow in &mut cell.scenario.flows {
            if let Control::Udx(c) = &mut flow.control {
                **c = config.clone();
            }
        }
    }
    if std::env::var("TRACE").is_ok() {
        for cell in &all {
            let mut sc = cell.scenario.clone();
            sc.trace = true;
            println!("{}", cell.name);
            for s in sc.run(from).unwrap().trace {
                print!("{:7.3} q {:6}", s.time, s.queue);
                for f in s.flows {
                    print!(" | {:6.2} Mbit/s rtt {:6.2} w {:6.1}", f.goodput / 1e6, f.rtt, f.window as f64 / 1452.0);
                    if let Some(u) = f.udx {
                        print!(" {:?} sat {} avg {:.2} link {:.2} min {:.2} loss {:.3}", u.mode, u.saturated, u.delivered.unwrap_or(0) as f64 * 8e-6, u.link_rate.unwrap_or(0) as f64 * 8e-6, u.min_rtt.unwrap_or_default().as_secs_f64() * 1e3, u.loss_rate);
                    }
                }
                println!();
            }
        }
        return;
    }
    let store = (store != "-").then(|| Store::open(store.as_ref()).unwrap());
    let results = experiment(&all, from..to, store.as_ref(), |_, _| ()).unwrap();
    for c in results {
        let each: Vec<String> =
            c.flow_goodput.iter().map(|f| format!("{:.1}±{:.1}", f.mean, f.half_width)).collect();
        println!(
            "{:58} n{} good {:5.1}±{:4.1} [{}] jain {:.3}±{:.3} p95 {:.2} mean {:.2} own {:.2} q {:.2} {}",
            c.name,
            c.seeds,
            c.goodput.mean,
            c.goodput.half_width,
            each.join(" "),
            c.fairness.mean,
            c.fairness.half_width,
            c.rtt_p95.mean,
            c.rtt_mean.mean,
            c.own_loss.mean,
            c.queue.mean,
            c.failed.map_or(String::new(), |f| format!("FAILED {f:?}"))
        );
    }
}
