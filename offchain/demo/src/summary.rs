//! The demo's result: one document, as JSON or as a table.

use std::collections::BTreeMap;

use bithive_client::amount::show;
use bithive_command_kit::table;
use comfy_table::CellAlignment;
use console::style;
use serde::Serialize;

use super::check::Check;
use super::curious::Curious;
use super::gas::StepGas;
use super::outsiders::Attempt;

/// A payment, in base units.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Payment {
    pub(super) to: String,
    pub(super) amount: u128,
}

/// What the lie cost whom, in base units of 10^-6 BTT.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Lie {
    /// Nodes of the requester.
    pub(super) accomplices: Vec<String>,
    /// The honest node.
    pub(super) victim: String,
    /// What the requester and its nodes lost together, of balances and bonds.
    pub(super) spent: u128,
    /// What the honest node lost.
    pub(super) harmed: u128,
}

/// One row of the output.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Prediction {
    pub(super) row: usize,
    pub(super) probability: f32,
    pub(super) class: &'static str,
    pub(super) label: Option<&'static str>,
}

/// Results of the demo. Amounts are in base units of 10^-6 BTT.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Summary {
    /// Whether every check holds.
    pub(super) ok: bool,
    /// Not for clinical use.
    pub(super) notice: &'static str,
    /// Id of the chain.
    pub(super) chain: String,
    pub(super) nodes: usize,
    /// Slots of a broadcast group.
    pub(super) slots: u16,
    /// Broadcast groups of the registry.
    pub(super) groups: u16,
    pub(super) seed: u64,
    /// Nodes whose tags opened the vault.
    pub(super) matched: usize,
    /// Nodes that satisfy the policy.
    pub(super) eligible: usize,
    /// The workers, in slot order.
    pub(super) chosen: Vec<String>,
    /// Groups with a worker: each has a header.
    pub(super) headers: usize,
    pub(super) header_bytes: usize,
    pub(super) mask_bytes: usize,
    pub(super) vault_bytes: usize,
    pub(super) vault_leaves: usize,
    pub(super) payload_bytes: u64,
    /// Slots that changed in the groups of the second job's set since something was last sent to them.
    pub(super) changed_slots: usize,
    pub(super) decrypt_attempts: usize,
    /// Attempts to open the input that failed.
    pub(super) decrypt_refused: usize,
    pub(super) attempts: Vec<Attempt>,
    /// Workers that agree.
    pub(super) quorum: u32,
    pub(super) quorum_needed: u8,
    /// Bonds that were slashed, by node, in base units.
    pub(super) slashed: Vec<Payment>,
    /// What the job of the requester that lied cost whom.
    pub(super) dishonest_requester: Lie,
    /// What a requester and a stranger learnt that wanted to know more than they should.
    pub(super) curious: Curious,
    /// Share of rows whose class is the label, if there are labels.
    pub(super) accuracy: Option<f64>,
    pub(super) rows: usize,
    pub(super) predictions: Vec<Prediction>,
    /// Sum paid for the job.
    pub(super) paid: u128,
    pub(super) payments: Vec<Payment>,
    pub(super) escrow: u128,
    pub(super) refunded: u128,
    pub(super) minted: u128,
    pub(super) burnt: u128,
    pub(super) balances_total: u128,
    /// What the gas includes.
    pub(super) gas_notice: &'static str,
    /// Gas by step, and the part of it that verifies BLS signatures.
    pub(super) gas: BTreeMap<&'static str, StepGas>,
    pub(super) stage_ms: BTreeMap<&'static str, u64>,
    pub(super) refused_registrations: Vec<String>,
    pub(super) checks: Vec<Check>,
}

impl Summary {
    pub(super) fn print(&self) {
        println!("\n{}", style("Summary").bold());
        let mut facts = table(&["what", "value"]);
        for (name, value) in [
            ("matched / eligible / nodes", format!("{} / {} / {}", self.matched, self.eligible, self.nodes)),
            ("chosen", self.chosen.join(", ")),
            ("headers, one for each group with a worker", format!("{} x 128 B", self.headers)),
            ("vault", format!("{} B for {} leaves", self.vault_bytes, self.vault_leaves)),
            ("encrypted input", format!("{} B", self.payload_bytes)),
            ("outsiders' attempts refused", format!("{} of {}", self.decrypt_refused, self.decrypt_attempts)),
            ("quorum", format!("{} agree, {} needed", self.quorum, self.quorum_needed)),
            (
                "accuracy",
                self.accuracy
                    .map_or("no labels".into(), |a| format!("{:.1} % of {} rows", a * 100.0, self.rows)),
            ),
            (
                "escrow",
                format!(
                    "{} = {} paid + {} refunded",
                    show(self.escrow),
                    show(self.paid),
                    show(self.refunded)
                ),
            ),
            (
                "a requester that lied",
                format!(
                    "lost {}, its victim {}",
                    show(self.dishonest_requester.spent),
                    show(self.dishonest_requester.harmed)
                ),
            ),
            ("minted - burnt", format!("{} - {}", show(self.minted), show(self.burnt))),
        ] {
            facts.add_row([name.to_owned(), value]);
        }
        println!("{facts}");
        self.print_money();
        self.print_gas();
        self.print_stages();
        println!("{}", style("Checks").bold());
        for check in &self.checks {
            let mark = if check.ok { style("ok  ").green() } else { style("FAIL").red().bold() };
            println!("   {mark} {}: {}", check.name, check.detail);
        }
        println!("\n{}", self.notice);
    }

    fn print_money(&self) {
        let mut money = table(&["account", "changes"]);
        for payment in &self.payments {
            money.add_row([payment.to.clone(), format!("+{}", show(payment.amount))]);
        }
        for slash in &self.slashed {
            money.add_row([slash.to.clone(), format!("-{} of its bond", show(slash.amount))]);
        }
        money.column_mut(1).into_iter().for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        println!("{money}");
    }

    fn print_gas(&self) {
        let mut gas = table(&["step", "txs", "gas each", "of it BLS", "pairings", "bytes written"]);
        for (step, cost) in &self.gas {
            gas.add_row([
                (*step).to_owned(),
                cost.txs.to_string(),
                cost.gas.to_string(),
                format!("{:.1} %", 100.0 * cost.bls_share),
                cost.pairings.to_string(),
                cost.bytes_written.map_or_else(|| "not counted".into(), |bytes| bytes.to_string()),
            ]);
        }
        (1..6).for_each(|index| {
            gas.column_mut(index)
                .into_iter()
                .for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        });
        println!("{gas}\n   {}", self.gas_notice);
    }

    fn print_stages(&self) {
        let mut stages = table(&["stage", "ms"]);
        for (stage, ms) in &self.stage_ms {
            stages.add_row([(*stage).to_owned(), ms.to_string()]);
        }
        stages.column_mut(1).into_iter().for_each(|column| column.set_cell_alignment(CellAlignment::Right));
        println!("{stages}");
    }
}
