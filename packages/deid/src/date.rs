//! Dates moved by days.

use dicom_core::chrono::{Days, NaiveDate};

/// A date (DA: `YYYYMMDD`, or `YYYY.MM.DD` of the standard before 1993) moved back by `days`. None for what is no date, which then
/// is removed.
pub(crate) fn move_date(text: &str, days: u64) -> Option<String> {
    let text = text.trim_matches([' ', '\0']);
    let digits = if text.len() == 10 { text.replace('.', "") } else { text.to_owned() };
    let (date, rest) = digits.split_at_checked(8)?;
    rest.is_empty().then(|| moved(date, days)).flatten()
}

/// A date and time (DT: `YYYYMMDD` and what follows) moved back by `days`; time of day and offset from UTC stay. None for what
/// has no day.
pub(crate) fn move_date_time(text: &str, days: u64) -> Option<String> {
    let text = text.trim_matches([' ', '\0']);
    let (date, rest) = text.split_at_checked(8)?;
    let time = rest.split(['+', '-']).next()?;
    let digits = time.bytes().filter(u8::is_ascii_digit).count();
    let plain = rest.bytes().all(|byte| byte.is_ascii_digit() || b".+-".contains(&byte));
    (plain && rest.len() <= 18 && digits <= 12).then(|| moved(date, days))?.map(|date| date + rest)
}

/// A time of day (TM), which stays as it is: only what has its form is kept.
pub(crate) fn time(text: &str) -> Option<String> {
    let text = text.trim_matches([' ', '\0']);
    let form = text.bytes().all(|byte| byte.is_ascii_digit() || b".:".contains(&byte));
    (form && !text.is_empty() && text.len() <= 16).then(|| text.to_owned())
}

fn moved(date: &str, days: u64) -> Option<String> {
    if !date.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = date.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    let date = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    let date = date.checked_sub_days(Days::new(days))?;
    let text = date.format("%Y%m%d").to_string();
    (text.len() == 8).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_move_over_months_years_and_leap_days() {
        assert_eq!(move_date("20240301", 1).as_deref(), Some("20240229"));
        assert_eq!(move_date("2023.01.01 ", 365).as_deref(), Some("20220101"));
        assert_eq!(
            move_date_time("20240301120000.123456+0100", 1).as_deref(),
            Some("20240229120000.123456+0100")
        );
    }

    #[test]
    fn what_is_no_day_is_not_moved() {
        for wrong in [
            "",
            "2024",
            "202402",
            "20240230",
            "Doe^Jane",
            "2024030A",
            "20240301-20240302",
            "é0240301",
            "00000101",
        ] {
            assert_eq!(move_date(wrong, 2), None, "{wrong}");
        }
        for wrong in ["2024", "20240301 Jane Doe", "Jane Doe 20240301", "20240301120000.1234567890123"] {
            assert_eq!(move_date_time(wrong, 2), None, "{wrong}");
        }
        assert_eq!(time("Jane"), None);
        assert_eq!(time("120000.5 ").as_deref(), Some("120000.5"));
    }
}
