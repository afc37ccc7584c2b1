//! The interface for JavaScript; the README describes it. Each class is a handle to a type of this crate, and does nothing but
//! convert.
#![allow(unsafe_code)] // What the macro writes: the calling convention between JavaScript and WebAssembly.
#![allow(missing_docs)] // The README and the TypeScript below are the documentation.

mod encryption;
mod matching;
mod policies;
mod records;
mod types;
mod values;
mod verification;

pub use verification::{aggregate_consents, agreeing, content_digest, verify_attestation};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn report(text: &str);
}

/// A bug is reported by its place in the source. Its message could hold data, so nobody sees it.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
        report(&format!("bithive_web stopped{}; load it again", place.unwrap_or_default()));
    }));
}

/// The module's version.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
