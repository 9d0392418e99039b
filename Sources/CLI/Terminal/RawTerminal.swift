import Glibc

/// Puts a terminal into raw mode and back.
package final class RawTerminal {
    private let descriptor: Int32
    private var saved: termios
    private var isRaw = false

    /// Nil where the descriptor is no terminal.
    package init?(_ descriptor: Int32) {
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { return nil }
        self.descriptor = descriptor
        saved = settings
    }

    package func enter() {
        var settings = saved
        cfmakeraw(&settings)
        isRaw = tcsetattr(descriptor, TCSANOW, &settings) == 0
    }

    package func restore() {
        guard isRaw else { return }
        isRaw = false
        tcsetattr(descriptor, TCSANOW, &saved)
    }

    deinit {
        restore()
    }
}
