//! Prints how many rows per second the demonstration model runs on the CPU:
//! `cargo run --release -p bithive-inference --example throughput`.
#![allow(clippy::expect_used)]

use std::hint::black_box;
use std::time::Instant;

use bithive_inference::{Device, MAX_ROWS, Model, Table};

const REPEATS: usize = 50;

fn main() {
    let model = include_bytes!("../../../../models/wdbc.onnx");
    let model = Model::load(model, Device::Cpu).expect("the demonstration model loads");
    let table =
        Table::from_csv(include_bytes!("../../../../data/wdbc/wdbc.csv")).expect("the data set reads");
    let known = table.features().row_count();
    let indices: Vec<usize> = (0..MAX_ROWS).map(|row| row % known).collect();
    let rows = table.select(&indices).expect("every index is in range");

    let start = Instant::now();
    for _ in 0..REPEATS {
        black_box(model.run(black_box(rows.features())).expect("the rows fit the model"));
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{:.0} rows per second", (REPEATS * MAX_ROWS) as f64 / seconds);

    let start = Instant::now();
    let one = table.select(&[0]).expect("there is a first row");
    for _ in 0..REPEATS {
        black_box(model.run(black_box(one.features())).expect("the row fits the model"));
    }
    println!("{:.0} microseconds for one row", start.elapsed().as_secs_f64() * 1e6 / REPEATS as f64);
}
