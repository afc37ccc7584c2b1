//! The system calls behind a namespace. The only file with unsafe code: the standard library offers none of these.
#![allow(unsafe_code)]

use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::Arc;

fn check(result: libc::c_int) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Moves the calling thread into a network namespace that did not exist before.
pub(crate) fn unshare_network() -> io::Result<()> {
    // SAFETY: no memory is involved, and CLONE_NEWNET does not touch what threads share.
    check(unsafe { libc::unshare(libc::CLONE_NEWNET) })
}

/// Moves the calling thread into the network namespace that `namespace` is open on.
pub(crate) fn enter(namespace: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: no memory is involved; the descriptor is open for as long as it is borrowed.
    check(unsafe { libc::setns(namespace.as_raw_fd(), libc::CLONE_NEWNET) })
}

/// Makes the command's process start in the namespace.
pub(crate) fn start_within(command: &mut Command, namespace: Arc<File>) {
    use std::os::fd::AsFd as _;
    // SAFETY: between fork and exec only setns is called, which is a bare system call: it takes no lock and allocates
    // nothing. The descriptor is held by the closure.
    unsafe {
        command.pre_exec(move || enter(namespace.as_fd()));
    }
}

/// Lets timers of the calling thread fire when they are due instead of up to 50 us later.
pub(crate) fn sharpen_timers() {
    // SAFETY: no memory is involved. Where it fails, timers are as they were.
    unsafe {
        libc::prctl(libc::PR_SET_TIMERSLACK, 1 as libc::c_ulong, 0, 0, 0);
    }
}

fn request(interface: &CStr) -> libc::ifreq {
    // SAFETY: the structure is plain integers, for which zero is a value.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(interface.to_bytes()) {
        *to = *from as libc::c_char;
    }
    request
}

fn ioctl<T>(file: &impl AsRawFd, code: u32, argument: &mut T) -> io::Result<()> {
    // SAFETY: callers pair each code with the structure that the kernel reads and writes for it.
    check(unsafe { libc::ioctl(file.as_raw_fd(), code as _, std::ptr::from_mut(argument)) })
}

/// Opens a new TUN interface in the namespace of the calling thread. Reads and writes are whole IP packets, and don't
/// wait.
pub(crate) fn open_tun(interface: &CStr) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = File::options();
    let tun = options.read(true).write(true).custom_flags(libc::O_NONBLOCK).open("/dev/net/tun")?;
    let mut request = request(interface);
    request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short;
    ioctl(&tun, libc::TUNSETIFF as u32, &mut request)?;
    Ok(tun)
}

fn socket_address(address: Ipv4Addr) -> libc::sockaddr {
    let mut data = [0; 14];
    for (to, from) in data.iter_mut().skip(2).zip(address.octets()) {
        *to = from as libc::c_char;
    }
    libc::sockaddr { sa_family: libc::AF_INET as libc::sa_family_t, sa_data: data }
}

/// Gives an interface its address and brings it up, in the namespace of the calling thread.
pub(crate) fn configure(interface: &CStr, address: Ipv4Addr, mask: Ipv4Addr, mtu: u16) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    let mut change = request(interface);
    change.ifr_ifru.ifru_mtu = mtu.into();
    ioctl(&socket, libc::SIOCSIFMTU as u32, &mut change)?;
    change.ifr_ifru.ifru_addr = socket_address(address);
    ioctl(&socket, libc::SIOCSIFADDR as u32, &mut change)?;
    change.ifr_ifru.ifru_netmask = socket_address(mask);
    ioctl(&socket, libc::SIOCSIFNETMASK as u32, &mut change)?;
    up(&socket, interface)
}

/// Brings up the loopback interface, in the namespace of the calling thread.
pub(crate) fn loopback_up() -> io::Result<()> {
    up(&UdpSocket::bind("0.0.0.0:0")?, c"lo")
}

fn up(socket: &UdpSocket, interface: &CStr) -> io::Result<()> {
    let mut change = request(interface);
    ioctl(socket, libc::SIOCGIFFLAGS as u32, &mut change)?;
    // SAFETY: the kernel has just written this member of the union.
    let flags = unsafe { change.ifr_ifru.ifru_flags };
    change.ifr_ifru.ifru_flags = flags | (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    ioctl(socket, libc::SIOCSIFFLAGS as u32, &mut change)
}

/// Sends everything that has no other route to this interface, in the namespace of the calling thread.
pub(crate) fn default_route(interface: &CStr) -> io::Result<()> {
    // SAFETY: the structure is plain integers and a pointer, for which zero is a value.
    let mut route: libc::rtentry = unsafe { std::mem::zeroed() };
    route.rt_dst = socket_address(Ipv4Addr::UNSPECIFIED);
    route.rt_genmask = socket_address(Ipv4Addr::UNSPECIFIED);
    route.rt_flags = libc::RTF_UP;
    // The kernel reads the name and does not write to it.
    route.rt_dev = interface.as_ptr().cast_mut();
    ioctl(&UdpSocket::bind("0.0.0.0:0")?, libc::SIOCADDRT as u32, &mut route)
}
