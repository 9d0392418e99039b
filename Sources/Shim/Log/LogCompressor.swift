internal import Glibc
internal import LinuxSystem

/// Compresses a rotated log file, beside the log.
package struct LogCompressor {
    /// Reads the first descriptor, writes the second, and says whether it worked, now or later.
    package typealias Run = (_ source: Int32, _ target: Int32, _ completion: @escaping (Bool) -> Void) throws -> Void

    package let run: Run

    package init(run: @escaping Run) { self.run = run }

    /// gzip(1), so that neither its memory nor its time is the shim's.
    static func gzip(_ reaper: ChildReaper) -> LogCompressor {
        LogCompressor { source, target, completion in
            let null = try Descriptor.open("/dev/null", O_WRONLY)
            _ = try reaper.runServant("gzip", ["-c"], descriptors: (source, target, null.rawValue)) { status in
                completion(status == .exited(code: 0))
            }
        }
    }
}
