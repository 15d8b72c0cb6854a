//! Settings: where they come from, and what is refused.

use super::Site;
use super::site::finish;
use crate::support::server::{frontdesk, secret_key};
use crate::support::{Backend, Client};

const EVERY: &[&str] = &[
    "DATABASE_URL",
    "DATABASE_CONNECTIONS",
    "DATABASE_STATEMENT_CACHE",
    "LISTEN",
    "SECRET_KEY",
    "ADMIN_EMAIL",
    "ADMIN_PASSWORD",
    "SMTP_URL",
    "MAIL_DIR",
    "MAIL_FROM",
    "MAIL_AUTHORITIES",
    "PUBLIC_URL",
    "ALLOW_PRIVATE_HOSTS",
    "SESSION_IDLE",
    "SESSION_ABSOLUTE",
    "REFRESH_GRACE",
    "NOTIFICATION_HOSTS",
    "INTROSPECTION",
    "RATE_LIMITS",
    "DEMO",
    "WORKERS",
    "CORS_ORIGINS",
    "TRUSTED_PROXIES",
    "CONNECTIONS",
    "REQUEST_TIMEOUT_SECONDS",
    "LOG_FORMAT",
    "LOG",
    "FILES_DIR",
    "FILES_BUCKET",
    "FILES_ENDPOINT",
    "FILES_REGION",
    "FILES_ACCESS_KEY",
    "FILES_SECRET_KEY",
    "UPLOAD_BYTES",
    "DIRECT_UPLOAD_BYTES",
    "UPLOADS_KEPT",
    "FILE_LINK_LIFETIME",
    "ASSISTANT_PROVIDER",
    "ASSISTANT_URL",
    "ASSISTANT_MODEL",
    "ASSISTANT_API_KEY",
    "ASSISTANT_MAX_TOKENS",
    "ASSISTANT_TIME_LIMIT",
    "EVENTS_KEPT",
    "AUDIT_LIST_READS",
    "CLEANING_INTERVAL",
    "SWEEP_INTERVAL",
    "JOB_LEASE",
    "AI_API_KEY",
    "AI_INPUT_PRICE",
    "AI_MAX_TOKENS",
    "AI_MODEL",
    "AI_OUTPUT_PRICE",
    "AI_PROVIDER",
    "AI_TIME_LIMIT",
    "AI_URL",
    "CRM_HUBSPOT_CLIENT_ID",
    "CRM_HUBSPOT_CLIENT_SECRET",
    "CRM_HUBSPOT_CONSENT_URL",
    "CRM_HUBSPOT_URL",
    "CRM_SALESFORCE_CLIENT_ID",
    "CRM_SALESFORCE_CLIENT_SECRET",
    "CRM_SALESFORCE_URL",
    "CRM_SALESFORCE_VERSION",
    "CRM_ZOHO_CLIENT_ID",
    "CRM_ZOHO_CLIENT_SECRET",
    "CRM_ZOHO_URL",
    "SOCIAL_FACEBOOK_CLIENT_ID",
    "SOCIAL_FACEBOOK_CLIENT_SECRET",
    "SOCIAL_FACEBOOK_CONSENT_URL",
    "SOCIAL_FACEBOOK_URL",
    "SOCIAL_FACEBOOK_VERIFY_TOKEN",
    "SOCIAL_LINKEDIN_CLIENT_ID",
    "SOCIAL_LINKEDIN_CLIENT_SECRET",
    "SOCIAL_LINKEDIN_CONSENT_URL",
    "SOCIAL_LINKEDIN_URL",
    "SOCIAL_REDIRECT_URIS",
    "SOCIAL_X_CLIENT_ID",
    "SOCIAL_X_CLIENT_SECRET",
    "SOCIAL_X_CONSENT_URL",
    "SOCIAL_X_URL",
];

/// The value that `frontdesk config` shows for a setting.
fn shown<'a>(config: &'a super::Done, name: &str) -> &'a str {
    let line = config.out.lines().find(|line| line.split_whitespace().next() == Some(name));
    let line = line.unwrap_or_else(|| panic!("no {name}\n{config}"));
    line.split_once(char::is_whitespace).map_or("", |(_, value)| value.trim())
}

/// A misspelt variable is not ignored: whoever sets it believes that it holds.
#[tokio::test]
async fn what_is_not_a_setting_is_refused_by_name() {
    let site = Site::new(Backend::Sqlite);
    let mut command = site.command(["serve"]);
    command.env("FRONTDESK_RATELIMITS", "a value not to be repeated");
    let refused = finish(command, "").await.refused();
    assert!(refused.err.contains("ratelimits") && !refused.err.contains("not to be repeated"), "{refused}");

    let file = site.dir().join("frontdesk.toml");
    let path = file.display().to_string();
    std::fs::write(&file, "listen = \"127.0.0.1:0\"\nadmin_pasword = \"a value not to be repeated\"\n")
        .expect("a file");
    let refused = site.run(["--config", &path, "config"]).await.refused();
    assert!(refused.err.contains("admin_pasword") && !refused.err.contains("not to be repeated"), "{refused}");
    let refused = site.run(["--config", "nowhere.toml", "config"]).await.refused();
    assert!(refused.err.contains("nowhere.toml"), "{refused}");
    for (setting, name) in [
        ("lisen=127.0.0.1:1", "lisen"),
        ("listen=nowhere", "listen"),
        ("connections=many", "connections"),
        ("workers=perhaps", "workers"),
    ] {
        let refused = site.run(["--set", setting, "config"]).await.refused();
        assert!(refused.err.contains(&format!("`{name}`")), "{refused}");
    }
    assert!(!site.dir().join("frontdesk.db").exists(), "nothing was begun");
}

/// Defaults, then the file, then the environment, then flags.
#[tokio::test]
async fn flags_win_over_the_environment_and_that_over_the_file() {
    let site = Site::new(Backend::Sqlite);
    let file = site.dir().join("frontdesk.toml");
    std::fs::write(&file, "log = \"from the file\"\nmail_from = \"from the file\"\nworkers = false\nconnections = 7\n")
        .expect("a file");
    let path = file.display().to_string();
    let mut command = site.command(["config", "--set", "log=from a flag"]);
    command.env("FRONTDESK_CONFIG", &path).env("FRONTDESK_LOG", "from the environment");
    command.env("FRONTDESK_MAIL_FROM", "from the environment");
    let config = finish(command, "").await.ok();
    for (name, value) in [
        ("FRONTDESK_LOG", "from a flag"),
        ("FRONTDESK_MAIL_FROM", "from the environment"),
        ("FRONTDESK_WORKERS", "off"),
        ("FRONTDESK_CONNECTIONS", "7"),
        ("FRONTDESK_RATE_LIMITS", "on"),
    ] {
        assert_eq!(shown(&config, name), value, "{name}\n{config}");
    }
}

/// `frontdesk config` names every setting with its meaning, and shows what is not secret.
#[tokio::test]
async fn every_setting_is_listed_and_no_secret_is_shown() {
    let secrets = [
        ("FRONTDESK_SECRET_KEY", secret_key()),
        ("FRONTDESK_ADMIN_PASSWORD", "hush hush hush 1".to_owned()),
        ("FRONTDESK_SMTP_URL", "smtps://desk:hush2@mail.example.com".to_owned()),
        ("FRONTDESK_FILES_ACCESS_KEY", "hush4 of the bucket".to_owned()),
        ("FRONTDESK_FILES_SECRET_KEY", "hush5 of the bucket".to_owned()),
        ("FRONTDESK_ASSISTANT_API_KEY", "hush6 of the assistant".to_owned()),
        ("FRONTDESK_DATABASE_URL", "postgres://desk:hush3@db.example.com/desk".to_owned()),
    ];
    let mut command = frontdesk(["config"]);
    command.env("FRONTDESK_LISTEN", "127.0.0.1:4711").envs(secrets.iter().cloned());
    let config = finish(command, "").await.ok();
    for name in EVERY {
        let name = format!("FRONTDESK_{name}");
        let line = config.out.lines().position(|line| line.split_whitespace().next() == Some(&name));
        let meaning = config.out.lines().nth(line.unwrap_or_else(|| panic!("no {name}\n{config}")) + 1);
        assert!(
            meaning.is_some_and(|meaning| meaning.starts_with("    ") && meaning.trim().len() > 5),
            "{name}\n{config}"
        );
    }
    let listed = config.out.lines().filter(|line| line.starts_with("FRONTDESK_")).count();
    assert_eq!(listed, EVERY.len(), "{config}");
    assert_eq!(shown(&config, "FRONTDESK_LISTEN"), "127.0.0.1:4711");
    for (name, value) in &secrets {
        assert_eq!(shown(&config, name), "(set)");
        assert!(!config.out.contains(value) && !config.out.contains("hush"), "{config}");
    }
    assert_eq!(shown(&config, "FRONTDESK_ADMIN_EMAIL"), "(not set)");
}

/// There is no built-in key, and none that is too weak: a server without one says how to make one and does not start.
#[tokio::test]
async fn no_server_runs_without_a_key_of_its_own() {
    let site = Site::new(Backend::Sqlite);
    let mut command = site.command(["serve"]);
    command.env_remove("FRONTDESK_SECRET_KEY");
    let refused = finish(command, "").await.refused();
    assert!(
        refused.err.contains("FRONTDESK_SECRET_KEY is required") && refused.err.contains("openssl rand"),
        "{refused}"
    );
    for weak in ["", "c2hvcnQ=", "not base64 at all, but of thirty-two characters or more", "AAAA,BBBB"] {
        let mut command = site.command(["serve"]);
        command.env("FRONTDESK_SECRET_KEY", weak);
        let refused = finish(command, "").await.refused();
        assert!(refused.err.contains("32 bytes in base64"), "{weak:?}: {refused}");
        assert!(weak.is_empty() || !refused.err.contains(weak), "{refused}");
    }
    for url in ["mysql://root@localhost/desk", "postgres://desk:hush@:not a port/desk", "frontdesk.db"] {
        let mut command = site.command(["serve"]);
        command.env("FRONTDESK_DATABASE_URL", url);
        let refused = finish(command, "").await.refused();
        assert!(refused.err.contains("database URL") && !refused.err.contains("hush"), "{refused}");
    }
}

/// Old sessions and cursors outlive a change of the key for as long as the old one is listed behind the new one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_can_be_changed_without_signing_anybody_out() {
    let (old, new) = (secret_key(), secret_key());
    let site = Site::new(Backend::Sqlite);
    let mut server = site.serve_with(site.options().env("FRONTDESK_SECRET_KEY", &old)).await;
    let nobody = Client::new(server.base());
    let staff = super::enter(&nobody, crate::support::ADMIN_EMAIL, crate::support::ADMIN_PASSWORD).await;
    for number in 0..3 {
        super::submit(&nobody, &format!("message {number}")).await;
    }
    let page =
        "query Page($after: String) { messages(first: 1, after: $after) { nodes { content } pageInfo { endCursor } } }";
    let first = staff.run(page, serde_json::json!({})).await.ok();
    let after = serde_json::json!({ "after": first.string("messages.pageInfo.endCursor") });

    server.restart_with(site.options().env("FRONTDESK_SECRET_KEY", format!("{new},{old}"))).await;
    assert_eq!(staff.run(page, after.clone()).await.ok().string("messages.nodes.0.content"), "message 1");
    server.restart_with(site.options().env("FRONTDESK_SECRET_KEY", &new)).await;
    assert_eq!(staff.run(page, after).await.error_code(), "UNAUTHENTICATED", "the old key is gone");
    super::enter(&nobody, crate::support::ADMIN_EMAIL, crate::support::ADMIN_PASSWORD).await;
}
