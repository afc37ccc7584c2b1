//! Functions of one number, by additions and multiplications in one order: the same bits on every machine, and quick.
//!
//! Their errors are a few units in the last place of 1 or of the result, whichever is larger. What is not a number stays so.

/// What is done to each number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Function {
    /// Between two bounds.
    Clip([f32; 2]),
    Elu(f32),
    LeakyRelu(f32),
    Neg,
    Relu,
    Sigmoid,
    Softplus,
    Tanh,
}

impl Function {
    /// Writes the function of each of `values`.
    pub(super) fn apply(self, values: &[f32], results: &mut [f32]) {
        match self {
            Self::Clip([least, most]) => each(values, results, |x| below(above(x, least), most)),
            Self::Elu(alpha) => each(values, results, |x| if x < 0.0 { alpha * (exp(x) - 1.0) } else { x }),
            Self::LeakyRelu(alpha) => each(values, results, |x| if x < 0.0 { alpha * x } else { x }),
            Self::Neg => each(values, results, |x| -x),
            Self::Relu => each(values, results, |x| above(x, 0.0)),
            Self::Sigmoid => each(values, results, |x| 1.0 / (1.0 + exp(-x))),
            Self::Softplus => each(values, results, |x| above(x, 0.0) + logarithm(exp(-x.abs()))),
            Self::Tanh => each(values, results, |x| 1.0 - 2.0 / (exp(2.0 * x) + 1.0)),
        }
    }
}

#[inline(always)]
fn each(values: &[f32], results: &mut [f32], function: impl Fn(f32) -> f32) {
    for (value, result) in values.iter().zip(results) {
        *result = function(*value);
    }
}

#[inline(always)]
fn above(x: f32, least: f32) -> f32 {
    if x < least { least } else { x }
}

#[inline(always)]
fn below(x: f32, most: f32) -> f32 {
    if x > most { most } else { x }
}

/// The exponential: a power of two, times a polynomial of what is left (Cephes, `expf`).
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Adding it leaves whole numbers in the lowest bits.
    const WHOLE: f32 = 12_582_912.0;
    /// ln 2 in two parts, the first with zeros at its end.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    const POLYNOMIAL: [f32; 6] =
        [1.987_569_2e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5];
    // Beyond them the result is 0 or infinite to every use here.
    let x = below(above(x, -87.0), 88.0);
    let shifted = x * std::f32::consts::LOG2_E + WHOLE;
    let power = shifted - WHOLE;
    let rest = x - power * LN_2[0] - power * LN_2[1];
    let polynomial = POLYNOMIAL.iter().fold(0.0, |sum, coefficient| sum * rest + coefficient);
    let mantissa = polynomial * rest * rest + rest + 1.0;
    // 127 is the exponent of 1.
    let scale = f32::from_bits(shifted.to_bits().wrapping_add(127).wrapping_shl(23));
    mantissa * scale
}

/// The logarithm of 1 + `x`, of 0 to 1: twice the inverse hyperbolic tangent of x / (2 + x), at most 1/3.
#[inline(always)]
fn logarithm(x: f32) -> f32 {
    const SERIES: [f32; 7] = [1.0 / 13.0, 1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0, 1.0 / 5.0, 1.0 / 3.0, 1.0];
    let part = x / (2.0 + x);
    let square = part * part;
    2.0 * part * SERIES.iter().fold(0.0, |sum, coefficient| sum * square + coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(function: Function, x: f32) -> f32 {
        let mut result = [0.0];
        function.apply(&[x], &mut result);
        result[0]
    }

    #[test]
    fn functions_are_those_of_the_standard_library_but_for_rounding() {
        for at in -4_000..4_000 {
            let x = at as f32 / 37.0;
            let exact = f64::from(x);
            for (function, expected) in [
                (Function::Sigmoid, 1.0 / (1.0 + (-exact).exp())),
                (Function::Tanh, exact.tanh()),
                (Function::Softplus, exact.max(0.0) + (-exact.abs()).exp().ln_1p()),
                (Function::Elu(1.0), if x < 0.0 { exact.exp() - 1.0 } else { exact }),
            ] {
                let found = f64::from(of(function, x));
                let error = (found - expected).abs() / expected.abs().max(1.0);
                assert!(error < 4e-7, "{function:?} of {x}: {found} instead of {expected}");
            }
        }
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        let clip = Function::Clip([-1.0, 1.0]);
        for function in
            [clip, Function::Elu(1.0), Function::Relu, Function::Sigmoid, Function::Softplus, Function::Tanh]
        {
            assert!(of(function, f32::NAN).is_nan(), "{function:?}");
        }
        assert_eq!(of(Function::Softplus, f32::INFINITY), f32::INFINITY);
        assert_eq!(of(Function::Relu, -1.0), 0.0);
        assert_eq!((of(clip, -7.0), of(clip, 7.0), of(clip, 0.5)), (-1.0, 1.0, 0.5));
    }
}
