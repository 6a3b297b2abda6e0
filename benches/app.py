#!/usr/bin/env python3
"""Measures an app as its user sees it: build, start, calls, files, memory, size.

`./dev bench` builds the release runtime, sets RUNTIME and runs this. Each figure is the
median of ROUNDS runs, with the least and the greatest; the machine may be busy, so compare
figures of one run only.
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
RUNTIME = os.environ["RUNTIME"]
ROOT = pathlib.Path(__file__).resolve().parent


def show(name, values, unit):
    """Print one figure."""
    low, middle, high = min(values), statistics.median(values), max(values)
    print(f"{name:<44}{middle:>10,.1f} {unit:<6}({low:,.1f} to {high:,.1f})", flush=True)


def family(pid):
    """The process and all its descendants."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    found = [pid]
    if children.exists():
        for child in children.read_text().split():
            found += family(int(child))
    return found


def memory_mb(pid):
    """Proportional set size of the app's processes, the private display left out."""
    total = 0
    for member in family(pid):
        try:
            name = pathlib.Path(f"/proc/{member}/comm").read_text().strip()
            rollup = pathlib.Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:
            continue
        if name != "Xvfb":
            total += next(int(l.split()[1]) for l in rollup.splitlines() if l.startswith("Pss:"))
    return total / 1000


def build(project):
    """Seconds of one build, and the folder of its result."""
    shutil.rmtree(project / "build", ignore_errors=True)
    began = time.monotonic()
    subprocess.run([RUNTIME, "build", "-q", "--prod", project], check=True)
    took = time.monotonic() - began
    folder = subprocess.run(
        [RUNTIME, "print-build-dir", "--prod", project], check=True, capture_output=True, text=True
    )
    return took, pathlib.Path(folder.stdout.strip())


def run(app, scratch):
    """One run: milliseconds to the page's first line, its figures, memory when done."""
    env = dict(os.environ, BENCH_DIR=str(scratch))
    began = time.monotonic()
    process = subprocess.Popen([app, "--headless"], stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout.readline().strip() == "ready", "the page did not start"
    ready_ms = (time.monotonic() - began) * 1000
    figures = json.loads(process.stdout.readline())
    process.terminate()
    process.wait()
    return ready_ms, figures


def idle_memory(project):
    """Memory of an app that shows a page and does nothing, after five seconds."""
    _, folder = build(project)
    app = subprocess.Popen([folder / project.name, "--headless"], stdout=subprocess.DEVNULL)
    time.sleep(5)
    used = memory_mb(app.pid)
    app.terminate()
    app.wait()
    return used


def main():
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        os.environ.update(HOME=temporary, XDG_DATA_HOME=f"{temporary}/data")
        shutil.copytree(ROOT / "app", work / "bench")
        shutil.copytree(ROOT.parent / "examples/hello", work / "hello")
        builds = [build(work / "hello")[0] * 1000 for _ in range(ROUNDS)]
        _, folder = build(work / "bench")
        size = (folder / "bench").stat().st_size / 1e6
        runs = [run(folder / "bench", work) for _ in range(ROUNDS)]
        show("build of examples/hello", builds, "ms")
        show("executable in the app", [size], "MB")
        show("start to the page's first line", [ready for ready, _ in runs], "ms")
        names = {
            "ping_us": ("call, one after the other", "us"),
            "ping_16_us": ("call, 16 at once", "us"),
            "read_1k_us": ("readFile of 1 KB, one after the other", "us"),
            "read_1k_16_us": ("readFile of 1 KB, 16 at once", "us"),
            "write_100m_mib_s": ("writeFile of 100 MiB", "MiB/s"),
            "read_100m_mib_s": ("readFile of 100 MiB", "MiB/s"),
        }
        for key, (name, unit) in names.items():
            show(name, [figures[key] for _, figures in runs], unit)
        show("memory of examples/hello, all processes (PSS)", [idle_memory(work / "hello")], "MB")


if __name__ == "__main__":
    sys.exit(main())
