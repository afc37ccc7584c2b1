//! Certificates and keys of TLS, read from files.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{CertificateError, ClientConfig, RootCertStore};

use crate::config::{PacsTls, TlsConfig};
use crate::error::GatewayError;

fn bad(path: &Path, problem: impl ToString) -> GatewayError {
    GatewayError::Tls { path: path.to_owned(), problem: problem.to_string() }
}

pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, GatewayError> {
    let chain = CertificateDer::pem_file_iter(path).and_then(|chain| chain.collect::<Result<Vec<_>, _>>());
    let chain = chain.map_err(|error| bad(path, error))?;
    if chain.is_empty() {
        return Err(bad(path, "no certificate in it; expected at least one in PEM"));
    }
    Ok(chain)
}

fn roots(path: &Path) -> Result<RootCertStore, GatewayError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots.add(certificate).map_err(|error| bad(path, error))?;
    }
    Ok(roots)
}

/// The settings of a client that trusts these authorities and no other ones, and shows its own certificate where it has one.
pub(crate) fn client(files: &PacsTls) -> Result<ClientConfig, GatewayError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| bad(&files.authorities, error))?
        .with_root_certificates(roots(&files.authorities)?);
    let (Some(chain), Some(key)) = (&files.certificates, &files.key) else {
        return Ok(builder.with_no_client_auth());
    };
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| bad(key, error))?;
    builder.with_client_auth_cert(certificates(chain)?, private).map_err(|error| bad(chain, error))
}

/// The settings of a server with these files.
pub(crate) fn server(files: &TlsConfig) -> Result<rustls::ServerConfig, GatewayError> {
    let chain = certificates(&files.certificates)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| bad(&files.key, error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| bad(&files.certificates, error))?;
    let builder = match &files.clients {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots(path)?), provider);
            builder.with_client_cert_verifier(verifier.build().map_err(|error| bad(path, error))?)
        }
    };
    builder.with_single_cert(chain, key).map_err(|error| bad(&files.certificates, error))
}

/// What is wrong with a certificate, if that is behind an error.
pub(crate) fn refused<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CertificateError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(rustls::Error::InvalidCertificate(problem)) = error.downcast_ref() {
            return Some(problem);
        }
        // An error of input and output does not name the one within it as its source.
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(within) => Some(within),
            None => error.source(),
        };
    }
    None
}
