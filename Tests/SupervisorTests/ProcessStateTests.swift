import Supervisor
import Testing

@Suite struct ProcessStateTests {
    private let exit = ProcessState.Exit(status: 3, at: Moment(nanoseconds: 5))

    @Test func `A process is created, started, and ends once`() {
        var state = ProcessState.created(pid: 7)
        let result1 = state.beginStart()
        #expect(result1)
        let result2 = state.beginStart()
        #expect(!result2)
        let result3 = state.started(pid: 7, at: Moment(nanoseconds: 1))
        #expect(result3 == nil)
        let result4 = state.ended(exit)
        #expect(result4)
        let result5 = state.ended(.init(status: 9, at: Moment(nanoseconds: 6)))
        #expect(!result5)
        #expect(state.exit == exit)
        #expect(state.startedAt == Moment(nanoseconds: 1))
    }

    @Test func `An end during the start is told after it`() {
        var state = ProcessState.created(pid: 7)
        let result6 = state.beginStart()
        #expect(result6)
        let result7 = state.ended(exit)
        #expect(!result7)
        let result8 = state.started(pid: 7, at: Moment(nanoseconds: 1))
        #expect(result8 == exit)
        let result9 = state.ended(exit)
        #expect(result9)
    }

    @Test func `A failed start leaves the process created`() {
        var state = ProcessState.created(pid: 7)
        let result10 = state.beginStart()
        #expect(result10)
        let result11 = state.startFailed()
        #expect(result11 == nil)
        #expect(state == .created(pid: 7))
        let result12 = state.beginStart()
        #expect(result12)
    }

    @Test func `A process that was never started can end`() {
        var state = ProcessState.created(pid: 7)
        let result13 = state.ended(exit)
        #expect(result13)
        #expect(state.startedAt == nil)
        let result14 = state.beginStart()
        #expect(!result14)
    }
}
