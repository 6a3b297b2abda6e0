//! Reads and checks `socket.ini`, its overrides and its older forms.
