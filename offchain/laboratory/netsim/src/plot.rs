//! The course of a run as a drawing: goodput, round-trip time and queue over time.

use std::path::{Path, PathBuf};

use plotters::prelude::*;

use crate::cells::Cell;
use crate::error::SimError;
use crate::record::{FlowSample, Sample};
use crate::scenario::Scenario;

const SIZE: (u32, u32) = (900, 840);

/// Runs the cells that are to be plotted once, with seed 1, and draws each into `folder`. Returns the files.
///
/// # Errors
/// A run that failed or a file that cannot be written.
pub fn plot(cells: &[Cell], folder: &Path) -> Result<Vec<PathBuf>, SimError> {
    let mut files = Vec::new();
    for cell in cells.iter().filter(|cell| cell.plotted) {
        let mut scenario = cell.scenario.clone();
        scenario.trace = true;
        let run = scenario.run(1)?;
        let file = folder.join(format!("{}.svg", plain(&cell.name)));
        draw(cell, &run.trace, &file)
            .map_err(|reason| SimError::Plot { file: file.display().to_string(), reason })?;
        files.push(file);
    }
    Ok(files)
}

/// Writes qlog traces of the same runs, a folder for each cell. Returns the folders.
///
/// # Errors
/// A run that failed or a file that cannot be written.
pub fn traces(cells: &[Cell], folder: &Path) -> Result<Vec<PathBuf>, SimError> {
    let mut folders = Vec::new();
    for cell in cells.iter().filter(|cell| cell.plotted) {
        let into = folder.join(plain(&cell.name));
        Scenario { qlog: Some(into.clone()), ..cell.scenario.clone() }.run(1)?;
        folders.push(into);
    }
    Ok(folders)
}

/// A cell's name as a file's.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}

fn draw(cell: &Cell, trace: &[Sample], file: &Path) -> Result<(), String> {
    let root = SVGBackend::new(file, SIZE).into_drawing_area();
    root.fill(&WHITE).map_err(|error| error.to_string())?;
    let root = root.titled(&cell.name, ("sans-serif", 20)).map_err(|error| error.to_string())?;
    let flows = |value: fn(&FlowSample) -> f64| -> Vec<(String, Vec<(f64, f64)>)> {
        let course = |index: usize| {
            let samples = trace.iter().filter_map(|sample| Some((sample.time, sample.flows.get(index)?)));
            samples.map(|(time, flow)| (time, value(flow))).collect()
        };
        let names = cell.scenario.flows.iter().enumerate();
        names.map(|(index, flow)| (format!("{} {}", flow.control.name(), index + 1), course(index))).collect()
    };
    let queue = trace.iter().map(|sample| (sample.time, sample.queue as f64 / 1e3)).collect();
    let panels = [
        ("goodput, Mbit/s", flows(|flow| flow.goodput / 1e6)),
        ("round-trip time, ms", flows(|flow| flow.rtt)),
        ("queue, kB", vec![("queue".to_owned(), queue)]),
    ];
    for (area, (title, lines)) in root.split_evenly((3, 1)).iter().zip(panels) {
        panel(area, title, &lines).map_err(|error| error.to_string())?;
    }
    root.present().map_err(|error| error.to_string())
}

fn panel(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    title: &str,
    lines: &[(String, Vec<(f64, f64)>)],
) -> Result<(), DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>> {
    let points = || lines.iter().flat_map(|(_, points)| points.iter().copied());
    let end = points().map(|(time, _)| time).fold(0.0, f64::max).max(1e-3);
    let top = points().map(|(_, value)| value).fold(0.0, f64::max).max(1e-3) * 1.05;
    let mut chart = ChartBuilder::on(area)
        .margin(8)
        .x_label_area_size(28)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..end, 0.0..top)?;
    chart.configure_mesh().x_desc("s").y_desc(title).light_line_style(TRANSPARENT).draw()?;
    for (index, (name, points)) in lines.iter().enumerate() {
        let color = Palette99::pick(index).to_rgba();
        let series = chart.draw_series(LineSeries::new(points.iter().copied(), &color))?;
        series.label(name).legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 16, y)], color));
    }
    if lines.len() > 1 {
        chart
            .configure_series_labels()
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK.mix(0.3))
            .draw()?;
    }
    Ok(())
}
