//! Figures as drawings: cost against the number of receivers, and how far each figure is from its limit.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, ensure};
use plotters::coord::Shift;
use plotters::prelude::*;

use crate::Figure;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Receivers and the cost for them.
type Points = Vec<(f64, f64)>;

const PEER: &str = "HPKE to each receiver";
/// Width and height of the drawing of costs.
const COSTS: (u32, u32) = (960, 420);
const WIDTH: u32 = 960;
/// Height of one bar with the space around it, and what is above and below all bars.
const ROW: i32 = 19;
const TOP: i32 = 44;
/// Room for the names, and where the longest bar ends.
const BARS_FROM: i32 = 470;
const BARS_TO: i32 = 890;

/// Draws `receivers.svg`, header bytes and time to encrypt against the number of receivers, and `limits.svg`, the
/// ratio of every figure to its limit, into `folder`, which is made if it isn't there. Returns the files.
///
/// # Errors
/// Figures without a header, an encryption or a limit; a file that can't be written.
pub fn plot(figures: &[Figure], folder: &Path) -> Result<Vec<PathBuf>> {
    let panels = [
        Panel::new(figures, "header, bytes", &["header", "header and set"])?,
        Panel::new(figures, "time to encrypt, µs", &["encrypt cached", "encrypt cold"])?,
    ];
    let limits: Vec<(&str, f64)> = figures
        .iter()
        .filter_map(|figure| Some((figure.name.as_str(), figure.limit.as_ref()?.ratio)))
        .collect();
    ensure!(!limits.is_empty(), "no figure has a limit to draw");
    std::fs::create_dir_all(folder)?;
    let files = [folder.join("receivers.svg"), folder.join("limits.svg")];
    let failed = |file: &Path, reason: String| anyhow!("cannot draw {}: {reason}", file.display());
    let [receivers_file, limits_file] = &files;
    receivers(&panels, receivers_file).map_err(|error| failed(receivers_file, error.to_string()))?;
    bars(&limits, limits_file).map_err(|error| failed(limits_file, error.to_string()))?;
    Ok(files.into())
}

/// Lines over the number of receivers.
struct Panel {
    title: &'static str,
    lines: Vec<(&'static str, Points)>,
}

impl Panel {
    fn new(figures: &[Figure], title: &'static str, names: &[&'static str]) -> Result<Self> {
        let mut lines = Vec::new();
        let mut peer = Vec::new();
        for name in names {
            let ours: Vec<&Figure> = figures
                .iter()
                .filter(|figure| figure.name == format!("{name}, {} receivers", figure.n))
                .collect();
            ensure!(!ours.is_empty(), "no figure `{name}` to draw");
            lines.push((*name, ours.iter().map(|figure| (figure.n as f64, figure.value)).collect()));
            peer = ours.iter().map(|figure| (figure.n as f64, figure.peer_value)).collect();
        }
        lines.push((PEER, peer));
        Ok(Self { title, lines })
    }

    fn draw(&self, area: &Area<'_>) -> Result<(), Box<dyn std::error::Error>> {
        let points = || self.lines.iter().flat_map(|(_, points)| points.iter().copied());
        // Whole powers of ten hold all values; receivers end a little beyond the outer points.
        let (least, most) =
            points().fold((f64::MAX, 0.0), |(least, most), (_, y)| (y.min(least), y.max(most)));
        let (first, last) =
            points().fold((f64::MAX, 0.0), |(first, last), (x, _)| (x.min(first), x.max(last)));
        let (bottom, top) = (10_f64.powf(least.log10().floor()), 10_f64.powf(most.log10().ceil()));
        let mut chart = ChartBuilder::on(area)
            .caption(self.title, ("sans-serif", 16))
            .margin(10)
            .x_label_area_size(36)
            .y_label_area_size(64)
            .build_cartesian_2d((first * 0.8..last * 1.25).log_scale(), (bottom..top).log_scale())?;
        chart
            .configure_mesh()
            .x_desc("receivers")
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| format!("{y:.0}"))
            .light_line_style(TRANSPARENT)
            .draw()?;
        for (index, (name, points)) in self.lines.iter().enumerate() {
            let color = Palette99::pick(index).to_rgba();
            chart
                .draw_series(LineSeries::new(points.iter().copied(), color.stroke_width(2)))?
                .label(*name)
                .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 16, y)], color.stroke_width(2)));
            chart.draw_series(points.iter().map(|point| Circle::new(*point, 3, color.filled())))?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK.mix(0.3))
            .draw()?;
        Ok(())
    }
}

fn receivers(panels: &[Panel], file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::new(file, COSTS).into_drawing_area();
    root.fill(&WHITE)?;
    for (area, panel) in root.split_evenly((1, panels.len())).iter().zip(panels) {
        panel.draw(area)?;
    }
    root.present()?;
    Ok(())
}

/// One bar a figure, and a line at 1.
fn bars(limits: &[(&str, f64)], file: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let bottom = TOP + ROW * i32::try_from(limits.len())?;
    let root = SVGBackend::new(file, (WIDTH, u32::try_from(bottom + 16)?)).into_drawing_area();
    root.fill(&WHITE)?;
    let longest = limits.iter().fold(1.0, |longest: f64, (_, ratio)| longest.max(*ratio));
    let at = |ratio: f64| BARS_FROM + (f64::from(BARS_TO - BARS_FROM) * ratio / longest).round() as i32;
    let text = |size: i32| ("sans-serif", size).into_font();
    let title = "how far each figure is from its limit: 1 is as good as it gets with these operations";
    root.draw(&Text::new(title, (12, 14), text(16)))?;
    for (row, (name, ratio)) in (0..).zip(limits) {
        let y = TOP + ROW * row;
        root.draw(&Text::new(*name, (12, y), text(13)))?;
        let bar = [(BARS_FROM, y), (at(*ratio), y + ROW - 6)];
        root.draw(&Rectangle::new(bar, Palette99::pick(0).filled()))?;
        root.draw(&Text::new(format!("{ratio:.2}"), (at(*ratio) + 6, y), text(13)))?;
    }
    root.draw(&PathElement::new(vec![(at(1.0), TOP - 6), (at(1.0), bottom)], BLACK.stroke_width(1)))?;
    root.present()?;
    Ok(())
}
