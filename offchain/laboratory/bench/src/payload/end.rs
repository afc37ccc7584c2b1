//! One end, in its own process: reads orders and answers each with a line.

use std::io::{BufRead, Write};
use std::time::Duration;

use anyhow::{Context as _, Result};
use bithive_dgkbe::{Groups, Receiver, Sender};
use bithive_exchange::PeerId;
use bithive_transport::Transport;
use rustix::time::{ClockId, clock_gettime};

use super::copies::{self, Listener};
use super::order::{Order, Report, Usage};
use super::swarm;

/// What orders before have made.
#[derive(Default)]
struct End {
    transport: Option<Transport>,
    sender: Option<(Sender, Groups)>,
    receiver: Option<(Receiver, Groups)>,
    listener: Option<Listener>,
}

/// Follows orders until there are no more.
///
/// # Errors
/// Input that is not an order, and output that can't be written. What goes wrong with an order is its answer.
pub fn payload_end(input: impl BufRead, mut output: impl Write) -> Result<()> {
    // Few threads that wait for the disk: the allocator keeps for each what it has given back.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(4).build()?;
    let mut end = End::default();
    for line in input.lines() {
        let order: Order = serde_json::from_str(&line?).context("an order")?;
        let report = runtime.block_on(end.follow(order));
        let report = report.unwrap_or_else(|error| Report::Failed(format!("{error:#}")));
        writeln!(output, "{}", serde_json::to_string(&report)?)?;
        output.flush()?;
    }
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(())
}

impl End {
    async fn follow(&mut self, order: Order) -> Result<Report> {
        let transport = self.transport.as_ref().context("no endpoint was started");
        match order {
            Order::Start { key, folder, listen, rate } => {
                let (transport, report) = swarm::start(key, &folder, listen, rate).await?;
                self.transport = Some(transport);
                Ok(report)
            }
            Order::Know { peers } => {
                let transport = transport?;
                for (id, addresses) in peers {
                    transport.add_peer(PeerId(id), &addresses)?;
                }
                Ok(Report::Done)
            }
            Order::Address(keys) => {
                self.sender = Some(keys.open()?);
                Ok(Report::Done)
            }
            Order::Belong(keys) => {
                self.receiver = Some(keys.open()?);
                Ok(Report::Done)
            }
            Order::Publish { plaintext, receivers } => {
                let sender = self.sender.as_mut().context("this end has no keys of others")?;
                swarm::publish(transport?, sender, plaintext, receivers).await
            }
            Order::Receive { headers, content, receivers, providers } => {
                let receiver = self.receiver.as_mut().context("this end has no key")?;
                swarm::receive(transport?, receiver, (&headers, content), receivers, &providers).await
            }
            Order::Listen => {
                let (listener, report) = copies::listen()?;
                self.listener = Some(listener);
                Ok(report)
            }
            Order::TakeCopy { file } => {
                self.listener.as_ref().context("this end does not listen")?.take_copy(&file)
            }
            Order::SendCopies { plaintext, to, rate } => copies::send(&plaintext, &to, rate),
            Order::Usage => {
                let used = clock_gettime(ClockId::ProcessCPUTime);
                Ok(Report::Used(Usage {
                    seconds: used.tv_sec as f64 + used.tv_nsec as f64 / 1e9,
                    peak: peak_memory(),
                    sent: self.transport.as_ref().map_or(0, Transport::sent_bytes),
                }))
            }
        }
    }
}

/// Most memory that this process has used at a time, bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    number.unwrap_or_default() * 1024
}
