//! What a provider says of itself (OpenID Connect Discovery 1.0), and which addresses are believed.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use url::Url;

/// The signature algorithms that are accepted. None with a shared secret: whoever checks such a token could also have
/// made it.
pub const ALGORITHMS: [&str; 9] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

/// How we show our secret at the token endpoint (RFC 6749, 2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretIn {
    /// In the header `Authorization`.
    Header,
    /// In the form.
    Form,
}

/// The parts of a discovery document that are used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Endpoints {
    /// Where people are sent.
    pub authorization: String,
    /// Where a code is redeemed.
    pub token: String,
    /// Where the keys are that ID tokens are signed with.
    pub jwks: String,
    /// Where a person is described whom the ID token only names; some providers say no more in it.
    #[serde(default)]
    pub userinfo: Option<String>,
    /// How our secret is shown.
    pub secret_in: SecretIn,
}

/// A discovery document.
#[derive(Debug, Deserialize)]
pub struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    response_types_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
}

impl Discovery {
    /// The endpoints, where the document is the issuer's and the provider can do what we need.
    ///
    /// # Errors
    /// What is wrong, as a sentence for whoever configures it.
    pub fn endpoints(self, issuer: &str, private: bool) -> Result<Endpoints, String> {
        if self.issuer != issuer {
            return Err("the discovery document there names another issuer".into());
        }
        // A list that is left out says nothing against us.
        let lacks = |list: &Option<Vec<String>>, wanted: &[&str]| {
            list.as_ref().is_some_and(|list| !list.iter().any(|item| wanted.contains(&item.as_str())))
        };
        if lacks(&self.response_types_supported, &["code"]) {
            return Err("the provider does not support the authorization code flow".into());
        }
        if lacks(&self.code_challenge_methods_supported, &["S256"]) {
            return Err("the provider does not support PKCE with S256".into());
        }
        if lacks(&self.id_token_signing_alg_values_supported, &ALGORITHMS) {
            return Err(format!("the provider signs with none of {}", ALGORITHMS.join(", ")));
        }
        let needed = [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri];
        for endpoint in needed.into_iter().chain(&self.userinfo_endpoint) {
            if web_address(endpoint, private).is_none() {
                return Err("the discovery document there holds an address that is not https".into());
            }
        }
        let in_form = lacks(&self.token_endpoint_auth_methods_supported, &["client_secret_basic"]);
        Ok(Endpoints {
            authorization: self.authorization_endpoint,
            token: self.token_endpoint,
            jwks: self.jwks_uri,
            userinfo: self.userinfo_endpoint,
            secret_in: if in_form { SecretIn::Form } else { SecretIn::Header },
        })
    }
}

/// An address that we may call or send people to: https (http too where private hosts are allowed), at most 1000
/// characters, with a host and without a password or a fragment.
pub fn web_address(text: &str, private: bool) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= 1000 && !text.contains(char::is_control))?;
    let scheme = url.scheme() == "https" || private && url.scheme() == "http";
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (scheme && bare && url.host_str().is_some()).then_some(url)
}

/// Where the discovery document of an issuer is; `None` for what cannot be an issuer.
pub fn document(issuer: &str, private: bool) -> Option<Url> {
    web_address(issuer, private).filter(|url| url.query().is_none())?;
    Url::parse(&format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))).ok()
}

/// Whether people may be sent back there: https, or a program on their own machine.
pub fn is_redirect(text: &str, private: bool) -> bool {
    let own = |url: &Url| matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    web_address(text, true).is_some_and(|url| url.scheme() == "https" || private || own(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(change: impl FnOnce(&mut serde_json::Value)) -> Result<Endpoints, String> {
        let mut document = serde_json::json!({
            "issuer": "https://id.example.com", "authorization_endpoint": "https://id.example.com/authorize",
            "token_endpoint": "https://id.example.com/token", "jwks_uri": "https://keys.example.com/",
        });
        change(&mut document);
        serde_json::from_value::<Discovery>(document).unwrap().endpoints("https://id.example.com", false)
    }

    #[test]
    fn a_document_must_be_the_issuers_own_and_able() {
        assert_eq!(said(|_| ()).unwrap().secret_in, SecretIn::Header);
        let post = said(|d| d["token_endpoint_auth_methods_supported"] = serde_json::json!(["client_secret_post"]));
        assert_eq!(post.unwrap().secret_in, SecretIn::Form);
        for (field, value) in [
            ("issuer", serde_json::json!("https://id.example.com/")),
            ("token_endpoint", serde_json::json!("http://id.example.com/token")),
            ("jwks_uri", serde_json::json!("file:///etc/passwd")),
            ("authorization_endpoint", serde_json::json!("https://u:p@id.example.com/")),
            ("code_challenge_methods_supported", serde_json::json!(["plain"])),
            ("id_token_signing_alg_values_supported", serde_json::json!(["HS256", "none"])),
            ("response_types_supported", serde_json::json!(["id_token"])),
        ] {
            assert!(said(|d| d[field] = value.clone()).is_err(), "{field} {value}");
        }
    }

    #[test]
    fn addresses_are_https_but_for_ones_own_machine() {
        assert!(is_redirect("https://desk.example.com/back", false) && is_redirect("http://localhost:3000/", false));
        for bad in ["http://desk.example.com/", "https://a.example/#x", "javascript:alert(1)", "/back", ""] {
            assert!(!is_redirect(bad, false), "{bad}");
        }
        assert!(document("https://id.example.com/t?x=1", false).is_none());
        assert_eq!(
            document("https://id.example.com/t/", false).unwrap().as_str(),
            "https://id.example.com/t/.well-known/openid-configuration"
        );
    }
}
