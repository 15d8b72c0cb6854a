//! What a guide may hold: the field of its type and no other, and addresses of those who are trusted to show something.

use kernel::{ProblemCode, text::Check};
use url::Url;

use super::html::{plain, sanitised, shows_something};
use crate::{
    limits,
    store::help::guide::{GuideType, Model as Guide},
};

/// Where guides that were recorded with Scribehow are.
pub const SCRIBEHOW: &[&str] = &["scribehow.com", "www.scribehow.com"];
/// Where films may be.
pub const VIDEO: &[&str] = &[
    "youtube.com",
    "www.youtube.com",
    "m.youtube.com",
    "youtu.be",
    "www.youtube-nocookie.com",
    "vimeo.com",
    "www.vimeo.com",
    "player.vimeo.com",
    "loom.com",
    "www.loom.com",
];

/// What a guide is to hold; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Filling {
    /// What it is.
    pub r#type: Option<GuideType>,
    /// HTML.
    pub content: Option<String>,
    /// An address at Scribehow.
    pub scribehow_url: Option<String>,
    /// The address of a film.
    pub video_url: Option<String>,
}

impl Filling {
    /// Fills the field of the guide's type and empties the others.
    pub fn apply(&self, check: &mut Check, guide: &mut Guide) {
        guide.r#type = self.r#type.unwrap_or(guide.r#type);
        let fields = [
            (GuideType::Html, "content", &self.content, &mut guide.content),
            (GuideType::Scribehow, "scribehowUrl", &self.scribehow_url, &mut guide.scribehow_url),
            (GuideType::Video, "videoUrl", &self.video_url, &mut guide.video_url),
        ];
        for (ty, field, given, own) in fields {
            let given = given.as_deref();
            if ty != guide.r#type {
                if given.is_some_and(|given| !given.trim().is_empty()) {
                    check.problem(field, ProblemCode::NotAllowed, "belongs to guides of another type");
                }
                *own = None;
                continue;
            }
            match (given, ty) {
                (None, _) if own.is_some() => {}
                (given, GuideType::Html) => *own = Some(content(check, field, given.unwrap_or_default())),
                (given, GuideType::Scribehow) => {
                    *own = Some(address(check, field, given.unwrap_or_default(), SCRIBEHOW))
                }
                (given, GuideType::Video) => *own = Some(address(check, field, given.unwrap_or_default(), VIDEO)),
            }
        }
    }
}

fn content(check: &mut Check, field: &str, text: &str) -> String {
    let text = check.body(field, text, limits::GUIDE);
    if text.is_empty() {
        return text;
    }
    let Some(clean) = sanitised(&text) else {
        check.problem(field, ProblemCode::TooLong, "has more than 10,000 tags");
        return String::new();
    };
    if !shows_something(&clean) {
        check.problem(field, ProblemCode::Blank, "must not be empty: nothing of it may be shown");
    }
    clean
}

fn address(check: &mut Check, field: &str, text: &str, hosts: &[&str]) -> String {
    let text = check.line(field, text, limits::URL);
    if text.is_empty() {
        return text;
    }
    let url = Url::parse(&text).ok().filter(|url| {
        url.scheme() == "https"
            && url.host_str().is_some_and(|host| hosts.contains(&host))
            && url.port().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    match url {
        Some(url) => url.into(),
        None => {
            let problem = format!("must be an address that begins with https:// at one of {}", hosts.join(", "));
            check.problem(field, ProblemCode::InvalidFormat, problem);
            String::new()
        }
    }
}

impl Guide {
    /// All that it says, as plain text.
    pub(crate) fn text(&self) -> String {
        let content = self.content.as_deref().and_then(plain);
        let parts = [self.description.clone(), content];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use kernel::id::{GuideCategoryId, GuideId};
    use uuid::Uuid;

    use super::*;

    fn guide() -> Guide {
        Guide {
            id: GuideId(Uuid::nil()),
            title: "x".into(),
            description: None,
            category_id: GuideCategoryId(Uuid::nil()),
            r#type: GuideType::Html,
            content: None,
            scribehow_url: None,
            video_url: None,
            is_published: false,
            published_at: None,
            display_order: 0,
            created_by_id: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn filled(guide: &mut Guide, filling: &Filling) -> bool {
        let mut check = Check::default();
        filling.apply(&mut check, guide);
        check.done().is_ok()
    }

    #[test]
    fn the_field_of_the_type_is_filled_and_no_other() {
        let mut one = guide();
        let with = |text: &str| Some(text.to_owned());
        assert!(!filled(&mut one.clone(), &Filling::default()), "nothing is in it");
        assert!(filled(&mut one, &Filling { content: with("<p>Hi</p>"), ..Filling::default() }));
        assert!(filled(&mut one, &Filling::default()), "what is there stays");
        let film = with("https://youtu.be/abc");
        assert!(!filled(&mut one.clone(), &Filling { video_url: film.clone(), ..Filling::default() }));
        assert!(!filled(&mut one.clone(), &Filling { r#type: Some(GuideType::Video), ..Filling::default() }));
        assert!(filled(&mut one, &Filling { r#type: Some(GuideType::Video), video_url: film, ..Filling::default() }));
        assert_eq!((one.content, one.video_url.as_deref()), (None, Some("https://youtu.be/abc")));
    }

    #[test]
    fn addresses_are_those_of_hosts_that_are_allowed() {
        let takes = |ty, text: &str| {
            let text = Some(text.to_owned());
            let (scribehow_url, video_url) = if ty == GuideType::Video { (None, text) } else { (text, None) };
            filled(&mut guide(), &Filling { r#type: Some(ty), scribehow_url, video_url, ..Filling::default() })
        };
        assert!(takes(GuideType::Scribehow, "https://scribehow.com/shared/How_to__abc"));
        for film in ["https://www.youtube.com/watch?v=1", "https://VIMEO.com/1", "https://www.loom.com/share/1"] {
            assert!(takes(GuideType::Video, film), "{film}");
        }
        for wrong in [
            "http://youtu.be/1",
            "https://youtube.com.example.com/1",
            "https://evil.example/?youtube.com",
            "https://youtube.com@evil.example/",
            "https://a:b@youtube.com/",
            "https://youtube.com:8443/",
            "javascript:alert(1)//youtube.com",
            "data:text/html,x",
            "//youtube.com/1",
            "youtube.com/1",
            "https://scribehow.com/1",
            "",
        ] {
            assert!(!takes(GuideType::Video, wrong), "{wrong}");
        }
        assert!(!takes(GuideType::Scribehow, "https://notscribehow.com/1"));
    }
}
