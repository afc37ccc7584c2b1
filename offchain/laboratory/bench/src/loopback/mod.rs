//! What the transport's layers cost beside the QUIC library by itself, on loopback.
//!
//! Each subject has a sender and a receiver in processes of their own, which stay connected. In every round each
//! subject moves the same bytes once, in the opposite order every other round, and a ratio is the median of the
//! rounds' ratios: what disturbs the machine for longer than a round disturbs both sides of it.

mod end;
mod library;
mod order;
mod ours;
mod process;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use rand_core::{Rng as _, SeedableRng as _};
use rustix::time::{ClockId, Timespec, clock_gettime};
use serde::Serialize;

use crate::seed::SEED;
use crate::{Aim, Figure, Limit};
pub use end::loopback_end;
use order::Subject;
use process::{Pair, Run};

/// Files in memory, where the system has them: the disk is not what is measured.
const MEMORY: &str = "/dev/shm";
/// The aim: at least this part of the library's throughput.
const THROUGHPUT: f64 = 0.9;
/// The aim: at most this many times the library's processor time.
const PROCESSOR: f64 = 1.1;
/// Small requests after one another, and those 32 at a time.
const REQUESTS: [u32; 2] = [2_000, 20_000];
const AT_ONCE: u32 = 32;
/// Content is verified in groups of so many bytes.
const GROUP: usize = 16 << 10;

/// What to move, how often, and where.
#[derive(Clone, Debug)]
pub struct LoopbackOptions {
    /// Bytes of one transfer.
    pub bytes: u64,
    /// Transfers of each subject.
    pub rounds: usize,
    /// Where files are; in memory if there is none.
    pub folder: Option<PathBuf>,
}

/// What moved how fast.
#[derive(Clone, Debug, Serialize)]
pub struct Mover {
    /// What it is.
    pub name: &'static str,
    /// Median of the rounds, 10^6 bytes a second.
    pub megabytes_per_second: f64,
    /// Processor time of the sending end, in the kernel too, seconds for 10^9 bytes, median.
    pub sender: f64,
    /// The receiving end's.
    pub receiver: f64,
}

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Loopback {
    /// Ours beside the library's.
    pub figures: Vec<Figure>,
    /// Everything that moved.
    pub movers: Vec<Mover>,
    /// Processor time to hash content at both ends, in the groups it is verified in, seconds for 10^9 bytes.
    pub hashing: f64,
    /// Where the files were.
    pub folder: PathBuf,
}

/// Measures. `command` starts a process that calls [`loopback_end`] with its input and output; `progress` hears what
/// is done next.
///
/// # Errors
/// No bytes or rounds, a folder that can't be written, an end that fails.
pub fn loopback(
    options: &LoopbackOptions,
    command: impl Fn() -> Result<Command>,
    mut progress: impl FnMut(&str),
) -> Result<Loopback> {
    ensure!(options.bytes > 0, "--bytes is 0, expected at least 1");
    ensure!(options.rounds > 0, "--rounds is 0, expected at least 1");
    let memory = Path::new(MEMORY);
    let place = match &options.folder {
        Some(folder) => folder.clone(),
        None if memory.is_dir() => memory.to_owned(),
        None => std::env::temp_dir(),
    };
    let folder = tempfile::Builder::new()
        .prefix("bithive-loopback-")
        .tempdir_in(&place)
        .with_context(|| format!("no folder can be made in {}", place.display()))?;
    progress("writing a file");
    let file = folder.path().join("file");
    write(&file, options.bytes).with_context(|| format!("{} can't be written", file.display()))?;
    let hashing = hashing();
    let mut pairs = Subject::ALL
        .into_iter()
        .map(|subject| {
            progress(subject.name());
            Pair::start(subject, folder.path(), &file, &command).context(subject.name())
        })
        .collect::<Result<Vec<_>>>()?;
    let mut runs: Vec<Vec<Run>> = vec![Vec::new(); pairs.len()];
    // The first round warms up and does not count.
    for round in 0..=options.rounds {
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for index in order {
            let pair = &mut pairs[index];
            progress(&format!("round {round} of {}: {}", options.rounds, pair.subject.name()));
            let run = pair.fetch(options.bytes).context(pair.subject.name())?;
            if round > 0 {
                runs[index].push(run);
            }
        }
    }
    progress("small requests");
    let of = |subject| Subject::ALL.iter().position(|other| *other == subject).unwrap_or_default();
    let mut figures = bulk(|subject| &runs[of(subject)], hashing);
    figures.extend(small(&mut pairs, of(Subject::Requests), of(Subject::Library))?);
    let movers = pairs.iter().zip(&runs).map(|(pair, runs)| mover(pair.subject, runs)).collect();
    Ok(Loopback { figures, movers, hashing, folder: place })
}

/// Bytes that no file system can compress.
fn write(file: &Path, bytes: u64) -> std::io::Result<()> {
    let mut piece = vec![0; 1 << 20];
    rand_chacha::ChaCha20Rng::seed_from_u64(SEED).fill_bytes(&mut piece);
    let mut file = std::fs::File::create(file)?;
    let mut left = bytes;
    while left > 0 {
        let now = left.min(piece.len() as u64);
        // No two pieces are the same.
        piece[..8].copy_from_slice(&left.to_le_bytes());
        std::io::Write::write_all(&mut file, &piece[..now as usize])?;
        left -= now;
    }
    Ok(())
}

fn seconds(time: Timespec) -> f64 {
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Seconds for 10^9 bytes at both ends.
fn hashing() -> f64 {
    let piece = vec![7; 64 << 20];
    let now = || seconds(clock_gettime(ClockId::ThreadCPUTime));
    let once = || {
        let start = now();
        for group in piece.chunks(GROUP) {
            black_box(blake3::hash(black_box(group)));
        }
        now() - start
    };
    let fastest = (0..5).map(|_| once()).fold(f64::INFINITY, f64::min);
    2.0 * fastest * 1e9 / piece.len() as f64
}

fn mover(subject: Subject, runs: &[Run]) -> Mover {
    let median_of = |value: fn(&Run) -> f64| median(runs.iter().map(value));
    Mover {
        name: subject.name(),
        megabytes_per_second: median_of(|run| run.megabytes_per_second),
        sender: median_of(|run| run.seconds_per_gigabyte[0]),
        receiver: median_of(|run| run.seconds_per_gigabyte[1]),
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.get(middle) {
        None => f64::NAN,
        Some(upper) if values.len().is_multiple_of(2) => (values[middle - 1] + upper) / 2.0,
        Some(middle) => *middle,
    }
}

fn bulk<'a>(runs: impl Fn(Subject) -> &'a Vec<Run>, hashing: f64) -> Vec<Figure> {
    let pairs = [
        (Subject::Library, Subject::LibraryDefaults, "the transport's settings of the library"),
        (Subject::Library, Subject::LibraryCubic, "UDX"),
        (Subject::Requests, Subject::Library, "requests of 1 MiB"),
        (Subject::Content, Subject::LibraryFiles, "content"),
    ];
    let mut figures = Vec::new();
    for (ours, peer, name) in pairs {
        let both = || runs(ours).iter().zip(runs(peer));
        let values = |value: fn(&Run) -> f64| [ours, peer].map(|one| median(runs(one).iter().map(value)));
        let [value, peer_value] = values(|run| run.megabytes_per_second);
        let ratio = median(both().map(|(ours, peer)| ours.megabytes_per_second / peer.megabytes_per_second));
        let n = runs(ours).len() as u64;
        let figure = |name, value, unit, peer_value, ratio, limit, aim| Figure {
            name: format!("{name}, {unit}"),
            n,
            value,
            unit,
            peer: peer.name().to_owned(),
            peer_value,
            ratio,
            limit,
            aim: Some(aim),
        };
        let aim = Aim { value: THROUGHPUT * peer_value, met: ratio >= THROUGHPUT };
        figures.push(figure(name.to_owned(), value, "MB/s", peer_value, ratio, None, aim));
        let [value, peer_value] = values(Run::processor);
        let aim = |ratio: f64| Aim { value: PROCESSOR * peer_value, met: ratio * PROCESSOR >= 1.0 };
        let ratio = median(both().map(|(ours, peer)| peer.processor() / ours.processor()));
        figures.push(figure(name.to_owned(), value, CPU, peer_value, ratio, None, aim(ratio)));
        if ours == Subject::Content {
            let name = format!("{name} less its hashing");
            let ratio = median(both().map(|(ours, peer)| peer.processor() / (ours.processor() - hashing)));
            let what = "hashing at both ends".to_owned();
            let limit = Limit { name: what, value: hashing, ratio: value / hashing };
            figures.push(figure(name, value - hashing, CPU, peer_value, ratio, Some(limit), aim(ratio)));
        }
    }
    figures
}

const CPU: &str = "CPU s/GB";

/// Latency and rate of small requests.
fn small(pairs: &mut [Pair], ours: usize, library: usize) -> Result<Vec<Figure>> {
    let mut measure = |times, at_once| -> Result<[(f64, f64); 2]> {
        let mut both = [(0.0, 0.0); 2];
        for (index, result) in [ours, library].into_iter().zip(&mut both) {
            let (seconds, each) = pairs[index].ask(times, at_once)?;
            *result = (f64::from(times) / seconds, median(each.into_iter()));
        }
        Ok(both)
    };
    let [times, many] = REQUESTS;
    measure(times, 1)?;
    let [ours, theirs] = measure(times, 1)?.map(|(_, latency)| latency);
    let [rate, their_rate] = measure(many, AT_ONCE)?.map(|(rate, _)| rate);
    let figure = |name: &str, n, value, unit, peer_value, ratio| Figure {
        name: name.to_owned(),
        n: u64::from(n),
        value,
        unit,
        peer: "a stream of the library for each".to_owned(),
        peer_value,
        ratio,
        limit: None,
        aim: None,
    };
    Ok(vec![
        figure("small requests one after another, median", times, ours, "µs", theirs, theirs / ours),
        figure("small requests, 32 at a time", many, rate, "1/s", their_rate, rate / their_rate),
    ])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use std::io::{BufRead as _, BufReader, PipeReader, PipeWriter, Write as _, pipe};

    use super::order::{Order, Report};
    use super::*;

    /// An end on a thread instead of in a process.
    struct End {
        orders: PipeWriter,
        reports: BufReader<PipeReader>,
    }

    impl End {
        fn start() -> Self {
            let ((input, orders), (reports, output)) = (pipe().unwrap(), pipe().unwrap());
            std::thread::spawn(move || loopback_end(BufReader::new(input), output).unwrap());
            Self { orders, reports: BufReader::new(reports) }
        }

        fn tell(&mut self, order: &Order) -> Report {
            writeln!(self.orders, "{}", serde_json::to_string(order).unwrap()).unwrap();
            let mut line = String::new();
            self.reports.read_line(&mut line).unwrap();
            serde_json::from_str(&line).unwrap()
        }
    }

    #[test]
    fn every_subject_moves_all_bytes_again_and_again_and_answers_small_requests() {
        const BYTES: u64 = (3 << 20) + 1;
        for subject in Subject::ALL {
            let folder = tempfile::tempdir().unwrap();
            let [file, own, other] = ["file", "own", "other"].map(|name| folder.path().join(name));
            for folder in [&own, &other] {
                std::fs::create_dir(folder).unwrap();
            }
            write(&file, BYTES).unwrap();
            let (mut sender, mut receiver) = (End::start(), End::start());
            let serve = Order::Serve { subject, key: [1; 32], folder: own, file: file.clone() };
            let Report::Serving(offer) = sender.tell(&serve) else { panic!("{subject:?}") };
            let connect = Order::Connect { subject, key: [2; 32], folder: other.clone(), offer };
            assert!(matches!(receiver.tell(&connect), Report::Connected), "{subject:?}");
            for _ in 0..2 {
                let report = receiver.tell(&Order::Fetch { bytes: BYTES });
                assert!(
                    matches!(report, Report::Fetched(seconds) if seconds > 0.0),
                    "{subject:?}: {report:?}"
                );
                assert!(matches!(receiver.tell(&Order::Forget), Report::Forgotten), "{subject:?}");
            }
            if subject == Subject::LibraryFiles {
                assert_eq!(std::fs::read(other.join("received")).unwrap(), std::fs::read(&file).unwrap());
            }
            let report = receiver.tell(&Order::Ask { times: 10, at_once: 3 });
            assert!(
                matches!(&report, Report::Asked { each, .. } if each.len() == 10),
                "{subject:?}: {report:?}"
            );
            assert!(matches!(sender.tell(&Order::Usage), Report::Used(seconds) if seconds > 0.0));
        }
    }

    #[test]
    fn an_end_that_is_told_what_it_cannot_do_says_so_and_goes_on() {
        let mut end = End::start();
        for order in [Order::Fetch { bytes: 1 }, Order::Ask { times: 1, at_once: 1 }] {
            assert!(matches!(end.tell(&order), Report::Failed(_)), "{order:?}");
        }
        assert!(matches!(end.tell(&Order::Usage), Report::Used(_)));
    }

    #[test]
    fn nothing_to_move_and_no_place_for_it_are_refused_before_an_end_is_started() {
        let good = LoopbackOptions { bytes: 1, rounds: 1, folder: None };
        let absent = Some(PathBuf::from("/no/such/folder"));
        for options in [
            LoopbackOptions { bytes: 0, ..good.clone() },
            LoopbackOptions { rounds: 0, ..good.clone() },
            LoopbackOptions { folder: absent, ..good },
        ] {
            assert!(loopback(&options, || panic!("an end is started"), |_| ()).is_err(), "{options:?}");
        }
    }

    #[test]
    fn ratios_are_of_each_round_and_hashing_is_taken_off_once() {
        let run = |megabytes_per_second, processor| Run {
            megabytes_per_second,
            seconds_per_gigabyte: [processor / 2.0, processor / 2.0],
        };
        // The machine slows down between the rounds, and ours is half as good in each.
        let library = vec![run(400.0, 2.0), run(200.0, 4.0), run(100.0, 8.0)];
        let content = vec![run(200.0, 4.0), run(100.0, 8.0), run(50.0, 16.0)];
        let figures = bulk(|subject| if subject == Subject::Content { &content } else { &library }, 4.0);
        let of = |name: &str| figures.iter().find(|figure| figure.name == name).unwrap();
        let throughput = of("content, MB/s");
        assert_eq!((throughput.value, throughput.peer_value, throughput.ratio), (100.0, 200.0, 0.5));
        assert!(throughput.aim.is_some_and(|aim| !aim.met && aim.value == 180.0));
        assert_eq!(of("content, CPU s/GB").ratio, 0.5);
        let less = of("content less its hashing, CPU s/GB");
        assert_eq!((less.value, less.ratio), (4.0, 1.0));
        assert!(less.aim.is_some_and(|aim| aim.met));
        assert_eq!(of("UDX, MB/s").ratio, 1.0);
    }

    #[test]
    fn the_median_of_an_even_number_is_between_the_middle_two() {
        assert_eq!(median([4.0, 1.0, 3.0].into_iter()), 3.0);
        assert_eq!(median([4.0, 1.0, 3.0, 2.0].into_iter()), 2.5);
    }
}
