//! Folders of files, from a scanner's to a job's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bithive_deid::{DateOption, DeidKey, Object, Options, Profile, write};
use bithive_studies::{Row, StudiesError, TABLE, deidentify, import, inspect};
use bithive_subject_keys::{SubjectKeyError, SubjectKeys, WrappingKey};
use bithive_tensor::Tensor;
use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir_all(place.input().join("Mustermann")).unwrap();
        place
    }

    fn input(&self) -> PathBuf {
        self.0.path().join("in")
    }

    fn output(&self) -> PathBuf {
        self.0.path().join("out")
    }

    fn put(&self, name: &str, object: &Object) {
        std::fs::write(self.input().join(name), write(object).unwrap()).unwrap();
    }
}

fn slice(patient: &str, study: &str, instance: &str) -> Object {
    let text = |tag: Tag, vr, value: &str| {
        DataElement::new(tag, vr, PrimitiveValue::Strs(value.split('\\').map(str::to_owned).collect()))
    };
    let number = |tag: Tag, value: u16| DataElement::new(tag, VR::US, PrimitiveValue::from(value));
    let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let object = InMemDicomObject::from_element_iter([
        text(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE),
        text(tags::SOP_INSTANCE_UID, VR::UI, instance),
        text(tags::STUDY_INSTANCE_UID, VR::UI, study),
        text(tags::SERIES_INSTANCE_UID, VR::UI, study),
        text(tags::MODALITY, VR::CS, "CT"),
        text(tags::PATIENT_NAME, VR::PN, "Mustermann^Erika"),
        text(tags::PATIENT_ID, VR::LO, patient),
        text(tags::STUDY_DATE, VR::DA, "20240301"),
        text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2"),
        text(tags::RESCALE_SLOPE, VR::DS, "1"),
        text(tags::RESCALE_INTERCEPT, VR::DS, "-1024"),
        text(tags::PIXEL_SPACING, VR::DS, "0.5\\0.5"),
        text(tags::IMAGE_POSITION_PATIENT, VR::DS, &format!("0\\0\\{}", instance.len())),
        text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0"),
        number(tags::SAMPLES_PER_PIXEL, 1),
        number(tags::ROWS, 2),
        number(tags::COLUMNS, 2),
        number(tags::BITS_ALLOCATED, 16),
        number(tags::BITS_STORED, 16),
        number(tags::HIGH_BIT, 15),
        number(tags::PIXEL_REPRESENTATION, 0),
        DataElement::new(
            tags::PIXEL_DATA,
            VR::OW,
            PrimitiveValue::U16([1024, 1025, 1026, 1027].into_iter().collect()),
        ),
    ]);
    object.with_meta(meta).unwrap()
}

fn key(digit: &str) -> DeidKey {
    DeidKey::from_hex(&digit.repeat(64)).unwrap()
}

/// Every file of a folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    found
}

fn silent() -> impl FnMut(u64, u64) {
    |_, _| {}
}

#[test]
fn a_folder_is_de_identified_and_becomes_images_of_a_job() {
    let place = Place::new();
    place.put("Mustermann/1.dcm", &slice("4711", "1.2", "1.2.1"));
    place.put("Mustermann/2.dcm", &slice("4711", "1.2", "1.2.10"));
    place.put("3.dcm", &slice("4712", "1.3", "1.3.1"));
    let before = contents(&place.input());
    let mut heard = Vec::new();
    let answer =
        deidentify(&place.input(), &place.output(), &Profile::default(), &key("a"), &mut |done, all| {
            heard.push((done, all))
        })
        .unwrap();
    assert_eq!((answer.summary.written, answer.summary.refused.len(), answer.subjects), (3, 0, 2));
    assert_eq!(heard.last(), Some(&(3, 3)));
    assert_eq!(contents(&place.input()), before, "input stays as it is");
    for (path, bytes) in contents(&place.output()) {
        let all = [path.display().to_string().into_bytes(), bytes].concat();
        for value in ["Mustermann", "Erika", "4711", "20240301"] {
            assert!(
                !all.windows(value.len()).any(|window| window == value.as_bytes()),
                "{value} in {}",
                path.display()
            );
        }
    }
    let images = place.0.path().join("images");
    let answer = import(&place.output(), &images, None, &mut silent()).unwrap();
    assert_eq!((answer.summary.written, answer.summary.refused.len(), answer.images.len()), (3, 0, 3));
    let row = &answer.images[0];
    let tensor = Tensor::decode(&std::fs::read(images.join(&row.file)).unwrap()).unwrap();
    assert_eq!(tensor.images().next().unwrap(), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!((row.row_spacing, row.modality.as_str()), (Some(0.5), "CT"));
    // Slices of a series are in the order of their positions.
    let positions: Vec<_> =
        answer.images.iter().filter(|image| image.series == row.series).map(|image| image.position).collect();
    assert!(positions.is_sorted());
    let table = std::fs::read_to_string(images.join(TABLE)).unwrap();
    assert!(
        table.starts_with("file,subject,study,series,instance,modality,images,")
            && table.lines().count() == 4
    );
}

#[test]
fn images_under_a_subjects_key_are_gone_with_it_and_do_not_come_back() {
    let place = Place::new();
    place.put("1.dcm", &slice("4711", "1.2", "1.2.1"));
    place.put("2.dcm", &slice("4712", "1.3", "1.3.1"));
    deidentify(&place.input(), &place.output(), &Profile::default(), &key("a"), &mut silent()).unwrap();
    let (images, again) = (place.0.path().join("images"), place.0.path().join("again"));
    let wrapping = WrappingKey::from_hex(&"1f".repeat(32)).unwrap();
    let keys = SubjectKeys::open(&place.0.path().join("keys"), &wrapping).unwrap();
    let answer = import(&place.output(), &images, Some(&keys), &mut silent()).unwrap();
    assert_eq!((answer.summary.written, answer.summary.refused.len()), (2, 0));
    let open = |row: &Row| {
        let path = images.join(&row.file);
        keys.unseal(&path, &std::fs::read(&path).unwrap())
    };
    for row in &answer.images {
        assert!(row.file.ends_with(".bhim.sealed"), "{}", row.file);
        let sealed = std::fs::read(images.join(&row.file)).unwrap();
        assert!(Tensor::decode(&sealed).is_err() && !sealed.windows(4).any(|window| window == b"BHIM"));
        let tensor = Tensor::decode(&open(row).unwrap()).unwrap();
        assert_eq!(tensor.images().next().unwrap(), [0.0, 1.0, 2.0, 3.0]);
    }
    // A folder that was begun sealed does not go on in the clear.
    let mixed = import(&place.output(), &images, None, &mut silent());
    assert!(matches!(mixed, Err(StudiesError::OtherRun { .. })), "{mixed:?}");
    let [erased, kept] = [0, 1].map(|index| answer.images[index].clone());
    keys.erase(&erased.subject, &mut bithive_keystore::fresh_rng().unwrap()).unwrap();
    assert!(matches!(open(&erased), Err(SubjectKeyError::Erased)));
    assert!(open(&kept).is_ok());
    let later = import(&place.output(), &again, Some(&keys), &mut silent()).unwrap();
    assert_eq!((later.summary.written, later.summary.refused.len()), (1, 1));
    assert_eq!(later.images[0].subject, kept.subject);
}

#[test]
fn a_run_that_was_cut_off_goes_on_and_another_one_is_not_mixed_in() {
    let place = Place::new();
    for index in 0..5 {
        place.put(&format!("{index}.dcm"), &slice("4711", "1.2", &format!("1.2.{index}")));
    }
    let run = |profile: &Profile, key: &DeidKey| {
        deidentify(&place.input(), &place.output(), profile, key, &mut silent())
    };
    run(&Profile::default(), &key("a")).unwrap();
    let whole = contents(&place.output());
    let gone = whole.keys().find(|path| path.extension().is_some_and(|kind| kind == "dcm")).unwrap();
    std::fs::remove_file(gone).unwrap();
    std::fs::write(gone.with_extension("part"), b"half").unwrap();
    let again = run(&Profile::default(), &key("a")).unwrap();
    assert_eq!((again.summary.written, again.summary.there), (1, 4));
    assert_eq!(contents(&place.output()), whole);
    let shifted =
        Profile { options: Options { dates: DateOption::Shift, ..Options::default() }, ..Profile::default() };
    assert!(matches!(run(&shifted, &key("a")), Err(StudiesError::OtherRun { .. })));
    assert!(matches!(run(&Profile::default(), &key("b")), Err(StudiesError::OtherRun { .. })));
    assert_eq!(contents(&place.output()), whole);
}

#[test]
fn a_file_that_is_refused_stops_nothing_and_says_why() {
    let place = Place::new();
    place.put("1.dcm", &slice("4711", "1.2", "1.2.1"));
    place.put("2.dcm", &slice("4712", "1.2", "1.2.2"));
    place.put("3.dcm", &slice("4711", "1.3", "1.2.1"));
    place.put("4.dcm", &slice("4711", "1.2", "1.2.1"));
    std::fs::write(place.input().join("5.txt"), b"a letter").unwrap();
    let answer =
        deidentify(&place.input(), &place.output(), &Profile::default(), &key("a"), &mut silent()).unwrap();
    assert_eq!((answer.summary.written, answer.summary.repeated), (1, 1));
    let reasons: Vec<_> = answer.summary.refused.iter().map(|refusal| refusal.reason.as_str()).collect();
    assert!(
        reasons[0].contains("another patient")
            && reasons[1].contains("different contents")
            && reasons[2].contains("not a DICOM file")
    );
    let seen = inspect(&place.input(), &Profile::default(), &mut silent()).unwrap();
    assert_eq!((seen.files.len(), seen.unreadable.len()), (4, 1));
    assert_eq!(seen.files.iter().filter(|file| file.refused.is_some()).count(), 2);
    assert_eq!(seen.files[0].size, Some([2, 2, 1]));
}

#[test]
fn output_goes_into_a_folder_of_its_own() {
    let place = Place::new();
    place.put("1.dcm", &slice("4711", "1.2", "1.2.1"));
    let run =
        |output: &Path| deidentify(&place.input(), output, &Profile::default(), &key("a"), &mut silent());
    assert!(matches!(run(&place.input().join("out")), Err(StudiesError::Within)));
    assert!(matches!(run(&place.input()), Err(StudiesError::Within)));
    let other = place.0.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("letter"), b"mine").unwrap();
    assert!(matches!(run(&other), Err(StudiesError::NotNew { .. })));
    assert_eq!(contents(&other).len(), 1);
    let empty = place.0.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let none = deidentify(&empty, &place.output(), &Profile::default(), &key("a"), &mut silent());
    assert!(matches!(none, Err(StudiesError::Empty { .. })));
    // What names a patient is no input of a job.
    let answer = import(&place.input(), &place.0.path().join("images"), None, &mut silent()).unwrap();
    assert!(answer.images.is_empty() && answer.summary.refused[0].reason.contains("not de-identified"));
}
