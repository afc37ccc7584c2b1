//! Associations by TLS, with certificates of both sides.

use std::path::Path;
use std::sync::Arc;

use bithive_dicomnet::command::{Request, Response, Status};
use dicom_dictionary_std::uids;
use dicom_ul::Pdu;
use dicom_ul::pdu::{PDataValue, PDataValueType};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore};

use super::Place;
use super::peer::{Peer, options};
use crate::config::TlsConfig;

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Issuer {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn signed(name: &str, by: &Issuer) -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    (CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, by).unwrap(), key)
}

fn files(folder: &Path, by: &Issuer) -> TlsConfig {
    let (certificate, key) = signed("gateway.test", by);
    let place = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    TlsConfig {
        certificates: place("chain.pem", certificate.pem()),
        key: place("key.pem", key.serialize_pem()),
        clients: Some(place("authorities.pem", by.pem())),
    }
}

fn client(roots_of: &Issuer, own: Option<(rcgen::Certificate, KeyPair)>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(roots_of.der().to_vec())).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    match own {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
            builder.with_client_auth_cert(vec![certificate.der().clone()], key).unwrap()
        }
    }
}

#[tokio::test]
async fn only_peers_with_a_certificate_of_the_authority_are_answered() {
    let mut place = Place::new();
    let (authority, other) = (authority(), authority());
    let tls = files(place.folder.path(), &authority);
    place.config.dicom.as_mut().unwrap().tls = Some(tls);
    let gateway = place.start().await;
    let address = gateway.dicom().unwrap();
    let call = async |own| {
        let options =
            options("STORESCU", "BITHIVE").tls_config(client(&authority, own)).server_name("gateway.test");
        options.establish_tls_async(address).await
    };
    let mut peer = call(Some(signed("modality.test", &authority))).await.unwrap();
    let context =
        peer.presentation_contexts().iter().find(|one| one.abstract_syntax == uids::VERIFICATION).unwrap().id;
    let data = Request::Echo { id: 1 }.encode();
    let value = PDataValue {
        presentation_context_id: context,
        value_type: PDataValueType::Command,
        is_last: true,
        data,
    };
    peer.send(&Pdu::PData { data: vec![value] }).await.unwrap();
    let Pdu::PData { data } = peer.receive().await.unwrap() else { panic!("an answer") };
    assert_eq!(Response::decode(&data[0].data).unwrap().status, Status::SUCCESS);
    assert!(call(None).await.is_err(), "without a certificate");
    assert!(call(Some(signed("modality.test", &other))).await.is_err(), "of another authority");
    assert!(Peer::calling(address, "STORESCU", "BITHIVE").await.is_err(), "without TLS");
}

#[tokio::test]
async fn files_that_are_no_certificates_are_named() {
    let mut place = Place::new();
    let mut tls = files(place.folder.path(), &authority());
    std::fs::write(&tls.certificates, "nothing").unwrap();
    place.config.dicom.as_mut().unwrap().tls = Some(tls.clone());
    let error = crate::run::Gateway::start(&place.config).await.err().unwrap().to_string();
    assert!(error.contains("chain.pem"), "{error}");
    tls.certificates = place.folder.path().join("missing.pem");
    place.config.dicom.as_mut().unwrap().tls = Some(tls);
    let error = place.config.check_files(Path::new("gateway.toml")).unwrap_err().to_string();
    assert!(error.contains("dicom.tls.certificates") && error.contains("missing.pem"), "{error}");
}
