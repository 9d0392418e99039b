internal import Capabilities
internal import Cgroups
public import LinuxSystem
internal import OCISpec
internal import Seccomp

/// Why the runtime could not do what it was asked.
public enum RuntimeError: Error, CustomStringConvertible {
    /// The command line is wrong.
    case usage(String)
    /// There is no such command.
    case noSuchCommand(String)
    /// A field of the bundle's configuration is wrong or asks for something this runtime does not do.
    case invalid(field: String, problem: String)
    /// No container has this id.
    case noSuchContainer(id: String)
    /// A container with this id exists already.
    case containerExists(id: String)
    /// The container is in a state in which the operation makes no sense.
    case state(id: String, problem: String)
    /// The container's program cannot be run.
    case program(String)
    /// The container's process could not be set up; the text comes from inside the container.
    case container(String)
    /// A hook failed.
    case hook(point: String, index: Int, path: String, problem: String)
    /// A system call failed while something was done.
    case system(doing: String?, SystemError)
    /// Another error, in words.
    case other(String)

    /// The error in one line, in the words that users of runc know where they have some.
    public var description: String {
        switch self {
        case .usage(let text): text
        case .noSuchCommand(let name): "No help topic for '\(name)'"
        case .invalid(let field, let problem): "invalid configuration: \(field): \(problem)"
        case .noSuchContainer: "container does not exist"
        case .containerExists: "container with given ID already exists"
        case .state(_, let problem): problem
        case .program(let text), .container(let text): "unable to start container process: \(text)"
        case .hook(let point, let index, let path, let problem):
            "error running \(point) hook #\(index): \(problem) (hooks.\(point)[\(index)]: \(path))"
        case .system(let doing, let error): doing.map { "\($0): \(error)" } ?? "\(error)"
        case .other(let text): text
        }
    }

    /// Any error as one of these.
    init(_ error: any Error) {
        switch error {
        case let error as RuntimeError: self = error
        case let error as SystemError: self = .system(doing: nil, error)
        default: self = .other("\(error)")
        }
    }
}

/// Runs a step; a failed system call in it is told together with what was being done.
func doing<T>(_ what: @autoclosure () -> String, _ body: () throws -> T) throws(RuntimeError) -> T {
    do {
        return try body()
    } catch let error as SystemError {
        throw .system(doing: what(), error)
    } catch {
        throw RuntimeError(error)
    }
}
