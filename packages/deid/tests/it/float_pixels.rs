//! Pictures of floating-point numbers, as parametric maps have them.

use bithive_deid::{Error, Object, Profile, Warning, to_tensor};
use dicom_core::header::Header as _;
use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::tags;

use crate::common::{boxes, ct, has, items, number, refused, small, text, through, words};

/// A map of two pixels in a row.
fn map(pixels: [f32; 2]) -> Object {
    let value = PrimitiveValue::F32(pixels.into_iter().collect());
    of(DataElement::new(tags::FLOAT_PIXEL_DATA, VR::OF, value), 32)
}

/// The same in double precision.
fn double(pixels: [f64; 2]) -> Object {
    let value = PrimitiveValue::F64(pixels.into_iter().collect());
    of(DataElement::new(tags::DOUBLE_FLOAT_PIXEL_DATA, VR::OD, value), 64)
}

fn of(pixels: dicom_object::mem::InMemElement, allocated: u16) -> Object {
    let mut object = ct(2, 1, Vec::new());
    for tag in [tags::PIXEL_DATA, tags::BITS_STORED, tags::HIGH_BIT, tags::PIXEL_REPRESENTATION] {
        object.remove_element(tag);
    }
    object.put(text(tags::MODALITY, VR::CS, "MR"));
    object.put(number(tags::BITS_ALLOCATED, allocated));
    object.put(pixels);
    object
}

/// A person has looked at such pictures.
fn looked() -> Profile {
    boxes(r#"[{"modality":"MR","rows":1,"columns":2,"boxes":[]}]"#)
}

#[test]
fn they_are_refused_until_a_person_has_looked() {
    for object in [map([1.5, -2.0]), double([1.5, -2.0])] {
        let found = refused(&object);
        assert_eq!(found, Error::BurnedIn { why: "a picture of floating-point numbers" });
    }
    let (found, _, report) = through(&map([1.5, -2.0]), &looked());
    assert_eq!(found.element(tags::FLOAT_PIXEL_DATA).unwrap().to_multi_float32().unwrap(), [1.5, -2.0]);
    assert_eq!(report.warnings, []);
    let (found, ..) = through(&double([1e300, -2.0]), &looked());
    let pixels = found.element(tags::DOUBLE_FLOAT_PIXEL_DATA).unwrap();
    assert_eq!((pixels.vr(), pixels.to_multi_float64().unwrap()), (VR::OD, vec![1e300, -2.0]));
    // As other kinds of pictures do, an ultrasound's says what it is.
    let mut ultrasound = map([1.5, -2.0]);
    ultrasound.put(text(tags::MODALITY, VR::CS, "US"));
    assert_eq!(refused(&ultrasound), Error::BurnedIn { why: "ultrasound" });
}

#[test]
fn boxes_make_their_pixels_zero() {
    let profile = boxes(r#"[{"modality":"MR","rows":1,"columns":2,"boxes":[[1,0,1,1]]}]"#);
    let mut object = map([1.5, -2.0]);
    object.put(text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME1"));
    let (found, _, report) = through(&object, &profile);
    assert_eq!(found.element(tags::FLOAT_PIXEL_DATA).unwrap().to_multi_float32().unwrap(), [1.5, 0.0]);
    assert_eq!(report.blanked.len(), 1);
    let (found, ..) = through(&double([1.5, -2.0]), &profile);
    assert_eq!(found.element(tags::DOUBLE_FLOAT_PIXEL_DATA).unwrap().to_multi_float64().unwrap(), [1.5, 0.0]);
}

#[test]
fn their_bytes_are_as_many_as_the_header_says_and_mean_a_number() {
    let mut short = map([1.5, -2.0]);
    short.put(number(tags::ROWS, 2));
    let wide = boxes(r#"[{"modality":"MR","rows":2,"columns":2,"boxes":[]}]"#);
    let found = wide.apply(&mut short, &crate::common::subject());
    assert!(matches!(found, Err(Error::PixelLength { expected: 16, found: 8 })), "{found:?}");
    let mut wrong = map([1.5, -2.0]);
    wrong.put(number(tags::BITS_ALLOCATED, 16));
    assert_eq!(refused(&wrong), Error::Attribute { tag: tags::BITS_ALLOCATED, expected: "32" });
    let mut wrong = double([1.5, -2.0]);
    wrong.put(number(tags::BITS_ALLOCATED, 32));
    assert_eq!(refused(&wrong), Error::Attribute { tag: tags::BITS_ALLOCATED, expected: "64" });
    // Bytes behind the last frame, and in the bits of what is no number.
    let name = f64::from_le_bytes(*b"Musterm\x7F");
    let nan = |name: &[u8; 6]| {
        let [a, b, c, d, e, f] = *name;
        f64::from_le_bytes([a, b, c, d, e, f, 0xF8, 0x7F])
    };
    let behind = PrimitiveValue::F64([nan(b"Muster"), 2.0, name].into_iter().collect());
    let object = of(DataElement::new(tags::DOUBLE_FLOAT_PIXEL_DATA, VR::OD, behind), 64);
    let (_, bytes, report) = through(&object, &looked());
    assert!(!has(&bytes, "Muster"));
    assert_eq!(report.warnings, [Warning::Trailing, Warning::UnusedBits]);
    let single = f32::from_le_bytes([b'J', b'o', 0xC0, 0x7F]);
    let (found, _, report) = through(&map([single, f32::INFINITY]), &looked());
    let pixels = found.element(tags::FLOAT_PIXEL_DATA).unwrap().to_bytes().unwrap().into_owned();
    assert_eq!(pixels, [f32::NAN.to_le_bytes(), f32::INFINITY.to_le_bytes()].concat());
    assert_eq!(report.warnings, [Warning::UnusedBits]);
}

#[test]
fn an_object_has_one_picture() {
    let mut object = small();
    object.put(map([1.0, 2.0]).element(tags::FLOAT_PIXEL_DATA).unwrap().clone());
    assert_eq!(refused(&object), Error::SecondPicture { tag: tags::FLOAT_PIXEL_DATA });
    let mut object = map([1.0, 2.0]);
    object.put(double([1.0, 2.0]).element(tags::DOUBLE_FLOAT_PIXEL_DATA).unwrap().clone());
    assert_eq!(refused(&object), Error::SecondPicture { tag: tags::DOUBLE_FLOAT_PIXEL_DATA });
    assert!(matches!(to_tensor(&object), Err(Error::SecondPicture { .. })));
    // In an item, and the coefficients of one.
    let mut object = small();
    let inner = map([1.0, 2.0]).element(tags::FLOAT_PIXEL_DATA).unwrap().clone();
    // Coefficients SDVN, which are retired.
    let coefficients = DataElement::new(Tag(0x7FE0, 0x0020), VR::OW, words(&[7]));
    object.put(items(tags::PRESENTATION_LUT_SEQUENCE, vec![vec![inner, coefficients.clone()]]));
    object.put(coefficients);
    let (found, ..) = through(&object, &Profile::default());
    let picture = |object: &dicom_object::InMemDicomObject| {
        object.iter().map(|element| element.tag()).filter(|tag| tag.group() == 0x7FE0).collect::<Vec<_>>()
    };
    assert_eq!(picture(&found), [tags::PIXEL_DATA]);
    let kept = found.element(tags::PRESENTATION_LUT_SEQUENCE).unwrap();
    assert!(kept.items().unwrap().iter().all(|item| picture(item).is_empty()));
}

#[test]
fn they_are_images_as_they_are() {
    let mut object = map([1.5, -2.0]);
    // A slope is of stored whole numbers.
    object.put(text(tags::RESCALE_SLOPE, VR::DS, "2"));
    assert_eq!(to_tensor(&object).unwrap()[0].images().next().unwrap(), [1.5, -2.0]);
    assert_eq!(to_tensor(&double([0.5, 4.0])).unwrap()[0].images().next().unwrap(), [0.5, 4.0]);
    assert!(matches!(to_tensor(&map([f32::NAN, 1.0])), Err(Error::Tensor(_))));
    assert!(matches!(to_tensor(&double([1e300, 1.0])), Err(Error::Tensor(_))));
}
