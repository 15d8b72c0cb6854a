//! What is taken for a copy, and when it is tried again where there is none.

use chrono::TimeDelta;
use url::Url;

use crate::store::b2chat::message::{B2chatMessageType, Model as B2chatMessage};

/// Tries after which a copy is given up.
pub const MOST_TRIES: i32 = 8;
/// The longest reason that is kept, in characters.
pub const WHY: usize = 300;
/// The longest pause between tries.
const LONGEST: TimeDelta = TimeDelta::hours(6);
/// The longest name of a copy, in characters.
const NAME: usize = 100;

/// How long until the next try, after so many: a minute, four, sixteen … at most six hours, with up to a quarter more at random so
/// that many do not return at once.
pub fn spacing(tries: i32, random: [u8; 2]) -> TimeDelta {
    let minutes = 4_i32.saturating_pow(tries.clamp(1, 8).unsigned_abs() - 1);
    let base = TimeDelta::minutes(minutes.into()).min(LONGEST).num_milliseconds();
    TimeDelta::milliseconds(base + base / 4 * i64::from(u16::from_be_bytes(random)) / i64::from(u16::MAX))
}

/// Why bytes that came are not what the message says: an image is one by its first bytes, whatever the other side calls it. A
/// file may be anything.
pub fn unfit(of: B2chatMessageType, content_type: &str, size: usize) -> Option<String> {
    if size == 0 {
        return Some("it is empty".into());
    }
    let is_image = content_type.starts_with("image/");
    (of == B2chatMessageType::Image && !is_image).then(|| format!("it is {content_type}, and no image"))
}

impl B2chatMessage {
    /// Where B2Chat has its image or file.
    pub fn media_url(&self) -> Option<&str> {
        self.image_url.as_deref().or(self.file_url.as_deref())
    }

    /// What its copy is called: as the address ends, where that is a name.
    pub fn media_name(&self) -> String {
        let url = self.media_url().and_then(|url| Url::parse(url).ok());
        let last = url.as_ref().and_then(|url| url.path_segments()?.next_back().map(ToOwned::to_owned));
        let usual = if self.r#type == B2chatMessageType::Image { "image" } else { "file" };
        let name = last.filter(|name| !name.is_empty()).unwrap_or_else(|| usual.into());
        name.chars().take(NAME).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_six_hours() {
        let minutes = |tries| spacing(tries, [0, 0]).num_minutes();
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 100].map(minutes), [1, 4, 16, 64, 256, 360, 360, 360]);
        assert_eq!(spacing(1, [255, 255]).num_seconds(), 75);
    }

    #[test]
    fn an_image_is_one_by_its_content() {
        use B2chatMessageType::{File, Image};
        assert_eq!(unfit(Image, "image/png", 1), None);
        assert_eq!(unfit(File, "text/html", 1), None);
        assert_eq!(unfit(Image, "text/html", 1).unwrap(), "it is text/html, and no image");
        assert_eq!(unfit(File, "text/plain", 0).unwrap(), "it is empty");
    }
}
