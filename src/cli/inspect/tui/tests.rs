//! What the screen looks like, as text.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};
use serde_json::json;

use super::{keys::Wish, model::Model, *};
use crate::messages::inspector::{Action, ActorDetail, Snapshot};

fn snapshot(handled: u64) -> Snapshot {
    let actor = |name: &str, supervisor: Option<&str>, more: serde_json::Value| {
        let mut actor = json!({
            "name": name, "kind": name, "lane": "core", "supervisor": supervisor,
            "state": "running", "capacity": 1024, "sent": 9, "handled": 9,
        });
        for (key, value) in more.as_object().unwrap() {
            actor[key] = value.clone();
        }
        actor
    };
    let stuck = json!({
        "lane": "files", "depth": 12, "oldest_ms": 4100, "sent": 12360, "handled": 12345,
        "current": "ReadFile", "current_ms": 4200, "restarts": 1, "lost": 3, "losses": {"full": 3},
    });
    let asking = json!({
        "handled": handled,
        "asks": [{"to": "files", "message": "ReadFile", "waiting_ms": 4150, "left_ms": 25850}],
    });
    serde_json::from_value(json!({
        "app": {"name": "hello", "pid": 4242, "uptime_ms": 125_000 + handled, "version": "1.0.0"},
        "actors": [
            actor("files", Some("supervisor"), stuck),
            actor("router", Some("supervisor"), asking),
            actor("supervisor", None, json!({})),
            actor("window:0", Some("windows"), json!({"state": "broke on ShowPage", "depth": 1})),
            actor("windows", Some("supervisor"), json!({"state": "crashed"})),
        ],
        "findings": [{
            "kind": "stuck_handler", "actor": "files", "message": "ReadFile", "for_ms": 4200,
            "text": "files has been handling ReadFile for 4.2 s; router waits for its answer",
        }],
    }))
    .unwrap()
}

fn model() -> Model {
    let mut model = Model::new(snapshot(0), false);
    model.show(snapshot(1000));
    model.step(1);
    model.detail = serde_json::from_value::<ActorDetail>(json!({
        "actor": snapshot(1000).actors[0],
        "queue": {"depth": 12, "messages": [
            {"message": "ReadFile", "age_ms": 4100, "sender": "window:0"},
            {"message": "Stat", "age_ms": 3000, "sender": "router", "payload": {"path": "a.txt"}},
            {"message": "ReadFile", "age_ms": 2000, "sender": "router"},
        ]},
        "recorder": [{"sequence": 1, "message": "OpenFile", "sender": "router",
            "sent_us": 120_000_000, "began_us": 120_000_150, "ended_us": 120_001_350}],
        "latencies": [{"message": "Stat", "count": 1200,
            "wait": {"p50_us": 12, "p99_us": 900, "max_us": 15_000},
            "service": {"p50_us": 80, "p99_us": 3100, "max_us": 12_000_000}}],
    }))
    .ok();
    model
}

fn screen(model: &mut Model, columns: u16, rows: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let theme = Theme::new(false);
    terminal
        .draw(|frame| draw::draw(frame, model, &theme))
        .unwrap();
    let buffer = terminal.backend().buffer();
    let width = usize::from(columns);
    let cells: Vec<_> = buffer.content().iter().map(|cell| cell.symbol()).collect();
    let lines = cells
        .chunks(width)
        .map(|line| line.concat().trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(model: &mut Model, columns: u16, rows: u16, expected: &str) {
    let found = screen(model, columns, rows);
    assert_eq!(found.trim_end(), expected.trim_matches('\n'), "\n{found}");
}

fn press(model: &mut Model, keys: &str) -> Wish {
    let mut wish = Wish::Nothing;
    for c in keys.chars() {
        let code = match c {
            '\n' => KeyCode::Enter,
            '\t' => KeyCode::Tab,
            c => KeyCode::Char(c),
        };
        wish = keys::press(model, KeyEvent::new(code, KeyModifiers::NONE));
    }
    wish
}

#[test]
fn eighty_columns_are_enough() {
    check(&mut model(), 80, 24, EIGHTY);
}

#[test]
fn a_wide_terminal_shows_more() {
    check(&mut model(), 120, 16, WIDE);
}

#[test]
fn panels_follow_their_keys() {
    let mut model = model();
    press(&mut model, "2\n");
    check(&mut model, 80, 6, RECORDER);
    press(&mut model, "3");
    check(&mut model, 80, 7, LATENCIES);
}

#[test]
fn a_tiny_terminal_does_not_hurt() {
    for (columns, rows) in [(1, 1), (10, 3), (40, 8), (300, 100)] {
        let mut model = model();
        screen(&mut model, columns, rows);
        model.has_help = true;
        screen(&mut model, columns, rows);
        press(&mut model, "?/abc");
        screen(&mut model, columns, rows);
    }
}

#[test]
fn rows_can_be_sorted_filtered_and_flattened() {
    let mut model = model();
    let names = |model: &Model| {
        let rows = model.rows.iter();
        let names = rows.map(|row| model.snapshot.actors[row.index].name.clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(
        names(&model),
        ["supervisor", "files", "router", "windows", "window:0"]
    );
    press(&mut model, "ts");
    assert_eq!(names(&model)[..2], ["files", "window:0"]);
    press(&mut model, "S");
    assert_eq!(names(&model)[4], "files");
    press(&mut model, "/wind");
    assert_eq!(names(&model).len(), 2);
    press(&mut model, "\n");
    assert_eq!(model.order.filter, "wind");
}

#[test]
fn who_may_only_look_is_told_so() {
    let mut model = model();
    for key in ["p", "r", "n", "b", "B", "i", "e", "R", "X"] {
        assert_eq!(press(&mut model, key), Wish::Nothing, "{key}");
        assert!(model.note.take().unwrap().text.starts_with("read-only"));
        assert_eq!(model.prompt, None);
    }
}

#[test]
fn who_may_control_gives_orders() {
    let mut model = model();
    model.has_control = true;
    assert_eq!(press(&mut model, "p"), Wish::Order(Action::Pause));
    assert_eq!(press(&mut model, "N"), Wish::Order(Action::Step(10)));
    let wish = press(&mut model, "b where depth >= 3\n");
    let on = super::super::breakpoint::parse("ReadFile where depth >= 3").unwrap();
    assert_eq!(wish, Wish::Order(Action::Break(on)));
    assert_eq!(press(&mut model, "Xn"), Wish::Nothing);
    assert_eq!(press(&mut model, "Xy"), Wish::Order(Action::Kill));
    // What cannot be read stays to be mended.
    assert_eq!(press(&mut model, "iTick {\n"), Wish::Nothing);
    assert!(model.prompt.is_some() && model.note.is_some());
}

const EIGHTY: &str = r#"
 hello 1.0.0   pid 4242   up 2 min               5 actors · 1,000/s · read-only
 ▲ files has been handling ReadFile for 4.2 s; router waits for its answer
  ACTOR           DEPTH  OLDEST RATE/S          NOW                     RST LOST
● supervisor          0       –      0          idle                      0    0
● ├ files            12   4.1 s      0          4.2 s ReadFile            1    3
● ├ router            0       –  1,000        █ 4.1 s awaits files: Rea   0    0
✗ └ windows           0       –      0          crashed                   0    0
‖   └ window:0        1    0 ms      0          broke on ShowPage         0    0
─ 1 Mailbox  2 Recorder  3 Latencies  4 Asks  5 State  6 Dead letters ── files ─
 sent 12,360 = handled 12,345 + lost 3 + queued 12 of 1,024 (full 3)
 QUEUED   OLDEST  TYPE (of the first 3)
      2    4.1 s  ReadFile
      1    3.0 s  Stat
   NEXT      AGE  TYPE                     FROM             PAYLOAD
      1    4.1 s  ReadFile                 window:0
      2    3.0 s  Stat                     router           {"path":"a.txt"}
      3    2.0 s  ReadFile                 router






 ↑↓ choose  ⇥ panel  s sort: name  / filter                      ? help  q quit
"#;

const WIDE: &str = "
 hello 1.0.0   pid 4242   up 2 min                                                       5 actors · 1,000/s · read-only
 ▲ stuck handler: files has been handling ReadFile for 4.2 s; router waits for its answer
  ACTOR             LANE       DEPTH             OLDEST RATE/S              HANDLED NOW                       RST   LOST
● supervisor        core           0                  –      0                    9 idle                        0      0
● ├ files           files         12         ██   4.1 s      0               12,345 4.2 s ReadFile              1      3
● ├ router          core           0                  –  1,000          █     1,000 4.1 s awaits files: ReadF   0      0
✗ └ windows         core           0                  –      0                    9 crashed                     0      0
‖   └ window:0      core           1         ██    0 ms      0                    9 broke on ShowPage           0      0
─ 1 Mailbox  2 Recorder  3 Latencies  4 Asks  5 State  6 Dead letters ────────────────────────────────────────── files ─
 sent 12,360 = handled 12,345 + lost 3 + queued 12 of 1,024 (full 3)
 QUEUED   OLDEST  TYPE (of the first 3)
      2    4.1 s  ReadFile
      1    3.0 s  Stat
   NEXT      AGE  TYPE                     FROM             PAYLOAD
      1    4.1 s  ReadFile                 window:0
 ↑↓ choose  ⇥ panel  s sort: name  / filter                                                              ? help  q quit
";

const RECORDER: &str = "
 hello 1.0.0   pid 4242   up 2 min               5 actors · 1,000/s · read-only
 ▲ files has been handling ReadFile for 4.2 s; router waits for its answer
─ 1 Mailbox  2 Recorder  3 Latencies  4 Asks  5 State  6 Dead letters ── files ─
           AT   WAITED     TOOK  MESSAGE                 FROM           CAUSE
   120.001350   150 µs   1.2 ms  OpenFile                router
 ↑↓ choose  ⇥ panel  s sort: name  / filter                      ? help  q quit
";

const LATENCIES: &str = "
 hello 1.0.0   pid 4242   up 2 min               5 actors · 1,000/s · read-only
 ▲ files has been handling ReadFile for 4.2 s; router waits for its answer
─ 1 Mailbox  2 Recorder  3 Latencies  4 Asks  5 State  6 Dead letters ── files ─
                                     WAITED                      TOOK
 TYPE                COUNT      p50      p99      max      p50      p99      max
 Stat                1,200    12 µs   900 µs  15.0 ms    80 µs   3.1 ms   12.0 s
 ↑↓ choose  ⇥ panel  s sort: name  / filter                      ? help  q quit
";
