//! What an ID token must say (OpenID Connect Core 1.0, 3.1.3.7), and why somebody who came back is not let in.

use chrono::{DateTime, Utc};
use kernel::{
    Error, ProblemCode,
    crypto::{same, token_hash},
    text,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::domain::people::person::LINE;

/// The longest address of a picture, in bytes.
const PICTURE: usize = 2000;
/// How far the provider's clock may be from ours, in seconds.
const LEEWAY: i64 = 60;

/// Why somebody who came back from a provider is not let in. The audit trail names it; the person is told less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The state is unknown, used, too old, or another browser's.
    UnknownState,
    /// The provider is not used any more.
    ProviderInactive,
    /// The provider did not answer, or not in the way it should.
    Unreachable,
    /// The provider did not take the code.
    CodeRefused,
    /// The ID token is none, or not signed by the provider.
    BadSignature,
    /// It is another issuer's.
    WrongIssuer,
    /// It is for somebody else.
    WrongAudience,
    /// It is too old, or from the future.
    WrongTime,
    /// It answers another question.
    WrongNonce,
    /// The provider does not say that the address is theirs.
    UnverifiedEmail,
    /// Addresses of this domain may not come this way.
    DomainNotAllowed,
    /// Nobody here has the address, and people are not added this way.
    NotKnown,
    /// They would be added, and all seats for staff are taken.
    NoSeat,
    /// The person was removed at the provider.
    Removed,
    /// The person may not sign in.
    Deactivated,
    /// The person may more than whoever set the provider up.
    BeyondCeiling,
    /// The person has a second factor here, the provider is not trusted with it, and no code came along.
    CodeMissing,
    /// The code of the second factor is wrong.
    WrongCode,
}

impl Refusal {
    /// What the person is told: where to begin again, or that they cannot come this way.
    pub fn error(self) -> Error {
        let (code, message) = match self {
            Self::UnknownState
            | Self::CodeRefused
            | Self::BadSignature
            | Self::WrongIssuer
            | Self::WrongAudience
            | Self::WrongTime
            | Self::WrongNonce => (ProblemCode::InvalidToken, "this sign-in has ended; begin again"),
            Self::ProviderInactive | Self::Unreachable => {
                (ProblemCode::NotAvailable, "the identity provider cannot be used now; sign in another way")
            }
            Self::UnverifiedEmail
            | Self::DomainNotAllowed
            | Self::NotKnown
            | Self::Removed
            | Self::Deactivated
            | Self::BeyondCeiling => (ProblemCode::NotAllowed, "your account there may not be used to sign in here"),
            Self::NoSeat => (ProblemCode::NotAllowed, "all seats here are taken; ask somebody who works here"),
            // The same as at `signIn`.
            Self::CodeMissing => {
                return Error::invalid(
                    "totpCode",
                    ProblemCode::TotpRequired,
                    "the code of the second factor is needed",
                );
            }
            Self::WrongCode => {
                let wrong = "the code is wrong or was used before";
                return Error::invalid("totpCode", ProblemCode::InvalidCredentials, wrong);
            }
        };
        Error::invalid("", code, message)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// The claims that are looked at. Times are whole numbers; a text in their place is no token of ours.
#[derive(Debug, Clone, Deserialize)]
pub struct Claims {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    #[serde(flatten)]
    of: Userinfo,
}

/// What a provider says of a person: in the ID token, or at its userinfo endpoint (OpenID Connect Core 5.1, 5.3).
#[derive(Debug, Clone, Deserialize)]
pub struct Userinfo {
    sub: String,
    email: Option<String>,
    #[serde(default)]
    email_verified: Json,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    picture: Option<String>,
}

/// Somebody as a provider describes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    /// Their id there.
    pub subject: String,
    /// Their address in its stored form, where the provider says that it is verified.
    pub email: Option<String>,
    /// Their name.
    pub name: Option<String>,
    /// The address of their picture.
    #[serde(default)]
    pub picture: Option<String>,
    /// Their first name.
    pub first_name: Option<String>,
    /// Their last name.
    pub last_name: Option<String>,
    /// The provider's word for their role.
    pub role: Option<String>,
}

impl Described {
    /// How they are called here: by their name, their names, or what stands before the @.
    pub fn called(&self) -> String {
        let names = [self.first_name.as_deref(), self.last_name.as_deref()];
        let names = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let local = || self.email.as_deref().and_then(|email| email.split('@').next()).unwrap_or("?").to_owned();
        self.name.clone().or_else(|| Some(names).filter(|names| !names.is_empty())).unwrap_or_else(local)
    }
}

/// A name that can be stored; others count as none, as nobody is there to correct them.
pub fn name(text: Option<&str>) -> Option<String> {
    text::Check::default().optional_line("name", text, LINE)
}

/// The address of a picture; `None` for what is no web address, or too long for one.
pub fn picture(text: Option<&str>) -> Option<String> {
    let url = url::Url::parse(text.filter(|text| text.len() <= PICTURE)?).ok()?;
    (matches!(url.scheme(), "https" | "http") && url.has_host()).then(|| url.into())
}

/// An id of somebody else's that can be stored: 1 to 255 visible characters.
pub fn is_subject(text: &str) -> bool {
    (1..=255).contains(&text.len()) && !text.contains(|c: char| c.is_control() || c.is_whitespace())
}

impl Userinfo {
    fn described(self) -> Described {
        let verified = self.email_verified == Json::Bool(true);
        Described {
            subject: self.sub,
            email: self.email.filter(|_| verified).as_deref().and_then(text::email),
            name: name(self.name.as_deref()),
            picture: picture(self.picture.as_deref()),
            first_name: name(self.given_name.as_deref()),
            last_name: name(self.family_name.as_deref()),
            role: None,
        }
    }
}

impl Described {
    /// With what else the provider says of the same person.
    ///
    /// # Errors
    /// [`Refusal::BadSignature`] where it speaks of somebody else.
    pub fn and(self, more: Userinfo) -> Result<Self, Refusal> {
        let more = more.described();
        if more.subject != self.subject {
            return Err(Refusal::BadSignature);
        }
        Ok(Self {
            email: self.email.or(more.email),
            name: self.name.or(more.name),
            picture: self.picture.or(more.picture),
            first_name: self.first_name.or(more.first_name),
            last_name: self.last_name.or(more.last_name),
            ..self
        })
    }
}

impl Claims {
    /// Whether the token says no address at all, be it verified or not.
    pub fn names_only(&self) -> bool {
        self.of.email.is_none()
    }

    /// Whom the token describes, where it answers the question that was asked.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(
        self,
        issuer: &str,
        client: &str,
        nonce_hash: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Described, Refusal> {
        if self.iss != issuer {
            return Err(Refusal::WrongIssuer);
        }
        let (ours, others) = match &self.aud {
            Audience::One(one) => (one == client, false),
            Audience::Many(all) => (all.iter().any(|one| one == client), all.len() > 1),
        };
        let presenter = self.azp.as_deref();
        if !ours || presenter.is_some_and(|azp| azp != client) || others && presenter.is_none() {
            return Err(Refusal::WrongAudience);
        }
        let now = now.timestamp();
        let early = |at: i64| at > now.saturating_add(LEEWAY);
        if self.exp <= now.saturating_sub(LEEWAY) || early(self.iat) || self.nbf.is_some_and(early) {
            return Err(Refusal::WrongTime);
        }
        // Both hashed: the comparison takes the same time whatever is in it.
        if !self.nonce.is_some_and(|nonce| same(&token_hash(&nonce), nonce_hash)) {
            return Err(Refusal::WrongNonce);
        }
        if !is_subject(&self.of.sub) {
            return Err(Refusal::BadSignature);
        }
        Ok(self.of.described())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn check(change: Json) -> Result<Described, Refusal> {
        let mut claims = json!({
            "iss": "https://id.example.com", "sub": "u1", "aud": "desk", "exp": NOW + 300, "iat": NOW, "nonce": "n",
            "email": "Ada@Example.com", "email_verified": true, "given_name": "Ada",
        });
        for (key, value) in change.as_object().unwrap() {
            claims[key] = value.clone();
        }
        let claims: Claims = serde_json::from_value(claims).map_err(|_| Refusal::BadSignature)?;
        claims.check("https://id.example.com", "desk", &token_hash("n"), DateTime::from_timestamp(NOW, 0).unwrap())
    }

    #[test]
    fn a_name_that_cannot_be_shown_is_none() {
        for none in ["\u{200b}", "Ada\u{202e}", "a\nb", ""] {
            assert_eq!(name(Some(none)), None, "{none:?}");
        }
        assert_eq!(name(Some(" A\u{200b}da ")).as_deref(), Some("Ada"));
    }

    #[test]
    fn a_token_answers_our_question_and_no_other() {
        assert_eq!(check(json!({})).unwrap().email.as_deref(), Some("ada@example.com"));
        for (change, refusal) in [
            (json!({ "iss": "https://id.example.com/" }), Refusal::WrongIssuer),
            (json!({ "aud": "other" }), Refusal::WrongAudience),
            (json!({ "aud": ["desk", "other"] }), Refusal::WrongAudience),
            (json!({ "aud": ["desk", "other"], "azp": "other" }), Refusal::WrongAudience),
            (json!({ "azp": "other" }), Refusal::WrongAudience),
            (json!({ "exp": NOW - 60 }), Refusal::WrongTime),
            (json!({ "iat": NOW + 61 }), Refusal::WrongTime),
            (json!({ "nbf": NOW + 61 }), Refusal::WrongTime),
            (json!({ "exp": i64::MIN }), Refusal::WrongTime),
            (json!({ "nonce": "m" }), Refusal::WrongNonce),
            (json!({ "nonce": null }), Refusal::WrongNonce),
            (json!({ "sub": "" }), Refusal::BadSignature),
            (json!({ "sub": "a\u{0}b" }), Refusal::BadSignature),
            (json!({ "exp": "1900000000" }), Refusal::BadSignature),
            (json!({ "nbf": "1" }), Refusal::BadSignature),
        ] {
            assert_eq!(check(change.clone()).err(), Some(refusal), "{change}");
        }
        for fine in [
            json!({ "exp": NOW - 59 }),
            json!({ "iat": NOW + 60 }),
            json!({ "aud": ["desk"] }),
            json!({ "aud": ["desk", "other"], "azp": "desk" }),
        ] {
            assert!(check(fine.clone()).is_ok(), "{fine}");
        }
    }

    #[test]
    fn more_is_believed_of_the_same_person_only() {
        let bare = check(json!({ "email": null, "given_name": null })).unwrap();
        let more = |value: Json| bare.clone().and(serde_json::from_value(value).unwrap());
        let said = json!({ "sub": "u1", "email": "Ada@Example.com", "email_verified": true, "given_name": "Ada" });
        assert_eq!(more(said), check(json!({})));
        assert_eq!(more(json!({ "sub": "u2" })), Err(Refusal::BadSignature));
        assert_eq!(more(json!({ "sub": "u1", "email": "ada@example.com" })).unwrap().email, None);
    }

    #[test]
    fn only_an_address_that_is_said_to_be_verified_counts() {
        for unsure in [json!(false), json!("true"), json!(1), json!(null)] {
            assert_eq!(check(json!({ "email_verified": unsure })).unwrap().email, None, "{unsure}");
        }
        let nameless = check(json!({ "given_name": "A\u{0}" })).unwrap();
        assert_eq!((nameless.first_name.as_deref(), nameless.called().as_str()), (None, "ada"));
    }
}
