//! Model files as the tests need them, written field by field.

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn number(field: u64, value: u64) -> Vec<u8> {
    let mut out = vec![];
    varint(field << 3, &mut out);
    varint(value, &mut out);
    out
}

fn bytes(field: u64, body: &[u8]) -> Vec<u8> {
    let mut out = vec![];
    varint(field << 3 | 2, &mut out);
    varint(body.len() as u64, &mut out);
    out.extend_from_slice(body);
    out
}

fn node(operator: &str, inputs: &[&str], output: &str) -> Vec<u8> {
    let mut body: Vec<u8> = inputs.iter().flat_map(|input| bytes(1, input.as_bytes())).collect();
    body.extend([bytes(2, output.as_bytes()), bytes(4, operator.as_bytes())].concat());
    bytes(1, &body)
}

fn weights(name: &str, [rows, columns]: [usize; 2]) -> Vec<u8> {
    let data = (1.0 / rows as f32).to_le_bytes().repeat(rows * columns);
    let dims = [number(1, rows as u64), number(1, columns as u64), number(2, 1)].concat();
    bytes(5, &[dims, bytes(8, name.as_bytes()), bytes(9, &data)].concat())
}

fn value(field: u64, name: &str, width: usize) -> Vec<u8> {
    let dims = [bytes(1, &bytes(2, b"N")), bytes(1, &number(1, width as u64))].concat();
    let tensor = [number(1, 1), bytes(2, &dims)].concat();
    bytes(field, &[bytes(1, name.as_bytes()), bytes(2, &bytes(1, &tensor))].concat())
}

/// A model that turns `features` into `width` numbers, takes `ln(1 + exp(x))` of each of them `times` times, one after the
/// other, and sums them up.
pub fn softplus(features: usize, width: usize, times: usize) -> Vec<u8> {
    let mut graph = [weights("wide", [features, width]), weights("sum", [width, 1])].concat();
    graph.extend(node("MatMul", &["x", "wide"], "0"));
    for at in 0..times {
        graph.extend(node("Softplus", &[&at.to_string()], &(at + 1).to_string()));
    }
    graph.extend(node("MatMul", &[&times.to_string(), "sum"], "y"));
    graph.extend([value(11, "x", features), value(12, "y", 1)].concat());
    [number(1, 8), bytes(7, &graph), bytes(8, &number(2, 17))].concat()
}
