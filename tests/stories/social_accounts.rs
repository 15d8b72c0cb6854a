//! Accounts on social platforms: they are connected by the person who was sent, once; tokens are renewed once, whatever happens;
//! and what the platform takes no more is shown and told.

use serde_json::{Value, json};

use super::desk::{Desk, Person, SOON};
use super::processes::beside_with;
use crate::coverage::sql::Sql;
use crate::support::platforms::Platforms;
use crate::support::{Backend, Client, Options, both, until};

const CONNECT: &str = "mutation Connect($input: ConnectSocialAccountInput!) { connectSocialAccount(input: $input) {
    authorizationUrl expiresAt errors { code path message } } }";
const COMPLETE: &str = "mutation Complete($input: CompleteSocialAccountInput!) { completeSocialAccount(input: $input) {
    socialAccounts { id platform accountId accountName status isActive tokenExpiresAt lastError connectedBy { id } }
    choices { accountId accountName } errors { code path message } } }";
const CHOOSE: &str = "mutation Choose($input: ChooseSocialAccountsInput!) { chooseSocialAccounts(input: $input) {
    socialAccounts { id accountId accountName status } errors { code path message } } }";
const DISCONNECT: &str =
    "mutation Disconnect($input: DisconnectSocialAccountInput!) { disconnectSocialAccount(input: $input) {
    socialAccount { id status isActive tokenExpiresAt } errors { code path } } }";
const VERIFY: &str = "mutation Verify($input: VerifySocialAccountInput!) { verifySocialAccount(input: $input) {
    socialAccount { id status lastError } errors { code path message } } }";
const LIST: &str = "query List($filter: SocialAccountFilter) { socialAccounts(filter: $filter) { totalCount nodes {
    id platform accountId accountName status isActive tokenExpiresAt lastError metadata connectedAt } } }";

/// Sends somebody to a platform and lets us in there; what they come back with.
async fn back(platforms: &Platforms, who: &Person, platform: &str) -> (String, String) {
    let sent = who.client.run(CONNECT, json!({ "input": { "platform": platform } })).await.ok();
    platforms.visit(&sent.string("connectSocialAccount.authorizationUrl"))
}

fn came((state, code): &(String, String)) -> Value {
    json!({ "input": { "state": state, "code": code } })
}

/// Connects the account of a platform that has one; its id.
pub async fn connect(platforms: &Platforms, who: &Person, platform: &str) -> String {
    let back = back(platforms, who, platform).await;
    let done = who.client.run(COMPLETE, came(&back)).await.ok();
    assert_eq!(done.list("completeSocialAccount.errors").len(), 0, "{:?}", done.list("completeSocialAccount.errors"));
    done.list("completeSocialAccount.socialAccounts")[0]["id"].as_str().expect("an id").to_owned()
}

async fn only(who: &Person) -> Value {
    let list = who.client.run(LIST, json!({})).await.ok();
    assert_eq!(list.data("socialAccounts.totalCount"), &json!(1));
    list.list("socialAccounts.nodes")[0].clone()
}

async fn registry(desk: &Desk) -> Sql {
    Sql::open(desk.server.setting("FRONTDESK_DATABASE_URL").expect("a setting"), None).await
}

async fn open(backend: Backend, platforms: &Platforms) -> (Desk, Person) {
    let desk = Desk::open_with(backend, platforms.settings(Options::new())).await;
    let admin = desk.admin().await;
    (desk, admin)
}

both! {
    /// Somebody keeps two pages and chooses one; nobody else can use what they came back with, nor they twice; what the platform
    /// gave is nowhere in clear. Disconnected and connected again it is the same account.
    async fn a_page_is_chosen_and_its_tokens_are_secret(backend) {
        let platforms = Platforms::start().await;
        let (desk, admin) = open(backend, &platforms).await;
        let other = desk.colleague("other@example.com", "Other", "ADMIN").await;
        let staff = desk.colleague("staff@example.com", "Staff", "STAFF").await;
        let refused = staff.client.run(CONNECT, json!({ "input": { "platform": "FACEBOOK" } })).await;
        assert_eq!(refused.error_code(), "FORBIDDEN");
        let elsewhere = json!({ "input": { "platform": "FACEBOOK", "redirectUri": "https://evil.example" } });
        let elsewhere = admin.client.run(CONNECT, elsewhere).await;
        assert_eq!(elsewhere.data("connectSocialAccount.errors.0.path"), &json!(["input", "redirectUri"]));

        let mine = back(&platforms, &admin, "FACEBOOK").await;
        let foreign = other.client.run(COMPLETE, came(&mine)).await;
        assert_eq!(foreign.data("completeSocialAccount.errors.0.code"), &json!("INVALID_TOKEN"));
        let done = admin.client.run(COMPLETE, came(&mine)).await.ok();
        let choices = done.list("completeSocialAccount.choices");
        assert_eq!(choices.len(), 2);
        assert_eq!(done.list("completeSocialAccount.socialAccounts").len(), 0);
        let again = admin.client.run(COMPLETE, came(&mine)).await;
        assert_eq!(again.data("completeSocialAccount.errors.0.path"), &json!(["input", "state"]));
        let choose = |ids: &[&str]| json!({ "input": { "state": mine.0, "accountIds": ids } });
        let none = admin.client.run(CHOOSE, choose(&["page3"])).await;
        assert_eq!(none.data("chooseSocialAccounts.errors.0.path"), &json!(["input", "accountIds"]));
        let foreign = other.client.run(CHOOSE, choose(&["page1"])).await;
        assert_eq!(foreign.data("chooseSocialAccounts.errors.0.code"), &json!("INVALID_TOKEN"));
        assert_eq!(registry(&desk).await.count("social_account_routes").await, 0, "nothing was written");
        let chosen = admin.client.run(CHOOSE, choose(&["page1"])).await.ok();
        let first = chosen.data("chooseSocialAccounts.socialAccounts.0").clone();
        assert_eq!((&first["accountName"], &first["status"]), (&json!("Shop"), &json!("CONNECTED")));
        let again = admin.client.run(CHOOSE, choose(&["page2"])).await;
        assert_eq!(again.data("chooseSocialAccounts.errors.0.code"), &json!("INVALID_TOKEN"));
        assert_eq!(platforms.subscribed(), ["page1"], "it tells us of its messages");
        assert_eq!(registry(&desk).await.count("social_account_routes").await, 1);

        let sql = desk.sql().await;
        assert_eq!(sql.count("social_connecting").await, 0);
        let everything = sql.everything().await;
        for token in platforms.given() {
            assert!(!everything.contains(&token), "a token is stored in clear");
            assert_eq!(desk.server.places_of(&token), Vec::<String>::new());
        }
        let id = json!({ "input": { "socialAccountId": first["id"] } });
        let ended = admin.client.run(DISCONNECT, id.clone()).await.ok();
        assert_eq!(ended.data("disconnectSocialAccount.socialAccount.status"), &json!("DISCONNECTED"));
        assert_eq!(registry(&desk).await.count("social_account_routes").await, 0);
        assert_eq!(sql.number("SELECT count(*) FROM social_accounts WHERE access_token_encrypted IS NULL").await, 1);
        let verified = admin.client.run(VERIFY, id).await;
        assert_eq!(verified.data("verifySocialAccount.errors.0.path"), &json!(["input", "socialAccountId"]));
        platforms.pages(&[("page1", "Shop, renamed")]);
        assert_eq!(json!(connect(&platforms, &admin, "FACEBOOK").await), first["id"], "the same account");
        let now = only(&admin).await;
        assert_eq!((&now["accountName"], &now["isActive"]), (&json!("Shop, renamed"), &json!(true)));
        let trail = "{ auditLogs(filter: { eventType: { eq: \"social_account.saved\" } }) { totalCount } }";
        assert_eq!(admin.client.run(trail, Value::Null).await.ok().data("auditLogs.totalCount"), &json!(3));
    }

    /// A token of X's is renewed before it ends, and the new one that renews is kept; one that was given up is shown and told.
    async fn tokens_are_renewed_before_they_end(backend) {
        let platforms = Platforms::start().await;
        let (desk, admin) = open(backend, &platforms).await;
        platforms.last(4);
        let id = connect(&platforms, &admin, "X").await;
        let input = json!({ "input": { "socialAccountId": id } });
        until("two renewals", SOON, async || (platforms.renewals() >= 2).then_some(())).await;
        platforms.last(7200);
        let renewed = platforms.renewals();
        until("a long one", SOON, async || (platforms.renewals() > renewed).then_some(())).await;
        until("it is stored", SOON, async || {
            let sql = desk.sql().await;
            (sql.number("SELECT count(*) FROM social_accounts WHERE refreshing_until IS NULL").await == 1).then_some(())
        })
        .await;
        let account = only(&admin).await;
        assert_eq!((&account["status"], &account["accountId"]), (&json!("CONNECTED"), &json!("100")));
        // Past its time by the platform's word: it is renewed on the way.
        platforms.expire_all();
        let verified = admin.client.run(VERIFY, input.clone()).await.ok();
        assert_eq!(verified.data("verifySocialAccount.socialAccount.status"), &json!("CONNECTED"));
        platforms.revoke_all();
        let verified = admin.client.run(VERIFY, input).await.ok();
        assert_eq!(verified.data("verifySocialAccount.socialAccount.status"), &json!("REVOKED"));
        assert!(verified.string("verifySocialAccount.socialAccount.lastError").contains("400"));
        let told = "{ notifications { nodes { type resourceId } } }";
        until("they are told", SOON, async || {
            let told = admin.client.run(told, Value::Null).await.ok();
            told.list("notifications.nodes").iter().any(|one| one["type"] == "SOCIAL_ACCOUNT_REFUSED").then_some(())
        })
        .await;
        assert_eq!(json!(connect(&platforms, &admin, "X").await), json!(id));
        assert_eq!(only(&admin).await["status"], "CONNECTED");
    }

    /// The answer with the new tokens is lost: the account is not thought revoked, and everything is as it was when it is connected
    /// again.
    async fn a_renewal_that_was_lost_is_no_revocation(backend) {
        let platforms = Platforms::start().await;
        let (desk, admin) = open(backend, &platforms).await;
        let id = connect(&platforms, &admin, "X").await;
        let input = json!({ "input": { "socialAccountId": id } });
        platforms.expire_all();
        platforms.lose_renewal();
        admin.client.run(VERIFY, input.clone()).await;
        assert_eq!(platforms.renewals(), 1);
        let sql = desk.sql().await;
        // The claim runs out.
        sql.run("UPDATE social_accounts SET status = 'connected', last_error = NULL, refreshing_until = connected_at").await;
        admin.client.run(VERIFY, input).await;
        let account = only(&admin).await;
        assert_eq!(account["status"], "EXPIRED");
        assert!(account["lastError"].as_str().expect("a reason").contains("broken off"));
        assert_eq!(json!(connect(&platforms, &admin, "X").await), json!(id));
    }

    /// LinkedIn gives one page at once and says nothing that renews: people are told before its token ends, and when it has.
    async fn a_token_that_nothing_renews_ends(backend) {
        let platforms = Platforms::start().await;
        let (_desk, admin) = open(backend, &platforms).await;
        platforms.last(4);
        let _id = connect(&platforms, &admin, "LINKEDIN").await;
        let account = only(&admin).await;
        assert_eq!((&account["accountId"], &account["accountName"]), (&json!("urn:li:organization:7"), &json!("Shop Ltd")));
        until("it has ended", SOON, async || (only(&admin).await["status"] == "EXPIRED").then_some(())).await;
        let told = "{ auditLogs(filter: { eventType: { eq: \"social_account.refused\" } }) { totalCount } }";
        assert_eq!(admin.client.run(told, Value::Null).await.ok().data("auditLogs.totalCount"), &json!(2));
    }

    /// What holds for a platform is checked, and seen by whoever sees conversations.
    async fn platforms_are_set(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let update = "mutation Update($input: UpdatePlatformInput!) { updatePlatform(input: $input) {
            platform { name displayName apiVersion replyWindowHours humanAgent } errors { code path } } }";
        let run = async |input: Value| admin.client.run(update, json!({ "input": input })).await;
        let set = run(json!({ "platform": "FACEBOOK", "displayName": "Messenger", "replyWindowHours": 2, "humanAgent": false, "apiVersion": "v26.0" })).await;
        let platform = json!({ "name": "FACEBOOK", "displayName": "Messenger", "apiVersion": "v26.0", "replyWindowHours": 2, "humanAgent": false });
        assert_eq!(set.data("updatePlatform.platform"), &platform);
        for (input, field) in [
            (json!({ "platform": "FACEBOOK", "apiVersion": "../me" }), "apiVersion"),
            (json!({ "platform": "X", "replyWindowHours": 0 }), "replyWindowHours"),
            (json!({ "platform": "LINKEDIN", "displayName": "" }), "displayName"),
        ] {
            assert_eq!(run(input).await.data("updatePlatform.errors.0.path"), &json!(["input", field]));
        }
        let staff = desk.colleague("staff@example.com", "Staff", "STAFF").await;
        let seen = staff.client.run("{ platforms { name displayName } }", Value::Null).await.ok();
        assert_eq!(seen.list("platforms").len(), 3);
        let no_app = admin.client.run(CONNECT, json!({ "input": { "platform": "X" } })).await;
        assert_eq!(no_app.data("connectSocialAccount.errors.0.path"), &json!(["input", "platform"]));
    }
}

/// Two processes look after one account: each token is renewed once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_renew_a_token_once() {
    let platforms = Platforms::start().await;
    let (desk, admin) = open(Backend::Postgres, &platforms).await;
    let other = beside_with(&desk, platforms.settings(Options::new())).await;
    let there = Client::new(other.base()).bearer(&admin.access);
    let id = connect(&platforms, &admin, "X").await;
    for round in 1..=3 {
        platforms.expire_all();
        let input = json!({ "input": { "socialAccountId": id } });
        let (one, two) = futures_util::join!(admin.client.run(VERIFY, input.clone()), there.run(VERIFY, input.clone()));
        drop((one, two));
        assert_eq!(platforms.renewals(), round, "once a round");
        until("it is taken", SOON, async || {
            let verified = admin.client.run(VERIFY, input.clone()).await.ok();
            (verified.data("verifySocialAccount.socialAccount.status") == &json!("CONNECTED")).then_some(())
        })
        .await;
    }
}
