internal import Glibc
internal import LinuxSystem

/// The rotated files of a log: `log.1` is the newest, and with compression becomes `log.1.gz` after a while.
final class LogRotation {
    private let destination: LogDestination
    private let compressor: LogCompressor?
    private let report: (String) -> Void
    /// The number that the file being compressed has by now; beyond the last it is gone.
    private var compressing: Int?
    private var isBroken = false

    init(_ destination: LogDestination, compressor: LogCompressor?, report: @escaping (String) -> Void) {
        self.destination = destination
        self.compressor = compressor
        self.report = report
    }

    private var last: Int { destination.maximumFiles - 1 }
    private var unfinished: String { destination.path + ".gz.tmp" }

    private func name(_ number: Int, compressed: Bool = false) -> String {
        "\(destination.path).\(number)\(compressed ? ".gz" : "")"
    }

    /// Moves the log out of the way of a new one.
    func rotate() throws(SystemError) {
        guard last > 0 else { return }
        for compressed in [false, true] {
            unlink(name(last, compressed: compressed))
            for number in stride(from: last, to: 1, by: -1) {
                rename(name(number - 1, compressed: compressed), name(number, compressed: compressed))
            }
        }
        try File.rename(destination.path, to: name(1))
        compressing = compressing.map { $0 + 1 }
        compressNext()
    }

    /// Compresses the oldest file that is not yet, one at a time.
    private func compressNext() {
        guard let compressor, destination.compresses, compressing == nil, !isBroken, last > 0 else { return }
        guard let number = (1...last).last(where: { File.exists(name($0)) }) else { return }
        do {
            let source = try Descriptor.open(name(number), O_RDONLY | O_NOFOLLOW)
            let target = try Descriptor.open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o640)
            compressing = number
            try compressor.run(source.rawValue, target.rawValue) { isDone in self.compressed(isDone) }
        } catch {
            compressing = nil
            fail("\(error)")
        }
    }

    private func compressed(_ isDone: Bool) {
        guard let number = compressing else { return }
        compressing = nil
        guard isDone else { return fail("gzip failed") }
        if number > last || rename(unfinished, name(number, compressed: true)) != 0 {
            unlink(unfinished)
        } else {
            unlink(name(number))
        }
        compressNext()
    }

    /// The files stay as they are; trying again at each rotation would fail again.
    private func fail(_ reason: String) {
        isBroken = true
        unlink(unfinished)
        report("rotated logs stay uncompressed: \(reason)")
    }
}
