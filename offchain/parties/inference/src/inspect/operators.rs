//! What each operator of an imaging model computes: the shape of its result, its work, and the memory it takes.
//!
//! Every operator here treats each image by itself. Whatever could reach from one image into another, or evaluate something before
//! there is an image, is refused.

use super::attributes::Attributes;
use super::window::{WINDOW, Window};
use crate::limits::{GEMM, MATMUL};
use crate::work::{self, BEGINNING, PASS};
use bithive_tensor::MAX_SIDE;

/// Most channels of a result.
const MAX_CHANNELS: usize = 8_192;
/// Most times that one `Resize` enlarges a side.
const MAX_ENLARGEMENT: f32 = 16.0;

/// What is computed of each image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dims {
    /// Channels, height, width.
    Image([usize; 3]),
    /// So many numbers.
    Flat(usize),
}

impl Dims {
    pub(super) const fn elements(self) -> u64 {
        match self {
            Self::Image([channels, height, width]) => {
                (channels as u64).saturating_mul(height as u64).saturating_mul(width as u64)
            }
            Self::Flat(length) => length as u64,
        }
    }

    fn image(self) -> Result<[usize; 3], &'static str> {
        match self {
            Self::Image(dims) => Ok(dims),
            Self::Flat(_) => Err("expected images of channels, height and width as the first operand"),
        }
    }
}

/// A weight, or another tensor of the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Constant {
    pub(super) dims: Vec<usize>,
    /// The values of a short one.
    pub(super) values: Option<Vec<f32>>,
}

/// What a node is given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Operand<'a> {
    /// An optional one that is left out.
    Absent,
    Computed(Dims),
    Constant(&'a Constant),
}

/// What a node gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) dims: Dims,
    /// Work of an image, in multiply-adds.
    pub(super) work: u64,
    /// Numbers beside the result that the runtime holds meanwhile.
    pub(super) scratch: u64,
}

impl Outcome {
    /// One pass over the elements of a result for each of `passes`.
    fn passes(dims: Dims, passes: u64) -> Self {
        Self { dims, work: dims.elements().saturating_mul(passes).saturating_mul(PASS), scratch: 0 }
    }
}

/// What an operator makes of its operands.
pub(super) fn outcome(
    operator: &str,
    operands: &[Operand<'_>],
    attributes: &Attributes<'_>,
) -> Result<Outcome, &'static str> {
    let (first, rest) = match operands {
        [Operand::Computed(first), rest @ ..] => (*first, rest),
        [Operand::Constant(left), Operand::Computed(right)] if is_arithmetic(operator) => {
            attributes.only(&[])?;
            return elementwise(operator, *right, &[Operand::Constant(left)]);
        }
        _ => return Err("expected a first operand that depends on the input"),
    };
    match operator {
        "Conv" => convolution(first, rest, attributes),
        "ConvTranspose" => transposed(first, rest, attributes),
        "MaxPool" => pool(first, rest, attributes, "storage_order"),
        "AveragePool" => pool(first, rest, attributes, "count_include_pad"),
        "GlobalAveragePool" => global_pool(first, rest, attributes),
        "BatchNormalization" => normalisation(first, rest, attributes),
        "Resize" => resize(first, rest, attributes),
        "Concat" => concatenation(operands, attributes),
        "Flatten" => flatten(first, rest, attributes),
        GEMM | MATMUL => product(operator, first, rest, attributes),
        "Add" | "Sub" | "Mul" | "Div" => {
            attributes.only(&[])?;
            if rest.len() != 1 {
                return Err("expected two operands");
            }
            elementwise(operator, first, rest)
        }
        _ => {
            attributes.only(&["alpha"])?;
            let scalars = rest.iter().all(|operand| match operand {
                Operand::Absent => true,
                Operand::Constant(constant) => constant.dims.iter().product::<usize>() == 1,
                Operand::Computed(_) => false,
            });
            let most = if operator == "Clip" { 2 } else { 0 };
            if !scalars || rest.len() > most {
                return Err("expected one operand, and for Clip constant bounds of one number");
            }
            let work = first.elements().saturating_mul(work::per_element(operator));
            Ok(Outcome { dims: first, work, scratch: 0 })
        }
    }
}

fn is_arithmetic(operator: &str) -> bool {
    ["Add", "Sub", "Mul", "Div"].contains(&operator)
}

/// The bias of each channel: a constant vector, or nothing.
fn bias(operands: &[Operand<'_>], channels: usize) -> Result<(), &'static str> {
    match operands {
        [] | [Operand::Absent] => Ok(()),
        [Operand::Constant(bias)] if bias.dims == [channels] => Ok(()),
        _ => Err("expected a constant bias of one number for each channel of the result, or none"),
    }
}

/// The constant weights of a convolution, and the operands behind them.
fn kernel<'a, 'b>(rest: &'b [Operand<'a>]) -> Result<([usize; 4], &'b [Operand<'a>]), &'static str> {
    match rest {
        [Operand::Constant(Constant { dims, .. }), rest @ ..] => match dims.as_slice() {
            [first, second, tall, wide] => Ok(([*first, *second, *tall, *wide], rest)),
            _ => Err("expected constant weights of four dimensions as the second operand"),
        },
        _ => Err("expected constant weights of four dimensions as the second operand"),
    }
}

fn group(attributes: &Attributes<'_>) -> Result<usize, &'static str> {
    let group = usize::try_from(attributes.integer("group", 1)).ok();
    group.filter(|group| (1..=MAX_CHANNELS).contains(group)).ok_or("expected a group of 1 to 8192")
}

/// `units` for each element of several sides.
fn times(units: u64, sides: &[usize]) -> u64 {
    sides.iter().fold(units, |product, side| product.saturating_mul(*side as u64))
}

fn convolution(
    first: Dims,
    rest: &[Operand<'_>],
    attributes: &Attributes<'_>,
) -> Result<Outcome, &'static str> {
    attributes.only(&[&WINDOW[..], &["group"]].concat())?;
    let [channels, height, width] = first.image()?;
    let ([outputs, each, tall, wide], rest) = kernel(rest)?;
    let group = group(attributes)?;
    if each.saturating_mul(group) != channels || !outputs.is_multiple_of(group) {
        return Err("expected weights for the channels of the image, and as many results in each group");
    }
    bias(rest, outputs)?;
    let window = Window::new(attributes, Some([tall, wide]))?;
    let [high, broad] = window.shrink([height, width])?;
    let dims = result([outputs, high, broad])?;
    // The windows of all pixels, side by side as a matrix.
    let scratch = times(window.taps(), &[channels, high, broad]);
    let products = times(window.taps(), &[each, outputs, high, broad]);
    let work = products.saturating_add(passes(scratch, 1)).saturating_add(passes(dims.elements(), 1));
    let begun = if group == 1 { 0 } else { times(BEGINNING, &[outputs]) };
    Ok(Outcome { dims, work: work.saturating_add(begun), scratch })
}

fn transposed(
    first: Dims,
    rest: &[Operand<'_>],
    attributes: &Attributes<'_>,
) -> Result<Outcome, &'static str> {
    attributes.only(&[&WINDOW[..], &["group", "output_padding"]].concat())?;
    let [channels, height, width] = first.image()?;
    let ([inputs, each, tall, wide], rest) = kernel(rest)?;
    let group = group(attributes)?;
    if inputs != channels || !channels.is_multiple_of(group) {
        return Err("expected weights for the channels of the image");
    }
    let outputs = each.saturating_mul(group);
    bias(rest, outputs)?;
    let window = Window::new(attributes, Some([tall, wide]))?;
    let extra = attributes.integers::<2>("output_padding", 0, 0..=64);
    let extra = extra.ok_or("expected an output_padding of two numbers from 0 to 64")?;
    let [high, broad] = window.grow([height, width], extra)?;
    let dims = result([outputs, high, broad])?;
    // What every pixel adds to each tap, and the bias of every pixel.
    let taps = times(window.taps(), &[outputs, height, width]);
    let products = times(window.taps(), &[each, channels, height, width]);
    let work = products.saturating_add(passes(taps, 2)).saturating_add(passes(dims.elements(), 2));
    let begun = if group == 1 { outputs.div_ceil(8) } else { outputs };
    let begun = times(BEGINNING, &window.strides).saturating_mul(begun as u64);
    let work = work.saturating_add(begun);
    Ok(Outcome { dims, work, scratch: taps.saturating_add(dims.elements()) })
}

fn pool(
    first: Dims,
    rest: &[Operand<'_>],
    attributes: &Attributes<'_>,
    own: &str,
) -> Result<Outcome, &'static str> {
    attributes.only(&[&WINDOW[..], &["ceil_mode", own]].concat())?;
    let [channels, height, width] = first.image()?;
    let window = Window::new(attributes, None)?;
    let default = |name| attributes.integer(name, 0) == 0;
    if !rest.is_empty() || !default("ceil_mode") || !default("storage_order") || !window.is_dense() {
        return Err("expected a pool without ceil_mode, storage_order and dilations");
    }
    let [high, broad] = window.shrink([height, width])?;
    Ok(Outcome::passes(result([channels, high, broad])?, window.taps().saturating_add(1)))
}

fn global_pool(
    first: Dims,
    rest: &[Operand<'_>],
    attributes: &Attributes<'_>,
) -> Result<Outcome, &'static str> {
    attributes.only(&[])?;
    let [channels, ..] = first.image()?;
    if !rest.is_empty() {
        return Err("expected one operand");
    }
    let dims = Dims::Image([channels, 1, 1]);
    Ok(Outcome { dims, work: passes(first.elements(), 1), scratch: 0 })
}

fn normalisation(
    first: Dims,
    rest: &[Operand<'_>],
    attributes: &Attributes<'_>,
) -> Result<Outcome, &'static str> {
    attributes.only(&["epsilon", "momentum", "training_mode"])?;
    let channels = match first {
        Dims::Image([channels, ..]) => channels,
        Dims::Flat(length) => length,
    };
    let vectors =
        rest.iter().all(|operand| matches!(operand, Operand::Constant(own) if own.dims == [channels]));
    if rest.len() != 4 || !vectors || attributes.integer("training_mode", 0) != 0 {
        return Err("expected constant scale, bias, mean and variance of one number for each channel");
    }
    Ok(Outcome::passes(first, 2))
}

fn resize(first: Dims, rest: &[Operand<'_>], attributes: &Attributes<'_>) -> Result<Outcome, &'static str> {
    attributes.only(&["coordinate_transformation_mode", "cubic_coeff_a", "mode", "nearest_mode"])?;
    let one_of = |name, default, known: &[&str]| {
        attributes.text(name, default).is_some_and(|found| known.contains(&found))
    };
    let places = ["half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"];
    let known = one_of("mode", "nearest", &["nearest", "linear"])
        && one_of("coordinate_transformation_mode", "half_pixel", &places)
        && one_of(
            "nearest_mode",
            "round_prefer_floor",
            &["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"],
        );
    if !known {
        return Err(
            "expected the mode nearest or linear, and coordinates by half_pixel, asymmetric or align_corners",
        );
    }
    let [channels, height, width] = first.image()?;
    const SCALES: &str =
        "expected constant scales 1, 1, and two whole numbers from 1 to 16, and no roi or sizes";
    let (Operand::Constant(scales), [Operand::Absent] | []) = (match rest {
        [Operand::Absent, scales, rest @ ..] => (*scales, rest),
        _ => return Err(SCALES),
    }) else {
        return Err(SCALES);
    };
    let whole = |scale: f32| (1.0..=MAX_ENLARGEMENT).contains(&scale) && scale.fract() == 0.0;
    match scales.values.as_deref() {
        Some([1.0, 1.0, down, right]) if whole(*down) && whole(*right) => {
            let dims = result([channels, height * *down as usize, width * *right as usize])?;
            Ok(Outcome { scratch: dims.elements(), ..Outcome::passes(dims, 6) })
        }
        _ => Err(SCALES),
    }
}

fn concatenation(operands: &[Operand<'_>], attributes: &Attributes<'_>) -> Result<Outcome, &'static str> {
    attributes.only(&["axis"])?;
    if attributes.integer("axis", 0) != 1 {
        return Err("expected a concatenation of channels, axis 1");
    }
    let mut total: Option<Dims> = None;
    for operand in operands {
        let next = match (total, operand) {
            (None, Operand::Computed(first)) => *first,
            (Some(Dims::Image([all, tall, wide])), Operand::Computed(Dims::Image([own, high, broad])))
                if tall == *high && wide == *broad =>
            {
                result([all.saturating_add(*own), tall, wide])?
            }
            (Some(Dims::Flat(all)), Operand::Computed(Dims::Flat(own))) => flat(all.saturating_add(*own))?,
            _ => return Err("expected operands of one height and width that depend on the input"),
        };
        total = Some(next);
    }
    total.map(|dims| Outcome::passes(dims, 1)).ok_or("expected operands")
}

fn flatten(first: Dims, rest: &[Operand<'_>], attributes: &Attributes<'_>) -> Result<Outcome, &'static str> {
    attributes.only(&["axis"])?;
    if !rest.is_empty() || attributes.integer("axis", 1) != 1 {
        return Err("expected one operand and axis 1");
    }
    let length = usize::try_from(first.elements()).unwrap_or(usize::MAX);
    Ok(Outcome::passes(flat(length)?, 1))
}

fn product(
    operator: &str,
    first: Dims,
    rest: &[Operand<'_>],
    attributes: &Attributes<'_>,
) -> Result<Outcome, &'static str> {
    attributes.only(if operator == GEMM { &["alpha", "beta", "transA", "transB"] } else { &[] })?;
    let (Dims::Flat(inputs), [Operand::Constant(weights), rest @ ..]) = (first, rest) else {
        return Err("expected a flat first operand and constant weights of two dimensions as the second");
    };
    let transposed = attributes.integer("transB", 0) != 0;
    let (own, outputs) = match weights.dims.as_slice() {
        [own, outputs] if !transposed => (*own, *outputs),
        [outputs, own] => (*own, *outputs),
        _ => return Err("expected constant weights of two dimensions as the second operand"),
    };
    let added = match rest {
        [] | [Operand::Absent] => true,
        [Operand::Constant(bias)] if operator == GEMM => {
            matches!(bias.dims.as_slice(), [] | [1] | [1, 1])
                || bias.dims == [outputs]
                || bias.dims == [1, outputs]
        }
        _ => false,
    };
    if own != inputs || !added || attributes.integer("transA", 0) != 0 {
        return Err(
            "expected weights for the numbers of the first operand, a constant bias of one row, and no transA",
        );
    }
    let dims = flat(outputs)?;
    let work = times(1, &[inputs, outputs]).saturating_add(passes(dims.elements(), 1));
    Ok(Outcome { dims, work, scratch: 0 })
}

/// Arithmetic of two operands: of one shape, or with one that is repeated along sides of length 1. The result has the shape of the
/// first.
fn elementwise(operator: &str, first: Dims, rest: &[Operand<'_>]) -> Result<Outcome, &'static str> {
    const SHAPES: &str =
        "expected operands of one shape, or a second one with sides of 1 in place of those of the first";
    let fits = match (first, rest) {
        (_, [Operand::Computed(second)]) if first == *second => true,
        (Dims::Image([channels, ..]), [Operand::Computed(Dims::Image([own, 1, 1]))]) => *own == channels,
        (Dims::Image(dims), [Operand::Constant(constant)]) => {
            is_repeated(&constant.dims, &[1, dims[0], dims[1], dims[2]])
        }
        (Dims::Flat(length), [Operand::Constant(constant)]) => is_repeated(&constant.dims, &[1, length]),
        _ => false,
    };
    if !fits {
        return Err(SHAPES);
    }
    Ok(Outcome {
        dims: first,
        work: first.elements().saturating_mul(work::per_element(operator)),
        scratch: 0,
    })
}

/// Whether a shape, with sides of 1 in front of it, has sides of 1 or those of the other.
fn is_repeated(own: &[usize], other: &[usize]) -> bool {
    own.len() <= other.len()
        && own.iter().rev().zip(other.iter().rev()).all(|(own, other)| *own == 1 || own == other)
}

fn passes(elements: u64, passes: u64) -> u64 {
    elements.saturating_mul(passes).saturating_mul(PASS)
}

fn result(dims: [usize; 3]) -> Result<Dims, &'static str> {
    let [channels, height, width] = dims;
    let side = |side: usize| (1..=MAX_SIDE as usize).contains(&side);
    if (1..=MAX_CHANNELS).contains(&channels) && side(height) && side(width) {
        Ok(Dims::Image(dims))
    } else {
        Err("expected a result of 1 to 8192 channels and 1 to 4096 pixels a side")
    }
}

fn flat(length: usize) -> Result<Dims, &'static str> {
    // Weights of a longer one would not fit the file.
    if (1..=1 << 20).contains(&length) {
        Ok(Dims::Flat(length))
    } else {
        Err("expected at most 1048576 numbers")
    }
}
