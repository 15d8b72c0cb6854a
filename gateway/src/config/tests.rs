use super::*;

#[test]
fn every_setting_is_listed_and_no_secret_shown() {
    let config =
        Config { secret_key: Some("hush".into()), smtp_url: Some("smtp://u:hush@h".into()), ..Config::default() };
    let serde_json::Value::Object(fields) = serde_json::to_value(&config).unwrap() else { panic!() };
    assert_eq!(fields.len(), SETTINGS.len());
    let described = config.describe();
    assert!(described.iter().all(|(name, value, _)| fields.contains_key(*name) && !value.contains("hush")));
}

#[test]
fn links_begin_with_one_address() {
    let of = |url: &str| Config { public_url: Some(url.into()), ..Config::default() }.public_url().ok();
    assert_eq!(of("https://Desk.Example.com/"), Some("https://desk.example.com".into()));
    assert_eq!(of("https://example.com/desk//"), Some("https://example.com/desk".into()));
    for bad in [
        "",
        "desk.example.com",
        "ftp://example.com",
        "javascript:alert(1)",
        "https://u:p@example.com",
        "https://example.com/?x",
        "https://example.com/#x",
    ] {
        assert_eq!(of(bad), None, "{bad}");
    }
    assert_eq!(Config::default().public_url().unwrap(), "http://127.0.0.1:8080");
    let everywhere = Config { listen: SocketAddr::from(([0, 0, 0, 0], 80)), ..Config::default() };
    assert_eq!(everywhere.public_url().unwrap(), "http://127.0.0.1:80");
}

#[test]
fn times_are_numbers_with_a_unit() {
    for (text, seconds) in [("1s", Some(1)), ("15m", Some(900)), (" 12h ", Some(43_200)), ("90d", Some(7_776_000))] {
        assert_eq!(span(text).map(|time| time.num_seconds()), seconds, "{text}");
    }
    for bad in ["", "d", "30", "0s", "-1d", "1.5h", "30 d", "4000d", "99999999999999999999d", "3é"] {
        assert_eq!(span(bad), None, "{bad}");
    }
}

#[test]
fn unknown_and_wrong_settings_are_refused_by_name() {
    let load = |name: &str, value: &str| Config::load(None, &[(name.into(), value.into())]);
    assert!(load("no_such_thing", "x").err().unwrap().contains("no_such_thing"));
    let error = load("listen", "hush").err().unwrap();
    assert!(error.contains("listen") && !error.contains("hush"), "{error}");
    assert!(load("admin_password", "12345").is_ok(), "a password of digits is a text");
}

#[test]
fn the_grace_is_short_or_none() {
    let of = |text: &str| Config { refresh_grace: text.into(), ..Config::default() }.session_policy();
    let seconds = |text| of(text).ok().map(|policy| policy.grace.num_seconds());
    assert_eq!((seconds("0s"), seconds("10s"), seconds("5m")), (Some(0), Some(10), Some(300)));
    for bad in ["", "0", "6m", "1d"] {
        assert!(of(bad).is_err(), "{bad}");
    }
}
