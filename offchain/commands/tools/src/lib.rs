//! Commands that need no network: ceremonies, keys from readings, benchmarks, emulated links, the simulated economy,
//! exports of BOINC projects.

pub mod bench;
pub mod boinc;
pub mod ceremony;
pub mod economy;
pub mod netlab;
pub mod reading;
