//! Numbers and times of the trail have different orders where a clock jumped, or where rows tell of long ago.

use serde_json::Value;

use super::audit_files::unguarded;
use super::desk::{Desk, SOON};
use super::retention::done;
use crate::support::{both, until};

both! {
    /// The first row is of now, and all behind it are of long ago: nothing is due before the first is, whoever asks; a night leaves no
    /// run and signs no place.
    async fn a_young_row_keeps_the_old_ones_behind_it(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        for name in ["Ada", "Bob"] {
            desk.message(name, "Hello").await;
        }
        let sql = desk.sql().await;
        until("all is sealed", SOON, async || (sql.count("audit_logs").await == sql.count("audit_chain").await).then_some(())).await;
        unguarded(&sql).await;
        let old = "UPDATE audit_logs SET at = '2010-01-01T00:00:00+00:00' WHERE id IN (SELECT audit_log_id FROM audit_chain WHERE sequence > 1)";
        sql.run(old).await;
        let preview = done(&admin, "previewRetention", &["audit_logs"]).await;
        assert_eq!((&preview["rowsDue"], &preview["error"]), (&serde_json::json!(0), &Value::Null), "{preview}");
        let run = done(&admin, "runRetention", &["audit_logs"]).await;
        assert_eq!((&run["rowsDue"], &run["rowsRemoved"]), (&serde_json::json!(0), &serde_json::json!(0)), "{run}");
        assert_eq!(sql.count("audit_checkpoints").await, 0, "no place is signed behind a row that stays");
        assert!(desk.cli_ok(&["audit", "checkpoint", "--before", "1d"], "").contains("nothing new to sign"));
    }
}
