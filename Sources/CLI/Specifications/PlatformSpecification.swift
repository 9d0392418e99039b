/// `os[/arch[/variant]]` as a document of the engine's API.
package enum PlatformSpecification {
    package static func parse(_ text: String) throws(CommandFailure) -> JSONValue {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        guard (1...3).contains(parts.count), !parts.contains("") else {
            throw CommandFailure("invalid platform: \(GoQuote.quote(text)): use os[/arch[/variant]]")
        }
        var platform = JSONObject()
        for (name, part) in zip(["os", "architecture", "variant"], parts) { platform[name] = .string(part) }
        return .object(platform)
    }
}
