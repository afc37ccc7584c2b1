//! What runs a model.

use bithive_inference::{Device, Features, Model};

/// Runs a model on rows. Deterministic on one machine; machines differ within the job's tolerance.
pub trait Compute: Send + Sync {
    /// Runs `model` on `rows` (both encoded) and returns one number per row.
    ///
    /// # Errors
    /// What was wrong, as text for people.
    fn run(&self, model: &[u8], rows: &[u8]) -> Result<Vec<f32>, String>;
}

/// ONNX models on this machine.
pub struct Onnx {
    device: Device,
}

impl Onnx {
    /// A runtime on `device`; a device that is not there is an error of every run, never another device.
    #[must_use]
    pub const fn new(device: Device) -> Self {
        Self { device }
    }
}

impl Compute for Onnx {
    fn run(&self, model: &[u8], rows: &[u8]) -> Result<Vec<f32>, String> {
        let features = Features::decode(rows).map_err(|error| error.to_string())?;
        let model = Model::load(model, self.device).map_err(|error| error.to_string())?;
        model.run(&features).map_err(|error| error.to_string())
    }
}
