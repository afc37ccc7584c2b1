//! The rows as a drawing: emitted BTK and their use, the earnings of a T, and the use of BTT.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::{EconomyError, Row, UNIT, YEAR_DAYS};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Outcome = Result<(), Box<dyn std::error::Error>>;
/// A line's name, and its value in a row.
type Line = (&'static str, fn(&Row) -> u128);

const SIZE: (u32, u32) = (960, 1040);
/// What is emitted, from the bottom up.
const BUCKETS: [Line; 5] = [
    ("contributors", |row| row.contributors),
    ("application", |row| row.application),
    ("foundation", |row| row.foundation),
    ("infrastructure", |row| row.infrastructure),
    ("not due yet", |row| row.locked),
];
/// What became of it.
const USES: [Line; 3] =
    [("circulating", |row| row.circulating), ("staked", |row| row.staked), ("burnt", |row| row.burnt)];
/// Colours of lines on white.
const LINES: [RGBColor; 4] =
    [RGBColor(214, 39, 40), RGBColor(31, 119, 180), RGBColor(44, 130, 44), RGBColor(120, 80, 170)];
/// BTK of one T. The first row has no days before it.
const OF_A_TERA: Panel = Panel {
    caption: "BTK of one T of capacity",
    unit: "BTK",
    lines: &[
        ("earned by a T on a day", |row| row.daily_per_tera),
        ("to be pledged for a T", |row| row.pledge_per_tera),
    ],
    least: 0.01,
    legend: SeriesLabelPosition::UpperRight,
};
/// BTT that were paid and burnt. Rewards are small beside what the treasury pays.
const OF_BTT: Panel = Panel {
    caption: "BTT paid and burnt since the start",
    unit: "BTT",
    lines: &[
        ("paid to patients", |row| row.patients),
        ("paid by the treasury for BTK", |row| row.treasury_paid),
        ("burnt by the treasury", |row| row.btt_burnt),
        ("paid for jobs with credits", |row| row.credits_spent),
    ],
    least: 10.0,
    legend: SeriesLabelPosition::LowerRight,
};

/// Draws rows into an SVG file: BTK by bucket and use, below what a T earns on a day beside what it pledges, and below that
/// where BTT went.
///
/// # Errors
/// [`EconomyError::Draw`]: fewer than two rows, or a file that can't be written.
pub fn plot(rows: &[Row], file: &Path) -> Result<(), EconomyError> {
    let failed = |reason: String| EconomyError::Draw { file: file.display().to_string(), reason };
    if rows.len() < 2 {
        return Err(failed(format!("there are {} rows; expected at least 2", rows.len())));
    }
    draw(rows, file).map_err(|error| failed(error.to_string()))
}

fn draw(rows: &[Row], file: &Path) -> Outcome {
    let root = SVGBackend::new(file, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (above, below) = root.split_vertically((44).percent_height());
    let (middle, below) = below.split_vertically((50).percent_height());
    supply(rows, &above)?;
    powers_of_ten(rows, &middle, &OF_A_TERA)?;
    powers_of_ten(rows, &below, &OF_BTT)?;
    root.present()?;
    Ok(())
}

/// A label of an axis: 1600000 as 1,600,000, and half as 0.5.
fn number(amount: &f64) -> String {
    let places = if (amount - amount.round()).abs() < 1e-6 { 0 } else { 1 };
    let digits = format!("{amount:.places$}");
    let whole = digits.find('.').unwrap_or(digits.len());
    let grouped = digits.char_indices().map(|(index, digit)| {
        let groups = index > 0 && index < whole && (whole - index).is_multiple_of(3);
        if groups { format!(",{digit}") } else { digit.to_string() }
    });
    grouped.collect()
}

fn years(row: &Row) -> f64 {
    row.day as f64 / YEAR_DAYS as f64
}

fn last_year(rows: &[Row]) -> f64 {
    rows.last().map_or(1.0, years)
}

/// In whole tokens.
fn whole(amount: u128) -> f64 {
    amount as f64 / UNIT as f64
}

fn supply(rows: &[Row], area: &Area<'_>) -> Outcome {
    let millions = |amount: u128| whole(amount) / 1e6;
    let most = rows.iter().map(|row| millions(row.emitted)).fold(1.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption("BTK emitted, by bucket, and what became of them", ("sans-serif", 16))
        .margin(10)
        .x_label_area_size(36)
        .y_label_area_size(76)
        .build_cartesian_2d(0.0..last_year(rows), 0.0..most * 1.02)?;
    chart
        .configure_mesh()
        .x_desc("years")
        .x_label_formatter(&number)
        .y_label_formatter(&number)
        .y_desc("million BTK")
        .light_line_style(TRANSPARENT)
        .draw()?;
    for (index, (name, _)) in BUCKETS.iter().enumerate() {
        let up_to = |row: &Row, count| BUCKETS.iter().take(count).map(|(_, of)| of(row)).sum::<u128>();
        let edge = |count| rows.iter().map(move |row| (years(row), millions(up_to(row, count))));
        let outline: Vec<(f64, f64)> = edge(index + 1).chain(edge(index).rev()).collect();
        let color = Palette99::pick(index).mix(0.45);
        chart
            .draw_series(std::iter::once(Polygon::new(outline, color.filled())))?
            .label(*name)
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 16, y + 5)], color.filled()));
    }
    for (index, (name, of)) in USES.iter().enumerate() {
        let color = [BLACK, BLUE, RED].get(index).copied().unwrap_or(BLACK);
        let points = rows.iter().map(|row| (years(row), millions(of(row))));
        chart
            .draw_series(LineSeries::new(points, color.stroke_width(2)))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 16, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.3))
        .draw()?;
    Ok(())
}

/// Lines over powers of ten.
struct Panel {
    caption: &'static str,
    unit: &'static str,
    lines: &'static [Line],
    /// Values below are left out: such a scale has no zero.
    least: f64,
    /// Where the legend covers no line.
    legend: SeriesLabelPosition,
}

fn powers_of_ten(rows: &[Row], area: &Area<'_>, panel: &Panel) -> Outcome {
    let points = |of: fn(&Row) -> u128| {
        let points = rows.iter().map(move |row| (years(row), whole(of(row))));
        points.filter(|(_, value)| *value >= panel.least)
    };
    let values = || panel.lines.iter().flat_map(|(_, of)| points(*of)).map(|(_, value)| value);
    let power = |value: f64| 10_f64.powf(value);
    let bottom = power((values().fold(f64::MAX, f64::min).log10() - 0.1).floor()).max(panel.least);
    let top = power(values().fold(10.0 * panel.least, f64::max).log10().ceil());
    let mut chart = ChartBuilder::on(area)
        .caption(panel.caption, ("sans-serif", 16))
        .margin(10)
        .x_label_area_size(36)
        .y_label_area_size(76)
        .build_cartesian_2d(0.0..last_year(rows), (bottom..top).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("years")
        .x_label_formatter(&number)
        .y_label_formatter(&number)
        .y_desc(panel.unit)
        .light_line_style(TRANSPARENT)
        .draw()?;
    for (index, (name, of)) in panel.lines.iter().enumerate() {
        let color = LINES.get(index).copied().unwrap_or(BLACK);
        chart
            .draw_series(LineSeries::new(points(*of), color.stroke_width(2)))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 16, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(panel.legend.clone())
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.3))
        .draw()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_axes_have_groups_of_three_and_a_place_where_there_is_a_fraction() {
        let shown = [0.0, 0.2, 400.0, 1_600.5, 10_000_000.0].map(|amount| number(&amount));
        assert_eq!(shown, ["0", "0.2", "400", "1,600.5", "10,000,000"]);
    }
}
