import LinuxSystem

/// Finds where the last lines of a log begin.
enum LogTail {
    struct Start {
        /// For a plain file.
        var offset: Int64 = 0
        /// For a compressed file, which cannot be entered in the middle.
        var linesToSkip = 0
        /// How many lines there are from here to the end of the file.
        var lines = 0
    }

    private static let blockSize = 65_536

    /// The start of the last `count` lines of a file, or of all if there are fewer. A torn last line counts as one.
    static func start(of file: LogFile, count: Int) throws(SystemError) -> Start {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: blockSize, alignment: 16)
        defer { block.deallocate() }
        if file.isCompressed {
            let total = try countLines(file, block)
            let skipped = max(0, total - count)
            return Start(linesToSkip: skipped, lines: total - skipped)
        }
        return try search(file, count: count, block)
    }

    /// Goes back block by block until one line feed more than the wanted lines is found.
    private static func search(
        _ file: LogFile, count: Int, _ block: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Start {
        var end = file.size
        var lines = 0
        var isAtEnd = true
        while end > 0 {
            let begin = max(0, end - Int64(blockSize))
            let wanted = UnsafeMutableRawBufferPointer(rebasing: block[..<Int(end - begin)])
            var filled = 0
            while filled < wanted.count {
                let got = try file.read(
                    at: begin + Int64(filled), into: UnsafeMutableRawBufferPointer(rebasing: wanted[filled...]))
                guard got > 0 else { break }
                filled += got
            }
            for place in stride(from: filled - 1, through: 0, by: -1) {
                let isLineFeed = wanted[place] == UInt8(ascii: "\n")
                if isAtEnd {
                    // The line feed that ends the last line does not begin another one.
                    isAtEnd = false
                    if isLineFeed { continue }
                }
                if isLineFeed {
                    lines += 1
                    if lines == count { return Start(offset: begin + Int64(place) + 1, lines: lines) }
                }
            }
            end = begin
        }
        return Start(offset: 0, lines: file.size > 0 ? lines + 1 : 0)
    }

    private static func countLines(
        _ file: LogFile, _ block: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Int {
        let source = try file.source()
        var lines = 0
        var last = UInt8(ascii: "\n")
        while true {
            let got = try source.read(into: block)
            if got == 0 { return last == UInt8(ascii: "\n") ? lines : lines + 1 }
            for byte in block[..<got] where byte == UInt8(ascii: "\n") { lines += 1 }
            last = block[got - 1]
        }
    }
}
