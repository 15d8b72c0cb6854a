//! Messenger: `{object: "page", entry: [{id, messaging: […]}]}`.

use serde_json::{Map, Value as Json, json};

use super::{Heard, Told, What, Wrote, instant, name};
use crate::{domain::conversations::taking::Change, store::conversations::message::Direction};

pub(super) fn hear(body: &Json, heard: &mut Heard) {
    if body["object"] != "page" {
        return heard.passed_over.push("other_object");
    }
    for entry in body["entry"].as_array().into_iter().flatten() {
        let Some(page) = name(&entry["id"]) else {
            heard.passed_over.push("unreadable");
            continue;
        };
        // Where another app answers, what is said comes as `standby`.
        let events = ["messaging", "standby"].into_iter().filter_map(|list| entry[list].as_array()).flatten();
        for event in events {
            match told(&page, event) {
                Ok(what) => heard.told.push(what),
                Err(why) => heard.passed_over.push(why),
            }
        }
        if entry.get("messaging").is_none() && entry.get("standby").is_none() {
            heard.passed_over.push("other_field");
        }
    }
}

fn told(page: &str, event: &Json) -> Result<Told, &'static str> {
    let known = [("delivery", "delivery"), ("read", "read"), ("reaction", "reaction"), ("optin", "optin")];
    if let Some((_, word)) = known.into_iter().find(|(field, _)| event.get(*field).is_some()) {
        return Err(word);
    }
    let (sender, recipient) = (name(&event["sender"]["id"]), name(&event["recipient"]["id"]));
    let (sender, recipient) = (sender.ok_or("unreadable")?, recipient.ok_or("unreadable")?);
    let at = instant(&event["timestamp"]).ok_or("unreadable")?;
    let own = event["message"]["is_echo"] == true || sender == page;
    let participant = if own { recipient } else { sender.clone() };
    if participant == page {
        return Err("unreadable");
    }
    let said = |what| Told { account: page.to_owned(), conversation: participant.clone(), what };
    let change = |id: &Json, change| {
        let message = name(id).ok_or("unreadable")?;
        Ok(said(What::Changed { message, change, at }))
    };
    if let Some(edit) = event.get("message_edit") {
        let text = edit["text"].as_str().ok_or("unreadable")?;
        return change(&edit["mid"], Change::Edited(text.to_owned()));
    }
    let (id, content, metadata) = if let Some(message) = event.get("message") {
        if message["is_deleted"] == true {
            return change(&message["mid"], Change::Deleted);
        }
        let id = name(&message["mid"]).ok_or("unreadable")?;
        (id, message["text"].as_str().unwrap_or_default().to_owned(), around(message))
    } else if let Some(postback) = event.get("postback") {
        // One of our buttons was pressed: what stands on it is what the person says by that.
        let id = name(&postback["mid"]).unwrap_or_else(|| format!("postback:{sender}:{}", at.timestamp_millis()));
        let title = postback["title"].as_str().unwrap_or_default().to_owned();
        (id, title, json!({ "postback": postback["payload"] }))
    } else {
        return Err("other_event");
    };
    let direction = if own { Direction::Outbound } else { Direction::Inbound };
    Ok(said(What::Wrote(Box::new(Wrote {
        message: id,
        direction,
        participant: participant.clone(),
        participant_name: None,
        sender: Some(sender),
        content,
        at,
        metadata,
    }))))
}

/// What else is said of a message: addresses of pictures and files, none of which is fetched.
fn around(message: &Json) -> Json {
    let mut metadata = Map::new();
    let attachments: Vec<_> = message["attachments"].as_array().into_iter().flatten().map(attachment).collect();
    if !attachments.is_empty() {
        metadata.insert("attachments".into(), attachments.into());
    }
    if let Some(answered) = name(&message["reply_to"]["mid"]) {
        metadata.insert("replyTo".into(), answered.into());
    }
    if let Some(payload) = name(&message["quick_reply"]["payload"]) {
        metadata.insert("quickReply".into(), payload.into());
    }
    if let Some(app) = name(&message["app_id"]) {
        metadata.insert("appId".into(), app.into());
    }
    Json::Object(metadata)
}

fn attachment(attachment: &Json) -> Json {
    let payload = &attachment["payload"];
    let mut kept = Map::new();
    kept.insert("type".into(), attachment["type"].clone());
    for (field, kept_as) in [("url", "link"), ("title", "title"), ("sticker_id", "stickerId")] {
        if let Some(value) = payload.get(field).filter(|value| value.is_string() || value.is_number()) {
            kept.insert(kept_as.into(), value.clone());
        }
    }
    Json::Object(kept)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn heard(event: Json) -> Heard {
        let mut heard = Heard::default();
        hear(&json!({ "object": "page", "entry": [{ "id": "P", "time": 1, "messaging": [event] }] }), &mut heard);
        heard
    }

    #[test]
    fn a_message_its_echo_an_edit_and_what_is_taken_back() {
        let text =
            heard(json!({ "sender": { "id": "U" }, "recipient": { "id": "P" }, "timestamp": 1_700_000_000_000_i64,
            "message": { "mid": "m1", "text": "Hi", "reply_to": { "mid": "m0" },
                "attachments": [{ "type": "image", "payload": { "url": "https://cdn.example/1" } }] } }));
        let What::Wrote(wrote) = &text.told[0].what else { panic!("{text:?}") };
        assert_eq!(
            (wrote.direction, wrote.participant.as_str(), wrote.content.as_str()),
            (Direction::Inbound, "U", "Hi")
        );
        assert_eq!(wrote.metadata["attachments"][0]["link"], "https://cdn.example/1");
        assert_eq!(wrote.metadata["replyTo"], "m0");
        let echo = heard(json!({ "sender": { "id": "P" }, "recipient": { "id": "U" }, "timestamp": 1,
            "message": { "mid": "m2", "is_echo": true, "app_id": 7, "text": "Hello" } }));
        let What::Wrote(wrote) = &echo.told[0].what else { panic!("{echo:?}") };
        assert_eq!((wrote.direction, echo.told[0].conversation.as_str()), (Direction::Outbound, "U"));
        let edit = heard(json!({ "sender": { "id": "U" }, "recipient": { "id": "P" }, "timestamp": 2,
            "message_edit": { "mid": "m1", "text": "Ho", "num_edit": 1 } }));
        assert!(matches!(&edit.told[0].what, What::Changed { change: Change::Edited(text), .. } if text == "Ho"));
        let gone = heard(json!({ "sender": { "id": "U" }, "recipient": { "id": "P" }, "timestamp": 2,
            "message": { "mid": "m1", "is_deleted": true } }));
        assert!(matches!(&gone.told[0].what, What::Changed { change: Change::Deleted, .. }));
        for (event, word) in [
            (json!({ "delivery": { "watermark": 1 } }), "delivery"),
            (json!({ "read": { "watermark": 1 } }), "read"),
            (json!({ "message": { "mid": "m" } }), "unreadable"),
            (
                json!({ "sender": { "id": "U" }, "recipient": { "id": "P" }, "timestamp": 1, "take_thread_control": {} }),
                "other_event",
            ),
        ] {
            assert_eq!(heard(event).passed_over, [word]);
        }
    }
}
