package import NIOHTTP1

/// What a connection asks about each request.
package protocol HTTPService: Sendable {
    /// The headers that every response carries.
    var commonHeaders: HTTPHeaders { get }
    /// The work for a request, before any of its body was read.
    func work(for head: HTTPRequestHead, body: RequestBody) -> HTTPWork
}

/// The work for one request.
package struct HTTPWork: Sendable {
    package let endsWithClient: Bool
    package let run: @Sendable (HTTPResponder) async -> Void

    package init(endsWithClient: Bool, run: @escaping @Sendable (HTTPResponder) async -> Void) {
        self.endsWithClient = endsWithClient
        self.run = run
    }
}
