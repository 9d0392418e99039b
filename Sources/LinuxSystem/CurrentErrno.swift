import Glibc

/// The error number of the last failed library call, for functions that answer a null pointer; ask at once.
@usableFromInline
package func currentErrno() -> Int32 { errno }

/// Whether an error number says that a signal came in between.
@usableFromInline
func isInterruption(_ number: Int32) -> Bool { number == EINTR }
