//! What each setting means, and which are secrets or numbers.

/// What each setting means, as `frontdesk config` lists it.
pub(super) const SETTINGS: &[(&str, &str)] = &[
    ("database_url", "sqlite://path (default: a file under ./data) or postgres://user:password@host/database"),
    ("database_connections", "PostgreSQL: connections of the shared pool"),
    (
        "database_statement_cache",
        "PostgreSQL: prepared statements kept for each connection (memory of the server: some 10–50 KiB each)",
    ),
    ("listen", "address and port to listen on"),
    (
        "secret_key",
        "32 bytes in base64; several, newest first, separated by commas, for rotation; required outside the demo",
    ),
    ("admin_email", "address of the first administrator of the first tenant, where there is none yet"),
    ("admin_password", "password of the first administrator"),
    ("smtp_url", "smtp://host:port, smtps://…; without it, mail is written as .eml files"),
    ("mail_dir", "folder for .eml files"),
    ("mail_from", "sender of mails; the domain of the address is the domain of the Message-IDs"),
    (
        "mail_authorities",
        "PEM file of certificate authorities that mail servers of tenants may have their certificates from, beside the public ones",
    ),
    ("public_url", "address that people reach this installation at, for links in mails; by default http:// and listen"),
    (
        "allow_private_hosts",
        "on: mail servers, webhooks and identity providers of tenants may be in private networks, mail servers on any port, providers \
            without TLS",
    ),
    (
        "notification_hosts",
        "hosts that Teams channels may lead to, separated by commas: .example.com is every host below it, * is any",
    ),
    ("rate_limits", "on, or off for load tests behind no proxy"),
    ("session_idle", "how long a session lasts that is not refreshed: a number and s, m, h or d"),
    ("session_absolute", "how long a session lasts in all, however busy it is: a number and s, m, h or d"),
    ("demo", "1 for a demo tenant with demo data and printed sign-in"),
    ("workers", "on: serve runs background work too; off: only `frontdesk worker` does"),
    ("cors_origins", "origins of other sites' pages that may call the API, separated by commas"),
    ("trusted_proxies", "addresses of proxies whose X-Forwarded-For is believed, separated by commas"),
    ("connections", "connections served at a time"),
    ("request_timeout_seconds", "seconds that an operation may take"),
    ("files_dir", "folder that uploaded files are kept in; all processes share it"),
    ("files_bucket", "name of the bucket that files are kept in instead, of anything that speaks S3"),
    ("files_endpoint", "where the bucket is, such as https://s3.example.com; by default Amazon"),
    ("files_region", "region of the bucket"),
    ("files_access_key", "access key id for the bucket"),
    ("files_secret_key", "secret access key for the bucket"),
    ("introspection", "who may ask the API what it is like: open (everybody), signed_in or off"),
    (
        "refresh_grace",
        "how long after its first use a refresh token buys another pair, for two windows and lost answers: at most 5m, 0s for never",
    ),
    ("audit_list_reads", "how many of 100 reads of lists the audit trail keeps; searches and single things always"),
    ("upload_bytes", "bytes of the files of one GraphQL multipart request"),
    ("direct_upload_bytes", "bytes of a file that is sent by a link of its own (beginUpload)"),
    ("uploads_kept", "how long an upload may take and then waits to be used: a number and s, m, h or d"),
    ("file_link_lifetime", "how long a link to a file is good: a number and s, m, h or d"),
    ("assistant_provider", "who answers what the assistant is asked: builtin (quotes, no network) or anthropic"),
    ("assistant_url", "where Anthropic's API is"),
    ("assistant_model", "which of Anthropic's models is asked; there is no default"),
    ("assistant_api_key", "key for Anthropic's API"),
    ("assistant_max_tokens", "the longest answer of Anthropic's, in tokens"),
    ("assistant_time_limit", "how long an answer may take: a number and s or m; at most 10m"),
    (
        "events_kept",
        "how long subscriptions can begin at an event that was missed: a number and s, m, h or d; at least 1d",
    ),
    ("cleaning_interval", "how often what has outlived its use is removed: a number and s, m, h or d"),
    ("sweep_interval", "how soon work is found that a process left behind: a number and s, m, h or d"),
    ("job_lease", "how long a job waits that a worker died over: a number and s, m, h or d; one alive renews it"),
    ("log_format", "text or json"),
    ("log", "what is logged, such as info or info,gateway=debug"),
];

/// Settings that are never shown.
pub(super) const SECRETS: &[&str] = &[
    "database_url",
    "secret_key",
    "admin_password",
    "smtp_url",
    "files_access_key",
    "files_secret_key",
    "assistant_api_key",
];

/// The settings that are numbers; all others are texts.
pub(super) const NUMBERS: &[&str] = &[
    "assistant_max_tokens",
    "audit_list_reads",
    "database_connections",
    "database_statement_cache",
    "connections",
    "request_timeout_seconds",
    "upload_bytes",
    "direct_upload_bytes",
];
