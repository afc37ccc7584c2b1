//! JSON that people can read: what fits a line is on one, and short items fill lines.

use serde_json::Value;

const WIDTH: usize = 110;

pub(crate) fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, &mut out);
    out + "\n"
}

fn is_short(value: &Value) -> bool {
    value.to_string().len() <= 30
}

fn write(value: &Value, depth: usize, out: &mut String) {
    let line = value.to_string();
    match value {
        _ if line.len() + depth <= WIDTH => out.push_str(&line),
        Value::Array(items) if items.iter().all(is_short) => {
            let mut width = WIDTH;
            between(('[', ']'), depth, out, |indent, out| {
                for (place, item) in items.iter().enumerate() {
                    let item = item.to_string();
                    let comma = if place > 0 { "," } else { "" };
                    let breaks = width + item.len() > WIDTH;
                    width = if breaks { indent.len() } else { width } + item.len() + 1;
                    out.push_str(comma);
                    out.push_str(if breaks { indent } else { "" });
                    out.push_str(&item);
                }
            });
        }
        Value::Array(items) => between(('[', ']'), depth, out, |indent, out| {
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                out.push_str(indent);
                write(item, depth + 1, out);
            }
        }),
        Value::Object(fields) => between(('{', '}'), depth, out, |indent, out| {
            for (place, (name, item)) in fields.iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                out.push_str(&format!("{indent}\"{name}\": "));
                write(item, depth + 1, out);
            }
        }),
        _ => out.push_str(&line),
    }
}

fn between(ends: (char, char), depth: usize, out: &mut String, inner: impl FnOnce(&str, &mut String)) {
    out.push(ends.0);
    inner(&format!("\n{}", " ".repeat(depth + 1)), out);
    out.push_str(&format!("\n{}", " ".repeat(depth)));
    out.push(ends.1);
}
