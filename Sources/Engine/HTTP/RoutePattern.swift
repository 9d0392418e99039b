/// A path with named parts: `/containers/{id}/json`, or `/images/{name...}/json`, whose part takes several segments.
package struct RoutePattern: Sendable {
    private enum Segment: Sendable {
        case literal(String)
        case one(String)
        case many(String)
    }

    private let segments: [Segment]
    private let manyIndex: Int?

    package init(_ pattern: String) {
        segments = pattern.split(separator: "/").map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("...") ? .many(String(name.dropLast(3))) : .one(String(name))
        }
        manyIndex = segments.firstIndex { if case .many = $0 { true } else { false } }
    }

    /// The named parts of a path of this pattern, or nil when the path is of another one.
    package func match(_ path: [String]) -> [String: String]? {
        var found: [String: String] = [:]
        guard let manyIndex else {
            guard path.count == segments.count else { return nil }
            return match(segments[...], path[...], into: &found) ? found : nil
        }
        let tail = segments.count - manyIndex - 1
        guard path.count > manyIndex + tail else { return nil }
        guard match(segments[..<manyIndex], path[..<manyIndex], into: &found),
            match(segments[(manyIndex + 1)...], path[(path.count - tail)...], into: &found)
        else { return nil }
        if case .many(let name) = segments[manyIndex] {
            found[name] = path[manyIndex..<(path.count - tail)].joined(separator: "/")
        }
        return found
    }

    private func match(
        _ segments: ArraySlice<Segment>, _ path: ArraySlice<String>, into found: inout [String: String]
    ) -> Bool {
        for (segment, part) in zip(segments, path) {
            switch segment {
            case .literal(let text):
                guard text == part else { return false }
            case .one(let name), .many(let name):
                guard !part.isEmpty else { return false }
                found[name] = part
            }
        }
        return true
    }
}
