//! Operations on each number by itself, and what of them becomes a part of the product before.

use tract_onnx::pb::NodeProto;

use super::Builder;
use super::values::{Refused, Value};
use crate::cpu::Operation;
use crate::cpu::functions::Function;
use crate::cpu::passes::{Arithmetic, Side};
use crate::cpu::place::Dims;
use crate::inspect::attributes::Attributes;

impl<'a> Builder<'a> {
    pub(super) fn function(
        &mut self,
        node: &'a NodeProto,
        attributes: &Attributes<'_>,
    ) -> Result<Value, Refused> {
        let (input, flat) = self.computed(node, 0)?;
        let bound = |at, name, default| match self.operand(node, at) {
            Some(Value::Constant(constant)) => constant.values.first().copied().ok_or("expected a number"),
            Some(Value::Computed { .. }) => Err("expected constant bounds"),
            None => Ok(attributes.float(name, default)),
        };
        let function = match node.op_type.as_str() {
            "Clip" => Function::Clip([bound(1, "min", f32::MIN)?, bound(2, "max", f32::MAX)?]),
            "Elu" => Function::Elu(attributes.float("alpha", 1.0)),
            "LeakyRelu" => Function::LeakyRelu(attributes.float("alpha", 0.01)),
            "Neg" => Function::Neg,
            "Relu" => Function::Relu,
            "Sigmoid" => Function::Sigmoid,
            "Softplus" => Function::Softplus,
            "Tanh" => Function::Tanh,
            _ => return Err("it is not supported on the CPU"),
        };
        if function == Function::Relu
            && let Some((id, product)) = self.product_before(node, 0)
            && !product.rectified
        {
            product.rectified = true;
            self.last = node.output.first().map(String::as_str);
            return Ok(Value::Computed { id, flat });
        }
        let dims = self.dims(input);
        Ok(self.push(dims, flat, Operation::Function(function, input)))
    }

    pub(super) fn arithmetic(&mut self, node: &'a NodeProto, operator: Arithmetic) -> Result<Value, Refused> {
        if operator == Arithmetic::Add
            && let Some(value) = self.residual(node)
        {
            return Ok(value);
        }
        let flat =
            (0..2).any(|at| matches!(self.operand(node, at), Some(Value::Computed { flat: true, .. })));
        let side = |at| match self.operand(node, at) {
            Some(Value::Computed { id, .. }) => Ok((Side::Tensor(*id), self.dims(*id))),
            Some(Value::Constant(constant)) => {
                let repeated = constant.repeated(flat)?;
                // A row of constants widens a column.
                let channels = if flat { repeated.values.len() / repeated.copies } else { 1 };
                Ok((Side::Constant(repeated), Dims::flat(channels)))
            }
            None => Err("expected two operands"),
        };
        let ((left, own), (right, other)) = (side(0)?, side(1)?);
        let longer = |of: fn(Dims) -> usize| of(own).max(of(other));
        let dims = Dims {
            height: longer(|dims| dims.height),
            width: longer(|dims| dims.width),
            channels: longer(|dims| dims.channels),
        };
        Ok(self.push(dims, flat, Operation::Arithmetic(operator, [left, right])))
    }

    /// A sum of something and the product before it, which adds it to its own sums.
    fn residual(&mut self, node: &'a NodeProto) -> Option<Value> {
        for (own, other) in [(0, 1), (1, 0)] {
            let (added, flat) = self.computed(node, other).ok()?;
            let dims = self.dims(added);
            let Some((id, product)) = self.product_before(node, own) else { continue };
            if product.residual.is_some() || added == id {
                continue;
            }
            if self.dims(id) != dims {
                continue;
            }
            let (id, product) = self.product_before(node, own)?;
            product.residual = Some(added);
            product.added_last = product.rectified;
            self.last = node.output.first().map(String::as_str);
            return Some(Value::Computed { id, flat });
        }
        None
    }

    pub(super) fn normalisation(
        &mut self,
        node: &'a NodeProto,
        attributes: &Attributes<'_>,
    ) -> Result<Value, Refused> {
        let (input, flat) = self.computed(node, 0)?;
        let [scale, bias, mean, variance] = [1, 2, 3, 4].map(|at| self.weights(node, at));
        let (scale, bias, mean, variance) = (scale?.values, bias?.values, mean?.values, variance?.values);
        let epsilon = attributes.float("epsilon", 1e-5);
        let scale: Vec<f32> = scale
            .iter()
            .zip(&variance)
            .map(|(scale, variance)| scale / (variance + epsilon).sqrt())
            .collect();
        let shift: Vec<f32> =
            bias.iter().zip(&mean).zip(&scale).map(|((bias, mean), scale)| bias - mean * scale).collect();
        if scale.len() != self.dims(input).channels || shift.len() != scale.len() {
            return Err("expected a number for each channel");
        }
        if let Some((id, product)) = self.product_before(node, 0)
            && product.residual.is_none()
            && !product.rectified
        {
            product.scale(&scale, &shift);
            self.last = node.output.first().map(String::as_str);
            return Ok(Value::Computed { id, flat });
        }
        let dims = self.dims(input);
        Ok(self.push(dims, flat, Operation::Scaled { input, scale, shift }))
    }
}
