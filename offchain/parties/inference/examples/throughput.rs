//! Prints how many rows and images a second the models of this repository run on the CPU, in requests of the sizes that
//! `bithive bench inference` measures: `cargo run --release -p bithive-inference --example throughput [MODEL]`.
#![allow(clippy::expect_used)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use bithive_inference::{Budget, Device, Images, Model, ModelInput, Table};

const TURNS: usize = 300;
const TURN: Duration = Duration::from_millis(2);

fn main() {
    let wanted = std::env::args().nth(1);
    let images =
        |bhim: &[u8]| ModelInput::Images(Images::decode(bhim).expect("the committed images are whole"));
    let table =
        Table::from_csv(include_bytes!("../../../../data/wdbc/wdbc.csv")).expect("the data set reads");
    let subjects: [(&str, &[u8], ModelInput, [usize; 3]); 3] = [
        (
            "rows",
            include_bytes!("../../../../models/wdbc.onnx"),
            ModelInput::Rows(table.features().clone()),
            [10_000, 64, 1],
        ),
        (
            "digits",
            include_bytes!("../../../../models/digits.onnx"),
            images(include_bytes!("../../../../data/digits/holdout.bhim")),
            [1_024, 64, 1],
        ),
        (
            "phantoms",
            include_bytes!("../../../../models/phantoms.onnx"),
            images(include_bytes!("../../../../data/phantoms/holdout.bhim")),
            [64, 8, 1],
        ),
    ];
    for (name, model, known, requests) in subjects {
        if wanted.as_deref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        let model = Model::load(model, Device::Cpu).expect("the model loads");
        for request in requests {
            let indices: Vec<usize> = (0..request).map(|at| at % known.count()).collect();
            let input = known.select(&indices).expect("every index is in range");
            let each = fastest(&model, &input) / request as f64;
            println!("{name}, requests of {request}: {:.0} a second, {:.3} µs each", 1.0 / each, each * 1e6);
        }
    }
}

/// Seconds of one request: the fastest of several turns.
fn fastest(model: &Model, input: &ModelInput) -> f64 {
    let unlimited = Budget::unlimited();
    let run = || black_box(model.run_input(black_box(input), &unlimited).expect("the input fits the model"));
    let turn = || {
        let (start, mut runs) = (Instant::now(), 0);
        while runs == 0 || start.elapsed() < TURN {
            run();
            runs += 1;
        }
        start.elapsed().as_secs_f64() / f64::from(runs)
    };
    run();
    (0..TURNS).map(|_| turn()).fold(f64::INFINITY, f64::min)
}
