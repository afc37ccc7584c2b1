//! The window of a convolution or a pool: where it moves, and what size its results have.

use super::attributes::Attributes;
use bithive_tensor::MAX_SIDE;

/// Most pixels of a window's side, of a step, of a distance between taps, and of padding.
const MAX_WINDOW: usize = 64;

/// Attributes of every window.
pub(super) const WINDOW: [&str; 5] = ["auto_pad", "dilations", "kernel_shape", "pads", "strides"];

/// A window in pixels: rows, then columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) taps: [usize; 2],
    pub(crate) strides: [usize; 2],
    pub(crate) dilations: [usize; 2],
    /// Before the first pixel of both sides.
    pub(crate) before: [usize; 2],
    /// The same, and behind the last pixel, together.
    padding: [usize; 2],
}

impl Window {
    /// The window that attributes say; of a convolution `weights` has it already.
    pub(crate) fn new(
        attributes: &Attributes<'_>,
        weights: Option<[usize; 2]>,
    ) -> Result<Self, &'static str> {
        const SIDES: &str = "expected kernel_shape, strides and dilations of two numbers from 1 to 64";
        if attributes.text("auto_pad", "NOTSET") != Some("NOTSET") {
            return Err("expected padding in the attribute `pads`; auto_pad is not supported");
        }
        let pair = |name, default| attributes.integers::<2>(name, default, 1..=MAX_WINDOW).ok_or(SIDES);
        let taps = match weights {
            Some(taps) if taps.iter().any(|side| *side > MAX_WINDOW) => return Err(SIDES),
            Some(taps) => taps,
            None => [0; 2],
        };
        let stated = attributes.integers::<2>("kernel_shape", 0, 1..=MAX_WINDOW).ok_or(SIDES)?;
        let taps = match (weights, stated) {
            (Some(_), [0, 0]) => taps,
            (None, [0, 0]) => return Err(SIDES),
            (Some(_), stated) if stated != taps => {
                return Err("expected a kernel_shape as that of its weights");
            }
            (_, stated) => stated,
        };
        let (strides, dilations) = (pair("strides", 1)?, pair("dilations", 1)?);
        let pads = attributes.integers::<4>("pads", 0, 0..=MAX_WINDOW);
        let [top, left, bottom, right] = pads.ok_or("expected pads of four numbers from 0 to 64")?;
        let window =
            Self { taps, strides, dilations, before: [top, left], padding: [top + bottom, left + right] };
        let [tall, wide] = window.extent();
        // A window that sees padding alone has nothing to take the largest of.
        if [top, bottom].iter().any(|pad| *pad >= tall) || [left, right].iter().any(|pad| *pad >= wide) {
            return Err("expected pads that are smaller than the window");
        }
        Ok(window)
    }

    /// Pixels from the first tap to the last one.
    fn extent(self) -> [usize; 2] {
        let side = |taps: usize, dilation: usize| dilation * (taps - 1) + 1;
        let ([tall, wide], [down, right]) = (self.taps, self.dilations);
        [side(tall, down), side(wide, right)]
    }

    /// Whether taps lie side by side.
    pub(super) fn is_dense(self) -> bool {
        self.dilations == [1, 1]
    }

    pub(super) fn taps(self) -> u64 {
        let [tall, wide] = self.taps;
        (tall * wide) as u64
    }

    /// Size of the result of a convolution or a pool.
    pub(crate) fn shrink(self, size: [usize; 2]) -> Result<[usize; 2], &'static str> {
        let extent = self.extent();
        let mut result = [0; 2];
        let sides = size.iter().zip(&self.padding).zip(extent.iter().zip(&self.strides));
        for (result, ((side, padding), (extent, stride))) in result.iter_mut().zip(sides) {
            let room = (side + padding).checked_sub(*extent);
            *result = room.ok_or("expected a window that fits the padded image")? / stride + 1;
        }
        Ok(result)
    }

    /// Size of the result of a transposed convolution. `extra` rows and columns are added behind the last ones.
    pub(crate) fn grow(self, size: [usize; 2], extra: [usize; 2]) -> Result<[usize; 2], &'static str> {
        if extra.iter().zip(&self.strides).any(|(extra, stride)| extra >= stride) {
            return Err("expected an output_padding that is smaller than the stride");
        }
        let extent = self.extent();
        let mut result = [0; 2];
        let sides = size.iter().zip(&self.padding).zip(extent.iter().zip(&self.strides)).zip(&extra);
        for (result, (((side, padding), (extent, stride)), extra)) in result.iter_mut().zip(sides) {
            // A side is at most 4096, everything else at most 64.
            let whole = (side - 1) * stride + extent + extra;
            let found = whole.checked_sub(*padding).filter(|found| (1..=MAX_SIDE as usize).contains(found));
            *result = found.ok_or("expected a result of 1 to 4096 pixels a side")?;
        }
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tract_onnx::pb::AttributeProto;

    fn ints(name: &str, ints: &[i64]) -> AttributeProto {
        AttributeProto { name: name.to_owned(), ints: ints.to_vec(), ..AttributeProto::default() }
    }

    fn window(attributes: &[AttributeProto]) -> Result<Window, &'static str> {
        Window::new(&Attributes(attributes), None)
    }

    #[test]
    fn sizes_are_those_of_the_standard() {
        let three = [ints("kernel_shape", &[3, 3]), ints("pads", &[1, 1, 1, 1])];
        assert_eq!(window(&three).unwrap().shrink([8, 5]), Ok([8, 5]));
        let pool = [ints("kernel_shape", &[2, 3]), ints("strides", &[2, 2])];
        assert_eq!(window(&pool).unwrap().shrink([8, 8]), Ok([4, 3]));
        let spread = [ints("kernel_shape", &[3, 3]), ints("dilations", &[2, 4])];
        assert_eq!(window(&spread).unwrap().shrink([9, 9]), Ok([5, 1]));
        assert!(window(&spread).unwrap().shrink([9, 8]).is_err());
        let up = [ints("kernel_shape", &[3, 3]), ints("strides", &[2, 2]), ints("pads", &[1, 1, 1, 1])];
        assert_eq!(window(&up).unwrap().grow([4, 4], [1, 0]), Ok([8, 7]));
        assert!(window(&up).unwrap().grow([4, 4], [2, 0]).is_err());
        assert!(window(&up).unwrap().grow([4_096, 4], [0, 0]).is_err());
    }

    #[test]
    fn attributes_out_of_range_are_refused() {
        let kernel = ints("kernel_shape", &[3, 3]);
        for bad in [
            vec![],
            vec![ints("kernel_shape", &[3])],
            vec![ints("kernel_shape", &[0, 3])],
            vec![ints("kernel_shape", &[65, 3])],
            vec![kernel.clone(), ints("strides", &[0, 1])],
            vec![kernel.clone(), ints("strides", &[i64::MAX, 1])],
            vec![kernel.clone(), ints("dilations", &[-1, 1])],
            vec![kernel.clone(), ints("pads", &[1, 1])],
            vec![kernel.clone(), ints("pads", &[3, 0, 0, 0])],
            vec![kernel.clone(), ints("pads", &[0, 0, 0, -1])],
        ] {
            assert!(window(&bad).is_err(), "{bad:?}");
        }
        let auto =
            AttributeProto { name: "auto_pad".to_owned(), s: b"SAME_UPPER".to_vec(), ..Default::default() };
        assert!(window(&[kernel, auto]).unwrap_err().contains("auto_pad"));
    }
}
