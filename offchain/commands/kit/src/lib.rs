//! What all commands share: how answers are printed, progress, settings of owners that wait, the input of a job from files and what a model says
//! of it, and parties that
//! have a configuration of their own.

pub mod answers;
mod configured;
pub mod input;
mod output;
mod printable;
mod spinner;
pub mod waiting;

pub use configured::{Configured, PasswordArgs, connect, open_keystore};
pub use output::{Output, table, until};
pub use printable::{error_text, printable};
pub use spinner::{Spinner, progress, spinner};
