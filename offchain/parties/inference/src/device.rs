//! Where a model runs.

use std::fmt;
use std::str::FromStr;

use tract_onnx::prelude::Runtime;

/// The processor that runs a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Device {
    /// The CPU; always there.
    #[default]
    Cpu,
    /// The first CUDA GPU. Needs the Cargo feature `cuda` and, at run time, NVIDIA's driver and libraries.
    Gpu,
}

/// Why a device cannot be used. A GPU that is asked for is never replaced by the CPU.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// This program was built without GPU support.
    #[error("device gpu: this program is built without CUDA support; build it with the Cargo feature `cuda`")]
    NotBuilt,
    /// The GPU, its driver or a library is missing or too old.
    #[error("device gpu: not usable on this machine: {reason}")]
    Unavailable {
        /// What is missing.
        reason: String,
    },
    /// There is no such device.
    #[error("device: expected cpu or gpu, found {found:?}")]
    Unknown {
        /// The name found.
        found: String,
    },
}

impl Device {
    /// Says whether a model could be loaded for this device now, and what is missing if not.
    ///
    /// # Errors
    /// [`DeviceError::NotBuilt`] or [`DeviceError::Unavailable`]; never for the CPU.
    pub fn check(self) -> Result<(), DeviceError> {
        self.runtime().map(drop)
    }

    pub(crate) fn runtime(self) -> Result<&'static dyn Runtime, DeviceError> {
        match self {
            Self::Cpu => Ok(&tract_onnx::tract_core::runtime::DefaultRuntime),
            Self::Gpu => cuda_runtime(),
        }
    }
}

#[cfg(not(feature = "cuda"))]
fn cuda_runtime() -> Result<&'static dyn Runtime, DeviceError> {
    Err(DeviceError::NotBuilt)
}

#[cfg(feature = "cuda")]
fn cuda_runtime() -> Result<&'static dyn Runtime, DeviceError> {
    // The runtime registers itself when it is linked, and it is linked only if something names the crate.
    use tract_cuda as _;

    let unavailable = |reason: String| DeviceError::Unavailable { reason };
    // The lookup opens the driver and each library, and asks the driver for its version.
    crate::guard::guarded(|| tract_onnx::prelude::runtime_for_name("cuda"))
        .map_err(|fault| unavailable(fault.to_string()))?
        .ok_or_else(|| unavailable("the CUDA runtime is not linked into this program".to_owned()))
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cpu => "cpu",
            Self::Gpu => "gpu",
        })
    }
}

impl FromStr for Device {
    type Err = DeviceError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "cpu" => Ok(Self::Cpu),
            "gpu" => Ok(Self::Gpu),
            _ => Err(DeviceError::Unknown { found: name.to_owned() }),
        }
    }
}
