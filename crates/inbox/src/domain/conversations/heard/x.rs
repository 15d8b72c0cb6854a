//! X: the envelope of the Activity API, `{data: {event_uuid, filter, event_type, payload}}`, and of the one before it,
//! `{for_user_id, direct_message_events: […], users: {…}}`.

use serde_json::{Map, Value as Json, json};

use super::{Heard, Told, What, Wrote, instant, name};
use crate::store::conversations::message::Direction;

pub(super) fn hear(body: &Json, heard: &mut Heard) {
    if let Some(own) = name(&body["for_user_id"]) {
        return events(&own, body, heard);
    }
    let data = &body["data"];
    let Some(own) = name(&data["filter"]["user_id"]) else { return heard.passed_over.push("unreadable") };
    match data["event_type"].as_str().unwrap_or_default() {
        "dm.received" | "dm.sent" => events(&own, &data["payload"], heard),
        kind @ ("chat.received" | "chat.sent") => match encrypted(&own, kind == "chat.sent", data) {
            Some(told) => heard.told.push(told),
            None => heard.passed_over.push("unreadable"),
        },
        "dm.read" => heard.passed_over.push("read"),
        "dm.indicate_typing" => heard.passed_over.push("typing"),
        _ => heard.passed_over.push("other_event"),
    }
}

fn events(own: &str, payload: &Json, heard: &mut Heard) {
    let Some(events) = payload["direct_message_events"].as_array() else {
        return heard.passed_over.push("other_event");
    };
    for event in events {
        match told(own, event, &payload["users"]) {
            Ok(told) => heard.told.push(told),
            Err(why) => heard.passed_over.push(why),
        }
    }
}

fn told(own: &str, event: &Json, users: &Json) -> Result<Told, &'static str> {
    if event["type"] != "message_create" {
        return Err("other_event");
    }
    let create = &event["message_create"];
    let sender = name(&create["sender_id"]).ok_or("unreadable")?;
    let recipient = name(&create["target"]["recipient_id"]).ok_or("unreadable")?;
    let message = name(&event["id"]).ok_or("unreadable")?;
    let at = instant(&event["created_timestamp"]).ok_or("unreadable")?;
    let outbound = sender == own;
    let participant = if outbound { recipient } else { sender.clone() };
    if participant == own {
        return Err("unreadable");
    }
    let data = &create["message_data"];
    let mut metadata = Map::new();
    let media = &data["attachment"]["media"];
    if let Some(url) = name(&media["media_url_https"]).or_else(|| name(&media["url"])) {
        metadata.insert("attachments".into(), json!([{ "type": media["type"], "link": url }]));
    }
    Ok(Told {
        account: own.to_owned(),
        conversation: pair(own, &participant),
        what: What::Wrote(Box::new(Wrote {
            message,
            direction: if outbound { Direction::Outbound } else { Direction::Inbound },
            participant_name: name(&users[&participant]["name"]),
            participant,
            sender: Some(sender),
            content: data["text"].as_str().unwrap_or_default().to_owned(),
            at,
            metadata: Json::Object(metadata),
        })),
    })
}

/// A message that only the two can read: that there was one is all that we know.
fn encrypted(own: &str, outbound: bool, data: &Json) -> Option<Told> {
    let payload = &data["payload"];
    let of = |fields: &[&str]| fields.iter().find_map(|field| name(&payload[*field]));
    let sender = of(&["sender_id", "from_user_id"]);
    let participant = if outbound { of(&["recipient_id", "participant_id"]) } else { sender.clone() };
    let participant = participant.filter(|participant| participant != own)?;
    let message = of(&["id", "message_id", "event_id"]).or_else(|| name(&data["event_uuid"]))?;
    let at = ["created_at_msec", "created_timestamp", "timestamp"].into_iter().find_map(|at| instant(&payload[at]))?;
    Some(Told {
        account: own.to_owned(),
        conversation: pair(own, &participant),
        what: What::Wrote(Box::new(Wrote {
            message,
            direction: if outbound { Direction::Outbound } else { Direction::Inbound },
            participant_name: None,
            participant,
            sender,
            content: String::new(),
            at,
            metadata: json!({ "encrypted": true }),
        })),
    })
}

/// A conversation of two is called by both, the smaller number first.
fn pair(one: &str, other: &str) -> String {
    let (one_is, other_is) = ((one.len(), one), (other.len(), other));
    if one_is <= other_is { format!("{one}-{other}") } else { format!("{other}-{one}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_envelopes_hold_the_same_message() {
        let payload = json!({ "direct_message_events": [{ "type": "message_create", "id": "11",
            "created_timestamp": "1700000000000", "message_create": { "target": { "recipient_id": "100" }, "sender_id": "9",
            "message_data": { "text": "Hi", "attachment": { "type": "media", "media": { "type": "photo",
                "media_url_https": "https://ton.x.example/1" } } } } }], "users": { "9": { "name": "Nina" } } });
        let mut old = payload.clone();
        old["for_user_id"] = "100".into();
        let new = json!({ "data": { "event_uuid": "u", "filter": { "user_id": "100" }, "event_type": "dm.received",
            "payload": payload } });
        let (mut one, mut other) = (Heard::default(), Heard::default());
        hear(&old, &mut one);
        hear(&new, &mut other);
        assert_eq!(one, other);
        assert_eq!((one.told[0].account.as_str(), one.told[0].conversation.as_str()), ("100", "9-100"));
        let What::Wrote(wrote) = &one.told[0].what else { panic!("{one:?}") };
        assert_eq!((wrote.participant_name.as_deref(), wrote.content.as_str()), (Some("Nina"), "Hi"));
        let mut sealed = Heard::default();
        hear(
            &json!({ "data": { "event_uuid": "u2", "filter": { "user_id": "100" }, "event_type": "chat.received",
            "payload": { "sender_id": "9", "created_at_msec": "1700000000001", "encrypted_content": "AAA=" } } }),
            &mut sealed,
        );
        let What::Wrote(wrote) = &sealed.told[0].what else { panic!("{sealed:?}") };
        assert_eq!((wrote.message.as_str(), wrote.content.as_str()), ("u2", ""));
        assert_eq!(wrote.metadata["encrypted"], true);
    }
}
