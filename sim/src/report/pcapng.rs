//! Datagrams as a pcapng file that any packet analyser opens.
//!
//! See draft-ietf-opsawg-pcapng: a section header (4.1), one interface of raw IP packets with
//! times in microseconds (4.2), then an enhanced packet (4.3) for each datagram, put into an
//! IPv4 header (RFC 791) and a UDP header (RFC 768) with their checksums (RFC 1071).

use std::io::{self, Write};

/// Writes datagrams as they come.
pub struct PcapngWriter<W> {
    out: W,
    /// Number of the next datagram, which becomes its IPv4 identification.
    number: u16,
}

/// One datagram with its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Captured<'a> {
    /// When, in virtual microseconds since the start.
    pub at_us: u64,
    /// Address and port of who sent it.
    pub from: ([u8; 4], u16),
    /// Address and port of who was to get it.
    pub to: ([u8; 4], u16),
    /// Its payload, at most [`PAYLOAD_BYTES_MAX`]; the rest is cut off.
    pub payload: &'a [u8],
}

impl<W: Write> PcapngWriter<W> {
    /// Begins a file; `name` is what the interface is called, such as the node.
    ///
    /// # Errors
    /// If `out` fails.
    pub fn new(out: W, name: &str) -> io::Result<Self> {
        let mut writer = Self { out, number: 0 };
        let mut section = Vec::new();
        section.extend(BYTE_ORDER.to_le_bytes());
        section.extend(1u16.to_le_bytes());
        section.extend(0u16.to_le_bytes());
        section.extend(u64::MAX.to_le_bytes());
        writer.block(SECTION, &section)?;
        let mut interface = Vec::new();
        interface.extend(LINKTYPE_RAW.to_le_bytes());
        interface.extend([0; 6]);
        option(&mut interface, OPTION_NAME, name.as_bytes());
        option(&mut interface, OPTION_RESOLUTION, &[6]);
        option(&mut interface, OPTION_END, &[]);
        writer.block(INTERFACE, &interface)?;
        Ok(writer)
    }

    /// Adds a datagram.
    ///
    /// # Errors
    /// If `out` fails.
    pub fn write(&mut self, datagram: &Captured) -> io::Result<()> {
        let packet = self.ip_packet(datagram);
        let mut body = Vec::with_capacity(packet.len() + 24);
        body.extend(0u32.to_le_bytes());
        body.extend(((datagram.at_us >> 32) as u32).to_le_bytes());
        body.extend((datagram.at_us as u32).to_le_bytes());
        body.extend((packet.len() as u32).to_le_bytes());
        body.extend((packet.len() as u32).to_le_bytes());
        body.extend(&packet);
        pad(&mut body);
        self.block(PACKET, &body)
    }

    /// Ends the file and gives back what it was written to.
    ///
    /// # Errors
    /// If `out` fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn block(&mut self, kind: u32, body: &[u8]) -> io::Result<()> {
        let length = (body.len() as u32 + 12).to_le_bytes();
        self.out.write_all(&kind.to_le_bytes())?;
        self.out.write_all(&length)?;
        self.out.write_all(body)?;
        self.out.write_all(&length)
    }

    fn ip_packet(&mut self, datagram: &Captured) -> Vec<u8> {
        let payload = &datagram.payload[..datagram.payload.len().min(PAYLOAD_BYTES_MAX)];
        let ((from, from_port), (to, to_port)) = (datagram.from, datagram.to);
        let udp_length = (8 + payload.len()) as u16;
        let mut packet = Vec::with_capacity(28 + payload.len());
        packet.extend([0x45, 0]);
        packet.extend((20 + udp_length).to_be_bytes());
        packet.extend(self.number.to_be_bytes());
        packet.extend([0x40, 0, HOPS_LEFT, UDP, 0, 0]);
        packet.extend(from);
        packet.extend(to);
        let sum = checksum(&packet, 0);
        packet[10..12].copy_from_slice(&sum.to_be_bytes());
        packet.extend(from_port.to_be_bytes());
        packet.extend(to_port.to_be_bytes());
        packet.extend(udp_length.to_be_bytes());
        packet.extend([0, 0]);
        packet.extend(payload);
        // The pseudo header: both addresses, the protocol, the length.
        let pseudo = u32::from(UDP) + u32::from(udp_length) + sum_of(&[from, to].concat());
        let sum = match checksum(&packet[20..], pseudo) {
            0 => 0xffff,
            sum => sum,
        };
        packet[26..28].copy_from_slice(&sum.to_be_bytes());
        self.number = self.number.wrapping_add(1);
        packet
    }
}

fn option(body: &mut Vec<u8>, code: u16, value: &[u8]) {
    body.extend(code.to_le_bytes());
    body.extend((value.len() as u16).to_le_bytes());
    body.extend(value);
    pad(body);
}

/// Fills up to a multiple of four bytes.
fn pad(body: &mut Vec<u8>) {
    body.resize(body.len().next_multiple_of(4), 0);
}

/// The Internet checksum.
fn checksum(bytes: &[u8], start: u32) -> u16 {
    let mut sum = start + sum_of(bytes);
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    !(sum as u16)
}

/// The sum of 16-bit words, an odd byte filled up with zero; 64 kB cannot overflow it.
fn sum_of(bytes: &[u8]) -> u32 {
    let word = |pair: &[u8]| u32::from(pair[0]) << 8 | pair.get(1).map_or(0, |low| (*low).into());
    bytes.chunks(2).map(word).sum()
}

/// What fits into one IPv4 packet.
pub const PAYLOAD_BYTES_MAX: usize = 65_507;
const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const PACKET: u32 = 6;
const BYTE_ORDER: u32 = 0x1a2b_3c4d;
/// `LINKTYPE_RAW`: an IPv4 or IPv6 header comes first.
const LINKTYPE_RAW: u16 = 101;
const OPTION_END: u16 = 0;
const OPTION_NAME: u16 = 2;
const OPTION_RESOLUTION: u16 = 9;
const UDP: u8 = 17;
const HOPS_LEFT: u8 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_add_up_to_nothing_and_blocks_say_their_length_twice() {
        for payload in [&b"odd"[..], b"even", b""] {
            let mut writer = PcapngWriter::new(Vec::new(), "node 1").unwrap();
            let datagram = Captured {
                at_us: 1 << 33,
                from: ([10, 0, 0, 1], 9777),
                to: ([203, 0, 113, 9], 40_000),
                payload,
            };
            let packet = writer.ip_packet(&datagram);
            assert_eq!(checksum(&packet[..20], 0), 0);
            let pseudo = 17 + (packet.len() - 20) as u32 + sum_of(&packet[12..20]);
            assert_eq!(checksum(&packet[20..], pseudo), 0);
            writer.write(&datagram).unwrap();
            let file = writer.finish().unwrap();
            let mut rest = &file[..];
            let mut kinds = Vec::new();
            while !rest.is_empty() {
                let number = |at: usize| u32::from_le_bytes(rest[at..at + 4].try_into().unwrap());
                let length = number(4) as usize;
                assert_eq!(length % 4, 0);
                assert_eq!(number(length - 4) as usize, length);
                kinds.push(number(0));
                rest = &rest[length..];
            }
            assert_eq!(kinds, [SECTION, INTERFACE, PACKET]);
        }
    }
}
