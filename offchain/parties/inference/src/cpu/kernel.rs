//! The two loops in which a run spends its time, compiled for the instructions of this machine.
//!
//! Side by side are sums of different numbers; each sum is taken one product after the other. So the bits of a result do not depend
//! on how many numbers an instruction holds.
#![allow(unsafe_code)] // Calls functions for instructions that the machine was just asked for; nothing else here is unsafe.

/// Pixels that a loop works on at once.
pub(super) const PIXELS: usize = 8;

/// Instructions of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// Those that every machine of its kind has.
    Common,
    /// x86-64 with AVX2 and fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Wide,
    /// x86-64 with AVX-512.
    #[cfg(target_arch = "x86_64")]
    Widest,
}

/// Fused multiply-add is among the instructions of every 64-bit ARM processor.
const COMMON_FUSES: bool = cfg!(target_arch = "aarch64");

impl Level {
    pub(super) fn here() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")) {
                return Self::Common;
            }
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl") {
                Self::Widest
            } else {
                Self::Wide
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        Self::Common
    }

    /// How many outputs are computed at once where so many are left.
    pub(super) fn lanes(self, left: usize) -> Lanes {
        match left {
            0..4 => Lanes::One,
            #[cfg(target_arch = "x86_64")]
            32.. if self == Self::Widest => Lanes::ThirtyTwo,
            #[cfg(target_arch = "x86_64")]
            9.. if self == Self::Widest => Lanes::Sixteen,
            _ => Lanes::Eight,
        }
    }
}

/// Outputs that are computed at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lanes {
    One,
    Eight,
    #[cfg(target_arch = "x86_64")]
    Sixteen,
    #[cfg(target_arch = "x86_64")]
    ThirtyTwo,
}

impl Lanes {
    pub(super) const fn count(self) -> usize {
        match self {
            Self::One => 1,
            Self::Eight => 8,
            #[cfg(target_arch = "x86_64")]
            Self::Sixteen => 16,
            #[cfg(target_arch = "x86_64")]
            Self::ThirtyTwo => 32,
        }
    }
}

/// A grid of pixels in a buffer: where the first one is, and how far it is to the next item, row and pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) start: usize,
    pub(super) item: usize,
    pub(super) row: usize,
    pub(super) pixel: usize,
}

impl Grid {
    #[inline(always)]
    pub(super) fn at(&self, [item, y, x]: [usize; 3]) -> usize {
        self.start + item * self.item + y * self.row + x * self.pixel
    }
}

/// Some outputs of all pixels of a grid.
pub(super) struct Sweep<'a> {
    /// Items, rows, columns.
    pub(super) size: [usize; 3],
    pub(super) input: &'a [f32],
    pub(super) read: Grid,
    /// Where the taps of the window lie, from where its pixel is read.
    pub(super) taps: &'a [usize],
    /// Channels that each tap reads.
    pub(super) depth: usize,
    /// Of each tap and channel, one for each lane.
    pub(super) weights: &'a [f32],
    /// One for each lane: what a sum begins with.
    pub(super) bias: &'a [f32],
    /// Outputs that are kept, at most the lanes.
    pub(super) kept: usize,
    pub(super) write: Grid,
    /// What is added to a finished sum.
    pub(super) residual: Option<(&'a [f32], Grid)>,
    /// Whether less than zero becomes zero.
    pub(super) rectified: bool,
    /// Whether that is before the residual is added.
    pub(super) added_last: bool,
}

impl Sweep<'_> {
    pub(super) fn run(&self, level: Level, lanes: Lanes, output: &mut [f32]) {
        match (level, lanes) {
            (Level::Common, Lanes::One) => self.each::<1, COMMON_FUSES>(output),
            (Level::Common, _) => self.each::<8, COMMON_FUSES>(output),
            // SAFETY: `Level::here` has found these instructions.
            #[cfg(target_arch = "x86_64")]
            (_, Lanes::One) => unsafe { self.wide::<1>(output) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            (Level::Wide, _) => unsafe { self.wide::<8>(output) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            (Level::Widest, Lanes::Eight) => unsafe { self.widest::<8>(output) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            (Level::Widest, Lanes::Sixteen) => unsafe { self.widest::<16>(output) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            (Level::Widest, Lanes::ThirtyTwo) => unsafe { self.widest::<32>(output) },
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn wide<const L: usize>(&self, output: &mut [f32]) {
        self.each::<L, true>(output);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512vl,avx2,fma")]
    fn widest<const L: usize>(&self, output: &mut [f32]) {
        self.each::<L, true>(output);
    }

    /// Goes over the pixels, eight at a time. Where fewer are left, some are computed again.
    #[inline(always)]
    fn each<const L: usize, const FUSED: bool>(&self, output: &mut [f32]) {
        let weights = self.weights.as_chunks::<L>().0;
        let Some(bias) = self.bias.first_chunk::<L>() else { return };
        let [items, height, width] = self.size;
        // Eight pixels of a row, or of a few short rows.
        let [tall, wide] = if width >= PIXELS {
            [1, PIXELS]
        } else if PIXELS.is_multiple_of(width) && height >= PIXELS / width {
            [PIXELS / width, width]
        } else {
            return self.scattered::<L, FUSED>(weights, bias, output);
        };
        let from_first = |grid: &Grid| -> [usize; PIXELS] {
            std::array::from_fn(|at| at / wide * grid.row + at % wide * grid.pixel)
        };
        let (reads, writes) = (from_first(&self.read), from_first(&self.write));
        let adds = self.residual.map(|(values, grid)| (values, grid, from_first(&grid)));
        for item in 0..items {
            for y in (0..height).step_by(tall) {
                for x in (0..width).step_by(wide) {
                    let place = [item, y.min(height - tall), x.min(width - wide)];
                    let (read, write) = (self.read.at(place), self.write.at(place));
                    let sums = self.sums::<L, FUSED>(&reads.map(|at| read + at), weights, bias);
                    let added = adds.map_or(0, |(_, grid, _)| grid.at(place));
                    for (at, sum) in sums.iter().enumerate() {
                        let added = adds.map(|(values, _, adds)| (values, added + adds[at]));
                        self.finish(sum, added, write + writes[at], output);
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn scattered<const L: usize, const FUSED: bool>(
        &self,
        weights: &[[f32; L]],
        bias: &[f32; L],
        output: &mut [f32],
    ) {
        let [items, height, width] = self.size;
        let mut walk = Walk { size: self.size, at: [0; 3] };
        let mut left = items * height * width;
        while left > 0 {
            let here = left.min(PIXELS);
            left -= here;
            let mut places = [[0; 3]; PIXELS];
            for at in 0..PIXELS {
                places[at] = if at < here { walk.next() } else { places[here - 1] };
            }
            let sums = self.sums::<L, FUSED>(&places.map(|place| self.read.at(place)), weights, bias);
            for (sum, place) in sums.iter().zip(places).take(here) {
                let added = self.residual.map(|(values, grid)| (values, grid.at(place)));
                self.finish(sum, added, self.write.at(place), output);
            }
        }
    }

    /// The sums of eight pixels. Each is a variable of its own, which the compiler keeps in registers.
    #[inline(always)]
    fn sums<const L: usize, const FUSED: bool>(
        &self,
        pixels: &[usize; PIXELS],
        weights: &[[f32; L]],
        bias: &[f32; L],
    ) -> [Sum<L>; PIXELS] {
        let start = Sum(*bias);
        let (mut a, mut b, mut c, mut d) = (start, start, start, start);
        let (mut e, mut f, mut g, mut h) = (start, start, start, start);
        for (tap, weights) in self.taps.iter().zip(weights.chunks_exact(self.depth)) {
            let channels = |pixel: usize| &self.input[pixels[pixel] + tap..][..weights.len()];
            let (i, j, k, l) = (channels(0), channels(1), channels(2), channels(3));
            let (m, n, o, p) = (channels(4), channels(5), channels(6), channels(7));
            for at in 0..weights.len() {
                let weights = &weights[at];
                a = a.add::<FUSED>(i[at], weights);
                b = b.add::<FUSED>(j[at], weights);
                c = c.add::<FUSED>(k[at], weights);
                d = d.add::<FUSED>(l[at], weights);
                e = e.add::<FUSED>(m[at], weights);
                f = f.add::<FUSED>(n[at], weights);
                g = g.add::<FUSED>(o[at], weights);
                h = h.add::<FUSED>(p[at], weights);
            }
        }
        [a, b, c, d, e, f, g, h]
    }

    #[inline(always)]
    fn finish<const L: usize>(
        &self,
        sum: &Sum<L>,
        added: Option<(&[f32], usize)>,
        at: usize,
        output: &mut [f32],
    ) {
        let kept = &mut output[at..][..self.kept];
        let added = added.map(|(values, at)| &values[at..][..self.kept]);
        if let Some(whole) = kept.first_chunk_mut::<L>() {
            let added = added.and_then(|added| added.first_chunk::<L>());
            let none = [0.0; L];
            *whole = self.finished(&sum.0, added.unwrap_or(&none), added.is_some());
        } else {
            let mut padded = [0.0; L];
            for (padded, added) in padded.iter_mut().zip(added.unwrap_or_default()) {
                *padded = *added;
            }
            let sum = self.finished(&sum.0, &padded, added.is_some());
            for (kept, sum) in kept.iter_mut().zip(sum) {
                *kept = sum;
            }
        }
    }

    #[inline(always)]
    fn finished<const L: usize>(&self, sum: &[f32; L], added: &[f32; L], adds: bool) -> [f32; L] {
        // Keeps what is not a number.
        let rectified = |value: f32| if value < 0.0 { 0.0 } else { value };
        match (self.rectified, adds) {
            (false, false) => *sum,
            (true, false) => std::array::from_fn(|lane| rectified(sum[lane])),
            (false, true) => std::array::from_fn(|lane| sum[lane] + added[lane]),
            (true, true) if self.added_last => std::array::from_fn(|lane| rectified(sum[lane]) + added[lane]),
            (true, true) => std::array::from_fn(|lane| rectified(sum[lane] + added[lane])),
        }
    }
}

/// Goes over items, rows and columns.
struct Walk {
    size: [usize; 3],
    at: [usize; 3],
}

impl Walk {
    #[inline(always)]
    fn next(&mut self) -> [usize; 3] {
        let place = self.at;
        let [item, y, x] = &mut self.at;
        *x += 1;
        if *x == self.size[2] {
            *x = 0;
            *y += 1;
            if *y == self.size[1] {
                *y = 0;
                *item += 1;
            }
        }
        place
    }
}

/// One sum for each lane.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Sum<const L: usize>([f32; L]);

impl<const L: usize> Sum<L> {
    #[inline(always)]
    fn add<const FUSED: bool>(self, value: f32, weights: &[f32; L]) -> Self {
        Self(std::array::from_fn(|lane| {
            if FUSED {
                value.mul_add(weights[lane], self.0[lane])
            } else {
                value * weights[lane] + self.0[lane]
            }
        }))
    }
}

/// One pixel of a convolution in which each channel is by itself: adds to each of `sums` the products of its channel.
pub(super) fn channelwise(level: Level, input: &[f32], taps: &[usize], weights: &[f32], sums: &mut [f32]) {
    match level {
        Level::Common => channels::<COMMON_FUSES>(input, taps, weights, sums),
        // SAFETY: `Level::here` has found these instructions.
        #[cfg(target_arch = "x86_64")]
        Level::Wide | Level::Widest => unsafe { wide_channels(input, taps, weights, sums) },
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn wide_channels(input: &[f32], taps: &[usize], weights: &[f32], sums: &mut [f32]) {
    channels::<true>(input, taps, weights, sums);
}

#[inline(always)]
fn channels<const FUSED: bool>(input: &[f32], taps: &[usize], weights: &[f32], sums: &mut [f32]) {
    for (tap, weights) in taps.iter().zip(weights.chunks_exact(sums.len())) {
        let values = &input[*tap..][..sums.len()];
        for ((sum, value), weight) in sums.iter_mut().zip(values).zip(weights) {
            *sum = if FUSED { value.mul_add(*weight, *sum) } else { value * weight + *sum };
        }
    }
}
