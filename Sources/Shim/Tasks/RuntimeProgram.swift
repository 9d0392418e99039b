internal import Glibc
internal import LinuxSystem
internal import OCISpec

/// The OCI runtime below the shim, driven by runc's command line.
struct RuntimeProgram {
    var path: String
    /// The runtime's state directory, the namespace included.
    var root: String
    /// Global flags that the options ask for.
    var flags: [String] = []
    let bundle: String
    let reaper: ChildReaper

    private struct LogLine: Decodable {
        var level: String?
        var msg: String?
    }

    /// The standard descriptors of a runtime whose output nobody reads.
    static let silent: (Int32, Int32, Int32) = (0, 1, 1)

    /// Runs a command and calls `completion` with its outcome; the runtime's own message comes from its log.
    func run(
        _ command: [String], descriptors: (Int32, Int32, Int32) = RuntimeProgram.silent,
        completion: @escaping (Result<Void, ShimError>) -> Void
    ) {
        let log = "\(bundle)/runtime-\(reaper.nextNumber()).log"
        let arguments = ["--root", root, "--log", log, "--log-format", "json"] + flags + command
        do throws(SystemError) {
            try reaper.run(
                path, arguments, stdin: descriptors.0, stdout: descriptors.1, stderr: descriptors.2
            ) { status in
                defer { unlink(log) }
                if status == .exited(code: 0) {
                    completion(.success(()))
                } else {
                    let reason = RuntimeProgram.lastError(in: log) ?? "it ended with \(status)"
                    completion(.failure(.runtime("OCI runtime \(command.first ?? "") failed: \(reason)")))
                }
            }
        } catch {
            completion(.failure(.runtime("cannot run the runtime: \(error)")))
        }
    }

    private static func lastError(in log: String) -> String? {
        guard let bytes = try? File.read(log, limit: 1 << 20) else { return nil }
        for line in bytes.split(separator: 0x0A).reversed() {
            guard let parsed = try? OCIJSON.decode(LogLine.self, from: Array(line)), let text = parsed.msg else {
                continue
            }
            if parsed.level == "error" || parsed.level == "fatal" { return text }
        }
        return nil
    }
}
