//! Apps that talk to each other: real windows, real sockets, an indexed peer of ours between them.
#![allow(clippy::unwrap_used, reason = "helpers of tests panic, too")]

mod support;

use std::fs;

use support::{App, Built, IndexedPeer, Project, actor, inspect};

#[test]
fn two_apps_find_each_other_and_everything_said_arrives() {
    let server = IndexedPeer::start();
    let (ann, mut first) = start(None, &server, "ann", LISTENER);
    first.line("listening");
    let (_bob, mut second) = start(Some(&first), &server, "bob", SPEAKER);
    assert_eq!(second.line("met"), "1");
    // Published, in several packets, streamed to all, streamed to one; verified as a whole.
    for (event, value) in [
        ("mew", "{\"food\":true} full".to_owned()),
        ("long", format!("{} full", 3_000)),
        ("group", "\"all\" legacy".to_owned()),
        ("alone", "\"one\" legacy".to_owned()),
    ] {
        assert_eq!(first.line(event), value, "{event}");
    }
    assert_eq!(second.line("answered"), "\"noon\"");
    assert_eq!(second.line("own"), "mew");
    assert_eq!(first.line("order"), "one two three");
    assert_eq!(first.line("previous"), "two");
    second.end();
    assert_eq!(first.line("left"), "1");
    let lost = actor(&inspect(&ann.home, first.pid()), "network")["lost"].clone();
    assert_eq!(lost, 0);
}

#[test]
fn a_peer_relays_on_when_its_page_is_gone_and_a_new_page_reads_what_came() {
    let server = IndexedPeer::start();
    let (ann, mut first) = start(None, &server, "ann", RELOADER);
    assert_eq!(first.line("away"), "1");
    let (_bob, mut second) = start(Some(&first), &server, "bob", LATE_SPEAKER);
    second.line("said");
    fs::write(ann.resources().join("go.txt"), "").unwrap();
    assert_eq!(first.line("kept"), "while you were away");
    assert_eq!(first.line("same"), "true");
}

#[test]
fn an_app_comes_back_by_its_neighbours_when_the_bootstrap_is_gone() {
    let server = IndexedPeer::start();
    let (_ann, mut first) = start(None, &server, "ann", GREETER);
    assert_eq!(first.line("open"), "1");
    let (bob, mut second) = start(Some(&first), &server, "bob", GREETER);
    assert_eq!(second.line("met"), "1");
    second.end();
    drop(server);
    let mut second = App::start_beside(&mut bob.command());
    assert_eq!(second.line("met"), "1");
    assert_eq!(second.line("warned"), "ERR_RELAY_UNANSWERED");
}

#[test]
fn a_window_without_the_permission_gets_a_typed_error() {
    let page = "
        import { network, Encryption } from 'socket:network'
        const signingKeys = await Encryption.createKeyPair()
        try { await network({ clusterId: 'x', signingKeys }) } catch ({ name, code }) { console.log('refused', name, code) }";
    let (_built, mut app) = Project::new("refused")
        .ini("[permissions]\nallow_network = false")
        .page(page)
        .start();
    assert_eq!(app.line("refused"), "NotAllowedError ERR_PERMISSION");
}

/// An app with one page that runs a module; `beside` is another of the same test.
fn start(beside: Option<&App>, server: &IndexedPeer, name: &str, module: &str) -> (Built, App) {
    let built = Project::new(name)
        .ini(&format!(
            "[peer]\nbootstrap[] = {}\nkeepalive = 1000",
            server.address()
        ))
        .file("src/away.html", AWAY)
        .file("src/common.js", COMMON)
        .page(module)
        .build();
    let app = match beside {
        Some(_) => App::start_beside(&mut built.command()),
        None => built.start(),
    };
    (built, app)
}

/// What every page does first: a bus and a room.
const COMMON: &str = "
    import { network, Encryption } from 'socket:network'
    export const signingKeys = await Encryption.createKeyPair()
    export const peerId = localStorage.peerId ??= await Encryption.createId()
    export const clusterId = await Encryption.createClusterId('TEST')
    export const sharedKey = await Encryption.createSharedKey('the secret of the room')
    export const socket = await network({ peerId, clusterId, signingKeys })
    export const room = await socket.subcluster({ sharedKey })
    export const once = (emitter, name) => new Promise((resolve) => emitter.once(name, (...args) => resolve(args)))";

const LISTENER: &str = "
    import { room, socket } from './common.js'
    room.on('mew', (value, packet) => console.log('mew', String(value), packet.verification))
    room.on('long', (value, packet) => console.log('long', value.length, packet.verification))
    room.on('group', (value, packet) => console.log('group', String(value), packet.verification))
    room.on('alone', (value, packet) => console.log('alone', String(value), packet.verification))
    const said = []
    room.on('said', async (value, packet) => {
      said.push(String(value))
      if (said.length < 3) return
      console.log('order', said.join(' '))
      console.log('previous', String((await room.previous(packet)).value))
    }, { order: 'causal' })
    room.on('#leave', (peer) => console.log('left', room.peers.has(peer.peerId) ? 0 : 1))
    socket.on('#query', (question, packet, port, address, reply) => question.ask === 'time' && reply('\"noon\"'))
    console.log('listening', 1)";

const SPEAKER: &str = "
    import { once, room, socket } from './common.js'
    const [peer] = await once(room, '#join')
    console.log('met', room.peers.size)
    room.on('mew', () => console.log('own', 'mew'))
    await room.emit('mew', { food: true })
    await room.emit('long', new Uint8Array(3000).fill(7))
    await room.stream('group', '\"all\"')
    await peer.emit('alone', '\"one\"')
    const [one] = await room.emit('said', 'one')
    const [two] = await room.emit('said', 'two', { packet: one })
    await room.emit('said', 'three', { packet: two })
    socket.on('#answer', (message) => console.log('answered', String(message)))
    await socket.query({ ask: 'time' })";

const GREETER: &str = "
    import { room, once, socket } from './common.js'
    socket.on('#warning', ({ code }) => console.log('warned', code))
    console.log('open', 1)
    if (room.peers.size === 0) await once(room, '#join')
    console.log('met', room.peers.size)";

const RELOADER: &str = "
    import { room, once, peerId, socket } from './common.js'
    const isBack = sessionStorage.wasHere
    sessionStorage.wasHere = true
    if (isBack) {
      const notes = async () => (await room.messages('note')).map(({ value }) => String(value))
      while ((await notes()).length === 0) await once(room, 'note')
      console.log('kept', (await notes()).join())
      console.log('same', socket.peerId === peerId)
    } else {
      if (socket.peer.getPeers().length === 0) await once(socket, '#connection')
      location.href = 'away.html'
    }";

/// A page without any network, until the test says so.
const AWAY: &str = "<!doctype html><meta charset=utf-8><title>away</title><script type=module>
    console.log('away', 1)
    while (!(await fetch('go.txt')).ok) await new Promise((resolve) => setTimeout(resolve, 20))
    location.href = 'index.html'
    </script>";

const LATE_SPEAKER: &str = "
    import { once, room, socket } from './common.js'
    if (socket.peer.getPeers().length === 0) await once(socket, '#connection')
    await room.emit('note', 'while you were away')
    console.log('said', 1)";
