//! Files as a page reads and writes them: much, often, and wrongly.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod support;

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};
use support::{Project, actor, inspect};

#[test]
fn a_hundred_megabytes_are_read_and_written_without_a_changed_bit() {
    let built = page(
        "const bytes = await fs.readFile('big.bin')
         const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
         console.log('read', [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
         await fs.writeFile('copy.bin', bytes)
         console.log('written', (await fs.stat('copy.bin')).size)",
    )
    .build();
    let (big, copy) = (
        built.resources().join("big.bin"),
        built.resources().join("copy.bin"),
    );
    fs::write(&big, noise(HUNDRED_MEGABYTES)).unwrap();
    let mut app = built.start();
    assert_eq!(app.line("read"), sha256_of(&big));
    assert_eq!(app.line("written"), HUNDRED_MEGABYTES.to_string());
    assert_eq!(sha256_of(&copy), sha256_of(&big));
}

/// Bytes without a pattern that a mistake could repeat.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        // Xorshift, which is short and good enough to tell pieces apart.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

fn sha256_of(path: &Path) -> String {
    let finished = Command::new("sha256sum").arg(path).output().unwrap();
    String::from_utf8(finished.stdout).unwrap()[..64].to_owned()
}

#[test]
fn a_thousand_reads_in_flight_are_all_answered_and_none_is_lost() {
    let (built, mut app) = page(
        "await Promise.all(Array.from({ length: 10 }, (_, n) => fs.writeFile(`${n}.txt`, `file ${n}`)))
         const reads = Array.from({ length: 1000 }, (_, n) => fs.readFile(`${n % 10}.txt`, 'utf8'))
         const texts = await Promise.all(reads)
         console.log('right', texts.filter((text, n) => text === `file ${n % 10}`).length)",
    )
    .start();
    assert_eq!(app.line("right"), "1000");
    let files = actor(&inspect(&built.home, app.pid()), "files");
    assert_eq!((&files["lost"], &files["depth"]), (&json!(0), &json!(0)));
}

#[test]
fn malformed_calls_get_a_typed_error_and_reach_no_actor() {
    let calls = [
        (
            "fs.open",
            json!({ "path": 7 }),
            "TypeError",
            "ERR_INVALID_ARG_TYPE",
        ),
        ("fs.stat", json!({}), "TypeError", "ERR_INVALID_ARG_TYPE"),
        (
            "fs.unlink",
            json!({ "path": "a\0b" }),
            "TypeError",
            "ERR_INVALID_ARG_VALUE",
        ),
        (
            "fs.mkdir",
            json!({ "path": "x", "recursive": "perhaps" }),
            "TypeError",
            "ERR_INVALID_ARG_TYPE",
        ),
        (
            "fs.rm",
            json!({ "path": "x", "timeout": -1 }),
            "TypeError",
            "ERR_INVALID_ARG_VALUE",
        ),
        (
            "fs.writeFile",
            json!({ "path": ["x"] }),
            "TypeError",
            "ERR_INVALID_ARG_TYPE",
        ),
        ("fs.none", json!({}), "NotFoundError", "ERR_UNKNOWN_COMMAND"),
        (
            "fs.stat",
            json!([1, 2]),
            "TypeError",
            "ERR_INVALID_ARG_VALUE",
        ),
    ];
    let (built, mut app) = page(&format!(
        "import {{ token }} from 'socket:internal/session'
         console.log('ready', 1)
         while (!(await fetch('go.txt')).ok) await new Promise((resolve) => setTimeout(resolve, 20))
         const seen = []
         for (const [command, params] of {}) {{
           const query = encodeURIComponent(JSON.stringify(params))
           const answer = await fetch(`/__runtime/ipc/${{command}}?params=${{query}}`, {{ method: 'POST', headers: {{ 'x-runtime-token': token }} }})
           const {{ err }} = await answer.json()
           seen.push([err?.name, err?.code])
         }}
         console.log('seen', JSON.stringify(seen))",
        json!(calls.each_ref().map(|(command, params, ..)| (command, params)))
    ))
    .start();
    app.line("ready");
    let before = actor(&inspect(&built.home, app.pid()), "files")["sent"].clone();
    fs::write(built.resources().join("go.txt"), "go").unwrap();
    let expected: Vec<Value> = calls
        .iter()
        .map(|(.., name, code)| json!([name, code]))
        .collect();
    assert_eq!(app.json("seen"), json!(expected));
    let files = actor(&inspect(&built.home, app.pid()), "files");
    assert_eq!(files["sent"], before);
}

/// A project whose page runs this.
fn page(script: &str) -> Project {
    Project::new("filer").page(&format!("import fs from 'socket:fs/promises'\n{script}"))
}

const HUNDRED_MEGABYTES: usize = 100 << 20;
