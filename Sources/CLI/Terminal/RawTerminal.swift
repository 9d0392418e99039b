import Glibc

/// Puts a terminal into raw mode and back.
final class RawTerminal {
    private let descriptor: Int32
    private var saved: termios
    private var isRaw = false

    /// Nil where the descriptor is no terminal.
    init?(_ descriptor: Int32) {
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { return nil }
        self.descriptor = descriptor
        saved = settings
    }

    func enter() {
        var settings = saved
        cfmakeraw(&settings)
        isRaw = tcsetattr(descriptor, TCSANOW, &settings) == 0
    }

    func restore() {
        guard isRaw else { return }
        isRaw = false
        tcsetattr(descriptor, TCSANOW, &saved)
    }

    deinit {
        restore()
    }
}
