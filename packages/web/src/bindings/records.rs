//! Sealed records of the page, for JavaScript.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use crate::record::{self, RecordKind};

#[wasm_bindgen]
pub struct RecordKey(pub(super) record::RecordKey);

#[wasm_bindgen]
impl RecordKey {
    /// From 32 uniform bytes.
    #[wasm_bindgen(js_name = fromBytes)]
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, JsValue> {
        Ok(Self(record::RecordKey::from_bytes(&Zeroizing::new(bytes))?))
    }

    /// From a signature that only the owner's wallet makes, and makes alike each time.
    #[wasm_bindgen(js_name = fromSignature)]
    pub fn from_signature(signature: Vec<u8>) -> Result<Self, JsValue> {
        Ok(Self(record::RecordKey::from_signature(&Zeroizing::new(signature))?))
    }

    /// Seals the page's own data.
    pub fn seal(&self, label: &str, bytes: Vec<u8>) -> Result<Vec<u8>, JsValue> {
        Ok(self.0.seal(RecordKind::Data, label, &Zeroizing::new(bytes))?)
    }

    /// Opens what `seal` sealed under this label.
    pub fn open(&self, label: &str, record: &[u8]) -> Result<Uint8Array, JsValue> {
        Ok(Uint8Array::from(self.0.open(RecordKind::Data, label, record)?.as_slice()))
    }
}
