//! Both directions of a link, and how one is written down.

use std::time::Duration;

use bithive_netsim::{Link, PacketLoss, Queue};

use crate::error::LabError;

/// Both directions of a side's link. Rates count whole IP packets in a [`crate::Lab`], datagrams in a
/// [`crate::Proxy`].
#[derive(Clone, Debug, PartialEq)]
pub struct Duplex {
    /// From the side.
    pub up: Link,
    /// To the side.
    pub down: Link,
}

/// Rate of a link without a limit, in bits per second: faster than the machine, so that nothing waits.
const OPEN: f64 = 10e9;
/// Longest default queue, in bytes.
const MOST_QUEUED: f64 = 64e6;

impl Duplex {
    /// No delay, no loss, and a rate that no machine fills.
    #[must_use]
    pub fn open() -> Self {
        Self::both(Link::new(OPEN, Duration::ZERO, MOST_QUEUED as u64))
    }

    /// The same in both directions.
    #[must_use]
    pub fn both(link: Link) -> Self {
        Self { up: link.clone(), down: link }
    }

    /// Reads a link in words, `key=value` separated by commas, each at most once; without any it is open:
    ///
    /// | key | value | when left out |
    /// |---|---|---|
    /// | `rate`, or `up` and `down` | bits per second: `20M`, `500k`, `1G` | 10 Gbit/s |
    /// | `delay` | of each direction: `20ms`, `1.5ms`, `2s` | none |
    /// | `jitter` | up to this much more or less, without reordering | none |
    /// | `queue` | bytes: `100k`, `1M` | what the rate sends in 100 ms, 3 kB at least and 64 MB at most |
    /// | `codel` | `yes`: CoDel instead of drop-tail | `no` |
    /// | `loss` | of each packet: `1%` or `0.01` | none |
    /// | `burst` | share of time in which half of the packets are lost, in runs of 20 packets on average | none |
    /// | `reorder` | share of packets that come 2 ms late | none |
    ///
    /// # Errors
    /// [`LabError::Link`] names the key.
    pub fn parse(text: &str) -> Result<Self, LabError> {
        let mut words = Words::split(text)?;
        let link = Self::read(&mut words)?;
        words.end("")?;
        Ok(link)
    }

    /// Takes what concerns the link.
    pub(crate) fn read(words: &mut Words<'_>) -> Result<Self, LabError> {
        let rate = words.number("rate", RATE)?;
        let up = words.number("up", RATE)?.or(rate).unwrap_or(OPEN);
        let down = words.number("down", RATE)?.or(rate).unwrap_or(OPEN);
        let delay = words.duration("delay")?.unwrap_or_default();
        let jitter = words.duration("jitter")?.unwrap_or_default();
        let queue = words.number("queue", BYTES)?;
        let codel = words.choice("codel")?;
        let loss = words.share("loss")?;
        let burst = words.share("burst")?;
        let reorder = words.share("reorder")?.unwrap_or(0.0);
        let loss = match (loss, burst) {
            (Some(_), Some(_)) => {
                return Err(bad("burst", "given beside loss".into(), "one of the two"));
            }
            (Some(loss), None) => PacketLoss::Random(loss),
            // A bad state lasts 1/to_good packets, and takes the share to_bad / (to_bad + to_good) of them.
            (None, Some(share)) => {
                PacketLoss::Burst { to_bad: share / (1.0 - share) / 20.0, to_good: 1.0 / 20.0, loss: 0.5 }
            }
            (None, None) => PacketLoss::None,
        };
        let direction = |rate: f64| {
            let queue_bytes = queue.unwrap_or((rate / 80.0).clamp(3000.0, MOST_QUEUED)) as u64;
            Link {
                queue: if codel { Queue::Codel } else { Queue::DropTail },
                loss,
                jitter,
                reorder,
                delay,
                ..Link::new(rate, Duration::ZERO, queue_bytes)
            }
        };
        Ok(Self { up: direction(up), down: direction(down) })
    }
}

struct Range {
    least: f64,
    most: f64,
    expected: &'static str,
}

const RATE: Range = Range { least: 1e3, most: 100e9, expected: "1k to 100G bits per second" };
const BYTES: Range = Range { least: 1500.0, most: 1e9, expected: "1500 bytes to 1G" };

pub(crate) fn bad(field: &'static str, value: String, expected: &'static str) -> LabError {
    LabError::Link { field, value, expected }
}

/// Keys and values that are still to be read.
pub(crate) struct Words<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Words<'a> {
    pub(crate) fn split(text: &'a str) -> Result<Self, LabError> {
        let mut words: Vec<(&str, &str)> = Vec::new();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let (key, value) =
                word.split_once('=').ok_or_else(|| bad("a word", format!("{word:?}"), "key=value"))?;
            if words.iter().any(|(other, _)| *other == key) {
                return Err(bad("a key", format!("{key:?}, twice"), "each key once"));
            }
            words.push((key, value));
        }
        Ok(Self(words))
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<&'a str> {
        let place = self.0.iter().position(|(other, _)| *other == key)?;
        Some(self.0.remove(place).1)
    }

    fn number(&mut self, key: &'static str, range: Range) -> Result<Option<f64>, LabError> {
        let Some(text) = self.take(key) else { return Ok(None) };
        let units = [("k", 1e3), ("M", 1e6), ("G", 1e9)];
        let with_unit = units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit)));
        let (digits, unit) = with_unit.unwrap_or((text, 1.0));
        let value = digits.parse::<f64>().ok().map(|number| number * unit);
        let value = value.filter(|value| (range.least..=range.most).contains(value));
        value.map(Some).ok_or_else(|| bad(key, format!("{text:?}"), range.expected))
    }

    pub(crate) fn duration(&mut self, key: &'static str) -> Result<Option<Duration>, LabError> {
        let Some(text) = self.take(key) else { return Ok(None) };
        let seconds = match text.strip_suffix("ms") {
            Some(digits) => digits.parse::<f64>().map(|number| number / 1e3),
            None => text.strip_suffix('s').unwrap_or("").parse::<f64>(),
        };
        let seconds = seconds.ok().filter(|seconds| (0.0..=86_400.0).contains(seconds));
        let seconds = seconds.ok_or_else(|| bad(key, format!("{text:?}"), "0ms to 86400s, with its unit"))?;
        Ok(Some(Duration::from_secs_f64(seconds)))
    }

    fn share(&mut self, key: &'static str) -> Result<Option<f64>, LabError> {
        let Some(text) = self.take(key) else { return Ok(None) };
        let share = match text.strip_suffix('%') {
            Some(digits) => digits.parse::<f64>().map(|number| number / 100.0),
            None => text.parse::<f64>(),
        };
        let share = share.ok().filter(|share| (0.0..=0.9).contains(share));
        share.map(Some).ok_or_else(|| bad(key, format!("{text:?}"), "0 to 0.9, or 0% to 90%"))
    }

    fn choice(&mut self, key: &'static str) -> Result<bool, LabError> {
        match self.take(key) {
            None | Some("no") => Ok(false),
            Some("yes") => Ok(true),
            Some(other) => Err(bad(key, format!("{other:?}"), "yes or no")),
        }
    }

    /// Nothing is left; `more` are further keys that were known.
    pub(crate) fn end(self, more: &str) -> Result<(), LabError> {
        match self.0.first() {
            None => Ok(()),
            Some((key, _)) => Err(LabError::Key {
                key: (*key).into(),
                expected: format!(
                    "{more}rate, up, down, delay, jitter, queue, codel, loss, burst or reorder"
                ),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_in_words_is_the_link() {
        let link =
            Duplex::parse("up=5M, down=20M,delay=20ms,jitter=1.5ms,queue=50k,codel=yes,loss=1%,reorder=0.02")
                .unwrap();
        assert_eq!(link.up.rates, [(Duration::ZERO, 5e6)]);
        assert_eq!(link.down.rates, [(Duration::ZERO, 20e6)]);
        assert_eq!((link.up.delay, link.up.jitter), (Duration::from_millis(20), Duration::from_micros(1500)));
        assert_eq!((link.down.queue_bytes, link.down.queue), (50_000, Queue::Codel));
        assert_eq!((link.down.loss, link.down.reorder), (PacketLoss::Random(0.01), 0.02));
    }

    #[test]
    fn no_words_are_an_open_link() {
        assert_eq!(Duplex::parse("").unwrap().up.rates, Duplex::open().up.rates);
    }

    #[test]
    fn a_queue_that_is_not_given_holds_100_ms() {
        assert_eq!(Duplex::parse("rate=8M").unwrap().up.queue_bytes, 100_000);
        assert_eq!(Duplex::parse("rate=8k").unwrap().up.queue_bytes, 3000);
    }

    #[test]
    fn a_burst_is_a_share_of_the_packets() {
        let PacketLoss::Burst { to_bad, to_good, .. } = Duplex::parse("burst=10%").unwrap().up.loss else {
            panic!("no burst")
        };
        assert!((to_bad / (to_bad + to_good) - 0.1).abs() < 1e-9);
    }

    #[test]
    fn what_cant_be_read_is_named() {
        for (text, names) in [
            ("rate=fast", "rate is \"fast\"; expected 1k to 100G"),
            ("rate=-1", "rate"),
            ("rate=NaN", "rate"),
            ("delay=20", "with its unit"),
            ("delay=-1ms", "delay"),
            ("loss=2", "loss is \"2\""),
            ("loss=1%,burst=1%", "one of the two"),
            ("codel=on", "yes or no"),
            ("queue=1", "1500 bytes"),
            ("speed=1", "\"speed\" is not known; expected one of rate, up"),
            ("rate", "key=value"),
            ("rate=1M,rate=2M", "twice"),
        ] {
            let error = Duplex::parse(text).unwrap_err().to_string();
            assert!(error.contains(names), "{text}: {error}");
        }
    }
}
