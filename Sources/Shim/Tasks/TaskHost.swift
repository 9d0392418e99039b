/// What all containers of a shim share.
struct TaskHost {
    let namespace: String
    let defaultRuntime: String
    let defaultRoot: String
    let context: StreamContext
    let reaper: ChildReaper
    let publisher: EventPublisher
}
