//! `[application]`, `[tray]`, `[headless]` and what belongs to no other part.

use super::{COMMAS, Key, Kind, Values};

section! {
    /// How the process behaves as a whole.
    Application, APPLICATION {
        /// Whether the app stays out of dock and task bar, as one that lives in the tray does.
        agent: bool = Key::new("application", "agent", Kind::Flag).default("false").since_0_6();
        /// Signals that pages hear of; `false` for none, all if absent.
        signals: Vec<String> =
            Key::new("application", "signals", COMMAS).example("SIGHUP, SIGUSR1").since_0_6();
        /// Key that a client of the app's own WebSocket must show.
        conduit_shared_key: Option<String> =
            Key::new("application.conduit", "shared_key", Kind::Text)
                .example("a long random text")
                .since_0_6();
    }
}

section! {
    /// The icon in the system's tray.
    Tray, TRAY {
        /// File with the icon; an ICO file on Windows.
        icon: Option<String> = Key::new("tray", "icon", Kind::Text)
            .example("icons/icon.png")
            .since_0_6()
            .aliases(&["application.tray.icon"]);
        /// Text shown when the pointer rests on the icon.
        tooltip: Option<String> =
            Key::new("tray", "tooltip", Kind::Text).example("My App").since_0_6();
    }
}

section! {
    /// The command that a headless run is started by, such as a virtual display.
    Headless, HEADLESS {
        /// Command for every system without one of its own.
        runner: Option<String> = Key::new("headless", "runner", Kind::Text).example("xvfb-run");
        /// Its arguments.
        runner_flags: Option<String> =
            Key::new("headless", "runner_flags", Kind::Text).example("--auto-servernum");
        /// Command on Android.
        runner_android: Option<String> = Key::new("headless", "runner_android", Kind::Text)
            .example("my-runner")
            .only(&["android"])
            .aliases(&["headless.android.runner"]);
        /// Its arguments.
        runner_android_flags: Option<String> =
            Key::new("headless", "runner_android_flags", Kind::Text)
                .example("--quiet")
                .only(&["android"])
                .aliases(&["headless.android.runner_flags"]);
        /// Command on iOS.
        runner_ios: Option<String> = Key::new("headless", "runner_ios", Kind::Text)
            .example("my-runner")
            .only(&["ios"])
            .aliases(&["headless.ios.runner"]);
        /// Its arguments.
        runner_ios_flags: Option<String> = Key::new("headless", "runner_ios_flags", Kind::Text)
            .example("--quiet")
            .only(&["ios"])
            .aliases(&["headless.ios.runner_flags"]);
        /// Command on Linux.
        runner_linux: Option<String> = Key::new("headless", "runner_linux", Kind::Text)
            .example("xvfb-run")
            .only(&["linux"])
            .aliases(&["headless.linux.runner"]);
        /// Its arguments.
        runner_linux_flags: Option<String> =
            Key::new("headless", "runner_linux_flags", Kind::Text)
                .example("--auto-servernum")
                .only(&["linux"])
                .aliases(&["headless.linux.runner_flags"]);
        /// Command on macOS.
        runner_mac: Option<String> = Key::new("headless", "runner_mac", Kind::Text)
            .example("my-runner")
            .only(&["mac"])
            .aliases(&["headless.mac.runner"]);
        /// Its arguments.
        runner_mac_flags: Option<String> = Key::new("headless", "runner_mac_flags", Kind::Text)
            .example("--quiet")
            .only(&["mac"])
            .aliases(&["headless.mac.runner_flags"]);
        /// Command on Windows.
        runner_win32: Option<String> = Key::new("headless", "runner_win32", Kind::Text)
            .example("my-runner.exe")
            .only(&["win"])
            .aliases(&["headless.win32.runner", "headless.win.runner"]);
        /// Its arguments.
        runner_win32_flags: Option<String> =
            Key::new("headless", "runner_win32_flags", Kind::Text)
                .example("--quiet")
                .only(&["win"])
                .aliases(&["headless.win32.runner_flags", "headless.win.runner_flags"]);
    }
}

section! {
    /// How `require()` finds files.
    Commonjs, COMMONJS {
        /// Whether `require()` asks the disk before it loads a file.
        fscheck: Option<bool> =
            Key::new("commonjs", "fscheck", Kind::Flag).example("true").since_0_6();
    }
}

section! {
    /// Language models that the app brings along.
    Ai, AI {
        /// File of the model.
        llm_model_path: Option<String> =
            Key::new("ai.llm.model", "path", Kind::Text).example("models/small.gguf").since_0_6();
        /// File of the adapter that goes with it.
        llm_lora_path: Option<String> =
            Key::new("ai.llm.lora", "path", Kind::Text).example("models/adapter.gguf").since_0_6();
    }
}
