internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// Takes bytes without framing: a FIFO that containerd reads, a file, or a process's standard input.
final class RawSink {
    private var descriptor: Descriptor?
    private let loop: EventLoop
    private var pending: [UInt8] = []
    private var isRegistered = false
    private var closesWhenDrained = false
    /// Called when a full sink has taken everything.
    var onDrain: () -> Void = {}

    init(_ descriptor: consuming Descriptor, loop: EventLoop) {
        self.descriptor = consume descriptor
        self.loop = loop
    }

    var isFull: Bool { !pending.isEmpty }
    var isOpen: Bool { descriptor != nil }
    private var fd: Int32 { descriptor?.rawValue ?? -1 }

    /// Writes, or keeps what the kernel does not take; the caller stops reading while ``isFull``.
    func write(_ bytes: UnsafeRawBufferPointer) {
        guard descriptor != nil, !closesWhenDrained else { return }
        guard pending.isEmpty else {
            pending.append(contentsOf: bytes)
            return
        }
        let written = push(bytes)
        guard written < bytes.count, descriptor != nil else { return }
        pending = Array(bytes[written...])
        do throws(SystemError) {
            try loop.register(fd, .writable) { [weak self] _ in self?.flush() }
            isRegistered = true
        } catch {
            close()
        }
    }

    func closeWhenDrained() {
        closesWhenDrained = true
        if pending.isEmpty { close() }
    }

    func close() {
        if isRegistered { loop.deregister(fd) }
        isRegistered = false
        pending = []
        descriptor = nil
    }

    private func flush() {
        let written = pending.withUnsafeBytes { push($0) }
        guard descriptor != nil else { return onDrain() }
        if written > 0 { pending.removeFirst(written) }
        guard pending.isEmpty else { return }
        loop.deregister(fd)
        isRegistered = false
        if closesWhenDrained { close() }
        onDrain()
    }

    private func push(_ bytes: UnsafeRawBufferPointer) -> Int {
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(fd, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            if count >= 0 {
                written += count
            } else if errno == EAGAIN {
                return written
            } else if errno != EINTR {
                // The reader is gone or the disk is full: the rest has no place to go.
                close()
                return bytes.count
            }
        }
        return written
    }
}
