//! libFuzzer's entry points of the checks in `bithive-fuzz-checks`: a program for each target, so that only what the
//! target reaches is linked, and little coverage has to be looked through after each input.

#[doc(hidden)]
pub use {bithive_fuzz_checks, libfuzzer_sys};

/// The entry point of a module's check.
#[macro_export]
macro_rules! target {
    ($module:ident) => {
        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
            use $crate::bithive_fuzz_checks::{bounded, $module};
            bounded($module::BUDGET, bytes, $module::check)
        });
    };
}
