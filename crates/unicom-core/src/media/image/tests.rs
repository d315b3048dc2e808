//! Tests of image sizes: complete, truncated, modified and hand-made malformed images.

use std::io::Cursor;

use super::*;

/// A PNG of 2 x 3 pixels. The crate `image` wrote this file and those below.
const PNG: &str = "\
    89504e470d0a1a0a0000000d4948445200000002000000030802000000368849d600000020494441547801011500eaff0000\
    00075a0007000050075a50070000a0075aa00717200319d3a1f5380000000049454e44ae426082";

/// A grey JPEG of 2 x 3 pixels.
const JPEG: &str = "\
    ffd8ffe000104a46494600010200000100010000ffc0000b080003000201011100ffdb004300080606070605080707070909\
    080a0c140d0c0b0b0c1912130f141d1a1f1e1d1a1c1c20242e2720222c231c1c2837292c30313434341f27393d38323c2e33\
    3432ffc4001f0000010501010101010100000000000000000102030405060708090a0bffc400b51000020103030204030505\
    04040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a\
    25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a8384858687\
    88898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2\
    e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffda0008010100003f002bffd9";

/// A GIF of 2 x 3 pixels.
const GIF: &str = "\
    4749463839610200030080000000000000000021f90408000000002c0000000002000300808000000000000202845f003b";

/// A lossless WebP of 2 x 3 pixels.
const WEBP: &str = "\
    5249464698000000574542505650384c8c0000002f01800000cd552022021e88040000000080000000000000000000000300\
    00000000000000000000000000000000000000001800007820120000000000e73f0000000000000000000080010000000000\
    0000000040000000000000000000000f440200000000e0fc0706000000000000000000000000000000000000000008000000\
    00000000000010a95d0c";

/// An animated GIF with three frames of 4 x 5 pixels.
const MOVING_GIF: &str = "\
    4749463839610400050080000000000000000021f90408000000002c0000000004000500800000000000000204848f990500\
    21f90408000000002c0000000004000500805000000000000204848f99050021f90408000000002c000000000400050080a0\
    00000000000204848f9905003b";

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

fn check(bytes: &[u8], pixels: u64) -> Result<ImageSize, ImageError> {
    let kind = MediaKind::detect(bytes).unwrap();
    ImageLimits { pixels }.check(&kind, Cursor::new(bytes))
}

#[track_caller]
fn is_broken(bytes: &[u8], what: &str) {
    let checked = check(bytes, u64::MAX);
    assert!(
        matches!(checked, Err(ImageError::Broken { .. })),
        "{what}: {checked:?}"
    );
}

#[track_caller]
fn has_size(bytes: &[u8], (width, height, frames): (u32, u32, u32)) {
    let found = check(bytes, 64_000_000).unwrap();
    assert_eq!(
        (found.width, found.height, found.frames),
        (width, height, frames)
    );
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap();
    [&length.to_be_bytes()[..], kind, data, b"\0\0\0\0"].concat()
}

/// Returns a PNG with these chunks after its header.
fn png((width, height): (u32, u32), chunks: &[Vec<u8>]) -> Vec<u8> {
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        b"\x08\x02\0\0\0",
    ]
    .concat();
    let signature = b"\x89PNG\r\n\x1a\n".to_vec();
    [signature, chunk(b"IHDR", &header), chunks.concat()].concat()
}

fn still_png(size: (u32, u32)) -> Vec<u8> {
    png(size, &[chunk(b"IDAT", b"x"), chunk(b"IEND", b"")])
}

/// Returns the control chunk of a frame of an animated PNG.
fn png_frame(number: u32, (width, height): (u32, u32), left: u32) -> Vec<u8> {
    let numbers = [number, width, height, left, 0];
    let data = [
        &numbers.map(u32::to_be_bytes).concat()[..],
        b"\0\x01\0\x0a\0\0",
    ]
    .concat();
    chunk(b"fcTL", &data)
}

fn riff(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap();
    let padding = &b"\0"[..data.len() % 2];
    [&kind[..], &length.to_le_bytes(), data, padding].concat()
}

fn webp(chunks: &[Vec<u8>]) -> Vec<u8> {
    riff(b"RIFF", &[b"WEBP".to_vec(), chunks.concat()].concat())
}

/// Returns the beginning of a lossy image (RFC 6386, 9.1).
fn lossy(width: u16, height: u16) -> Vec<u8> {
    let data = [
        &b"\x10\0\0\x9d\x01\x2a"[..],
        &width.to_le_bytes(),
        &height.to_le_bytes(),
        b"x",
    ];
    riff(b"VP8 ", &data.concat())
}

fn three(number: u32) -> Vec<u8> {
    number.to_le_bytes()[..3].to_vec()
}

fn canvas(width: u32, height: u32) -> Vec<u8> {
    riff(
        b"VP8X",
        &[vec![0; 4], three(width - 1), three(height - 1)].concat(),
    )
}

fn webp_frame(left: u32, (width, height): (u32, u32), image: Vec<u8>) -> Vec<u8> {
    let place = [left, 0, width - 1, height - 1, 100].map(three).concat();
    riff(b"ANMF", &[place, vec![0], image].concat())
}

#[test]
fn size_of_each_format_is_read() {
    for still in [PNG, JPEG, GIF, WEBP] {
        has_size(&bytes(still), (2, 3, 1));
    }
    has_size(&bytes(MOVING_GIF), (4, 5, 3));
    has_size(&webp(&[lossy(7, 9)]), (7, 9, 1));
    has_size(
        &webp(&[
            canvas(7, 9),
            riff(b"ALPH", b"abc"),
            lossy(7, 9),
            riff(b"EXIF", b""),
        ]),
        (7, 9, 1),
    );
    let moving = [
        canvas(8, 9),
        webp_frame(0, (8, 9), lossy(8, 9)),
        webp_frame(2, (2, 3), lossy(2, 3)),
    ];
    has_size(&webp(&moving), (8, 9, 2));
    let frames = [
        chunk(b"acTL", &[0; 8]),
        png_frame(0, (4, 5), 0),
        chunk(b"IDAT", b"x"),
        png_frame(1, (2, 2), 2),
        chunk(b"fdAT", b"x"),
        chunk(b"IEND", b""),
    ];
    has_size(&png((4, 5), &frames), (4, 5, 2));
}

#[test]
fn trailing_data_is_ignored() {
    for image in [PNG, JPEG, GIF, WEBP, MOVING_GIF] {
        let film = [bytes(image), b"\0\0\0\x18ftypmp42<script>".to_vec()].concat();
        assert!(check(&film, 100).is_ok());
    }
}

/// Images are complete with their data, or with that of their first frame. Like browsers, the check
/// does not need what follows.
#[test]
fn images_are_complete_with_their_data() {
    let jpeg = bytes(JPEG);
    let data = jpeg.windows(2).position(|marker| marker == b"\xFF\xDA");
    for (image, needed, size) in [
        (bytes(PNG), 77, (2, 3)),
        (jpeg, data.unwrap() + 10, (2, 3)),
        (bytes(GIF), 48, (2, 3)),
        (bytes(WEBP), bytes(WEBP).len(), (2, 3)),
        (bytes(MOVING_GIF), 50, (4, 5)),
    ] {
        let enough_to_tell =
            (4..=image.len()).filter(|end| MediaKind::detect(&image[..*end]).is_some());
        for end in enough_to_tell {
            let cut = &image[..end];
            let what = format!("{end} of {} bytes", image.len());
            if end < needed {
                is_broken(cut, &what);
            } else {
                let found = check(cut, 64_000_000);
                let found = found.unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_eq!((found.width, found.height), size, "{what}");
            }
        }
    }
}

#[test]
fn padding_of_the_last_chunk_may_be_missing() {
    for (image, size) in [
        (webp(&[lossy(7, 9)]), (7, 9, 1)),
        (webp(&[canvas(7, 9), lossy(7, 9)]), (7, 9, 1)),
        (
            webp(&[canvas(7, 9), webp_frame(0, (7, 9), lossy(7, 9))]),
            (7, 9, 1),
        ),
        (
            webp(&[canvas(7, 9), lossy(7, 9), riff(b"EXIF", b"x")]),
            (7, 9, 1),
        ),
    ] {
        has_size(&image, size);
        let unpadded = &image[..image.len() - 1];
        has_size(unpadded, size);
        // The length of the file may count the padding or not.
        let mut shorter = unpadded.to_vec();
        let length = u32::try_from(shorter.len() - 8).unwrap();
        shorter[4..8].copy_from_slice(&length.to_le_bytes());
        has_size(&shorter, size);
        is_broken(&image[..image.len() - 2], "one byte of data is missing");
    }
}

#[test]
fn pixel_limit_is_exact() {
    for (image, pixels) in [(PNG, 6), (JPEG, 6), (GIF, 6), (WEBP, 6), (MOVING_GIF, 20)] {
        assert!(check(&bytes(image), pixels).is_ok());
        let error = check(&bytes(image), pixels - 1).unwrap_err();
        assert!(matches!(error, ImageError::TooManyPixels { .. }), "{error}");
    }
    assert!(check(&still_png((16_384, 3_906)), 64_000_000).is_ok());
    for (width, height) in [
        (16_385, 1),
        (1, 16_385),
        (8_000, 8_001),
        (60_000, 60_000),
        (u32::MAX, u32::MAX),
    ] {
        let error = check(&still_png((width, height)), 64_000_000).unwrap_err();
        let says = format!(
            "at most 64000000 pixels and 16384 on a side, and this one has {width} x {height}"
        );
        assert!(error.to_string().contains(&says), "{error}");
    }
}

#[test]
fn pixels_of_all_frames_are_counted() {
    let frame = |_| webp_frame(0, (1, 1), lossy(1, 1));
    let moving = |frames| webp(&[vec![canvas(10, 10)], (0..frames).map(frame).collect()].concat());
    assert_eq!(check(&moving(20), 100).unwrap().frames, 20);
    let error = check(&moving(21), 100).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("at most 2000 pixels together, and this one has 21 of 10 x 10"),
        "{error}"
    );
}

#[test]
fn contradictory_sizes_are_rejected() {
    is_broken(
        &webp(&[canvas(1, 1), lossy(16_000, 16_000)]),
        "a still image beside its canvas",
    );
    is_broken(
        &webp(&[canvas(9, 9), webp_frame(0, (1, 1), lossy(9, 9))]),
        "an image beside its frame",
    );
    is_broken(
        &webp(&[canvas(9, 9), webp_frame(2, (6, 1), lossy(6, 1))]),
        "a frame beside the canvas",
    );
    is_broken(&webp(&[canvas(9, 9)]), "a canvas without an image");
    let twice = [
        chunk(b"IDAT", b"x"),
        png_frame(0, (4, 5), 1),
        chunk(b"IEND", b""),
    ];
    is_broken(&png((4, 5), &twice), "a frame beside the canvas");
    let jpeg = bytes(JPEG);
    let frame = jpeg.windows(2).position(|two| two == [0xFF, 0xC0]).unwrap();
    let twice = [&jpeg[..frame], &jpeg[frame..frame + 13], &jpeg[frame..]].concat();
    is_broken(&twice, "two frames");
    // These markers have no length: the header after them counts, and not the one in the comment.
    for marker in [0x01, 0xD0, 0xD7] {
        let header = &jpeg[frame..frame + 13];
        let mut comment = [&b"\xFF\xFE\0\x0F"[..], header].concat();
        comment[9..13].copy_from_slice(&[0, 1, 0, 1]);
        let hidden = [&[0xFF, marker, 0, 19][..], header, &comment].concat();
        has_size(
            &[&jpeg[..frame], &hidden, &jpeg[frame + 13..]].concat(),
            (2, 3, 1),
        );
    }
    // Viewers enlarge the canvas if a frame of a GIF does not fit.
    let mut gif = bytes(GIF);
    let place = gif.iter().position(|byte| *byte == b',').unwrap();
    gif[place + 2] = 0x20;
    has_size(&gif, (0x2002, 3, 1));
}

#[test]
fn data_with_only_an_image_signature_is_rejected() {
    let html = b"<html><script>alert(1)</script></html>";
    for start in [
        &b"\x89PNG\r\n\x1a\n"[..],
        b"\xFF\xD8\xFF\xE0",
        b"GIF89a",
        b"GIF89a/*\0\0\0\0*/=1;",
        b"RIFF\x26\0\0\0WEBP",
        b"RIFF\x26\0\0\0WEBPVP8 ",
        b"RIFF\xff\xff\xff\xffWEBPVP8X",
    ] {
        is_broken(&[start, html].concat(), "HTML");
    }
    for size in [(0, 3), (3, 0)] {
        is_broken(&still_png(size), "no pixels");
    }
    is_broken(&png((2, 3), &[chunk(b"IEND", b"")]), "no data");
    is_broken(
        &png(
            (2, 3),
            &[
                chunk(b"IDAT", b"x"),
                chunk(b"<svg", b""),
                chunk(b"IEND", b""),
            ],
        ),
        "no kind",
    );
}

#[test]
fn mutated_images_cause_no_panic_or_endless_loop() {
    let images = [PNG, JPEG, GIF, WEBP, MOVING_GIF].map(bytes);
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut taken = 0;
    for round in 0..20_000 {
        let mut image = images[round % images.len()].clone();
        for _ in 0..=random(4) {
            let at = random(image.len());
            image[at] = [0, 0xFF, 0x7F, 1, image[at] ^ 0x80, random(256) as u8][random(6)];
        }
        let kind = MediaKind::detect(&images[round % images.len()]).unwrap();
        taken += usize::from(
            ImageLimits::default()
                .check(&kind, Cursor::new(image))
                .is_ok(),
        );
    }
    assert!(
        (1_000..20_000).contains(&taken),
        "{taken} of 20,000 were taken"
    );
}
