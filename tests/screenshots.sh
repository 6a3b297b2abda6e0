#!/bin/sh
# Takes the pictures of the README: `./dev screenshots`, which sets RUNTIME.
set -eu
cd "$(dirname "$0")/.."
out=docs/images
work=$(mktemp -d)
trap 'rm -rf "$work"; [ -z "${app:-}" ] || kill "$app" 2>/dev/null || true' EXIT
mkdir -p "$out" "$work/notes"
# Nothing of the user's own gets into a picture.
export HOME="$work" XDG_RUNTIME_DIR="$work" NOTES_DIR="$work/notes" TZ=UTC
unset DISPLAY WAYLAND_DISPLAY

for name in hello notes; do
    cp -r "examples/$name" "$work/app-$name"
    "$RUNTIME" run "$work/app-$name" -q --headless --screenshot "$PWD/$out/$name.png"
done

# The table of a running app, as a terminal shows it, drawn by tmux and ImageMagick.
"$RUNTIME" run "$work/app-notes" -q --headless >"$work/log" 2>&1 &
app=$!
until "$RUNTIME" inspect --json >/dev/null 2>&1; do
    kill -0 "$app" || { cat "$work/log" >&2; exit 1; }
    sleep 0.2
done
tmux -L runtime-pictures new-session -d -x 100 -y 24 "$RUNTIME inspect"
# The table fills its rate column from the second look on.
until tmux -L runtime-pictures capture-pane -p | grep -q router; do sleep 0.2; done
sleep 2.2
tmux -L runtime-pictures capture-pane -p -N >"$work/inspect.txt"
tmux -L runtime-pictures kill-server
convert -background '#16161a' -fill '#e6e6e6' -font DejaVu-Sans-Mono -pointsize 15 \
    -bordercolor '#16161a' label:@"$work/inspect.txt" -border 16 "$out/inspect.png"
ls -1 "$out"/*.png
