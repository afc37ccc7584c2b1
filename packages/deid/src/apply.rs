//! The profile, attribute by attribute.

use std::sync::LazyLock;

use dicom_core::dictionary::{DataDictionary as _, DataDictionaryEntry as _, VirtualVr};
use dicom_core::header::Header as _;
use dicom_core::smallvec::SmallVec;
use dicom_core::value::{PrimitiveValue, Value};
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::{StandardDataDictionary, tags, uids};
use dicom_object::mem::InMemElement;
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

use crate::date::{move_date, move_date_time, time};
use crate::dummy::{code, dummy, empty, sequence};
use crate::error::Error;
use crate::file::{BIG_ENDIAN, Object, reinterpret, trim};
use crate::image::{Image, PICTURES, text};
use crate::key::SubjectKey;
use crate::limits::MAX_DEPTH;
use crate::pixels;
use crate::profile::{DateOption, Options, Profile};
use crate::report::{Action, Report, Warning};
use crate::table::{Code, EDITION, Keeper, row};

/// Identifiers that the standard defines name no object (PS3.6 annex A).
const WELL_KNOWN: &str = "1.2.840.10008.";
/// Schemes of codes that anybody can look up; the others' meanings are text of a hospital.
const PUBLIC_SCHEMES: [&str; 18] = [
    "DCM",
    "SCT",
    "SRT",
    "SNM3",
    "99SDM",
    "LN",
    "UCUM",
    "ISO3166_1",
    "RADLEX",
    "FMA",
    "NCIt",
    "UMLS",
    "ICD10",
    "ICD9",
    "I10",
    "I9C",
    "MDC",
    "BI",
];
/// Retired, and still in archives.
const OTHER_PATIENT_IDS: Tag = Tag(0x0010, 0x1000);
/// Parts of the body that are or contain a head.
const HEAD: [&str; 10] =
    ["HEAD", "BRAIN", "SKULL", "NECK", "FACE", "ORBIT", "SINUS", "JAW", "EAR", "WHOLEBODY"];

impl Profile {
    /// De-identifies an object: its data set at every depth, its file meta information and its pixels. On an error, the object is as it
    /// was.
    ///
    /// # Errors
    /// Objects that can't be cleaned: pictures with text for which there are no boxes, encapsulated documents, indices of media, and
    /// pixel data that is not what its header says.
    pub fn apply(&self, object: &mut Object, key: &SubjectKey) -> Result<Report, Error> {
        check_depth(object, 0)?;
        if object.get(tags::ENCAPSULATED_DOCUMENT).is_some()
            || object.get(tags::DIRECTORY_RECORD_SEQUENCE).is_some()
        {
            return Err(Error::Document);
        }
        let mut report = Report::default();
        let image = Image::of(object)?;
        let prepared = image
            .as_ref()
            .map(|image| pixels::prepare(object, image, &self.boxes, &mut report))
            .transpose()?;
        warn(object, image.is_some(), &mut report);

        let identity = Identity::of(object);
        let inner = std::mem::replace(&mut **object, InMemDicomObject::new_empty());
        let mut cleaner = Cleaner { options: self.options, key, identity: &identity, report: &mut report };
        let mut cleaned = InMemDicomObject::from_element_iter(cleaner.elements(inner, &mut Vec::new()));
        cleaner.patient(&mut cleaned);
        let mut syntax = object.meta().transfer_syntax().to_owned();
        if let Some(prepared) = prepared {
            // Pixels are bytes of a little-endian file now.
            if prepared.native || syntax == BIG_ENDIAN {
                uids::EXPLICIT_VR_LITTLE_ENDIAN.clone_into(&mut syntax);
            }
            for element in prepared.elements {
                cleaned.put(element);
            }
        }
        self.state(&mut cleaned, &report);
        **object = cleaned;
        restate_meta(object, &syntax, key, self.options.uids);
        Ok(report)
    }

    /// Writes what was done into the object, as E.1.1 asks for.
    fn state(&self, object: &mut InMemDicomObject, report: &Report) {
        let options = self.options;
        let mut codes = vec![code("113100", "DCM", "Basic Application Confidentiality Profile")];
        let mut add = |on: bool, value: &str, meaning: &str| {
            if on {
                codes.push(code(value, "DCM", meaning));
            }
        };
        add(!report.blanked.is_empty(), "113101", "Clean Pixel Data Option");
        add(options.clean_structured_content, "113104", "Clean Structured Content Option");
        add(
            options.dates == DateOption::Keep,
            "113106",
            "Retain Longitudinal Temporal Information Full Dates Option",
        );
        add(
            options.dates == DateOption::Shift,
            "113107",
            "Retain Longitudinal Temporal Information Modified Dates Option",
        );
        add(options.patient, "113108", "Retain Patient Characteristics Option");
        add(options.device, "113109", "Retain Device Identity Option");
        add(options.uids, "113110", "Retain UIDs Option");
        add(options.institution, "113112", "Retain Institution Identity Option");
        let method = format!("BitHive {}, PS3.15 {EDITION}", env!("CARGO_PKG_VERSION"));
        let dates = match options.dates {
            DateOption::Remove => "REMOVED",
            DateOption::Shift => "MODIFIED",
            DateOption::Keep => "UNMODIFIED",
        };
        let text = |tag, vr, value: &str| DataElement::new(tag, vr, PrimitiveValue::from(value));
        object.put(text(tags::PATIENT_IDENTITY_REMOVED, VR::CS, "YES"));
        object.put(text(tags::DEIDENTIFICATION_METHOD, VR::LO, &method));
        object.put(sequence(tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE, codes.into_iter().collect()));
        object.put(text(tags::LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED, VR::CS, dates));
        if !report.blanked.is_empty() {
            object.put(text(tags::BURNED_IN_ANNOTATION, VR::CS, "NO"));
        }
        // What was removed may have been all that needed another character set; what is left is written as UTF-8.
        object.convert_to_utf8();
    }
}

/// Refuses what is nested deeper than the reader takes, for objects that were made otherwise.
fn check_depth(object: &InMemDicomObject, depth: usize) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::TooDeep);
    }
    let mut items = object.iter().filter_map(|element| element.items()).flatten();
    items.try_for_each(|item| check_depth(item, depth.saturating_add(1)))
}

/// File meta information of this program that agrees with the data set.
fn restate_meta(object: &mut Object, syntax: &str, key: &SubjectKey, keep_uids: bool) {
    let before = object.meta().media_storage_sop_instance_uid().to_owned();
    let instance = match text(object, tags::SOP_INSTANCE_UID) {
        empty if empty.is_empty() && keep_uids => before,
        empty if empty.is_empty() => key.uid(&before),
        found => found,
    };
    let class = match (text(object, tags::SOP_CLASS_UID), object.meta().media_storage_sop_class_uid()) {
        (found, _) if !found.is_empty() => found,
        (_, known) if is_well_known(known) => known.to_owned(),
        (_, other) => key.uid(other),
    };
    let meta = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(class)
        .media_storage_sop_instance_uid(instance)
        .transfer_syntax(syntax);
    // All that the builder asks for is there.
    if let Ok(meta) = meta.build() {
        *object.meta_mut() = meta;
    }
}

fn warn(object: &Object, has_picture: bool, report: &mut Report) {
    if ["CT", "MR", "PT"].contains(&text(object, tags::MODALITY).as_str()) && has_picture {
        let part = text(object, tags::BODY_PART_EXAMINED).to_uppercase().replace(' ', "");
        if part.is_empty() {
            report.warn(Warning::MaybeFace);
        } else if HEAD.iter().any(|head| part.contains(head)) {
            report.warn(Warning::Face);
        }
    }
    if text(object, tags::PATIENT_ID).is_empty() {
        report.warn(Warning::NoPatient);
    }
}

/// Words that name the patient. Where one of them stands in a text that the profile keeps, the text goes.
struct Identity {
    names: Vec<String>,
    numbers: Vec<String>,
}

impl Identity {
    fn of(object: &InMemDicomObject) -> Self {
        let lower = |tag| text(object, tag).to_lowercase();
        let names = [tags::PATIENT_NAME, tags::PATIENT_BIRTH_NAME, tags::OTHER_PATIENT_NAMES];
        let numbers = [tags::PATIENT_ID, OTHER_PATIENT_IDS, tags::ACCESSION_NUMBER, tags::STUDY_ID];
        Self {
            names: names
                .iter()
                .flat_map(|tag| words(&lower(*tag)))
                .filter(|word| word.chars().count() >= 3)
                .collect(),
            numbers: numbers
                .iter()
                .flat_map(|tag| lower(*tag).split('\\').map(trim).collect::<Vec<_>>())
                .filter(|number| number.len() >= 4)
                .collect(),
        }
    }

    fn in_text(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.numbers.iter().any(|number| text.contains(number))
            || (!self.names.is_empty() && words(&text).iter().any(|word| self.names.contains(word)))
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What becomes of an element.
enum Fate {
    Keep,
    Remove,
    Empty,
    Dummy,
    Uid,
    Move,
    Descend,
}

struct Cleaner<'a> {
    options: Options,
    key: &'a SubjectKey,
    identity: &'a Identity,
    report: &'a mut Report,
}

impl Cleaner<'_> {
    /// The elements that stay, of a data set or an item. `path` has the sequences around it.
    fn elements(&mut self, object: InMemDicomObject, path: &mut Vec<Tag>) -> Vec<InMemElement> {
        let local = !path.is_empty() && !public_code(&object);
        let mut kept = Vec::new();
        for element in object {
            let tag = element.tag();
            path.push(tag);
            if let Some(element) = self.element(element, path, local) {
                kept.push(element);
            }
            path.pop();
        }
        kept
    }

    fn element(&mut self, element: InMemElement, path: &mut Vec<Tag>, local: bool) -> Option<InMemElement> {
        let (tag, found) = (element.tag(), element.vr());
        // Lengths of groups are retired and no longer true; the character set is stated anew.
        if tag.element() == 0 || tag == tags::SPECIFIC_CHARACTER_SET {
            return None;
        }
        let element = if found == VR::UN && is_public(tag) && path.len() <= MAX_DEPTH {
            let bytes = element.to_bytes().ok()?;
            reinterpret(tag, &bytes).unwrap_or(element)
        } else {
            element
        };
        let vr = element.vr();
        match self.fate(&element, path, local) {
            Fate::Keep => Some(element),
            Fate::Remove => {
                self.report.note(path, Action::Removed);
                None
            }
            Fate::Empty => {
                self.report.note(path, Action::Emptied);
                Some(empty(tag, vr))
            }
            Fate::Dummy => {
                self.report.note(path, Action::Replaced);
                Some(dummy(tag, vr))
            }
            Fate::Uid => self.uid(element, path),
            Fate::Move => {
                if let Some(moved) = self.moved(&element) {
                    self.report.note(path, if vr == VR::AS { Action::Capped } else { Action::Shifted });
                    return Some(moved);
                }
                let needed = row(tag).is_some_and(|row| row.code != Code::Remove);
                self.report.note(path, if needed { Action::Emptied } else { Action::Removed });
                needed.then(|| empty(tag, vr))
            }
            Fate::Descend => {
                let items: SmallVec<[InMemDicomObject; 2]> = element
                    .into_value()
                    .into_items()?
                    .into_iter()
                    .map(|item| InMemDicomObject::from_element_iter(self.elements(item, path)))
                    .collect();
                Some(sequence(tag, items))
            }
        }
    }

    fn fate(&self, element: &InMemElement, path: &[Tag], local: bool) -> Fate {
        let (tag, vr) = (element.tag(), element.vr());
        let is_sequence = matches!(element.value(), Value::Sequence(_));
        if !is_public(tag) || path.len() > MAX_DEPTH {
            return Fate::Remove;
        }
        // The picture of the object itself has been prepared; every other one is a second one, and tables of where its frames began no
        // longer hold.
        if tag.group() == tags::PIXEL_DATA.group() {
            return if path.len() == 1 && PICTURES.contains(&tag) { Fate::Keep } else { Fate::Remove };
        }
        if is_sequence != (vr == VR::SQ) {
            return Fate::Remove;
        }
        if let Some(row) = row(tag) {
            let options = self.options;
            let kept = (options.uids && row.kept_by(Keeper::Uids))
                || (options.device && row.kept_by(Keeper::Device))
                || (options.institution && row.kept_by(Keeper::Institution))
                || (options.patient && row.kept_by(Keeper::Patient))
                || (options.dates == DateOption::Keep && row.kept_by(Keeper::Dates));
            if kept && fits(tag, vr) {
                return self.kept(element);
            }
            if tag == tags::CONTENT_SEQUENCE && options.clean_structured_content {
                return Fate::Descend;
            }
            return match row.code {
                _ if options.dates == DateOption::Shift && row.kept_by(Keeper::Dates) => Fate::Move,
                Code::Remove => Fate::Remove,
                Code::Empty => Fate::Empty,
                Code::DummyOrEmpty if is_sequence => Fate::Empty,
                Code::Dummy | Code::DummyOrEmpty => Fate::Dummy,
                Code::Uid if vr == VR::UI => Fate::Uid,
                Code::References if is_sequence => Fate::Descend,
                Code::Uid | Code::References => Fate::Remove,
            };
        }
        if !fits(tag, vr) {
            return Fate::Remove;
        }
        match vr {
            // Free text, names, addresses and moments that the table does not list are not there for a model.
            VR::AE
            | VR::AS
            | VR::DA
            | VR::DT
            | VR::LT
            | VR::PN
            | VR::ST
            | VR::TM
            | VR::UC
            | VR::UN
            | VR::UR
            | VR::UT => Fate::Remove,
            VR::UI if self.options.uids => self.kept(element),
            VR::UI => Fate::Uid,
            VR::LO | VR::SH if local && [tags::CODE_VALUE, tags::CODE_MEANING].contains(&tag) => Fate::Dummy,
            _ => self.kept(element),
        }
    }

    /// Whether what the profile keeps has the form that its VR says, and names nobody.
    fn kept(&self, element: &InMemElement) -> Fate {
        let all = |form: fn(&str) -> bool| {
            element.value().to_multi_str().is_ok_and(|values| values.iter().all(|value| form(&trim(value))))
        };
        let sound = match element.vr() {
            VR::SQ => return Fate::Descend,
            VR::CS => all(|text| {
                text.len() <= 16
                    && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_ ".contains(&byte))
            }),
            VR::DS | VR::IS => all(|text| {
                text.len() <= 32
                    && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE ".contains(&byte))
            }),
            VR::DA => all(|text| text.is_empty() || move_date(text, 0).is_some()),
            VR::DT => all(|text| text.is_empty() || move_date_time(text, 0).is_some()),
            VR::TM => all(|text| text.is_empty() || time(text).is_some()),
            VR::AS => return self.age(element),
            VR::UI => {
                all(|text| text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
            }
            VR::LO | VR::SH => {
                element.to_str().is_ok_and(|text| text.len() <= 1_024 && !self.identity.in_text(&text))
            }
            _ => true,
        };
        if sound { Fate::Keep } else { Fate::Remove }
    }

    /// Ages above 89 are so rare that they name somebody: the caller sees them capped.
    fn age(&self, element: &InMemElement) -> Fate {
        let text = element.to_str().map(|text| trim(&text)).unwrap_or_default();
        let (digits, unit) = text.split_at_checked(text.len().saturating_sub(1)).unwrap_or_default();
        match (digits.parse::<u16>(), unit) {
            (Ok(years), "Y") if years > 89 => Fate::Move,
            (Ok(months), "M") if months > 999 => Fate::Remove,
            (Ok(_), "Y" | "M" | "W" | "D") if digits.len() == 3 => Fate::Keep,
            _ => Fate::Remove,
        }
    }

    fn uid(&mut self, element: InMemElement, path: &[Tag]) -> Option<InMemElement> {
        let (tag, vr) = (element.tag(), element.vr());
        let Ok(values) = element.value().to_multi_str() else {
            self.report.note(path, Action::Removed);
            return None;
        };
        let values: Vec<String> = values.iter().map(|uid| trim(uid)).collect();
        // Classes and transfer syntaxes; nobody's objects begin like that, but where the table says U nothing is believed.
        let listed = row(tag).is_some();
        if !listed && values.iter().all(|uid| uid.is_empty() || is_well_known(uid)) {
            return Some(element);
        }
        let other = |uid: &String| if uid.is_empty() { String::new() } else { self.key.uid(uid) };
        let replaced: SmallVec<[String; 2]> = values.iter().map(other).collect();
        self.report.note(path, Action::Uid);
        Some(DataElement::new(tag, vr, PrimitiveValue::Strs(replaced)))
    }

    fn moved(&self, element: &InMemElement) -> Option<InMemElement> {
        let (tag, vr) = (element.tag(), element.vr());
        if vr == VR::AS {
            return Some(DataElement::new(tag, vr, PrimitiveValue::from("090Y")));
        }
        let days = self.key.shift().unsigned_abs();
        let values = element.value().to_multi_str().ok()?;
        let moved: Option<SmallVec<[String; 2]>> = values
            .iter()
            .map(|value| match vr {
                VR::DA => move_date(value, days),
                VR::DT => move_date_time(value, days),
                VR::TM => time(value),
                _ => None,
            })
            .collect();
        Some(DataElement::new(tag, vr, PrimitiveValue::Strs(moved?)))
    }

    /// The pseudonym in place of name and number: objects of one subject stay together.
    fn patient(&mut self, object: &mut InMemDicomObject) {
        let pseudonym = self.key.pseudonym();
        for (tag, vr) in [(tags::PATIENT_NAME, VR::PN), (tags::PATIENT_ID, VR::LO)] {
            object.put(DataElement::new(tag, vr, PrimitiveValue::from(pseudonym.as_str())));
            self.report.note(&[tag], Action::Pseudonym);
        }
    }
}

/// Whether the standard defines the attribute, outside of the groups that are removed as a whole: private ones, those of messages and files,
/// curves and overlays.
fn is_public(tag: Tag) -> bool {
    let group = tag.group();
    group.is_multiple_of(2) && group >= 8 && !matches!(group >> 8, 0x50 | 0x60) && virtual_vr(tag).is_some()
        || row(tag).is_some() && group >= 8 && group.is_multiple_of(2)
}

fn virtual_vr(tag: Tag) -> Option<VirtualVr> {
    static DICTIONARY: LazyLock<StandardDataDictionary> = LazyLock::new(|| StandardDataDictionary);
    DICTIONARY.by_tag(tag).map(|entry| entry.vr())
}

/// Whether an attribute may have this VR: a text under the tag of a number is not what the standard's authors have looked at.
fn fits(tag: Tag, vr: VR) -> bool {
    match virtual_vr(tag) {
        Some(VirtualVr::Exact(expected)) => {
            expected == vr
                || matches!(
                    (expected, vr),
                    (VR::DS | VR::IS, VR::DS | VR::IS)
                        | (VR::US | VR::SS, VR::US | VR::SS)
                        | (VR::OB | VR::OW, VR::OB | VR::OW)
                )
        }
        Some(VirtualVr::Xs) => matches!(vr, VR::US | VR::SS),
        Some(VirtualVr::Ox | VirtualVr::Px) => matches!(vr, VR::OB | VR::OW),
        Some(VirtualVr::Lt) => matches!(vr, VR::US | VR::SS | VR::OW),
        // In the table, but younger than the dictionary.
        None => row(tag).is_some(),
        _ => false,
    }
}

fn is_well_known(uid: &str) -> bool {
    uid.starts_with(WELL_KNOWN)
        && uid.len() <= 64
        && uid.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Whether an item is no code, or one of a public scheme.
fn public_code(item: &InMemDicomObject) -> bool {
    if item.get(tags::CODE_MEANING).is_none() && item.get(tags::CODE_VALUE).is_none() {
        return true;
    }
    let scheme = text(item, tags::CODING_SCHEME_DESIGNATOR);
    PUBLIC_SCHEMES.contains(&scheme.as_str())
}
