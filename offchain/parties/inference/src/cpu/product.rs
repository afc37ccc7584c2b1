//! Convolutions, transposed convolutions and dense layers: sums of products of pixels and weights.

use super::kernel::{Grid, Lanes, Level, Sweep, channelwise};
use super::place::{Border, Place};
use super::tensors::{TensorId, Tensors};

/// Pixels of the result that read their input in one way. A convolution has one phase; a transposed one has as many as its stride
/// has steps, since its taps meet only every so many pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phase {
    /// Rows and columns of these pixels.
    pub(super) size: [usize; 2],
    /// The first of them in the result, and from one to the next.
    pub(super) start: [usize; 2],
    pub(super) step: [usize; 2],
    /// Where the first of them begins to read, which may be before the image, and from one to the next.
    pub(super) origin: [isize; 2],
    pub(super) stride: [usize; 2],
    /// Taps by their distance from there, and which weights each has.
    pub(super) taps: Vec<([isize; 2], usize)>,
}

impl Phase {
    /// Pixels beside an image that are read.
    pub(super) fn border(&self, [height, width]: [usize; 2]) -> Border {
        let reach = |side: usize, length: usize| {
            let mut reach = [0, 0];
            for (tap, _) in &self.taps {
                let first = self.origin[side] + tap[side];
                let last = first + (self.size[side].saturating_sub(1) * self.stride[side]) as isize;
                let beyond = last - length as isize + 1;
                reach = [reach[0].max(-first), reach[1].max(beyond)];
            }
            reach.map(isize::unsigned_abs)
        };
        let ([top, bottom], [left, right]) = (reach(0, height), reach(1, width));
        Border { top, left, bottom, right }
    }
}

/// Some outputs of a group, computed at once.
#[derive(Debug, Clone, PartialEq)]
struct Block {
    lanes: Lanes,
    /// First channel that is read, and first one that is written.
    read: usize,
    write: usize,
    kept: usize,
    bias: Vec<f32>,
    /// Of each tap and channel, one weight for each lane; phase by phase.
    weights: Vec<f32>,
}

/// Weights by output, channel within its group, and tap.
pub(super) struct Weights<'a> {
    pub(super) groups: usize,
    /// Outputs of a group.
    pub(super) outputs: usize,
    /// Channels that a group reads.
    pub(super) depth: usize,
    pub(super) bias: Vec<f32>,
    pub(super) of: &'a dyn Fn(usize, usize, usize) -> f32,
}

/// The sums of all outputs, and what is done with them before they are written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Product {
    pub(super) input: TensorId,
    /// What is added to the sums.
    pub(super) residual: Option<TensorId>,
    /// Whether less than zero becomes zero.
    pub(super) rectified: bool,
    /// Whether that is before the residual is added.
    pub(super) added_last: bool,
    depth: usize,
    phases: Vec<Phase>,
    blocks: Vec<Block>,
    /// Whether each channel is by itself: the blocks are one, with a lane for each.
    channelwise: bool,
    level: Level,
}

impl Product {
    pub(super) fn new(input: TensorId, phases: Vec<Phase>, weights: &Weights<'_>) -> Self {
        Self::at(Level::here(), input, phases, weights)
    }

    fn at(level: Level, input: TensorId, phases: Vec<Phase>, weights: &Weights<'_>) -> Self {
        let Weights { groups, outputs, depth, bias, of } = weights;
        let (groups, outputs, depth) = (*groups, *outputs, *depth);
        let channelwise = groups > 1 && outputs == 1 && depth == 1;
        let pack = |first: usize, kept: usize, lanes: usize| {
            let taps = phases.iter().flat_map(|phase| &phase.taps);
            let each = taps.flat_map(|(_, tap)| (0..depth).map(move |channel| (channel, *tap)));
            each.flat_map(|(channel, tap)| {
                (0..lanes).map(move |lane| if lane < kept { of(first + lane, channel, tap) } else { 0.0 })
            })
            .collect()
        };
        let mut blocks = Vec::new();
        if channelwise {
            let weights = pack(0, groups, groups);
            let bias = bias.clone();
            blocks.push(Block { lanes: Lanes::One, read: 0, write: 0, kept: groups, bias, weights });
        }
        for group in if channelwise { 0..0 } else { 0..groups } {
            let mut done = 0;
            while done < outputs {
                let lanes = level.lanes(outputs - done);
                let kept = lanes.count().min(outputs - done);
                let first = group * outputs + done;
                let mut own: Vec<f32> = bias.iter().skip(first).take(kept).copied().collect();
                own.resize(lanes.count(), 0.0);
                let weights = pack(first, kept, lanes.count());
                blocks.push(Block { lanes, read: group * depth, write: first, kept, bias: own, weights });
                done += kept;
            }
        }
        let (residual, rectified, added_last) = (None, false, false);
        Self { input, residual, rectified, added_last, depth, phases, blocks, channelwise, level }
    }

    /// Multiplies each output and adds to it, in weights and bias.
    pub(super) fn scale(&mut self, scale: &[f32], shift: &[f32]) {
        for block in &mut self.blocks {
            let lanes = if self.channelwise { block.kept } else { block.lanes.count() };
            let outputs = || scale[block.write..][..block.kept].iter();
            for weights in block.weights.chunks_exact_mut(lanes) {
                weights.iter_mut().zip(outputs()).for_each(|(weight, scale)| *weight *= scale);
            }
            for ((bias, scale), shift) in block.bias.iter_mut().zip(outputs()).zip(&shift[block.write..]) {
                *bias = *bias * scale + shift;
            }
        }
    }

    pub(super) fn run(&self, tensors: &Tensors<'_>, (place, output): (&Place, &mut [f32])) {
        let (from, input) = tensors.get(self.input);
        let residual = self.residual.map(|id| tensors.get(id));
        let mut before = 0;
        for phase in &self.phases {
            let (read, taps) = read(phase, from);
            let size = [tensors.items, phase.size[0], phase.size[1]];
            let written = |place: &Place| written(phase, place);
            for block in &self.blocks {
                let shifted = |grid: Grid, by: usize| Grid { start: grid.start + by, ..grid };
                let lanes = if self.channelwise { block.kept } else { block.lanes.count() };
                let each = self.depth * lanes;
                let weights = &block.weights[before * each..][..phase.taps.len() * each];
                let sweep = Sweep {
                    size,
                    input,
                    read: shifted(read, block.read),
                    taps: &taps,
                    depth: self.depth,
                    weights,
                    bias: &block.bias,
                    kept: block.kept,
                    write: shifted(written(place), block.write),
                    residual: residual.map(|(place, values)| (values, shifted(written(place), block.write))),
                    rectified: self.rectified,
                    added_last: self.added_last,
                };
                if self.channelwise {
                    self.each_channel(&sweep, output);
                } else {
                    rows_as_pixels(sweep).run(self.level, block.lanes, output);
                }
            }
            before += phase.taps.len();
        }
    }

    fn each_channel(&self, sweep: &Sweep<'_>, output: &mut [f32]) {
        let [items, height, width] = sweep.size;
        for item in 0..items {
            for y in 0..height {
                for x in 0..width {
                    let place = [item, y, x];
                    let sums = &mut output[sweep.write.at(place)..][..sweep.kept];
                    sums.copy_from_slice(sweep.bias);
                    let input = &sweep.input[sweep.read.at(place)..];
                    channelwise(self.level, input, sweep.taps, sweep.weights, sums);
                    let rectify = |sums: &mut [f32]| {
                        sums.iter_mut().for_each(|sum| *sum = if *sum < 0.0 { 0.0 } else { *sum });
                    };
                    if sweep.rectified && sweep.added_last {
                        rectify(sums);
                    }
                    if let Some((residual, grid)) = sweep.residual {
                        let added = &residual[grid.at(place)..];
                        sums.iter_mut().zip(added).for_each(|(sum, added)| *sum += added);
                    }
                    if sweep.rectified && !sweep.added_last {
                        rectify(sums);
                    }
                }
            }
        }
    }

    pub(super) fn border(&self, size: [usize; 2]) -> Border {
        self.phases.iter().fold(Border::default(), |border, phase| border.or(phase.border(size)))
    }
}

/// Where a phase reads, and its taps from there.
fn read(phase: &Phase, from: &Place) -> (Grid, Vec<usize>) {
    let (row, pixel) = (from.row() as isize, from.dims.channels as isize);
    let distance = |[y, x]: [isize; 2]| y * row + x * pixel;
    let nearest = phase.taps.iter().map(|(tap, _)| distance(*tap)).min().unwrap_or(0);
    // The border is as wide as windows reach, so that neither is negative.
    let taps = phase.taps.iter().map(|(tap, _)| (distance(*tap) - nearest).unsigned_abs()).collect();
    let start = from.first() as isize + distance(phase.origin) + nearest;
    let grid = Grid {
        start: start.unsigned_abs(),
        item: from.item(),
        row: phase.stride[0] * from.row(),
        pixel: phase.stride[1] * from.dims.channels,
    };
    (grid, taps)
}

fn written(phase: &Phase, place: &Place) -> Grid {
    let (row, pixel) = (place.row(), place.dims.channels);
    Grid {
        start: place.first() + phase.start[0] * row + phase.start[1] * pixel,
        item: place.item(),
        row: phase.step[0] * row,
        pixel: phase.step[1] * pixel,
    }
}

/// Items of one pixel each are worked on side by side.
fn rows_as_pixels(mut sweep: Sweep<'_>) -> Sweep<'_> {
    if let [items, 1, 1] = sweep.size {
        sweep.size = [1, 1, items];
        let along = |grid: &mut Grid| grid.pixel = grid.item;
        along(&mut sweep.read);
        along(&mut sweep.write);
        if let Some((_, grid)) = &mut sweep.residual {
            along(grid);
        }
    }
    sweep
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::place::Dims;

    /// A convolution of 3 x 3 pixels over 5 channels, of so many groups.
    fn convolved(level: Level, groups: usize, outputs: usize) -> Vec<f32> {
        let (side, depth) = (7, 5);
        let taps = (0..9).map(|tap| ([tap as isize / 3, tap as isize % 3], tap)).collect();
        let phase =
            Phase { size: [side; 2], start: [0; 2], step: [1; 2], origin: [-1; 2], stride: [1; 2], taps };
        let of = |output: usize, channel: usize, tap: usize| {
            ((output * 31 + channel * 17 + tap * 7) % 23) as f32 / 7.0 - 1.5
        };
        let all = groups * outputs;
        let bias = (0..all).map(|output| output as f32 / 3.0).collect();
        let product =
            Product::at(level, TensorId(0), vec![phase], &Weights { groups, outputs, depth, bias, of: &of });
        let mut from = Place::new(Dims { height: side, width: side, channels: groups * depth });
        from.border = product.border([side; 2]);
        let mut input = vec![0.0; 2 * from.item()];
        for (line, start) in from.lines(2).enumerate() {
            for (at, value) in input[start..][..from.line()].iter_mut().enumerate() {
                *value = ((line * 13 + at * 5) % 19) as f32 / 11.0 - 0.7;
            }
        }
        let place = Place::new(Dims { height: side, width: side, channels: all });
        let mut output = vec![0.0; 2 * place.item()];
        product.run(&Tensors { items: 2, places: &[from], buffers: &[input] }, (&place, &mut output));
        output
    }

    #[test]
    fn the_bits_of_a_result_do_not_depend_on_how_wide_instructions_are() {
        for (groups, outputs) in [(1, 1), (1, 7), (1, 16), (1, 44), (2, 3), (3, 9)] {
            let found = convolved(Level::here(), groups, outputs);
            assert!(found.iter().any(|value| *value != 0.0));
            #[cfg(target_arch = "x86_64")]
            if Level::here() == Level::Widest {
                let wide = convolved(Level::Wide, groups, outputs);
                assert!(found.iter().zip(&wide).all(|(a, b)| a.to_bits() == b.to_bits()));
            }
            for (common, found) in convolved(Level::Common, groups, outputs).iter().zip(&found) {
                assert!((common - found).abs() < 1e-4, "{common} {found}");
            }
        }
    }
}
