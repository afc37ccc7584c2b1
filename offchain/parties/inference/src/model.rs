//! Loading a model and running rows or images through it.

use std::collections::HashMap;
use std::sync::Arc;

use tract_onnx::pb::ModelProto;
use tract_onnx::prelude::{
    DatumType, Framework, InferenceFact, InferenceModelExt, IntoTValue, Runnable, Symbol, TValue, TVec,
    Tensor, TractResult, TypedModel,
};
use tract_onnx::tract_core::internal::{TDim, ToDim};
use tract_onnx::tract_hir::infer::InferenceModel;

use crate::budget::Budget;
use crate::cpu::Program;
use crate::device::Device;
use crate::error::{ModelError, RunError};
use crate::guard::{Fault, guarded};
use crate::inspect::{ImageSignature, Signature, inspect};
use crate::limits::{MAX_ANSWER_VALUES, MAX_MODEL_BYTES};
use crate::wire::{self, MAX_DECODED_BYTES};
use crate::work::Work;
use bithive_table::{Features, MAX_ROWS, Table};
use bithive_tensor::{Answer, MAX_IMAGES, ModelInput, Preprocessing, Tensor as Images};

/// Least and most rows of a batch. On a GPU every call of the runtime has the same number of rows, the last one padded, so that the
/// same kernels add in the same order whatever else is in the request.
const BATCH_ROWS: [usize; 2] = [64, 256];
/// Work of a batch that has more than the least rows: one row costs as much as a batch.
const BATCH_WORK: u64 = 1 << 22;
/// Images of a batch: one after the other stays in the processor's memory, and has nothing to do with others on a GPU.
const BATCH_IMAGES: usize = 1;

/// A model that is checked, built and ready to run; may be shared between threads.
#[derive(Debug, Clone)]
pub struct Model {
    digest: [u8; 32],
    device: Device,
    signature: Arc<Signature>,
    /// Rows of every call of the runtime; follows from the model alone.
    batch_rows: usize,
    plan: Plan,
}

/// What runs a model.
#[derive(Debug, Clone)]
enum Plan {
    Cpu(Arc<Program>),
    Gpu(Arc<dyn Runnable>),
}

impl Model {
    /// Loads an ONNX model that maps float32 `[N, features]` to one float32 logit per row, or float32 `[N, channels, height, width]` to
    /// logits of each image: `[N, classes]`, or `[N, classes, height, width]` for its pixels.
    ///
    /// # Errors
    /// The device cannot be used, the file is too large or not ONNX, or it is not such a model; see [`ModelError`].
    pub fn load(bytes: &[u8], device: Device) -> Result<Self, ModelError> {
        let proto = decode(bytes)?;
        Self::build(&proto, digest(bytes), device)
    }

    /// What the model in a file asks of the machine that runs it. It is inspected, and not built.
    ///
    /// # Errors
    /// The file is too large or not ONNX, or it is not such a model; see [`ModelError`].
    pub fn work(bytes: &[u8]) -> Result<Work, ModelError> {
        let signature = inspect(&decode(bytes)?)?;
        let (values, most) = match &signature.images {
            None => (1, MAX_ROWS),
            Some(images) => (images.answer.values(), MAX_IMAGES as usize),
        };
        let build = Work::building(bytes.len(), signature.nodes);
        Ok(Work { row: signature.work, batch_rows: batch_rows(&signature), values, most, build })
    }

    pub(crate) fn build(proto: &ModelProto, digest: [u8; 32], device: Device) -> Result<Self, ModelError> {
        let runtime = device.runtime()?;
        let signature = inspect(proto)?;
        let batch_rows = batch_rows(&signature);
        let fixed = match &signature.images {
            None => rows_graph(proto, signature.width, batch_rows)?,
            Some(images) => image_graph(proto, images, batch_rows)?,
        };
        let plan = match device {
            Device::Cpu => Plan::Cpu(Arc::new(program(proto, &signature, batch_rows)?)),
            Device::Gpu => Plan::Gpu(guarded(|| runtime.prepare(fixed)).map_err(refused)?.into()),
        };
        Ok(Self { digest, device, signature: Arc::new(signature), batch_rows, plan })
    }

    /// BLAKE3 of the file's bytes.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Where the model runs.
    #[must_use]
    pub fn device(&self) -> Device {
        self.device
    }

    /// What a model of images does to them before; none for a model of rows.
    #[must_use]
    pub fn preprocessing(&self) -> Option<&Preprocessing> {
        self.signature.images.as_ref().map(|images| &images.preprocessing)
    }

    /// What a model of images says about each; none for a model of rows, which says one logit.
    #[must_use]
    pub fn answer(&self) -> Option<Answer> {
        self.signature.images.as_ref().map(|images| images.answer)
    }

    /// Names of the classes of a model of images, from the file's property `classes`; empty if the file has none.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        self.signature.images.as_ref().map_or(&[], |images| images.classes.as_slice())
    }

    /// Numbers of the result for each row or image.
    #[must_use]
    pub fn values_each(&self) -> usize {
        self.answer().map_or(1, Answer::values)
    }

    /// Features per row that the model reads; of images, the numbers of one.
    #[must_use]
    pub fn width(&self) -> usize {
        self.signature.width
    }

    /// Names of the features in order, from the file's property `feature_names`; empty if the file has none.
    #[must_use]
    pub fn feature_names(&self) -> &[String] {
        &self.signature.feature_names
    }

    /// Says whether a table's columns are this model's features in this model's order, as far as the model names them.
    ///
    /// # Errors
    /// [`RunError::Width`], or [`RunError::Column`] for the first column that differs.
    pub fn check_columns(&self, table: &Table) -> Result<(), RunError> {
        if self.signature.images.is_some() {
            return Err(RunError::NotImages);
        }
        self.check_width(table.columns().len())?;
        let names = self.feature_names().iter().zip(table.columns()).enumerate();
        for (position, (expected, found)) in names {
            if expected != found {
                let (position, expected, found) = (position + 1, expected.clone(), found.clone());
                return Err(RunError::Column { position, expected, found });
            }
        }
        Ok(())
    }

    /// One logit per row. A row's logit depends on that row alone, bit for bit: not on the rows beside it, on its
    /// position, or on how many there are. Other processors and devices may differ in the last bits.
    ///
    /// # Errors
    /// Rows of another width, a result that is NaN or infinite, a failure of the runtime.
    pub fn run(&self, features: &Features) -> Result<Vec<f32>, RunError> {
        self.run_within(features, &Budget::unlimited())
    }

    /// As [`Model::run`], and ends after the batch in which the budget ends.
    ///
    /// # Errors
    /// As [`Model::run`]; [`RunError::OutOfTime`], [`RunError::Cancelled`].
    pub fn run_within(&self, features: &Features, budget: &Budget) -> Result<Vec<f32>, RunError> {
        if self.signature.images.is_some() {
            return Err(RunError::NotImages);
        }
        self.check_width(features.width())?;
        let mut logits = Vec::with_capacity(features.row_count());
        for batch in features.values().chunks(self.batch_rows * self.width()) {
            self.run_batch(batch, budget, &mut logits)?;
        }
        self.finite(logits)
    }

    /// The logits of each image, one image behind the other. They depend on that image alone, bit for bit, as a row's do.
    ///
    /// # Errors
    /// Images that the model does not read or that can't be prepared, more than a job may have, a result that is NaN or infinite, a
    /// failure of the runtime; the end of the budget.
    pub fn run_images(&self, images: &Images, budget: &Budget) -> Result<Vec<f32>, RunError> {
        let signature = self.signature.images.as_ref().ok_or(RunError::NotRows)?;
        let (found, each) = (images.shape().images(), self.values_each());
        let most = MAX_ANSWER_VALUES / each.max(1);
        if found > most {
            return Err(RunError::TooManyImages { most, found });
        }
        let mut prepared = signature.preprocessing.apply(images)?;
        let mut logits = Vec::with_capacity(found * each);
        loop {
            let mut batch = Vec::with_capacity(self.batch_rows * self.width());
            for image in prepared.by_ref().take(self.batch_rows) {
                batch.extend(image?);
            }
            if batch.is_empty() {
                return self.finite(logits);
            }
            self.run_batch(&batch, budget, &mut logits)?;
        }
    }

    /// [`Model::run_within`] or [`Model::run_images`].
    ///
    /// # Errors
    /// As those.
    pub fn run_input(&self, input: &ModelInput, budget: &Budget) -> Result<Vec<f32>, RunError> {
        match input {
            ModelInput::Rows(rows) => self.run_within(rows, budget),
            ModelInput::Images(images) => self.run_images(images, budget),
        }
    }

    /// Whether the model can run on an input, as far as its shape tells.
    ///
    /// # Errors
    /// The errors of a run that the shape alone brings.
    pub fn check_input(&self, input: &ModelInput) -> Result<(), RunError> {
        match (input, self.preprocessing()) {
            (ModelInput::Rows(rows), None) => self.check_width(rows.width()),
            (ModelInput::Images(images), Some(preprocessing)) => {
                Ok(preprocessing.check_images(images.shape())?)
            }
            (ModelInput::Rows(_), Some(_)) => Err(RunError::NotImages),
            (ModelInput::Images(_), None) => Err(RunError::NotRows),
        }
    }

    /// Runs at most a batch and appends its logits.
    fn run_batch(&self, values: &[f32], budget: &Budget, logits: &mut Vec<f32>) -> Result<(), RunError> {
        budget.check()?;
        let rows = values.len() / self.width();
        let before = logits.len();
        let expected = rows * self.values_each();
        match &self.plan {
            Plan::Cpu(program) => guarded(|| {
                program.run(values, logits);
                Ok(())
            }),
            Plan::Gpu(plan) => guarded(|| self.call(plan.as_ref(), values))
                .map(|results| logits.extend(results.into_iter().take(expected))),
        }
        .map_err(failed)?;
        if logits.len() - before != expected {
            let reason = format!("expected {expected} results, found {}", logits.len() - before);
            return Err(RunError::Failed { reason });
        }
        Ok(())
    }

    fn finite(&self, logits: Vec<f32>) -> Result<Vec<f32>, RunError> {
        match logits.iter().position(|logit| !logit.is_finite()) {
            Some(at) => Err(RunError::NotFinite { row: at / self.values_each() + 1 }),
            None => Ok(logits),
        }
    }

    fn check_width(&self, found: usize) -> Result<(), RunError> {
        let expected = self.width();
        if found == expected { Ok(()) } else { Err(RunError::Width { expected, found }) }
    }

    /// Runs at most a batch and returns the logits of a whole one, padding included.
    fn call(&self, plan: &dyn Runnable, values: &[f32]) -> TractResult<Vec<f32>> {
        let shape: TVec<usize> = match self.preprocessing().map(Preprocessing::output) {
            None => [self.batch_rows, self.width()].into_iter().collect(),
            Some(dims) => std::iter::once(self.batch_rows).chain(dims).collect(),
        };
        let input = if values.len() == self.batch_rows * self.width() {
            Tensor::from_shape(&shape, values)?
        } else {
            let mut padded = values.to_vec();
            padded.resize(self.batch_rows * self.width(), 0.0);
            Tensor::from_shape(&shape, &padded)?
        };
        let mut inputs: TVec<TValue> = TVec::new();
        inputs.push(input.into_tvalue());
        let outputs = plan.run(inputs)?;
        let most = self.batch_rows * self.values_each();
        outputs.iter().try_fold(Vec::with_capacity(most), |mut results, output| {
            results.extend(output.to_plain_array_view::<f32>()?.iter());
            Ok(results)
        })
    }
}

/// Rows or images of a batch of this model.
fn batch_rows(signature: &Signature) -> usize {
    if signature.images.is_some() {
        return BATCH_IMAGES;
    }
    let [least, most] = BATCH_ROWS;
    let rows = usize::try_from(BATCH_WORK / signature.work.max(1));
    rows.unwrap_or(most).clamp(least, most)
}

/// BLAKE3 of a model file: what a job names a model by.
#[must_use]
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    blake3::hash(bytes).into()
}

fn decode(mut bytes: &[u8]) -> Result<ModelProto, ModelError> {
    if bytes.len() > MAX_MODEL_BYTES {
        return Err(ModelError::TooLarge { found: bytes.len() });
    }
    match wire::decoded_bytes(bytes) {
        Some(0..=MAX_DECODED_BYTES) => {}
        Some(_) => return Err(ModelError::TooMuchMemory),
        None => {
            let reason = "it is not an encoding of messages, or they are nested too deeply".to_owned();
            return Err(ModelError::NotOnnx { reason });
        }
    }
    guarded(|| tract_onnx::onnx().proto_model_for_read(&mut bytes))
        .map_err(|fault| ModelError::NotOnnx { reason: fault.to_string() })
}

/// The graph of a model of rows, for a batch.
fn rows_graph(proto: &ModelProto, width: usize, batch_rows: usize) -> Result<TypedModel, ModelError> {
    let (typed, rows) = guarded(|| build(proto, width)).map_err(refused)?;
    check_output(&typed, &rows)?;
    guarded(|| with_fixed_rows(&typed, rows, batch_rows)).map_err(refused)
}

/// The graph of a model of images, for a batch. Each of its operators treats images by themselves, and its shapes are known already; the
/// runtime has to find the same.
fn image_graph(proto: &ModelProto, images: &ImageSignature, batch: usize) -> Result<TypedModel, ModelError> {
    let shape: TVec<TDim> =
        std::iter::once(batch).chain(images.preprocessing.output()).map(|side| side.to_dim()).collect();
    let built = || {
        let onnx = tract_onnx::onnx().with_ignore_value_info(true);
        let mut model: InferenceModel = onnx.model_for_proto_model(proto)?;
        model.set_input_fact(0, InferenceFact::dt_shape(DatumType::F32, &shape))?;
        model.into_typed()?.into_decluttered()
    };
    let model = guarded(built).map_err(refused)?;
    let fact = guarded(|| model.output_fact(0).cloned()).map_err(refused)?;
    if fact.datum_type != DatumType::F32 {
        return Err(ModelError::OutputNotFloat { found: format!("{:?}", fact.datum_type) });
    }
    let answer = images.answer;
    let expected: Vec<usize> =
        [batch, answer.classes].into_iter().chain(answer.mask.into_iter().flatten()).collect();
    match fact.shape.as_concrete() {
        Some(found) if found == expected.as_slice() => Ok(model),
        found => Err(ModelError::ImageShape { expected, found: format!("{found:?}") }),
    }
}

/// Builds the graph for any number of rows, which the returned symbol stands for, ignoring the shapes that the file claims for results.
fn build(proto: &ModelProto, width: usize) -> TractResult<(TypedModel, Symbol)> {
    let mut model: InferenceModel =
        tract_onnx::onnx().with_ignore_value_info(true).model_for_proto_model(proto)?;
    let rows = model.symbols.sym("N");
    let shape = [TDim::from(rows.clone()), width.to_dim()];
    model.set_input_fact(0, InferenceFact::dt_shape(DatumType::F32, &shape))?;
    Ok((model.into_typed()?.into_decluttered()?, rows))
}

/// Checks what the runtime found the output to be. Its first dimension must be the symbol itself: then no weight pins
/// the number of rows or reaches across rows.
fn check_output(model: &TypedModel, rows: &Symbol) -> Result<(), ModelError> {
    let fact = guarded(|| model.output_fact(0).cloned()).map_err(refused)?;
    if fact.datum_type != DatumType::F32 {
        return Err(ModelError::OutputNotFloat { found: format!("{:?}", fact.datum_type) });
    }
    let one_logit_per_row = [TDim::from(rows.clone()), 1.to_dim()];
    if fact.shape.dims() != one_logit_per_row {
        let dims: Vec<String> = fact.shape.dims().iter().map(ToString::to_string).collect();
        return Err(ModelError::OutputShape { found: format!("float32[{}]", dims.join(", ")) });
    }
    Ok(())
}

fn with_fixed_rows(model: &TypedModel, rows: Symbol, batch_rows: usize) -> TractResult<TypedModel> {
    model.set_symbols(&HashMap::from([(rows, batch_rows.to_dim())]))
}

/// The program that runs a checked graph on the CPU.
fn program(proto: &ModelProto, signature: &Signature, batch: usize) -> Result<Program, ModelError> {
    let graph = proto
        .graph
        .as_ref()
        .ok_or_else(|| ModelError::NotOnnx { reason: "there is no graph in it".to_owned() })?;
    let dims =
        signature.images.as_ref().map_or([signature.width, 0, 0], |images| images.preprocessing.output());
    guarded(|| Ok(Program::new(graph, dims, batch))).map_err(refused)?
}

fn refused(fault: Fault) -> ModelError {
    match fault {
        Fault::Failed(reason) => ModelError::Refused { reason },
        Fault::Panicked(reason) => ModelError::Panicked { reason },
    }
}

fn failed(fault: Fault) -> RunError {
    match fault {
        Fault::Failed(reason) => RunError::Failed { reason },
        Fault::Panicked(reason) => RunError::Panicked { reason },
    }
}
