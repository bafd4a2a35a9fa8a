import ItsmeRP

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension StateStoreInstances {
    func run(_ check: StateStoreSuite.Check) async throws {
        switch check {
        case .insertsOnce: try await insertsOnce()
        case .repeatsAnInsert: try await repeatsAnInsert()
        case .knowsNothingOfOtherKeys: try await knowsNothingOfOtherKeys()
        case .forgetsWhatHasExpired: try await forgetsWhatHasExpired()
        case .neverReturnsAnExpiredInsert: try await neverReturnsAnExpiredInsert()
        case .replacesThePresentVersion: try await replacesThePresentVersion()
        case .replacesOnce: try await replacesOnce()
        case .repeatsAReplacement: try await repeatsAReplacement()
        case .keepsTheExpiry: try await keepsTheExpiry()
        case .keepsEveryCharacter: try await keepsEveryCharacter()
        case .outlivesAnInstance: try await outlivesAnInstance()
        case .usesATransactionOnce: try await usesATransactionOnce()
        case .servesRequestObjects: try await servesRequestObjects()
        case .keepsAnswersApart: try await keepsAnswersApart()
        }
    }

    // MARK: Insert

    private func insertsOnce() async throws {
        let (key, expiry) = (key("once"), later)
        let results = try await atOnce { try await $1.insert("caller-\($0)", for: key, until: expiry) }
        let winners = results.indices.filter { results[$0] }
        try require(winners.count == 1, "\(winners.count) of \(results.count) inserts of one key returned true, not 1")
        for winner in winners {
            try await require(key, has: StateValue("caller-\(winner)", version: 1), "after one insert of many won")
        }
        for store in [first, second] {
            try require(
                !(try await store.insert("late", for: key, until: expiry)),
                "an insert of a key with a value returned true")
        }
    }

    private func repeatsAnInsert() async throws {
        let (key, expiry) = (key("repeated"), later)
        for store in [first, first, second] {
            try require(
                try await store.insert("same", for: key, until: expiry),
                "an insert that is repeated with the same value returned false, as if another caller had been first")
        }
        try await require(key, has: StateValue("same", version: 1), "after a repeated insert")
        try require(
            !(try await second.insert("other", for: key, until: expiry)), "an insert of another value returned true")
        _ = try await first.replace("new", for: key, version: 1)
        for value in ["same", "new"] {
            try require(
                !(try await second.insert(value, for: key, until: expiry)),
                "an insert returned true after its value was replaced")
        }
    }

    private func knowsNothingOfOtherKeys() async throws {
        let key = key("Known")
        _ = try await first.insert("known", for: key, until: later)
        for other in [self.key("unknown"), self.key("known"), key + "-2", key + "/1", String(key.dropLast())] {
            try await require(other, has: nil, "for a key that was never inserted")
            try require(
                !(try await first.replace("x", for: other, version: 1)), "a replacement without a value returned true")
            try require(
                !(try await first.replace("x", for: other, version: 0)), "a replacement without a value returned true")
            try await require(other, has: nil, "after a replacement without a value")
        }
    }

    // MARK: Expiry

    private func forgetsWhatHasExpired() async throws {
        let (hidden, freed) = (key("hidden"), key("freed"))
        let (lasting, lastingForever) = (key("lasting"), key("forever"))
        try require(
            try await first.insert("kept", for: lasting, until: later), "the insert of a new key returned false")
        try require(
            try await first.insert("kept", for: lastingForever, until: nil), "an insert without expiry returned false")
        for key in [hidden, freed] { _ = try await first.insert("first", for: key, until: soon) }
        try await wait(
            until: { try await second.value(for: hidden) == nil },
            orSay: "a value is still returned after it has expired")
        let expiry = later
        for key in [hidden, freed] {
            try await wait(
                until: { try await second.insert("second", for: key, until: expiry) },
                orSay: "the key of an expired value did not become free")
            try await require(key, has: StateValue("second", version: 1), "after the key was used again")
        }
        for key in [lasting, lastingForever] {
            try await require(key, has: StateValue("kept", version: 1), "after another value has expired")
        }
    }

    private func neverReturnsAnExpiredInsert() async throws {
        let key = key("past")
        _ = try await first.insert("past", for: key, until: time.now().addingTimeInterval(-60))
        try await require(key, has: nil, "after an insert that had expired already")
        let expiry = later
        try await wait(
            until: { try await first.insert("present", for: key, until: expiry) },
            orSay: "an insert that had expired already holds its key")
        try await require(key, has: StateValue("present", version: 1), "after the key was used again")
    }

    private func keepsTheExpiry() async throws {
        let (short, forever) = (key("short"), key("forever-replaced"))
        _ = try await first.insert("1", for: forever, until: nil)
        try require(try await first.replace("2", for: forever, version: 1), "a replacement returned false")
        // Inserted again if it has expired before it was replaced.
        try await wait(
            until: {
                _ = try await first.insert("1", for: short, until: soon)
                return try await second.replace("2", for: short, version: 1)
            }, orSay: "a replacement returned false")
        try await wait(
            until: { try await first.value(for: short) == nil },
            orSay: "a replaced value is still returned after the first one would have expired")
        try await require(forever, has: StateValue("2", version: 2), "after a value without expiry was replaced")
    }

    // MARK: Replace

    private func replacesThePresentVersion() async throws {
        let key = key("versions")
        _ = try await first.insert("1", for: key, until: later)
        for version in 1...5 {
            for wrong in [version - 1, version + 1, 0, -1, .max, .min] {
                try require(
                    !(try await second.replace("wrong", for: key, version: wrong)),
                    "a replacement of version \(wrong) returned true at version \(version)")
            }
            try await require(
                key, has: StateValue("\(version)", version: version), "after replacements of other versions")
            try require(
                try await first.replace("\(version + 1)", for: key, version: version),
                "a replacement of the present version returned false")
            try await require(key, has: StateValue("\(version + 1)", version: version + 1), "after a replacement")
        }
    }

    private func replacesOnce() async throws {
        let key = key("race")
        _ = try await first.insert("0", for: key, until: later)
        for version in 1...3 {
            let results = try await atOnce { try await $1.replace("\(version)-\($0)", for: key, version: version) }
            let winners = results.indices.filter { results[$0] }
            try require(
                winners.count == 1,
                "\(winners.count) of \(results.count) replacements of one version returned true, not 1")
            for winner in winners {
                try await require(
                    key, has: StateValue("\(version)-\(winner)", version: version + 1),
                    "after one replacement of many won")
            }
        }
    }

    private func repeatsAReplacement() async throws {
        let key = key("replaced-again")
        _ = try await first.insert("1", for: key, until: later)
        for store in [first, first, second] {
            try require(
                try await store.replace("2", for: key, version: 1),
                "a replacement that is repeated returned false, as if another caller had been first")
        }
        try await require(key, has: StateValue("2", version: 2), "after a repeated replacement")
    }

    // MARK: Data

    private func keepsEveryCharacter() async throws {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:"
        let longest = String((key("") + alphabet + alphabet + alphabet).prefix(200))
        let visible = String((0x21...0x7E).map { Character(UnicodeScalar($0)) })
        let largest = String(repeating: visible, count: (1 << 20) / visible.utf8.count + 1).prefix(1 << 20)
        for (key, value) in [
            (key(alphabet), visible), (longest, "longest"), (key("largest"), String(largest)), (key("smallest"), "0"),
        ] {
            try require(try await first.insert(value, for: key, until: later), "the insert of a new key returned false")
            try await require(key, has: StateValue(value, version: 1), "for a key or a value at its limits")
            let reversed = String(value.reversed())
            try require(try await first.replace(reversed, for: key, version: 1), "a replacement returned false")
            try await require(key, has: StateValue(reversed, version: 2), "for a key or a value at its limits")
        }
        try await require(String(longest.dropLast()), has: nil, "for a key that is shorter by its last character")
    }

    private func outlivesAnInstance() async throws {
        let key = key("restart")
        _ = try await first.insert("1", for: key, until: later)
        _ = try await second.replace("2", for: key, version: 1)
        let third = try await makeStore()
        let value = try await third.value(for: key)
        try require(value == StateValue("2", version: 2), "an instance that was made later does not have the value")
        try require(
            !(try await third.insert("1", for: key, until: later)),
            "an instance that was made later inserted the key again")
    }

    private func keepsAnswersApart() async throws {
        let (prefix, expiry) = (key("apart"), later)
        let results = try await atOnce { index, store in
            let key = "\(prefix)-\(index)"
            var expected = "\(index)"
            guard try await store.insert(expected, for: key, until: expiry) else { return false }
            for version in 1...5 {
                guard try await store.value(for: key) == StateValue(expected, version: version) else { return false }
                expected = "\(index)-\(version)"
                guard try await store.replace(expected, for: key, version: version) else { return false }
            }
            return try await store.value(for: key) == StateValue(expected, version: 6)
        }
        let wrong = results.count { !$0 }
        try require(
            wrong == 0, "\(wrong) of \(results.count) callers at once, each with its own key, got a wrong answer")
    }

    // MARK: What the library uses it for

    private func usesATransactionOnce() async throws {
        let (name, expiry) = (key("used"), later)
        let results = try await atOnce { _, store in try await store.consume(name, until: expiry) }
        let count = results.count { $0 }
        try require(count == 1, "one transaction was used \(count) times, not once")
        try require(!(try await second.consume(name, until: expiry)), "a used transaction was used again")
        try require(
            try await second.consume(name + "-2", until: expiry), "a transaction counts as used that was not used")
    }

    private func servesRequestObjects() async throws {
        let (object, other) = (try RequestObjectID(), try RequestObjectID())
        try await first.store("a.b.c.d.e", as: object, until: later)
        for store in [first, second, second] {
            let found = try await store.requestObject(for: object)
            try require(found == "a.b.c.d.e", "a request object is not found by its name")
        }
        let unknown = try await second.requestObject(for: other)
        try require(unknown == nil, "a request object is found by a name that was never stored")
        do {
            try await second.store("f.g.h.i.j", as: object, until: later)
            throw StateStoreSuite.Fault(
                reason: "a second request object was stored under the same name without an error")
        } catch is ItsmeError {
            let found = try await first.requestObject(for: object)
            try require(found == "a.b.c.d.e", "a second request object replaced the first one")
        }
        try await first.store("short", as: other, until: soon)
        try await wait(
            until: { try await second.requestObject(for: other) == nil },
            orSay: "a request object is still returned after it has expired")
    }
}
