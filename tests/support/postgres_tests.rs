use std::io::Read;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Cluster, Database, process_state};
use crate::support::holder::{Holder, hold, is_held};

#[test]
fn a_fresh_database_is_empty_and_goes_with_its_guard() {
    let database = Database::fresh();
    assert_eq!(database.psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
    assert_eq!(database.psql("SHOW max_connections"), "300");
    assert_eq!(database.psql("SELECT lower('ÉCOLE')"), "école");
    assert!(database.url().ends_with(&format!("@127.0.0.1:{}/{}", Cluster::shared().port(), database.name())));
    assert!(TcpStream::connect(("127.0.0.1", Cluster::shared().port())).is_ok());
}

#[test]
fn a_template_is_copied_with_its_rows() {
    let first = Database::fresh();
    first.psql("CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2)");
    let template = first.into_template();
    let copies = [Database::from_template(&template), Database::from_template(&template)];
    copies[0].psql("DELETE FROM t");
    assert_eq!(copies[1].psql("SELECT n FROM t ORDER BY n"), "1\n2");
}

#[test]
#[should_panic(expected = "division by zero")]
fn refused_sql_fails_the_test_with_the_servers_words() {
    Database::fresh().psql("SELECT 1/0");
}

#[test]
fn a_private_cluster_survives_kill_9_with_its_rows_and_leaves_nothing_behind() {
    let cluster = Cluster::private(true);
    let database = cluster.database();
    assert_eq!(database.psql("SHOW fsync"), "on");
    database.psql("CREATE TABLE t (n int); INSERT INTO t VALUES (7)");
    let before = (cluster.port(), cluster.pid());
    cluster.kill9();
    assert!(TcpStream::connect(("127.0.0.1", cluster.port())).is_err());
    cluster.start();
    assert_eq!(database.psql("SELECT n FROM t"), "7");
    assert_eq!(cluster.port(), before.0);
    assert_ne!(cluster.pid(), before.1);

    cluster.stop_immediate();
    cluster.start();
    cluster.stop_fast();
    cluster.start();
    assert_eq!(database.psql("SELECT n FROM t"), "7");

    // Dropped in the worst state: the postmaster dead, its file and its shared memory still there.
    cluster.kill9();
    let dir = cluster.dir().to_owned();
    let segment = shared_memory(&dir);
    assert!(segment_exists(&segment));
    drop(cluster);
    assert!(!dir.exists());
    assert!(!segment_exists(&segment));
}

#[test]
fn a_frozen_cluster_does_not_answer_until_it_is_thawed() {
    let cluster = Cluster::private(false);
    let database = cluster.database();
    let open = format!(
        "host={} port={} user={} dbname={}",
        database.site.dir.display(),
        cluster.port(),
        database.site.user,
        database.name()
    );
    cluster.freeze();
    let mut asking = Command::new(database.site.bin.join("psql"))
        .args(["-X", "-A", "-t", "-c", "SELECT 42", &open])
        .stdout(Stdio::piped())
        .spawn()
        .expect("psql starts");
    assert!(process_state(cluster.pid()).starts_with('T'), "stopped");
    assert!(asking.try_wait().expect("psql runs").is_none());
    cluster.thaw();
    let mut answer = String::new();
    asking.stdout.take().expect("a pipe").read_to_string(&mut answer).expect("an answer");
    assert_eq!(answer.trim(), "42");
    assert!(asking.wait().expect("psql ran").success());

    cluster.freeze();
    let dir = cluster.dir().to_owned();
    let started = Instant::now();
    drop(cluster);
    assert!(!dir.exists(), "a frozen cluster is removed too");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn the_cluster_is_gone_after_its_test_process_was_killed_with_9() {
    let holder = Holder::start("support::postgres::tests::hold_a_cluster");
    let (port, dir) = holder.holds.split_once(' ').expect("a port and a folder");
    let (port, dir): (u16, _) = (port.parse().expect("a port"), PathBuf::from(dir));
    let segment = shared_memory(&dir);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    assert!(segment_exists(&segment));
    holder.kill9();
    assert!(!dir.exists(), "{} is left over", dir.display());
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    assert!(!segment_exists(&segment));
}

#[test]
#[ignore = "the helper process of the test above"]
fn hold_a_cluster() {
    if is_held() {
        let shared = Cluster::shared();
        hold(&format!("{} {}", shared.port(), shared.dir().display()));
    }
}

fn shared_memory(dir: &Path) -> String {
    let file = std::fs::read_to_string(dir.join("data/postmaster.pid")).expect("postmaster.pid");
    let ids = file.lines().nth(6).expect("the line with the shared memory");
    ids.split_whitespace().nth(1).expect("its id").to_owned()
}

fn segment_exists(id: &str) -> bool {
    let all = std::fs::read_to_string("/proc/sysvipc/shm").expect("a list of segments");
    all.lines().any(|line| line.split_whitespace().nth(1) == Some(id))
}
