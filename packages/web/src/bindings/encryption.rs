//! Tables, encryption for the chosen nodes, and outputs.

use bithive_attest::result::words_for;
use bithive_table::{self as table, Label};
use js_sys::Float32Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use zeroize::Zeroizing;

use super::matching::JobSecrets;
use super::records::RecordKey;
use super::values::{bytes, narrow, object};
use crate::{Kind, round, sender};

#[wasm_bindgen]
pub struct Table(table::Table);

#[wasm_bindgen]
impl Table {
    /// Reads a CSV file: UTF-8, commas, a header, numbers. A column `diagnosis` or `label` is no feature.
    #[wasm_bindgen(js_name = fromCsv)]
    pub fn from_csv(csv: Vec<u8>) -> Result<Self, JsValue> {
        let csv = Zeroizing::new(csv);
        Ok(Self(table::Table::from_csv(&csv).map_err(Kind::Table.because())?))
    }

    /// Names of the feature columns.
    #[wasm_bindgen(getter)]
    pub fn columns(&self) -> Vec<String> {
        self.0.columns().to_vec()
    }

    /// Number of rows.
    #[wasm_bindgen(getter, js_name = rowCount)]
    pub fn row_count(&self) -> usize {
        self.0.features().row_count()
    }

    /// Words of the masked result of these rows.
    #[wasm_bindgen(getter)]
    pub fn dimensions(&self) -> usize {
        words_for(self.row_count())
    }

    /// 1 for each positive row and 0 for each negative one, if there was such a column.
    pub fn labels(&self) -> Option<Vec<u8>> {
        let label = |label: &Label| u8::from(*label == Label::Positive);
        self.0.labels().map(|labels| labels.iter().map(label).collect())
    }

    /// The rows at these indices, from 0.
    pub fn select(&self, rows: &[u32]) -> Result<Self, JsValue> {
        let rows: Vec<usize> = rows.iter().map(|row| *row as usize).collect();
        Ok(Self(self.0.select(&rows).map_err(Kind::Table.because())?))
    }

    /// The features as the model's runtime reads them.
    pub fn encode(&self) -> Vec<u8> {
        self.0.features().encode()
    }
}

#[wasm_bindgen]
pub struct ReferenceString(sender::Reference);

#[wasm_bindgen]
impl ReferenceString {
    /// Decodes a string, and compares it with the digest that the registry has.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8], digest: &[u8]) -> Result<Self, JsValue> {
        Ok(Self(sender::Reference::new(bytes, digest)?))
    }

    /// Slots of one group.
    #[wasm_bindgen(getter)]
    pub fn slots(&self) -> u16 {
        self.0.slots()
    }
}

#[wasm_bindgen]
pub struct Sender(sender::Sender);

#[wasm_bindgen]
impl Sender {
    /// A sender that knows no node, in a registry of so many groups.
    #[wasm_bindgen(constructor)]
    pub fn new(reference: &ReferenceString, groups: u32) -> Result<Self, JsValue> {
        Ok(Self(sender::Sender::new(&reference.0, narrow("groups", groups)?)?))
    }

    /// Learns a node's key from its file, which is checked in full. Slot, commitment and digest are those of its registration.
    pub fn learn(&mut self, slot: u32, commitment: &[u8], digest: &[u8], file: &[u8]) -> Result<(), JsValue> {
        Ok(self.0.learn(narrow("slot", slot)?, commitment, digest, file)?)
    }

    /// Draws a key for a round of a job, for the nodes at these slots.
    pub fn address(
        &mut self,
        job: &JobSecrets,
        #[wasm_bindgen(js_name = jobId)] job_id: u64,
        round: u32,
        slots: &[u16],
    ) -> Result<Assignment, JsValue> {
        Ok(Assignment(self.0.address(&job.0, job_id, narrow("round", round)?, slots)?))
    }
}

#[wasm_bindgen]
pub struct Assignment(sender::Assignment);

#[wasm_bindgen]
impl Assignment {
    /// The encoded set.
    #[wasm_bindgen(getter)]
    pub fn mask(&self) -> Vec<u8> {
        self.0.mask().to_vec()
    }

    /// 128 bytes for each group that the set touches.
    #[wasm_bindgen(getter)]
    pub fn headers(&self) -> Vec<u8> {
        self.0.headers().to_vec()
    }

    /// Point additions that this set cost.
    #[wasm_bindgen(getter, js_name = changedSlots)]
    pub fn changed_slots(&self) -> usize {
        self.0.changed_slots()
    }

    /// Seals the next encoded rows. Gives the sealed bytes that are ready, possibly none.
    pub fn write(&mut self, rows: Vec<u8>) -> Result<Vec<u8>, JsValue> {
        Ok(self.0.write(&Zeroizing::new(rows))?)
    }

    /// Seals what is left.
    #[wasm_bindgen(unchecked_return_type = "Finished")]
    pub fn finish(&mut self) -> Result<JsValue, JsValue> {
        let finished = self.0.finish()?;
        Ok(object([
            ("sealed", bytes(&finished.sealed)),
            ("payload", bytes(&finished.payload)),
            ("inputCommitment", bytes(&finished.input_commitment)),
            ("length", finished.length.into()),
        ]))
    }

    /// The key with which outputs open.
    #[wasm_bindgen(js_name = roundKey)]
    pub fn round_key(&self) -> RoundKey {
        RoundKey(self.0.round_key().clone())
    }
}

#[wasm_bindgen]
pub struct RoundKey(round::RoundKey);

#[wasm_bindgen]
impl RoundKey {
    /// Number of the job.
    #[wasm_bindgen(getter, js_name = jobId)]
    pub fn job_id(&self) -> u64 {
        self.0.job_id()
    }

    /// The round, from 1.
    #[wasm_bindgen(getter)]
    pub fn round(&self) -> u8 {
        self.0.round()
    }

    /// Opens the output of a worker: one number for each row. `digest` and `masked` are the worker's on chain.
    #[wasm_bindgen(js_name = openOutput)]
    pub fn open_output(
        &self,
        worker: &str,
        digest: &[u8],
        sealed: &[u8],
        masked: &[u8],
    ) -> Result<Float32Array, JsValue> {
        let output = self.0.open_output(worker, digest, sealed, masked)?;
        Ok(Float32Array::from(output.values.as_slice()))
    }

    /// Seals the key.
    pub fn export(&self, key: &RecordKey) -> Result<Vec<u8>, JsValue> {
        Ok(self.0.export(&key.0)?)
    }

    /// Opens what `export` sealed.
    pub fn import(key: &RecordKey, record: &[u8]) -> Result<Self, JsValue> {
        Ok(Self(round::RoundKey::import(&key.0, record)?))
    }
}
