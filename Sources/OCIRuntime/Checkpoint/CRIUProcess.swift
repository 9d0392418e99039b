import CLinux
import Glibc
internal import CRIU
internal import LinuxSystem

/// A `criu swrk`: it serves one request and ends.
struct CRIUProcess: ~Copyable {
    /// A point in the work that CRIU tells of, and waits.
    struct Notification {
        let point: String
        /// The first process of the tree, where there is one.
        let pid: Int32
        /// What came with it, or -1.
        let descriptor: Int32
    }

    /// What the new process does before it becomes CRIU.
    struct Preparation {
        /// Namespaces it gets.
        var flags: UInt64 = 0
        /// The cgroup of version 2 to start in, or -1.
        var cgroup: Int32 = -1
        /// Descriptors that it finds from `firstDescriptor` on.
        var descriptors: [Int32] = []
        /// Answers more of them.
        var body: () throws -> [Int32] = { [] }
    }

    /// After the standard streams and the socket.
    static let firstDescriptor: Int32 = 4

    let pid: Int32
    private let process: ProcessDescriptor
    private let connection: CRIUConnection

    /// Starts the program; what goes wrong in the preparation is thrown here.
    init(_ program: Program, _ preparation: Preparation = Preparation()) throws(RuntimeError) {
        let started: (pid: Int32, process: Int32, socket: Int32)
        do { started = try Self.start(program, preparation) } catch { throw RuntimeError(error) }
        pid = started.pid
        process = ProcessDescriptor(owning: started.process)
        connection = CRIUConnection(socket: Descriptor(owning: started.socket))
    }

    private static func start(
        _ program: Program, _ preparation: Preparation
    ) throws -> (pid: Int32, process: Int32, socket: Int32) {
        let ends = try Descriptor.socketPair(type: Int32(SOCK_SEQPACKET.rawValue)).release()
        let report = Descriptor(owning: ends.reading)
        var descriptor: Int32 = -1
        let pid: Int32
        do throws(SystemError) {
            pid = try systemCall("start criu") {
                linux_clone3(preparation.flags, &descriptor, SIGCHLD, preparation.cgroup)
            }
        } catch {
            close(ends.writing)
            throw error
        }
        if pid == 0 { become(program, preparation, report: ends.writing) }
        close(ends.writing)
        let process = ProcessDescriptor(owning: descriptor)
        do {
            let socket = try takeSocket(report)
            return (pid, process.release(), socket)
        } catch {
            _ = try process.wait()
            throw error
        }
    }

    /// The socket to CRIU, or what went wrong, until the other end closes by the exec.
    private static func takeSocket(_ report: borrowing Descriptor) throws -> Int32 {
        var socket: Int32 = -1
        do {
            var buffer = [UInt8](repeating: 0, count: 1 << 13)
            while true {
                var arrived: Int32 = -1
                let count = try systemCall("hear of criu") {
                    linux_receive_descriptor(report.rawValue, &buffer, buffer.count, &arrived)
                }
                if arrived >= 0 {
                    if socket >= 0 { close(socket) }
                    socket = arrived
                } else if count > 0 {
                    throw RuntimeError.other(String(decoding: buffer.prefix(count), as: UTF8.self))
                } else if socket >= 0 {
                    return socket
                } else {
                    throw SystemError(operation: "start criu", errno: ECHILD)
                }
            }
        } catch {
            if socket >= 0 { close(socket) }
            throw error
        }
    }

    private static func become(_ program: Program, _ preparation: Preparation, report: Int32) -> Never {
        linux_signals_reset()
        do {
            var wanted = preparation.descriptors + (try preparation.body())
            // CRIU finds the descriptors that requests name in the process that made the socket: in itself, since what
            // it opens has to be of its own mount namespace.
            let ends = try Descriptor.socketPair(type: Int32(SOCK_SEQPACKET.rawValue)).release()
            try systemCall("hand over the socket") { linux_send_descriptor(report, "S", 1, ends.reading) }
            wanted.insert(ends.writing, at: 0)
            let first = firstDescriptor - 1
            let above = Int(first) + wanted.count
            // All above their future places first.
            var sources: [Int32] = []
            for number in wanted + [report] {
                sources.append(
                    try systemCall("duplicate", "fd \(number)") {
                        linux_fcntl(number, Int32(LINUX_F_DUPFD_CLOEXEC), above)
                    })
            }
            for (index, source) in sources.dropLast().enumerated() { dup2(source, first + Int32(index)) }
            linux_close_range(UInt32(above), .max, UInt32(CLOSE_RANGE_CLOEXEC))
            let problem: String
            do throws(RuntimeError) { try program.execute() } catch {
                problem = if case .program(let text) = error { text } else { "\(error)" }
            }
            let bytes = Array(problem.utf8)
            linux_send_descriptor(sources[sources.count - 1], bytes, bytes.count, -1)
        } catch {
            let bytes = Array("\(error)".utf8.prefix(1 << 12))
            linux_send_descriptor(report, bytes, bytes.count, -1)
        }
        _exit(127)
    }

    /// Asks for something that needs no conversation.
    consuming func ask(_ request: CRIURequest, log: RuntimeLog) throws(RuntimeError) -> CRIUResponse {
        try serve(request, logPath: "", log: log) { (_) throws(RuntimeError) in }
    }

    /// Sends the request and answers notifications until it is done and CRIU has ended.
    ///
    /// - Parameter logPath: For the message where it fails.
    consuming func serve(
        _ request: CRIURequest, logPath: String, log: RuntimeLog,
        _ handle: (Notification) throws(RuntimeError) -> Void
    ) throws(RuntimeError) -> CRIUResponse {
        do throws(RuntimeError) {
            let response = try converse(request, logPath, log, handle)
            connection.hangUp()
            let status = try end()
            // Having dumped memory once, CRIU waits for the next time, and takes the end of the conversation for an
            // error.
            if case .preDump = request { return response }
            guard status == .exited(code: 0) else {
                throw .other("criu failed: \(Self.words(status))\nlog file: \(logPath)")
            }
            return response
        } catch {
            connection.hangUp()
            try? process.send(signal: SIGKILL)
            _ = try? process.wait()
            throw error
        }
    }

    private func end() throws(RuntimeError) -> ExitStatus {
        do throws(SystemError) {
            guard let status = try process.wait() else { throw SystemError(operation: "wait", errno: ECHILD) }
            return status
        } catch { throw .system(doing: "wait for criu", error) }
    }

    private static func words(_ status: ExitStatus) -> String {
        switch status {
        case .exited(let code): "exit status \(code)"
        case .signaled(let signal): "signal \(signal)"
        }
    }

    private func converse(
        _ request: CRIURequest, _ logPath: String, _ log: RuntimeLog,
        _ handle: (Notification) throws(RuntimeError) -> Void
    ) throws(RuntimeError) -> CRIUResponse {
        var last = request
        while true {
            var descriptor: Int32 = -1
            defer { if descriptor >= 0 { close(descriptor) } }
            let response: CRIUResponse?
            do throws(SystemError) {
                try connection.send(last)
                response = try connection.receive(&descriptor)
            } catch { throw .system(doing: "talk to criu", error) }
            switch response {
            case nil: throw .other("criu failed: type \(last.name): unexpected EOF\nlog file: \(logPath)")
            case .failed(let number, let message):
                if let message, !message.isEmpty { log.debug("criu: \(message)") }
                throw .other("criu failed: type \(last.name) errno \(number)\nlog file: \(logPath)")
            case .notification(let point, let pid):
                log.debug("notify: \(point)")
                try handle(Notification(point: point, pid: pid, descriptor: descriptor))
                last = .notified
            case let answer?: return answer
            }
        }
    }
}
