//! A model and rows that follow from a seed: nobody can have run them before.

use bithive_inference::{Features, FeaturesError, MAX_ROWS};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

/// Most rows of a workload.
pub const MAX_WORKLOAD_ROWS: usize = MAX_ROWS;
/// Features of a row, and neurons of the layers.
const WIDTHS: [usize; 4] = [64, 512, 512, 1];
/// Multiply-adds of the model for a row.
pub const MULTIPLY_ADDS: usize = WIDTHS[0] * WIDTHS[1] + WIDTHS[1] * WIDTHS[2] + WIDTHS[2] * WIDTHS[3];
/// `float32` in ONNX.
const FLOAT: u64 = 1;

/// A multilayer perceptron with rectified linear units, and rows for it.
pub struct Workload {
    /// The model, ONNX.
    pub model: Vec<u8>,
    /// Rows to run it on.
    pub rows: Features,
}

impl Workload {
    /// What a seed stands for: weights and values are drawn from ChaCha20 under it, in the order of the file.
    ///
    /// # Errors
    /// [`FeaturesError`] for no rows, or more than [`MAX_WORKLOAD_ROWS`].
    pub fn new(seed: [u8; 32], rows: usize) -> Result<Self, FeaturesError> {
        if rows > MAX_WORKLOAD_ROWS {
            return Err(FeaturesError::TooManyRows { found: rows });
        }
        let mut rng = ChaCha20Rng::from_seed(seed);
        let model = model(&mut rng);
        let rows = Features::new(
            WIDTHS[0],
            (0..rows.saturating_mul(WIDTHS[0])).map(|_| uniform(&mut rng)).collect(),
        )?;
        Ok(Self { model, rows })
    }
}

/// A number from -1 to 1, the same on every machine.
fn uniform(rng: &mut ChaCha20Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / 8_388_608.0 - 1.0
}

/// A model in ONNX's encoding, which is that of protocol buffers: `Gemm` and `Relu` for each layer but the last, which has no `Relu`.
fn model(rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut graph = Message::default();
    let (mut nodes, mut weights, mut last) = (Vec::new(), Vec::new(), "x".to_owned());
    for (layer, widths) in WIDTHS.windows(2).enumerate() {
        let [inputs, outputs] = [widths[0], widths[1]];
        let (weight, bias, sum) = (format!("w{layer}"), format!("b{layer}"), format!("s{layer}"));
        // Sums keep the size of what is summed.
        let scale = (3.0 / inputs as f32).sqrt();
        weights.push(tensor(&weight, &[inputs, outputs], scale, rng));
        weights.push(tensor(&bias, &[outputs], scale, rng));
        let is_last = layer + 2 == WIDTHS.len();
        let sum = if is_last { "y".to_owned() } else { sum };
        nodes.push(node("Gemm", &[&last, &weight, &bias], &sum));
        last = sum;
        if !is_last {
            let active = format!("a{layer}");
            nodes.push(node("Relu", &[&last], &active));
            last = active;
        }
    }
    nodes.iter().for_each(|node| graph.message(1, node));
    graph.text(2, "measurement");
    weights.iter().for_each(|tensor| graph.message(5, tensor));
    graph.message(11, &value("x", WIDTHS[0]));
    graph.message(12, &value("y", WIDTHS[3]));
    let mut operators = Message::default();
    operators.number(2, 13);
    let mut model = Message::default();
    model.number(1, 8);
    model.message(7, &graph);
    model.message(8, &operators);
    model.0
}

/// A `NodeProto` with this operator, these inputs and one output.
fn node(operator: &str, inputs: &[&str], output: &str) -> Message {
    let mut out = Message::default();
    inputs.iter().for_each(|input| out.text(1, input));
    out.text(2, output);
    out.text(4, operator);
    out
}

/// TensorProto of float32, with numbers from -scale to scale.
fn tensor(name: &str, dimensions: &[usize], scale: f32, rng: &mut ChaCha20Rng) -> Message {
    let mut out = Message::default();
    dimensions.iter().for_each(|dimension| out.number(1, *dimension as u64));
    out.number(2, FLOAT);
    out.text(8, name);
    let elements: usize = dimensions.iter().product();
    let values = (0..elements).flat_map(|_| (scale * uniform(rng)).to_le_bytes());
    out.bytes(9, &values.collect::<Vec<u8>>());
    out
}

/// ValueInfoProto of float32 [N, width].
fn value(name: &str, width: usize) -> Message {
    let (mut rows, mut columns, mut shape) = (Message::default(), Message::default(), Message::default());
    rows.text(2, "N");
    columns.number(1, width as u64);
    shape.message(1, &rows);
    shape.message(1, &columns);
    let (mut tensor, mut kind, mut out) = (Message::default(), Message::default(), Message::default());
    tensor.number(1, FLOAT);
    tensor.message(2, &shape);
    kind.message(1, &tensor);
    out.text(1, name);
    out.message(2, &kind);
    out
}

/// A message of protocol buffers, field by field.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn number(&mut self, field: u64, number: u64) {
        self.varint(field << 3);
        self.varint(number);
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, field: u64, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    fn message(&mut self, field: u64, message: &Self) {
        self.bytes(field, &message.0);
    }
}
