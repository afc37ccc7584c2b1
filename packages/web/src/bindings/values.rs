//! Values of JavaScript: made, read, and errors.

use js_sys::{Array, Error, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::{Failure, Kind};

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let error = Error::new(&failure.message);
        error.set_name("BithiveError");
        let error = Self::from(error);
        set(&error, "kind", failure.kind.name());
        set(&error, "remedy", failure.kind.remedy());
        if let Some(column) = failure.column {
            set(&error, "column", number(column));
        }
        error
    }
}

/// Sets a property of an object that was made here, which always works.
fn set(object: &JsValue, name: &str, value: impl Into<JsValue>) {
    let _ = Reflect::set(object, &name.into(), &value.into());
}

/// An object with these properties.
pub(super) fn object<const N: usize>(properties: [(&str, JsValue); N]) -> JsValue {
    let object = JsValue::from(Object::new());
    properties.into_iter().for_each(|(name, value)| set(&object, name, value));
    object
}

/// An array of these values.
pub(super) fn array(values: impl IntoIterator<Item = JsValue>) -> JsValue {
    let array: Array = Array::new();
    for value in values {
        array.push(&value);
    }
    array.into()
}

/// Bytes as an array of their own.
pub(super) fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// A number that JavaScript holds exactly.
#[allow(clippy::cast_precision_loss)] // Sizes of what fits memory, far below 2^53.
pub(super) fn number(value: usize) -> JsValue {
    JsValue::from_f64(value as f64)
}

/// An argument within the range of a smaller type.
pub(super) fn narrow<T: TryFrom<u32>>(what: &str, value: u32) -> Result<T, Failure> {
    T::try_from(value)
        .map_err(|_| Kind::Argument.failure(format!("{what} is {value}, which is out of range")))
}

/// An object of JavaScript that is read.
pub(super) struct Given<'a> {
    pub(super) what: &'static str,
    pub(super) object: &'a JsValue,
}

impl Given<'_> {
    fn property(&self, name: &str) -> JsValue {
        Reflect::get(self.object, &name.into()).unwrap_or_default()
    }

    fn refuse(&self, name: &str, expected: &str) -> Failure {
        Kind::Argument.failure(format!("{}.{name} is not {expected}", self.what))
    }

    pub(super) fn text(&self, name: &str) -> Result<String, Failure> {
        self.property(name).as_string().ok_or_else(|| self.refuse(name, "a string"))
    }

    pub(super) fn bytes(&self, name: &str) -> Result<Vec<u8>, Failure> {
        let array = self.property(name).dyn_into::<Uint8Array>();
        array.map(|array| array.to_vec()).map_err(|_| self.refuse(name, "a Uint8Array"))
    }

    pub(super) fn big(&self, name: &str) -> Result<u64, Failure> {
        u64::try_from(self.property(name)).map_err(|_| self.refuse(name, "a bigint of 64 bits"))
    }

    pub(super) fn number<T: TryFrom<u32>>(&self, name: &str) -> Result<T, Failure> {
        // Bit masks may come signed, as JavaScript's operators make them.
        let value = self.property(name).as_f64().filter(|value| value.fract() == 0.0);
        let value = value.filter(|value| (-2_147_483_648.0..=4_294_967_295.0).contains(value));
        let value = value.ok_or_else(|| self.refuse(name, "a whole number of 32 bits"))?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        // Within 32 bits by the line above.
        let value = value as i64 as u32;
        T::try_from(value).map_err(|_| self.refuse(name, "in its range"))
    }
}
