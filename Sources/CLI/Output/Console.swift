import Glibc

/// The program's output: stdout is gathered and written in one go, stderr at once and in order with it.
package final class Console {
    package let output: Int32
    package let errorOutput: Int32
    package let input: Int32
    private var pending: [UInt8] = []

    package init(input: Int32 = 0, output: Int32 = 1, errorOutput: Int32 = 2) {
        self.input = input
        self.output = output
        self.errorOutput = errorOutput
    }

    package func print(_ text: String, terminator: String = "\n") {
        pending += text.utf8
        pending += terminator.utf8
    }

    package func write(_ bytes: some Sequence<UInt8>) {
        pending += bytes
        if pending.count >= 64 << 10 { flush() }
    }

    package func printError(_ text: String, terminator: String = "\n") {
        flush()
        Self.write(Array((text + terminator).utf8)[...], to: errorOutput)
    }

    package func flush() {
        guard !pending.isEmpty else { return }
        Self.write(pending[...], to: output)
        pending.removeAll(keepingCapacity: true)
    }

    /// Writes everything, waiting for descriptors that do not block as for those that do.
    /// Output that nobody takes (a closed pipe ends the process by signal) is dropped.
    package static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { buffer in
                retrying { Glibc.write(descriptor, buffer.baseAddress, buffer.count) }
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0 && errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
            } else {
                return
            }
        }
    }
}

extension Console {
    package var isInputTerminal: Bool { isatty(input) == 1 }
    package var isOutputTerminal: Bool { isatty(output) == 1 }
    package var isErrorTerminal: Bool { isatty(errorOutput) == 1 }

    /// Columns of the terminal, or 80 where there is none.
    package var width: Int {
        WindowSize.of(input).map { Int($0.columns) } ?? 80
    }
}
