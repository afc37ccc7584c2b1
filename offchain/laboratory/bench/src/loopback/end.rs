//! One end, in its own process: reads orders and answers each with a line.

use std::io::{BufRead, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use bithive_transport::Transport;
use futures::stream::{StreamExt as _, TryStreamExt as _, iter};
use rustix::time::{ClockId, clock_gettime};

use super::order::{Order, Report, Subject};
use super::{library, ours};

/// Bytes of a small answer.
const SMALL: u64 = 32;

enum End {
    Fresh,
    /// Holds what would stop if it were dropped.
    Sender(#[allow(dead_code)] Option<Transport>),
    Library(library::Receiver),
    Ours(ours::Receiver),
}

/// Follows orders until there are no more.
///
/// # Errors
/// Input that is not an order, and output that can't be written. What goes wrong with an order is its answer.
pub fn loopback_end(input: impl BufRead, mut output: impl Write) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut end = End::Fresh;
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
        Ok(match order {
            Order::Serve { subject, key, folder, file } => {
                let offer = match subject {
                    Subject::Requests | Subject::Content => {
                        let (transport, offer) = ours::serve(subject, key, &folder, &file).await?;
                        *self = Self::Sender(Some(transport));
                        offer
                    }
                    _ => {
                        *self = Self::Sender(None);
                        library::serve(subject, key, file).await?
                    }
                };
                Report::Serving(offer)
            }
            Order::Connect { subject, key, folder, offer } => {
                let folder: &Path = &folder;
                *self = match subject {
                    Subject::Requests | Subject::Content => {
                        Self::Ours(ours::Receiver::connect(subject, key, folder, &offer).await?)
                    }
                    _ => Self::Library(library::Receiver::connect(subject, key, folder, &offer).await?),
                };
                Report::Connected
            }
            Order::Fetch { bytes } => {
                let start = Instant::now();
                match self {
                    Self::Library(receiver) => receiver.fetch(bytes).await?,
                    Self::Ours(receiver) => receiver.fetch(bytes).await?,
                    Self::Fresh | Self::Sender(_) => bail!("this end does not receive"),
                }
                Report::Fetched(start.elapsed().as_secs_f64())
            }
            Order::Ask { times, at_once } => self.ask(times, at_once).await?,
            Order::Forget => {
                if let Self::Ours(receiver) = self {
                    receiver.forget().await?;
                }
                Report::Forgotten
            }
            Order::Usage => Report::Used(super::seconds(clock_gettime(ClockId::ProcessCPUTime))),
        })
    }

    async fn ask(&self, times: u32, at_once: u32) -> Result<Report> {
        let start = Instant::now();
        let one = async || -> Result<f64> {
            let start = Instant::now();
            match self {
                Self::Library(receiver) => receiver.ask(SMALL).await?,
                Self::Ours(receiver) => receiver.ask(SMALL).await?,
                Self::Fresh | Self::Sender(_) => bail!("this end does not receive"),
            }
            Ok(start.elapsed().as_secs_f64() * 1e6)
        };
        let each = iter((0..times).map(|_| one())).buffer_unordered(at_once.max(1) as usize);
        let each = each.try_collect().await?;
        Ok(Report::Asked { seconds: start.elapsed().as_secs_f64(), each })
    }
}
