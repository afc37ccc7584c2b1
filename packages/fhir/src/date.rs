//! Dates and times of R4, which may be known only to the year, the month or the day.
//!
//! Such a date is a span of time. Two spans that overlap can't be ordered, and nothing here guesses: [`When::is_before`] says what is
//! certain. A date without a zone may be that of any place, so its span is that of all zones (14 hours before UTC's day to 12 after).
#![allow(
    clippy::arithmetic_side_effects,
    reason = "years have four digits: no sum comes near what its type holds"
)]

/// How exactly a moment is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// To the year, like `2024`.
    Year,
    /// To the month, like `2024-03`.
    Month,
    /// To the day, like `2024-03-09`.
    Day,
    /// With a time and its zone, to the second or a fraction of it.
    Second,
}

/// A date, or a time at a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    precision: Precision,
    /// Nanoseconds since 1970 in UTC, the first and the last that it can be; without a zone, of the place itself.
    first: i128,
    last: i128,
}

const SECOND: i128 = 1_000_000_000;
const HOUR: i128 = 3_600 * SECOND;
const DAY: i128 = 24 * HOUR;
/// The zones that are furthest from UTC, in hours.
const EAST: i128 = 14;
const WEST: i128 = 12;

impl When {
    /// Reads a `date`, `dateTime` or `instant`: `2024`, `2024-03`, `2024-03-09`, `2024-03-09T10:00:00.5+01:00`.
    ///
    /// None if it is of another form, or no day of the calendar.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let mut parts = date.split('-');
        let year = digits(parts.next()?, 4).filter(|year| *year > 0)?;
        let month = parts.next().map(|text| digits(text, 2).filter(|month| (1..=12).contains(month)));
        let day = parts.next().map(|text| digits(text, 2));
        if parts.next().is_some() {
            return None;
        }
        let (month, day) = match (month, day) {
            (None, _) => (None, None),
            (Some(month), None) => (Some(month?), None),
            (Some(month), Some(day)) => (Some(month?), Some(day?)),
        };
        if day.is_some_and(|day| day == 0 || day > days_of(year, month.unwrap_or(1))) {
            return None;
        }
        let start = days_before(year, month.unwrap_or(1), day.unwrap_or(1)) * DAY;
        let days = match (month, day) {
            (None, _) => 365 + i128::from(leap(year)),
            (Some(month), None) => i128::from(days_of(year, month)),
            (Some(_), Some(_)) => 1,
        };
        let precision = match (month, day) {
            (None, _) => Precision::Year,
            (Some(_), None) => Precision::Month,
            (Some(_), Some(_)) => Precision::Day,
        };
        let Some(time) = time else {
            return Some(Self {
                precision,
                first: start - EAST * HOUR,
                last: start + days * DAY + WEST * HOUR - 1,
            });
        };
        if precision != Precision::Day {
            return None;
        }
        let (at, zone) = zone_of(time)?;
        let moment = start + time_of(at)? - zone;
        Some(Self { precision: Precision::Second, first: moment, last: moment })
    }

    /// How exactly it is known.
    #[must_use]
    pub const fn precision(&self) -> Precision {
        self.precision
    }

    /// Whether it is before the other one for certain.
    #[must_use]
    pub const fn is_before(&self, other: &Self) -> bool {
        self.last < other.first
    }

    /// The second, since 1970 in UTC, from which on it has begun in every zone of time.
    #[must_use]
    pub fn begun_everywhere(&self) -> i64 {
        seconds(self.first + self.zones())
    }

    /// The second, since 1970 in UTC, up to which it lasts in every zone of time.
    #[must_use]
    pub fn lasts_everywhere(&self) -> i64 {
        seconds(self.last - self.zones())
    }

    /// How far apart zones are; nothing where it is in one.
    const fn zones(&self) -> i128 {
        match self.precision {
            Precision::Second => 0,
            _ => (EAST + WEST) * HOUR,
        }
    }

    /// The moment in nanoseconds, where it is exact.
    pub(crate) fn exact(&self) -> Option<i128> {
        (self.precision == Precision::Second).then_some(self.first)
    }
}

fn seconds(nanoseconds: i128) -> i64 {
    i64::try_from(nanoseconds.div_euclid(SECOND)).unwrap_or(i64::MAX)
}

/// An `instant` in UTC for seconds since 1970; none beyond the year 9999.
#[must_use]
pub fn instant(seconds: u64) -> Option<String> {
    let (days, rest) = (i64::try_from(seconds / 86_400).ok()?, seconds % 86_400);
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days; days since 0000-03-01.
    let shifted = days.checked_add(719_468)?;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    (year <= 9_999).then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

/// Whether it is a `time`: `10:00:00`, with or without a fraction.
pub(crate) fn is_time(text: &str) -> bool {
    time_of(text).is_some()
}

/// A number of exactly `length` digits.
fn digits(text: &str, length: usize) -> Option<u32> {
    let fits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

const fn leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_of(year: u32, month: u32) -> u32 {
    match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a day of the calendar.
fn days_before(year: u32, month: u32, day: u32) -> i128 {
    let years = i128::from(year) - 1;
    let of_months: u32 = (1..month).map(|month| days_of(year, month)).sum();
    years * 365 + years / 4 - years / 100 + years / 400 + i128::from(of_months) + i128::from(day)
        - 1
        - 719_162
}

/// Nanoseconds of a time since midnight.
fn time_of(text: &str) -> Option<i128> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut parts = whole.split(':');
    let hour = digits(parts.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = digits(parts.next()?, 2).filter(|minute| *minute < 60)?;
    // 60 is a leap second.
    let second = digits(parts.next()?, 2).filter(|second| *second <= 60)?;
    if parts.next().is_some() {
        return None;
    }
    let mut nanoseconds = 0;
    if let Some(fraction) = fraction {
        if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let nine: String = fraction.chars().chain(std::iter::repeat('0')).take(9).collect();
        nanoseconds = nine.parse().ok()?;
    }
    Some(i128::from(hour * 3_600 + minute * 60 + second) * SECOND + nanoseconds)
}

/// A time and its distance from UTC in nanoseconds.
fn zone_of(text: &str) -> Option<(&str, i128)> {
    if let Some(time) = text.strip_suffix('Z') {
        return Some((time, 0));
    }
    let place = text.rfind(['+', '-'])?;
    let (time, zone) = text.split_at_checked(place)?;
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    if minutes > 59 || hours > 14 || (hours == 14 && minutes > 0) {
        return None;
    }
    Some((time, sign * i128::from(hours * 60 + minutes) * 60 * SECOND))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(text: &str) -> When {
        When::parse(text).unwrap()
    }

    #[test]
    fn a_date_is_as_exact_as_it_is_written() {
        assert_eq!(when("2024").precision(), Precision::Year);
        assert_eq!(when("2024-02").precision(), Precision::Month);
        assert_eq!(when("2024-02-29").precision(), Precision::Day);
        assert_eq!(when("2024-02-29T23:59:60.123456789012Z").precision(), Precision::Second);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "24",
            "02024",
            "2024-13",
            "2024-00",
            "2024-2-1",
            "2023-02-29",
            "2024-02-30",
            "2024-02-00",
            "0000",
            "2024-",
            "2024-01-",
            "2024-01-01-01",
            "2024-01-01T",
            "2024-01-01T10:00Z",
            "2024-01-01T10:00:00",
            "2024-01-01T24:00:00Z",
            "2024-01T10:00:00Z",
            "2024-01-01T10:00:61Z",
            "2024-01-01T10:60:00Z",
            "2024-01-01T10:00:00.Z",
            "2024-01-01T10:00:00+15:00",
            "2024-01-01T10:00:00+1:00",
            "2024-01-01 10:00:00Z",
            "+024-01-01",
            "2024-01-01T10:00:00é",
            "２024",
        ] {
            assert_eq!(When::parse(text), None, "{text}");
        }
    }

    #[test]
    fn seconds_are_those_of_utc() {
        assert_eq!(when("1970-01-01T00:00:00Z").begun_everywhere(), 0);
        assert_eq!(when("2000-02-29T12:00:00+01:00").begun_everywhere(), 951_822_000);
        assert_eq!(when("2024-01-01T00:30:00-05:30").begun_everywhere(), 1_704_088_800);
        for seconds in [0, 951_825_600, 1_709_164_799, 1_709_164_800, 253_402_300_799] {
            assert_eq!(when(&instant(seconds).unwrap()).begun_everywhere(), i64::try_from(seconds).unwrap());
        }
        assert_eq!(instant(253_402_300_800), None);
        assert_eq!(instant(u64::MAX), None);
    }

    #[test]
    fn a_day_begins_and_ends_when_it_does_in_the_last_zone_and_in_the_first() {
        let day = when("2024-06-01");
        assert_eq!(day.begun_everywhere(), when("2024-06-01T00:00:00-12:00").begun_everywhere());
        assert_eq!(day.lasts_everywhere(), when("2024-06-01T23:59:59+14:00").begun_everywhere());
    }

    #[test]
    fn spans_that_overlap_have_no_order() {
        assert!(when("2023").is_before(&when("2024-06")));
        assert!(!when("2024").is_before(&when("2024-06")) && !when("2024-06").is_before(&when("2024")));
        // Without a zone it may still be the day before elsewhere.
        assert!(!when("2024-01-01").is_before(&when("2024-01-02T00:00:00Z")));
        assert!(when("2024-01-01").is_before(&when("2024-01-03T00:00:00Z")));
        assert!(when("2024-01-01T10:00:00+02:00").is_before(&when("2024-01-01T09:00:00Z")));
    }
}
