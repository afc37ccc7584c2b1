//! Everything that goes once over the pixels of a tensor.

use super::functions::Function;
use super::place::Place;
use super::tensors::{TensorId, Tensors};

/// Arithmetic of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Sub,
    Mul,
    Div,
}

/// A number for each place of an item, or one that is repeated: steps of 0.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Repeated {
    pub(super) values: Vec<f32>,
    /// From one row, pixel and channel to the next.
    pub(super) steps: [usize; 3],
    /// How often the numbers for an item of one pixel are there, one behind the other: rows are short.
    pub(super) copies: usize,
}

/// What one side of arithmetic is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Side {
    Tensor(TensorId),
    Constant(Repeated),
}

/// A side, as numbers and the way through them.
struct Reader<'a> {
    values: &'a [f32],
    first: usize,
    item: usize,
    steps: [usize; 3],
}

impl Side {
    fn reader<'a>(&'a self, tensors: &'a Tensors<'_>) -> Reader<'a> {
        match self {
            Self::Constant(Repeated { values, steps, .. }) => {
                Reader { values, first: 0, item: 0, steps: *steps }
            }
            Self::Tensor(id) => {
                let (place, values) = tensors.get(*id);
                let dims = place.dims;
                let step = |side: usize, step: usize| if side == 1 { 0 } else { step };
                let steps =
                    [step(dims.height, place.row()), step(dims.width, dims.channels), step(dims.channels, 1)];
                Reader { values, first: place.first(), item: place.item(), steps }
            }
        }
    }
}

impl Reader<'_> {
    /// The numbers of a row or pixel that begins here: one for each, or one for all.
    fn some(&self, at: usize, length: usize, step: usize) -> &[f32] {
        &self.values[at..][..if step == 0 { 1 } else { length }]
    }
}

/// Arithmetic of each number of both sides, one of which has the shape of the result.
pub(super) fn arithmetic(
    operator: Arithmetic,
    [left, right]: [&Side; 2],
    tensors: &Tensors<'_>,
    (place, output): (&Place, &mut [f32]),
) {
    if let Some(rows) = at_once([left, right], tensors, place) {
        return several_rows(operator, [left, right], tensors, (place, output), rows);
    }
    let (left, right) = (left.reader(tensors), right.reader(tensors));
    let dims = place.dims;
    // A whole row at once where both go on evenly from pixel to pixel.
    let even = |reader: &Reader<'_>| {
        let [_, pixel, channel] = reader.steps;
        (pixel == 0 && channel == 0)
            || dims.width == 1
            || (pixel == dims.channels && channel == usize::from(dims.channels > 1))
    };
    let whole = even(&left) && even(&right);
    let (pieces, length) = if whole { (1, place.line()) } else { (dims.width, dims.channels) };
    // One number for all of a piece, or one for each.
    let step = |reader: &Reader<'_>| {
        let [_, pixel, channel] = reader.steps;
        if whole && dims.width > 1 { pixel + channel } else { channel }
    };
    let (left_step, right_step) = (step(&left), step(&right));
    for item in 0..tensors.items {
        for y in 0..dims.height {
            let start = place.first() + item * place.item() + y * place.row();
            let at = |reader: &Reader<'_>| reader.first + item * reader.item + y * reader.steps[0];
            let (left_at, right_at) = (at(&left), at(&right));
            for piece in 0..pieces {
                let pair = [
                    left.some(left_at + piece * left.steps[1], length, left_step),
                    right.some(right_at + piece * right.steps[1], length, right_step),
                ];
                let results = &mut output[start + piece * length..][..length];
                operator.pairs(pair, results);
            }
        }
    }
}

/// How many items of one pixel can be gone over at once; none where they can't.
fn at_once(sides: [&Side; 2], tensors: &Tensors<'_>, place: &Place) -> Option<usize> {
    let channels = place.dims.channels;
    let rows = |side: &Side| match side {
        Side::Constant(constant) => Some(constant.copies).filter(|copies| *copies > 1),
        Side::Tensor(id) => (tensors.get(*id).0 == place).then_some(tensors.items),
    };
    let plain = place.dims.pixels() == 1 && place.is_plain() && channels > 1;
    let [left, right] = sides.map(rows);
    if plain { Some(left?.min(right?).max(1)) } else { None }
}

/// Arithmetic of so many items at once.
fn several_rows(
    operator: Arithmetic,
    sides: [&Side; 2],
    tensors: &Tensors<'_>,
    (place, output): (&Place, &mut [f32]),
    rows: usize,
) {
    let channels = place.dims.channels;
    let piece = rows * channels;
    for (at, results) in output[..tensors.items * channels].chunks_mut(piece).enumerate() {
        let numbers = |side: &'_ Side| match side {
            Side::Constant(_) => 0,
            Side::Tensor(_) => at * piece,
        };
        let [left, right] = sides.map(|side| (side.reader(tensors).values, numbers(side)));
        let length = results.len();
        operator.pairs([&left.0[left.1..][..length], &right.0[right.1..][..length]], results);
    }
}

impl Arithmetic {
    fn pairs(self, pair: [&[f32]; 2], results: &mut [f32]) {
        match self {
            Self::Add => pairs(pair, results, |left, right| left + right),
            Self::Sub => pairs(pair, results, |left, right| left - right),
            Self::Mul => pairs(pair, results, |left, right| left * right),
            Self::Div => pairs(pair, results, |left, right| left / right),
        }
    }
}

#[inline(always)]
fn pairs([left, right]: [&[f32]; 2], results: &mut [f32], of: impl Fn(f32, f32) -> f32) {
    if let (&[left], true) = (left, results.len() != 1) {
        for (result, right) in results.iter_mut().zip(right) {
            *result = of(left, *right);
        }
    } else if let (&[right], true) = (right, results.len() != 1) {
        for (result, left) in results.iter_mut().zip(left) {
            *result = of(*left, right);
        }
    } else {
        for ((result, left), right) in results.iter_mut().zip(left).zip(right) {
            *result = of(*left, *right);
        }
    }
}

/// A function of each number.
pub(super) fn function(
    function: Function,
    input: TensorId,
    tensors: &Tensors<'_>,
    (place, output): (&Place, &mut [f32]),
) {
    let (from, values) = tensors.get(input);
    let length = place.line();
    if from == place && place.item() == place.dims.height * length {
        let all = tensors.items * place.item();
        function.apply(&values[..all], &mut output[..all]);
        return;
    }
    for (read, write) in from.lines(tensors.items).zip(place.lines(tensors.items)) {
        function.apply(&values[read..][..length], &mut output[write..][..length]);
    }
}

/// A multiple of each number and something added, for each channel.
pub(super) fn scaled(
    [scale, shift]: [&[f32]; 2],
    input: TensorId,
    tensors: &Tensors<'_>,
    (place, output): (&Place, &mut [f32]),
) {
    let (from, values) = tensors.get(input);
    let (length, channels) = (place.line(), place.dims.channels);
    for (read, write) in from.lines(tensors.items).zip(place.lines(tensors.items)) {
        let pixels = values[read..][..length].chunks_exact(channels);
        for (pixel, result) in pixels.zip(output[write..][..length].chunks_exact_mut(channels)) {
            for (((result, value), scale), shift) in result.iter_mut().zip(pixel).zip(scale).zip(shift) {
                *result = value * scale + shift;
            }
        }
    }
}

/// The channels of several tensors behind each other.
pub(super) fn concatenated(parts: &[TensorId], tensors: &Tensors<'_>, (place, output): (&Place, &mut [f32])) {
    let (length, channels) = (place.line(), place.dims.channels);
    let mut before = 0;
    for part in parts {
        let (from, values) = tensors.get(*part);
        let own = from.dims.channels;
        for (read, write) in from.lines(tensors.items).zip(place.lines(tensors.items)) {
            let pixels = values[read..][..from.line()].chunks_exact(own);
            for (pixel, result) in pixels.zip(output[write..][..length].chunks_exact_mut(channels)) {
                copy(pixel, &mut result[before..][..own]);
            }
        }
        before += own;
    }
}

/// Copies a few numbers: quicker than a call for so few.
#[inline(always)]
pub(super) fn copy(from: &[f32], to: &mut [f32]) {
    let (eights, rest) = from.as_chunks::<8>();
    let (to_eights, to_rest) = to.as_chunks_mut::<8>();
    for (from, to) in eights.iter().zip(to_eights) {
        *to = *from;
    }
    for (from, to) in rest.iter().zip(to_rest) {
        *to = *from;
    }
}

/// All numbers of an item in the order of the standard: channel by channel.
pub(super) fn flattened(input: TensorId, tensors: &Tensors<'_>, (place, output): (&Place, &mut [f32])) {
    let (from, values) = tensors.get(input);
    for item in 0..tensors.items {
        let target = &mut output[place.first() + item * place.item()..][..place.dims.channels];
        by_channel(from, values, item, target);
    }
}

/// Writes an item channel by channel, row by row.
pub(super) fn by_channel(from: &Place, values: &[f32], item: usize, target: &mut [f32]) {
    let dims = from.dims;
    for (channel, plane) in target.chunks_exact_mut(dims.pixels()).enumerate() {
        for (y, line) in plane.chunks_exact_mut(dims.width).enumerate() {
            let start = from.first() + item * from.item() + y * from.row();
            if dims.channels == 1 {
                line.copy_from_slice(&values[start..][..dims.width]);
                continue;
            }
            let pixels = values[start..][..from.line()].chunks_exact(dims.channels);
            for (value, pixel) in line.iter_mut().zip(pixels) {
                *value = pixel[channel];
            }
        }
    }
}

/// Reads an item that is written channel by channel, row by row.
pub(super) fn from_channels(place: &Place, values: &[f32], item: usize, output: &mut [f32]) {
    let dims = place.dims;
    for (channel, plane) in values.chunks_exact(dims.pixels()).enumerate() {
        for (y, line) in plane.chunks_exact(dims.width).enumerate() {
            let start = place.first() + item * place.item() + y * place.row();
            if dims.channels == 1 {
                output[start..][..dims.width].copy_from_slice(line);
                continue;
            }
            let pixels = output[start..][..place.line()].chunks_exact_mut(dims.channels);
            for (value, pixel) in line.iter().zip(pixels) {
                pixel[channel] = *value;
            }
        }
    }
}
