//! Multipart requests, written by hand so that they can be wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The boundary of all of them.
pub const BOUNDARY: &str = "frontdesk--boundary";
/// Their content type.
pub const TYPE: &str = "multipart/form-data; boundary=frontdesk--boundary";

/// A file on its way, and where it belongs.
#[derive(Clone, Debug)]
pub struct File {
    /// Such as `variables.input.file`.
    pub path: String,
    /// What its sender calls it.
    pub name: String,
    /// What it is.
    pub bytes: Vec<u8>,
}

/// A file among the variables of an operation: [`super::Client::run`] sends it along.
pub fn upload(name: &str, bytes: impl AsRef<[u8]>) -> Value {
    json!({ "file to send": { "name": name, "bytes": STANDARD.encode(bytes) } })
}

/// Takes the files out of a request, and leaves null.
pub fn take_files(request: &mut Value) -> Vec<File> {
    fn walk(value: &mut Value, path: String, files: &mut Vec<File>) {
        if let Some(file) = value.get("file to send") {
            let bytes = STANDARD.decode(file["bytes"].as_str().expect("base64")).expect("base64");
            files.push(File { path, name: file["name"].as_str().expect("a name").to_owned(), bytes });
            *value = Value::Null;
            return;
        }
        match value {
            Value::Object(fields) => fields.iter_mut().for_each(|(name, at)| walk(at, format!("{path}.{name}"), files)),
            Value::Array(items) => {
                items.iter_mut().enumerate().for_each(|(index, at)| walk(at, format!("{path}.{index}"), files));
            }
            _ => {}
        }
    }
    let mut files = Vec::new();
    // Several operations in one request carry no files.
    if !request.is_object() {
        return files;
    }
    walk(&mut request["variables"], "variables".to_owned(), &mut files);
    files
}

/// A part.
pub fn part(name: &str, file: Option<&str>, bytes: &[u8]) -> Vec<u8> {
    let file =
        file.map(|file| format!("; filename=\"{file}\"\r\nContent-Type: application/x-whatever")).unwrap_or_default();
    let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

/// The end.
pub fn end() -> Vec<u8> {
    format!("--{BOUNDARY}--\r\n").into_bytes()
}

/// The body of a request with files.
pub fn body(operations: &str, files: &[File]) -> Vec<u8> {
    let map: serde_json::Map<_, _> =
        files.iter().enumerate().map(|(number, file)| (number.to_string(), json!([file.path]))).collect();
    let mut body = part("operations", None, operations.as_bytes());
    body.extend(part("map", None, Value::Object(map).to_string().as_bytes()));
    for (number, file) in files.iter().enumerate() {
        body.extend(part(&number.to_string(), Some(&file.name), &file.bytes));
    }
    body.extend(end());
    body
}
