//! What a caller may do: scopes of SMART App Launch, by type of resource.

use std::fmt;

use crate::documents::TYPES;

/// The type whose scopes are those of DICOMweb, too.
pub(crate) const IMAGES: &str = "ImagingStudy";
/// Whose scopes: those of programs, and of people.
pub(crate) const SYSTEM: &str = "system";
pub(crate) const USER: &str = "user";
/// Letters of permissions, in the order in which they stand; `d` is read and gives nothing, because nothing is removed over HTTP.
const LETTERS: &str = "cruds";
/// Most bytes of a list of scopes.
const MAX_BYTES: usize = 4_096;

/// What is done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    /// A new one, or STOW-RS.
    Create,
    /// One by its id, or WADO-RS.
    Read,
    /// One in the place of another.
    Update,
    /// Those that fit, or QIDO-RS.
    Search,
}

impl Permission {
    const ALL: [Self; 4] = [Self::Create, Self::Read, Self::Update, Self::Search];

    pub(crate) const fn letter(self) -> char {
        match self {
            Self::Create => 'c',
            Self::Read => 'r',
            Self::Update => 'u',
            Self::Search => 's',
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Create => 1,
            Self::Read => 2,
            Self::Update => 4,
            Self::Search => 8,
        }
    }
}

/// Permissions for each of [`TYPES`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scopes([u8; TYPES.len()]);

impl Scopes {
    #[cfg(test)]
    const ALL: Self = Self([15; TYPES.len()]);

    /// Reads scopes of a configuration: each has to be one.
    ///
    /// # Errors
    /// The word that is none.
    pub(crate) fn read(text: &str, of: &str) -> Result<Self, String> {
        let mut all = Self::default();
        for word in text.split_ascii_whitespace() {
            all = all.with(Self::of(word, of).ok_or_else(|| word.chars().take(64).collect::<String>())?);
        }
        if text.len() > MAX_BYTES || all.is_empty() {
            return Err(text.chars().take(64).collect());
        }
        Ok(all)
    }

    /// Those of a request that are known here; what is not gives nothing, as SMART wants it.
    pub(crate) fn asked(text: &str, of: &str) -> Self {
        let words = text.get(..MAX_BYTES).unwrap_or(text).split_ascii_whitespace();
        words.filter_map(|word| Self::of(word, of)).fold(Self::default(), Self::with)
    }

    /// One scope, like `system/Patient.rs`, `system/*.cruds` or `system/*.read`.
    fn of(word: &str, of: &str) -> Option<Self> {
        let (kind, letters) = word.strip_prefix(of)?.strip_prefix('/')?.split_once('.')?;
        let letters = match letters {
            "read" => "rs",
            "write" => "cud",
            "*" => LETTERS,
            letters => letters,
        };
        let mut left = LETTERS.chars();
        // In their order, each once.
        let sound = !letters.is_empty() && letters.chars().all(|letter| left.any(|one| one == letter));
        let given = Permission::ALL.iter().filter(|one| letters.contains(one.letter()));
        let bits = given.fold(0, |bits, one| bits | one.bit());
        let fits = |one: &str| kind == "*" || one == kind;
        if !sound || !TYPES.iter().any(|one| fits(one)) {
            return None;
        }
        let mut all = Self::default();
        for (own, one) in all.0.iter_mut().zip(TYPES) {
            *own = if fits(one) { bits } else { 0 };
        }
        Some(all)
    }

    /// These and those.
    pub(crate) fn with(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(own, other)| *own |= other);
        self
    }

    /// What is in both.
    pub(crate) fn within(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(own, other)| *own &= other);
        self
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0.iter().all(|bits| *bits == 0)
    }

    pub(crate) fn permit(self, kind: &str, permission: Permission) -> bool {
        let mut all = TYPES.iter().zip(self.0);
        all.any(|(one, bits)| *one == kind && bits & permission.bit() != 0)
    }

    /// As text, for whoever they are given to.
    pub(crate) fn show(self, of: &str) -> String {
        let letters = |bits: u8| {
            let given = Permission::ALL.iter().filter(|one| bits & one.bit() != 0);
            given.map(|one| one.letter()).collect::<String>()
        };
        if let [first, rest @ ..] = self.0
            && rest.iter().all(|bits| *bits == first)
        {
            return format!("{of}/*.{}", letters(first));
        }
        let each = TYPES.iter().zip(self.0).filter(|(_, bits)| *bits != 0);
        each.map(|(kind, bits)| format!("{of}/{kind}.{}", letters(bits))).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_permit_what_they_name_and_nothing_else() {
        let some = Scopes::read("system/Patient.rs system/ImagingStudy.c", SYSTEM).unwrap();
        assert!(some.permit("Patient", Permission::Read) && some.permit("Patient", Permission::Search));
        assert!(some.permit(IMAGES, Permission::Create));
        for (kind, permission) in [
            ("Patient", Permission::Create),
            ("Patient", Permission::Update),
            (IMAGES, Permission::Read),
            ("Observation", Permission::Read),
            ("Account", Permission::Read),
        ] {
            assert!(!some.permit(kind, permission), "{kind} {permission}");
        }
        assert_eq!(some.show(SYSTEM), "system/Patient.rs system/ImagingStudy.c");
    }

    #[test]
    fn forms_of_both_versions_are_read_and_what_is_asked_is_cut_to_what_is_allowed() {
        let all = |text| Scopes::read(text, SYSTEM).unwrap();
        assert_eq!(all("system/*.read"), all("system/*.rs"));
        assert_eq!(all("system/*.write"), all("system/*.cud"));
        assert_eq!(all("system/*.*"), Scopes::ALL);
        assert_eq!(Scopes::ALL.show(SYSTEM), "system/*.crus");
        let asked = Scopes::asked("launch system/*.cruds system/Account.r user/Patient.r", SYSTEM);
        assert_eq!(asked.within(all("system/Patient.rs")), all("system/Patient.rs"));
        assert!(Scopes::asked("openid user/Patient.r system/Account.r", SYSTEM).is_empty());
    }

    #[test]
    fn what_is_no_scope_is_named() {
        for bad in [
            "",
            "system/Patient",
            "system/Patient.",
            "system/Patient.sr",
            "system/Patient.rr",
            "system/Patient.x",
            "system/Account.r",
            "user/Patient.r",
            "system/Patient.r?category=x",
            "systemPatient.r",
            "system/.r",
        ] {
            assert_eq!(Scopes::read(bad, SYSTEM), Err(bad.to_owned()));
        }
    }
}
