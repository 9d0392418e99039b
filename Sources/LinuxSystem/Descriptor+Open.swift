package import CLinux
import Glibc

extension Descriptor {
    // A string handed to C as it is would be copied into an array first.

    /// open(2), close-on-exec.
    package static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(SystemError) -> Descriptor {
        Descriptor(
            owning: try systemCall("open", path) { path.withCString { linux_open($0, flags | O_CLOEXEC, mode) } })
    }

    /// openat(2), close-on-exec; `directory` may be `AT_FDCWD`.
    package static func open(
        at directory: Int32, _ path: String, _ flags: Int32, mode: mode_t = 0
    ) throws(SystemError) -> Descriptor {
        Descriptor(
            owning: try systemCall("open", path) {
                path.withCString { linux_openat(directory, $0, flags | O_CLOEXEC, mode) }
            })
    }

    /// openat2(2), close-on-exec: resolves a path under rules (`RESOLVE_IN_ROOT` …).
    ///
    /// The kernel gives up with EAGAIN when a rename elsewhere races with `..`; it is asked again a few times.
    package static func open(
        at directory: Int32, _ path: String, _ flags: Int32, mode: mode_t = 0, resolve: Int32
    ) throws(SystemError) -> Descriptor {
        var attempts = 0
        while true {
            do {
                return Descriptor(
                    owning: try systemCall("open", path) {
                        path.withCString {
                            linux_openat2(
                                directory, $0, UInt64(UInt32(bitPattern: flags | O_CLOEXEC)), UInt64(mode),
                                UInt64(UInt32(bitPattern: resolve)))
                        }
                    })
            } catch  where error.errno == EAGAIN && attempts < 32 {
                attempts += 1
            }
        }
    }

    /// linux_pipe2(2): (read end, write end).
    package static func pipe(flags: Int32 = 0) throws(SystemError) -> Pipe {
        var ends: (Int32, Int32) = (-1, -1)
        try systemCall("pipe") {
            withUnsafeMutablePointer(to: &ends) {
                $0.withMemoryRebound(to: Int32.self, capacity: 2) { linux_pipe2($0, flags | O_CLOEXEC) }
            }
        }
        return Pipe(reading: Descriptor(owning: ends.0), writing: Descriptor(owning: ends.1))
    }

    /// socketpair(2) of Unix sockets.
    package static func socketPair(type: Int32) throws(SystemError) -> Pipe {
        var ends: (Int32, Int32) = (-1, -1)
        try systemCall("socketpair") {
            withUnsafeMutablePointer(to: &ends) {
                $0.withMemoryRebound(to: Int32.self, capacity: 2) {
                    socketpair(AF_UNIX, type | Int32(SOCK_CLOEXEC.rawValue), 0, $0)
                }
            }
        }
        return Pipe(reading: Descriptor(owning: ends.0), writing: Descriptor(owning: ends.1))
    }

    /// memfd_create(2).
    package static func memory(name: String, flags: UInt32) throws(SystemError) -> Descriptor {
        Descriptor(owning: try systemCall("memfd_create", name) { linux_memfd_create(name, flags | 1) })
    }
}

/// The two ends of a pipe, or of a socket pair.
package struct Pipe: ~Copyable {
    package var reading: Descriptor
    package var writing: Descriptor

    package init(reading: consuming Descriptor, writing: consuming Descriptor) {
        self.reading = reading
        self.writing = writing
    }

    /// Gives up ownership of both ends.
    package consuming func release() -> (reading: Int32, writing: Int32) {
        (reading.release(), writing.release())
    }
}
