//! Pixels as numbers.

use bithive_deid::{Error, Profile, read, to_tensor, write};
use bithive_tensor::Samples;
use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::tags;

use crate::common::{ct, items, number, small, text, through, words};

fn floats(object: &bithive_deid::Object) -> Vec<f32> {
    let tensors = to_tensor(object).unwrap();
    tensors
        .iter()
        .flat_map(|tensor| match tensor.samples() {
            Samples::F32(values) => values.clone(),
            _ => panic!("float32"),
        })
        .collect()
}

#[test]
fn slope_and_intercept_make_hounsfield_units() {
    let mut object = ct(2, 2, vec![0, 1024, 2024, 4095]);
    object.put(text(tags::RESCALE_SLOPE, VR::DS, "2"));
    object.put(text(tags::RESCALE_INTERCEPT, VR::DS, "-1024"));
    object.put(text(tags::PIXEL_SPACING, VR::DS, "0.5\\0.25"));
    assert_eq!(floats(&object), [-1024.0, 1024.0, 3024.0, 7166.0]);
    let spacing = to_tensor(&object).unwrap()[0].spacing().unwrap();
    assert_eq!((spacing.row(), spacing.column()), (0.5, 0.25));
}

#[test]
fn signs_and_unused_bits_are_read_as_the_header_says() {
    let mut object = ct(2, 1, vec![0x0FFF, 0x0800]);
    object.put(number(tags::PIXEL_REPRESENTATION, 1));
    assert_eq!(floats(&object), [-1.0, -2048.0]);
    // Stored in the upper bits.
    let mut object = ct(2, 1, vec![0x0010, 0xFFF0]);
    object.put(number(tags::HIGH_BIT, 15));
    assert_eq!(floats(&object), [1.0, 4095.0]);
}

#[test]
fn big_endian_pixels_of_any_width_are_what_they_were() {
    let (wide, long) = (0x0001_0203_u32, 0x0004_0506_0708_090A_u64);
    let (plain, high) = (vec![0x0102, 0x0304], vec![0x0001, 0x0203]);
    let longest = vec![0x0004, 0x0506, 0x0708, 0x090A];
    for (bits, columns, pixels, expected) in [
        (16, 2, plain, vec![258.0, 772.0]),
        (32, 1, high, vec![wide as f32]),
        (64, 1, longest, vec![long as f32]),
    ] {
        let mut object = ct(columns, 1, pixels.clone());
        for (tag, bits) in
            [(tags::BITS_ALLOCATED, bits), (tags::BITS_STORED, bits), (tags::HIGH_BIT, bits - 1)]
        {
            object.put(number(tag, bits));
        }
        object.meta_mut().transfer_syntax = "1.2.840.10008.1.2.2".to_owned();
        let file = write(&object).unwrap();
        let bytes: Vec<u8> = pixels.iter().flat_map(|word| word.to_be_bytes()).collect();
        assert!(file.ends_with(&bytes), "the file is big-endian");
        let read = read(&file).unwrap();
        assert_eq!((read.meta().transfer_syntax(), floats(&read)), ("1.2.840.10008.1.2.1", expected.clone()));
        let (cleaned, ..) = through(&read, &Profile::default());
        assert_eq!(floats(&cleaned), expected, "{bits} bits");
    }
}

#[test]
fn frames_have_their_own_slopes_or_a_table() {
    let mut object = ct(1, 1, vec![10, 20]);
    object.put(text(tags::NUMBER_OF_FRAMES, VR::IS, "2"));
    let group = |slope: &str| {
        let pair = vec![text(tags::RESCALE_SLOPE, VR::DS, slope), text(tags::RESCALE_INTERCEPT, VR::DS, "1")];
        vec![items(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, vec![pair])]
    };
    object.put(items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, vec![group("1"), group("3")]));
    assert_eq!(floats(&object), [11.0, 61.0]);
    object.put(items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, vec![group("1"), group("3"), group("4")]));
    assert!(matches!(to_tensor(&object), Err(Error::Attribute { .. })));

    let mut object = ct(4, 1, vec![0, 5, 6, 4000]);
    let table = vec![
        DataElement::new(tags::LUT_DESCRIPTOR, VR::US, words(&[3, 5, 16])),
        DataElement::new(tags::LUT_DATA, VR::US, words(&[100, 200, 300])),
    ];
    object.put(items(tags::MODALITY_LUT_SEQUENCE, vec![table]));
    assert_eq!(floats(&object), [100.0, 100.0, 200.0, 300.0]);
}

#[test]
fn colours_are_channels_and_long_series_several_tensors() {
    let mut object = ct(2, 1, Vec::new());
    object.put(number(tags::SAMPLES_PER_PIXEL, 3));
    object.put(number(tags::BITS_ALLOCATED, 8));
    object.put(number(tags::BITS_STORED, 8));
    object.put(number(tags::HIGH_BIT, 7));
    object.put(number(tags::PLANAR_CONFIGURATION, 0));
    object.put(text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB"));
    object.put(DataElement::new(tags::PIXEL_DATA, VR::OB, PrimitiveValue::from(vec![1_u8, 2, 3, 4, 5, 6])));
    assert_eq!(floats(&object), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    object.put(text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "PALETTE COLOR"));
    assert!(matches!(to_tensor(&object), Err(Error::Attribute { .. })));

    let frame = 1024 * 1024;
    let mut object = ct(1024, 1024, vec![7; frame * 5]);
    object.put(text(tags::NUMBER_OF_FRAMES, VR::IS, "5"));
    let images: Vec<usize> =
        to_tensor(&object).unwrap().iter().map(|tensor| tensor.shape().images()).collect();
    assert_eq!(images, [3, 2]);
    assert!(to_tensor(&small()).is_ok());
}
