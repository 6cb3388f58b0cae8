//! Compresses the files of the panel, which are texts in six languages: the program is smaller by
//! the size of 150 KB. `overlay::panel` reads them.

use std::path::Path;
use std::{env, fs, io};

const FOLDER: &str = "src/overlay/assets/panel";
/// Higher levels take longer and save nothing.
const LEVEL: u8 = 9;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={FOLDER}");
    println!("cargo::rerun-if-changed=build.rs");
    let mut paths = Vec::new();
    for entry in fs::read_dir(FOLDER)? {
        paths.push(entry?.path());
    }
    // So that each build makes the same file.
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        all.extend_from_slice(name.as_bytes());
        all.push(0);
        all.extend_from_slice(&fs::read(&path)?);
        all.push(0);
    }
    let folder = env::var("OUT_DIR").map_err(io::Error::other)?;
    let compressed = miniz_oxide::deflate::compress_to_vec(&all, LEVEL);
    fs::write(Path::new(&folder).join("panel.deflate"), compressed)
}
