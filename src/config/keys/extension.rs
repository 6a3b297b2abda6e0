//! `[extension]`, in the `socket.ini` of an extension itself.

use super::{Key, Kind, LINES, SPACES};

keys! {
    EXTENSION {
        /// Source files of the extension.
        key = Key::new("extension", "sources", LINES).example("extension.cc");
        /// What is made of them: a shared library or WebAssembly.
        key = Key::new("extension", "target", Kind::Text).example("shared");
        /// Shell command that runs before the extension is compiled.
        key = Key::new("extension.build", "script", Kind::Text).example("./configure");
        /// Options for the compiler.
        key = Key::new("extension.compiler", "flags", SPACES).example("-O3");
        /// The same, in debug builds.
        key = Key::new("extension.compiler", "debug_flags", SPACES).example("-g");
        /// Options for the linker.
        key = Key::new("extension.linker", "flags", SPACES).example("-lm");
        /// The same, in debug builds.
        key = Key::new("extension.linker", "debug_flags", SPACES).example("-g");
        /// Options for the compiler, on one system alone.
        key = Key::new("extension.<os>.compiler", "flags", SPACES).example("-O3");
        /// The same, in debug builds.
        key = Key::new("extension.<os>.compiler", "debug_flags", SPACES).example("-g");
        /// Options for the linker, on one system alone.
        key = Key::new("extension.<os>.linker", "flags", SPACES).example("-lm");
        /// The same, in debug builds.
        key = Key::new("extension.<os>.linker", "debug_flags", SPACES).example("-g");
    }
}
