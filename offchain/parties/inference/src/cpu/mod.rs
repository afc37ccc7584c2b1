//! Runs a checked graph on the processor.
//!
//! Pixels lie with their channels side by side ([`place`]), and weights so that a few outputs are computed at once ([`kernel`],
//! [`product`]). Each number of a result is computed by itself and in one order, so that it has the same bits whatever else is in
//! the request, and on all processors with fused multiply-add. Whatever follows a sum (a normalisation, a residual, a
//! rectification) is done before it is written ([`build`]).

mod build;
mod functions;
mod kernel;
mod passes;
mod place;
mod product;
mod tensors;
mod windows;

use std::sync::Mutex;

use functions::Function;
use passes::{Arithmetic, Side, by_channel, from_channels};
use place::Place;
use product::Product;
use tensors::{TensorId, Tensors};
use windows::{Pool, Resize};

/// Most numbers of the buffers that are kept from one request to the next: 16 MiB.
const KEPT: usize = 1 << 22;

/// What is computed, and where it goes.
#[derive(Debug)]
struct Step {
    output: TensorId,
    operation: Operation,
}

#[derive(Debug)]
enum Operation {
    Product(Product),
    Arithmetic(Arithmetic, [Side; 2]),
    Function(Function, TensorId),
    Scaled { input: TensorId, scale: Vec<f32>, shift: Vec<f32> },
    Pool(Pool, TensorId),
    Means(TensorId),
    Resize(Resize, TensorId),
    Concatenated(Vec<TensorId>),
    Flattened(TensorId),
}

/// A buffer for each tensor.
type Buffers = Vec<Vec<f32>>;

/// A graph that is ready to run.
#[derive(Debug)]
pub(crate) struct Program {
    places: Vec<Place>,
    steps: Vec<Step>,
    input: TensorId,
    output: TensorId,
    /// Rows or images that are computed at once, at most.
    items: usize,
    /// Buffers of the last request.
    kept: Mutex<Option<Buffers>>,
}

impl Program {
    /// Appends the results of rows or images of these values, at most so many as the program was built for.
    pub(crate) fn run(&self, values: &[f32], results: &mut Vec<f32>) {
        let taken = self.kept.lock().ok().and_then(|mut kept| kept.take());
        let mut buffers = taken.unwrap_or_else(|| self.buffers());
        self.run_in(&mut buffers, values, results);
        if self.numbers() <= KEPT
            && let Ok(mut kept) = self.kept.lock()
        {
            *kept = Some(buffers);
        }
    }

    fn run_in(&self, buffers: &mut Buffers, values: &[f32], results: &mut Vec<f32>) {
        let place = &self.places[self.input.0];
        let each = place.dims.pixels() * place.dims.channels;
        let items = (values.len() / each).min(self.items);
        let input = &mut buffers[self.input.0];
        if place.is_plain() {
            input[..items * each].copy_from_slice(&values[..items * each]);
        } else {
            for (item, values) in values.chunks_exact(each).take(items).enumerate() {
                from_channels(place, values, item, input);
            }
        }
        for step in &self.steps {
            let TensorId(at) = step.output;
            let mut output = std::mem::take(&mut buffers[at]);
            let tensors = Tensors { items, places: &self.places, buffers };
            step.run(&tensors, (&self.places[at], &mut output));
            buffers[at] = output;
        }
        let place = &self.places[self.output.0];
        let each = place.dims.pixels() * place.dims.channels;
        let output = &buffers[self.output.0];
        if place.is_plain() {
            return results.extend_from_slice(&output[..items * each]);
        }
        let before = results.len();
        results.resize(before + items * each, 0.0);
        for (item, result) in results[before..].chunks_exact_mut(each).enumerate() {
            by_channel(place, output, item, result);
        }
    }

    fn buffers(&self) -> Buffers {
        self.places.iter().map(|place| vec![0.0; place.item() * self.items]).collect()
    }

    fn numbers(&self) -> usize {
        self.places.iter().map(|place| place.item() * self.items).sum()
    }
}

impl Step {
    fn run(&self, tensors: &Tensors<'_>, output: (&Place, &mut [f32])) {
        match &self.operation {
            Operation::Product(product) => product.run(tensors, output),
            Operation::Arithmetic(operator, [left, right]) => {
                passes::arithmetic(*operator, [left, right], tensors, output);
            }
            Operation::Function(function, input) => passes::function(*function, *input, tensors, output),
            Operation::Scaled { input, scale, shift } => {
                passes::scaled([scale, shift], *input, tensors, output);
            }
            Operation::Pool(pool, input) => pool.run(*input, tensors, output),
            Operation::Means(input) => windows::means(*input, tensors, output),
            Operation::Resize(resize, input) => resize.run(*input, tensors, output),
            Operation::Concatenated(parts) => passes::concatenated(parts, tensors, output),
            Operation::Flattened(input) => passes::flattened(*input, tensors, output),
        }
    }
}

#[cfg(test)]
mod tests;
