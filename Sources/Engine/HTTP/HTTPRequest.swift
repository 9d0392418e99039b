import EngineAPI
import FoundationEssentials
import NIOCore
package import NIOHTTP1

/// A request as a route's handler sees it.
package struct HTTPRequest: Sendable {
    package let method: HTTPMethod
    package let version: APIVersion
    package let query: QueryParameters
    package let headers: HTTPHeaders
    package let body: RequestBody
    /// The named parts of the path.
    package var parameters: [String: String]

    package init(
        method: HTTPMethod, version: APIVersion, query: QueryParameters, headers: HTTPHeaders, body: RequestBody,
        parameters: [String: String]
    ) {
        self.method = method
        self.version = version
        self.query = query
        self.headers = headers
        self.body = body
        self.parameters = parameters
    }

    /// A named part of the path; the router has made sure that it is there.
    package func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// The body as JSON. A missing body is an error.
    package func decode<Value: Decodable>(_ type: Value.Type) async throws -> Value {
        guard let value = try await decodeIfPresent(type) else {
            throw EngineError(.invalidParameter, "invalid JSON: got EOF while reading request body")
        }
        return value
    }

    /// The body as JSON, or nil when it is empty.
    package func decodeIfPresent<Value: Decodable>(_ type: Value.Type) async throws -> Value? {
        let bytes = try await body.collect(upTo: 8 << 20)
        guard bytes.readableBytes > 0 else { return nil }
        return try EngineJSON.decode(type, from: Data(bytes.readableBytesView))
    }

    /// Whether the client asked to leave HTTP with `Upgrade: tcp`.
    var wantsUpgrade: Bool { headers.contains(name: "Upgrade") }
}
