public import JOSE

// What itsme knows of the phone, the app, the account and this transaction: meant to help detect fraud.

extension Claim where Value == Personal<Device> {
    /// `claim_device`: the phone. Not guaranteed, nor are its members.
    public static var device: Self {
        Self(ItsmeNamespace.v2("claim_device"), legacyName: ItsmeNamespace.v1("2017-05", "claim_device"))
    }
}

extension Claim where Value == Personal<AppInformation> {
    /// `app`: the itsme app on the phone.
    public static var app: Self { Self(ItsmeNamespace.v2("app")) }
}

extension Claim where Value == Personal<AccountInformation> {
    /// `account`: when and how the itsme account was activated.
    public static var account: Self { Self(ItsmeNamespace.v2("account")) }
}

extension Claim where Value == TransactionInformation {
    /// `transaction_info`: how strongly the approval was bound to the phone.
    public static var transactionInfo: Self {
        Self(
            ItsmeNamespace.v2("transaction_info"),
            legacyName: ItsmeNamespace.v1("2017-05", "claim_transaction_info"))
    }
}

extension Claim where Value == IdentificationMode {
    /// `identification_mode`: how the person came to the app.
    public static var identificationMode: Self { Self(ItsmeNamespace.v2("identification_mode")) }
}

extension Claim where Value == Bool {
    /// `ongoing_call`: whether a phone call was going on, as when a fraudster talks a person through an approval.
    public static var ongoingCall: Self { Self(ItsmeNamespace.v2("ongoing_call")) }
}

extension Claim where Value == Personal<String> {
    /// `transaction_ip`: the IP address of the phone that approved.
    public static var transactionIP: Self { Self(ItsmeNamespace.v2("transaction_ip")) }
}

extension Claim where Value == Personal<JSON> {
    /// `student_attestation_ag`: an attestation that the person is a student. Its form is not documented, so the
    /// JSON value is passed on as it is.
    public static var studentAttestation: Self { Self(ItsmeNamespace.v2("student_attestation_ag")) }
}
