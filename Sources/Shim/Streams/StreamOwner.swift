/// Whose streams they are: what a logging program is told, and who owns the pipes.
struct StreamOwner {
    /// The container's id, or the exec id of a process executed in it.
    let id: String
    let namespace: String
    /// 0 leaves the pipes to root.
    let user: UInt32
    let group: UInt32
}
