//! Schemas and policies.

use bithive_blindmatch::schema::{self, Attribute, SlotId};
use bithive_blindmatch::tree::Tree;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::values::{array, number, object};
use crate::{Kind, policy};

#[wasm_bindgen]
pub struct Schema(schema::Schema);

#[wasm_bindgen]
impl Schema {
    /// The schema that networks start with.
    pub fn bithive() -> Self {
        Self(schema::Schema::bithive())
    }

    /// Reads a schema's JSON.
    pub fn parse(json: &str) -> Result<Self, JsValue> {
        Ok(Self(policy::parse_schema(json)?))
    }

    /// The schema as JSON.
    pub fn json(&self) -> Result<String, JsValue> {
        Ok(serde_json::to_string(&self.0).map_err(Kind::Schema.because())?)
    }

    /// SHA-256 of the schema: 32 bytes.
    #[wasm_bindgen(getter)]
    pub fn digest(&self) -> Vec<u8> {
        self.0.digest().to_vec()
    }

    /// The attributes, in the order that numbers the slots.
    #[wasm_bindgen(unchecked_return_type = "Attribute[]")]
    pub fn attributes(&self) -> JsValue {
        array(self.0.attributes().iter().map(attribute))
    }

    /// Every question, in order of its number.
    #[wasm_bindgen(unchecked_return_type = "Slot[]")]
    pub fn slots(&self) -> JsValue {
        array(
            self.0
                .slots()
                .into_iter()
                .map(|slot| object([("id", JsValue::from(slot.id.0)), ("label", JsValue::from(slot.label))])),
        )
    }
}

fn attribute(attribute: &Attribute) -> JsValue {
    let words = |words: &[String]| array(words.iter().map(JsValue::from));
    let (kind, values) = match attribute {
        Attribute::Ordered { thresholds, .. } => {
            ("ordered", Some(("thresholds", array(thresholds.iter().copied().map(JsValue::from)))))
        }
        Attribute::Categorical { values, .. } => ("categorical", Some(("values", words(values)))),
        Attribute::Set { members, .. } => ("set", Some(("members", words(members)))),
        Attribute::Vector { .. } => ("vector", None),
    };
    let (kind, name) = (("kind", JsValue::from(kind)), ("name", JsValue::from(attribute.name())));
    match values {
        Some(values) => object([kind, name, values]),
        None => object([kind, name]),
    }
}

#[wasm_bindgen]
pub struct Policy(pub(super) policy::Policy);

#[wasm_bindgen]
impl Policy {
    /// Reads a policy's text, like `vram >= 16 and region in (eu, ch)`.
    pub fn parse(text: &str, schema: &Schema) -> Result<Self, JsValue> {
        Ok(Self(policy::Policy::parse(text, &schema.0)?))
    }

    /// Reads a policy's JSON.
    #[wasm_bindgen(js_name = fromJson)]
    pub fn from_json(json: &str, schema: &Schema) -> Result<Self, JsValue> {
        Ok(Self(policy::Policy::from_json(json, &schema.0)?))
    }

    /// The policy in the language of `parse`.
    pub fn text(&self) -> String {
        self.0.text()
    }

    /// The policy as JSON.
    pub fn json(&self) -> Result<String, JsValue> {
        let json = self.0.json()?;
        Ok(core::str::from_utf8(&json).map_err(Kind::Policy.because())?.to_owned())
    }

    /// What it costs, and what is public of it.
    #[wasm_bindgen(unchecked_return_type = "Explanation")]
    pub fn explain(&self) -> JsValue {
        let explained = self.0.explain();
        let labels: Vec<String> = self.0.schema().slots().into_iter().map(|slot| slot.label).collect();
        object([
            ("leaves", number(explained.leaves)),
            ("evaluations", number(explained.evaluations)),
            ("vaultBytes", number(explained.vault_bytes)),
            ("decodingCost", explained.decoding_cost.into()),
            ("budget", explained.budget.into()),
            ("attributes", array(explained.attributes.iter().map(JsValue::from))),
            ("shape", shape(&explained.shape, &labels)),
        ])
    }
}

fn shape(tree: &Tree<SlotId>, labels: &[String]) -> JsValue {
    match tree {
        Tree::Leaf(slot) => {
            let label = labels.get(usize::from(slot.0)).map(JsValue::from).unwrap_or_default();
            object([("slot", slot.0.into()), ("label", label)])
        }
        Tree::Gate { needed, children } => object([
            ("needed", (*needed).into()),
            ("of", array(children.iter().map(|child| shape(child, labels)))),
        ]),
    }
}
