//! Commands that need no network: ceremonies, keys from readings, benchmarks, emulated links, the simulated economy,
//! exports of BOINC projects, medical images, models on this machine.

pub mod bench;
pub mod boinc;
pub mod ceremony;
pub mod dicom;
pub mod economy;
pub mod netlab;
pub mod predict;
pub mod reading;
