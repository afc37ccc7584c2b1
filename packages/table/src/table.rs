//! CSV files with a header: features, and labels where there are any.

use std::collections::HashSet;
use std::fmt;

use crate::features::{Features, FeaturesError, MAX_BYTES, MAX_FEATURES, MAX_ROWS};
use crate::label::Label;

/// Longest column name in bytes; names are repeated in messages.
pub const MAX_COLUMN_NAME_BYTES: usize = 128;

/// Label columns and how they write a negative and a positive row.
const LABEL_COLUMNS: [(&str, [&str; 2]); 2] = [("diagnosis", ["B", "M"]), ("label", ["0", "1"])];

/// Why a table is refused. Rows count from 1 after the header. No variant carries a cell: cells may be a patient's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The file has no content.
    #[error("table: the file is empty; expected a header line and at least one row")]
    Empty,
    /// The file is larger than one message.
    #[error("table: expected at most {MAX_BYTES} bytes, found {found}")]
    TooLarge {
        /// Length of the file, in bytes.
        found: usize,
    },
    /// The file is not UTF-8 text.
    #[error("table: expected UTF-8 text, found another byte at offset {offset}")]
    NotText {
        /// Offset of the first wrong byte.
        offset: usize,
    },
    /// The file is not CSV.
    #[error("table: not CSV: {reason}")]
    NotCsv {
        /// The reader's reason.
        reason: String,
    },
    /// A quoted cell does not end.
    #[error("line {line}: a quote (\") is opened and never closed; close it, or remove it")]
    OpenQuote {
        /// Number of the line, from 1 with the header.
        line: usize,
    },
    /// Other characters than commas part the columns.
    #[error(
        "header: expected commas between the columns, found {found}; save the table with commas (CSV, comma-separated)"
    )]
    Separator {
        /// What parts them, in words.
        found: &'static str,
    },
    /// The first line holds values.
    #[error(
        "header: expected column names in the first line, found values; add a line with a name for each column above them, like \
         age,dose,diagnosis"
    )]
    MissingHeader,
    /// A column has no name, or too long a one.
    #[error(
        "header, column {position}: expected a name of 1 to {MAX_COLUMN_NAME_BYTES} bytes, found {found}"
    )]
    ColumnName {
        /// Position of the column, counted from 1.
        position: usize,
        /// Length of the name, in bytes.
        found: usize,
    },
    /// Two columns have one name.
    #[error("header: column {name:?} appears twice")]
    DuplicateColumn {
        /// Name that occurs twice.
        name: String,
    },
    /// Both label columns are there.
    #[error("header: expected one label column, found both \"diagnosis\" and \"label\"")]
    TwoLabelColumns,
    /// There are labels only, or more features than a model may read.
    #[error("header: expected 1 to {MAX_FEATURES} feature columns, found {found}")]
    FeatureColumns {
        /// Feature columns found.
        found: usize,
    },
    /// There is a header and nothing else.
    #[error("table: expected 1 to {MAX_ROWS} rows after the header, found none")]
    NoRows,
    /// More rows than one request may have.
    #[error("table: expected 1 to {MAX_ROWS} rows, found more")]
    TooManyRows,
    /// A row is longer or shorter than the header.
    #[error("row {row}: expected {expected} columns as in the header, found {found}")]
    ColumnCount {
        /// Number of the row, from 1 behind the header.
        row: usize,
        /// Columns in the header.
        expected: usize,
        /// Columns in the row.
        found: usize,
    },
    /// A feature is not a number.
    #[error("row {row}, column {column:?}: expected a number")]
    NotNumeric {
        /// Number of the row, from 1 behind the header.
        row: usize,
        /// The column's name.
        column: String,
    },
    /// A feature is NaN, infinite, or too large for float32.
    #[error(
        "row {row}, column {column:?}: expected a finite float32, found NaN, infinity or a larger number"
    )]
    NotFinite {
        /// Number of the row, from 1 behind the header.
        row: usize,
        /// The column's name.
        column: String,
    },
    /// A label is neither class.
    #[error("row {row}, column {column:?}: expected {negative} or {positive}")]
    UnknownLabel {
        /// Number of the row, from 1 behind the header.
        row: usize,
        /// The column's name.
        column: &'static str,
        /// How the column writes a negative row.
        negative: &'static str,
        /// How the column writes a positive row.
        positive: &'static str,
    },
    /// The values break a limit of the feature matrix, or a selected row does not exist.
    #[error(transparent)]
    Features(#[from] FeaturesError),
}

/// Named features of rows, with their labels if the file had a label column.
#[derive(Clone, PartialEq)]
pub struct Table {
    columns: Vec<String>,
    features: Features,
    labels: Option<Vec<Label>>,
}

impl Table {
    /// Reads a CSV file: comma-separated UTF-8 with a header line, one float32 per feature, and at most one label
    /// column, `diagnosis` (`M`, `B`) or `label` (`0`, `1`), anywhere. Blanks around cells and empty lines are skipped.
    ///
    /// # Errors
    /// See [`TableError`]; the first thing wrong in reading order.
    pub fn from_csv(bytes: &[u8]) -> Result<Self, TableError> {
        if bytes.len() > MAX_BYTES {
            return Err(TableError::TooLarge { found: bytes.len() });
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| TableError::NotText { offset: error.valid_up_to() })?;
        closed_quotes(text)?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
        let header = Header::parse(reader.headers().map_err(not_csv)?)?;

        let mut values = Vec::new();
        let mut labels = Vec::new();
        let mut record = csv::StringRecord::new();
        let mut row = 0;
        while reader.read_record(&mut record).map_err(not_csv)? {
            row += 1;
            if row > MAX_ROWS {
                return Err(TableError::TooManyRows);
            }
            header.read_row(row, &record, &mut values, &mut labels)?;
        }
        if row == 0 {
            return Err(TableError::NoRows);
        }
        let features = Features::new(header.columns.len(), values)?;
        Ok(Self { columns: header.columns, features, labels: header.label.map(|_| labels) })
    }

    /// Names of the feature columns, in order.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The feature matrix.
    #[must_use]
    pub fn features(&self) -> &Features {
        &self.features
    }

    /// One label for each row, if the file had a label column.
    #[must_use]
    pub fn labels(&self) -> Option<&[Label]> {
        self.labels.as_deref()
    }

    /// The rows at these indices (counted from 0) with their labels, in this order; an index may repeat.
    ///
    /// # Errors
    /// No index, too many, or one that is out of range.
    pub fn select(&self, indices: &[usize]) -> Result<Self, TableError> {
        let features = self.features.select(indices)?;
        // `select` has checked every index; labels are as many as rows.
        let labels = self
            .labels
            .as_ref()
            .map(|labels| indices.iter().filter_map(|&index| labels.get(index).copied()).collect());
        Ok(Self { columns: self.columns.clone(), features, labels })
    }
}

/// Shows the shape only: cells may be a patient's.
impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({:?}, labelled: {})", self.features, self.labels.is_some())
    }
}

/// What the header line says: feature columns, and which column of the file is the label.
struct Header {
    columns: Vec<String>,
    label: Option<LabelColumn>,
}

struct LabelColumn {
    position: usize,
    name: &'static str,
    classes: [&'static str; 2],
}

impl Header {
    fn parse(record: &csv::StringRecord) -> Result<Self, TableError> {
        if record.is_empty() {
            return Err(TableError::Empty);
        }
        commas(record)?;
        if holds_values(record) {
            return Err(TableError::MissingHeader);
        }
        let mut seen = HashSet::new();
        let mut columns = Vec::new();
        let mut label = None;
        for (position, name) in record.iter().enumerate() {
            if name.is_empty() || name.len() > MAX_COLUMN_NAME_BYTES {
                return Err(TableError::ColumnName { position: position + 1, found: name.len() });
            }
            if !seen.insert(name) {
                return Err(TableError::DuplicateColumn { name: name.to_owned() });
            }
            match LABEL_COLUMNS.iter().find(|(column, _)| *column == name) {
                Some(_) if label.is_some() => return Err(TableError::TwoLabelColumns),
                Some(&(name, classes)) => label = Some(LabelColumn { position, name, classes }),
                None => columns.push(name.to_owned()),
            }
        }
        if columns.is_empty() || columns.len() > MAX_FEATURES {
            return Err(TableError::FeatureColumns { found: columns.len() });
        }
        Ok(Self { columns, label })
    }

    fn read_row(
        &self,
        row: usize,
        record: &csv::StringRecord,
        values: &mut Vec<f32>,
        labels: &mut Vec<Label>,
    ) -> Result<(), TableError> {
        let expected = self.columns.len() + usize::from(self.label.is_some());
        if record.len() != expected {
            return Err(TableError::ColumnCount { row, expected, found: record.len() });
        }
        let mut columns = self.columns.iter();
        for (position, cell) in record.iter().enumerate() {
            match &self.label {
                Some(label) if label.position == position => labels.push(label.parse(row, cell)?),
                _ => {
                    let Some(column) = columns.next() else { break };
                    values.push(parse_number(row, column, cell)?);
                }
            }
        }
        Ok(())
    }
}

impl LabelColumn {
    fn parse(&self, row: usize, cell: &str) -> Result<Label, TableError> {
        let [negative, positive] = self.classes;
        match cell {
            _ if cell == negative => Ok(Label::Negative),
            _ if cell == positive => Ok(Label::Positive),
            _ => Err(TableError::UnknownLabel { row, column: self.name, negative, positive }),
        }
    }
}

/// Separators that programs write in place of commas, and what they are called.
const SEPARATORS: [(char, &str); 2] = [(';', "semicolons"), ('\t', "tabs")];

/// Refuses a header whose names are parted by something else.
fn commas(header: &csv::StringRecord) -> Result<(), TableError> {
    for (separator, found) in SEPARATORS {
        let separators: usize = header.iter().map(|cell| cell.matches(separator).count()).sum();
        if separators >= header.len() {
            return Err(TableError::Separator { found });
        }
    }
    Ok(())
}

/// Whether a first line is a row and no header: numbers and labels only, or more numbers than names.
fn holds_values(header: &csv::StringRecord) -> bool {
    let is_number = |cell: &&str| cell.parse::<f64>().is_ok();
    let is_label = |cell: &&str| LABEL_COLUMNS.iter().any(|(_, classes)| classes.contains(cell));
    let numbers = header.iter().filter(is_number).count();
    numbers > 0 && header.iter().all(|cell| is_number(&cell) || is_label(&cell))
        || numbers > header.len().saturating_sub(numbers)
}

/// Refuses a quote that is never closed: the reader would take the rest of the file for one cell. Quotes within a quoted cell are
/// doubled, so their number is even in whatever is well-formed.
fn closed_quotes(text: &str) -> Result<(), TableError> {
    let odd = |text: &str| text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
    if !odd(text) {
        return Ok(());
    }
    let line = text.lines().position(odd).unwrap_or_default().saturating_add(1);
    Err(TableError::OpenQuote { line })
}

fn parse_number(row: usize, column: &str, cell: &str) -> Result<f32, TableError> {
    let value: f32 = cell.parse().map_err(|_| TableError::NotNumeric { row, column: column.to_owned() })?;
    if value.is_finite() { Ok(value) } else { Err(TableError::NotFinite { row, column: column.to_owned() }) }
}

fn not_csv(error: csv::Error) -> TableError {
    TableError::NotCsv { reason: error.to_string() }
}
