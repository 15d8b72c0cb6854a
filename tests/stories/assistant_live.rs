//! Answers as they are made: for those who come late, in other processes, and where the one that makes them dies.

use serde_json::json;

use super::assistant::{DELETE, FOLLOW, answered, ask, hear, listen};
use super::assistant_provider::asking;
use super::desk::{Desk, SOON};
use crate::support::anthropic::{Anthropic, Play};
use crate::support::{Backend, Client, Options, Server, Socket, both, until};

const QUESTION: &str = "How long does a refund take?";

/// Hears until this much of the answer was said.
async fn so_far(socket: &mut Socket, expected: &str) {
    let mut text = String::new();
    while text != expected {
        let frame = socket.next(SOON).await;
        let event = frame.data("assistantEvents").clone();
        if event["__typename"] == "AssistantAnswerPiece" {
            if event["fromTheBeginning"] == true {
                text.clear();
            }
            text.push_str(event["text"].as_str().expect("a text"));
        }
        assert!(expected.starts_with(&text), "{text}");
    }
}

both! {
    /// Whoever listens gets each piece as it comes; who comes in the middle what there is, then the rest; and meanwhile no other
    /// question is taken. A session that is deleted ends its answer.
    async fn who_comes_late_gets_what_there_is_and_then_the_rest(backend) {
        let api = Anthropic::start().await;
        let (desk, admin) = asking(backend, &api, Options::new()).await;
        api.script([Play::Waits(vec!["It takes ", "five ", "days."])]);
        let (session, answer) = ask(&admin.client, None, QUESTION).await;
        let mut first = listen(desk.server.base(), &admin, &session, None).await;
        so_far(&mut first, "It takes ").await;
        let mut late = listen(desk.server.base(), &admin, &session, None).await;
        so_far(&mut late, "It takes ").await;
        let second = json!({ "input": { "sessionId": session, "question": "And?" } });
        assert_eq!(admin.client.run(super::assistant::ASK, second).await.error_code(), "CONFLICT");
        api.go_on();
        for socket in [&mut first, &mut late] {
            let (rest, finished) = hear(socket).await;
            assert!("five days.".starts_with(&rest), "{rest}");
            assert_eq!(finished.data("assistantEvents.message.content"), "It takes five days.");
            assert_eq!(finished.data("assistantEvents.message.id"), &json!(answer));
        }
        // With the number of the last event seen nothing comes twice, and nothing is left out.
        let mut again = listen(desk.server.base(), &admin, &session, Some("0")).await;
        let sent = again.next(SOON).await;
        assert_eq!(sent.data("assistantEvents.__typename"), "AssistantQuestionSent");
        let after = sent.data("assistantEvents.sequence").as_str().expect("a sequence").to_owned();
        let mut after = listen(desk.server.base(), &admin, &session, Some(&after)).await;
        let next = after.next(SOON).await;
        assert_eq!(next.data("assistantEvents.__typename"), "AssistantAnswerFinished");
        assert_eq!(again.next(SOON).await.payload, next.payload);
        for bad in ["", "x", "-1", "999999999"] {
            let mut socket = listen(desk.server.base(), &admin, &session, Some(bad)).await;
            assert!(socket.next(SOON).await.payload.to_string().contains("BAD_USER_INPUT"), "{bad}");
        }

        api.script([Play::Stalls("It ")]);
        let (session, _) = ask(&admin.client, None, QUESTION).await;
        let mut socket = listen(desk.server.base(), &admin, &session, None).await;
        so_far(&mut socket, "It ").await;
        admin.client.run(DELETE, json!({ "id": session })).await.ok();
        // That something was asked may be told after the first piece of what is answered: the one is numbered first.
        let mut end = socket.next(SOON).await;
        if end.kind == "next" {
            assert_eq!(end.data("assistantEvents.__typename"), "AssistantQuestionSent");
            end = socket.next(SOON).await;
        }
        assert_eq!(end.kind, "complete");
        let sql = desk.sql().await;
        until("nobody makes the answer any more", SOON, async || {
            let jobs = "SELECT count(*) FROM jobs WHERE kind = 'ticketing.answer_question'";
            (sql.number(jobs).await == 0).then_some(())
        })
        .await;
    }

    /// A server that is killed while it makes an answer makes it anew when it is back: it is not under way for ever, and what was
    /// said of it before is taken back.
    async fn an_answer_outlives_a_kill(backend) {
        let api = Anthropic::start().await;
        let quick = Options::new().env("FRONTDESK_JOB_LEASE", "1s").env("FRONTDESK_SWEEP_INTERVAL", "1s");
        let (mut desk, admin) = asking(backend, &api, quick).await;
        api.script([Play::Stalls("It takes forever"), Play::Says(vec!["It takes ", "five days."], None)]);
        let (session, answer) = ask(&admin.client, None, QUESTION).await;
        let mut socket = listen(desk.server.base(), &admin, &session, None).await;
        so_far(&mut socket, "It takes forever").await;
        desk.server.kill9().await;
        desk.server.restart().await;
        desk.web = Client::new(desk.server.base());
        let mut socket = listen(desk.server.base(), &admin, &session, None).await;
        let (_, finished) = hear(&mut socket).await;
        assert_eq!(finished.data("assistantEvents.message.content"), "It takes five days.");
        let done = answered(&admin.client, &session, &answer).await;
        assert_eq!((&done["state"], &done["content"]), (&json!("DONE"), &json!("It takes five days.")));
        assert_eq!(api.seen().len(), 2);
    }
}

/// Who listens at one process hears an answer that another one makes, piece by piece.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_heard_at_the_other_process() {
    let api = Anthropic::start().await;
    // Jobs run at the second process only.
    let (desk, admin) = asking(Backend::Postgres, &api, Options::new().env("FRONTDESK_WORKERS", "off")).await;
    let setting = |name: &str| desk.server.setting(name).expect("a setting").to_owned();
    let options = api
        .settings(Options::new().env("FRONTDESK_RATE_LIMITS", "off"))
        .env("FRONTDESK_SECRET_KEY", setting("FRONTDESK_SECRET_KEY"))
        .database(setting("FRONTDESK_DATABASE_URL"));
    let beside = Server::start_anew(Backend::Postgres, options).await;
    api.script([Play::Waits(vec!["It takes ", "five ", "days."])]);
    let (session, _) = ask(&admin.client, None, QUESTION).await;
    let mut here = listen(desk.server.base(), &admin, &session, None).await;
    so_far(&mut here, "It takes ").await;
    let mut there = Socket::connect(beside.base(), Some(&admin.access)).await;
    there.subscribe("listen", FOLLOW, json!({ "id": session })).await;
    so_far(&mut there, "It takes ").await;
    api.go_on();
    for socket in [&mut here, &mut there] {
        let (_, finished) = hear(socket).await;
        assert_eq!(finished.data("assistantEvents.message.content"), "It takes five days.");
    }
    // The process that made it goes before its database does.
    drop(beside);
    drop::<Desk>(desk);
}
