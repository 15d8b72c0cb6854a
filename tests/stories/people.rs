//! People are found by what is known of them, and let go.

use std::time::Duration;

use serde_json::{Value, json};

use super::desk::{Desk, PASSWORD, SIGN_IN, credentials};
use super::organisation::change;
use super::roles::{colleague, role, run};
use crate::support::{ADMIN_EMAIL, ADMIN_PASSWORD, both, until};

const CLIENTS: &str = "query($filter: ClientFilter) { clients(filter: $filter, orderBy: [{ field: NAME }]) { totalCount nodes { name } } }";
const STAFF: &str =
    "query($filter: StaffFilter) { staffMembers(filter: $filter, orderBy: [{ field: NAME }]) { totalCount nodes {
    name createdAt lastSignInAt emailVerifiedAt mustChangePassword } } }";

both! {
    /// A part of any of their names is enough, in capitals or not, in any script; what looks like a pattern is none.
    async fn people_are_found_in_any_case(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        for (email, name, first, last, company) in [
            ("sinead@example.com", "S. OC.", "Sin\u{e9}ad", "O\u{2019}Connor-Byrne", "\u{6771}\u{4eac}\u{90fd}"),
            ("eva@example.com", "E. Z.", "\u{c9}va", "\u{17d}i\u{17e}kov\u{e1}", "Stra\u{df}enbau"),
            ("nikos@example.com", "\u{39d}\u{3af}\u{3ba}\u{3bf}\u{3c2}", "", "", "100% [a]*b?"),
        ] {
            let input = json!({ "email": email, "name": name, "firstName": first, "lastName": last, "company": company });
            change(&admin.client, "createClient", input, "client { id }").await.ok();
        }
        for (text, found) in [
            ("\u{e9}va", "E. Z."), ("\u{c9}VA", "E. Z."), ("e\u{301}VA", "E. Z."), ("i\u{17d}KOV\u{c1}", "E. Z."), ("\u{17e}I", "E. Z."),
            ("STRA\u{df}EN", "E. Z."), ("e. z", "E. Z."), ("eva", "E. Z."), ("zizk", "E. Z."), ("strassen", "E. Z."), ("\u{ff25}\u{ff36}A", "E. Z."),
            ("\u{3bd}\u{3b9}\u{3ba}\u{3bf}\u{3c3}", "\u{39d}\u{3af}\u{3ba}\u{3bf}\u{3c2}"), ("\u{200b}", "E. Z. S. OC. \u{39d}\u{3af}\u{3ba}\u{3bf}\u{3c2}"),
            (" ", "E. Z. S. OC. \u{39d}\u{3af}\u{3ba}\u{3bf}\u{3c2}"),
            ("oconnor", "S. OC."), ("O'Connor", "S. OC."), ("o\u{2bc}connor byrne", "S. OC."), ("connorbyrne", "S. OC."), ("sinead", "S. OC."), ("\u{4eac}", "S. OC."),
            ("Connor\u{2010}B", "S. OC."), ("o connor", ""), ("-byrne", "S. OC."), ("\'", "S. OC."), ("eva-", ""),
            ("\u{39d}\u{38a}\u{39a}\u{39f}\u{3a3}", "\u{39d}\u{3af}\u{3ba}\u{3bf}\u{3c2}"), ("\u{3bf}\u{3c2}", "\u{39d}\u{3af}\u{3ba}\u{3bf}\u{3c2}"),
            ("100% [A]*B?", "\u{39d}\u{3af}\u{3ba}\u{3bf}\u{3c2}"), ("[a]*b", "\u{39d}\u{3af}\u{3ba}\u{3bf}\u{3c2}"),
            ("eva z", ""), ("[e]va", ""), ("e?a", ""), ("e.a", ""), ("\\", ""), ("e*a", ""), ("(", ""), ("***", ""),
        ] {
            let seen = run(&admin, CLIENTS, json!({ "filter": { "text": text } })).await;
            let names: Vec<_> = seen.list("clients.nodes").iter().filter_map(|node| node["name"].as_str()).collect();
            assert_eq!(names.join(" "), found, "{text}");
        }
        change(&admin.client, "createDepartment", json!({ "name": "\u{c9}levage" }), "department { id }").await.ok();
        let departments = "{ departments(filter: { text: \"\u{e9}LEV\" }) { totalCount } }";
        assert_eq!(run(&admin, departments, Value::Null).await.data("departments.totalCount"), &json!(1));
    }

    /// By role, department, team, second factor, when they came and when they were last there; what is not known of
    /// somebody is null.
    async fn people_are_filtered(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let (staff, viewer) = (role(&admin, "STAFF").await, role(&admin, "VIEWER").await);
        let department = change(&admin.client, "createDepartment", json!({ "name": "Care" }), "department { id }").await.ok();
        let department = department.string("createDepartment.department.id");
        let bea = colleague(&desk, &admin, "bea", &staff, json!({ "departmentId": department })).await;
        // Cal was never here.
        let cal = json!({ "email": "cal@example.com", "name": "cal", "roleId": viewer, "password": PASSWORD });
        change(&admin.client, "createStaff", cal, "staff { id }").await.ok();
        let team = change(&admin.client, "createTeam", json!({ "name": "Night" }), "team { id }").await.ok().string("createTeam.team.id");
        change(&admin.client, "addTeamMember", json!({ "teamId": team, "staffId": bea.id }), "member { role }").await.ok();
        let sql = desk.sql().await;
        sql.run("UPDATE users SET totp_confirmed_at = created_at WHERE email = 'bea@example.com'").await;
        sql.run(&format!("UPDATE users SET email_verified_at = created_at WHERE email = '{ADMIN_EMAIL}'")).await;

        let all = run(&admin, STAFF, Value::Null).await;
        let of = |name: &str, field: &str| {
            all.list("staffMembers.nodes").iter().find(|node| node["name"] == name).expect("somebody")[field].clone()
        };
        assert_eq!((of("cal", "lastSignInAt"), of("cal", "emailVerifiedAt"), of("cal", "mustChangePassword")), (Value::Null, Value::Null, json!(true)));
        assert!(of("Administrator", "emailVerifiedAt").is_string() && of("bea", "mustChangePassword") == json!(false));
        let (came, there) = (of("bea", "createdAt"), of("bea", "lastSignInAt"));
        for (filter, found) in [
            (json!({}), "Administrator bea cal"), (json!({ "roleId": { "eq": viewer } }), "cal"),
            (json!({ "roleId": { "in": [staff, viewer] } }), "bea cal"), (json!({ "departmentId": { "eq": department } }), "bea"),
            (json!({ "departmentId": { "isNull": true } }), "Administrator cal"), (json!({ "teamId": team }), "bea"),
            (json!({ "hasTotp": true }), "bea"), (json!({ "hasTotp": false }), "Administrator cal"),
            (json!({ "createdAt": { "lt": came } }), "Administrator"), (json!({ "createdAt": { "gte": came } }), "bea cal"),
            (json!({ "createdAt": { "gt": came } }), "cal"), (json!({ "createdAt": { "lte": came } }), "Administrator bea"),
            (json!({ "lastSignInAt": { "gte": there } }), "bea"), (json!({ "lastSignInAt": { "lt": there } }), "Administrator"),
            (json!({ "not": { "lastSignInAt": { "gte": "2020-01-01T00:00:00Z" } } }), "cal"),
        ] {
            let seen = run(&admin, STAFF, json!({ "filter": filter })).await;
            let names: Vec<_> = seen.list("staffMembers.nodes").iter().filter_map(|node| node["name"].as_str()).collect();
            assert_eq!(names.join(" "), found, "{filter}");
        }
        change(&admin.client, "deactivateStaff", json!({ "staffId": bea.id }), "staff { id }").await.ok();
        let gone = run(&admin, STAFF, json!({ "filter": { "isActive": false } })).await;
        assert_eq!(gone.data("staffMembers.nodes.0.name"), &json!("bea"));
    }

    /// A client who is let go is out within seconds, wherever they are signed in, and does not come in again.
    async fn a_client_who_is_let_go_is_out(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let mut ids = Vec::new();
        for name in ["Cleo", "Dan"] {
            let input = json!({ "name": name, "email": format!("{name}@example.com") });
            let made = change(&admin.client, "createClient", input, "client { id mustChangePassword }").await.ok();
            assert_eq!(made.data("createClient.client.mustChangePassword"), &json!(false));
            ids.push(made.string("createClient.client.id"));
        }
        // Cleo shows that mail reaches her, and has the administrator's password.
        desk.sql().await.run(&format!(
            "UPDATE users SET email_verified_at = created_at, \
                password_hash = (SELECT u.password_hash FROM users u WHERE u.email = '{ADMIN_EMAIL}') \
             WHERE email = 'cleo@example.com'"
        )).await;
        for (verified, found) in [(true, "Cleo"), (false, "Dan")] {
            let seen = run(&admin, CLIENTS, json!({ "filter": { "isVerified": verified } })).await;
            assert_eq!((seen.data("clients.totalCount"), seen.data("clients.nodes.0.name")), (&json!(1), &json!(found)));
        }
        let cleo = desk.sign_in("cleo@example.com", ADMIN_PASSWORD).await;
        let other = desk.sign_in("cleo@example.com", ADMIN_PASSWORD).await;
        change(&admin.client, "deactivateClient", json!({ "clientId": ids[0] }), "client { isActive }").await.ok();
        for session in [&cleo, &other] {
            until("the session ends", Duration::from_secs(5), async || (!session.is_in().await).then_some(())).await;
        }
        let refused = desk.web.run(SIGN_IN, credentials("cleo@example.com", ADMIN_PASSWORD)).await;
        assert_eq!(refused.user_errors("signIn")[0].code, "INVALID_CREDENTIALS");
    }

    /// Who adds a client who was let go is told so, and whom to bring back; the address of a client who is there tells no more than
    /// before, and nobody who adds a colleague is sent to a client (B84).
    async fn a_client_who_was_let_go_is_brought_back(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let input = json!({ "name": "Cleo Lane", "email": "cleo@example.com" });
        let made = change(&admin.client, "createClient", input.clone(), "client { id }").await.ok();
        let id = made.string("createClient.client.id");
        let told = async || {
            let refused = change(&admin.client, "createClient", input.clone(), "client { id }").await;
            let error = &refused.user_errors("createClient")[0];
            assert_eq!((error.code.as_str(), error.path.as_str()), ("NOT_AVAILABLE", "input.email"), "{refused}");
            error.message.clone()
        };
        assert_eq!(told().await, "somebody has this address already");
        change(&admin.client, "deactivateClient", json!({ "clientId": id }), "client { isActive }").await.ok();
        let message = told().await;
        assert!(message.contains("Cleo Lane") && message.contains(&id) && message.contains("reactivate"), "{message}");
        let staff = json!({ "name": "Cleo", "email": "cleo@example.com", "roleId": role(&admin, "STAFF").await, "password": PASSWORD });
        let refused = change(&admin.client, "createStaff", staff, "staff { id }").await;
        assert_eq!(refused.user_errors("createStaff")[0].message, "somebody has this address already");
        change(&admin.client, "reactivateClient", json!({ "clientId": id }), "client { isActive }").await.ok();
        assert_eq!(told().await, "somebody has this address already");
    }

    /// Nobody is told to change a password who has none: they could do nothing else until then.
    async fn who_has_no_password_need_not_change_it(backend) {
        let desk = Desk::open(backend).await;
        let admin = desk.admin().await;
        let input = json!({ "name": "Bea", "email": "bea@example.com", "roleId": role(&admin, "STAFF").await });
        let id = change(&admin.client, "createStaff", input, "staff { id }").await.ok().string("createStaff.staff.id");
        let must = async |id: &str| {
            let input = json!({ "staffId": id, "mustChangePassword": true });
            change(&admin.client, "updateStaff", input, "staff { mustChangePassword }").await
        };
        let refused = must(&id).await;
        let error = &refused.user_errors("updateStaff")[0];
        assert_eq!((error.code.as_str(), error.path.as_str()), ("NOT_ALLOWED", "input.mustChangePassword"), "{refused}");
        let cid = desk.colleague("cid@example.com", "Cid", "STAFF").await;
        assert_eq!(must(&cid.id).await.ok().data("updateStaff.staff.mustChangePassword"), &json!(true));
    }
}
