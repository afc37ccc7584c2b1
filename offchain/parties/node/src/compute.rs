//! What runs a model, and how long it takes here.

use std::sync::OnceLock;
use std::time::Duration;

use bithive_inference::{Budget, Device, Model, ModelInput, Speed, speed};

/// What a run may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Most numbers of the result: as many as the job's terms tell. An input of more rows, or of more images, was never priced.
    pub most_values: usize,
    /// When the run has to end.
    pub budget: Budget,
}

/// Runs a model on rows or images. Deterministic on one machine; machines differ within the job's tolerance.
pub trait Compute: Send + Sync {
    /// Runs `model` on `input` (both encoded) and returns one number per row, or the logits of each image. Ends soon after the budget
    /// does.
    ///
    /// # Errors
    /// What was wrong, as text for people.
    fn run(&self, model: &[u8], input: &[u8], limits: &Limits) -> Result<Vec<f32>, String>;

    /// How long a run of `model` takes on this machine whose result has so many numbers.
    ///
    /// # Errors
    /// Why it would not run, as text for people.
    fn estimate(&self, model: &[u8], values: usize) -> Result<Duration, String>;

    /// Measures the machine, if estimates need that and it was not done yet. It takes up to a second.
    ///
    /// # Errors
    /// Why models can't run here, as text for people.
    fn measure(&self) -> Result<(), String> {
        Ok(())
    }
}

/// ONNX models on this machine.
pub struct Onnx {
    device: Device,
    speed: OnceLock<Result<Speed, String>>,
}

impl Onnx {
    /// A runtime on `device`; a device that is not there is an error of every run, never another device.
    #[must_use]
    pub const fn new(device: Device) -> Self {
        Self { device, speed: OnceLock::new() }
    }

    fn speed(&self) -> Result<Speed, String> {
        let measured = || {
            let speed = speed(self.device).map_err(|error| error.to_string())?;
            let multiply_adds = speed.per_second() as u64;
            tracing::info!(device = %self.device, multiply_adds, "models run with so many multiply-adds a second");
            Ok(speed)
        };
        self.speed.get_or_init(measured).clone()
    }
}

impl Compute for Onnx {
    fn run(&self, model: &[u8], input: &[u8], limits: &Limits) -> Result<Vec<f32>, String> {
        let input = ModelInput::decode(input).map_err(|error| error.to_string())?;
        let work = Model::work(model).map_err(|error| error.to_string())?;
        let (found, most) = (input.count(), work.rows_of(limits.most_values));
        if found > most {
            return Err(format!("the input has {found} rows or images, the job's terms say at most {most}"));
        }
        let time = self.speed()?.time(work.of_rows(found));
        limits.budget.check_for(time).map_err(|error| error.to_string())?;
        let model = Model::load(model, self.device).map_err(|error| error.to_string())?;
        model.run_input(&input, &limits.budget).map_err(|error| error.to_string())
    }

    fn estimate(&self, model: &[u8], values: usize) -> Result<Duration, String> {
        let work = Model::work(model).map_err(|error| error.to_string())?;
        Ok(self.speed()?.time(work.of_rows(work.rows_of(values))))
    }

    fn measure(&self) -> Result<(), String> {
        self.speed().map(drop)
    }
}
