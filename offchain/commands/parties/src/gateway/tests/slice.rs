//! A slice of CT that is generated.

use bithive_gateway::{Announced, Arrival};

const CT: &str = "1.2.840.10008.5.1.4.1.1.2";
const SIDE: u16 = 64;

pub(super) fn study(number: u32) -> String {
    format!("1.2.826.0.1.99.{number}")
}

/// A data element in explicit VR little-endian.
fn element(group: u16, number: u16, vr: &str, value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if vr == "UI" { 0 } else { b' ' });
    }
    let mut bytes = [group.to_le_bytes(), number.to_le_bytes()].concat();
    bytes.extend_from_slice(vr.as_bytes());
    let length = u32::try_from(value.len()).unwrap();
    if vr == "OW" {
        bytes.extend_from_slice(&[0, 0]);
        bytes.extend_from_slice(&length.to_le_bytes());
    } else {
        bytes.extend_from_slice(&u16::try_from(length).unwrap().to_le_bytes());
    }
    bytes.extend_from_slice(&value);
    bytes
}

/// A slice that arrives as a file.
pub(super) fn arrival(number: u32) -> Arrival {
    let (study, instance) = (study(number), format!("{}.1.1", study(number)));
    let mut file = [vec![0; 128], b"DICM".to_vec()].concat();
    for (number, value) in [(2, CT), (3, instance.as_str()), (0x10, "1.2.840.10008.1.2.1")] {
        file.extend_from_slice(&element(2, number, "UI", value.as_bytes()));
    }
    let series = format!("{study}.1");
    let text = [
        (8, 0x16, "UI", CT),
        (8, 0x18, "UI", &instance),
        (8, 0x60, "CS", "CT"),
        (0x10, 0x10, "PN", "Doe^Jane"),
        (0x10, 0x20, "LO", "P-1"),
        (0x20, 0xD, "UI", &study),
        (0x20, 0xE, "UI", &series),
        (0x20, 0x13, "IS", "1"),
        (0x20, 0x32, "DS", "0\\0\\1"),
        (0x20, 0x37, "DS", "1\\0\\0\\0\\1\\0"),
    ];
    for (group, number, vr, value) in text {
        file.extend_from_slice(&element(group, number, vr, value.as_bytes()));
    }
    let short = |number, value: u16| element(0x28, number, "US", &value.to_le_bytes());
    file.extend_from_slice(&short(2, 1));
    file.extend_from_slice(&element(0x28, 4, "CS", b"MONOCHROME2"));
    for (number, value) in [(0x10, SIDE), (0x11, SIDE), (0x100, 16), (0x101, 16), (0x102, 15), (0x103, 0)] {
        file.extend_from_slice(&short(number, value));
    }
    let pixels = vec![0; 2 * usize::from(SIDE) * usize::from(SIDE)];
    file.extend_from_slice(&element(0x7FE0, 0x10, "OW", &pixels));
    Arrival::of_file(&Announced::default(), &file, ("TEST", 1_000)).unwrap()
}
