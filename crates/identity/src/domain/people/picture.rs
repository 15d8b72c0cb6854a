//! A person's picture: decoded, made small and written anew, so that nothing but pixels is kept of what was sent.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits,
    codecs::{png::PngDecoder, webp::WebPDecoder},
};
use kernel::{Error, ProblemCode, Result};

/// Most bytes of a picture as it is sent.
pub const MOST_BYTES: usize = 256 * 1024;
/// Most pixels of a side as it is sent.
const MOST_PIXELS: u32 = 4096;
/// Most bytes that decoding may take: a picture of few bytes may hold very many pixels.
const MOST_MEMORY: u64 = 80 * 1024 * 1024;
/// Pixels of the longer side as it is kept.
const SIDE: u32 = 256;

/// Makes the picture that is kept (PNG, at most 256 × 256) of a PNG, JPEG or WebP. What it is, its content says; place,
/// camera and whatever else came with it are gone. Takes milliseconds of a processor.
///
/// # Errors
/// [`Error::Invalid`] at `image` for anything that is not one still picture.
pub fn portrait(bytes: &[u8]) -> Result<Vec<u8>> {
    if bytes.is_empty() {
        return Err(Error::invalid("image", ProblemCode::Blank, "must not be empty"));
    }
    if bytes.len() > MOST_BYTES {
        return Err(Error::invalid("image", ProblemCode::TooLong, "must have at most 256 KiB"));
    }
    let format = image::guess_format(bytes).map_err(|_| unreadable())?;
    let moves = match format {
        ImageFormat::Png => PngDecoder::with_limits(Cursor::new(bytes), limits())
            .and_then(|decoder| decoder.is_apng())
            .map_err(|_| unreadable())?,
        ImageFormat::WebP => WebPDecoder::new(Cursor::new(bytes)).map_err(|_| unreadable())?.has_animation(),
        ImageFormat::Jpeg => false,
        _ => return Err(unreadable()),
    };
    if moves {
        return Err(Error::invalid("image", ProblemCode::InvalidFormat, "must not be animated"));
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(|_| unreadable())?;
    // Cameras write lying pictures and say which way is up; that word goes with all the others.
    let orientation = decoder.orientation().map_err(|_| unreadable())?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| unreadable())?;
    picture.apply_orientation(orientation);
    if picture.width() > SIDE || picture.height() > SIDE {
        picture = picture.thumbnail(SIDE, SIDE);
    }
    let mut png = Vec::new();
    DynamicImage::from(picture.into_rgba8())
        .write_to(&mut Cursor::new(&mut png), ImageFormat::Png)
        .map_err(Error::internal)?;
    Ok(png)
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_PIXELS);
    limits.max_image_height = Some(MOST_PIXELS);
    limits.max_alloc = Some(MOST_MEMORY);
    limits
}

fn unreadable() -> Error {
    Error::invalid(
        "image",
        ProblemCode::InvalidFormat,
        "must be a whole PNG, JPEG or WebP picture of at most 4096 × 4096 pixels",
    )
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let pixels = RgbaImage::from_fn(width, height, |x, y| Rgba([x as u8, y as u8, 7, 255]));
        let mut bytes = Vec::new();
        let image = DynamicImage::from(pixels);
        let image = if format == ImageFormat::Jpeg { image.into_rgb8().into() } else { image };
        image.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    fn code(bytes: &[u8]) -> ProblemCode {
        match portrait(bytes) {
            Err(Error::Invalid(problems)) => problems[0].code,
            other => panic!("{:?}", other.map(|png| png.len())),
        }
    }

    #[test]
    fn all_three_formats_become_a_small_png() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let kept = portrait(&picture(600, 300, format)).unwrap();
            let read = image::load_from_memory_with_format(&kept, ImageFormat::Png).unwrap();
            assert_eq!((read.width(), read.height()), (256, 128), "{format:?}");
        }
        let small = image::load_from_memory(&portrait(&picture(3, 5, ImageFormat::Png)).unwrap()).unwrap();
        assert_eq!((small.width(), small.height()), (3, 5), "nothing is blown up");
    }

    #[test]
    fn what_is_hidden_in_a_picture_does_not_survive() {
        let script = b"<script>alert(1)</script><svg onload=alert(1)>";
        let kept_of = |bytes: &[u8]| portrait(bytes).unwrap();
        let hides = |kept: &[u8]| kept.windows(7).any(|part| part == b"<script" || part == b"GPS-ADA");
        // Behind the end, where a ZIP or a page would be looked for.
        let behind = [picture(9, 9, ImageFormat::Png).as_slice(), script].concat();
        assert!(!hides(&kept_of(&behind)));
        // In a comment of a JPEG, and in its Exif block.
        let jpeg = picture(9, 9, ImageFormat::Jpeg);
        for (marker, text) in [(0xfe_u8, script.as_slice()), (0xe1, b"Exif\0\0GPS-ADA".as_slice())] {
            let length = u16::try_from(text.len() + 2).unwrap().to_be_bytes();
            let dressed = [&jpeg[..2], &[0xff, marker], &length, text, &jpeg[2..]].concat();
            assert!(hides(&dressed) && !hides(&kept_of(&dressed)));
        }
        // In a chunk of a PNG that nobody knows.
        let png = picture(9, 9, ImageFormat::Png);
        let chunk = chunk(b"tEXt", script);
        let dressed = [&png[..33], &chunk, &png[33..]].concat();
        assert!(hides(&dressed) && !hides(&kept_of(&dressed)));
    }

    #[test]
    fn what_is_no_still_picture_is_refused() {
        assert_eq!(code(b""), ProblemCode::Blank);
        assert_eq!(code(&[0; MOST_BYTES + 1]), ProblemCode::TooLong);
        let png = picture(9, 9, ImageFormat::Png);
        for bytes in [
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>".to_vec(),
            b"<!doctype html><script>alert(1)</script>".to_vec(),
            b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(),
            b"GIF89a/*\x89PNG\r\n\x1a\n*/=1".to_vec(),
            b"\x89PNG\r\n\x1a\n<script>alert(1)</script>".to_vec(),
            b"BM<script>".to_vec(),
            b"PK\x03\x04".to_vec(),
            vec![0; 100],
            png[..png.len() / 2].to_vec(),
            [b"<script>".as_slice(), &png].concat(),
        ] {
            assert_eq!(code(&bytes), ProblemCode::InvalidFormat, "{:?}", bytes.get(..12));
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_decoded() {
        // Says that it has 65,000 × 65,000 pixels.
        let mut png = picture(9, 9, ImageFormat::Png);
        let header = [65_000_u32.to_be_bytes(), 65_000_u32.to_be_bytes()].concat();
        let whole = chunk(b"IHDR", &[header.as_slice(), &png[24..29]].concat());
        png.splice(8..33, whole);
        assert_eq!(code(&png), ProblemCode::InvalidFormat);
    }

    #[test]
    fn moving_pictures_are_refused() {
        let png = picture(9, 9, ImageFormat::Png);
        let moving = [&png[..33], &chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]), &png[33..]].concat();
        assert_eq!(code(&moving), ProblemCode::InvalidFormat);
    }

    /// A PNG chunk with its checksum.
    fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let body = [name.as_slice(), data].concat();
        let sum = body.iter().fold(!0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
        });
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [length.as_slice(), &body, &(!sum).to_be_bytes()].concat()
    }
}
