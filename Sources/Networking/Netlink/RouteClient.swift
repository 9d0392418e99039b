import Glibc
import LinuxSystem

/// Asks the kernel for links, addresses and routes (rtnetlink(7)). Not to be shared between threads.
package final class RouteClient {
    private let channel: any NetlinkChannel
    private var sequence: UInt32 = 0

    package init(over channel: any NetlinkChannel) {
        self.channel = channel
    }

    /// Sends the requests in one datagram; the kernel carries them out in order and each is acknowledged.
    /// - Throws: the first refusal; the requests after it were carried out all the same.
    package func perform(_ requests: [NetlinkRequest]) throws(NetlinkError) {
        guard let first = requests.first else { return }
        let start = sequence &+ 1
        var datagram: [UInt8] = []
        for request in requests {
            sequence &+= 1
            datagram += request.encoded(sequence: sequence)
        }
        try send(datagram, for: first)
        var outstanding = requests.count
        var failure: NetlinkError?
        while outstanding > 0 {
            for reply in try receive(for: first) {
                let position = Int(reply.sequence &- start)
                guard requests.indices.contains(position), let status = reply.status else { continue }
                outstanding -= 1
                guard status != 0, failure == nil else { continue }
                failure = NetlinkError(
                    operation: requests[position].operation, subject: requests[position].subject, errno: status,
                    detail: reply.detail)
            }
        }
        if let failure { throw failure }
    }

    /// Sends one request and answers every message that came for it, up to the end of a dump or the acknowledgement.
    package func query(_ request: NetlinkRequest) throws(NetlinkError) -> [NetlinkReply] {
        sequence &+= 1
        let isDump = request.flags & NetlinkFlags.dump == NetlinkFlags.dump
        try send(request.encoded(sequence: sequence, acknowledged: !isDump), for: request)
        var answers: [NetlinkReply] = []
        while true {
            for reply in try receive(for: request) where reply.sequence == sequence {
                guard let status = reply.status else {
                    answers.append(reply)
                    continue
                }
                guard status == 0 else {
                    throw NetlinkError(
                        operation: request.operation, subject: request.subject, errno: status, detail: reply.detail)
                }
                return answers
            }
        }
    }

    private func send(_ datagram: [UInt8], for request: NetlinkRequest) throws(NetlinkError) {
        do {
            try channel.send(datagram)
        } catch {
            throw NetlinkError(operation: request.operation, subject: request.subject, errno: error.errno)
        }
    }

    private func receive(for request: NetlinkRequest) throws(NetlinkError) -> [NetlinkReply] {
        do throws(SystemError) {
            let datagram = try channel.receive()
            // An empty datagram would let a caller wait for ever for its answer.
            guard !datagram.isEmpty else { throw SystemError(operation: "receive", errno: EPROTO) }
            return NetlinkReply.messages(in: datagram)
        } catch {
            throw NetlinkError(operation: request.operation, subject: request.subject, errno: error.errno)
        }
    }
}
