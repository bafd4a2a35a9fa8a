import Synchronization

// `AtomicLazyReference` and atomic values of `Unmanaged` look up generic types at run time whenever they are read; atomic
// pointers do not. What is kept here is kept to save time.

/// A place for the first of the objects that threads try to store.
@safe
struct FirstReference<Object: AnyObject & Sendable>: ~Copyable, @unchecked Sendable {
    // Sendable: the reference is written once, in one atomic step, and kept until the end.
    private let place = unsafe Atomic<UnsafeMutableRawPointer?>(nil)

    deinit {
        if let stored = unsafe place.load(ordering: .acquiring) {
            unsafe Unmanaged<Object>.fromOpaque(stored).release()
        }
    }

    /// The object, if one was stored.
    func load() -> Object? {
        unsafe place.load(ordering: .acquiring).map { unsafe Unmanaged<Object>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Stores `object` unless one was stored before.
    func storeIfNil(_ object: Object) {
        let retained = unsafe Unmanaged.passRetained(object)
        let isStored = unsafe place.compareExchange(
            expected: nil, desired: retained.toOpaque(), ordering: .acquiringAndReleasing
        ).exchanged
        if !isStored {
            unsafe retained.release()
        }
    }
}

/// A place for one object that any thread may take out or replace; whoever takes it out has it alone.
@safe
struct SpareReference<Object: AnyObject & Sendable>: ~Copyable, @unchecked Sendable {
    // Sendable: taking out and putting in is one atomic step, in which the ownership of the reference changes hands.
    private let place = unsafe Atomic<UnsafeMutableRawPointer?>(nil)

    deinit {
        _ = exchange(nil)
    }

    /// Takes out what is there and puts `object` in.
    func exchange(_ object: Object?) -> Object? {
        let retained = unsafe object.map { unsafe Unmanaged.passRetained($0).toOpaque() }
        return unsafe place.exchange(retained, ordering: .acquiringAndReleasing).map {
            unsafe Unmanaged<Object>.fromOpaque($0).takeRetainedValue()
        }
    }
}
