/// Runs a system call that answers -1 on failure; every call of the project goes through here.
///
/// An interrupted call is made again. The error number is read before anything can overwrite it.
@discardableResult
@inlinable
@inline(__always)
package func systemCall<T: SignedInteger & FixedWidthInteger>(
    _ operation: @autoclosure () -> String,
    _ path: @autoclosure () -> String? = nil,
    _ body: () -> T
) throws(SystemError) -> T {
    while true {
        let result = body()
        if result != -1 { return result }
        let reason = currentErrno()
        if isInterruption(reason) { continue }
        throw SystemError(operation: operation(), path: path(), errno: reason)
    }
}

/// As `systemCall`, where an interruption means something to the caller; see close(2) and waits with deadlines.
@discardableResult
@inlinable
@inline(__always)
package func interruptibleSystemCall<T: SignedInteger & FixedWidthInteger>(
    _ operation: @autoclosure () -> String,
    _ path: @autoclosure () -> String? = nil,
    _ body: () -> T
) throws(SystemError) -> T {
    let result = body()
    if result != -1 { return result }
    throw SystemError(operation: operation(), path: path(), errno: currentErrno())
}
