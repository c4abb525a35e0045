//! Turns `proto/` into Rust with protox, so that no protoc is needed on the machine that builds.

use std::error::Error;
use std::path::{Path, PathBuf};

use prost::Message;

/// The services that `stored_services` makes, and the answers that hold bytes there.
const STORED_SERVICES: [&str; 2] = ["entente/v1/change_service.proto", "entente/v1/ledger_service.proto"];
const STORED_MESSAGES: [&str; 2] = ["ReadEventsResponse", "SubscribeEventsResponse"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new("proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let files = proto_files(root)?;

    let mut compiler = protox::Compiler::new([root])?;
    compiler.include_imports(true).include_source_info(true).open_files(&files)?;
    let mut descriptors = compiler.file_descriptor_set();

    // Maps are ordered, so that one message has one encoding: re-sent content is compared byte by byte.
    let mut messages = prost_build::Config::new();
    messages.enable_type_names();
    tonic_prost_build::configure().btree_map(".").compile_fds_with_config(descriptors.clone(), messages)?;
    stored_services(descriptors.clone())?;

    // Comments make the generated documentation; in the embedded copy they would only be weight.
    for file in &mut descriptors.file {
        file.source_code_info = None;
    }
    let out_dir = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out_dir.join("entente.bin"), descriptors.encode_to_vec())?;
    Ok(())
}

/// The services that give events as they are stored: the same methods, but their answers hold bytes in place of events.
/// Nothing but the service traits is generated here; every message is found in `src/proto.rs`.
fn stored_services(mut descriptors: prost_types::FileDescriptorSet) -> Result<(), Box<dyn Error>> {
    for file in &mut descriptors.file {
        if !STORED_SERVICES.contains(&file.name()) {
            file.service.clear();
        }
    }
    let out_dir = PathBuf::from(std::env::var("OUT_DIR")?).join("stored");
    std::fs::create_dir_all(&out_dir)?;
    let mut services = tonic_prost_build::configure()
        .out_dir(out_dir)
        .build_client(false)
        .extern_path(".entente.v1", "crate::proto::v1");
    for message in STORED_MESSAGES {
        services = services.extern_path(format!(".entente.v1.{message}"), format!("crate::proto::stored::{message}"));
    }
    services.compile_fds(descriptors)?;
    Ok(())
}

/// Every `.proto` file under `root`, relative to it as imports are written, in a fixed order.
fn proto_files(root: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                println!("cargo:rerun-if-changed={}", path.display());
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "proto") {
                println!("cargo:rerun-if-changed={}", path.display());
                files.push(path.strip_prefix(root)?.to_owned());
            }
        }
    }
    files.sort();
    Ok(files)
}
