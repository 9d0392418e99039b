public import SwiftProtobuf

extension RPCClient {
    /// Calls a method with a Protobuf message and decodes the answer.
    public func call<Answer: Message>(
        service: String, method: String, _ request: some Message, timeout: Duration? = nil
    ) async throws -> Answer {
        let payload: [UInt8] = try request.serializedBytes()
        let answer = try await call(service: service, method: method, payload: payload, timeout: timeout)
        do {
            return try Answer(serializedBytes: answer)
        } catch {
            throw RPCError(.internal, "malformed answer from \(service)/\(method)")
        }
    }
}
