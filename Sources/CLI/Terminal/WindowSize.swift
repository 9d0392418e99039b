import Glibc

package struct WindowSize: Equatable, Sendable {
    package let rows: UInt16
    package let columns: UInt16

    /// The size of the terminal behind a descriptor, or nil where it is none or does not know.
    package static func of(_ descriptor: Int32) -> WindowSize? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return WindowSize(rows: size.ws_row, columns: size.ws_col)
    }
}
