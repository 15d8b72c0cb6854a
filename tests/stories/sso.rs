//! Signing in elsewhere: at a provider of OpenID Connect that mostly tells the truth.

use base64::{Engine, engine::general_purpose::STANDARD};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, Person, SIGN_IN, SOON, credentials};
use crate::coverage::sql::Sql;
use crate::support::idp::{Back, CLIENT_ID, Forge, Idp};
use crate::support::totp::Authenticator;
use crate::support::{ADMIN_EMAIL, Answer, Backend, Client, Options, both, until};

const HOME: &str = "https://desk.example.com/signed-in";
const CREATE: &str = "mutation Create($input: CreateIdentityProviderInput!) { createIdentityProvider(input: $input) {
    identityProvider { id name issuer hasClientSecret scopes redirectUris creates createsWith { name } webhookPath isActive }
    errors { code message path } } }";
const UPDATE: &str = "mutation Update($input: UpdateIdentityProviderInput!) { updateIdentityProvider(input: $input) {
    identityProvider { id name isActive hasClientSecret trustsMfa } errors { code message path } } }";
const BEGIN: &str = "mutation Begin($input: BeginOidcSignInInput!) { beginOidcSignIn(input: $input) {
    authorizationUrl flowToken expiresAt errors { code path } } }";
const COMPLETE: &str = "mutation Complete($input: CompleteOidcSignInInput!) { completeOidcSignIn(input: $input) {
    session { accessToken refreshToken viewer { user { __typename id name email } permissions } } errors { code message path } } }";
const UNLINK: &str = "mutation Unlink($input: UnlinkExternalIdentityInput!) { unlinkExternalIdentity(input: $input) {
    externalIdentityId errors { code path } } }";
const WHO: &str = "{ viewer { user { id email ... on Staff { externalIdentities { id provider email } }
    ... on Client { name externalIdentities { id provider email } } } } }";

/// A desk with a provider.
struct Sso {
    desk: Desk,
    idp: Idp,
    admin: Person,
    provider: String,
}

/// Somebody whose address is theirs.
fn person(subject: &str, email: &str) -> Value {
    json!({ "sub": subject, "email": email, "email_verified": true, "given_name": "Grace", "family_name": "Hopper" })
}

async fn role(admin: &Person, name: &str) -> String {
    let staff = admin.client.run("{ staffMembers { nodes { role { id name } } } }", Value::Null).await.ok();
    let found = staff.list("staffMembers.nodes").iter().find(|node| node["role"]["name"] == name);
    found.unwrap_or_else(|| panic!("nobody is {name}"))["role"]["id"].as_str().expect("an id").to_owned()
}

impl Sso {
    /// A provider who may bring colleagues of the role STAFF, changed by `settings`.
    async fn open(backend: Backend, settings: Value) -> Self {
        let desk = Desk::open_with(backend, Options::new().env("FRONTDESK_ALLOW_PRIVATE_HOSTS", "on")).await;
        let (idp, admin) = (Idp::start().await, desk.admin().await);
        desk.colleague("bea@example.com", "Bea", "STAFF").await;
        let mut input = json!({ "name": "Works", "issuer": idp.issuer, "clientId": CLIENT_ID, "clientSecret": idp.secret,
            "redirectUris": [HOME, "http://localhost:3000/back"], "creates": "STAFF", "createsWith": role(&admin, "STAFF").await });
        for (name, value) in settings.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        let made = admin.client.run(CREATE, json!({ "input": input })).await.ok();
        let provider = made.string("createIdentityProvider.identityProvider.id");
        Self { desk, idp, admin, provider }
    }

    async fn begin(&self) -> (String, String) {
        let begun = self.desk.web.run(BEGIN, json!({ "input": { "providerId": self.provider } })).await.ok();
        (begun.string("beginOidcSignIn.authorizationUrl"), begun.string("beginOidcSignIn.flowToken"))
    }

    async fn complete(&self, flow: &str, back: &Back) -> Answer {
        let input = json!({ "flowToken": flow, "state": back.state, "code": back.code });
        self.desk.web.run(COMPLETE, json!({ "input": input })).await
    }

    /// Somebody goes there and comes back.
    async fn sign_in(&self, who: Value) -> Answer {
        let (address, flow) = self.begin().await;
        self.complete(&flow, &self.idp.visit(&address, who)).await
    }

    async fn change(&self, settings: Value) {
        let mut input = settings;
        input["identityProviderId"] = json!(self.provider);
        self.admin.client.run(UPDATE, json!({ "input": input })).await.ok();
    }

    /// Why the last one was refused, as the audit trail has it.
    async fn reason(&self) -> String {
        let rows =
            "{ auditLogs(first: 1, filter: { eventType: { eq: \"session.refused\" } }) { nodes { newValues } } }";
        self.admin.client.run(rows, Value::Null).await.ok().string("auditLogs.nodes.0.newValues.reason")
    }

    async fn people(&self) -> i64 {
        let counted = self.admin.client.run("{ staffMembers { totalCount } }", Value::Null).await.ok();
        counted.data("staffMembers.totalCount").as_i64().expect("a number")
    }
}

/// Nobody came in; with which code.
#[track_caller]
fn refused(answer: &Answer) -> String {
    assert_eq!(answer.data("completeOidcSignIn.session"), &Value::Null, "{answer}");
    answer.user_errors("completeOidcSignIn")[0].code.clone()
}

/// Recovery codes, links in mails and second factors that there are, of anybody.
async fn left(sql: &Sql) -> [i64; 3] {
    [
        sql.number("SELECT count(*) FROM recovery_codes").await,
        sql.number("SELECT count(*) FROM one_time_tokens").await,
        sql.number("SELECT count(*) FROM users WHERE totp_secret IS NOT NULL").await,
    ]
}

fn came_in(answer: Answer) -> Answer {
    answer.ok()
}

both! {
    /// Somebody new comes by their provider, and again after it changed its keys, under another address: it is the same
    /// person. It is their only way, so they cannot give it up.
    async fn somebody_new_comes_from_elsewhere(backend) {
        let sso = Sso::open(backend, json!({})).await;
        let ways = sso.desk.web.run("{ signInWays { id name } }", Value::Null).await.ok();
        assert_eq!(ways.data("signInWays"), &json!([{ "id": sso.provider, "name": "Works" }]));
        let first = came_in(sso.sign_in(person("u-1", "Grace@Example.com")).await);
        let user = "completeOidcSignIn.session.viewer.user";
        assert_eq!(first.string(&format!("{user}.email")), "grace@example.com");
        assert_eq!(first.string(&format!("{user}.name")), "Grace Hopper");
        let read = sso.idp.keys_read();
        came_in(sso.sign_in(person("u-1", "grace@example.com")).await);
        assert_eq!(sso.idp.keys_read(), read, "keys are read once");

        let people = sso.people().await;
        // Keys are fetched again at most every ten seconds.
        sso.idp.rotate(Algorithm::EdDSA);
        let other = person("u-1", ADMIN_EMAIL);
        let again = until("the new keys are read", SOON, async || {
            let answer = sso.sign_in(other.clone()).await;
            answer.data("completeOidcSignIn.session").is_object().then_some(answer)
        }).await;
        assert_eq!(again.string(&format!("{user}.id")), first.string(&format!("{user}.id")), "issuer and subject decide");
        assert_eq!(sso.people().await, people);

        let me = sso.desk.web.bearer(&again.string("completeOidcSignIn.session.accessToken"));
        let who = me.run(WHO, Value::Null).await.ok();
        assert_eq!(who.string("viewer.user.email"), "grace@example.com", "their address here is theirs to change");
        assert_eq!(who.string("viewer.user.externalIdentities.0.provider"), "Works");
        let own = who.string("viewer.user.externalIdentities.0.id");
        let kept = me.run(UNLINK, json!({ "input": { "externalIdentityId": own } })).await;
        assert_eq!(kept.user_errors("unlinkExternalIdentity")[0].code, "NOT_ALLOWED", "the only way in");
        let foreign = sso.admin.client.run(UNLINK, json!({ "input": { "externalIdentityId": own } })).await;
        assert_eq!(foreign.error_code(), "NOT_FOUND");
        let trail = sso.admin.client.run("{ auditLogs(filter: { eventType: { eq: \"external_user.added\" } }) { nodes { newValues } } }", Value::Null).await.ok();
        assert_eq!(trail.data("auditLogs.nodes"), &json!([{ "newValues": { "provider": "Works", "email": "grace@example.com", "role": "STAFF",
            "granted": ["MANAGE_CHATS", "MANAGE_CONSULTATIONS", "MANAGE_CONVERSATIONS", "MANAGE_LEADS", "MANAGE_MESSAGES", "MANAGE_TICKETS"] } }]));
    }

    /// A token that the provider did not sign, or that answers another question, lets nobody in and makes nobody known.
    async fn a_token_that_is_not_for_us_lets_nobody_in(backend) {
        let sso = Sso::open(backend, json!({})).await;
        let people = sso.people().await;
        let now = kernel::Source::system().now().timestamp();
        for (forge, change, reason) in [
            (Forge::None, json!({}), "bad_signature"),
            (Forge::PublicKeyAsSecret, json!({}), "bad_signature"),
            (Forge::OtherKey, json!({}), "bad_signature"),
            (Forge::UnknownKey, json!({}), "bad_signature"),
            (Forge::Not, json!({ "nonce": "another" }), "wrong_nonce"),
            (Forge::Not, json!({ "aud": "somebody else" }), "wrong_audience"),
            (Forge::Not, json!({ "aud": [CLIENT_ID, "somebody else"] }), "wrong_audience"),
            (Forge::Not, json!({ "azp": "somebody else" }), "wrong_audience"),
            (Forge::Not, json!({ "iss": "https://accounts.example.com" }), "wrong_issuer"),
            (Forge::Not, json!({ "exp": now - 61 }), "wrong_time"),
            (Forge::Not, json!({ "exp": (now + 300).to_string() }), "bad_signature"),
            (Forge::Not, json!({ "nbf": now + 3600 }), "wrong_time"),
            (Forge::Not, json!({ "iat": now + 3600 }), "wrong_time"),
            (Forge::Not, json!({ "email_verified": false }), "unverified_email"),
            (Forge::Not, json!({ "email_verified": "true" }), "unverified_email"),
            (Forge::Not, json!({ "email": null }), "unverified_email"),
        ] {
            sso.idp.lie(forge, change.clone());
            let answer = sso.sign_in(person("u-1", ADMIN_EMAIL)).await;
            let code = if reason == "unverified_email" { "NOT_ALLOWED" } else { "INVALID_TOKEN" };
            assert_eq!(refused(&answer), code, "{forge:?} {change}");
            assert_eq!(sso.reason().await, reason, "{forge:?} {change}");
        }
        assert_eq!(sso.people().await, people);
        sso.idp.lie(Forge::Not, json!({}));
        came_in(sso.sign_in(person("u-1", "grace@example.com")).await);
    }

    /// A provider signs with RSA, and its token only names the person: it is asked who that is, and believed of nobody else.
    async fn a_token_may_say_no_more_than_a_name(backend) {
        let sso = Sso::open(backend, json!({})).await;
        sso.idp.rotate(Algorithm::RS256);
        let bare = json!({ "sub": "u-9" });
        sso.idp.describe(person("u-8", ADMIN_EMAIL));
        assert_eq!(refused(&sso.sign_in(bare.clone()).await), "INVALID_TOKEN", "somebody else");
        sso.idp.describe(json!({ "sub": "u-9", "email": ADMIN_EMAIL, "email_verified": false }));
        assert_eq!(refused(&sso.sign_in(bare.clone()).await), "NOT_ALLOWED");
        sso.idp.describe(json!([]));
        assert_eq!(refused(&sso.sign_in(bare.clone()).await), "NOT_AVAILABLE");
        sso.idp.describe(person("u-9", "Grace@Example.com"));
        let came = came_in(sso.sign_in(bare).await);
        let user = came.data("completeOidcSignIn.session.viewer.user");
        assert_eq!((&user["email"], &user["name"]), (&json!("grace@example.com"), &json!("Grace Hopper")));
    }

    /// State and code are good once, in the browser that began, and for the way back that was agreed on.
    async fn a_way_back_is_gone_once(backend) {
        let sso = Sso::open(backend, json!({})).await;
        let (address, flow) = sso.begin().await;
        let back = sso.idp.visit(&address, person("u-1", "grace@example.com"));
        let (_, other_flow) = sso.begin().await;
        assert_eq!(refused(&sso.complete(&other_flow, &back).await), "INVALID_TOKEN", "another browser");
        let wrong_code = Back { code: "guessed".into(), ..back.clone() };
        came_in(sso.complete(&flow, &back).await);
        for again in [&back, &wrong_code] {
            assert_eq!(refused(&sso.complete(&flow, again).await), "INVALID_TOKEN", "used");
        }
        assert_eq!(sso.reason().await, "unknown_state");
        // A code that was seen somewhere, with a fresh state: the provider knows it no more.
        let (address, flow) = sso.begin().await;
        let fresh = sso.idp.visit(&address, person("u-1", "grace@example.com"));
        let mixed = Back { code: back.code.clone(), ..fresh.clone() };
        assert_eq!(refused(&sso.complete(&flow, &mixed).await), "INVALID_TOKEN");
        assert_eq!(sso.reason().await, "code_refused");
        assert_eq!(refused(&sso.complete(&flow, &fresh).await), "INVALID_TOKEN", "a failed try uses the state up");
        // A code that somebody else's sign-in brought, with a state of one's own: it has another verifier.
        let (victims, _) = sso.begin().await;
        let victim = sso.idp.visit(&victims, person("u-2", ADMIN_EMAIL));
        let (mine, my_flow) = sso.begin().await;
        let stolen = Back { state: sso.idp.visit(&mine, person("u-3", "eve@example.com")).state, code: victim.code };
        assert_eq!(refused(&sso.complete(&my_flow, &stolen).await), "INVALID_TOKEN");
        for (uri, taken) in [("http://localhost:3000/back", true), ("https://desk.example.com/signed-in/", false), ("https://evil.example/", false), ("", false)] {
            let input = json!({ "providerId": sso.provider, "redirectUri": uri });
            let begun = sso.desk.web.run(BEGIN, json!({ "input": input })).await;
            assert_eq!(begun.user_errors("beginOidcSignIn").is_empty(), taken, "{uri}: {begun}");
        }
    }

    /// Somebody wrote down another's address first and chose a password. When the owner comes by their provider, what was
    /// set up ends: password, second factor, keys, links, sessions. Of an account whose address was shown to be theirs nothing ends.
    async fn a_squatted_account_is_its_owners(backend) {
        let sso = Sso::open(backend, json!({})).await;
        let squatter = sso.desk.sign_in("bea@example.com", PASSWORD).await;
        let sql = sso.desk.sql().await;
        let key = "mutation { createApiKey(input: { name: \"Mine\", permissions: [VIEW_MESSAGES] }) { key errors { code } } }";
        let key = squatter.client.run(key, Value::Null).await.ok().string("createApiKey.key");
        let squatted = sso.desk.web.bearer(&key);
        squatted.run(WHO, Value::Null).await.ok();
        let begin = "mutation($p: String) { beginTotpEnrolment(input: { password: $p }) { enrolment { secret } errors { code } } }";
        let begun = squatter.client.run(begin, json!({ "p": PASSWORD })).await.ok();
        let code = Authenticator::new(&begun.string("beginTotpEnrolment.enrolment.secret")).code(0);
        let confirm = "mutation($c: String!) { confirmTotp(input: { code: $c }) { recoveryCodes errors { code } } }";
        squatter.client.run(confirm, json!({ "c": code })).await.ok();
        let forgot = "mutation { requestPasswordReset(input: { email: \"bea@example.com\" }) { errors { code } } }";
        sso.desk.web.run(forgot, Value::Null).await.ok();
        until("the link is made", SOON, async || (left(&sql).await == [10, 1, 1]).then_some(())).await;
        let came = came_in(sso.sign_in(person("u-1", "BEA@example.com")).await);
        assert_eq!(came.string("completeOidcSignIn.session.viewer.user.id"), squatter.id);
        let wrong = sso.desk.web.run(SIGN_IN, credentials("bea@example.com", PASSWORD)).await;
        assert_eq!(wrong.user_errors("signIn")[0].code, "INVALID_CREDENTIALS", "the password is dead");
        until("the session ends", SOON, async || (!squatter.is_in().await).then_some(())).await;
        let me = sso.desk.web.bearer(&came.string("completeOidcSignIn.session.accessToken"));
        me.run(WHO, Value::Null).await.ok();
        let trail = sso.admin.client.run("{ auditLogs(filter: { eventType: { eq: \"external_identity.linked\" } }) { nodes { newValues } } }", Value::Null).await.ok();
        assert_eq!(trail.string("auditLogs.nodes.0.newValues.ended"), "password, second factor, API keys, links in mails and sessions");
        assert_eq!(squatted.run(WHO, Value::Null).await.error_code(), "UNAUTHENTICATED", "the key is dead");
        assert_eq!(left(&sql).await, [0, 0, 0], "and so is all else that could stand in for them");
        // Another account there with the same verified address is the same person; nothing more ends.
        came_in(sso.sign_in(person("u-2", "bea@example.com")).await);
        me.run(WHO, Value::Null).await.ok();
    }

    /// Who may come: by the domain of the address, by whether strangers are added, by whether they and the provider are active.
    async fn who_may_come_is_the_companys_to_say(backend) {
        let sso = Sso::open(backend, json!({ "allowedDomains": ["Example.com"] })).await;
        for (email, reason) in [("grace@example.org", "domain_not_allowed"), ("grace@evil-example.com", "domain_not_allowed"), ("grace@sub.example.com", "domain_not_allowed")] {
            assert_eq!(refused(&sso.sign_in(person("u-1", email)).await), "NOT_ALLOWED", "{email}");
            assert_eq!(sso.reason().await, reason);
        }
        sso.change(json!({ "creates": null })).await;
        assert_eq!(refused(&sso.sign_in(person("u-1", "grace@example.com")).await), "NOT_ALLOWED");
        assert_eq!(sso.reason().await, "not_known");
        came_in(sso.sign_in(person("u-2", "bea@example.com")).await);
        sso.desk.cli_ok(&["staff", "deactivate", "bea@example.com"], "");
        assert_eq!(refused(&sso.sign_in(person("u-2", "bea@example.com")).await), "NOT_ALLOWED");
        assert_eq!(sso.reason().await, "deactivated");

        let (address, flow) = sso.begin().await;
        let back = sso.idp.visit(&address, person("u-3", ADMIN_EMAIL));
        let stop = "mutation($id: ID!) { deactivateIdentityProvider(input: { identityProviderId: $id }) { identityProvider { isActive } errors { code } } }";
        let stopped = sso.admin.client.run(stop, json!({ "id": sso.provider })).await.ok();
        assert_eq!(stopped.data("deactivateIdentityProvider.identityProvider.isActive"), &json!(false));
        assert_eq!(refused(&sso.complete(&flow, &back).await), "NOT_AVAILABLE");
        let begun = sso.desk.web.run(BEGIN, json!({ "input": { "providerId": sso.provider } })).await;
        assert_eq!(begun.user_errors("beginOidcSignIn")[0].code, "NOT_AVAILABLE");
        assert_eq!(sso.desk.web.run("{ signInWays { id } }", Value::Null).await.ok().data("signInWays"), &json!([]));
    }

    /// A provider is taken at its discovery document's word only where that is the issuer's own; nobody lets one give more
    /// than they hold; and no secret of it is ever seen again.
    async fn a_provider_is_looked_at_before_it_is_used(backend) {
        let sso = Sso::open(backend, json!({})).await;
        let base = json!({ "name": "Other", "issuer": sso.idp.issuer, "clientId": "x", "redirectUris": [HOME] });
        let create = async |person: &Person, field: &str, value: Value| {
            let mut input = base.clone();
            input[field] = value;
            person.client.run(CREATE, json!({ "input": input })).await
        };
        let taken = create(&sso.admin, "name", json!("Other")).await;
        assert_eq!(taken.user_errors("createIdentityProvider")[0].path, "input.issuer", "one provider an issuer");
        for (field, value, path) in [
            ("issuer", json!(format!("{}/", sso.idp.issuer)), "input.issuer"),
            ("issuer", json!("ftp://example.com"), "input.issuer"),
            ("issuer", json!("http://169.254.169.254/latest"), "input.issuer"),
            ("issuer", json!("not an address"), "input.issuer"),
            ("redirectUris", json!(["javascript:alert(1)"]), "input.redirectUris"),
            ("redirectUris", json!([]), "input.redirectUris"),
            ("scopes", json!(["email"]), "input.scopes"),
            ("allowedDomains", json!(["*"]), "input.allowedDomains"),
            ("creates", json!("STAFF"), "input.createsWith"),
            ("webhookSecret", json!("whsec_short"), "input.webhookSecret"),
        ] {
            let refused = create(&sso.admin, field, value.clone()).await;
            assert_eq!(refused.user_errors("createIdentityProvider")[0].path, path, "{value}: {refused}");
        }
        let clerk = sso.desk.colleague("clerk@example.com", "Clerk", "ADMIN").await;
        assert_eq!(create(&clerk, "name", json!("Other")).await.error_code(), "FORBIDDEN");
        sso.idp.document("issuer", json!("https://accounts.example.com"));
        let again = json!({ "input": { "identityProviderId": sso.provider, "rediscover": true } });
        let refused = sso.admin.client.run(UPDATE, again).await;
        assert_eq!(refused.user_errors("updateIdentityProvider")[0].path, "input.issuer");

        came_in(sso.sign_in(person("u-1", "grace@example.com")).await);
        let (address, flow) = sso.begin().await;
        let back = sso.idp.visit(&address, person("u-1", "grace@example.com"));
        came_in(sso.complete(&flow, &back).await);
        for secret in [&sso.idp.secret, &flow, &back.state, &back.code] {
            assert_eq!(sso.desk.server.places_of(secret), Vec::<String>::new());
        }
        let everything = "{ auditLogs(first: 100) { nodes { oldValues newValues } } identityProviders { id hasClientSecret } }";
        let seen = sso.admin.client.run(everything, Value::Null).await.ok();
        assert_eq!(seen.data("identityProviders.0.hasClientSecret"), &json!(true));
        assert!(!seen.text.contains(&sso.idp.secret));
    }

    /// Who may decide how people sign in and little else lets in nobody who may more, by a provider of theirs or by one that
    /// they changed; who may everything lets in everybody.
    async fn a_provider_serves_nobody_above_who_set_it_up(backend) {
        let sso = Sso::open(backend, json!({})).await;
        let make = "mutation { createRole(input: { name: \"KEEPER\", permissions: [MANAGE_SIGN_IN] }) { role { id } errors { code } } }";
        sso.admin.client.run(make, Value::Null).await.ok();
        let keeper = sso.desk.colleague("keeper@example.com", "Keeper", "KEEPER").await;
        sso.desk.colleague("root@example.com", "Root", "SUPER_ADMIN").await;
        let own = Idp::start().await;
        let input = json!({ "name": "Mine", "issuer": own.issuer, "clientId": CLIENT_ID, "clientSecret": own.secret, "redirectUris": [HOME] });
        let made = keeper.client.run(CREATE, json!({ "input": input })).await.ok();
        let mine = made.string("createIdentityProvider.identityProvider.id");
        for (email, comes) in [(ADMIN_EMAIL, false), ("bea@example.com", false), ("keeper@example.com", true)] {
            let begun = sso.desk.web.run(BEGIN, json!({ "input": { "providerId": mine } })).await.ok();
            let back = own.visit(&begun.string("beginOidcSignIn.authorizationUrl"), person(email, email));
            let answer = sso.complete(&begun.string("beginOidcSignIn.flowToken"), &back).await;
            assert_eq!(answer.data("completeOidcSignIn.session").is_object(), comes, "{email}: {answer}");
            if !comes {
                assert_eq!((refused(&answer).as_str(), sso.reason().await.as_str()), ("NOT_ALLOWED", "beyond_ceiling"));
            }
        }
        assert!(sso.admin.is_in().await, "nothing of theirs has ended");
        sso.desk.admin().await;

        // One that serves everybody serves fewer once somebody else has changed it, but not for another name.
        came_in(sso.sign_in(person("root", "root@example.com")).await);
        let keeper = sso.desk.colleague("other@example.com", "Other", "KEEPER").await;
        let change = async |who: &Person, change: Value| {
            let mut input = change;
            input["identityProviderId"] = json!(sso.provider);
            let document = "mutation($input: UpdateIdentityProviderInput!) { updateIdentityProvider(input: $input) { identityProvider { ceiling } errors { code path } } }";
            who.client.run(document, json!({ "input": input })).await.ok().data("updateIdentityProvider.identityProvider.ceiling").clone()
        };
        assert_eq!(change(&keeper, json!({ "creates": null, "createsWith": null, "trustsMfa": true })).await, json!(["MANAGE_SIGN_IN"]));
        assert_eq!(refused(&sso.sign_in(person("root", "root@example.com")).await), "NOT_ALLOWED");
        assert_eq!(change(&sso.admin, json!({ "isActive": true })).await, Value::Null);
        assert_eq!(change(&keeper, json!({ "name": "The works" })).await, Value::Null);
        came_in(sso.sign_in(person("root", "root@example.com")).await);
    }

    /// Who has a second factor shows it here too, with the same way back, unless the provider is trusted to have asked.
    async fn a_second_factor_is_asked_for_after_a_provider(backend) {
        let sso = Sso::open(backend, json!({})).await;
        let me = came_in(sso.sign_in(person("u-1", "grace@example.com")).await).string("completeOidcSignIn.session.accessToken");
        let me = sso.desk.web.bearer(&me);
        let begin = "mutation { beginTotpEnrolment(input: {}) { enrolment { secret } errors { code } } }";
        let app = Authenticator::new(&me.run(begin, Value::Null).await.ok().string("beginTotpEnrolment.enrolment.secret"));
        let confirm = "mutation($c: String!) { confirmTotp(input: { code: $c }) { recoveryCodes errors { code } } }";
        let confirmed = me.run(confirm, json!({ "c": app.code(0) })).await.ok();
        let with = async |flow: &str, back: &Back, code: Option<&str>| {
            let input = json!({ "flowToken": flow, "state": back.state, "code": back.code, "totpCode": code });
            sso.desk.web.run(COMPLETE, json!({ "input": input })).await
        };
        let (address, flow) = sso.begin().await;
        let back = sso.idp.visit(&address, person("u-1", "grace@example.com"));
        for (code, answer, reason) in [(None, "TOTP_REQUIRED", "code_missing"), (Some("000000"), "INVALID_CREDENTIALS", "wrong_code"), (Some(" "), "TOTP_REQUIRED", "code_missing")] {
            let asked = with(&flow, &back, code).await;
            assert_eq!((refused(&asked).as_str(), sso.reason().await.as_str()), (answer, reason));
            assert_eq!(asked.user_errors("completeOidcSignIn")[0].path, "input.totpCode");
        }
        came_in(with(&flow, &back, Some(&app.code(1))).await);
        assert_eq!(refused(&with(&flow, &back, Some(&app.code(1))).await), "INVALID_TOKEN", "good once");

        // Who has the way back and another code of the provider's gets nowhere with it; a recovery code is as good.
        let (address, flow) = sso.begin().await;
        let back = sso.idp.visit(&address, person("u-1", "grace@example.com"));
        assert_eq!(refused(&sso.complete(&flow, &back).await), "TOTP_REQUIRED");
        let recovery = confirmed.string("confirmTotp.recoveryCodes.0");
        let other = Back { code: "guessed".into(), ..back.clone() };
        assert_eq!(refused(&with(&flow, &other, Some(&recovery)).await), "INVALID_TOKEN");
        assert_eq!(refused(&with(&flow, &back, Some(&recovery)).await), "INVALID_TOKEN", "and that was the way back");
        let (address, flow) = sso.begin().await;
        let back = sso.idp.visit(&address, person("u-1", "grace@example.com"));
        came_in(with(&flow, &back, Some(&recovery)).await);
        sso.change(json!({ "trustsMfa": true })).await;
        came_in(sso.sign_in(person("u-1", "grace@example.com")).await);
    }

    /// A server that may not ask private addresses asks none, and none without TLS.
    async fn private_addresses_are_not_asked(backend) {
        let desk = Desk::open(backend).await;
        let (idp, admin) = (Idp::start().await, desk.admin().await);
        for issuer in [idp.issuer.clone(), idp.issuer.replace("http://", "https://"), "https://localhost/".into(), "https://[::1]/".into()] {
            let input = json!({ "name": "Inside", "issuer": issuer, "clientId": "x", "redirectUris": [HOME] });
            let refused = admin.client.run(CREATE, json!({ "input": input })).await;
            assert_eq!(refused.user_errors("createIdentityProvider")[0].path, "input.issuer", "{issuer}");
        }
    }
}

/// One pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

both! {
    /// The picture that somebody has at their provider is theirs here, too, once: one that they set themselves stays, one that
    /// they take away does not come back, and what is no picture is let be.
    async fn the_picture_of_a_provider_is_taken_over_once(backend) {
        let sso = Sso::open(backend, json!({})).await;
        let png = STANDARD.decode(PIXEL).expect("base64");
        let address = sso.idp.pictures(&png);
        let with = |subject: &str, email: &str| {
            let mut who = person(subject, email);
            who["picture"] = json!(address);
            who
        };
        let client = |answer: &Answer| sso.desk.web.bearer(&answer.string("completeOidcSignIn.session.accessToken"));
        let shown = async |client: &Client| {
            let seen = client.run("{ viewer { user { ... on Staff { avatarUrl } } } }", Value::Null).await.ok();
            seen.data("viewer.user.avatarUrl").as_str().map(str::to_owned)
        };
        let grace = client(&came_in(sso.sign_in(with("u-1", "grace@example.com")).await));
        let url = until("the picture is hers", SOON, async || shown(&grace).await).await;
        let (_, path) = url.split_once("/avatars/").expect("a picture");
        let kept = sso.desk.web.get(&format!("/avatars/{path}")).await;
        assert_eq!((kept.status, kept.header("content-type")), (200, "image/png"));
        let trail = "{ auditLogs(filter: { eventType: { eq: \"account.avatar_changed\" } }) { nodes { actorKind newValues } } }";
        let trail = sso.admin.client.run(trail, Value::Null).await.ok();
        assert_eq!(trail.data("auditLogs.nodes"), &json!([{ "actorKind": "SYSTEM", "newValues": { "avatar": true } }]));

        // She takes it away, and it does not come back; the next one who comes has it looked for after that.
        grace.run("mutation { removeAvatar { errors { code } } }", Value::Null).await.ok();
        came_in(sso.sign_in(with("u-1", "grace@example.com")).await);
        sso.idp.pictures(b"<svg onload=\"alert(1)\"/>");
        let ada = client(&came_in(sso.sign_in(with("u-2", "ada@example.com")).await));
        until("hers was looked at", SOON, async || (sso.idp.pictures_read() == 2).then_some(())).await;
        let jobs = sso.desk.sql().await;
        let waiting = "SELECT count(*) FROM jobs WHERE kind = 'identity.take_picture'";
        until("nothing is left of it", SOON, async || (jobs.number(waiting).await == 0).then_some(())).await;
        assert_eq!((shown(&grace).await, shown(&ada).await), (None, None));

        // Who has one of their own keeps it.
        sso.idp.pictures(&png);
        let set = "mutation($image: String!) { setAvatar(input: { image: $image }) { user { avatarUrl } errors { code } } }";
        sso.desk.colleague("bob@example.com", "Bob", "STAFF").await;
        let bob = sso.desk.sign_in("bob@example.com", PASSWORD).await;
        let own = bob.client.run(set, json!({ "image": PIXEL })).await.ok().string("setAvatar.user.avatarUrl");
        let bob = client(&came_in(sso.sign_in(with("u-3", "bob@example.com")).await));
        until("his is looked at", SOON, async || (sso.idp.pictures_read() == 3).then_some(())).await;
        until("nothing is left of it", SOON, async || (jobs.number(waiting).await == 0).then_some(())).await;
        assert_eq!(shown(&bob).await, Some(own));
    }
}
