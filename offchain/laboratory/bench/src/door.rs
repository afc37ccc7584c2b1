//! What payment by voucher adds to a request: a door beside the same door that serves for nothing.

mod client;
mod market;
mod micros;
mod sale;

use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};
use bithive_door::{Door, DoorOptions, DoorTerms, Ledger, Service};
use bithive_inference::{Device, Model};
use bithive_state::Owner;
use bithive_x402::{BATCH_SETTLEMENT, EXACT};

use crate::figure::{Figure, Sheet};
use crate::timer::Timer;
use client::Connection;
use market::{Market, Payer};
use micros::micros;
use sale::Sale;

/// The demonstration's model, and one row of its data: the smallest request, of which payment is the largest part.
const MODEL: &[u8] = include_bytes!("../../../../models/wdbc.onnx");
const ROWS: &str = include_str!("../../../../data/wdbc/holdout.csv");
/// Bytes of a flush that is measured alone: a page of the records.
const PAGE: usize = 4_096;
/// What an overhead is compared with.
const PEER: &str = "the same request to the same server without payment";
/// What a transaction for each request is compared with.
const VOUCHER: &str = "the same request to the same server with a voucher";
/// A transaction takes longer than a voucher: so many fewer are measured.
const FEWER: usize = 10;

/// What to measure.
#[derive(Clone, Debug)]
pub struct DoorBench {
    /// Requests of each kind.
    pub requests: usize,
    /// Folder of the records that are on disk; a temporary one when left out.
    pub folder: Option<PathBuf>,
}

/// Where a door has its records.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Records {
    Memory,
    Disk,
}

/// Measures requests one after another on one connection: unpaid, and paid by vouchers, in turns, so that what disturbs one disturbs the
/// other; and in turns paid by vouchers and by transactions, which the chain in this process has a block for at once.
///
/// # Errors
/// The embedded chain, the folder or the loopback can't be used.
pub async fn door(options: &DoorBench, mut progress: impl FnMut(&str) + Send) -> Result<Vec<Figure>> {
    let temporary = tempfile::tempdir()?;
    let folder = options.folder.as_deref().unwrap_or(temporary.path());
    let market = Market::found().await?;
    let mut sheet = Sheet { timer: Timer::STANDARD, figures: Vec::new(), progress: &mut progress };
    for (payer, records) in [
        (Payer::Ed25519, Records::Memory),
        (Payer::Secp256k1, Records::Memory),
        (Payer::Ed25519, Records::Disk),
    ] {
        measure(&mut sheet, &market, (payer, records), (options.requests, folder)).await?;
    }
    measure_transactions(&mut sheet, &market, (options.requests.div_ceil(FEWER), folder)).await?;
    Ok(sheet.figures)
}

/// Vouchers and transactions at one door, in turns. Both are signed before the time runs.
async fn measure_transactions(
    sheet: &mut Sheet<'_>,
    market: &Market,
    (requests, folder): (usize, &Path),
) -> Result<()> {
    sheet.announce("transactions, records on disk");
    let body = body()?;
    let sale = Sale::open(market).await?;
    let terms = DoorTerms { offer: Some(sale.offer), ..market.terms() };
    let ledger = Ledger::open(&folder.join("bench-door-exact.redb"), &owner(market))?;
    let door = DoorOptions::new(service()?, ledger, Some((market.seller().clone(), terms)));
    let door = Door::start(door).await?.0;
    let flow = market.open(Payer::Ed25519).await?;
    let by_voucher = market.accepted(&door, &body, BATCH_SETTLEMENT).await?;
    let by_offer = market.accepted(&door, &body, EXACT).await?;
    let mut connections = [Connection::to(door.address()).await?, Connection::to(door.address()).await?];
    let [voucher, transaction] = &mut connections;
    let (mut vouchers, mut transactions) = (Vec::with_capacity(requests), Vec::with_capacity(requests));
    let warm = requests.div_ceil(10);
    for nth in 1..=requests.saturating_add(warm) {
        let payments = (
            market.payment(Payer::Ed25519, (flow, nth), &by_voucher)?,
            sale.payment(&body, nth, &by_offer).await?,
        );
        let first = voucher.ask(&body, Some(&payments.0)).await?;
        let second = transaction.ask(&body, Some(&payments.1)).await?;
        if nth > warm {
            vouchers.push(first);
            transactions.push(second);
        }
    }
    for (share, label) in [(0.5, "p50"), (0.99, "p99")] {
        let both = [at(&mut transactions, share), at(&mut vouchers, share)];
        let name = format!("request with a transaction, {label}, a block at once, records on disk");
        sheet.note(name, requests, "µs", VOUCHER, both);
    }
    Ok(())
}

async fn measure(
    sheet: &mut Sheet<'_>,
    market: &Market,
    (payer, records): (Payer, Records),
    (requests, folder): (usize, &Path),
) -> Result<()> {
    let place = if records == Records::Disk { "records on disk" } else { "records in memory" };
    let name = format!("{}, {place}", payer.name());
    sheet.announce(&name);
    let body = body()?;
    let free = Door::start(DoorOptions::new(service()?, Ledger::in_memory()?, None)).await?.0;
    let ledger = match records {
        Records::Memory => Ledger::in_memory()?,
        Records::Disk => Ledger::open(&folder.join("bench-door.redb"), &owner(market))?,
    };
    // Nothing is redeemed meanwhile, which would have the chain's work in the measurement.
    let terms = market.terms();
    let paid = DoorOptions::new(service()?, ledger, Some((market.seller().clone(), terms)));
    let paid = Door::start(paid).await?.0;
    let flow = market.open(payer).await?;
    let accepted = market.accepted(&paid, &body, BATCH_SETTLEMENT).await?;
    let mut connections = [Connection::to(free.address()).await?, Connection::to(paid.address()).await?];
    let [unpaid, voucher] = &mut connections;
    let (mut without, mut with) = (Vec::with_capacity(requests), Vec::with_capacity(requests));
    // The first ones are not counted: connections, caches and records are cold.
    let warm = requests.div_ceil(10);
    for nth in 1..=requests.saturating_add(warm) {
        let payment = market.payment(payer, (flow, nth), &accepted)?;
        let first = unpaid.ask(&body, None).await?;
        let second = voucher.ask(&body, Some(&payment)).await?;
        if nth > warm {
            without.push(first);
            with.push(second);
        }
    }
    let check = market.check(payer, flow)?;
    let flush = if records == Records::Disk { flush(folder, requests)? } else { vec![0.0] };
    drop((free, paid));
    for (share, label) in [(0.5, "p50"), (0.99, "p99")] {
        let [mine, theirs] = [at(&mut with, share), at(&mut without, share)];
        let overhead = (mine - theirs).max(f64::MIN_POSITIVE);
        sheet.note(format!("added by a voucher, {label}, {name}"), requests, "µs", PEER, [overhead, theirs]);
        let limit = match records {
            Records::Memory => "one check of the signature",
            Records::Disk => "one check of the signature, one flush of the disk",
        };
        sheet.limit(limit, check + at(&mut flush.clone(), share));
        sheet.note(format!("request with a voucher, {label}, {name}"), requests, "µs", PEER, [mine, theirs]);
    }
    Ok(())
}

fn service() -> Result<Service> {
    Ok(Service::new(Model::load(MODEL, Device::Cpu)?, 16, 2))
}

fn body() -> Result<Vec<u8>> {
    let mut lines = ROWS.lines();
    let (head, row) = (lines.next().context("a header line")?, lines.next().context("a row")?);
    Ok(format!("{head}\n{row}\n").into_bytes())
}

fn owner(market: &Market) -> Owner {
    let seller = market.seller();
    Owner {
        account: seller.address().into(),
        chain_id: seller.client().deployment().chain_id.clone(),
        registry: market.contract().into(),
    }
}

/// Microseconds of flushes of one page in the folder, one after another.
fn flush(folder: &Path, times: usize) -> Result<Vec<f64>> {
    let path = folder.join("bench-flush");
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(&path)?;
    file.write_all(&[0; PAGE])?;
    file.sync_all()?;
    let mut all = Vec::with_capacity(times);
    for turn in 0..times.max(1) {
        let start = Instant::now();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&[u8::try_from(turn % 251)?; PAGE])?;
        file.sync_data()?;
        all.push(micros(start.elapsed()));
    }
    std::fs::remove_file(&path)?;
    Ok(all)
}

/// The value below which this share of them is.
fn at(values: &mut [f64], share: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let place = ((values.len() as f64 * share).ceil() as usize).saturating_sub(1).min(last);
    values.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::figure::DOOR_AIMS;

    #[tokio::test(flavor = "multi_thread")]
    async fn every_figure_of_a_door_is_there() {
        let options = DoorBench { requests: 3, folder: None };
        let figures = door(&options, |_| {}).await.unwrap();
        let names: Vec<&str> = figures.iter().map(|figure| figure.name.as_str()).collect();
        let kinds =
            ["ed25519, records in memory", "secp256k1, records in memory", "ed25519, records on disk"];
        let mut expected: Vec<String> = kinds
            .iter()
            .flat_map(|kind| {
                ["p50", "p99"].into_iter().flat_map(move |share| {
                    ["added by a voucher", "request with a voucher"]
                        .map(|what| format!("{what}, {share}, {kind}"))
                })
            })
            .collect();
        let last = ["p50", "p99"]
            .map(|share| format!("request with a transaction, {share}, a block at once, records on disk"));
        expected.extend(last);
        assert_eq!(names, expected);
        assert!(figures.iter().all(|figure| figure.value > 0.0 && figure.peer_value > 0.0), "{figures:?}");
        assert_eq!(figures.iter().filter(|figure| figure.limit.is_some()).count(), 6);
        assert!(DOOR_AIMS.iter().all(|(name, _)| names.contains(name)), "an aim for what is not measured");
        assert_eq!(figures.iter().filter(|figure| figure.aim.is_some()).count(), DOOR_AIMS.len());
    }

    #[test]
    fn a_share_is_the_value_that_so_many_do_not_exceed() {
        let mut values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!((at(&mut values, 0.5), at(&mut values, 0.99)), (50.0, 99.0));
        assert_eq!(at(&mut [7.0], 0.99), 7.0);
    }
}
