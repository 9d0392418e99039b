/// Why JSON text could not be read or written.
public enum OCIJSONError: Error, Equatable, CustomStringConvertible {
    /// The text is no JSON; the offset counts bytes.
    case syntax(reason: String, offset: Int)
    /// The value at a path (`linux.resources.pids.limit`) is missing or of the wrong kind.
    case value(path: String, problem: String)
    /// Memory ran out.
    case outOfMemory

    /// The error in one line.
    public var description: String {
        switch self {
        case .syntax(let reason, let offset): "invalid JSON at byte \(offset): \(reason)"
        case .value(let path, let problem): path.isEmpty ? "invalid JSON: \(problem)" : "\(path): \(problem)"
        case .outOfMemory: "out of memory while handling JSON"
        }
    }

    /// A problem with the value at a coding path.
    static func value(at path: [any CodingKey], _ problem: String) -> OCIJSONError {
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return .value(path: text, problem: problem)
    }

    // MARK: Where the value is

    /// Does `body` for a member: a problem inside is one at the member's path.
    static func inside<T>(_ name: StaticString, _ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as OCIJSONError { throw error.prefixed("\(name)") }
    }

    /// Does `body` for an element of an array.
    static func inside<T>(_ index: Int, _ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as OCIJSONError { throw error.prefixed("[\(index)]") }
    }

    private func prefixed(_ prefix: String) -> OCIJSONError {
        guard case .value(let path, let problem) = self else { return self }
        return .value(path: path.isEmpty || path.hasPrefix("[") ? prefix + path : "\(prefix).\(path)", problem: problem)
    }
}
