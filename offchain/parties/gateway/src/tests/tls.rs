//! TLS: associations, with certificates of both sides, and FHIR servers of a house with an authority of its own.

use std::path::Path;
use std::sync::Arc;

use bithive_dicomnet::command::{Request, Response, Status};
use dicom_dictionary_std::uids;
use dicom_ul::Pdu;
use dicom_ul::pdu::{PDataValue, PDataValueType};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{CertificateError, ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::Place;
use super::peer::{Peer, options};
use super::sending::to;
use crate::config::{EhrConfig, PacsConfig, PacsTls, TlsConfig};
use crate::ehr::{Ehr, EhrError};
use crate::error::GatewayError;
use crate::scu::Pacs;
use crate::testing::{Phantom, arrival};

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

/// What a gateway that sends shows, and whom it trusts, in a folder within this one.
fn sends(folder: &Path, trusted: &Issuer, own: Option<&Issuer>) -> PacsTls {
    let folder = tempfile::tempdir_in(folder).unwrap().keep();
    let place = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let own = own.map(|by| signed("sender.test", by));
    PacsTls {
        authorities: place("trusted.pem", trusted.pem()),
        name: Some("gateway.test".into()),
        certificates: own.as_ref().map(|(certificate, _)| place("own.pem", certificate.pem())),
        key: own.as_ref().map(|(_, key)| place("own-key.pem", key.serialize_pem())),
    }
}

#[tokio::test]
async fn answers_reach_a_peer_by_tls_that_both_sides_trust_and_no_other_one() {
    let (sender, mut receiver) = (Place::new(), Place::new());
    let (house, other) = (authority(), authority());
    receiver.config.dicom.as_mut().unwrap().tls = Some(files(receiver.folder.path(), &house));
    let (from, peer) = (sender.start().await, receiver.start().await);
    let phantoms = [1, 2].map(|instance| arrival(&Phantom { instance, ..Phantom::default() }));
    let objects = phantoms.each_ref().map(|one| one.about.instance.clone());
    for one in phantoms {
        from.spool().store(one).unwrap();
    }
    let folder = sender.folder.path();
    let store = async |tls: Option<PacsTls>| {
        let config = PacsConfig { tls, ..to(peer.dicom().unwrap(), "BITHIVE") };
        Pacs::new(&config).unwrap().store(from.spool(), &objects).await
    };
    for (tls, said) in [
        (None, "it broke"),
        (Some(sends(folder, &other, Some(&house))), "is not in pacs.tls.authorities"),
        (
            Some(PacsTls { name: None, ..sends(folder, &house, Some(&house)) }),
            "pacs.tls.name is the name in it",
        ),
        (Some(sends(folder, &house, None)), "it broke"),
        (Some(sends(folder, &house, Some(&other))), "it broke"),
    ] {
        for outcome in store(tls).await {
            let problem = outcome.unwrap_err();
            assert!(problem.contains(said), "expected {said}: {problem}");
        }
    }
    assert_eq!(peer.spool().tally().instances, 0);
    assert_eq!(store(Some(sends(folder, &house, Some(&house)))).await, [Ok(()), Ok(())]);
    assert_eq!(peer.spool().tally().instances, 2);
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

/// A FHIR server behind TLS that takes what it is sent; its port, and what it got.
async fn fhir(
    certificate: (rcgen::Certificate, KeyPair),
) -> (u16, JoinSet<()>, mpsc::UnboundedReceiver<String>) {
    let (certificate, key) = certificate;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, (got, told)) = (listener.local_addr().unwrap().port(), mpsc::unbounded_channel());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // A client that does not trust it ends here.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = Vec::new();
            while !request.ends_with(BODY.as_bytes()) && stream.read_buf(&mut request).await.unwrap() > 0 {}
            got.send(String::from_utf8(request).unwrap()).unwrap();
            stream
                .write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .await
                .unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    (port, tasks, told)
}

const BODY: &str = r#"{"resourceType":"Patient","id":"p-1"}"#;

#[tokio::test]
async fn a_fhir_server_of_the_house_is_trusted_by_its_authority_and_without_it_the_remedy_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (house, other) = (authority(), authority());
    let (port, _tasks, mut told) = fhir(signed("localhost", &house)).await;
    let to = |authorities: Option<&Issuer>, host: &str| {
        let path = authorities.map(|issuer| {
            let path = folder.path().join("authorities.pem");
            std::fs::write(&path, issuer.pem()).unwrap();
            path
        });
        let url = format!("https://{host}:{port}/fhir");
        Ehr::new(&EhrConfig { name: "ehr".into(), url, token: None, authorities: path }).unwrap()
    };
    let put = async |server: Ehr| server.put(("Patient", "p-1"), BODY.into()).await;
    for server in [to(None, "localhost"), to(Some(&other), "localhost")] {
        let refused = put(server).await.unwrap_err();
        assert_eq!(refused, EhrError::Authority);
        assert!(refused.to_string().contains("name the house's authority in ehr.authorities"), "{refused}");
    }
    // Of the authority, and for another name.
    let refused = put(to(Some(&house), "127.0.0.1")).await.unwrap_err();
    assert!(matches!(&refused, EhrError::Certificate(problem) if is_other_name(problem)), "{refused}");
    assert!(refused.to_string().contains("the name in ehr.url"), "{refused}");
    assert!(told.try_recv().is_err(), "nothing was said to a server that is not trusted");
    put(to(Some(&house), "localhost")).await.unwrap();
    let request = told.recv().await.unwrap();
    assert!(
        request.starts_with("PUT /fhir/Patient/p-1 HTTP/1.1\r\n") && request.ends_with(BODY),
        "{request}"
    );
    let none = folder.path().join("none.pem");
    std::fs::write(&none, "nothing").unwrap();
    let url = format!("https://localhost:{port}/fhir");
    let config = EhrConfig { name: "ehr".into(), url, token: None, authorities: Some(none) };
    let error = Ehr::new(&config).err().unwrap();
    assert!(matches!(&error, GatewayError::Tls { path, .. } if path.ends_with("none.pem")), "{error}");
}

fn is_other_name(problem: &CertificateError) -> bool {
    matches!(problem, CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. })
}
