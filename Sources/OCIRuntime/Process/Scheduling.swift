import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// CPU and I/O scheduling of a process.
enum Scheduling {
    private static let policies: [String: UInt32] = [
        "SCHED_OTHER": 0, "SCHED_FIFO": 1, "SCHED_RR": 2, "SCHED_BATCH": 3, "SCHED_ISO": 4, "SCHED_IDLE": 5,
        "SCHED_DEADLINE": 6,
    ]

    private static let flags: [String: UInt64] = [
        "SCHED_FLAG_RESET_ON_FORK": 0x01, "SCHED_FLAG_RECLAIM": 0x02, "SCHED_FLAG_DL_OVERRUN": 0x04,
        "SCHED_FLAG_KEEP_POLICY": 0x08, "SCHED_FLAG_KEEP_PARAMS": 0x10, "SCHED_FLAG_UTIL_CLAMP_MIN": 0x20,
        "SCHED_FLAG_UTIL_CLAMP_MAX": 0x40,
    ]

    private static let classes: [String: Int32] = [
        "IOPRIO_CLASS_RT": 1, "IOPRIO_CLASS_BE": 2, "IOPRIO_CLASS_IDLE": 3,
    ]

    static func check(_ process: Process, field: String) throws(RuntimeError) {
        if let scheduler = process.scheduler {
            try check(scheduler, field: "\(field).scheduler")
        }
        if let io = process.ioPriority {
            guard classes[io.class] != nil else {
                throw .invalid(field: "\(field).ioPriority.class", problem: "\"\(io.class)\" is no class")
            }
            guard (0...7).contains(io.priority ?? 0) else {
                throw .invalid(
                    field: "\(field).ioPriority.priority", problem: "invalid ioPriority.Priority: \(io.priority ?? 0)")
            }
        }
    }

    /// The rules of sched_setattr(2) that it has no words for.
    private static func check(_ scheduler: Scheduler, field: String) throws(RuntimeError) {
        func refuse(_ condition: Bool, _ name: String, _ problem: String) throws(RuntimeError) {
            if condition { throw .invalid(field: "\(field).\(name)", problem: problem) }
        }
        let policy = scheduler.policy
        try refuse(policy.isEmpty, "policy", "scheduler policy is required")
        try refuse(policies[policy] == nil, "policy", "invalid scheduler policy: \(policy)")
        for flag in scheduler.flags { try refuse(flags[flag] == nil, "flags", "invalid scheduler flag: \(flag)") }
        let nice = scheduler.nice ?? 0
        try refuse(
            ["SCHED_OTHER", "SCHED_BATCH"].contains(policy) && !(-20...19).contains(nice), "nice",
            "invalid scheduler.nice: \(nice) when scheduler.policy is \(policy)")
        try refuse(
            scheduler.priority ?? 0 != 0 && !["SCHED_FIFO", "SCHED_RR"].contains(policy), "priority",
            "scheduler.priority can only be specified for SchedFIFO or SchedRR policy")
        let hasTimes = [scheduler.runtime, scheduler.deadline, scheduler.period].contains { $0 ?? 0 != 0 }
        try refuse(
            hasTimes && policy != "SCHED_DEADLINE", "runtime",
            "scheduler runtime/deadline/period can only be specified for SchedDeadline policy")
    }

    static func apply(_ process: Process) throws(SystemError) {
        if let scheduler = process.scheduler, let policy = policies[scheduler.policy] {
            var attributes = linux_sched_attr()
            attributes.size = UInt32(MemoryLayout<linux_sched_attr>.size)
            attributes.sched_policy = policy
            attributes.sched_flags = scheduler.flags.reduce(0) { $0 | (flags[$1] ?? 0) }
            attributes.sched_nice = scheduler.nice ?? 0
            attributes.sched_priority = UInt32(max(0, scheduler.priority ?? 0))
            attributes.sched_runtime = scheduler.runtime ?? 0
            attributes.sched_deadline = scheduler.deadline ?? 0
            attributes.sched_period = scheduler.period ?? 0
            try systemCall("set scheduler", scheduler.policy) { linux_sched_setattr(0, &attributes, 0) }
        }
        if let io = process.ioPriority, let number = classes[io.class] {
            // IOPRIO_WHO_PROCESS; the class is in the bits from 13 on, see ioprio_set(2).
            try systemCall("set I/O priority", io.class) { linux_ioprio_set(1, 0, number << 13 | (io.priority ?? 0)) }
        }
    }
}
