//! Asking for a device that is not there.

use bithive_inference::{Device, DeviceError, Model, ModelError};

#[test]
fn devices_are_named_in_lower_case() {
    for (name, device) in [("cpu", Device::Cpu), ("gpu", Device::Gpu)] {
        assert_eq!(name.parse(), Ok(device));
        assert_eq!(device.to_string(), name);
    }
    assert_eq!("CUDA".parse::<Device>(), Err(DeviceError::Unknown { found: "CUDA".to_owned() }));
}

#[test]
fn the_cpu_is_always_usable_and_the_default() {
    assert_eq!(Device::default().check(), Ok(()));
}

#[cfg(not(feature = "cuda"))]
#[test]
fn without_the_feature_a_gpu_is_an_error_that_says_how_to_get_it() {
    let error = Model::load(include_bytes!("../fixtures/linear.onnx"), Device::Gpu).unwrap_err();
    assert_eq!(error, ModelError::Device(DeviceError::NotBuilt));
    assert!(error.to_string().contains("Cargo feature `cuda`"));
}

/// Holds on every machine: either there is a usable GPU, or the error says what is missing.
#[cfg(feature = "cuda")]
#[test]
fn with_the_feature_a_gpu_works_or_the_error_says_what_is_missing() {
    use bithive_inference::Features;

    match Device::Gpu.check() {
        Ok(()) => {
            let model = Model::load(include_bytes!("../fixtures/linear.onnx"), Device::Gpu).unwrap();
            assert_eq!(model.device(), Device::Gpu);
            let logits = model.run(&Features::new(2, vec![1.0, 2.0]).unwrap()).unwrap();
            assert!((logits[0] + 2.5).abs() < 1e-5);
        }
        Err(DeviceError::Unavailable { reason }) => {
            assert!(reason.contains("CUDA"), "{reason}");
            let error = Model::load(include_bytes!("../fixtures/linear.onnx"), Device::Gpu).unwrap_err();
            assert_eq!(error, ModelError::Device(DeviceError::Unavailable { reason }));
        }
        Err(other) => panic!("{other}"),
    }
}
