//! `bithive bench inference`.

use anyhow::Result;
use bithive_bench::{Inference, InferenceOptions, inference};
use bithive_command_kit::{Output, spinner};
use bithive_devnet::cache::cache_folder;

use super::transport::numbers;
use super::{note_build, number, this};

pub(super) fn run(output: Output) -> Result<()> {
    note_build();
    let spinner = spinner(output);
    let options = InferenceOptions::default();
    let answer = inference(
        &options,
        &cache_folder(),
        || this("inference-end"),
        |what| spinner.set_message(what.to_owned()),
    );
    spinner.finish_and_clear();
    output.show(&answer?, print)
}

fn print(answer: &Inference) {
    let mut rows = numbers(&["figure", "n", "value", "unit", "peer's value", "ratio", "aim", "peer"]);
    let or_blank = |value: Option<f64>| value.map_or_else(String::new, number);
    for figure in &answer.figures {
        rows.add_row([
            figure.name.clone(),
            figure.n.to_string(),
            number(figure.value),
            figure.unit.to_owned(),
            or_blank(figure.peer_value),
            or_blank(figure.ratio),
            figure.aim.map_or("", |aim| if aim.met { "met" } else { "missed" }).to_owned(),
            figure.peer.clone().unwrap_or_default(),
        ]);
    }
    println!("{rows}");
    let difference = answer.figures.iter().filter_map(|figure| figure.difference).reduce(f32::max);
    if let Some(difference) = difference {
        println!(
            "largest difference of a logit from the peer's: {difference:.1e}, at most {:.0e} is accepted",
            answer.tolerance
        );
    }
    if let Some(line) = &answer.skipped {
        println!("{line}");
    }
}
