//! Rows of a model that nobody has seen.

use std::sync::Arc;
use std::time::Duration;

use bithive_inference::{Budget, Device, Model};
use bithive_measurement::{
    MAX_WORKLOAD_ROWS, MULTIPLY_ADDS, MeasurementError, SpeedFigures, Workload, measure_speed,
};
use bithive_node::{Compute, Limits, Onnx};

use crate::world::{ACCREDITOR, NODE, rng, service, serving};

async fn measured(compute: impl Compute + 'static, rows: u32) -> Result<SpeedFigures, MeasurementError> {
    let network = serving(service(Device::Cpu, Arc::new(compute)));
    measure_speed(&network.endpoint(ACCREDITOR), NODE, rows, &mut rng()).await
}

fn run(model: &[u8], rows: &[u8]) -> Result<Vec<f32>, String> {
    let limits = Limits { most_values: usize::MAX, budget: Budget::unlimited() };
    Onnx::new(Device::Cpu).run(model, rows, &limits)
}

/// Changes the result of an honest run.
struct Changed(fn(Vec<f32>) -> Vec<f32>);

impl Compute for Changed {
    fn run(&self, model: &[u8], rows: &[u8], _limits: &Limits) -> Result<Vec<f32>, String> {
        run(model, rows).map(self.0)
    }

    fn estimate(&self, model: &[u8], rows: usize) -> Result<Duration, String> {
        Onnx::new(Device::Cpu).estimate(model, rows)
    }
}

#[test]
fn a_seed_is_one_model_and_one_table() {
    let workload = |seed: u8, rows| Workload::new([seed; 32], rows).unwrap();
    let (one, same, other) = (workload(1, 70), workload(1, 70), workload(2, 70));
    assert_eq!((&one.model, one.rows.encode()), (&same.model, same.rows.encode()));
    assert!(one.model != other.model && one.rows.encode() != other.rows.encode());
    let model = Model::load(&one.model, Device::Cpu).unwrap();
    let values = model.run(&one.rows).unwrap();
    assert_eq!(values.len(), 70);
    let (least, most) =
        values.iter().fold((f32::MAX, f32::MIN), |(a, b), value| (a.min(*value), b.max(*value)));
    assert!(most - least > 0.1 && most < 100.0 && least > -100.0, "rows differ: {least} to {most}");
    assert_eq!(MULTIPLY_ADDS, 295_424);
    assert!(Workload::new([1; 32], 0).is_err());
    let error = Workload::new([1; 32], MAX_WORKLOAD_ROWS + 1).err().unwrap();
    assert!(error.to_string().contains("expected 1 to 10000"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_runs_the_model_has_a_speed() {
    let figures = measured(Onnx::new(Device::Cpu), 200).await.unwrap();
    assert_eq!((figures.rows, figures.rounds.len(), figures.wrong_row), (200, 3, None));
    assert!(figures.rows_per_second > 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn results_of_another_model_or_of_a_few_rows_only_are_found_out() {
    let shifted = Changed(|values| values.into_iter().map(|value| value + 0.01).collect());
    assert!(measured(shifted, 200).await.unwrap().wrong_row.is_some());
    let half = Changed(|mut values| {
        let half = values.len() / 2;
        values.iter_mut().skip(half).for_each(|value| *value = 0.0);
        values
    });
    assert!(measured(half, 200).await.unwrap().wrong_row.is_some_and(|row| row >= 100));
    let nothing = Changed(|values| vec![f32::NAN; values.len()]);
    assert!(measured(nothing, 200).await.unwrap().wrong_row.is_some());
    let short = Changed(|mut values| {
        values.pop();
        values
    });
    assert!(matches!(
        measured(short, 200).await,
        Err(MeasurementError::Length { found: 796, expected: 800 })
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_rows_than_a_node_takes_are_refused_by_it() {
    let error = measured(Onnx::new(Device::Cpu), 20_000).await.unwrap_err().to_string();
    assert!(error.contains("expected 1 to 10000"), "{error}");
}
