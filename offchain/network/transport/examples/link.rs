//! Content over an emulated link between real sockets with each congestion controller, beside the simulator's figures
//! for the same link.
//!
//!     cargo run --release -p bithive-transport --example link -- [MBIT] [ROUND_TRIP_MS] [SECONDS] [LOSS]
//!
//! The link has a drop-tail queue of one product of rate and round-trip time. Needs Linux and the right to make network
//! namespaces; exits with 2 without.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    linux::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    eprintln!("error: network namespaces need Linux");
    std::process::ExitCode::from(2)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::process::ExitCode;
    use std::time::{Duration, Instant};

    use bithive_exchange::{EndpointKey, Exchange as _};
    use bithive_netlab::{Duplex, Lab, LabError, Link, Namespace, PacketLoss, Side};
    use bithive_netsim::{Control, Flow, PACKET_BYTES, Scenario};
    use bithive_transport::{Config, Congestion, Transport};
    use tokio::runtime::Runtime;

    /// The simulator counts UDP payload, the laboratory IP packets.
    const HEADERS: f64 = (PACKET_BYTES as f64 + 28.0) / PACKET_BYTES as f64;

    struct Setup {
        rate: f64,
        round_trip: Duration,
        seconds: f64,
        loss: PacketLoss,
    }

    impl Setup {
        fn link(&self, scale: f64) -> Link {
            let product = self.rate * self.round_trip.as_secs_f64() / 8.0;
            let queue = product.max(3.0 * f64::from(PACKET_BYTES));
            let mut link = Link::new(self.rate * scale, self.round_trip, (queue * scale) as u64);
            link.loss = self.loss;
            link
        }
    }

    pub(super) fn main() -> ExitCode {
        let argument =
            |index, default| std::env::args().nth(index).map_or(default, |text| text.parse().unwrap());
        let loss = argument(4, 0.0);
        let setup = Setup {
            rate: argument(1, 20.0) * 1e6,
            round_trip: Duration::from_secs_f64(argument(2, 40.0) / 1e3),
            seconds: argument(3, 12.0),
            loss: if loss > 0.0 { PacketLoss::Random(loss) } else { PacketLoss::None },
        };
        println!(
            "control    goodput, % of the link: sockets, simulated   mean round trip, ms: sockets, simulated"
        );
        let all = [
            (Congestion::Udx, Control::udx()),
            (Congestion::Cubic, Control::Cubic),
            (Congestion::NewReno, Control::NewReno),
            (Congestion::Bbr, Control::Bbr),
        ];
        for (congestion, control) in all {
            let (name, (simulated, simulated_rtt)) = (control.name(), simulate(&setup, control));
            match real(&setup, congestion) {
                Ok((goodput, rtt)) => {
                    println!("{name:10} {goodput:28.1} {simulated:10.1} {rtt:32.1} {simulated_rtt:10.1}");
                }
                Err(error) => {
                    eprintln!("error: {error}");
                    return ExitCode::from(2);
                }
            }
        }
        ExitCode::SUCCESS
    }

    /// Goodput from beginning to end as a share of the link, and the mean round-trip time in milliseconds.
    fn simulate(setup: &Setup, control: Control) -> (f64, f64) {
        let scenario = Scenario {
            link: setup.link(1.0),
            flows: vec![Flow::bulk(control)],
            duration: Duration::from_secs_f64(setup.seconds),
            warm_up: Duration::ZERO,
            trace: false,
            qlog: None,
        };
        let flow = scenario.run(1).unwrap().flows.remove(0);
        (flow.whole_goodput / setup.rate * 100.0, flow.rtt_mean)
    }

    /// The same of one content between endpoints, whose connection is there.
    fn real(setup: &Setup, congestion: Congestion) -> Result<(f64, f64), LabError> {
        let back = Link::new(10e9, setup.round_trip, 64 << 20);
        let side = |name: &str, link| Side { name: name.into(), nat: None, link };
        let provider = side("provider", Duplex { up: setup.link(HEADERS), down: back });
        let lab = Lab::create(&[provider, side("receiver", Duplex::open())], 1)?;
        let (at, to) = (host(lab.namespace("provider")?), host(lab.namespace("receiver")?));
        let (_folder, provider) = start(&at, 1, congestion);
        let (_other, receiver) = start(&to, 2, congestion);
        let id = EndpointKey::from_bytes(&[1; 32]).id();
        let address = (lab.public_address("provider")?, provider.listens_on()[0].port());
        receiver.add_peer(id, &[address.into()]).unwrap();
        let bytes = (setup.rate * setup.seconds / 8.0) as usize;
        let publisher = provider.clone();
        let digest =
            at.block_on(at.spawn(async move { publisher.publish(vec![7; bytes].into()).await })).unwrap();
        let (digest, fetcher) = (digest.unwrap(), receiver.clone());
        let began = Instant::now();
        let fetched = to.spawn(async move { fetcher.fetch(digest, &[id], usize::MAX).await });
        let (mut sum, mut samples) = (0.0, 0.0);
        while !fetched.is_finished() {
            if let Some((_, rtt)) = provider.route(EndpointKey::from_bytes(&[2; 32]).id()) {
                sum += rtt.as_secs_f64() * 1e3;
                samples += 1.0;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let seconds = began.elapsed().as_secs_f64();
        assert_eq!(to.block_on(fetched).unwrap().unwrap().len(), bytes);
        Ok((bytes as f64 * 8.0 / seconds / setup.rate * 100.0, sum / samples))
    }

    fn host(namespace: Namespace) -> Runtime {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let enter = move || namespace.enter().unwrap();
        builder.worker_threads(1).enable_all().on_thread_start(enter).build().unwrap()
    }

    fn start(host: &Runtime, seed: u8, congestion: Congestion) -> (tempfile::TempDir, Transport) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let listen = Some(vec!["0.0.0.0:0".parse().unwrap()]);
        let start = async move {
            let key = EndpointKey::from_bytes(&[seed; 32]);
            Transport::start(&key, &path, Config { listen, congestion, ..Config::default() }).await
        };
        (folder, host.block_on(host.spawn(start)).unwrap().unwrap())
    }
}
