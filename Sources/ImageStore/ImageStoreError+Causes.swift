import Archive
import GRDB
import LinuxSystem
import OCISpec
import Registry

extension ImageStoreError {
    init(_ error: SystemError) {
        self = .system(operation: error.operation, path: error.path, reason: SystemError.text(of: error.errno))
    }

    /// Any error of the layers below as the store's own; a cancellation stays one.
    static func wrapping(_ error: any Error) -> any Error {
        switch error {
        case is ImageStoreError, is CancellationError: error
        case let error as SystemError: ImageStoreError(error)
        case let error as ArchiveError: wrapping(error)
        case let error as ImageReferenceError: ImageStoreError.invalidReference(error)
        case let error as OCIJSONError: ImageStoreError.malformed(what: "JSON", reason: error.description)
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL:
            ImageStoreError.system(operation: "write", path: nil, reason: SystemError.text(of: 28))
        default: ImageStoreError.system(operation: "image store", path: nil, reason: "\(error)")
        }
    }

    private static func wrapping(_ error: ArchiveError) -> any Error {
        switch error {
        case .cancelled: CancellationError()
        case .source(let cause), .entry(_, let cause): ImageStoreError(cause)
        default: ImageStoreError.malformed(what: "archive", reason: error.description)
        }
    }
}
