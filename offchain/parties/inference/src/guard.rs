//! Calls into the code that parses and runs models of unknown origin.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tract_onnx::prelude::TractResult;

/// Longest message or name kept, in characters; a model's author can make them as long as the file.
const MAX_REASON_CHARS: usize = 300;

/// How a call into the backend failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    Failed(String),
    Panicked(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(reason) => f.write_str(reason),
            Self::Panicked(reason) => write!(f, "panic: {reason}"),
        }
    }
}

/// Calls the backend and turns an error or a panic into a [`Fault`], so that no model takes the process down.
///
/// What the closure touches is dropped after a panic, or is shared and not changed by it.
pub(crate) fn guarded<T>(call: impl FnOnce() -> TractResult<T>) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        // The innermost cause alone: outer ones print the tensors at hand, which hold a patient's values.
        Ok(Err(error)) => Err(Fault::Failed(shortened(&error.root_cause().to_string()))),
        Err(payload) => Err(Fault::Panicked(shortened(panic_message(payload.as_ref())))),
    }
}

fn panic_message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// The beginning of a text from a model, short enough for a message.
pub(crate) fn shortened(message: &str) -> String {
    message.chars().take(MAX_REASON_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_in_the_backend_becomes_a_fault_with_its_message() {
        let fault = guarded::<()>(|| panic!("shape {}", 3)).unwrap_err();
        assert_eq!(fault, Fault::Panicked("shape 3".to_owned()));
    }

    #[test]
    fn a_long_message_is_cut() {
        let fault = guarded::<()>(|| panic!("{}", "x".repeat(5_000))).unwrap_err();
        assert_eq!(fault, Fault::Panicked("x".repeat(MAX_REASON_CHARS)));
    }
}
