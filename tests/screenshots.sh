#!/bin/sh
# Takes the pictures of the README: `./dev screenshots`, which sets RUNTIME.
set -eu
cd "$(dirname "$0")/.."
out=docs/images
work=$(mktemp -d)
trap '[ -z "${app:-}" ] || kill "$app" 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir -p "$out" "$work/notes"
home=$HOME
# Nothing of the user's own gets into a picture.
export HOME="$work" XDG_RUNTIME_DIR="$work" NOTES_DIR="$work/notes" TZ=UTC
unset DISPLAY WAYLAND_DISPLAY

for name in hello notes; do
    cp -r "examples/$name" "$work/app-$name"
    "$RUNTIME" run "$work/app-$name" -q --headless --screenshot "$PWD/$out/$name.png"
done

# Two people in the chat, one of whom has just come back.
HOME="$home" CHAT_PICTURE="$PWD/$out/chat.png" cargo test --quiet --test app_chat who_comes_back

# Starts an app with a name and environment and waits until it can be looked into.
start() {
    env "$2" "$RUNTIME" run "$work/app-$1" -q --headless >"$work/log" 2>&1 &
    app=$!
    until "$RUNTIME" inspect --json >/dev/null 2>&1; do
        kill -0 "$app" || { cat "$work/log" >&2; exit 1; }
        sleep 0.2
    done
}

# What a terminal shows of the running app, after these keys; then the app ends.
capture() {
    name=$1
    shift
    tmux -L runtime-pictures new-session -d -x 100 -y 24 "$RUNTIME inspect"
    until tmux -L runtime-pictures capture-pane -p | grep -q router; do sleep 0.2; done
    tmux -L runtime-pictures send-keys "$@"
    sleep 5.2
    tmux -L runtime-pictures capture-pane -p -e >"$work/$name.txt"
    tmux -L runtime-pictures kill-server
    kill "$app"
    wait "$app" || true
    app=
}

# A running app: down to an actor that has something to show, and its last messages.
start notes NOTES_DIR="$NOTES_DIR"
capture inspect Down Down Down Down Down Down Down 2

# An app that hangs, as docs/inspect.md tells.
cp -r examples/inbox "$work/app-inbox"
mkfifo "$work/letters"
start inbox INBOX="$work/letters"
sleep 4
capture inspect-stuck Down Down Down Down Down Down 4

# The panel over a window, while a job waits for a file that nobody writes.
mkfifo "$work/number"
Xvfb -displayfd 3 -screen 0 1000x640x24 3>"$work/number" >/dev/null 2>&1 &
display=$!
DISPLAY=":$(cat "$work/number")"
export DISPLAY
"$RUNTIME" run "$work/app-notes" -q >"$work/log" 2>&1 &
app=$!
until window=$(xdotool search --onlyvisible --name Notes 2>/dev/null); do
    kill -0 "$app" || { cat "$work/log" >&2; exit 1; }
    sleep 0.2
done
sleep 1
xdotool windowfocus "$window" key ctrl+shift+a
sleep 3
# Closer at the first actor, files, which then has something to do.
xdotool key Return
until "$RUNTIME" inspect --json | grep -q '"full"'; do sleep 0.2; done
for _ in 1 2 3; do touch "$work/notes"/*.md; sleep 0.7; done
mkfifo "$work/notes/slow.md"
until "$RUNTIME" inspect --json | grep -q stuck_job; do sleep 0.2; done
sleep 2
import -window "$window" +dither -colors 64 "$out/panel.png"
kill "$app"
wait "$app" || true
kill "$display"
app=
unset DISPLAY

# A report of the simulator, as an app of one page.
mkdir -p "$work/report/src"
cat >"$work/report/socket.ini" <<'INI'
[build]
name = "report"
[meta]
bundle_identifier = "org.socket-runtime.report"
[window]
width = 900
height = 800
INI
"$RUNTIME" sim --scenario claims-128 --seeds 1..10 --quiet --out "$work/figures" >/dev/null 2>&1
sed 's|</style>|html { zoom: .64 }</style>|' "$work/figures/report.html" >"$work/report/src/index.html"
"$RUNTIME" run "$work/report" -q --headless --screenshot "$PWD/$out/simulation.png"

# The terminal's text as a page, photographed by the runtime itself.
mkdir -p "$work/terminal/src"
cat >"$work/terminal/socket.ini" <<'INI'
[build]
name = "terminal"
[meta]
bundle_identifier = "org.socket-runtime.terminal"
[window]
width = 848
height = 545
INI
cat >"$work/page.py" <<'PYTHON'
import html, re, sys

STYLES = {"1": "font-weight:600", "2": "opacity:.55", "7": "background:#e6e6e6;color:#16161a",
          "238": "background:#444", "31": "color:#ff6b68",
          "32": "color:#7ec699", "33": "color:#e8c268", "36": "color:#79c0d8"}

# Which styles a code ends: all, the colour, the background.
ENDS = {"": "", "0": "", "39": "color", "49": "background"}


def spans(text):
    """The text with its SGR sequences (ECMA-48, 8.3.117) as spans."""
    styles = []
    for part in re.split(r"(\x1b\[[0-9;]*m)", text):
        if not part.startswith("\x1b"):
            yield f'<span style="{";".join(styles)}">{html.escape(part)}</span>' if part else ""
            continue
        # Of the 256 colours, the first eight have short names.
        codes = re.sub(r"38;5;(\d)\b", r"3\1", part[2:-1]).replace("48;5;238", "238")
        for code in codes.split(";"):
            if code in ENDS:
                styles = [style for style in styles if not style.startswith(ENDS[code])]
            else:
                styles.append(STYLES.get(code, ""))


lines = open(sys.argv[1], encoding="utf-8").read().rstrip()
print('<!doctype html><meta charset="utf-8"><title>inspect</title>'
      '<style>body{margin:0;background:#16161a;color:#e6e6e6}'
      'pre{margin:18px 20px;font:14px/1.5 "DejaVu Sans Mono",monospace}</style>'
      f'<pre>{"".join(spans(lines))}</pre>')
PYTHON
for name in inspect inspect-stuck; do
    python3 "$work/page.py" "$work/$name.txt" >"$work/terminal/src/index.html"
    "$RUNTIME" run "$work/terminal" -q --headless --screenshot "$PWD/$out/$name.png"
done
ls -1 "$out"/*.png
