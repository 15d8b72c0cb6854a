//! Tags of chats.

/// The form in which a tag is found: one for all cases, whatever nobody sees. Whoever writes a chat's tags keeps it beside them.
pub fn folded_tag(tag: &str) -> String {
    kernel::text::same_name(tag)
}

#[cfg(test)]
mod tests {
    use super::folded_tag;

    #[test]
    fn a_tag_is_one_in_any_case() {
        assert_eq!(folded_tag(" VIP  Straße"), folded_tag("vip strasse"));
        assert_ne!(folded_tag("Müller"), folded_tag("Muller"));
    }
}
