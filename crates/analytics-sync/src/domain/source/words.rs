//! What the source's words are in ours. Its own are kept beside them.

use crate::store::b2chat::{
    chat::{B2chatPriority, B2chatStatus, ChatProvider},
    message::B2chatMessageType,
};

/// By how its word begins.
pub fn provider(word: &str) -> ChatProvider {
    const BEGIN: &[(&str, ChatProvider)] = &[
        ("whatsapp", ChatProvider::Whatsapp),
        ("facebook", ChatProvider::Facebook),
        ("instagram", ChatProvider::Instagram),
        ("telegram", ChatProvider::Telegram),
        ("livechat", ChatProvider::Livechat),
        ("b2cbotapi", ChatProvider::B2cbotapi),
    ];
    let word = word.trim().to_lowercase();
    BEGIN.iter().find(|(begin, _)| word.starts_with(begin)).map_or(ChatProvider::Other, |(_, provider)| *provider)
}

/// Where a chat stands. One with a word that we do not know is over where it has an end.
pub fn status(word: &str, is_over: bool) -> B2chatStatus {
    match word.trim().to_uppercase().as_str() {
        "BOT_CHATTING" | "OPENED" => B2chatStatus::Pending,
        "PICKED_UP" | "RESPONDED_BY_AGENT" => B2chatStatus::Open,
        "LEFT_BY_CONTACT" => B2chatStatus::Closed,
        word if word.starts_with("CLOSED") || word.ends_with("_POLL") => B2chatStatus::Closed,
        _ if is_over => B2chatStatus::Closed,
        _ => B2chatStatus::Pending,
    }
}

/// What a message is, by its word and by whether it is an address.
pub fn message_type(word: &str, is_link: bool) -> B2chatMessageType {
    match word.trim().to_uppercase().as_str() {
        "TEXT" => B2chatMessageType::Text,
        "IMAGE" | "STICKER" if is_link => B2chatMessageType::Image,
        "FILE" | "AUDIO" | "VIDEO" | "DOCUMENT" | "VOICE" if is_link => B2chatMessageType::File,
        _ => B2chatMessageType::Other,
    }
}

/// Whether a word says how much a chat matters.
pub fn is_priority(word: &str) -> bool {
    ["urgent", "high", "normal", "low"].contains(&word.trim().to_lowercase().as_str())
}

/// How much a chat matters; as it comes where nothing is said.
pub fn priority(word: Option<&str>) -> B2chatPriority {
    match word.unwrap_or_default().trim().to_lowercase().as_str() {
        "urgent" => B2chatPriority::Urgent,
        "high" => B2chatPriority::High,
        "low" => B2chatPriority::Low,
        _ => B2chatPriority::Normal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_a_meaning_also_those_that_nobody_knows() {
        assert_eq!(provider("WHATSAPPB2CHAT"), ChatProvider::Whatsapp);
        assert_eq!(provider("B2CBOTAPI"), ChatProvider::B2cbotapi);
        assert_eq!(provider("unknown"), ChatProvider::Other);
        assert_eq!(status("BOT_CHATTING", false), B2chatStatus::Pending);
        assert_eq!(status("RESPONDED_BY_AGENT", false), B2chatStatus::Open);
        for over in ["CLOSED", "CLOSED_BY_CONTACT", "ABANDONED_POLL", "LEFT_BY_CONTACT"] {
            assert_eq!(status(over, false), B2chatStatus::Closed, "{over}");
        }
        assert_eq!(status("SOMETHING_NEW", true), B2chatStatus::Closed);
        assert_eq!(status("SOMETHING_NEW", false), B2chatStatus::Pending);
        assert_eq!(message_type("image", true), B2chatMessageType::Image);
        assert_eq!(message_type("IMAGE", false), B2chatMessageType::Other);
        assert_eq!(priority(Some("URGENT")), B2chatPriority::Urgent);
        assert_eq!(priority(None), B2chatPriority::Normal);
    }
}
