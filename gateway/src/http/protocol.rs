//! The words of `graphql-transport-ws`: messages in and out, and the codes a socket is closed with.
//! <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>

use std::borrow::Cow;

use async_graphql::{Response, ServerError};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes};
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use super::{
    answer::{self, Charge},
    params::Params,
};

/// The one subprotocol spoken.
pub(super) const SUBPROTOCOL: &str = "graphql-transport-ws";

/// Longest id of an operation, in bytes.
const ID_BYTES: usize = 256;
/// RFC 6455, 5.5: a control frame holds 125 bytes, two of them the code.
const REASON_BYTES: usize = 123;

/// Why a socket is closed. The codes from 4400 on are those of the protocol.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Closing {
    pub code: u16,
    pub reason: Cow<'static, str>,
}

impl Closing {
    pub const GOING_AWAY: Self = Self::new(1001, "Going away");
    pub const IDLE: Self = Self::new(1001, "Idle");
    pub const FLOOD: Self = Self::new(1008, "Too many messages");
    pub const TOO_BIG: Self = Self::new(1009, "Message too big");
    pub const TRY_LATER: Self = Self::new(1013, "Try again later");
    pub const UNAUTHORIZED: Self = Self::new(4401, "Unauthorized");
    pub const EXPIRED: Self = Self::new(4401, "Session expired");
    pub const REVOKED: Self = Self::new(4403, "Access revoked");
    pub const SUBPROTOCOL: Self = Self::new(4406, "Subprotocol not acceptable");
    pub const INIT_TIMEOUT: Self = Self::new(4408, "Connection initialisation timeout");
    pub const INIT_TWICE: Self = Self::new(4429, "Too many initialisation requests");

    const fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason: Cow::Borrowed(reason) }
    }

    pub fn bad_message(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { code: 4400, reason: reason.into() }
    }

    pub fn forbidden(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { code: 4403, reason: reason.into() }
    }

    pub fn subscriber_exists(id: &str) -> Self {
        Self { code: 4409, reason: format!("Subscriber for {id} already exists").into() }
    }

    /// The frame, its reason cut to what fits.
    pub fn frame(&self) -> Message {
        let mut end = self.reason.len().min(REASON_BYTES);
        while !self.reason.is_char_boundary(end) {
            end -= 1;
        }
        Message::Close(Some(CloseFrame { code: self.code, reason: Utf8Bytes::from(&self.reason[..end]) }))
    }
}

/// What a client says.
#[derive(Debug)]
pub(super) enum Said {
    Init(Map<String, Value>),
    Ping(Option<Box<RawValue>>),
    Pong,
    Subscribe(String, Box<Params>),
    Complete(String),
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    id: Option<String>,
    payload: Option<Box<RawValue>>,
}

impl Said {
    /// Reads a message.
    ///
    /// # Errors
    /// The 4400 to close with.
    pub fn read(text: &str) -> Result<Self, Closing> {
        // Serde reads a struct from an array too.
        if !text.trim_start().starts_with('{') {
            return Err(Closing::bad_message("Invalid message received"));
        }
        let message: Envelope<'_> =
            serde_json::from_str(text).map_err(|_| Closing::bad_message("Invalid message received"))?;
        let id = || match message.id.clone() {
            Some(id) if (1..=ID_BYTES).contains(&id.len()) => Ok(id),
            _ => Err(Closing::bad_message("Invalid message id")),
        };
        match &*message.kind {
            "connection_init" => match message.payload {
                None => Ok(Self::Init(Map::new())),
                Some(payload) => serde_json::from_str::<Option<_>>(payload.get())
                    .map(|payload| Self::Init(payload.unwrap_or_default()))
                    .map_err(|_| Closing::bad_message("Invalid connection_init payload")),
            },
            "ping" => Ok(Self::Ping(message.payload)),
            "pong" => Ok(Self::Pong),
            "complete" => Ok(Self::Complete(id()?)),
            "subscribe" => {
                let id = id()?;
                let payload = message.payload.ok_or_else(|| Closing::bad_message("Invalid subscribe payload"))?;
                let params = Params::from_json(payload.get().as_bytes()).map_err(Closing::bad_message)?;
                Ok(Self::Subscribe(id, Box::new(params)))
            }
            _ => Err(Closing::bad_message("Unknown message type")),
        }
    }
}

/// `connection_ack`.
pub(super) fn ack() -> Message {
    Message::Text(Utf8Bytes::from_static(r#"{"type":"connection_ack"}"#))
}

/// `pong`, with the payload of the `ping`.
pub(super) fn pong(payload: Option<&RawValue>) -> Message {
    Message::Text(match payload {
        None => Utf8Bytes::from_static(r#"{"type":"pong"}"#),
        Some(payload) => format!(r#"{{"type":"pong","payload":{}}}"#, payload.get()).into(),
    })
}

/// `next`.
pub(super) fn next(id: &str, response: &Response, charge: Charge) -> Message {
    message("next", id, |out| answer::write(out, response, charge))
}

/// `error`: the operation was not executed, or broke off; nothing follows.
pub(super) fn error(id: &str, errors: &[ServerError]) -> Message {
    message("error", id, |out| answer::write_json(out, &errors))
}

/// `complete`.
pub(super) fn complete(id: &str) -> Message {
    let mut out = br#"{"type":"complete","id":"#.to_vec();
    answer::write_json(&mut out, &id);
    out.push(b'}');
    text(out)
}

fn message(kind: &str, id: &str, payload: impl FnOnce(&mut Vec<u8>)) -> Message {
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(b"{\"type\":\"");
    out.extend_from_slice(kind.as_bytes());
    out.extend_from_slice(b"\",\"id\":");
    answer::write_json(&mut out, &id);
    out.extend_from_slice(b",\"payload\":");
    payload(&mut out);
    out.push(b'}');
    text(out)
}

/// JSON is UTF-8, so nothing is ever lost here.
fn text(json: Vec<u8>) -> Message {
    let json = String::from_utf8(json).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Message::Text(json.into())
}

#[cfg(test)]
mod tests {
    use axum::extract::ws::Message;

    use super::{Closing, Said};

    #[test]
    fn messages_are_read_strictly() {
        for text in [
            "",
            "7",
            "[]",
            r#"["ping"]"#,
            "{}",
            r#"{"type":7}"#,
            r#"{"type":"start","id":"1"}"#,
            r#"{"type":"connection_init","payload":[]}"#,
            r#"{"type":"connection_init","payload":"x"}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":[]}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":7}}"#,
            r#"{"type":"complete"}"#,
        ] {
            assert_eq!(Said::read(text).unwrap_err().code, 4400, "{text}");
        }
        for text in [
            r#"{"type":"ping"}"#,
            r#"{"type":"pong","payload":{}}"#,
            r#"{"type":"connection_init"}"#,
            r#"{"type":"connection_init","payload":null}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":null}}"#,
            r#"{"id":"1","type":"complete"}"#,
        ] {
            Said::read(text).unwrap();
        }
    }

    #[test]
    fn reasons_fit_into_a_control_frame() {
        let Message::Close(Some(frame)) = Closing::subscriber_exists(&"ä".repeat(100)).frame() else {
            panic!("not a close frame");
        };
        assert!((122..=123).contains(&frame.reason.len()), "{}", frame.reason.len());
    }
}
