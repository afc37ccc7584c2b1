//! A certificate authority for a test: a root, one below it, and certificates of servers.

use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use tempfile::TempDir;

pub(crate) struct Authority {
    folder: TempDir,
    intermediate: CertifiedIssuer<'static, KeyPair>,
}

fn issuer() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

impl Authority {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = CertifiedIssuer::self_signed(issuer(), KeyPair::generate().unwrap()).unwrap();
        let intermediate = CertifiedIssuer::signed_by(issuer(), KeyPair::generate().unwrap(), &root).unwrap();
        std::fs::write(folder.path().join("root.pem"), root.pem()).unwrap();
        Self { folder, intermediate }
    }

    /// What clients are to trust.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("root.pem")
    }

    /// The chain and the key of a server with this name or address, valid to the end of a year.
    pub(crate) fn server(&self, name: &str, year: i32) -> (PathBuf, PathBuf) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.intermediate).unwrap();
        let place = |what: &str| self.folder.path().join(format!("{name}-{year}-{what}.pem"));
        let (chain_at, key_at) = (place("chain"), place("key"));
        std::fs::write(&chain_at, certificate.pem() + &self.intermediate.pem()).unwrap();
        std::fs::write(&key_at, key.serialize_pem()).unwrap();
        (chain_at, key_at)
    }
}
