//! Pools, and changes of an image's size.

use super::passes::copy;
use super::place::Place;
use super::tensors::{TensorId, Tensors};

/// A window that moves over an image, and how many pixels it may reach over the edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pool {
    pub(super) taps: [usize; 2],
    pub(super) strides: [usize; 2],
    /// Before the first row and column.
    pub(super) before: [usize; 2],
    pub(super) kind: PoolKind,
}

/// What is made of the pixels of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PoolKind {
    Largest,
    /// The mean of those in the image, or of the whole window with zeros beside the image.
    Mean {
        whole: bool,
    },
}

impl Pool {
    pub(super) fn run(&self, input: TensorId, tensors: &Tensors<'_>, (place, output): (&Place, &mut [f32])) {
        let (from, values) = tensors.get(input);
        let channels = place.dims.channels;
        for item in 0..tensors.items {
            for y in 0..place.dims.height {
                let rows = self.inside(0, y, from.dims.height);
                for x in 0..place.dims.width {
                    let columns = self.inside(1, x, from.dims.width);
                    let start = place.first() + item * place.item() + y * place.row() + x * channels;
                    let result = &mut output[start..][..channels];
                    let line = from.first() + item * from.item();
                    let first = line + rows.start * from.row() + columns.start * channels;
                    let seen = Seen {
                        values: &values[first..],
                        size: [rows.len(), columns.len()],
                        row: from.row(),
                        channels,
                    };
                    let (eights, rest) = result.as_chunks_mut::<8>();
                    let eights_end = eights.len() * 8;
                    for (at, result) in eights.iter_mut().enumerate() {
                        *result = self.pooled(&seen, at * 8);
                    }
                    for (at, result) in rest.iter_mut().enumerate() {
                        [*result] = self.pooled(&seen, eights_end + at);
                    }
                }
            }
        }
    }

    /// Some channels of one result.
    #[inline(always)]
    fn pooled<const L: usize>(&self, seen: &Seen<'_>, channel: usize) -> [f32; L] {
        let mean = self.kind != PoolKind::Largest;
        let [height, width] = seen.size;
        let mut pool = [if mean { 0.0 } else { f32::NEG_INFINITY }; L];
        for row in 0..height {
            for column in 0..width {
                let at = row * seen.row + column * seen.channels + channel;
                let Some(values) = seen.values[at..].first_chunk::<L>() else { continue };
                for (pool, value) in pool.iter_mut().zip(values) {
                    *pool = match mean {
                        true => *pool + *value,
                        false if *value > *pool => *value,
                        false => *pool,
                    };
                }
            }
        }
        if let PoolKind::Mean { whole } = self.kind {
            let count = if whole { self.taps[0] * self.taps[1] } else { height * width };
            pool = pool.map(|sum| sum / count as f32);
        }
        pool
    }

    /// Pixels of a side that a window sees.
    fn inside(&self, side: usize, at: usize, length: usize) -> std::ops::Range<usize> {
        let start = at * self.strides[side];
        let end = (start + self.taps[side]).saturating_sub(self.before[side]).min(length);
        start.saturating_sub(self.before[side]).min(end)..end
    }
}

/// The pixels that a window sees.
struct Seen<'a> {
    /// From the first of them.
    values: &'a [f32],
    /// Rows and columns.
    size: [usize; 2],
    /// Numbers from one row to the next, and from one pixel to the next.
    row: usize,
    channels: usize,
}

/// The mean of each channel: of each row, and then of their sums, so that large images lose no precision.
pub(super) fn means(input: TensorId, tensors: &Tensors<'_>, (place, output): (&Place, &mut [f32])) {
    let (from, values) = tensors.get(input);
    let channels = place.dims.channels;
    let mut line = vec![0.0; channels];
    for item in 0..tensors.items {
        let result = &mut output[place.first() + item * place.item()..][..channels];
        result.fill(0.0);
        for y in 0..from.dims.height {
            let start = from.first() + item * from.item() + y * from.row();
            line.fill(0.0);
            for pixel in values[start..][..from.line()].chunks_exact(channels) {
                for (sum, value) in line.iter_mut().zip(pixel) {
                    *sum += *value;
                }
            }
            for (result, sum) in result.iter_mut().zip(&line) {
                *result += *sum;
            }
        }
        for value in result {
            *value /= from.dims.pixels() as f32;
        }
    }
}

/// Where a pixel of a resized side comes from: between two pixels, so far from the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Between {
    pub(super) first: usize,
    pub(super) second: usize,
    pub(super) share: f32,
}

/// Rows and columns of a larger image.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Resize {
    pub(super) rows: Vec<Between>,
    pub(super) columns: Vec<Between>,
    /// Whether pixels are mixed; otherwise the first of each two is copied.
    pub(super) linear: bool,
}

impl Resize {
    pub(super) fn run(&self, input: TensorId, tensors: &Tensors<'_>, (place, output): (&Place, &mut [f32])) {
        let (from, values) = tensors.get(input);
        let channels = place.dims.channels;
        for item in 0..tensors.items {
            let line = |row: usize| from.first() + item * from.item() + row * from.row();
            for (y, down) in self.rows.iter().enumerate() {
                let start = place.first() + item * place.item() + y * place.row();
                let results = output[start..][..place.line()].chunks_exact_mut(channels);
                let pixel = |row: usize, column: usize| &values[line(row) + column * channels..][..channels];
                for (result, right) in results.zip(&self.columns) {
                    if self.linear {
                        let corners = [
                            pixel(down.first, right.first),
                            pixel(down.first, right.second),
                            pixel(down.second, right.first),
                            pixel(down.second, right.second),
                        ];
                        mix(corners, [down.share, right.share], result);
                    } else {
                        copy(pixel(down.first, right.first), result);
                    }
                }
            }
        }
    }
}

/// Mixes four pixels: columns first.
#[inline(always)]
fn mix([a, b, c, d]: [&[f32]; 4], [down, right]: [f32; 2], result: &mut [f32]) {
    for ((((result, a), b), c), d) in result.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        let upper = a * (1.0 - right) + b * right;
        let lower = c * (1.0 - right) + d * right;
        *result = upper * (1.0 - down) + lower * down;
    }
}
