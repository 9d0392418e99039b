/// A connection that has left HTTP: raw bytes both ways, each way closed on its own.
package struct HijackedStream {
    let socket: Socket
    /// What arrived together with the head.
    let early: [UInt8]
    /// Whether the engine said that stdout and stderr are multiplexed; old engines do not say.
    let isMultiplexed: Bool
}
