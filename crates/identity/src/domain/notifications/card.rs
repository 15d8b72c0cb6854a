//! A notification as an Adaptive Card, as Microsoft Teams' workflows take it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value as Json, json};

use super::notification::{BODY, NotificationLevel};

/// What a card shows.
#[derive(Debug, Clone)]
pub struct Card<'a> {
    /// The title.
    pub title: &'a str,
    /// What happened.
    pub body: &'a str,
    /// How it is meant.
    pub level: NotificationLevel,
    /// Whom it is for, where a channel has several readers.
    pub to: Option<&'a str>,
    /// Which company's front desk says so.
    pub company: &'a str,
    /// When it happened.
    pub at: DateTime<Utc>,
}

impl Card<'_> {
    /// The message that is posted, in JSON. Everything stands in text runs, which show no markup: an agent's name that
    /// a stranger sent cannot become a link.
    pub fn message(&self) -> String {
        let colour = match self.level {
            NotificationLevel::Info => "accent",
            NotificationLevel::Success => "good",
            NotificationLevel::Warning => "warning",
            NotificationLevel::Error => "attention",
        };
        let run = |text: &str, more: Json| {
            let mut run = json!({ "type": "TextRun", "text": text });
            if let (Some(run), Json::Object(more)) = (run.as_object_mut(), more) {
                run.extend(more);
            }
            json!({ "type": "RichTextBlock", "inlines": [run] })
        };
        let mut body = vec![
            run(&cut(self.title, 200), json!({ "weight": "bolder", "size": "medium", "color": colour })),
            run(&cut(self.body, BODY), json!({})),
        ];
        if let Some(to) = self.to {
            body.push(run(&format!("For {}", cut(to, 200)), json!({})));
        }
        let at = self.at.to_rfc3339_opts(SecondsFormat::Secs, true);
        body.push(run(&format!("{} · {at}", cut(self.company, 200)), json!({ "isSubtle": true, "size": "small" })));
        json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": null,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": body,
                },
            }],
        })
        .to_string()
    }
}

/// The first characters of a text.
fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_card_fits() {
        // The largest message that Teams takes, in bytes.
        const AT_MOST: usize = 28 * 1024;
        // What takes the most room in JSON: six bytes a character.
        let text = "\u{1}".repeat(30_000);
        let card = Card {
            title: &text,
            body: &text,
            level: NotificationLevel::Error,
            to: Some(&text),
            company: &text,
            at: DateTime::UNIX_EPOCH,
        };
        let message = card.message();
        assert!(message.len() < AT_MOST, "{} bytes", message.len());
    }

    #[test]
    fn what_strangers_wrote_is_no_markup() {
        let card = Card {
            title: "New sign-in",
            body: "[click](https://evil.example) <b>",
            level: NotificationLevel::Warning,
            to: None,
            company: "Acme",
            at: DateTime::UNIX_EPOCH,
        };
        let message: Json = serde_json::from_str(&card.message()).unwrap();
        let blocks = message["attachments"][0]["content"]["body"].as_array().unwrap();
        assert!(blocks.iter().all(|block| block["type"] == "RichTextBlock"));
        assert_eq!(blocks[1]["inlines"][0]["text"], "[click](https://evil.example) <b>");
    }
}
