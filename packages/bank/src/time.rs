//! Dates and times as messages have them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Seconds of a day.
const DAY: u64 = 86_400;
/// Days that are taken: 1970-01-01 to 9999-12-31.
const MAX_DAY: u32 = 2_932_896;

/// A day of the calendar, from 1970 on. As text it is `2026-11-25`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(u32);

/// A text that is no date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a date such as 2026-11-25")]
pub struct DateError;

impl Date {
    /// The day of a time in Unix seconds, in UTC.
    #[must_use]
    pub fn of(seconds: u64) -> Self {
        Self(u32::try_from(seconds / DAY).unwrap_or(MAX_DAY).min(MAX_DAY))
    }

    /// The first second of the day in UTC, in Unix seconds.
    #[must_use]
    pub const fn begins(self) -> u64 {
        (self.0 as u64).saturating_mul(DAY)
    }

    /// The first second of the next day in UTC, in Unix seconds.
    #[must_use]
    pub const fn ends(self) -> u64 {
        self.begins().saturating_add(DAY)
    }

    /// Year, month and day. Source: H. Hinnant, chrono-compatible low-level date algorithms.
    fn civil(self) -> (u32, u32, u32) {
        let shifted = self.0.saturating_add(719_468);
        let (era, of_era) = (shifted / 146_097, shifted % 146_097);
        let leap = (of_era / 1_460).saturating_add(of_era / 146_096);
        let year_of_era = of_era.saturating_add(of_era / 36_524).saturating_sub(leap) / 365;
        let before =
            year_of_era.saturating_mul(365).saturating_add(year_of_era / 4).saturating_sub(year_of_era / 100);
        let day_of_year = of_era.saturating_sub(before);
        let from_march = day_of_year.saturating_mul(5).saturating_add(2) / 153;
        let day = day_of_year
            .saturating_sub(from_march.saturating_mul(153).saturating_add(2) / 5)
            .saturating_add(1);
        let month = if from_march < 10 { from_march.saturating_add(3) } else { from_march.saturating_sub(9) };
        let year = year_of_era.saturating_add(era.saturating_mul(400)).saturating_add(u32::from(month <= 2));
        (year, month, day)
    }

    fn from_civil(year: u32, month: u32, day: u32) -> Option<Self> {
        if !(1_970..=9_999).contains(&year) || !(1..=12).contains(&month) || day == 0 {
            return None;
        }
        let from_march = if month > 2 { month.checked_sub(3)? } else { month.checked_add(9)? };
        let year_from_march = year.checked_sub(u32::from(month <= 2))?;
        let (era, of_era) = (year_from_march / 400, year_from_march % 400);
        let day_of_year =
            from_march.checked_mul(153)?.checked_add(2)?.checked_div(5)?.checked_add(day)?.checked_sub(1)?;
        let days = of_era.checked_mul(365)?.checked_add(of_era / 4)?.checked_sub(of_era / 100)?;
        let days =
            era.checked_mul(146_097)?.checked_add(days)?.checked_add(day_of_year)?.checked_sub(719_468)?;
        let date = Self(days);
        // A day that the month does not have is one of the next month.
        (date.civil() == (year, month, day)).then_some(date)
    }
}

/// A number of so many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    let holds = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| holds)
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let read = || {
            let mut parts = text.splitn(3, '-');
            let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
            Self::from_civil(number(year, 4)?, number(month, 2)?, number(day, 2)?)
        };
        read().ok_or(DateError)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Unix seconds of `2026-11-25T10:00:00Z`, with an offset in place of Z, with parts of a second, which are cut off, or without a zone, which is
/// read as UTC.
#[must_use]
pub fn instant(text: &str) -> Option<u64> {
    let (date, time) = text.split_once('T')?;
    let (date, (time, offset)) = (date.parse::<Date>().ok()?, zone(time)?);
    let (whole, part) = time.split_once('.').unwrap_or((time, "0"));
    let mut parts = whole.splitn(3, ':');
    let (hours, minutes, seconds) =
        (number(parts.next()?, 2)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let holds = hours < 24 && minutes < 60 && seconds < 60;
    let part_holds = !part.is_empty() && part.len() <= 9 && part.bytes().all(|byte| byte.is_ascii_digit());
    let of_day = hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?.checked_add(seconds)?;
    let local = date.begins().checked_add(of_day.into())?;
    let last = Date(MAX_DAY).ends();
    local.checked_add_signed(offset).filter(|seconds| holds && part_holds && *seconds < last)
}

/// The time before a zone, and the seconds that lead from it to UTC.
fn zone(text: &str) -> Option<(&str, i64)> {
    if let Some(time) = text.strip_suffix('Z') {
        return Some((time, 0));
    }
    let Some(place) = text.rfind(['+', '-']) else { return Some((text, 0)) };
    let (time, zone) = text.split_at_checked(place)?;
    let (sign, zone) =
        if let Some(zone) = zone.strip_prefix('+') { (-1, zone) } else { (1, zone.strip_prefix('-')?) };
    let (hours, minutes) = zone.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    let offset =
        i64::from(hours.checked_mul(60)?.checked_add(minutes)?).checked_mul(60)?.checked_mul(sign)?;
    (hours <= 14 && minutes < 60).then_some((time, offset))
}

/// Writes a time as [`instant`] reads it: `2026-11-25T10:00:00Z`.
#[must_use]
pub fn instant_text(seconds: u64) -> String {
    let (date, rest) = (Date::of(seconds), seconds % DAY);
    format!("{date}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_those_of_the_calendar() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2026-11-25T10:00:00Z", 1_795_600_800),
            ("9999-12-31T00:00:00Z", 253_402_214_400),
        ] {
            assert_eq!((instant(text), instant_text(seconds)), (Some(seconds), text.into()));
        }
        for text in ["2026-11-25T11:00:00+01:00", "2026-11-25T04:30:00.123-05:30", "2026-11-25T10:00:00"] {
            assert_eq!(instant(text), Some(1_795_600_800), "{text}");
        }
        let mut date = Date(0);
        while date.0 < 60_000 {
            assert_eq!(date.to_string().parse(), Ok(date));
            date = Date(date.0 + 1);
        }
        assert_eq!(Date::of(1_795_600_800).ends(), 1_795_651_200);
    }

    #[test]
    fn other_texts_are_no_times() {
        for bad in [
            "",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "1969-12-31",
            "+026-01-01",
            "2026-04-31",
            "2026-01-01Z",
        ] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
        for bad in [
            "2026-11-25",
            "2026-11-25T24:00:00Z",
            "2026-11-25T10:60:00Z",
            "2026-11-25T10:00Z",
            "2026-11-25T10:00:00.Z",
            "2026-11-25T10:00:00+1:00",
            "2026-11-25T10:00:00+15:00",
            "1970-01-01T00:00:00+01:00",
            "9999-12-31T23:00:00-01:00",
            "2026-11-25t10:00:00Z",
        ] {
            assert_eq!(instant(bad), None, "{bad}");
        }
    }
}
