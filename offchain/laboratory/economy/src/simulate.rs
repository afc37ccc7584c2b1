//! A whole run.

use bithive_economics::Emission;
use bithive_economics::vesting::DAY;

use crate::day::day as live;
use crate::genesis::genesis;
use crate::sample::{entitled, row, snapshot};
use crate::{EconomyError, MONTH_DAYS, Options, Report};

/// Runs the economy from its first day. `progress` is told each day that begins. A check that fails ends the run, and
/// the report says which.
///
/// # Errors
/// [`EconomyError`]: options out of bounds, or a contract that refused what an account did.
pub async fn simulate(options: &Options, mut progress: impl FnMut(u64)) -> Result<Report, EconomyError> {
    let options = options.checked()?;
    let mut economy = genesis(&options).await?;
    let start = economy.common.start;
    let rule = Emission::new(start)
        .map_err(|error| EconomyError::Malformed { what: "the start", reason: error.to_string() })?;
    let mut report = Report { rows: Vec::new(), entitled: Vec::new(), blocks: 0, checks: 0, broken: None };
    let mut worked = (0, 0);
    for day in 0..=options.days() {
        progress(day);
        economy.common.world.wait_until(start.saturating_add(day.saturating_mul(DAY))).await?;
        let last = day == options.days();
        if last || day.is_multiple_of(MONTH_DAYS) {
            let said = snapshot(&economy, day).await?;
            report.rows.push(row(&economy, &said, worked));
            report.entitled = entitled(&economy, &said);
            worked = (said.earned(), 0);
            match said.check(&rule) {
                Ok(held) => report.checks += held,
                Err(broken) => {
                    report.broken = Some(broken);
                    break;
                }
            }
        }
        if !last {
            let poke = options.poke_days.is_some_and(|days| day.is_multiple_of(days.into()));
            worked.1 += live(&mut economy, day, poke).await?;
        }
    }
    report.blocks = economy.common.world.blocks().await?;
    Ok(report)
}
