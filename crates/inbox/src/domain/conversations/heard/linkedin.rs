//! LinkedIn: `{type: "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", notifications: […]}`. What somebody comments on a post of the
//! company's is a conversation of that post and that person.

use serde_json::{Map, Value as Json};

use super::{Heard, Told, What, Wrote, instant, name};
use crate::{domain::conversations::taking::Change, store::conversations::message::Direction};

pub(super) fn hear(body: &Json, heard: &mut Heard) {
    if body["type"] != "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS" {
        return heard.passed_over.push("other_object");
    }
    for notification in body["notifications"].as_array().into_iter().flatten() {
        match told(notification) {
            Ok(told) => heard.told.push(told),
            Err(why) => heard.passed_over.push(why),
        }
    }
}

fn told(notification: &Json) -> Result<Told, &'static str> {
    let action = match notification["action"].as_str().unwrap_or_default() {
        action @ ("COMMENT" | "COMMENT_EDIT" | "COMMENT_DELETE") => action,
        "LIKE" => return Err("like"),
        "SHARE" | "SHARE_MENTION" => return Err("share"),
        // What the company comments itself names nobody whom it is for.
        "ADMIN_COMMENT" => return Err("own_comment"),
        _ => return Err("other_event"),
    };
    let account = name(&notification["organizationalEntity"]).ok_or("unreadable")?;
    let comment = name(&notification["generatedActivity"]).ok_or("unreadable")?;
    let post = post_of(&comment).ok_or("unreadable")?;
    let at = instant(&notification["lastModifiedAt"]).ok_or("unreadable")?;
    let decorated = &notification["decoratedGeneratedActivity"]["comment"];
    let change = |change| {
        // A comment that is gone is not shown any more, and so its author is not; it is known by its own name.
        let owner = name(&decorated["owner"]).unwrap_or_else(|| comment.clone());
        let conversation = format!("{post}|{owner}");
        Ok(Told {
            account: account.clone(),
            conversation,
            what: What::Changed { message: comment.clone(), change, at },
        })
    };
    match action {
        "COMMENT_DELETE" => return change(Change::Deleted),
        "COMMENT_EDIT" => {
            let text = decorated["text"].as_str().ok_or("unreadable")?;
            return change(Change::Edited(text.to_owned()));
        }
        _ => {}
    }
    let owner = name(&decorated["owner"]).ok_or("unreadable")?;
    if owner == account {
        return Err("own_comment");
    }
    let mut metadata = Map::new();
    metadata.insert("post".into(), name(&notification["sourcePost"]).unwrap_or_else(|| post.to_owned()).into());
    if let Some(answered) = name(&decorated["parentComment"]) {
        metadata.insert("replyTo".into(), answered.into());
    }
    Ok(Told {
        account: account.clone(),
        conversation: format!("{post}|{owner}"),
        what: What::Wrote(Box::new(Wrote {
            message: comment.clone(),
            direction: Direction::Inbound,
            participant: owner.clone(),
            participant_name: None,
            sender: Some(owner),
            content: decorated["text"].as_str().unwrap_or_default().to_owned(),
            at,
            metadata: Json::Object(metadata),
        })),
    })
}

/// What a comment is on: `urn:li:activity:1` of `urn:li:comment:(urn:li:activity:1,2)`.
fn post_of(comment: &str) -> Option<&str> {
    let inside = comment.strip_prefix("urn:li:comment:(")?.strip_suffix(')')?;
    inside.rsplit_once(',').map(|(post, _)| post).filter(|post| !post.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn comments_their_edits_and_their_end() {
        let one = |action: &str, text: Option<&str>| {
            json!({ "notificationId": 1, "organizationalEntity": "urn:li:organization:7", "action": action,
                "sourcePost": "urn:li:share:5", "generatedActivity": "urn:li:comment:(urn:li:activity:1,2)",
                "lastModifiedAt": 1_700_000_000_000_i64, "decoratedGeneratedActivity": { "comment": {
                    "owner": "urn:li:person:p", "text": text } } })
        };
        let actions = [
            one("COMMENT", Some("Price?")),
            one("COMMENT_EDIT", Some("Prices?")),
            one("COMMENT_DELETE", None),
            one("LIKE", None),
            one("ADMIN_COMMENT", None),
        ];
        let mut heard = Heard::default();
        hear(&json!({ "type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": actions }), &mut heard);
        assert_eq!(heard.passed_over, ["like", "own_comment"]);
        assert!(heard.told.iter().all(|told| told.conversation == "urn:li:activity:1|urn:li:person:p"));
        assert!(matches!(&heard.told[0].what, What::Wrote(wrote) if wrote.content == "Price?"));
        assert!(matches!(&heard.told[1].what, What::Changed { change: Change::Edited(text), .. } if text == "Prices?"));
        assert!(matches!(&heard.told[2].what, What::Changed { change: Change::Deleted, .. }));
    }
}
