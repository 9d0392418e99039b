import CLinux
import Glibc
internal import LinuxSystem

/// Connects the caller's terminal with the one of a process in the foreground.
struct TerminalRelay {
    private enum Token: UInt64 {
        case input = 2
        case master = 3
    }

    private let socket: Int32
    private var master: Int32 = -1
    private var saved: termios?
    private var inputOpen = true
    private var masterOpen = true
    private var watchedInput = false

    /// - Parameter socket: The end of a socket pair over which the master arrives.
    init(receivingFrom socket: Int32) { self.socket = socket }

    /// Takes the master and puts the caller's terminal into raw mode.
    mutating func begin() throws {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = try systemCall("receive the terminal") {
            linux_receive_descriptor(socket, &buffer, buffer.count, &master)
        }
        close(socket)
        guard count > 0, master >= 0 else { throw RuntimeError.container("the process sent no terminal") }
        copySize()
        var settings = termios()
        guard tcgetattr(0, &settings) == 0 else { return }
        saved = settings
        cfmakeraw(&settings)
        tcsetattr(0, TCSANOW, &settings)
    }

    /// Copies what is left and restores the caller's terminal.
    mutating func finish() {
        if master >= 0 {
            _ = linux_fcntl(master, F_SETFL, Int(O_NONBLOCK))
            while masterOpen, copy(from: master, to: 1) {}
            close(master)
        }
        if var saved { tcsetattr(0, TCSANOW, &saved) }
    }

    mutating func watch(_ epoll: borrowing Epoll) throws {
        try epoll.add(master, events: EPOLLIN.rawValue, token: Token.master.rawValue)
        // A regular file as standard input cannot be watched; it is always readable and is copied at once.
        do throws(SystemError) {
            try epoll.add(0, events: EPOLLIN.rawValue, token: Token.input.rawValue)
            watchedInput = true
        } catch {
            while copy(from: 0, to: master) {}
            inputOpen = false
        }
    }

    mutating func copy(_ token: UInt64) {
        switch Token(rawValue: token) {
        case .input: inputOpen = copy(from: 0, to: master)
        case .master: masterOpen = copy(from: master, to: 1)
        case nil: return
        }
    }

    /// An end that is at its end must not wake the loop again.
    mutating func unwatchClosed(_ epoll: borrowing Epoll) {
        if !inputOpen, watchedInput {
            try? epoll.remove(0)
            watchedInput = false
        }
        if !masterOpen { try? epoll.remove(master) }
    }

    func copySize() {
        var size = winsize()
        guard ioctl(0, UInt(TIOCGWINSZ), &size) == 0 else { return }
        linux_terminal_set_size(master, size.ws_row, size.ws_col)
    }

    /// False at the end of the source.
    private func copy(from source: Int32, to target: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = read(source, &buffer, buffer.count)
        guard count > 0 else { return false }
        return buffer.withUnsafeBytes { bytes in
            var rest = UnsafeRawBufferPointer(rebasing: bytes.prefix(count))
            while !rest.isEmpty {
                let written = write(target, rest.baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            }
            return true
        }
    }
}
