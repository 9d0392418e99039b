package import NIOHTTP1

/// What serves one method of one path.
package struct Route: Sendable {
    package typealias Handler = @Sendable (HTTPRequest, HTTPResponder) async throws -> Void

    package let method: HTTPMethod
    package let pattern: RoutePattern
    /// Whether the work ends when the client goes away. Changes to containers run to their end regardless.
    package let endsWithClient: Bool
    package let handler: Handler
}

/// Finds the route of a request: `/v1.51/containers/json`, with or without the version.
package struct Router: Sendable {
    private var routes: [Route] = []

    package init() {}

    package mutating func on(
        _ method: HTTPMethod, _ pattern: String, endsWithClient: Bool = false, _ handler: @escaping Route.Handler
    ) {
        routes.append(
            Route(
                method: method, pattern: RoutePattern(pattern), endsWithClient: endsWithClient, handler: handler))
    }

    package func route(_ method: HTTPMethod, _ path: [String]) -> (route: Route, parameters: [String: String])? {
        for route in routes where route.method == method {
            if let parameters = route.pattern.match(path) { return (route, parameters) }
        }
        return nil
    }

    /// Splits a leading `v1.51` off a path's segments.
    package static func splitVersion(_ path: [String]) -> (version: APIVersion?, rest: [String]) {
        guard let first = path.first, first.hasPrefix("v"), let version = APIVersion(first.dropFirst()) else {
            return (nil, path)
        }
        return (version, Array(path.dropFirst()))
    }
}
