//! Graphs that read images: `float32[N, C, H, W]`.
//!
//! Shapes are followed exactly, so that work and memory of an image are known before the runtime sees the graph, and what it finds
//! is compared with them afterwards.

use std::collections::HashMap;

use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto};

use super::attributes::Attributes;
use super::operators::{Constant, Dims, Operand, outcome};
use super::proto::{check_graph, check_operator, constant, property, refused, stored, values};
use crate::error::ModelError;
use crate::guard::shortened;
use crate::limits::{
    IMAGE_OPERATORS, IMAGE_OPSETS, MAX_ANSWER_VALUES, MAX_CLASSES, MAX_IMAGE_ELEMENTS, MAX_IMAGE_WORK,
};
use crate::work::PASS;
use bithive_table::MAX_COLUMN_NAME_BYTES;
use bithive_tensor::{Answer, Preprocessing};

const IMAGE: &str = "image";
const CLASSES: &str = "classes";
/// Most dimensions of a weight.
const RANK: (usize, &str) = (4, "expected at most four dimensions");
/// Passes over what the model reads that preparing it takes.
const PREPARING: u64 = 8;
/// Longest tensor whose values this module looks at.
const SHORT: usize = 8;

/// What a checked graph reads and answers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ImageSignature {
    /// What is done to images before: channels, height and width are those of the input.
    pub(crate) preprocessing: Preprocessing,
    /// Logits of an image.
    pub(crate) answer: Answer,
    /// Names of the classes; empty if the model names none.
    pub(crate) classes: Vec<String>,
    /// Work of an image, in multiply-adds.
    pub(crate) work: u64,
}

/// Checks a graph whose input `name` has these channels, height and width.
pub(crate) fn inspect(
    model: &ModelProto,
    graph: &GraphProto,
    (name, dims): (&str, [usize; 3]),
    opset: i64,
) -> Result<ImageSignature, ModelError> {
    if !IMAGE_OPSETS.contains(&opset) {
        return Err(ModelError::ImageOperatorSet { found: opset });
    }
    check_graph(graph)?;
    let input = Dims::Image(dims);
    let mut walk = Walk {
        constants: HashMap::new(),
        computed: HashMap::from([(name, input)]),
        work: input.elements().saturating_mul(PREPARING * PASS),
        elements: input.elements(),
        scratch: 0,
    };
    for tensor in &graph.initializer {
        walk.add_constant(&tensor.name, tensor)?;
    }
    for node in &graph.node {
        walk.visit(node)?;
    }
    let answer = graph.output.first().and_then(|output| walk.computed.get(output.name.as_str()));
    let answer = answer_of(answer.copied())?;
    Ok(ImageSignature {
        preprocessing: preprocessing(model, dims)?,
        answer,
        classes: classes(model, answer.classes)?,
        work: walk.work,
    })
}

fn answer_of(dims: Option<Dims>) -> Result<Answer, ModelError> {
    let found = match dims {
        Some(Dims::Flat(classes)) if classes <= MAX_CLASSES => return Ok(Answer { classes, mask: None }),
        Some(Dims::Image([classes, height, width])) if classes <= MAX_CLASSES => {
            let answer = Answer { classes, mask: Some([height, width]) };
            if answer.values() <= MAX_ANSWER_VALUES {
                return Ok(answer);
            }
            format!("float32[N, {classes}, {height}, {width}]")
        }
        Some(Dims::Flat(length)) => format!("float32[N, {length}]"),
        Some(Dims::Image([channels, height, width])) => format!("float32[N, {channels}, {height}, {width}]"),
        None => "a tensor that does not depend on the input".to_owned(),
    };
    Err(ModelError::ImageOutputShape { found })
}

/// The property `image`, which has to fit the input; without it images are taken as they are.
fn preprocessing(model: &ModelProto, dims: [usize; 3]) -> Result<Preprocessing, ModelError> {
    let Some(text) = property(model, IMAGE) else {
        let [channels, height, width] = dims.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
        return Ok(Preprocessing::none(channels, height, width));
    };
    let preprocessing = Preprocessing::from_json(text)?;
    if preprocessing.output() == dims {
        Ok(preprocessing)
    } else {
        Err(ModelError::ImageProperty { expected: dims, found: preprocessing.output() })
    }
}

/// The property `classes`: names with commas between them.
fn classes(model: &ModelProto, expected: usize) -> Result<Vec<String>, ModelError> {
    let Some(text) = property(model, CLASSES) else { return Ok(Vec::new()) };
    let names: Vec<String> = text.split(',').map(str::to_owned).collect();
    if names.len() != expected {
        return Err(ModelError::Classes { expected, found: names.len() });
    }
    match names.iter().position(|name| !(1..=MAX_COLUMN_NAME_BYTES).contains(&name.len())) {
        Some(at) => Err(ModelError::ClassName { position: at + 1 }),
        None => Ok(names),
    }
}

struct Walk<'a> {
    constants: HashMap<&'a str, Constant>,
    computed: HashMap<&'a str, Dims>,
    work: u64,
    /// Elements of all results so far.
    elements: u64,
    /// Most that one node holds beside its result.
    scratch: u64,
}

impl<'a> Walk<'a> {
    fn is_defined(&self, name: &str) -> bool {
        self.computed.contains_key(name) || self.constants.contains_key(name)
    }

    fn add_constant(&mut self, name: &'a str, tensor: &TensorProto) -> Result<(), ModelError> {
        let refused = |reason| ModelError::Tensor { tensor: shortened(name), reason };
        if name.is_empty() || self.is_defined(name) {
            return Err(refused("expected a name that no other tensor has"));
        }
        let dims = stored(tensor, RANK).map_err(refused)?;
        let values = (dims.iter().product::<usize>() <= SHORT).then(|| values(tensor));
        self.constants.insert(name, Constant { dims, values });
        Ok(())
    }

    fn visit(&mut self, node: &'a NodeProto) -> Result<(), ModelError> {
        let output = check_operator(node, &IMAGE_OPERATORS)?;
        if let Some(tensor) = constant(node)? {
            return self.add_constant(output, tensor);
        }
        if output.is_empty() || self.is_defined(output) {
            return Err(refused(node, "expected an output name that no other tensor has"));
        }
        let operand =
            |name: &String| match (self.computed.get(name.as_str()), self.constants.get(name.as_str())) {
                _ if name.is_empty() => Ok(Operand::Absent),
                (Some(dims), _) => Ok(Operand::Computed(*dims)),
                (None, Some(constant)) => Ok(Operand::Constant(constant)),
                (None, None) => {
                    Err(refused(node, "expected operands that earlier nodes or the input define"))
                }
            };
        let operands: Vec<_> = node.input.iter().map(operand).collect::<Result<_, _>>()?;
        let outcome = outcome(&node.op_type, &operands, &Attributes(&node.attribute));
        let outcome = outcome.map_err(|reason| refused(node, reason))?;
        self.computed.insert(output, outcome.dims);
        self.work = self.work.saturating_add(outcome.work);
        self.elements = self.elements.saturating_add(outcome.dims.elements());
        self.scratch = self.scratch.max(outcome.scratch);
        if self.work > MAX_IMAGE_WORK {
            return Err(ModelError::TooMuchImageWork);
        }
        if self.elements.saturating_add(self.scratch) > MAX_IMAGE_ELEMENTS {
            return Err(ModelError::TooMuchImageMemory);
        }
        Ok(())
    }
}
