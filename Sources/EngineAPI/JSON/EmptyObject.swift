/// `{}`: the value of the sets that the API writes as maps.
package struct EmptyObject: Codable, Equatable, Sendable {
    package init() {}
}
