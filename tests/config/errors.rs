//! Every kind of error and warning, with its exact place and hint.

use super::*;

#[test]
fn wrong_values_fail_with_their_place_and_a_hint() {
    let text = "\
[window]
  width = wide
height = -5
titlebar_style = hiden
background_color_dark = red ; not a name
[build]
headless = ture
name = \"My App\"
[meta]
version = v1.2
file_limit = many
application_protocol = my-app://
bundle_identifier = hello
[webview.watch]
service_worker_reload_timeout = 5s
reload = off
[mac]
minimum_supported_version = new
window_control_offsets = 10
";
    assert_eq!(refusal(text).to_string(), WRONG_VALUES.trim_end());
}

const WRONG_VALUES: &str = "\
socket.ini:2:11: error: 'wide' does not fit [window] width: expected pixels (800) or percent of the screen (50%); help: for example: width = 50%
socket.ini:3:10: error: '-5' does not fit [window] height: expected pixels (800) or percent of the screen (50%); help: for example: height = 50%
socket.ini:4:18: error: 'hiden' does not fit [window] titlebar_style: expected one of hidden, hiddenInset; help: did you mean 'hidden'?
socket.ini:5:25: error: 'red' does not fit [window] background_color_dark: expected a colour: #rgb, #rrggbb, #rrggbbaa, rgb() or rgba(); help: for example: background_color_dark = \"#2e2e2e\"
socket.ini:7:12: error: 'ture' does not fit [build] headless: expected true or false; help: did you mean 'true'?
socket.ini:8:8: error: 'My App' does not fit [build] name: expected a name without spaces or special characters; help: did you mean 'my-app'?
socket.ini:10:11: error: 'v1.2' does not fit [meta] version: expected a semantic version (1.2.3); help: did you mean '1.2.0'?
socket.ini:11:14: error: 'many' does not fit [meta] file_limit: expected a whole number from 16 to 1048576; help: for example: file_limit = 1024
socket.ini:12:24: error: 'my-app://' does not fit [meta] application_protocol: expected a URL scheme: a letter, then letters, digits, '+', '-' or '.'; help: did you mean 'my-app'?
socket.ini:13:21: error: 'hello' does not fit [meta] bundle_identifier: expected a reverse-DNS identifier (com.example.app); help: for example: bundle_identifier = \"com.example.my-app\"
socket.ini:15:33: error: '5s' does not fit [webview.watch] service_worker_reload_timeout: expected milliseconds, a whole number up to 86400000; help: for example: service_worker_reload_timeout = 500
socket.ini:16:10: error: 'off' does not fit [webview.watch] reload: expected true or false; help: did you mean 'false'?
socket.ini:18:29: error: 'new' does not fit [mac] minimum_supported_version: expected one to three numbers joined by dots (13.0); help: for example: minimum_supported_version = \"13.0.0\"
socket.ini:19:26: error: '10' does not fit [mac] window_control_offsets: expected two pixel counts (10x24); help: for example: window_control_offsets = 10x24
";

#[test]
fn a_peer_that_is_none_fails_with_its_place() {
    let text = format!(
        "{LEAST}[peer]\nbootstrap[] = 127.0.0.1\nbootstrap[] = one.example.org:9777\n\
         bootstrap[] = 300.1.2.3:9777, me@one.example.org:9777\n"
    );
    assert_eq!(refusal(&text).to_string(), WRONG_PEERS.trim_end());
}

const WRONG_PEERS: &str = "\
socket.ini:6:15: error: '127.0.0.1' does not fit [peer] bootstrap: it needs a port, as in 127.0.0.1:9777; help: for example: bootstrap = \"203.0.113.7:9777\"
socket.ini:8:15: error: '300.1.2.3:9777' does not fit [peer] bootstrap: its numbers make no IPv4 address, as 192.0.2.1 is one; help: for example: bootstrap = \"203.0.113.7:9777\"
socket.ini:8:15: error: 'me@one.example.org:9777' does not fit [peer] bootstrap: a peer's id has 64 hex digits; help: for example: bootstrap = \"203.0.113.7:9777\"
";

#[test]
fn broken_notation_fails_with_its_place() {
    let text = format!(
        "{LEAST}[window\n  [window] x\n[a..b]\nheadless true\n = 5\n[linux]\ncmd = \"node\n\
         icon = a\u{0}b\né = ü\u{7}\n"
    );
    assert_eq!(refusal(&text).to_string(), BROKEN_NOTATION.trim_end());
}

const BROKEN_NOTATION: &str = "\
socket.ini:5:1: error: section without its closing ']'; help: write [window]
socket.ini:6:12: error: text after a section's ']'
socket.ini:7:1: error: 'a..b' is no section name; help: write names joined by dots, as in [webview.watch]
socket.ini:8:1: error: line without '='; help: write 'key = value', or start the line with ';' to make it a comment
socket.ini:9:2: error: '=' without a key; help: write 'key = value'
socket.ini:11:7: error: quote that is never closed; help: end the value with '\"'; inside quotes write \\\" for a quote and \\\\ for a backslash before one
socket.ini:12:9: error: control character; help: delete it
socket.ini:13:6: error: control character; help: delete it
";

#[test]
fn unknown_names_warn_with_the_nearest_right_one() {
    warned(
        "[window]\nwidht = 5",
        6,
        1,
        "unknown key 'widht' in [window]",
        "did you mean 'width'?",
    );
    warned(
        "[window]\n minWidth = 5",
        6,
        2,
        "unknown key 'minWidth'",
        "did you mean 'min_width'?",
    );
    warned(
        "[build]\nresizable = yes",
        6,
        1,
        "in [build]",
        "'resizable' in [window]",
    );
    warned(
        "[windows]\nwidth = 5",
        5,
        1,
        "unknown section [windows]",
        "did you mean [window]?",
    );
    warned(
        "[my-own-things]\na = 5\nb = 6",
        5,
        1,
        "unknown section",
        "application.config",
    );
    let warnings = check(&format!("stray = 1\n{LEAST}")).warnings;
    assert_found(
        &warnings,
        Severity::Warning,
        1,
        1,
        "before the first section",
        "",
    );
}

#[test]
fn duplicates_and_leftovers_warn() {
    warned(
        "[window]\nwidth = 5\nwidth = 6",
        7,
        1,
        "'width' is set again",
        "first in line 6",
    );
    warned(
        "[linux]\ncmd = \"a\" b",
        6,
        11,
        "text after the closing quote",
        "write \\\"",
    );
    let both = "[window]\nbackgroundColorDark = #fff\nbackground_color_dark = #000";
    warned(both, 6, 1, "is ignored, since 'background_color_dark'", "");
    let config = with("[window]\nwidth = 5\nwidth = 6\n");
    assert_eq!(config.window.width, Some(Length::Pixels(6.0)));
    assert_eq!(
        with(both).window.background_color_dark,
        Some([0, 0, 0, 255])
    );
}

#[test]
fn missing_names_say_which_line_to_add() {
    let error = refusal("; nothing yet\n");
    assert_found(
        &error.diagnostics,
        Severity::Error,
        1,
        1,
        "[build] name is missing",
        "add the lines: [build] and name = \"my-app\"",
    );
    let error = refusal("[build]\nname = notes\n\n[meta]\ntitle = Notes\n");
    assert_found(
        &error.diagnostics,
        Severity::Error,
        4,
        1,
        "[meta] bundle_identifier is missing",
        "add this line below [meta]: bundle_identifier = \"com.example.notes\"",
    );
    let error = refusal("[build]\nname = \"\"\n[meta]\nbundle_identifier = com.example.a\n");
    assert_found(
        &error.diagnostics,
        Severity::Error,
        2,
        8,
        "[build] name is missing",
        "",
    );
}

#[test]
fn all_errors_come_at_once_and_print_one_per_line() {
    let error = refusal(&format!("{LEAST}[window]\nwidth = a\nheight = b\n[x\n"));
    assert_eq!(error.diagnostics.len(), 3);
    let text = error.to_string();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(
        text.contains("socket.ini:6:9: error: 'a' does not fit [window] width"),
        "{text}"
    );
    assert!(text.contains("; help: for example: width = 50%"), "{text}");
}

#[test]
fn diagnostics_come_in_the_order_of_the_file() {
    let text = "[window]\nzzz = 1\nwidth = a\naaa = 2\nheight = b\n";
    let found = refusal(&format!("{LEAST}{text}")).diagnostics;
    assert_eq!(
        found.iter().map(|found| found.line).collect::<Vec<_>>(),
        [6, 7, 8, 9]
    );
}

#[test]
fn a_flood_of_diagnostics_is_summed_up_and_hides_no_error() {
    let unknown: String = (0..5000).map(|n| format!("nonsense{n} = 1\n")).collect();
    let error = refusal(&format!("{LEAST}[window]\n{unknown}width = wide\n"));
    assert!(error.to_string().contains("'wide' does not fit"), "{error}");
    assert!(
        error.to_string().contains("warning: and 4900 more"),
        "{error}"
    );
    let error = refusal(&format!("{LEAST}{}", "bad\n".repeat(5000)));
    assert_eq!(error.diagnostics.len(), 101);
    assert_eq!(error.diagnostics[100].message, "and 4900 more");
}

#[test]
fn bytes_that_are_not_text_are_refused_with_their_place() {
    let error = config::parse_bytes("socket.ini", b"[build]\nna\xc3\xa9\xffme").unwrap_err();
    assert_found(
        &error.diagnostics,
        Severity::Error,
        2,
        4,
        "not UTF-8",
        "save the file as UTF-8",
    );
}

#[test]
fn limits_are_named() {
    let error = refusal(&";".repeat(FILE_BYTES_MAX + 1));
    assert!(
        error.to_string().contains("1048577 bytes; at most 1048576"),
        "{error}"
    );
    assert_eq!(
        check(&format!("{LEAST}{}", ";".repeat(FILE_BYTES_MAX - 100))).warnings,
        []
    );
    let many: String = (0..ENTRIES_MAX).map(|n| format!("k{n}=\n")).collect();
    let error = refusal(&format!("{LEAST}[env]\n{many}"));
    assert!(
        error.to_string().contains("more than 10000 entries"),
        "{error}"
    );
    let error = refusal(&format!("{LEAST}{}", "[.deeper]\n".repeat(1000)));
    assert!(
        error
            .to_string()
            .contains("section name of more than 1024 bytes"),
        "{error}"
    );
}

/// Asserts that the least file with `more` behind it, from line 5, is read with one warning.
#[track_caller]
fn warned(more: &str, line: u32, column: u32, message: &str, help: &str) {
    let warnings = check(&format!("{LEAST}{more}\n")).warnings;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_found(&warnings, Severity::Warning, line, column, message, help);
}

#[track_caller]
fn refusal(text: &str) -> LoadError {
    config::parse("socket.ini", text).expect_err("must be refused")
}

#[track_caller]
pub(crate) fn assert_found(
    diagnostics: &[Diagnostic],
    severity: Severity,
    line: u32,
    column: u32,
    message: &str,
    help: &str,
) {
    let is_wanted = |found: &&Diagnostic| {
        (found.severity, found.line, found.column) == (severity, line, column)
            && found.message.contains(message)
            && found.help.as_deref().unwrap_or_default().contains(help)
    };
    assert!(
        diagnostics.iter().any(|found| is_wanted(&found)),
        "no {severity} at {line}:{column} with {message:?} and {help:?} in {diagnostics:#?}"
    );
}
