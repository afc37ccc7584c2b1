//! Loading a model and running rows through it.

use std::collections::HashMap;
use std::sync::Arc;

use tract_onnx::pb::ModelProto;
use tract_onnx::prelude::{
    DatumType, Framework, InferenceFact, InferenceModelExt, IntoTValue, Runnable, Symbol, TValue, TVec,
    Tensor, TractResult, TypedModel,
};
use tract_onnx::tract_core::internal::{InletId, SpecialOps, TDim, ToDim};
use tract_onnx::tract_core::ops::binary::TypedBinOp;
use tract_onnx::tract_hir::infer::InferenceModel;

use crate::budget::Budget;
use crate::device::Device;
use crate::error::{ModelError, RunError};
use crate::guard::{Fault, guarded};
use crate::inspect::{Signature, inspect};
use crate::limits::MAX_MODEL_BYTES;
use crate::wire::{self, MAX_DECODED_BYTES};
use crate::work::Work;
use bithive_table::Features;
use bithive_table::Table;

/// Least and most rows of a batch. Every call of the runtime has the same number of rows, the last one padded, so that the
/// same kernels add in the same order whatever else is in the request.
const BATCH_ROWS: [usize; 2] = [64, 256];
/// Work of a batch that has more than the least rows: one row costs as much as a batch.
const BATCH_WORK: u64 = 1 << 22;
/// Most elements of a row vector that is repeated for each row of a batch.
const MAX_REPEATED: usize = 1 << 14;

/// A model that is checked, built and ready to run; may be shared between threads.
#[derive(Debug, Clone)]
pub struct Model {
    digest: [u8; 32],
    device: Device,
    signature: Arc<Signature>,
    /// Rows of every call of the runtime; follows from the model alone.
    batch_rows: usize,
    plan: Arc<dyn Runnable>,
}

impl Model {
    /// Loads an ONNX model that maps float32 `[N, features]` to one float32 logit per row.
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
        Ok(Work::new(signature.work, batch_rows(&signature), bytes.len(), signature.nodes))
    }

    pub(crate) fn build(proto: &ModelProto, digest: [u8; 32], device: Device) -> Result<Self, ModelError> {
        let runtime = device.runtime()?;
        let signature = inspect(proto)?;
        let (typed, rows) = guarded(|| build(proto, signature.width)).map_err(refused)?;
        check_output(&typed, &rows)?;
        let batch_rows = batch_rows(&signature);
        let prepare = || {
            let mut fixed = with_fixed_rows(&typed, rows, batch_rows)?;
            if device == Device::Cpu {
                repeat_row_vectors(&mut fixed)?;
            }
            runtime.prepare(fixed)
        };
        let plan = guarded(prepare).map_err(refused)?;
        Ok(Self { digest, device, signature: Arc::new(signature), batch_rows, plan: plan.into() })
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

    /// Features per row that the model reads.
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
        self.check_width(features.width())?;
        let mut logits = Vec::with_capacity(features.row_count());
        for batch in features.values().chunks(self.batch_rows * self.width()) {
            budget.check()?;
            let rows = batch.len() / self.width();
            let results = guarded(|| self.run_batch(batch)).map_err(failed)?;
            if results.len() != self.batch_rows {
                let reason = format!("expected {} results, found {}", self.batch_rows, results.len());
                return Err(RunError::Failed { reason });
            }
            logits.extend(results.into_iter().take(rows));
        }
        match logits.iter().position(|logit| !logit.is_finite()) {
            Some(row) => Err(RunError::NotFinite { row: row + 1 }),
            None => Ok(logits),
        }
    }

    fn check_width(&self, found: usize) -> Result<(), RunError> {
        let expected = self.width();
        if found == expected { Ok(()) } else { Err(RunError::Width { expected, found }) }
    }

    /// Runs at most a batch of rows and returns the logits of a whole batch, padding included.
    fn run_batch(&self, values: &[f32]) -> TractResult<Vec<f32>> {
        let shape = [self.batch_rows, self.width()];
        let input = if values.len() == self.batch_rows * self.width() {
            Tensor::from_shape(&shape, values)?
        } else {
            let mut padded = values.to_vec();
            padded.resize(self.batch_rows * self.width(), 0.0);
            Tensor::from_shape(&shape, &padded)?
        };
        let mut inputs: TVec<TValue> = TVec::new();
        inputs.push(input.into_tvalue());
        let outputs = self.plan.run(inputs)?;
        outputs.iter().try_fold(Vec::with_capacity(self.batch_rows), |mut results, output| {
            results.extend(output.to_plain_array_view::<f32>()?.iter());
            Ok(results)
        })
    }
}

/// Rows of a batch of this model.
fn batch_rows(signature: &Signature) -> usize {
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

/// Repeats constant row vectors that are added, subtracted or multiplied by, once for each row of a batch: the runtime has
/// fast kernels for operands of one shape, and goes element by element where a short row has to be stretched. The operation on
/// each pair of numbers is the same, and so is its result.
fn repeat_row_vectors(model: &mut TypedModel) -> TractResult<()> {
    let mut repeated = Vec::new();
    for node in model.nodes().iter().filter(|node| node.op_is::<TypedBinOp>()) {
        let Some(shape) = model.outlet_fact(node.id.into())?.shape.as_concrete() else { continue };
        let elements: usize = shape.iter().product();
        for (slot, input) in node.inputs.iter().enumerate() {
            let Some(vector) = &model.outlet_fact(*input)?.konst else { continue };
            let is_row =
                matches!((vector.shape(), shape), ([1, own], [_, width]) if own == width && *own > 1);
            if is_row && elements <= MAX_REPEATED {
                repeated.push((InletId::new(node.id, slot), vector.broadcast_to_shape(shape)?));
            }
        }
    }
    for (inlet, matrix) in repeated {
        let name = format!("repeated-{}-{}", inlet.node, inlet.slot);
        let outlet = SpecialOps::add_const(model, name, matrix)?;
        model.add_edge(outlet, inlet)?;
    }
    model.compact()
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
