//! Passwords, and where they come from: a file, a command, or a terminal, never a command line.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{KeystoreError, command, private};

/// Environment variable that names a file with the password.
pub const PASSWORD_FILE: &str = "BITHIVE_PASSWORD_FILE";
/// Fewest characters of a password that somebody thinks of.
pub const LEAST_CHARACTERS: usize = 8;
/// Most bytes of a password.
const MOST_BYTES: usize = 1024;

/// A password; erased when dropped, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    /// Takes a password as it is.
    ///
    /// # Errors
    /// [`KeystoreError::Password`] if it is empty, too long or has a line break.
    pub fn new(text: &str) -> Result<Self, KeystoreError> {
        let bad = |problem: &str| Err(KeystoreError::Password { problem: problem.into() });
        if text.is_empty() {
            return bad("is empty");
        }
        if text.len() > MOST_BYTES {
            return bad("has more than 1024 bytes");
        }
        if text.contains(['\n', '\r']) {
            return bad("has more than one line");
        }
        Ok(Self(text.into()))
    }

    /// Draws one of 256 random bits, as 64 hex digits.
    #[must_use]
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *bytes);
        Self(hex::encode(*bytes))
    }

    /// Reads the file `file`, which nobody else can read; a line break at its end is no part of the password.
    ///
    /// # Errors
    /// [`KeystoreError::Exposed`], [`KeystoreError::File`], [`KeystoreError::Password`].
    pub fn read(file: &Path) -> Result<Self, KeystoreError> {
        let bytes = private::read(file, MOST_BYTES + 2)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| KeystoreError::Password {
            problem: format!("in {} is not UTF-8 text", file.display()),
        })?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        Self::new(text.strip_suffix('\r').unwrap_or(text))
    }

    /// Writes the file `file`, which must not be there yet.
    ///
    /// # Errors
    /// [`KeystoreError::Exists`], [`KeystoreError::File`].
    pub fn write(&self, file: &Path) -> Result<(), KeystoreError> {
        private::create(file, Zeroizing::new(format!("{}\n", self.0)).as_bytes())
    }

    /// The text: for a secret other than a password that was read with [`ask`].
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn same(&self, other: &Self) -> bool {
        self.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

/// Where a password comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordSource {
    /// A file that only its owner can read.
    File(PathBuf),
    /// A command line for the system's shell, whose first line of output it is.
    Command(String),
    /// A person at the terminal.
    Terminal,
}

impl PasswordSource {
    /// The command, if there is one, else the file, else the file that [`PASSWORD_FILE`] names, else the terminal.
    #[must_use]
    pub fn of(file: Option<PathBuf>, command: Option<String>) -> Self {
        if let Some(command) = command {
            return Self::Command(command);
        }
        let named = || std::env::var_os(PASSWORD_FILE).filter(|name| !name.is_empty()).map(PathBuf::from);
        file.or_else(named).map_or(Self::Terminal, Self::File)
    }

    /// The password of the keystore `of`.
    ///
    /// # Errors
    /// [`KeystoreError::Password`] where nobody can be asked; [`KeystoreError::Command`] of a command; as [`Password::read`] of a file.
    pub fn read(&self, of: &Path) -> Result<Password, KeystoreError> {
        match self {
            Self::File(file) => Password::read(file),
            Self::Command(line) => Password::new(&command::first_line(line)?),
            Self::Terminal => ask(&format!("Password of {}: ", of.display())),
        }
    }

    /// A new password for the keystore `of`: asked for twice.
    ///
    /// # Errors
    /// As [`Self::read`]; [`KeystoreError::Password`] for a short one, or two that differ.
    pub fn read_new(&self, of: &Path) -> Result<Password, KeystoreError> {
        let Self::Terminal = self else {
            return self.read(of).and_then(long_enough);
        };
        let password = long_enough(ask(&format!("New password of {}: ", of.display()))?)?;
        if password.same(&ask("The same again: ")?) {
            return Ok(password);
        }
        Err(KeystoreError::Password { problem: "was not the same twice".into() })
    }
}

fn long_enough(password: Password) -> Result<Password, KeystoreError> {
    let characters = password.0.chars().count();
    if characters >= LEAST_CHARACTERS {
        return Ok(password);
    }
    let problem = format!("has {characters} characters; expected at least {LEAST_CHARACTERS}");
    Err(KeystoreError::Password { problem })
}

/// Asks at the terminal; what is typed does not appear.
///
/// # Errors
/// [`KeystoreError::Password`] where there is no terminal.
pub fn ask(question: &str) -> Result<Password, KeystoreError> {
    if !std::io::stdin().is_terminal() {
        let problem = format!(
            "can't be asked for because there is no terminal; expected --password-file, --password-command or {PASSWORD_FILE}"
        );
        return Err(KeystoreError::Password { problem });
    }
    let typed = rpassword::prompt_password(question)
        .map_err(|error| KeystoreError::Password { problem: format!("can't be read: {error}") })?;
    Password::new(&Zeroizing::new(typed))
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn passwords_that_no_file_and_no_terminal_gives_back_are_refused() {
        for text in ["", "two\nlines", "carriage\rreturn", &"x".repeat(MOST_BYTES + 1)] {
            assert!(matches!(Password::new(text), Err(KeystoreError::Password { .. })), "{text:?}");
        }
    }

    #[test]
    fn a_password_file_reads_back_and_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        let password = Password::random(&mut ChaCha20Rng::seed_from_u64(1));
        password.write(&file).unwrap();
        assert!(Password::read(&file).unwrap().same(&password));
        assert!(matches!(password.write(&file), Err(KeystoreError::Exists { .. })));
        let short = folder.path().join("short");
        Password::new("seven c").unwrap().write(&short).unwrap();
        let refused = PasswordSource::File(short).read_new(&file);
        assert!(matches!(refused, Err(KeystoreError::Password { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_password_of_a_command_is_held_to_the_same() {
        let read = |line: &str| PasswordSource::Command(line.into()).read_new(Path::new("keys.json"));
        assert!(read("echo 'a password'").unwrap().same(&Password::new("a password").unwrap()));
        for line in ["printf '%01500d' 1", "echo short"] {
            assert!(matches!(read(line), Err(KeystoreError::Password { .. })), "{line}");
        }
        assert!(matches!(read("exit 1"), Err(KeystoreError::Command { .. })));
    }

    #[test]
    fn a_command_goes_before_a_file() {
        let (file, command) = (Some(PathBuf::from("password")), Some("pass show x".to_owned()));
        let source = PasswordSource::of(file.clone(), command);
        assert_eq!(source, PasswordSource::Command("pass show x".into()));
        assert_eq!(PasswordSource::of(file, None), PasswordSource::File("password".into()));
    }

    #[cfg(unix)]
    #[test]
    fn a_password_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "a password\n").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Password::read(&file), Err(KeystoreError::Exposed { mode: 0o644, .. })));
    }
}
