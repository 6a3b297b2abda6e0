//! `[build]` and what stands below it.

use super::{COMMAS, Key, Kind, LINES, SPACES, Values};

section! {
    /// What is built, and from what.
    Build, BUILD {
        /// Name of the app and of its executable.
        name: String = Key::new("build", "name", Kind::Name).required().example("my-app");
        /// Folder that is copied into the app as it is.
        copy: String = Key::new("build", "copy", Kind::Text).default("src");
        /// INI file whose lines `source = target` name more files to copy.
        /// The section `[build.copy-map]` does the same in this file.
        copy_map: Option<String> =
            Key::new("build", "copy_map", Kind::Text).example("src/mapping.ini");
        /// Folder that the result is written to; worth a line in .gitignore.
        output: String = Key::new("build", "output", Kind::Text).default("build");
        /// Environment variables that pages may read in process.env.
        env: Vec<String> = Key::new("build", "env", COMMAS).example("HOME, USER, TMPDIR");
        /// Whether the window stays hidden.
        headless: bool = Key::new("build", "headless", Kind::Flag).default("false");
        /// Shell command that runs before files are copied.
        script: Option<String> = Key::new("build", "script", Kind::Text).example("npm run build");
        /// What is built: an app or an extension; the older place of `[meta] type`.
        kind: Option<String> = Key::new("build", "type", Kind::Text).example("application");
        /// Options for the C++ compiler of Socket Runtime. Nothing is compiled here,
        /// so they are kept and not used.
        flags: Vec<String> = Key::new("build", "flags", SPACES).example("-O3");
        /// Whether the build's own arguments are handed on to the script.
        script_forward_arguments: bool =
            Key::new("build.script", "forward_arguments", Kind::Flag).default("false");
        /// Shell command that runs after files are copied.
        script_after: Option<String> =
            Key::new("build.script", "after", Kind::Text).example("npm run sign").since_0_6();
        /// Files and folders that a build with --watch looks after.
        watch_sources: Vec<String> = Key::new("build.watch", "sources", LINES).example("src");
        /// How long changes must rest before a watching build starts again, in milliseconds.
        watch_debounce_timeout: Option<std::time::Duration> =
            Key::new("build.watch", "debounce_timeout", Kind::Millis).example("250").since_0_6();
        /// Form of the package for Linux.
        linux_package_format: Option<String> =
            Key::new("build.linux", "package_format", Kind::OneOf(&["deb", "zip"]))
                .example("deb")
                .only(&["linux"]);
        /// Form of the package for macOS.
        mac_package_format: Option<String> =
            Key::new("build.mac", "package_format", Kind::OneOf(&["zip", "pkg"]))
                .example("zip")
                .only(&["mac"]);
        /// INI file like `copy_map`, for Android alone.
        android_copy_map: Option<String> = Key::new("build.android", "copy_map", Kind::Text)
            .example("src/android.ini")
            .only(&["android"]);
        /// INI file like `copy_map`, for iOS alone.
        ios_copy_map: Option<String> =
            Key::new("build.ios", "copy_map", Kind::Text).example("src/ios.ini").only(&["ios"]);
        /// Whether extensions must have been built for exactly this version of the runtime.
        extensions_abi_strict: Option<bool> =
            Key::new("build.extensions.abi", "strict", Kind::Flag).example("true");
    }
}

keys! {
    BUILD_FREE {
        /// Files and folders to copy besides `[build] copy`: `source = target`.
        key = Key::free("build.copy-map", "node_modules/lib/index.js = lib/index.js");
        /// Extensions of the app: `name = source file or folder`.
        key = Key::free("build.extensions", "sqlite3 = src/extensions/sqlite3");
        /// Extensions for one system alone.
        key = Key::free("build.extensions.<os>", "hotkeys = src/extensions/hotkeys");
        /// Options for the compiler of the app's extensions.
        key = Key::new("build.extensions.compiler", "flags", SPACES).example("-O3");
        /// The same, in debug builds.
        key = Key::new("build.extensions.compiler", "debug_flags", SPACES).example("-g");
        /// Options for the linker of the app's extensions.
        key = Key::new("build.extensions.linker", "flags", SPACES).example("-lm");
        /// The same, in debug builds.
        key = Key::new("build.extensions.linker", "debug_flags", SPACES).example("-g");
        /// Options for the compiler, on one system alone.
        key = Key::new("build.extensions.<os>.compiler", "flags", SPACES).example("-O3");
        /// The same, in debug builds.
        key = Key::new("build.extensions.<os>.compiler", "debug_flags", SPACES).example("-g");
        /// Options for the linker, on one system alone.
        key = Key::new("build.extensions.<os>.linker", "flags", SPACES).example("-lm");
        /// The same, in debug builds.
        key = Key::new("build.extensions.<os>.linker", "debug_flags", SPACES).example("-g");
    }
}

section! {
    /// What differs in debug builds.
    Debug, DEBUG {
        /// What `runtime inspect` may do to the app: nothing (off), look (read) or change
        /// actors too (control). Without this key it is `read` in debug builds, `control`
        /// if they are run with --control, and `off` in every other build. Unless it is
        /// `off`, pages may look, too, with `socket:diagnostics`.
        inspector: Option<String> =
            Key::new("debug", "inspector", Kind::OneOf(&["off", "read", "control"]))
                .example("read");
        /// Options for the C++ compiler of Socket Runtime; kept and not used.
        flags: Vec<String> = Key::new("debug", "flags", SPACES).example("-g");
    }
}
