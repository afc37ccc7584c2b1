//! What a gateway is told: a TOML file that explains itself. [`TEMPLATE`] is one with all its comments.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::auth::config::{OidcConfig, SmartConfig};
pub use crate::config_error::ConfigError;
pub use crate::destinations::{EhrConfig, PacsConfig, PacsTls};
use crate::limits::SpoolLimits;
use crate::parts::{duration, is_title};
use crate::rules;
pub use crate::rules::{ConsentRule, JobsConfig, Rule};

/// A commented configuration.
pub const TEMPLATE: &str = include_str!("../templates/gateway.toml");
/// What `role` says.
pub const ROLE: &str = "gateway";

/// Most bytes of a configuration.
const MAX_BYTES: u64 = 1 << 20;
/// Most AE titles that may call.
const MAX_CALLERS: usize = 1_000;
/// Bounds of times.
const TIMES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(86_400));

/// Where it is logged who sent and who opened what.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditConfig {
    /// Whether it is.
    pub enabled: bool,
    /// Folder of the log.
    pub log: PathBuf,
}

impl Default for AuditConfig {
    /// It is, in the folder `audit`.
    fn default() -> Self {
        Self { enabled: true, log: "audit".into() }
    }
}

/// Settings of a gateway.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatewayConfig {
    /// Kind of party: always `gateway`, so that a file of another party is refused.
    pub role: String,
    /// Folder of the spool.
    pub spool: PathBuf,
    /// Key of the spool.
    pub key: PathBuf,
    /// Most objects in the spool.
    #[serde(default = "most_instances")]
    pub most_instances: usize,
    /// Most gibibytes (2^30 bytes) of objects in the spool.
    #[serde(default = "most_gib")]
    pub most_gib: u64,
    /// Associations; none are taken without this part.
    pub dicom: Option<DicomConfig>,
    /// DICOMweb and FHIR; not served without this part.
    pub web: Option<WebConfig>,
    /// Who posts jobs; nobody does without this part.
    pub jobs: Option<JobsConfig>,
    /// Which studies become jobs, and how; the first that takes an object of a study counts.
    #[serde(default)]
    pub rule: Vec<Rule>,
    /// DICOM peers to which answers are sent.
    #[serde(default)]
    pub pacs: Vec<PacsConfig>,
    /// FHIR servers to which reports are sent.
    #[serde(default)]
    pub ehr: Vec<EhrConfig>,
    /// Where it is logged who sent and who opened what.
    #[serde(default)]
    pub audit: AuditConfig,
    /// Where its metrics and status can be read; nowhere by default.
    #[serde(default)]
    pub metrics: MetricsConfig,
    /// Form and filter of its log; text at level `info` by default.
    #[serde(default)]
    pub log: LogConfig,
}

/// How associations are taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DicomConfig {
    /// TCP address to listen at; port 0 takes a free one.
    pub listen: SocketAddr,
    /// AE title of the gateway.
    pub title: String,
    /// AE titles that may call.
    pub callers: Vec<String>,
    /// Longest silence of a peer.
    #[serde(default = "minute", deserialize_with = "duration")]
    pub idle: Duration,
    /// Longest time for one object to arrive.
    #[serde(default = "ten_minutes", deserialize_with = "duration")]
    pub object_time: Duration,
    /// TLS; plain associations without it.
    pub tls: Option<TlsConfig>,
}

/// Certificates of the gateway, and who signs those of its peers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// Chain of certificates, PEM.
    pub certificates: PathBuf,
    /// Private key, PEM.
    pub key: PathBuf,
    /// Authorities of clients, PEM; clients show no certificate without it.
    pub clients: Option<PathBuf>,
}

/// How DICOMweb and FHIR are served.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebConfig {
    /// TCP address to listen at; port 0 takes a free one.
    pub listen: SocketAddr,
    /// File with the secret that machines show that have nothing else; none is taken without it.
    pub token: Option<PathBuf>,
    /// Names without port under which it is asked, beside its address and `localhost`.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Authorities, PEM, of issuers and of addresses with keys, beside the public ones.
    pub authorities: Option<PathBuf>,
    /// Programs by SMART Backend Services; none without this part.
    pub smart: Option<SmartConfig>,
    /// People by OpenID Connect; none without this part.
    pub oidc: Option<OidcConfig>,
}

/// What it says of itself to programs on this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsConfig {
    /// Loopback TCP address of `/metrics` and `/status`.
    pub listen: Option<SocketAddr>,
}

/// What is logged.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// For people or for machines.
    pub format: LogFormat,
    /// Which lines, as a filter of the `tracing` crates.
    pub filter: String,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// A line of text.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".into() }
    }
}

const fn most_instances() -> usize {
    200_000
}

const fn most_gib() -> u64 {
    100
}

const fn minute() -> Duration {
    Duration::from_secs(60)
}

const fn ten_minutes() -> Duration {
    Duration::from_secs(600)
}

impl GatewayConfig {
    /// Reads and checks a file. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// [`ConfigError`], naming the field.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let file = path.display().to_string();
        let bad = |problem: String| ConfigError::File { file: file.clone(), problem };
        let length = std::fs::metadata(path).map_err(|error| bad(error.to_string()))?.len();
        if length > MAX_BYTES {
            return Err(bad(format!("it has {length} bytes; expected at most {MAX_BYTES}")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
        Self::parse(&text, path)
    }

    /// As [`GatewayConfig::load`], of a text that stands in `path`.
    ///
    /// # Errors
    /// As [`GatewayConfig::load`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let file = path.display().to_string();
        let bad = |problem: String| ConfigError::File { file: file.clone(), problem };
        let document = toml::Deserializer::parse(text).map_err(|error| bad(error.to_string()))?;
        let mut config: Self = serde_path_to_error::deserialize(document)
            .map_err(|error| bad(format!("{}: {}", error.path(), error.inner())))?;
        config.check(&file)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut paths = vec![&mut config.spool, &mut config.key, &mut config.audit.log];
        if let Some(web) = &mut config.web {
            if let Some(smart) = &mut web.smart {
                smart.place(folder);
            }
            paths.extend(web.token.as_mut().into_iter().chain(&mut web.authorities));
        }
        if let Some(tls) = config.dicom.as_mut().and_then(|dicom| dicom.tls.as_mut()) {
            paths.extend([&mut tls.certificates, &mut tls.key]);
            paths.extend(tls.clients.as_mut());
        }
        for path in paths {
            *path = folder.join(&*path);
        }
        let peers = (config.pacs.as_mut_slice(), config.ehr.as_mut_slice());
        rules::settle(folder, (&mut config.jobs, &mut config.rule), peers);
        Ok(config)
    }

    fn check(&self, file: &str) -> Result<(), ConfigError> {
        let field = |field, found: String, expected: String| {
            Err(ConfigError::Field { file: file.to_owned(), field, found, expected })
        };
        if self.role != ROLE {
            return field("role", self.role.clone(), format!("{ROLE:?}"));
        }
        if !(1..=10_000_000).contains(&self.most_instances) {
            return field("most_instances", self.most_instances.to_string(), "1 to 10,000,000".into());
        }
        if !(1..=1_000_000).contains(&self.most_gib) {
            return field("most_gib", self.most_gib.to_string(), "1 to 1,000,000".into());
        }
        if let Some(listen) = self.metrics.listen.filter(|listen| !bithive_monitor::is_loopback(listen)) {
            return field(
                "metrics.listen",
                listen.to_string(),
                "a loopback address, like 127.0.0.1:9470".into(),
            );
        }
        let rules = rules::check(self.jobs.as_ref(), &self.rule, &self.pacs, &self.ehr);
        rules.or_else(|(name, found, expected)| field(name, found, expected))?;
        if let Some(web) = &self.web {
            let checked = web.check();
            checked.or_else(|(name, found, expected)| field(name, found, expected))?;
        }
        let Some(dicom) = &self.dicom else { return Ok(()) };
        let title = "an AE title: 1 to 16 characters of ASCII, no backslash, no spaces around it".to_owned();
        if !is_title(&dicom.title) {
            return field("dicom.title", dicom.title.clone(), title);
        }
        if !(1..=MAX_CALLERS).contains(&dicom.callers.len()) {
            let expected = format!("1 to {MAX_CALLERS} AE titles; without one, nobody can send");
            return field("dicom.callers", format!("{} titles", dicom.callers.len()), expected);
        }
        if let Some(wrong) = dicom.callers.iter().find(|caller| !is_title(caller)) {
            return field("dicom.callers", wrong.clone(), title);
        }
        let (least, most) = TIMES;
        for (name, time) in [("dicom.idle", dicom.idle), ("dicom.object_time", dicom.object_time)] {
            if !(least..=most).contains(&time) {
                let shown = humantime::format_duration;
                return field(name, shown(time).to_string(), format!("{} to {}", shown(least), shown(most)));
            }
        }
        Ok(())
    }

    /// Checks that the files that it names are there.
    ///
    /// # Errors
    /// [`ConfigError::Missing`], with what makes the file.
    pub fn check_files(&self, path: &Path) -> Result<(), ConfigError> {
        let mut files = vec![("key", &self.key, "`bithive gateway key FILE` makes it")];
        let keys: Vec<PathBuf> =
            self.web.iter().filter_map(|web| web.smart.as_ref()).flat_map(SmartConfig::files).collect();
        files.extend(keys.iter().map(|keys| {
            (
                "web.smart.clients.keys",
                keys,
                "it is the public keys of the client, {\"keys\": [...]}, which its operator has",
            )
        }));
        if let Some(web) = &self.web {
            let token = web.token.iter();
            files.extend(token.map(|token| ("web.token", token, "`bithive gateway token FILE` makes it")));
            let authorities = web.authorities.iter();
            files.extend(authorities.map(|file| ("web.authorities", file, "correct the path")));
        }
        if let Some(tls) = self.dicom.as_ref().and_then(|dicom| dicom.tls.as_ref()) {
            files.push(("dicom.tls.certificates", &tls.certificates, "correct the path"));
            files.push(("dicom.tls.key", &tls.key, "correct the path"));
            files
                .extend(tls.clients.iter().map(|clients| ("dicom.tls.clients", clients, "correct the path")));
        }
        files.extend(rules::files(self.jobs.as_ref(), &self.rule, (&self.pacs, &self.ehr)));
        let missing = files.into_iter().find(|(_, path, _)| !path.is_file());
        missing.map_or(Ok(()), |(field, found, remedy)| {
            let file = path.display().to_string();
            Err(ConfigError::Missing { file, field, path: found.clone(), remedy })
        })
    }

    /// How much the spool takes.
    #[must_use]
    pub fn limits(&self) -> SpoolLimits {
        SpoolLimits {
            instances: self.most_instances,
            bytes: self.most_gib.saturating_mul(1 << 30),
            ..SpoolLimits::default()
        }
    }
}

impl WebConfig {
    fn check(&self) -> Result<(), crate::auth::config::Wrong> {
        if self.token.is_none() && self.smart.is_none() && self.oidc.is_none() {
            let expected = "web.token, [web.smart] or [web.oidc]: a way to be admitted";
            return Err(("web", "without any".into(), expected.into()));
        }
        self.smart.as_ref().map_or(Ok(()), SmartConfig::check)?;
        self.oidc.as_ref().map_or(Ok(()), OidcConfig::check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<GatewayConfig, ConfigError> {
        GatewayConfig::parse(text, Path::new("folder/gateway.toml"))
    }

    /// A setting that is commented out.
    fn setting(line: &str) -> Option<String> {
        let line = line.strip_prefix("# ")?;
        (line.starts_with('[') || line.contains(" = ")).then(|| format!("{line}\n"))
    }

    #[test]
    fn the_template_is_a_configuration_and_paths_are_relative_to_it() {
        let config = parse(TEMPLATE).unwrap();
        assert_eq!(config.spool, Path::new("folder/spool"));
        assert_eq!(config.dicom.unwrap().idle, Duration::from_secs(60));
        assert_eq!(config.log, LogConfig::default());
        let tls = TEMPLATE.replacen("# [dicom.tls]", "[dicom.tls]", 1).replacen(
            "# certificates =",
            "certificates =",
            1,
        );
        let tls =
            tls.replacen("# key = \"key.pem\"", "key = \"key.pem\"", 1).replace("# clients =", "clients =");
        let tls = parse(&tls).unwrap().dicom.unwrap().tls.unwrap();
        assert_eq!(tls.clients.unwrap(), Path::new("folder/authorities.pem"));
        let begin = TEMPLATE.find("# [[pacs]]").unwrap();
        let end = TEMPLATE.find("# Who sent and who opened what").unwrap();
        let peers: String = TEMPLATE[begin..end].lines().filter_map(setting).collect();
        let config = parse(&format!("{TEMPLATE}\n{peers}")).unwrap();
        let tls = config.pacs[0].tls.as_ref().unwrap();
        assert_eq!(tls.key.as_deref(), Some(Path::new("folder/key.pem")));
        assert_eq!(config.ehr[0].token.as_deref(), Some(Path::new("folder/ehr.token")));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_field_and_what_is_expected() {
        for (from, to, field, words) in [
            ("role = \"gateway\"", "role = \"node\"", "role", "gateway"),
            ("most_gib = 100", "most_gib = 0", "most_gib", "1 to 1,000,000"),
            ("most_gib = 100", "most_gib = 100\nmost_tib = 1", "most_tib", "unknown field"),
            ("title = \"BITHIVE\"", "title = \"SEVENTEEN-LETTERS\"", "dicom.title", "AE title"),
            ("[\"STORESCU\", \"ORTHANC\"]", "[]", "dicom.callers", "AE titles"),
            ("[\"STORESCU\", \"ORTHANC\"]", "[\"a\\\\b\"]", "dicom.callers", "backslash"),
            ("idle = \"60s\"", "idle = \"60\"", "dicom.idle", "30s"),
            ("idle = \"60s\"", "idle = \"2days\"", "dicom.idle", "1s to 1day"),
            ("127.0.0.1:9470", "192.0.2.1:9470", "metrics.listen", "loopback"),
            ("\"127.0.0.1:8042\"", "\"localhost\"", "web.listen", "invalid socket address"),
        ] {
            let error = parse(&TEMPLATE.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(field) && error.contains(words), "{field}: {error}");
            assert!(error.starts_with("folder/gateway.toml: "), "{error}");
        }
    }
}
