//! Tests of file names made from the ones that senders claim.

use super::*;

fn png() -> MediaKind {
    MediaKind::detect(b"\x89PNG\r\n\x1a\n").unwrap()
}

#[test]
fn claimed_names_are_sanitised() {
    let cases = [
        ("photo.png", "photo.png"),
        ("photo.html", "photo.png"),
        ("photo.PNG", "photo.png"),
        ("photo", "photo.png"),
        ("archive.tar.gz", "archive.tar.png"),
        ("Version 2.0 final", "Version-2.0-final.png"),
        ("my photo (1).jpg", "my-photo-1.png"),
        ("my_cat-2.png", "my_cat-2.png"),
        ("../../etc/passwd", "passwd.png"),
        ("..\\..\\boot.ini", "boot.png"),
        ("C:\\fakepath\\photo.png", "photo.png"),
        ("https://example.org/a/b.png?x=1", "b.png-x-1.png"),
        ("a/", "image.png"),
        ("", "image.png"),
        ("   ", "image.png"),
        ("..", "image.png"),
        ("...", "image.png"),
        ("....png", "image.png"),
        (".hidden.png", "hidden.png"),
        (".htaccess", "image.png"),
        ("🐈.png", "image.png"),
        ("a..b...c.png", "a.b.c.png"),
        ("-rf.png", "rf.png"),
        ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie-x-1.png"),
        ("a\0b\u{7F}\u{85}.png", "ab.png"),
        ("a\"b'c`d.png", "a-b-c-d.png"),
        ("50%25#?&=<>|*;:.png", "50-25.png"),
        ("photo\u{202E}gnp.exe", "photognp.png"),
        ("\u{2066}a\u{2069}\u{200F}b\u{61C}.png", "ab.png"),
        ("a\u{200B}\u{200D}\u{FEFF}b\u{AD}.png", "ab.png"),
        ("\u{3164}\u{115F}.png", "image.png"),
        ("a\u{2044}b\u{FF0F}c.png", "a-b-c.png"),
        ("фото кота.jpg", "фото-кота.png"),
        ("写真１.png", "写真１.png"),
        ("हिन्दी।.png", "हिन्दी.png"),
        ("cafe\u{301}.png", "cafe\u{301}.png"),
        ("🐈 cat.png", "cat.png"),
    ];
    for (claimed, expected) in cases {
        assert_eq!(
            safe_file_name(Some(claimed), &png()),
            expected,
            "{claimed:?}"
        );
    }
}

#[test]
fn empty_name_falls_back_to_the_type() {
    let ogg = MediaKind::all()
        .find(|kind| kind.extension == "ogg")
        .unwrap();
    assert_eq!(safe_file_name(None, &png()), "image.png");
    assert_eq!(safe_file_name(None, &ogg), "audio.ogg");
    assert_eq!(safe_file_name(Some("/.."), &ogg), "audio.ogg");
}

#[test]
fn long_names_are_cut_between_characters() {
    for letter in ["a", "ж", "写", "𝒳"] {
        let name = safe_file_name(Some(&letter.repeat(300)), &png());
        assert_eq!(name, letter.repeat(96) + ".png");
    }
    let cut_at_a_dot = format!("{}.b c", "a".repeat(95));
    let name = safe_file_name(Some(&cut_at_a_dot), &png());
    assert_eq!(name, "a".repeat(95) + ".png");
}

#[test]
fn combinations_of_unsafe_parts_give_safe_names() {
    let parts = [
        "a", "é", ".", "..", "/", "\\", "\"", "'", "-", "\r\n", "\0", "\u{202E}", "\u{200B}",
        "%2e", ";", " ", "/.", ".html", "\u{FF0E}", "\u{2024}",
    ];
    for first in parts {
        for second in parts {
            for third in parts {
                let claimed = format!("{first}{second}{third}{first}");
                let name = safe_file_name(Some(&claimed), &png());
                let bad = |c: char| c.is_control() || is_invisible(c) || "/\\\"'%; ".contains(c);
                assert!(!name.contains(bad), "{claimed:?} became {name:?}");
                assert!(!name.contains(".."), "{claimed:?} became {name:?}");
                assert!(!name.starts_with('.'), "{claimed:?} became {name:?}");
                assert!(name.ends_with(".png"), "{claimed:?} became {name:?}");
            }
        }
    }
}

#[test]
fn content_disposition_encodes_any_name() {
    let cases = [
        (
            "photo.png",
            "inline; filename=\"photo.png\"; filename*=UTF-8''photo.png",
        ),
        (
            "my cat.png",
            "inline; filename=\"my cat.png\"; filename*=UTF-8''my%20cat.png",
        ),
        (
            "ж.png",
            "inline; filename=\"_.png\"; filename*=UTF-8''%D0%B6.png",
        ),
        (
            "a\"b\\\r\n;%.png",
            "inline; filename=\"a_b_____.png\"; filename*=UTF-8''a%22b%5C%0D%0A%3B%25.png",
        ),
    ];
    for (name, expected) in cases {
        assert_eq!(content_disposition(name, true), expected);
    }
    assert!(content_disposition("a.png", false).starts_with("attachment; "));
}
