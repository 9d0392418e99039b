import LinuxSystem
import Networking

/// Plays the kernel: notes what is sent and answers from a list.
final class ScriptedChannel: NetlinkChannel {
    private(set) var sent: [[UInt8]] = []
    private var answers: [[UInt8]]

    init(answers: [[UInt8]]) {
        self.answers = answers
    }

    func send(_ datagram: [UInt8]) throws(SystemError) {
        sent.append(datagram)
    }

    func receive() throws(SystemError) -> [UInt8] {
        guard !answers.isEmpty else { throw SystemError(operation: "receive", path: nil, errno: 11) }
        return answers.removeFirst()
    }

    /// An `NLMSG_ERROR` with the original header only and, where given, an extended acknowledgement text.
    static func acknowledgement(of sequence: UInt32, error: Int32 = 0, detail: String? = nil) -> [UInt8] {
        var body = NetlinkWriter()
        body.append(-error)
        body.append(contentsOf: [UInt8](repeating: 0, count: 16))
        if let detail { body.attribute(1, string: detail) }
        var message = NetlinkWriter()
        message.append(UInt32(16 + body.bytes.count))
        message.append(UInt16(2))
        message.append(UInt16(detail == nil ? 0x100 : 0x300))
        message.append(sequence)
        message.append(UInt32(0))
        message.append(contentsOf: body.bytes)
        return message.bytes
    }
}
