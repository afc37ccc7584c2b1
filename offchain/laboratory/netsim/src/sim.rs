//! A run: flows over one bottleneck, in virtual time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use noq_proto::EcnCodepoint;

use crate::error::SimError;
use crate::host::{Host, Outgoing, Source};
use crate::link::{Bottleneck, Fate, Nanos};
use crate::qlog::Trace;
use crate::record::{FlowResult, Recorder, RunResult};
use crate::rng::Stream;
use crate::scenario::{Flow, Scenario};

impl Scenario {
    /// Runs it. The same scenario and seed give the same result, bit for bit; see [`crate::Control::Bbr`] for the exception.
    ///
    /// # Errors
    /// A field out of its range, or a connection that failed.
    pub fn run(&self, seed: u64) -> Result<RunResult, SimError> {
        self.validate()?;
        Run::new(self, seed)?.finish()
    }
}

/// A packet on its way to the receiver.
struct Packet {
    flow: usize,
    data: BytesMut,
    ecn: Option<EcnCodepoint>,
    sent: Nanos,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Side {
    Sender,
    Receiver,
}

enum Event {
    Start(usize),
    Write(usize),
    Wake(usize, Side),
    /// The link has sent a packet.
    Sent,
    ToReceiver(Packet),
    ToSender {
        flow: usize,
        data: BytesMut,
        ecn: Option<EcnCodepoint>,
    },
    Sample,
}

/// Ordered by time, then by the order of scheduling.
struct Entry {
    at: Nanos,
    order: u64,
    event: Event,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

#[derive(Default)]
struct Agenda {
    entries: BinaryHeap<Reverse<Entry>>,
    order: u64,
}

impl Agenda {
    fn push(&mut self, at: Nanos, event: Event) {
        self.order += 1;
        self.entries.push(Reverse(Entry { at, order: self.order, event }));
    }
}

struct Pair {
    sender: Host,
    receiver: Host,
    wakes: [Option<Nanos>; 2],
    extra: Nanos,
    flow: Flow,
}

impl Pair {
    fn host(&mut self, side: Side) -> &mut Host {
        match side {
            Side::Sender => &mut self.sender,
            Side::Receiver => &mut self.receiver,
        }
    }
}

struct Run<'a> {
    scenario: &'a Scenario,
    seed: u64,
    /// Any moment: only differences count.
    epoch: Instant,
    now: Nanos,
    agenda: Agenda,
    link: Bottleneck<Packet>,
    pairs: Vec<Option<Pair>>,
    recorder: Recorder,
}

impl<'a> Run<'a> {
    fn new(scenario: &'a Scenario, seed: u64) -> Result<Self, SimError> {
        let mut run = Self {
            scenario,
            seed,
            epoch: Instant::now(),
            now: 0,
            agenda: Agenda::default(),
            link: Bottleneck::new(scenario.link.clone(), seed),
            pairs: scenario.flows.iter().map(|_| None).collect(),
            recorder: Recorder::new(scenario),
        };
        // Flows do not start in the same nanosecond: whose packet comes first would otherwise be the same in all runs.
        let mut starts = Stream::new(seed, 3);
        for (index, flow) in scenario.flows.iter().enumerate() {
            let spread = starts.fraction() * 2.0 * (scenario.link.delay + flow.extra_delay).as_nanos() as f64;
            run.agenda.push(flow.start.as_nanos() as Nanos + spread as Nanos, Event::Start(index));
        }
        run.agenda.push(0, Event::Sample);
        Ok(run)
    }

    fn finish(mut self) -> Result<RunResult, SimError> {
        let end = self.scenario.duration.as_nanos() as Nanos;
        while let Some(Reverse(entry)) = self.agenda.entries.pop() {
            if entry.at > end {
                break;
            }
            self.now = entry.at;
            self.handle(entry.event)?;
        }
        let mut flows = Vec::new();
        for (index, pair) in self.pairs.iter_mut().enumerate() {
            let (received, counts) = pair
                .as_mut()
                .map_or((0, (0, 0)), |pair| (pair.receiver.received(), pair.sender.sent_and_lost()));
            flows.push((index, received, counts));
        }
        let flows: Vec<FlowResult> = flows
            .into_iter()
            .map(|(index, received, counts)| self.recorder.flow(index, received, counts))
            .collect();
        Ok(self.recorder.result(flows))
    }

    fn instant(&self) -> Instant {
        self.epoch + Duration::from_nanos(self.now)
    }

    fn handle(&mut self, event: Event) -> Result<(), SimError> {
        match event {
            Event::Start(flow) => self.start(flow),
            Event::Write(flow) => self.write(flow),
            Event::Wake(flow, side) => self.wake(flow, side),
            Event::Sent => {
                let recorder = &mut self.recorder;
                let (fate, next) = self.link.finish(self.now, |packet| recorder.dropped(packet.flow));
                match fate {
                    Some(Fate::Delivered { at, packet }) => {
                        let extra =
                            self.pairs.get(packet.flow).and_then(Option::as_ref).map_or(0, |pair| pair.extra);
                        self.agenda.push(at + extra, Event::ToReceiver(packet));
                    }
                    Some(Fate::Lost(packet)) => self.recorder.lost(packet.flow),
                    None => {}
                }
                if let Some(next) = next {
                    self.agenda.push(next, Event::Sent);
                }
                Ok(())
            }
            Event::ToReceiver(packet) => {
                let back = self.link.delay();
                let extra = self.pairs.get(packet.flow).and_then(Option::as_ref).map_or(0, |pair| pair.extra);
                self.recorder.round_trip(packet.flow, self.now, self.now - packet.sent + back + extra);
                self.arrive(packet.flow, Side::Receiver, packet.ecn, packet.data)
            }
            Event::ToSender { flow, data, ecn } => self.arrive(flow, Side::Sender, ecn, data),
            Event::Sample => {
                let states = self.pairs.iter().map(|pair| {
                    pair.as_ref().map_or((0, 0, None), |pair| {
                        (pair.receiver.received(), pair.sender.window(), pair.sender.udx())
                    })
                });
                self.recorder.sample(self.now, self.link.queued_bytes(), states);
                self.agenda.push(self.now + self.recorder.interval(), Event::Sample);
                Ok(())
            }
        }
    }

    fn start(&mut self, index: usize) -> Result<(), SimError> {
        let Some(flow) = self.scenario.flows.get(index) else { return Ok(()) };
        let stream = |side: u64| Stream::new(self.seed, 16 + 2 * index as u64 + side);
        let trace = self.scenario.qlog.as_ref();
        let trace = trace
            .map(|folder| Trace::create(folder, index + 1, flow.control.name(), self.epoch))
            .transpose()?;
        let pair = Pair {
            sender: Host::client(self.instant(), &flow.control, flow.source, stream(0), trace)?,
            receiver: Host::server(stream(1))?,
            wakes: [None; 2],
            extra: flow.extra_delay.as_nanos() as Nanos,
            flow: flow.clone(),
        };
        if let Some(slot) = self.pairs.get_mut(index) {
            *slot = Some(pair);
        }
        if matches!(flow.source, Source::Periodic { .. }) {
            self.agenda.push(self.now, Event::Write(index));
        }
        self.drive(index, Side::Sender)
    }

    fn write(&mut self, index: usize) -> Result<(), SimError> {
        let Some(Some(pair)) = self.pairs.get_mut(index) else { return Ok(()) };
        if let Source::Periodic { bytes, every } = pair.flow.source {
            pair.sender.allow(u64::from(bytes));
            self.agenda.push(self.now + (every.as_nanos() as Nanos).max(1), Event::Write(index));
        }
        self.drive(index, Side::Sender)
    }

    fn wake(&mut self, index: usize, side: Side) -> Result<(), SimError> {
        let Some(Some(pair)) = self.pairs.get_mut(index) else { return Ok(()) };
        let Some(due) = pair.wakes.get_mut(side as usize) else { return Ok(()) };
        // An earlier wake-up has replaced this one.
        if *due != Some(self.now) {
            return Ok(());
        }
        *due = None;
        self.drive(index, side)
    }

    fn arrive(
        &mut self,
        index: usize,
        side: Side,
        ecn: Option<EcnCodepoint>,
        data: BytesMut,
    ) -> Result<(), SimError> {
        let now = self.instant();
        let Some(Some(pair)) = self.pairs.get_mut(index) else { return Ok(()) };
        pair.host(side).receive(now, ecn, data)?;
        self.drive(index, side)
    }

    fn drive(&mut self, index: usize, side: Side) -> Result<(), SimError> {
        let (now, instant) = (self.now, self.instant());
        let Some(Some(pair)) = self.pairs.get_mut(index) else { return Ok(()) };
        let extra = pair.extra;
        let (link, agenda, recorder) = (&mut self.link, &mut self.agenda, &mut self.recorder);
        pair.host(side).drive(instant, |Outgoing { data, ecn }| match side {
            Side::Receiver => {
                agenda.push(now + link.delay() + extra, Event::ToSender { flow: index, data, ecn });
            }
            Side::Sender => {
                recorder.sent(index, now);
                let bytes = data.len() as u64;
                match link.enqueue(now, Packet { flow: index, data, ecn, sent: now }, bytes) {
                    Ok(Some(done)) => agenda.push(done, Event::Sent),
                    Ok(None) => {}
                    Err(packet) => recorder.dropped(packet.flow),
                }
            }
        })?;
        let timeout = pair.host(side).timeout();
        if let (Some(timeout), Some(slot)) = (timeout, pair.wakes.get_mut(side as usize)) {
            let due = timeout.saturating_duration_since(self.epoch).as_nanos() as Nanos;
            // A timer that is due now is one that the connection has just seen; time has to pass.
            let due = due.max(now + 1);
            if slot.is_none_or(|planned| due < planned) {
                *slot = Some(due);
                self.agenda.push(due, Event::Wake(index, side));
            }
        }
        Ok(())
    }
}
