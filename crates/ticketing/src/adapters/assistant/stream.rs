//! An answer of the Messages API as it comes: server-sent events, in whatever pieces the network makes of them.

use serde_json::Value as Json;

/// The longest event, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Takes events out of bytes, however they are cut.
#[derive(Default)]
pub(super) struct Events {
    unread: Vec<u8>,
    data: String,
    /// Whether the last byte was a CR, after which an LF is a part of the same line's end.
    after_cr: bool,
}

/// What came is no stream of events.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoEvents;

impl Events {
    /// More bytes; returns the data of the events that are whole by now.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Json>, NoEvents> {
        let mut whole = Vec::new();
        for byte in bytes {
            let follows_cr = std::mem::replace(&mut self.after_cr, *byte == b'\r');
            match byte {
                b'\n' if follows_cr => {}
                b'\n' | b'\r' => {
                    let line = std::mem::take(&mut self.unread);
                    let line = std::str::from_utf8(&line).map_err(|_| NoEvents)?;
                    if line.is_empty() {
                        let data = std::mem::take(&mut self.data);
                        if !data.is_empty() {
                            whole.push(serde_json::from_str(&data).map_err(|_| NoEvents)?);
                        }
                    } else if let Some(data) = line.strip_prefix("data:") {
                        if !self.data.is_empty() {
                            self.data.push('\n');
                        }
                        self.data.push_str(data.strip_prefix(' ').unwrap_or(data));
                    }
                }
                other => self.unread.push(*other),
            }
            if self.unread.len() + self.data.len() > LONGEST {
                return Err(NoEvents);
            }
        }
        Ok(whole)
    }
}

/// What an event says that matters here.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    /// More of the text.
    Text(String),
    /// What it rests on, as the API puts it.
    Cites(Json),
    /// It is whole.
    End,
    /// It broke off, for a reason of this type.
    Error(String),
    /// Nothing that matters.
    Nothing,
}

/// What is known of an answer besides its text.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct About {
    /// The model that answers.
    pub(super) model: Option<String>,
    /// Why it ends.
    pub(super) stop_reason: Option<String>,
    /// Tokens read, those from a cache among them.
    pub(super) read: Option<u32>,
    /// Tokens written.
    pub(super) wrote: Option<u32>,
}

impl About {
    /// Learns from an event, and returns what it says.
    pub(super) fn hear(&mut self, event: &Json) -> Said {
        let text = |value: &Json| value.as_str().map(str::to_owned);
        match event["type"].as_str().unwrap_or_default() {
            "message_start" => {
                let message = &event["message"];
                self.model = text(&message["model"]);
                self.usage(&message["usage"]);
                Said::Nothing
            }
            "content_block_start" if event["content_block"]["type"] == "text" => {
                match event["content_block"]["text"].as_str() {
                    Some("") | None => Said::Nothing,
                    Some(begun) => Said::Text(begun.to_owned()),
                }
            }
            "content_block_delta" => match event["delta"]["type"].as_str() {
                Some("text_delta") => Said::Text(text(&event["delta"]["text"]).unwrap_or_default()),
                Some("citations_delta") => Said::Cites(event["delta"]["citation"].clone()),
                // A later version of the API may know more.
                _ => Said::Nothing,
            },
            "message_delta" => {
                self.stop_reason = text(&event["delta"]["stop_reason"]).or_else(|| self.stop_reason.take());
                self.usage(&event["usage"]);
                Said::Nothing
            }
            "message_stop" => Said::End,
            "error" => Said::Error(text(&event["error"]["type"]).unwrap_or_default()),
            _ => Said::Nothing,
        }
    }

    fn usage(&mut self, usage: &Json) {
        let count = |name: &str| usage[name].as_u64().map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        if let Some(read) = count("input_tokens") {
            let cached = ["cache_creation_input_tokens", "cache_read_input_tokens"].into_iter().filter_map(count);
            self.read = Some(cached.fold(read, u32::saturating_add));
        }
        self.wrote = count("output_tokens").or(self.wrote);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const STREAM: &str = "event: message_start\r\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"m\",\"usage\":{\"input_tokens\":7,\
        \"cache_read_input_tokens\":2}}}\r\n\r\n: a comment\nevent: ping\ndata: {\"type\":\ndata: \"ping\"}\n\n\
        event: content_block_delta\rdata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"fünf €\"}}\r\r\
        data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\"},\"usage\":{\"output_tokens\":9}}\n\n\
        data: {\"type\":\"message_stop\"}\n\n";

    #[test]
    fn events_are_the_same_however_they_are_cut() {
        let whole = Events::default().feed(STREAM.as_bytes()).unwrap();
        assert_eq!(whole.len(), 5);
        assert_eq!(whole[1], json!({ "type": "ping" }));
        for size in 1..40 {
            let mut events = Events::default();
            let cut: Vec<_> = STREAM.as_bytes().chunks(size).flat_map(|piece| events.feed(piece).unwrap()).collect();
            assert_eq!(cut, whole, "in pieces of {size}");
        }
        let mut about = About::default();
        let said: Vec<_> = whole.iter().map(|event| about.hear(event)).filter(|said| *said != Said::Nothing).collect();
        assert_eq!(said, [Said::Text("fünf €".into()), Said::End]);
        let known =
            About { model: Some("m".into()), stop_reason: Some("max_tokens".into()), read: Some(9), wrote: Some(9) };
        assert_eq!(about, known);
    }

    #[test]
    fn what_is_no_stream_is_refused() {
        assert_eq!(Events::default().feed(b"data: <html>\n\n"), Err(NoEvents));
        assert_eq!(Events::default().feed(b"data: \xff\n\n"), Err(NoEvents));
        assert_eq!(Events::default().feed(&vec![b'x'; LONGEST + 1]), Err(NoEvents));
        let error = json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } });
        assert_eq!(About::default().hear(&error), Said::Error("overloaded_error".into()));
    }
}
