//! What is published about files.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::Received;
use crate::{
    events::{Event, Resource},
    id::{FileId, UserId},
};

const TOPIC: &str = "files";

/// Somebody began to send a file.
#[derive(Serialize)]
pub struct UploadBegun {
    /// The file.
    pub file: FileId,
    /// Who.
    pub by: UserId,
    /// Bytes that were announced.
    pub size: i64,
}

impl Event for UploadBegun {
    const KIND: &'static str = "file.upload_begun";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("File", self.file)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "size": self.size })))
    }
}

/// Somebody sent a file, all of it.
#[derive(Serialize)]
pub struct FileUploaded {
    /// The file.
    pub file: FileId,
    /// Who.
    pub by: UserId,
    /// Bytes.
    pub size: i64,
    /// What it is, by its content.
    pub content_type: &'static str,
}

impl FileUploaded {
    /// The event of these bytes.
    pub(super) fn of(received: &Received, by: UserId) -> Self {
        Self { file: received.id, by, size: received.size, content_type: received.content_type }
    }
}

impl Event for FileUploaded {
    const KIND: &'static str = "file.uploaded";
    const TOPIC: &'static str = TOPIC;
    fn resource(&self) -> Resource {
        Resource::new("File", self.file)
    }
    fn change(&self) -> (Option<Json>, Option<Json>) {
        (None, Some(json!({ "size": self.size, "contentType": self.content_type })))
    }
}
