//! Games as a drawing: for each strategy, what the attacker and the others lost or gained.

use std::path::Path;

use plotters::prelude::*;

use super::Game;
use crate::{EconomyError, UNIT};

/// A kind of bar: its name, its colour, where it is in the row, and its end in base units of BTT.
type Bar = (&'static str, RGBColor, f64, fn(&Game) -> f64);

const WIDTH: u32 = 960;
/// Pixels of a strategy, and of everything else.
const ROW: u32 = 22;
const REST: u32 = 110;
/// Whole BTT that are drawn as no bar.
const LEAST: f64 = 0.001;

/// Draws the games of the largest size into an SVG file: a bar for the profit of the attacker, and one for what others lost. The
/// scale is one of powers of ten on both sides of 0.
///
/// # Errors
/// [`EconomyError::Draw`]: no games, or a file that can't be written.
pub fn plot_attacks(games: &[Game], file: &Path) -> Result<(), EconomyError> {
    let failed = |reason: String| EconomyError::Draw { file: file.display().to_string(), reason };
    let Some(nodes) = games.iter().map(|game| game.nodes).max() else {
        return Err(failed("there are no games".into()));
    };
    let games: Vec<&Game> = games.iter().filter(|game| game.nodes == nodes).collect();
    draw(&games, nodes, file).map_err(|error| failed(error.to_string()))
}

/// Powers of ten above [`LEAST`], with the sign of the amount.
fn place(amount: f64) -> f64 {
    let powers = (amount.abs() / LEAST).max(1.0).log10();
    if amount < 0.0 { -powers } else { powers }
}

/// A label of the axis.
fn label(place: &f64) -> String {
    if place.abs() < 0.5 {
        return "0".into();
    }
    let sign = if *place < 0.0 { "-" } else { "" };
    format!("{sign}{}", LEAST * 10f64.powf(place.abs().round()))
}

fn draw(games: &[&Game], nodes: u16, file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let count = games.len();
    let height = u32::try_from(count)?.saturating_mul(ROW).saturating_add(REST);
    let root = SVGBackend::new(file, (WIDTH, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let caption = format!("Strategies beside {nodes} honest nodes, in BTT (a BTK is half a BTT)");
    let mut chart = ChartBuilder::on(&root)
        .caption(caption, ("sans-serif", 16))
        .margin(10)
        .x_label_area_size(36)
        .y_label_area_size(190)
        .build_cartesian_2d(-9.0..9.0, 0.0..count as f64)?;
    let name = |row: &f64| {
        let index = count.checked_sub(1 + row.floor() as usize);
        index.and_then(|index| games.get(index)).map(|game| game.strategy.to_owned()).unwrap_or_default()
    };
    chart
        .configure_mesh()
        .disable_y_mesh()
        .x_labels(19)
        .x_label_formatter(&label)
        .x_desc("BTT, powers of ten on both sides of 0")
        .y_labels(0)
        .light_line_style(TRANSPARENT)
        .draw()?;
    let bars: [Bar; 2] = [
        ("profit of the attacker", RGBColor(214, 39, 40), 0.55, |game| game.profit as f64),
        ("what others lost", RGBColor(31, 119, 180), 0.15, |game| -(game.others_lost as f64)),
    ];
    for (text, color, offset, of) in bars {
        let bar = |(index, game): (usize, &&Game)| {
            let bottom = (count - 1 - index) as f64 + offset;
            let end = place(of(game) / UNIT as f64);
            Rectangle::new([(0.0, bottom), (end, bottom + 0.3)], color.filled())
        };
        chart
            .draw_series(games.iter().enumerate().map(bar))?
            .label(text)
            .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], color.filled()));
    }
    for row in 0..count {
        let (_, y) = chart.backend_coord(&(0.0, row as f64 + 0.5));
        root.draw_text(&name(&(row as f64)), &("sans-serif", 12).into_text_style(&root), (12, y - 6))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.8))
        .draw()?;
    root.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_powers_of_ten_on_both_sides() {
        let close = |amount: f64, power: f64| (place(amount) - power).abs() < 1e-9;
        assert!(close(0.0, 0.0) && close(1.0, 3.0) && close(-1_000.0, -6.0));
        assert_eq!([0.0, 3.0, -6.0].map(|place| label(&place)), ["0", "1", "-1000"]);
    }
}
