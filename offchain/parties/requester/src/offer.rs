//! What a requester offers to workers and asks of them, checked before anything is sealed or paid.

use std::fmt::Display;
use std::ops::RangeInclusive;

use bithive_api::jobs::{Terms, limits};
use bithive_client::amount::show;
use bithive_economics::escrow;
use cosmwasm_std::Uint128;

use crate::RequesterError;

/// What a requester offers to workers and asks of them: the terms of a job but for what follows from its input, its model
/// and the time at which it is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::Args))]
pub struct Offer {
    /// Most that one worker may ask, in BTT.
    // In base units here.
    #[cfg_attr(
        feature = "clap",
        arg(long, allow_negative_numbers = true, value_parser = bithive_client::amount::parse)
    )]
    pub price: u128,
    /// How many work on it and have to agree.
    #[cfg_attr(feature = "clap", command(flatten))]
    pub quorum: Quorum,
    /// How long each state may last.
    #[cfg_attr(feature = "clap", command(flatten))]
    pub windows: Windows,
    /// Whom the model is expected to pay: the job is refused if its registered owner (`bithive model show`) names another
    /// receiver.
    #[cfg_attr(feature = "clap", arg(long))]
    pub model_owner: Option<String>,
    /// Address of the data's owner, who gets a share and has agreed to be named (`bithive dataset consent`).
    #[cfg_attr(feature = "clap", arg(long))]
    pub data_owner: Option<String>,
    /// Pay with the account's credits of the time bank, at most so many, in place of BTT. What is refunded is BTT.
    #[cfg_attr(feature = "clap", arg(long, value_name = "MOST"))]
    pub credits: Option<u64>,
}

impl Offer {
    /// An offer that pays nobody for model or data.
    #[must_use]
    pub const fn new(price: u128, quorum: Quorum, windows: Windows) -> Self {
        Self { price, quorum, windows, model_owner: None, data_owner: None, credits: None }
    }

    /// What is held for the job until it ends, in base units.
    ///
    /// # Errors
    /// [`RequesterError::Term`]: it does not fit 128 bits.
    pub fn escrow(&self) -> Result<u128, RequesterError> {
        let workers = self.quorum.workers;
        escrow(self.price, workers).ok_or_else(|| {
            let most = u128::MAX.checked_div(workers.into()).unwrap_or(u128::MAX);
            term("--price", show(self.price), format!("at most {} for each of {workers} workers", show(most)))
        })
    }

    /// Checks what the market will check, in the words of the options that were given: its own words are those of the message.
    ///
    /// # Errors
    /// [`RequesterError::Term`] names the option, what was found and what is expected.
    pub fn check(&self) -> Result<(), RequesterError> {
        let Quorum { workers, quorum, tolerance } = self.quorum;
        within("--workers", workers, 1..=limits::MAX_WORKERS)?;
        let majority = workers.checked_div(2).unwrap_or_default().saturating_add(1);
        if !(majority..=workers).contains(&quorum) {
            let expected =
                format!("{majority} to {workers}: more than half of the workers (--workers {workers})");
            return Err(term("--quorum", quorum, expected));
        }
        within("--tolerance", tolerance, 0..=limits::MAX_TOLERANCE)?;
        if self.price == 0 {
            return Err(term("--price", show(0), "more than 0 BTT, like 12 or 12.5".into()));
        }
        self.escrow()?;
        let Windows { assign_seconds, commit_seconds, reveal_seconds, finalize_seconds } = self.windows;
        for (option, seconds) in [
            ("--assign-seconds", assign_seconds),
            ("--commit-seconds", commit_seconds),
            ("--reveal-seconds", reveal_seconds),
            ("--finalize-seconds", finalize_seconds),
        ] {
            // The market takes a shorter time for assignments, which a block could use up.
            within(option, seconds, limits::MIN_WINDOW_SECONDS..=limits::MAX_WINDOW_SECONDS)?;
        }
        Ok(())
    }

    /// The terms of a job that is posted at `now`, in Unix seconds.
    pub(crate) fn terms(&self, now: u64, dimensions: u16, model: [u8; 32]) -> Terms {
        let Quorum { workers, quorum, tolerance } = self.quorum;
        let Windows { assign_seconds, commit_seconds, reveal_seconds, finalize_seconds } = self.windows;
        Terms {
            workers,
            quorum,
            tolerance,
            dimensions,
            price: Uint128::new(self.price),
            assign_by: now.saturating_add(assign_seconds),
            commit_seconds,
            reveal_seconds,
            finalize_seconds,
            model: (&model).into(),
            model_owner: self.model_owner.clone(),
            data_owner: self.data_owner.clone(),
        }
    }
}

/// How many work on a job, and how many of them have to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::Args))]
pub struct Quorum {
    /// Workers of a round (k), 1 to 16.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 3))]
    pub workers: u8,
    /// Workers whose results must agree (q): more than k/2, at most k.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 2))]
    pub quorum: u8,
    /// Largest difference of two results of the quorum, word by word, in units of 1/65536.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 64))]
    pub tolerance: u32,
}

/// How long each state of a job may last, in seconds: 30 to 86,400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::Args))]
pub struct Windows {
    /// Seconds until the job expires without workers.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 3_600))]
    pub assign_seconds: u64,
    /// Seconds for commitments.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 3_600))]
    pub commit_seconds: u64,
    /// Seconds for reveals.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 3_600))]
    pub reveal_seconds: u64,
    /// Seconds for the final statement, and for replacements.
    #[cfg_attr(feature = "clap", arg(long, default_value_t = 3_600))]
    pub finalize_seconds: u64,
}

impl Windows {
    /// The same number of seconds for all of them.
    #[must_use]
    pub const fn same(seconds: u64) -> Self {
        Self {
            assign_seconds: seconds,
            commit_seconds: seconds,
            reveal_seconds: seconds,
            finalize_seconds: seconds,
        }
    }
}

fn within<T: PartialOrd + Display>(
    option: &'static str,
    found: T,
    bounds: RangeInclusive<T>,
) -> Result<(), RequesterError> {
    if bounds.contains(&found) {
        return Ok(());
    }
    Err(term(option, found, format!("{} to {}", bounds.start(), bounds.end())))
}

fn term(option: &'static str, found: impl Display, expected: String) -> RequesterError {
    RequesterError::Term { option, found: found.to_string(), expected }
}
