//! What is read: each method's request, and its answer as plain data.

use crate::support::google::{Google, Scripted};
use crate::support::{ACCESS, draft, gmail, history, label, message, page, thread};
use epistle_wire::gmail::history::{Since, Type};
use epistle_wire::gmail::{AttachmentId, Format, Kind, Search};
use epistle_wire::gmail::{drafts, get_profile, history as past, labels, messages, settings, threads};
use serde_json::json;

#[tokio::test]
async fn a_mailbox_says_whose_it_is() {
    let google = Google::start().await;
    google
        .says(&json!({"emailAddress": "ada@example.com", "messagesTotal": 12, "threadsTotal": 7, "historyId": "987"}));
    let profile = get_profile(&gmail(&google.address)).await.unwrap();
    assert_eq!(
        (profile.email_address.as_str(), profile.messages_total, profile.threads_total),
        ("ada@example.com", 12, 7)
    );
    assert_eq!(profile.history_id, history("987"));
    let asked = google.last();
    assert_eq!(asked.line(), "GET /gmail/v1/users/me/profile");
    assert_eq!(asked.headers["authorization"], format!("Bearer {ACCESS}"));
    assert!(asked.query.is_empty() && asked.body.is_empty());
}

#[tokio::test]
async fn a_message_comes_in_the_format_asked_for() {
    let (google, headers) = (Google::start().await, ["Subject", "Message-ID"]);
    let gmail = gmail(&google.address);
    let cases = [
        (Format::Minimal, vec!["minimal"], vec![]),
        (Format::Full, vec!["full"], vec![]),
        (Format::Raw, vec!["raw"], vec![]),
        (Format::Metadata(&headers), vec!["metadata"], headers.to_vec()),
        (Format::Metadata(&[]), vec!["metadata"], vec![]),
    ];
    for (format, name, headers) in cases {
        google.says(&json!({"id": "m/1", "threadId": "t", "raw": "RnJvbTogYQ0KDQo_Pw", "labelIds": ["SENT"]}));
        let said = messages::get(&gmail, &message("m/1"), format).await.unwrap();
        assert_eq!(said.raw.as_deref(), Some(b"From: a\r\n\r\n??".as_slice()));
        assert!(said.is_labelled("SENT"));
        let asked = google.last();
        assert_eq!(asked.line(), "GET /gmail/v1/users/me/messages/m%2F1");
        assert_eq!((asked.values("format"), asked.values("metadataHeaders")), (name, headers));
    }
}

#[tokio::test]
async fn lists_say_where_they_go_on() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    let (labels, token) = ([label("INBOX"), label("Label_1")], page("next&=1"));
    let search = Search {
        q: Some("from:bob & \"dear ada\""),
        label_ids: &labels,
        page: Some(&token),
        at_most: Some(500),
        include_spam_trash: true,
    };
    google.says(&json!({"messages": [{"id": "m", "threadId": "t"}], "nextPageToken": "p2", "resultSizeEstimate": 201}));
    let said = messages::list(&gmail, &search).await.unwrap();
    assert_eq!((said.messages[0].id.clone(), said.messages[0].thread_id.clone()), (message("m"), thread("t")));
    assert_eq!((said.next_page_token, said.result_size_estimate), (Some(page("p2")), Some(201)));
    let asked = google.last();
    assert_eq!(asked.line(), "GET /gmail/v1/users/me/messages");
    assert_eq!((asked.values("q"), asked.values("labelIds")), (vec![search.q.unwrap()], vec!["INBOX", "Label_1"]));
    assert_eq!((asked.values("pageToken"), asked.values("maxResults")), (vec!["next&=1"], vec!["500"]));
    assert_eq!(asked.values("includeSpamTrash"), ["true"]);

    google.says(&json!({"threads": [{"id": "t", "snippet": "Hi", "historyId": "5"}]}));
    let said = threads::list(&gmail, &search).await.unwrap();
    assert_eq!((said.threads[0].id.clone(), said.threads[0].history_id.clone()), (thread("t"), Some(history("5"))));
    assert_eq!((google.last().line(), said.next_page_token), ("GET /gmail/v1/users/me/threads".into(), None));
    assert_eq!(google.last().values("labelIds"), ["INBOX", "Label_1"]);

    google.says(&json!({"drafts": [{"id": "r1", "message": {"id": "m", "threadId": "t"}}]}));
    let said = drafts::list(&gmail, &search).await.unwrap();
    assert_eq!((said.drafts[0].id.clone(), said.drafts[0].message.id.clone()), (draft("r1"), message("m")));
    assert_eq!(google.last().line(), "GET /gmail/v1/users/me/drafts");
    assert_eq!((google.last().values("q").len(), google.last().values("labelIds").len()), (1, 0));

    google.says(&json!({"resultSizeEstimate": 0}));
    assert_eq!(messages::list(&gmail, &Search::default()).await.unwrap().messages, []);
    assert!(google.last().query.is_empty());
}

#[tokio::test]
async fn a_thread_has_its_messages_in_order() {
    let google = Google::start().await;
    let two =
        json!([{"id": "a", "threadId": "t", "internalDate": "1"}, {"id": "b", "threadId": "t", "internalDate": "2"}]);
    google.says(&json!({"id": "t", "historyId": "9", "messages": two}));
    let said = threads::get(&gmail(&google.address), &thread("t"), Format::Metadata(&["From"])).await.unwrap();
    let dates: Vec<_> = said.messages.iter().map(|message| message.internal_date).collect();
    assert_eq!((dates, said.history_id), (vec![Some(1), Some(2)], Some(history("9"))));
    assert_eq!(google.last().line(), "GET /gmail/v1/users/me/threads/t");
    assert_eq!(google.last().values("metadataHeaders"), ["From"]);
}

#[tokio::test]
async fn an_attachment_comes_padded_or_not() {
    let (google, id) = (Google::start().await, AttachmentId::parse("ANG-1").unwrap());
    let gmail = gmail(&google.address);
    for data in ["-_8=", "-_8"] {
        google.says(&json!({"size": 2, "data": data}));
        let bytes = messages::attachments::get(&gmail, &message("m"), &id).await.unwrap();
        assert_eq!(bytes, [0xfb, 0xff], "{data}");
        assert_eq!(google.last().line(), "GET /gmail/v1/users/me/messages/m/attachments/ANG-1");
    }
    for said in [json!({"size": 2}), json!({"size": 2, "data": "+/8="})] {
        google.says(&said);
        let error = messages::attachments::get(&gmail, &message("m"), &id).await.unwrap_err();
        assert_eq!(error.kind(), Kind::AnswerLost, "{said}");
    }
}

#[tokio::test]
async fn labels_are_changed_and_listed() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    google.says(&json!({"id": "m", "threadId": "t", "labelIds": ["Label_1"]}));
    let said = messages::modify(&gmail, &message("m"), &[label("Label_1")], &[label("INBOX"), label("UNREAD")]).await;
    assert_eq!(said.unwrap().label_ids, [label("Label_1")]);
    assert_eq!(google.last().line(), "POST /gmail/v1/users/me/messages/m/modify");
    let labels = json!({"addLabelIds": ["Label_1"], "removeLabelIds": ["INBOX", "UNREAD"]});
    assert_eq!(google.last().json(), labels);
    assert_eq!(google.last().headers["content-type"], "application/json");

    google
        .says(&json!({"labels": [{"id": "INBOX", "name": "INBOX", "type": "system", "messageListVisibility": "hide"},
        {"id": "Label_1", "name": "Work/Clients", "type": "user"}]}));
    let said = labels::list(&gmail).await.unwrap();
    assert_eq!((said[0].kind.as_str(), said[0].message_list_visibility.as_deref()), ("system", Some("hide")));
    assert_eq!((said[1].name.as_str(), said[1].label_list_visibility.as_deref()), ("Work/Clients", None));
    assert_eq!(google.last().line(), "GET /gmail/v1/users/me/labels");
}

#[tokio::test]
async fn the_addresses_to_send_from_have_their_signatures() {
    let google = Google::start().await;
    google.says(&json!({"sendAs": [
        {"sendAsEmail": "ada@example.com", "displayName": "", "signature": "<b>Ada</b>", "isPrimary": true, "isDefault": true},
        {"sendAsEmail": "sales@example.com", "verificationStatus": "pending", "replyToAddress": "re@example.com"}]}));
    let said = settings::send_as::list(&gmail(&google.address)).await.unwrap();
    assert_eq!((said[0].signature.as_str(), said[0].is_primary, said[0].is_default), ("<b>Ada</b>", true, true));
    assert_eq!((said[1].verification_status.as_deref(), said[1].is_primary), (Some("pending"), false));
    assert_eq!(said[1].reply_to_address, "re@example.com");
    assert_eq!(google.last().line(), "GET /gmail/v1/users/me/settings/sendAs");
}

#[tokio::test]
async fn the_history_tells_every_kind_of_change() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    let of = |id: &str| json!({"id": id, "threadId": "t", "labelIds": ["INBOX"]});
    google.says(&json!({"historyId": "99999999999999999999999", "nextPageToken": "p", "history": [
        {"id": "11", "messages": [of("a")], "messagesAdded": [{"message": of("a")}]},
        {"id": "12", "messagesDeleted": [{"message": {"id": "b", "threadId": "t"}}]},
        {"id": "13", "labelsAdded": [{"message": of("c"), "labelIds": ["STARRED"]}]},
        {"id": "14", "labelsRemoved": [{"message": of("d"), "labelIds": ["UNREAD"]}]}]}));
    let (start, inbox, token) = (history("10"), label("INBOX"), page("p0"));
    let since = Since {
        start: &start,
        label_id: Some(&inbox),
        types: &[Type::MessageAdded, Type::MessageDeleted, Type::LabelAdded, Type::LabelRemoved],
        page: Some(&token),
        at_most: Some(500),
    };
    let said = past::list(&gmail, &since).await.unwrap();
    assert_eq!(said.history_id, history("99999999999999999999999"));
    assert_eq!(said.next_page_token, Some(page("p")));
    assert_eq!(said.history[0].messages_added[0].message.label_ids, [label("INBOX")]);
    assert_eq!(said.history[1].messages_deleted[0].id, message("b"));
    assert_eq!(said.history[2].labels_added[0].label_ids, [label("STARRED")]);
    assert_eq!(said.history[3].labels_removed[0].message.id, message("d"));
    let asked = google.last();
    assert_eq!(asked.line(), "GET /gmail/v1/users/me/history");
    assert_eq!((asked.values("startHistoryId"), asked.values("labelId")), (vec!["10"], vec!["INBOX"]));
    assert_eq!(asked.values("historyTypes"), ["messageAdded", "messageDeleted", "labelAdded", "labelRemoved"]);
    assert_eq!((asked.values("pageToken"), asked.values("maxResults")), (vec!["p0"], vec!["500"]));

    google.says(&json!({"historyId": "10"}));
    assert_eq!(past::list(&gmail, &Since::all(&start)).await.unwrap().history, []);
    assert_eq!(google.last().query.len(), 1);
}

#[tokio::test]
async fn only_gmail_itself_can_say_that_the_history_is_gone() {
    let google = Google::start().await;
    let gmail = gmail(&google.address);
    let cases = [
        (Scripted::refusal(404, "notFound"), Kind::HistoryGone),
        (Scripted::html(404), Kind::Unavailable),
        (Scripted::refusal(400, "invalidArgument"), Kind::Invalid),
        (Scripted::html(200), Kind::AnswerLost),
        (Scripted::json(200, &json!({})), Kind::AnswerLost),
    ];
    for (index, (answer, kind)) in cases.into_iter().enumerate() {
        google.answer(answer);
        let error = past::list(&gmail, &Since::all(&history("1"))).await.unwrap_err();
        assert_eq!(error.kind(), kind, "case {index}");
    }
}
