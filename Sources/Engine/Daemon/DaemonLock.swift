import Glibc
import LinuxSystem

/// Makes sure that one daemon at a time uses a data root and a pid file.
struct DaemonLock: ~Copyable {
    private let lock: Descriptor
    private let pidFile: String

    init(configuration: DaemonConfiguration) throws {
        try FileWork.makeDirectory(configuration.dataRoot, mode: 0o710)
        try FileWork.makeDirectory(configuration.execRoot, mode: 0o711)
        let pidFile = configuration.pidFile
        if let text = try? FileWork.read(pidFile), let pid = Int32(text.trimming { $0.isWhitespace }), pid > 0,
            pid != getpid(), ProcessHandle.program(of: pid) == ProcessHandle.program(of: getpid())
        {
            throw ConfigurationError.invalid(
                "process with PID \(pid) is still running: ensure that no daemon uses \(pidFile), or delete it")
        }
        let path = configuration.dataRoot + "/skiffd.lock"
        let held = try Descriptor.open(path, O_RDWR | O_CREAT, mode: 0o600)
        guard flock(held.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            throw ConfigurationError.invalid(
                "data root \(configuration.dataRoot) is in use by another daemon: choose another --data-root")
        }
        if let slash = pidFile.lastIndex(of: "/"), slash != pidFile.startIndex {
            try FileWork.makeDirectory(String(pidFile[..<slash]), mode: 0o755)
        }
        try FileWork.write("\(getpid())", to: pidFile)
        lock = held
        self.pidFile = pidFile
    }

    func removePIDFile() {
        unlink(pidFile)
    }
}
