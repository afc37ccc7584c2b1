//! Operations on neighbouring pixels without weights.

use tract_onnx::pb::NodeProto;

use super::Builder;
use super::values::{Refused, Value};
use crate::cpu::Operation;
use crate::cpu::place::Dims;
use crate::cpu::windows::{Between, Pool, PoolKind, Resize};
use crate::inspect::attributes::Attributes;
use crate::inspect::window::Window;

impl<'a> Builder<'a> {
    pub(super) fn pool(
        &mut self,
        node: &'a NodeProto,
        attributes: &Attributes<'_>,
    ) -> Result<Value, Refused> {
        let (input, _) = self.computed(node, 0)?;
        let window = Window::new(attributes, None)?;
        let own = self.dims(input);
        let [height, width] = window.shrink([own.height, own.width])?;
        let kind = if node.op_type == "MaxPool" {
            PoolKind::Largest
        } else {
            PoolKind::Mean { whole: attributes.integer("count_include_pad", 0) != 0 }
        };
        let pool = Pool { taps: window.taps, strides: window.strides, before: window.before, kind };
        Ok(self.push(Dims { height, width, ..own }, false, Operation::Pool(pool, input)))
    }

    pub(super) fn resize(
        &mut self,
        node: &'a NodeProto,
        attributes: &Attributes<'_>,
    ) -> Result<Value, Refused> {
        const ATTRIBUTES: Refused = "expected attributes in UTF-8";
        let (input, _) = self.computed(node, 0)?;
        let scales = self.weights(node, 2)?;
        let &[_, _, down, right] = scales.values.as_slice() else { return Err("expected four scales") };
        let place = attributes.text("coordinate_transformation_mode", "half_pixel").ok_or(ATTRIBUTES)?;
        let nearest = attributes.text("nearest_mode", "round_prefer_floor").ok_or(ATTRIBUTES)?;
        let linear = attributes.text("mode", "nearest").ok_or(ATTRIBUTES)? == "linear";
        let own = self.dims(input);
        let axis = |length: usize, scale: f32| enlarged(length, scale as usize, linear, (place, nearest));
        let resize = Resize { rows: axis(own.height, down), columns: axis(own.width, right), linear };
        let dims = Dims { height: resize.rows.len(), width: resize.columns.len(), ..own };
        Ok(self.push(dims, false, Operation::Resize(resize, input)))
    }
}

/// Where the pixels of a side come from that is so many times as long, as the standard says for `Resize`.
fn enlarged(length: usize, scale: usize, linear: bool, (place, nearest): (&str, &str)) -> Vec<Between> {
    let (longer, last) = (length * scale, length - 1);
    let point = |at: usize| {
        let (at, scale) = (at as f64, scale as f64);
        let place = match place {
            "asymmetric" => at / scale,
            "align_corners" if longer == 1 => 0.0,
            "align_corners" => at * last as f64 / (longer - 1) as f64,
            "pytorch_half_pixel" if longer == 1 => 0.0,
            _ => (at + 0.5) / scale - 0.5,
        };
        let pixel = |at: f64| at.clamp(0.0, last as f64) as usize;
        if linear {
            let before = place.floor();
            return Between {
                first: pixel(before),
                second: pixel(before + 1.0),
                share: (place - before) as f32,
            };
        }
        let first = pixel(match nearest {
            "floor" => place.floor(),
            "ceil" => place.ceil(),
            "round_prefer_ceil" => (place + 0.5).floor(),
            _ => (place - 0.5).ceil(),
        });
        Between { first, second: first, share: 0.0 }
    };
    (0..longer).map(point).collect()
}
