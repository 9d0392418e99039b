import SupervisorClient
import TTRPC

/// A size that a client wants a terminal to have.
struct TerminalSize: Sendable {
    let height: Int
    let width: Int

    func apply(to process: SupervisorClient.ProcessRequest, by client: SupervisorClient) async throws {
        guard let rows = UInt32(exactly: height), let columns = UInt32(exactly: width), rows <= 65_535,
            columns <= 65_535
        else { throw EngineError(.invalidParameter, "invalid terminal size \(height)x\(width)") }
        var request = SupervisorClient.ResizeRequest()
        request.namespace = process.namespace
        request.id = process.id
        request.execID = process.execID
        request.height = rows
        request.width = columns
        do {
            try await client.resize(request)
        } catch let error as RPCError where error.code == .failedPrecondition {
            throw EngineError(.conflict, "cannot resize a process without a terminal: \(error.message)")
        } catch let error as RPCError where error.code == .notFound {
            throw EngineError(.conflict, "container \(process.id) is not running")
        }
    }
}
