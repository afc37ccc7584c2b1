//! The hospital's side: a gateway that takes the study, and what leaves it: images without what names the patient.

use anyhow::{Context, Result, ensure};
use bithive_deid::{DeidKey, Profile, position, read, to_tensor, write};
use bithive_gateway::Token;
use bithive_gateway::config::{GatewayConfig, TEMPLATE};
use bithive_gateway::{Gateway, SpoolKey};
use bithive_inference::{Images, Shape};
use bytes::Bytes;
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use rand_chacha::ChaCha20Rng;
use rand_core::Rng as _;

use super::super::folder::Folder;
use super::{modality, phantom};

/// A study as it leaves the hospital.
pub(super) struct Study {
    /// Its new Study Instance UID.
    pub(super) uid: String,
    /// The new SOP Instance UIDs of its images, in their order.
    pub(super) instances: Vec<String>,
    /// What stands for the patient.
    pub(super) pseudonym: String,
    /// The images that the study became.
    pub(super) images: Images,
    /// The de-identified files.
    pub(super) files: Vec<Vec<u8>>,
    /// Attributes that were changed, in all files.
    pub(super) changes: u64,
}

/// What a gateway has taken.
pub(super) struct Received {
    /// Objects that were answered with success.
    pub(super) objects: usize,
    /// Everything that it has on disk, but for its key.
    pub(super) on_disk: Vec<Bytes>,
    /// The objects as they were sent.
    files: Vec<Vec<u8>>,
}

/// Has a scanner send the study to a gateway of its own, which ends afterwards.
pub(super) async fn receive() -> Result<Received> {
    let folder = Folder::new()?;
    // Every port is a free one.
    let mut text = TEMPLATE.to_owned();
    for port in [":11112", ":8042", ":9470"] {
        text = text.replace(port, ":0");
    }
    let config = GatewayConfig::parse(&text, &folder.of("gateway.toml"))?;
    SpoolKey::create(&config.key)?;
    Token::create(&folder.of("web.token"))?;
    let gateway = Gateway::start(&config).await?;
    let sent = phantom::files()?;
    modality::send(&sent, gateway.dicom().context("the gateway takes no associations")?).await?;
    let mut files = Vec::new();
    let spool = gateway.spool();
    for study in spool.studies() {
        for about in spool.study(&study) {
            files.push(spool.file(&about.instance)?.context("an object is gone")?);
        }
    }
    let objects = spool.tally().instances;
    gateway.stop().await;
    Ok(Received { objects, on_disk: folder.contents(&["spool.key"])?, files })
}

impl Received {
    /// De-identifies the objects and makes images of them, in the order of their positions.
    pub(super) fn deidentify(&self, rng: &mut ChaCha20Rng) -> Result<Study> {
        let mut secret = [0; 32];
        rng.fill_bytes(&mut secret);
        let key = DeidKey::from_hex(&hex::encode(secret))?;
        let mut found = Vec::new();
        let (mut changes, mut uid, mut pseudonym) = (0, String::new(), String::new());
        for file in &self.files {
            let mut object = read(file)?;
            let subject = key.subject_of(&object);
            changes += Profile::default().apply(&mut object, &subject)?.count();
            pseudonym = subject.pseudonym();
            let text = |tag: Tag| -> Result<String> {
                Ok(object.get(tag).context("an identifier is gone")?.to_str()?.trim().to_owned())
            };
            uid = text(tags::STUDY_INSTANCE_UID)?;
            let place = position(&object).context("a slice has no position")?;
            let mut images = to_tensor(&object)?.into_iter();
            let slice = images.next().context("a slice has no image")?;
            found.push((place, text(tags::SOP_INSTANCE_UID)?, slice, write(&object)?));
        }
        found.sort_by(|one, other| one.0.total_cmp(&other.0));
        let images = stack(found.iter().map(|(_, _, slice, _)| slice))?;
        let instances = found.iter().map(|(_, instance, ..)| instance.clone()).collect();
        let files = found.into_iter().map(|(.., file)| file).collect();
        Ok(Study { uid, instances, pseudonym, images, files, changes })
    }
}

/// Images of one size and spacing as one stack.
fn stack<'a>(slices: impl Iterator<Item = &'a Images> + Clone) -> Result<Images> {
    let first = slices.clone().next().context("the study has no slice")?;
    let (shape, spacing) = (first.shape(), first.spacing());
    let mut samples: Vec<f32> = Vec::new();
    let mut count = 0;
    for slice in slices {
        ensure!(slice.spacing() == spacing && slice.shape() == shape, "the slices are of different sizes");
        samples.extend(slice.images().flatten());
        count += slice.shape().images();
    }
    let shape: Shape = shape.with_images(count)?;
    Ok(Images::new(shape, spacing, samples)?)
}
