//! Tests of the WebSocket protocol (RFC 6455), frame by frame: what the Autobahn test suite checks
//! of a server, on a server that takes text only and negotiates no extension. One deviation: a
//! close frame whose reason is not UTF-8 is answered with 1002 instead of 1007.

use serde_json::json;
use unicom_testing::TestDatabase;

use super::socket::Socket;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;

const BEGIN: u8 = 0x01;
const MORE: u8 = 0x00;
const LAST: u8 = 0x80;

const COMMAND: &[u8] = br#"{"type":"ping"}"#;

/// Returns a masked frame with this first byte.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x37, 0xfa, 0x21, 0x3d];
    let mut bytes = vec![first];
    match payload.len() {
        length @ ..126 => bytes.push(0x80 | length as u8),
        length @ ..65_536 => {
            bytes.push(0x80 | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(0x80 | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(mask);
    let masked = payload.iter().zip(mask.iter().cycle());
    bytes.extend(masked.map(|(byte, mask)| byte ^ mask));
    bytes
}

/// Returns a close frame.
fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(CLOSE, &[&code.to_be_bytes(), reason].concat())
}

/// Checks that each of these is answered by closing the connection with the code.
async fn close_with(client: &Client, code: u16, cases: &[Vec<u8>]) {
    for case in cases {
        let (mut socket, _) = Socket::open(client).await;
        socket.send_bytes(case).await;
        let shown = case[..case.len().min(20)].escape_ascii();
        assert_eq!(socket.close_code().await, code, "{shown}");
    }
}

async fn user(app: &TestApp) -> Client {
    let ann = app.user("ann").await;
    ann.say("Hello").await;
    ann
}

both! {
    async fn messages_of_every_length_arrive_in_pieces_of_every_length(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = user(&app).await;
        let (mut socket, _) = Socket::open(&ann).await;
        for (length, piece) in [(15, 1), (125, 7), (126, 7), (127, 64), (128, 64), (65_535, 997), (65_536, 4_096)] {
            let mut command = COMMAND.to_vec();
            command.resize(length, b' ');
            for bytes in frame(TEXT, &command).chunks(piece) {
                socket.send_bytes(bytes).await;
            }
            assert_eq!(socket.next().await, json!({ "type": "pong" }), "{length}");
        }
        socket.send_bytes(&frame(TEXT, b"")).await;
        assert_eq!(socket.next().await["code"], "invalid_body");
    }

    async fn pings_are_answered_in_order_with_their_content(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = user(&app).await;
        let (mut socket, _) = Socket::open(&ann).await;
        let contents: [&[u8]; 5] = [b"", b"Hello", b"\x00\xff\xfe\xfd", &[0xfe; 125], b"last"];
        let pings: Vec<u8> = contents.iter().flat_map(|content| frame(PING, content)).collect();
        socket.send_bytes(&pings).await;
        for content in contents {
            assert_eq!(socket.next_pong().await, content);
        }
        // A pong without a ping is not answered.
        socket.send_bytes(&[frame(PONG, b""), frame(PONG, b"unasked")].concat()).await;
        socket.is_quiet().await;
        for bytes in frame(PING, b"byte by byte") {
            socket.send_bytes(&[bytes]).await;
        }
        assert_eq!(socket.next_pong().await, b"byte by byte");
    }

    async fn fragments_are_one_message_with_control_frames_between(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = user(&app).await;
        let (mut socket, _) = Socket::open(&ann).await;
        let (first, second) = COMMAND.split_at(5);
        for fragments in [
            vec![frame(BEGIN, first), frame(LAST, second)],
            vec![frame(BEGIN, b""), frame(MORE, COMMAND), frame(LAST, b"")],
            vec![frame(BEGIN, first), frame(MORE, b""), frame(PONG, b"x"), frame(LAST, second)],
        ] {
            socket.send_bytes(&fragments.concat()).await;
            assert_eq!(socket.next().await, json!({ "type": "pong" }));
        }
        let between = [frame(BEGIN, first), frame(PING, b"1"), frame(MORE, b""), frame(PING, b"2")];
        socket.send_bytes(&between.concat()).await;
        assert_eq!(socket.next_pong().await, b"1");
        assert_eq!(socket.next_pong().await, b"2");
        socket.send_bytes(&frame(LAST, second)).await;
        assert_eq!(socket.next().await, json!({ "type": "pong" }));
        // A character may be divided between fragments.
        let chat_id = "κόσμε";
        let command = json!({ "type": "subscribe", "chats": { chat_id: null } }).to_string();
        let fragments: Vec<u8> = command.bytes().flat_map(|byte| frame(MORE, &[byte])).collect();
        socket.send_bytes(&[frame(BEGIN, b""), fragments, frame(LAST, b"")].concat()).await;
        let gone = socket.next().await;
        assert_eq!(gone["type"], "chat_gone", "{gone}");
        assert_eq!(gone["chat_id"], chat_id);

        close_with(&ann, 1002, &[
            frame(MORE, COMMAND),
            frame(LAST, COMMAND),
            [frame(BEGIN, first), frame(LAST, second), frame(LAST, COMMAND)].concat(),
            [frame(BEGIN, first), frame(BEGIN, second)].concat(),
            [frame(BEGIN, first), frame(TEXT, COMMAND)].concat(),
        ]).await;
    }

    async fn invalid_frames_close_the_connection(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = user(&app).await;
        // Reserved bits, for which no extension is negotiated.
        let reserved: Vec<_> = [0x10, 0x20, 0x40, 0x70]
            .into_iter()
            .flat_map(|bits| [TEXT, PING, CLOSE, BEGIN].map(|first| frame(first | bits, b"")))
            .collect();
        close_with(&ann, 1002, &reserved).await;
        // Opcodes that have no meaning.
        let unknown: Vec<_> = (3..=7).chain(11..=15)
            .flat_map(|opcode| [frame(0x80 | opcode, b""), frame(0x80 | opcode, b"x")])
            .collect();
        close_with(&ann, 1002, &unknown).await;
        // Control frames that are fragmented or long.
        let control: Vec<_> = [CLOSE, PING, PONG]
            .into_iter()
            .flat_map(|first| [frame(first & 0x0f, b""), frame(first, &[b'x'; 126])])
            .collect();
        close_with(&ann, 1002, &control).await;
        // Frames without a mask.
        close_with(&ann, 1002, &[vec![TEXT, 2, b'{', b'}'], vec![PING, 0], vec![CLOSE, 0]]).await;
        close_with(&ann, 1003, &[frame(0x82, b"x"), frame(0x82, b""), frame(0x02, b"x")]).await;
        // What is before the wrong frame is answered, and what is after it is not.
        let (mut socket, _) = Socket::open(&ann).await;
        socket.send_bytes(&[frame(TEXT, COMMAND), frame(0x83, b""), frame(TEXT, COMMAND)].concat()).await;
        assert_eq!(socket.next().await, json!({ "type": "pong" }));
        assert_eq!(socket.receive().await, Err(1002));
    }

    async fn text_that_is_not_utf_8_closes_the_connection(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = user(&app).await;
        let invalid: [&[u8]; 7] = [
            b"\xff",
            b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited",
            b"\xc0\xaf",
            b"\xe0\x80\xaf",
            b"\xf4\x90\x80\x80",
            b"\xed\xbf\xbf",
            b"{\xce",
        ];
        close_with(&ann, 1007, &invalid.map(|text| frame(TEXT, text))).await;
        let divided = invalid.map(|text| {
            let (last, first) = text.split_last().unwrap();
            [frame(BEGIN, first), frame(MORE, b""), frame(LAST, &[*last])].concat()
        });
        close_with(&ann, 1007, &divided).await;
    }

    async fn close_frames_are_answered_with_their_code(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = user(&app).await;
        for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] {
            close_with(&ann, code, &[close(code, b""), close(code, &[b'x'; 123])]).await;
        }
        // Without a code, the answer has none.
        close_with(&ann, 1005, &[frame(CLOSE, b"")]).await;
        let unused = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
        close_with(&ann, 1002, &unused.map(|code| close(code, b""))).await;
        close_with(&ann, 1002, &[frame(CLOSE, b"\x03"), close(1000, b"\xce\xba\xff"), close(1000, &[b'x'; 124])]).await;
        // Nothing after it is answered, and the connection ends.
        let (mut socket, _) = Socket::open(&ann).await;
        socket.send_bytes(&[close(1000, b"bye"), frame(PING, b""), frame(TEXT, COMMAND)].concat()).await;
        assert_eq!(socket.receive().await, Err(1000));
        assert_eq!(socket.receive().await, Err(1006));
        // A message that has begun does not matter.
        close_with(&ann, 1000, &[[frame(BEGIN, b"{"), close(1000, b"")].concat()]).await;
    }

    async fn extensions_are_not_negotiated(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = user(&app).await;
        let offered = [("sec-websocket-extensions", "permessage-deflate; client_max_window_bits")];
        // A client refuses an answer with an extension that it does not know.
        let mut socket = Socket::try_open(&ann, &offered).await.unwrap();
        assert_eq!(socket.next().await["type"], "hello");
        socket.send_bytes(&frame(TEXT | 0x40, COMMAND)).await;
        assert_eq!(socket.close_code().await, 1002);
    }
}
