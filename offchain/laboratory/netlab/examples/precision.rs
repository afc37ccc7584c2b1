//! How exactly delay and rate of a link are kept between real sockets, in a laboratory and through a proxy.
//!
//!     cargo run --release -p bithive-netlab --example precision -- [MBIT] [DELAY_MS] [SECONDS]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use bithive_netlab::{Duplex, Link, Proxy};

/// IPv4 and UDP headers, which count in a laboratory.
const HEADERS: usize = 28;
const PAYLOAD: usize = 1472;
const PROBE: usize = 100;

struct Setup {
    rate: f64,
    delay: Duration,
    seconds: u64,
}

struct Path {
    sender: UdpSocket,
    to: SocketAddr,
    receiver: UdpSocket,
    overhead: usize,
}

fn main() {
    let argument = |index, default| std::env::args().nth(index).map_or(default, |text| text.parse().unwrap());
    let setup = Setup {
        rate: argument(1, 100.0) * 1e6,
        delay: Duration::from_secs_f64(argument(2, 20.0) / 1e3),
        seconds: argument(3, 5.0) as u64,
    };
    let queue = (setup.rate / 80.0) as u64;
    let link = || {
        let mut both = Duplex::open();
        both.up = Link::new(setup.rate, setup.delay * 2, queue);
        both
    };
    #[cfg(target_os = "linux")]
    laboratory(&setup, link());
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    let proxy =
        Proxy::start("127.0.0.1:0".parse().unwrap(), receiver.local_addr().unwrap(), link(), 1).unwrap();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    measure("proxy", &setup, &Path { sender, to: proxy.address(), receiver, overhead: 0 });
}

#[cfg(target_os = "linux")]
fn laboratory(setup: &Setup, link: Duplex) {
    use bithive_netlab::{Lab, Side};
    let side = |name: &str, link| Side { name: name.into(), nat: None, link };
    let lab = match Lab::create(&[side("sender", link), side("receiver", Duplex::open())], 1) {
        Ok(lab) => lab,
        Err(error) => return println!("laboratory: {error}"),
    };
    let socket = |side: &str| {
        let bind = || UdpSocket::bind("0.0.0.0:0").unwrap();
        lab.namespace(side).unwrap().run(bind).unwrap()
    };
    let (sender, receiver) = (socket("sender"), socket("receiver"));
    let to = (lab.public_address("receiver").unwrap(), receiver.local_addr().unwrap().port()).into();
    measure("laboratory", setup, &Path { sender, to, receiver, overhead: HEADERS });
}

fn measure(name: &str, setup: &Setup, path: &Path) {
    path.receiver.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let mut late = delays(setup, path);
    late.sort_by(f64::total_cmp);
    let at = |share: f64| late[((late.len() - 1) as f64 * share) as usize];
    println!(
        "{name}: delay {:?}, late by: median {:.0} us, 95 % {:.0} us, 99 % {:.0} us, most {:.0} us ({} probes)",
        setup.delay,
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0),
        late.len()
    );
    let reached = rate(setup, path);
    println!(
        "{name}: rate {:.1} Mbit/s, reached {:.2} Mbit/s ({:+.2} %)",
        setup.rate / 1e6,
        reached / 1e6,
        (reached / setup.rate - 1.0) * 100.0
    );
}

/// How much later than the link says probes arrive, in microseconds, sockets and this program included.
fn delays(setup: &Setup, path: &Path) -> Vec<f64> {
    let epoch = Instant::now();
    let expected = setup.delay.as_secs_f64() + ((PROBE + path.overhead) * 8) as f64 / setup.rate;
    let probes = setup.seconds * 200;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for _ in 0..probes {
                let mut probe = [0; PROBE];
                probe[..8].copy_from_slice(&(epoch.elapsed().as_nanos() as u64).to_be_bytes());
                path.sender.send_to(&probe, path.to).unwrap();
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let mut late = Vec::new();
        let mut buffer = [0; PROBE];
        while (late.len() as u64) < probes && path.receiver.recv(&mut buffer).is_ok() {
            let sent = Duration::from_nanos(u64::from_be_bytes(buffer[..8].try_into().unwrap()));
            late.push(((epoch.elapsed() - sent).as_secs_f64() - expected) * 1e6);
        }
        late
    })
}

/// Bits per second that come through of a fifth more than the link carries, after the first second.
fn rate(setup: &Setup, path: &Path) -> f64 {
    let began = Instant::now();
    let all = Duration::from_secs(setup.seconds + 1);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut sent = 0u64;
            while began.elapsed() < all {
                let due = began.elapsed().as_secs_f64() * setup.rate * 1.2 / 8.0;
                while (sent as f64) < due {
                    let _ = path.sender.send_to(&[0; PAYLOAD], path.to);
                    sent += (PAYLOAD + path.overhead) as u64;
                }
                std::thread::sleep(Duration::from_micros(500));
            }
        });
        let (mut bytes, mut first, mut last) = (0, None, Instant::now());
        let mut buffer = [0; 2000];
        while began.elapsed() < all {
            let Ok(length) = path.receiver.recv(&mut buffer) else { break };
            if began.elapsed() < Duration::from_secs(1) || length != PAYLOAD {
                continue;
            }
            last = Instant::now();
            // The first one begins the time and does not count.
            match first {
                None => first = Some(last),
                Some(_) => bytes += length + path.overhead,
            }
        }
        bytes as f64 * 8.0 / first.map_or(f64::NAN, |first| (last - first).as_secs_f64())
    })
}
