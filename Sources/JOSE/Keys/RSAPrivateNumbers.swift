/// The numbers of an RSA private key with two prime factors (RFC 8017 §3.2), checked against each other.
struct RSAPrivateNumbers: ~Copyable {
    let n: BigNumber
    let e: BigNumber
    let d: BigNumber
    let p: BigNumber
    let q: BigNumber
    let dp: BigNumber
    let dq: BigNumber
    let qi: BigNumber

    /// The given numbers for the Chinese remainder theorem.
    struct Remainders: ~Copyable {
        let dp: BigNumber
        let dq: BigNumber
        let qi: BigNumber
    }

    /// Checks `n = p·q`, the private exponent and, if given, the remainders. Missing remainders are computed.
    ///
    /// A signature made with a wrong remainder discloses the factors.
    init(
        n: consuming BigNumber, e: consuming BigNumber, d: consuming BigNumber, p: consuming BigNumber,
        q: consuming BigNumber, remainders: consuming Remainders? = nil
    ) throws(JOSEError) {
        let scratch = try BigNumber.Scratch()
        guard p.bitCount > 1, q.bitCount > 1, p.isOdd, q.isOdd, !BigNumber.areEqual(p, q),
            try BigNumber.areEqual(p.times(q, scratch), n)
        else {
            throw JOSEError(.malformedKey, "n is not the product of p and q")
        }
        guard BigNumber.isLess(d, than: n) else {
            throw JOSEError(.malformedKey, "d is not smaller than n")
        }
        let p1 = try p.minusOne()
        let q1 = try q.minusOne()
        let dp = try d.modulo(p1, scratch)
        let dq = try d.modulo(q1, scratch)
        guard try dp.times(e, scratch).modulo(p1, scratch).isOne, try dq.times(e, scratch).modulo(q1, scratch).isOne
        else {
            throw JOSEError(.malformedKey, "d is not the inverse of e")
        }
        let qi = try q.inverse(modulo: p, scratch)
        if let remainders {
            guard BigNumber.areEqual(dp, remainders.dp), BigNumber.areEqual(dq, remainders.dq),
                BigNumber.areEqual(qi, remainders.qi)
            else {
                throw JOSEError(.malformedKey, "dp, dq or qi does not match p, q and d")
            }
        }
        self.n = n
        self.e = e
        self.d = d
        self.p = p
        self.q = q
        self.dp = dp
        self.dq = dq
        self.qi = qi
    }

    /// Finds `p` and `q` for a key that has only the exponents (RFC 7518 §6.3.2, method of NIST SP 800-56B C.2).
    init(factoring n: consuming BigNumber, e: consuming BigNumber, d: consuming BigNumber) throws(JOSEError) {
        let scratch = try BigNumber.Scratch()
        guard d.bitCount > 1, BigNumber.isLess(d, than: n) else {
            throw JOSEError(.malformedKey, "d is not smaller than n")
        }
        // k = e·d - 1 is a multiple of the group's exponent; write it as r·2^t with odd r.
        var r = try e.times(d, scratch).minusOne()
        guard !r.isOdd, r.bitCount > 1 else {
            throw JOSEError(.malformedKey, "d is not the inverse of e")
        }
        var t = 0
        while !r.isOdd {
            r = try r.halved()
            t += 1
        }
        let last = try n.minusOne()
        // Each base finds the factors with a probability of at least one half, so all fail only for a wrong key.
        for base in UInt(2)...100 {
            var x = try BigNumber.word(base).power(r, modulo: n, scratch)
            var round = 0
            while round < t, !x.isOne, !BigNumber.areEqual(x, last) {
                let square = try x.times(x, scratch).modulo(n, scratch)
                if square.isOne {
                    // x is a square root of 1 other than ±1.
                    let p = try x.minusOne().greatestCommonDivisor(n, scratch)
                    let q = try n.dividedBy(p, scratch)
                    // The larger factor comes first, as in generated keys.
                    if BigNumber.isLess(p, than: q) {
                        try self.init(n: n, e: e, d: d, p: q, q: p)
                    } else {
                        try self.init(n: n, e: e, d: d, p: p, q: q)
                    }
                    return
                }
                x = square
                round += 1
            }
        }
        throw JOSEError(.malformedKey, "d is not the inverse of e")
    }
}
