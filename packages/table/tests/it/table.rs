//! Reading CSV files.

use bithive_table::{FeaturesError, Label, MAX_BYTES, MAX_FEATURES, MAX_ROWS, Table, TableError};
use proptest::prelude::*;

fn read(text: &str) -> Result<Table, TableError> {
    Table::from_csv(text.as_bytes())
}

#[test]
fn features_and_labels_are_told_apart() {
    let table = read("age,diagnosis,dose\n1,M,2.5\n-3e1,B,0\n").unwrap();
    assert_eq!(table.columns(), ["age", "dose"]);
    assert_eq!(table.labels(), Some([Label::Positive, Label::Negative].as_slice()));
    assert_eq!(table.features().rows().collect::<Vec<_>>(), [[1.0, 2.5], [-30.0, 0.0]]);
}

#[test]
fn a_label_column_of_numbers_is_read() {
    let table = read("label,age\n1,7\n0,8\n").unwrap();
    assert_eq!(table.labels(), Some([Label::Positive, Label::Negative].as_slice()));
}

#[test]
fn labels_are_optional() {
    assert_eq!(read("age\n7\n").unwrap().labels(), None);
}

#[test]
fn windows_line_ends_blanks_and_a_byte_order_mark_are_fine() {
    let table = read("\u{feff}age , dose\r\n 1 , 2\r\n\r\n3,4").unwrap();
    assert_eq!(table.columns(), ["age", "dose"]);
    assert_eq!(table.features().row_count(), 2);
}

#[test]
fn a_file_without_content_is_refused() {
    for text in ["", "\n\n"] {
        assert_eq!(read(text), Err(TableError::Empty));
    }
}

#[test]
fn a_file_without_rows_is_refused() {
    assert_eq!(read("age,dose\n"), Err(TableError::NoRows));
}

#[test]
fn a_file_without_header_is_refused() {
    assert_eq!(read("1,2.5\n3,4\n"), Err(TableError::MissingHeader));
}

#[test]
fn rows_without_header_are_refused_with_labels_and_ids_too() {
    for text in ["M,2.5\n", "1,B\n0,M\n", "842302,M,17.99,10.38\n", "17.99,10.38,site\n"] {
        assert_eq!(read(text), Err(TableError::MissingHeader), "{text}");
    }
    // Names may be numbers: of years, of genes.
    assert_eq!(read("age,2020\n1,2\n").unwrap().columns(), ["age", "2020"]);
    assert_eq!(read("age,dose,M\n1,2,3\n").unwrap().columns(), ["age", "dose", "M"]);
    let told = TableError::MissingHeader.to_string();
    assert!(told.contains("first line") && told.contains("age,dose,diagnosis"), "{told}");
}

#[test]
fn columns_that_are_not_parted_by_commas_are_named() {
    for (text, found) in [
        ("age;dose\n1;2\n", "semicolons"),
        ("age;dose\n1,5;2,5\n", "semicolons"),
        ("age\tdose\n1\t2\n", "tabs"),
    ] {
        let error = read(text).unwrap_err();
        assert_eq!(error, TableError::Separator { found });
        assert!(error.to_string().contains(found) && error.to_string().contains("commas"), "{error}");
    }
    assert_eq!(read("dose;mg,age\n1,2\n").unwrap().columns(), ["dose;mg", "age"]);
}

#[test]
fn a_quote_that_is_not_closed_is_named_by_its_line() {
    for (text, line) in
        [("age,dose\n1,2\n\"3,4\n5,6\n", 3), ("\"age,dose\n1,2\n", 1), ("\"a\"\"b\",c\n1,\"2\n", 2)]
    {
        let error = read(text).unwrap_err();
        assert_eq!(error, TableError::OpenQuote { line }, "{text}");
        assert!(error.to_string().starts_with(&format!("line {line}: ")), "{error}");
    }
    assert_eq!(read("\"a\"\"b\",\"c\nd\"\n1,\"2\"\n").unwrap().columns(), ["a\"b", "c\nd"]);
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let found = MAX_BYTES + 1;
    assert_eq!(Table::from_csv(&vec![b' '; found]), Err(TableError::TooLarge { found }));
}

#[test]
fn too_many_rows_are_refused() {
    let full = format!("age\n{}", "1\n".repeat(MAX_ROWS));
    assert_eq!(read(&full).unwrap().features().row_count(), MAX_ROWS);
    assert_eq!(read(&format!("{full}1\n")), Err(TableError::TooManyRows));
}

#[test]
fn bytes_that_are_not_text_are_refused() {
    assert_eq!(Table::from_csv(b"age\n\xff\n"), Err(TableError::NotText { offset: 4 }));
}

#[test]
fn column_names_are_checked() {
    assert_eq!(read("age,,dose\n"), Err(TableError::ColumnName { position: 2, found: 0 }));
    let long = "x".repeat(129);
    assert_eq!(read(&format!("{long}\n")), Err(TableError::ColumnName { position: 1, found: 129 }));
    assert_eq!(read("age,age\n"), Err(TableError::DuplicateColumn { name: "age".to_owned() }));
    assert_eq!(read("label,age,diagnosis\n"), Err(TableError::TwoLabelColumns));
    assert_eq!(read("label\n1\n"), Err(TableError::FeatureColumns { found: 0 }));
    let many = (0..=MAX_FEATURES).map(|column| format!("c{column}")).collect::<Vec<_>>().join(",");
    assert_eq!(read(&many), Err(TableError::FeatureColumns { found: MAX_FEATURES + 1 }));
}

#[test]
fn a_row_of_another_length_is_named() {
    let expected = TableError::ColumnCount { row: 2, expected: 2, found: 3 };
    assert_eq!(read("age,dose\n1,2\n1,2,3\n"), Err(expected.clone()));
    assert_eq!(expected.to_string(), "row 2: expected 2 columns as in the header, found 3");
    assert_eq!(read("age,dose\n1\n"), Err(TableError::ColumnCount { row: 1, expected: 2, found: 1 }));
}

#[test]
fn a_cell_that_is_no_number_is_named_and_not_repeated() {
    for cell in ["abc", "", "1,5".replace(',', ";").as_str(), "0x10"] {
        let error = read(&format!("age,dose\n1,2\n3,{cell}\n")).unwrap_err();
        assert_eq!(error, TableError::NotNumeric { row: 2, column: "dose".to_owned() });
        assert_eq!(error.to_string(), "row 2, column \"dose\": expected a number");
    }
}

#[test]
fn a_number_that_is_not_finite_is_named() {
    for cell in ["NaN", "inf", "-infinity", "1e39"] {
        let error = read(&format!("age\n{cell}\n")).unwrap_err();
        assert_eq!(error, TableError::NotFinite { row: 1, column: "age".to_owned() });
    }
}

#[test]
fn an_unknown_label_is_named() {
    for (column, cells, negative, positive) in
        [("diagnosis", ["m", "1", ""], "B", "M"), ("label", ["M", "2", "1.0"], "0", "1")]
    {
        for cell in cells {
            let error = read(&format!("age,{column}\n1,{cell}\n")).unwrap_err();
            assert_eq!(error, TableError::UnknownLabel { row: 1, column, negative, positive });
        }
    }
}

#[test]
fn a_table_of_more_values_than_one_message_holds_is_refused() {
    let columns = (0..MAX_FEATURES).map(|column| format!("c{column}")).collect::<Vec<_>>().join(",");
    let row = vec!["1"; MAX_FEATURES].join(",");
    let text = format!("{columns}\n{}", format!("{row}\n").repeat(512));
    assert!(matches!(read(&text), Err(TableError::Features(FeaturesError::TooLarge { .. }))));
}

#[test]
fn selected_rows_keep_their_labels() {
    let table = read("age,label\n1,0\n2,1\n3,0\n").unwrap();
    assert_eq!(table.select(&[1, 0]).unwrap(), read("age,label\n2,1\n1,0\n").unwrap());
    let out_of_range = FeaturesError::RowOutOfRange { index: 3, rows: 3 };
    assert_eq!(table.select(&[3]), Err(TableError::Features(out_of_range)));
    assert_eq!(table.select(&[]), Err(TableError::Features(FeaturesError::NoRows)));
}

#[test]
fn debug_output_shows_no_cell() {
    assert_eq!(format!("{:?}", read("age\n77\n").unwrap()), "Table(Features(1 rows x 1), labelled: false)");
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Table::from_csv(&bytes);
    }

    #[test]
    fn random_csv_gives_rows_as_wide_as_its_header_or_an_error(text in "[a-c1-9,.\"\r\n MBe-]{0,80}") {
        if let Ok(table) = read(&text) {
            prop_assert!(table.features().row_count() > 0);
            prop_assert!(table.features().rows().all(|row| row.len() == table.columns().len()));
            prop_assert!(table.labels().is_none_or(|labels| labels.len() == table.features().row_count()));
        }
    }

    #[test]
    fn numbers_survive_being_written_as_text(values in prop::collection::vec(prop::num::f32::NORMAL, 1..20)) {
        let text = values.iter().fold("value\n".to_owned(), |text, value| format!("{text}{value:?}\n"));
        let table = read(&text).unwrap();
        prop_assert_eq!(table.features().rows().map(|row| row[0]).collect::<Vec<_>>(), values);
    }
}
