import Glibc

/// The error number of the last failed library call, for functions that answer a null pointer; ask at once.
package func currentErrno() -> Int32 { errno }
