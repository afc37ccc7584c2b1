//! How fast this machine runs models, in the unit of [`crate::Work`].

use std::time::{Duration, Instant};

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::Dimension;
use tract_onnx::pb::tensor_shape_proto::dimension::Value;
use tract_onnx::pb::type_proto::{self, Tensor};
use tract_onnx::pb::{
    GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto,
    ValueInfoProto,
};

use crate::device::Device;
use crate::error::{ModelError, RunError};
use crate::inspect::inspect;
use crate::limits::{GEMM, OPSETS};
use crate::model::Model;
use bithive_table::Features;

/// Features, and width of the layers, of the models that are measured.
const WIDTH: usize = 256;
/// Layers of each.
const LAYERS: usize = 8;
/// Rows of a run: one batch of the largest size.
const ROWS: usize = 256;
/// Least time of a measurement. It lasts as many whole runs as this takes.
const LEAST: Duration = Duration::from_millis(20);

/// Units of work that a device does in a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed(f64);

impl Speed {
    /// Time that so many units take.
    #[must_use]
    pub fn time(self, units: u64) -> Duration {
        Duration::try_from_secs_f64(units as f64 / self.0).unwrap_or(Duration::MAX)
    }

    /// Units a second.
    #[must_use]
    pub fn per_second(self) -> f64 {
        self.0
    }
}

/// Why a device's speed can't be measured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpeedError {
    /// The device can't be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// It fails to run a model.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Measures a device, in less than a second: matrix products, passes over results, and exponentials. The slowest of them counts,
/// in units, because a model may consist of any of them.
///
/// # Errors
/// [`SpeedError`].
pub fn speed(device: Device) -> Result<Speed, SpeedError> {
    let mut slowest = f64::INFINITY;
    for operator in [GEMM, "Add", "Tanh", "Softplus"] {
        slowest = slowest.min(measure(&layers(operator), device)?);
    }
    Ok(Speed(slowest.max(1.0)))
}

/// Units a second of a model.
fn measure(proto: &ModelProto, device: Device) -> Result<f64, SpeedError> {
    let work = inspect(proto)?.work;
    let model = Model::build(proto, [0; 32], device)?;
    let values = (0..ROWS * WIDTH).map(|at| (at % 7) as f32 / 8.0).collect();
    // In range by the constants above.
    let rows =
        Features::new(WIDTH, values).map_err(|error| RunError::Failed { reason: error.to_string() })?;
    // The first run takes memory, and compiles kernels.
    model.run(&rows)?;
    let (start, mut runs) = (Instant::now(), 0u64);
    while start.elapsed() < LEAST {
        model.run(&rows)?;
        runs += 1;
    }
    let units = work.saturating_mul(runs).saturating_mul(ROWS as u64);
    Ok(units as f64 / start.elapsed().as_secs_f64())
}

/// [`LAYERS`] of one operator on [`WIDTH`] elements, and a logit.
fn layers(operator: &str) -> ModelProto {
    let mut nodes = Vec::new();
    let mut at = "x".to_owned();
    for layer in 0..LAYERS {
        let weights: &[&str] = match operator {
            GEMM => &["weights", "bias"],
            "Add" => &["bias"],
            _ => &[],
        };
        let next = format!("layer-{layer}");
        nodes.push(node(operator, &[&[at.as_str()], weights].concat(), &next));
        at = next;
    }
    nodes.push(node(GEMM, &[&at, "last"], "y"));
    let initializer = vec![
        // Small enough that nothing overflows.
        tensor("weights", &[WIDTH, WIDTH], 1.0 / WIDTH as f32),
        tensor("bias", &[1, WIDTH], 0.125),
        tensor("last", &[WIDTH, 1], 1.0 / WIDTH as f32),
    ];
    let graph = GraphProto {
        node: nodes,
        initializer,
        input: vec![value("x", WIDTH)],
        output: vec![value("y", 1)],
        ..GraphProto::default()
    };
    let opset = OperatorSetIdProto { domain: String::new(), version: *OPSETS.end() };
    ModelProto { ir_version: 8, opset_import: vec![opset], graph: Some(graph), ..ModelProto::default() }
}

fn node(operator: &str, inputs: &[&str], output: &str) -> NodeProto {
    NodeProto {
        op_type: operator.to_owned(),
        name: output.to_owned(),
        input: inputs.iter().map(|name| (*name).to_owned()).collect(),
        output: vec![output.to_owned()],
        ..NodeProto::default()
    }
}

fn tensor(name: &str, dims: &[usize], each: f32) -> TensorProto {
    let elements: usize = dims.iter().product();
    TensorProto {
        name: name.to_owned(),
        dims: dims.iter().map(|dim| *dim as i64).collect(),
        data_type: DataType::Float as i32,
        raw_data: each.to_le_bytes().repeat(elements),
        ..TensorProto::default()
    }
}

fn value(name: &str, width: usize) -> ValueInfoProto {
    let dimension = |value| Dimension { value: Some(value), ..Dimension::default() };
    let dim = vec![dimension(Value::DimParam("N".to_owned())), dimension(Value::DimValue(width as i64))];
    let shape = Some(TensorShapeProto { dim });
    let tensor = Tensor { elem_type: DataType::Float as i32, shape };
    let kind = TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..TypeProto::default() };
    ValueInfoProto { name: name.to_owned(), r#type: Some(kind), ..ValueInfoProto::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_work_is_measured_and_the_slowest_counts() {
        let speed = speed(Device::Cpu).unwrap();
        assert!(speed.per_second() > 1.0);
        let second = speed.per_second() as u64;
        assert!(speed.time(second) <= Duration::from_secs(1));
        assert!(speed.time(4 * second) > 3 * speed.time(second));
        assert_eq!(speed.time(0), Duration::ZERO);
    }
}
